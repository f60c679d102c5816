"""From the restricted store to data/research/: whole tables, once per edition, with consent obeyed."""

import difflib
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

import cop.data
from cop.data import Refused, checks, writing
from cop.fieldwork import (
    disclosure,
    eligible,
    methods,
    organisations,
    outcomes,
    pii,
    pseudonyms,
    quotes,
    record,
    restricted,
    review,
    tables,
)
from cop.fieldwork.contacts.register import of_form
from cop.fieldwork.eligible import FORM
from cop.fieldwork.forms import questionnaires
from cop.fieldwork.record import PUBLISHED

OUTCOMES = ("forms", FORM, "outcomes")
GONE = (
    "{}: {} counted in it no longer take part. Their words are gone; the numbers, which show "
    "nobody, stay. To take the whole publication back, add --withdraw."
)
SURVEYS = ("survey", "survey_items", "survey_groups", "survey_about", "coding")
FROZEN = ("survey", "survey_items", "survey_groups", "coding")  # whose rows the record vouches for
MAIN = ("forms", "survey", "interviews", "returned")  # the others follow from these
READ = {
    "interviews": ["function", "finding"],
    "quotes": ["quote", "function"],
    "returned": ["name"],
}
WAYS_ON = {
    "interviews": "Correct it in data/restricted/interviews.csv",
    "quotes": "Edit or withhold it: `cop review` shows it again",
    "returned": "Edit or withhold the name: `cop review` shows it again",
}


@dataclass(frozen=True)
class Made:
    """What may be published: the tables, what is new for the record, and what to say of it."""

    tables: dict[str, pd.DataFrame]
    states: dict[str, tuple[str, frozenset[str]]]  # survey: state, returns counted
    notes: list[str]


def publish(
    data: Path,
    iso3: str,
    dry_run: bool = False,
    withdraw: bool = False,
    show: Callable[[str], object] = print,
) -> int:
    """Write the publishable tables of a country, all or none; return the number of changed files.

    The numbers of a survey stay as they were first published in an edition. With `withdraw` those
    go from which answers were withdrawn. Raises Refused when there is no store, when a table would
    break the contract or a text still holds personal data, and, unless `withdraw` is set, where
    nothing would be left of a table or survey that is published.
    """
    review.refuse_without(data, iso3)
    with restricted.alone(data), writing.alone(data):
        made = _make(data, iso3, withdraw)
        texts = {n: cop.data.csv_of(f[_columns(n, data)]) for n, f in made.tables.items()}
        changed = {n: text for n, text in texts.items() if text != _now(n, data, iso3)}
        for name, text in changed.items():
            show(_difference(name, _now(name, data, iso3), text))
        _refuse_faults(texts, data, iso3)
        if not withdraw:
            _refuse_loss(made.tables, data, iso3)
            _refuse_without_record(changed, data, iso3)
        if not dry_run:
            if changed:
                paths = {cop.data.paths(n, data, iso3)[0]: t.encode() for n, t in changed.items()}
                writing.write(data, paths)
            rows = [[s, *state, _hash(texts, s, iso3)] for s, state in made.states.items()]
            record.add(rows, data, iso3, _edition(data, iso3))
    summary = "nothing changes; what is published is what the store allows"
    if changed and dry_run:
        summary = f"{cop.data.count(len(changed), 'table')} would change; nothing was written"
    elif changed:
        summary = f"{cop.data.count(len(changed), 'table was', 'tables were')} written"
    show("\n".join([f"{iso3}: {summary}.", *made.notes]))
    return len(changed)


def made_from(data: Path, iso3: str) -> dict[str, pd.DataFrame]:
    """Return {table: frame} of all that may be published; raises Refused for personal data."""
    return _make(data, iso3).tables


def _make(data, iso3, withdraw=False):
    surveys, secret = eligible.of_country(data, iso3), pseudonyms.key(data)
    threshold = cop.data.contents(data).get("cop:threshold", disclosure.THRESHOLD)
    past = record.read(data, iso3, _edition(data, iso3))
    standing, states, notes = _standing(past, surveys, data, iso3, withdraw)
    new, counted = _numbers(surveys, past, standing, threshold, secret, data, iso3)
    states |= {survey: (PUBLISHED, ids) for survey, ids in counted.items()}
    standing = {survey: ids for survey, ids in standing.items() if survey not in counted}
    out = {name: _with_others(name, new[name], standing, data, iso3) for name in SURVEYS}
    forms = new["forms"]
    if FORM in standing:
        forms = cop.data.read("forms", data, iso3).drop(columns="iso3")
    named = organisations.named(surveys, review.decisions(data), data, iso3)
    groups = out["survey_groups"]
    groups = groups[groups.n >= disclosure.MIN_STANDALONE * threshold]
    voices = {one for ids in (standing | counted).values() for one in ids}
    out = {"forms": forms} | out | {
        "interviews": _interviews(restricted.read("interviews", data), iso3, secret),
        "quotes": quotes.quotes(data, iso3, surveys, voices, groups, secret),
        "returned": named,
        "returned_links": organisations.links(surveys, named, data, iso3),
    }
    _refuse_personal(out, pii.known(data))
    return Made({name: _of(iso3, frame, name, data) for name, frame in out.items()}, states, notes)


def _standing(past, surveys, data, iso3, withdraw):
    """Return {survey: returns counted} of the publications that stay, states and notes of others.

    Raises Refused where published rows were changed by hand.
    """
    returns, standing, states, notes = restricted.read("returns", data), {}, {}, []
    here = set(returns.return_id[returns.status == "superseded"])
    here |= {i for survey in surveys for i in survey.returns.index}
    now = {name: _now(name, data, iso3) for name in (*FROZEN, "forms")}
    for row in past.drop_duplicates("survey", keep="last").query("state == @PUBLISHED").itertuples():
        gone = row.returns - here
        if gone and withdraw:
            states[row.survey] = (record.WITHDRAWN, frozenset())
        elif not gone or gone != row.returns:  # without any return this is another store
            standing[row.survey] = row.returns
            if gone:
                notes.append(GONE.format(row.survey, cop.data.count(len(gone), "person", "people")))
            if row.sha256 and row.sha256 != _hash(now, row.survey, iso3):
                raise Refused(
                    f"the published tables of {row.survey} were changed after {row.when[:10]}. They "
                    "are frozen for the edition: put them back as they were"
                )
    return standing, states, notes


def _numbers(surveys, past, standing, threshold, secret, data, iso3):
    """Return {table: numbers published anew}, and {survey: returns counted} where there are any.

    A survey published in this edition is left out, as are answers counted before. What an earlier
    edition published is standing until enough new answers came.
    """
    rng, codes = partial(disclosure.seeded_rng, secret, iso3), restricted.read("codes", data)
    contacts = restricted.read("contacts", data).query("iso3 == @iso3")
    invited, sent = set(contacts.form_id) - {""}, of_form(contacts, FORM)
    closed = set(past.survey[(past.edition == _edition(data, iso3)) & (past.state == PUBLISHED)])
    before = {one for ids in past.returns for one in ids}
    fresh = [s.without(before) for s in surveys if s.questionnaire.id not in closed]
    if days := [row.when[:10] for row in past.itertuples() if row.survey == FORM]:
        sent = sent[sent.date > max(days)]
    forms = [s.returns for s in fresh if s.questionnaire.id == FORM]
    final = outcomes.final(sent, *forms or [pd.DataFrame(columns=["form_id", "partial"])])
    table = outcomes.table(final[:0] if FORM in closed else final, threshold, rng(*OUTCOMES))
    counted = {FORM: frozenset()} if table["count"].notna().any() else {}
    parts = []
    for survey in fresh:
        name, people = survey.questionnaire.id, tables.people(survey, final, table, threshold, rng)
        part = tables.survey_tables(survey, people, codes, invited)
        if len(part["survey"]) or name in counted:
            counted[name] = frozenset(survey.returns.index)
        if name in counted or name not in standing:
            items = part["survey_items"]
            part["survey_about"] = methods.about(survey, invited, items, people, threshold)
            part["coding"] = methods.coding(survey, codes if len(items) else codes[:0], threshold)
            parts.append(part)
    empty = {name: pd.DataFrame(columns=_columns(name, data)) for name in SURVEYS}
    return {"forms": table} | {
        name: pd.concat([part[name] for part in parts or [empty]], ignore_index=True)
        for name in SURVEYS
    }, counted


def _interviews(held, iso3, secret):
    """Return the findings of interviews; of a theme that two people noted, the first note."""
    held = held[held.iso3 == iso3].drop_duplicates(["interview_id", "theme"])
    voices = [pseudonyms.of(secret, "interviews", one) for one in held.interview_id]
    columns = ["interview_id", "category", "function", "held", "theme", "finding", "leaning"]
    out = held.assign(interview_id=voices).reindex(columns=columns, fill_value="")
    return out.sort_values(["held", "interview_id", "theme"])


def _with_others(name, made, standing, data, iso3):
    """Return a table with the rows that stay: standing surveys, published studies, an analyst's."""
    if not _now(name, data, iso3):
        return made
    there, ours = cop.data.read(name, data, iso3), questionnaires.ids(data)
    analyst = there.by == "analyst" if name == "survey_about" else False
    others = there[~there.survey.isin(ours) | there.survey.isin(standing) | analyst]
    key = ["survey", "item"]  # an analyst's word on an item counts before what was computed
    if len(made) and len(others):
        made = made[~made[key].agg(tuple, axis=1).isin(others[key].agg(tuple, axis=1))]
    out = pd.concat([part for part in (others, made) if len(part)] or [made], ignore_index=True)
    # Published studies come first.
    order = out.survey.where(out.survey.isin(ours), "").sort_values(kind="stable")
    return out.loc[order.index]


def _of(iso3, frame, name, data):
    """Return a table whose rows name their country, where nothing else in them does."""
    return frame.assign(iso3=iso3) if "iso3" in _columns(name, data) else frame


def _columns(name, data):
    return [field["name"] for field in cop.data.fields(name, data)]


def _edition(data, iso3):
    return (cop.data.editions(data, iso3) or [""])[-1]


def _now(name, data, iso3):
    """Return the text of a table as it is, "" where there is none."""
    path = cop.data.locate(data, cop.data.paths(name, data, iso3)[0])
    return path.read_text(encoding="utf-8-sig") if path.exists() else ""


def _hash(texts, survey, iso3):
    """Return the SHA-256 of a survey's rows in the tables of numbers, {table: text}."""
    lines = [
        line for name in FROZEN for line in texts[name].splitlines()
        if line.startswith(f"{iso3},{survey},")
    ]  # fmt: skip
    lines += texts["forms"].splitlines() if survey == FORM else []
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _difference(name, old, new):
    lines = list(difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0))[2:]
    rows = [line for line in lines if not line.startswith("@@")]
    shown = "\n".join(f"  {row}" for row in rows[:20])
    return f"{name}.csv: {cop.data.count(len(rows), 'row changes', 'rows change')}\n{shown}" + (
        f"\n  … and {len(rows) - 20} more" if len(rows) > 20 else ""
    )


def _refuse_loss(made, data, iso3):
    """Raise Refused where nothing is left of what is published: this may be another store."""
    there = {name: cop.data.read(name, data, iso3) for name in MAIN if _now(name, data, iso3)}
    lost = {name: gone for name, frame in there.items() if (gone := _gone(frame, made[name]))}
    if lost:
        files = "; ".join(f"{name}.csv: {', '.join(gone)}" for name, gone in lost.items())
        raise Refused(
            f"nothing would be left of what is published of {iso3} in {files}. The restricted "
            "store of this computer holds no such returns, so it may not be the one that these "
            "tables were made from. Nothing was written. Publish where the returns are; or add "
            "--withdraw if they are to go"
        )


def _gone(there, made):
    """Return the surveys, or 'all rows' of a table without, of which nothing is made again."""
    if "survey" in there:
        return sorted(set(there.survey) - set(made.survey))
    return ["all rows"] if len(there) and made.empty else []


def _refuse_without_record(changed, data, iso3):
    """Raise Refused where readers have numbers and no record tells whose answers they count."""
    if record.path(data, iso3).exists():
        return
    there = {n: cop.data.read(n, data, iso3) for n in ("forms", "survey") if n in changed and _now(n, data, iso3)}
    ours = questionnaires.ids(data)
    old = [n for n, f in there.items() if len(f) and ("survey" not in f or f.survey.isin(ours).any())]
    if old:
        raise Refused(
            f"{', '.join(f'{name}.csv' for name in old)} of {iso3} would change, and the "
            f"restricted store has no {record.path(data, iso3).name}, which says whose answers "
            "readers have. Nothing was written. Bring it from the computer that published these "
            "tables; or add --withdraw if they are to go and nobody has kept them"
        )


def _refuse_faults(texts, data, iso3):
    """Raise Refused with every fault that the tables would have, tried out in a folder aside."""
    paths = {name: cop.data.paths(name, data, iso3)[0] for name in texts}
    with tempfile.TemporaryDirectory() as aside:
        tried, base = Path(aside), {"name": "tried", "cop:base": str(Path(data).resolve())}
        (tried / "datapackage.json").write_text(json.dumps(base))
        # The tables refer to others of the country, which therefore lie beside them.
        shutil.copytree(cop.data.locate(data, f"research/{iso3}"), tried / "research" / iso3)
        for name, path in paths.items():
            (tried / path).write_text(texts[name], encoding="utf-8")
        faults = [f for name, path in paths.items() for f in checks.of_file(name, path, tried)]
    if faults:
        why = "nothing was written, since the tables would break the contract:\n"
        raise Refused(why + "\n".join(map(str, faults)))


def _refuse_personal(made, names):
    """Raise Refused where an address, a number or a name of the store would be published."""
    lines = [
        f"{name}.csv, column {column}: {text[:60]!r} looks like it holds "
        + ", ".join(f"{kind} ({word!r})" for kind, word in hard)
        + f". {WAYS_ON[name]}. Where a word is a name in the store and none here, put another word "
        "for it, or correct the name in the store if it is not a person's"
        for name, columns in READ.items()
        for column in columns
        for text in made[name][column]
        if (hard := [(k, word) for k, word in pii.found(text, names) if k in pii.HARD])
    ]
    if lines:
        raise Refused("nothing was written:\n" + "\n".join(lines))

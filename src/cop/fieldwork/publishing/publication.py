"""From the restricted store to data/research/: whole tables, suppressed, with consent obeyed."""

import difflib
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
from cop.fieldwork import questionnaires, restricted
from cop.fieldwork.contacts import of_form
from cop.fieldwork.publishing import (
    cherries,
    countable,
    counting,
    ledger,
    organisations,
    outcomes,
    personal,
    pseudonyms,
    quotations,
    review,
    suppression,
    tabulation,
)
from cop.fieldwork.publishing.countable import FORM
from cop.fieldwork.publishing.ledger import ALL, TOTAL, Lines, Unit
from cop.fieldwork.publishing.suppression import ALONE
from helpers import agreement

SURVEYS = ("survey", "survey_items", "survey_groups", "survey_about", "coding")
MAIN = ("forms", "survey", "interviews", "returned")  # the others follow from these
FORMS = ("forms", FORM, "outcomes")
FIGURES = ["judgements", "alpha", "low", "high"]
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
ENOUGH = 30  # coded answers below which no agreement is published


def publish(
    data: Path,
    iso3: str,
    dry_run: bool = False,
    withdraw: bool = False,
    show: Callable[[str], object] = print,
) -> int:
    """Write the publishable tables of a country, all or none; give the number of changed files.

    Raises Refused when there is no store, when a table would break the contract or a text still
    holds personal data, and where nothing would be left of a table or survey that is published,
    unless it is to be withdrawn.
    """
    review.refuse_without(data, iso3)
    with restricted.alone(data), writing.alone(data):
        made = _made(data, iso3)
        tables = {n: cop.data.csv_of(f[_columns(n, data)]) for n, f in made.tables.items()}
        changed = {n: text for n, text in tables.items() if text != _now(n, data, iso3)}
        for name, text in changed.items():
            show(_difference(name, _now(name, data, iso3), text))
        _refuse_faults(tables, data, iso3)
        if not withdraw:
            _refuse_loss(made.tables, data, iso3)
            _refuse_without_ledger(changed, data, iso3)
        if not dry_run:
            # The ledger is written first: after a stop, the same tables are made again.
            ledger.keep(made.units, made.admitted, changed, data, iso3)
        if changed and not dry_run:
            paths = {cop.data.paths(n, data, iso3)[0]: t.encode() for n, t in changed.items()}
            writing.write(data, paths)
    show(_summary(changed, made.staying, iso3, dry_run))
    return len(changed)


def made_from(data: Path, iso3: str) -> dict[str, pd.DataFrame]:
    """Give {table: frame} of all that may be published; raises Refused for personal data."""
    return _made(data, iso3).tables


@dataclass(frozen=True)
class Made:
    """What may be published: the tables, and what the ledger is to remember of them."""

    tables: dict[str, pd.DataFrame]
    units: dict[Unit, Lines]
    admitted: set[tuple[str, str]]
    staying: dict[str, tuple[int, int]]  # of surveys that people joined or left, as `_staying`


def _made(data, iso3):
    threshold = cop.data.contents(data).get("cop:threshold", suppression.THRESHOLD)
    secret, surveys = pseudonyms.key(data), countable.of_country(data, iso3)
    contacts = restricted.read("contacts", data).query("iso3 == @iso3")
    chance = partial(suppression.chance, secret, iso3)
    before = ledger.standing(data, iso3)
    sent = _sent(of_form(contacts, FORM), surveys)
    units = before | _units(
        surveys, sent, restricted.read("codes", data), threshold, chance, before
    )
    named = organisations.named(surveys, review.decisions(data), data, iso3)
    made = _surveys(surveys, units, set(contacts.form_id) - {""}, threshold)
    made = {name: made.get(name, pd.DataFrame(columns=_columns(name, data))) for name in SURVEYS}
    counted = set(made["survey"].survey)
    admitted = quotations.admitted(surveys, ledger.admitted(data, iso3), counted, threshold)
    out = {
        "forms": outcomes.frame(units.get(FORMS, {}) if surveys or len(sent) else {}),
        **{name: _with_others(name, frame, data, iso3) for name, frame in made.items()},
        "interviews": _interviews(restricted.read("interviews", data), iso3, secret),
        "quotes": quotations.table(data, iso3, surveys, admitted, units, secret),
        "returned": named,
        "returned_links": organisations.links(surveys, named, data, iso3),
    }
    _refuse_personal(out, personal.known(data))
    out = {name: _of(iso3, frame, name, data) for name, frame in out.items()}
    staying = _staying(surveys, units, before, ledger.admitted(data, iso3))
    return Made(out, units, admitted, staying)


def _staying(surveys, units, before, admitted):
    """Give (tables that stay as they were, tables in all) of surveys that people joined or left."""
    out = {}
    for survey in surveys:
        name = survey.questionnaire.id
        was = {one for other, one in admitted if other == name}
        mine = [unit for unit in before if unit[1] == name]
        same = sum(units[unit] == before[unit] for unit in mine)
        out |= {name: (same, len(mine))} if same and was ^ set(survey.returns.index) else {}
    return out


def _sent(contacts, surveys):
    """Give what became of each mapping form that was sent."""
    none = pd.DataFrame(columns=["form_id", "partial"])
    forms = (survey.returns for survey in surveys if survey.questionnaire.id == FORM)
    return outcomes.final(contacts, next(forms, none))


def _units(surveys, sent, codes, threshold, chance, before):
    """Give the numbers that are published of the forms sent and of each survey."""
    answers = any(survey == FORM and table == "survey" for table, survey, _ in before)
    out = {FORMS: outcomes.lines(sent, threshold, chance(*FORMS), before.get(FORMS), answers)}
    for survey in surveys:
        people = counting.people(survey, sent, out[FORMS], threshold, chance)
        if people is None:
            continue
        mine = counting.units(survey, people, before)
        out |= mine
        if mine:
            out |= counting.themes(survey, people, codes, before)
            out |= _once(survey, people, codes, threshold, chance, before)
    return {unit: lines for unit, lines in out.items() if lines}


def _once(survey, people, codes, threshold, chance, before):
    """Give the numbers that are told in one sentence: who reached the end, how coders agree."""
    name = survey.questionnaire.id
    made = (
        {}
        if people.counted
        else {
            (cherries.ABOUT, name, "completion"): cherries.completion(
                survey, threshold, chance(cherries.ABOUT, name)
            )
        }
    )
    made |= {
        ("coding", name, question): lines for question, lines in _coding(survey, codes, threshold)
    }
    return {
        unit: lines
        for unit, new in made.items()
        if (lines := ledger.settled(before.get(unit), new, threshold, several=True))
    }


def _surveys(surveys, units, invited, threshold):
    """Give the tables on all questionnaires, SURVEYS; none where nothing came back."""
    parts = [
        {
            **tabulation.tables(survey, units, invited),
            "survey_about": cherries.about(survey, invited, units, threshold),
            "coding": _agreement(survey, units),
        }
        for survey in surveys
    ]
    names = parts[0] if parts else ()
    return {name: pd.concat([part[name] for part in parts], ignore_index=True) for name in names}


def _coding(survey, codes, threshold):
    """Yield (question, lines) on how far the two coders of an open question agree, where enough
    answers were sorted by both; no figure rests on few.
    """
    codes = codes[codes.return_id.isin(survey.returns.index)]
    for question, _ in tabulation.open_questions(survey.questionnaire):
        wide = _judgements(codes[codes.question == question.id])
        answers = 0 if wide is None else wide.index.get_level_values(0).nunique()
        if answers < ALONE * threshold:
            continue
        figures = (None, None, None)
        if answers >= ENOUGH:
            words = ["no", "yes"]
            figures = agreement.ordinal_alpha(wide, words), *agreement.bootstrap(wide, words)
        rounded = [None if v is None or pd.isna(v) else round(float(v), 2) for v in figures]
        yield (
            question.id,
            {
                ALL: {TOTAL: answers},
                "figures": dict(zip(FIGURES, [len(wide), *rounded], strict=True)),
            },
        )


def _agreement(survey, units):
    """Give the table `coding` of a survey."""
    form, rows = survey.questionnaire, []
    for question, label in tabulation.open_questions(form):
        if lines := units.get(("coding", form.id, question.id)):
            rows.append([form.id, label, lines[ALL][TOTAL], *lines["figures"].values()])
    frame = pd.DataFrame(rows, columns=["survey", "item", "answers", *FIGURES])
    return frame.astype(dict.fromkeys(FIGURES[1:], "float64"))


def _judgements(codes):
    """Give yes or no of two coders for each answer that both sorted and each theme, or None."""
    coders = sorted(set(codes.coder) - {"adjudicated"})[:2]
    sorted_ = codes[codes.coder.isin(coders)].drop_duplicates()
    both = sorted_.groupby("return_id").coder.nunique() == 2
    answers, themes = sorted(both.index[both]), sorted(set(sorted_.theme))
    if not answers:
        return None
    units = pd.MultiIndex.from_product([answers, themes])
    given = {c: set(zip(p.return_id, p.theme, strict=True)) for c, p in sorted_.groupby("coder")}
    return pd.DataFrame(
        {c: ["yes" if u in given[c] else "no" for u in units] for c in coders}, index=units
    )


def _interviews(held, iso3, secret):
    """Give the findings of interviews; of a theme that two people noted, the first note."""
    held = held[held.iso3 == iso3].drop_duplicates(["interview_id", "theme"])
    voices = [pseudonyms.of(secret, "interviews", one) for one in held.interview_id]
    columns = ["interview_id", "category", "function", "held", "theme", "finding", "leaning"]
    out = held.assign(interview_id=voices).reindex(columns=columns, fill_value="")
    return out.sort_values(["held", "interview_id", "theme"])


def _with_others(name, made, data, iso3):
    """Give a table with the rows not made here: published studies, an analyst's words."""
    if not _now(name, data, iso3):
        return made
    there = cop.data.read(name, data, iso3)
    analyst = there.by == "analyst" if name == "survey_about" else False
    others = there[~there.survey.isin(questionnaires.ids(data)) | analyst]
    key = ["survey", "item"]  # an analyst's word on an item counts before what was reckoned
    if len(made) and len(others):
        made = made[~made[key].agg(tuple, axis=1).isin(others[key].agg(tuple, axis=1))]
    out = pd.concat([part for part in (others, made) if len(part)] or [made], ignore_index=True)
    # Published studies come first.
    ours = out.survey.where(out.survey.isin(questionnaires.ids(data)), "")
    return out.loc[ours.sort_values(kind="stable").index]


def _of(iso3, frame, name, data):
    """Give a table whose rows say of which country they are, where nothing else in them does."""
    return frame.assign(iso3=iso3) if "iso3" in _columns(name, data) else frame


def _columns(name, data):
    return [field["name"] for field in cop.data.fields(name, data)]


def _now(name, data, iso3):
    """Give the text of a table as it is, "" where there is none."""
    path = cop.data.locate(data, cop.data.paths(name, data, iso3)[0])
    return path.read_text(encoding="utf-8-sig") if path.exists() else ""


def _difference(name, old, new):
    lines = list(difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0))[2:]
    rows = [line for line in lines if not line.startswith("@@")]
    shown = "\n".join(f"  {row}" for row in rows[:20])
    return f"{name}.csv: {cop.data.count(len(rows), 'row changes', 'rows change')}\n{shown}" + (
        f"\n  … and {len(rows) - 20} more" if len(rows) > 20 else ""
    )


def _summary(changed, staying, iso3, dry_run):
    stay = "".join(
        f"\n{name}: {same} of {whole} tables stay as they were published: too few people have come "
        "or gone to change each of their numbers enough."
        for name, (same, whole) in sorted(staying.items())
    )
    summary = "nothing changes; what is published is what the store allows"
    if changed and dry_run:
        summary = f"{cop.data.count(len(changed), 'table')} would change; nothing was written"
    elif changed:
        summary = f"{cop.data.count(len(changed), 'table was', 'tables were')} written"
    return f"{iso3}: {summary}.{stay}"


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


def _refuse_without_ledger(changed, data, iso3):
    """Raise Refused where counts are published and nothing is known of how: readers have them."""
    if ledger.path(data, iso3).exists():
        return
    counted = [name for name in ("forms", "survey") if name in changed and _now(name, data, iso3)]
    there = {name: cop.data.read(name, data, iso3) for name in counted}
    ours = questionnaires.ids(data)
    old = [
        n for n, f in there.items() if ("survey" not in f or f.survey.isin(ours).any()) and len(f)
    ]
    if old:
        raise Refused(
            f"{', '.join(f'{name}.csv' for name in old)} of {iso3} would change, and the "
            f"restricted store has no {ledger.path(data, iso3).name}, which says what readers "
            "have. Nothing was written. Bring it from the computer that published these tables; or "
            "add --withdraw if they are to go and nobody has kept them"
        )


def _gone(there, made):
    """Give the surveys, or 'all rows' of a table without, of which nothing is made again."""
    if "survey" in there:
        return sorted(set(there.survey) - set(made.survey))
    return ["all rows"] if len(there) and made.empty else []


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
        what = "nothing was written, since the tables would break the contract:\n"
        raise Refused(what + "\n".join(map(str, faults)))


def _refuse_personal(made, names):
    """Raise Refused where an address, a number or a name of the store would be published."""
    lines = []
    for name, columns in READ.items():
        for row in made[name].to_dict("records"):
            for column in columns:
                found = personal.found(row[column], names)
                hard = [f"{kind} ({word!r})" for kind, word in found if kind in personal.HARD]
                if hard:
                    lines.append(_mend(name, column, row[column], hard))
    if lines:
        raise Refused("nothing was written:\n" + "\n".join(lines))


def _mend(name, column, text, hard):
    """Say what a text looks like it holds, where that is known from, and how to go on."""
    return (
        f"{name}.csv, column {column}: {text[:60]!r} looks like it holds {', '.join(hard)}. "
        f"{WAYS_ON[name]}. Where a word is a name in the store and none here, put another word "
        "for it, or correct the name in the store if it is not a person's"
    )

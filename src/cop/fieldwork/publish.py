"""Write anonymised tables to data/research/; a survey's numbers are published once per edition."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd

import cop.data
from cop.data import UserError, writing
from cop.fieldwork import outcomes, pii, questionnaires, restricted, review, tables
from cop.fieldwork.counted import FORM, add_record, of_country, read_record, record_path, withdrawn
from cop.fieldwork.disclosure import MIN_STANDALONE, THRESHOLD, key, pseudonym, seeded_rng

SURVEYS = ("survey", "survey_items", "survey_groups", "survey_about", "coding")
WORDS = {"quotes": "quote", "returned": "name", "interviews": "finding"}  # printed if changed
MAIN = ("forms", "survey", "interviews", "returned")  # the others follow from these
CORRECT = "Correct it in data/restricted/interviews.csv"
DECIDE = "Edit or withhold it in the review sheet"
TEXTS = {  # (table, column): how to correct a text with personal data
    ("interviews", "function"): CORRECT,
    ("interviews", "finding"): CORRECT,
    ("quotes", "quote"): DECIDE,
    ("quotes", "function"): CORRECT,
    ("returned", "name"): DECIDE,
}
GONE = (
    "{}: withdrawn or removed since they were counted: {}. Quotations from them are removed; the "
    "numbers stay, since they identify no person. To remove the numbers too, add --withdraw."
)
LOST = (
    "{}: all published rows of {} would be removed; they may come from a restricted store on "
    "another computer. Nothing was written. Publish there, or add --withdraw to remove them"
)
UNRECORDED = (
    "{}: {} would change, but the restricted store has no {}, which records the published "
    "responses. Nothing was written. Copy the file from the computer that published,"
    " or add --withdraw"
)


def publish(
    data: Path,
    iso3: str,
    dry_run: bool = False,
    withdraw: bool = False,
    show: Callable[[str], object] = print,
) -> int:
    """Write the changed tables of a country, all or none, and return how many changed.

    With `dry_run`, nothing is written. The numbers of a survey stay the same within an edition;
    `withdraw` removes those that count withdrawn responses. `show` prints the changes. Raises
    UserError if the restricted store does not exist, a table is invalid, a text contains personal
    data, or, without `withdraw`, the published rows may come from another store.
    """
    review.refuse_without(data, iso3)
    with restricted.locked(data), writing.alone(data):
        frames, states, notes = _make(data, iso3, withdraw)
        texts = {n: cop.data.csv_of(f[cop.data.columns(n, data)]) for n, f in frames.items()}
        changed = {n: text for n, text in texts.items() if text != _present(n, data, iso3)}
        for name, text in changed.items():
            show("\n".join(_changes(name, _present(name, data, iso3), text)))
        files = {cop.data.paths(n, data, iso3)[0]: text.encode() for n, text in texts.items()}
        _refuse_errors(files, data, iso3)
        if not withdraw:
            _refuse_loss(frames, changed, data, iso3)
        if not dry_run:
            new = {cop.data.paths(n, data, iso3)[0]: text.encode() for n, text in changed.items()}
            writing.write(data, new)
            add_record(states, data, iso3, _edition(data, iso3))
    summary = "nothing changes; the published tables match the store"
    if changed and dry_run:
        summary = f"{cop.data.count(len(changed), 'table')} would change; nothing was written"
    elif changed:
        summary = f"{cop.data.count(len(changed), 'table was', 'tables were')} written"
    show("\n".join([f"{iso3}: {summary}.", *notes]))
    return len(changed)


def _changes(name, before, after):
    """Return lines with the number of added and removed rows, and their texts for WORDS."""
    heading, *rows = cop.data.separated(after, ",")
    old, new = set(map(tuple, cop.data.separated(before, ","))), set(map(tuple, rows))
    old.discard(tuple(heading))
    added = cop.data.count(len(new - old), "row")
    lines = [f"{name}.csv: {added} added, {len(old - new)} removed"]
    for sign, difference in {"+": new - old, "-": old - new}.items():
        if column := WORDS.get(name):
            lines += sorted(f"  {sign} {row[heading.index(column)]}" for row in difference)
    return lines


def publishable(data: Path, iso3: str) -> dict[str, pd.DataFrame]:
    """Return {table: frame} as `publish` would write it; raises UserError for personal data."""
    return _make(data, iso3)[0]


def _make(data, iso3, withdraw=False):
    """Return the tables, the publications to record (None if withdrawn) and notes."""
    surveys, secret = of_country(data, iso3), key(data)
    threshold = cop.data.contents(data).get("cop:threshold", THRESHOLD)
    past = read_record(data, iso3)
    standing, states, notes = _standing(past, surveys, data, withdraw)
    new, counted = _numbers(surveys, past, standing, threshold, secret, data, iso3)
    standing = {survey: ids for survey, ids in standing.items() if survey not in counted}
    out = {name: _with_others(name, new[name], standing, data, iso3) for name in SURVEYS}
    decided = review.decided(data, iso3, surveys)
    named = review.named(surveys, decided, data, iso3)
    voices = frozenset().union(*(standing | counted).values())
    groups = out["survey_groups"][out["survey_groups"].n >= MIN_STANDALONE * threshold]
    quotes, held_back = review.quotes(decided, surveys, voices, groups, secret)
    out |= {
        "forms": cop.data.read("forms", data, iso3) if FORM in standing else new["forms"],
        "interviews": _interviews(restricted.read("interviews", data), iso3, secret),
        "quotes": quotes,
        "returned": named,
        "returned_links": review.partnerships(surveys, named, data, iso3),
    }
    _refuse_personal(out, pii.stored_names(data))
    frames = {name: frame.assign(iso3=iso3) for name, frame in out.items()}
    return frames, states | counted, notes + held_back


def _standing(past, surveys, data, withdraw):
    """Return publications that stay {survey: return_ids}, withdrawn {survey: None}, and notes."""
    returns, standing, states, notes = restricted.read("returns", data), {}, {}, []
    left = returns[~withdrawn(returns, restricted.read("answers", data), data)]
    present = set(left.return_id[left.status == "superseded"])
    present |= {i for survey in surveys for i in survey.returns.index}
    latest = past.drop_duplicates("survey", keep="last")
    for row in latest[latest.state == "published"].itertuples():
        gone = row.returns - present
        if gone and withdraw:
            states[row.survey] = None
        elif not gone or gone != row.returns:  # a store without any of them is another store
            standing[row.survey] = row.returns
            if gone:
                notes.append(GONE.format(row.survey, cop.data.count(len(gone), "response")))
    return standing, states, notes


def _numbers(surveys, past, standing, threshold, secret, data, iso3):
    """Return {table: new numbers} and {survey: return_ids counted in them}.

    Surveys published in this edition and responses counted earlier are excluded. Surveys with too
    few new responses are not in the second value, and the tables have no counts for them.
    """
    rng, codes = partial(seeded_rng, secret, iso3), restricted.read("codes", data)
    contacts = restricted.read("contacts", data).query("iso3 == @iso3")
    invited, sent = set(contacts.form_id) - {""}, contacts
    published = past[past.state == "published"]
    closed = set(published.survey[published.edition == _edition(data, iso3)])
    before = frozenset().union(*past.returns)
    fresh = [s.without(before) for s in surveys if s.questionnaire.id not in closed]
    last = past.when[past.survey == FORM].str[:10].max()
    sent = sent if pd.isna(last) else sent[sent.date > last]
    forms = [s.returns for s in fresh if s.questionnaire.id == FORM]
    final = outcomes.final(sent, *forms).fillna({"outcome": "not reached"})
    final = final[:0] if FORM in closed else final
    table = outcomes.table(final, threshold, rng("forms", FORM, "outcomes"))
    counted = {FORM: frozenset()} if table["count"].notna().any() else {}
    parts = [{name: pd.DataFrame(columns=cop.data.columns(name, data)) for name in SURVEYS}]
    for survey in fresh:
        name, people = survey.questionnaire.id, tables.people(survey, final, table, threshold, rng)
        part = tables.survey_tables(survey, people, codes, invited)
        if len(part["survey"]) or name in counted:
            counted[name] = frozenset(survey.returns.index)
        if name in counted or name not in standing:
            items = part["survey_items"]
            part["survey_about"] = tables.about(survey, invited, items, people, threshold)
            part["coding"] = tables.coding(survey, codes if len(items) else codes[:0], threshold)
            parts.append(part)
    return {"forms": table} | {
        name: pd.concat([part[name] for part in parts[1:] or parts], ignore_index=True)
        for name in SURVEYS
    }, counted


def _interviews(interviews, iso3, secret):
    """Return the table `interviews`; of an interview's findings on a theme, the first is kept."""
    mine = interviews[interviews.iso3 == iso3].drop_duplicates(["interview_id", "theme"])
    voices = [pseudonym(secret, "interviews", i) for i in mine.interview_id]
    columns = ["interview_id", "category", "function", "held", "theme", "finding", "leaning"]
    out = mine.assign(interview_id=voices).reindex(columns=columns, fill_value="")
    return out.sort_values(["held", "interview_id", "theme"])


def _with_others(name, frame, standing, data, iso3):
    """Add the present rows that stay to a table: studies, `standing` surveys, analysts' rows."""
    if not _present(name, data, iso3):
        return frame
    present, ours = cop.data.read(name, data, iso3), questionnaires.ids(data)
    analyst = present.by == "analyst" if name == "survey_about" else False
    others = present[~present.survey.isin(ours) | present.survey.isin(standing) | analyst]
    out = pd.concat([part for part in (others, frame) if len(part)] or [frame], ignore_index=True)
    if name == "survey_about":  # an analyst's row takes precedence over a computed one
        out = out.drop_duplicates(["survey", "item"])
    # Published studies come first.
    order = out.survey.where(out.survey.isin(ours), "").sort_values(kind="stable")
    return out.loc[order.index]


def _edition(data, iso3):
    return (cop.data.editions(data, iso3) or [""])[-1]


def _present(name, data, iso3):
    """Return the present text of a table; a missing file is empty."""
    path = cop.data.locate(data, cop.data.paths(name, data, iso3)[0])
    return path.read_text(encoding="utf-8-sig") if path.exists() else ""


def _refuse_loss(frames, changed, data, iso3):
    """Raise UserError if the published tables may come from another store.

    This is assumed if a published table or survey would become empty, or if published numbers
    would change without a record of the publication.
    """
    present = {n: cop.data.read(n, data, iso3) for n in MAIN if _present(n, data, iso3)}
    lost = [f"{n}.csv" for n, rows in present.items() if len(rows) and frames[n].empty]
    surveys = {*present["survey"].survey} if "survey" in present else set()
    if gone := sorted(surveys - {*frames["survey"].survey}):
        lost.append(f"survey.csv: {', '.join(gone)}")
    if lost:
        raise UserError(LOST.format(iso3, "; ".join(lost)))
    counts = {"forms": len(present.get("forms", ()))}
    counts["survey"] = len(surveys.intersection(questionnaires.ids(data)))
    numbers = [f"{name}.csv" for name, n in counts.items() if n and name in changed]
    path = record_path(data, iso3)
    if numbers and not path.exists():
        raise UserError(UNRECORDED.format(iso3, ", ".join(numbers), path.name))


def _refuse_errors(files, data, iso3):
    """Raise UserError if `cop check` would find errors in the files to write."""
    folder = cop.data.locate(data, f"research/{iso3}")
    present = {f"research/{iso3}/{path.name}": path.read_bytes() for path in folder.glob("*.csv")}
    writing.refuse_writing(files, data, "the tables would have errors", present)


def _refuse_personal(frames, names):
    """Raise UserError if a text to publish contains personal data of a kind in pii.HARD."""
    mine = dict.fromkeys(frames, names) | {"returned": review.names_for(review.NAME, names)}
    lines = [
        f"{name}.csv, column {column}: {text[:60]!r} seems to contain "
        + ", ".join(f"{kind} ({word!r})" for kind, word in hard)
        + f". {fix}. If the word is not a name, use another word, or correct the stored name"
        for (name, column), fix in TEXTS.items()
        for text in frames[name][column]
        if (hard := [(kind, word) for kind, word in pii.find(text, mine[name]) if kind in pii.HARD])
    ]
    if lines:
        raise UserError("nothing was written:\n" + "\n".join(lines))

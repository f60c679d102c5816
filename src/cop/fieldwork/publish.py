"""Write anonymised tables of a country. A survey's numbers are published once per edition."""

from functools import partial
from pathlib import Path

import pandas as pd

import cop.data
from cop.data import UserError, writing
from cop.fieldwork import outcomes, pii, questionnaires, restricted, review, tables
from cop.fieldwork.counted import FORM, add_record, of_country, read_record, record_path, withdrawn
from cop.fieldwork.disclosure import MIN_STANDALONE, THRESHOLD, key, pseudonym, seeded_rng

SURVEYS = ("survey", "survey_items", "survey_groups", "survey_about", "coding")
IN_INTERVIEWS = "Correct this text in restricted/interviews.csv"
SHEET = "restricted/review-{}.csv, " + review.EDIT
IN_SHEET = "In " + SHEET
IN_REGISTER = "Correct it in stakeholders.csv. If the organisation is not listed there, in " + SHEET
TEXTS = {  # tables and columns that are searched for personal data, with the way to correct them
    ("interviews", "function"): IN_INTERVIEWS,
    ("interviews", "finding"): IN_INTERVIEWS,
    ("quotes", "quote"): IN_SHEET,
    ("quotes", "function"): IN_INTERVIEWS,
    ("returned", "name"): IN_REGISTER,
}
IN_NAMES = (
    ". If the word is not a name, reword the text; if a name is stored by mistake, correct it in "
    "contacts.csv, interviews.csv or answers.csv in restricted/"
)
GONE = (
    "{}: {} withdrawn or removed since publication. Their quotations are removed; the published "
    "numbers stay, since they identify no person. To remove the numbers as well, add --withdraw."
)
LOST = (
    "{}: nothing was written, since published rows of {} would be removed or changed. The "
    "restricted store may lack their responses, the review sheet or {}, the record of "
    "publications. Publish on the computer that published before, copy the store from it, "
    "or add --withdraw to remove the rows"
)


def publish(data: Path, iso3: str, dry_run: bool = False, withdraw: bool = False) -> int:
    """Write the changed tables of a country, print the changes, and return the number of tables.

    Either all tables are written or none. With `dry_run`, no table is written, and the number of
    tables that would change is returned. The numbers of a survey stay the same within an edition;
    `withdraw` removes those that count withdrawn responses, and published rows whose responses are
    not in the store. Raises UserError if a folder, file or key is missing or invalid, a table would
    have errors, a text contains personal data, or published rows would be lost without `withdraw`.
    """
    review.refuse_without(data, iso3)
    with restricted.locked(data), writing.alone(data):
        frames, states, notes = _make(data, iso3, withdraw)
        files, changed = {}, {}
        for name, frame in frames.items():
            path = cop.data.paths(name, data, iso3)[0]
            old, new = cop.data.text(data, path), cop.data.csv_of(frame)
            files[path] = new.encode()
            if old != new:
                changed[path] = files[path]
                before, after = set(old.splitlines()), set(new.splitlines())
                lines = cop.data.count(len(after - before), "line")
                print(f"{path}: {lines} added, {len(before - after)} removed")
        refuse_errors(files, data, iso3)
        if not withdraw:
            _refuse_loss(frames, changed, data, iso3)
        if not dry_run:
            writing.write(data, changed)
            add_record(states, data, iso3, _edition(data, iso3))
    done = "would be written" if dry_run else "written"
    print(f"{iso3}: {cop.data.count(len(changed), 'changed table')} {done}.", *notes, sep="\n")
    return len(changed)


def publishable(data: Path, iso3: str) -> dict[str, pd.DataFrame]:
    """Return {table: DataFrame} as `publish` writes it, without checks for errors or lost rows.

    Raises UserError for personal data, and for an invalid decision, file or key.
    """
    return _make(data, iso3)[0]


def _make(data, iso3, withdraw=False):
    surveys, secret, past = of_country(data, iso3), key(data), read_record(data, iso3)
    threshold = cop.data.contents(data).get("cop:threshold", THRESHOLD)
    standing, states, notes = _standing(past, data, withdraw)
    decided = review.decided(data, iso3, surveys)
    named = review.named(surveys, decided, data, iso3)
    forms, parts, counted = _numbers(past, standing, threshold, secret, data, iso3)
    kept = standing.keys() - counted.keys()
    out = {name: _with_others(name, parts, kept, data, iso3) for name in SURVEYS}
    voices = frozenset().union(*(standing | counted).values())
    groups = out["survey_groups"][out["survey_groups"].n >= MIN_STANDALONE * threshold]
    quotes, held_back = review.quotes(decided, surveys, voices, groups, secret)
    out |= {
        "forms": cop.data.read("forms", data, iso3) if FORM in kept else forms,
        "interviews": _interviews(data, iso3, secret),
        "quotes": quotes,
        "returned": named,
        "returned_links": review.partnerships(surveys, named, data, iso3),
    }
    _refuse_personal(out, data, iso3)
    frames = {n: f.assign(iso3=iso3)[cop.data.columns(n, data)] for n, f in out.items()}
    return frames, states | counted, notes + held_back


def _standing(past, data, withdraw):
    """Return {survey: return_ids} that stay published, {survey: None} to withdraw, and notes."""
    returns, standing, states, notes = restricted.read("returns", data), {}, {}, []
    is_withdrawn = withdrawn(returns, restricted.read("answers", data), data)
    present = set(returns.return_id[~is_withdrawn])
    latest = past.drop_duplicates("survey", keep="last")
    for row in latest[latest.state == "published"].itertuples():
        gone = row.returns - present
        if gone and withdraw:
            states[row.survey] = None
        elif not gone:
            standing[row.survey] = row.returns
        elif gone != row.returns:  # if all are missing, this is another store
            standing[row.survey] = row.returns
            notes.append(GONE.format(row.survey, cop.data.count(len(gone), "response")))
    return standing, states, notes


def _numbers(past, standing, threshold, secret, data, iso3):
    """Return the new table `forms`, a list of {table: DataFrame}, and {survey: return_ids counted}.

    Surveys published in this edition and responses counted earlier are excluded. Surveys with too
    few new responses are not in {survey: return_ids}, and their tables have no counts.
    """
    published = past[past.state == "published"]
    closed = set(published.survey[published.edition == _edition(data, iso3)])
    surveys = of_country(data, iso3, frozenset().union(*past.returns))
    fresh = {s.questionnaire.id: s for s in surveys if s.questionnaire.id not in closed}
    rng, codes = partial(seeded_rng, secret, iso3), restricted.read("codes", data)
    contacts = restricted.read("contacts", data).query("iso3 == @iso3")
    last = max(past.when[past.survey == FORM], default="")[:10]
    sent = contacts[(contacts.date > last) | (last == "")]
    final = outcomes.final(sent, fresh[FORM].returns if FORM in fresh else None)
    final = final[:0] if FORM in closed else final.fillna({"outcome": "not reached"})
    table = outcomes.table(final, threshold, rng("forms", FORM, "outcomes"))
    counted, parts = {FORM: frozenset()} if table["count"].notna().any() else {}, []
    for name, survey in fresh.items():
        people = tables.people(survey, final, table, threshold, rng)
        part = tables.survey_tables(survey, people, codes, threshold)
        if len(part["survey"]) or name in counted:
            counted[name] = frozenset(survey.returns.index)
        if name in counted or name not in standing:
            parts.append(part)
    return table, parts, counted


def _interviews(data, iso3, secret):
    mine = restricted.read("interviews", data).query("iso3 == @iso3")
    mine = mine.drop_duplicates(["interview_id", "theme"])
    voices = [pseudonym(secret, "interviews", i) for i in mine.interview_id]
    return mine.assign(interview_id=voices).sort_values(["held", "interview_id", "theme"])


def _with_others(name, parts, kept, data, iso3):
    present, ours = cop.data.read(name, data, iso3), set(questionnaires.ids(data))
    stays = ~present.survey.isin(ours - kept) | (present.get("by") == "analyst")
    out = pd.concat([present[stays], *(part[name] for part in parts)])
    out = out.drop_duplicates(cop.data.resource(name, data)["schema"]["primaryKey"])
    # Published studies come first.
    return out.sort_values("survey", key=lambda ids: ids.where(ids.isin(ours), ""), kind="stable")


def _edition(data, iso3):
    return (cop.data.editions(data, iso3) or [""])[-1]


def _refuse_loss(frames, changed, data, iso3):
    before = _filled({name: cop.data.read(name, data, iso3) for name in frames})
    lost, record = before - _filled(frames), record_path(data, iso3)
    if not record.exists():
        numbers = {"forms", *(f"survey {name}" for name in questionnaires.ids(data))}
        tables_changed = {Path(path).stem for path in changed}
        lost |= {label for label in before & numbers if label.split()[0] in tables_changed}
    if lost:
        raise UserError(LOST.format(iso3, ", ".join(sorted(lost)), record.name))


def _filled(frames):
    names = {name for name in ("forms", "interviews", "returned") if len(frames[name])}
    return names | {f"survey {survey}" for survey in frames["survey"].survey}


def refuse_errors(files: dict[str, bytes], data: Path, iso3: str) -> None:
    """Raise UserError if `cop check` would find errors in the files to write for a country."""
    folder = cop.data.locate(data, f"research/{iso3}")
    present = {f"research/{iso3}/{path.name}": path.read_bytes() for path in folder.glob("*.csv")}
    writing.refuse_writing(files, data, "the tables would have errors", present)


def _refuse_personal(frames, data, iso3):
    stored, lines = pii.stored_names(data), []
    for (name, column), fix in TEXTS.items():
        names = review.names_for(review.NAME, stored) if name == "returned" else stored
        for text in frames[name][column].unique():
            if hard := pii.find_hard(text, names):
                kinds = ", ".join(f"{kind} ({word!r})" for kind, word in hard.items())
                problem = f"{text[:60]!r} may contain personal data: {kinds}"
                more = IN_NAMES if {"person", pii.REFUSED} & hard.keys() else ""
                lines.append(f"{name}.csv, column {column}: {problem}. {fix.format(iso3)}{more}")
    if lines:
        title = "nothing was written, because texts may identify people:"
        raise UserError("\n".join([title, *lines]))

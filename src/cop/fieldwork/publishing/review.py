"""The review of what people wrote or said: a person reads each text that may be quoted, before it
is.

Shown are the text and the function or category, never the person. Every decision is kept with its
day and reviewer.
"""

import getpass
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import pandas as pd

import cop.data
from cop.data import Refused
from cop.fieldwork import restricted
from cop.fieldwork.publishing import countable, organisations, personal, tabulation
from cop.fieldwork.publishing.countable import FORM, Survey

DECISIONS = {"p": "publish", "e": "edited", "w": "withhold"}
EMPTY = " No row of the sheet has a word in `decision`: publish, edited or withhold."
KEY = ["return_id", "question", "entry"]
SHEET = [
    "return_id", "question", "entry", "asked", "who", "looks_like", "text", "decision",
    "edited_text",
]  # fmt: skip


def look_over(
    data: Path,
    iso3: str = "",
    listing: bool = False,
    sheet: bool = False,
    decisions: Path | None = None,
    reviewer: str = "",
) -> Iterator[str]:
    """Carry out one way of review for a country, or for each that anything came back from; yield
    what to say of it.

    `decisions` of a filled-in sheet are kept, a `sheet` to fill in is written, `listing` only
    shows; else one is asked.
    """
    if not iso3 and decisions:
        raise Refused(
            "say which country the decisions are for, such as `cop review UKR --decisions FILE.csv`"
        )
    for one in [iso3] if iso3 else _countries(data):
        refuse_without(data, one)
        if decisions:
            kept = decide_by_sheet(data, one, decisions, reviewer)
            yield f"{cop.data.count(kept, 'decision')} kept." + ("" if kept else EMPTY)
        elif sheet:
            path = write_sheet(data, one)
            yield f"Written to {path}; fill in `decision` and hand it to --decisions."
        elif listing:
            yield from _listed(one, pending(data, one))
        else:
            decided = walk(data, one, reviewer)
            left = _waiting(pending(data, one))
            yield f"{one}: {cop.data.count(decided, 'decision')} kept, {left}."


def _countries(data):
    """Give the countries that the store speaks of; raises Refused where it speaks of none."""
    spoken_of = {*restricted.read("returns", data).iso3, *restricted.read("interviews", data).iso3}
    if not spoken_of:
        raise Refused(f"there is no return and no interview in {restricted.folder(data)}")
    return sorted(spoken_of)


def refuse_without(data: Path, iso3: str) -> None:
    """Raise Refused where there is nothing to review: no store, or no such country in the data."""
    if not (cop.data.locate(data, f"research/{iso3}")).is_dir():
        raise Refused(f"there is no folder research/{iso3} in {data}; codes look like UKR or GEO")
    if not restricted.folder(data).is_dir():
        store = restricted.folder(data)
        raise Refused(
            f"there is no restricted store at {store}: nothing was returned on this machine"
        )


def texts(data: Path, iso3: str, surveys: Sequence[Survey] = ()) -> pd.DataFrame:
    """Give every text that may be quoted: KEY, survey, asked, who (no name), section, text."""
    surveys = surveys or countable.of_country(data, iso3)
    rows = [row for one in surveys for row in _written(one)]
    rows += [
        [return_id, organisations.NAME, "0", FORM, "Name of the organisation", category, "", name]
        for return_id, category, name in organisations.to_read(surveys, data, iso3)
    ]
    rows += _spoken(restricted.read("interviews", data).query("iso3 == @iso3"))
    return pd.DataFrame(rows, columns=[*KEY, "survey", "asked", "who", "section", "text"])


def pending(data: Path, iso3: str) -> pd.DataFrame:
    """Give the texts to decide on, with what each seems to hold in `looks_like`: those that nobody
    has decided on, and those that may no longer stand as decided, since a name has become known.
    """
    frame, decided, names = texts(data, iso3), decisions(data), personal.known(data)
    said = decided.text[decided.decision != DECISIONS["w"]].to_dict()
    again = {k for k, t in said.items() if set(personal.flags(t, names)) & set(personal.HARD)}
    done = set(decided.index) - again
    frame = frame.loc[[tuple(key) not in done for key in frame[KEY].to_numpy()]]
    return frame.assign(looks_like=[", ".join(personal.flags(text, names)) for text in frame.text])


def walk(
    data: Path,
    iso3: str,
    reviewer: str = "",
    ask: Callable[[str], str] = input,
    show: Callable[[str], object] = print,
) -> int:
    """Ask about each text to be published in turn, keep each decision at once; give how many."""
    waiting, names, decided = pending(data, iso3), personal.known(data), 0
    for number, row in enumerate(waiting.itertuples(), 1):
        who = row.who or "category not stated"
        show(f"\n{number} of {len(waiting)}, {row.survey}, {who}: {row.asked}\n\n  {row.text}\n")
        made = _asked(row, names, ask, show)
        if made == "q":
            break
        if made:
            keep(data, [[row.return_id, row.question, row.entry, *made]], reviewer)
            decided += 1
    return decided


def decide_by_sheet(data: Path, iso3: str, path: Path, reviewer: str = "") -> int:
    """Keep the decisions of a sheet of review, or none: raises Refused with all wrong rows."""
    try:
        sheet = restricted.table(path.read_bytes())
    except (OSError, ValueError) as error:
        raise Refused(f"{path} cannot be read as a CSV file in UTF-8: {error}") from error
    lacking = [c for c in (*KEY, "decision") if c not in sheet]
    if lacking:
        mend = f"`cop review {iso3} --sheet` writes one that has"
        raise Refused(f"{path.name} has no column {', '.join(lacking)}; {mend}")
    known = texts(data, iso3).set_index(KEY).text
    names, faults, rows = personal.known(data), [], []
    for at, row in enumerate(sheet.to_dict("records"), 2):
        if row["decision"].strip():
            fault, made = _of_row(row, known, names)
            faults += [f"{path.name}, row {at}, {fault}"] if fault else []
            rows += [] if fault else [made]
    if faults:
        raise Refused(
            f"{cop.data.count(len(faults), 'row is', 'rows are')} wrong, so none was kept:\n"
            + "\n".join(faults)
        )
    keep(data, rows, reviewer)
    return len(rows)


def write_sheet(data: Path, iso3: str) -> Path:
    """Write the texts that wait for review into the store, to fill in as a sheet; give the path."""
    with restricted.alone(data):
        sheet = pending(data, iso3).assign(decision="", edited_text="")[SHEET]
        restricted.write(data, {f"to_review-{iso3}.csv": restricted.packed(sheet)})
    return restricted.folder(data) / f"to_review-{iso3}.csv"


def keep(data: Path, rows: list[list[str]], reviewer: str = "") -> None:
    """Add decisions of review [*KEY, decision, text]; of those on one text the latest counts."""
    who = reviewer or getpass.getuser()
    made = pd.DataFrame(
        [[*row, who, date.today().isoformat()] for row in rows],
        columns=restricted.columns("reviews"),
    )
    with restricted.alone(data):
        reviews = pd.concat([restricted.read("reviews", data), made])
        restricted.write(data, restricted.change({"reviews": reviews}))


def decisions(data: Path) -> pd.DataFrame:
    """Give the last decision of review on each text: key, decision, text as read or edited."""
    reviews = restricted.read("reviews", data).drop_duplicates(KEY, keep="last")
    return reviews.set_index(KEY)[["decision", "text"]]


def _waiting(frame):
    return cop.data.count(len(frame), "text waits", "texts wait")


def _listed(iso3, waiting):
    """Yield the lines that show each text that waits, and how many do."""
    for row in waiting.itertuples():
        key = " / ".join((row.return_id, row.question, row.entry))
        yield f"{key} ({row.survey}, {row.who or 'not stated'})"
        yield f"  {row.text}"
        if row.looks_like:
            yield f"  looks like it holds: {row.looks_like}"
    yield f"{iso3}: {_waiting(waiting)} for a decision."


def _written(survey):
    """Give the open answers of those who agreed to be quoted."""
    willing, named = survey.agreed("publish_quote"), _categories(survey)
    for question, label in tabulation.open_questions(survey.questionnaire):
        for return_id, text in survey.of(question.id).items():
            if return_id in willing and text.strip():
                who = named.get(return_id, survey.questionnaire.category)
                about = tabulation.section(survey.questionnaire, question)
                key = [return_id, question.id, "0"]
                yield [*key, survey.questionnaire.id, label, who, about, text.strip()]


def _categories(survey):
    asking = tabulation.grouping(survey.questionnaire)
    return survey.of(asking).to_dict() if asking else {}


def _spoken(held):
    """Give what was said in interviews by those who agreed to be quoted."""
    for row in held[(held.consent_to_quote == "yes") & (held.quote.str.strip() != "")].itertuples():
        who = row.function or row.category
        key = [row.interview_id, f"quote {row.theme}", "0"]
        yield [*key, "interviews", "Interview", who, row.theme, row.quote.strip()]


def _asked(row, names, ask, show):
    """Give [decision, text] for one text, None to leave it for later, 'q' to stop."""
    flags = personal.flags(row.text, names)
    if flags:
        show(f"  Looks like it holds: {', '.join(flags)}.")
    choice = ask("  p(ublish) e(dit) w(ithhold) s(kip) q(uit)? ").strip().lower()[:1]
    if choice in ("q", "s", ""):
        return "q" if choice == "q" else None
    if choice not in DECISIONS:
        show("  Please answer with p, e, w, s or q.")
        return _asked(row, names, ask, show)
    text = ask("  The text as it may be published: ").strip() if choice == "e" else row.text
    if choice == "w":
        return [DECISIONS["w"], ""]
    return _allowed(DECISIONS[choice], text, row, names, ask, show)


def _allowed(decision, text, row, names, ask, show):
    """Give the decision unless the text holds what never passes; asks again where in doubt."""
    flags = personal.flags(text, names)
    if not text or set(flags) & set(personal.HARD):
        why = f"still looks like it holds {' and '.join(flags)}" if text else "is empty"
        show(f"  Not kept: it {why}. Edit or withhold.")
        return _asked(row, names, ask, show)
    doubt = f"  It names an {' and an '.join(flags)}. Publish it all the same? yes/no "
    if flags and ask(doubt).strip().lower() != "yes":
        return _asked(row, names, ask, show)
    return [decision, text]


def _of_row(row, known, names):
    """Give (fault, decision row) of one row of a sheet; one of the two is empty."""
    decision, key = row["decision"].strip().lower(), tuple(row[c] for c in KEY)
    decision = {**DECISIONS, "edit": "edited"}.get(decision, decision)
    if key not in known.index:
        why = "with this question is not a text of this country to decide on"
        return f"column return_id: {key[0]!r} {why}", None
    if decision not in DECISIONS.values():
        return f"column decision: {row['decision']!r} is not publish, edited or withhold", None
    text = row.get("edited_text", "").strip() if decision == "edited" else known[key]
    if decision == "withhold":
        return "", [*key, decision, ""]
    hard = set(personal.flags(text, names)) & set(personal.HARD)
    if not text:
        return "column edited_text: is empty; write the text as it may be published", None
    if hard:
        why = f"the text looks like it holds {', '.join(sorted(hard))}"
        return f"column decision: {why}; edit it or withhold it", None
    return "", [*key, decision, text]

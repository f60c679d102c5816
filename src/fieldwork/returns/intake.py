"""Returns taken in: each is accepted, accepted with a remark or refused with the reason; nothing that came is lost.

A file changes the store whole or not at all. The same file, or the same return in another file, changes nothing; a
corrected return supersedes the older one, and both stay.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import yaml

import contract
from contract import Refused
from fieldwork import restricted
from fieldwork.forms import questionnaires
from fieldwork.returns import judging, messages, refusals, succession
from fieldwork.returns.answers import PROBLEM, REFUSED
from fieldwork.returns.files import formats, workbooks
from fieldwork.returns.files.headings import ColumnNames
from fieldwork.returns.succession import ACCEPTED, REMARKED, SUPERSEDED


@dataclass
class Outcome:
    """What came of one file: the sentence, the problems to show, remarks on the file, and where the refused rows are."""

    name: str
    said: str
    problems: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=[*PROBLEM, "shown"])
    )
    remarks: list = field(default_factory=list)
    faults: list = field(default_factory=list)
    path: str = ""
    sheets: int = 1


class Asked:
    """What a call asks for: the data folder, the country, the questionnaires that may be meant, the mapping, the day."""

    def __init__(self, data, iso3="", questionnaire="", mapping=None, today=None):
        """Check the call; raises Refused for an unknown country or questionnaire or a faulty mapping."""
        self.data, self.iso3, self.today = Path(data), iso3, today or date.today()
        self.countries = set(contract.read("countries", data).iso3)
        if iso3 and iso3 not in self.countries:
            raise Refused(contract.no_country(iso3, data))
        self.mapping = _mapping(mapping) if mapping else None
        self.known = Known(
            self.data, questionnaire or (self.mapping or {}).get("questionnaire", "")
        )


class Known:
    """The questionnaires that may be meant, each read once and only when a file needs it."""

    def __init__(self, data, wanted=""):
        """Take all of a data folder that can be answered in writing, or the one that is wanted."""
        self.data, self.read = data, {}
        there = questionnaires.ids(data)
        if wanted and wanted not in there:
            raise Refused(f"there is no questionnaire {wanted!r}; known: {', '.join(there)}")
        self.ids = [wanted] if wanted else [one for one in there if not one.startswith("guide_")]

    def named(self, name, where):
        """Give the ColumnNames of one questionnaire; raises Refused when it is not there or not asked for."""
        if name not in self.ids:
            raise Refused(f"{where} {str(name)[:40]!r}, which is not one of: {', '.join(self.ids)}")
        if name not in self.read:
            self.read[name] = ColumnNames(questionnaires.load(name, self.data))
        return self.read[name]

    def every(self):
        """Give the ColumnNames of all of them."""
        return [self.named(one, "") for one in self.ids]


def take_in(paths, data, **asked):
    """Take files in one after the other, saying what came of each; give the exit status.

    0 all is well, 1 something was refused, 2 nothing could be taken in. `asked` as for Asked.
    """
    asked, well = Asked(data, **asked), []
    for group in _together(paths):
        try:
            outcome = _taken(group, asked)
        except Refused as refused:
            print(f"{group[0].name}: nothing was taken in: {_about(group[0].name, str(refused))}.")
            well.append(None)
            continue
        print("\n".join(messages.lines(outcome, outcome.sheets > 1)))
        well.append(not outcome.path and not outcome.faults)
    if not any(w is not None for w in well):
        return 2
    return 0 if all(well) else 1


def _about(name, text):
    """Give a sentence about a file that was just named."""
    return (
        text.replace(f"{name} ", "it ", 1).replace(f"{name}: ", "", 1)
        if text.startswith(name)
        else text
    )


def _mapping(path):
    """Give a mapping file as a dict; raises Refused when it is not one."""
    try:
        told = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise Refused(
            f"the mapping {Path(path).name} cannot be read: {str(error).splitlines()[0]}"
        ) from error
    if (
        not isinstance(told, dict)
        or not told.get("questionnaire")
        or not isinstance(told.get("columns"), dict)
    ):
        raise Refused(
            f"the mapping {Path(path).name} needs `questionnaire: id` and `columns:` with `heading: question id`"
        )
    return told


def _together(paths):
    """Give lists of files that belong together: a CSV file, and those of its repeated blocks (`form-partners.csv`)."""
    paths = list(dict.fromkeys(Path(p) for p in paths))
    groups = {p: [p] for p in paths}
    for path in paths:
        of_csv = [p for p in paths if p.suffix.lower() == path.suffix.lower() == ".csv"]
        near = [p for p in of_csv if path.stem.startswith(p.stem + "-")]
        if near and near[0] in groups:
            groups[near[0]].append(path)
            groups.pop(path)
    return list(groups.values())


def _taken(paths, asked):
    """Take one file (with those of its repeated blocks) in; give the Outcome, or raise Refused with nothing changed."""
    books = [workbooks.read(path) for path in paths]
    book = books[0]
    for other in books[1:]:
        book.sheets += other.sheets
    with restricted.alone(asked.data):
        restricted.lock_raw(asked.data)
        imports = restricted.read("imports", asked.data)
        if {b.sha for b in books} <= set(imports["file"]):
            when = imports["when"][imports["file"] == book.sha].iloc[0][:10]
            return Outcome(book.name, f"was taken in already, on {when}; nothing was changed")
        longform = formats.read(book, asked.known, asked.mapping)
        return _settled(books, longform, imports, asked)


def _settled(books, longform, imports, asked):
    """Judge every return, write all that follows in one step, and give the Outcome."""
    book, data = books[0], asked.data
    made, problems = judging.judged(book, longform, asked)
    out = {n for n, weight in judging.weights(problems).items() if weight == REFUSED}
    old, old_answers = restricted.read("returns", data), restricted.read("answers", data)
    kept = [n for n in longform.returns.index if n not in out]
    new, superseded, same = succession.settled(longform, made, kept, old, old_answers)
    problems = problems[~problems["n"].isin(same)]  # said when it came first
    replaced = pd.DataFrame(succession.remarks(new, old, longform), columns=PROBLEM)
    problems = pd.concat([problems, replaced], ignore_index=True) if len(replaced) else problems
    returns = _with_status(_rows(new, longform, problems, asked, book), old, superseded)
    answers = _answers(new, made, longform, old_answers)
    files = {
        restricted.raw_path(b): b.content
        for b in books
        if not (restricted.folder(data) / restricted.raw_path(b)).exists()
    }
    files |= restricted.change({"returns": returns, "answers": answers} if len(new) else {})
    again, path = refusals.kept(longform, made, problems, out, book, data)
    counts = _counts(longform, new, same, out, problems)
    files |= again | restricted.change({"imports": _audit(imports, books, longform, counts)})
    restricted.write(data, files)
    shown = messages.masked(problems, longform.names)
    path = path and str(restricted.folder(data) / path)
    notes = book.remarks + longform.remarks
    return Outcome(
        book.name,
        _sentence(longform, counts),
        shown,
        notes,
        longform.faults,
        path,
        len(book.sheets),
    )


def _rows(new, longform, problems, asked, book):
    """Give the new returns as rows of the store, by position."""
    stated = longform.returns.loc[new.index]
    remarks = problems[problems["n"].isin(new.index)]
    said = (
        remarks["column"].where(remarks["column"] == "", remarks["column"] + ": ") + remarks["rule"]
    )
    said = said.groupby(remarks["n"]).agg(
        lambda s: "; ".join(sorted(s, key=lambda r: not r.startswith(judging.PARTIAL)))
    )
    rows = new.join(stated[["iso3", "version", "language", "form_id", "sheet", "row"]])
    received = stated["submitted"].str.extract(r"^(\d{4}-\d{2}-\d{2})", expand=False)
    rows = rows.assign(questionnaire=longform.names.questionnaire.id, file=book.sha)
    rows["source"] = stated["tool"].where(stated["tool"] != "", longform.source)
    rows["received"] = received.where(received.notna(), asked.today.isoformat())
    rows["remark"] = said.reindex(rows.index).fillna("")
    rows["status"] = rows["remark"].map(lambda r: REMARKED if r else ACCEPTED)
    return rows[restricted.columns("returns")]


def _with_status(new, old, superseded):
    """Give all returns, with those that a later one takes the place of marked."""
    rows = pd.concat([old, new], ignore_index=True) if len(old) else new.reset_index(drop=True)
    rows["status"] = rows["status"].mask(rows["return_id"].isin(superseded), SUPERSEDED)
    return rows


def _answers(new, made, longform, old):
    """Give all answers of the store with those of the new returns below."""
    rows = made[made["n"].isin(new.index)]
    rows = rows.assign(
        return_id=rows["n"].map(new["return_id"]),
        language=rows["n"].map(longform.returns["language"]),
    )
    rows = rows.sort_values(["n", "entry"], kind="stable")[restricted.columns("answers")]
    return pd.concat([old, rows], ignore_index=True) if len(old) else rows


def _counts(longform, new, same, out, problems):
    remarked = len(set(problems["n"]) & set(new.index))
    counts = {"rows": len(longform.returns), "accepted": len(new) - remarked, "remarked": remarked}
    return counts | {"refused": len(out), "unchanged": len(same)}


def _audit(imports, books, longform, counts):
    now = datetime.now(UTC).isoformat(timespec="seconds")
    told = {
        "when": now,
        "questionnaire": longform.names.questionnaire.id,
        "source": longform.source,
    }
    rows = pd.DataFrame([{"file": b.sha, "name": b.name} | told | counts for b in books])
    return pd.concat([imports, rows], ignore_index=True) if len(imports) else rows


TOOLS = {
    "kobo": "a KoboToolbox export",
    "odk": "an ODK Central export",
    "limesurvey": "a LimeSurvey export",
    "excel": "a filled-in Excel form",
    "plain": "a plain table",
    "refused": "a file of refused rows",
}


def _sentence(longform, counts):
    title = longform.names.questionnaire.id
    said = [f"{counts[key]:,} {word}" for key, word in WORDS.items() if counts[key]]
    rows = f"{counts['rows']:,} return{'s' if counts['rows'] != 1 else ''}"
    return f"{TOOLS[longform.source]} of {title}, {rows}: {', '.join(said)}"


WORDS = {
    "accepted": "accepted",
    "remarked": "accepted with a remark",
    "refused": "refused",
    "unchanged": "here already and unchanged",
}

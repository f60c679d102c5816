"""Returns taken in: each is accepted, accepted with a remark or refused with the reason; nothing
that came is lost.

A file changes the store whole or not at all. The same file, or the same return in another file,
changes nothing; a corrected return supersedes the older one, and both stay.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import yaml

import contract
from contract import Refused
from fieldwork import restricted
from fieldwork.returns import judging, messages, refusals, succession
from fieldwork.returns.files import formats, workbooks
from fieldwork.returns.files.headings import Candidates
from fieldwork.returns.succession import ACCEPTED, REMARKED, SUPERSEDED

TOOLS = {
    "kobo": "a KoboToolbox export",
    "odk": "an ODK Central export",
    "limesurvey": "a LimeSurvey export",
    "excel": "a filled-in Excel form",
    "plain": "a plain table",
    "refused": "a file of refused rows",
}
COUNTED = {
    "accepted": "accepted",
    "remarked": "accepted with a remark",
    "refused": "refused",
    "unchanged": "here already and unchanged",
}


class Call:
    """What a call asks for: data, country, questionnaires that may be meant, mapping, day."""

    def __init__(
        self,
        data: Path,
        iso3: str = "",
        questionnaire: str = "",
        mapping: Path | None = None,
        today: date | None = None,
    ):
        """Raise Refused for an unknown country or questionnaire or a faulty mapping."""
        self.data, self.iso3, self.today = Path(data), iso3, today or date.today()
        self.countries = set(contract.read("countries", data).iso3)
        if iso3 and iso3 not in self.countries:
            raise Refused(contract.no_country(iso3, data))
        self.mapping = _mapping(mapping) if mapping else {}
        wanted = questionnaire or self.mapping.get("questionnaire", "")
        self.candidates = Candidates(self.data, wanted)


def take_in(
    paths: Sequence[Path],
    data: Path,
    iso3: str = "",
    questionnaire: str = "",
    mapping: Path | None = None,
    today: date | None = None,
) -> int:
    """Take files in one after the other, saying what came of each; give the exit status.

    0 all is well, 1 something was refused, 2 nothing could be taken in. Raises Refused as Call
    does.
    """
    call, well = Call(data, iso3, questionnaire, mapping, today), []
    for group in _together(paths):
        try:
            outcome = _taken(group, call)
        except Refused as refused:
            print(f"{group[0].name}: nothing was taken in: {_about(group[0].name, str(refused))}.")
            well.append(None)
            continue
        print("\n".join(messages.lines(outcome)))
        well.append(not outcome.path and not outcome.faults)
    if not any(one is not None for one in well):
        return 2
    return 0 if all(well) else 1


def _about(name, text):
    """Give a sentence about a file that was just named."""
    if not text.startswith(name):
        return text
    return text.replace(f"{name} ", "it ", 1).replace(f"{name}: ", "", 1)


def _mapping(path):
    """Give a mapping file as a dict; raises Refused when it is not one."""
    name = Path(path).name
    try:
        mapping = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = str(error).splitlines()[0]
        raise Refused(f"the mapping {name} cannot be read: {reason}") from error
    stated = mapping if isinstance(mapping, dict) else {}
    if not stated.get("questionnaire") or not isinstance(stated.get("columns"), dict):
        raise Refused(
            f"the mapping {name} needs `questionnaire: id` and `columns:` with "
            "`heading: question id`"
        )
    return mapping


def _together(paths):
    """Give lists of files: each CSV with those of its repeated blocks (`form-partners.csv`)."""
    paths = list(dict.fromkeys(Path(p) for p in paths))
    groups = {p: [p] for p in paths}
    for path in paths:
        of_csv = [p for p in paths if p.suffix.lower() == path.suffix.lower() == ".csv"]
        near = [p for p in of_csv if path.stem.startswith(p.stem + "-")]
        if near and near[0] in groups:
            groups[near[0]].append(path)
            groups.pop(path)
    return list(groups.values())


def _taken(paths, call):
    """Take the files of one form in; give the Outcome, or raise Refused with nothing changed."""
    books = [workbooks.opened(path) for path in paths]
    book = books[0]
    for other in books[1:]:
        book.sheets += other.sheets
    with restricted.alone(call.data):
        restricted.lock_raw(call.data)
        imports = restricted.read("imports", call.data)
        if {b.sha for b in books} <= set(imports["file"]):
            when = imports["when"][imports["file"] == book.sha].iloc[0][:10]
            return messages.Outcome(
                book.name, f"was taken in already, on {when}; nothing was changed"
            )
        longform = formats.longform(book, call.candidates, call.mapping)
        return _settled(books, longform, imports, call)


def _settled(books, longform, imports, call):
    """Judge every return, write all that follows in one step, and give the Outcome."""
    book, data = books[0], call.data
    coded, problems = judging.judged(book, longform, call.iso3, call.countries, call.today)
    out = judging.refused(problems)
    old, old_answers = restricted.read("returns", data), restricted.read("answers", data)
    kept = [n for n in longform.returns.index if n not in out]
    new, superseded, same = succession.settled(longform, coded, kept, old, old_answers)
    problems = problems[~problems["n"].isin(same)]  # said when it came first
    replaced = succession.remarks(new, old, longform)
    problems = pd.concat([problems, replaced], ignore_index=True) if len(replaced) else problems
    counts = _counts(longform, new, same, out, problems)
    tables = {"imports": _audit(imports, books, longform, counts)}
    if len(new):
        rows = _rows(new, longform, problems, call.today, book)
        tables["returns"] = _with_status(rows, old, superseded)
        tables["answers"] = _answers(new, coded, longform, old_answers)
    again, path = refusals.kept(longform, coded, problems, out, book, data)
    restricted.write(data, _raw(books, data) | again | restricted.change(tables))
    return messages.Outcome(
        book.name,
        _sentence(longform, counts),
        messages.masked(problems, longform.names),
        book.remarks + longform.remarks,
        longform.faults,
        path and str(restricted.folder(data) / path),
        len(book.sheets),
    )


def _raw(books, data):
    """Give {path: bytes} of the files as they came, of those that are not kept yet."""
    paths = {restricted.raw_path(book.sha, book.suffix): book.content for book in books}
    return {p: raw for p, raw in paths.items() if not (restricted.folder(data) / p).exists()}


def _rows(new, longform, problems, today, book):
    """Give the new returns as rows of the store, by position."""
    stated = longform.returns.loc[new.index]
    received = stated["submitted"].str.extract(r"^(\d{4}-\d{2}-\d{2})", expand=False)
    remarks = _remarks(problems[problems["n"].isin(new.index)]).reindex(new.index).fillna("")
    rows = new.join(stated[["iso3", "version", "language", "form_id", "sheet", "row"]])
    rows = rows.assign(
        questionnaire=longform.names.questionnaire.id,
        file=book.sha,
        source=stated["tool"].where(stated["tool"] != "", longform.source),
        received=received.fillna(today.isoformat()),
        remark=remarks,
        status=remarks.map(lambda remark: REMARKED if remark else ACCEPTED),
    )
    return rows[restricted.columns("returns")]


def _remarks(problems):
    """Give, by position, all that is remarked; that it is partial first, as others look there."""
    column = problems["column"]
    texts = column.where(column == "", column + ": ") + problems["rule"]
    first = texts.str.startswith(judging.PARTIAL).sort_values(ascending=False, kind="stable")
    return texts.loc[first.index].groupby(problems["n"]).agg("; ".join)


def _with_status(new, old, superseded):
    """Give all returns, with those that a later one takes the place of marked."""
    rows = pd.concat([old, new], ignore_index=True) if len(old) else new.reset_index(drop=True)
    rows["status"] = rows["status"].mask(rows["return_id"].isin(superseded), SUPERSEDED)
    return rows


def _answers(new, coded, longform, old):
    """Give all answers of the store with those of the new returns below."""
    rows = coded[coded["n"].isin(new.index)].sort_values(["n", "entry"], kind="stable")
    languages = rows["n"].map(longform.returns["language"])
    rows = rows.assign(return_id=rows["n"].map(new["return_id"]), language=languages)
    rows = rows[restricted.columns("answers")]
    return pd.concat([old, rows], ignore_index=True) if len(old) else rows


def _counts(longform, new, same, out, problems):
    remarked = len(set(problems["n"]) & set(new.index))
    counts = {"rows": len(longform.returns), "accepted": len(new) - remarked, "remarked": remarked}
    return counts | {"refused": len(out), "unchanged": len(same)}


def _audit(imports, books, longform, counts):
    now, form = datetime.now(UTC).isoformat(timespec="seconds"), longform.names.questionnaire.id
    facts = {"when": now, "questionnaire": form, "source": longform.source} | counts
    rows = pd.DataFrame([{"file": b.sha, "name": b.name} | facts for b in books])
    return pd.concat([imports, rows], ignore_index=True) if len(imports) else rows


def _sentence(longform, counts):
    parts = [f"{counts[key]:,} {word}" for key, word in COUNTED.items() if counts[key]]
    rows = contract.count(counts["rows"], "return")
    form = longform.names.questionnaire.id
    return f"{TOOLS[longform.source]} of {form}, {rows}: {', '.join(parts)}"

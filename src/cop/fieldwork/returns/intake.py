"""Returns taken in: each is accepted, accepted with a remark or refused with the reason; nothing
that came is lost.

A file changes the store whole or not at all. The same file read the same way, or the same return
in another file, changes nothing; of two returns of one sender the later one counts, and both stay.
"""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd

import cop.data
from cop.data import Refused
from cop.fieldwork import contacts, restricted
from cop.fieldwork.returns import judging, messages, refusals, succession, times
from cop.fieldwork.returns.answers import together
from cop.fieldwork.returns.files import formats, mappings, workbooks
from cop.fieldwork.returns.files.headings import Candidates
from cop.fieldwork.returns.succession import ACCEPTED, REMARKED, SUPERSEDED

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
    """What a call asks for: data, country, questionnaires that may be meant, mapping, day.

    `reading` tells one way of reading a file from every other.
    """

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
        self.countries = set(cop.data.read("countries", data).iso3)
        if iso3 and iso3 not in self.countries:
            raise Refused(cop.data.no_country(iso3, data))
        self.mapping = mappings.read(mapping) if mapping else {}
        wanted = questionnaire or self.mapping.get("questionnaire", "")
        self.candidates = Candidates(self.data, wanted)
        how = [iso3, wanted, self.mapping, self.candidates.digest()]
        self.reading = workbooks.digest(json.dumps(how, default=str).encode())[:16]


def take_in(
    paths: Sequence[Path],
    data: Path,
    iso3: str = "",
    questionnaire: str = "",
    mapping: Path | None = None,
    today: date | None = None,
) -> int:
    """Take returns of the field work in, file after file, each judged; give 0 where all went well.

    What came of each is printed. 1 where something was refused, 2 where nothing could be taken in.
    Raises Refused as Call does.
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
        before = imports[imports["file"].isin([b.sha for b in books])]
        if day := _in_already(before[before["reading"] == call.reading], books):
            return messages.Outcome(
                book.name, f"was taken in already, on {day}; nothing was changed"
            )
        longform = formats.longform(book, call.candidates, call.mapping)
        own = times.time_of(before["when"].min()) if len(before) else times.now()
        longform.returns, unread = times.stamped(longform.returns, own)
        longform.remarks += unread
        return _settled(books, longform, imports, call)


def _in_already(before, books):
    """Give the day when files came and nothing of them was refused, "" where that never was.

    `before` are the imports read the same way: what was refused may always come again.
    """
    whole = before.drop_duplicates("file", keep="last").query("refused == '0'")
    return whole["when"].iloc[0][:10] if {b.sha for b in books} <= set(whole["file"]) else ""


def _settled(books, longform, imports, call):
    """Judge every return, write all that follows in one step, and give the Outcome."""
    book, data = books[0], call.data
    coded, problems = judging.judged(book, longform, call.iso3, call.countries, call.today)
    old, old_answers = restricted.read("returns", data), restricted.read("answers", data)
    by_hand = _corrected(longform, book, old)
    out = judging.refused(problems) - by_hand
    kept = [n for n in longform.returns.index if n not in out | by_hand]
    issued = contacts.issued(data)
    outcome = succession.settled(longform, coded, kept, old, old_answers, issued)
    new, same = outcome.new, outcome.same | by_hand
    problems = problems[~problems["n"].isin(same)]  # said when it came first
    which = succession.remarks(outcome.instead, old, longform)
    problems = together([problems, which, succession.unknown_form_ids(new, longform, issued)])
    counts = _counts(longform, new, same, out, problems)
    tables = {"imports": _audit(imports, books, longform, counts, call.reading)}
    if len(new) or outcome.times:
        rows = _rows(new, longform, problems, book)
        tables["returns"] = _with_status(rows, old, outcome)
        tables["answers"] = _answers(new, coded, longform, old_answers)
        tables |= contacts.mark_returned(data, tables["returns"])
    again, path = refusals.kept(longform, coded, problems, out, book, data)
    restricted.write(data, _raw(books, data) | again | restricted.change(tables))
    return messages.Outcome(
        book.name,
        _sentence(longform, counts),
        messages.without_restricted_values(problems, longform.names),
        book.remarks + longform.remarks,
        longform.faults,
        path and str(restricted.folder(data) / path),
        len(book.sheets),
    )


def _corrected(longform, book, old):
    """Give the positions of returns of which a row that a person corrected was taken in."""
    returns, origins = longform.returns, refusals.origins_of(longform, book)
    return set(returns.index[(returns["origin"] == "") & origins.isin(set(old["origin"]))])


def _raw(books, data):
    """Give {path: bytes} of the files as they came, of those that are not kept yet."""
    paths = {restricted.raw_path(book.sha, book.suffix): book.content for book in books}
    return {p: raw for p, raw in paths.items() if not (restricted.folder(data) / p).exists()}


def _rows(new, longform, problems, book):
    """Give the new returns as rows of the store, by position."""
    stated = longform.returns.loc[new.index]
    remarks = _remarks(problems[problems["n"].isin(new.index)]).reindex(new.index).fillna("")
    carried = ["iso3", "version", "language", "form_id", "sheet", "row"]
    rows = new.join(stated[[*carried, "submitted", "changed", "origin"]])
    rows = rows.assign(
        questionnaire=longform.names.questionnaire.id,
        file=book.sha,
        source=stated["tool"].where(stated["tool"] != "", longform.source),
        received=stated["submitted"].str[:10],
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


def _with_status(new, old, outcome):
    """Give all returns, each with its last time, those of which a later one counts marked."""
    rows = pd.concat([old, new], ignore_index=True) if len(old) else new.reset_index(drop=True)
    counts = rows["return_id"].map(outcome.counts)
    accepted = rows["remark"].map(lambda remark: REMARKED if remark else ACCEPTED)
    rows["status"] = rows["status"].mask(counts.eq(False), SUPERSEDED)
    rows["status"] = rows["status"].mask(counts.eq(True), accepted)
    for return_id, time in outcome.times.items():
        rows.loc[rows["return_id"] == return_id, ["submitted", "changed"]] = time
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


def _audit(imports, books, longform, counts, reading):
    now, form = datetime.now(UTC).isoformat(timespec="seconds"), longform.names.questionnaire.id
    facts = {"when": now, "questionnaire": form, "source": longform.source, "reading": reading}
    facts |= counts
    rows = pd.DataFrame([{"file": b.sha, "name": b.name} | facts for b in books])
    return pd.concat([imports, rows], ignore_index=True) if len(imports) else rows


def _sentence(longform, counts):
    parts = [f"{counts[key]:,} {word}" for key, word in COUNTED.items() if counts[key]]
    rows = cop.data.count(counts["rows"], "return")
    form = longform.names.questionnaire.id
    return f"{TOOLS[longform.source]} of {form}, {rows}: {', '.join(parts)}"

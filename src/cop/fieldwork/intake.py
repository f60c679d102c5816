"""Import responses: each is accepted, accepted with a remark, or rejected with the reason.

A file changes the store as a whole or not at all. The same response in another file changes
nothing. Of two responses with the same id the later one counts; both stay.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd

import cop.data
from cop.data import Refused
from cop.fieldwork import contacts, exports, incoming, restricted
from cop.fieldwork.incoming import Book, plain
from cop.fieldwork.validate import PARTIAL, validate

TOOLS = {
    "kobo": "a KoboToolbox export", "odk": "an ODK Central export",
    "limesurvey": "a LimeSurvey export", "excel": "a filled-in Excel form",
    "plain": "a plain table",
}  # fmt: skip
ACCEPTED, REMARKED, SUPERSEDED = "accepted", "accepted with a remark", "superseded"
BESIDE = "names an organisation that another response names too", "Check which is right", False
NOT_ISSUED = "has a form id that was not sent from here", "Check whether it is theirs", False
MOST = 40  # lines of a report
TIMES = ["submitted", "changed"]


def import_responses(
    files: Sequence[Path | Book],
    data: Path,
    iso3: str = "",
    questionnaire: str = "",
    mapping: Path | None = None,
    today: date | None = None,
) -> int:
    """Import files into the store and print the result of each.

    Returns 0 where all went well, 1 where something was rejected, 2 where no file was imported.
    Raises Refused for an unknown country or questionnaire, or a faulty mapping.
    """
    data, today, statuses = Path(data), today or date.today(), []
    countries = set(cop.data.read("countries", data).iso3)
    if iso3 and iso3 not in countries:
        raise Refused(cop.data.no_country(iso3, data))
    columns = exports.read_mapping(mapping) if mapping else None
    for file in files:
        try:
            book = file if isinstance(file, Book) else incoming.read(file)
            export = exports.read(book, data, questionnaire, columns)
            validate(export, iso3, countries, today)
            with restricted.alone(data):
                numbers = _store(book, export, data)
            print("\n".join(_report(book, export, numbers)))
            statuses.append(int(numbers["refused"] > 0))
        except Refused as refused:
            print(f"{refused}. Nothing was imported from {file.name}.")
            statuses.append(2)
    return 2 if min(statuses) == 2 else min(max(statuses), 1)


def _store(book, export, data):
    """Add the accepted responses to the store; return how many there are of each kind."""
    old, imports = restricted.read("returns", data), restricted.read("imports", data)
    issued, earlier = contacts.issued(data), imports["when"][imports["file"] == book.sha].str[:19]
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    accepted = _with_ids(export)
    new = {i: response for i, response in accepted.items() if i not in set(old["return_id"])}
    rows = [_row(i, r, book, export, min([now, *earlier])) for i, r in accepted.items()]
    store = _combine(old, pd.DataFrame(rows, columns=old.columns, dtype=object), issued)
    answers = _answers(new, restricted.read("answers", data))
    if export.form.kind == "form":
        _compare_organisations(new, store, answers)
    for return_id, response in new.items():
        if response.form_id not in {"", *issued}:
            response.add(*NOT_ISSUED)
        store.loc[return_id, "remark"] = _remark(response)
    status = store["remark"].map(lambda remark: REMARKED if remark else ACCEPTED)
    store["status"] = store["status"].where(store["status"] == SUPERSEDED, status)
    store = store[old.columns].reset_index(drop=True).astype(object)
    remarked = sum(bool(response.problems) for response in new.values())
    numbers = {
        "rows": len(export.responses), "accepted": len(new) - remarked, "remarked": remarked,
        "refused": len(export.responses) - len(accepted), "unchanged": len(accepted) - len(new),
    }  # fmt: skip
    if earlier.empty or not store.equals(old):
        entry = {"file": book.sha, "name": book.name, "when": now, "source": export.tool}
        entry |= {"questionnaire": export.form.id, **numbers}
        tables = {"returns": store, "answers": answers} | contacts.mark_returned(data, store)
        tables["imports"] = pd.concat([imports, pd.DataFrame([entry])], ignore_index=True)
        raw = restricted.raw_path(book.sha, Path(book.name).suffix.lower())
        kept = (restricted.folder(data) / raw).exists()
        restricted.write(data, restricted.change(tables) | ({} if kept else {raw: book.content}))
    for return_id in accepted.keys() - new.keys():  # reported when they came
        accepted[return_id].problems = []
    return numbers


def _with_ids(export):
    """Return {return id: accepted response}: a hash of the response's own id and its answers.

    The same answers without any id a second time in a file are another person's.
    """
    ids, times = {}, Counter()
    for response in [response for response in export.responses if not response.rejected]:
        name = response.identity or response.form_id
        content = f"{export.form.id} {response.iso3} {name} {sorted(response.answers)}"
        times[content] += 1
        content += "" if name else f" {times[content]}"
        ids[hashlib.sha256(content.encode()).hexdigest()[:16]] = response
    return ids


def _row(return_id, response, book, export, first):
    """Return a response as a row of the store; without a time it is as old as its file's import."""
    submitted = _time(response.submitted)
    times = {"submitted": submitted if "2000" < submitted <= first else first}
    # ODK counts the edits of a submission; the others state a time.
    edits = re.fullmatch(r"\d{1,6}", response.changed)
    times["changed"] = response.changed.zfill(6) if edits else _time(response.changed)
    fields = ("iso3", "version", "language", "form_id", "sheet", "identity")
    row = {name: getattr(response, name) for name in fields} | times
    row |= {"return_id": return_id, "questionnaire": export.form.id, "row": str(response.row)}
    row |= {"received": times["submitted"][:10], "source": export.tool, "file": book.sha}
    return row | {"status": "", "remark": ""}


def _time(text):
    """Return a time in UTC as it sorts, "" where it is none; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return ""
    moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="seconds")


def _combine(old, rows, issued):
    """Return the responses of the store and new ones; of those with the same id the latest counts.

    Two responses are the same sender's by a form id sent from here, or by the id of their tool.
    """
    every = pd.concat([old, rows], ignore_index=True)
    latest = every.sort_values(TIMES, kind="stable").groupby("return_id")[TIMES].last()
    store = every.drop_duplicates("return_id").set_index("return_id", drop=False)
    store[TIMES] = latest.loc[store.index]
    key = store["identity"].where(store["identity"] != "", store["return_id"])
    key = key.where(~store["form_id"].isin(issued), "form " + store["form_id"])
    store["key"] = store["iso3"] + " " + store["questionnaire"] + " " + key
    ordered = store.sort_values(TIMES, kind="stable")["key"]
    older = ordered.duplicated(keep="last").reindex(store.index)
    return store.assign(status=older.map({True: SUPERSEDED, False: ""}))


def _answers(new, old):
    """Return the answers of the store and those of new responses."""
    rows = [
        (return_id, *answer, response.language)
        for return_id, response in new.items()
        for answer in response.answers
    ]
    frame = pd.DataFrame(rows, columns=old.columns, dtype=object).astype({"entry": str})
    return pd.concat([old, frame], ignore_index=True)


def _compare_organisations(new, store, answers):
    """Add a remark on new responses that name the organisation of another one that counts."""
    names = answers[answers["question"] == "organisation"].set_index("return_id")["answer"]
    counted = store[store["status"] != SUPERSEDED]
    pairs = counted["iso3"] + " " + counted["return_id"].map(names.map(plain))
    for return_id in pairs.index[pairs.duplicated(keep=False) & pairs.notna()].intersection(new):
        new[return_id].add(*BESIDE)


def _remark(response):
    """Return the remarks on a response in one cell; `partial` stands first: others look for it."""
    texts = [f"{p.column}: {p.rule}" if p.column else p.rule for p in response.problems]
    return "; ".join(sorted(texts, key=lambda text: not text.startswith(PARTIAL)))


def _report(book, export, numbers):
    """Return what came of a file: where, which rule, how to fix it; never what is restricted."""
    words = ("accepted", "accepted with a remark", "rejected", "here already and unchanged")
    counted = zip(list(numbers.values())[1:], words, strict=True)
    parts = ", ".join(f"{number:,} {word}" for number, word in counted if number)
    rows = cop.data.count(numbers["rows"], "response")
    lines = [f"{book.name}: {TOOLS[export.tool]} of {export.form.id}, {rows}: {parts}."]
    lines += [f"  note: {remark}." for remark in [*book.remarks, *export.remarks]]
    kinds = {}
    for problem in sorted(p for response in export.responses for p in response.problems):
        kinds.setdefault(problem._replace(row=0), []).append(problem.row)
    for problem, rows in sorted(kinds.items(), key=lambda kind: not kind[0].rejects):
        shown = ", ".join(map(str, rows[:6])) + (", …" if len(rows) > 6 else "")
        place = f"{'row' if len(rows) == 1 else 'rows'} {shown}"
        place = f"sheet {problem.sheet}, {place}" if len(book.sheets) > 1 else place
        place += f", column {problem.column}" if problem.column else ""
        word, rule = "rejected" if problem.rejects else "remark", f"{problem.shown} {problem.rule}"
        lines.append(f"  {word}: {place}: {rule.strip()}. {problem.fix}")
    if numbers["refused"]:
        lines.append("  Correct the rejected responses in the tool or form, and import them again.")
    return lines[:MOST]

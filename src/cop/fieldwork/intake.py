"""Import responses: each is accepted, accepted with a remark, or rejected with the reason.

A file changes the store whole or not at all. The same file read the same way, or the same response
in another file, changes nothing. Of two responses with the same id the later one counts; both stay.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path

import pandas as pd

import cop.data
from cop.data import Refused
from cop.fieldwork import books, contacts, exports, restricted
from cop.fieldwork.books import Book
from cop.fieldwork.exports import Definitions, Responses
from cop.fieldwork.incoming import digest, plain
from cop.fieldwork.validate import PARTIAL, PROBLEM, REJECTED, REMARK, combine, validate

TOOLS = {
    "kobo": "a KoboToolbox export", "odk": "an ODK Central export",
    "limesurvey": "a LimeSurvey export", "excel": "a filled-in Excel form",
    "plain": "a plain table",
}  # fmt: skip
COUNTED = {
    "accepted": "accepted", "remarked": "accepted with a remark", "refused": "rejected",
    "unchanged": "here already and unchanged",
}  # fmt: skip
ACCEPTED, REMARKED, SUPERSEDED = "accepted", "accepted with a remark", "superseded"
TAKES = "takes the place of the response {}"
AGAIN = "was here before and was sent again since: it counts instead of the response {}"
LATE = "is older than the response {}, which came before and counts"
BESIDE = "names an organisation whose own form came back, the response {}, and does not replace it"
NOT_ISSUED = "has a form id that was not sent from here, and replaces no response by it"
MOST = 30  # lines of problems for one file
LINE = ["weight", "sheet", "column", "shown", "rule", "fix"]


def take_in(
    paths: Sequence[Path],
    data: Path,
    iso3: str = "",
    questionnaire: str = "",
    mapping: Path | None = None,
    today: date | None = None,
) -> int:
    """Import files into the store and print what came of each.

    Returns 0 where all went well, 1 where something was rejected, 2 where no file was imported.
    Raises Refused for an unknown country or questionnaire, or a faulty mapping.
    """
    data, today, statuses = Path(data), today or date.today(), []
    countries = set(cop.data.read("countries", data).iso3)
    if iso3 and iso3 not in countries:
        raise Refused(cop.data.no_country(iso3, data))
    columns = exports.read_mapping(mapping) if mapping else {}
    definitions = Definitions(data, questionnaire or columns.get("questionnaire", ""))
    how = [iso3, questionnaire or columns.get("questionnaire", ""), columns, definitions.digest()]
    reading = digest(json.dumps(how, default=str).encode())[:16]
    for group in _together(paths):
        try:
            files = [books.read(path) for path in group]
            with restricted.alone(data):
                lines, rejected = _import(
                    files, data, reading,
                    lambda book: exports.read(book, definitions, columns),
                    lambda book, found: validate(book, found, iso3, countries, today),
                )  # fmt: skip
            print("\n".join(lines))
            statuses.append(int(rejected))
        except Refused as refused:
            name, text = group[0].name, str(refused)
            text = text.replace(f"{name}: ", "", 1) if text.startswith(f"{name}: ") else text
            text = text.replace(f"{name} ", "it ", 1) if text.startswith(f"{name} ") else text
            print(f"{name}: nothing was imported: {text}.")
            statuses.append(2)
    return 2 if min(statuses) == 2 else min(max(statuses), 1)


def _together(paths):
    """Return lists of files: each CSV with those of its repeated blocks (`form-partners.csv`)."""
    paths = list(dict.fromkeys(Path(p) for p in paths))
    groups = {p: [p] for p in paths}
    tables = [p for p in paths if p.suffix.lower() == ".csv"]
    for path in tables:
        main = next((p for p in tables if path.stem.startswith(f"{p.stem}-") and p in groups), None)
        if main:
            groups[main].append(path)
            groups.pop(path)
    return list(groups.values())


def _import(files, data, reading, read, check):
    """Import the files of one form; return (lines of the report, whether anything was rejected)."""
    book = files[0]
    book.sheets += [sheet for other in files[1:] for sheet in other.sheets]
    imports = restricted.read("imports", data)
    before = imports[imports["file"].isin([f.sha for f in files])]
    whole = before[before["reading"] == reading].drop_duplicates("file", keep="last")
    whole = whole[whole["refused"] == "0"]  # a file with rejected responses is read again
    if {f.sha for f in files} <= set(whole["file"]):
        day = whole["when"].iloc[0][:10]
        return [f"{book.name}: was imported already, on {day}; nothing was changed."], False
    found = read(book)
    _set_times(found, _time(before["when"].min()) if len(before) else _now())
    coded, problems = check(book, found)
    old, old_answers = restricted.read("returns", data), restricted.read("answers", data)
    out = set(problems["n"][problems["weight"] == REJECTED])
    kept = [n for n in found.responses.index if n not in out]
    issued = contacts.issued(data)
    new, same, status, times, remarks = _deduplicate(found, coded, kept, old, old_answers, issued)
    problems = combine([problems[~problems["n"].isin(same)], remarks])  # reported when it came
    rows = _rows(new, found, problems, book)
    counts = {"rows": len(found.responses), "accepted": int((rows["status"] == ACCEPTED).sum())}
    counts |= {"remarked": len(rows) - counts["accepted"], "refused": len(out)}
    counts |= {"unchanged": len(same)}
    tables = {"imports": _log(imports, files, found, counts, reading)}
    if len(new) or times:
        rows = pd.concat([old, rows], ignore_index=True)
        accepted = rows["remark"].map(lambda remark: REMARKED if remark else ACCEPTED)
        counts_now = rows["return_id"].map(status)
        rows["status"] = rows["status"].mask(counts_now.eq(False), SUPERSEDED)
        rows["status"] = rows["status"].mask(counts_now.eq(True), accepted)
        for return_id, time in times.items():
            rows.loc[rows["return_id"] == return_id, ["submitted", "changed"]] = time
        tables["returns"] = rows
        tables |= contacts.mark_returned(data, rows)
        tables["answers"] = _answers(new, coded, found, old_answers)
    raw = {restricted.raw_path(f.sha, f.suffix): f.content for f in files}
    raw = {p: c for p, c in raw.items() if not (restricted.folder(data) / p).exists()}
    restricted.write(data, raw | restricted.change(tables))
    return list(_report(book, found, counts, problems)), bool(out or found.errors)


def _now():
    return datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")


def _time(text):
    """Return a time in UTC as it sorts, "" where it is none; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return ""
    moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="seconds")


def _set_times(found, own):
    """Set `submitted` and `changed` as they sort; `own` where a tool states no time, or a later."""
    rows = found.responses
    times = rows["submitted"].map(_time)
    if odd := int(((times == "") & (rows["submitted"] != "")).sum()):
        what = cop.data.count(odd, "time")
        found.remarks.append(f"{what} of submission cannot be read: the time of import counts")
    rows["submitted"] = times.where((times != "") & (times <= _now()), own)
    # ODK counts the edits of a submission; the others state a time.
    edits = rows["changed"].map(lambda t: t.zfill(6) if re.fullmatch(r"[0-9]{1,6}", t) else "")
    rows["changed"] = rows["changed"].map(_time).where(edits == "", edits)


def _deduplicate(found, coded, kept, old, old_answers, issued):
    """Compare responses with those in the store by the id of their tool and by form id.

    Returns (new as return_id, identity, supersedes by position; positions that were here already;
    {return id: whether it counts from now on}; {return id: times}; remarks as PROBLEM).
    """
    form, rows = found.questionnaire, found.responses.loc[kept]
    names = _organisations(coded, "n") if form.kind == "form" else {}
    here = old[(old["questionnaire"] == form.id) & (old["status"] != SUPERSEDED)]
    ids = _return_ids(found, coded, rows, names)
    stamps = zip(old["submitted"], old["changed"], strict=True)
    times = dict(zip(old["return_id"], stamps, strict=True))
    received = dict(zip(old["return_id"], old["received"], strict=True))
    current, marks = {}, {}
    for row in here.itertuples():
        marks[row.return_id] = _marks(row, form, row.identity, issued)
        current |= dict.fromkeys(marks[row.return_id], row.return_id)
    named = _organisations(old_answers, "return_id") if form.kind == "form" else {}
    countries = dict(zip(here["return_id"], here["iso3"], strict=True))
    owners = {(iso3, named[i]): i for i, iso3 in countries.items() if i in named}
    new, same, status, newer, remarks = {}, set(), {}, {}, []
    for row in rows.sort_values(["submitted", "changed"], kind="stable").itertuples():
        n, (return_id, identity) = row.Index, ids[row.Index]
        time, own = (row.submitted, row.changed), _marks(row, form, identity, issued)
        known = return_id in times
        if known:
            same.add(n)
            if time <= times[return_id]:
                continue
            newer[return_id] = time
        older = {current[mark]: times[current[mark]] for mark in own if mark in current}
        older.pop(return_id, None)
        latest = max(older, key=older.get, default="")
        times[return_id], late = time, bool(latest) and time < older[latest]
        if not late:
            for other in older:
                status[other] = False
                own |= marks.get(other, set())
            current |= dict.fromkeys(own, return_id)
        marks[return_id], status[return_id] = own, not late
        owner = owners.setdefault((row.iso3, names[n]), return_id) if n in names else return_id
        rule = TAKES if latest and not known else AGAIN
        if late:
            rule = LATE
        elif not latest and owner != return_id and not known:
            rule, latest = BESIDE, owner
        if latest and not (late and known):
            which = f"of {received[latest]}" if latest in received else "in another row"
            remarks.append((n, row.sheet, row.row, "", "", "", REMARK, rule.format(which),
                            "Both are kept"))  # fmt: skip
        if not known:
            new[n] = (return_id, identity, latest if rule == TAKES and not late else "")
            if row.form_id and row.form_id not in issued:
                fix = "Check whether it is from whom it says"
                remarks.append((n, row.sheet, row.row, "form_id", "", row.form_id, REMARK,
                                NOT_ISSUED, fix))  # fmt: skip
    columns = ["return_id", "identity", "supersedes"]
    frame = pd.DataFrame.from_dict(new, orient="index", columns=columns).sort_index()
    return frame, same, status, newer, pd.DataFrame(remarks, columns=PROBLEM)


def _organisations(answers, key):
    rows = answers[answers["question"] == "organisation"]
    return {i: plain(name) for i, name in zip(rows[key], rows["answer"], strict=True)}


def _marks(row, form, identity, issued):
    """Return by what a later response is recognised: its tool's id, a form id sent from here."""
    where = f"{row.iso3} {form.id}"
    weak = (f"{where} form ", f"{where} organisation ")  # anybody may write these
    marks = {identity} if identity and not identity.startswith(weak) else set()
    return marks | ({f"{where} form {row.form_id}"} if row.form_id in issued else set())


def _return_ids(found, coded, rows, names):
    """Return {position: (return id, identity)}; the id is a hash of identity and answers."""
    form, by = found.questionnaire.id, ["n", "block", "entry", "question", "answer"]
    answers = coded[coded["n"].isin(rows.index)].sort_values(by)
    records = zip(*(answers[c].tolist() for c in by), strict=True)
    contents = {
        n: _hash("\x1e".join(f"{b}\x1f{e}\x1f{q}\x1f{a}" for _, b, e, q, a in part))
        for n, part in groupby(records, lambda record: record[0])
    }
    ids, times = {}, Counter()
    for row in rows.itertuples():
        where, content = f"{row.iso3} {form}", f"{form} {row.iso3} {contents.get(row.Index, '')}"
        identity = row.identity and f"{where} {row.identity}"
        identity = identity or row.form_id and f"{where} form {row.form_id}"
        if not identity and row.Index in names:
            identity = f"{where} organisation {names[row.Index]}"
        if not identity:  # the same answers a second time in one file are another person's
            times[content] += 1
            content = f"{content} {times[content]}"
        ids[row.Index] = (_hash(f"{identity} {content}")[:16], identity)
    return ids


def _hash(text):
    return hashlib.sha256(text.encode()).hexdigest()


def _rows(new, found, problems, book):
    """Return the new responses as rows of the store, by position."""
    stated = found.responses.loc[new.index]
    texts = problems["column"].where(problems["column"] == "", problems["column"] + ": ")
    texts += problems["rule"]
    # `partial` stands first: other tables look for it there.
    first = texts.str.startswith(PARTIAL).sort_values(ascending=False, kind="stable").index
    remarks = texts.loc[first].groupby(problems["n"]).agg("; ".join)
    carried = ["iso3", "version", "language", "form_id", "sheet", "row", "submitted", "changed"]
    rows = new.join(stated[carried]).assign(
        questionnaire=found.questionnaire.id, file=book.sha, source=found.source,
        received=stated["submitted"].str[:10],
        remark=remarks.reindex(new.index).fillna("").astype(object),
    )  # fmt: skip
    rows["status"] = [REMARKED if remark else ACCEPTED for remark in rows["remark"]]
    return rows.reindex(columns=restricted.columns("returns"), fill_value="")


def _answers(new, coded, found, old):
    rows = coded[coded["n"].isin(new.index)].sort_values(["n", "entry"], kind="stable")
    languages = rows["n"].map(found.responses["language"])
    rows = rows.assign(return_id=rows["n"].map(new["return_id"]), language=languages)
    return pd.concat([old, rows[restricted.columns("answers")]], ignore_index=True)


def _log(imports, files, found, counts, reading):
    now = datetime.now(UTC).isoformat(timespec="seconds")
    facts = {"when": now, "questionnaire": found.questionnaire.id, "source": found.source}
    facts |= {"reading": reading, **counts}
    rows = pd.DataFrame([{"file": f.sha, "name": f.name} | facts for f in files])
    return pd.concat([imports, rows], ignore_index=True)


def _report(book: Book, found: Responses, counts: dict, problems: pd.DataFrame) -> Iterator[str]:
    """Yield what came of a file: where, which rule, how to fix it; never what is restricted."""
    parts = ", ".join(f"{counts[key]:,} {word}" for key, word in COUNTED.items() if counts[key])
    rows = cop.data.count(counts["rows"], "response")
    yield f"{book.name}: {TOOLS[found.source]} of {found.questionnaire.id}, {rows}: {parts}."
    yield from (f"  note: {remark}." for remark in [*book.remarks, *found.remarks])
    yield from map(str, found.errors[:MOST])
    kinds = _kinds(problems, found.questionnaire)
    for kind in kinds.head(MOST).itertuples():
        sheet = f"sheet {kind.sheet}, " if len(book.sheets) > 1 else ""
        column = f", column {kind.column}" if kind.column else ""
        shown = f" {kind.shown}" if kind.shown else ""
        place = f"{sheet}{_row_numbers(kind.rows)}{column}"
        yield f"  {kind.weight}: {place}:{shown} {kind.rule}. {kind.fix}"
    if len(kinds) > MOST:
        yield f"  and {len(kinds) - MOST} kinds more"
    if counts["refused"]:
        yield f"  Correct the rejected responses where {book.name} comes from, and import it again."


def _kinds(problems, form):
    """Return one row for all rows with the same problem, rejections first, with `shown`.

    Of a restricted question only the length of the value is shown.
    """
    if not len(problems):
        return pd.DataFrame(columns=[*LINE, "rows"])
    public = {"", *(q.id for _, q in form.questions() if not q.restricted)}
    value = problems["value"].astype(str)
    short = value.map(repr).where(value.str.len() <= 40, value.str[:40].map(repr) + "…")
    length = "(" + value.str.len().astype(str) + " characters)"
    shown = short.where(problems["question"].isin(public), length).mask(value == "", "")
    grouped = problems.assign(shown=shown).groupby(LINE, sort=False, dropna=False)["row"]
    kinds = grouped.agg(rows=list, first="min").reset_index()
    return kinds.assign(late=kinds["weight"] != REJECTED).sort_values(
        ["late", "first"], kind="stable"
    )


def _row_numbers(numbers):
    numbers = sorted(set(map(int, numbers)))
    more = f" and {len(numbers) - 6} more" if len(numbers) > 6 else ""
    many = "row" if len(numbers) == 1 else "rows"
    return f"{many} {', '.join(map(str, numbers[:6]))}{more}"

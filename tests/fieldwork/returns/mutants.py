"""Files as nobody should send them: good exports, and what happens to files on their way or is
done to them on purpose.
"""

import copy
import io
import random
import re
import zipfile

import maker
import openpyxl

CANARY = "canary"
FIRST = "xl/worksheets/sheet1.xml"
ANY, NO, YES = {0, 1, 2}, {2}, {0}  # exit status that a kind of file may end with


def people(form, count=6, seed=3):
    """Return invented returns whose restricted answers all hold the canary."""
    out = maker.people(form, count, seed)
    for i, person in enumerate(out):
        person["answers"] |= {
            "organisation": f"{CANARY} {i} кућа ђак",
            "story": f"{CANARY} story",
            "staff": "5",
        }
        person["answers"] |= {
            "mail": f"{CANARY}{i}@example.org",
            "phone": "+999 555 0100",
            "areas": ["police"],
            "opened": "2020-01-01",
        }
    return out


def every(form, data, makers=()):
    """Yield (kind, file name, bytes, allowed exit statuses): at least 200 files, the same on every
    run.

    `data` is where our own form finds its words; `makers` for some kinds only.
    """
    chance, number = random.Random(20261124), 0
    base = _bases(form, people(form)) | {"data": data}
    for make in makers or (_cut, _flipped, _encodings, _merged, _hidden, _formulas, big, bombs, _nested, _twice, _future, _letters, _nul, entities, _suffixes, _empty, wide, _long, _carriers, _locked, _columns, _broken_parts, _garbage, _forms, _odd_cells, _rows):  # fmt: skip
        for kind, name, content, allowed in make(form, base, chance):
            number += 1
            yield kind, f"{number:03}-{name}", content, allowed


def _bases(form, persons):
    kobo = maker.Kobo(form)
    return {
        "people": persons,
        "book.xlsx": kobo.xlsx(persons),
        "kobo.csv": kobo.csv(persons),
        "odk.zip": maker.packed(maker.odk(form, persons)),
        "lime.csv": maker.lime(form, persons),
    }


def _files(base):
    return [(name, content) for name, content in base.items() if isinstance(content, bytes)]


def _cut(form, base, chance):
    for name, content in _files(base):
        for _ in range(3):
            share = chance.uniform(0.02, 0.98)
            yield (
                "truncated",
                name,
                content[: int(len(content) * share)],
                ANY if name.endswith("csv") else NO,
            )


def _flipped(form, base, chance):
    for name, content in _files(base):
        for _ in range(3):
            raw = bytearray(content)
            for _ in range(chance.randint(1, 12)):
                raw[chance.randrange(len(raw))] = chance.randrange(256)
            yield "bytes changed", name, bytes(raw), ANY


def _encodings(form, base, chance):
    for name in ("kobo.csv", "lime.csv"):
        text = base[name].decode("utf-8-sig")
        for encoding in (
            "cp1251",
            "cp1250",
            "koi8-r",
            "latin-1",
            "utf-32",
            "utf-16-le",
            "utf-16-be",
        ):
            raw = text.encode(encoding, errors="replace")
            yield "wrong encoding", name, raw, ANY if encoding == "latin-1" else NO | ANY
        yield "utf-16 with its mark", name, text.encode("utf-16"), ANY - {2}
        yield "wrong encoding", name, base[name].replace("ђ".encode(), b"\xff\xfe"), NO


def _book(base):
    return openpyxl.load_workbook(io.BytesIO(base["book.xlsx"]))


def _saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _merged(form, base, chance):
    for area, allowed in (
        ("A2:A4", {1}),
        ("E3:F3", {1}),
        ("C1:D1", ANY),
        ("A2:BZ9", ANY),
        ("A90:B95", YES),
        ("A1:A9", {1}),
    ):
        book = _book(base)
        book.worksheets[0].merge_cells(area)
        yield "merged cells", "book.xlsx", _saved(book), allowed
    book = _book(base)
    book["acts"].merge_cells("A2:A3")
    yield "merged cells", "book.xlsx", _saved(book), {1}


def _hidden(form, base, chance):
    for state in ("hidden", "veryHidden"):
        for sheet in (1, 2):
            book = _book(base)
            book.worksheets[sheet].sheet_state = state
            yield "hidden sheets", "book.xlsx", _saved(book), YES
        book = _book(base)
        book.create_sheet("Extra").append(["secret", "rows"])
        book["Extra"].sheet_state = state
        yield "hidden sheets", "book.xlsx", _saved(book), YES


def _formulas(form, base, chance):
    bad = [
        "=cmd|' /C calc'!A0",
        '=HYPERLINK("http://example.org","x")',
        "=1+1",
        "+1+1",
        "@SUM(A1)",
        "-2+3",
        "=IMPORTXML(1)",
    ]
    for text in bad:
        persons = copy.deepcopy(base["people"])
        persons[0]["answers"]["story"] = text
        yield "formula injection", "book.xlsx", maker.Kobo(form).xlsx(persons), YES
        persons[0]["answers"]["staff"] = text
        yield "formula injection", "kobo.csv", maker.Kobo(form).csv(persons), {1}


def big(form, base, chance):
    yield "50 MB", "big.csv", 50 * 2**20, NO
    yield "50 MB", "big.xlsx", 50 * 2**20, NO


def _zip(parts, **how):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **how) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _parts(content):
    archive = zipfile.ZipFile(io.BytesIO(content))
    return {name: archive.read(name) for name in archive.namelist()}


def bombs(form, base, chance):
    parts = _parts(base["book.xlsx"])
    yield "zip bomb", "bomb.xlsx", _zip(parts | {"xl/media/a.xml": bytes(40 * 2**20)}), NO
    yield "zip bomb", "bomb.xlsx", _zip(parts | {FIRST: parts[FIRST] + b" " * (30 * 2**20)}), NO
    yield "zip bomb", "bomb.zip", _zip({"form.csv": b"a;b\n" + b"1;2\n" * 5_000_000}), NO
    yield (
        "zip of many files",
        "many.zip",
        _zip({f"{i}.csv": b"" for i in range(5001)}, compresslevel=1),
        NO,
    )
    raw = bytearray(base["odk.zip"])  # says that a part has 4 GB
    at = raw.rfind(b"PK\x01\x02")
    raw[at + 24 : at + 28] = b"\xff\xff\xff\xf0"
    yield "zip bomb", "lies.zip", bytes(raw), NO
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("form.csv", b"x" * 100)
        archive.filelist += archive.filelist * 50
    yield "zip with parts that overlap", "overlap.zip", out.getvalue(), NO


def _nested(form, base, chance):
    inner = _zip({"a.csv": b"a,b\n1,2\n"})
    for _ in range(5):
        inner = _zip({"inner.zip": inner})
    yield "nested zip", "nested.zip", inner, NO
    yield "nested zip", "nested.zip", _zip({"book.xlsx": base["book.xlsx"]}), NO
    yield (
        "nested zip",
        "book.xlsx",
        _zip(_parts(base["book.xlsx"]) | {"xl/embeddings/a.zip": inner}),
        YES,
    )
    yield (
        "nested zip",
        "odk.zip",
        _zip(_parts(base["odk.zip"]) | {"media/a.zip": inner, "media/b.jpg": b"x"}),
        YES,
    )
    yield (
        "names that climb out",
        "odk.zip",
        _zip(_parts(base["odk.zip"]) | {"../../../evil.csv": b"a,b\n1,2\n"}),
        ANY,
    )


def _twice(form, base, chance):
    for change in ({}, {"staff": "9"}, {"staff": "x"}):
        persons = copy.deepcopy(base["people"])
        double = copy.deepcopy(persons[0])
        double["answers"] |= change
        for kind in ("kobo.csv", "lime.csv", "odk.zip"):
            files = [*persons, double]
            made = {"kobo.csv": maker.Kobo(form).csv, "lime.csv": lambda p: maker.lime(form, p), "odk.zip": lambda p: maker.packed(maker.odk(form, p))}  # fmt: skip
            yield (
                "duplicate ids",
                kind,
                made[kind](files),
                {1} if change == {"staff": "x"} else ANY - {2},
            )
    book = _book(base)
    for cell in book["acts"]["G"][1:]:
        cell.value = 1
    yield "duplicate ids", "book.xlsx", _saved(book), ANY - {2}
    rows = maker.Kobo(form).table(base["people"])
    yield "duplicate headings", "kobo.csv", maker.text([r + r for r in rows], ";"), ANY - {2}


def _future(form, base, chance):
    for day in (
        "2027-01-01",
        "2999-12-31",
        "9999-12-31",
        "31.12.2999",
        "2026-02-30",
        "0000-00-00",
        "1.1.1",
    ):
        persons = copy.deepcopy(base["people"])
        persons[1]["answers"]["opened"] = day
        yield "future dates", "kobo.csv", maker.Kobo(form).csv(persons), {1}


LETTERS = [
    "مرحبا \u202eabc\u202c",
    "\u200fשלום\u200e",
    "👩‍👩‍👧‍👦🏳️‍🌈🙂",
    "Z̷a̷l̷g̷o̷ " * 50,
    "\u2028\u2029",
    "\ufeffx",
    "𝕬𝖌𝖊𝖓𝖈𝖞",
    "①②③",
    "\u00a0\u3000x",
]


def _letters(form, base, chance):
    for text in LETTERS:
        persons = copy.deepcopy(base["people"])
        persons[2]["answers"] |= {"story": text, "organisation": f"x {text} x"}
        asked, as_book = maker.Kobo(form), LETTERS.index(text) % 2
        made = asked.xlsx(persons) if as_book else asked.csv(persons)
        yield "letters of every kind", "book.xlsx" if as_book else "kobo.csv", made, YES


def _rows(form, base, chance):
    yield (
        "10,000 rows",
        "kobo.csv",
        maker.Kobo(form, many="joined").csv(maker.people(form, 10_000, seed=9)),
        YES,
    )


def _nul(form, base, chance):
    for name in ("kobo.csv", "lime.csv"):
        for at in (0, 100, -1):
            raw = bytearray(base[name])
            raw[at:at] = b"\x00"
            yield "NUL bytes", name, bytes(raw), NO
    parts = _parts(base["book.xlsx"])
    yield (
        "NUL bytes",
        "book.xlsx",
        _zip(parts | {FIRST: parts[FIRST].replace(b"police", b"po\x00ice", 1)}),
        NO,
    )


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY a{i} "{"&a" + (str(i - 1) if i else "") + ";"} ">' for i in range(1, 9))
    + "]>"
)
XXE = '<!DOCTYPE x [<!ENTITY xxe SYSTEM "file:///etc/passwd">]>'
REMOTE = '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'


def entities(form, base, chance):
    parts = _parts(base["book.xlsx"])
    for text in (LAUGHS, XXE, REMOTE):
        for name in (FIRST, "xl/workbook.xml", "[Content_Types].xml", "docProps/core.xml"):
            part = parts[name].decode()
            head = re.match(r"<\?xml.*?\?>\s*", part)
            cut = head.end() if head else 0
            evil = part[:cut] + text + part[cut:].replace("police", "&xxe;", 1)
            yield "entities in XML", "book.xlsx", _zip(parts | {name: evil.encode()}), NO
    evil = (XXE + parts[FIRST].decode()).encode("utf-16")
    yield "entities in XML", "book.xlsx", _zip(parts | {FIRST: evil}), NO


def _suffixes(form, base, chance):
    yield "wrong extension", "book.csv", base["book.xlsx"], ANY - {1}
    yield "wrong extension", "kobo.xlsx", base["kobo.csv"], ANY - {1}
    yield "wrong extension", "odk.xlsx", base["odk.zip"], ANY - {1}
    for name, content in {
        "a.png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        "a.pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3",
        "a.csv": b"<html><table><tr><td>x</td></tr></table></html>",
        "a.xls": b"<?xml version='1.0'?><Workbook "
        b"xmlns='urn:schemas-microsoft-com:office:spreadsheet'/>",
        "a.json": b'[{"_uuid": "1"}]',
        "a.txt": b"Hello, this is a letter;\nwith best wishes",
        "noname": b"x",
    }.items():
        yield "not a spreadsheet", name, content, NO


def _empty(form, base, chance):
    for content in (b"", b" \n\r\n ", b"\xef\xbb\xbf", b";;;\n;;;\n", b"\xff\xfe"):
        yield "empty", "empty.csv", content, NO
    yield "empty", "empty.xlsx", maker.workbook({"a": []}), NO
    yield "empty", "empty.zip", _zip({}), NO
    for name in ("kobo.csv", "lime.csv"):
        yield "header only", name, base[name].split(b"\n")[0], NO
    yield "header only", "book.xlsx", maker.Kobo(form).xlsx([]), NO
    yield "header only", "odk.zip", maker.packed(maker.odk(form, [])), NO


def wide(form, base, chance):
    yield (
        "16,384 columns",
        "wide.xlsx",
        maker.workbook({"a": [[f"c{i}" for i in range(16_384)], ["1"]]}),
        NO,
    )
    yield (
        "16,384 columns",
        "wide.csv",
        ",".join(f"c{i}" for i in range(16_384)).encode() + b"\n1\n",
        NO,
    )
    for cell in ("XFD1048576", "A1048576", "CZ90000"):
        book = _book(base)
        book.worksheets[0][cell] = "far away"
        yield "a cell far away", "book.xlsx", _saved(book), NO if cell != "CZ90000" else ANY
    parts = _parts(base["book.xlsx"])
    stated = parts[FIRST].replace(b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>', 1)
    yield "a size that is not true", "book.xlsx", _zip(parts | {FIRST: stated}), YES


def _long(form, base, chance):
    for length, allowed in ((32_767, YES), (32_768, {1}), (2_000_000, {1})):
        persons = copy.deepcopy(base["people"])
        persons[0]["answers"]["story"] = "x" * length
        yield "very long cells", "kobo.csv", maker.Kobo(form).csv(persons), allowed
        persons[0]["answers"] |= {"story": "x", "size": "y" * length}
        yield "very long cells", "kobo.csv", maker.Kobo(form).csv(persons), {1}
        persons[0]["answers"] |= {"size": "big", "areas": ["police"] * (length // 8)}
        yield "very long cells", "kobo.csv", maker.Kobo(form, many="joined").csv(persons), ANY - {2}
    yield "very long cells", "kobo.csv", b"x" * 3_000_000 + b"\n" + base["kobo.csv"], NO


def _carriers(form, base, chance):
    parts = _parts(base["book.xlsx"])
    yield "macros", "book.xlsm", _zip(parts | {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0macro"}), YES
    link = b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    yield (
        "external links",
        "book.xlsx",
        _zip(parts | {"xl/externalLinks/externalLink1.xml": link}),
        YES,
    )
    yield (
        "binary workbook",
        "book.xlsb",
        _zip({"[Content_Types].xml": b"<a/>", "xl/workbook.bin": b"x"}),
        NO,
    )
    ods = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}
    yield "LibreOffice's own format", "book.ods", _zip(ods), NO


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def _locked(form, base, chance):
    yield (
        "password-protected",
        "book.xlsx",
        OLE + "EncryptedPackage".encode("utf-16-le") + bytes(512),
        NO,
    )
    yield "old Excel", "book.xls", OLE + "Workbook".encode("utf-16-le") + bytes(512), NO
    raw = bytearray(base["odk.zip"])
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = raw.find(mark)
        raw[place + at] |= 1
    yield "password-protected", "odk.zip", bytes(raw), NO


def _columns(form, base, chance):
    rows = maker.Kobo(form).table(base["people"])
    for _ in range(3):
        drop = chance.randrange(len(rows[0]))
        yield (
            "a column is missing",
            "kobo.csv",
            maker.text([r[:drop] + r[drop + 1 :] for r in rows], ";"),
            ANY,
        )
        order = chance.sample(range(len(rows[0])), len(rows[0]))
        yield (
            "columns in another order",
            "kobo.csv",
            maker.text([[r[i] for i in order] for r in rows], ";"),
            YES,
        )
        ragged = [r + ["x"] * (chance.random() < 0.4) if i else r for i, r in enumerate(rows)]
        ragged[3] = ragged[3][:-2]
        yield "rows of unequal length", "kobo.csv", maker.text(ragged, ";"), {1}
    for at in (0, 500, 900):
        raw = base["kobo.csv"]
        yield "a quotation mark too many", "kobo.csv", raw[:at] + b'"' + raw[at:], ANY
    yield (
        "headings in capitals",
        "kobo.csv",
        maker.text([[c.upper() for c in rows[0]], *rows[1:]], ";"),
        YES,
    )
    yield (
        "headings with spaces",
        "kobo.csv",
        maker.text([[f"  {c} " for c in rows[0]], *rows[1:]], ";"),
        YES,
    )
    yield "no headings", "kobo.csv", maker.text(rows[1:], ";"), NO
    yield (
        "another export's headings",
        "other.csv",
        b"id;name;e-mail\n1;canary;canary@example.org\n",
        NO,
    )


def _broken_parts(form, base, chance):
    parts = _parts(base["book.xlsx"])
    for name in sorted(parts):
        yield (
            "a part is missing",
            "book.xlsx",
            _zip({n: c for n, c in parts.items() if n != name}),
            ANY - {1},
        )
        yield (
            "a part is cut",
            "book.xlsx",
            _zip(parts | {name: parts[name][: len(parts[name]) // 2]}),
            ANY - {1},
        )


def _garbage(form, base, chance):
    for start in (b"", b"PK\x03\x04", b"\xef\xbb\xbf", b"a,b\n"):
        for _ in range(2):
            yield "garbage", "a.xlsx", start + chance.randbytes(3000), NO


def _odd_cells(form, base, chance):
    parts = _parts(base["book.xlsx"])
    sheet = parts[FIRST].decode()
    for old, new, allowed in (
        ('t="inlineStr"', 't="s"', ANY),
        ('r="A2"', 'r="ZZZZ2"', ANY),
        ('r="2"', 'r="-1"', ANY),
        ("<sheetData>", "<sheetData>" + "<row>" * 500 + "</row>" * 500, ANY),
        ("<sheetData>", '<sheetData><row r="1"><c r="A1" t="e"><v>#REF!</v></c></row>', ANY),
        ("<sheetData>", '<sheetData><row r="1"><c r="A1" t="n"><v>1e400</v></c></row>', ANY),
        ("<sheetData>", '<sheetData><row r="1"><c r="A1" t="n"><v>NaN</v></c></row>', ANY),
        ("<sheetData>", '<sheetData><row r="1"><c r="A1" s="1"><v>99999999</v></c></row>', ANY),
    ):
        yield (
            "cells that are not right",
            "book.xlsx",
            _zip(parts | {FIRST: sheet.replace(old, new, 1).encode()}),
            allowed,
        )
    for text in ("#REF!", "#N/A", "true", "1e999", "NaN", "٣", "1,200", "--5", "0x10", "１２"):
        persons = copy.deepcopy(base["people"])
        persons[0]["answers"]["staff"] = text
        yield "numbers that are none", "kobo.csv", maker.Kobo(form).csv(persons), {1}
    for text in ("\x07bell", "esc\x1b[31mred", "del\x7f"):
        persons = copy.deepcopy(base["people"])
        persons[0]["answers"]["story"] = text
        yield "control characters", "kobo.csv", maker.Kobo(form).csv(persons), YES
        persons[0]["answers"]["size"] = text
        yield "control characters", "kobo.csv", maker.Kobo(form).csv(persons), {1}


def _forms(form, base, chance):
    from test_returns import filled  # our own form, spoilt

    def spoilt(change):
        return filled(base["data"], form, base["people"][0], change=change)

    yield "our form", "form.xlsx", spoilt(None), YES
    yield (
        "our form, a sheet renamed",
        "form.xlsx",
        spoilt(lambda b: setattr(b.worksheets[1], "title", "Mine")),
        NO,
    )
    yield "our form, its map changed", "form.xlsx", spoilt(lambda b: b["_map"].delete_cols(2)), NO
    yield (
        "our form, another questionnaire",
        "form.xlsx",
        spoilt(lambda b: b["_form"].cell(2, 2, "nobody")),
        NO,
    )
    yield "our form, its map lies", "form.xlsx", spoilt(lambda b: b["_map"].cell(2, 2, "A0")), NO
    yield "our form, its map lies", "form.xlsx", spoilt(lambda b: b["_map"].cell(2, 4, "many")), NO
    yield (
        "our form, its map lies",
        "form.xlsx",
        spoilt(lambda b: b["_map"].cell(2, 5, "nothing")),
        NO,
    )
    yield (
        "our form, its map lies",
        "form.xlsx",
        spoilt(lambda b: b["_map"].cell(2, 6, "nothing")),
        {1},
    )

"""Workbooks and tables that are made to take long, or much room, to read: eighteen sizes of each kind.

Most are far larger inside than their files; a little noise keeps them below the ratio at which a
zip is refused unread.
"""

import random

import maker
import mutants

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET, STRINGS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
TYPES, RELATIONS = "[Content_Types].xml", "xl/_rels/workbook.xml.rels"
SIZES = [10, 20, 30, 50, 80, 100, 150, 200, 300, 500, 800, 1000, 1500, 2000, 3000, 5000]
SIZES += [10_000, 30_000]


def every(form, people, sizes=None, kinds=None):
    """Yield (kind, file name, bytes) of each kind in each size; `kinds` are some of them only."""
    base = mutants._parts(maker.Kobo(form).xlsx(people))
    for kind, make in (kinds or KINDS).items():
        for size in sizes or SIZES:
            made = make(base, size, random.Random(size))
            if isinstance(made, bytes):
                yield kind, f"{kind} {size}.csv", made
            else:
                yield kind, f"{kind} {size}.xlsx", mutants._zip(base | made, compresslevel=1)


def _within(base, old, new, part=SHEET):
    """Return a part with text put before a mark, or all of it replaced by a sheet of rows."""
    return {part: base[part].replace(old, new.encode() + old, 1)}


def _sheet(rows, after=""):
    return {
        SHEET: f"<worksheet xmlns='{MAIN}'><sheetData>{rows}</sheetData>{after}</worksheet>".encode()
    }


def _noise(chance):
    return f"{chance.getrandbits(24):x}"


def merged(base, size, chance):
    areas = (
        f"<mergeCell ref='A{chance.randint(2, 900)}:Z{chance.randint(901, 9000)}'/>"
        for _ in range(size)
    )
    return _within(base, b"</worksheet>", f"<mergeCells>{''.join(areas)}</mergeCells>")


def merged_wide(base, size, chance):
    areas = "".join(f"<mergeCell ref='A{i}:XFD{i + 90_000}'/>" for i in range(2, size + 2))
    return _within(base, b"</worksheet>", f"<mergeCells>{areas}</mergeCells>")


def styles(base, size, chance):
    return _within(
        base, b"</cellXfs>", "".join(f"<xf numFmtId='{i % 50}'/>" for i in range(size)), STYLES
    )


def fonts(base, size, chance):
    return _within(
        base,
        b"</fonts>",
        "".join(
            f"<font><sz val='{i % 90 + 1}'/><name val='{_noise(chance)}'/></font>"
            for i in range(size)
        ),
        STYLES,
    )


def formats(base, size, chance):
    form = "[" * min(size, 2000) + "yyyy"
    made = "".join(
        f"<numFmt numFmtId='{i + 200}' formatCode='{form}{i}'/>" for i in range(min(size, 900))
    )
    return {STYLES: base[STYLES].replace(b"<fonts", f"<numFmts>{made}</numFmts><fonts".encode(), 1)}


def empty_rows(base, size, chance):
    return _sheet("".join(f"<row r='{i}' ht='{_noise(chance)}'/>" for i in range(1, 10 * size)))


def cells(base, size, chance):
    row = "".join(f"<c><v>{chance.getrandbits(30)}</v></c>" for _ in range(20))
    return _sheet("".join(f"<row>{row}</row>" for _ in range(size)))


def days(base, size, chance):
    row = "".join(f"<c t='d'><v>2026-11-{1 + chance.randint(0, 27):02}</v></c>" for _ in range(20))
    return _sheet("".join(f"<row>{row}</row>" for _ in range(size // 4 + 1)))


def sparse(base, size, chance):
    rows = (
        f"<row r='{i}'><c r='A{i}'><v>{i}</v></c><c r='BXX{i}'><v>{i}</v></c></row>"
        for i in range(1, size)
    )
    return _sheet("".join(rows))


def far_rows(base, size, chance):
    return _sheet("".join(f"<row r='{i * 5}'><c><v>1</v></c></row>" for i in range(1, size)))


def long_strings(base, size, chance):
    text = "".join(_noise(chance) for _ in range(5000))
    rows = "".join(
        "<row>" + f"<c t='inlineStr'><is><t>{text}</t></is></c>" * 4 + "</row>"
        for _ in range(size // 100 + 1)
    )
    return _sheet(rows)


def one_string_often(base, size, chance):
    text = "".join(_noise(chance) for _ in range(5000))
    strings = f"<sst xmlns='{MAIN}'><si><t>{text}</t></si></sst>".encode()
    kind = f"<Override PartName='/{STRINGS}' ContentType='application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml'/></Types>"
    types = base[TYPES].replace(b"</Types>", kind.encode())
    row = "<row>" + "<c t='s'><v>0</v></c>" * 10 + "</row>"
    return _sheet(row * size) | {STRINGS: strings, TYPES: types}


def rich_text(base, size, chance):
    runs = "".join(
        f"<r><rPr><b/><sz val='9'/></rPr><t>{_noise(chance)}</t></r>" for _ in range(size)
    )
    return _sheet(f"<row><c t='inlineStr'><is>{runs}</is></c></row>")


def nested(base, size, chance):
    return _sheet("<row>" * size + "</row>" * size)


def deep_around(base, size, chance):
    return _within(base, b"</worksheet>", "<extLst>" * size + "</extLst>" * size)


def formulas(base, size, chance):
    first = (
        "<row r='1'><c r='A1'><f t='shared' ref='A1:A9' si='0'>"
        + "+".join(f"SUM(B{i}:C{i})" for i in range(1, 200))
        + "</f></c></row>"
    )
    rest = "".join(
        f"<row r='{i}'><c r='A{i}'><f t='shared' si='0'/></c></row>" for i in range(2, size)
    )
    return _sheet(first + rest)


def rules(base, size, chance):
    made = "".join(
        f"<dataValidation type='list' sqref='A{i}:B{i}'><formula1>{_noise(chance)}</formula1></dataValidation>"
        for i in range(1, size)
    )
    return _within(base, b"</worksheet>", f"<dataValidations>{made}</dataValidations>")


def conditions(base, size, chance):
    made = "".join(
        f"<conditionalFormatting sqref='A{i}'><cfRule type='expression' priority='{i}'><formula>{_noise(chance)}</formula></cfRule></conditionalFormatting>"
        for i in range(1, size)
    )
    return _within(base, b"</worksheet>", made)


def sheets(base, size, chance):
    made = "".join(
        f"<sheet name='s{i}' sheetId='{i + 50}' r:id='rId1' xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'/>"
        for i in range(size)
    )
    return _within(base, b"</sheets>", made, "xl/workbook.xml")


def names(base, size, chance):
    made = "".join(
        f"<definedName name='n{i}'>main!$A${i + 1}{_noise(chance)}</definedName>"
        for i in range(size)
    )
    return _within(base, b"<calcPr", f"<definedNames>{made}</definedNames>", "xl/workbook.xml")


def relations(base, size, chance):
    made = "".join(
        f"<Relationship Id='x{i}' Type='http://example.org/{_noise(chance)}' Target='/a{i}.xml'/>"
        for i in range(size)
    )
    return _within(base, b"</Relationships>", made, RELATIONS)


def types(base, size, chance):
    made = "".join(
        f"<Override PartName='/a{i}.xml' ContentType='a/{_noise(chance)}'/>" for i in range(size)
    )
    return _within(base, b"</Types>", made, TYPES)


def comments(base, size, chance):
    return _sheet(
        "".join(f"<!--{_noise(chance)}--><?x {_noise(chance)}?>" for _ in range(size))
        + "<row><c><v>1</v></c></row>"
    )


def attributes(base, size, chance):
    made = " ".join(f"a{i}='{_noise(chance)}'" for i in range(size))
    return _sheet(f"<row {made}><c><v>1</v></c></row>")


def digits(base, size, chance):
    return _sheet(f"<row><c><v>{'7' * 9 * size}</v></c></row>")


def slashes(base, size, chance):
    heading = [
        "/".join("ab.c-d:e" for _ in range(min(size, 3000))) + str(i) for i in range(min(size, 200))
    ]
    return mutants._parts(maker.workbook({"a": [["_id", "_uuid", *heading], ["1", "2"]]}))


def wide(base, size, chance):
    return (
        b"_id,_uuid,"
        + b",".join(b"who/%x" % chance.getrandbits(40) for _ in range(size))
        + b"\n1,2\n"
    )


def separators(base, size, chance):
    return b"_id;_uuid\n" + b";\n" * size + (b";" * 1900 + b"x\n") * (size // 20)


KINDS = {
    make.__name__: make
    for make in (
        merged, merged_wide, styles, fonts, formats, empty_rows, cells, days, sparse, far_rows,
        long_strings, one_string_often, rich_text, nested, deep_around, formulas, rules, conditions,
        sheets, names, relations, types, comments, attributes, digits, slashes, wide, separators,
    )
}  # fmt: skip

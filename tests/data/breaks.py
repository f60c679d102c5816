"""Two hundred ways in which data gets broken, by accident mostly: each is a name and what it does.

A break takes the folder of one country's copy and changes it as a spreadsheet, an editor, a merge
or a hurried person would. None may come into a report without a word.
"""

import csv
import io
import shutil

ISO3, OTHER = "UKR", "MDA"
TABLES = ("sources", "evidence", "stakeholders", "instruments", "alignment", "challenges")
WITH_ROWS = (*TABLES, "partnerships", "expected_results", "table_25", "recommendations", "services")
SHARED = {
    "guidelines": "reference/guidelines.csv",
    "capabilities": "reference/capabilities.csv",
    "countries": "reference/countries.csv",
    "indicators": "statistics/indicators.csv",
    "gci": "statistics/gci.csv",
    "catalogue": "statistics/indicator_catalogue.csv",
    "treaty register": "statistics/treaties.csv",
    "statistics sources": "statistics/sources.csv",
}
TEXTS = {  # a column of text of each table
    "sources": "title",
    "evidence": "statement",
    "stakeholders": "description",
    "instruments": "detail",
    "alignment": "rationale",
    "challenges": "challenge",
}
WHOLE = {  # what a cell becomes
    "Russian name error": "#ИМЯ?",
    "Russian reference error": "#ССЫЛКА!",
    "Ukrainian reference error": "#ПОСИЛАННЯ!",
    "Ukrainian name error": "#ІМ'Я?",
    "Romanian name error": "#NUME?",
    "German value error": "#WERT!",
    "French name error": "#NOM?",
    "Turkish value error": "#DEĞER!",
    "Spanish reference error": "#¡REF!",
    "spill error": "#SPILL!",
    "division error": "#DIV/0!",
    "LibreOffice error": "Err:508",
    "number shortened with a comma": "1,23E+11",
    "number shortened with a point": "1.23E+11",
    "Ukrainian month": "1-січ",
    "Russian month": "12-янв",
    "Serbian month": "5-maj",
    "Macedonian month": "3-јун",
    "Romanian month": "7-iul",
    "Albanian month": "2-shk",
    "Georgian month": "4-აპრ",
    "English month": "4-Apr",
    "month and year": "січ-26",
    "date of a text": "24.11.2026",
    "time of a text": "12:30:00",
    "percent of a text": "50,00%",
    "formula": "=SUM(A1:A9)",
    "formula with a plus": "+A1",
    "formula with a minus": "-1+2",
    "formula that starts a program": "+1+cmd|' /C calc'!A0",
    "formula with an at sign": "@SUM(1)",
    "number too wide": "########",
    "no number of a program": "NaN",
    "an object of a program": "[object Object]",
}
WITHIN = {  # what comes into a text
    "reference error": "as #REF! says",
    "name error in Russian": "это #ИМЯ? там",
    "number shortened": "about 1,23E+11 a year",
    "Cyrillic read as Windows": "РњС–РЅС–СЃС‚РµСЂСЃС‚РІРѕ",
    "Latin read as Windows": "MinistÃ¨re de la justice",
    "Serbian read as Windows": "JavnoÅ¡Ä‡u",
    "Serbian read as Central European": "javnoĹˇÄ‡u",
    "Cyrillic read as DOS": "╨Ь╤Ц╨╜╤Ц╤Б╤В╨╡╤А╤Б╤В╨▓╨╛",
    "Georgian read as Windows": "áƒ¡áƒ\x90áƒ¥áƒ\x90áƒ",
    "quotes read as Windows": "the â€œlawâ€\x9d",
    "letters lost": "the ???????? of justice",
    "letters replaced": "the \ufffd\ufffd law",
    "escape sequence": "red \x1b[31m text",
    "null of a form": "a \x0b line",
    "delete": "a \x7f b",
    "text turned round": "a \u202e b",
    "line separator": "a \u2028 b",
}
FUTURE = {
    ("sources", "year"): "2062",
    ("sources", "accessed"): "2062-11-24",
    ("evidence", "year"): "2062",
    ("evidence", "recorded"): "2099-01-01",
    ("instruments", "year"): "2062",
    ("instruments", "recorded"): "2062-11-24",
    ("stakeholders", "recorded"): "2062-11-24",
    ("editions", "cut_off"): "2062-11-24",
    ("editions", "edition"): "2062",
}
PAST = {
    ("sources", "year"): "1925",
    ("evidence", "year"): "1925",
    ("instruments", "year"): "1925",
    ("editions", "edition"): "2025",
    ("editions", "cut_off"): "2024-11-24",
}
NARRATIVE = {
    "link that runs a script": "See [this](javascript:alert(1)).",
    "link that holds a page": "See [this](data:text/html,x).",
    "link to a file": "See [this](law.pdf).",
    "link to a place": "See [this](#summary).",
    "link without an address": "See [this]().",
    "link by name": "See [this][law].\n\n[law]: javascript:alert(1)",
    "address in brackets": "See <javascript:alert(1)>.",
    "picture": "![a map](https://example.org/map.png)",
    "picture of the folder": "![a map](map.png)",
    "heading of a chapter": "## Annex",
    "heading above all": "# Annex",
    "heading underlined": "Annex\n-----",
    "paragraph without source": "Everybody says so and nobody asks who said it first.",
    "citation of nothing": "It is said [@UKR-S999].",
    "citation of another country": "It is said [@MDA-S01].",
    "citation without an end": "It is said [@UKR-S01",
}


def breaks():
    """Return {name: what it does to a data folder}."""
    out = {}
    for name in WITH_ROWS:
        path = f"research/{ISO3}/{name}.csv"
        out[f"{name} cut in the middle"] = _cut(path, 0.5)
        out[f"{name} cut by its last row"] = _cut(path, rows=1)
        out[f"{name} cut to its heading"] = _cut(path, 0)
    for name, path in SHARED.items():
        out[f"{name} cut in the middle"] = _cut(path, 0.5)
        out[f"{name} cut by its last row"] = _cut(path, rows=1)
        out[f"{name} cut to its heading"] = _cut(path, 0)
    for n, (name, text) in enumerate(WHOLE.items()):
        table = TABLES[n % len(TABLES)]
        out[f"{table}: {name}"] = _cell(f"{table}.csv", TEXTS[table], text)
    for name, text in WITHIN.items():
        for table in ("evidence", "stakeholders"):
            out[f"{table}: {name}"] = _within(f"{table}.csv", TEXTS[table], text)
        out[f"narrative: {name}"] = _narrative(f"{text} [@UKR-S01].")
    for times, when in ((FUTURE, "to come"), (PAST, "long past")):
        for (table, column), text in times.items():
            out[f"{table}: {column} {when}"] = _cell(f"{table}.csv", column, text)
    for name, text in NARRATIVE.items():
        out[f"narrative: {name}"] = _narrative(text)
    for name in WITH_ROWS:
        out[f"{name} of another country"] = _of_another(f"{name}.csv")
    for name in ("sources.csv", "alignment.csv", "narrative/analysis.md"):
        out[f"{name}: a merge not finished"] = _conflict(name)
    for item in ("PM-LEG-01", "IN-CSAM-01", "CH-09-03"):
        out[f"guidelines: {item} renamed"] = _renamed(SHARED["guidelines"], item)
    out |= {
        "capabilities: MNR-21 renamed": _renamed(SHARED["capabilities"], "MNR-21"),
        "catalogue: an indicator renamed": _renamed(SHARED["catalogue"], "NCSI.SCORE"),
        "countries: a code renamed": _renamed(SHARED["countries"], "UKR"),
        "folder in small letters": lambda data: _move(data, ISO3, ISO3.lower()),
        "folder renamed": lambda data: _move(data, ISO3, "NOR"),
        "folders swapped": _swapped,
        "folder copied over another": _copied_over,
        "narrative of another country": _of_another("narrative/analysis.md"),
        "narrative emptied": lambda data: _write(_own(data, "narrative/analysis.md"), b""),
        "narrative gone": lambda data: _own(data, "narrative/analysis.md").unlink(),
        "table gone": lambda data: _own(data, "evidence.csv").unlink(),
        "table emptied": lambda data: _write(_own(data, "evidence.csv"), b""),
        "half of the indicators of one country": _some_indicators,
    }
    return out


def _own(data, name):
    return data / "research" / ISO3 / name


def _write(file, raw):
    """Put a new file in the place of one, which may be linked to what others read."""
    file.unlink()
    file.write_bytes(raw)


def _cut(path, share=0.0, rows=None):
    def change(data):
        lines = (data / path).read_bytes().splitlines(keepends=True)
        keep = len(lines) - rows if rows else max(1, int(len(lines) * share))
        _write(data / path, b"".join(lines[:keep]))

    return change


def _changed(file, column, change):
    """Change a column of the first row in which it is filled."""
    rows = list(csv.reader(io.StringIO(file.read_text("utf-8-sig"), newline="")))
    at = rows[0].index(column)
    row = next(r for r in rows[1:] if r[at])
    row[at] = change(row[at])
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    _write(file, out.getvalue().encode())


def _cell(name, column, text):
    return lambda data: _changed(_own(data, name), column, lambda _: text)


def _within(name, column, text):
    return lambda data: _changed(_own(data, name), column, lambda old: f"{old} {text} it is.")


def _narrative(text):
    def change(data):
        file = _own(data, "narrative/analysis.md")
        _write(file, f"{file.read_text('utf-8')}\n\n{text}\n".encode())

    return change


def _of_another(name):
    return lambda data: _write(_own(data, name), (data / "research" / OTHER / name).read_bytes())


def _conflict(name):
    def change(data):
        file = _own(data, name)
        lines = file.read_text("utf-8").splitlines(keepends=True)
        mark = ["<<<<<<< HEAD\n", lines[4], "=======\n", lines[4], ">>>>>>> theirs\n"]
        _write(file, "".join([*lines[:4], *mark, *lines[5:]]).encode())

    return change


def _renamed(path, one):
    def change(data):
        text = (data / path).read_text("utf-8")
        assert f"\n{one}," in text, f"the breaks are wrong: no {one} in {path}"
        new = f"{one[:-1]}8" if one[-1].isdigit() else f"{one[:-1]}Q"
        _write(data / path, text.replace(f"\n{one},", f"\n{new},", 1).encode())

    return change


def _move(data, old, new):
    (data / "research" / old).rename(data / "research" / new)


def _swapped(data):
    for old, new in ((ISO3, "aside"), (OTHER, ISO3), ("aside", OTHER)):
        _move(data, old, new)


def _copied_over(data):
    shutil.rmtree(data / "research" / ISO3)
    shutil.copytree(data / "research" / OTHER, data / "research" / ISO3)


def _some_indicators(data):
    file = data / SHARED["indicators"]
    lines = file.read_bytes().splitlines(keepends=True)
    mine = [n for n, line in enumerate(lines) if line.startswith(b"UKR,")]
    gone = set(mine[: len(mine) // 2])
    _write(file, b"".join(line for n, line in enumerate(lines) if n not in gone))

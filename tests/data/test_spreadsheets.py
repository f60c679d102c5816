"""A table saved from a spreadsheet is as it was, or `cop check` says what happened to it and how to
mend it.

What Excel and LibreOffice do is made here by hand as they document it, and by LibreOffice itself
where it is installed.
"""

import csv
import io
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from conftest import DATA

import cop.data
from cop.data import checks

HEADING = (
    "evidence_id,section,statement,year,year_basis,source_id,confidence,same_as,verified,recorded,"
    "remark"
)
REGISTER = list(csv.DictReader((DATA / "research/UKR/sources.csv").open(encoding="utf-8")))
SOFFICE = shutil.which("soffice")
OF_A_COUNTRY = (
    "alignment",
    "editions",
    "evidence",
    "instruments",
    "partnerships",
    "sources",
    "stakeholders",
)
SHARED = {
    "countries": "reference/countries.csv",
    "gci": "statistics/gci.csv",
    "treaty_register": "statistics/treaties.csv",
}


def row(**change):
    """Return one row of evidence in which some cells are other."""
    cells = {
        "evidence_id": "UKR-E90",
        "section": "research",
        "statement": "A statement",
        "year": next(row["year"] for row in REGISTER if row["source_id"] == "UKR-S01"),
        "year_basis": "source",
        "source_id": "UKR-S01",
        "confidence": "low",
        "same_as": "",
        "verified": "yes",
        "recorded": "2026-11-24",
        "remark": "",
    }
    return {**cells, **change}


def file_of(*rows, separator=","):
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADING.split(","), delimiter=separator, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.fixture
def folder(tmp_path):
    """Return a data folder that stands on the real one, with Ukraine in it."""
    (tmp_path / "datapackage.json").write_text(json.dumps({"name": "trial", "cop:base": str(DATA)}))
    shutil.copytree(DATA / "research" / "UKR", tmp_path / "research" / "UKR")
    return tmp_path


def told(folder, raw, name="evidence", path="research/UKR/evidence.csv"):
    """Return the faults of a file with these bytes."""
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    return checks.of_file(name, path, folder)


# How a file is written, and nothing is lost.
HARMLESS = {
    "Excel, CSV UTF-8": lambda t: b"\xef\xbb\xbf" + t.replace("\n", "\r\n").encode(),
    "semicolons": lambda t: file_of(*csv.DictReader(io.StringIO(t)), separator=";").encode(),
    "tabs": lambda t: file_of(*csv.DictReader(io.StringIO(t)), separator="\t").encode(),
    "all quoted": lambda t: "\n".join(
        ",".join(f'"{c}"' for c in r) for r in csv.reader(io.StringIO(t))
    ).encode(),
    "line ends of old Macs": lambda t: t.replace("\n", "\r").encode(),
    "empty rows at the end": lambda t: (t + ",,,,,,,,,,\n" * 5).encode(),
    "spaces around": lambda t: t.replace(",low,", ", low ,").encode(),
}


@pytest.mark.parametrize("how", HARMLESS)
def test_ways_of_saving_that_lose_nothing_are_taken(folder, how):
    text = file_of(row(statement="Діти “онлайн” – так €", remark="ü"))
    assert told(folder, HARMLESS[how](text)) == []
    frame = cop.data.text_frame(folder / "research/UKR/evidence.csv", HEADING.split(","))
    assert list(frame.statement) == ["Діти “онлайн” – так €"]


# What a spreadsheet writes in place of what was there: column, what it writes, what is said of it.
DAMAGED = {
    "date of Germany": ("recorded", "24.11.2026", "is not a date"),
    "date of the United States": ("recorded", "11/24/2026", "is not a date"),
    "date with a time": ("recorded", "2026-11-24 00:00:00", "is not a date"),
    "date as a number": ("recorded", "46350", "is not a date"),
    "year as a date": ("year", "1905-07-16", "is not a whole number"),
    "year with a comma": ("year", "2,024", "is not a whole number"),
    "year with a fraction": ("year", "2024.0", "is not a whole number"),
    "yes as a truth": ("verified", "TRUE", "is not one of the allowed words"),
    "yes with a capital": ("verified", "Yes", "is not one of the allowed words"),
    "id filled down": ("evidence_id", "UKR-E090-1", "does not have the right form"),
    "range as a date": ("remark", "2-Jan", "looks like what a spreadsheet makes"),
    "month as a date": ("remark", "Jan-26", "looks like what a spreadsheet makes"),
    "fraction as a date": ("remark", "03/04/26", "looks like what a spreadsheet makes"),
    "time": ("remark", "12:30:00 PM", "looks like what a spreadsheet makes"),
    "percent": ("statement", "50.00%", "looks like what a spreadsheet makes"),
    "long number": ("remark", "1.23456789012346E+019", "a spreadsheet has shortened"),
    "long number of Excel": ("remark", "1.23457E+19", "a spreadsheet has shortened"),
    "formula": ("statement", "=1+1", "begins like a formula"),
    "a sign and a word": ("statement", "-children under 13", "begins like a formula"),
    "an at sign": ("statement", "@ministry said so", "begins like a formula"),
    "formula that failed": ("statement", "#NAME?", "is an error of a spreadsheet"),
    "formula of LibreOffice that failed": ("statement", "Err:508", "is an error of a spreadsheet"),
    "column too narrow": ("remark", "########", "is an error of a spreadsheet"),
    "letters lost": (
        "statement",
        "??????????? ????????",
        "contains question marks where letters were lost",
    ),
    "letters replaced": (
        "statement",
        "Dj\ufffdca",
        "contains question marks where letters were lost",
    ),
    "UTF-8 read as Windows": (
        "statement",
        "Ð”Ñ–Ñ‚Ð¸ Ð¾Ð½Ð»Ð°Ð¹Ð½",
        "was read in the wrong encoding",
    ),
    "quotes read as Windows": (
        "statement",
        "the ministryâ€™s plan",
        "was read in the wrong encoding",
    ),
    "accents read as Windows": ("statement", "Ã‰cole en ligne", "was read in the wrong encoding"),
}


@pytest.mark.parametrize("what", DAMAGED)
def test_damage_in_a_cell_is_told_with_its_place_and_a_mend(folder, what):
    column, text, said = DAMAGED[what]
    raw = file_of(row(), row(**{"evidence_id": "UKR-E91", column: text}))
    (fault,) = [f for f in told(folder, raw) if f.column == column]
    assert said in fault.rule and fault.fix and (fault.row, fault.value) == (3, text)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp1251", "cp1252"])
def test_another_encoding_of_the_file_is_told(folder, encoding):
    letters = "é–" if encoding == "cp1252" else "Діти"
    (fault,) = told(folder, file_of(row(statement=letters)).encode(encoding))
    assert fault.rule == "is not in the UTF-8 encoding" and "CSV UTF-8" in fault.fix


def test_letters_that_an_encoding_lacks_are_told(folder):
    raw = file_of(row(statement="Про захист дітей")).encode("cp1252", "replace")
    assert "question marks" in told(folder, raw)[0].rule


@pytest.mark.parametrize(
    "text",
    [
        "How many? Nobody knows.",
        "Really?!",
        "+381 11 123 456",
        "-5 degrees",
        "1-2",
        "12:30",
        "50%",
        "2020/21",
        "Año de la niñez",
        "Român în străinătate",
        "Jan 2026",
        "3.5",
        "C# and F#",
        "'=1+1",
        "ÐÑ",
        "Ða Nẵng",
    ],
)
def test_text_that_only_resembles_damage_is_left_alone(folder, text):
    assert told(folder, file_of(row(statement=text))) == []


def test_leading_zeros_that_were_lost_are_told(folder):
    raw = (DATA / "reference" / "countries.csv").read_text(encoding="utf-8").replace(",004,", ",4,")
    (fault,) = told(folder, raw, "countries", "reference/countries.csv")
    assert (fault.column, fault.value) == ("m49", "4")


def test_points_that_were_lost_are_told(folder):
    raw = (DATA / "statistics" / "gci.csv").read_text(encoding="utf-8")
    assert ",2014,0.088," in raw
    (fault,) = told(
        folder, raw.replace(",2014,0.088,", ",2014,88,", 1), "gci", "statistics/gci.csv"
    )
    assert fault.column == "score" and "above 1, the maximum of its edition" in fault.rule


@pytest.mark.parametrize(
    ("code", "value", "told_of"),
    [
        ("IT.NET.USER.ZS", "61265", True),
        ("IT.NET.USER.ZS", "100", False),
        ("IT.CEL.SETS.P2", "416.3", False),
        ("IT.CEL.SETS.P2", "16899", True),
        ("SP.POP.TOTL", "38000000", False),
    ],
)
def test_a_share_above_100_is_told(folder, code, value, told_of):
    raw = f"iso3,indicator_code,year,value,source_id\nUKR,{code},2022,{value},SG_WDI\n"
    found = told(folder, raw, "indicators", "statistics/indicators.csv")
    assert [f.column for f in found] == ["value"] * told_of and all(
        "a point may have been lost" in f.fix for f in found
    )


# LibreOffice itself: how it reads (1033 English, 1031 German, 1058 Ukrainian; with or without
# looking for dates and
# numbers), the format in between, how it writes.
TRIPS = {
    "as it comes": ("44,34,76,1,,1033,false,true", "ods", "44,34,76,1"),
    "through Excel's format": ("44,34,76,1,,1033,false,true", "xlsx", "44,34,76,1"),
    "German, semicolons": ("44,34,76,1,,1031,false,true", "ods", "59,34,76,1,,1031"),
    "Ukrainian": ("44,34,76,1,,1058,false,true", "xlsx", "59,34,76,1,,1058"),
    "not looking for dates": ("44,34,76,1,,1033,false,false", "ods", "44,34,76,1,,0,true"),
    "UTF-16": ("44,34,76,1,,1033,false,true", "ods", "44,34,65535,1"),
    "Windows": ("44,34,76,1,,1033,false,true", "ods", "44,34,1,1"),
}


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    """Return a folder with the tables of Ukraine, shared ones, and one of texts that spreadsheets
    like to change.
    """
    place = tmp_path_factory.mktemp("originals")
    for name in OF_A_COUNTRY:
        shutil.copy(DATA / "research" / "UKR" / f"{name}.csv", place)
    for name, path in SHARED.items():
        shutil.copy(DATA / path, place / f"{name}.csv")
    texts = [
        "1-2",
        "3/4",
        "12:30",
        "50%",
        "TRUE",
        "MAR1",
        "2020/21",
        "12345678901234567890",
        'a "b"; c, d',
        "two\nlines",
    ]
    rows = [row(evidence_id=f"UKR-E{n}", remark=text) for n, text in enumerate(texts, 10)]
    (place / "texts.csv").write_text(file_of(*rows), encoding="utf-8")
    return place


@pytest.mark.slow
@pytest.mark.skipif(
    not SOFFICE, reason="LibreOffice (soffice) is not installed; what it does is made by hand above"
)
@pytest.mark.parametrize("how", TRIPS)
def test_a_round_trip_through_libreoffice_is_harmless_or_told(originals, folder, tmp_path, how):
    reads, between, writes = TRIPS[how]
    through(originals, tmp_path / "there", between, f"--infilter=CSV:{reads}")
    through(tmp_path / "there", tmp_path / "back", f"csv:Text - txt - csv (StarCalc):{writes}")
    silent = []
    for original in sorted(originals.glob("*.csv")):
        silent += [
            (original.stem, *one)
            for one in unsaid(original, tmp_path / "back" / original.name, folder)
        ]
    assert silent == []


def through(source, target, form, *more):
    """Convert all files of a folder with LibreOffice."""
    files = [str(p) for p in sorted(Path(source).iterdir())]
    profile = f"-env:UserInstallation=file://{tempfile.gettempdir()}/cop-libreoffice-{os.getpid()}"
    command = [
        SOFFICE,
        "--headless",
        profile,
        *more,
        "--convert-to",
        form,
        "--outdir",
        str(target),
        *files,
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)


def unsaid(original, returned, folder):
    """Return each cell that came back other than it went and of which the check says nothing."""
    name = "evidence" if original.stem == "texts" else original.stem
    path = SHARED.get(name, f"research/UKR/{name}.csv")
    found = told(folder, returned.read_bytes(), name, path)
    if any(not f.row for f in found):
        return []  # the whole file is refused, and why is said
    names = [f["name"] for f in cop.data.fields(name, folder)]
    numbers = {
        f["name"] for f in cop.data.fields(name, folder) if f["type"] in ("integer", "number")
    }
    before, after = cop.data.text_frame(original, names), cop.data.text_frame(folder / path, names)
    assert len(before) == len(after)
    places = {(int(f.row), f.column) for f in found}
    return [
        (row_there, column, was, now)
        for column in names
        for row_there, was, now in zip(after.index, before[column], after[column], strict=True)
        if was != now
        and (row_there, column) not in places
        and not (column in numbers and was and float(was) == float(now))
    ]

"""The data contract: what each table is, how it is read, and what the stages hand on.

`data/datapackage.json` (Frictionless Data Package v2) says it all; this module only obeys it.
"""

import csv
import io
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd

# What was read since it was last cleared, so that the batch can tell what a result depends on: ("file", path),
# ("row", path, column, value) and ("table", name).
READS = set()
GIVEN = {}  # tables that another process has read and checked, by their state
SEPARATORS = ",;\t"
NUMBERS = {"integer": "Int64", "number": "float64"}
csv.field_size_limit(2**31 - 1)  # a cell may be as long as a person makes it


class Broken(Exception):
    """Raised when a file breaks the contract; its text lists every fault at once, and `faults` holds them."""

    def __init__(self, faults):
        """Take the faults, or a sentence where there is no row to name."""
        self.faults = [] if isinstance(faults, str) else list(faults)
        super().__init__(faults if isinstance(faults, str) else "\n".join(map(str, faults)))


@dataclass(frozen=True)
class Fault:
    """One fault, as the person at the spreadsheet needs to hear it."""

    file: str
    row: int | str  # as a spreadsheet shows it: the heading is row 1; "" when it is the whole file
    column: str
    value: str
    rule: str
    mend: str

    def __str__(self):
        """Give one line: file, row, column, value, rule, mend."""
        place = ", ".join([self.file, *([f"row {self.row}"] if self.row else [])])
        place += f", column {self.column}" if self.column else ""
        shown = f" {self.value!r}" if self.value else ""
        return f"{place}:{shown} {self.rule}. {self.mend}"


def count(n, one, many=None):
    """Give a number with its noun: (1, 'source') => '1 source', (3, 'source') => '3 sources'."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def package(data):
    """Give the contract of a data folder: its own, or that of the folder its `cop:base` names."""
    own = _own(data)
    return package(Path(data) / own["cop:base"]) if "cop:base" in own else own


def resource(name, data):
    """Give one table's description; raises KeyError naming the tables that are known."""
    known = {r["name"]: r for r in package(data)["resources"]}
    if name not in known:
        raise KeyError(f"no table {name!r} in the contract; known: {', '.join(sorted(known))}")
    return known[name]


def locate(data, path):
    """Give the file for a path of the contract: in this folder, else in the folder it stands on."""
    here = Path(data) / path
    if here.exists():
        return here
    base = _own(data).get("cop:base")
    # What belongs to one country is never borrowed from another folder.
    return locate(Path(data) / base, path) if base and not path.startswith("research/") else here


def paths(name, data, iso3=None):
    """Give the paths of a table: those the contract writes and those of any other country begun; with `iso3`, its own."""
    stated = resource(name, data)["path"]
    if isinstance(stated, str):
        return [stated]
    own = [iso3] if iso3 else begun(data)
    return list(dict.fromkeys([*([] if iso3 else stated), *(_of_country(p, one) for one in own for p in stated)]))


def begun(data):
    """Give every country that has a folder under research/, whether the contract names it or not."""
    research = Path(data) / "research"
    folders = research.iterdir() if research.is_dir() else []
    return sorted(p.name for p in folders if p.is_dir() and re.fullmatch("[A-Z]{3}", p.name))


def fields(name, data):
    """Give the fields of a table, in order."""
    return resource(name, data)["schema"]["fields"]


def cells(path, names):
    """Read a CSV file as text, as people save it; return rows with their spreadsheet row in the index.

    Accepts UTF-8 with or without a byte order mark, commas, semicolons or tabs, any line ends.
    Nothing counts as missing at this point (`NA` is Namibia). Raises Broken with the faults of shape.
    The frame is kept for the next caller, so nobody may change it.
    """
    return _cells(path, tuple(names), Path(path).stat().st_mtime_ns)


@lru_cache(maxsize=512)
def _cells(path, names, changed):
    rows = [list(map(str.strip, row)) for row in _rows(path, names)]
    header = rows[0] if rows else []
    filled = [(i, row) for i, row in enumerate(rows[1:], 2) if any(row)]
    faults = [*_header_faults(path, header, names), *_width_faults(path, filled, len(header))]
    if faults:
        raise Broken(faults)
    columns = dict(zip(header, zip(*(row for _, row in filled), strict=True), strict=True)) if filled else {}
    at = [i for i, _ in filled]
    return pd.DataFrame({name: pd.array(columns.get(name, ()), dtype="str") for name in names}, index=at)


def convert(frame, table_fields):
    """Turn text into the types of the contract: numbers with missing as NA, all other text as it is."""
    kinds = {f["name"]: NUMBERS[f["type"]] for f in table_fields if f["type"] in NUMBERS}
    return frame.assign(**{c: frame[c].where(frame[c] != "").astype(kind) for c, kind in kinds.items()})


def read(name, data, iso3=None):
    """Read one table, checked; raises Broken with all its faults.

    Text columns hold "" where the cell is empty, number columns NA. With `iso3`, only that country's file.
    What was read is kept until a file changes, its own or one that it refers to (for a country: of that country).
    """
    READS.update(("file", path) for path in ("datapackage.json", *paths(name, data, iso3)))
    now = state(name, data, iso3)
    found = GIVEN[now] if now in GIVEN else _read(*now)
    return found.copy(deep=False)  # copied when it is written to


def row(name, data, column, value):
    """Give one row of another country's table as text, by its key, unchecked: faults there must not fail this country.

    Gives None where the row is not there or the table cannot be read. The key begins with the country's code.
    """
    path = paths(name, data, value[:3])[0]
    READS.add(("row", path, column, value))
    try:
        frame = cells(locate(data, path), [f["name"] for f in fields(name, data)])
    except (Broken, FileNotFoundError):
        return None
    found = frame[frame[column] == value]
    return found.iloc[0] if len(found) else None


def no_country(given, data):
    """Say that what was given is no code of countries.csv, and which may be meant: by its name, else by its first letters."""
    names = [f["name"] for f in fields("countries", data)]
    frame = cells(locate(data, resource("countries", data)["path"]), names)
    near = frame.iso3[frame.name_en.str.casefold() == given.casefold()]
    near = near if len(near) else frame.iso3[frame.iso3.str[:2] == given[:2].upper()]
    meant = f"; did you mean {' or '.join(near[:3])}?" if len(near) else ""
    return f"{given} is not a country code (ISO 3166-1 alpha-3) of reference/countries.csv{meant}"


def text(data, path):
    """Give a text of the data folder; raises FileNotFoundError naming it."""
    READS.add(("file", path))
    file = locate(data, path)
    if not file.exists():
        raise FileNotFoundError(f"{path} is not in {Path(data).name}/; the contract asks for it")
    return _decoded(file)


def without_notes(text):
    """Give a text without its comments (<!-- -->), which are notes to the writer; lines keep their numbers."""
    return re.sub(r"<!--.*?(-->|\Z)", lambda found: "\n" * found[0].count("\n"), text, flags=re.DOTALL)


def state(name, data, iso3=None):
    """Give what a table that was read may be kept by: name, folder, its files' times and those of the tables it refers to."""
    others = tuple(stamp(other, data, iso3) for other in _referred_to(name, data))
    return name, str(data), stamp(name, data, iso3), others


def stamp(name, data, iso3=None):
    """Give each file of a table with the time it last changed (0 where there is none): what a cache may be kept by."""
    return tuple((path, _changed(locate(data, path))) for path in paths(name, data, iso3))


def hand_on(frame, name, place):
    """Write a stage's table to the run's `tables` folder as the contract describes it, and give it back.

    Adds `iso3` (or `group_id`) in front. Raises Broken when the columns are not those of `cop:handedOn`.
    """
    wanted = [f["name"] for f in _stated(name, place)["fields"]]
    out = frame if wanted[0] in frame else frame.assign(**{wanted[0]: place.key})
    if sorted(out.columns) != sorted(wanted):
        raise Broken(f"{name}: has {sorted(out.columns)}; cop:handedOn in datapackage.json states {sorted(wanted)}")
    Path(place.tables).mkdir(parents=True, exist_ok=True)
    out[wanted].to_csv(Path(place.tables) / f"{name}.csv", index=False, lineterminator="\n")
    return out[wanted]


def handed_on(name, place, tables=None):
    """Read a table that an earlier stage handed on; raises FileNotFoundError saying which stage makes it."""
    path, stated = Path(tables or place.tables) / f"{name}.csv", _stated(name, place)
    READS.add(("table", f"{Path(tables).parent.name}/{name}" if tables else name))
    if not path.exists():
        raise FileNotFoundError(
            f"{path.name} is not there yet: notebook {stated['stage']} hands it on; run that one first"
        )
    return convert(cells(path, [f["name"] for f in stated["fields"]]), stated["fields"]).reset_index(drop=True)


def split(cell):
    """Give the parts of a list cell: 'UKR-E01; UKR-E02' => ['UKR-E01', 'UKR-E02']."""
    return [part.strip() for part in str(cell).split(";") if part.strip()]


def _of_country(path, iso3):
    return re.sub(r"(?<=^research/)[A-Z]{3}", iso3, path)


def _own(data):
    """Give the datapackage.json of this very folder, read again only when it changed."""
    path = Path(data) / "datapackage.json"
    if not (changed := _changed(path)):
        raise FileNotFoundError(f"no data folder at {data}: it has no datapackage.json")
    return _parsed(path, changed)


def _changed(path):
    """Give when a file last changed, 0 where there is none."""
    try:
        return path.stat().st_mtime_ns
    except (FileNotFoundError, NotADirectoryError):
        return 0


@lru_cache(maxsize=8)
def _parsed(path, changed):
    return json.loads(path.read_bytes())


@lru_cache(maxsize=512)
def _read(name, data, stamps, others):
    from helpers import faults  # the checks stand on this module

    table_fields = fields(name, data)
    frames = [cells(locate(data, path), [f["name"] for f in table_fields]) for path, mtime in stamps if mtime]
    if not frames:
        raise FileNotFoundError(f"{stamps[0][0]} is not in {Path(data).name}/; the contract asks for it")
    found = [
        f
        for frame, (path, _) in zip(frames, [s for s in stamps if s[1]], strict=True)
        for f in faults.of_table(name, frame, path, data)
    ]
    if found:
        raise Broken(found)
    return convert(pd.concat(frames, ignore_index=True), table_fields)


def _stated(name, place):
    """Give what `cop:handedOn` says of a table."""
    return {t["name"]: t for t in package(place.data)["cop:handedOn"]}[name]


def _referred_to(name, data):
    """Give the other tables that a table refers to."""
    schema = resource(name, data)["schema"]
    named = [key["reference"]["resource"] for key in schema.get("foreignKeys", [])]
    return sorted({*named, *(t.split(".")[0] for f in schema["fields"] for t in f.get("cop:refersTo", []))} - {name})


def _rows(path, names):
    """Give the rows of a file by the separator under which its heading shows most of the names expected."""
    text = _decoded(path)
    first = (text.splitlines() or [""])[0]
    try:
        headings = {s: {h.strip() for h in next(csv.reader([first], delimiter=s), [])} for s in SEPARATORS}
        separator = max(SEPARATORS, key=lambda s: len(headings[s] & set(names)))
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise Broken(
            [Fault(_name(path), "", "", "", f"cannot be read ({error})", "Save it again as CSV UTF-8")]
        ) from error


def _header_faults(path, header, names):
    if not header:
        yield Fault(_name(path), 1, "", "", "is empty", f"Start it with the heading row: {', '.join(names)}")
        return
    for name in [n for n in names if n not in header]:
        yield Fault(
            _name(path), 1, name, "", "is missing from the heading row", "Add the column or restore its heading"
        )
    for name in dict.fromkeys(header):
        mend = f"Remove it; the columns are {', '.join(names)}"
        if name not in names:
            yield Fault(_name(path), 1, name or "(no heading)", "", "is not a column of this table", mend)
        elif header.count(name) > 1:
            yield Fault(_name(path), 1, name, "", "stands twice in the heading row", "Remove one of them")


def _width_faults(path, filled, width):
    mend = "A separator is missing or one too many; put text that holds one in double quotes"
    for i, row in filled:
        if len(row) != width:
            yield Fault(_name(path), i, "", "", f"has {count(len(row), 'cell')} instead of {width}", mend)


def _decoded(path):
    """Give the text of a file; zero bytes are a sign of UTF-16, which reads as rubbish without complaint."""
    raw = Path(path).read_bytes()
    mend = "Save it again as 'CSV UTF-8 (comma delimited)' in Excel, or choose character set UTF-8 in LibreOffice"
    fault = Fault(_name(path), "", "", "", "is not in the UTF-8 encoding", mend)
    if b"\x00" in raw:
        raise Broken([fault])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Broken([fault]) from error


def _name(path):
    parts = Path(path).parts
    anchor = next((i for i, p in enumerate(parts) if p in ("reference", "statistics", "research")), len(parts) - 1)
    return "/".join(parts[anchor:])

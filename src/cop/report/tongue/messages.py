"""All that a page can say, gathered from where it stands: what a catalogue has translations of.

From words/*.j2 and the modules whatever `_`, `gettext`, `ngettext` or `N_` is called with; from the
contract titles, labels and what each table holds; from the notebooks the text of each cell; and
the vocabulary of the tables of reference.
"""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from babel.messages.extract import extract, extract_from_dir

import cop.data
from cop.report.languages import REFERENCE
from cop.report.site import resources
from cop.report.tongue import markdown

ROOT = Path(__file__).resolve().parents[4]
SRC, DATA = ROOT / "src", ROOT / "data"
TEMPLATES = {"trimmed": "true", "extensions": "jinja2.ext.do", "silent": "false"}
SILENT = "method"  # tag of a cell that no page shows
VOCABULARY = {  # columns of tables of all countries, whose words and texts of ours pages show
    "guidelines": "area item guidance document",
    "capabilities": "area capability short_descriptor definition question good_practice",
    "chain": "question",
    "challenge_library": "theme challenge suggested_improvement",
    "frameworks": "framework code title measures",
    "glossary": "term meaning",
    "mappings": "basis why",
    "groups": "title",
    "indicator_catalogue": "name definition unit",
    "checklist": "area what usually_in ask",
}
MODULES = ("cop/report", "helpers")


class Message(NamedTuple):
    """A text to be translated: in English, one or two forms; where it stands, if that tells it
    from another; and where it was found.
    """

    ids: tuple[str, ...]
    context: str
    where: str


def every(notebooks: Path = ROOT / "notebooks", data: Path = DATA) -> list[Message]:
    """Return every message that catalogues translate once, in the order in which they are found."""
    parts = (
        _of_templates(), _of_contract(data), _of_notebooks(notebooks), _of_modules(),
        _of_tables(data), _of_countries(data), _of_descriptions(data),
    )  # fmt: skip
    known: dict = {}
    for message in (one for part in parts for one in part):
        known.setdefault((message.ids[0], message.context), message)
    return list(known.values())


def _of_templates() -> Iterator[Message]:
    folder = SRC / "cop" / "report" / "words"
    method = [("**.j2", "jinja2.ext:babel_extract")]
    options = {"**.j2": TEMPLATES}
    found = extract_from_dir(str(folder), method_map=method, options_map=options)
    yield from _in_order(found)


def _of_modules() -> Iterator[Message]:
    for room in MODULES:
        found = extract_from_dir(str(SRC / room), method_map=[("**.py", "python")])
        yield from _in_order(found)


def _in_order(found):
    """Yield what Babel found, file by file."""
    for name, _, ids, _, context in sorted(found, key=lambda one: (one[0], one[1])):
        forms = (ids,) if isinstance(ids, str) else tuple(i for i in ids if isinstance(i, str))
        if forms and forms[0]:
            yield Message(forms[:2], context or "", name)


def _of_contract(data) -> Iterator[Message]:
    """Yield titles of columns and labels of words, as they stand in datapackage.json."""
    yield from _told(json.loads((data / "datapackage.json").read_text(encoding="utf-8")))


def _told(part, key=""):
    if isinstance(part, list):
        for one in part:
            yield from _told(one, key)
    elif isinstance(part, dict):
        if (key == "fields" or "type" in part and "name" in part) and part.get("title"):
            yield _plain(part["title"], "datapackage.json, titles")
        for name, value in part.items():
            if name in ("categories", "missingValues") and isinstance(value, list):
                yield from (
                    _plain(word["label"], "datapackage.json, labels")
                    for word in value
                    if isinstance(word, dict) and word.get("label")
                )
            else:
                yield from _told(value, name)


def _of_descriptions(data) -> Iterator[Message]:
    """Yield what each table of the site is said to hold."""
    package = cop.data.contents(data)
    for table in [*package["cop:handedOn"], *package["resources"]]:
        if "stage" in table or table["name"] in {*VOCABULARY, *resources.REFERENCE}:
            yield Message((table["description"],), REFERENCE, "datapackage.json, tables")


def _of_notebooks(folder) -> Iterator[Message]:
    for path in sorted(folder.glob("[0-9]*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            shown = SILENT not in cell["metadata"].get("tags", [])
            if cell["cell_type"] == "markdown" and shown:
                context = markdown.context(path.stem, cell["id"])
                yield Message(("".join(cell["source"]),), context, path.name)
            elif cell["cell_type"] == "code":
                code = io.BytesIO("".join(cell["source"]).encode())
                found = extract("python", code)
                yield from _in_order((path.name, *message) for message in found)


def _of_tables(data) -> Iterator[Message]:
    for name, columns in VOCABULARY.items():
        rows = cop.data.records(cop.data.locate(data, cop.data.resource(name, data)["path"]))
        for column in columns.split():
            where = f"{name}.csv, {column}"
            yield from (Message((row[column],), REFERENCE, where) for row in rows if row[column])


def _of_countries(data):
    """Yield the names of countries that have an assessment: all others are Unicode's to tell."""
    begun = {*cop.data.begun(data)}
    for row in cop.data.records(
        cop.data.locate(data, cop.data.resource("countries", data)["path"])
    ):
        if row["iso3"] in begun:
            yield Message((row["name_en"],), REFERENCE, "countries.csv, name_en")


def _plain(text, where):
    return Message((text,), "", where)

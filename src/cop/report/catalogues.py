"""Translation catalogues: extracted from what pages can say, updated, checked and signed.

A translation belongs to its exact English text: where that changes, the translation becomes
obsolete, and no similar text inherits it.
"""

import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from gettext import c2py
from pathlib import Path
from typing import NamedTuple

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Translation
from babel.messages.extract import extract, extract_from_dir
from babel.messages.pofile import read_po, write_po

import cop.data
from cop.data import Refused, count
from cop.data.machine import today
from cop.data.writing import alone, write
from cop.report import languages
from cop.report.languages import REFERENCE

ROOT = Path(__file__).resolve().parents[3]
SRC, DATA = ROOT / "src", ROOT / "data"
TEMPLATES = {"trimmed": "true", "extensions": "jinja2.ext.do", "silent": "false"}
MODULES = ("cop/report", "helpers")
HIDDEN = "method"  # tag of a cell that no page shows
VOCABULARY = {  # columns of shared tables whose texts pages show
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
HEAD = "# Translations of the words of the pages; see CONTRIBUTING.md, “A language of the pages”."
BY, CONTENT = "X-Reviewed-By", "X-Reviewed-Content"
SIGNATURE = re.compile(r"^# (X-Reviewed-[A-Za-z]+): (.+)$", re.MULTILINE)
PLACE = re.compile(r"%\(\w+\)")
MARKUP = re.compile(r"<[a-zA-Z/!?][^>]*>?|^#{1,6}(?= )", re.MULTILINE)  # tags, marks of headings
LEADS = re.compile(
    r"\]\s*[(\[:][^)\]]*|https?:\S+|www\.\S+|(?:java|vb)script:|data:", re.IGNORECASE
)
STRAY = re.compile(r"%(?!\(\w+\)s)")


class Message(NamedTuple):
    """An English text to be translated, with one or two forms, its context and its place."""

    ids: tuple[str, ...]
    context: str
    where: str


@dataclass(frozen=True)
class Progress:
    """The state of a catalogue: numbers of messages, errors, and its signature."""

    language: str
    translated: int
    missing: int
    stale: int  # translations that need work, or of texts that no page has any more
    errors: tuple[str, ...]
    signed: str  # by whom and when; "" for a draft
    changed: bool  # since it was signed


def every(notebooks: Path = ROOT / "notebooks", data: Path = DATA) -> list[Message]:
    """Return every message of templates, modules, notebooks, descriptor and shared tables."""
    parts = (
        _of_templates(), _of_descriptor(data), _of_notebooks(notebooks), _of_modules(),
        _of_tables(data),
    )  # fmt: skip
    messages: dict = {}
    for message in (message for part in parts for message in part):
        messages.setdefault((message.ids[0], message.context), message)
    return list(messages.values())


def _of_templates() -> Iterator[Message]:
    folder = SRC / "cop" / "report" / "words"
    methods = [("**.j2", "jinja2.ext:babel_extract")]
    options = {"**.j2": TEMPLATES}
    yield from _sorted(extract_from_dir(folder, method_map=methods, options_map=options))


def _of_modules() -> Iterator[Message]:
    for folder in MODULES:
        yield from _sorted(extract_from_dir(SRC / folder, method_map=[("**.py", "python")]))


def _sorted(extracted):
    """Yield what Babel extracted, file by file."""
    for name, _, ids, _, context in sorted(extracted, key=lambda row: row[:2]):
        forms = (ids,) if isinstance(ids, str) else tuple(i for i in ids if isinstance(i, str))
        if forms and forms[0]:
            yield Message(forms[:2], context or "", name)


def _of_descriptor(data) -> Iterator[Message]:
    """Yield titles of columns and labels of words."""
    for part in _parts(cop.data.contents(data)):
        if part.get("title") and "name" in part and "type" in part:
            yield Message((part["title"],), "", "datapackage.json, titles")
        if part.get("label") and "value" in part:
            yield Message((part["label"],), "", "datapackage.json, labels")


def _parts(value):
    """Yield each object in a JSON value."""
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value:
        if isinstance(part, dict | list):
            yield from _parts(part)


def _of_notebooks(folder) -> Iterator[Message]:
    for path in sorted(folder.glob("[0-9]*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "code":
                extracted = extract("python", io.BytesIO(source.encode()))
                yield from _sorted((path.name, *message) for message in extracted)
            elif HIDDEN not in cell["metadata"].get("tags", []):
                yield Message((source,), languages.cell_context(path.stem, cell["id"]), path.name)


def _of_tables(data) -> Iterator[Message]:
    """Yield the vocabulary of shared tables, the names of countries with an assessment (all others
    are Unicode's), and the descriptions of published tables.
    """
    from cop.report.site import resources

    for name, columns in (VOCABULARY | {"countries": "name_en"}).items():
        rows = cop.data.records(cop.data.locate(data, cop.data.resource(name, data)["path"]))
        if name == "countries":
            rows = [row for row in rows if row["iso3"] in cop.data.begun(data)]
        for column in columns.split():
            where = f"{name}.csv, {column}"
            yield from (Message((row[column],), REFERENCE, where) for row in rows if row[column])
    for table in _parts(cop.data.contents(data)):
        if (
            "stage" in table
            or table.get("name") in {*VOCABULARY, *resources.REFERENCE}
            and "path" in table
        ):
            yield Message((table["description"],), REFERENCE, "datapackage.json, tables")


def renew(messages: Iterable[Message], language: str = "") -> list[str]:
    """Update every catalogue with the messages, begin that of a new language; return the tags.

    New messages are empty; translations of texts that are gone stay in the file as obsolete and are
    used again when the text returns. Raises Refused for a tag that names no language.
    """
    messages = list(messages)
    tags = [tag for tag in languages.known() if tag != languages.SOURCE]
    tags += [language] if language and language not in tags else []
    write_catalogues({tag: _renewed(tag, messages) for tag in tags})
    return tags


def _renewed(tag, messages):
    old = read(languages.FOLDER, tag) if _path(tag).exists() else Catalog()
    catalogue = _begun(tag, old.header_comment if old.locale else HEAD, messages)
    before = {_key(message) for message in old if any(forms_of(message))}
    translations = {_key(m): m for m in (*old.obsolete.values(), *old) if any(forms_of(m))}
    kept = [message for message in catalogue if _key(message) in translations]
    for message in kept:
        translation = translations.pop(_key(message))
        message.string, message.user_comments = translation.string, translation.user_comments
        message.flags |= translation.flags & {"fuzzy"}
    obsolete = [message for message in translations.values() if message.id]
    catalogue.obsolete = {(message.id, message.context): message for message in obsolete}
    if signed(old) and before.issuperset(map(_key, kept)):
        _sign(catalogue, _signature(old)[BY])  # nothing was added to what was signed
    return catalogue


def _begun(tag, comment, messages):
    """Return a catalogue of messages, all untranslated; its days say nothing."""
    try:
        locale = Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError) as error:
        problem = f"{tag!r} names no language: a tag of BCP 47 such as pl or sr-Latn"
        raise Refused(problem) from error
    day = datetime(2026, 1, 1)
    days = {"creation_date": day, "revision_date": day}
    catalogue = Catalog(
        locale, project="cop-assessment", header_comment=comment, fuzzy=False, **days
    )
    for message in messages:
        ids = message.ids[0] if len(message.ids) == 1 else message.ids
        where = [(message.where.replace(" ", ""), 0)]
        catalogue.add(ids, context=message.context or None, locations=where)
    return catalogue


def standings(messages: Iterable[Message]) -> list[Progress]:
    """Return the state of each catalogue, in the order of the tags."""
    wanted = {(message.context, message.ids) for message in messages}
    return [_progress(tag, wanted) for tag in languages.known() if tag != languages.SOURCE]


def _progress(tag, wanted):
    catalogue = read(languages.FOLDER, tag)
    complete = {_key(m): m for m in catalogue if m.id and all(forms_of(m))}
    doubted = {key for key, message in complete.items() if message.fuzzy}
    obsolete = {_key(m) for m in catalogue.obsolete.values() if any(forms_of(m))}
    usable = (complete.keys() - doubted) & wanted
    return Progress(
        tag,
        len(usable),
        len(wanted - complete.keys()),
        len((complete.keys() | obsolete) - wanted | doubted),
        tuple(error for key in sorted(usable) for error in errors(complete[key], catalogue)),
        signed(catalogue),
        bool(_signature(catalogue)) and not signed(catalogue),
    )


def sign_off(language: str, by: str, messages: Iterable[Message]) -> None:
    """Sign a complete catalogue without errors as reviewed by somebody, named by role.

    Raises Refused where it is incomplete or has errors, or where there is no such catalogue.
    """
    if language not in languages.known()[1:]:
        raise Refused(
            f"there is no catalogue of {language!r}; `cop words extract {language}` begins"
        )
    [progress] = [state for state in standings(messages) if state.language == language]
    if progress.errors:
        number = count(len(progress.errors), "error")
        raise Refused(f"{language}.po has {number}: `cop words status` names them")
    if progress.missing or progress.stale:
        raise Refused(
            f"{language}.po is incomplete, so it is not signed: {progress.missing} missing, "
            f"{progress.stale} stale; translate what is empty, review what is marked “needs work”, "
            "and delete the lines that begin with #~ at its end"
        )
    catalogue = read(languages.FOLDER, language)
    _sign(catalogue, f"{by}, {today().isoformat()}")
    write_catalogues({language: catalogue})


def signed(catalogue: Catalog) -> str:
    """Return by whom and when a catalogue was signed; "" where a translation changed since."""
    signature = _signature(catalogue)
    return signature.get(BY, "") if signature.get(CONTENT) == _digest(catalogue) else ""


def _sign(catalogue, by):
    lines = [f"# {BY}: {by}", f"# {CONTENT}: {_digest(catalogue)}"]
    others = [s for s in catalogue.header_comment.splitlines() if not SIGNATURE.match(s)]
    catalogue.header_comment = "\n".join([*others, *lines])


def _signature(catalogue):
    return dict(SIGNATURE.findall(catalogue.header_comment))


def _digest(catalogue):
    """Return a hash of the translations that pages can use."""
    used = sorted(
        json.dumps([message.context or "", message.id, message.string], ensure_ascii=False)
        for message in catalogue
        if message.id and any(forms_of(message)) and not message.fuzzy
    )
    return hashlib.sha256("\n".join(used).encode()).hexdigest()[:16]


def errors(message: Translation, catalogue: Catalog) -> Iterator[str]:
    """Yield what a translation lost of its message or added: placeholders, tags, links.

    A catalogue may come from strangers; a translation with errors is used by no page. A form that
    serves several numbers (1, 21, 31 in Ukrainian) needs every placeholder; another may omit n.
    """
    ids, forms = _ids(message), forms_of(message)
    if not message.id or not all(forms):
        return
    start, allowed = repr(ids[0][:60]), [set(PLACE.findall(text)) for text in ids]
    uses = _uses(catalogue.plural_expr)
    for number, form in enumerate(forms):
        places = set(PLACE.findall(form))
        wanted = allowed[-1] if uses[number] > 1 else set.intersection(*allowed)
        for lost in sorted(wanted - places):
            yield f"{start}: a translation lacks {lost}"
        for more in sorted(places.difference(*allowed)):
            yield f"{start}: a translation has {more}, which its message has not"
        if sorted(MARKUP.findall(form)) != sorted(MARKUP.findall(ids[-1])):
            yield f"{start}: tags of HTML or marks of headings (##) are not the same"
        if not set(LEADS.findall(form)) <= {lead for text in ids for lead in LEADS.findall(text)}:
            yield f"{start}: a translation leads to where its message does not"
        if _strays(form) > max(map(_strays, ids)):
            yield f"{start}: a % is neither %% nor a place such as %(n)s"


@lru_cache
def _uses(plural):
    """Return how many of 200 numbers each form of a plural serves."""
    form = c2py(plural)
    return Counter(form(n) for n in range(1, 200))


def _strays(text):
    return len(STRAY.findall(text.replace("%%", "")))


def _ids(message):
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def forms_of(message: Translation) -> tuple[str, ...]:
    """Return the forms of a translation, "" where one is empty."""
    string = message.string or ""
    return (string,) if isinstance(string, str) else tuple(string)


def _key(message):
    return message.context or "", _ids(message)


def _path(tag) -> Path:
    return languages.FOLDER / f"{tag}.po"


def read(folder: Path, tag: str) -> Catalog:
    """Read a catalogue."""
    with (folder / f"{tag}.po").open("rb") as file:
        return read_po(file, locale=tag.replace("-", "_"))


def write_catalogues(catalogues: dict[str, Catalog]) -> None:
    """Write catalogues {tag: catalogue}, all or none, without numbers of lines."""
    files = {}
    for tag, catalogue in catalogues.items():
        file = io.BytesIO()
        write_po(file, catalogue, width=100, include_lineno=False)
        files[_path(tag).name] = file.getvalue()
    with alone(languages.FOLDER):
        write(languages.FOLDER, files)

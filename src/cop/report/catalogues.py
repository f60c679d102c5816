"""Extract messages and update translation catalogues with Babel, and check translations."""

import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from gettext import c2py
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract, extract_from_dir
from babel.messages.pofile import read_po, write_po

import cop.data
from cop.data import UserError, first_of, writing
from cop.report import languages
from cop.report.languages import REFERENCE

ROOT = Path(__file__).resolve().parents[3]
SRC, DATA = ROOT / "src", ROOT / "data"
METHODS = [("**.j2", "jinja2.ext:babel_extract"), ("**.py", "python")]
OPTIONS = {"**.j2": {"trimmed": "true", "extensions": "jinja2.ext.do", "silent": "false"}}
KEPT = "placeholders, headings, tags, links and % signs"
HIDDEN = {"method", "hand-on"}  # tags of Markdown cells that pages omit
HEAD = "# Translations of the words of the pages; see CONTRIBUTING.md, “A language of the pages”."
REVIEWED = re.compile(r"^# Reviewed by: (.+)$", re.MULTILINE)  # a comment that a reviewer adds
TOKENS = re.compile(  # tokens that a translation must keep: placeholders, tags, headings, links
    r"%\(\w+\)s|%%?|<[a-z/!?][^>]*>?|^#{1,6}(?= )|\]\s*[(\[:][^)\]]*|https?:\S+|www\.\S+"
    r"|(?:java|vb)script:|data:(?=\S)",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class Progress:
    """State of a catalogue: numbers of messages, errors in translations, and the reviewer."""

    language: str
    translated: int
    missing: int  # including those that need work ("fuzzy")
    errors: tuple[str, ...]
    reviewed: str  # reviewer; "" for a draft


def template(notebooks: Path = ROOT / "notebooks", data: Path = DATA) -> Catalog:
    """Return a catalogue, without translations, of all messages that pages may contain.

    Messages come from the templates, the modules of `cop.report` and `helpers`, the notebooks, the
    tables and datapackage.json. Each has the location of its first occurrence. Markdown cells with
    a tag in HIDDEN, unverified rows and countries without an editions.csv are left out.
    """
    messages = Catalog()
    for ids, context, where in _messages(notebooks, data):
        if messages.get(ids, context or None) is None:
            messages.add(ids, context=context or None, locations=[(where.replace(" ", ""), 0)])
    return messages


def _messages(notebooks, data) -> Iterator[tuple]:
    """Yield (message id, context, location) for each translatable message.

    The id of a plural is (singular, plural). A message without a context has "" or None.
    """
    yield from _extracted(SRC / "cop" / "report" / "words")
    contents = cop.data.contents(data)
    for part in contents.get("licenses", []) + contents.get("contributors", []):
        yield part["title"], "", "datapackage.json, titles"
    for part in _parts(contents):
        if part.get("title") and "name" in part and "type" in part:
            yield part["title"], "", "datapackage.json, titles"
        if part.get("label") and "value" in part:
            yield part["label"], "", "datapackage.json, labels"
    for path in sorted(notebooks.glob("[0-9]*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "code":
                for _, ids, _, context in extract("python", io.BytesIO(source.encode())):
                    yield ids, context, path.name
            elif HIDDEN.isdisjoint(cell["metadata"].get("tags", [])):
                yield source, f"{path.stem}/{cell['id']}", path.name
    yield from _extracted(SRC / "cop" / "report")
    yield from _extracted(SRC / "helpers")
    yield from ((text, REFERENCE, where) for text, where in _of_tables(data) if text)


def _extracted(folder):
    rows = extract_from_dir(folder, METHODS, OPTIONS)
    for name, _, ids, _, context in sorted(rows, key=lambda row: row[:2]):
        yield ids, context, name


def _parts(value):
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value:
        if isinstance(part, dict | list):
            yield from _parts(part)


def _of_tables(data):
    """Yield (text, location) for translated columns and for descriptions of published tables."""
    from cop.report.site.data import REFERENCE as PUBLISHED

    tables = cop.data.contents(data)
    for table in tables["resources"]:
        name, fields = table["name"], table.get("schema", {"fields": ()})["fields"]
        columns = [field["name"] for field in fields if field.get("cop:translated")]
        rows = cop.data.read(name, data) if columns else {}
        rows = rows[rows.verified == "yes"] if "verified" in rows else rows
        rows = rows[rows.iso3.isin(cop.data.begun(data))] if name == "countries" else rows
        for column in columns:
            yield from ((text, f"{name}.csv, {column}") for text in rows[column])
    for table in tables["resources"] + tables["cop:handedOn"]:
        if "stage" in table or table["name"] in PUBLISHED:
            yield table["description"], "datapackage.json, tables"


def update(messages: Catalog, language: str = "") -> list[str]:
    """Update all catalogues with the messages of `template`, and return the catalogues' tags.

    Writes a new catalogue for `language` if none exists. Translations of removed messages are kept,
    and reused if the message returns. A message whose singular has changed is a new one; if only
    its plural has changed, its translation is marked as fuzzy. Raises UserError, after the other
    updates, if the tag of a new language is unknown, is English or is not in its usual form.
    """
    tags = languages.available()[1:]
    tags += [language] if language and language not in tags else []
    for tag in tags:
        catalogue = read(languages.FOLDER, tag) if _path(tag).exists() else _new(tag)
        _update(catalogue, messages)
        write_catalogue(tag, catalogue)
    return tags


def _update(catalogue, messages):
    for message in catalogue.obsolete.values():
        catalogue[message.id] = message  # the text may have returned
    catalogue.obsolete.clear()
    for message in catalogue:
        present = messages.get(message.id, message.context)
        if present and present.id != message.id:
            message.flags.add("fuzzy")  # the same singular with another plural
    catalogue.update(messages, no_fuzzy_matching=True, update_creation_date=False)


def _new(tag):
    try:
        locale = Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        raise UserError(f"{tag!r} is not a language tag: use one such as pl or sr-Latn") from None
    if (usual := str(locale).replace("_", "-")) != tag or tag == languages.SOURCE:
        fix = "English needs no catalogue" if usual == languages.SOURCE else f"use {usual}"
        raise UserError(f"a catalogue cannot have the tag {tag!r}; {fix}")
    return Catalog(locale, project="cop-assessment", header_comment=HEAD, fuzzy=False)


def progress(messages: Catalog) -> list[Progress]:
    """Return the state of each catalogue for the `messages` of `template`, sorted by tag."""
    wanted, states = {_key(message) for message in messages if message.id}, []
    for tag in languages.available()[1:]:
        catalogue = read(languages.FOLDER, tag)
        usable = [m for m in catalogue if _is_usable(m) and _key(m) in wanted]
        harm = tuple(error for message in usable for error in errors(message, catalogue))
        missing = len(wanted) - len(usable)
        states.append(Progress(tag, len(usable), missing, harm, reviewed(catalogue)))
    return states


def reviewed(catalogue: Catalog) -> str:
    """Return the reviewer named in the comment at the start of a catalogue, or "" for a draft.

    A catalogue without this comment, or with a missing or fuzzy translation, is a draft.
    """
    comment = REVIEWED.search(catalogue.header_comment)
    complete = all(_is_usable(message) for message in catalogue if message.id)
    return comment[1] if comment and complete else ""


def _is_usable(message):
    return bool(message.id) and not message.fuzzy and all(forms_of(message.string))


def errors(message: Message, catalogue: Catalog) -> Iterator[str]:
    """Yield an error for each translated form of a message that changes a token (see TOKENS).

    Tokens may be in any order, and placeholders may be repeated. Pages show the English text
    instead of a translation with errors, because catalogues may come from untrusted people. A
    plural form that is used for only one number may have the tokens of the singular. A message
    without a translation, or with a translation of only some forms, has no errors.
    """
    ids, forms = forms_of(message.id), forms_of(message.string)
    uses = _uses(catalogue.plural_expr)
    for number, form in enumerate(forms) if message.id and all(forms) else ():
        tokens, english = _tokens(form), [_tokens(text) for text in ids]
        if tokens not in (english[-1:] if uses[number] > 1 else english):
            wrong = [f"lacks {token!r}" for token in english[-1] - tokens]
            wrong += [f"adds {token!r}" for token in tokens - english[-1]]
            rule = f"keep all {KEPT} of the English text, and add no others"
            yield f"{ids[0][:60]!r}: the translation {first_of(wrong)}; {rule}"


def _tokens(text):
    tokens = Counter(TOKENS.findall(text))
    return Counter({token: 1 if token[:2] == "%(" else n for token, n in tokens.items()})


@lru_cache
def _uses(plural):
    """Return {index of a plural form: how many numbers from 1 to 199 use it}."""
    form = c2py(plural)
    return Counter(form(n) for n in range(1, 200))


def forms_of(text: str | Sequence[str]) -> tuple[str, ...]:
    """Return the plural forms of a message or translation, or its only text, as a tuple."""
    text = text or ""
    return (text,) if isinstance(text, str) else tuple(text)


def _key(message):
    return message.context or "", forms_of(message.id)


def _path(tag) -> Path:
    return languages.FOLDER / f"{tag}.po"


def read(folder: Path, tag: str) -> Catalog:
    """Read the catalogue <tag>.po in a folder. Raises FileNotFoundError if it does not exist."""
    with (folder / f"{tag}.po").open("rb") as file:
        return read_po(file, locale=tag.replace("-", "_"))


def write_catalogue(tag: str, catalogue: Catalog) -> None:
    """Write a catalogue to the file <tag>.po in `languages.FOLDER`, without line numbers."""
    file = io.BytesIO()
    write_po(file, catalogue, width=100, include_lineno=False)
    writing.whole(_path(tag), file.getvalue())

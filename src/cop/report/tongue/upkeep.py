"""The upkeep of catalogues: begun or renewed from what pages can say, told apart into what is
translated, missing and stale, and signed by whoever has read one.

A translation belongs to the very words that it was made of: an English sentence that changes leaves
exactly its translations behind as stale, and nothing is guessed from sentences that are alike.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from cop.data import Refused, count
from cop.data.machine import today
from cop.data.writing import alone, write
from cop.report import languages
from cop.report.tongue import faults, signing
from cop.report.tongue.faults import forms_of, ids_of
from cop.report.tongue.messages import Message

HEAD = "# Translations of the words of the pages; see CONTRIBUTING.md, “A language of the pages”."


@dataclass(frozen=True)
class Standing:
    """How far a catalogue is: numbers of messages, and what is wrong with it, line by line."""

    language: str
    translated: int
    missing: int  # messages without a translation
    stale: int  # translations that "need work", or are of words that no page says any more
    faults: tuple[str, ...]  # placeholders that a translation has lost, or has too many of
    signed: str  # by whom and when; "" for a draft
    changed: bool = False  # since it was signed


def renew(messages: Iterable[Message], language: str = "") -> list[str]:
    """Renew every catalogue from what pages can say; begin that of a language which has none.

    Gives the tags of the catalogues written. New messages are empty; translations of words that are
    said no more stay at the end of the file, as obsolete. Raises Refused for a tag that names no
    language.
    """
    messages = list(messages)
    tags = [tag for tag in languages.known() if tag != languages.SOURCE]
    tags += [language] if language and language not in tags else []
    _write({tag: _renewed(tag, messages) for tag in tags})
    return tags


def standings(messages: Iterable[Message]) -> list[Standing]:
    """Return how far each catalogue is, in the order of the tags."""
    wanted = {(message.context, message.ids) for message in messages}
    return [_standing(tag, wanted) for tag in languages.known() if tag != languages.SOURCE]


def sign_off(language: str, by: str, messages: Iterable[Message]) -> None:
    """Sign a whole catalogue without faults as read by somebody, named by role, not as a person.

    Raises Refused where it is not whole or has faults, or where there is no such catalogue: who
    reads "reviewed" takes the whole page to be.
    """
    if language not in languages.known()[1:]:
        raise Refused(
            f"there is no catalogue of {language!r}; `cop words extract {language}` begins"
        )
    standing = _standing(language, {(one.context, one.ids) for one in messages})
    _refuse_faults(standing)
    _refuse_gaps(standing)
    catalogue = _read(language)
    signing.sign(catalogue, by, today().isoformat())
    _write({language: catalogue})


def _refuse_faults(standing):
    if standing.faults:
        name, number = _path(standing.language).name, count(len(standing.faults), "fault")
        raise Refused(f"{name} has {number}: `cop words status` names them")


def _refuse_gaps(standing):
    if standing.missing or standing.stale:
        raise Refused(
            f"{_path(standing.language).name} is not whole, so it is not signed: {standing.missing}"
            f" missing, {standing.stale} stale; translate what is empty, go over what is marked"
            " “needs work”, and delete what stands as #~ at its end"
        )


def _renewed(tag, messages):
    catalogue = _read(tag) if _path(tag).exists() else _begun(tag)
    intact = bool(signing.signed(catalogue))
    back = _come_back(catalogue, messages)
    _set_aside(catalogue, messages)
    catalogue.update(_template(messages), no_fuzzy_matching=True, update_creation_date=False)
    aside = catalogue.obsolete.items()
    catalogue.obsolete = {name: one for name, one in aside if any(forms_of(one))}
    _spread(catalogue)
    if intact and not back:
        signing.keep(catalogue)
    return catalogue


def _spread(catalogue):
    """Let what was said of every number be the form for each, where English has one form of words;
    Babel puts it into the first form alone, and doubts it.
    """
    for message in catalogue:
        ids, forms = _key(message)[1], forms_of(message)
        if len(ids) == 2 and ids[0] == ids[1] and forms[0] and not any(forms[1:]):
            message.string = (forms[0],) * catalogue.num_plurals
            message.flags.discard("fuzzy")


def _come_back(catalogue, messages):
    """Take translations that were set aside for messages that are said again; give whether any."""
    said = {(one.context, one.ids) for one in messages}
    found = [one for one in catalogue.obsolete.values() if _key(one) in said and all(forms_of(one))]
    for one in found:
        catalogue.delete(one.id, one.context)  # what has its first form, and no translation yet
        catalogue.add(one.id, one.string, context=one.context)
    catalogue.obsolete = {k: v for k, v in catalogue.obsolete.items() if _key(v) not in said}
    return bool(found)


def _set_aside(catalogue, messages):
    """Set aside what translates a text of which the form for several changed: Babel knows a
    message by its first form, and would keep it.
    """
    said = {(one.context, one.ids) for one in messages}
    for one in [*catalogue]:
        if len(_key(one)[1]) == 2 and _key(one) not in said and any(forms_of(one)):
            catalogue.delete(one.id, one.context)
            catalogue.obsolete[(one.id[1], one.context)] = one


def _begun(tag):
    try:
        locale = Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError) as error:
        raise Refused(
            f"{tag!r} names no language: a tag of BCP 47 such as pl or sr-Latn"
        ) from error
    return Catalog(locale, project="cop-assessment", header_comment=HEAD, fuzzy=False, **_days())


def _days():
    """Return the days of a catalogue's head, which say nothing about the translations."""
    day = datetime.combine(date(2026, 1, 1), time())
    return {"creation_date": day, "revision_date": day}


def _template(messages):
    made = Catalog(project="cop-assessment", fuzzy=False, **_days())
    for one in messages:
        key = one.ids[0] if len(one.ids) == 1 else one.ids
        made.add(key, context=one.context or None, locations=[(one.where.replace(" ", ""), 0)])
    return made


def _standing(tag, wanted):
    catalogue = _read(tag)
    held = {_key(message): message for message in [*catalogue] if message.id}
    whole = {key for key, message in held.items() if all(forms_of(message))}
    doubted = {key for key in whole if held[key].fuzzy}
    said = whole - doubted
    obsolete = {_key(m) for m in catalogue.obsolete.values() if any(forms_of(m))}
    signed, signature = signing.signed(catalogue), signing.headers(catalogue)
    several = faults.several(catalogue)
    return Standing(
        tag,
        len(said & wanted),
        len(wanted - whole),
        len((whole | obsolete) - wanted | doubted),
        tuple(one for key in sorted(said & wanted) for one in faults.of(held[key], several)),
        signed,
        bool(signature) and not signed,
    )


def _key(message):
    return message.context or "", ids_of(message)


def _path(tag) -> Path:
    return languages.FOLDER / f"{tag}.po"


def _read(tag):
    with _path(tag).open("rb") as file:
        return read_po(file, locale=tag.replace("-", "_"))


def _write(catalogues):
    """Write catalogues, all or none; readers see the old ones or the new ones."""
    files = {_path(tag).name: _written(catalogue) for tag, catalogue in catalogues.items()}
    with alone(languages.FOLDER):
        write(languages.FOLDER, files)


def _written(catalogue):
    """Return a catalogue as a file, with the place of each message and without its line."""
    file = io.BytesIO()
    write_po(file, catalogue, width=100, include_lineno=False)
    return file.getvalue()

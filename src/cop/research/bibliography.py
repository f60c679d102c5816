"""Compare a library of references in CSL JSON with a country's register of sources.

Names of persons are used only to take them out of titles; they are never written.
"""

import html
import json
import re
import shutil
import subprocess
from contextlib import suppress
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
from babel import Locale

from cop.data import Refused
from cop.research import rows
from cop.research.matching import address_key, text_key

PANDOC = {".bib": "bibtex", ".ris": "ris"}  # formats that pandoc converts
KINDS = {  # our type and kind of evidence by CSL type; anything else is a report
    **dict.fromkeys(["bill", "legislation", "regulation", "treaty"], ("law", "law")),
    **dict.fromkeys(["webpage", "post", "post-weblog"], ("website", "other web page")),
    **dict.fromkeys(["article-newspaper", "article-magazine", "broadcast"], ("news", "news")),
    "dataset": ("dataset", "statistics"),
}
LANGUAGES = {name.lower(): code for code, name in Locale("en").languages.items()}
MARKUP = re.compile(r"</?(i|b|em|strong|sub|sup|span|u|sc|p|br|nocase)\b[^>]*>", re.IGNORECASE)
Row = dict[str, str]


def compare(path: Path, iso3: str, data: Path, **defaults: str) -> tuple[dict[int, Row], list[str]]:
    """Return ({item: new row of the register}, lines on all other items); nothing is written.

    `defaults` are cells, such as the language, of items that state none. Raises Refused for a file
    that is no library.
    """
    register, items = rows.present("source", iso3, data), pd.DataFrame(_read(Path(path)))
    items["source_id"] = [f"item {number}" for number in range(1, len(items) + 1)]
    new, lines = {}, []
    same = first_alike(pd.concat([register, items])).iloc[len(register) :]
    for number, (item, source_id) in enumerate(zip(items.to_dict("records"), same, strict=True), 1):
        if item.pop("source_id") != source_id:
            lines.append(f"item {number} is {source_id}: {item['title'][:60]}")
            continue
        new[number] = item | {name: item.get(name) or text for name, text in defaults.items()}
        if re.search(r"\[(author|editor)\]", item["title"]):
            lines.append(f"item {number}: a name was taken out of its title: {item['title']}")
    return new, lines


def first_alike(sources: pd.DataFrame) -> pd.Series:
    """Return for each source the id of the first that has its address, or its title, year and
    publisher; its id where there is none before it.
    """
    keys = sources.fillna("")
    keys["title"], keys["publisher"] = keys.title.map(text_key), keys.publisher.map(text_key)
    keys["url"] = keys.url.map(address_key).replace("", pd.NA)
    by_title = keys.groupby(["title", "publisher", "year"]).source_id.transform("first")
    return keys.groupby("url").source_id.transform("first").fillna(by_title)


def _read(path):
    """Return the items of a library as rows; raises Refused for a file that is none."""
    if not path.is_file():
        raise Refused(f"there is no file {path}")
    raw = path.read_bytes()
    if form := PANDOC.get(path.suffix.lower()):
        raw = _convert(path, form)
    try:
        items = [_row(item) for item in json.loads(raw.decode("utf-8-sig"))]
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        fix = "export it again as CSL JSON in UTF-8"
        raise Refused(f"{path.name} is not CSL JSON ({str(error)[:120]}); {fix}") from error
    if len(items) > 999:
        raise Refused(f"{path.name} has {len(items)} items; a register ends at number 999")
    return items


def _convert(path, form):
    """Return a library in another format as CSL JSON, converted by pandoc."""
    if not (pandoc := shutil.which("pandoc")):
        fix = "export it as CSL JSON (Zotero: Export Library), or install pandoc, which converts it"
        raise Refused(f"{path.name} is not CSL JSON; {fix}")
    call = [pandoc, "--sandbox", "-f", form, "-t", "csljson", str(path.resolve())]
    result = subprocess.run(call, capture_output=True, check=False)
    if result.returncode:
        message = result.stderr.decode(errors="replace").strip()[:300]
        raise Refused(f"pandoc cannot convert {path.name}: {message}")
    return result.stdout


def _row(item):
    """Return an item as a row of the register, without id and names of persons."""
    title, bodies = _plain(item.get("title")), []
    for role in ("author", "editor"):
        for person in item.get(role) or []:
            bodies.append(person.get("literal"))
            if len(surname := _plain(person.get("family"))) > 2:
                title = re.sub(rf"(?<!\w){re.escape(surname)}(?!\w)", f"[{role}]", title)
    doi = re.search(r"10\.\d+/\S+", _plain(item.get("DOI")))
    url = f"https://doi.org/{doi[0].lower()}" if doi else _plain(item.get("URL"))
    site = "" if doi else urlsplit(url).hostname
    publishers = [item.get("publisher"), item.get("container-title"), *bodies, site]
    type, kind = KINDS.get(str(item.get("type")).lower(), ("report", "report of a body"))
    year = re.search(r"(?<!\d)(19|20)\d\d(?!\d)", json.dumps(item.get("issued")))
    language = _plain(item.get("language")).lower()
    code = re.match("[a-z]{2}(?=[-_]|$)", language)
    return {
        "title": title,
        "publisher": next(filter(None, map(_plain, publishers)), ""),
        "year": year[0] if year else "",
        "language": code[0] if code else LANGUAGES.get(language, language),
        "type": type,
        "kind": kind,
        "hand": "second",  # until somebody reads it
        "url": url.replace(" ", "%20"),
        "accessed": _day(item.get("accessed")),
    }


def _plain(text):
    """Return text on one line, without mark-up and entities."""
    return " ".join(html.unescape(MARKUP.sub("", str(text or ""))).split())


def _day(stated):
    """Return the day of a CSL date, or today where it states no day."""
    numbers = map(int, re.findall(r"\d+", json.dumps(stated)))
    with suppress(ValueError, TypeError):
        return date(*numbers).isoformat()
    return date.today().isoformat()

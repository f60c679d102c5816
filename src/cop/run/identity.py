"""Check that a report concerns the right country or group and contains no unverified rows."""

import json
import re
from collections import Counter

from lxml import etree

from cop.data import decoded, package, records, separated
from cop.data.errors import first_of
from cop.report import exporter, formats, languages
from cop.report.filenames import REGION
from cop.report.render import InvalidFile, read_cover
from cop.run.plan import Job

ID = "[A-Z]{3}-[A-Z][0-9]{2,3}"
IDS = re.compile(f"{ID}(?:[;,] ?{ID})*")  # a cell that contains only ids
# Matches an id from its hyphen on, and captures its country. Starting at the hyphen is faster.
FROM_HYPHEN = re.compile(r"-(?<=\b([A-Z]{3})-)[A-Z][0-9]{2,3}\b")
COUNTRIES = "reference/countries.csv"
OFTEN = 10  # mentions of another country in all pages of a job; fewer are comparisons
CAPTION = etree.XPath(  # caption and alternative text of a figure
    ".//figcaption//text()|.//desc/text()|div/*[@class='unseen']/text()|.//img/@alt"
)


def check(job: Job, pages: dict[str, str]) -> None:
    """Raise InvalidFile with all errors if `pages` ({name: HTML}) or tables do not fit the job.

    Parameters, covers, tables and figures must concern the job's country or group, and pages must
    be in its language, without unverified rows. A country's pages must not name another country
    often (see OFTEN), or show its ids unless tables cite them in text or `cop:anyCountry` columns.
    """
    wrong, texts = [], []
    tables = {path: decoded(path) for path in sorted((job.making / "tables").glob("*.csv"))}
    for stage, name in job.pages().items():
        tree = etree.HTML(pages[name])
        cover = read_cover(pages[name])
        notebook = json.loads((job.making / f"{stage}.ipynb").read_bytes())
        parameters = notebook["metadata"]["papermill"]["parameters"]
        named = parameters.get("group", parameters.get("iso3"))
        if {named, says := cover.get("iso3")} != {job.key}:
            both = f"the parameter iso3 or group is {named!r} and the cover states {says!r}"
            wrong.append(f"{name}: {both}, but both must be {job.key!r}")
        if (spoken := tree.get("lang")) != job.language:
            wrong.append(f"{name}: the language is {spoken}, but must be {job.language}")
        wrong += foreign_figures(stage, tree, cover.get("country", ""))
        texts += running_text(tree.find("body"))
    wrong += foreign_rows(job, tables)
    wrong += exporter.unverified(pages, job.making, job.data, job.key)
    if REGION not in job.stages:
        wrong += [*foreign_ids(job, tables, pages), *foreign_names(job, "\n".join(texts))]
    if wrong:
        raise InvalidFile(f"the pages have errors (correct notebooks or data): {'; '.join(wrong)}")


def foreign_rows(job, tables):
    """Yield a message for each table with another country or group in its first column."""
    for table, text in tables.items():
        first, *rest = [row[0] for row in separated(text) if any(row)] or [""]
        if first in ("iso3", "group_id") and (others := {*rest} - {job.key}):
            keys = first_of(sorted(map(repr, others)))
            yield f"tables/{table.name}: {first} must be {job.key!r} in each row, but is {keys}"


def foreign_ids(job, tables, pages):
    """Yield a message for each table or page with ids of other countries that `check` rejects."""
    anywhere, cited = _of_any_country(job.data), set()
    for table, text in tables.items():
        rows, strange = records(table) if _ids(text, job) else (), set()
        for column, cell in (item for row in rows for item in row.items() if "-" in item[1]):
            ids = _ids(cell, job)
            if column in anywhere or not IDS.fullmatch(cell):
                cited |= ids
            else:
                strange |= {f"{name} in column {column}" for name in ids}
        allowed = "within a sentence or in a `cop:anyCountry` column"
        yield from _named(f"tables/{table.name}", strange, allowed)
    cited |= sources_of(cited, job.data)
    for name, page in pages.items():
        yield from _named(name, _ids(page, job) - cited, "if a saved table cites them")


def _ids(text, job):
    return {m[1] + m[0] for m in FROM_HYPHEN.finditer(text) if m[1] != job.key}


def foreign_names(job, text):
    """Yield a message for each other country that the text of all pages names often (see OFTEN)."""
    countries = records(package.locate(job.data, COUNTRIES))
    names = {row["name_en"]: row["iso3"] for row in countries}
    for row in countries if languages.translated() else ():
        names[formats.territory(row["iso2"], row["name_en"])] = row["iso3"]
    times = Counter(names[name] for name in formats.names_in(text, names))
    for other, number in times.items():
        if other != job.key and number >= OFTEN and 2 * number > times[job.key]:
            yield (
                f"the pages mention {other} {number} times, more than half as often as {job.key} "
                f"({times[job.key]} times): name {other} less often outside figures and references"
            )


def running_text(body):
    """Yield the texts of a page, except those in figures, references and sources."""
    walk = etree.iterwalk(body, ("start", "comment", "pi"))
    for _, element in walk:
        tag, kind = element.tag, element.get("class") or ""
        if not isinstance(tag, str) or tag == "figure" or "ref" in kind or "source" in kind:
            walk.skip_subtree()
        else:
            yield element.text or ""
        yield element.tail or ""


def _of_any_country(data):
    tables = package.contents(data)["resources"]
    fields = (field for table in tables for field in table.get("schema", {}).get("fields", []))
    return {field["name"] for field in fields if field.get("cop:anyCountry")}


def sources_of(ids, data):
    """Return the set of source_ids of the evidence and register rows that contain one of `ids`."""
    return {
        row["source_id"]
        for name in ("evidence", "instruments", "stakeholders", "services")
        for iso3 in {name[:3] for name in ids}
        for path in package.paths(name, data, iso3)
        if (file := package.locate(data, path)).exists()
        for row in records(file)
        if ids & set(row.values())
    }


def _named(where, ids, allowed):
    if ids:
        yield (
            f"{where} contains ids of other countries ({first_of(sorted(ids))}), which are allowed "
            f"only {allowed}"
        )


def foreign_figures(stage, tree, country):
    """Yield a message for each figure whose caption or alt text does not contain `country`."""
    for figure in tree.iter("figure"):
        if country not in " ".join(CAPTION(figure)):
            title = figure.xpath("string(figcaption/span[@class='message'])")
            yield f"{stage}.ipynb: “{title}” does not mention {country} in its caption or alt text"

"""Whether a page is about its country: the worst fault is a right report with wrong figures."""

import json

from lxml import html

from batch.plan import Job
from contract import records
from report.names import REGION
from report.render import Unfit
from report.site import facts

# What a figure says of itself: its caption, and the text that stands for the picture.
SPOKEN = ".//figcaption//text() | .//desc/text() | ./*[@class='unseen']/text() | .//img/@alt"


def check(job: Job, pages: dict[str, str]) -> None:
    """Raise Unfit unless parameters, cover, file name, tables and figures are of the country."""
    wrong = []
    for stage, name in job.pages().items():
        cover, parameters = facts(pages[name]), _parameters(job.making / f"{stage}.ipynb")
        named = parameters.get("group") if stage == REGION else parameters.get("iso3")
        if {named, cover.get("iso3")} != {job.key}:
            wrong.append(
                f"{name}: parameters say {named}, the cover says {cover.get('iso3')}, "
                f"expected {job.key}"
            )
        if stage != REGION and job.key not in name:
            wrong.append(f"the file name {name} does not name {job.key}")
        wrong += _foreign_figures(name, pages[name], cover.get("country", ""))
    wrong += [
        f"tables/{table.name} has rows of {', '.join(sorted(others))}"
        for table in sorted((job.making / "tables").glob("*.csv"))
        if (others := _keys(table) - {job.key})
    ]
    if wrong:
        raise Unfit("identity check: " + "; ".join(wrong))


def _parameters(notebook):
    return json.loads(notebook.read_text(encoding="utf-8"))["metadata"]["papermill"]["parameters"]


def _keys(table):
    """Give the countries or groups that the rows of a handed-on table say they are of."""
    rows = records(table)
    first = next(iter(rows[0]), "") if rows else ""
    return {row[first] for row in rows} if first in ("iso3", "group_id") else set()


def _foreign_figures(name, text, country):
    """Give the figures that do not name this country in message, measure or alternative text."""
    figures = html.document_fromstring(text).xpath("//figure")
    texts = (" ".join(f.xpath(SPOKEN)) for f in figures)
    return [
        f"{name}: figure {i} does not name {country}"
        for i, text in enumerate(texts, 1)
        if country not in text
    ]

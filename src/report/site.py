"""The first page of what is shared: every report with its status, its age, and whether the last
run stood.
"""

import re
import unicodedata
from datetime import date
from pathlib import Path

from lxml import html
from markupsafe import Markup

from report import sheet, words
from report.names import SYNTHESIS

COVER = re.compile(r'<\w+ [^>]*class="cover[ "][^>]*>')


def write(site: Path, failures: dict, of_baselines: dict, today: date) -> None:
    """Write index.html: what each report is, how old, and which of them the last run could not
    renew.

    `failures` maps ISO3 (or group) to a sentence; such a report is an earlier one, or there is
    none. `of_baselines` says the same of desk baselines, which have a page of their own and are
    never listed among the assessments.
    """
    style = Markup(sheet.text())
    reports = [_report(site, path, failures, today) for path in _in_order_of_country(site)]
    lost = {key: why for key, why in failures.items() if key not in {r["key"] for r in reports}}
    baselines = _write_baselines(site / "baselines", of_baselines, style, today)
    text = words.show("site", "index", reports, lost, baselines, style, today.isoformat())
    _replace(site / "index.html", text)


def facts(text: str) -> dict[str, str]:
    """Give what a page says of itself on its cover: iso3, country, edition, status, cut-off; {}
    without one.
    """
    cover = COVER.search(text)
    attributes = html.fragment_fromstring(cover[0]).attrib if cover else {}
    return {name[5:]: value for name, value in attributes.items() if name.startswith("data-")}


def _in_order_of_country(site):
    """Give the reports, syntheses first and the main one before all, then countries by name."""
    regions = sorted(site.glob(SYNTHESIS.replace(".html", "*.html")))
    countries = site.glob("cop-assessment-*.html")
    return [*regions, *sorted(countries, key=lambda path: _facts_of(path)["country"])]


def _facts_of(path):
    return facts(path.read_text(encoding="utf-8"))


def _report(site, path, failures, today):
    """Give what a row of the table says of one report."""
    about = _facts_of(path)
    annexes = sorted(site.glob(f"cop-annex-{about['iso3']}-*.html"))
    return {
        **{name: about[name] for name in ("country", "edition", "status")},
        "key": about["iso3"],
        "file": path.name,
        "regional": path.name.startswith(SYNTHESIS[:-5]),
        "cut_off": about["cut-off"],
        "days": (today - date.fromisoformat(about["cut-off"])).days,
        "failure": failures.get(about["iso3"]),
        "annexes": {p.name: p.stem[14:].replace("-", " ").replace("ict", "ICT") for p in annexes},
    }


def _write_baselines(folder, failures, style, today):
    """Write the first page of the desk baselines; give how many there are, None where there is
    no page.
    """
    pages = [
        {"country": _facts_of(p)["country"], "file": p.name, "failure": failures.get(p.stem[-3:])}
        for p in folder.glob("cop-baseline-*.html")
    ]
    if not pages and not failures:
        return None
    pages.sort(key=lambda page: _sorted_by(page["country"]))
    there = {page["file"][-8:-5] for page in pages}
    lost = {key: why for key, why in failures.items() if key not in there}
    folder.mkdir(parents=True, exist_ok=True)
    text = words.show("site", "of_baselines", pages, lost, style, today.isoformat())
    _replace(folder / "index.html", text)
    return len(pages)


def _sorted_by(name):
    """Give what a name is sorted by: its letters without their marks, so that São Tomé stands
    before Senegal.
    """
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").lower()


def _replace(path, text):
    """Write a page aside and put it in place, so that none is ever half written."""
    aside = path.with_name(f".{path.name}")
    try:
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)

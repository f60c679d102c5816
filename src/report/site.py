"""The first page of what is shared: every report with its status, its age, and whether the last run stood."""

import re
import unicodedata
from datetime import date
from html import escape
from pathlib import Path

from lxml import html

from contract import count
from report.names import SYNTHESIS

COVER = re.compile(r'<\w+ [^>]*class="cover[ "][^>]*>')
HEAD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Child Online Protection assessments</title>
<style>{style}</style></head><body><a class="skip" href="#content">Skip to the content</a><main id="content"><h1>Child Online Protection assessments</h1>
<p>Each report is one file that can be read offline, printed and passed on. Countries stand in alphabetical order and are not ranked.</p>
<div class="table wide" role="region" tabindex="0" aria-label="Reports"><table role="table"><caption>Reports</caption>
<thead><tr role="row"><th scope="col" role="columnheader">Report</th><th scope="col" role="columnheader">Edition</th><th scope="col" role="columnheader">Status</th>
<th scope="col" role="columnheader">Data cut-off</th><th scope="col" role="columnheader">Age</th><th scope="col" role="columnheader" class="annexes">Annexes</th></tr></thead><tbody>
"""
ROW = (
    '<tr role="row"><th scope="row" role="rowheader"><a href="{file}">{title}</a></th><td role="cell" data-label="Edition">{edition}</td>'
    '<td role="cell" data-label="Status">{status}</td><td role="cell" data-label="Data cut-off" class="id">{cut_off}</td>'
    '<td role="cell" data-label="Age">{age}</td><td role="cell" data-label="Annexes">{annexes}</td></tr>\n'
)
BASELINES = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Desk baselines for Child Online Protection</title>
<style>{style}</style></head><body><a class="skip" href="#content">Skip to the content</a><main id="content"><h1>Desk baselines</h1>
<p>{count} countries. A desk baseline is not an assessment: it shows published statistics, says in one sentence a chapter what
is still to be done, and lists what to collect. Countries stand in alphabetical order and are not ranked.</p>
<ul class="baselines">{links}</ul><p><a href="../index.html">The assessments</a></p>
<footer><p>Made on {day}.</p></footer></main></body></html>
"""


def write(site, failures, of_baselines, today):
    """Write index.html: what each report is, how old, and which of them the last run could not renew.

    `failures` maps ISO3 (or group) to a sentence; such a report is an earlier one, or there is none. `of_baselines`
    says the same of desk baselines, which have a page of their own and are never listed among the assessments.
    """
    style = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
    pages = [
        (p, facts(p.read_text(encoding="utf-8")))
        for p in sorted(site.glob("cop-assessment-*.html"))
    ]
    rows = [
        _row(site, page, about, failures, today)
        for page, about in sorted(pages, key=lambda x: x[1]["country"])
    ]
    shown = {about["iso3"] for _, about in pages}
    for region in sorted(
        site.glob(SYNTHESIS.replace(".html", "*.html")), reverse=True
    ):  # the main one comes first
        about = facts(region.read_text(encoding="utf-8"))
        rows.insert(0, _row(site, region, about, failures, today))
        shown.add(about["iso3"])
    lost = "".join(
        f"<p class='missing'>{escape(k)}: no report; the last run failed ({escape(v)}).</p>"
        for k, v in failures.items()
        if k not in shown
    )
    lost += _baselines(site / "baselines", of_baselines, style, today)
    end = f"</tbody></table></div>{lost}<footer><p>Made on {today.isoformat()}.</p></footer></main></body></html>\n"
    _replace(site / "index.html", HEAD.replace("{style}", style) + "".join(rows) + end)


def facts(text):
    """Give what a page says of itself on its cover: iso3, country, edition, status, cut-off; {} where it has none."""
    cover = COVER.search(text)
    told = html.fragment_fromstring(cover[0]).attrib if cover else {}
    return {k[5:]: v for k, v in told.items() if k.startswith("data-")}


def _baselines(folder, failures, style, today):
    """Write the first page of the desk baselines; give the line that leads to it, nothing where there are none."""
    pages = sorted(
        (
            (facts(p.read_text(encoding="utf-8"))["country"], p)
            for p in folder.glob("cop-baseline-*.html")
        ),
        key=_in_order,
    )
    if not pages and not failures:
        return ""
    links = "".join(
        f'<li><a href="{p.name}">{escape(country)}</a>{_stale(p.stem[-3:], failures)}</li>'
        for country, p in pages
    )
    there = {p.stem[-3:] for _, p in pages}
    lost = "".join(
        f"<li>{k}: no page; the last run failed ({escape(v)})</li>"
        for k, v in failures.items()
        if k not in there
    )
    folder.mkdir(parents=True, exist_ok=True)
    text = BASELINES.format(
        style=style, count=len(pages), links=links + lost, day=today.isoformat()
    )
    _replace(folder / "index.html", text)
    return f'<p><a href="baselines/index.html">Desk baselines</a> of {len(pages)} countries: statistics only, not assessments.</p>'


def _replace(path, text):
    """Write a page aside and put it in place, so that none is ever half written."""
    aside = path.with_name(f".{path.name}")
    try:
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _in_order(named):
    """Give what a name is sorted by: its letters without their marks, so that São Tomé stands before Senegal."""
    return unicodedata.normalize("NFKD", named[0]).encode("ascii", "ignore").lower()


def _stale(iso3, failures):
    return (
        f" <strong>stale: the last run failed ({escape(failures[iso3])})</strong>"
        if iso3 in failures
        else ""
    )


def _row(site, page, about, failures, today):
    failed = failures.get(about["iso3"])
    status = escape(about["status"]) + (
        f"<br><strong>stale: the last run failed ({escape(failed)})</strong>" if failed else ""
    )
    annexes = "<br>".join(
        f'<a href="{p.name}">{p.stem[14:].replace("-", " ").replace("ict", "ICT")}</a>'
        for p in sorted(site.glob(f"cop-annex-{about['iso3']}-*.html"))
    )
    title = (
        "Regional synthesis: " + about["country"]
        if page.name.startswith(SYNTHESIS[:-5])
        else about["country"]
    )
    return ROW.format(
        file=page.name,
        title=escape(title),
        edition=escape(about["edition"]),
        status=status,
        cut_off=about["cut-off"],
        age=_age(date.fromisoformat(about["cut-off"]), today),
        annexes=annexes or "none",
    )


def _age(cut_off, today):
    days = (today - cut_off).days
    if days < 31:
        return "under a month"
    return count(days // 30, "month") if days < 730 else count(days // 365, "year")

"""The first page of what is shared: every report with its status, its age, and whether the last run stood."""

import re
from datetime import date
from html import escape

from lxml import html

from batch.keys import SOURCE
from batch.plan import SYNTHESIS

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


def write(site, failures, today):
    """Write index.html: what each report is, how old, and which of them the last run could not renew.

    `failures` maps ISO3 (or group) to a sentence; such a report is an earlier one, or there is none.
    """
    style = (SOURCE / "report" / "report.css").read_text(encoding="utf-8")
    pages = [(p, facts(p.read_text(encoding="utf-8"))) for p in sorted(site.glob("cop-assessment-*.html"))]
    rows = [_row(site, page, about, failures, today) for page, about in sorted(pages, key=lambda x: x[1]["country"])]
    shown, region = {about["iso3"] for _, about in pages}, site / SYNTHESIS
    if region.exists():
        about = facts(region.read_text(encoding="utf-8"))
        rows.insert(0, _row(site, region, about, failures, today))
        shown.add(about["iso3"])
    lost = "".join(
        f"<p class='missing'>{escape(k)}: no report; the last run failed ({escape(v)}).</p>"
        for k, v in failures.items()
        if k not in shown
    )
    end = f"</tbody></table></div>{lost}<footer><p>Made on {today.isoformat()}.</p></footer></main></body></html>\n"
    (site / "index.html").write_text(HEAD.replace("{style}", style) + "".join(rows) + end, encoding="utf-8")


def facts(text):
    """Give what a page says of itself on its cover: iso3, country, edition, status, cut-off; {} where it has none."""
    cover = COVER.search(text)
    told = html.fragment_fromstring(cover[0]).attrib if cover else {}
    return {k[5:]: v for k, v in told.items() if k.startswith("data-")}


def _row(site, page, about, failures, today):
    failed = failures.get(about["iso3"])
    status = escape(about["status"]) + (
        f"<br><strong>stale: the last run failed ({escape(failed)})</strong>" if failed else ""
    )
    annexes = "<br>".join(
        f'<a href="{p.name}">{p.stem[14:].replace("-", " ").replace("ict", "ICT")}</a>'
        for p in sorted(site.glob(f"cop-annex-{about['iso3']}-*.html"))
    )
    title = "Regional synthesis: " + about["country"] if page.name == SYNTHESIS else about["country"]
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
    return "under a month" if days < 31 else f"{days // 30} months" if days < 730 else f"{days // 365} years"

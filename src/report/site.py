"""The first pages of what is shared: every report with its status, its age, its editions, and
whether the last run stood.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from lxml import html
from markupsafe import Markup

from report import sheet, words
from report.names import SYNTHESIS

COVER = re.compile(r'<\w+ [^>]*class="cover[ "][^>]*>')
DISPUTE = re.compile(r'<li class="dispute">.*?</li>', re.DOTALL)


def index(
    reports: Sequence[Mapping], lost: Mapping[str, str], baselines: int | None, today: date
) -> str:
    """Give the first page: what each report is, how old, and which the last run could not renew.

    A report is a mapping of key, cover (see `facts`), file, failure (a sentence or ""), annexes
    (file names) and editions (mappings of cover, file and failure, the newest first). `lost` says
    {what: why} of what has no page. `baselines` is how many there are, None without a page of them.
    """
    rows = [_row(report, today) for report in reports]
    return words.show(
        "site", "index", rows, dict(lost), baselines, Markup(sheet.text()), today.isoformat()
    )


def of_baselines(pages: Sequence[Mapping], lost: Mapping[str, str], today: date) -> str:
    """Give the first page of the desk baselines, which are never listed among the assessments."""
    shown = [
        {"country": p["cover"]["country"], "file": p["file"], "failure": p["failure"]}
        for p in pages
    ]
    shown.sort(key=lambda page: _sorted_by(page["country"]))
    return words.show(
        "site", "of_baselines", shown, dict(lost), Markup(sheet.text()), today.isoformat()
    )


def facts(text: str) -> dict[str, str]:
    """Give what a page says of itself on its cover: iso3, country, edition, status, cut-off; {}
    without one. `disputes` are the ratings that it shows both ways, a line each, if any.
    """
    cover = COVER.search(text)
    attributes = html.fragment_fromstring(cover[0]).attrib if cover else {}
    facts = {name[5:]: value for name, value in attributes.items() if name.startswith("data-")}
    lines = [html.fragment_fromstring(one).text_content() for one in DISPUTE.findall(text)]
    return facts | ({"disputes": "\n".join(lines)} if lines else {})


def _row(report, today):
    """Give what a row of the table says of one report."""
    cover = report["cover"]
    return {
        **{name: cover[name] for name in ("country", "edition", "status")},
        "file": report["file"],
        "regional": report["file"].startswith(SYNTHESIS[:-5]),
        "cut_off": cover["cut-off"],
        "days": (today - date.fromisoformat(cover["cut-off"])).days,
        "failure": report["failure"],
        "disputes": cover.get("disputes", "").splitlines(),
        "annexes": {name: _title(name) for name in report["annexes"]},
        "editions": [
            {"file": e["file"], "failure": e["failure"], **e["cover"]} for e in report["editions"]
        ],
    }


def _title(annex):
    return Path(annex).stem[14:].replace("-", " ").replace("ict", "ICT")


def _sorted_by(name):
    """Give what a name is sorted by: its letters without their marks, so that São Tomé stands
    before Senegal.
    """
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").lower()

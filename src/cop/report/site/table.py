"""The table of reports: every report with its status, its age, its editions, and whether the last
run stood; and the first page of desk baselines.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from markupsafe import Markup

from cop.report import formats, sheet, words
from cop.report.languages import gettext
from cop.report.site.told import Report, Told


def rows(told: Told) -> list[dict]:
    """Give, for the site's table of reports, what it says of each."""
    return [_row(report, told.today) for report in told.reports]


def of_baselines(pages: Sequence[Mapping], lost: Mapping[str, str], today: date) -> str:
    """Return the site's first page of desk baselines, never listed among the assessments."""
    shown = [{"country": page["cover"]["country"], **page} for page in pages]
    shown.sort(key=lambda page: formats.placed(page["country"]))
    given = dict(lost), Markup(sheet.of_site()), today.isoformat()
    return words.show("site/baselines", "page", shown, *given)


def _row(report: Report, today):
    cover = report.cover
    return {
        **{name: cover[name] for name in ("country", "edition", "status")},
        "file": report.file,
        "regional": report.regional,
        "cut_off": cover["cut-off"],
        "days": (today - date.fromisoformat(cover["cut-off"])).days,
        "failure": report.failure,
        "disputes": cover.get("disputes", "").splitlines(),
        "annexes": {name: _title(name) for name in report.annexes},
        "editions": [
            {"file": e["file"], "failure": e["failure"], **e["cover"]} for e in report.editions
        ],
    }


def _title(annex):
    number, name = Path(annex).stem[14:].replace("-", " ").replace("ict", "ICT").split(" ", 1)
    return f"{number} {gettext(name)}"

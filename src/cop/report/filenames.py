"""Determine the file names of pages from stages, countries and ids, and find pages in results."""

import re
from pathlib import Path

from cop.data import UserError
from cop.report.languages import SOURCE

REGION, BASELINE, ASSESSMENT = "7-regional-synthesis", "0-desk-baseline", "6-country-assessment"
SYNTHESIS = "cop-regional-synthesis.html"
KEY = re.compile(r"-([A-Z]{3})\b")
HOMES = {  # {stage: pattern of the ids on its page}
    "1-desktop-research": r"[A-Z]{3}-(?:[EL]\d+|evidence|instruments)",
    "2-stakeholder-mapping": r"[A-Z]{3}-(?:[OV]\d+|organisations|services)",
    "4-ict-statistics": r"[A-Z]{3}-(?:X\d+|figures|results)|definition-.+",
    "5-guideline-alignment": r"[A-Z]{3}-items-.+|proof-.+|[A-Z]{2}-\w+-\d\d|MNR-\d\d",
    ASSESSMENT: r"[A-Z]{3}-S\d+",
}


def of_stage(stage: str, key: str) -> str:
    """Return the file name of a stage's page for the country `key` (ISO3).

    For a regional synthesis, returns the name for the main group, whatever the key; for other
    groups, see `plan.of_region`.
    """
    if stage == REGION:
        return SYNTHESIS
    if stage == BASELINE:
        return f"cop-baseline-{key}.html"
    return f"cop-assessment-{key}.html" if stage == ASSESSMENT else f"cop-annex-{key}-{stage}.html"


def home_of(anchor: str, name: str = "") -> str:
    """Return the file name of the page that contains the id `anchor`.

    Returns "" for the page `name`, or if no pattern in HOMES matches the id. The page need not
    exist. The country is that of the id or, if it contains none, that of the page `name`.
    """
    stage = next((s for s, ids in HOMES.items() if re.fullmatch(ids, anchor)), "")
    key = re.match(r"([A-Z]{3})-(?!\d)", anchor) or KEY.search(name)
    home = of_stage(stage, key[1]) if stage and key else ""
    return "" if home == name else home


def ending(language: str) -> str:
    """Return the suffix of file names for a language, such as -uk, or "" for English."""
    return "" if language in ("", SOURCE) else f"-{language}"


def page_of(outputs: Path, key: str, annex: str = "", words: str = "") -> Path:
    """Return the path of the report of a country or group, or of an annex of a country.

    `outputs` is the folder of results in a language. `annex` is the number of the annex, or "" for
    the report. `words` are options of `cop run` that the error message repeats. Raises UserError if
    the number is invalid or the page does not exist.
    """
    if annex not in ("", "1", "2", "3", "4", "5"):
        raise UserError(f"there is no annex {annex!r}: use a number from 1 to 5")
    folder = outputs / key / "pages"
    reports = [of_stage(ASSESSMENT, key), SYNTHESIS.replace(".html", "*.html")]
    names = [f"cop-annex-{key}-{annex}-*.html"] if annex else reports
    page = next((path for name in names for path in folder.glob(name)), None)
    if page is None:
        what, fix = "report", f", or `cop run --group {key}{words}` if {key} is a group"
        if annex:
            what, fix = f"annex {annex}", "; groups have no annexes"
        raise UserError(
            f"{what} of {key} not found in {folder}: run `cop run {key}{words}`{fix}. A country "
            "without rows in its research folder has only a baseline"
        )
    return page

"""The file names of pages: which stage of which country or group stands in which file of the
site.
"""

import re
from pathlib import Path

from cop.data import Refused
from cop.report.languages import N_, SOURCE

REGION, BASELINE, ASSESSMENT = "7-regional-synthesis", "0-desk-baseline", "6-country-assessment"
ANNEXES = [  # how stages are called in links to their pages, and on their covers
    N_("desktop research"), N_("Annex 1: desktop research"),
    N_("stakeholder mapping"), N_("Annex 2: stakeholder mapping"),
    N_("surveys and interviews"), N_("Annex 3: surveys and interviews"),
    N_("Annex 4: ICT statistics"),
    N_("guideline alignment"), N_("Annex 5: guideline alignment"),
]  # fmt: skip
SYNTHESIS = "cop-regional-synthesis.html"
ANNEX = re.compile(r"cop-annex-[A-Z]{3}-(.+)\.html")
KEY = re.compile(r"-([A-Z]{3})\b")
HOMES = {  # the stage whose page shows what has an id
    "1-desktop-research": r"[A-Z]{3}-(?:[EL]\d+|evidence|instruments)",
    "2-stakeholder-mapping": r"[A-Z]{3}-(?:[OV]\d+|organisations|services)",
    "4-ict-statistics": r"[A-Z]{3}-(?:X\d+|figures|results)|definition-.+",
    "5-guideline-alignment": r"[A-Z]{3}-items-.+|proof-.+|[A-Z]{2}-\w+-\d\d|MNR-\d\d",
    ASSESSMENT: r"[A-Z]{3}-S\d+",
}


def of_stage(stage: str, key: str) -> str:
    """Return the file name of a stage's page for a country (ISO3) or group."""
    if stage == REGION:
        return SYNTHESIS
    if stage == BASELINE:
        return f"cop-baseline-{key}.html"
    return f"cop-assessment-{key}.html" if stage == ASSESSMENT else f"cop-annex-{key}-{stage}.html"


def stage_of(file: str) -> str:
    """Return the stage whose page has a file name, of whichever country; "" for another file."""
    if file == SYNTHESIS:
        return REGION
    if annex := ANNEX.fullmatch(file):
        return annex[1]
    kinds = {"cop-baseline-": BASELINE, "cop-assessment-": ASSESSMENT}
    return next((stage for begin, stage in kinds.items() if file.startswith(begin)), "")


def home_of(anchor: str, name: str = "") -> str:
    """Return the file of the page that shows an id which a page with this name lacks; "" if none.

    An id without a country, such as that of an item, is of the country of the page.
    """
    stage = next((s for s, ids in HOMES.items() if re.fullmatch(ids, anchor)), "")
    key = re.match(r"([A-Z]{3})-(?!\d)", anchor) or KEY.search(name)
    home = of_stage(stage, key[1]) if stage and key else ""
    return "" if home == name else home


def ending(language: str) -> str:
    """Return the ending of the names of files that speak a language; none in English."""
    return "" if language in ("", SOURCE) else f"-{language}"


def report_of(outputs: Path, iso3: str, words: str = "") -> Path:
    """Return the path of a country's report by how pages are named; raises Refused if there is
    none.

    The refusal says how it is made: by `cop run`, with more words for another language.
    """
    page = outputs / iso3 / "pages" / of_stage(ASSESSMENT, iso3)
    if not page.is_file():
        raise Refused(f"there is no report at {page}: `cop run {iso3}{words}` makes it")
    return page


def page_of(outputs: Path, key: str, annex: str = "", words: str = "") -> Path:
    """Return the path of a page by its file name: a report, an annex by its number, or a group's.

    Raises Refused where there is none, and says which annexes there are, or how it is made
    (`report_of`).
    """
    folder = outputs / key / "pages"
    if annex:
        annexes = {path.name.split("-")[3]: path for path in folder.glob(f"cop-annex-{key}-*.html")}
        if annex not in annexes:
            there = ", ".join(sorted(annexes)) or "none"
            raise Refused(f"{key} has no annex {annex}; there is: {there}")
        return annexes[annex]
    synthesis = folder / SYNTHESIS
    return synthesis if synthesis.is_file() else report_of(outputs, key, words)

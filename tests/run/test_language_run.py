"""A run in another language, whole: Zedland and its region, with a catalogue of a few words."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from babel.messages import Catalog, pofile
from conftest import ROOT, beside_its_base, laid_out
from lxml import html

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("language")]
REPORT = "cop-assessment-ZZZ.html"
SAID = {"Countries": "Країни", "Summary": "Стислий виклад"}


@pytest.fixture(scope="module")
def outputs(zedland, tmp_path_factory):
    """Return the outputs of a run in English and in Ukrainian, by a copy of the workspace whose
    catalogue says a few words.
    """
    place = tmp_path_factory.mktemp("workspace")
    for folder in ("src", "notebooks"):
        shutil.copytree(ROOT / folder, place / folder, ignore=shutil.ignore_patterns("*.po"))
    write_catalogue(place / "src" / "cop" / "report" / "locale" / "uk.po")
    data = beside_its_base(place)
    laid_out(zedland, place / "outputs")
    done = cop(place, "run", "--all", "--data", data, "--language", "en", "uk")
    assert done.returncode == 0, done.stdout + done.stderr
    return place / "outputs"


def write_catalogue(path):
    catalogue = Catalog(locale="uk")
    catalogue.add("Countries", SAID["Countries"])
    catalogue.add("## Summary", f"## {SAID['Summary']}", context="6-country-assessment/b3e1cf34")
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        pofile.write_po(file, catalogue)


def cop(place, *words):
    return subprocess.run(
        [sys.executable, "-m", "cop", *map(str, words), "--outputs", place / "outputs"],
        env=os.environ | {"PYTHONPATH": str(place / "src")},
        cwd=place,
        capture_output=True,
        text=True,
    )


def pages(site):
    """Return {address: tree} of all pages below a folder, those of other languages left out."""
    found = {p.relative_to(site).as_posix(): p for p in site.rglob("*.html")}
    return {at: html.parse(p).getroot() for at, p in found.items() if not at.startswith("uk/")}


def test_what_is_handed_on_is_the_same_in_both(outputs):
    english = {p.relative_to(outputs): p.read_bytes() for p in outputs.glob("Z*/tables/*.csv")}
    other = outputs / "languages" / "uk"
    assert len(english) > 20
    assert english == {p.relative_to(other): p.read_bytes() for p in other.glob("Z*/tables/*.csv")}


def test_addresses_ids_and_figures_are_the_same_in_both(outputs):
    """What a picture calls its own parts is of its words: no link leads there."""
    ids = "//main//*[not(ancestor-or-self::figure or ancestor-or-self::svg)]/@id"
    english, other = pages(outputs / "site"), pages(outputs / "site" / "uk")
    assert other.keys() == english.keys()
    for at, tree in english.items():
        assert other[at].xpath(ids) == tree.xpath(ids), at
        assert len(other[at].xpath("//figure")) == len(tree.xpath("//figure")), at


def test_each_page_speaks_its_language_and_no_other(outputs):
    for at, tree in pages(outputs / "site").items():
        assert tree.get("lang") == "en" and not set(SAID.values()) & set(tree.itertext()), at
    ukrainian = pages(outputs / "site" / "uk")
    assert {tree.get("lang") for tree in ukrainian.values()} == {"uk"}
    assert SAID["Countries"] in ukrainian["index.html"].find(".//header").text_content()
    assert SAID["Summary"] in ukrainian[REPORT].find(".//h2").text_content()


def test_pages_that_were_made_together_are_not_told_apart(outputs):
    """What one language alone reads, such as names of countries, tells nothing."""
    texts = (page.read_text(encoding="utf-8") for page in (outputs / "site").rglob("*.html"))
    assert not [text for text in texts if "same state of data and code" in text]


def test_every_link_of_the_site_leads_somewhere(outputs):
    site, lost = outputs / "site", []
    for page in site.rglob("*.html"):
        for way in set(re.findall(r'(?:href)="([^"#:]+)[#"]', page.read_text(encoding="utf-8"))):
            if not (page.parent / way.split("?")[0]).exists():
                lost.append((page.relative_to(site).as_posix(), way))
    assert not lost

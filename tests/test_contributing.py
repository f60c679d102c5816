"""CONTRIBUTING.md: each way to add something is tried here as it is written there."""

import csv
import json
import re
import shutil

import pytest
from conftest import DATA, ROOT, ZEDLAND
from pagetext import said

from cop import main
from helpers import countries, indicators
from report import charts, figure, words
from report.charts import drawing
from report.charts.rows import rows

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FORMS = "reference/questionnaires"


def test_the_files_it_names_are_there():
    named = re.findall(r"`((?:src|data|docs|notebooks|tests)/[\w./-]+)`", TEXT)
    links = re.findall(r"\]\(([^)]+)\)", TEXT)
    later = {"data/restricted/", "tests/report/test_charts.py"}  # made by use; mirrors src
    assert len(named) > 15
    assert not [n for n in [*named, *links] if n not in later and not (ROOT / n).exists()]


def test_each_way_takes_five_steps():
    ways = re.findall(r"^\*\*An? [a-z ]+\*\*.*?:\n((?:\d\. .*\n(?:   .*\n)*)+)", TEXT, re.MULTILINE)
    assert [len(re.findall(r"^\d\. ", way, re.MULTILINE)) for way in ways] == [5] * 5


@pytest.fixture
def data(tmp_path):
    """Give a copy of data/ and of Zedland beside each other, as the repository has them."""
    shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("restricted"))
    shutil.copytree(ZEDLAND, tmp_path / "tests" / "zedland")
    return tmp_path


def test_an_indicator_stands_in_the_table_after_four_steps(data):
    catalogue = data / "data" / "statistics" / "indicator_catalogue.csv"
    heading, some = list(csv.reader(catalogue.open(encoding="utf-8")))[:2]
    some = dict(zip(heading, some, strict=True))
    row = {"indicator_code": "NEW.ONE", "name": "Something new", "unit": "% of schools"}
    filled = [row.get(name) or some.get(name, "") for name in heading]
    with catalogue.open("a", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerow(filled)
    values = data / "tests" / "zedland" / "statistics" / "indicators.csv"
    some = values.read_text(encoding="utf-8").splitlines()[1].split(",")
    heading = values.read_text(encoding="utf-8").splitlines()[0].split(",")
    new = dict(zip(heading, some, strict=True)) | {"iso3": "ZZZ", "indicator_code": "NEW.ONE"}
    new |= {"year": "2024", "value": "41.5"}
    with values.open("a", encoding="utf-8") as handle:
        handle.write(",".join(new[name] for name in heading) + "\n")
    contract = data / "data" / "datapackage.json"
    package = json.loads(contract.read_text(encoding="utf-8"))
    table = next(t for t in package["cop:handedOn"] if t["name"] == "key_figures")
    column = next(f for f in table["fields"] if f["name"] == "indicator_code")
    column["categories"].insert(1, {"value": "NEW.ONE", "label": "New"})
    contract.write_text(json.dumps(package, ensure_ascii=False), encoding="utf-8")
    place = countries.find("ZZZ", str(data / "tests" / "zedland"), str(data / "tables"), "2026")
    figures = indicators.key_figures(place)
    assert list(figures.indicator_code[:2]) == ["IT.NET.USER.ZS", "NEW.ONE"]
    assert "Something new | % of schools | 41.5 | 2024" in said(
        indicators.figure_table(figures, place)
    )


def test_a_chart_is_a_function_a_macro_and_a_helper(tmp_path, monkeypatch):
    @drawing.chart
    def stars(frame, caption):
        axes, at = rows(frame.value)
        axes.scatter(frame.value, at, marker="*")
        return figure.shown(drawing.svg(axes.figure, caption), caption, frame)

    monkeypatch.setattr(charts, "stars", stars, raising=False)
    monkeypatch.setattr(charts, "KINDS", (*charts.KINDS, "stars"))
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    words._environment.cache_clear(), words._module.cache_clear()
    macro = (
        '{% macro two(frame) %}{{ charts.stars(frame, title=_("Two"), subtitle=_("Stars, 2026"), '
        'n=_("two rows"), source=_("us, 2026"), definition=_("A star a row."), alt=_("Two stars")) '
        "}}{% endmacro %}"
    )
    (tmp_path / "9-new.j2").write_text(macro, encoding="utf-8")
    try:
        shown = words.show("9-new", "two", indicators.pd.DataFrame({"value": [1, 2]}))
    finally:
        words._environment.cache_clear(), words._module.cache_clear()
    assert said(shown).startswith("Two Stars, 2026 [alt] Two stars Based on two rows.")


def test_a_question_is_in_every_form_and_in_english_until_it_is_translated(data):
    form = data / "data" / FORMS / "parents_survey.yml"
    old = '      - {id: carer, type: one, choices: carer, label: "You are the child\'s"'
    new = '      - {id: pets, type: yes_no, label: "Is there a pet at home?"}\n'
    form.write_text(form.read_text(encoding="utf-8").replace(old, new + old, 1), encoding="utf-8")
    limesurvey = data / "forms" / "parents_survey" / "parents_survey-2026-1-limesurvey.txt"
    call = ["forms", "parents_survey", "--data", str(data / "data"), "--out", str(data / "forms")]
    assert main.main(call) == 0
    assert limesurvey.read_text(encoding="utf-8-sig").count("Is there a pet at home?") == 8
    ukrainian = data / "data" / FORMS / "languages" / "uk.yml"
    line = '\ntexts:\n  "Is there a pet at home?": "Чи є вдома тварина?"'
    text = ukrainian.read_text(encoding="utf-8").replace("\ntexts:", line, 1)
    ukrainian.write_text(text, encoding="utf-8")
    assert main.main(call) == 0
    told = limesurvey.read_text(encoding="utf-8-sig")
    assert told.count("Is there a pet at home?") == 7 and told.count("Чи є вдома тварина?") == 1

"""CONTRIBUTING.md: each way to add something is tried here as it is written there."""

import csv
import json
import re
import shutil

import pytest
from conftest import DATA, ROOT, ZEDLAND
from pagetext import said

import cop.data
from cop.cli import main
from cop.report import filenames
from cop.run import plan
from helpers import countries, indicators, show

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FORMS = "reference/questionnaires"


def test_the_files_it_names_are_there():
    named = re.findall(r"`((?:src|data|docs|notebooks|tests)/[\w./-]+)`", TEXT)
    links = re.findall(r"\]\(([^)]+)\)", TEXT)
    later = {"data/restricted/"}  # made by use
    assert len(named) > 15
    assert not [n for n in [*named, *links] if n not in later and not (ROOT / n).exists()]


def test_each_way_takes_five_steps():
    ways = re.findall(r"^\*\*An? [a-z ]+\*\*.*?:\n((?:\d\. .*\n(?:   .*\n)*)+)", TEXT, re.MULTILINE)
    assert [len(re.findall(r"^\d\. ", way, re.MULTILINE)) for way in ways] == [5] * 6


@pytest.fixture
def data(tmp_path):
    """Return a copy of data/ and of Zedland beside each other, as the repository has them."""
    shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("restricted"))
    shutil.copytree(ZEDLAND, tmp_path / "tests" / "zedland")
    return tmp_path


def add_row(path, **cells):
    """Add a row to a table: the cells given, and those of its first row elsewhere."""
    with path.open(encoding="utf-8", newline="") as handle:
        heading, first = list(csv.reader(handle))[:2]
    row = dict(zip(heading, first, strict=True)) | cells
    with path.open("a", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerow(row.values())


def add_to_contract(folder, change):
    """Change the datapackage.json of a copy of data/ by a function of its `cop:handedOn`."""
    path = folder / "data" / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    change(package["cop:handedOn"])
    path.write_text(json.dumps(package, ensure_ascii=False), encoding="utf-8")


def add_indicator(folder, sources):
    """Add the indicator NEW.ONE of the new data set NEW_SET, as its steps say, to `sources`."""
    shared, own = folder / "data" / "statistics", folder / "tests" / "zedland" / "statistics"
    new = {"indicator_code": "NEW.ONE", "source_id": "NEW_SET"}
    name = {"name": "Something new", "unit": "% of schools"}
    add_row(shared / "indicator_catalogue.csv", **new, **name)
    for place in sources:
        add_row(folder / place / "statistics" / "sources.csv", source_id="NEW_SET", short="New set")
    add_row(own / "indicators.csv", **new, iso3="ZZZ", year="2024", value="41.5")

    def categories(tables):
        fields = next(t for t in tables if t["name"] == "key_figures")["fields"]
        column = next(f for f in fields if f["name"] == "indicator_code")
        column["categories"].insert(1, {"value": "NEW.ONE", "label": "New"})

    add_to_contract(folder, categories)


def zedland_of(folder):
    zedland = str(folder / "tests" / "zedland")
    return countries.find("ZZZ", zedland, str(folder / "tables"), "2026")


@pytest.mark.slow
def test_an_indicator_stands_in_the_table_with_its_source_after_four_steps(data):
    add_indicator(data, ("data", "tests/zedland"))
    for folder in ("data", "tests/zedland"):
        assert main.main(["check", "--data", str(data / folder)]) == 0
    figures = indicators.key_figures(place := zedland_of(data))
    assert list(figures.indicator_code[:2]) == ["IT.NET.USER.ZS", "NEW.ONE"]
    statistics = show.Templates("4-ict-statistics")
    table = said(statistics.figure_table(figures, place, "Region", indicators.MAX_AGE))
    assert "Something new | % of schools | 41.5 | 2024" in table and "[New set]" in table


def test_zedland_has_a_register_of_data_sets_of_its_own(data, capsys):
    add_indicator(data, ("data",))
    assert main.main(["check", "--data", str(data / "tests" / "zedland")]) == 2
    assert "'NEW_SET' is not an id of statistics_sources" in capsys.readouterr().out


@pytest.mark.slow
def test_a_question_is_in_every_form_and_in_english_until_it_is_translated(data):
    form = data / "data" / FORMS / "parents_survey.yml"
    old = '      - {id: carer, type: one, choices: carer, label: "You are the child\'s"'
    new = '      - {id: pets, type: yes_no, label: "Is there a pet at home?"}\n'
    text = form.read_text(encoding="utf-8").replace(old, new + old, 1)
    text = re.sub(r"\nearlier: .*", "", text)
    text = re.sub(r'\nversion: ("[^"]+")', r'\nversion: "2099-1"\nearlier: [\1]', text)
    form.write_text(text, encoding="utf-8")
    limesurvey = data / "forms" / "parents_survey" / "parents_survey-2099-1-limesurvey.txt"
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


def test_a_stage_stands_between_two_others_and_its_page_is_an_annex(data):
    n = "5-new"
    later = plan.STAGES.index("5-guideline-alignment") + 1
    stages = [*plan.STAGES[:later], n, *plan.STAGES[later:], plan.REGION]
    assert stages == sorted(stages)
    assert filenames.of_stage(n, "ZZZ") == "cop-annex-ZZZ-5-new.html"


def test_a_stage_hands_on_a_table_once_the_contract_names_it(data):
    titles = {"iso3": "Country", "section": "Section"}
    fields = [{"name": name, "title": title, "type": "string"} for name, title in titles.items()]
    frame = indicators.pd.DataFrame({"section": ["research"]})
    with pytest.raises(LookupError):
        cop.data.hand_on(frame, "watch_list", zedland_of(data))
    table = {"name": "watch_list", "stage": 5, "description": "Invented.", "fields": fields}
    add_to_contract(data, lambda tables: tables.append(table))
    place = zedland_of(data)
    cop.data.hand_on(frame, "watch_list", place)
    assert list(cop.data.handed_on("watch_list", place).section) == ["research"]

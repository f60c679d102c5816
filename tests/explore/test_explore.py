"""explore.ipynb without a browser: every answer is a helper's, as is the call that is copied."""

import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import nbformat
import pandas as pd
import papermill
import pytest
from conftest import DATA, ROOT, ZEDLAND

import cop.data
from cop.cli import main
from cop.explore import coding, economies, form, gaps, lab, tables, views
from cop.explore.calls import call
from cop.explore.choice import Choice
from cop.explore.several import Several
from helpers import alignment, countries, cybersecurity, evidence, indicators, stakeholders

MODULES = {
    m.__name__.rpartition(".")[2]: m
    for m in (alignment, coding, cybersecurity, economies, evidence, gaps, indicators, stakeholders)
}
VIEWS = (
    views.over_time,
    views.on_map,
    views.two_figures,
    views.statements,
    views.organisations,
    views.items,
    views.coder_differences,
    views.pillars,
    views.missing,
)
NOTEBOOK = nbformat.read(ROOT / "notebooks" / "explore.ipynb", 4)
CODE = [c for c in NOTEBOOK.cells if c.cell_type == "code"]


@pytest.fixture(scope="module")
def ukraine(tmp_path_factory):
    return Choice(str(DATA), str(tmp_path_factory.mktemp("outputs")), "UKR")


@pytest.fixture
def alone(tmp_path):
    """Return Ukraine as a choice of its own: views that other tests made do not follow it."""
    return Choice(str(DATA), str(tmp_path), "UKR")


def shown(view):
    """Return the panels that a view shows."""
    return list(view._answer.children)


def same(one, other):
    return one.equals(other) if isinstance(one, pd.DataFrame) else str(one) == str(other)


def pasted(text, place):
    """Return what the lines give to a person who pastes them, with what they import and no more; no
    frame may hide a helper.
    """
    *steps, last = text.split("\n")
    names = {"place": place}
    exec("\n".join(steps), names)
    assert not [name for name in MODULES if names.get(name, MODULES[name]) is not MODULES[name]]
    return eval(last, names)


# The notebook


def test_notebook_holds_one_call_per_cell_and_none_stands_open():
    assert all(c.metadata["jupyter"]["source_hidden"] for c in CODE)
    assert not [
        c.source
        for c in CODE
        if re.search(r"\b(def|class|for|while|plt|seaborn|matplotlib)\b", c.source)
    ]
    calls = [c.source for c in CODE if c.source.startswith("views.")]
    assert all("\n" not in c for c in calls) and len(calls) == len(VIEWS) + 1


def test_notebook_is_kept_without_outputs():
    assert not [c for c in CODE if c.outputs or c.execution_count]
    content = nbformat.from_dict(NOTEBOOK)
    lab.save_without_outputs({"type": "notebook", "content": content})
    assert content == NOTEBOOK


def test_notebook_has_what_a_copied_call_names():
    code = "\n".join(c.source for c in CODE)
    lines = re.findall(r"from (?:cop.explore|helpers) import (.*)", code)
    imported = set(re.findall(r"\w+", " ".join(lines)))
    assert set(MODULES) <= imported


@pytest.mark.slow
def test_notebook_runs_on_zedland_without_an_error(tmp_path):
    told = papermill.execute_notebook(
        ROOT / "notebooks" / "explore.ipynb",
        tmp_path / "explore.ipynb",
        {"iso3": "ZZZ", "data": "../tests/zedland", "outputs": str(tmp_path)},
        cwd=str(ROOT / "notebooks"),
        progress_bar=False,
    )
    drawn = [c for c in told.cells if c.cell_type == "code" and c.outputs]
    assert len(drawn) == len(VIEWS) + 2
    assert all("application/vnd.jupyter.widget-view+json" in c.outputs[-1].data for c in drawn)


# The country


def test_picker_offers_every_country_and_those_assessed_first(ukraine):
    titles = [title for title, _ in ukraine._countries.options]
    begun = countries.begun(str(DATA))
    assert len(titles) == len(countries.names(str(DATA))) and len(titles) >= 248
    assert (
        all(", edition 20" in t for t in titles[: len(begun)])
        and "edition" not in titles[len(begun)]
    )


def test_picker_stands_where_a_helper_asks_for_a_place(ukraine):
    place = countries.find("UKR", str(DATA), "", ukraine.edition)
    assert evidence.filter_statements(ukraine).equals(evidence.filter_statements(place))


def test_picker_remembers_the_country_and_starts_with_it(tmp_path):
    first = Choice(str(DATA), str(tmp_path))
    first._countries.value = "GEO"
    assert Choice(str(DATA), str(tmp_path)).iso3 == "GEO"
    assert Choice(str(DATA), str(tmp_path), "MDA").iso3 == "MDA"


def test_site_reads_the_address_and_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5")
    monkeypatch.setenv("QUERY_STRING", "iso3=SRB")
    place = Choice(str(DATA), str(tmp_path))
    assert place.iso3 == "SRB"
    place._countries.value = "GEO"
    assert list(tmp_path.iterdir()) == [] and views.add(place) is None


def test_a_change_of_country_draws_each_view_once(alone):
    drawn = Counter()
    alone.when_changed(lambda: drawn.update(["once"]))
    alone._countries.value = "GEO"
    assert drawn["once"] == 1 and alone.name == "Georgia"


@pytest.mark.slow
def test_every_economy_shows_what_statistics_say_and_no_traceback(alone):
    made = [view(alone) for view in VIEWS]
    for iso3 in ("FRA", "TUV", "VAT", "ATA", "UKR"):
        alone._countries.value = iso3
        assert all(shown(view) for view in made)
        told = " ".join(str(p._answer) for p in shown(made[0]))
        assert alone.name in told or "nobody of those chosen has a value" in told


@pytest.mark.slow
def test_an_earlier_edition_is_read_from_where_it_is_kept_and_takes_no_rows(tmp_path):
    data = tmp_path / "data"
    shutil.copytree(DATA, data, ignore=shutil.ignore_patterns("restricted"))
    assert main.main(["new", "UKR", "--edition", "2028", "--data", str(data)]) == 0
    place = Choice(str(data), str(tmp_path), "UKR")
    made = form.Form(place)
    assert (
        list(place._editions.options) == ["2028", "2026"]
        and place.edition == "2028"
        and place.present
    )
    place._editions.value = "2026"
    assert place.data == str(data / "editions" / "2026") and len(evidence.filter_statements(place))
    assert "kept as it was" in made._answer.value and made._buttons.layout.display == "none"


@pytest.mark.slow
def test_a_country_just_begun_is_empty_and_says_so(tmp_path):
    data = tmp_path / "data"
    shutil.copytree(DATA, data, ignore=shutil.ignore_patterns("restricted"))
    assert main.main(["new", "NOR", "--data", str(data)]) == 0
    place = Choice(str(data), str(tmp_path), "NOR")
    made = [view(place) for view in VIEWS]
    told = shown(made[VIEWS.index(views.statements)])[0]._output.outputs[0]["data"]["text/html"]
    assert "no row is recorded" in told and all(shown(view) for view in made)
    assert views.add(place).row()["evidence_id"] == "NOR-E01"


# The views


LONG = (views.over_time, views.on_map, views.items, views.two_figures, views.coder_differences)
SOME_LONG = [pytest.param(v, marks=pytest.mark.slow) if v in LONG else v for v in VIEWS]


@pytest.mark.parametrize("make", SOME_LONG, ids=lambda v: v.__name__)
def test_the_copied_call_gives_what_is_shown_wherever_controls_stand(ukraine, make):
    view = make(ukraine)
    for name, control in view._controls.items():
        options = [value for _, value in getattr(control, "options", [])]
        options = options or [(), ("GEO", "MDA"), ()] * isinstance(control, Several)
        for value in dict.fromkeys([*options[:3], *options[-1:]]) or ["school", "no such word"]:
            control.value = value
            for panel in shown(view):
                text = panel._part.call.text
                assert same(pasted(text, ukraine), panel._answer), text
        control.value = options[0] if options else ""
        assert name


@pytest.mark.parametrize("make", VIEWS, ids=lambda v: v.__name__)
def test_a_view_reckons_its_answer_in_half_a_second_on_all_economies(ukraine, make):
    """In seconds of the processor, so that what else a machine does is not counted."""
    view, took = make(ukraine), {}
    for name, control in view._controls.items():
        options = [value for _, value in getattr(control, "options", [])]
        start = time.process_time()
        control.value = ("GEO", "MDA") if isinstance(control, Several) else (options or [""])[-1]
        took[name] = time.process_time() - start
    print(make.__name__, {name: round(seconds, 2) for name, seconds in took.items()})
    assert max(took.values()) < 0.5, took


def test_a_call_in_the_notebook_runs_in_a_stage_as_well(ukraine, place):
    view = views.statements(ukraine)
    view._controls["section"].value = "education"
    text = shown(view)[0]._part.call.text
    assert text.split("\n") == [
        "from helpers import evidence",
        'evidence.filter_statements(place, section="education")',
    ]
    assert set(pasted(text, place).section) <= {"Education"}


@pytest.mark.parametrize("make", VIEWS, ids=lambda v: v.__name__)
def test_every_copied_call_runs_in_a_notebook_of_a_country_that_has_imported_nothing(ukraine, make):
    stage = countries.find("UKR", str(DATA), "", ukraine.edition)
    for panel in shown(make(ukraine)):
        assert same(pasted(panel._part.call.text, stage), panel._answer)


def key_figures(place):
    return pd.DataFrame({"code": ["a", "b"], "value": [1, 2]})


def figure_table(figures, place, unit="%"):
    return f"{place.iso3}: {figures.value.sum()} {unit}"


def both(figures, evidence):
    return f"{len(figures)} and {len(evidence)}"


def test_a_call_that_shows_a_frame_is_copied_with_the_line_that_makes_it(ukraine, monkeypatch):
    monkeypatch.setitem(sys.modules, "test_explore", sys.modules[__name__])
    figures = call(key_figures, ukraine)
    made = call(figure_table, ukraine, figures, unit="years")
    assert made.text.split("\n") == [
        "import test_explore",
        "figures = test_explore.key_figures(place)",
        'test_explore.figure_table(figures, place, unit="years")',
    ]
    assert pasted(made.text, ukraine) == made.result() == "UKR: 3 years"
    two = call(both, ukraine, figures, call(evidence.filter_statements, ukraine, section="education"))
    assert "evidence_frame = evidence.filter_statements(place" in two.text
    assert two.text.endswith("test_explore.both(figures, evidence_frame)")
    assert pasted(two.text, ukraine) == two.result()


def test_evidence_is_filtered_by_section_type_confidence_and_words(ukraine):
    every, known = evidence.filter_statements(ukraine), cop.data.labels("evidence", "section", ukraine.data)
    assert len(every) == len(countries.verified("evidence", ukraine))
    for section in every.section.unique():
        key = next(k for k, title in known.items() if title == section)
        assert len(evidence.filter_statements(ukraine, section=key)) == (every.section == section).sum()
    for kind in every.type.unique():
        assert len(evidence.filter_statements(ukraine, source_type=kind)) == (every.type == kind).sum()
    two = evidence.filter_statements(ukraine, words="ONLINE children")
    assert 0 < len(two) < len(every)
    assert all(
        "online" in t and "children" in t
        for t in (two.statement + two.remark + two.title).str.casefold()
    )
    texts = every.statement + every.remark + every.title
    assert (
        len(evidence.filter_statements(ukraine, words="(")) == texts.str.contains("(", regex=False).sum() > 0
    )  # no pattern


def test_beside_draws_each_named_country_once_and_the_median(ukraine):
    frame = indicators.over_years(ukraine, "IT.NET.USER.ZS", beside=("ALB", "FRA", "UKR", "ALB"))
    assert list(dict.fromkeys(frame.series)) == ["Ukraine", "Regional median", "Albania", "France"]
    assert not frame.duplicated(["series", "year"]).any()


def test_an_item_shows_each_row_it_stands_on(ukraine):
    items = alignment.adjudicated(ukraine)
    for row in alignment.filter_items(ukraine, status="in place").itertuples():
        rows = alignment.item_evidence(items, ukraine, row.item_id)
        assert "; ".join(rows.id) == row.evidence_ids and rows.says.notna().all()
    with pytest.raises(LookupError):
        alignment.item_evidence(items, ukraine, "no such item")


def test_gaps_count_what_the_stages_count(ukraine):
    kinds = gaps.of(ukraine).kind.value_counts()
    judged = alignment.filter_items(ukraine)
    assert (
        kinds[gaps.KINDS["items"]]
        == judged.status.isin(["no public evidence", "not assessed"]).sum()
    )
    assert kinds.get(gaps.KINDS["unverified"], 0) == len(evidence.to_verify(ukraine))
    sections = evidence.by_section(countries.verified("evidence", ukraine), ukraine)
    assert kinds.get(gaps.KINDS["sections"], 0) == (sections.statements == 0).sum()
    assert gaps.of(ukraine, "unserved").empty and "PM-LEG-04" in served_in(ukraine)


def test_a_gap_that_no_recommendation_serves_says_what_comes_first(ukraine):
    place = countries.find("MKD", ukraine.data, "", ukraine.edition)
    left = gaps.of(place, "unserved").set_index("id")
    assert len(left) and not set(left.index) & served_in(place)
    assert left.so["MNR-20"].startswith("Work on media literacy was read")


def served_in(place):
    """Return the items and capabilities that the recommendations of a country name."""
    plan = cop.data.read("recommendations", place.data, place.iso3)
    return {one for cell in [*plan.item_ids, *plan.capability_ids] for one in cop.data.split(cell)}


def test_a_fault_in_the_data_is_told_and_not_thrown(tmp_path):
    shutil.copytree(ZEDLAND, tmp_path / "tests" / "zedland")
    (tmp_path / "data").symlink_to(DATA)
    data = tmp_path / "tests" / "zedland"
    path = data / "research" / "ZZZ" / "evidence.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace(",high,", ",hihg,", 1), encoding="utf-8"
    )
    view = views.statements(Choice(str(data), str(tmp_path), "ZZZ"))
    assert "hihg" in str(shown(view)[0]._answer) and "evidence.csv" in str(shown(view)[0]._answer)


# Tables and exports


def test_a_table_escapes_what_is_not_ours_and_says_what_is_missing():
    frame = pd.DataFrame(
        {
            "a": ["<script>x</script>", ""],
            "title": ["here", "there"],
            "url": ["https://x.org/?a=1&b=2", "javascript:x"],
        }
    )
    made = tables.shown(frame.assign(n=[1.5, None]), "Of <b>", {"a": "A", "title": "T", "n": "N"})
    assert "<script>x" not in made and "&lt;script&gt;x" in made and "Of &lt;b&gt;" in made
    assert "javascript:x" not in made and "https://x.org/?a=1&amp;b=2" in made
    assert "not stated" in made and tables.MISSING in made.replace('\\\\"', '"').replace('\\"', '"')


def test_a_table_holds_all_rows_and_asks_no_network(ukraine):
    frame = indicators.latest_of_all(ukraine, "WPP.POP.0014")
    made = tables.shown(frame, "All", views.ECONOMIES)
    assert all(
        str(name).replace("'", "&#39;") in made or not name.isascii() for name in frame.country
    )
    assert "http" not in re.sub(
        r"https://itables.org[^\s\"']*|https://datatables.net[^\s\"']*", "", made
    )


# The form


@pytest.fixture
def zedland_copy(tmp_path):
    """Zedland in a folder of its own, standing on the real contract."""
    shutil.copytree(ZEDLAND, tmp_path / "tests" / "zedland")
    (tmp_path / "data").symlink_to(DATA)
    return Choice(str(tmp_path / "tests" / "zedland"), str(tmp_path / "outputs"), "ZZZ")


def test_form_adds_a_statement_that_every_view_then_shows(zedland_copy):
    view, made = views.statements(zedland_copy), form.Form(zedland_copy)
    before = len(shown(view)[0]._answer)
    source = made._fields["source_id"].options[1][1]
    said = {
        "section": "education",
        "statement": "A new statement.",
        "source_id": source,
        "confidence": "low",
        "verified": "yes",
    }
    for name, value in said.items():
        made._fields[name].value = value
    made.check()
    assert "may be written" in made._answer.value
    made.add()
    assert "Added" in made._answer.value, made._answer.value
    assert len(shown(view)[0]._answer) == before + 1
    assert made._fields["statement"].value == ""  # ready for the next row


def test_form_says_at_once_that_a_source_seen_later_moves_the_cut_off(zedland_copy):
    made = form.Form(zedland_copy)
    made._kind.value = "source"
    said = {
        "title": "A page",
        "publisher": "Zed Press",
        "language": "en",
        "type": "website",
        "kind": "other web page",
        "hand": "first",
        "url": "https://example.org/new",
        "accessed": "2026-07-01",
        "verified": "yes",
    }
    for name, value in said.items():
        made._fields[name].value = value
    made.add()
    told = "Still to do: research/ZZZ/editions.csv, row 2, column cut_off"
    assert told in made._answer.value and "Move it to 2026-07-01" in made._answer.value


def test_form_loses_nothing_when_it_is_refused_or_left(zedland_copy):
    made = form.Form(zedland_copy)
    path = Path(zedland_copy.data) / "research" / "ZZZ" / "evidence.csv"
    before = path.read_bytes()
    made._fields["statement"].value = "Half a row."
    made.add()
    assert "refused" in made._answer.value and path.read_bytes() == before
    made._kind.value = "source"
    made._fields["title"].value = "A title"
    made._kind.value = "evidence"
    assert made._fields["statement"].value == "Half a row."
    made._kind.value = "source"
    assert made._fields["title"].value == "A title"


def test_form_of_a_country_not_begun_says_what_begins_it(alone):
    made = form.Form(alone)
    alone._countries.value = "FRA"
    assert "cop new FRA" in made._answer.value and made._buttons.layout.display == "none"
    alone._countries.value = "UKR"
    assert made._buttons.layout.display == ""


# The room


@pytest.mark.slow
def test_no_helper_and_no_stage_loads_a_widget():
    """A batch must not pay for them (ipywidgets itself comes in with papermill's progress bar)."""
    loads = (
        "import sys, cop.run.preload;"
        "sys.exit(any(m.split('.')[0] in ('itables',) for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", loads], cwd=ROOT).returncode == 0

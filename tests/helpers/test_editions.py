"""Editions: one kept beside the next, the study of 2020 beside today, and what must not be
compared.
"""

import csv
from datetime import date

import pandas as pd
import pytest
from conftest import DATA, ZEDLAND, call, copy_of_zedland, one_in
from lxml import html

import cop.data
from cop.cli import main
from cop.data import UserError
from cop.data.places import Country
from cop.research import editions as begun
from helpers import editions

STUDY = ["ALB", "BIH", "MNE", "MKD", "SRB", "MDA", "UKR", "GEO"]
TODAY = date(2027, 3, 1)


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def zed(tmp_path):
    """Return a copy of Zedland's data that may be changed."""
    return copy_of_zedland(tmp_path)


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """Return Zedland's data with an edition of 2028 in which one thing of each kind changed."""
    data = copy_of_zedland(tmp_path_factory.mktemp("two"))
    begun.begin("ZZZ", data, "2028", date(2026, 6, 30))  # the same cut-off: nothing is older
    folder = data / "research" / "ZZZ"
    edit(folder / "table_25.csv", "cyber_regulation,draft,", "cyber_regulation,in force,")
    rows = list(csv.DictReader((folder / "alignment.csv").open(encoding="utf-8")))
    first = next(
        r for r in rows if r["coder"] == "adjudicated" and r["status"] == "partly in place"
    )
    line = f"{first['item_id']},adjudicated,partly in place,"
    edit(folder / "alignment.csv", line, line.replace("partly in place", "in place"))
    edit(
        folder / "challenges.csv",
        "The action plan of Zedland ended in 2024",
        "The action plan of Zedland was renewed in 2027",
    )
    lines = (folder / "challenges.csv").read_text(encoding="utf-8").splitlines()
    gone = next(i for i in lines if i.startswith("ZZZ-C02"))
    added = next(i for i in lines if i.startswith("ZZZ-C03")).replace("ZZZ-C03", "ZZZ-C04", 1)
    added = added.replace("Neither a code nor a rule", "Neither a plan nor a budget")
    kept = [i for i in lines if i != gone] + [added]
    (folder / "challenges.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    edit(folder / "recommendations.csv", "ZZZ-R02,ZZZ-C02;", "ZZZ-R02,ZZZ-C04;")
    return data, first["item_id"]


def changes_of(**parts):
    """Return an invented change of each kind named, by part."""
    rows = [("2026", part, kind) for part, kinds in parts.items() for kind in kinds]
    return pd.DataFrame(rows, columns=["since", "part", "change"])


def of_part(frame, part):
    return frame[frame.part == part]


class TestTheStudyOf2020:
    @pytest.mark.parametrize("iso3", one_in(7, STUDY))
    def test_only_matters_of_record_are_compared(self, iso3):
        frame = editions.changes(iso3, DATA, "2020", "2026")
        cells = of_part(frame, "table_25")
        published = cop.data.read("table_25_2020", DATA).query("iso3 == @iso3")
        assert (
            cells.set_index("what").then.to_dict() == published.set_index("label").value.to_dict()
        )
        compared = set(cells.what[cells.change != "other rule"])
        assert compared == {"Lanzarote Convention", "Signed We Protect"}

    def test_what_is_not_held_is_said_and_a_figure_that_was_old_then_is_not_compared(self):
        frame = editions.changes("UKR", DATA, "2020", "2026")
        assert set(frame.part) == {"table_25", "figures"}
        assert "no judgement item by item" in editions.not_held(frame)
        figures = of_part(frame, "figures").set_index("what")
        values = cop.data.read("indicators", DATA).query(
            "iso3 == 'UKR' and indicator_code == 'IT.NET.USER.ZS'"
        )
        then = values[values.year < 2020].sort_values("year").iloc[-1]
        row = figures.loc["People using the internet (% of population)"]
        assert (row.then, row.change) == (f"{then.value:.1f} ({then.year})", "newer figure")
        assert figures.change["Covered by 5G (% of population)"] == "no value then"
        old = figures.then.str.contains("old") | figures.now.str.contains("old")
        children = figures[figures.index.str.startswith("Children aged")]
        assert children.then.str.endswith("(2015, old)").all() and len(children)
        assert set(children.change) == {"other age"}
        assert "other age" not in set(figures.change[~old])

    @pytest.mark.parametrize(
        ("published", "change"), [("yes", "same"), ("no", "changed"), ("1", "other rule")]
    )
    def test_a_yes_of_then_is_compared_with_the_register_of_today(self, zed, published, change):
        path = zed / "reference" / "table_25_2020.csv"
        lines = path.read_text(encoding="utf-8").splitlines()
        line = next(one for one in lines if one.startswith("ZZZ,lanzarote,"))
        *cells, _, source = line.split(",")
        edit(path, line, ",".join([*cells, published, source]))
        frame = of_part(editions.changes("ZZZ", str(zed), "2020", "2026"), "table_25")
        row = frame.set_index("what").loc["Lanzarote Convention"]
        assert (row.then, row.now, row.change) == (published, "party", change)


class TestTwoEditions:
    @pytest.mark.slow
    def test_the_earlier_one_is_kept_as_it_stood_and_both_pass_the_check(self, two, capsys):
        data, _ = two
        kept = data / "editions" / "2026" / "research" / "ZZZ"
        for path in sorted((ZEDLAND / "research" / "ZZZ").rglob("*.*")):
            assert (
                kept / path.relative_to(ZEDLAND / "research" / "ZZZ")
            ).read_bytes() == path.read_bytes()
        assert list(cop.data.read("editions", data, "ZZZ").edition) == ["2026", "2028"]
        assert list(editions.held("ZZZ", data)) == ["2020", "2026", "2028"]
        assert call(capsys, "check", "--data", data)[0] == 0

    def test_nothing_restricted_or_hidden_is_kept(self, zed):
        for name in ("restricted/contacts.csv", "research/ZZZ/.ipynb_checkpoints/evidence.csv"):
            (zed / name).parent.mkdir()
            (zed / name).write_text("not for others", encoding="utf-8")
        begun.begin("ZZZ", zed, "2028", TODAY)
        kept = [
            p.relative_to(zed / "editions" / "2026")
            for p in (zed / "editions").rglob("*")
            if p.is_file()
        ]
        assert kept and not [
            p for p in kept if p.parts[0] == "restricted" or any(i[0] == "." for i in p.parts)
        ]

    @pytest.mark.slow
    def test_a_fault_in_a_kept_edition_is_found_there(self, zed, capsys):
        begun.begin("ZZZ", zed, "2028", TODAY)
        kept = zed / "editions" / "2026" / "research" / "ZZZ" / "evidence.csv"
        edit(kept, ",high,,yes,", ",hgih,,yes,")
        status, out, _ = call(capsys, "check", "--data", zed)
        assert status == 2 and "editions/2026/research/ZZZ/evidence.csv, row" in out

    def test_what_changed_is_named_and_nothing_else(self, two):
        data, item = two
        frame = editions.changes("ZZZ", data, "2026", "2028")
        changed = frame[~frame.change.isin(editions.SAME)]
        assert [tuple(r) for r in changed[["part", "then", "now", "change"]].to_numpy()][:2] == [
            ("table_25", "draft", "in force", "changed"),
            ("alignment", "partly in place", "in place", "changed"),
        ]
        assert of_part(changed, "alignment").what.iloc[0].startswith(item)
        challenges = of_part(changed, "challenges")
        kinds = {"ZZZ-C01": "reworded", "ZZZ-C02": "no longer named", "ZZZ-C04": "new"}
        assert challenges.set_index(challenges.what.str[:7]).change.to_dict() == kinds
        recommendations = of_part(changed, "recommendations")
        assert dict(zip(recommendations.what.str[:7], recommendations.change, strict=True)) == {
            "ZZZ-R01": "addressed partly",  # as the actions of that day stood
            "ZZZ-R02": "addressed partly",
            "ZZZ-R03": "not addressed",
        }
        assert set(changed.part) == {"table_25", "alignment", "challenges", "recommendations"}

    @pytest.mark.slow
    def test_a_refreshed_figure_is_revised_newer_or_of_another_source(self, zed):
        begun.begin("ZZZ", zed, "2028", TODAY)
        path = zed / "statistics" / "indicators.csv"
        rows = cop.data.read("indicators", zed).query("iso3 == 'ZZZ'").sort_values("year")
        last = rows.drop_duplicates("indicator_code", keep="last").set_index("indicator_code")
        with path.open(encoding="utf-8", newline="") as file:
            lines = list(csv.reader(file))
        for line in lines:
            if line[:3] == ["ZZZ", "IT.NET.USER.ZS", str(last.year["IT.NET.USER.ZS"])]:
                line[3] = "80.5"
            if line[:3] == ["ZZZ", "ITU.xHH6", str(last.year["ITU.xHH6"])]:
                line[4] = "ITU_DATAHUB"
        lines.append(["ZZZ", "ITU.i992b", "2027", "30.5", last.source_id["ITU.i992b"]])
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(lines)
        frame = of_part(editions.changes("ZZZ", zed, "2026", "2028"), "figures")
        frame = frame.set_index("what").change
        assert frame["People using the internet (% of population)"] == "revised"
        assert frame["Households with internet (% of households)"] == "other source"
        assert frame["Fixed broadband subscriptions (per 100 people)"] == "newer figure"
        assert frame["Mobile phone subscriptions (per 100 people)"] == "no newer figure"

    @pytest.mark.slow
    def test_a_changed_definition_is_not_compared(self, zed):
        source = DATA / "statistics" / "indicator_catalogue.csv"
        (zed / "statistics" / "indicator_catalogue.csv").write_bytes(source.read_bytes())
        begun.begin("ZZZ", zed, "2028", TODAY)
        catalogue = zed / "statistics" / "indicator_catalogue.csv"
        edit(catalogue, "in the last three months", "in the last month")
        frame = of_part(editions.changes("ZZZ", zed, "2026", "2028"), "figures")
        frame = frame.set_index("what").change
        assert frame["People using the internet (% of population)"] == "other definition"

    def test_an_edition_that_exists_is_refused(self, two):
        data, _ = two
        with pytest.raises(UserError, match="its latest edition is 2028"):
            begun.begin("ZZZ", data, "2028", TODAY)


class TestTheCommand:
    @pytest.mark.slow
    def test_it_prints_what_changed_part_by_part(self, two, capsys):
        status, out, _ = call(capsys, "diff", "ZZZ", "2026", "2028", "--data", two[0])
        assert status == 0 and "Table 25 (2026 | 2028), 5 the same" in out
        assert "Cybersecurity regulation for COP: draft | in force  [changed]" in out
        full = call(capsys, "diff", "ZZZ", "2026", "2028", "--data", two[0], "--full")[1]
        assert len(full.splitlines()) > 150 > len(out.splitlines())

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (["UKR", "2019", "2026"], "no edition '2019' of UKR exists; available: 2020, 2026"),
            (["UKR", "2026", "2020"], "name the earlier edition first"),
            (["DEU", "2020", "2026"], "no edition '2020' of DEU exists; available: none"),
            (["ZZY", "2020", "2026"], "available: none"),
        ],
    )
    def test_an_edition_that_is_not_held_is_named(self, capsys, words, message):
        status, _, error = call(capsys, "diff", *words)
        assert status == 2 and message in error and "Traceback" not in error


class TestTheChapter:
    def test_a_first_edition_says_that_there_is_nothing_to_compare(self, zed):
        begun.begin("YYY", zed, "2026", date(2026, 6, 1))
        place = Country("YYY", "Yonderland", str(zed), "", "2026")
        assert editions.since_last(place).empty

    @pytest.mark.slow
    def test_an_edition_stands_beside_the_one_before_it(self, two):
        place = Country("ZZZ", "Zedland", str(two[0]), "", "2028")
        frame = editions.since_last(place)
        assert frame.equals(editions.changes("ZZZ", str(two[0]), "2026", "2028"))
        assert of_part(frame, "table_25").change.value_counts().to_dict() == {
            "same": 5,
            "changed": 1,
        }

    @pytest.mark.slow
    @pytest.mark.xdist_group("editions")
    def test_both_editions_have_a_report_of_their_own(self, two, tmp_path):
        data, _ = two
        call_run = ["run", "ZZZ", "--data", str(data), "--outputs", str(tmp_path)]
        assert main.main(call_run) == 0
        pages = {
            "2028": tmp_path / "site" / "cop-assessment-ZZZ.html",
            "2026": tmp_path / "site" / "editions" / "2026" / "cop-assessment-ZZZ.html",
        }
        trees = {edition: html.parse(str(page)).getroot() for edition, page in pages.items()}
        assert {e: t.find_class("cover")[0].get("data-edition") for e, t in trees.items()} == {
            "2028": "2028",
            "2026": "2026",
        }
        assert "Beside the edition of 2026:" in trees["2028"].text_content()
        assert "Beside the edition of 2020:" in trees["2026"].text_content()

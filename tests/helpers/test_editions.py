"""Editions: one kept beside the next, the study of 2020 beside today, and what must not be
compared.
"""

from datetime import date

import pandas as pd
import pytest
from conftest import DATA, ZEDLAND, call, copy_of_zedland
from lxml import html
from planting import edit

import cop.data
from cop.cli import main
from cop.data import UserError, checks
from cop.data.places import Country
from cop.research import editions as begun
from helpers import editions

TODAY = date(2027, 3, 1)
NET = "People using the internet (% of population)"


def of_part(data, iso3, old, new, part):
    """Return changes of one part by what changed."""
    frame = editions.changes(iso3, data, old, new)
    return frame[frame.part == part].set_index("what")


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """Return Zedland's data with an edition of 2028 in which one thing of each kind changed."""
    data = copy_of_zedland(tmp_path_factory.mktemp("two"))
    begun.begin("ZZZ", data, "2028", date(2026, 6, 30))  # the same cut-off: nothing is older
    folder = data / "research" / "ZZZ"
    edit(folder / "table_25.csv", "cyber_regulation,draft,", "cyber_regulation,in force,")
    item = "PM-LEG-02,adjudicated,partly in place,"
    edit(folder / "alignment.csv", item, item.replace("partly ", ""))
    path = folder / "challenges.csv"
    edit(path, "Zedland ended in 2024", "Zedland was renewed in 2027")
    lines = path.read_text(encoding="utf-8").splitlines()
    added = next(line for line in lines if line.startswith("ZZZ-C03"))
    added = added.replace("ZZZ-C03", "ZZZ-C04", 1).replace("a code nor a rule", "a plan")
    kept = [line for line in lines if not line.startswith("ZZZ-C02")]
    path.write_text("\n".join([*kept, added, ""]), encoding="utf-8")
    edit(folder / "recommendations.csv", "ZZZ-R02,ZZZ-C02;", "ZZZ-R02,ZZZ-C04;")
    return data


# The study of 2020


@pytest.mark.slow
def test_the_table_of_2020_is_compared_by_one_rule_and_no_figure_that_was_old_then(region):
    frame = editions.changes("UKR", DATA, "2020", "2026")
    assert set(frame.part) == {"table_25", "figures"}
    assert "without ratings of items" in editions.not_held(frame)
    cells = frame[frame.part == "table_25"]
    published = cop.data.read("table_25_2020", DATA).query("iso3 == 'UKR'").set_index("label")
    assert cells.set_index("what").then.to_dict() == published.value.to_dict()
    saved = pd.read_csv(region / "UKR" / "tables" / "table_25_today.csv")  # the chapter before
    expected = saved.comparison.replace("not comparable", "other rule")
    assert cells.change.tolist() == expected.tolist() and len(set(expected)) == 3
    figures = frame[frame.part == "figures"].set_index("what")
    values = cop.data.read("indicators", DATA).query(
        "iso3 == 'UKR' and indicator_code == 'IT.NET.USER.ZS'"
    )
    then = values[values.year < 2020].sort_values("year").iloc[-1]
    row = figures.loc[NET]
    assert (row.then, row.change) == (f"{then.value:.1f} ({then.year})", "newer figure")
    assert figures.change["Covered by 5G (% of population)"] == "no value then"
    old = figures.then.str.contains("old") | figures.now.str.contains("old")
    children = figures[figures.index.str.startswith("Children aged")]
    assert children.then.str.endswith("(2015, old)").all() and len(children)
    assert set(children.change) == {"other age"}
    assert "other age" not in set(figures.change[~old])


@pytest.mark.parametrize(("published", "change"), [("yes", "same"), ("no", "different")])
def test_a_yes_of_then_is_compared_with_the_register_of_today(zed, published, change):
    edit(zed / "reference/table_25_2020.csv", "Lanzarote Convention,no",
         f"Lanzarote Convention,{published}")  # fmt: skip
    row = of_part(str(zed), "ZZZ", "2020", "2026", "table_25").loc["Lanzarote Convention"]
    assert (row.then, row.now, row.change) == (published, "party", change)


# Two editions


def test_nothing_restricted_or_hidden_is_kept(zed):
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


def test_the_earlier_one_is_kept_as_it_stood_and_both_pass_the_check(two):
    source, kept = ZEDLAND / "research" / "ZZZ", two / "editions" / "2026" / "research" / "ZZZ"
    for path in sorted(source.rglob("*.*")):
        assert (kept / path.relative_to(source)).read_bytes() == path.read_bytes()
    assert list(cop.data.read("editions", two, "ZZZ").edition) == ["2026", "2028"]
    assert list(editions.held("ZZZ", two)) == ["2020", "2026", "2028"]
    assert checks.of_folder(two) == []
    with pytest.raises(UserError, match="its latest edition is 2028"):
        begun.begin("ZZZ", two, "2028", TODAY)


def test_what_changed_is_named_and_nothing_else(two):
    frame = editions.changes("ZZZ", two, "2026", "2028")
    changed = frame[~frame.change.isin(editions.SAME)]
    about = changed.assign(what=changed.what.str[:9])[["part", "what", "then", "now", "change"]]
    assert about.values.tolist()[:2] == [
        ["table_25", "Cybersecu", "draft", "in force", "changed"],
        ["alignment", "PM-LEG-02", "partly in place", "in place", "changed"],
    ]
    assert {(part, what[:7]): change for part, what, *_, change in about.values.tolist()[2:]} == {
        ("challenges", "ZZZ-C01"): "reworded",
        ("challenges", "ZZZ-C02"): "no longer named",
        ("challenges", "ZZZ-C04"): "new",
        ("recommendations", "ZZZ-R01"): "addressed partly",  # as the actions of that day stood
        ("recommendations", "ZZZ-R02"): "addressed partly",
        ("recommendations", "ZZZ-R03"): "not addressed",
        ("recommendations", "ZZZ-R07"): "addressed partly",
    }


def test_a_neighbour_s_figure_is_not_compared(two, monkeypatch):
    rows = pd.DataFrame(
        [("AAA", 2025, 10.0), ("ZZZ", 2024, 80.0), ("zzz", 2025, 99.0)],
        columns=["iso3", "year", "value"],
    ).assign(indicator_code="IT.NET.USER.ZS", source_id="ZED_STAT")
    monkeypatch.setattr(editions.indicators, "read", lambda place: rows)
    row = of_part(two, "ZZZ", "2026", "2028", "figures").loc[NET]
    assert (row.then, row.now, row.change) == ("80.0 (2024)", "80.0 (2024)", "no newer figure")


def test_a_figure_is_revised_newer_or_not_comparable_and_an_error_in_a_kept_edition_is_found(zed):
    catalogue = zed / "statistics" / "indicator_catalogue.csv"
    catalogue.write_bytes((DATA / "statistics" / "indicator_catalogue.csv").read_bytes())
    begun.begin("ZZZ", zed, "2028", TODAY)
    rows = cop.data.read("indicators", zed).query("iso3 == 'ZZZ'").sort_values("year")
    last = rows.drop_duplicates("indicator_code", keep="last").set_index("indicator_code")
    path = zed / "statistics" / "indicators.csv"
    lines = path.read_text(encoding="utf-8").splitlines()

    def change(code, column, text):
        start = f"ZZZ,{code},{last.year[code]},"
        number = next(n for n, line in enumerate(lines) if line.startswith(start))
        cells = lines[number].split(",")
        lines[number] = ",".join([*cells[:column], text, *cells[column + 1 :]])

    change("IT.NET.USER.ZS", 3, "80.5")
    change("ITU.xHH6", 4, "ITU_DATAHUB")
    lines.append(f"ZZZ,ITU.i992b,2027,30.5,{last.source_id['ITU.i992b']}")
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")

    def changes():
        return of_part(zed, "ZZZ", "2026", "2028", "figures").change

    assert changes()[NET] == "revised"
    assert changes()["Households with internet (% of households)"] == "other source"
    assert changes()["Fixed broadband subscriptions (per 100 people)"] == "newer figure"
    assert changes()["Mobile phone subscriptions (per 100 people)"] == "no newer figure"
    edit(catalogue, "in the last three months", "in the last month")
    assert changes()[NET] == "other definition"
    edit(zed / "editions/2026/research/ZZZ/evidence.csv", ",high,,yes,", ",hgih,,yes,")
    errors = [str(error) for error in checks.of_folder(zed)]
    assert any("editions/2026/research/ZZZ/evidence.csv, row" in error for error in errors)


# The command and the chapter


def test_the_command_prints_what_changed_part_by_part(two, capsys):
    status, out, _ = call(capsys, "diff", "ZZZ", "2026", "2028", "--data", two)
    assert status == 0 and "Table 25 (2026 | 2028), 5 unchanged" in out
    assert "Cybersecurity regulation for COP: draft | in force  [changed]" in out
    full = call(capsys, "diff", "ZZZ", "2026", "2028", "--data", two, "--full")[1]
    assert len(full.splitlines()) > 150 > len(out.splitlines())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("UKR 2019 2026", "unknown edition '2019' of UKR; available: 2020, 2026"),
        ("UKR 2026 2020", "specify the earlier edition first"),
        ("UKR 2026 2026", "specify the earlier edition first"),
        ("DEU 2020 2026", "unknown edition '2020' of DEU; available: none"),
        ("ZZY 2020 2026", "available: none"),
    ],
)
def test_an_edition_that_is_not_held_is_named(capsys, words, message):
    status, _, error = call(capsys, "diff", *words.split())
    assert status == 2 and message in error and "Traceback" not in error


def test_an_edition_stands_beside_the_one_before_it_and_a_first_beside_none(zed, two):
    begun.begin("YYY", zed, "2026", date(2026, 6, 1))
    assert editions.since_last(Country("YYY", "Yonderland", str(zed), "", "2026")).empty
    place = Country("ZZZ", "Zedland", str(two), "", "2028")
    expected = editions.changes("ZZZ", str(two), "2026", "2028")
    assert editions.since_last(place).equals(expected)


@pytest.mark.slow
@pytest.mark.xdist_group("editions")
def test_both_editions_have_a_report_of_their_own(two, tmp_path):
    assert main.main(["run", "ZZZ", "--data", str(two), "--outputs", str(tmp_path)]) == 0
    for folder, edition, before in (("", "2028", "2026"), ("editions/2026", "2026", "2020")):
        page = tmp_path / "site" / folder / "cop-assessment-ZZZ.html"
        tree = html.parse(str(page)).getroot()
        assert tree.find_class("cover")[0].get("data-edition") == edition
        assert f"Compared with the edition of {before}:" in tree.text_content()

"""Published facts that must come through unchanged."""

import csv

import lxml.html
import pytest
from conftest import DATA

import cop.data


def test_table_25_of_2020_has_its_48_cells_as_published():
    published = {
        "Lanzarote Convention": "yes yes yes yes yes yes yes yes",
        "Signed We Protect": "yes yes yes yes yes yes yes yes",
        "Number of active organisations": "7 11 12 4 7 4 44 16",
        "National Strategy for Child Online Protection": "yes no no no yes yes yes yes",
        "Cybersecurity regulation for COP": "yes no yes yes yes yes yes yes",
        "National COP agency": "yes no no yes yes no yes yes",
    }
    frame = cop.data.read("table_25_2020", DATA)
    wide = frame.pivot(index="label", columns="iso3", values="value")[
        ["ALB", "BIH", "MNE", "MKD", "SRB", "MDA", "UKR", "GEO"]
    ]
    assert len(frame) == 48
    assert {
        label: " ".join(row) for label, row in zip(wide.index, wide.to_numpy(), strict=True)
    } == published


FOLLOWED_UP = ("lead_id", "supporting_ids", "due", "baseline", "target", "target_due")
FOLLOWED_UP += ("first_step", "effort", "item_ids")


def lacking(rows):
    """Return what recommendations lack of what follows them up: (id, column), also of a
    baseline.
    """
    gaps = [(r["recommendation_id"], c) for r in rows for c in FOLLOWED_UP if not r[c].strip()]
    stated = [r for r in rows if r["baseline"] != "none published"]
    of_baseline = ("baseline_year", "baseline_evidence_id")
    return gaps + [(r["recommendation_id"], c) for r in stated for c in of_baseline if not r[c]]


def test_all_recommendations_of_the_eight_countries_can_be_followed_up():
    paths = sorted(DATA.glob("research/*/recommendations.csv"))
    tables = [list(csv.DictReader(p.open(encoding="utf-8"))) for p in paths]
    rows = [row for table in tables for row in table]
    assert len(tables) == 8 and min(map(len, tables)) >= 5
    whole = len(rows) - len({one for one, _ in lacking(rows)})
    assert whole == len(rows), f"{whole} of {len(rows)} are whole; lacking: {lacking(rows)}"


@pytest.mark.parametrize("column", [*FOLLOWED_UP, "baseline_evidence_id"])
def test_what_a_recommendation_lacks_is_named(column):
    [row, *_] = csv.DictReader((DATA / "research/UKR/recommendations.csv").open(encoding="utf-8"))
    assert lacking([row]) == [] and ("UKR-R01", column) in lacking([row | {column: ""}])


@pytest.mark.slow
@pytest.mark.xdist_group("region")
def test_the_synthesis_shows_the_published_cells(region):
    tree = lxml.html.parse(str(region / "site" / "cop-regional-synthesis.html"))
    shown = next(
        t
        for t in tree.iter("table")
        if "as published in 2020" in "".join(t.find("caption").itertext())
    )
    cells = [td.text_content() for td in shown.iter("td")]
    assert len(cells) == 48
    with (DATA / "reference" / "table_25_2020.csv").open(encoding="utf-8") as handle:
        assert sorted(cells) == sorted(r["value"] for r in csv.DictReader(handle))


# The compiled table ranks Australia 10th and the slide 11th: where two publishers differ, both are
# kept as they are.
RANKS_THAT_DIFFER = {"AUS": (11, 10)}


def test_gci_2018_equals_what_the_webinar_showed():
    shown = cop.data.read("gci_2018_webinar", DATA).set_index("iso3")
    held = cop.data.read("gci", DATA).query("edition == 2018").set_index("iso3").loc[shown.index]
    assert len(shown) == 19 and (shown.score == held.score).all()
    differ = shown.global_rank != held.global_rank
    assert {
        i: (shown.global_rank[i], held.global_rank[i]) for i in shown.index[differ]
    } == RANKS_THAT_DIFFER


def test_gci_2024_tiers_follow_the_published_bounds():
    frame = cop.data.read("gci", DATA).query("edition == 2024")
    bounds = {"T1": (95, 100.1), "T2": (85, 95), "T3": (55, 85), "T4": (20, 55), "T5": (0, 20)}
    assert all(bounds[r.tier][0] <= r.score < bounds[r.tier][1] for r in frame.itertuples())


def test_a_world_bank_figure_that_anyone_can_check():
    frame = (
        cop.data.read("indicators", DATA)
        .query("indicator_code == 'IT.NET.USER.ZS' and year == 2023")
        .set_index("iso3")
    )
    assert round(frame.value["UKR"], 1) == 82.4 and round(frame.value["ALB"], 1) == 83.1


def test_every_series_that_was_never_read_says_where_its_code_is_from():
    frame = cop.data.read("indicator_series", DATA)
    bare = frame[
        (frame.read_at == "") & ~frame.note.str.contains("as published code uses|from memory")
    ]
    assert len(frame) and list(bare.indicator_code) == []
    assert set(frame.indicator_code[frame.note.str.contains("from memory")]) == {
        one for one in frame.indicator_code if one.startswith("SE_")
    }

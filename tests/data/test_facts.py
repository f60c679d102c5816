"""Published facts that must come through unchanged."""

from conftest import DATA

import cop.data
from cop.fieldwork import disclosure


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
    wide = frame.pivot(index="label", columns="iso3", values="value")
    wide = wide[["ALB", "BIH", "MNE", "MKD", "SRB", "MDA", "UKR", "GEO"]]
    assert len(frame) == 48 and wide.agg(" ".join, axis=1).to_dict() == published


# The compiled table ranks Australia 10th and the slide 11th: where two publishers differ, both are
# kept as they are.
RANKS_THAT_DIFFER = [("AUS", 11, 10)]


def test_gci_2018_equals_what_the_webinar_showed():
    shown = cop.data.read("gci_2018_webinar", DATA).set_index("iso3")
    held = cop.data.read("gci", DATA).query("edition == 2018").set_index("iso3").loc[shown.index]
    assert len(shown) == 19 and (shown.score == held.score).all()
    ranks = zip(shown.index, shown.global_rank, held.global_rank, strict=True)
    assert [row for row in ranks if row[1] != row[2]] == RANKS_THAT_DIFFER


def test_gci_2024_tiers_follow_the_published_bounds():
    frame = cop.data.read("gci", DATA).query("edition == 2024")
    bounds = {"T1": (95, 100.1), "T2": (85, 95), "T3": (55, 85), "T4": (20, 55), "T5": (0, 20)}
    assert all(bounds[r.tier][0] <= r.score < bounds[r.tier][1] for r in frame.itertuples())


def test_corrections_are_of_versions_that_are_out():
    package = cop.data.contents(DATA)
    out = package["created"][:10], [int(part) for part in package["version"].split(".")]
    rows = cop.data.read("corrections", DATA)
    versions = [[int(part) for part in version.split(".")] for version in rows.version]
    assert all(day <= out[0] for day in rows.day) and all(version <= out[1] for version in versions)


def test_the_threshold_of_the_data_is_that_of_the_method():
    assert cop.data.contents(DATA)["cop:threshold"] == disclosure.THRESHOLD == 5

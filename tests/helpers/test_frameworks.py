"""What recommendations serve, and the expected results country by country, on invented rows."""

import pandas as pd
from conftest import DATA

import cop.data
from cop.data.places import Country
from helpers import frameworks

PLACE = Country("ZZZ", "Zedland", str(DATA), "", "2026")
ELEMENTS = pd.DataFrame(
    [
        ("SDG-16.2", "SDG", "16.2", ""),
        ("SDG-9.c", "SDG", "9.c", ""),
        ("GCA-LEGAL", "GCA", "legal", ""),
        ("GCI-LEGAL", "GCI", "legal", "GCA-LEGAL"),
        ("RI18-5", "Regional Initiative", "simulation exercises", ""),
    ],
    columns=["element_id", "framework", "code", "measures"],
)
MAPPINGS = pd.DataFrame(
    [
        ("MNR-03", "GCA-LEGAL"),
        ("MNR-03", "SDG-16.2"),
        ("PM-LEG-01", "GCA-LEGAL"),
        ("IN-POL-01", "SDG-16.2"),
        ("IN-POL-01", "RI23"),
    ],
    columns=["served_by", "element_id"],
)
RECOMMENDATIONS = pd.DataFrame(
    [("UKR-R01", "PM-LEG-01", "MNR-03", "16.2"), ("MDA-R02", "", "", "9.c"),
     ("MDA-R03", "", "", ""), ("MDA-R04", "IN-POL-01", "", "")],
    columns=["recommendation_id", "item_ids", "capability_ids", "sdg_target"],
)  # fmt: skip


def test_a_recommendation_serves_by_items_capabilities_and_its_own_target(monkeypatch):
    """What serves an element serves what measures it; an element that was not seen is none."""
    monkeypatch.setattr(cop.data, "read", lambda *_: MAPPINGS)
    frame = frameworks.recommended(RECOMMENDATIONS, ELEMENTS, PLACE)
    assert frame.values.tolist() == [
        ["GCA-LEGAL", "UKR-R01", "PM-LEG-01; MNR-03"],
        ["GCI-LEGAL", "UKR-R01", "PM-LEG-01; MNR-03"],
        ["SDG-16.2", "MDA-R04", "IN-POL-01"],
        ["SDG-16.2", "UKR-R01", "MNR-03; 16.2"],
        ["SDG-9.c", "MDA-R02", "9.c"],
    ]
    none = frameworks.recommended(RECOMMENDATIONS.head(0), ELEMENTS, PLACE)
    assert none.empty and list(none) == list(frame)

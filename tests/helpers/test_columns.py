"""The frames that helpers return for a country: cells and saved tables select columns by name."""

import importlib

from cases import by_rule, cases

import cop.data
from helpers import cybersecurity, followup


@by_rule(
    "name, columns",
    *((f"{name} has these columns", name, columns) for name, columns in
      cases("helpers/columns.csv")),
)  # fmt: skip
def test_columns_stand_in_order(name, columns, place):
    module, function = name.split(".")
    frame = getattr(importlib.import_module(f"helpers.{module}"), function)(place)
    assert [*frame.columns] == columns.split()


def test_a_treaty_has_its_title(place):
    titles = cop.data.labels("treaties", "instrument", place.data)
    assert cybersecurity.treaties(place).set_index("instrument").title.to_dict() == titles


def test_an_action_that_cites_no_evidence_has_an_empty_text(place):
    actions = followup.actions(place)
    assert "" in actions.evidence_ids.tolist() and actions.evidence_ids.notna().all()

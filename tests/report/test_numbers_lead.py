"""Every number of a report leads to a source with an address in two clicks."""

import clicks
import pytest


@pytest.mark.slow
def test_each_number_of_zedlands_report_leads_to_a_source_in_two_clicks(zedland):
    assert clicks.lost(zedland / "site" / "cop-assessment-ZZZ.html") == []


@pytest.mark.slow
@pytest.mark.xdist_group("region")
def test_each_number_of_ukraines_report_leads_to_a_source_in_two_clicks(site):
    assert clicks.lost(site / "cop-assessment-UKR.html") == []

"""What the tests import late is still there: the check of international addresses of jsonschema."""

import pytest
from jsonschema import FormatChecker


@pytest.mark.slow
def test_an_international_address_is_checked_when_it_is_asked_for():
    checker = FormatChecker(["iri"])
    assert checker.conforms("https://example.org/безпека", "iri")
    assert not checker.conforms("no address at all", "iri")
    assert checker.conforms("https://example.org/дітей", "iri")

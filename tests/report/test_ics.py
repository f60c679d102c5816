"""Days as a calendar: what a cell says is text there, whatever it is made to look like."""

from datetime import date

import icalendar
import pytest

from cop.report import ics

HARMFUL = [
    "Plan\r\nBEGIN:VALARM\r\nACTION:EMAIL\r\nATTENDEE:mailto:a@example.org\r\nEND:VALARM",
    "Plan\rATTACH:https://example.org/x",
    "Plan\nEND:VEVENT\nBEGIN:VEVENT",
    "Plan;VALUE=URI:javascript:alert(1)",
    "Plan\\, with; signs \\n and “й” " * 20,
]


@pytest.mark.parametrize("text", HARMFUL)
def test_a_cell_stays_text(text):
    events = [(key, date(2026, 1, 2), text, text) for key in ("a", "b")]
    read = icalendar.Calendar.from_ical(ics.calendar("Zedland", events, date(2026, 1, 1)))
    assert [one.name for one in read.walk()] == ["VCALENDAR", "VEVENT", "VEVENT"]
    for event in read.walk("VEVENT"):
        assert not {"ATTACH", "ATTENDEE", "ACTION", "URL"} & set(event)
        said = str(event["summary"]).replace("\n", " ")
        assert said == text.replace("\r\n", " ").replace("\r", " ").replace("\n", " ")

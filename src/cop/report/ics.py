"""Days as an iCalendar file (RFC 5545) that calendars of all makers take in."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import icalendar

PRODUCT = "-//cop-assessment//milestones//EN"


@dataclass(frozen=True)
class Event:
    """A whole day: `key` tells it from others and stays the same when its day is moved."""

    key: str
    day: date
    summary: str
    description: str


def calendar(name: str, events: Iterable[Event], made: date) -> bytes:
    """Return events as a calendar (iCalendar): of the same events on the same day the same
    bytes.
    """
    whole = icalendar.Calendar({"PRODID": PRODUCT, "VERSION": "2.0", "METHOD": "PUBLISH"})
    whole.add("x-wr-calname", name)
    for event in events:
        whole.add_component(_component(event, datetime.combine(made, time(), UTC)))
    return whole.to_ical()


def _component(event, made):
    """Return one event; a whole day takes nobody's time."""
    one = icalendar.Event()
    one.add("uid", f"{hashlib.sha256(event.key.encode()).hexdigest()[:24]}@cop-assessment")
    one.add("dtstamp", made)
    one.add("dtstart", event.day)
    one.add("dtend", event.day + timedelta(days=1))
    one.add("summary", event.summary)
    one.add("description", event.description)
    one.add("transp", "TRANSPARENT")
    return one

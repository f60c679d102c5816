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


def calendar(name: str, events: Iterable[Event], day: date) -> bytes:
    """Return events as an iCalendar file, the same bytes for the same events on the same day."""
    file = icalendar.Calendar({"PRODID": PRODUCT, "VERSION": "2.0", "METHOD": "PUBLISH"})
    file.add("x-wr-calname", name)
    for event in events:
        entry = icalendar.Event()
        entry.add("uid", f"{hashlib.sha256(event.key.encode()).hexdigest()[:24]}@cop-assessment")
        entry.add("dtstamp", datetime.combine(day, time(), UTC))
        entry.add("dtstart", event.day)
        entry.add("dtend", event.day + timedelta(days=1))
        entry.add("summary", event.summary)
        entry.add("description", event.description)
        entry.add("transp", "TRANSPARENT")  # the day stays free for other events
        file.add_component(entry)
    return file.to_ical()

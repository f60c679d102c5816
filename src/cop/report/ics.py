"""Days as an iCalendar file (RFC 5545) that calendars of all makers take in."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

import icalendar

PRODUCT = "-//cop-assessment//milestones//EN"


def calendar(name: str, events: Iterable[tuple[str, date, str, str]], day: date) -> bytes:
    """Return events as an iCalendar file, the same bytes for the same events on the same day.

    An event is (key, day, summary, description): a whole day, which keeps its key when it is moved.
    """
    file = icalendar.Calendar({"PRODID": PRODUCT, "VERSION": "2.0", "METHOD": "PUBLISH"})
    file.add("x-wr-calname", name)
    for key, start, summary, description in events:
        entry = icalendar.Event()
        entry.add("uid", f"{hashlib.sha256(key.encode()).hexdigest()[:24]}@cop-assessment")
        entry.add("dtstamp", datetime.combine(day, time(), UTC))
        entry.add("dtstart", start)
        entry.add("dtend", start + timedelta(days=1))
        entry.add("summary", summary)
        entry.add("description", description)
        entry.add("transp", "TRANSPARENT")  # the day stays free for other events
        file.add_component(entry)
    return file.to_ical()

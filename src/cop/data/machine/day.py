"""The day on which something is made: today, or one set to make it again."""

import os
from datetime import UTC, date, datetime

from cop.data.faults import Refused

DAY = "SOURCE_DATE_EPOCH"  # https://reproducible-builds.org/specs/source-date-epoch/


def today() -> date:
    """Return today, or the day of SOURCE_DATE_EPOCH (in UTC); raises Refused if it is invalid."""
    if not (seconds := os.environ.get(DAY)):
        return date.today()
    try:
        return datetime.fromtimestamp(int(seconds), UTC).date()
    except (ValueError, OverflowError, OSError):
        raise Refused(
            f"{DAY} is {seconds!r}, not a number of seconds since 1970; set it by "
            f"`export {DAY}=$(git log -1 --format=%ct)`, or unset it"
        ) from None

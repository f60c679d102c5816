"""The day on which something is made: today, or the one that is to be made again."""

import os
from datetime import UTC, date, datetime

from cop.data.faults import Refused

DAY = "SOURCE_DATE_EPOCH"  # https://reproducible-builds.org/specs/source-date-epoch/


def today() -> date:
    """Give the day on which this machine makes something: SOURCE_DATE_EPOCH's (in UTC) where set.

    So the same results can be made again on another day or in another time zone. Raises Refused
    where it is no number of seconds.
    """
    if not (seconds := os.environ.get(DAY)):
        return date.today()
    try:
        return datetime.fromtimestamp(int(seconds), UTC).date()
    except (ValueError, OverflowError, OSError):
        raise Refused(
            f"{DAY} is {seconds!r}, not a number of seconds since 1970; set it by "
            f"`export {DAY}=$(git log -1 --format=%ct)`, or unset it"
        ) from None

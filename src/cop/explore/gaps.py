"""What is missing or unverified, of all stages at once: work for an analyst, in no report."""

import pandas as pd

import cop.data
from cop.explore.choice import Choice
from helpers import alignment, assessment, countries, evidence, indicators, stakeholders

KINDS = {
    "sections": "Sections on which no verified source speaks",
    "figures": "Figures without a value",
    "roles": "Roles in which nobody was found",
    "items": "Policy-makers' items without public evidence or not assessed",
    "unserved": "Missing items that no recommendation serves",
    "unverified": "Rows to verify before use",
}


def of(place: Choice, kind: str | None = None) -> pd.DataFrame:
    """Return a view of explore.ipynb all that is missing or unverified: kind, id, what, so.

    With `kind`, a key of KINDS, only that. A country without an edition has figures only: the
    other stages have not begun.
    """
    finders = FINDERS if place.edition else {"figures": _figures}
    frames = [
        find(place).assign(kind=KINDS[name])
        for name, find in finders.items()
        if kind in (None, name)
    ]
    frame = pd.concat([pd.DataFrame(columns=COLUMNS), *frames], ignore_index=True)
    return frame[COLUMNS].astype("str")


def _sections(place):
    frame = evidence.by_section(countries.verified("evidence", place), place)
    silent = frame.section[frame.statements == 0]
    names = silent.map(cop.data.labels("evidence", "section", place.data))
    return _rows(silent, names, "look for a source, or say where it was looked for")


def _figures(place):
    frame = indicators.key_figures(place)
    frame = frame[frame.value.isna()]
    return _rows(
        frame.indicator_code,
        frame.indicator_code.map(indicators.names(place.data)),
        "a gap in the sources, not a zero",
    )


def _roles(place):
    counts = stakeholders.by_role(stakeholders.organisations(place), place)
    empty = stakeholders.empty_roles(counts, stakeholders.services(place))
    roles = pd.Series(empty, dtype="str")
    return _rows(
        roles, roles.str.capitalize(), "an absence from the register, not from the country"
    )


def _items(place):
    frame = alignment.filter_items(place)
    frame = frame[frame.status.isin(["no public evidence", "not assessed"])]
    return _rows(frame.item_id, frame["item"], frame.status)


def _unserved(place):
    challenges = cop.data.read("challenges", place.data, place.iso3)
    plan = assessment.recommendations(place, challenges)
    frame = assessment.unanswered(alignment.adjudicated(place), plan, place)
    left = frame.why.mask(frame.why == "", "write a recommendation, or name it in one")
    return _rows(frame.item_id, frame["item"], left)


def _unverified(place):
    frame = evidence.to_verify(place)
    return _rows(frame.id, frame.text, "check it against a source: " + frame.table)


def _rows(ids, what, so):
    return pd.DataFrame({"id": ids, "what": what, "so": so})


COLUMNS = ["kind", "id", "what", "so"]
FINDERS = {
    "sections": _sections,
    "figures": _figures,
    "roles": _roles,
    "items": _items,
    "unserved": _unserved,
    "unverified": _unverified,
}

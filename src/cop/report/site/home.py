"""Home, the table of countries, and the region: what stands, at a glance."""

from collections import Counter

import pandas as pd

from cop.report.site.told import Report, Told

POLICY = "policy-makers"
RESPONSE = "Model National Response"


STRATEGY, STANDS, UNKNOWN = "national_strategy", ("in force", "adopted"), "not known"


def tiles(told: Told) -> pd.DataFrame:
    """Give, for the map of the site, how the national strategy of each country stands today.

    Columns: iso3, country, word ("not known" where its stages handed on none), address, confidence
    and confidence_reason ("" where nobody judged).
    """
    told_of = ((r.key, row) for r, row in told.each("table_25_today"))
    known = {key: row for key, row in told_of if row["row"] == STRATEGY}
    sure, rows = ["confidence", "confidence_reason"], []
    for one in told.countries:
        row = known.get(one.key, {"value": UNKNOWN})
        given = (row.get(column, "") for column in sure)
        rows.append((one.key, one.name, row["value"], one.file, *given))
    return pd.DataFrame(rows, columns=["iso3", "country", "word", "address", *sure])


def standing(told: Told, framework: str = POLICY) -> Counter:
    """Give, for the site, how many judgements on a framework's items have each status, over all
    countries.
    """
    return sum(by_area(told, framework).values(), Counter())


def sureness(told: Told, framework: str = POLICY) -> Counter:
    """Give, for the site, how many judgements on a framework's items have each confidence."""
    rows = (row for _, row in told.each("alignment_by_item") if row["framework"] == framework)
    return Counter(row["confidence"] for row in rows if row["confidence"])


def by_area(told: Told, framework: str = POLICY) -> dict[str, Counter]:
    """Give, for the site, {area: judgements by status} of a framework, over all countries, in its
    order.
    """
    areas = {}
    for _, row in told.each("alignment_by_item"):
        if row["framework"] == framework:
            areas.setdefault(row["area"], Counter())[row["status"]] += 1
    return areas


def unsure(told: Told, framework: str = POLICY) -> Counter:
    """Give, for the site, how many judgements of low confidence each area of a framework has, over
    all countries.
    """
    rows = (row for _, row in told.each("alignment_by_item") if row["framework"] == framework)
    return Counter(row["area"] for row in rows if row["confidence"] == "low")


def countries(told: Told) -> list[dict]:
    """Return what the site's table of countries says of each: its report, its items, its basis."""
    return [_country(report) for report in told.countries]


def _country(report: Report):
    items = [r for r in report.rows("alignment_by_item") if r["framework"] == POLICY]
    return {
        "report": report,
        "items": Counter(row["status"] for row in items),
        "recommendations": len(report.rows("action_plan")),
        "services": len(report.rows("services_on_record")),
        "organisations": len(report.rows("organisations")),
        "sources": len(report.rows("sources_on_record")),
    }

"""The views of explore.ipynb, one call each: the country, and all that is known of it."""

import cop.data
from cop.explore import coding, economies, gaps
from cop.explore.calls import call
from cop.explore.choice import Choice, read_only
from cop.explore.form import Form
from cop.explore.several import Several
from cop.explore.view import Part, View, choose, text_box
from cop.report import page
from helpers import alignment, cybersecurity, evidence, indicators, stakeholders


def country(data: str, outputs: str, iso3: str = "", edition: str = "") -> Choice:
    """Return the picker of the country: the `place` of all other views and of the calls copied."""
    return Choice(data, outputs, iso3, edition)


def over_time(place: Choice) -> View:
    """Return the view of one indicator over time, of up to eight countries in chosen years.

    A table of it follows.
    """
    controls = {
        "code": _indicator("Indicator", place),
        "since": _year("From", place, "the first year"),
        "until": _year("to", place, "the last year"),
        "beside": Several(place),
        "table": choose("Table", TABLES, every=None, width="25rem"),
    }

    def parts(code, since, until, beside, table):
        """Return the chart of the countries chosen, and the table of all economies."""
        span = {"code": code, "since": since, "until": until}
        series = call(economies.over_years, place, **span, beside=beside)
        drawn = call(economies.line_chart, place, series, code=code)
        chart = Part(drawn, data=series, codes=(code,), beside=beside)
        return [chart, _as_table(place, table, span, beside)]

    return View(place, controls, parts, needs_edition=False)


def two_figures(place: Choice) -> View:
    """Return the view of two indicators of all economies against each other, some of them
    strong.
    """
    controls = {
        "across": _indicator("Across", place, first="NY.GDP.PCAP.PP.KD"),
        "up": _indicator("Up", place),
        "until": _year("Up to", place, "the last year"),
        "beside": Several(place),
    }

    def parts(across, up, until, beside):
        """Return the chart of both indicators, with its rows as a table."""
        chosen = {"across": across, "up": up}
        rows = call(economies.pairs, place, **chosen, until=until, beside=beside)
        drawn = call(economies.pair_chart, place, rows, **chosen)
        return [Part(drawn, data=rows, codes=(across, up), beside=beside)]

    return View(place, controls, parts, needs_edition=False)


def on_map(place: Choice) -> View:
    """Return the view of the latest value of one indicator on a map of tiles."""
    controls = {
        "code": _indicator("Indicator", place),
        "until": _year("Up to", place, "the last year"),
    }

    def parts(code, until):
        """Return the map."""
        values = call(economies.on_map, place, code=code, until=until)
        return [
            Part(call(economies.value_map, place, values, code=code), data=values, codes=(code,))
        ]

    return View(place, controls, parts, needs_edition=False)


def statements(place: Choice) -> View:
    """Return the view of the evidence by section, type of source, confidence and words."""
    controls = {
        "section": choose("Section", cop.data.labels("evidence", "section", place.data)),
        "source_type": choose("Source type", cop.data.labels("sources", "type", place.data)),
        "confidence": choose("Confidence", cop.data.labels("evidence", "confidence", place.data)),
        "words": text_box("Words", "such as helpline school"),
    }
    return View(
        place,
        controls,
        lambda **chosen: [
            Part(
                call(evidence.filter_statements, place, **chosen), "Verified statements", STATEMENTS
            )
        ],
    )


def organisations(place: Choice) -> View:
    """Return the view of organisations by category and role, and the network of those chosen."""
    controls = {
        "category": choose("Category", cop.data.labels("stakeholders", "category", place.data)),
        "role": choose("Role", cop.data.labels("stakeholders", "role", place.data)),
    }

    def parts(**choice):
        """Return the organisations chosen, and the network of their links."""
        named = call(stakeholders.filter_organisations, place, **choice)
        every = call(stakeholders.partnerships, place)
        links = call(stakeholders.links_of, place, every, named) if any(choice.values()) else every
        network = call(stakeholders.network, place, links, chosen=any(choice.values()))
        return [
            Part(named, "Verified organisations", ORGANISATIONS),
            Part(network, data=links, named="Links"),
        ]

    return View(place, controls, parts)


def items(place: Choice) -> View:
    """Return the view of the alignment item by item, and what the one chosen stands on."""
    named = cop.data.labels("alignment_by_item", "framework", place.data)
    controls = {
        "framework": choose("Framework", named, every=None, width="24rem"),
        "status": choose("Status", {word: f"{sign} {word}" for word, sign in page.SIGNS.items()}),
        "item": choose("Item", {}, every="", width="34rem"),
    }

    def offered(framework, status, **_):
        """Return the items to choose from: {item_id: title}."""
        frame = call(alignment.filter_items, place, framework=framework, status=status).result()
        return {row.item_id: f"{row.item_id}  {row.item}" for row in frame.itertuples()}

    def parts(framework, status, item):
        """Return the items, and of the one chosen why it is judged so and what that stands on."""
        chosen = call(alignment.filter_items, place, framework=framework, status=status)
        every = Part(chosen, "Items and how they are judged", ITEMS)
        if not item:
            return [every]
        judged = call(alignment.adjudicated, place)
        stands_on = call(alignment.item_evidence, place, judged, item_id=item)
        about = Part(call(alignment.about_item, place, judged, item_id=item))
        return [every, about, Part(stands_on, f"What {item} stands on", STANDS_ON, aside=True)]

    return View(place, controls, parts, offers={"item": offered})


def coder_differences(place: Choice) -> View:
    """Return the view of the items that coders A and B see differently, and what each gave as
    why.
    """
    named = cop.data.labels("alignment_by_item", "framework", place.data)
    controls = {
        "framework": choose("Framework", named, width="24rem"),
        "which": choose("Items", coding.WHICH, every=None, width="22rem"),
    }

    def parts(framework, which):
        """Return the sentence with the numbers, the grid of both coders' words, and the items."""
        both = call(coding.compared, place, framework=framework, which="both")
        grid = call(coding.grid, place, both)
        items = call(coding.compared, place, framework=framework, which=which)
        return [
            Part(call(coding.about, place, both), named="Coders"),
            Part(items, f"Coders A and B: {coding.WHICH[which]}", CODED),
            Part(call(coding.grid_table, place, grid), data=grid, named="Words of coders A and B"),
        ]

    return View(place, controls, parts)


def pillars(place: Choice) -> View:
    """Return the view of the Global Cybersecurity Index's pillars by edition.

    It is of up to eight countries.
    """
    controls = {
        "edition": choose("Edition", cybersecurity.editions(place.data), "the newest", "16rem"),
        "beside": Several(place),
    }

    def parts(edition, beside):
        """Return the chart of the pillars of the countries chosen, and their scores."""
        scores = call(cybersecurity.pillars, place, beside=beside, edition=edition)
        index = {"beside": beside, "named": "GCI pillars"}
        return [
            Part(call(economies.pillar_chart, place, scores), data=scores, **index),
            Part(scores, "Scores and pillars", PILLARS, **index),
        ]

    return View(place, controls, parts, needs_edition=False)


def missing(place: Choice) -> View:
    """Return the view of what is missing and what is unverified, of all stages at once."""
    controls = {"kind": choose("What", gaps.KINDS, width="30rem")}
    return View(
        place,
        controls,
        lambda kind: [Part(call(gaps.of, place, kind=kind), "Missing or unverified", GAPS)],
        needs_edition=False,
    )


def add(place: Choice) -> Form | None:
    """Return the form that adds a row of research; nothing on the read-only site."""
    return None if read_only() else Form(place)


def _indicator(label, place, first=None):
    """Return the list of all indicators, those of the chapter first."""
    control = choose(label, indicators.titles(place.data), every=None, width="30rem")
    control.value = first or control.value
    return control


def _year(label, place, every):
    return choose(label, economies.years(place.data), every=every, width="13rem")


def _as_table(place, table, span, beside):
    """Return the table of all economies that is asked for: latest values, all years, or all of
    it.
    """
    code = span["code"]
    if table == "years":
        by_year = call(economies.by_year, place, **span, beside=beside)
        headings = {"country": "Country", **{c: c for c in by_year.result() if c.isdigit()}}
        return Part(by_year, "Country by year", headings, codes=(code,), beside=beside)
    if table == "whole":
        rows = call(economies.whole, place, code=code)
        said = call(economies.whole_line, place, rows, code=code)
        return Part(said, columns=WHOLE, data=rows, codes=(code,), of_country=False)
    latest = call(indicators.latest_of_all, place, code=code)
    return Part(latest, TABLES["latest"], ECONOMIES, codes=(code,), of_country=False)


TABLES = {
    "latest": "All economies, each at its latest year",
    "years": "Country by year",
    "whole": "The whole series, to save",
}
WHOLE = {
    "iso3": "ISO 3166-1 alpha-3",
    "country": "Country",
    "indicator_code": "Indicator",
    "year": "Year",
    "value": "Value",
    "unit": "Unit",
    "source_id": "Data set",
}
CODED = {
    "item_id": "No.",
    "item": "Item",
    "coder_a": "Word of A",
    "coder_b": "Word of B",
    "status": "Reported",
    "why_a": "Why, by A",
    "why_b": "Why, by B",
    "stands_on_a": "A stands on",
    "stands_on_b": "B stands on",
    "note": "How it was settled",
}
ECONOMIES = {"country": "Country", "year": "Year", "value": "Value", "unit": "Unit"}
STATEMENTS = {
    "evidence_id": "No.",
    "section": "Section",
    "statement": "What the source says, in our words",
    "year": "Year",
    "confidence": "Confidence",
    "type": "Source type",
    "title": "Source",
}
ORGANISATIONS = {
    "stakeholder_id": "No.",
    "name": "Organisation",
    "category": "Category",
    "role": "Main role",
    "description": "What it does",
    "active": "Activity shown",
}
ITEMS = {
    "item_id": "No.",
    "area": "Area",
    "item": "Item",
    "status": "Status",
    "confidence": "Confidence",
    "rationale": "Why",
    "evidence_ids": "Stands on",
}
STANDS_ON = {
    "id": "No.",
    "says": "What it says",
    "year": "Year",
    "confidence": "Confidence",
    "source": "Source",
}
PILLARS = {
    "country": "Country",
    "edition": "Edition",
    "score": "Score, 0 to 100",
    **{pillar: pillar.capitalize() for pillar in cybersecurity.PILLARS},
}
GAPS = {"kind": "What", "id": "No.", "what": "Of what", "so": "So"}

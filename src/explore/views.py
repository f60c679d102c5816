"""The views of explore.ipynb, one call each: the country, and all that is known of it."""

import contract
from explore import gaps
from explore.calls import call
from explore.choice import Choice, read_only
from explore.form import Form
from explore.view import Part, View, choose, write
from helpers import alignment, countries, cybersecurity, evidence, indicators, stakeholders
from report import page


def country(data: str, outputs: str, iso3: str = "", edition: str = "") -> Choice:
    """Give the picker of the country: the `place` of all other views and of the calls copied."""
    return Choice(data, outputs, iso3, edition)


def over_time(place: Choice) -> View:
    """Give one indicator over time beside countries and the median, and of all economies."""
    named = _named(place)
    controls = {
        "code": choose("Indicator", indicators.titles(place.data), every=None, width="30rem"),
        **{
            f"beside{n}": choose(label, named, "nobody", "15rem")
            for n, label in enumerate(("Beside", "and", "and"))
        },
    }

    def parts(code, **others):
        """Give the chart of the countries chosen, and the table of all economies."""
        beside = tuple(dict.fromkeys(iso3 for iso3 in others.values() if iso3))
        series = call(indicators.over_years, place, code=code, beside=beside)
        latest = "All economies, each at its latest year"
        economies = call(indicators.of_all, place, code=code)
        return [
            Part(call(indicators.trend_chart, place, series, code=code), data=series),
            Part(economies, latest, ECONOMIES, of_country=False),
        ]

    return View(place, controls, parts, needs_edition=False)


def statements(place: Choice) -> View:
    """Give the view of the evidence by section, type of source, confidence and words."""
    controls = {
        "section": choose("Section", contract.labels("evidence", "section", place.data)),
        "source_type": choose("Source type", contract.labels("sources", "type", place.data)),
        "confidence": choose("Confidence", contract.labels("evidence", "confidence", place.data)),
        "words": write("Words", "such as helpline school"),
    }
    return View(
        place,
        controls,
        lambda **chosen: [
            Part(call(evidence.chosen, place, **chosen), "Verified statements", STATEMENTS)
        ],
    )


def organisations(place: Choice) -> View:
    """Give the organisations by category and role, and the network of those chosen."""
    controls = {
        "category": choose("Category", contract.labels("stakeholders", "category", place.data)),
        "role": choose("Role", contract.labels("stakeholders", "role", place.data)),
    }

    def parts(**choice):
        """Give the organisations chosen, and the network of their links."""
        links = call(stakeholders.links, place, **choice)
        return [
            Part(
                call(stakeholders.chosen, place, **choice), "Verified organisations", ORGANISATIONS
            ),
            Part(call(stakeholders.network, place, links, **choice), data=links),
        ]

    return View(place, controls, parts)


def items(place: Choice) -> View:
    """Give the view of the alignment item by item, and what the one chosen stands on."""
    named = contract.labels("alignment_by_item", "framework", place.data)
    controls = {
        "framework": choose("Framework", named, every=None, width="24rem"),
        "status": choose("Status", {word: f"{sign} {word}" for word, sign in page.SIGNS.items()}),
        "item": choose("Item", {}, every="", width="34rem"),
    }

    def offered(framework, status, **_):
        """Give the items to choose from: {item_id: title}."""
        frame = call(alignment.chosen, place, framework=framework, status=status).result()
        return {row.item_id: f"{row.item_id}  {row.item}" for row in frame.itertuples()}

    def parts(framework, status, item):
        """Give the items, and of the one chosen why it is judged so and what that stands on."""
        chosen = call(alignment.chosen, place, framework=framework, status=status)
        every = Part(chosen, "Items and how they are judged", ITEMS)
        if not item:
            return [every]
        judged = call(alignment.adjudicated, place)
        stands_on = call(alignment.item_evidence, place, judged, item_id=item)
        about = Part(call(alignment.about_item, place, judged, item_id=item))
        return [every, about, Part(stands_on, f"What {item} stands on", STANDS_ON)]

    return View(place, controls, parts, offers={"item": offered})


def pillars(place: Choice) -> View:
    """Give the pillars of the Global Cybersecurity Index by edition, beside two countries."""
    named = _named(place)
    controls = {
        "edition": choose("Edition", cybersecurity.editions(place.data), width="14rem"),
        "one": choose("Beside", named, "nobody", "17rem"),
        "other": choose("and", named, "nobody", "17rem"),
    }

    def parts(edition, one, other):
        """Give the chart of the country's pillars, and the table beside the others chosen."""
        beside = tuple(iso3 for iso3 in (one, other) if iso3)
        chart = call(cybersecurity.gci_chart, place, call(cybersecurity.gci, place))
        scores = call(cybersecurity.pillars, place, beside=beside, edition=edition)
        return [
            Part(chart, data=call(cybersecurity.pillars, place)),
            Part(scores, "Scores and pillars", PILLARS),
        ]

    return View(place, controls, parts, needs_edition=False)


def missing(place: Choice) -> View:
    """Give what is missing and what is unverified, of all stages at once."""
    controls = {"kind": choose("What", gaps.KINDS, width="30rem")}
    return View(
        place,
        controls,
        lambda kind: [Part(call(gaps.of, place, kind=kind), "Missing or unverified", GAPS)],
        needs_edition=False,
    )


def add(place: Choice) -> Form | None:
    """Give the form that adds a row of research; nothing on the read-only site."""
    return None if read_only() else Form(place)


def _named(place):
    """Give {ISO3: name} of all countries, by name."""
    return dict(sorted(countries.names(place.data).items(), key=lambda pair: pair[1]))


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

"""The views of explore.ipynb, one call each: the country, and what is known of it from all sides."""

import contract
from explore.calls import call
from explore.choice import Choice, read_only
from explore.form import Form
from explore.view import Part, View, choose, write
from helpers import alignment, countries, cybersecurity, evidence, gaps, indicators, stakeholders
from report import citations, page


def country(data, outputs, iso3="", edition=""):
    """Give the picker of the country; it is the `place` of all other views and of every helper call copied from them."""
    return Choice(data, outputs, iso3, edition)


def over_time(place):
    """Give one indicator over time beside up to three countries and the regional median, and all economies' latest value."""
    known = countries.names(place.data)
    named = dict(sorted(known.items(), key=lambda pair: pair[1]))
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
        return [
            Part(call(indicators.trend_chart, place, series, code=code), data=series),
            Part(
                call(indicators.of_all, place, code=code),
                "All economies, each at its latest year",
                ECONOMIES,
                of_country=False,
            ),
        ]

    return View(place, controls, parts, needs_edition=False)


def statements(place):
    """Give the evidence by section, type of source, confidence and words."""
    controls = {
        "section": choose("Section", evidence.SECTIONS),
        "source_type": choose("Source type", {kind: kind.capitalize() for kind in citations.KINDS}),
        "confidence": choose(
            "Confidence", {word: word.capitalize() for word in evidence.CONFIDENCE}
        ),
        "words": write("Words", "such as helpline school"),
    }
    return View(
        place,
        controls,
        lambda **told: [
            Part(call(evidence.chosen, place, **told), "Verified statements", STATEMENTS)
        ],
    )


def organisations(place):
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


def items(place):
    """Give the alignment item by item; of the item chosen, why it is judged so and what that stands on."""
    controls = {
        "framework": choose("Framework", alignment.FRAMEWORKS, every=None, width="24rem"),
        "status": choose("Status", {word: f"{sign} {word}" for word, sign in page.SIGNS.items()}),
        "item": choose("Item", {}, every="", width="34rem"),
    }

    def offered(framework, status, **_):
        """Give the items to choose from: {item_id: title}."""
        frame = (
            call(alignment.chosen, place, framework=framework, status=status)
            .result()
            .set_index("item_id")["item"]
        )
        return {item_id: f"{item_id}  {title}" for item_id, title in frame.items()}

    def parts(framework, status, item):
        """Give the table of items, and of the item chosen why it is judged so and what that stands on."""
        return [
            Part(
                call(alignment.chosen, place, framework=framework, status=status),
                "Items and how they are judged",
                ITEMS,
            ),
            *([Part(call(alignment.about_item, place, item_id=item))] if item else []),
            *(
                [
                    Part(
                        call(alignment.item_evidence, place, item_id=item),
                        f"What {item} stands on",
                        STANDS_ON,
                    )
                ]
                if item
                else []
            ),
        ]

    return View(place, controls, parts, offers={"item": offered})


def pillars(place):
    """Give the pillars of the Global Cybersecurity Index by edition, and beside two other countries."""
    named = dict(sorted(countries.names(place.data).items(), key=lambda pair: pair[1]))
    controls = {
        "edition": choose("Edition", cybersecurity.editions(place.data), width="14rem"),
        "one": choose("Beside", named, "nobody", "17rem"),
        "other": choose("and", named, "nobody", "17rem"),
    }

    def parts(edition, one, other):
        """Give the chart of the country's pillars, and the table beside the others chosen."""
        beside, gci = tuple(iso3 for iso3 in (one, other) if iso3), call(cybersecurity.gci, place)
        return [
            Part(
                call(cybersecurity.gci_chart, place, gci), data=call(cybersecurity.pillars, place)
            ),
            Part(
                call(cybersecurity.pillars, place, beside=beside, edition=edition),
                "Scores and pillars",
                PILLARS,
            ),
        ]

    return View(place, controls, parts, needs_edition=False)


def missing(place):
    """Give what is missing and what is unverified, of all stages at once."""
    controls = {"kind": choose("What", gaps.KINDS, width="30rem")}
    return View(
        place,
        controls,
        lambda kind: [Part(call(gaps.of, place, kind=kind), "Missing or unverified", GAPS)],
        needs_edition=False,
    )


def add(place):
    """Give the form that adds a row of research; nothing on the read-only site."""
    return None if read_only() else Form(place)


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

"""Stage 6, country assessment: the synthesis that becomes the report, of what stages 1 to 5
handed on.
"""

import re
from collections import Counter
from functools import partial

import pandas as pd

import cop.data
from cop.data import sheets
from cop.data.places import Country
from cop.report import citations, page, words
from cop.report.filenames import of_stage
from cop.report.languages import N_
from cop.report.page import Shown
from helpers import alignment, charts, confidence, countries, indicators, stakeholders
from helpers.confidence import SURE

say = partial(words.show, "6-country-assessment")
text = partial(words.recorded, "confidence")

POLICY = alignment.POLICY
OURS = [POLICY, alignment.RESPONSE]  # frameworks whose items are strengths and gaps, in order
LEADING = ["IT.NET.USER.ZS", "ITU.xHH6", "WPP.POP.0014", "NCMEC.RATE"]  # the panel, in its order
COMPARED = {"WPP.POP.0014": "WPP.POP.0014.ZS"}  # a number of people, by its share of all of them
TREATIES = {"lanzarote": "LANZAROTE_CETS201", "weprotect": "WEPROTECT"}  # rows of Table 25
COUNT = "active_organisations"  # the row of Table 25 that is a number
# Words of its other rows that answer as plainly as the table of 2020 did, and those without answer.
YES = ["party", "member", "in force", "adopted", "dedicated"]
NO = ["not in place", "no action"]
UNJUDGED = ["not assessed", "not looked up", "withheld"]
JUDGED = ["national_strategy", "national_agency", "cyber_regulation"]
GOOD = alignment.AT_LEAST
MISSING = ["not in place", alignment.SILENT]
PLANNED = "planned"
LEFT_OUT = "not applicable"  # an item that a link does not need
ASKS = {"PM-RIC-01": "hotline", "MNR-11": "helpline", "MNR-12": "hotline"}  # items for a service
GAP = ["item_id", "item", "framework", "status", *SURE]
GAP += ["rationale", "evidence_ids", "answers"]
ANNEXED = ["item", "guidance", "status", *SURE, "rationale"]  # what an annex says of an item
UNSURE = N_("not sure enough")  # of what only low confidence speaks for
STRATEGY = "PM-STR-01"  # the item whose recommendations answer a strategy that is not there
END = re.compile(r"(?<=[a-z0-9)])[.] (?=[A-Z])")  # of a first sentence
TABLES = {"E": "evidence", "L": "instruments", "O": "stakeholders", "V": "services"}


def challenges(place: Country) -> pd.DataFrame:
    """Return the primary challenges of the country, as its table holds them."""
    return cop.data.read("challenges", place.data, place.iso3)


def recommendations(place: Country, challenges: pd.DataFrame) -> pd.DataFrame:
    """Return the recommendations of the country with the challenges that they answer.

    Columns: those of the table, organisations by name (lead, supporting, cost_by); theme,
    challenge, evidence_ids and positive action of the challenges answered. "" or NA in a cell is
    work still to be done.
    """
    rows = cop.data.read("recommendations", place.data, place.iso3)
    names = countries.bodies(place)
    known = {one.challenge_id: one for one in page.rows(challenges)}
    of = [[known[one] for one in cop.data.split(cell)] for cell in rows.challenge_ids]
    return rows.assign(
        lead=rows.lead_id.map(names).fillna(""),
        cost_by=rows.cost_by_id.map(names).fillna(""),
        supporting=["; ".join(map(names.get, cop.data.split(ids))) for ids in rows.supporting_ids],
        theme=[them[0].theme for them in of],
        challenge=[" ".join(one.challenge for one in them) for them in of],
        evidence_ids=["; ".join(one.evidence_ids for one in them) for them in of],
        action=["; ".join(one.action for one in them) for them in of],
        action_evidence_id=["; ".join(one.action_evidence_id for one in them) for them in of],
    )[list(cop.data.titles("action_plan", place.data))[1:]]


def table_25(place: Country, treaties: pd.DataFrame, categories: pd.DataFrame) -> pd.DataFrame:
    """Return the six rows of Table 25 from today's data, of the tables of treaties and categories
    handed on.

    Columns: row, label, value, as_of, refs (an id, or that of a data set), published_2020,
    source_id (of the table of 2020), detail, difference, confidence, confidence_reason ("" for a
    count and for what was not looked up), comparison (with 2020: see `compare`; "" of a country
    that is not in the table of 2020). A row that nobody has judged is `not assessed`. A draft of
    which no dated row of the 24 months before the cut-off speaks is `no public evidence`.
    """
    judged = {one.row: one for one in page.rows(cop.data.read("table_25", place.data, place.iso3))}
    study = page.rows(cop.data.read("table_25_2020", place.data))
    then = {one.row: one for one in study if one.iso3 == place.iso3}
    cut_off, rows = countries.edition(place).cut_off, []
    for row, label in cop.data.labels("table_25", "row", place.data).items():
        own, old = judged.get(row), then.get(row)
        today = None
        if own and own.value:
            stale = own.value == "draft" and not stakeholders.recent(own.evidence_ids, place)
            today = alignment.SILENT if stale else own.value, cut_off, own.evidence_ids
        today = today or _reckoned(row, place, treaties, categories, cut_off)
        was = (old.value, old.source_id) if old else ("not in the table", "")
        told = (own.detail, own.difference) if own else ("", "")
        comparison = compare(row, old.value, today[0]) if old else ""
        rows.append((row, *today, label, was[0], *told, was[1], comparison))
    columns = ["row", "value", "as_of", "refs", "label", "published_2020", "detail", "difference"]
    frame = pd.DataFrame(rows, columns=[*columns, "source_id", "comparison"])
    rated = frame["value"].mask(frame.row == COUNT, "")  # a count is no judgement
    return frame.join(confidence.rate(rated, frame.refs, place))


def compare(row: str, published: str, value: str) -> str:
    """Return how a cell of Table 25 today stands beside the one of 2020.

    `same`: the yes or no of 2020 still holds; `different`: another answer; `not comparable`:
    nothing public was found or nobody looked, or it is a count, whose rule of 2020 is not known.
    """
    if row == COUNT or value in (alignment.SILENT, *UNJUDGED):
        return "not comparable"
    answer = "yes" if value in YES else "no" if value in NO else ""
    return "same" if answer == published else "different"


def chain(items: pd.DataFrame, lines: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return the links between a child in need and support, with how far each holds.

    Columns: link, label, question, status (see `link_status`), confidence, confidence_reason (those
    of the least sure item that carries the word), silent, unsure, item_ids. A link that names kinds
    of services is in place only where one of each kind is shown at work in the 24 months before the
    cut-off (`lines`, as `stakeholders.lines` gives them): `silent` names the others. `unsure` are
    the items (ids) of low confidence, which carry no word and are not hidden by one that does.
    """
    labels = cop.data.labels("chain", "link", place.data)
    judged, at_work = _judged(items), _at_work(lines)
    busy, rows = {line.kind for line in at_work}, []
    for link in page.rows(cop.data.read("chain", place.data).sort_values("order")):
        ids, kinds = cop.data.split(link.item_ids), cop.data.split(link.service_kinds)
        named = [row for row in judged if row.item_id in ids]
        word = link_status([row.status for row in named], [row.confidence for row in named])
        sure = _carried_by(word, named, [line for line in at_work if line.kind in kinds])
        silent = "; ".join(kind for kind in kinds if kind not in busy)
        word = "partly in place" if silent and word == "in place" else word
        unsure = "; ".join(row.item_id for row in named if row.confidence == "low")
        told = (link.link, labels[link.link], link.question, word, *sure, silent, unsure)
        rows.append((*told, link.item_ids))
    columns = ["link", "label", "question", "status", *SURE, "silent", "unsure", "item_ids"]
    return pd.DataFrame(rows, columns=columns)


def link_status(statuses: pd.Series | list, confidences: pd.Series | list) -> str:
    """Return the assessment one word for several items, by their statuses.

    It is in place where all are, partly where any is in part. Else not in place where a source says
    so of any, else planned, no public evidence, withheld, else not assessed. An item that is not
    applicable is no part of it; where all are, it is the word. What is of low confidence carries no
    word: where the word rested on it, it is `not sure enough`.
    """
    told = [one for one in zip(statuses, confidences, strict=True) if one[0] != LEFT_OUT]
    if len(statuses) and not told:
        return LEFT_OUT
    every, sure = [word for word, _ in told], [word for word, how in told if how != "low"]
    word = _together(sure, len(told))
    return word if word in GOOD or word == _together(every, len(told)) else UNSURE


def gaps(
    items: pd.DataFrame, rows: pd.DataFrame, recommendations: pd.DataFrame, most: int = 3
) -> pd.DataFrame:
    """Return the assessment's gaps, missing or not known, each with recommendations that serve it.

    First the national strategy, where the row of Table 25 says that none is in force; then ITU's
    items before those of the Model National Response, missing before planned and not known, surest
    first, and of equals those that a recommendation serves. None rests on low confidence. Columns:
    item_id and framework (of items on one subject all), item, status, confidence,
    confidence_reason, rationale, evidence_ids, answers (ids, "" where none serves it). The strategy
    is a row of Table 25 and no item: item_id and framework are "", and evidence_ids say what it
    rests on; of items they are "", as their own rows name them.
    """
    order, strategy = [MISSING[0], PLANNED, MISSING[1]], _no_strategy(rows)
    ranked = sorted(
        page.rows(answered(_without_low(items, order), recommendations)),
        key=lambda row: (OURS.index(row.framework), order.index(row.status),
                         row.confidence != "high", row.answers == ""),
    )  # fmt: skip
    named = [one["item_id"] for one in strategy]
    whole = _as_one(row for row in ranked if row.item_id not in named)
    found = [*strategy, *(one | {"evidence_ids": ""} for one in whole)][:most]
    frame = answered(pd.DataFrame(found, columns=GAP[:-1]), recommendations)
    return frame.assign(item_id=[one["item_id"] if one["framework"] else "" for one in found])


def strengths(items: pd.DataFrame, lines: pd.DataFrame, most: int = 3) -> pd.DataFrame:
    """Return the items that stand best: in place, then in part, surest first; none of low
    confidence.

    An item that asks for a helpline or hotline stands where one is shown at work (`lines`, as
    `stakeholders.lines` gives them). Columns as `alignment_by_item`; of ITU's items and the Model
    National Response. Items on one subject are one row, with the ids of all.
    """
    stand = {None, *(line.kind for line in _at_work(lines))}  # None: of an item that asks for none
    good = [row for row in page.rows(_without_low(items, GOOD)) if ASKS.get(row.item_id) in stand]
    good.sort(key=lambda row: (GOOD.index(row.status), row.confidence != "high"))
    return pd.DataFrame(_as_one(good)[:most], columns=items.columns)


def answered(items: pd.DataFrame, recommendations: pd.DataFrame) -> pd.DataFrame:
    """Return items with `answers`: the recommendations that serve one, "" where none does yet."""
    columns = (recommendations[c] for c in ("recommendation_id", "item_ids", "capability_ids"))
    ids = sheets.listed((one, answer) for answer, *cells in zip(*columns, strict=True)
                        for cell in cells for one in cop.data.split(cell))  # fmt: skip
    found = ({r for i in cop.data.split(cell) for r in ids.get(i, [])} for cell in items.item_id)
    return items.assign(answers=["; ".join(sorted(each)) for each in found])


def unanswered(items: pd.DataFrame, recommendations: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return gaps of the assessment, missing by a source or unknown, that no recommendation serves.

    Of ITU's items and the Model National Response, without what is of low confidence. `why` and
    `after_id`, the recommendation that comes first, are the assessors' own; "" while nobody has
    said.
    """
    rows = answered(_without_low(items, MISSING), recommendations)
    told = cop.data.read("open_gaps", place.data, place.iso3)
    both = rows[rows.answers == ""].merge(told, "left", "item_id")
    return both.fillna({"why": "", "after_id": ""})


def message(
    place: Country,
    *,
    links: pd.DataFrame,
    lines: pd.DataFrame,
    rows: pd.DataFrame,
    statements: pd.DataFrame,
    items: pd.DataFrame,
) -> Shown:
    """Show a notebook the finding of the assessment in words, and what it rests on.

    That is to whom a child and a witness can turn today, by name; how the strategy stands; and how
    many links of the chain hold. What is of low confidence is in none of these sentences. How sure
    it is that there is no such line is what the coders say of the items that ask for one.
    """
    sources = cop.data.read("sources", place.data, place.iso3)
    first = set(sources.source_id[sources.hand == "first"])
    told = sheets.grouped(page.rows(lines), "kind")
    asking = sheets.listed((ASKS.get(row.item_id), row) for row in _judged(items))
    known = sheets.grouped(page.rows(links), "status")
    return say(
        "message",
        lines={k: _named(told.get(k, []), asking.get(k, [])) for k in stakeholders.LINES},
        strategy=_strategy(rows),
        links=dict(sorted(known.items())),
        basis=(len(statements), sum(one in first for one in statements.source_id)),
        place=place,
    )


def chain_chart(links: pd.DataFrame, place: Country) -> Shown:
    """Show the chain from the child to support, each link with its word and its items."""
    return say("chain_chart", links, place)


def item_strip(items: pd.DataFrame, place: Country) -> Shown:
    """Show ITU's items as squares in their areas, each a link to its row; title and key count all
    of them, and of each status how many are of low confidence.
    """
    columns = ["item_id", "area", "item", "status", "confidence"]
    policy = items.loc[items.framework == POLICY, columns]
    areas = sheets.grouped(page.rows(policy), "area")
    low = Counter(policy.status[policy.confidence == "low"])
    return say("item_strip", policy, areas, Counter(policy.status), low, place)


def strengths_and_gaps(strong: pd.DataFrame, missing: pd.DataFrame, place: Country) -> Shown:
    """Show what stands and what is missing, each in a sentence, with what answers a gap."""
    return say("strengths_and_gaps", strong, missing, place)


def first_actions(recommendations: pd.DataFrame, place: Country, most: int = 3) -> Shown:
    """Show the recommendations that come first, a line each: what, who, by when."""
    order = [*cop.data.labels("recommendations", "priority", place.data)]
    ranks = [order.index(p) if p in order else len(order) for p in recommendations.priority]
    first = sorted(range(len(ranks)), key=ranks.__getitem__)[:most]
    return say("first_actions", recommendations.iloc[first], max(len(ranks) - most, 0), place)


def summary(
    place: Country, *, rows: pd.DataFrame, categories: pd.DataFrame, areas: pd.DataFrame
) -> Shown:
    """Say what law, organisations and people add, each drawn from a table handed on."""
    idle = _labels(place, "stakeholders", "category", categories.category[categories.active == 0])
    differ = _labels(place, "triangulation", "section", areas.section[areas.verdict == "differ"])
    spoken = any([*areas.survey, *areas.interviews])
    known = {one.row: one for one in page.rows(rows)}
    return say(
        "summary",
        judged=[known[row] for row in JUDGED],
        people=(int(categories.active.sum()), int(categories.organisations.sum()), idle),
        triangulation=(areas.verdict.tolist(), differ) if spoken else None,
        place=place,
    )


def not_assessed(
    place: Country,
    *,
    items: pd.DataFrame,
    field_work: pd.DataFrame,
    sections: pd.DataFrame,
    figures: pd.DataFrame,
) -> Shown:
    """Say what could not be assessed: silence, what nobody looked at, people not heard."""
    known = Counter(zip(items.framework == POLICY, items.status, strict=True))
    silent = _labels(place, "evidence", "section", _silent(sections))
    return say(
        "not_assessed",
        counts={word: n for (ours, word), n in known.items() if ours},
        others=known[False, "not assessed"],
        field_work=next(page.rows(field_work), None),
        silent=silent,
        missing=figures.name[figures.value.isna()].tolist(),
        place=place,
        annex=of_stage("5-guideline-alignment", place.iso3),
    )


def routes(place: Country, challenges: pd.DataFrame, items: pd.DataFrame) -> Shown:
    """Show in the assessment where each reader begins, and what to look up then.

    Of challenges the first of each theme is a step of a route. Of items those that the annex shows
    one by one, all but `not assessed`, are reckoned in minutes here, by the words of their cells;
    the page reckons its own chapters.
    """
    annexed = [row for row in page.rows(items[["framework", *ANNEXED]])
               if row.status != "not assessed"]  # fmt: skip
    return say(
        "routes",
        of_stage("5-guideline-alignment", place.iso3),
        dict(zip(challenges.theme[::-1], challenges.challenge_id[::-1], strict=True)),
        {
            of: page.minutes(" ".join(" ".join(row[1:]) for row in annexed if row.framework == of))
            for of in ("industry", "parents and educators")
        },
    )


def key_figures(figures: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return the figures of the panel: those that lead, and a fifth; and the share by
    which a number of people is compared, after the number.

    The fifth is the first of the chapter's other indicators, in its order, that has a value which
    is not old and a figure of the region, and of which more or less is better; else the first of
    them. Columns: those of `figures`, and better.
    """
    known = indicators.catalogue(place.data)
    told = figures.assign(better=[known[code].better for code in figures.indicator_code])
    at = {code: number for number, code in enumerate(figures.indicator_code)}
    codes = [one for code in LEADING for one in (code, COMPARED.get(code))]
    full = [row.n > 0 and row.old == "" and row.better != "none" and pd.notna(row.value)
            for row in page.rows(told)]  # fmt: skip
    others = sorted((n for code, n in at.items() if code not in codes), key=lambda n: not full[n])
    return told.iloc[[*(at[c] for c in codes if c in at), *others[:1]]].reset_index(drop=True)


def key_figure_panel(figures: pd.DataFrame, among: pd.DataFrame, place: Country) -> Shown:
    """Show the figures of the panel, each with year, source, definition, which way is better, and
    a dot among those of the region (`among`, as `indicators.in_region` gives them).
    """
    names = words.labels("key_figures", "indicator_code", place.data)
    known, codes = indicators.catalogue(place.data), figures.indicator_code
    definitions = {one: row.definition for one, row in known.items()}
    frame = figures.assign(label=codes.map(names), definition=codes.map(definitions))
    rows = {row.indicator_code: row for row in page.rows(frame)}
    shares = {one: rows.pop(share, None) for one, share in COMPARED.items()}
    data = words.saying(among, "label", "country")
    data = data.astype({"year": "string", "region_year": "string"}).groupby("indicator_code")
    others = sheets.grouped(page.rows(among), "indicator_code")
    return say("key_figures", charts, rows.values(), shares, others, data, place)


def narrative(place: Country, part: str) -> Shown:
    """Show a notebook the analyst's text with its citations, or that it is still to be written.

    Raises LookupError for a citation without a source.
    """
    path = f"research/{place.iso3}/narrative/{part}.md"
    text = cop.data.without_notes(cop.data.text(place.data, path))
    return say("narrative", citations.with_citations(text, place) if text.strip() else "")


def challenge_blocks(
    challenges: pd.DataFrame, recommendations: pd.DataFrame, items: pd.DataFrame, place: Country
) -> Shown:
    """Show each primary challenge with its improvement, the recommendations that answer it, and a
    positive action as example.
    """
    rests = [cop.data.split(ids) for ids in challenges.evidence_ids]
    named = dict.fromkeys([*challenges.action_evidence_id, *(one for ids in rests for one in ids)])
    sources, given = {i: source_of(i, place) for i in named}, _by_challenge(recommendations)
    ids = [[one.recommendation_id for one in given.get(c, [])] for c in challenges.challenge_id]
    kinds = _kinds([[sources[one] for one in ids] for ids in rests], place)
    frame = challenges.assign(
        answers=["; ".join(each) for each in ids],
        kinds=kinds,
        silent=_silent_items(items, challenges.item_ids),
    )
    return say("challenge_blocks", frame, sources, countries.names(place.data), place)


def register(challenges: pd.DataFrame, recommendations: pd.DataFrame, place: Country) -> Shown:
    """Show which recommendation answers which finding: who leads, by when, how urgent, how hard.

    A finding that no recommendation answers stands there too, and says so.
    """
    columns = ["recommendation_id", "lead", "due", "priority", "effort"]
    given = _by_challenge(recommendations[["challenge_ids", *columns]])
    rows = [
        (one, theme, *row[1:])
        for one, theme in zip(challenges.challenge_id, challenges.theme, strict=True)
        for row in given.get(one, [("", *[""] * len(columns))])
    ]
    return say("register", pd.DataFrame(rows, columns=["challenge_id", "theme", *columns]), place)


def about_unanswered(items: pd.DataFrame) -> Shown:
    """Say, in the synthesis, which missing or unknown items no recommendation answers yet."""
    return say("about_unanswered", items)


def recommendation_blocks(
    recommendations: pd.DataFrame, items: pd.DataFrame, place: Country
) -> Shown:
    """Show each recommendation with all that is needed to follow it up."""
    served = recommendations.item_ids + "; " + recommendations.capability_ids
    frame = recommendations.assign(silent=_silent_items(items, served))
    return say("recommendation_blocks", frame, place)


def item_list(items: pd.DataFrame, place: Country, *columns: pd.Series) -> Shown:
    """Show a notebook the items that `columns` name, lists of ids, but those for policy-makers."""
    named = {item for column in columns for cell in column for item in cop.data.split(cell)}
    frame = items[(items.framework != POLICY) & items.item_id.isin(named)]
    names = words.labels("alignment_by_item", "framework", place.data)
    return say("item_list", frame.assign(anchor=frame.item_id), names, place)


def table_25_table(rows: pd.DataFrame, place: Country) -> Shown:
    """Show a notebook Table 25 today beside the published one."""
    counts = Counter(rows.comparison[rows.comparison != ""])
    return say("table_25_table", rows.assign(anchor="table-25-" + rows.row), counts, place)


def foreign_sources(challenges: pd.DataFrame, place: Country) -> list[str]:
    """Return the assessment's bibliography the ids of sources of examples from other countries."""
    ids = [i for i in challenges.action_evidence_id if i[:3] != place.iso3]
    return [source for source in (source_of(i, place) for i in ids) if source]


def source_of(row_id: str, place: Country) -> str:
    """Return the assessment the source behind a row of evidence, instruments or stakeholders.

    The row may be of any country. Gives "" where its table cannot be read.
    """
    name = TABLES[row_id[4]]
    row = cop.data.row(name, place.data, cop.data.columns(name, place.data)[0], row_id)
    return row["source_id"] if row else ""


def _reckoned(row, place, treaties, categories, cut_off):
    """Return (value, as of, refs) of a row that follows from data: a treaty, a membership, a
    count.
    """
    if row == COUNT:
        return str(int(categories.active.sum())), cut_off, f"{place.iso3}-organisations"
    if row not in TREATIES:  # a row that is judged, and nobody has judged it
        return "not assessed", cut_off, ""
    for one in page.rows(treaties):
        if one.instrument == TREATIES[row]:
            return one.status, one.as_of or "no date shown", one.source_id
    return "not looked up", cut_off, ""


def _kinds(sources, place):
    """Return the kinds of source, as labels, of each finding, by the sources of its rows."""
    known = cop.data.read("sources", place.data, place.iso3)
    kinds = dict(zip(known.source_id, known.kind, strict=True))
    found = [{kinds.get(one) for one in ids} for ids in sources]
    labels = words.labels("sources", "kind", place.data)
    return [[label for word, label in labels.items() if word in each] for each in found]


def _silent_items(items, ids):
    """Return, of each list of ids, the items for which no public evidence was found."""
    silent = {*items.item_id[items.status == MISSING[1]]}
    return ["; ".join(one for one in cop.data.split(cell) if one in silent) for cell in ids]


def _by_challenge(recommendations):
    """Return the recommendations that answer each challenge, as rows: {challenge_id: rows}."""
    rows = page.rows(recommendations)
    return sheets.listed((one, row) for row in rows for one in cop.data.split(row.challenge_ids))


def _labels(place, table, column, found):
    known = words.labels(table, column, place.data)
    return [known[word] for word in found]


def _silent(sections):
    """Return the sections without a statement; positive actions stand with the challenges."""
    told = zip(sections.section, sections.statements, strict=True)
    return [section for section, n in told if n == 0 and section != "positive_actions"]


def _together(statuses, number):
    """Return the word of a link from those items, of so many, that can carry one."""
    words = set(statuses)
    if words == {"in place"} and len(statuses) == number:
        return "in place"
    if words & set(GOOD):
        return "partly in place"
    order = [MISSING[0], PLANNED, *MISSING[1:], "withheld"]
    return next((w for w in order if w in words), "not assessed")


def _at_work(lines):
    """Return the rows of lines that a source of more than low confidence shows at work."""
    return [r for r in page.rows(lines) if r.operates == "yes" and r.confidence != "low"]


def _judged(items):
    """Return of each item its id, its word and how sure it is, as rows."""
    return list(page.rows(items[["item_id", "status", *SURE]]))


def _weakest(rows):
    """Return confidence and reason of the least sure of some rows."""
    told = [(row.confidence, row.confidence_reason) for row in rows]
    return confidence.weakest(pd.DataFrame(told, columns=SURE, dtype=object))


def _named(lines, items):
    """Return the rows of lines that are shown at work, then of the others, how sure that is at the
    least, and whether there are others of low confidence, which are not named.

    Where there is no line, `items` that ask for one say how sure that is.
    """
    if not lines:
        told = _weakest(row for row in items if row.status in MISSING)
        return [], [], told, told[0] == "low"
    sure = [line for line in lines if line.confidence != "low"]
    at_work = [line for line in sure if line.operates == "yes"]
    silent = [line for line in sure if line.operates != "yes"]
    return at_work, silent, _weakest(at_work or silent), len(sure) < len(lines)


def _carried_by(word, items, lines):
    """Return confidence and reason of the least sure item, or service, that carries the word of a
    link.
    """
    if word in ("not assessed", UNSURE):
        return ("low", text("only_low")) if word == UNSURE else ("", "")
    if word not in GOOD:
        return _weakest(row for row in items if row.status == word)
    return _weakest([*(r for r in items if r.status in GOOD and r.confidence != "low"), *lines])


def _strategy(rows):
    """Return word, confidence and reason of the row on the strategy. Of low confidence it has no
    word, but where nothing was found, which claims nothing.
    """
    told = zip(*(rows[c] for c in ["row", "value", *SURE]), strict=True)
    known = {row: others for row, *others in told}
    word, sure, why = known.get("national_strategy", ("not assessed", "", ""))
    return (UNSURE if sure == "low" and word != alignment.SILENT else word), sure, why


def _no_strategy(rows):
    """Return the row of Table 25 on the strategy as a gap, a list with one; none where one is in
    force or adopted.
    """
    return [
        {
            "item_id": STRATEGY, "item": row.label, "framework": "", "status": row.value,
            "rationale": END.split(row.detail)[0].rstrip(".") + ".", "evidence_ids": row.refs,
            "confidence": row.confidence, "confidence_reason": row.confidence_reason,
        }
        for row in page.rows(rows)
        if row.row == "national_strategy" and row.confidence != "low"
        and row.value not in ("in force", "adopted", "not assessed")
    ]  # fmt: skip


def _without_low(items, words):
    """Return the items of ITU and of the Model National Response with these words, and sure."""
    ours = items.framework.isin(OURS) & items.status.isin(words)
    return items[ours & (items.confidence != "low")]


def _as_one(rows):
    """Return rows of items as dictionaries, those on one subject as one: whose name ends with
    that of an earlier one, or the other way round, with its word ("Terminology", "Universal
    Terminology").
    """
    lines: list[dict] = []
    for row in (one._asdict() for one in rows):
        same = (r for r in lines if r["status"] == row["status"] and _one_subject(r, row))
        if known := next(same, None):
            known["item_id"] += f"; {row['item_id']}"
            if row["framework"] not in cop.data.split(known["framework"]):
                known["framework"] += f"; {row['framework']}"
        else:
            lines.append(row)
    return lines


def _one_subject(one, other):
    longer, shorter = sorted((one["item"].lower(), other["item"].lower()), key=len, reverse=True)
    return f" {longer}".endswith(f" {shorter}")

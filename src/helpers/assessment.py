"""Stage 6, country assessment: the synthesis that becomes the report, of what stages 1 to 5
handed on.
"""

import re
from functools import partial

import pandas as pd

import contract
from contract.places import Country
from helpers import alignment, confidence, countries, stakeholders
from helpers.confidence import SURE
from report import citations, page, words
from report.filenames import of_stage
from report.languages import N_
from report.page import Shown

say = partial(words.show, "6-country-assessment")
text = partial(words.recorded, "confidence")

POLICY = alignment.POLICY
LEADING = ["IT.NET.USER.ZS", "ITU.xHH6", "WPP.POP.0014", "NCMEC.RATE"]  # the panel, in its order
COMPARED = {"WPP.POP.0014": "WPP.POP.0014.ZS"}  # a number of people, by its share of all of them
TREATIES = {"lanzarote": "LANZAROTE_CETS201", "weprotect": "WEPROTECT"}  # rows of Table 25
COUNT = "active_organisations"  # the row of Table 25 that is a number
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
    """Give a notebook the primary challenges of the country, as its table holds them."""
    return contract.read("challenges", place.data, place.iso3)


def recommendations(place: Country, challenges: pd.DataFrame) -> pd.DataFrame:
    """Give a notebook the recommendations of the country with the challenges that they answer.

    Columns: those of the table, organisations by name (lead, supporting, cost_by); theme,
    challenge, evidence_ids and positive action of the challenges answered. "" or NA in a cell is
    work still to be done.
    """
    rows = contract.read("recommendations", place.data, place.iso3)
    names = contract.read("stakeholders", place.data, place.iso3).set_index("stakeholder_id").name
    answered = challenges.set_index("challenge_id")
    of = [answered.loc[contract.split(cell)] for cell in rows.challenge_ids]
    return rows.assign(
        lead=rows.lead_id.map(names).fillna(""),
        cost_by=rows.cost_by_id.map(names).fillna(""),
        supporting=["; ".join(names[contract.split(ids)]) for ids in rows.supporting_ids],
        theme=[them.theme.iloc[0] for them in of],
        challenge=[" ".join(them.challenge) for them in of],
        evidence_ids=["; ".join(them.evidence_ids) for them in of],
        action=["; ".join(them.action) for them in of],
        action_evidence_id=["; ".join(them.action_evidence_id) for them in of],
    )[list(contract.titles("action_plan", place.data))[1:]]


def table_25(place: Country, treaties: pd.DataFrame, categories: pd.DataFrame) -> pd.DataFrame:
    """Give the six rows of Table 25 from today's data, of the tables of treaties and categories
    handed on.

    Columns: row, label, value, as_of, refs (an id, or that of a data set), published_2020,
    source_id (of the table of 2020), detail, difference, confidence, confidence_reason ("" for a
    count and for what was not looked up). A row that nobody has judged is `not assessed`.
    """
    labels = contract.labels("table_25", "row", place.data)
    then = contract.read("table_25_2020", place.data)
    then = then[then.iso3 == place.iso3]
    judged = contract.read("table_25", place.data, place.iso3).set_index("row")
    judged = judged.reindex(list(labels)).fillna("")
    cut_off = countries.edition(place).cut_off
    rows = [_reckoned(row, place, treaties, categories, cut_off) for row in labels]
    frame = pd.DataFrame(
        rows, index=pd.Index(labels, name="row"), columns=["value", "as_of", "refs"]
    )
    settled = judged.value != ""
    frame.loc[settled, "value"] = judged.value[settled]
    frame.loc[settled, "as_of"] = cut_off
    frame.loc[settled, "refs"] = judged.evidence_ids[settled]
    then = then.set_index("row").reindex(list(labels)).fillna({"value": "not in the table"})
    others = {"label": labels, "published_2020": then.value}
    rated = frame.value.mask(frame.index == COUNT, "")  # a count is no judgement
    sure = confidence.of(rated, frame.refs, place)
    others |= {"detail": judged.detail, "difference": judged.difference}
    others["source_id"] = then.source_id.fillna("")
    return frame.assign(**others).join(sure).reset_index()


def chain(items: pd.DataFrame, lines: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Give the links between a child in need and support, with how far each holds.

    Columns: link, label, question, status (see `link_status`), confidence, confidence_reason (those
    of the least sure item that carries the word), silent, unsure, item_ids. A link that names kinds
    of services is in place only where one of each kind is shown at work in the 24 months before the
    cut-off (`lines`, as `stakeholders.lines` gives them): `silent` names the others. `unsure` are
    the items (ids) of low confidence, which carry no word and are not hidden by one that does.
    """
    links = contract.read("chain", place.data).sort_values("order")
    labels = contract.labels("chain", "link", place.data)
    judged, at_work = items.set_index("item_id"), _at_work(lines)
    busy = set(at_work.kind)
    kinds = links.service_kinds.map(contract.split)
    silent = ["; ".join(kind for kind in named if kind not in busy) for named in kinds]
    rows = [judged[judged.index.isin(contract.split(ids))] for ids in links.item_ids]
    status = pd.Series([link_status(row.status, row.confidence) for row in rows], links.index)
    short = (status == "in place") & pd.Series(silent, links.index).ne("")
    frame = links.assign(label=links.link.map(labels), silent=silent)
    frame["status"] = status.mask(short, "partly in place")
    running = [at_work[at_work.kind.isin(named)] for named in kinds]
    sure = [_carried_by(*each) for each in zip(status, rows, running, strict=True)]
    frame[SURE] = pd.DataFrame(sure, frame.index, SURE, dtype=str)
    frame["unsure"] = ["; ".join(each.index[each.confidence == "low"]) for each in rows]
    return frame[["link", "label", "question", "status", *SURE, "silent", "unsure", "item_ids"]]


def link_status(statuses: pd.Series, confidences: pd.Series) -> str:
    """Give the assessment one word for several items, by their statuses.

    It is in place where all are, partly where any is in part. Else not in place where a source says
    so of any, else planned, no public evidence, withheld, else not assessed. An item that is not
    applicable is no part of it; where all are, it is the word. What is of low confidence carries no
    word: where the word rested on it, it is `not sure enough`.
    """
    if len(statuses) and (statuses == LEFT_OUT).all():
        return LEFT_OUT
    statuses = statuses[statuses != LEFT_OUT]
    confidences = confidences.loc[statuses.index]
    sure = _together(statuses[confidences != "low"], len(statuses))
    if sure in GOOD or sure == _together(statuses, len(statuses)):
        return sure
    return UNSURE


def gaps(
    items: pd.DataFrame, rows: pd.DataFrame, recommendations: pd.DataFrame, most: int = 3
) -> pd.DataFrame:
    """Give the assessment's gaps, missing or not known, each with recommendations that serve it.

    First the national strategy, where the row of Table 25 says that none is in force; then ITU's
    items before those of the Model National Response, missing before planned and not known, surest
    first, and of equals those that a recommendation serves. None rests on low confidence. Columns:
    item_id and framework (of items on one subject all), item, status, confidence,
    confidence_reason, rationale, evidence_ids, answers (ids, "" where none serves it). The strategy
    is a row of Table 25 and no item: item_id and framework are "", and evidence_ids say what it
    rests on; of items they are "", as their own rows name them.
    """
    missing = _without_low(items, [*MISSING, PLANNED])
    missing = answered(missing, recommendations)
    order = missing.framework.map([POLICY, alignment.RESPONSE].index) * 100
    order += missing.status.map({MISSING[0]: 0, PLANNED: 5, MISSING[1]: 10})
    order += (missing.confidence != "high") * 2 + (missing.answers == "")
    ranked = missing.loc[order.sort_values(kind="stable").index]
    strategy = answered(_no_strategy(rows), recommendations)
    ranked = ranked[~ranked.item_id.isin(strategy.item_id)]
    strategy = strategy.assign(item_id="")
    whole = answered(_as_one(ranked), recommendations).assign(evidence_ids="")
    return pd.concat([strategy, whole])[GAP].head(most).reset_index(drop=True)


def strengths(items: pd.DataFrame, lines: pd.DataFrame, most: int = 3) -> pd.DataFrame:
    """Give the items that stand best: in place, then in part, surest first; none of low confidence.

    An item that asks for a helpline or hotline stands where one is shown at work (`lines`, as
    `stakeholders.lines` gives them). Columns as `alignment_by_item`; of ITU's items and the Model
    National Response. Items on one subject are one row, with the ids of all.
    """
    good, at_work = _without_low(items, GOOD), set(_at_work(lines).kind)
    good = good[good.item_id.map(ASKS).isin(at_work) | ~good.item_id.isin(ASKS)]
    order = good.status.map(GOOD.index) * 10 + (good.confidence != "high")
    return _as_one(good.loc[order.sort_values(kind="stable").index]).head(most)


def answered(items: pd.DataFrame, recommendations: pd.DataFrame) -> pd.DataFrame:
    """Give items with `answers`: the recommendations that serve one, "" where none does yet."""
    both = recommendations.item_ids + "; " + recommendations.capability_ids
    ids: dict[str, list[str]] = {}
    for recommendation, cell in zip(recommendations.recommendation_id, both, strict=True):
        for one in contract.split(cell):
            ids.setdefault(one, []).append(recommendation)
    found = [
        [r for one in contract.split(cell) for r in ids.get(one, [])] for cell in items.item_id
    ]
    return items.assign(answers=["; ".join(sorted(set(each))) for each in found])


def unanswered(items: pd.DataFrame, recommendations: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Give gaps of the assessment, missing by a source or unknown, that no recommendation serves.

    Of ITU's items and the Model National Response, without what is of low confidence. `why` and
    `after_id`, the recommendation that comes first, are the assessors' own; "" while nobody has
    said.
    """
    missing = _without_low(items, MISSING)
    rows = answered(missing, recommendations)
    told = contract.read("open_gaps", place.data, place.iso3)
    return (
        rows[rows.answers == ""].merge(told, "left", "item_id").fillna({"why": "", "after_id": ""})
    )


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
    sources = contract.read("sources", place.data, place.iso3).set_index("source_id")
    first = int((statements.source_id.map(sources.hand) == "first").sum())
    return say(
        "message",
        lines={
            kind: _named(lines[lines.kind == kind], items[items.item_id.map(ASKS) == kind])
            for kind in stakeholders.LINES
        },
        strategy=_strategy(rows),
        links={word: list(page.rows(each)) for word, each in links.groupby("status")},
        basis=(len(statements), first),
        place=place,
    )


def chain_chart(links: pd.DataFrame, place: Country) -> Shown:
    """Show the chain from the child to support, each link with its word and its items."""
    return say("chain_chart", links, place)


def item_strip(items: pd.DataFrame, place: Country) -> Shown:
    """Show ITU's items as squares in their areas, each a link to its row; the key counts them, and
    of each status how many are of low confidence, which chapters that leave them out do not count.
    """
    policy = items[items.framework == POLICY]
    unsure = policy.status[policy.confidence == "low"]
    counts, low = policy.status.value_counts(), unsure.value_counts()
    return say("item_strip", policy, counts, low, place)


def strengths_and_gaps(strong: pd.DataFrame, missing: pd.DataFrame, place: Country) -> Shown:
    """Show what stands and what is missing, each in a sentence, with what answers a gap."""
    return say("strengths_and_gaps", strong, missing, place)


def first_actions(recommendations: pd.DataFrame, place: Country, most: int = 3) -> Shown:
    """Show the recommendations that come first, a line each: what, who, by when."""
    order = {
        word: i for i, word in enumerate(contract.labels("recommendations", "priority", place.data))
    }
    ranked = recommendations.assign(rank=recommendations.priority.map(order).fillna(len(order)))
    first, more = ranked.sort_values("rank", kind="stable").head(most), len(ranked) - most
    return say("first_actions", first, max(more, 0), place)


def summary(
    place: Country, *, rows: pd.DataFrame, categories: pd.DataFrame, areas: pd.DataFrame
) -> Shown:
    """Say what law, organisations and people add, each drawn from a table handed on."""
    idle = _labels(place, "stakeholders", "category", categories.category[categories.active == 0])
    differ = _labels(place, "triangulation", "section", areas.section[areas.verdict == "differ"])
    spoken = (areas[["survey", "interviews"]] != "").any(axis=None)
    return say(
        "summary",
        judged=list(page.rows(rows.set_index("row", drop=False).loc[JUDGED])),
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
    policy = items[items.framework == POLICY].status.value_counts()
    silent = _labels(place, "evidence", "section", _silent(sections))
    return say(
        "not_assessed",
        counts=policy.to_dict(),
        others=int((items.status == "not assessed").sum() - policy.get("not assessed", 0)),
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
    annexed = items[items.status != "not assessed"]
    return say(
        "routes",
        of_stage("5-guideline-alignment", place.iso3),
        challenges.drop_duplicates("theme").set_index("theme").challenge_id.to_dict(),
        {
            of: page.minutes(" ".join(annexed.loc[annexed.framework == of, ANNEXED].values.ravel()))
            for of in ("industry", "parents and educators")
        },
    )


def key_figures(figures: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Give a notebook the figures of the panel: those that lead, and a fifth; and the share by
    which a number of people is compared, after the number.

    The fifth is the first of the chapter's other indicators, in its order, that has a value which
    is not old and a figure of the region, and of which more or less is better; else the first of
    them. Columns: those of `figures`, and better.
    """
    known = contract.read("indicator_catalogue", place.data).set_index("indicator_code")
    told = figures.assign(better=figures.indicator_code.map(known.better))
    others = told[~told.indicator_code.isin([*LEADING, *COMPARED.values()])]
    full = others.value.notna() & (others.old == "") & (others.n > 0) & (others.better != "none")
    fifth = others.assign(rank=~full).sort_values("rank", kind="stable").head(1)
    codes = [one for code in LEADING for one in (code, COMPARED.get(code))]
    rank = {code: number for number, code in enumerate(codes)}
    leading = told[told.indicator_code.isin(codes)]
    leading = leading.sort_values("indicator_code", key=lambda column: column.map(rank))
    return pd.concat([leading, fifth[leading.columns]], ignore_index=True)


def key_figure_panel(figures: pd.DataFrame, among: pd.DataFrame, place: Country) -> Shown:
    """Show the figures of the panel, each with year, source, definition, which way is better, and
    a dot among those of the region (`among`, as `indicators.in_region` gives them).
    """
    names = words.labels("key_figures", "indicator_code", place.data)
    known = contract.read("indicator_catalogue", place.data).set_index("indicator_code")
    codes = figures.indicator_code
    frame = figures.assign(label=codes.map(names), definition=codes.map(known.definition))
    whole = {number: page.rows(frame[codes == share]) for number, share in COMPARED.items()}
    shares = {number: row for number, rows in whole.items() for row in rows if pd.notna(row.value)}
    return say("key_figures", frame[~codes.isin(COMPARED.values())], shares, among, place)


def narrative(place: Country, part: str) -> Shown:
    """Show a notebook the analyst's text with its citations, or that it is still to be written.

    Raises LookupError for a citation without a source.
    """
    path = f"research/{place.iso3}/narrative/{part}.md"
    text = contract.without_notes(contract.text(place.data, path))
    return say("narrative", citations.with_citations(text, place) if text.strip() else "")


def challenge_blocks(
    challenges: pd.DataFrame, recommendations: pd.DataFrame, place: Country
) -> Shown:
    """Show each primary challenge with its improvement, the recommendations that answer it, and a
    positive action as example.
    """
    sources = {i: source_of(i, place) for i in challenges.action_evidence_id}
    pairs = _by_challenge(recommendations).groupby("challenge_id")
    answers = pairs.recommendation_id.agg("; ".join)
    frame = challenges.assign(answers=challenges.challenge_id.map(answers).fillna(""))
    frame = frame.assign(kinds=[_kinds(ids, place) for ids in challenges.evidence_ids])
    return say("challenge_blocks", frame, sources, countries.names(place.data), place)


def register(challenges: pd.DataFrame, recommendations: pd.DataFrame, place: Country) -> Shown:
    """Show which recommendation answers which finding: who leads, by when, how urgent, how hard.

    A finding that no recommendation answers stands there too, and says so.
    """
    columns = ["challenge_id", "recommendation_id", "lead", "due", "priority", "effort"]
    answers = _by_challenge(recommendations)[columns]
    both = challenges[["challenge_id", "theme"]].merge(answers, "left", "challenge_id")
    return say("register", both.fillna({"recommendation_id": ""}), place)


def about_unanswered(items: pd.DataFrame) -> Shown:
    """Say, in the synthesis, which missing or unknown items no recommendation answers yet."""
    return say("about_unanswered", items)


def recommendation_blocks(recommendations: pd.DataFrame, place: Country) -> Shown:
    """Show each recommendation with all that is needed to follow it up."""
    return say("recommendation_blocks", recommendations, place)


def item_list(items: pd.DataFrame, place: Country, *columns: pd.Series) -> Shown:
    """Show a notebook the items that `columns` name, lists of ids, but those for policy-makers."""
    named = {item for cell in pd.concat(columns) for item in contract.split(cell)}
    frame = items[(items.framework != POLICY) & items.item_id.isin(named)]
    names = words.labels("alignment_by_item", "framework", place.data)
    return say("item_list", frame.assign(anchor=frame.item_id), names, place)


def table_25_table(rows: pd.DataFrame, place: Country) -> Shown:
    """Show a notebook Table 25 today beside the published one."""
    return say("table_25_table", rows.assign(anchor="table-25-" + rows.row), place)


def foreign_sources(challenges: pd.DataFrame, place: Country) -> list[str]:
    """Give the assessment's bibliography the ids of sources of examples from other countries."""
    ids = [i for i in challenges.action_evidence_id if i[:3] != place.iso3]
    return [source for source in (source_of(i, place) for i in ids) if source]


def source_of(row_id: str, place: Country) -> str:
    """Give the assessment the source behind a row of evidence, instruments or stakeholders.

    The row may be of any country. Gives "" where its table cannot be read.
    """
    name = TABLES[row_id[4]]
    row = contract.row(name, place.data, contract.fields(name, place.data)[0]["name"], row_id)
    return "" if row is None else row.source_id


def _reckoned(row, place, treaties, categories, cut_off):
    """Give (value, as of, refs) of a row that follows from data: a treaty, a membership, a
    count.
    """
    if row == COUNT:
        return str(int(categories.active.sum())), cut_off, f"{place.iso3}-organisations"
    if row not in TREATIES:  # a row that is judged, and nobody has judged it
        return "not assessed", cut_off, ""
    status = treaties[treaties.instrument == TREATIES[row]]
    if status.empty:
        return "not looked up", cut_off, ""
    one = status.iloc[0]
    return one.status, one.as_of or "no date shown", one.source_id


def _kinds(ids, place):
    """Give the kinds of source, as labels, that the rows of a finding come from."""
    known = contract.read("sources", place.data, place.iso3).set_index("source_id").kind
    found = {known.get(source_of(one, place)) for one in contract.split(ids)}
    labels = words.labels("sources", "kind", place.data)
    return [label for word, label in labels.items() if word in found]


def _by_challenge(recommendations):
    """Give each recommendation once for every challenge that it answers."""
    ids = recommendations.challenge_ids.map(contract.split)
    return recommendations.assign(challenge_id=ids).explode("challenge_id")


def _labels(place, table, column, found):
    known = words.labels(table, column, place.data)
    return [known[word] for word in found]


def _silent(sections):
    """Give the sections without a statement; positive actions stand with the challenges."""
    named = sections[sections.section != "positive_actions"]
    return named.section[named.statements == 0]


def _together(statuses, number):
    """Give the word of a link from those items, of so many, that can carry one."""
    words = set(statuses)
    if words == {"in place"} and len(statuses) == number:
        return "in place"
    if words & set(GOOD):
        return "partly in place"
    order = [MISSING[0], PLANNED, *MISSING[1:], "withheld"]
    return next((w for w in order if w in words), "not assessed")


def _at_work(lines):
    """Give the lines that a source of more than low confidence shows at work."""
    return lines[(lines.operates == "yes") & (lines.confidence != "low")]


def _named(lines, items):
    """Give the rows of lines that are shown at work, then of the others, how sure that is at the
    least, and whether there are others of low confidence, which are not named.

    Where there is no line, `items` that ask for one say how sure that is.
    """
    if lines.empty:
        absent = items[items.status.isin(MISSING)]
        told = confidence.weakest(absent)
        return [], [], told, told[0] == "low"
    sure, at_work = lines[lines.confidence != "low"], _at_work(lines)
    silent = sure[sure.operates != "yes"]
    told = confidence.weakest(silent if at_work.empty else at_work)
    at_work, silent = list(page.rows(at_work)), list(page.rows(silent))
    return at_work, silent, told, len(sure) < len(lines)


def _carried_by(word, items, lines):
    """Give confidence and reason of the least sure item, or service, that carries the word of a
    link.
    """
    if word in ("not assessed", UNSURE):
        return ("low", text("only_low")) if word == UNSURE else ("", "")
    known = items[items.confidence != "low"]
    found = known if word in GOOD else items
    found = found[found.status.isin(GOOD if word in GOOD else [word])]
    return confidence.weakest(found, *([lines] if word in GOOD else []))


def _strategy(rows):
    """Give word, confidence and reason of the row on the strategy; of low confidence no word."""
    row = rows[rows.row == "national_strategy"]
    word, sure, why = next(
        row[["value", *SURE]].itertuples(index=False, name=None), ("not assessed", "", "")
    )
    return (UNSURE if sure == "low" else word), sure, why


def _no_strategy(rows):
    """Give the row of Table 25 on the strategy as a gap; none where one is in force or adopted."""
    found = rows[(rows.row == "national_strategy") & ~rows["value"].isin(["in force", "adopted"])]
    found = found[(found["value"] != "not assessed") & (found.confidence != "low")]
    told = found.detail.str.split(END, regex=True).str[0].str.rstrip(".") + "."
    return pd.DataFrame({
        "item_id": STRATEGY, "item": found.label, "framework": "", "status": found["value"],
        "rationale": told, "evidence_ids": found.refs, **found[SURE],
    })  # fmt: skip


def _without_low(items, words):
    """Give the items of ITU and of the Model National Response with these words, and sure."""
    ours = items[items.framework.isin([POLICY, alignment.RESPONSE])]
    return ours[ours.status.isin(words) & (ours.confidence != "low")]


def _as_one(items):
    """Give items on one subject as one row: those whose name ends with that of an earlier one, or
    the other way round, and that have its word ("Terminology", "Universal Terminology").
    """
    lines = []
    for row in items.to_dict("records"):
        same = (r for r in lines if r["status"] == row["status"] and _one_subject(r, row))
        if known := next(same, None):
            known["item_id"] += f"; {row['item_id']}"
            if row["framework"] not in contract.split(known["framework"]):
                known["framework"] += f"; {row['framework']}"
        else:
            lines.append(row)
    return pd.DataFrame(lines, columns=items.columns)


def _one_subject(one, other):
    longer, shorter = sorted((one["item"].lower(), other["item"].lower()), key=len, reverse=True)
    return f" {longer}".endswith(f" {shorter}")

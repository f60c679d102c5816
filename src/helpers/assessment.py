"""Turn the results of stages 1 to 5 into the country assessment (stage 6)."""

import re

import pandas as pd

import cop.data
from cop.data.places import Country
from cop.report import citations, words
from cop.report.languages import N_
from cop.report.page import Html
from helpers import alignment, confidence, countries, indicators, stakeholders
from helpers.confidence import SURE
from helpers.countries import read_table

OURS = [alignment.POLICY, alignment.RESPONSE]  # frameworks of the strengths and gaps, in order
LEADING = [  # indicators of the panel of key figures, in order
    "NCMEC.REPORTS", "NCMEC.RATE", "WPP.POP.0014", "IT.NET.USER.ZS", "ITU.xHH6",
]  # fmt: skip
YEARS = 5  # maximum age of the earlier value shown with a key figure
COMPARED = {"WPP.POP.0014": "WPP.POP.0014.ZS"}  # {number of people: share of the population}
TREATIES = {"lanzarote": "LANZAROTE_CETS201", "weprotect": "WEPROTECT"}  # {row: instrument}
COUNT = "active_organisations"  # row of Table 25 that holds a count
STRATEGY_ROW, STRATEGY_ITEM = "national_strategy", "PM-STR-01"  # row of Table 25; item
# Values that count as a yes, a no, or no rating in a comparison with the table of 2020.
YES = ["party", "member", "in force", "adopted", "dedicated"]
NO = ["not in place", "no action", "not a member"]
UNJUDGED = ["not assessed", "not looked up", "withheld"]
GOOD = alignment.AT_LEAST
MISSING = ["not in place", alignment.SILENT]
LACKING = ["not in place", "planned", alignment.SILENT]  # statuses of gaps, in order
LEFT_OUT = "not applicable"  # items that do not count towards a link
ASKS = {"PM-RIC-01": "hotline", "MNR-11": "helpline", "MNR-12": "hotline"}  # {item: service}
MOST = 3  # maximum number of strengths in the summary, and of gaps
GAP = ["item_id", "item", "framework", "status", *SURE, "rationale", "evidence_ids", "answers"]

UNSURE = N_("insufficient evidence")  # status that only items of low confidence support
FIRST_SENTENCE = re.compile(r"(?<=[a-z0-9)])[.] (?=[A-Z])")  # end of a sentence
TABLES = {"E": "evidence", "L": "instruments", "O": "stakeholders", "V": "services"}


def recommendations(place: Country, challenges: pd.DataFrame) -> pd.DataFrame:
    """Return the recommendations of a country, with the challenges that they address.

    `challenges` is the country's table `challenges`. The columns are those of the saved table
    `action_plan` except iso3; lead, supporting and cost_by contain names of organisations, not ids.
    The theme is that of the first challenge, while challenge, evidence_ids, action and
    action_evidence_id combine all challenges. Missing values are as in `helpers.read`.
    """
    rows = read_table("recommendations", place)
    names = countries.bodies(place)
    pairs = rows.assign(challenge_id=rows.challenge_ids.map(cop.data.split)).explode("challenge_id")
    pairs = pairs[["recommendation_id", "challenge_id"]].merge(challenges, on="challenge_id")
    answered = pairs.groupby("recommendation_id").agg(
        theme=("theme", "first"), challenge=("challenge", " ".join),
        **{name: (name, "; ".join) for name in ("evidence_ids", "action", "action_evidence_id")},
    )  # fmt: skip
    supporting = rows.supporting_ids.map(cop.data.split).explode().map(names).dropna()
    frame = rows.join(answered, "recommendation_id").assign(
        lead=rows.lead_id.map(names).fillna(""),
        cost_by=rows.cost_by_id.map(names).fillna(""),
        supporting=supporting.groupby(level=0).agg("; ".join).reindex(rows.index, fill_value=""),
    )
    return frame[cop.data.columns("action_plan", place.data)[1:]]


def table_25(place: Country, treaties: pd.DataFrame, active: int) -> pd.DataFrame:
    """Return the six rows of Table 25 of the 2020 study with current values and those of 2020.

    A value missing in the country's table `table_25` is computed from `treaties` (the result of
    `cybersecurity.treaties`) or `active` (the number of active organisations), and is otherwise
    `not assessed`; a treaty without a verified row is `not looked up`. A draft becomes `no public
    evidence` unless a cited row is recent (see `stakeholders.recent`). The columns are:

    - row, label, value, detail
    - difference: the reason for a difference from 2020, or the basis of an equal value
    - as_of: the cut-off; for a value computed from a treaty, the date of its status, entry into
      force or ratification (the first that is known), or `no date shown`
    - refs: ids of the rows or data sets that support the value, or of the list that is counted
    - published_2020, source_id: the value of 2020 (or `not in the table`), and its source
    - confidence, confidence_reason: empty for counts and for rows without a rating
    - comparison: the result of `compare`; a value of low confidence counts as not rated
    """
    labels = cop.data.labels("table_25", "row", place.data)
    then = read_table("table_25_2020", place).query("iso3 == @place.iso3").set_index("row")
    then = then.rename(columns={"value": "published_2020"})[["published_2020", "source_id"]]
    judged = read_table("table_25", place).rename(columns={"evidence_ids": "refs"}).set_index("row")
    frame = pd.DataFrame({"label": labels}).rename_axis("row")
    frame = frame.join(then).join(judged).fillna({"published_2020": "not in the table"})
    frame = frame.fillna("").assign(as_of=countries.edition(place).cut_off)
    for row, value, refs in frame[["value", "refs"]].itertuples():
        if not value:
            computed = _from_data(row, place, treaties, active, frame.as_of[row])
            frame.loc[row, ["value", "as_of", "refs"]] = computed
        elif value == "draft" and not stakeholders.recent(refs, place):
            frame.loc[row, "value"] = alignment.SILENT
    rated = frame.value.mask(frame.index == COUNT, "")  # counts are not rated
    frame = frame.join(confidence.rate(rated, frame.refs, place))
    sure = frame.value.mask(frame.confidence == "low", "not assessed")
    wording = frame.pop("other_words")
    frame["comparison"] = list(map(compare, frame.index, frame.published_2020, sure, wording))
    return frame.reset_index()


def compare(row: str, published: str, value: str, other_words: str) -> str:
    """Compare the current value of a row of Table 25 with that `published` in 2020.

    Returns "" if `published` is `not in the table`, and `not comparable` for counts (the method of
    2020 is unknown) and values without public evidence or rating. Otherwise, returns `same` if YES
    contains the value and `published` is "yes", or NO contains it and `published` is "no". If not,
    returns `other words` if `other_words` is not empty, and otherwise `different`.
    """
    if published == "not in the table":
        return ""
    if row == COUNT or value in (alignment.SILENT, *UNJUDGED):
        return "not comparable"
    answer = "yes" if value in YES else "no" if value in NO else ""
    return "same" if answer == published else "other words" if other_words else "different"


def chain(items: pd.DataFrame, lines: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return the links of the chain of protection, in order, with their status.

    `items` is the result of `alignment.adjudicated`, and `lines` that of `stakeholders.helplines`.
    A link in place becomes `partly in place` if a required kind of service is missing, that is, if
    no service of this kind is known to operate with at least moderate confidence.

    The columns are:

    - link, label, question, item_ids
    - status: see `link_status`
    - confidence, confidence_reason: those of the least certain item or service behind the status
    - silent: the missing kinds of services, separated by semicolons
    - unsure: ids of the items of low confidence, separated by semicolons
    """
    at_work, rows = _at_work(lines), []
    labels = cop.data.labels("chain", "link", place.data)
    for link in read_table("chain", place).sort_values("order").to_dict("records"):
        judged = items[items.item_id.isin(cop.data.split(link["item_ids"]))]
        kinds = cop.data.split(link["service_kinds"])
        silent = "; ".join(kind for kind in kinds if kind not in set(at_work.kind))
        word = link_status(judged.status, judged.confidence)
        sure = _support(word, judged, at_work[at_work.kind.isin(kinds)])
        rows.append(link | dict(zip(SURE, sure, strict=True)) | {
            "label": labels[link["link"]],
            "status": "partly in place" if silent and word == "in place" else word,
            "silent": silent,
            "unsure": "; ".join(judged.item_id[judged.confidence == "low"]),
        })  # fmt: skip
    columns = ["link", "label", "question", "status", *SURE, "silent", "unsure", "item_ids"]
    return pd.DataFrame(rows, columns=columns)


def link_status(statuses: pd.Series, confidences: pd.Series) -> str:
    """Return the status of a link from the statuses and confidences of its items.

    If all items are `not applicable`, so is the link; otherwise these items are ignored. The
    status is `in place` if all items are in place and none has low confidence. Otherwise items of
    low confidence are ignored: the status is `partly in place` if an item is at least partly in
    place, and otherwise the first of `not in place`, `planned`, `no public evidence` and `withheld`
    that occurs, or `not assessed` if none does. `insufficient evidence` replaces these last five
    statuses if including the items of low confidence would change the status.
    """
    needed = statuses != LEFT_OUT
    if len(statuses) and not needed.any():
        return LEFT_OUT
    word = _combined(statuses[needed & (confidences != "low")], needed.sum())
    return word if word in GOOD or word == _combined(statuses[needed], needed.sum()) else UNSURE


def gaps(
    items: pd.DataFrame, rows: pd.DataFrame, recommendations: pd.DataFrame, links: pd.DataFrame
) -> pd.DataFrame:
    """Return the most important gaps for the summary, at most MOST of them.

    The arguments are the results of `alignment.adjudicated`, `table_25`, `recommendations` and
    `chain`. Items of the chain come first, then the national strategy, then other items. The
    strategy is a gap, and replaces STRATEGY_ITEM, unless it is in force, adopted or not assessed.
    Both groups of items are sorted by framework (ITU, then the Model National Response), by status
    (`not in place`, `planned`, `no public evidence`), by confidence (high first), and finally with
    items that a recommendation addresses first. Gaps of low confidence are excluded. The columns
    are those in GAP; the strategy has no item_id and no framework, and items have no evidence_ids.
    """
    frame = answered(_without_low(items, LACKING), recommendations).assign(evidence_ids="")
    strategy = answered(_missing_strategy(rows), recommendations)
    frame = frame[~frame.item_id.isin(strategy.item_id)]
    ranks = pd.DataFrame({
        "framework": frame.framework.map(OURS.index), "status": frame.status.map(LACKING.index),
        "unsure": frame.confidence != "high", "unanswered": frame.answers == "",
    })  # fmt: skip
    frame = frame.loc[ranks.sort_values([*ranks]).index]
    linked = frame.item_id.isin(cop.data.split("; ".join(links.item_ids)))
    parts = frame[linked], strategy.assign(item_id=""), frame[~linked]
    return pd.concat(parts)[GAP].head(MOST).reset_index(drop=True)


def strengths(items: pd.DataFrame, lines: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Return the strengths for the summary: up to MOST items that are at least partly in place.

    The arguments are the results of `alignment.adjudicated`, `stakeholders.helplines` and `chain`.
    Items for policy-makers and of the Model National Response are sorted by status; within a
    status, items of the chain (at most one per link) come first, then those of high confidence.
    Items of low confidence are excluded, as are items that require a helpline or hotline if none is
    known to operate with at least moderate confidence. The added column `link` is the link, or "".
    """
    good, at_work = _without_low(items, GOOD), _at_work(lines)
    good = good[~good.item_id.isin(ASKS) | good.item_id.map(ASKS).isin(at_work.kind)]
    link_of = links.assign(item_id=links.item_ids.str.split("; ")).explode("item_id")
    good = good.assign(link=good.item_id.map(link_of.set_index("item_id").link).fillna(""))
    ranks = pd.DataFrame({
        "status": good.status.map(GOOD.index), "apart": good.link == "",
        "unsure": good.confidence != "high",
    })  # fmt: skip
    good = good.loc[ranks.sort_values([*ranks]).index]
    return good[(good.link == "") | ~good.link.duplicated()].head(MOST)


def answered(items: pd.DataFrame, recommendations: pd.DataFrame) -> pd.DataFrame:
    """Add the column `answers`: ids of the recommendations that address each item, or "".

    The ids are sorted and separated by semicolons.
    """
    served = recommendations.item_ids + "; " + recommendations.capability_ids
    pairs = served.map(cop.data.split).set_axis(recommendations.recommendation_id).explode()
    answers = [
        "; ".join(sorted(set(pairs.index[pairs.isin(cop.data.split(ids))])))
        for ids in items.item_id
    ]
    return items.assign(answers=pd.Series(answers, items.index, "str"))


def unanswered(items: pd.DataFrame, recommendations: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return the gaps that no recommendation addresses.

    A gap is an item for policy-makers or of the Model National Response that is not in place or has
    no public evidence. Items of low confidence are excluded. The columns are those of `items` (see
    `alignment.adjudicated`), answers (empty), why and after_id (the recommendation that should come
    first). The last two are from the table `open_gaps`, or empty if it has no row for the item.
    """
    rows = answered(_without_low(items, MISSING), recommendations).query("answers == ''")
    reasons = read_table("open_gaps", place)
    return rows.merge(reasons, "left", "item_id").fillna({"why": "", "after_id": ""})


def named_lines(lines: pd.DataFrame, items: pd.DataFrame) -> dict[str, tuple]:
    """Return {helpline or hotline: (operating, others, (confidence, reason), is_incomplete)}.

    - operating: list of the rows of `lines` (see `stakeholders.helplines`) that operate; others:
      list of its other rows; both without services of low confidence
    - confidence, reason: those of the least certain operating service, or else of the least certain
      other service; if `lines` has no service of the kind, those of the least certain item that
      requires one and is in MISSING; ("", "") if none of these is rated
    - is_incomplete: True if services were left out, or if this item has low confidence
    """
    return {kind: _named(lines[lines.kind == kind], items[items.item_id.map(ASKS) == kind])
            for kind in stakeholders.LINES}  # fmt: skip


def strategy_status(rows: pd.DataFrame) -> tuple[str, str, str]:
    """Return (status, confidence, reason) of the national strategy.

    A status of low confidence is replaced by UNSURE, unless it is `no public evidence`. The result
    is ("not assessed", "", "") if the strategy is not in `rows`, the result of `table_25`.
    """
    row = rows.loc[rows.row == STRATEGY_ROW, ["value", *SURE]]
    word, sure, why = next(row.itertuples(index=False), ("not assessed", "", ""))
    return (UNSURE if sure == "low" and word != alignment.SILENT else word), sure, why


def key_figures(figures: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return the key figures in LEADING. A number in COMPARED is followed by its share.

    The columns are those of `figures` (the result of `indicators.key_figures`), and:

    - better: `higher`, `lower` or `none`, from the catalogue of indicators
    - then_year, then: year and value of the earliest figure in the preceding YEARS years; NA if
      there is none, and for the number and share of children, whose territory may have changed
    """
    panel = figures.set_index("indicator_code")
    codes = [code for first in LEADING for code in (first, COMPARED.get(first))]
    panel = panel.loc[[code for code in codes if code in panel.index]]
    values = indicators.read(place, LEADING).query("iso3 == @place.iso3").sort_values("year")
    before = (values.indicator_code.map(panel.year) - values.year).between(1, YEARS)
    first = values[before & ~values.indicator_code.isin(COMPARED)].drop_duplicates("indicator_code")
    first = first.set_index("indicator_code")
    better = indicators.catalogue(place.data).better
    return panel.assign(better=better, then_year=first.year, then=first.value).reset_index()


def narrative(place: Country, part: str) -> Html:
    """Render the data file research/<iso3>/narrative/<part>.md, with citations as links.

    HTML comments are omitted. A file without other text becomes a note. Raises FileNotFoundError if
    the file does not exist, and InvalidTable if it is not encoded in UTF-8.
    """
    path = f"research/{place.iso3}/narrative/{part}.md"
    text = cop.data.without_notes(cop.data.text(place.data, path))
    cited = citations.with_citations(text, place) if text.strip() else ""
    return words.render("6-country-assessment", "narrative", cited)


def source_of(row_ids: str, place: Country) -> str:
    """Return the distinct source_ids of rows of evidence, instruments, stakeholders or services.

    In `row_ids` and in the result, semicolons separate the ids. Rows that do not exist or are in an
    unreadable table are omitted. Raises KeyError for the id of a row of another table.
    """
    sources = []
    for row_id in cop.data.split(row_ids):
        name = TABLES[row_id[4]]
        row = cop.data.row(name, place.data, cop.data.columns(name, place.data)[0], row_id)
        sources += [row["source_id"]] if row else []
    return "; ".join(dict.fromkeys(sources))


def _from_data(row, place, treaties, active, cut_off):
    if row == COUNT:
        return str(active), cut_off, f"{place.iso3}-organisations"
    if row not in TREATIES:
        return "not assessed", cut_off, ""
    rows = treaties[treaties.instrument == TREATIES[row]]
    if rows.empty:
        return "not looked up", cut_off, ""
    treaty = rows.iloc[0]
    day = treaty.as_of or treaty.in_force or treaty.ratified or "no date shown"
    return treaty.status, day, treaty.source_id


def _combined(statuses, number):
    words = set(statuses)
    if words == {"in place"} and len(statuses) == number:
        return "in place"
    if words & set(GOOD):
        return "partly in place"
    order = [*LACKING, "withheld"]
    return next((word for word in order if word in words), "not assessed")


def _at_work(lines):
    return lines.query("operates == 'yes' and confidence != 'low'")


def _named(lines, items):
    if lines.empty:
        sure = confidence.weakest(items[items.status.isin(MISSING)])
        return [], [], sure, sure[0] == "low"
    sure, at_work = lines[lines.confidence != "low"], _at_work(lines)
    others = sure[sure.operates != "yes"]
    weakest = confidence.weakest(others if at_work.empty else at_work)
    rows = [list(part.itertuples()) for part in (at_work, others)]
    return *rows, weakest, len(sure) < len(lines)


def _support(word, items, lines):
    if word == UNSURE:
        return "low", words.render_english("confidence", "only_low")
    sure = items[(items.confidence != "low") | (items.status == LEFT_OUT)]
    decisive = sure[sure.status == word]
    if word not in GOOD:
        return confidence.weakest(decisive)
    return confidence.weakest(decisive, sure[sure.status.isin(GOOD)], lines)


def _missing_strategy(rows):
    there = rows["value"].isin(["in force", "adopted", "not assessed"])
    row = rows[(rows.row == STRATEGY_ROW) & ~there & (rows.confidence != "low")]
    sentence = [FIRST_SENTENCE.split(detail)[0].rstrip(".") + "." for detail in row.detail]
    return pd.DataFrame({
        "item_id": STRATEGY_ITEM, "item": row.label, "framework": "", "status": row["value"],
        "rationale": sentence, "evidence_ids": row.refs, **row[SURE],
    })  # fmt: skip


def _without_low(items, words):
    ours = items.framework.isin(OURS) & items.status.isin(words)
    return items[ours & (items.confidence != "low")]

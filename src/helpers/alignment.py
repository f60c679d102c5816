"""Stage 5, alignment: item by item against the ITU guidelines, the Model National Response beside.

Each framework is counted by itself: an item of ITU is never added to a cross-check. Two coders work
apart; the adjudicated coding is reported, else that of the only coder. Status and confidence are
two things and are never mixed. See docs/method.md.
"""

from collections import Counter
from functools import partial
from itertools import chain

import numpy as np
import pandas as pd

import cop.data
from cop.data import agreement, sheets
from cop.data.places import Country
from cop.data.reads import kept
from cop.report import page, words
from cop.report.page import Shown
from helpers import charts, countries, evidence

say = partial(words.show, "5-guideline-alignment")

POLICY, RESPONSE, CHECKS = "policy-makers", "Model National Response", "cross-check"
REGISTERS = ("evidence", "instruments", "stakeholders", "services")
SILENT = "no public evidence"
AT_LEAST = ["in place", "partly in place"]  # at least in part
ITEM = ["item_id", "framework", "document", "area", "item", "guidance", "wording"]
CODERS = ["coder_a", "coder_b"]
BOUNDS = 0.8, 0.667  # from which agreement is good, and enough for tentative conclusions


def adjudicated(place: Country) -> pd.DataFrame:
    """Return every item with the coding that is reported; one without is `not assessed`.

    Columns: item_id, framework, document, area, item, guidance, wording; those of the coding;
    judged_by; coder_a and coder_b, the status by each coder. "" where nobody judged.
    """
    rows = cop.data.read("alignment", place.data, place.iso3)
    columns = [*rows.columns[2:], "judged_by", *CODERS]
    nobody = dict.fromkeys(columns, "") | {"status": "not assessed"}
    settled = _settled(rows)
    told = [(*item, *settled.get(item[0], nobody).values()) for item in _items(place.data)]
    return pd.DataFrame(told, columns=[*ITEM, *columns], dtype=str)


def agreement_of_coders(items: pd.DataFrame) -> pd.DataFrame:
    """Return how far the coders agree on the items that both judged, one row per framework.

    Columns: framework, items, same (word, of all words), ac1 (Gwet's, over all words), compared
    (both on the scale), alpha (Krippendorff's, ordinal), low, high (its 95% interval), no_alpha
    (why alpha says nothing; "" where it is given). NaN where there is no figure.
    """
    twice = by_both(items).sort_values("item_id")
    parts = twice.groupby("framework", sort=False)[CODERS]
    columns = ["framework", "items", "same", "ac1", "compared", "alpha", "low", "high", "no_alpha"]
    return pd.DataFrame([(name, *_agreement(part)) for name, part in parts], columns=columns)


def by_both(items: pd.DataFrame) -> pd.DataFrame:
    """Return the items that two coders judged."""
    return items[(items.coder_a != "") & (items.coder_b != "")]


def by_area(items: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return the number of items by area, in the order of the guidelines.

    Columns: framework, area, and one for each status.
    """
    areas = list(zip(items.framework.tolist(), items.area.tolist(), strict=True))
    words, counts = _counted(areas, items.status.tolist(), place)
    rows = [(*area, *numbers) for area, numbers in counts.items()]
    return pd.DataFrame(rows, columns=["framework", "area", *words])


def by_framework(items: pd.DataFrame, place: Country) -> pd.DataFrame:
    """Return how the items of each framework stand, and in the last row those of the whole
    codebook.

    Columns: framework ("" in the last row), items, and one for each status.
    """
    words, counts = _counted([*items.framework, *[""] * len(items)], [*items.status] * 2, place)
    rows = [(framework, sum(numbers), *numbers) for framework, numbers in counts.items()]
    return pd.DataFrame(rows, columns=["framework", "items", *words])


def _counted(keys, statuses, place):
    """Return the statuses, and {key: how often it stands with each of them}."""
    words = list(cop.data.labels("alignment", "status", place.data))
    counts = Counter(zip(keys, statuses, strict=True))
    return words, {key: [counts[key, word] for word in words] for key in dict.fromkeys(keys)}


def chosen(place: Country, framework: str = POLICY, status: str | None = None) -> pd.DataFrame:
    """Return the adjudicated items of one framework, with one status; None is any."""
    frame = adjudicated(place)
    frame = frame[frame.framework == framework]
    return (frame if status is None else frame[frame.status == status]).reset_index(drop=True)


def item_evidence(items: pd.DataFrame, place: Country, item_id: str) -> pd.DataFrame:
    """Return each row that the judgement of an item stands on; none where nothing is named.

    Columns: id, says, year, confidence, source_id, source, url. Raises LookupError for an item
    that is not known.
    """
    if item_id not in set(items.item_id):
        raise LookupError(
            f"no item {item_id!r} in guidelines.csv or capabilities.csv; ids look like PM-LEG-01"
        )
    tables = {name: cop.data.read(name, place.data, place.iso3) for name in REGISTERS}
    rows = pd.concat(t.rename(columns=evidence.KNOWN_BY[name]) for name, t in tables.items())
    ids = cop.data.split(items.set_index("item_id").evidence_ids[item_id])
    rows = rows.astype(object).rename(columns={"text": "says"}).set_index("id").reindex(ids)
    rows = rows.reset_index()[["id", "says", "year", "confidence", "source_id"]]
    known = cop.data.read("sources", place.data, place.iso3)[["source_id", "title", "url"]]
    return rows.merge(known.rename(columns={"title": "source"}), on="source_id", how="left")


def bottom_line(items: pd.DataFrame, place: Country) -> Shown:
    """Say how ITU's items for policy-makers stand, how many ratings are of low confidence, and how
    many items are paraphrases from memory.
    """
    return say("bottom_line", *standing(items, POLICY), place, _of(items, POLICY)[0].item_id)


def standing(items: pd.DataFrame, framework: str) -> tuple[dict, int, int]:
    """Return the items of one framework by status ({word: n}), all ratings included, how many of
    these are of low confidence, and how many items are paraphrases.
    """
    rows = _of(items, framework)
    low = [row.confidence for row in rows].count("low")
    counts = dict(Counter(row.status for row in rows))
    return counts, low, [row.wording for row in rows].count("paraphrase")


def _of(items, framework):
    return [row for row in page.rows(items) if row.framework == framework]


def about_coders(items: pd.DataFrame) -> Shown:
    """Say by how many coders the items were judged: one alone is a valid state, and is said."""
    return say("about_coders", Counter(items.judged_by), _of(items, POLICY)[0].item_id)


def about_confidence(items: pd.DataFrame) -> Shown:
    """Say how sure the coding of the policy-makers' items is."""
    ours = _of(items, POLICY)
    return say("about_confidence", Counter(row.confidence for row in ours), ours[0].item_id)


def about_others(items: pd.DataFrame) -> Shown:
    """Say on how many items of the other guidelines the evidence speaks at all."""
    others = items[~items.framework.isin([POLICY, RESPONSE, CHECKS])]
    return say("about_others", (others.status != "not assessed").sum(), len(others))


def framework_table(frameworks: pd.DataFrame, place: Country) -> Shown:
    """Show, in the notebook on alignment, how many items of each framework have each status.

    The last row adds them up.
    """
    return say("framework_table", frameworks, place)


def unassessed_list(items: pd.DataFrame, place: Country) -> Shown:
    """Show, folded up, every item that nobody assessed, by framework and area."""
    rows = page.rows(items[items.status == "not assessed"])
    groups = sheets.grouped(rows, "framework", "area")
    return say("unassessed_list", groups, sum(map(len, groups.values())), place)


def about_agreement(coders: pd.DataFrame, place: Country) -> Shown:
    """Say on how many items two coders used the same word; then alpha where it says anything.

    It is judged by the lower end of the lowest interval, never from a handful.
    """
    raw, known = coders[["items", "same"]].sum(), (r for r in page.rows(coders) if pd.notna(r.low))
    worst = min(known, key=lambda row: row.alpha, default=None)
    return say("about_agreement", raw, worst, *BOUNDS, place)


def about_item(items: pd.DataFrame, item_id: str) -> Shown:
    """Show what stage 5 knows of one adjudicated item: what it asks, how it was judged, and why.

    What the coders said stands with it.
    """
    return say("about_item", next(items[items.item_id == item_id].itertuples()))


def item_table(
    items: pd.DataFrame, place: Country, framework: str, disputed: pd.DataFrame | None = None
) -> Shown:
    """Show the items of one framework with status, confidence, rationale and evidence.

    A rating that is `disputed` is shown both ways; of one that found nothing the search is told:
    what each coder read, and in which record.
    """
    frame = items[items.framework == framework]
    others = {} if disputed is None else sheets.grouped(page.rows(disputed), "item_id")
    searched = searches(frame, place)
    told = searched, record(place) if searched else {}
    return say("item_table", frame.assign(anchor=frame.item_id), framework, place, others, *told)


def searches(items: pd.DataFrame, place: Country) -> dict[str, list[tuple[str, str]]]:
    """Return of each item without public evidence who looked for it and what they read, in their
    own words: {item_id: [(coder, or "adjudicated"; words), ...]}.

    The words are those that say why the coder is as sure as that of having searched where the
    record would speak (see docs/method.md).
    """
    told = {one: [] for one in items.item_id[items.status == SILENT]}
    rows = cop.data.read("alignment", place.data, place.iso3)
    for row in page.rows(rows[rows.status == SILENT]):
        if row.item_id in told:
            told[row.item_id].append((row.coder, row.confidence_reason))
    return told


def record(place: Country) -> dict[str, int | str]:
    """Return the record in which coders searched: how many verified rows of each register it holds
    (evidence, instruments, stakeholders, services, sources), and the `first` and `last` day on
    which its sources were seen ("" where there is none).
    """
    names = *REGISTERS, "sources"
    return _record(place, tuple(cop.data.state(one, place.data, place.iso3) for one in names))


@kept(8)
def _record(place, states):
    """Return the record, kept until one of its tables changes: each table of items asks for it."""
    rows = {name: countries.verified_rows(name, place, "verified") for name in REGISTERS}
    rows["sources"] = countries.verified_rows("sources", place, "accessed", "verified")
    days = sorted(row.accessed for row in rows["sources"]) or [""]
    return {one: len(rows[one]) for one in rows} | {"first": days[0], "last": days[-1]}


def accepted_proof(place: Country) -> Shown:
    """Show what is accepted as proof of each status, and what makes a judgement sure; the statuses
    of `item_table` lead here.
    """
    return say("accepted_proof", place)


def area_chart(
    by_area: pd.DataFrame, place: Country, framework: str, items: pd.DataFrame, behind: bool = False
) -> Shown:
    """Show a notebook the mix of statuses by area, drawn; says so where nothing was assessed.

    The title says how many of all ratings are of low confidence. With `behind`, the evidence of
    each area below it, where no table names it item by item.
    """
    frame = by_area[by_area.framework == framework].loc[:, "area":]  # and the statuses
    ours = _of(items, framework)
    low = [row.confidence for row in ours].count("low")
    told = low, _behind(ours) if behind else ()
    return say(
        "area_chart", charts, frame.rename(columns={"area": "label"}), framework, place, *told
    )


def _behind(rows):
    """Return (area, the ids of its evidence, each once) in the order of the items."""
    by = sheets.listed((row.area, cop.data.split(row.evidence_ids)) for row in rows)
    return [(area, "; ".join(dict.fromkeys(chain(*ids)))) for area, ids in by.items()]


def agreement_table(coders: pd.DataFrame, place: Country) -> Shown:
    """Show raw agreement for each framework, then alpha with its interval, or why it has none."""
    return say("agreement_table", coders, agreement.DRAWS, place)


def difference_table(items: pd.DataFrame, place: Country) -> Shown:
    """Show the items on which the coders differed, and how it was settled."""
    twice = by_both(items)
    return say("difference_table", twice[twice.coder_a != twice.coder_b], place)


def _items(data):
    """Return the items of the guidelines, then the capabilities, as rows of ITEM."""
    for row in page.rows(cop.data.read("guidelines", data)):
        if row.kind != "document fact":
            name = CHECKS if row.kind == CHECKS else row.audience
            yield row.item_id, name, row.document, row.area, row.item, row.guidance, row.wording
    for row in page.rows(cop.data.read("capabilities", data)):
        word = {"yes": "printed", "no": "paraphrase"}.get(row.wording_checked, "")
        yield row.capability_id, RESPONSE, RESPONSE, row.area, row.capability, row.definition, word


def _settled(rows):
    """Return {item: the coding that is reported of it}, with what each coder said."""
    codings: dict[str, dict[str, dict]] = {}
    for item, coder, *told in page.rows(rows):
        codings.setdefault(item, {})[coder] = dict(zip(rows.columns[2:], told, strict=True))
    return {item: _reported(by_coder) for item, by_coder in codings.items()}


def _reported(codings):
    """Return the coding that is reported, with `judged_by`: how it came about; and both words.

    That is the adjudicated one, else the only coder's, else what both said alike. Where two differ
    and nobody has settled it, the item is not assessed.
    """
    a, b = (codings.get(coder, {}).get("status", "") for coder in "AB")
    told = next(codings[one] for one in ("adjudicated", "A", "B") if one in codings)
    by = "one" if not (a and b) else "adjudicated" if "adjudicated" in codings else "alike"
    if by == "alike" and a != b:
        by, told = "unsettled", dict.fromkeys(told, "") | {"status": "not assessed"}
    return told | {"judged_by": by, "coder_a": a, "coder_b": b}


def _agreement(pair):
    """Return items, same, AC1, compared, alpha and its interval, and why there is no alpha."""
    same, why = int((pair.coder_a == pair.coder_b).sum()), agreement.says_nothing(pair)
    alpha = [np.nan] * 3 if why else [agreement.ordinal_alpha(pair), *agreement.bootstrap(pair)]
    return len(pair), same, agreement.ac1(pair), agreement.compared(pair), *alpha, why

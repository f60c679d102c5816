"""The rules in the cells of the notebooks, each on the few rows at which it decides."""

import builtins
from types import CodeType, SimpleNamespace
from unittest.mock import MagicMock

import nbformat
import pandas as pd
import pytest
from cases import frame_of
from conftest import ROOT

from helpers import (
    assessment,
    confidence,
    cybersecurity,
    editions,
    evidence,
    fieldwork,
    indicators,
    region,
    stakeholders,
)

NA = pd.NA


def names_in(code):
    """Return the names that code and the functions within it use."""
    inner = [names_in(part) for part in code.co_consts if isinstance(part, CodeType)]
    return {*code.co_names}.union(*inner)


def cell(stage, part, **names):
    """Run the one cell of a stage that contains `part`, and return its variables.

    What is not in `names` is a mock: it accepts each call and remembers it.
    """
    [path] = (ROOT / "notebooks").glob(f"{stage}*.ipynb")
    [source] = [c.source for c in nbformat.read(path, 4).cells if part in c.source]
    code = compile(source, part, "exec")
    others = {name: MagicMock() for name in names_in(code) if not hasattr(builtins, name)}
    exec(code, names := {**others, "pd": pd, **names})
    return names


def fake(**functions):
    return SimpleNamespace(**functions)


def given(**tables):
    """Return a function that reads one of these tables."""
    return lambda name, *_: tables[name]


def told(name, macro, *places):
    """Return a function that finds what a template was told, at these places of its arguments."""
    return lambda names: [getattr(names[name], macro).call_args.args[n] for n in places]


def column(frame, name):
    """Return a function that finds a column of a frame of the cell as a list."""
    return lambda names: names[frame][name].fillna("").tolist()


STATEMENTS = frame_of("section confidence year", ("laws", "high", 2020), ("laws", "low", 2024),
    ("laws", "low", NA), ("media", "high", 2023),)  # fmt: skip
FIGURES = frame_of("label unit who period year value evidence_id kind",
    ("Risk", "percent", "pupils", "May", 2024, 9, "E3", "risk"), ("Risk", "percent", "pupils",
    "May", 2020, 5, "E1", "risk"), ("Risk", "percent", "pupils", "May", 2022, 7, "E2", "risk"),
    ("Risk", "percent", "parents", "May", 2021, 1, "E4", "risk"), ("Risk", "percent", "parents",
    "May", 2021, 2, "E5", "risk"), ("Other", "percent", "pupils", "May", 2023, 8, "E6", "risk"),
    ("Risk", "number", "pupils", "May", 2023, 8, "E7", "risk"), ("Risk", "percent", "pupils",
    "June", 2023, 8, "E8", "risk"),)  # fmt: skip
SECTIONS = {"section": dict.fromkeys(["laws", "media", "schools"]),
            "confidence": dict.fromkeys(["high", "low"])}  # fmt: skip
SOURCES = frame_of("source_id type language year kind hand accessed",
    ("S1", "law", "uk", 2020, "law", "first", ""), ("S2", "page", "en", NA, "news", "second", "d"),
    ("S3", "page", "en", 2022, "news", "first", "d"), ("S4", "page", "ro", 2024, "paper", "second",
    "e"),)  # fmt: skip
PILLARS = frame_of("pillar value", ("legal", 9.0), ("capacity", 18.0))
GCI = frame_of("edition", (2020,), (2024,), (2018,)).assign(**dict.fromkeys(cybersecurity.PILLARS,
    1.0))  # fmt: skip
GCI.loc[2, cybersecurity.PILLARS[4]] = NA
INDEX = {"gci": GCI[:2], "place": None, "cybersecurity": fake(pillar_scores=lambda last,
    _: PILLARS if last.edition.tolist() == [2024] else PILLARS[:0])}  # fmt: skip
STRONGEST = [["capacity", 18.0], ["legal", 9.0]]
INDICES = frame_of("indicator_code iso3 year value source_id", ("NCSI.SCORE", "ZZZ", 2024, 1.0,
    "N"), ("NCSI.SCORE", "AAA", 2023, 2.0, "N"), ("NCSI.SCORE", "BBB", 2022, 9.0,
    "N"))  # fmt: skip
NAMES = frame_of("indicator_code name unit",
    ("NCSI.SCORE", "Index", "points")).set_index("indicator_code")  # fmt: skip

DESK = [
    ("a baseline names the strongest pillar of the index first", 0, "last = gci.tail(1)", INDEX,
     lambda n: n["scores"], STRONGEST),
    ("the strongest pillar of the index comes first", 4, "last = gci.tail(1)", INDEX,
     lambda n: n["scores"], STRONGEST),
    *[(f"an edition of the index is complete with all five pillars (stage {stage})", stage,
     "complete = gci.dropna", {"gci": GCI, "cybersecurity": cybersecurity},
     told("statistics", "gci_table", 2), [[2020, 2024]]) for stage in (0, 4)],
    *[(f"pillars are drawn of the newest complete edition (stage {stage})", stage,
     "full_edition = ", {"complete": GCI}, lambda n: n["full_edition"].edition.item(), 2024)
     for stage in (0, 4)],
    *[(f"what has no value is named as missing (stage {stage})", stage, "missing = figures",
     {"figures": frame_of("indicator_code value", ("A", 0.0), ("B", NA)), "names": str.lower,
     "indicators": fake(names=lambda _: str.lower), "place": fake(data="")},
     told("statistics", "about_missing", 0), [["b"]]) for stage in (0, 4)],
    ("the median of an index is of all economies, its value of the country", 0, "codes = [",
     {"place": fake(data=""), "iso3": "ZZZ", "indicators": fake(latest=lambda frame: frame,
     read=lambda *_: INDICES, catalogue=lambda _: NAMES)},
     lambda n: n["indices"].query("value == 1")[["year", "median", "n"]].values.tolist(),
     [[2024, 2.0, 3]]),
    ("five published indices stand in their order, each with its number of economies", 0,
     "codes = [", {"place": fake(data=""), "iso3": "ZZZ", "indicators": fake(read=lambda *_:
     INDICES, latest=lambda frame: frame, catalogue=lambda _: NAMES)}, lambda n: n["indices"][[
     "indicator_code", "n"]].values.tolist(), [["ITU.IDI", 0], ["NRI.SCORE", 0],
     ["ISOC.RESILIENCE", 0], ["NCSI.SCORE", 3], ["DQ.COSI", 0]]),
    ("what is recent begins three years before the edition", 1, "since = int(edition)",
     {"edition": "2026", "evidence": evidence}, lambda n: n["since"], 2023),
    ("links are those of the register", 1, "links = read(", {"register": frame_of("url", ("u",)),
     "place": fake(data=""), "read": lambda *_: frame_of("url", ("u",), ("v",))},
     column("links", "url"), ["u"]),
    ("statements are counted by section and confidence, an empty section as 0", 1,
     "counted = evidence", {"countries": fake(labels=lambda _, name, __: SECTIONS[name]),
     "statements": None, "place": None, "evidence": fake(distinct_statements=lambda _: STATEMENTS)},
     lambda n: n["by_section"].fillna("").values.tolist(), [["laws", 1, 2, 3, 2024],
     ["media", 1, 0, 1, 2023], ["schools", 0, 0, 0, ""]]),
    ("the bottom line counts high confidence, repetitions and silent sections", 1, "high, again = ",
     {"counted": frame_of("confidence", ("high",), ("moderate",), ("low",)),
     "statements": range(6), "register": range(9),
     "by_section": frame_of("section statements", ("laws", 3), ("media", 1), ("schools", 0))},
     lambda n: [*map(str, (n["high"], n["again"], *n["silent"]))], ["1", "3", "schools"]),
    ("sources by type: most first, each language once, first and last year, undated", 1,
     "types = register", {"register": SOURCES}, lambda n: n["types"].values.tolist(),
     [["page", 3, "en, ro", 2022, 2024, 1], ["law", 1, "uk", 2020, 2020, 0]]),
    ("a source is recent from the first recent year on; an undated one is not in the chart", 1,
     "years = register.groupby", {"register": SOURCES, "since": 2022,
     "place": fake(called="", edition="")}, lambda n: [int(n["texts"][key])
     for key in ("recent", "dated", "first", "last")], [2, 3, 2020, 2024]),
    ("sources without a year and languages are counted", 1, "undated, languages = ",
     {"register": SOURCES}, told("desk", "about_years", 0, 1, 2), [1, 4, 3]),
    ("statements by kind and hand of their source, a source once", 1, "cited = counted",
     {"register": SOURCES, "counted": frame_of("source_id", ("S2",), ("S2",), ("S3",), ("S1",))},
     lambda n: n["kinds"].values.tolist(), [["law", 1, 0, 1], ["news", 1, 2, 2]]),
    ("primary is a source at first hand, weak is news at second hand but no report", 1,
     "weak = register",
     {"register": SOURCES, "evidence": evidence, "counted": frame_of("source_id", ("S1",), ("S2",),
     ("S2",), ("S3",), ("S4",))}, told("desk", "about_hands", 0, 1, 2, 3), [2, 2, 5, "S2"]),
    ("a statement is recent from the first recent year on", 1, "dated = counted",
     {"counted": STATEMENTS, "since": 2023}, told("desk", "about_age", 0, 1, 3), [2, 3, 1]),
    ("a source's day of search is one that is known", 1, "desk.about_search(",
     {"register": SOURCES}, lambda n: n["desk"].about_search.call_args.args[0].tolist(), [*"dde"]),
    ("an earlier figure is the one before, of another year, the same people and months", 1,
     "by_year = figures", {"statements": frame_of("evidence_id source_id confidence",
     *[(f"E{n}", "S1", "") for n in range(1, 9)]), "register": frame_of("source_id publisher",
     ("S1", "P")), "place": fake(data=""), "since": 2022, "read": lambda *_: FIGURES},
     lambda n: n["figures"].set_index("evidence_id").then.fillna(0).to_dict(),
     {"E3": 7, "E1": 0, "E2": 5, "E4": 0, "E5": 0, "E6": 0, "E7": 0, "E8": 0}),
    ("from a report to help: reports, cases, children, help; a step without a figure stands there "
     "without a label", 1, "tipline = indicators",
     {"indicators": fake(latest=lambda frame: frame, REPORTS="",
     read=lambda *_: frame_of("iso3 source_id value year", ("AAA", "N", 5, 2024),
     ("ZZZ", "N", 9, 2024))), "iso3": "ZZZ", "place": fake(data=""), "_": str,
     "read": lambda *_: frame_of("source_id publisher", ("N", "NCMEC")),
     "figures": frame_of("kind label value year period evidence_id publisher confidence source_id",
     ("help", "Helped", 1, 2024, "", "", "", "", ""), ("risk", "Risk", 1, 2024, "", "", "", "", ""),
     ("case", "Cases", 2, 2024, "", "", "", "", ""))}, lambda n: n["response"][["kind",
     "label", "value"]].fillna("none").values.tolist(), [["report", "Reports to the CyberTipline",
     9], ["case", "Cases", 2], ["child", "", "none"], ["help", "Helped", 1]]),
    ("a key figure on children is one that is marked as such", 1, "key_figures = figures",
     {"figures": frame_of("evidence_id source_id headline", ("E1", "S1", "yes"),
     ("E2", "S1", "no")), "statements": frame_of("evidence_id statement", ("E1", "A"), ("E2", "B")),
     "register": frame_of("source_id title accessed", ("S1", "", ""))},
     column("key_figures", "evidence_id"), ["E1"]),
    ("the chart of policies has drafts and what is adopted or in force, by year, then title", 1,
     "is_policy = ", {"instruments": frame_of("instrument_id title status year",
     ("L1", "B", "in force", 2022), ("L2", "A", "adopted", 2022), ("L3", "", "expired", 2020),
     ("L4", "Z", "draft", 2019), ("L5", "", "in force", NA), kind="strategy")},
     column("laws", "instrument_id"), ["L4", "L2", "L1"]),
    ("the chart of policies has laws, acts, strategies and action plans", 1, "is_policy = ",
     {"instruments": frame_of("kind instrument_id", *zip(*[["national law", "government act",
     "strategy", "action plan", "treaty", "agency"], "ABCDEF"], strict=True), title="",
     status="in force", year=2020)}, column("laws", "instrument_id"), [*"ABCD"]),
    *[(f"an instrument is as sure as its source and that of its text (stage {stage})", stage,
     "rated = instruments.join", {"instruments": MagicMock(
     instrument_id=pd.Series(["L1"]), text_source_id=pd.Series(["S1"])), "place": None},
     lambda n: [n["confidence"].rate.call_args.args[1].tolist(),
     n["evidence"].instrument_table.call_args.args[2:]], [["L1; S1"], kinds])
     for stage, kinds in [(1, ()), (4, (("strategy", "action plan"),))]],
    ("a bar of a policy begins in 2010 at the earliest and ends the year after the edition", 1,
     "signs = {", {"laws": frame_of("label state since", ("A", "draft", 2004),
     ("B", "in force", 2020)), "edition": "2026", "show": fake(translate=lambda frame, *_: frame,
     figure=MagicMock()), "place": None,
     "charts": fake(rows=lambda names: (MagicMock(named=[*names]), names.index),
     year_scale=MagicMock())}, lambda n: [n["ax"].named, [*n["ax"].barh.call_args.args[1]],
     [*n["ax"].barh.call_args.kwargs["left"]], [*n["ax"].barh.call_args.kwargs["color"]]],
     [["A: ○ draft 2004", "B: ● in force 2020"], [17, 7], [2010, 2020], ["C5", "C0"]]),
    ("an old share of children is grey, and one of unknown number hollow", 1, "looks = {",
     {"shares": frame_of("title kind old asked value", ("A", "risk", True, 9, 5),
     ("B", "silence", False, NA, 6)), "show": MagicMock(), "charts": fake(rows=lambda *_:
     (MagicMock(), [0, 1]), number=str, marker=MagicMock()), "names": SECTIONS | dict.fromkeys(
     ["risk", "silence"])}, lambda n: [(call.args[3], call.kwargs["edgecolors"])
     for call in n["ax"].scatter.call_args_list[:2]], [("C5", "C5"), ("white", "C3")]),
    ("a copy is of an archived address of the register, a passage of a known page", 1,
     "archived = read(",
     {"place": fake(data=""), "evidence": fake(last_seen=lambda _: {"E1": ("p. 3", ""),
     "E2": ("", "")}), "read": lambda *_: frame_of("url archived", ("u", "copy"), ("v", ""),
     ("w", "copy"), ("x", "copy")), "register": frame_of("url", ("u",), ("v",), ("w",)),
     "instruments": frame_of("instrument_id", ("L1",)), "statements": frame_of("evidence_id",
     ("E1",), ("E2",))}, told("desk", "about_copies", 0, 1, 2, 3), [3, 2, 3, 1]),
    ("a dead link is gone or does not answer, one that refuses is not; addresses count once", 1,
     "dead = links",
     {"links": frame_of("result archived", ("gone", "copy"), ("no answer", ""), ("moved", ""),
     ("gone", "copy"), ("ok", "copy"), ("refused", "copy")),
     "register": frame_of("url", ("u",), ("u",), ("v",), ("",))},
     told("desk", "about_links", 1, 2, 3), [2, 3, 2]),
]  # fmt: skip

ROLES = frame_of("role category organisations", ("policy", "ngo", 1), ("hotline", "ngo", 0),
    ("helpline", "ngo", 0), ("awareness", "ngo", 0), ("hotline", "school", 0))  # fmt: skip
ORGANISATIONS = frame_of("stakeholder_id name category role roles state",
    ("M1", "A", "ngo", "", "helpline", "earlier"), ("O2", "B", "ngo", "police", "police; policy",
    "active"), ("O1", "C", "school", "police", "police", "unknown"),)  # fmt: skip
WORDS = {"category": {"school": "School", "ngo": "NGO"}, "role": {"police": "Police",
    "policy": "Policy",
                                                               "helpline": "Helpline"}}  # fmt: skip
SERVICES = frame_of("service_id name kind operators operates", ("V1", "L", "helpline", "", "yes"),
    ("V2", "M", "hotline", "", "no"), ("V3", "N", "hotline", "Body", "yes"),
    ("V4", "Day", "awareness", "", "not known"))  # fmt: skip
LABELS = fake(labels=lambda _, name, __: WORDS[name])
MEASURES = frame_of("measure_id exists operates reaches shown_in", ("L1", "draft", "", "", ""),
    ("L2", "expired", "", "", ""), ("L3", "yes", "", "", ""), ("L4", "yes", "", "", ""),
    ("L5", "yes", "?", "?", ""), confidence="", confidence_reason="")  # fmt: skip
USES = frame_of("instrument_id shown_by_ids", ("L1", ""), ("L2", ""), ("L3", "E1"), ("L4", "E2"),
    ("L5", ""))  # fmt: skip
LINKED = frame_of("a b", ("D", "E"), ("A", "B"), ("B", "C"), ("Y", "X"), ("Z", "Y"))

MAPPING = [
    ("organisations are counted as active, earlier, returned, not verified", 2, "parts = {",
     {"organisations": ORGANISATIONS, "place": fake(data=""), "iso3": "ZZZ",
     "countries": fake(**vars(LABELS), read_table=lambda *_: frame_of("category verified",
     ("ngo", "no"), ("school", "yes"))), "read": lambda *_: frame_of("category", ("school",))},
     lambda n: n["categories"].values.tolist(), [["school", 1, 0, 0, 1, 0],
     ["ngo", 2, 1, 1, 0, 1]]),
    ("the chart of categories is of active organisations", 2, "counts = categories.assign",
     {"categories": frame_of("category organisations active", ("ngo", 5, 3)),
     "titles": {"ngo": "N"}, "charts": fake(rows=lambda *_, **__: (MagicMock(), [0]),
     number_scale=MagicMock())}, column("counts", "value"), [3]),
    ("an organisation counts in each of its roles", 2, "every = pd.MultiIndex",
     {"organisations": ORGANISATIONS, "countries": LABELS, "place": None},
     lambda n: n["roles"].query("organisations > 0").values.tolist(),
     [["police", "school", 1], ["police", "ngo", 1], ["policy", "ngo", 1], ["helpline", "ngo", 1]]),
    ("a service without operator stands in the grid of roles unless it has ended", 2,
     "unnamed = services", {"services": SERVICES, "organisations": ORGANISATIONS, "place": None,
     "countries": fake(labels=lambda *_: {"helpline": "H", "hotline": "R", "police": "P",
     "policy": "L"})}, lambda n: n["grid"][["stakeholder_id", "word"]].values.tolist(),
     [["M1", "H"], ["O2", "P"], ["O2", "L"], ["O1", "P"], ["V1", "H"]]),
    ("a role is empty without organisation and service not ended; a day of action has no operator",
     2, "filled = {", {"roles": ROLES, "services": SERVICES.drop(index=2),
     "unnamed": SERVICES.drop(index=[1, 2]), "categories": frame_of("returned", (0,))},
     lambda n: [n["empty"], [*n["silent"].service_id],
     n["mapping"].about_gaps.call_args.args[2]], [["hotline"], ["V1"], False]),
    ("of links, the largest group comes first, in it who has most partners, then by name", 2,
     "partners = pd.concat", {"links": LINKED, "stakeholders": stakeholders},
     lambda n: [[*n["linked"].name], [*n["linked"]["size"]]], [[*"BACYXZDE"], [3] * 6 + [2, 2]]),
    ("links of more than 14 organisations are a matrix", 2, "depth, y = linked",
     {"linked": frame_of("name group label y height", *[(str(n), 0, "", n, 1) for n in range(15)]),
     "links": frame_of("a b", ("0", "1")), "partners": MagicMock(),
     "stakeholders": fake(network=lambda *_: "matrix")}, lambda n: n["texts"],
     {"nothing": "matrix"}),
    ("links of 14 organisations are a drawing", 2, "depth, y = linked",
     {"linked": frame_of("name group label y height",
     *[(str(n), n % 2, "", n, 1) for n in range(14)]), "links": frame_of("a b", ("0", "1")),
     "partners": MagicMock()}, lambda n: ["nothing" in n["texts"],
     n["mapping"].texts.call_args.args[3]], [False, 2]),
    ("who has no link is named", 2, "alone = organisations", {"organisations": ORGANISATIONS,
     "linked": frame_of("name", ("B",))}, lambda n: n["alone"], ["A", "C"]),
    ("returned forms stand by category, then by name", 2, "labelled = forms",
     {"forms": frame_of("category name", ("school", "A"), ("ngo", "C"), ("ngo", "B")),
     "countries": LABELS, "place": None}, column("named", "name"), ["B", "C", "A"]),
    ("the list of organisations has those of the register", 2, "mapping.organisation_table(",
     {"organisations": ORGANISATIONS}, column("register", "stakeholder_id"), ["O2", "O1"]),
    ("measures name national laws and acts that an item of the chain cites, and no others", 2,
     "binding = ", {"countries": fake(read_table=lambda *_: frame_of("item_ids", ("PM-1",)),
     verified=lambda *_: frame_of("kind instrument_id", ("national law", "L1"),
     ("government act", "L2"), ("strategy", "L3"), ("national law", "L4"))),
     "alignment": fake(adjudicated=lambda _: frame_of("item_id evidence_ids",
     ("PM-1", "L1; L2; L3"), ("PM-2", "L4"))), "place": None,
     "stakeholders": fake(measures=lambda rows, place, cited: [*cited])}, lambda n: n["measures"],
     ["L1", "L2"]),
    ("a draft or expired act is not in force; another is in use if a recent statement says so", 2,
     "idle = ", {"measures": MEASURES.copy(), "instruments": USES, "place": None,
     "stakeholders": fake(recent=lambda ids, _: ids == "E1"),
     "confidence": fake(SURE=confidence.SURE, rate=lambda ids,
     *_: frame_of("confidence confidence_reason", *[("low", "")] * len(ids)).set_index(ids.index))},
     lambda n: n["measures"][["operates", "reaches", "confidence"]].values.tolist(),
     [["not in force", "not in force", ""]] * 2 + [["yes", "not known", "low"],
     ["not known", "not known", "low"], ["?", "?", ""]]),
    ("the last figure on use is that of the first statement, and a number", 2, "counts = read(",
     {"measures": MEASURES.copy(), "uses": pd.Series(["", "", "E1; E2", "E3", ""]), "iso3": "ZZZ",
     "place": fake(data=""), "read": lambda *_: frame_of("evidence_id unit label value period year",
     ("E1", "number", "Cases", 1200, "May", 2024), ("E2", "number", "Calls", 5, "", 2024),
     ("E3", "percent", "Share", 5, "", 2024))}, column("measures", "shown_in"),
     ["", "", "1,200 cases, May (2024)", "", ""]),
    ("a measure refers to its figure and to what shows its use", 2, "about = services.set_index",
     {"measures": frame_of("measure_id", ("V1",), ("L1",)), "uses": pd.Series(["", "E2"]),
     "services": frame_of("service_id figure_evidence_id", ("V1", "E1"))},
     lambda n: [ids.strip("; ") for ids in n["refs"]], ["E1", "E2"]),
]  # fmt: skip

FORMS = frame_of("category outcome count", ("all", "eligible", 9), ("all", "answered", 5),
    ("all", "not answered", 4), ("ngo", "eligible", 4), ("ngo", "answered", 1),
    ("ngo", "not answered", 3), ("school", "eligible", 5), ("school", "answered", 4),
    ("school", "not answered", 1),)  # fmt: skip
ANSWERS = frame_of("survey item kind count answer", ("s", "q", "many", 5, "rare"),
    ("s", "q", "many", 9, "frequent"), ("s", "r", "one", 3, "yes"), ("s", "t", "scale", 7, "4"),
    ("s", "u", "theme", 6, "rare"), ("s", "u", "theme", 9, "frequent"),
    ("t", "q", "one", 1, "x"),)  # fmt: skip
STUDIES = frame_of("study_id year evidence_ids", ("T1", 2020, "E1; E2"), ("T2", 2024, "E6"))
FOUND = frame_of("evidence_id source_id section", ("E1", "S1", "laws"), ("E2", "S2", "laws"),
    ("E3", "S1", "laws"), ("E4", "S3", "laws"), ("E5", "S4", "laws"), ("E6", "S5", "media"),
    ("E7", "S6", "media"), ("E8", "S6", "research"), ("E9", "S5", "research"),
    ("E0", "S5", "research"),)  # fmt: skip
PAPERS = frame_of("source_id kind", *[(f"S{n}", "page") for n in (1, 2, 4, 5, 6)],
    ("S3", "research"))  # fmt: skip

SURVEYS = [
    ("forms by category: the share of the eligible that answered, without the row of all", 3,
     "response = forms.pivot", {"forms": FORMS, "place": None,
     "countries": fake(labels=lambda *_: dict.fromkeys(["school", "media", "ngo", "all"])),
     "fieldwork": fake(interval=lambda part, whole: pd.DataFrame({"share": part / whole}))},
     lambda n: n["response"].values.tolist(), [["school", 5, 4, 1, 0.8], ["ngo", 4, 1, 3, 0.25]]),
    ("who answered most often comes first", 3, "often = (response",
     {"response": frame_of("category answered eligible", ("ngo", 3, 9), ("school", 2, 2),
     ("media", 1, 4)), "fieldwork": fieldwork},
     lambda n: [*n["response"].loc[n["often"].index].category], ["school", "ngo", "media"]),
    ("closed questions are those with one or several answers, the most frequent first", 3,
     "closed = answers", {"answers": ANSWERS}, lambda n: [[*n["questions"].item],
     [*n["ranked"]["s", "q"].answer]], [["q", "r", "q"], ["frequent", "rare"]]),
    ("the most frequent theme of answers comes first", 3, "coded = read(",
     {"answers": ANSWERS, "iso3": "ZZZ", "place": fake(data=""),
     "read": lambda *_: frame_of("iso3 judgements survey item answers low high",
     ("ZZZ", 9, "s", "u", 30, 0.5, 0.9), ("ZZZ", 9, "t", "u", 31, 0.6, 0.9),
     ("ZZZ", 9, "s", "v", 32, 0.6, 0.9))}, lambda n: n["themes"][["answer", "both",
     "alpha_low"]].values.tolist(), [["frequent", 30, 0.5], ["rare", 30, 0.5]]),
    ("open answers stand by survey, then by question", 3, "coded = read(",
     {"answers": frame_of("survey item kind count", ("t", "a", "theme", 9), ("s", "v", "theme", 8),
     ("s", "u", "theme", 7), ("s", "u", "many", 6)), "iso3": "ZZZ", "place": fake(data=""),
     "read": lambda *_: frame_of("iso3 judgements survey item answers low high")},
     lambda n: n["themes"][["survey", "item"]].values.tolist(), [[*"su"], [*"sv"], [*"ta"]]),
    ("a study is of a row, of shares of children or of research, and all of one source are one: "
     "of two, the first that names it", 3,
     "published = known", {"countries": fake(verified=lambda *_: FOUND), "iso3": "ZZZ",
     "place": fake(data=""), "read": given(sources=PAPERS, child_studies=STUDIES.assign(
     evidence_ids=["E1; E2; E9", "E6; E1"]), child_figures=frame_of("evidence_id unit",
     ("E7", "percent"), ("E3", "percent"), ("E5", "number")))},
     lambda n: n["published"].reset_index().values.tolist(),
     [["laws", 2, "E1; E2; E3; E4"], ["media", 2, "E6; E7"],
     ["research", 1, "E9"]]),
    ("a study that a rating of the policy items cites is named as cited; without one there are 0",
     3, "cited = {*items",
     {"items": frame_of("framework evidence_ids", ("policy-makers", "E1; E9"), ("children", "E2")),
     "published": frame_of("section study_ids", ("laws", "E1; E2"), studies=1).set_index("section"),
     "evidence": fake(distinct_statements=lambda _: FOUND), "statements": None,
     "alignment": fake(POLICY="policy-makers"), "areas": frame_of("section", ("laws",),
     ("schools",))}, lambda n: n["beside"].values.tolist(), [["laws", "E1; E2", 1, "E1", 5],
     ["schools", "", 0, "", 0]]),
    ("the newest study of children comes first", 3, "chapter.child_study_table(",
     {"countries": fake(verified=lambda *_: frame_of("evidence_id statement", ("E1", ""))),
     "read": lambda *_: STUDIES, "place": fake(data=""), "iso3": "ZZZ"},
     column("studies", "study_id"), ["T2", "T1"]),
    ("a study of children is shown if all its safeguards are stated, the others are counted", 3,
     "sound = (",
     {"about": None, "fieldwork": fake(studies_of_children=lambda _: frame_of("consent ethics",
     ("yes", "yes"), ("yes", "yes"), ("yes", ""), ("", "yes"), ("", "")))},
     lambda n: [len(n["safeguards"][n["sound"]]), n["chapter"].about_children.call_args.args[1]],
     [2, 3]),
    ("other voices are statements on research that no study cites, one row a source", 3,
     "others = statements", {"statements": FOUND, "studies": STUDIES.assign(evidence_ids=["E8",
     "E1"]), "iso3": "ZZZ", "place": fake(data=""), "read": lambda *_: PAPERS},
     lambda n: n["refs"].to_dict(), {"S5": "E9; E0"}),
    ("what surveys state of themselves is listed by item, statement and survey", 3,
     "stated = {item", {"about": frame_of("item stated survey", ("mode", "paper", "a"),
     ("mode", "paper", "b"), ("mode", "web", "c")), "countries": fake(labels=lambda *_: {"mode": "",
     "consent": ""}), "place": None}, lambda n: n["stated"], {"mode": {"paper": ["a", "b"],
     "web": ["c"]}, "consent": {}}),
    ("days of the search are those that are known", 3, "chapter.search_table(",
     {"read": given(sources=SOURCES, alignment=frame_of("coder", ("A",), ("A",), ("adjudicated",))),
     "place": fake(data=""), "iso3": "ZZZ"}, lambda n: [[*n["days"]], [*n["coders"]]],
     [[*"dde"], ["A", "adjudicated"]]),
    ("answers by category have the kind of their own question", 3, "groups = read(",
     {"answers": ANSWERS.assign(name="N"), "place": fake(data=""), "iso3": "ZZZ",
     "fieldwork": fieldwork, "read": lambda *_: frame_of("survey item count n", ("s", "q", 30, 60),
     ("t", "q", 1, 2))},
     lambda n: n["groups"][["kind"]].assign(low=n["groups"].low.notna()).values.tolist(),
     [["many", True], ["one", False]]),
    ("themes stand by survey and question", 3, "by_question = ",
     {"themes": ANSWERS, "fieldwork": fieldwork}, lambda n: [*n["by_question"]],
     [("s", "q"), ("s", "r"), ("s", "t"), ("s", "u"), ("t", "q")]),
    ("the first column of answers by category that a row lacks says so", 3, "wide = frame",
     {"groups": frame_of("survey name item answer kind group cell", ("s", "S", "q", "yes", "one",
     "ngo", 1), ("s", "S", "q", "no", "one", "school", 2)), "chapter": fake(narrow_share=lambda row,
     _: f"{row.cell}!", elsewhere=lambda: "-", group_table=MagicMock()), "flagged": 60,
     "place": None}, lambda n: n["tables_by_survey"][0][1].values.tolist(),
     [["q", "yes", "one", "1!", "-"], ["q", "no", "one", "-", "2!"]]),
]  # fmt: skip

VALUES = frame_of("indicator_code iso3 year value", ("A", "ZZZ", 2022, 1.0),
    ("A", "AAA", 2022, 2.0), ("A", "ZZZ", 2024, 3.0), ("A", "BBB", 2021, 9.0),
    ("A", "BBB", 2020, 7.0), ("B", "AAA", 2020, 5.0)).astype({"year": "Int64"})  # fmt: skip
OF_YEAR = frame_of("indicator_code name unit n region_year", ("A", "", "%", 2, 2022),
    ("B", "", "count", NA, NA),
    ("C", "", "%", NA, NA)).astype({"region_year": "Int64"})  # fmt: skip
RESULTS = frame_of("result status finding evidence_ids", ("hotlines", "in place", "F", "E1"))
FACTS = frame_of("indicator_code name unit definition", ("A", "Users", "%", "All people"),
    ("B", "Homes", "%", "All homes")).set_index("indicator_code")  # fmt: skip
EXERCISES = frame_of("exercise_id year", ("X2", 2020), ("X3", 2024),
    ("X1", 2024)).assign(verified="yes")  # fmt: skip

CARDS = frame_of("indicator_code year value unit source_id", *[(code, 2024, 1.0, "", "N")
    for code in [*assessment.LEADING, "WPP.POP.0014.ZS"]])  # fmt: skip
AGED = frame_of("label year headline", ("A", 2022, "yes"), ("B", 2023, "yes"), ("C", 2020, "no"))

STATISTICS = [
    ("why an indicator has no median, and which countries have a newer value", 4,
     "medians = figures", {"figures": OF_YEAR, "values": VALUES,
     "indicators": fake(COUNTS=["count"]), "members": ["AAA", "BBB"]},
     lambda n: n["medians"][["no_median", "newer"]].fillna("").values.tolist(),
     [["", "ZZZ"], ["a count", ""], ["too few recent values", ""]]),
    ("a value of the year of the median is the one used, else the last", 4, "medians = figures",
     {"figures": OF_YEAR, "values": VALUES, "indicators": fake(COUNTS=["count"]),
     "members": ["AAA"]}, lambda n: [n["years"].loc["A"].to_dict(), n["years"].loc["B", "AAA"]],
     [{"AAA": 2022, "BBB": 2021, "ZZZ": 2022}, 2020]),
    ("why a code is in no row of the table; its own values are counted", 4, "in_table = ",
     {"figures": OF_YEAR[:1], "place": fake(data=""), "iso3": "ZZZ", "display": (shown :=
     MagicMock()), "indicators": fake(read=lambda *_: VALUES, catalogue=lambda _: frame_of(
     "indicator_code name unit left_out", ("A", "", "%", NA), ("B", "", "%", "an index"),
     ("C", "", "%", "an index")).set_index("indicator_code"))},
     lambda n: [n["listed"][["left_out", "years"]].values.tolist(),
     shown.call_args.args[0].values.tolist()],
     [[["in the table", 2], ["an index", 0], ["an index", 0]], [[2, 0], [1, 1]]]),
    ("scores before 2020 are 0 to 1 in the file", 4, "stored = ",
     {"gci": frame_of("edition score source_id", (2018, 66.1, "G")), "iso3": "ZZZ",
     "place": fake(data=""), "read": lambda *_: frame_of("iso3 edition score", ("ZZZ", 2018, 0.661),
     ("AAA", 2018, 0.2)), "data_sets": frame_of("publisher address accessed", ("ITU", "u",
     "d")).set_axis(["G"])}, lambda n: n["index_origins"][["score", "in_file",
     "publisher"]].values.tolist(), [[66.1, 0.661, "ITU"]]),
    ("a treaty has the source of its status and that of its dates", 4, "cited = treaties.melt",
     {"treaties": frame_of("instrument status source_id step_source_id", ("CRC", "party", "HRT",
     "S1"), ("OPIC", "party", "HRT", "")), "iso3": "ZZZ", "place": fake(data=""),
     "read": lambda *_: SOURCES.assign(publisher="P", url="u"), "data_sets": frame_of(
     "publisher address accessed", ("UN", "a", "d")).set_axis(["HRT"]).rename_axis("source_id")},
     lambda n: n["cited"][["instrument", "column", "publisher"]].values.tolist(),
     [["CRC", "source_id", "UN"], ["CRC", "step_source_id", "P"], ["OPIC", "source_id", "UN"]]),
    ("rates beside the region are all indicators that are no shares", 4, "other_codes = ",
     {"figures": frame_of("indicator_code unit old value", ("IT.NET.USER.ZS", "%", "", 1),
     ("NCMEC.RATE", "rate", "", 1)), "place": None, "share_codes": ["IT.NET.USER.ZS"],
     "indicators": fake(COUNTS=[], in_region=lambda _f, _p, codes: codes.to_frame())},
     column("rates", "indicator_code"), ["NCMEC.RATE"]),
    ("why an indicator is in no figure beside the region", 4, "other_codes = ",
     {"figures": frame_of("indicator_code unit old value", ("A", "%", "yes", 1), ("B", "%", "", 1),
     ("C", "count", "yes", 1), ("D", "%", "", NA)), "place": None, "display": MagicMock(),
     "share_codes": [], "indicators": fake(COUNTS=["count"], in_region=lambda *_: frame_of(
     "indicator_code"))}, lambda n: [*n["why"]],
     ["older than MAX_AGE years", "no median", "a count", "no value"]),
    ("the scale of rates reaches to the highest value of the region or of the country", 4,
     "most = max(", {"rates": frame_of("unit highest value", ("rate", 5, 7), ("rate", 6, 2),
     ("price", 9, 8), ("price", 10, 1)), "show": fake(translate=lambda frame, *_: frame,
     figure=lambda *_, **__: None), "place": None},
     lambda n: [call.args[2] for call in n["charts"].dots.call_args_list], [7, 10]),
    ("an old figure is named as such", 4, "old = figures",
     {"figures": frame_of("indicator_code old", ("A", "yes"), ("B", ""), ("C", NA)),
     "indicators": fake(names=lambda _: str.lower, MAX_AGE=3), "place": fake(data="")},
     column("old", "indicator_code"), ["A"]),
    ("figures that disagree stand by indicator and year, with what they count", 4,
     "conflicts = pd.concat", {"figures": frame_of("indicator_code value year source_id",
     ("B", 1.0, 2024, "N"), ("A", 2.0, 2023, "N"), ("B", NA, 2022, "N"), ("C", 2.0, 2023, "N")),
     "iso3": "ZZZ", "place": fake(data=""), "names": ["A", "B"],
     "indicators": fake(catalogue=lambda _: FACTS),
     "read": lambda *_: frame_of("indicator_code value year evidence_id counts",
     ("B", 3.0, 2020, "E1", "Homes of pupils"), ("A", 4.0, 2024, "E2", NA))},
     lambda n: n["conflicts"][["refs", "counts"]].values.tolist(), [["N", "All people"],
     ["E2", "All people"], ["E1", "Homes of pupils"], ["N", "All homes"]]),
    ("ranks in Europe are those of 2018 that were checked", 4, "gci = cybersecurity",
     {"cybersecurity": fake(gci=lambda _: frame_of("iso3 edition", ("AAA", 2018), ("BBB", 2018),
     ("AAA", 2020))), "place": fake(data=""), "read": lambda *_: frame_of(
     "iso3 regional_rank remark", ("AAA", 2, ""), ("BBB", 1, "to be checked"))},
     lambda n: n["gci"].regional_rank.fillna(0).tolist(), [2, 0, 0]),
    ("ranks that are still to be checked are displayed apart", 4, "gci = cybersecurity",
     {"cybersecurity": fake(gci=lambda _: frame_of("iso3 edition", ("AAA", 2018))),
     "place": fake(data=""), "display": (to_check := MagicMock()), "read": lambda *_: frame_of(
     "iso3 regional_rank remark", ("AAA", 2, ""), ("BBB", 1, "to be checked"))},
     lambda _: to_check.call_args.args[0].iso3.tolist(), ["BBB"]),
    ("a treaty is as sure as the source of its status", 4, "rated = treaties.join",
     {"treaties": MagicMock(status="party", source_id="N", step_source_id="S1"), "place": None},
     lambda n: n["confidence"].rate.call_args.args[:2], ("party", "N")),
    ("a code without a row and without a reason in the catalogue says so", 4, "in_table = ",
     {"figures": frame_of("indicator_code", ("A",)), "place": fake(data=""), "iso3": "ZZZ",
     "display": MagicMock(), "indicators": fake(read=lambda *_: VALUES, catalogue=lambda _:
     frame_of("indicator_code name unit left_out", ("A", "", "%", ""),
     ("C", "", "%", "")).set_index("indicator_code"))}, column("listed", "left_out"),
     ["in the table", "no reason in the catalogue"]),
    ("instruments that the table leaves out are named by kind, or as not verified", 4,
     "others = every", {"countries": fake(read_table=lambda *_: frame_of(
     "instrument_id kind verified", ("L1", "strategy", "yes"), ("L2", "action plan", "yes"),
     ("L3", "treaty", "yes"), ("L4", "strategy", "no")), verified=lambda *_: frame_of(
     "instrument_id kind", ("L1", "strategy"), ("L2", "action plan"), ("L3", "treaty"))),
     "place": None},
     lambda n: n["why"].to_dict(), {2: "treaty", 3: "not verified"}),
    ("an expected result without a row is not assessed; all in their order, as sure as their rows",
     4, "order = list(", {"countries": fake(labels=lambda *_: ["strategies", "hotlines"]),
     "read": lambda *_: RESULTS, "iso3": "ZZZ", "place": fake(data=""),
     "confidence": fake(rate=lambda words, ids, _: frame_of("confidence", *[(f"of {word}, {cited}",)
     for word, cited in zip(words, ids, strict=True)]))},
     lambda n: n["results"].values.tolist(), [["strategies", "not assessed", "", "",
     "of not assessed, "], ["hotlines", "in place", "F", "E1", "of in place, E1"]]),
    ("evidence speaks of a result unless it is silent or not assessed", 4,
     "silent = results.result", {"results": frame_of("result status", ("a", "in place"),
     ("b", "not in place"), ("c", "no public evidence"), ("d", "not assessed")),
     "cybersecurity": cybersecurity, "place": fake(data=""),
     "read": lambda *_: frame_of("code cycle", ("x", "1"), ("a", "2"))},
     told("statistics", "initiative_line", 0, 1, 3), [2, ["c", "d"], "2"]),
    ("the newest exercise comes first", 4, "exercises = read(", {"read": lambda *_: EXERCISES,
     "place": fake(data=""), "iso3": "ZZZ"}, column("exercises", "exercise_id"),
     ["X1", "X3", "X2"]),
    ("a series of the page, or the index, reaches over all economies, from its first to its last "
     "year, newest source (of one year the last by its id)", 4,
     "everywhere = ", {"figures": frame_of("indicator_code", ("A",)), "place": fake(data=""),
     "read": lambda *_: frame_of("iso3 edition source_id", ("AAA", 2020, "G1"), ("AAA", 2024, "G2"),
     ("BBB", 2018, "G0"), ("BBB", 2024, "G1")),
     "indicators": fake(all_values=lambda *_: VALUES[:4].assign(source_id=[*"bcad"]))},
     lambda n: [n["page_codes"], n["coverage"].values.tolist()],
     [["A", "ITU.GCI"], [[3, 2021, 2024, "a"], [2, 2018, 2024, "G2"]]]),
    ("a card cites the data set of the country's figure, else that of the newest of any", 4,
     "catalogue = indi", {"figures": frame_of("indicator_code source_id", ("A", "own"), ("B", "")),
     "page_codes": ["A", "B"], "indicators": fake(catalogue=lambda _: FACTS.assign(source_id="x"),
     TREATMENTS={}), "place": fake(data=""), "coverage": frame_of("newest", ("n1",),
     ("n2",)).set_axis(["A", "B"]), "data_sets": frame_of("publisher", ("P",),
     ("Q",)).set_axis(["own", "n2"]), "iso3": "ZZZ",
     "confidence": fake(rate=lambda *_: frame_of("confidence", ("",), ("",)).set_axis(["A", "B"])),
     "read": lambda *_: frame_of("indicator_code note read_from", ("A", "", "")),
     "files": frame_of("indicator_code source_id", ("A", "own"))}, column("cards", "source_id"),
     ["own", "n2"]),
    *[(f"a note on territory is the country's own (stage {stage})", stage, part,
     {"read": lambda *_: frame_of("iso3", ("AAA",), ("ZZZ",)), "place": fake(data=""),
     "iso3": "ZZZ", "edition": "2026", "statistics": (macros := MagicMock()),
     "show": fake(Templates=lambda _, macros=macros: macros), "figures": frame_of("indicator_code",
     *[(code,) for code in indicators.LEADING]), "panel": CARDS, "assessment": assessment,
     "headlines": AGED, "codes": [],
     "indicators": MagicMock(LEADING=indicators.LEADING, MAX_AGE=3)}, lambda n,
     macros=macros: macros.about_territory.call_args.args[0].iso3, "ZZZ") for stage,
     part in [(4, "bottom_line = "), (6, "among = indicators")]],
    ("lines over years are of users, subscriptions and reports, from 2005", 4,
     "first_year, last_year = ",
     {"indicators": fake(over_years=lambda _, __, year: frame_of("year", (year,), (2020,))),
     "values": frame_of("indicator_code year", ("NCMEC.RATE", 2004), ("NCMEC.RATE", 2020),
     ("NCMEC.RATE", 2021), ("other", 2004)), "place": None, "display": MagicMock(),
     "edition": "2026"},
     lambda n: [n["trends"].values.tolist()[::2], [*n["apart"].year]], [[["IT.NET.USER.ZS", 2005],
     ["ITU.i992b", 2005], ["NCMEC.RATE", 2005]], [2004, 2021]]),
    ("a line begins in the first year and ends in the last", 4, "def trend_figure(",
     {"first_year": 2005, "last_year": 2020, "indicators": MagicMock(over_years=MagicMock(
     return_value=frame_of("year series", (2020, "a"), (2021, "a"))))},
     lambda n: [n["indicators"].over_years.call_args.args[2],
     *n["indicators"].trend_texts.call_args.args[0].year], [2005, 2020]),
    *[(f"a figure names the file that was read, else the address of its data set (stage {stage})",
     stage, "origins[\"file\"]", {"figures": frame_of("indicator_code source_id value",
     ("A", "N", 1.0), ("B", "N", NA), ("C", "M", 2.0), name="", year=2024, unit=""),
     "panel": frame_of("indicator_code source_id value", ("A", "N", 1.0), ("B", "N", NA),
     ("C", "M", 2.0)), "codes": [*"ABC"], "headlines": AGED.head(0).assign(source_id="",
     figure_id="", evidence_id="", value=1.0), "place": fake(data=""),
     "read": given(sources=frame_of("source_id url accessed"),
     indicator_series=frame_of("indicator_code read_from", ("A", "a.csv"), ("B", ""),
     ("C", "c.csv"))), "iso3": "ZZZ", "indicators": fake(names=lambda _: str.lower, MAX_AGE=3,
     data_sets=lambda _: frame_of("publisher address accessed", ("", "n.zip", "")).set_axis(["N"]),
     catalogue=lambda _: frame_of("source_id definition", *[("N", "")] * 3).set_axis([*"ABC"]))},
     column("origins", "file"), ["a.csv", "n.zip", ""]) for stage in (4, 6)],
]  # fmt: skip

ITEMS = frame_of("item_id framework area status confidence wording judged_by coder_a coder_b",
    ("PM-1", "policy-makers", "law", "in place", "low", "paraphrase", "one", "in place", ""),
    ("PM-2", "policy-makers", "law", "not assessed", "", "quote", "two", "", ""),
    ("PM-3", "policy-makers", "law", "planned", "high", "quote", "two", "planned", "planned"),
    ("MNR-1", "Model National Response", "help", "in place", "high", "paraphrase", "changed",
    "in place", "planned"), ("IN-1", "industry", "duty", "not in place", "high", "quote", "two",
    "planned", "planned"), ("CH-1", "children", "play", "not assessed", "", "quote", "two", "",
    "planned"), ("CH-2", "children", "play", "not assessed", "", "quote", "two", "", ""),
    ("X-1", "cross-check", "audit", "in place", "high", "quote", "two", "in place",
    "in place"),)  # fmt: skip
COMMENTS = frame_of("comment_id about kind decision around role organisation proposed why received",
    ("K1", "PM-1", "rating", "partly", "", "", "", "", "", "2026-05-01"),
    ("K2", "PM-9", "rating", "", "An item of then", "", "", "", "", "2026-05-01"),
    ("K3", "PM-1", "rating", "accepted", "", "", "", "", "", "2026-05-01"),
    ("K4", "PM-1", "fact", "not", "", "", "", "", "", "2026-05-01"),)  # fmt: skip
AGREEMENT = frame_of("framework items same alpha low ac1", ("a", 10, 9, 0.9, 0.7, 0.8),
    ("b", 10, 5, 0.5, 0.3, 0.6), ("c", 3, 3, 0.1, NA, 0.9))  # fmt: skip
BY_AREA = frame_of("framework area planned", ("industry", "b", 1), ("industry", "a", 2),
    ("children", "c", 4))  # fmt: skip

ALIGNMENT = [
    ("the bottom line counts the items for policy-makers by status, low confidence, paraphrases", 5,
     "first, counts = ", {"items": ITEMS}, told("guidelines", "bottom_line", 0, 1, 2, 4),
     [{"in place": 1, "not assessed": 1, "planned": 1}, 1, 1, "PM-1"]),
    ("a rating is disputed unless its comment was accepted; an item of then has its words", 5,
     "disputed = ratings", {"fieldwork": fake(comments=lambda _: COMMENTS), "place": None,
     "items": ITEMS.assign(item="Item")}, lambda n: n["disputed"][["comment_id",
     "item"]].values.tolist(), [["K1", "Item"], ["K2", "An item of then"]]),
    ("areas stand in the order of the guidelines, each status a column, and all items at the end",
     5, "by_area = pd", {"items": ITEMS, "place": None,
     "countries": fake(labels=lambda *_: ["not assessed", "planned", "not in place", "in place"])},
     lambda n: [[*n["by_area"].area], n["frameworks"].values.tolist()[-1],
     [*n["frameworks"]["items"]]], [["law", "help", "duty", "play", "audit"], ["", 8, 3, 1, 1, 3],
     [3, 1, 1, 2, 1, 8]]),
    ("the chart of a framework has its own areas and its own number of low confidence", 5,
     "def area_chart(", {"items": ITEMS, "by_area": frame_of("framework area",
     ("policy-makers", "law"), ("industry", "duty"))},
     lambda n: [[*n["show"].translate.call_args.args[0].label],
     n["guidelines"].texts.call_args.args[4]], [["law"], 1]),
    ("items of the other guidelines that evidence covers are those assessed", 5,
     "others = items.status", {"items": ITEMS}, told("guidelines", "about_others", 0, 1), [1, 3]),
    ("an item is shown as reached unless it was not assessed", 5, "reached = items",
     {"items": ITEMS}, column("reached", "item_id"), ["PM-1", "PM-3", "MNR-1", "IN-1", "X-1"]),
    ("agreement is that of the lowest alpha and AC1; ratings changed after it are apart", 5,
     "rated = agreement", {"agreement": AGREEMENT, "items": ITEMS, "alignment": fake(BOUNDS=(0.667,
     0.8))}, lambda n: [n["worst"].framework, n["used"], [*n["changed"].item_id]],
     ["b", {"items": 23, "same": 17, "ac1": 0.6}, ["MNR-1"]]),
    ("without an interval of alpha no guideline is the worst", 5, "rated = agreement",
     {"agreement": AGREEMENT[2:], "items": ITEMS, "alignment": fake(BOUNDS=())},
     lambda n: n["worst"], None),
    ("what was not assessed is listed below", 5, "guidelines.unassessed_list(", {"items": ITEMS},
     lambda n: [*n["guidelines"].unassessed_list.call_args.args[0].item_id],
     ["PM-2", "CH-1", "CH-2"]),
    ("coders differ on an item that both rated, and otherwise", 5, "twice = items",
     {"items": ITEMS, "changed": MagicMock()}, column("apart", "item_id"), ["MNR-1"]),
]  # fmt: skip

CHALLENGES = frame_of("challenge_id theme", ("C1", "law"), ("C2", "school"), ("C3", "law"))
PLAN = frame_of("recommendation_id priority due item_ids capability_ids",
    ("R1", "later", "2027-01-01", "", ""), ("R2", "first", "2029-01-01", "", ""),
    ("R3", "first", "2028-01-01", "", ""), ("R4", "first", "2027-06-01", "", ""),
    ("R5", "first", "2026-12-01", "", ""))  # fmt: skip
PARTLY = frame_of("item_id confidence", ("PM-1", "high"), ("PM-2", "moderate"), ("PM-3", "low"),
    ("PM-4", "high"), ("PM-5", "high"), status="partly in place")  # fmt: skip
ANSWERING = frame_of("recommendation_id item_ids capability_ids priority",
    ("R2", "PM-1; PM-3; PM-5", "", "first"), ("R1", "PM-2", "", "first"),
    ("R3", "PM-4", "", "later"))  # fmt: skip


def of_partly(gaps=(), strong=()):
    """Return what the cell of strengths and gaps uses: items partly in place, other gaps."""
    none = PARTLY.head(0).assign(answers="")
    found = [
        frame_of("item_id", *[(i,) for i in ids]).reindex(columns=none.columns)
        for ids in (strong, gaps)
    ]
    return {"items": PARTLY, "recommendations": ANSWERING, "table_25": None, "helplines": None,
            "place": None,
            "chain": frame_of("item_ids", ("PM-1; PM-2; PM-3; PM-4; PM-7",)),
            "assessment": fake(strengths=lambda *_: found[0], gaps=lambda *_: found[1], MOST=3,
                               answered=assessment.answered)}  # fmt: skip


LEFT = frame_of("item_id framework status confidence", ("PM-1", "policy-makers", "in place",
    "high"), ("PM-2", "policy-makers", "not in place", "high"),
    ("PM-3", "policy-makers", "in place", "high"), ("MNR-11", "Model National Response", "in place",
    "high"), ("MNR-12", "Model National Response", "in place", "high"),
    ("IN-1", "industry", "in place", "high"), ("PM-4", "policy-makers", "partly in place", "low"),
    ("PM-5", "policy-makers", "not assessed", ""), ("PM-6", "policy-makers", "in place", "high"),
    ("PM-7", "policy-makers", "partly in place", "high"),)  # fmt: skip
STATED = frame_of("evidence_id year same_as source_id", ("E1", 2024, "", "S1"),
    ("E2", 2020, "", "S2"), ("E3", NA, "", "S1"),
    ("E4", 2024, "E1", "S1")).astype({"year": "Int64"})  # fmt: skip
ELEMENTS = frame_of("element_id framework code measures", ("SDG-T", "SDG", "16.2", ""),
    ("SDG-I", "SDG", "x", "SDG-T"), ("OTHER", "other", "16.2", ""),)  # fmt: skip
FINDINGS = frame_of("challenge_id evidence_ids item_ids rests_on action_evidence_id",
    ("C1", "E1; E2", "PM-1; PM-2", "", "E9"), ("C2", "E1", "", "", "E9"))  # fmt: skip
DAYS = frame_of("action_id when", ("A1", "late"), ("A2", "due"), ("A3", "later"))
DONE = frame_of("action_id recommendation_id body state", ("A1", "R1", "Police", "late"),
    ("A2", "R0", "Police", "late"), ("A3", "R1", "School", "reached"))  # fmt: skip
CHANGES = frame_of("part change since", ("items", editions.SAME[0], ""), ("items", "other age", ""),
    ("items", "revised", ""), ("table_25", "different", ""),
    ("items", editions.SAME[1], ""),)  # fmt: skip

ASSESSMENT = [
    *[(f"a {kind} in the register means that lines were searched: {is_searched}", 6,
     "searched = services", {"load": lambda *_: MagicMock(), "place": None,
     "countries": fake(neighbours=lambda place: [], read_table=lambda *_, kind=kind: frame_of(
     "kind", (kind,), ("awareness",)))},
     lambda n: bool(n["searched"]), is_searched) for kind, is_searched in [("helpline", True),
     ("hotline", True), ("portal", True), ("awareness", False)]],
    ("the harm of a recommendation is the first that its challenges name, and verified", 6,
     "harms = {", {"recommendations": frame_of("recommendation_id challenge_ids", ("R1",
     "C1; C2; C3"), ("R2", "C4")), "challenges": frame_of("challenge_id harm_evidence_id",
     ("C1", ""), ("C2", "E2"), ("C3", "E3"), ("C4", "E4")), "iso3": "ZZZ", "place": fake(data=""),
     "read": given(evidence=frame_of("evidence_id statement", ("E2", "two"), ("E3", "three")))},
     lambda n: n["harms"], {"R1": ("E2", "two", "C2")}),
    ("challenges stand by theme, themes by their first; free begins a text; all active count", 6,
     "by_theme = challenges", {"read": lambda *_: CHALLENGES, "place": fake(data=""), "iso3": "ZZZ",
     "table_25": None, "items": None, "categories": frame_of("active", (2,), (3,)),
     "treaties": None, "services": frame_of("service_id description", ("V1", "Free of charge."),
     ("V2", "A line, Free of charge.")), "helplines": frame_of("service_id", ("V1",), ("V2",))},
     lambda n: [[*n["challenges"].challenge_id], [*n["helplines"].free],
     n["assessment"].table_25.call_args.args[2]], [["C1", "C3", "C2"], [True, False], 5]),
    ("the finding rests on statements of any year that repeat none; of a first hand are primary", 6,
     "since = 0", {"read": lambda *_: SOURCES, "statements": STATED, "evidence": evidence,
     "place": fake(data=""), "iso3": "", "chain": frame_of("status", ("x",)),
     "table_25": frame_of("row detail", ("x", ""))},
     lambda n: n["report"].message.call_args.kwargs["basis"], (3, 2)),
    ("why a statement does not count", 6, "uncounted = statements",
     {"statements": STATED, "counted": STATED[:1], "place": None,
     "load": lambda *_: frame_of("table id", ("evidence", "E7"), ("services", "V1"))},
     lambda n: n["reasons"].iloc[:, 1].to_dict(),
     {"before `since`": "E2", "repeats the statement in `same_as`": "E4", "without a year": "E3",
     "not verified": "E7"}),
    ("the strip of items is of policy-makers, with low confidence counted by status", 6,
     "report.item_strip(", {"items": ITEMS.assign(item="")}, told("report", "item_strip", 2, 3),
     [{"in place": 1, "not assessed": 1, "planned": 1}, {"in place": 1}]),
    ("areas of the strip stand in the order of the guidelines", 6, "report.item_strip(",
     {"items": frame_of("item_id area", ("PM-1", "b"), ("PM-2", "a"), item="", status="",
     confidence="", framework="policy-makers")}, lambda n: [area for area,
     _ in n["report"].item_strip.call_args.args[1]], [*"ba"]),
    ("a gap is partly in place and sure, of a first action, by recommendation", 6,
     "strong = assessment", of_partly(), column("missing", "item_id"), ["PM-2", "PM-1"]),
    ("an item partly in place is no gap where the chain has one", 6, "strong = assessment",
     of_partly(gaps=["PM-7"]), column("missing", "item_id"), ["PM-7"]),
    ("items partly in place come before gaps elsewhere, three gaps in all", 6,
     "strong = assessment", of_partly(gaps=["X1", "X2"]), column("missing", "item_id"),
     ["PM-2", "PM-1", "X1"]),
    ("a missing strategy is a gap of its own", 6, "strong = assessment", of_partly(gaps=[""]),
     column("missing", "item_id"), [""]),
    ("an item partly in place is no gap where it is a strength", 6, "strong = assessment",
     of_partly(strong=["PM-2"]), column("missing", "item_id"), ["PM-1"]),
    ("an item in place that a first action serves is no gap", 6, "strong = assessment",
     of_partly() | {"items": PARTLY.assign(status=["partly in place", "in place",
     *["partly in place"] * 3])}, column("missing", "item_id"), ["PM-1"]),
    ("what is shown as a strength or a gap is not left out", 6, "is_good = left_out",
     {"items": LEFT[:3], "strong": frame_of("item_id link", ("PM-1", "law")),
     "missing": frame_of("item_id", ("PM-2",)), "assessment": assessment, "chain": frame_of(
     "link item_ids"), "helplines": frame_of("kind operates confidence")},
     column("left_out", "item_id"), ["PM-3"]),
    ("a line that has ended, though sure, is not at work", 6, "is_good = left_out",
     {"items": LEFT.query("item_id == 'MNR-11'"), "strong": frame_of("item_id link"),
     "missing": frame_of("item_id"), "assessment": assessment, "chain": frame_of("link item_ids"),
     "helplines": frame_of("kind operates confidence", ("helpline", "no", "high"))},
     column("left_out", "why"), ["asks for a service that is not confirmed active"]),
    ("an item that is not in place asks for no line, and none of its link is in its place", 6,
     "is_good = left_out", {"items": LEFT.query("item_id in ['MNR-11', 'PM-6']").assign(
     status="not in place"), "strong": frame_of("item_id link", ("PM-0", "law")),
     "missing": frame_of("item_id"), "assessment": assessment,
     "chain": frame_of("link item_ids", ("law", "PM-6")),
     "helplines": frame_of("kind operates confidence")}, column("left_out", "why"),
     ["after the first gaps"] * 2),
    ("why an item is neither strength nor gap", 6, "is_good = left_out",
     {"items": LEFT, "strong": frame_of("item_id link", ("PM-0", "law")),
     "missing": frame_of("item_id"), "assessment": assessment, "chain": frame_of("link item_ids",
     ("law", "PM-6"), ("help", "PM-1")), "helplines": frame_of("kind operates confidence",
     ("helpline", "yes", "low"), ("hotline", "yes", "high"))},
     lambda n: n["left_out"].set_index("item_id").why.to_dict(), {"PM-1": "after the first three",
     "PM-2": "after the first gaps", "PM-3": "after the first three",
     "MNR-11": "asks for a service that is not confirmed active", "MNR-12": "after the first three",
     "IN-1": "other audience, or a cross-check", "PM-4": "low confidence", "PM-5": "not assessed",
     "PM-6": "another item of its link", "PM-7": "after the first three"}),
    ("a line at work counts with more than low confidence, though not high", 6,
     "is_good = left_out", {"items": LEFT.query("item_id == 'MNR-11'"), "strong": frame_of(
     "item_id link"), "missing": frame_of("item_id"), "assessment": assessment, "chain": frame_of(
     "link item_ids"), "helplines": frame_of("kind operates confidence", ("helpline", "yes",
     "moderate"))}, column("left_out", "why"), ["after the first three"]),
    ("key figures are five cards, on children first", 6,
     "headlines = load", {"assessment": MagicMock(LEADING=[*"ABCDE"]), "load": lambda *_: AGED},
     lambda n: n["codes"], [*"ABC"]),
    ("why a figure has no card, and the chapter that shows it", 6, "no_card = ",
     {"load": lambda *_: frame_of("figure_id kind confidence", ("F1", "risk", "high"),
     ("F2", "silence", "low"), ("F3", "case", "moderate"), label="", value=1, year=2024),
     "place": None, "figures": frame_of("indicator_code", *[(code,) for code in
     [*assessment.LEADING[:3], "WPP.POP.0014.ZS", "X"]], name="", value=1, year=2024),
     "codes": assessment.LEADING[:2], "headlines": frame_of("figure_id", ("F1",)),
     "assessment": assessment, "evidence": evidence},
     lambda n: n["no_card"][["figure_id", "why", "chapter"]].values.tolist(),
     [["WPP.POP.0014", "in `LEADING`, after five cards", "ICT statistics"], ["WPP.POP.0014.ZS",
     "a share, only on the card of its count", "ICT statistics"], ["X", "not in `LEADING`",
     "ICT statistics"], ["F2", "low confidence", "Children"], ["F3", "not a `headline`",
     "Chain of protection"]]),
    ("a headline older than three years is old", 6, "among = indicators", {"panel": CARDS,
     "codes": [], "assessment": assessment, "edition": "2026", "headlines": AGED[:2],
     "indicators": MagicMock(MAX_AGE=3)}, column("headlines", "old"), [True, False]),
    ("a share is shown on the card of its count", 6, "among = indicators", {"figures": None,
     "panel": CARDS, "codes": assessment.LEADING, "assessment": assessment, "iso3": "ZZZ",
     "indicators": MagicMock(MAX_AGE=3), "edition": "2026", "headlines": AGED,
     "read": lambda *_: frame_of("iso3"), "place": fake(data="")}, lambda n: [[row.indicator_code
     for row in n["leading"]], [*n["shares"]]], [assessment.LEADING, ["WPP.POP.0014"]]),
    ("a figure has a card if it is one of the five", 6, "among = indicators", {"figures": None,
     "panel": CARDS, "codes": assessment.LEADING[:2], "assessment": assessment, "iso3": "ZZZ",
     "indicators": MagicMock(MAX_AGE=3), "edition": "2026", "headlines": AGED,
     "read": lambda *_: frame_of("iso3"), "place": fake(data="")},
     lambda n: [row.indicator_code for row in n["leading"]], assessment.LEADING[:2]),
    ("the summary names three first actions by their days, and counts the others", 6, "ranked = ",
     {"recommendations": PLAN, "countries": fake(labels=lambda *_: {"first": "", "later": ""}),
     "place": None, "missing": None, "harms": {}}, lambda n: [[*n["first"].recommendation_id],
     n["report"].first_actions.call_args.args[1]], [["R4", "R3", "R2"], 2]),
    ("not assessed: items of other frameworks, silent subjects (without positive actions), "
     "figures without value", 6, "unassessed = ", {"items": ITEMS, "counts": {}, "place": None,
     "field_work": pd.DataFrame(),
     "sections": frame_of("section statements", ("laws", 1), ("media", 0), ("positive_actions", 0)),
     "figures": frame_of("name value", ("a", 0.0), ("b", NA))}, told("report", "not_assessed", 1, 3,
     4), [2, ["media"], ["b"]]),
    ("a reader is led to the first challenge of a theme", 6, "report.routes(",
     {"challenges": CHALLENGES}, lambda n: n["themes"], {"law": "C1", "school": "C2"}),
    ("the register of recommendations stands by the days", 6, "report.register(",
     {"recommendations": PLAN, "report": MagicMock(), "assessment": MagicMock()},
     column("register", "recommendation_id"), ["R5", "R1", "R4", "R3", "R2"]),
    ("a recommendation serves its SDG target and what its items are mapped to", 6, "measuring = ",
     {"read": given(frameworks=ELEMENTS, mappings=frame_of("served_by element_id",
     ("PM-1", "SDG-T"), ("PM-1", "gone"))), "place": fake(data=""),
     "recommendations": frame_of("recommendation_id item_ids capability_ids sdg_target",
     ("R1", "PM-1", "", ""), ("R2", "", "", "16.2"))}, lambda n: n["served"].values.tolist(),
     [["SDG-I", "R1", "PM-1"], ["SDG-T", "R1", "PM-1"], ["SDG-T", "R2", "16.2"]]),
    ("a finding has its recommendations, kinds of sources and items without public evidence; the "
     "source of its positive action is looked up too", 6,
     "findings = ", {"challenges": FINDINGS, "items": frame_of("item_id status confidence",
     ("PM-1", "no public evidence", "low"), ("PM-2", "in place", "")), "iso3": "",
     "place": fake(data=""), "assessment": fake(source_of=lambda row,
     _: {"E1": "S1", "E2": "S2"}.get(row, "")), "read": lambda *_: SOURCES,
     "recommendations": frame_of("recommendation_id challenge_ids", ("R1", "C1; C2"), ("R2", "C1")),
     "confidence": fake(rate=lambda *_: frame_of("confidence", ("",), ("",)))},
     lambda n: [n["findings"][["answers", "kinds", "silent"]].values.tolist(), n["sources"]],
     [[["R1; R2", {"law", "news"}, "PM-1"], ["R1", {"law"}, ""]],
     {"E1": "S1", "E2": "S2", "E9": ""}]),
    ("days are late or due; they answer recommendations of this edition", 6, "by_body = pd",
     {"days": DAYS, "plan": DONE, "recommendations": PLAN, "addressed": MagicMock(), "place": None,
     "show": fake(Templates=lambda _: MagicMock(body_table=lambda frame, _: frame)),
     "display": lambda *_: None}, lambda n: [call.args[0][["action_id", "answers"]].values.tolist()
     for call in (n["actions"].late_table.call_args, n["actions"].due_table.call_args)],
     [[["A1", "R1"]], [["A2", ""]]]),
    ("a body has its actions by state and in all", 6, "by_body = pd", {"days": DAYS, "plan": DONE,
     "recommendations": PLAN, "addressed": MagicMock(), "place": None, "show": MagicMock()},
     lambda n: n["actions"].body_table.call_args.args[0][["body", "late", "reached",
     "actions"]].values.tolist(), [["Police", 2, 0, 2], ["School", 0, 1, 1]]),
    ("services of other kinds are displayed apart from the lines", 6, "others = services[~",
     {"services": frame_of("service_id name kind", ("V1", "", ""), ("V2", "", "")),
     "helplines": frame_of("service_id", ("V1",)), "items": ITEMS},
     column("others", "service_id"), ["V2"]),
    ("a key figure is as sure as its data set", 6, "headlines = load", {"load": lambda *_: AGED,
     "assessment": MagicMock(LEADING=[], key_figures=lambda *_: MagicMock(source_id="N"))},
     lambda n: n["confidence"].rate.call_args.args[:2], ("N", "N")),
    ("laws of the chapter are cited for policy-makers, by kind and title", 6, "laws = instruments[",
     {"items": frame_of("framework evidence_ids", ("policy-makers", "L1; L2; L4; L5; L6"),
     ("children", "L3")), "load": lambda *_: frame_of("instrument_id kind title",
     ("L1", "strategy", "B"), ("L2", "national law", "C"), ("L3", "strategy", "A"),
     ("L4", "treaty", "A"), ("L5", "action plan", "A"), ("L6", "strategy", "A")), "place": None,
     "show": MagicMock(), "assessment": MagicMock()},
     lambda n: [*n["show"].Templates().law_table.call_args.args[0].instrument_id],
     ["L5", "L2", "L6", "L1"]),
    ("instruments that the table omits have a reason by their kind", 6, "omitted = instruments",
     {"instruments": frame_of("instrument_id title kind", ("L1", "A", "strategy"),
     ("L2", "B", "treaty"), ("L3", "C", "strategy")), "is_law": pd.Series([True, False, True]),
     "in_table": pd.Series([False, False, True])}, lambda n: n["omitted"].why.tolist(),
     ["cited by no item for policy-makers", "no law, strategy or action plan"]),
    ("items are explained one by one for policy-makers only", 6, "report.item_reasons(",
     {"items": ITEMS, "report": MagicMock(), "show": MagicMock()},
     column("policy_items", "item_id"), ["PM-1", "PM-2", "PM-3"]),
    ("cells of Table 25 are compared unless 2020 had none", 6, "comparisons = ",
     {"table_25": frame_of("row comparison", ("a", "same"), ("b", ""), ("c", "same"))},
     lambda n: n["comparisons"], {"same": 2}),
    *[(f"another source is not comparable, what is the same is left out{what}", 6, "verdicts = ",
     {"editions": fake(since_last=lambda *_: CHANGES, SAME=editions.SAME, since_study=lambda _,
     study=study: study), "place": None, "table_25": None, "show": MagicMock()},
     lambda n: [[*n["changed"].change], n["by_part"]["items"]["not comparable"]], [changes, 1])
     for what, study, changes in [("", "", ["other age", "revised", "different"]),
     (", and Table 25 beside the study", "2020", ["other age", "revised"])]],
    ("what changed is told since the last of the earlier editions", 6, "verdicts = ",
     {"editions": fake(since_last=lambda *_: CHANGES.assign(since=["2022", "2024", *["2020"] * 3]),
     SAME=editions.SAME, since_study=lambda _: ""), "place": None, "table_25": None,
     "show": MagicMock()}, lambda n: n["previous"], "2024"),
    ("a round counts comments by role and decision, with first and last day", 6, "rounds = pd",
     {"fieldwork": fake(comments=lambda _: COMMENTS.assign(role=["ministry", "agency", "agency",
     "agency"], received=["3", "1", "2", "4"]), DECISIONS=fieldwork.DECISIONS), "place": None,
     "countries": fake(labels=lambda *_: ["ngo", "agency", "ministry"])},
     lambda n: n["rounds"].values.tolist(), [["agency", 3, 1, 0, 1, 1, "1", "4"],
     ["ministry", 1, 0, 1, 0, 0, "3", "3"]]),
    ("sources abroad are those of examples of other countries", 6, "examples = ",
     {"challenges": frame_of("action_evidence_id", ("ZZZ-E1",), ("AAA-E1",), ("AAA-E2",)),
     "iso3": "ZZZ", "sources": {"ZZZ-E1": "S0", "AAA-E1": "S1", "AAA-E2": ""}},
     lambda n: n["abroad"], ["S1"]),
    ("the emergency number is the country's own", 6, "emergency = read(",
     {"read": lambda *_: frame_of("iso3 number", ("AAA", 1), ("ZZZ", 2)), "place": fake(data=""),
     "iso3": "ZZZ", "show": MagicMock()}, lambda n: n["emergency"], [{"iso3": "ZZZ", "number": 2}]),
    ("a sign-off on the page is of this edition", 6, "signed = read(",
     {"read": lambda *_: frame_of("edition body", ("2024", "O1"), ("2026", "O2")), "iso3": "ZZZ",
     "rounds": MagicMock(), "place": fake(data="", edition="2026"),
     "countries": fake(bodies=lambda _: pd.Series({"O2": "Ministry"}), edition=lambda _: None),
     "disputed": None, "comments": None, "items": None}, column("signed", "name"), ["Ministry"]),
]  # fmt: skip

REGION = fake(data="", titled="", assessed=["AAA", "BBB", "CCC"], members=["AAA", "BBB", "CCC",
    "DDD"])  # fmt: skip
COUNTRIES = {iso3: iso3.title() for iso3 in REGION.assessed}
CALLED = fake(names=lambda _: pd.Series({"AAA": "Zedland", "BBB": "Belland", "CCC": "Celland",
    "DDD": "Dedland"}))  # fmt: skip


def gathered(**tables):
    """Return a region that gathers these tables."""
    return fake(gather=lambda _, name: tables[name].copy(), COMPARED=region.COMPARED,
                UNPUBLISHED=region.UNPUBLISHED,
                names=lambda members, _: {m: m for m in members})  # fmt: skip


OF_REGION = frame_of("iso3 framework area item_id item status confidence confidence_reason",
    ("AAA", "policy-makers", "law", "PM-1", "A", "in place", "low", ""),
    ("BBB", "policy-makers", "law", "PM-1", "A", "in place", "high", ""),
    ("BBB", "policy-makers", "law", "PM-2", "B", "no public evidence", "low", ""),
    ("CCC", "Model National Response", "help", "MNR-11", "H", "in place", "high", ""),
    ("CCC", "policy-makers", "law", "PM-2", "B", "not assessed", "", ""),)  # fmt: skip
COUNTED = frame_of("item_id status", *[("A", "in place")] * 2, *[("B", "in place")] * 2,
    *[("C", "in place")] * 2, *[("D", "in place")] * 2, ("D", "partly in place"),
    ("A", "not in place"))  # fmt: skip
SUBJECTS = frame_of("item_id item link", ("A", "a", ""), ("B", "b", "report"), ("C", "c", "report"),
    ("D", "d", ""))  # fmt: skip
ACTION_PLAN = frame_of("iso3 theme priority item_ids recommendation_id challenge_ids",
    ("AAA", "law", "first", "PM-1", "AAA-R1", "AAA-C1"), ("AAA", "law", "first", "PM-1; PM-2",
    "AAA-R2", "AAA-C2"), ("AAA", "school", "first", "PM-2", "AAA-R3", "AAA-C3"),
    ("BBB", "school", "first", "PM-2", "BBB-R1", "BBB-C1"), ("BBB", "law", "next", "PM-1",
    "BBB-R2", "BBB-C2"),)  # fmt: skip
REACHED = frame_of("iso3 result status confidence evidence_ids", ("AAA", "national strategies",
    "in place", "high", ""), ("BBB", "national strategies", "partly in place", "low", ""),
    ("CCC", "national strategies", "partly in place", "high", ""), ("DDD", "national strategies",
    "not in place", "low", ""), ("AAA", "simulation exercises", "in place", "low", ""),
    ("AAA", "CSIRTs and their networks", "in place", "high", "O1; E1; O2"),
    ("BBB", "CSIRTs and their networks", "planned", "high", "O1"),)  # fmt: skip
HELD = gathered(results_of_initiative=REACHED, organisations=frame_of("stakeholder_id name", ("O1",
    "CERT"), ("O2", "Team")), exercises_on_record=frame_of("iso3 year", ("AAA", 2020), ("AAA",
    2024), ("BBB", 2022)),)  # fmt: skip
RESULT = {"place": REGION, "n": 3, "region": HELD, "standing": frame_of("row",
    ("national_strategy",)),}  # fmt: skip
RATES = frame_of("indicator_code iso3 value old year", ("NCMEC.RATE", "AAA", 1.0, "", 2024),
    ("NCMEC.RATE", "BBB", 2.0, "", 2024), ("NCMEC.RATE", "CCC", 3.0, "yes", 2019),
    ("ITU.xHH6", "AAA", 4.0, "", 2024))  # fmt: skip
WEBINAR = frame_of("iso3 global_rank regional_rank remark", ("AAA", 3, 2, ""),
    ("BBB", 1, 1, "to be checked"), ("DDD", 9, 9, ""), ("CCC", 2, 4, ""))  # fmt: skip
EDITIONS = frame_of("iso3 edition score regional_rank", ("AAA", 2017, 0.3, NA),
    ("AAA", 2018, 0.5, NA), ("BBB", 2018, 0.4, NA), ("AAA", 2020, 70.0, 9),
    ("DDD", 2020, 50.0, NA))  # fmt: skip
CYBER_LAWS = frame_of("instrument_id kind title", ("L1", "strategy", "Cyber security plan"),
    ("L2", "strategy", "Children"), ("L3", "law", "Cybersecurity"),
    ("L4", "strategy", "On Information Security"))  # fmt: skip
RATED = frame_of("framework item status confidence", ("policy-makers", "A", "in place", "low"),
    ("policy-makers", "A", "in place", "high"), ("policy-makers", "A", "no public evidence", "low"),
    ("policy-makers", "A", "not in place", "low"),
    ("policy-makers", "A", "no public evidence", "high"),
    ("Model National Response", "B", "in place", "high"),)  # fmt: skip
CELLS = frame_of("iso3 row published_2020 comparison", ("AAA", "a", "yes", "same"),
    ("DDD", "a", "no", ""), ("DDD", "b", region.UNPUBLISHED, ""), ("AAA", "b", region.UNPUBLISHED,
    ""))  # fmt: skip

SYNTHESIS = [
    ("judgements of the region are those on items for policy-makers", 7,
     "standing = region.count_rows", {"region": fake(**vars(gathered(alignment_by_item=OF_REGION,
     alignment_by_area=OF_REGION[["framework", "area", "iso3"]])), table_25=lambda _: None,
     count_rows=lambda _: None), "place": REGION},
     lambda n: [len(n["areas"]), [*n["judgements"].item_id]], [4,
     ["PM-1", "PM-1", "PM-2", "PM-2"]]),
    ("ratings are counted by status, those of low confidence apart", 7,
     "counts = judgements.status",
     {"judgements": OF_REGION, "areas": frame_of("iso3 area planned").reindex(columns=["iso3",
     "area", "in place", "planned"]), "standing": frame_of("row", ("a",)), "n": 3, "place": None},
     lambda n: [n["counts"].to_dict(), n["synthesis"].bottom_line.call_args.args[2]],
     [{"in place": 3, "planned": 0}, 2]),
    ("the chain of a country rests on its own lines and items", 7, "own_lines = ",
     {"place": REGION, "items": OF_REGION, "region": MagicMock(),
     "stakeholders": fake(helplines=lambda *_: frame_of("service_id", ("AAA-V1",), ("BBB-V1",))),
     "assessment": fake(chain=lambda items, lines, _: frame_of("items lines",
     (len(items), len(lines))))}, lambda n: n["chains"].values.tolist(),
     [[1, 1, "AAA"], [2, 1, "BBB"], [2, 0, "CCC"]]),
    ("an item that asks for a line is not in place without an active one; low confidence is apart",
     7, "ours = items", {"items": OF_REGION, "place": REGION, "assessment": assessment,
     "read": lambda *_: frame_of("item_ids link", ("PM-2; MNR-11", "report")),
     "chains": frame_of("link iso3 silent", ("report", "AAA", ""), ("report", "BBB", ""),
     ("report", "CCC", "helpline"))}, lambda n: [n["sure"][["iso3", "item_id"]].values.tolist(),
     [*n["weak"].item_id], [*n["subjects"].link]], [[["BBB", "PM-1"], ["CCC", "PM-2"]],
     ["PM-1", "PM-2"], ["", "report", "report"]]),
    ("an item that asks for a line and is not in place counts as such without an active one", 7,
     "ours = items", {"items": OF_REGION[3:4].assign(status="not in place"), "place": REGION,
     "assessment": assessment, "read": lambda *_: frame_of("item_ids link"),
     "chains": frame_of("link iso3 silent", ("report", "CCC", "helpline"))},
     column("sure", "item_id"), ["MNR-11"]),
    ("items in place or in part in most countries come first, then of a link, each link once", 7,
     "def most_common(", {"assessment": assessment, "sure": COUNTED, "weak": COUNTED[2:3],
     "subjects": SUBJECTS}, lambda n: [n["strong"][["item_id", "countries", "low"]].values.tolist(),
     [*n["missing"].item_id]], [[["D", 3, 0], ["B", 2, 1], ["A", 2, 0], ["C", 2, 0]], ["A"]]),
    ("first actions of most countries come first; an item counts once a country", 7,
     "actions = first.groupby", {"region": gathered(action_plan=ACTION_PLAN), "place": REGION,
     "items": OF_REGION}, lambda n: [n["actions"].values.tolist(), n["served"][["theme", "item_id",
     "served"]].values.tolist()], [[["school", 2], ["law", 1]], [["law", "PM-1", 1],
     ["law", "PM-2", 1], ["school", "PM-2", 2]]]),
    ("of first actions in as many countries, that named first comes first", 7,
     "actions = first.groupby", {"region": gathered(action_plan=frame_of("iso3 theme item_ids",
     ("AAA", "school", "PM-1"), ("AAA", "law", "PM-1"), priority="first")), "place": REGION,
     "items": OF_REGION}, column("actions", "theme"), ["school", "law"]),
    ("an item is judged unless it was not assessed; a chapter begins at its first item", 7,
     "chapters = dict(", {"judgements": OF_REGION, "low": OF_REGION.confidence == "low"},
     lambda n: [n["coverage"].values.tolist(), n["chapters"]], [[["AAA", 1, 1, 1], ["BBB", 2, 2, 1],
     ["CCC", 1, 2, 0]], {"PM-1": "law", "MNR-11": "help"}]),
    ("the coverage stands in the order of the ratings, by name of the country", 7,
     "chapters = dict(", {"judgements": frame_of("iso3 area item_id status", ("BBB", "", "PM-1",
     "planned"), ("AAA", "", "PM-1", "planned")), "low": False}, column("coverage", "iso3"),
     ["BBB", "AAA"]),
    ("a tile of the strategy leads to a report where there is one; tiles stand by name", 7,
     "tiles = table", {"countries": CALLED, "place": REGION, "table": frame_of("iso3 row value",
     ("AAA", "national_strategy", "draft"), ("DDD", "national_strategy", "none"),
     ("AAA", "lanzarote", "party"), confidence="", confidence_reason="")},
     lambda n: n["tiles"][["iso3", "address"]].values.tolist(),
     [["DDD", ""], ["AAA", "cop-assessment-AAA.html"]]),
    ("an expected result is reached if at least partly in place; low confidence is counted apart",
     7, "reached = ", RESULT, told("synthesis", "about_strategies", 1, 2, 3), [3, 1, 3]),
    ("response teams are named where reached", 7, "reached = ", RESULT,
     lambda n: n["results"].teams.tolist(), [*[""] * 5, "CERT; Team", ""]),
    ("bodies are named as teams of that result only", 7, "reached = ", RESULT | {"region": gathered(
     results_of_initiative=REACHED.assign(evidence_ids="O1"), organisations=frame_of(
     "stakeholder_id name", ("O1", "CERT")))}, lambda n: n["results"].teams.tolist(),
     [*[""] * 5, "CERT", ""]),
    ("exercises are counted in the cycle, with its first and last year, and outside of it", 7,
     "held = held.assign", {"region": gathered(exercises_on_record=frame_of("iso3 year host",
     ("AAA", 2017, "ITU"), ("AAA", 2018, ""), ("AAA", 2021, ""), ("AAA", 2022, ""))),
     "place": REGION,
     "results": REACHED[["iso3", "result"]], "countries": fake(read_table=lambda *_: frame_of(
     "code cycle", ("simulation exercises", "2018–2021")))}, lambda n: [*n["results"].set_index(
     "result").loc["simulation exercises", ["exercises", "within", "latest"]]], [4, 2, 2022]),
    ("exercises with ITU in other years than those of the cycle are apart", 7,
     "held = held.assign", {"region": gathered(exercises_on_record=frame_of("iso3 year host",
     ("AAA", 2017, "ITU"), ("AAA", 2019, "ITU"), ("AAA", 2022, "NATO"))), "place": REGION,
     "results": REACHED[["iso3", "result"]], "countries": fake(read_table=lambda *_: frame_of(
     "code cycle", ("simulation exercises", "2018–2021")))}, column("with_itu", "year"), [2017]),
    ("conventions are the three of the Council of Europe", 7, "COUNCIL = ", {"place": REGION,
     "treaties": frame_of("instrument", ("LANZAROTE_CETS201",), ("CRC_OPSC",),
     ("BUDAPEST_ETS185",), ("BUDAPEST_CETS224",))}, column("conventions", "instrument"),
     ["LANZAROTE_CETS201", "BUDAPEST_ETS185", "BUDAPEST_CETS224"]),
    ("compared indicators are those of the list; the region's figure is of a country with a source",
     7, "spread = key",
     {"region": gathered(key_figures=frame_of("iso3 indicator_code source_id median",
     ("AAA", region.COMPARED[0], "", 1), ("BBB", region.COMPARED[0], "N", 2),
     ("AAA", "other", "N", 3)).reindex(columns=["iso3", "indicator_code", "name", "unit", "year",
     "value", "old", "source_id", "base_year", "base_mark", *indicators.REGION])),
     "indicators": indicators, "place": REGION}, lambda n: [[*n["figures"].iso3],
     n["spread"][["source_id", "median"]].values.tolist()], [["AAA", "BBB"], [["N", 2]]]),
    ("notes on territory are of the countries assessed", 7, "noted = region.names",
     {"region": gathered(), "place": REGION, "read": lambda *_: frame_of("iso3 coverage",
     ("DDD", ""), ("BBB", ""))}, lambda n: [*n["noted"]], ["BBB"]),
    ("rates of reports alone are drawn by name unless old, with the median of the region last", 7,
     "reports = figures", {"figures": RATES, "spread": frame_of("indicator_code median",
     ("NCMEC.RATE", 1.4), ("ITU.xHH6", 9.0)), "countries": CALLED, "place": REGION,
     "show": fake(translate=lambda frame, *_: frame, Templates=lambda _: MagicMock(),
     figure=MagicMock())}, lambda n: [[*n["reports"].country], [*n["bars"].value]],
     [["Belland", "Zedland"], [2.0, 1.0, 1.4]]),
    ("the index is shown from 2018 on, of 100, with checked ranks in Europe of 2018", 7,
     "index = index.assign(score", {"read": given(gci=EDITIONS, gci_2018_webinar=WEBINAR),
     "place": REGION}, lambda n: n["index"].fillna(0).values.tolist(),
     [["AAA", 2018, 50.0, 2], ["BBB", 2018, 40.0, 0], ["AAA", 2020, 70.0, 0]]),
    ("the three best ranks lead the index, and editions stand in order", 7, "leaders = webinar",
     {"webinar": WEBINAR, "index": EDITIONS[::-1], "countries": CALLED, "place": REGION,
     "names": {}, "region": gathered(legal_instruments=CYBER_LAWS)},
     lambda n: [[*n["leaders"].iso3], [*n["synthesis"].index_table.call_args.args[0].edition]],
     [["BBB", "CCC", "AAA"], [2017, 2018, 2018, 2020, 2020]]),
    ("a strategy on cybersecurity is one whose title names it", 7, "leaders = webinar",
     {"webinar": WEBINAR, "index": EDITIONS, "countries": CALLED, "place": REGION, "names": {},
     "region": gathered(legal_instruments=CYBER_LAWS)}, column("laws", "instrument_id"),
     ["L1", "L4"]),
    ("a theme counts once a country, that of most countries first, then by name", 7,
     "themes = themes.agg", {"recommendations": frame_of("iso3 theme",
     *[("AAA", theme) for theme in ("law", "law", "school", "data")], ("BBB", "school")), "n": 2},
     lambda n: n["themes"].values.tolist(), [["school", 2, "AAA; BBB"], ["data", 1, "AAA"],
     ["law", 1, "AAA"]]),
    ("a cell of challenges has those of the theme and country with their recommendations", 7,
     "cells = ids.groupby", {"recommendations": ACTION_PLAN,
     "themes": frame_of("theme", ("school",)), "names": ["AAA", "CCC"], "place": REGION},
     lambda n: n["synthesis"].challenge_table.call_args.args[0].ids.tolist(),
     ["AAA-C3; AAA-R3", ""]),
    ("results are counted where reached, low confidence apart; cycles not verified", 7,
     "unseen = elements", {"results": REACHED[:5], "reached": REACHED.status[:5].isin(["in place",
     "partly in place"]), "n": 3, "names": {}, "show": MagicMock(), "place": REGION,
     "elements": frame_of("code cycle verified", ("x", "2018", "no"), ("national strategies",
     "2022", "yes"))}, lambda n: [n["counts"].values.tolist(), n["unseen"]],
     [[["national strategies", 3, 1], ["simulation exercises", 1, 1]], ["2018"]]),
    ("followed up are actions by state; due is what is due, and unknown without a plan", 7,
     "followed = pd", {"place": REGION, "countries": CALLED, "show": MagicMock(),
     "region": gathered(follow_up=frame_of("iso3 state", ("AAA", "late"), ("AAA", "reached"),
     ("BBB", "late")), open_days=frame_of("iso3 when", ("AAA", "late"), ("AAA", "due"),
     ("AAA", "due")),
     addressed=frame_of("iso3 addressed", ("AAA", "dropped"), ("AAA", "fully")))},
     lambda n: n["followed"].drop(columns="iso3").fillna(-1).values.tolist(),
     [[2, 1, 0, 1, 0, 0, 2, 2, 1, 0, 0, 1], [1, 0, 0, 1, 0, 0, 0, -1, -1, -1, -1, -1],
     [-1] * 12]),
    ("items count by status, with low confidence in all, in place and without evidence", 7,
     "item_counts = rated", {"region": gathered(alignment_by_item=RATED,
     outcome_rates=frame_of("iso3")), "place": REGION, "standing": frame_of("row"),
     "statuses": ["in place", "not in place", "no public evidence"]},
     lambda n: [n["item_counts"].values.tolist(), [*n["capabilities"]["item"]]],
     [[["A", 2, 1, 2, 3, 1, 1]], ["B"]]),
    ("the conclusions count the countries with outcomes of forms", 7, "asked = rates",
     {"region": gathered(alignment_by_item=RATED, outcome_rates=frame_of("iso3", ("AAA",),
     ("AAA",), ("BBB",))), "place": REGION, "standing": frame_of("row", ("a",)),
     "statuses": ["in place", "no public evidence"]}, lambda n: n["asked"], 2),
    ("Table 25 has cells of a country that is assessed or was in the table of 2020", 7,
     "published = table", {"region": gathered(), "table": CELLS, "place": REGION},
     lambda n: n["cells"].values.tolist(), CELLS.drop(index=2).values.tolist()),
    ("cells of the region are compared unless 2020 had none", 7, "comparisons = cells",
     {"cells": CELLS}, lambda n: n["comparisons"], {"same": 1}),
    ("data sets of the region are refs that are no rows of a country", 7, "refs = pd.concat",
     {"table": frame_of("refs source_id", ("ZZZ-E1; NCMEC", "T25")),
     "figures": frame_of("source_id", ("F",)), "index": frame_of("source_id", ("G",)),
     "conventions": frame_of("source_id step_source_id", ("COE", "UN"), ("ZZZ-S2", "")),
     "place": None}, lambda n: [*n["data_sets"]], ["NCMEC", "COE", "UN", "F", "T25", "G"]),
]  # fmt: skip

OVER_ALL = frame_of("iso3 country year value", ("AAA", "A", 2020, 1), ("AAA", "A", 2024, 2),
    ("BBB", "B", 2020, 3))  # fmt: skip
VIEW = fake(Answer=lambda place, title, rows, *_, **__: rows, choose=MagicMock(),
            interact=MagicMock(), choose_countries=MagicMock())  # fmt: skip
ANSWER = {"desk": VIEW, "figures": fake(values=lambda *_: OVER_ALL, titles=MagicMock())}
LOOK_UP = {"evidence": frame_of("evidence_id statement", ("E1", "One."), ("E2", "Two.")),
           "instruments": frame_of("instrument_id title", ("L1", "Law")), "stakeholders": frame_of(
           "stakeholder_id name", ("O1", "Body")), "services": frame_of("service_id name"),
           "sources": frame_of("source_id title url", ("S", "", ""))}  # fmt: skip

EXPLORE = [
    ("years to choose go back from this one to 2000", "explore", "years = range(",
     {"date": fake(today=lambda: fake(year=2026))}, lambda n: [n["years"][0], n["years"][-1]],
     [2026, 2000]),
    ("items to choose are no facts of documents", "explore", "!= 'document fact'", {"cop": fake(
     data=fake(read=lambda *_: frame_of("item_id item kind", ("PM-1", "A", "item"), ("PM-9", "B",
     "document fact"))))}, lambda n: n["titles"], {"PM-1": "PM-1  A"}),
    ("the newest edition of the index is offered first", "explore", "editions = sorted(",
     {"cop": fake(data=fake(read=lambda *_: frame_of("edition", (2020,), (2024,), (2020,))))},
     lambda n: n["editions"], [2024, 2020]),
    ("of all economies the latest year is the last value of each", "explore", "def all_economies(",
     ANSWER, lambda n: n["all_economies"](None, "", "latest year").year.tolist(), [2024, 2020]),
    ("economies by year stand in rows, years in columns", "explore", "def all_economies(", ANSWER,
     lambda n: n["all_economies"](None, "", "country by year").fillna(0).values.tolist(),
     [["A", 1, 2], ["B", 3, 0]]),
    ("coders differ on the items that they rated otherwise", "explore", "def coders(",
     {"desk": VIEW, "frameworks": {}, "research": fake(compare_coders=lambda *_: frame_of(
     "item_id coder_a coder_b", ("A", "planned", "planned"), ("B", "planned", "in place")))},
     lambda n: n["coders"](None, "")[0],
     "2 items were rated by both coders. They differ on 1: B"),
    ("items of a framework are its own, with areas in their order", "explore", "def items(",
     {"desk": VIEW, "alignment": fake(adjudicated=lambda _: ITEMS.assign(item="", rationale="",
     evidence_ids=""))}, lambda n: [part.iloc[:, 0].tolist() for part in n["items"](None,
     "children")], [["CH-1", "CH-2"], ["play"]]),
    ("an item rests on the rows that it cites", "explore", "def item(", {"desk": VIEW,
     "alignment": fake(adjudicated=lambda _: frame_of("item_id evidence_ids", ("PM-1", "E1; O1"),
     ("PM-2", "E2; L1"))), "cop": fake(data=fake(read=lambda name, *_: LOOK_UP[name].assign(
     year=2024, confidence="", source_id="S"))), "show": MagicMock()},
     lambda n: n["item"](fake(data="", iso3=""), "PM-1")[1].says.tolist(), ["One.", "Body"]),
    ("pillars are those of the edition chosen", "explore", "def pillars(", {"desk": VIEW,
     "countries": fake(economy=lambda iso3, _: iso3, names=lambda _: {"ZZZ": "Zedland"}),
     "cybersecurity": fake(PILLARS=["legal"], gci=lambda _: frame_of("iso3 edition legal",
     ("ZZZ", 2020, 5.0), ("ZZZ", 2024, 9.0)))},
     lambda n: n["pillars"](fake(iso3="ZZZ"), 2024, ["ZZZ"]).legal.tolist(), [9.0]),
]  # fmt: skip

RULES = [*DESK, *MAPPING, *SURVEYS, *STATISTICS, *ALIGNMENT, *ASSESSMENT, *SYNTHESIS, *EXPLORE]


@pytest.mark.parametrize(
    ("rule", "stage", "part", "names", "find", "expected"), RULES, ids=[rule for rule, *_ in RULES]
)
def test_a_cell_keeps_to_its_rule(rule, stage, part, names, find, expected):
    assert find(cell(stage, part, **names)) == expected, rule


def of_index(points):
    return {"gci": pd.DataFrame([[points, *[20] * 4]], columns=cybersecurity.PILLARS),
            "cybersecurity": cybersecurity}  # fmt: skip


def of_answers(count, upper):
    return {"answers": frame_of("count n", (count, 9), (1, 9)),
            "scales": frame_of("upper lower n", (upper, 4, 9), (1, 1, 9))}  # fmt: skip


def of_range(value):
    return {"figures": frame_of("value median lowest highest year region_year",
            (value, 2.0, 1.0, 3.0, 2024, 2024))}  # fmt: skip


def of_figures(year):
    """Return a figure within the range of its region, one of a year without it, and none."""
    return frame_of("value year", (2.0, 2024), (99.0, year), (NA, 2024), indicator_code="A",
        median=2.0, lowest=1.0, highest=9.0, region_year=2024, n=1)  # fmt: skip


def of_statistics(**others):
    """Return what the checks of stage 4 use, all in order, with others in place of some."""
    return {"figures": of_figures(2023), "values": frame_of("indicator_code year value",
            *[("A", 2024, value) for value in (1.0, 2.0, 9.0)]), "members": ["AAA"],
            "place": fake(data=""), "countries": fake(neighbours=lambda _: ["AAA"],
            names=lambda _: {"AAA": "Aland"}), "shares": frame_of("country", ("Aland",)),
            "rates": frame_of("country"), "read": given(groups=frame_of("group_id iso3",
            ("SEE-2020", "AAA")), table_25_2020=frame_of("iso3", ("AAA",)))} | others  # fmt: skip


def of_conclusions(**others):
    """Return what the checks of the region use, all in order, with others in place of some."""
    return {"standing": frame_of("then today", (3, 3), (0, 1)), "place": REGION, "n": 3,
            "strong": frame_of("countries link", (3, "a"), (2, ""), (1, "")),
            "missing": frame_of("countries", (3,)), "actions": frame_of("countries", (3,)),
            "areas": frame_of("area planned late", ("law", 1, 0), ("law", 0, 1), ("help", 2, 0)),
            "statuses": ["planned", "late"]} | others  # fmt: skip


def of_region(**others):
    """Return what the last checks of the region use, all in order, with others for some."""
    return {"themes": frame_of("countries", (3,), (1,)), "place": REGION, "figures": frame_of(
            "iso3 year value", ("AAA", 2024, 1), ("BBB", NA, NA), ("CCC", NA, NA)),
            "results": frame_of("result iso3", *[("a", iso3) for iso3 in REGION.assessed]),
            "areas": frame_of("area", ("law",)), "number": pd.Series([1]), "item_counts": [1],
            "table": frame_of("row", *[(n % 6,) for n in range(24)])} | others  # fmt: skip


def of_mapping(*ids):
    return {"organisations": frame_of("stakeholder_id", *[(i,) for i in ids]),
            "categories": frame_of("organisations", (2,))}  # fmt: skip


def of_report(**others):
    """Return what the checks of the report use, all in order, with others in place of some."""
    return {"headlines": frame_of("evidence_id kind", ("E1", "risk"), ("E2", "silence"),
            ("E3", "case")), "recommendations": frame_of("baseline_evidence_id challenge_ids",
            ("E1; E2", "C1; C2")), "categories": range(7), "rounds": frame_of("comments", (1,)),
            "comments": range(1), "findings": frame_of("challenge_id", ("C1",)),
            "strong": frame_of("item_id", ("PM-1",), ("PM-4",)),
            "missing": frame_of("item_id", ("PM-2",)),
            "items": frame_of("item_id status confidence", ("PM-1", "in place", "high"),
            ("PM-3", "in place", "low"), ("PM-5", "planned", "high")),
            "chain": frame_of("item_ids status", ("PM-1; PM-2", "in place")),
            "assessment": assessment, "neighbours": ["AAA"],
            "countries": fake(names=lambda _: {"AAA": "Aland"}), "place": fake(data=""),
            "among": frame_of("country", ("Aland",))} | others  # fmt: skip


GUARDS = [  # rule, stage, a part of the cell, what passes, what is refused
    ("a value lies within the range of its region", 0, "a value outside its region", of_range(3.0),
     of_range(3.1)),
    *[("of several values each lies within the range of its region, unless it is of another year "
       f"(stage {stage})", stage, "a value outside its region's range", of_statistics(),
       of_statistics(figures=of_figures(2024))) for stage in (0, 4)],
    *[(rule, 4, "a median that is not of these values", of_statistics(), of_statistics(**others))
      for rule, others in [
        ("the median is that of the values", {"values": frame_of("indicator_code year value",
         *[("A", 2024, value) for value in (1.0, 3.0, 3.0)])}),
        ("no figure has more values than there are countries", {"figures": of_figures(2023).assign(
         n=[1, 2, 1])}),
        ("the region is that of the medians", {"countries": fake(neighbours=lambda _: ["BBB"],
         names=lambda _: {"AAA": "Aland"})}),
        *[(f"a dot of {name} is a country of the region", {name: frame_of("country", ("Aland",),
         ("Elsewhere",))}) for name in ("shares", "rates")]]],
    ("an index with a value has a publisher", 0, "an index without its publisher",
     *[{"indices": frame_of("value source_id", (1.0, source), (NA, ""))} for source in ("N", "")]),
    ("a thing to collect has a place and a body to ask", 0, "a thing to collect and no place",
     *[{"checklist": frame_of("usually_in ask", ("a law", ask))} for ask in ("a ministry", "")]),
    ("the source of a statement was seen", 1, "a statement whose source was not seen",
     *[{"statements": frame_of("source_id", ("S1",), (source,)),
        "register": frame_of("source_id", ("S1",))} for source in ("S1", "S2")]),
    ("an instrument, or its absence, has a source", 1, "an instrument, or its absence",
     *[{"instruments": frame_of("source_id", ("S1",), (source,))} for source in ("S1", "")]),
    ("no statement that waits to be verified is shown", 1, "an unverified statement is shown",
     *[{"waiting": frame_of("id", ("E2",)), "statements": frame_of("evidence_id", (row,))}
       for row in ("E1", "E2")]),
    ("an organisation counts once", 2, "an organisation that counts twice",
     of_mapping("O1", "O2"), of_mapping("O1", "O1")),
    ("an organisation has a category", 2, "an organisation that counts twice",
     of_mapping("O1", "O2"), of_mapping("O1", "O2", "O3")),
    *[(rule, 6, "no progress measure is a baseline", of_report(), of_report(**others))
      for rule, others in [
        ("a figure that is no share of children is no baseline", {"recommendations": frame_of(
         "baseline_evidence_id challenge_ids", ("E1; E3", "C1"))}),
        ("a comment has a known role and decision", {"comments": range(2)}),
        ("a recommendation stands below its first finding", {"findings": frame_of("challenge_id",
         ("C2",))}),
        ("each recommendation does so", {"recommendations": frame_of("baseline_evidence_id "
         "challenge_ids", ("E1", "C1"), ("E1", "C2"))}),
        ("no item is a strength and a gap", {"missing": frame_of("item_id", ("PM-1",))}),
        *[(f"a link in place has an item in place that is sure, not one that is {word}",
         {"chain": frame_of("item_ids status", ("PM-1", "in place"), (item, "in place"))})
         for item, word in (("PM-3", "of low confidence"), ("PM-5", "planned"))],
        ("a card stands beside countries of the region only", {"among": frame_of("country",
         ("Aland",), ("Elsewhere",))})]],
    *[(rule, 7, "more than take part", of_conclusions(), of_conclusions(**others))
      for rule, others in [
        ("no fact is of more countries than take part", {"standing": frame_of("then today",
         (0, 1), (0, 4))}),
        *[(f"nothing in {name} is of more countries than take part", {name: frame_of(
         "countries link", (3, "a"), (4, "b"))}) for name in ("strong", "missing", "actions")],
        ("the three strengths are of different links", {"strong": frame_of("countries link",
         (3, "a"), (2, ""), (1, "a"))}),
        ("an area has as many items in each country", {"areas": frame_of("area planned late",
         ("law", 1, 0), ("law", 1, 1), ("help", 2, 0))})]],
    ("a further strength may be of a link of the first three", 7, "more than take part",
     *[of_conclusions(strong=frame_of("countries link", (3, "a"), (2, ""), (1, third), (1, "a")))
       for third in ("", "a")]),
    *[(rule, 1, "a source of no type", *[{"types": frame_of("sources", (of_type,)), "undated": 1,
       "years": frame_of("sources", (of_year,)), "register": range(3)}
       for of_type, of_year in (counts, (3, 2))][::-1]) for rule, counts in [
        ("each source has a type", (2, 2)), ("each source has a year or is undated", (3, 1))]],
    ("the source of a statement is at first or second hand", 1, "a statement whose source has no",
     *[{"kinds": frame_of("first second", (1, 1), (0, 1)), "counted": range(n)} for n in (3, 4)]),
    ("a statement is in a section", 1, "a statement in no section",
     *[{"by_section": frame_of("statements", (2,), (1,)), "counted": range(n)} for n in (3, 4)]),
    ("organisations have seven categories", 2, "the prose speaks of seven categories",
     *[{"categories": range(number)} for number in (7, 6)]),
    ("an organisation of the register has a role; it may have several", 2,
     "an organisation of the register in no role", *[{"organisations": frame_of("role", ("police",),
     ("policy",), ("",)), "roles": frame_of("organisations", (number,))} for number in (2, 1)]),
    ("each organisation that is verified is shown, and one that returned a form has no role", 2,
     "not every one is shown", *[{"countries": fake(verified=lambda *_: frame_of("stakeholder_id",
     ("O1",), ("O2",))), "place": None, "organisations": frame_of("stakeholder_id role",
     ("O1", "police"), ("O2", role), ("M1", ""))} for role in ("policy", "")]),
    ("the eligible answered or did not, in each category", 3, "the parts do not add up",
     *[{"response": frame_of("answered not_answered eligible", (1, 2, 3), (2, 2, eligible))}
       for eligible in (4, 5)]),
    ("the areas have all items", 5, "the areas do not add up to the items",
     *[{"by_area": frame_of("area planned late", ("law", 1, 2)), "items": range(number)}
       for number in (3, 4)]),
    *[(rule, 5, "twenty-one capabilities", *[{"items": frame_of("framework area",
       *[("Model National Response", f"area {n % areas}") for n in range(number)],
       ("industry", "duty"))} for number, areas in ((21, 6), counts)]) for rule, counts in [
        ("there are twenty-one capabilities", (20, 6)),
        ("the capabilities have six areas", (21, 5))]],
    *[(rule, 5, "the frameworks do not add up", *[{"items": frame_of("framework",
       *[(f"framework {n % different}",) for n in range(12)]), "frameworks": pd.DataFrame(
       {"items": [1, total]})} for different, total in ((6, 12), counts)]) for rule, counts in [
        ("items are of six guidelines", (5, 12)), ("the last row has all items", (6, 11))]],
    ("items rated twice are rated the same or otherwise", 5, "same and different do not add up",
     *[{"agreement": frame_of("same", (2,), (1,)), "apart": range(1), "twice": range(number)}
       for number in (4, 5)]),
    ("a pillar has 20 points at most", 0, "a pillar of more than", of_index(20), of_index(20.1)),
    ("a region named after the study of 2020 has its countries only", 4, "study = read(",
     *[of_statistics(read=given(groups=frame_of("group_id iso3", ("SEE-2020", "AAA"),
       (group, "BBB")), table_25_2020=frame_of("iso3", ("AAA",)))) for group in ("OWN",
       "SEE-2020")]),
    ("a pillar of the country has 20 points at most", 4, "a pillar of more than",
     *[of_index(points) | {"confidence": confidence, "results": frame_of("status confidence",
       *[("in place", "high")] * 4, ("not assessed", ""))} for points in (20, 20.1)]),
    ("an answer is given by all who answered at most", 3, "an answer given more often",
     of_answers(9, 5), of_answers(10, 5)),
    ("both ends of a scale are all answers at most", 3, "an answer given more often",
     of_answers(9, 5), of_answers(9, 6)),
    *[(f"what is {word} rests on evidence", 5, "a status that stands on no evidence",
       {"items": frame_of("status evidence_ids", (word, "E1"), ("planned", ""))},
       {"items": frame_of("status evidence_ids", (word, "E1"), (word, ""))})
      for word in ("in place", "partly in place", "not in place")],
    ("an answer of a category is given by all of it at most", 3, "more than are in the category",
     *[{"groups": frame_of("count n", (count, 9), (1, 9)), "fieldwork": fieldwork}
       for count in (9, 10)]),
    ("no more answers are sorted by both than were given", 3, "more answers sorted twice",
     *[{"themes": frame_of("both n", (both, 9), (1, 9))} for both in (9, 10)]),
    ("a person who was interviewed has one function", 3, "a person of two functions",
     *[{"interviews": frame_of("interview_id function", ("I1", "judge"), ("I1", other),
       ("I2", "judge"))} for other in ("judge", "nurse")]),
    ("no key figure is of low confidence", 1, "a weak key figure",
     *[{"figures": frame_of("headline confidence", ("yes", word), ("yes", "high"), ("no", "low")),
        "read": lambda *_: range(3), "place": fake(data=""), "iso3": "ZZZ", "response": frame_of(
        "label value", ("", NA), ("A", 1))} for word in ("moderate", "low")]),
    ("a step without a figure is not zero", 1, "a weak key figure",
     *[{"figures": frame_of("headline confidence"), "read": lambda *_: (), "place": fake(data=""),
        "iso3": "ZZZ", "response": frame_of("label value", ("", value), ("", NA), ("A", 1))}
       for value in (NA, 0)]),
    *[(rule, 7, "a theme named twice", of_region(), of_region(**others)) for rule, others in [
        ("a theme is named by each country at most once", {"themes": frame_of("countries", (4,),
         (1,))}),
        ("each value has a year", {"figures": frame_of("iso3 year value", ("AAA", 2024, 1),
         ("BBB", NA, 1), ("CCC", NA, NA))}),
        ("each country has figures", {"figures": frame_of("iso3 year value", ("AAA", 2024, 1),
         ("BBB", NA, NA))}),
        ("each result is of all countries", {"results": frame_of("result iso3",
         *[("a", iso3) for iso3 in REGION.assessed], ("b", "AAA"))}),
        ("an item is in one area", {"item_counts": [1, 2]}),
        ("the facts are six", {"table": frame_of("row", *[(n % 5,) for n in range(24)])}),
        ("each country has six facts", {"table": frame_of("row",
         *[(n % 6,) for n in range(23)])})]],
    ("where sources agree no difference is explained", 3, "against = ", *[{"areas": frame_of(
     "desk survey verdict explanation section", ("gap", "gap", "agree", why, "laws")),
     "fieldwork": fieldwork} for why in ("", "Why.")]),
    ("a gap beside a strength differs, and two strengths agree", 3, "against = ",
     *[{"areas": frame_of("desk survey verdict explanation section",
                          ("gap", "strength", verdict, "Why." * (verdict == "differ"), "laws"),
                          ("strength", "strength", "agree", "", "help")),
        "fieldwork": fieldwork} for verdict in ("differ", "agree")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "stage", "part", "passes", "refused"), GUARDS, ids=[rule for rule, *_ in GUARDS]
)
def test_a_cell_refuses_what_breaks_its_rule(rule, stage, part, passes, refused):
    cell(stage, part, **passes)
    with pytest.raises(AssertionError):
        cell(stage, part, **refused)

"""What challenges and recommendations rest on: `cop check` compares it with ratings and rows."""

import pytest
from conftest import call, copy_of_zedland
from test_rules_of_method import plant, rows_of, told

from cop.data import checks

SILENCE = "Whether industry has a code could not be established."
STATED = {"item_ids": "PM-REG-01", "capability_ids": ""}  # not in place
SILENT = {"item_ids": "PM-RUC-01; PM-STR-03", "capability_ids": ""}  # no evidence; not assessed
UNPUBLISHED = {"baseline": "none published", "baseline_year": "", "baseline_evidence_id": ""}
DRAFT = ("instruments", "ZZZ-L04", {"status": "draft", "year": "2022", "title": "A strategy"})


def challenge(basis, **cells):
    return ("challenges", "ZZZ-C03", {"rests_on": basis} | cells)


def recommendation(basis, **cells):
    return ("recommendations", "ZZZ-R03", {"rests_on": basis} | cells)


# what is planted, in which column the last of it is refused, words of the rule or the fix
REFUSED = {
    "a challenge without its basis": ([challenge("")], "rests_on", "must not be empty"),
    "a recommendation without its basis": ([recommendation("")], "rests_on", "must not be empty"),
    "a basis that is no word": ([challenge("news")], "rests_on", "not one of the allowed words"),
    "rows under silent ratings": (
        [challenge("rows", item_ids=SILENT["item_ids"])], "rests_on", "claims rows",
    ),
    "rows under an item that nobody rated": (
        [challenge("rows", item_ids="IN-ENV-03")], "rests_on", "claims rows",
    ),
    "rows that are an old draft": (
        [DRAFT, challenge("rows", item_ids="", evidence_ids="ZZZ-L04")], "rests_on", "claims rows",
    ),
    "silence under stated ratings": (
        [challenge("silence", challenge=SILENCE, item_ids="PM-REG-01; PM-CHP-01")],
        "rests_on", "claims silence",
    ),
    "silence that names nothing silent": (
        [challenge("rows and silence", challenge=SILENCE, item_ids="")],
        "rests_on", "claims silence",
    ),
    "silence of a challenge left unsaid": (
        [challenge("silence", challenge="No code binds them.", **{"item_ids": "PM-RUC-01"})],
        "challenge", "does not say so",
    ),
    "a baseline's words in a challenge": (
        [challenge("rows and silence", challenge="Of codes none published.")],
        "challenge", "could not be established",
    ),
    "a recommendation on rows that answers and serves silence": (
        [challenge("silence", challenge=SILENCE), recommendation("rows", **SILENT)],
        "rests_on", "claims rows",
    ),
    "a recommendation on rows without a row": (
        [recommendation("rows", **UNPUBLISHED)], "rests_on", "Cite a verified row",
    ),
    "a recommendation on silence that answers and serves rows": (
        [challenge("rows"), recommendation("silence", **STATED, **UNPUBLISHED)],
        "rests_on", "claims silence",
    ),
    "silence of a baseline left unsaid": (
        [recommendation("rows and silence", **SILENT)], "baseline", "does not say so",
    ),
    "a row of a baseline that rests on silence": (
        [recommendation("silence", baseline="Codes could not be established", **SILENT)],
        "baseline_evidence_id", "not published",
    ),
}  # fmt: skip
ACCEPTED = {
    "rows of which one rating is silent": [challenge("rows")],
    "silence that is said": [challenge("silence", challenge=SILENCE, item_ids="PM-RUC-01")],
    "an old draft as silence": [
        DRAFT, challenge("silence", challenge=SILENCE, item_ids="", evidence_ids="ZZZ-L04"),
    ],
    "a recommendation on rows that serves silence": [
        challenge("rows"), recommendation("rows", **SILENT),
    ],
    "a baseline that could not be established": [
        recommendation("silence", **SILENT, **(UNPUBLISHED | {"baseline": SILENCE})),
    ],
    "an unpublished baseline of what rows state": [
        recommendation("rows and silence", **STATED, **UNPUBLISHED)
    ],
}  # fmt: skip
# what is planted, in which column, and the words that the warning names
WARNED = {
    "a challenge": (
        [challenge("silence", challenge=f"No code. {SILENCE} Only one filter lacks a key.")],
        "challenge", ["No", "Only", "lacks"],
    ),
    "what a recommendation asks": (
        [recommendation("silence", what="Fill the last gap.", **SILENT, **UNPUBLISHED)],
        "what", ["last"],
    ),
    "a baseline": (
        [recommendation("silence", baseline="None published; never asked", **SILENT)],
        "baseline", ["never"],
    ),
    "a text of rows": ([challenge("rows", challenge="No code binds them.")], "challenge", []),
    "a strategy not in place by a draft": (
        [DRAFT, ("alignment", "PM-STR-01", {"status": "not in place", "evidence_ids": "ZZZ-L04"})],
        "status", ["not in place"],
    ),
    "a strategy not in place by an end": (
        [("alignment", "PM-STR-01", {"status": "not in place", "evidence_ids": "ZZZ-L05"})],
        "status", [],
    ),
}  # fmt: skip


@pytest.fixture
def zed(tmp_path):
    """Return a copy of Zedland, which has no error."""
    return copy_of_zedland(tmp_path)


@pytest.mark.parametrize("name", REFUSED)
def test_a_basis_that_disagrees_with_its_ratings_and_rows_is_refused(zed, name):
    planted, column, words = REFUSED[name]
    rows = [plant(zed, table, key, **cells) for table, key, cells in planted]
    assert told(zed, planted[-1][0], column, words).row == rows[-1]


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_basis_that_agrees_with_them_is_accepted(zed, name):
    for table, key, cells in ACCEPTED[name]:
        plant(zed, table, key, **cells)
    for table in ("challenges", "recommendations"):
        assert checks.of_file(table, f"research/ZZZ/{table}.csv", zed) == []


@pytest.mark.parametrize("name", WARNED)
def test_words_stronger_than_silence_are_a_warning(zed, name, capsys):
    planted, column, words = WARNED[name]
    for table, key, cells in planted:
        if table == "alignment":  # of one coder
            path, rows = rows_of(zed, table)
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            kept = [i for i in lines if not i.startswith((f"{key},B", f"{key},adjudicated"))]
            path.write_text("".join(kept), encoding="utf-8")
        row = plant(zed, table, key, **cells)
    _, out, _ = call(capsys, "check", "--data", zed)
    place = f"To be done: research/ZZZ/{planted[-1][0]}.csv, row {row}, column {column}: "
    assert [line.split("'")[1] for line in out.splitlines() if line.startswith(place)] == words


def test_a_country_not_begun_has_no_basis_to_compare(zed):
    for table in ("challenges", "recommendations"):
        path = zed / "research" / "ZZZ" / f"{table}.csv"
        path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
        assert checks.of_file(table, f"research/ZZZ/{table}.csv", zed) == []

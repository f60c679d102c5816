"""The rules of the method: `cop check` refuses a planted example of each, with row and mend."""

import csv
import io

import pytest
from conftest import DATA, call, copy_of_zedland

from cop.data import checks
from cop.data.csvfiles import csv_text


@pytest.fixture
def zed(tmp_path):
    """Return a copy of Zedland, which has no fault."""
    return copy_of_zedland(tmp_path)


@pytest.mark.parametrize(
    ("table", "key"),
    [("expected_results", "human capacity"), ("table_25", "national_strategy"),
     ("alignment", "PM-LEG-05")],
)  # fmt: skip
def test_a_rating_without_evidence_is_refused(table, key, zed):
    row = plant(zed, table, key, evidence_ids="")
    fault = told(zed, table, "evidence_ids", "")
    assert (fault.row, fault.value) == (row, "") and fault.fix


def rows_of(folder, table):
    path = folder / "research" / "ZZZ" / f"{table}.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    return path, rows


def told(folder, table, column, words):
    """Return the first fault in a column whose rule or mend has these words: of the table's own
    file, whose check is a part of the country's, else of all that is Zedland's.
    """

    def named(faults):
        return [f for f in faults if f.column == column and words in f"{f.rule}. {f.fix}"]

    own = checks.of_file(table, f"research/ZZZ/{table}.csv", folder)
    found = named(own) or named(checks.of_country(folder, "ZZZ"))
    assert found, [str(f) for f in own]
    return found[0]


def plant(folder, table, key, **cells):
    """Change cells of the row whose first column but iso3 is `key`; give its spreadsheet row."""
    path, rows = rows_of(folder, table)
    first = next(column for column in rows[0] if column != "iso3")
    number = next(n for n, row in enumerate(rows) if row[first] == key)
    rows[number] |= cells
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8")
    return number + 2


WHOLE = {  # a recommendation that can be followed up
    "lead_id": "ZZZ-O01",
    "supporting_ids": "ZZZ-O02; ZZZ-O06",
    "what": "The ministry puts the next plan to the government.",
    "due": "2027-06-30",
    "baseline": "no plan in force",
    "baseline_year": "2024",
    "baseline_evidence_id": "ZZZ-L05",
    "target": "every action has an owner, a day and a budget",
    "target_due": "2027-12-31",
    "seen_in": "official gazette",
    "first_step": "The ministry calls the coordination group in January 2027.",
    "cost": "running budget",
    "effort": "high",
    "priority": "first",
    "priority_reason": "the other actions wait for it",
    "sdg_target": "16.2",
}
# table, key, cells, column that is named, words of the rule or of the mend
# fmt: off
PLANTED = {
    "a year that rests on nothing": (("evidence", "ZZZ-E05", {"year_basis": ""}),
        ("year", "rests on nothing")),
    "a year that is said to rest on nothing": (("evidence", "ZZZ-E05", {"year_basis": "none"}),
        ("year", "empty the year")),
    "a basis without a year": (("evidence", "ZZZ-E05", {"year": ""}),
        ("year_basis", "where there is none")),
    "a year that the statement does not say": (
        ("evidence", "ZZZ-E05", {"year_basis": "statement", "year": "2022"}),
        ("year", "not the year that the statement says")),
    "a year in a longer number": (
        ("evidence", "ZZZ-E05", {"statement": "The act of 20233 makes grooming an offence."}),
        ("year", "not the year that the statement says")),
    "a year that is not the source's": (
        ("evidence", "ZZZ-E03", {"year_basis": "source", "year": "2024"}),
        ("year", "not the year of the source")),
    "a year of a source without a date": (
        ("evidence", "ZZZ-E08", {"year_basis": "source", "year": "2024"}),
        ("year", "not the year of the source")),
    "high on one press page": (("evidence", "ZZZ-E15", {"confidence": "high"}),
        ("confidence", "official text or two sources")),
    "high on one page of the body itself": (("evidence", "ZZZ-E10", {"confidence": "high"}),
        ("confidence", "Lower it to moderate")),
    "high on two rows of one publisher": (
        ("evidence", "ZZZ-E16", {"confidence": "high", "same_as": "ZZZ-E14"}),
        ("confidence", "different publishers")),
    "the same as itself": (("evidence", "ZZZ-E10", {"same_as": "ZZZ-E10"}),
        ("same_as", "is the row itself")),
    "the same as nothing on record": (("evidence", "ZZZ-E10", {"same_as": "ZZZ-E77"}),
        ("same_as", "is not an id of evidence")),
    "a row that is not verified, named in prose": (
        ("instruments", "ZZZ-L03", {"remark": "What replaced it was not found (ZZZ-L08)."}),
        ("remark", "cannot link")),
    "a row of another country, named in prose": (
        ("evidence", "ZZZ-E05", {"remark": "As in UKR-E05."}),
        ("remark", "Say in words what is meant")),
    "a row named in a description, which links nothing": (
        ("services", "ZZZ-V01", {"description": "Opened in 2013 (ZZZ-S01)."}),
        ("description", "cannot link")),
    "a source without its kind": (("sources", "ZZZ-S01", {"kind": ""}),
        ("kind", "where verified is yes")),
    "a source without its hand": (("sources", "ZZZ-S01", {"hand": ""}),
        ("hand", "where verified is yes")),
    "a kind that is no word": (("sources", "ZZZ-S01", {"kind": "blog"}),
        ("kind", "not one of the allowed words")),
    "a ministry that is an educational institution": (
        ("stakeholders", "ZZZ-O09", {"category": "education"}),
        ("category", "A ministry is government")),
    "a service as an organisation": (
        ("stakeholders", "ZZZ-O06", {"name": "Reporting line of Zedland"}),
        ("name", "is a service")),
    "a service that nobody on record runs": (("services", "ZZZ-V01", {"operator_ids": "ZZZ-O77"}),
        ("operator_ids", "is not an id of stakeholders")),
    "a last figure that nothing gives": (("services", "ZZZ-V01", {"figure_evidence_id": ""}),
        ("figure", "without its row of evidence")),
    "a year of no figure": (("services", "ZZZ-V02", {"figure_year": "2024"}),
        ("figure_year", "figure that is not given")),
    "a law in force with the year of its adoption": (
        ("instruments", "ZZZ-L03", {"detail": "Adopted in 2018, in force from 1 March 2019."}),
        ("year", "not the year of its status")),
    "a law in force since a day of another year": (
        ("instruments", "ZZZ-L03", {"in_force_since": "2019-03-01"}),
        ("in_force_since", "does not agree with status and year")),
    "a draft in force since a day": (("instruments", "ZZZ-L07", {"in_force_since": "2026-03-01"}),
        ("in_force_since", "does not agree with status and year")),
    "a plan that has expired with the year of its start": (
        ("instruments", "ZZZ-L05", {"year": "2022"}), ("year", "not the year of its status")),
    "an end that nothing tells": (
        ("instruments", "ZZZ-L04", {"title": "National Strategy", "status": "expired"}),
        ("year", "nothing says that it ended")),
    "a treaty ratified before it was signed": (
        ("treaties", "LANZAROTE_CETS201", {"signed": "2022"}),
        ("ratified", "earlier than the step before")),
    "a signatory with a day of entry into force": (
        ("treaties", "BUDAPEST_ETS185", {"in_force": "2020-01-01"}),
        ("status", "Correct the status to party")),
    "a state of a treaty that nobody looked up": (
        ("treaties", "WEPROTECT", {"status": "not looked up", "source_id": "", "as_of": "2026"}),
        ("as_of", "not looked up")),
    "a source of a treaty that nobody looked up": (
        ("treaties", "WEPROTECT", {"status": "not looked up"}),
        ("source_id", "where status is not looked up")),
    "a challenge that speaks of the search": (
        ("challenges", "ZZZ-C01", {"challenge": "No adopted strategy was found."}),
        ("challenge", "describes the search")),
    "a challenge that no recommendation answers": (
        ("recommendations", "ZZZ-R03", {"challenge_ids": "ZZZ-C02"}),
        ("challenge_id", "no recommendation answers")),
    **{
        f"a recommendation without {column}": (
            ("recommendations", "ZZZ-R01", WHOLE | {column: ""}),
            (column, "must not be empty"),
        )
        for column in ("lead_id", "supporting_ids", "due", "baseline", "target", "target_due")
        + ("seen_in", "first_step", "cost", "effort", "priority", "priority_reason", "sdg_target")
    },
    "a baseline without its source": (
        ("recommendations", "ZZZ-R01", WHOLE | {"baseline_evidence_id": ""}),
        ("baseline", "without its year or its source")),
    "the year of a baseline that is not published": (
        ("recommendations", "ZZZ-R01", WHOLE | {"baseline": "none published"}),
        ("baseline_year", "not published")),
    "a year that the baseline does not name": (
        ("recommendations", "ZZZ-R01", WHOLE | {"baseline": "no plan since 2023"}),
        ("baseline_year", "none of the years that the baseline names")),
    "a second source of a baseline that is not on record": (
        ("recommendations", "ZZZ-R01", WHOLE | {"baseline_evidence_id": "ZZZ-L05; ZZZ-E77"}),
        ("baseline_evidence_id", "is not an id of evidence")),
    "a cost to be estimated by nobody": (
        ("recommendations", "ZZZ-R01", WHOLE | {"cost": "to be estimated"}),
        ("cost_by_id", "where cost is to be estimated")),
    "what could be done": (
        ("recommendations", "ZZZ-R01", WHOLE | {"what": "The ministry could write a plan."}),
        ("what", "Write it as a decision")),
    "a day before the cut-off": (("recommendations", "ZZZ-R01", WHOLE | {"due": "2025-01-01"}),
        ("due", "not after the data cut-off")),
    "a target due before the work": (
        ("recommendations", "ZZZ-R01", WHOLE | {"target_due": "2027-01-01"}),
        ("target_due", "earlier than the day by which the work is done")),
    "a lead that supports itself": (
        ("recommendations", "ZZZ-R01", WHOLE | {"supporting_ids": "ZZZ-O01"}),
        ("lead_id", "leads and supports")),
    "a recommendation that serves a capability and no item": (
        ("recommendations", "ZZZ-R01", WHOLE | {"item_ids": "", "capability_ids": "MNR-01"}),
        ("item_ids", "at least the nearest one")),
    "a gap that no recommendation answers and no row explains": (
        ("recommendations", "ZZZ-R02", {"capability_ids": "MNR-10"}),
        ("item_id", "is a gap that no recommendation answers")),
    "a gap that is said to be open and answered": (
        ("recommendations", "ZZZ-R01", {"item_ids": "PM-STR-01; PM-STR-02; PM-RES-01"}),
        ("item_id", "is answered by a recommendation")),
    "a reason for what is no gap": (("open_gaps", "MNR-05", {"item_id": "PM-LEG-01"}),
        ("item_id", "is no gap")),
    "a gap that waits for what is not recommended": (
        ("open_gaps", "MNR-05", {"after_id": "ZZZ-R09"}),
        ("after_id", "is not an id of recommendations")),
    "a capability among the items": (("recommendations", "ZZZ-R01", WHOLE | {"item_ids": "MNR-01"}),
        ("item_ids", "is not an id of guidelines")),
}
# fmt: on


def test_a_missing_column_is_reported_once_and_not_its_consequences(zed):
    path, rows = rows_of(zed, "recommendations")
    lines = [[row[column] for column in row if column != "due"] for row in rows]
    header = [column for column in rows[0] if column != "due"]
    path.write_text(csv_text([header, *lines]), encoding="utf-8")
    [error] = checks.of_country(zed, "ZZZ")
    assert (error.file[-19:], error.row, error.column) == ("recommendations.csv", 1, "due")
    path.write_bytes(b"")
    [error] = checks.of_country(zed, "ZZZ")
    assert (error.file[-19:], error.row, error.rule) == ("recommendations.csv", 1, "is empty")


@pytest.mark.parametrize("name", PLANTED)
def test_the_check_refuses(zed, name):
    (table, key, cells), named = PLANTED[name]
    row = plant(zed, table, key, **cells)
    fault = told(zed, table, *named)
    if fault.file.endswith(f"{table}.csv"):
        assert fault.row == row


def test_the_command_names_row_and_mend_and_ends_with_two(zed, capsys):
    row = plant(zed, "evidence", "ZZZ-E15", confidence="high")
    status, out, _ = call(capsys, "check", "--data", zed)
    assert status == 2 and f"research/ZZZ/evidence.csv, row {row}, column confidence: 'high'" in out
    assert "Lower it to moderate" in out


def test_a_whole_recommendation_and_a_published_baseline_pass(zed):
    plant(zed, "recommendations", "ZZZ-R01", **WHOLE)
    assert checks.of_country(zed, "ZZZ") == []
    several = {"baseline": "no plan since 2024", "baseline_evidence_id": "ZZZ-L05; ZZZ-E16"}
    plant(zed, "recommendations", "ZZZ-R01", **several)
    assert checks.of_country(zed, "ZZZ") == []
    nothing = {"baseline": "none published", "baseline_year": "", "baseline_evidence_id": ""}
    plant(zed, "recommendations", "ZZZ-R01", rests_on="rows and silence", **nothing)
    assert checks.of_country(zed, "ZZZ") == []


def test_what_has_expired_has_the_year_of_its_end_or_none(zed):
    plant(zed, "instruments", "ZZZ-L05", title="Action plan", detail="Lapsed in May 2024.")
    plant(zed, "instruments", "ZZZ-L04", title="National Strategy", status="expired", year="")
    assert checks.of_country(zed, "ZZZ") == []


@pytest.mark.slow
def test_prose_may_name_what_a_page_can_link(zed):
    plant(zed, "instruments", "ZZZ-L03", remark="See ZZZ-L02 and ZZZ-S01.")
    plant(zed, "instruments", "ZZZ-L08", remark="To be checked with ZZZ-E77.")  # in no page
    assert checks.of_country(zed, "ZZZ") == []


def test_high_stands_on_an_official_text_or_on_two_publishers(zed):
    plant(zed, "evidence", "ZZZ-E06", confidence="high")  # a law
    plant(zed, "evidence", "ZZZ-E15", confidence="high", same_as="ZZZ-E17")  # two newspapers
    assert checks.of_country(zed, "ZZZ") == []


def test_one_positive_action_stands_in_two_challenges_of_the_region_at_most(zed):
    plant(zed, "challenges", "ZZZ-C02", action_evidence_id="ZZZ-E17")
    assert checks.of_country(zed, "ZZZ") == []
    plant(zed, "challenges", "ZZZ-C03", action_evidence_id="ZZZ-E17")
    faults = checks.of_country(zed, "ZZZ")
    assert [f.column for f in faults] == ["action_evidence_id"] * 3


def test_a_country_whose_recommendations_are_still_to_be_begun_is_work_and_no_fault(zed):
    path, rows = rows_of(zed, "recommendations")
    for row in rows:
        kept = ("recommendation_id", "challenge_ids", "what", "item_ids", "is_proposal")
        plant(
            zed,
            "recommendations",
            row["recommendation_id"],
            **{c: "" for c in row if c not in kept},
        )
    plant(zed, "recommendations", "ZZZ-R01", what="One could write a plan.")
    assert checks.of_country(zed, "ZZZ") == []


def test_what_is_of_low_confidence_or_a_cross_check_needs_no_recommendation(zed):
    path, rows = rows_of(zed, "open_gaps")
    path.unlink()
    bare = [f.value for f in checks.of_country(zed, "ZZZ")]
    assert bare == [row["item_id"] for row in rows]
    path, rows = rows_of(zed, "alignment")
    silent = [r for r in rows if r["item_id"] in bare and r["coder"] == "adjudicated"]
    assert {r["status"] for r in silent} <= {"not in place", "no public evidence"}
    text = path.read_text(encoding="utf-8")
    for row in silent:
        line = ",".join([row["item_id"], "adjudicated", row["status"], ""])
        text = text.replace(line + row["confidence"], line + "low")
    path.write_text(text, encoding="utf-8")
    assert checks.of_country(zed, "ZZZ") == []


@pytest.mark.slow
def test_what_one_coder_judged_alone_is_said_as_work_and_is_no_fault(zed, capsys):
    path, rows = rows_of(zed, "alignment")
    kept = [r for r in rows if r["item_id"] != "PM-LEG-01" or r["coder"] == "A"]
    settled = [r for r in kept if (r["item_id"], r["coder"]) != ("PM-LEG-02", "adjudicated")]
    for row in settled:
        if (row["item_id"], row["coder"]) == ("PM-LEG-02", "B"):
            row["status"] = "no public evidence"
    lines = [",".join(f'"{cell}"' for cell in row.values()) for row in settled]
    path.write_text("\n".join([",".join(rows[0]), *lines]) + "\n", encoding="utf-8")
    status, out, _ = call(capsys, "check", "--data", zed)
    assert status == 0
    assert "To be done: research/ZZZ/alignment.csv: 1 item judged by one coder alone" in out
    assert "1 item on which two coders differ, still to be settled." in out


def test_one_event_has_one_row_that_counts(zed):
    plant(zed, "evidence", "ZZZ-E16", same_as="ZZZ-E15")
    plant(zed, "evidence", "ZZZ-E15", same_as="ZZZ-E14")
    assert [f.column for f in checks.of_country(zed, "ZZZ")] == ["same_as"]


@pytest.mark.slow
def test_a_figure_set_beside_an_indicator_stands_in_its_statement(zed):
    path = zed / "research" / "ZZZ" / "other_figures.csv"
    heading = path.read_text(encoding="utf-8").splitlines()[0]
    for value, columns in (("1930", ["value"]), ("3", ["value"]), ("38", [])):
        path.write_text(
            f"{heading}\nIT.NET.USER.ZS,{value},2024,pupils,ZZZ-E01\n", encoding="utf-8"
        )
        assert [f.column for f in checks.of_country(zed, "ZZZ")] == columns


def guideline(folder, **cells):
    """Return the faults of one row of the guidelines with these cells."""
    columns = ["item_id", "audience", "kind", "document", "area", "item", "guidance", "wording"]
    columns += ["page", "verified_on", "source_title", "source_url"]
    row = {"item_id": "PM-LEG-01", "audience": "policy-makers", "kind": "item", "area": "1 Law"}
    row |= {"document": "policy-makers 2020", "item": "Item", "guidance": "Do it."}
    row |= {"wording": "paraphrase", "source_title": "from memory"} | cells
    lines = ",".join(columns) + "\n" + ",".join(row.get(c, "") for c in columns) + "\n"
    (folder / "reference" / "guidelines.csv").write_text(lines, encoding="utf-8")
    return checks.of_file("guidelines", "reference/guidelines.csv", folder)


def mapped(folder, *lines, without=()):
    """Return the faults of the mappings with further lines, and without those of some ids."""
    text = (DATA / "reference" / "mappings.csv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in text if line.split(",")[0] not in without]
    shared = folder / "reference" / "mappings.csv"
    shared.write_text("\n".join([*kept, *lines]) + "\n", encoding="utf-8")
    return checks.of_file("mappings", "reference/mappings.csv", folder)


def test_an_item_or_a_capability_that_serves_no_framework_is_a_fault(zed):
    assert mapped(zed) == []
    faults = mapped(zed, without=["PM-LEG-01", "MNR-21"])
    assert [(f.value, f.column) for f in faults] == [
        ("PM-LEG-01", "served_by"), ("MNR-21", "served_by")]  # fmt: skip
    assert "no framework" in faults[0].rule


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("PM-NOWHERE-01,WSIS-C5,part of it,because", "served_by"),
        ("MNR-21,GCA-NONE,part of it,because", "element_id"),
        ("MNR-01,RI23,part of it,because", "element_id"),
        ("MNR-01,WSIS-C5,perhaps,because", "basis"),
    ],
)
def test_a_mapping_names_what_is_there_and_was_seen(zed, line, column):
    assert [f.column for f in mapped(zed, line)] == [column]


@pytest.mark.parametrize("source", ["", "ZZZ-S99"])
def test_an_exercise_rests_on_a_source_of_the_register(zed, source):
    plant(zed, "exercises", "ZZZ-X01", source_id=source)
    assert {f.column for f in checks.of_country(zed, "ZZZ")} == {"source_id"}


def test_the_target_of_a_recommendation_is_one_of_the_frameworks(zed):
    plant(zed, "recommendations", "ZZZ-R01", sdg_target="14.1")
    [fault] = checks.of_country(zed, "ZZZ")
    assert (fault.column, fault.value) == ("sdg_target", "14.1")


def test_an_item_is_of_its_own_document_and_settled_by_somebody(zed):
    assert guideline(zed) == []
    for cells, column in (
        ({"document": "Model National Response"}, "document"),
        ({"kind": "cross-check"}, "document"),
        ({"wording": "printed", "page": "12"}, "page"),
        ({"verified_on": "2026-06-01"}, "wording"),
    ):
        assert [f.column for f in guideline(zed, **cells)] == [column]

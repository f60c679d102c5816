"""The wording of the guidelines settled against the printed text, on an invented folder."""

import builtins

import pytest
from conftest import DATA, call, copy_of_zedland

import cop.data
from cop.data import Refused
from cop.research import verifying


@pytest.fixture
def zed(tmp_path):
    """Give Zedland with guidelines of its own: two paraphrases and a printed item."""
    data = copy_of_zedland(tmp_path)
    lines = (DATA / "reference" / "guidelines.csv").read_bytes()
    (data / "reference" / "guidelines.csv").write_bytes(lines)
    return data


def item(data, item_id="PM-LEG-01"):
    return cop.data.read("guidelines", data).set_index("item_id").loc[item_id]


def left(data):
    return len(verifying.paraphrases(data))


def test_a_right_wording_takes_page_and_day_and_leaves_the_list(zed, capsys):
    before, was = left(zed), item(zed).guidance
    status, out, _ = call(
        capsys, "verify", "guidelines", "PM-LEG-01", "--page", "24", "--data", zed
    )
    row = item(zed)
    assert status == 0 and "PM-LEG-01: settled by page 24." in out and "look again" not in out
    assert (row.wording, row.page, row.guidance) == ("printed", "24", was) and row.verified_on
    assert left(zed) == before - 1


def test_judgements_of_a_reworded_item_are_to_be_looked_at_again(zed, capsys):
    words = ("--page", "24", "--wording", "Other words.", "--data", zed)
    _, out, _ = call(capsys, "verify", "guidelines", "PM-LEG-01", *words)
    judged = cop.data.read("alignment", zed, "ZZZ").query("item_id == 'PM-LEG-01'")
    assert f"look again at {len(judged)} judgements:" in out and len(judged) > 1
    for row in judged.itertuples():
        assert f"  ZZZ  {row.coder}: {row.status}" in out
    assert item(zed).guidance == "Other words."


def test_each_paraphrase_is_shown_and_enter_skips_it(zed, capsys, monkeypatch):
    answers = iter(["", "31", ""])  # the first is skipped, the second is right, then Enter for all
    monkeypatch.setattr(builtins, "input", lambda _: next(answers, ""))
    before, first = left(zed), verifying.paraphrases(zed).iloc[0]
    status, out, _ = call(capsys, "verify", "guidelines", "--data", zed)
    assert status == 0 and first.guidance in out and f"{before} items are paraphrases" in out
    second = verifying.paraphrases(zed)
    assert first.item_id in set(second.item_id) and f"{before - 1} are left." in out


def test_an_item_that_was_missed_is_added_and_a_wrong_one_refused_whole(zed, capsys):
    row = ["item_id=PM-LEG-77", "audience=policy-makers", "document=policy-makers 2020"]
    row += ["area=1 Legal framework", "item=A missed item", "guidance=Do it.", "page=12"]
    status, out, _ = call(capsys, "verify", "guidelines", "--missed", *row, "--data", zed)
    assert status == 0 and "PM-LEG-77 written" in out and item(zed, "PM-LEG-77").page == "12"
    before = (zed / "reference" / "guidelines.csv").read_bytes()
    wrong = [one.replace("PM-LEG-77", "PM-LEG-78").replace("policy-makers 2020", "5Rights toolkit")
             for one in row]  # fmt: skip
    status, _, err = call(capsys, "verify", "guidelines", "--missed", *wrong, "--data", zed)
    assert status == 2 and "is not a document of ITU" in err
    assert (zed / "reference" / "guidelines.csv").read_bytes() == before


def test_without_a_page_or_of_an_unknown_item_nothing_is_written(zed):
    before = (zed / "reference" / "guidelines.csv").read_bytes()
    for item_id, page in (("PM-LEG-01", " "), ("PM-X-99", "12")):
        with pytest.raises(Refused, match="nothing was written"):
            verifying.settle(zed, item_id, page)
    assert (zed / "reference" / "guidelines.csv").read_bytes() == before

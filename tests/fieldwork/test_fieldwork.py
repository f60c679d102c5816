"""Field work: pseudonyms, the review, publishing, what the chapter says, and that nobody is
exposed.
"""

import contextlib
import io
import os
import re
import shutil
import stat
import subprocess
from functools import partial
from pathlib import Path

import invented
import nbformat
import pandas as pd
import place
import pytest
from cases import by_rule, cases
from conftest import ROOT, ZEDLAND, copy_of_zedland
from planting import contents

import cop.data
from cop.cli import main
from cop.data import UserError
from cop.fieldwork import counted, disclosure, pii, publish, restricted, review, tables

TABLES = ["forms", *publish.SURVEYS, "interviews", "quotes", "returned", "returned_links"]


@pytest.fixture
def own(filled, tmp_path):
    """Return a copy of that folder which a test may change."""
    shutil.copytree(filled, tmp_path / "own")
    return tmp_path / "own"


@pytest.fixture(scope="module")
def first(filled, tmp_path_factory):
    """Return such a folder after its first publication, how many files that changed, and what it
    said; nobody may change it.
    """
    data, said = tmp_path_factory.mktemp("first") / "data", io.StringIO()
    shutil.copytree(filled, data)
    with contextlib.redirect_stdout(said):
        changed = publish.publish(data, "ZZZ")
    return data, changed, said.getvalue().strip()


@pytest.fixture
def again(first, tmp_path):
    """Return a copy of that folder which a test may change, and publish from again."""
    shutil.copytree(first[0], tmp_path / "own")
    return tmp_path / "own"


# Pseudonyms


@pytest.mark.parametrize("place", ["repository", "link", "pyproject.toml", "datapackage.json"])
def test_a_key_in_a_repository_or_a_data_folder_is_not_made(tmp_path, monkeypatch, place):
    (tmp_path / "link").symlink_to(ROOT)
    folder = {"repository": ROOT / "data" / "restricted", "link": tmp_path / "link"}.get(place)
    if not folder:
        (tmp_path / place).touch()
        folder = tmp_path / "deep" / "down"
    monkeypatch.setenv("COP_KEY_FILE", str(folder / "key"))
    with pytest.raises(UserError, match="outside any repository"):
        disclosure.key(ZEDLAND)
    assert not (folder / "key").exists()


def test_a_store_that_git_does_not_ignore_is_refused_before_anything_is_written(tmp_path):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    with pytest.raises(UserError, match="could be committed"), restricted.locked(tmp_path):
        pass
    assert not (tmp_path / "restricted").exists()
    (tmp_path / ".gitignore").write_text("restricted/\n")
    with restricted.locked(tmp_path):
        restricted.write(tmp_path, {"codes.csv": b"a", "raw/x.csv": b"b", "deep/y.csv": b"c"})
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "restricted").rglob("*")}
    files = {"codes.csv": 0o600, "x.csv": 0o400, "y.csv": 0o600, ".lock": 0o600}
    expected = files | {"raw": 0o700, "deep": 0o700}
    assert modes == expected, "only the owner reads the store, and nobody writes in raw"
    assert stat.S_IMODE((tmp_path / "restricted").stat().st_mode) == 0o700


def test_a_voice_is_the_same_in_one_survey_and_a_stranger_in_every_other():
    key, survey, voice = b"k" * 32, "parents_survey", disclosure.pseudonym
    assert voice(key, survey, "a") == voice(key, survey, "a")
    keys, surveys = (key, b"j" * 32), (survey, "mapping_form")
    assert len({voice(k, q, i) for k in keys for q in surveys for i in "ab"}) == 8
    assert voice(key, "a", "bc") != voice(key, "ab", "c")
    assert re.fullmatch("P-[0-9a-f]{12}", voice(key, survey, "a")), "a pseudonym has 12 hex digits"


# Personal data


NAMES = pii.Names(
    frozenset({"zanary kestrelov"}), frozenset({"quorvex house"}),
    written=frozenset({"ann zedova"}), refused=frozenset({"zed circle"}),
)  # fmt: skip


@by_rule(
    "text, kinds",
    ("a part of a name of four letters is a person", "Ask Anna.", ["person"]),
    ("one of three is a word", "A kos sings.", []),
)
def test_which_part_of_a_name_is_a_person(text, kinds):
    assert list(pii.find(text, pii.Names(frozenset({"anna kos"}), frozenset()))) == kinds


@by_rule("text, found", *cases("fieldwork/personal_data.csv"))
def test_likely_personal_data_is_flagged(text, found):
    assert list(pii.find(text, NAMES)) == found.split(";" if found else None)


@by_rule(
    "text",
    ("a formula", "=1+1"),
    ("a formula after a blank", " @SUM(A1)"),
    ("a sign that controls a terminal", "a\x1b[31m"),
    ("a sign of deletion", "a\x7f"),
    ("one of the upper set", "a\x9b1m"),
)
def test_what_a_spreadsheet_or_terminal_would_act_on_is_flagged(text):
    assert "formula" in pii.find_hard(text, NAMES)


@by_rule("name, declined, others", *cases("fieldwork/declined_names.csv"))
def test_a_declined_name_is_the_same_person_and_a_longer_word_is_not(name, declined, others):
    names = pii.Names(frozenset({name.casefold()}), frozenset())
    assert not [w for w in declined.split() if list(pii.find(w, names)) != ["person"]]
    found = [word for word in others.split() if pii.find(word, names)]
    assert not found, "a longer word, or one on a stem of three letters, is not the name"


# The review


def test_only_texts_with_consent_wait_and_nobody_is_named(filled):
    texts = review.texts(filled, "ZZZ")
    texts = texts[texts.question != "organisation"]  # a name is read before it is published
    answers = restricted.read("answers", filled)
    agreed = (answers.question == "publish_quote") & (answers.answer == "yes")
    willing = set(answers.return_id[agreed])
    spoken = restricted.read("interviews", filled).query("consent_to_quote == 'yes'")
    assert set(texts.return_id) <= willing | set(spoken.interview_id)
    unwilling = answers[(answers.question == "challenge") & ~answers.return_id.isin(willing)]
    assert len(unwilling) > 20
    assert not set(texts.who) & set(restricted.read("contacts", filled).person)


@pytest.mark.slow
def test_a_sheet_names_nobody_and_only_whole_decisions_count(own, capsys):
    path = review.sheet_path(own, "ZZZ")
    before = path.read_bytes()
    assert main.main(["review", "ZZZ", "--data", str(own)]) == 0
    printed, written = capsys.readouterr().out, path.read_text(encoding="utf-8-sig")
    assert "ZZZ: 3 texts wait for a decision." in printed and str(path) in printed
    assert path.read_bytes() == before and written.count("stakeholder_survey") == 0
    sheet = place.listed(own)
    about = sheet[["asked", "who"]].to_csv()
    assert not [n for n in restricted.read("contacts", own).person if n in about]
    waiting = sheet.index[sheet.decision == ""]
    assert list(sheet.columns) == review.SHEET and len(waiting) == 3
    for decision, text in ("edit", ""), ("perhaps", ""), ("", "Half"), ("publish", "Half"):
        sheet.loc[waiting[1], ["decision", "edited_text"]] = [decision, text]
        place.save(own, sheet)
        for command in "review", "publish":
            assert main.main([command, "ZZZ", "--data", str(own)]) == 2
            problem = "decision: 'perhaps' is unknown. Enter 'publish', 'edit' or 'withhold', or"
            if decision != "perhaps":
                is_edit = "not be empty if" if decision == "edit" else "be empty unless"
                problem = f"edited_text: must {is_edit} `decision` is 'edit'."
            expected = f"review-ZZZ.csv, row {waiting[1] + 2}, column {problem}"
            assert expected in capsys.readouterr().err
        assert place.listed(own).equals(sheet)
    sheet.loc[waiting, "decision"] = ["publish", "withhold", " Edit "]
    sheet.loc[waiting, "edited_text"] = ["", "", "In other words"]
    place.save(own, sheet)
    assert review.review(own, "ZZZ").endswith(f"decision. `cop publish ZZZ` reads {path}.")


@pytest.mark.slow
def test_a_text_that_holds_an_address_is_never_published_as_it_is(own):
    sheet = place.listed(own)
    at = sheet[sheet.decision == ""].iloc[0]
    words = "Write to kestrelov001@canary.example"
    answer(own, at.return_id, **{at.question: words})
    why = f"row {len(sheet) + 2}: .*may contain personal data: e-mail"
    for decision in ("publish", "edit"):
        place.decide(own, {at.return_id: words}, at.question, decision)
        with pytest.raises(UserError, match=why):
            review.review(own, "ZZZ")
    place.decide(own, {at.return_id: "Write to the ministry"}, at.question, "edit")
    kept = review.decided(own, "ZZZ").set_index(["return_id", "question"])
    assert kept.final[at.return_id, at.question] == "Write to the ministry"


@pytest.mark.slow
def test_a_text_that_changed_after_the_sheet_was_written_is_not_published(own):
    sheet = place.listed(own)
    at = sheet[sheet.decision == ""].iloc[0]
    answer(own, at.return_id, **{at.question: "Nobody has read this."})
    sheet.loc[at.name, "decision"] = "publish"
    place.save(own, sheet)
    [new] = review.decided(own, "ZZZ").query("text == 'Nobody has read this.'").itertuples()
    assert not new.final and not new.decision
    listed = place.listed(own)
    assert listed.iloc[:-1].equals(sheet), "what was typed stays"
    assert listed.text.iloc[-1] == "Nobody has read this."


# Publishing


def test_what_is_in_zedland_is_what_the_pipeline_makes_of_the_store(first):
    data, changed, said = first
    assert changed == 0 and said == "ZZZ: 0 changed tables written."
    for name in TABLES:
        path = cop.data.paths(name, data, "ZZZ")[0]
        assert (data / path).read_bytes() == (ZEDLAND / path).read_bytes()


@pytest.mark.slow
def test_a_dry_run_shows_and_writes_nothing_and_twice_is_once(again, capsys):
    path = again / "research" / "ZZZ" / "quotes.csv"
    header = path.read_text().partition("\n")[0] + "\n"
    path.write_text(header)
    assert publish.publish(again, "ZZZ", dry_run=True) == 1
    assert path.read_text() == header
    assert " lines added, 0 removed" in capsys.readouterr().out
    assert [publish.publish(again, "ZZZ"), publish.publish(again, "ZZZ")] == [1, 0]


def test_without_consent_or_review_or_after_a_change_nothing_is_quoted(again, standing):
    before = standing["quotes"]
    assert len(before) > 10
    answers = restricted.read("answers", again)
    open_ones = answers.question == "challenge"
    answers["answer"] = answers.answer.where(~open_ones, answers.answer + " Indeed.")
    store(again, {"answers": answers})
    after = publish.publishable(again, "ZZZ")["quotes"]
    assert 0 < len(after) < len(before) and not after.quote.str.contains("Indeed").any()
    review.sheet_path(again, "ZZZ").unlink()
    assert publish.publishable(again, "ZZZ")["quotes"].empty


def store(data, tables):
    """Write tables of the restricted store."""
    with restricted.locked(data):
        restricted.write(data, restricted.change(tables))


def answer(data, return_id, **given):
    """Change what one return answers; what is missing is added."""
    answers = restricted.read("answers", data)
    gone = (answers.return_id == return_id) & answers.question.isin(list(given))
    rows = [[return_id, "about", "0", question, text, "en"] for question, text in given.items()]
    new = pd.DataFrame(rows, columns=answers.columns)
    store(data, {"answers": pd.concat([answers[~gone], new])})


def mapping_form(data):
    """Return the mapping forms of a store that count."""
    [form] = [s for s in counted.of_country(data, "ZZZ") if s.questionnaire.id == "mapping_form"]
    return form


def named_forms(data):
    """Return the mapping forms of organisations that agreed to be named."""
    return sorted(mapping_form(data).agreed("publish_organisation"))


@pytest.mark.slow
def test_one_word_for_a_name_silences_nobody_and_a_phrase_says_why(again, standing):
    quoted = standing["quotes"]
    one = named_forms(again)[0]
    answer(again, one, person="children")
    assert publish.publishable(again, "ZZZ")["quotes"].equals(quoted)
    answer(again, one, person="the safety of children")
    why = "(?s)quotes.csv, column quote: .*person .'the safety of children'"
    why += ".*In restricted/review-ZZZ.csv, set `decision` to 'edit'.*reword the text"
    with pytest.raises(UserError, match=why):
        publish.publishable(again, "ZZZ")
    why = "row [0-9]+: the text to publish may contain personal data: person"
    with pytest.raises(UserError, match=why):
        review.review(again, "ZZZ")


FORMULAS = ["+1+cmd|' /C calc'!A0", "=HYPERLINK(1)", "Plain\x1b[31m House"]


@pytest.mark.slow
def test_an_organisation_is_named_after_its_name_was_read_and_never_as_a_formula(again):
    decided = set(place.listed(again).query("question == 'organisation'").return_id)
    fresh = [i for i in named_forms(again) if i not in decided]
    names = dict(zip(fresh, FORMULAS, strict=False))
    assert [*names.values()] == FORMULAS
    for one, name in names.items():
        answer(again, one, organisation=name)
    waiting = place.listed(again).query("question == 'organisation'").set_index("return_id")
    assert all("formula" in waiting.looks_like[one] for one in names)
    assert not {*FORMULAS} & set(publish.publishable(again, "ZZZ")["returned"].name)
    place.decide(again, names, "organisation", "publish")
    with pytest.raises(UserError) as told:
        publish.publishable(again, "ZZZ")
    for name in FORMULAS:  # each is refused by itself
        said = f"returned.csv, column name: {name!r} may contain personal data: "
        assert re.search(re.escape(said) + "[^\n]*formula", str(told.value)), name
    plain = {one: f"House of Plain {n}" for n, one in enumerate(names)}
    place.decide(again, plain, "organisation", "edit")
    assert {*plain.values()} <= set(publish.publishable(again, "ZZZ")["returned"].name)


@pytest.mark.slow
def test_a_quotation_that_names_its_own_organisation_is_not_quoted(again, standing):
    quotes = standing["quotes"].query("survey == 'mapping_form'")
    texts = review.texts(again, "ZZZ")
    first = texts[(texts.survey == "mapping_form") & texts.text.isin(quotes.quote)].iloc[0]
    organisation = mapping_form(again).answers_to("organisation")[first.return_id]
    words = f"We at {organisation} wait for the plan."
    answer(again, first.return_id, **{first.question: words})
    place.decide(again, {first.return_id: words}, first.question, "publish")
    assert not publish.publishable(again, "ZZZ")["quotes"].quote.str.contains("We at").any()


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 4, 9])
def test_of_few_forms_no_number_and_no_quotation_is_published(own, number):
    returns = restricted.read("returns", own)
    forms = returns.index[returns.questionnaire == "mapping_form"]
    agreed = set(named_forms(own))
    named = [i for i in forms if returns.return_id[i] in agreed]
    keep = (named + [i for i in forms if i not in named])[:number]
    returns.loc[[i for i in forms if i not in keep], "status"] = "superseded"
    contacts = restricted.read("contacts", own)
    contacts = contacts[contacts.step != "answered"]
    store(own, {"returns": returns, "contacts": contacts})
    made = publish.publishable(own, "ZZZ")
    assert made["forms"]["count"].isna().all() and len(made["forms"])
    for table in ("survey", "survey_items", "survey_groups", "quotes", "coding"):
        assert "mapping_form" not in set(made[table].survey), table
    about = made["survey_about"].query("survey == 'mapping_form'").set_index("item").stated
    assert about.participation.startswith("Too few responses")
    assert not {"dates", "languages", "completion"} & set(about.index)
    assert len(made["returned"])  # who agreed to be named is named, and quoted nowhere


@by_rule(
    "column, text, why",
    ("a name", "finding", "{} said that the plan waits.",
     r"column finding: .*may contain personal data: person .*\n?.*if a name is stored by mistake"),
    ("an error", "theme", "weather", "weather"),
)  # fmt: skip
def test_a_name_or_an_error_in_the_notes_stops_publishing(again, column, text, why):
    held = restricted.read("interviews", again)
    held.loc[0, column] = text.format(held.person[1])
    store(again, {"interviews": held})
    before = contents(again / "research")
    with pytest.raises(UserError, match=f"interviews.csv.*{why}"):
        publish.publish(again, "ZZZ")
    assert contents(again / "research") == before


def test_without_a_store_nothing_is_published_and_the_call_is_refused(tmp_path, capsys):
    data = copy_of_zedland(tmp_path)
    assert main.main(["publish", "ZZZ", "--data", str(data)]) == 2
    assert "does not exist: import responses with `cop intake`" in capsys.readouterr().err
    assert main.main(["review", "QQQ", "--data", str(data)]) == 2


def test_a_country_without_returns_gets_tables_with_a_heading_only(own):
    shutil.copytree(own / "research" / "ZZZ", own / "research" / "YYY")
    for file in (own / "research" / "YYY").glob("*.csv"):  # its ids are its own
        raw = file.read_bytes().replace(b"ZZZ-", b"YYY-")
        file.write_bytes(raw.replace(b"\nZZZ,", b"\nYYY,"))
    made = publish.publishable(own, "YYY")
    assert [len(made[n]) for n in ("forms", "interviews", "quotes", "returned")] == [0, 0, 0, 0]


def test_only_who_agreed_is_named_and_single_answers_only_where_agreed(filled, standing):
    named, form = standing["returned"], mapping_form(filled)
    names, willing = form.answers_to("organisation"), form.agreed("publish_organisation")
    assert set(named.name) == set(names[sorted(willing)])
    assert not named.name.str.startswith("Quorvex").any()
    silent = names[sorted(willing - form.agreed("publish_answers"))]
    assert len(silent)
    assert (named.set_index("name").loc[silent, ["roles", "latest"]] == "").all(axis=None)


def test_questions_after_a_hidden_answer_are_not_published(filled, standing, monkeypatch):
    form = mapping_form(filled)
    assert "How can it be reached?" in set(standing["survey_items"]["item"])
    without = (form.answers.question == "runs_channel") & (form.answers.answer == "no")
    less = form.answers[~(without & (form.answers.return_id > form.returns.index[3]))]
    few = counted.Survey(form.questionnaire, form.returns, less)
    everybody = pd.Series("other", form.returns.index)
    people = tables.People(everybody, True, 5, partial(disclosure.seeded_rng, b"k"))
    codes, after = restricted.read("codes", filled), {"channel_hours", "channels", "channel_free"}
    for hidden in (["yes"], []):

        def one_way(counts, *_, hidden=hidden, **__):
            return pd.Series(counts.index.isin(hidden), counts.index)

        monkeypatch.setattr(tables, "one_way", one_way)
        made = tables.count_questions(few, people, codes)
        asked = {counts.question.id for counts in made}
        assert "runs_channel" in asked and (not asked & after if hidden else asked > after)


# Nobody is exposed


@pytest.mark.slow
def test_no_canary_is_anywhere_but_in_the_store(come_and_gone_out):
    """Publish, take in, run the country, and read every byte of outputs, notebooks, published
    tables and what was printed.
    """
    own, outputs = come_and_gone_out / "zedland", come_and_gone_out / "outputs"
    words = invented.canaries(own)
    assert len(words) > 900 and {"Kestrelov001", "kestrelov001@canary.example"} <= set(words)
    returns = restricted.read("returns", own).query("questionnaire == 'stakeholder_survey'")
    assert len(returns) == 286 + 6
    folders = (outputs, own / "research", ZEDLAND)
    files = [p for folder in folders for p in folder.rglob("*") if p.is_file()]
    texts = {str(p): p.read_bytes().decode("utf-8", "replace") for p in files}
    texts["printed"] = (come_and_gone_out / "printed").read_text(encoding="utf-8")
    assert "1 complete, 0 failed" in texts["printed"]
    assert len(list(outputs.rglob("*.ipynb"))) == 6
    assert invented.leaked(words, texts) == {}


@pytest.mark.slow
def test_executed_notebooks_hold_no_record_level_answer(zedland):
    told = nbformat.read(zedland / "ZZZ" / "3-surveys-and-interviews.ipynb", 4)
    assert not re.search(r"return_id|0000000000ca0", str(told))


def test_git_ignores_the_store_and_whatever_is_in_it():
    ignored = Path(ROOT / ".gitignore").read_text().splitlines()
    assert "data/restricted/" in ignored and os.path.basename(disclosure.USUAL) == "key"


def numbers(data):
    """Return the tables of counts as they are published, each as bytes."""
    folder = data / "research" / "ZZZ"
    return {p.name: p.read_bytes() for p in [*folder.glob("survey*.csv"), folder / "forms.csv"]}


@pytest.mark.slow
def test_two_publications_never_differ_by_few_people(again):
    returns = restricted.read("returns", again)
    mine = returns.index[returns.questionnaire == "stakeholder_survey"]
    published = numbers(again)
    for gone in (2, 5, 9, 150):
        returns.loc[mine[:gone], "status"] = "superseded"
        store(again, {"returns": returns})
        publish.publish(again, "ZZZ")
        assert numbers(again) == published


def add_people(data, number, questionnaire="educators_survey", start=0):
    """Add people who answer a survey as those already in the store did."""
    rows = {name: restricted.read(name, data) for name in ("returns", "answers")}
    like = rows["returns"].query("questionnaire == @questionnaire and status == 'accepted'")
    like = like[~like.return_id.str.startswith("new")].iloc[:number]
    ids = {old: f"new{start + n}" for n, old in enumerate(like.return_id)}
    answers = rows["answers"][rows["answers"].return_id.isin(ids)]
    new = {
        "returns": like.assign(return_id=like.return_id.map(ids), form_id=""),
        "answers": answers.assign(return_id=answers.return_id.map(ids)),
    }
    store(data, {name: pd.concat([rows[name], new[name]]) for name in rows})


@pytest.mark.slow
def test_later_answers_count_in_the_next_edition_and_earlier_ones_no_more(again):
    published = numbers(again)
    add_people(again, 4)
    publish.publish(again, "ZZZ")
    assert numbers(again) == published  # frozen for the edition
    with (again / "research" / "ZZZ" / "editions.csv").open("a", encoding="utf-8") as file:
        file.write("2028,2028-06-30,draft,SYNTHETIC data for testing; not about a real country\n")
    publish.publish(again, "ZZZ")
    assert numbers(again) == published  # too few new people to replace what stands
    add_people(again, 140, start=4)
    publish.publish(again, "ZZZ")
    items = cop.data.read("survey_items", again, "ZZZ")
    assert 100 < items.n[items.survey == "educators_survey"].max() <= 144
    rows = numbers(again)["survey.csv"].decode().splitlines()
    old = published["survey.csv"].decode().splitlines()
    others = [row for row in rows if ",educators_survey," not in row]
    assert others == [row for row in old if ",educators_survey," not in row]
    past = counted.read_record(again, "ZZZ").query("survey == 'educators_survey'")
    assert list(past.edition) == ["2026", "2028"]
    assert not past.returns.iloc[0] & past.returns.iloc[1]


@pytest.mark.slow
def test_who_withdraws_consent_is_quoted_no_more_and_takes_the_numbers_back_by_withdraw(
    again, capsys
):
    quotes = cop.data.read("quotes", again, "ZZZ")
    texts = review.texts(again, "ZZZ")
    mine = texts[(texts.survey == "parents_survey") & texts.text.isin(quotes.quote)].iloc[0]
    published = numbers(again)
    answer(again, mine.return_id, consent="no")
    publish.publish(again, "ZZZ")
    assert numbers(again) == published
    assert "1 response withdrawn or removed" in capsys.readouterr().out
    left = cop.data.read("quotes", again, "ZZZ")
    assert len(left) == len(quotes) - 1
    assert mine.text not in set(left.quote[left.survey == "parents_survey"])
    publish.publish(again, "ZZZ", withdraw=True)
    for name in ("survey", "survey_items", "survey_groups", "coding", "quotes"):
        assert "parents_survey" not in set(cop.data.read(name, again, "ZZZ").survey), name
    assert "stakeholder_survey" in set(cop.data.read("survey", again, "ZZZ").survey)
    assert publish.publish(again, "ZZZ") == 0  # and it does not come back in this edition


@pytest.mark.slow
@pytest.mark.parametrize(("silent", "hidden"), [(0, False), (9, False), (10, True)])
def test_answers_of_institutions_that_agreed_to_be_named_are_facts(own, silent, hidden):
    """Nothing is hidden where all but fewer than ten agreed; who did not is then not counted."""
    ids = sorted(mapping_form(own).returns.index)
    answers = restricted.read("answers", own)
    asked = answers.question.isin(["publish_organisation", "publish_answers"])
    answers.loc[asked & answers.return_id.isin(ids[silent:]), "answer"] = "yes"
    answers.loc[asked & answers.return_id.isin(ids[:silent]), "answer"] = "no"
    agreed = answers[asked & (answers.answer == "yes")].groupby("return_id").question.nunique()
    store(own, {"answers": answers})
    made = publish.publishable(own, "ZZZ")
    mine = made["survey"].query("survey == 'mapping_form'")
    items = made["survey_items"].query("survey == 'mapping_form'")
    assert mine["count"].isna().any() == hidden
    if not hidden:
        assert items.n.max() <= (agreed == 2).sum() < len(ids) + 1 - silent


def test_one_refusal_more_does_not_show(again):
    contacts = restricted.read("contacts", again)
    silent = contacts[contacts.step == "reminded"].iloc[[0]].assign(step="refused")
    store(again, {"contacts": pd.concat([contacts, silent])})
    assert publish.publish(again, "ZZZ") == 0


def another_record(data):
    """As that of the program before surveys were frozen."""
    lines = "when,table,survey,question,numbers,sha256\n2026-06-01,survey,,,,\n"
    counted.record_path(data, "ZZZ").write_text(lines)
    add_people(data, 140)


def no_record(data):
    counted.record_path(data, "ZZZ").unlink()
    returns = restricted.read("returns", data)
    mine = returns.index[returns.questionnaire == "stakeholder_survey"]
    returns.loc[mine[:9], "status"] = "superseded"
    contacts = restricted.read("contacts", data)
    store(data, {"returns": returns, "contacts": contacts[contacts.step != "refused"]})


def no_returns(data):
    names = ("returns", "answers", "contacts")
    store(data, {name: restricted.read(name, data).iloc[:0] for name in names})


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (another_record, "publications-ZZZ.csv must have the columns"),
        (
            no_record,
            "of forms, survey educators_survey.* would be .* changed.*publications-ZZZ.csv",
        ),
        (no_returns, "published rows of .*survey educators_survey.* would be removed.*--withdraw"),
    ],
)
def test_what_readers_have_is_not_replaced_from_another_store(again, spoil, why):
    before = contents(again / "research")
    spoil(again)
    with pytest.raises(UserError, match=why):
        publish.publish(again, "ZZZ")
    assert contents(again / "research") == before
    if spoil == no_returns:
        assert publish.publish(again, "ZZZ", withdraw=True) > 0


@pytest.mark.slow
def test_who_came_after_the_publication_is_not_quoted_in_this_edition(again):
    quoted, came = len(cop.data.read("quotes", again, "ZZZ")), 0
    wanted = {"consent": "yes", "works_with_children": "yes", "publish_quote": "yes"}
    for number in (1, 4, 5):
        add_people(again, number - came, start=came)
        new = {f"new{one}": f"New words {one}" for one in range(came, number)}
        for key, words in new.items():  # each agrees to be quoted, and is read
            answer(again, key, challenge=words, **wanted)
        place.decide(again, new, "challenge", "publish")
        came = number
        quotes = publish.publishable(again, "ZZZ")["quotes"]
        assert len(quotes) == quoted, number
        assert not quotes.quote.str.startswith("New words").any()


@by_rule(
    "line, reason",
    ("a cell too many", "I1,ZZZ,a,b,c,d,e,f,g,h,i,j,k", "row 2 has 13 cells instead of 12"),
    ("another encoding", "café", "CSV UTF-8"),
)
def test_notes_that_a_spreadsheet_saved_wrongly_are_refused(zed, capsys, line, reason):
    (zed / "restricted").mkdir()
    notes = ",".join(restricted.COLUMNS["interviews"]) + f"\n{line}\n"
    (zed / "restricted/interviews.csv").write_bytes(notes.encode("latin-1"))
    assert main.main(["review", "ZZZ", "--data", str(zed)]) == 2
    assert reason in capsys.readouterr().err


@by_rule(
    "raw, reason",
    ("a column is repeated", b"iso3,,\nZZZ,,\n",
     "has several columns named '.*'. Rename or delete all but one"),
    ("the header is missing", b"\n", "cannot be read: it has no header row. Restore this row"),
    ("blank lines are counted", b"iso3,held\n\nZZZ,a,b\n",
     "cannot be read: row 3 has 3 cells instead of 2. Put cells"),
)  # fmt: skip
def test_a_table_of_the_store_of_the_wrong_shape_is_refused_in_a_sentence(tmp_path, raw, reason):
    (tmp_path / "restricted").mkdir()
    (tmp_path / "restricted/interviews.csv").write_bytes(raw)
    with pytest.raises(UserError, match=f"interviews.csv {reason}"):
        restricted.read("interviews", tmp_path)


def test_a_table_that_the_system_does_not_open_is_named_with_the_reason(tmp_path):
    (tmp_path / "restricted/interviews.csv").mkdir(parents=True)
    with pytest.raises(UserError, match="interviews.csv cannot be read: Is a directory. Check"):
        restricted.read("interviews", tmp_path)

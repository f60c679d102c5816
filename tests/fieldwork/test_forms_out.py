"""Forms out: definitions, XLSForms, workbooks, LimeSurvey files and guides, in every language,
and hostile texts.
"""

import csv
import html
import io
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import lxml.html
import maker
import place
import pytest
from cases import by_rule, cases
from conftest import DATA, call, one_in
from lxml import etree
from openpyxl import load_workbook

from cop.data import UserError
from cop.fieldwork import excel_form, forms, limesurvey, questionnaires, xlsform
from cop.fieldwork.questionnaires import When, wording

IDS = questionnaires.ids(DATA)
FORMS = {name: questionnaires.load(name, DATA) for name in IDS}
GUIDES = [name for name in IDS if FORMS[name].kind == "guide"]
SENT = [name for name in IDS if name not in GUIDES]
LANGUAGES = tuple(FORMS["mapping_form"].spoken)
HOSTILE = [
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\u202eמבחן", "🧒🏽 emoji",
    "<script>alert(1)</script>", "{surveyid} ${x}", "a\tb",
]  # fmt: skip
LATIN, CYRILLIC = re.compile("[A-Za-zÀ-ɏ]"), re.compile("[Ѐ-ӿ]")
XF, XH = "{http://www.w3.org/2002/xforms}", "{http://www.w3.org/1999/xhtml}"


def replace(model, **changes):
    return model.model_copy(update=changes)


def workbook(form, language="en"):
    content = excel_form.workbook(form, language, "ZZZ-F01", "ZZZ")
    return load_workbook(io.BytesIO(content))


def hostile(text):
    """Return a survey with a text in title, label, hint, choice and consent."""
    form, text = FORMS["industry_survey"], {"en": text}
    gate, block, *blocks = form.blocks
    first, *rest = block.questions
    block = replace(block, title=text, questions=(replace(first, label=text, hint=text), *rest))
    size = (replace(form.choices["size"][0], label=text), *form.choices["size"][1:])
    choices, blocks = form.choices | {"size": size}, (gate, block, *blocks)
    return replace(form, title=text, consent=text, choices=choices, blocks=blocks)


def test_the_instruments_that_the_method_asks_for_are_there():
    surveys = {f"{who}_survey" for who in ("stakeholder", "parents", "educators", "industry")}
    assert len(GUIDES) == 8 and set(SENT) == {"mapping_form", *surveys}
    assert LANGUAGES == ("en", "bs", "ka", "mk", "ro", "sq", "sr", "uk")
    assert {"activities", "partners"} <= {b.id for b in FORMS["mapping_form"].blocks if b.repeat}
    for name in ("parents_survey", "educators_survey", "industry_survey"):
        assert 10 <= len(FORMS[name].questions()) - 1 <= 16


def test_nobody_asks_a_child():
    """Those who answer are adults: the surveys screen for it, and none is for the category of
    children.
    """
    assert all(FORMS[name].category != "children" for name in IDS)
    for name in ("parents_survey", "educators_survey"):
        screen = FORMS[name].blocks[1].questions[0]
        others = [q for b, q in FORMS[name].questions() if b.id != "taking_part" and q != screen]
        assert screen.required and all(question.when for question in others)


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_draft_is_marked_and_holds_nothing_old(language):
    spoken = FORMS["mapping_form"].spoken[language]
    used = set()
    for form in FORMS.values():
        texts = [form.title, form.consent, *form.phrases.values(), *(b.title for b in form.blocks)]
        texts += [t for _, q in form.questions() for t in (q.label, q.hint) if t]
        texts += [c.label for choices in form.choices.values() for c in choices]
        assert spoken.notice and spoken.notice in form.titled(language)
        used |= {text["en"] for text in texts}
    assert set(spoken.texts) <= used
    for english, text in spoken.texts.items():
        assert sorted(re.findall(r"{\w+}", english)) == sorted(re.findall(r"{\w+}", text))
    mixed = [w for w in re.findall(r"\w+", " ".join(spoken.texts.values())) if LATIN.search(w)]
    assert not [word for word in mixed if CYRILLIC.search(word)]


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow) if n == "mapping_form" else n for n in SENT]
)
def test_an_xlsform_passes_pyxform_without_a_warning_and_asks_everything(name):
    form = FORMS[name]
    xform = etree.fromstring(xlsform.check(xlsform.workbook(form), name).encode())
    body = etree.tostring(xform.find(f"{XH}body"), encoding="unicode")
    binds = {b.get("nodeset"): b for b in xform.iter(f"{XF}bind")}
    repeats = {r.get("nodeset") for r in xform.iter(f"{XF}repeat")}
    blocks = {f"/data/{block.id}" for block in form.blocks if block.repeat}
    assert repeats == blocks, "repeated blocks are repeated in the tool"
    for block, question in form.questions():
        group = "" if block.id == "taking_part" else f"{block.id}/"
        path = f"/data/{group}{question.id}"
        assert path in binds and f'ref="{path}"' in body, f"{path} is asked"
        assert bool(question.when) == bool(binds[path].get("relevant")), f"condition of {path}"
        is_required = binds[path].get("required") == "true()"
        assert is_required == question.required, f"{path} is required as in the form"
    assert all(binds[f"/data/{b.id}"].get("relevant") for b in form.blocks[1:])
    for hidden in ("questionnaire", "form_version", "form_id", "iso3"):
        assert f"/data/{hidden}" in binds
    country = etree.fromstring(xlsform.check(xlsform.workbook(form, "ZZZ"), name).encode())
    assert country.xpath("string(//*[local-name() = 'iso3'])") == "ZZZ", "its country is stated"
    translations = {t.get("lang"): {e.get("id") for e in t} for t in xform.iter(f"{XF}translation")}
    assert len(translations) == len(LANGUAGES)
    assert len({frozenset(ids) for ids in translations.values()}) == 1
    assert "English (en)" in translations
    assert "-" not in {v.text for t in xform.iter(f"{XF}translation") for v in t.iter(f"{XF}value")}


def test_a_form_of_which_pyxform_warns_or_that_it_refuses_is_not_given_out():
    form = FORMS["parents_survey"]
    spaced = replace(form, spoken=form.spoken | {"x y": form.spoken["uk"]})
    double = replace(form, blocks=(*form.blocks, form.blocks[1]))
    listless = replace(form, choices={"yes_no": form.choices["yes_no"]})
    for wrong, why in ((spaced, "warns"), (double, "rejects"), (listless, "rejects")):
        with pytest.raises(UserError, match=f"pyxform .*{why}"):
            xlsform.workbook(wrong)


@pytest.mark.parametrize(
    ("name", "language"),
    one_in(4, [*((n, "en") for n in SENT), *(("mapping_form", c) for c in LANGUAGES[1:])]),
)
def test_a_workbook_can_be_filled_in_and_nothing_else_changed(name, language):
    form, book = FORMS[name], workbook(FORMS[name], language)
    _, *mapped = book["_map"].iter_rows(values_only=True)
    expected = set()
    for block, question in form.questions():
        choices = form.choices_of(question) if question.type == "many" else ()
        for entry in block.entries:
            codes = [choice.code for choice in choices] or [None]
            expected |= {(block.id, entry, question.id, code) for code in codes}
    found = [row[2:] for row in mapped]
    assert sorted(found, key=str) == sorted(expected, key=str), "each answer has a cell of its own"
    cells = [(s.title, c) for s in book for row in s.iter_rows() for c in row]
    unlocked = {(title, c.coordinate) for title, c in cells if not c.protection.locked}
    assert unlocked == {row[:2] for row in mapped}, "only cells of answers can be changed"
    assert "f" not in {c.data_type for _, c in cells}, "no cell is a formula"
    lists, offered = [row[1] for row in book["_lists"].iter_rows(values_only=True)], {}
    for sheet in book:
        for rule in sheet.data_validations.dataValidation:
            first, last = map(int, re.findall(r"\$B\$(\d+)", rule.formula1))
            for row, column in (at for area in rule.sqref.ranges for at in area.cells):
                cell = sheet.cell(row, column).coordinate
                offered[sheet.title, cell] = lists[first - 1 : last]
    for title, cell, _, _, question, code in mapped:
        choices = form.choices.get("yes_no" if code else form.question(question).choices, ())
        labels = [wording(choice.label, language) for choice in choices]
        assert offered.pop((title, cell), []) == labels, f"{question} offers its choices"
    assert not offered
    assert all(s.title == s.title.strip() and len(s.title) <= 31 for s in book)
    is_protected = [s.protection.sheet for s in book if not s.title.startswith("_")]
    assert all(is_protected), "sheets are protected"
    states = [s.sheet_state for s in book if s.title.startswith("_")]
    assert states == ["veryHidden"] * 3, "sheets for the import are hidden"
    assert not [s for s in book if s.merged_cells.ranges]
    facts = [row[1].value for row in book["_form"].iter_rows(min_row=2)]
    stated = [name, form.version, language, "ZZZ", "ZZZ-F01"]
    assert facts == stated, "a form states its version, language, country and id"
    assert book.worksheets[0]["A1"].value == form.titled(language)


def test_answers_that_begin_with_an_equals_or_plus_sign_stay_text_in_an_excel_form():
    cells = [c for sheet in workbook(FORMS["industry_survey"]) for row in sheet for c in row]
    formats = {cell.number_format for cell in cells if not cell.protection.locked}
    assert formats == {"@"}, "cells of answers are text, so that no answer is a formula"


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_a_formula_a_script_or_an_expression(text):
    form = hostile(text)
    form = replace(form, spoken={"en": form.spoken["en"]})
    content = io.BytesIO(excel_form.workbook(form, "en"))
    book = load_workbook(content)
    cells = [c for s in book for row in s.iter_rows() for c in row if text in str(c.value)]
    assert len(cells) >= 4 and {c.data_type for c in cells} == {"s"}
    with zipfile.ZipFile(content) as packed:
        assert not [n for n in packed.namelist() if "vba" in n.lower() or "externalLink" in n]
        assert not [n for n in packed.namelist() if "worksheets/" in n and b"<f>" in packed.read(n)]
    rows = list(csv.DictReader(io.StringIO(limesurvey.structure(form)), delimiter="\t"))
    shown = [row[name] for row in rows for name in ("name", "text", "help")]
    assert len(rows) > 50
    assert not [t for t in shown if any(sign in t for sign in "<{}")], "signs of code are escaped"
    guide = replace(FORMS["guide_ngo"], title={"en": text}, consent={"en": text})
    assert "<script" not in forms.guide(guide, "en")
    if "${" not in text:
        assert xlsform.check(xlsform.workbook(form), "hostile")
    else:  # which names a question that pyxform does not find
        with pytest.raises(UserError):
            xlsform.workbook(form)


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice")
@pytest.mark.parametrize("language", ["en", pytest.param("ka", marks=pytest.mark.simulation)])
def test_a_form_is_imported_without_loss_also_when_libreoffice_saved_it(tmp_path, language):
    data = place.create(tmp_path, small=False)
    form = place.form(data, "mapping_form")
    (person,) = maker.people(form, 1, entries=(3, 3))
    (tmp_path / "form.xlsx").write_bytes(maker.filled(data, form, person, language))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    words = ["soffice", "--headless", profile, "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    words += ["--outdir", str(tmp_path / "saved"), str(tmp_path / "form.xlsx")]
    subprocess.run(words, check=True, capture_output=True, timeout=180)
    content = (tmp_path / "saved" / "form.xlsx").read_bytes()
    assert place.take(data, "saved.xlsx", content) == 0
    place.assert_complete(data, form, [person])


@pytest.mark.parametrize("name", SENT)
def test_the_limesurvey_file_has_the_structure_that_its_importer_reads(name):
    form, text = FORMS[name], limesurvey.structure(FORMS[name])
    rows = list(csv.DictReader(io.StringIO(text), delimiter="\t"))
    facts = {row["name"]: row["text"] for row in rows if row["class"] == "S"}
    languages = [facts["language"], *facts["additional_languages"].split()]
    assert languages == ["en", "bs", "ka", "mk", "ro", "sq", "sr-Latn", "uk"]
    titles = [row["language"] for row in rows if row["name"] == "surveyls_title"]
    assert sorted(titles) == sorted(languages), "each language has a title"
    shapes = []
    for language in languages:
        of_language = [r for r in rows if r["language"] == language and r["class"] != "SL"]
        assert all(r["name"] and (r["text"] or r["class"] == "G") for r in of_language)
        named = [r | {"name": ""} if r["class"] == "G" else r for r in of_language]
        shapes.append([[r[c] for c in ("class", "type/scale", "name", "relevance")] for r in named])
        codes = [r["name"] for r in of_language if r["class"] == "Q"]
        assert len(codes) == len(set(codes)), "each question has a code of its own"
        is_code = [re.fullmatch(r"[a-z][a-z0-9]{0,19}", code) for code in codes]
        assert all(is_code), "the code of a question has at most 20 letters and digits"
    assert all(shape == shapes[0] for shape in shapes), "each language has the same questions"
    answers = [r["name"] for r in rows if r["class"] in ("A", "SQ")]
    is_code = [re.fullmatch(r"[A-Za-z0-9]{1,5}", code) for code in answers]
    assert all(is_code), "the code of an answer has at most five letters and digits"
    for _, question in form.questions():
        codes = [questionnaires.answer_code(question, c.code) for c in form.choices_of(question)]
        assert len(set(codes)) == len(codes), "each answer has a code of its own"
    asked = [q.id for block, q in form.questions() if q.required and not block.repeat]
    mandatory = {row["name"] for row in rows if row["mandatory"] == "Y"}
    required = set(map(questionnaires.question_code, asked))
    assert mandatory == required, "required are answers outside of repeated blocks"
    codes = set(re.findall(r"(\w+)\.NAOK", " ".join(r["relevance"] for r in rows)))
    names = {row["name"] for row in rows if row["class"] == "Q"}
    assert {n.split("_")[0] for n in codes} <= names, "conditions are on questions"
    named = "Y" if form.kind == "form" else "N"
    assert facts["anonymized"] == ("N" if form.kind == "form" else "Y")
    assert facts["datestamp"] == named, "an anonymous survey records no time"
    assert facts["ipaddr"] == facts["refurl"] == "N", "no form records an address or referrer"


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """Return what each tool asks in the small form and LimeSurvey in the mapping form, by name.

    For LimeSurvey, questions of a repeated block have conditions.
    """
    form = place.form(place.create(tmp_path_factory.mktemp("asked")))
    sheet = load_workbook(io.BytesIO(xlsform.workbook(form)))["survey"]
    head, *rows = sheet.iter_rows(values_only=True)
    at = head.index("name")
    tools = {"xlsform": {row[at]: dict(zip(head, row, strict=True)) for row in rows}}
    who, acts = form.blocks[1:3]
    when = {"act_areas": ("size", ["big"]), "act_year": ("act_areas", ["aid"])}
    when = {name: When(question=other, **{"is": codes}) for name, (other, codes) in when.items()}
    questions = tuple(replace(each, when=when.get(each.id)) for each in acts.questions)
    nested = replace(form, blocks=(form.blocks[0], who, replace(acts, questions=questions)))
    tools["limesurvey"] = {}
    for each in (FORMS["mapping_form"], nested):
        rows = csv.DictReader(io.StringIO(limesurvey.structure(each)), delimiter="\t")
        tools["limesurvey"] |= {row["name"]: row for row in rows if row["language"] in ("en", "")}
    return tools


@by_rule("tool, name, column, cell", *cases("fieldwork/asked.csv"))
def test_a_tool_asks_by_the_rules_of_the_form(asked, tool, name, column, cell):
    assert (asked[tool][name][column] or "") == cell


def test_questions_of_an_excel_form_have_numbers_stars_conditions_and_choices(tmp_path):
    form = place.form(place.create(tmp_path))
    book = load_workbook(io.BytesIO(excel_form.workbook(form, "en")))
    texts = {row[0] for sheet in book for row in sheet.iter_rows(values_only=True)}
    assert form.consent["en"] in texts, "the form begins with the text on consent"
    hint = "1. Do you agree to take part? *\nIf not, nothing more is asked."
    assert hint in texts, "the first is number 1; a star marks what is required; the hint follows"
    condition = "12. Is it free? *\nOnly if the answer to question 11 is “Yes”"
    assert condition in texts, "a condition names its question by number, and the answer"
    assert "17. Title *" in texts, "numbers go on in repeated blocks"
    assert "4. Areas, all that apply" in texts, "what is not required has no star"
    assert "Visit" in texts, "the title of a form in English has no notice of a draft"
    assert book["_map"]["B2"].value[0] == "B", "an answer is typed beside its question"
    assert "• Police/justice" in texts, "each of several choices has a row of its own"
    each = form.phrases["column_each"]["en"].format(most=3)
    assert each in texts, "a repeated block has a column for each entry"


def test_an_excel_form_begins_with_all_steps_of_how_to_fill_it_in():
    form = FORMS["mapping_form"]
    steps = [text for name, text in form.phrases.items() if name.startswith("how_")]
    texts = [str(cell.value) for cell in workbook(form).worksheets[0]["A"]]
    missing = [step["en"] for step in steps if not any(step["en"] in text for text in texts)]
    assert len(steps) == 6 and not missing


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_guide_prints_without_script_or_network_and_asks_for_functions(language):
    for guide in (FORMS[name] for name in GUIDES):
        page, phrases = forms.guide(guide, language), guide.phrases
        tree, text = lxml.html.fromstring(page.encode()), html.unescape(page)
        assert not tree.xpath("//script | //@src | //@href | //@action | //@data")
        titles = [h2.text_content() for h2 in tree.xpath("//section/h2")]
        shown = [wording(block.title, language) for block in guide.blocks]
        assert titles == shown, "each section of the guide is there"
        numbers = [int(start) for start in tree.xpath("//ol/@start")]
        last = len(guide.questions()) - len(guide.blocks[-1].questions)
        assert (numbers[0], numbers[-1]) == (1, last + 1), "numbers go on in the next section"
        assert "url(" not in text and "default-src 'none'" in text and "size: A4" in text
        assert text.count('class="notes"') == len(guide.questions())
        texts = [guide.consent, phrases["guide_function"], phrases["guide_rule"]]
        for wanted in (*texts, *(q.label for _, q in guide.questions())):
            assert wording(wanted, language) in text
        assert guide.spoken[language].notice in text, "a draft of a translation is marked"


def definitions(folder, name="shared", old="", new=""):
    """Return a data folder with its own questionnaires; in one of them a text is replaced."""
    data = folder / "data"
    (data / "reference").mkdir(parents=True)
    package = json.dumps({"name": "try", "cop:base": str(DATA)})
    (data / "datapackage.json").write_text(package, encoding="utf-8")
    shutil.copytree(DATA / questionnaires.FOLDER, data / questionnaires.FOLDER)
    path = data / questionnaires.FOLDER / f"{name}.yml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    return data


def test_each_form_for_a_country_states_it(tmp_path):
    paths = forms.write([], place.create(tmp_path), tmp_path / "forms", "ZZZ")
    assert {path.parent.name for path in paths} == {"visit", "call"}, "without a selection, all"
    for path in paths:
        texts = path.read_text("utf-8").split() if path.suffix == ".txt" else []
        for sheet in load_workbook(path) if path.suffix == ".xlsx" else []:
            texts += [cell for row in sheet.iter_rows(values_only=True) for cell in row]
        assert "ZZZ" in texts, path.name


@pytest.mark.slow
def test_cop_forms_makes_everything_for_a_country_or_says_all_that_is_wrong(tmp_path, capsys):
    words = ("forms", "parents_survey", "guide_ngo", "--country", "GEO", "--out", tmp_path)
    assert call(capsys, *words)[0] == 0
    files = {p.name: p.read_bytes() for p in tmp_path.rglob("*.*") if p.is_file()}
    stem = f"parents_survey-{FORMS['parents_survey'].version}-GEO"
    assert len(set(files) - {".lock"}) == 10 + 8
    sheet = load_workbook(io.BytesIO(files[f"{stem}-ka.xlsx"]))["_form"]
    assert ["iso3", "GEO"] in [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert "<iso3>GEO</iso3>" in xlsform.check(files[f"{stem}-xlsform.xlsx"], "parents_survey")
    rows = csv.DictReader(io.StringIO(files[f"{stem}-limesurvey.txt"].decode()), delimiter="\t")
    assert [r["equation"] for r in rows if r["name"] == "iso3"] == ["GEO"] + [""] * 7
    data = definitions(tmp_path, "parents_survey", "type: likert", "type: liket")
    status, _, error = call(capsys, "forms", "--data", data, "--out", tmp_path / "none")
    assert status == 2 and not (tmp_path / "none").exists()
    assert error.count("type: 'liket' must be 'one', 'many'") == 1


WRONG = sorted((Path(__file__).parent / "wrong_definitions").glob("*.yml"))


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_all_errors_of_a_definition_are_reported_at_once_with_their_paths(tmp_path, path):
    """The comments at the beginning of a file are its errors."""
    data = definitions(tmp_path)
    shutil.copy(path, data / questionnaires.FOLDER)
    with pytest.raises(UserError) as refused:
        questionnaires.load(path.stem, data)
    errors = re.findall("(?m)^# (.+)$", path.read_text(encoding="utf-8"))
    assert errors and not [error for error in errors if error not in str(refused.value)]


@by_rule(
    "name, old, new, expected",
    ("a key is misspelt", "shared", "consent_block:", "consent_blck:",
     "shared.yml, consent_block: is missing. Add it"),
    ("two labels are equal", "parents_survey", "label: Father", "label: mother",
     "two choices have the label .mother. in en"),
    ("a text is no text", "languages/uk", "texts:\n", "texts:\n  Yes: No\n",
     "texts.*: True must be text"),
)  # fmt: skip
def test_errors_of_shared_lists_and_languages_are_reported(tmp_path, name, old, new, expected):
    with pytest.raises(UserError, match=expected):
        questionnaires.load("parents_survey", definitions(tmp_path, name, old, new))


def test_a_changed_english_text_is_english_again_everywhere(tmp_path, capsys):
    data = definitions(tmp_path, "guide_ngo", "Who pays for it", "Who now pays for it")
    form = questionnaires.load("guide_ngo", data)
    changed = "Who now pays for it, and for how long?"
    assert changed in [wording(question.label, "uk") for _, question in form.questions()]
    assert form.untranslated("uk") == {changed}
    assert not form.untranslated("en") and not FORMS["guide_ngo"].untranslated("uk")
    status, printed, _ = call(capsys, "forms", "guide_ngo", "--data", data, "--out", tmp_path / "f")
    assert status == 0 and printed.count("1 text without a translation, shown in English") == 7


def test_a_form_s_own_list_of_choices_replaces_the_shared_one_of_its_name(tmp_path):
    own = 'choices:\n  yes_no:\n    - {code: "yes", label: Of course}\n'
    data = definitions(tmp_path, "educators_survey", "choices:\n", own)
    form = questionnaires.load("educators_survey", data)
    assert [choice.label["en"] for choice in form.choices["yes_no"]] == ["Of course"]
    used = {question.choices for _, question in form.questions()} - {""}
    assert {*form.choices} == used, "lists that no question uses are left out"


def test_an_open_answer_is_always_restricted():
    raw = {"id": "a", "type": "note_text", "label": "L"}
    assert questionnaires.Question.model_validate(raw, context={}).restricted

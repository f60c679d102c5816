"""Create an invented restricted store for Zedland, with canaries.

Canaries are names, addresses and numbers that must not occur outside the store. Nothing here is
about a real person, organisation or country. `python tests/invented.py` publishes the store and
copies the tables to tests/zedland/research/ZZZ.
"""

import contextlib
import json
import os
import random
import re
import shutil
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import yaml

import cop.data
from cop.cli import main
from cop.fieldwork import pii, publish, questionnaires, restricted, review

HERE = Path(__file__).resolve().parent / "zedland"
DATA = HERE.parents[1] / "data"
KEY = "0123456789abcdef" * 4  # of the tests only
MADE_OF = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
SENT, NAMED = MADE_OF["sent"], MADE_OF["named"]
OPINIONS = list(MADE_OF["opinions"].items())


def person(number):
    """Return the canaries of a person: (name, e-mail, telephone)."""
    return (
        f"Zanary{number:03d} Kestrelov{number:03d}",
        f"kestrelov{number:03d}@canary.example",
        f"+999 5507 {number:06d}",
    )


def organisation(number):
    """Return the name of a canary organisation, which did not agree to be named."""
    return f"Quorvex House {number:03d}"


def canaries(data):
    """Return the texts that must not occur outside the store.

    These are parts of persons' names, e-mail addresses, telephone numbers, unnamed organisations
    and the ids of contacts, forms and returns.
    """
    contacts, held, returns = (
        restricted.read(name, data) for name in ("contacts", "interviews", "returns")
    )
    named = {name for names in NAMED.values() for name in names}
    people = {part for one in [*contacts.person, *held.person] for part in one.split()}
    ids = {*contacts.contact_id, *(contacts.form_id[contacts.form_id != ""]), *returns.return_id}
    return people | {*contacts.email, *contacts.phone} | ({*contacts.organisation} - named) | ids


def leaked(words, texts):
    """Return {name: first three canaries} for the texts {name: text} that contain any."""
    several, found = {word for word in words if " " in word}, {}
    starts = {word.split()[0] for word in several}
    for name, text in texts.items():
        begun = {start for start in starts if start in text}  # few texts contain any
        of_several = {word for word in several if word.split()[0] in begun and word in text}
        if leaks := words & set(re.findall(r"[\w@.+-]+", text)) | of_several:
            found[name] = sorted(leaks)[:3]
    return found


def fill(data, seed=2020):
    """Write the store of a seed to a data folder, and review all but three of its texts."""
    rng = random.Random(seed)
    tables = {name: [] for name in restricted.TABLES if name != "imports"}
    forms = {
        name: questionnaires.load(name, data)
        for name in questionnaires.ids(data)
        if not name.startswith("guide")
    }
    for category, names in SENT.items():
        for number in range(names):
            _contact(tables, rng, category, number, forms["mapping_form"])
    for name, n, category in (("stakeholder_survey", 286, ""), ("parents_survey", 423, "parents"),
                              ("educators_survey", 164, "education"), ("industry_survey", 19, "industry")):  # fmt: skip
        rng = random.Random(f"{seed} {name}")
        for _ in range(n):
            answer(tables, rng, forms[name], category or _any(rng), "")
    _interviews(tables)
    _code(tables)
    frames = {
        name: pd.DataFrame(rows, columns=restricted.COLUMNS[name], dtype=object).fillna("")
        for name, rows in tables.items()
    }
    with restricted.locked(data):
        restricted.write(data, restricted.change(frames))
    _review(data)


def answer(tables, rng, definition, category, form_id, organisation_name=""):
    """Add a return with its answers and return its id.

    Some respondents stop half-way. A few do not consent or do not belong to the population.
    """
    number = len(tables["returns"]) + 1
    return_id, partial = f"{0xCA0A51 + number:016x}", rng.random() < (0.16 if form_id else 0.08)
    given = _given(return_id, definition, category, partial, organisation_name)
    received = (date(2026, 3, 20) + timedelta(days=rng.randrange(70))).isoformat()
    _add(tables, "returns", return_id=return_id, iso3="ZZZ", questionnaire=definition.id, version=definition.version, language="en",
               form_id=form_id, received=received, source="excel" if form_id else "kobo", status="accepted",
               remark="partial" if partial else "")  # fmt: skip
    for block, entry, question, value in given:
        _add(tables, "answers", return_id=return_id, block=block, entry=entry, question=question,
                   answer=value, language="en")  # fmt: skip
    return return_id


def _add(tables, name, **row):
    tables[name].append(row)


def _any(rng):
    return rng.choices(list(SENT), [30, 20, 28, 25, 10, 4, 1])[0]


def _contact(tables, rng, category, number, form):
    at = len({row["contact_id"] for row in tables["contacts"]}) + 1
    name, email, phone = person(at)
    named = NAMED.get(category, [])
    org = named[number] if number < len(named) else organisation(at)
    about = {"contact_id": f"ZZZ-C{at:03d}", "iso3": "ZZZ", "organisation": org, "category": category, "function": "head of unit",
             "person": name, "email": email, "phone": phone, "channel": "e-mail", "language": "en", "consent": "yes",
             "form_id": f"ZZZ-F{at:03d}"}  # fmt: skip
    _add(tables, "contacts", **about, step="invited", date="2026-03-02")
    if number < len(named) or rng.random() < MADE_OF["answer"].get(category, 0.4):
        _add(tables, "contacts", **about, step="answered", date="2026-04-10")
        answer(tables, rng, form, category, about["form_id"], org)
    elif rng.random() < 0.35:
        _add(tables, "contacts", **about, step="refused", date="2026-04-12")
    else:
        step = "not eligible" if rng.random() < 0.05 else "reminded"
        _add(tables, "contacts", **about, step=step, date="2026-04-01")


def _given(return_id, definition, category, partial, org):
    """Return [(block, entry, question, value)] of a respondent in the order of the questions.

    Each answer has its own seed, so that a new question changes few other answers.
    """
    rows, said, pairs = [], {}, definition.questions()
    last = len(pairs) // 2 if partial else len(pairs)
    for at, (block, question) in enumerate(pairs):
        rng = random.Random(f"{return_id} {question.id}")
        needed, when = question.required or block.id in ("publication",), question.when
        asked = when is None or said.get(when.question, {""}) & set(when.codes)
        left_out = question.choices == "stakeholder_category" and not org and rng.random() < 0.03
        if block.repeat or left_out or not asked or (at >= last and not needed):
            continue
        if not needed and rng.random() < 0.03:
            continue
        values = _values(rng, definition, question, category, org)
        said[question.id] = set(values)
        rows += [(block.id, "0", question.id, value) for value in values if value]
        if question.id == "consent" and values == ["no"]:
            return rows
    return rows + (_repeats(return_id) if definition.id == "mapping_form" else [])


def _values(rng, definition, question, category, org):
    codes = [c.code for c in definition.choices.get(question.choices, ())]
    named = org and not org.startswith("Quorvex")
    if question.id in ("consent", "works_with_children", "cares", "used_by_children"):
        return ["no" if rng.random() < 0.02 and not org else "yes"]
    if question.choices == "stakeholder_category":
        return [category]
    if question.id in ("publish_organisation", "publish_answers"):
        agrees = named and (question.id == "publish_organisation" or rng.random() < 0.8)
        return ["yes" if agrees else "no"]
    if question.type == "likert":
        middle = MADE_OF["rating"].get(question.id, 3.2) + (0.5 if category == "government" else 0)
        return [str(min(5, max(1, round(rng.gauss(middle, 1.1)))))]
    if question.type in ("one", "yes_no"):
        return rng.choices(codes, [1 / (1 + n) for n in range(len(codes))])
    if question.type == "many":
        choices = enumerate(definition.choices[question.choices])
        likely = ((c, 0.55 / (1 + 0.15 * n)) for n, c in choices if not c.exclusive)
        return [c.code for c, share in likely if rng.random() < share] or [rng.choice(codes)]
    return [_text(rng, question, org)]


def _text(rng, question, org):
    number = rng.randrange(1, 150)
    name, email, phone = person(number)
    fixed = {"organisation": org, "person": name, "person_email": email, "person_phone": phone}
    if question.type != "note_text":
        return fixed.get(question.id, "")
    if rng.random() < 0.55:
        return ""
    sentence = rng.choice(OPINIONS)[0]
    if (slip := rng.random()) < 0.03:
        return f"{sentence} Write to {email} or call {phone}."
    return f"{sentence} Ask {name}." if slip < 0.06 else sentence


def _repeats(return_id):
    rng, rows = random.Random(f"{return_id} repeats"), []
    for entry in range(1, rng.randrange(1, 4)):
        begun = date(2023, 1, 1) + timedelta(days=rng.randrange(1100))
        ended = begun + timedelta(days=rng.randrange(30, 500))
        rows.append(("activities", str(entry), "activity", f"Activity {entry}"))
        rows.append(("activities", str(entry), "activity_from", begun.isoformat()))
        if rng.random() < 0.6:
            rows.append(("activities", str(entry), "activity_to", ended.isoformat()))
    partners = rng.sample([n for names in NAMED.values() for n in names] + [organisation(999)], 2)
    for entry, partner in enumerate(partners[: rng.randrange(3)], 1):
        kind = rng.choice(["agreement", "group", "data", "joint_activity"])
        rows += [("partners", str(entry), "partner", partner),
                 ("partners", str(entry), "partner_kinds", kind)]  # fmt: skip
    return rows


def _interviews(tables):
    for row in MADE_OF["interviews"]:
        number, more = row["number"], {k: v for k, v in row.items() if k != "number"}
        more |= {"person": person(200 + int(number[1:]))[0], "coder": "A"}
        _add(tables, "interviews", interview_id=f"ZZZ-{number}", iso3="ZZZ", **more,
                   consent_to_quote="yes" if row["quote"] else "no")  # fmt: skip


def _code(tables):
    """Add the themes of open answers to three surveys by two coders, who sometimes disagree."""
    every = sorted({theme for _, found in OPINIONS for theme in found})
    survey = {r["return_id"]: r["questionnaire"] for r in tables["returns"]}
    open_questions = {("stakeholder_survey", "challenge"), ("parents_survey", "would_help"),
                      ("educators_survey", "challenge")}  # fmt: skip
    for row in list(tables["answers"]):
        is_open = (survey[row["return_id"]], row["question"]) in open_questions
        for coder in ("A", "B") if is_open else ():
            rng = random.Random(f"{row['return_id']} {row['question']} {coder}")
            found = next(v for k, v in OPINIONS if row["answer"].startswith(k))
            found = [rng.choice(every)] if rng.random() < 0.08 else found
            about = {name: row[name] for name in ("return_id", "question")}
            for theme in found:
                _add(tables, "codes", **about, coder=coder, theme=theme)


def _review(data):
    """Decide on all but the last three texts of the review sheet.

    Names of organisations and three sentences of each survey are published, edited if they contain
    personal data. Other texts are withheld.
    """
    review.review(data, "ZZZ")
    path, seen, names = review.sheet_path(data, "ZZZ"), {}, pii.stored_names(data)
    choices = {}
    sheet, texts = restricted.load(path), review.texts(data, "ZZZ")
    assert sheet.return_id.tolist() == texts.return_id.tolist()
    is_name = texts.question == "organisation"
    sheet.loc[is_name, "decision"] = "publish"
    waiting = texts[~is_name].sort_values(["survey", "question", "return_id"])
    for row in waiting.iloc[:-3].itertuples():
        key = (row.survey, row.text.split(".")[0])
        n = seen[row.survey] = seen.get(row.survey, 0) + (key not in seen)
        chosen = n <= 3 and key not in seen
        decision, edited = "publish" if chosen else "withhold", ""
        if chosen and pii.find_hard(row.text, names):
            decision, edited = "edit", row.text.split(".")[0] + "."
        choices[row.Index] = [decision, edited]
        seen[key] = 1
    sheet.loc[[*choices], ["decision", "edited_text"]] = [*choices.values()]
    with restricted.locked(data):
        restricted.write(data, {path.name: restricted.packed(sheet)})


def copy_of_zedland(folder):
    """Copy Zedland to a folder, with data/ as its base, and return the path of the copy."""
    copy = shutil.copytree(HERE, Path(folder) / "zedland")
    file = copy / "datapackage.json"
    package = json.loads(file.read_text(encoding="utf-8")) | {"cop:base": str(DATA)}
    file.write_text(json.dumps(package), encoding="utf-8")
    return copy


def folder(at):
    """Copy Zedland to a folder, fill its restricted store and return the path of the copy."""
    data = copy_of_zedland(at)
    key = Path(at) / "key"
    key.write_text(KEY)
    key.chmod(0o600)
    os.environ["COP_KEY_FILE"] = str(key)
    fill(data)
    return data


TOLD = "Ask Zanary001 Kestrelov001 at kestrelov001@canary.example or +999 5507 000001"


def come_and_gone_out(at):
    """Publish, import a file, publish again, check and run a filled copy of Zedland in a folder.

    The folder then contains `zedland`, `outputs` and `printed`, with the text of the commands.
    Returns 0, or the exit statuses if they are not those expected.
    """
    own = folder(at)
    quotes = own / "research" / "ZZZ" / "quotes.csv"
    quotes.write_text(",".join(f["name"] for f in cop.data.fields("quotes", own)) + "\n")
    public = (["publish", "ZZZ"], 0)
    run = (["run", "ZZZ", "--outputs", str(Path(at) / "outputs")], 0)
    steps = (public, (["intake", *_one_more_file(Path(at))], 1), public, (["check"], 0), run)
    with (
        (Path(at) / "printed").open("w", encoding="utf-8") as printed,
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
    ):
        statuses = [main.main([*words, "--data", str(own)]) for words, _ in steps]
    return 0 if statuses == [status for _, status in steps] else statuses


def _one_more_file(at):
    """Write a file of seven returns with personal data, one of which is invalid.

    Returns the arguments with which `cop intake` imports it.
    """
    asked = ["consent", "category", "rating_awareness", "challenge", "publish_quote"]
    rows = [f"{n},yes,{'ngo' if n < 6 else 'nobody'},2,{TOLD},yes" for n in range(7)]
    (at / "returns.csv").write_text("\n".join([",".join(["_id", *asked]), *rows]) + "\n")
    columns = dict(zip(asked, asked, strict=True)) | {"_id": "identity"}
    told = {"questionnaire": "stakeholder_survey", "columns": columns}
    (at / "mapping.yml").write_text(json.dumps(told))
    return [str(at / "returns.csv"), "--country", "ZZZ", "--mapping", str(at / "mapping.yml")]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as aside:
        made = folder(aside)
        publish.publish(made, "ZZZ", withdraw=True)
        for name in publish.publishable(made, "ZZZ"):
            path = cop.data.paths(name, made, "ZZZ")[0]
            shutil.copy(made / path, HERE / path)
    sys.exit(0)

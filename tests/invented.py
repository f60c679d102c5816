"""An invented restricted store for Zedland, with canaries: names, addresses and numbers that must
be found nowhere else.

Nothing here is about a real person, organisation or country. `python tests/invented.py` publishes
from it into tests/zedland/research/ZZZ, so that the tables there are what the pipeline made of the
store.
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

import cop.data
from cop.cli import main
from cop.fieldwork import pii, publish, questionnaires, restricted, review

HERE = Path(__file__).resolve().parent / "zedland"
KEY = "0123456789abcdef" * 4  # of the tests only
SENT = {"government": 38, "industry": 34, "ngo": 31, "education": 29, "international": 14,
        "parents": 8, "children": 3}  # fmt: skip
ANSWER = {"government": 0.66, "industry": 0.41, "ngo": 0.74, "education": 0.55,
          "international": 0.5}  # fmt: skip
RATING = {  # the middle of the scale that an area is given
    "rating_legal_framework": 3.9, "rating_regulatory_framework": 2.2,
    "rating_reporting_illegal_content": 3.6, "rating_reporting_user_concerns": 3.4,
    "rating_stakeholders": 3.1, "rating_research": 2.9, "rating_education": 3.0,
    "rating_educational_resources": 3.3, "rating_child_protection": 2.0, "rating_awareness": 2.5,
    "rating_tools_services_settings": 1.9, "knows_reporting_illegal_content": 2.6,
    "knows_tools_services_settings": 2.7, "child_would_tell": 3.7, "curriculum_education": 2.3,
    "has_educational_resources": 2.8,
}  # fmt: skip
OPINIONS = [  # invented sentences with the themes that a coder finds in them
    ("There is no budget for the safety of children online.", ["challenges"]),
    ("Teachers want to help and have no time to learn how.", ["education"]),
    (
        "The police answer, but the social workers do not know what to do next.",
        ["child_protection"],
    ),
    ("Nobody tells parents which settings to use.", ["tools_services_settings", "awareness"]),
    ("Reports are taken and then one never hears of them again.", ["reporting_illegal_content"]),
    ("Children outside the capital are not reached by any campaign.", ["awareness"]),
    ("The law is good; what is missing is somebody who applies it.", ["legal_framework"]),
    ("Industry waits for a code, and the regulator waits for industry.", ["regulatory_framework"]),
    ("Materials exist only in one of our languages.", ["educational_resources"]),
    ("We need figures every year and not a study every five.", ["research"]),
    ("The coordination group meets, but without the schools.", ["stakeholders"]),
    ("More helpers on the chat in the evening, when children write.", ["reporting_user_concerns"]),
]
NAMED = {  # organisations that agree to be named: the first ones stand in the register
    "government": ["Zedland Ministry of Digital Affairs", "Zedland National Police, Cyber Unit", "Zedland Office for Children"],
    "industry": ["ZedTel (invented operator)", "Zednet (invented provider)"],
    "ngo": ["Zedland Hotline", "Zedland Helpline Association", "Zedland Circle for Digital "
                                                               "Childhood"],
    "education": ["Zedland Ministry of Schools", "Zedland Teachers Academy", "Zedland School Counsellors"],
    "international": ["Invented Nations Office in Zedland"],
}  # fmt: skip
INTERVIEWS = [
    ("I1", "government", "head of unit, ministry of digital affairs", "2026-05-05", "challenges", "gap", "The next action plan waits for a budget.", "The plan is written. What it waits for is money."),
    ("I1", "government", "head of unit, ministry of digital affairs", "2026-05-05", "regulatory_framework", "gap", "A code with industry is being thought about.", ""),
    ("I2", "ngo", "coordinator, hotline", "2026-05-06", "reporting_illegal_content", "strength", "Reports are passed on within a working day.", "What comes in the morning is with the police in the evening."),
    ("I3", "education", "teacher trainer, academy", "2026-05-07", "education", "both", "Teachers ask for examples from their own classes.", ""),
    ("I3", "education", "teacher trainer, academy", "2026-05-07", "educational_resources", "gap", "Materials exist in one language only.", "A course in one language is half a course."),
    ("I4", "industry", "safety officer, operator", "2026-05-11", "tools_services_settings", "gap", "Filters are offered, but few families ask for them.", ""),
    ("I5", "parents", "member of the board, parents union", "2026-05-12", "awareness", "gap", "Parents outside the capital did not see the campaign.", ""),
    ("I6", "international", "programme officer, invented office", "2026-05-13", "child_protection", "gap", "Social services need a procedure before they need training.", "Training without a procedure is a day off work."),
    ("I6", "international", "programme officer, invented office", "2026-05-13", "positive_actions", "strength", "The panel of pupils could become permanent.", ""),
    ("I7", "government", "investigator, cyber unit", "2026-05-18", "legal_framework", "strength", "Since the act of 2023 providers answer requests.", ""),
]  # fmt: skip


def person(number):
    """Return the canaries of one person: name, e-mail, telephone."""
    return (
        f"Zanary{number:03d} Kestrelov{number:03d}",
        f"kestrelov{number:03d}@canary.example",
        f"+999 5507 {number:06d}",
    )


def organisation(number):
    """Return a canary organisation, which never agreed to be named."""
    return f"Quorvex House {number:03d}"


def canaries(data):
    """Return every word that must stand nowhere but in the store: people, addresses, numbers,
    unnamed organisations, its ids.
    """
    contacts, held, returns = (
        restricted.read(name, data) for name in ("contacts", "interviews", "returns")
    )
    named = {name for names in NAMED.values() for name in names}
    people = {part for one in [*contacts.person, *held.person] for part in one.split()}
    ids = {*contacts.contact_id, *(contacts.form_id[contacts.form_id != ""]), *returns.return_id}
    return people | {*contacts.email, *contacts.phone} | ({*contacts.organisation} - named) | ids


def leaked(words, texts):
    """Return the texts {name: text} that hold canaries, each with the first of them."""
    found = {}
    for name, text in texts.items():
        of_several = {word for word in words if " " in word and word in text}
        if leaks := words & set(re.findall(r"[\w@.+-]+", text)) | of_several:
            found[name] = sorted(leaks)[:3]
    return found


def fill(data, seed=2020):
    """Write the store into a data folder and decide on some of the texts; the same each time."""
    rng, tables = random.Random(seed), _Store()
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
        for _ in range(n):
            answer(tables, rng, forms[name], category or _any(rng), "")
    _interviews(tables)
    _code(tables, rng)
    frames = {}
    for name, rows in tables.rows.items():
        frame = pd.DataFrame(rows, columns=restricted.columns(name), dtype=object)
        frames[name] = frame.fillna("")
    with restricted.locked(data):
        restricted.write(data, restricted.change(frames))
    _review(data)


def answer(tables, rng, definition, category, form_id, organisation_name=""):
    """Add one return with its answers; some people stop half-way, a few do not agree or are not
    of the population.
    """
    number = len(tables.rows["returns"]) + 1
    return_id, partial = f"{0xCA0A51 + number:016x}", rng.random() < (0.16 if form_id else 0.08)
    given = _given(rng, definition, category, partial, organisation_name)
    received = (date(2026, 3, 20) + timedelta(days=rng.randrange(70))).isoformat()
    tables.add("returns", return_id=return_id, iso3="ZZZ", questionnaire=definition.id, version=definition.version, language="en",
               form_id=form_id, received=received, source="excel" if form_id else "kobo", status="accepted",
               remark="partial" if partial else "")  # fmt: skip
    for block, entry, question, value in given:
        tables.add("answers", return_id=return_id, block=block, entry=entry, question=question,
                   answer=value, language="en")  # fmt: skip
    return return_id


class _Store:
    def __init__(self):
        self.rows = {name: [] for name in restricted.TABLES if name not in ("imports", "reviews")}

    def add(self, table, **row):
        self.rows[table].append(row)


def _any(rng):
    return rng.choices(list(SENT), [30, 20, 28, 25, 10, 4, 1])[0]


def _contact(tables, rng, category, number, form):
    at = len({row["contact_id"] for row in tables.rows["contacts"]}) + 1
    name, email, phone = person(at)
    named = NAMED.get(category, [])
    org = named[number] if number < len(named) else organisation(at)
    about = {"contact_id": f"ZZZ-C{at:03d}", "iso3": "ZZZ", "organisation": org, "category": category, "function": "head of unit",
             "person": name, "email": email, "phone": phone, "channel": "e-mail", "language": "en", "consent": "yes",
             "form_id": f"ZZZ-F{at:03d}"}  # fmt: skip
    tables.add("contacts", **about, step="invited", date="2026-03-02")
    if number < len(named) or rng.random() < ANSWER.get(category, 0.4):
        tables.add("contacts", **about, step="answered", date="2026-04-10")
        answer(tables, rng, form, category, about["form_id"], org)
    elif rng.random() < 0.35:
        tables.add("contacts", **about, step="refused", date="2026-04-12")
    else:
        step = "not eligible" if rng.random() < 0.05 else "reminded"
        tables.add("contacts", **about, step=step, date="2026-04-01")


def _given(rng, definition, category, partial, org):
    """Return (block, entry, question, value) of one respondent, in the order of the questions."""
    rows, said, pairs = [], {}, definition.questions()
    last = len(pairs) // 2 if partial else len(pairs)
    for at, (block, question) in enumerate(pairs):
        needed = question.required or block.id in ("publication",)
        asked = question.when is None or said.get(question.when.question, {""}) & set(
            question.when.codes
        )
        left_out = question.choices == "stakeholder_category" and not org and rng.random() < 0.03
        if (
            block.repeat
            or left_out
            or not asked
            or (at >= last and not needed)
            or (not needed and rng.random() < 0.03)
        ):
            continue
        values = _values(rng, definition, question, category, org)
        said[question.id] = set(values)
        rows += [(block.id, "0", question.id, value) for value in values if value]
        if question.id == "consent" and values == ["no"]:
            return rows
    return rows + (_repeats(rng) if definition.id == "mapping_form" else [])


def _values(rng, definition, question, category, org):
    codes = [c.code for c in definition.choices.get(question.choices, ())]
    named = org and not org.startswith("Quorvex")
    if question.id in ("consent", "works_with_children", "cares", "used_by_children"):
        return ["no" if rng.random() < 0.02 and not org else "yes"]
    if question.choices == "stakeholder_category":
        return [category]
    if question.id in ("publish_organisation", "publish_answers"):
        return [
            "yes"
            if named and (question.id == "publish_organisation" or rng.random() < 0.8)
            else "no"
        ]
    if question.type == "likert":
        middle = RATING.get(question.id, 3.2) + (0.5 if category == "government" else 0)
        return [str(min(5, max(1, round(rng.gauss(middle, 1.1)))))]
    if question.type in ("one", "yes_no"):
        return rng.choices(codes, [1 / (1 + n) for n in range(len(codes))])
    if question.type == "many":
        chosen = [
            c.code
            for n, c in enumerate(definition.choices[question.choices])
            if not c.exclusive and rng.random() < 0.55 / (1 + 0.15 * n)
        ]
        return chosen or [rng.choice(codes)]
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


def _repeats(rng):
    rows = []
    for entry in range(1, rng.randrange(1, 4)):
        begun = date(2023, 1, 1) + timedelta(days=rng.randrange(1100))
        ended = begun + timedelta(days=rng.randrange(30, 500))
        rows += [
            ("activities", str(entry), "activity", f"Activity {entry}"),
            ("activities", str(entry), "activity_from", begun.isoformat()),
        ]
        if rng.random() < 0.6:
            rows.append(("activities", str(entry), "activity_to", ended.isoformat()))
    partners = rng.sample([n for names in NAMED.values() for n in names] + [organisation(999)], 2)
    for entry, partner in enumerate(partners[: rng.randrange(3)], 1):
        kind = rng.choice(["agreement", "group", "data", "joint_activity"])
        rows += [("partners", str(entry), "partner", partner),
                 ("partners", str(entry), "partner_kinds", kind)]  # fmt: skip
    return rows


def _interviews(tables):
    for number, category, function, held, theme, leaning, finding, quote in INTERVIEWS:
        tables.add("interviews", interview_id=f"ZZZ-{number}", iso3="ZZZ", category=category, function=function,
                   person=person(200 + int(number[1:]))[0], held=held, theme=theme, finding=finding, quote=quote,
                   consent_to_quote="yes" if quote else "no", coder="A", leaning=leaning)  # fmt: skip


def _code(tables, rng):
    """Let two coders sort the open answers of two surveys by theme; they differ now and then."""
    themes = {text: found for text, found in OPINIONS}
    every = sorted({theme for _, found in OPINIONS for theme in found})
    wanted = {r["return_id"]: r["questionnaire"] for r in tables.rows["returns"]}
    for row in list(tables.rows["answers"]):
        open_answer = (wanted[row["return_id"]], row["question"]) in {
            ("stakeholder_survey", "challenge"),
            ("parents_survey", "would_help"),
            ("educators_survey", "challenge"),
        }
        for coder in ("A", "B") if open_answer else ():
            found = next(v for k, v in themes.items() if row["answer"].startswith(k))
            found = [rng.choice(every)] if rng.random() < 0.08 else found
            about = {name: row[name] for name in ("return_id", "question")}
            for theme in found:
                tables.add("codes", **about, coder=coder, theme=theme)


def _review(data):
    """Decide: of each survey a few sentences may be quoted, one is edited, what holds personal
    data is withheld.
    """
    waiting, rows, seen = review.pending(data, "ZZZ"), [], {}
    names = waiting[waiting.question == "organisation"]
    for row in names.itertuples():
        rows.append([row.return_id, row.question, row.entry, "publish", row.text])
    waiting = waiting.drop(names.index)
    for row in waiting.sort_values(["survey", "question", "return_id"]).itertuples():
        key = (row.survey, row.text.split(".")[0])
        n = seen[row.survey] = seen.get(row.survey, 0) + (key not in seen)
        text, chosen = row.text, n <= 3 and key not in seen
        decision = "publish" if chosen else "withhold"
        if set(row.looks_like.split(", ")) & set(pii.HARD):
            text = row.text.split(".")[0] + "." if chosen else ""
            decision = "edited" if chosen else "withhold"
        rows.append([row.return_id, row.question, row.entry, decision, text])
        seen[key] = 1
    review.keep(data, rows[:-3], "invented reviewer")


def folder(at):
    """Copy Zedland to a folder where there can be a store, and fill it; give the copy."""
    data = Path(at) / "zedland"
    shutil.copytree(HERE, data)
    package = (data / "datapackage.json").read_text(encoding="utf-8")
    (data / "datapackage.json").write_text(
        package.replace("../../data", str(HERE.parents[1] / "data")), encoding="utf-8"
    )
    key = Path(at) / "key"
    key.write_text(KEY)
    key.chmod(0o600)
    os.environ["COP_KEY_FILE"] = str(key)
    fill(data)
    return data


TOLD = "Ask Zanary001 Kestrelov001 at kestrelov001@canary.example or +999 5507 000001"


def come_and_gone_out(at):
    """Do with such a folder all that brings answers in and pages out, and keep what was printed:
    the data `zedland`, `outputs`, and `printed` of it; give 0.
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
    """Write a file of seven returns, one of which is refused, each with personal data in it; give
    the words that take it in.
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

"""Which questions are counted, and the numbers that are published of them as tables of the
contract: survey, survey_items, survey_groups.
"""

from collections import Counter

import pandas as pd

from cop.fieldwork.publishing.countable import Survey, screens
from cop.fieldwork.publishing.ledger import ALL, TOTAL, Lines, Unit
from cop.fieldwork.questionnaires import Question, Questionnaire, wording

GROUPS = "stakeholder_category"  # the list of choices that makes a question the grouping one
KINDS = {"one": "one", "yes_no": "one", "likert": "scale", "many": "many"}
# Blocks on consent and contact, not on the subject.
ABOUT_US = ("taking_part", "contact", "publication")
SECTIONS = {  # of questions whose id does not end in that of a section
    **dict.fromkeys(
        ("challenge", "challenge_1", "challenge_2", "challenge_3", "gaps"), "challenges"
    ),
    **dict.fromkeys(("coordination", "coordination_role"), "stakeholders"),
    **dict.fromkeys(("parental_tools", "default_privacy"), "tools_services_settings"),
    "report_route": "reporting_user_concerns",
    "runs_channel": "reporting_illegal_content",
    "trained": "education",
    "procedure": "child_protection",
    "positive_action": "positive_actions",
}
ITEMS = ["survey", "item", "question", "kind", "section", "n"]
SURVEY = ["survey", "population", "mode", "item", "answer", "order", "count"]
BY_GROUP = ["survey", "item", "group", "answer", "order", "count"]
NO_ANSWER = "no answer"


def tables(survey: Survey, units: dict[Unit, Lines], invited: set[str]) -> dict[str, pd.DataFrame]:
    """Give {table: frame} of what is published of a questionnaire: survey, survey_items and
    survey_groups.
    """
    items, ways, crosses, form = [], [], [], survey.questionnaire
    about = [form.id, wording(form.title, "en"), mode(survey, invited)]
    for question, label in [*closed_questions(form), *open_questions(form)]:
        line = units.get(("survey", form.id, question.id), {}).get(ALL)
        if line is None:
            continue
        kind = KINDS.get(question.type, "theme")
        items.append([form.id, label, question.id, kind, section(form, question), line[TOTAL]])
        names = _names(form, question, line)
        ways += [[*about, label, name, n, line[code]] for n, (code, name) in names if code in line]
        for group, of_group in units.get(("survey_groups", form.id, question.id), {}).items():
            if group != ALL:
                crosses.append([form.id, label, group, ALL, 0, of_group[TOTAL]])
                told = [(n, name, of_group[c]) for n, (c, name) in names if c in of_group]
                crosses += [[form.id, label, group, name, n, count] for n, name, count in told]
    frames = {
        "survey": (ways, SURVEY),
        "survey_items": (items, ITEMS),
        "survey_groups": (crosses, BY_GROUP),
    }
    return {name: _frame(rows, columns) for name, (rows, columns) in frames.items()}


def closed_questions(questionnaire: Questionnaire) -> list[tuple[Question, str]]:
    """Give (question, English label) of closed questions whose answers are published as tables."""
    closed = [
        (question, wording(question.label, "en"))
        for block, question in questionnaire.questions()
        if question.type in KINDS
        and not block.repeat
        and block.id not in ABOUT_US
        and not question.id.startswith("publish_")
        and question.id not in screens(questionnaire)
        and not question.restricted
        and not question.publishes.startswith("stakeholders.")
    ]
    times = Counter(label for _, label in closed)
    return [(q, label if times[label] == 1 else f"{label} ({q.id})") for q, label in closed]


def mode(survey: Survey, invited: set[str]) -> str:
    """Say, to publish it, whether everybody had been invited by name, or the link was open."""
    forms = survey.returns.form_id
    return "invited list" if len(forms) and forms.isin(invited).all() else "open link"


def open_questions(questionnaire: Questionnaire) -> list[tuple[Question, str]]:
    """Give (question, English label) of those whose answers may be coded, quoted and published."""
    return [
        (q, wording(q.label, "en"))
        for b, q in questionnaire.questions()
        if q.type == "note_text" and not b.repeat
    ]


def grouping(questionnaire: Questionnaire) -> str:
    """Give the id of the question by whose category published tables are grouped, "" for none."""
    pairs = questionnaire.questions()
    return next((q.id for b, q in pairs if q.choices == GROUPS and not b.repeat), "")


def section(form: Questionnaire, question: Question) -> str:
    """Give the section under which a question is published, by the end of its id; "" for none."""
    named = [one for one in form.sections if question.id.endswith(f"_{one}")]
    return SECTIONS.get(question.id) or max(named, key=len, default="")


def _names(form, question, line):
    """Give (order, (code, English label)) of the answers that may be told, themes by their name."""
    listed = form.choices_of(question) if question.type in KINDS else ()
    codes = {c.code: wording(c.label, "en") for c in listed}
    codes |= {code: code for code in line if code not in (*codes, TOTAL, NO_ANSWER)}
    return list(enumerate([*codes.items(), (NO_ANSWER, "No answer")], 1))


def _frame(rows, columns):
    return pd.DataFrame(rows, columns=columns).astype({columns[-1]: "Int64"})

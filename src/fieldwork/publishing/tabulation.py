"""Answers become counts that may be published: one-way tables, tables by category, outcomes of the
forms sent.

What is published of a survey is only: how many took part, how many answered each question, the
one-way tables, and the cross-tables with one and the same grouping. That is what makes the
reasoning of `suppression` hold; therefore a question that was asked only after a certain answer has
no cross-table, and none at all where that answer is hidden.
"""

from collections import Counter

import pandas as pd

from fieldwork.forms.questionnaires import Question, Questionnaire, wording
from fieldwork.publishing import suppression
from fieldwork.publishing.countable import Survey, screens

GROUPS = "stakeholder_category"  # the list of choices that makes a question the grouping one
KINDS = {"one": "one", "yes_no": "one", "likert": "scale", "many": "many"}
# Blocks on consent and contact, not on the subject.
ABOUT_US = ("taking_part", "contact", "publication")
AREAS = (
    "legal_framework", "regulatory_framework", "reporting_illegal_content",
    "reporting_user_concerns", "stakeholders", "research", "education", "educational_resources",
    "child_protection", "awareness", "tools_services_settings",
)  # fmt: skip
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
OTHER_GROUP, ALL = suppression.OTHER_GROUPS, "all"


def tables(
    survey: Survey, invited: set[str], threshold: int, apart: set[str] | None = None
) -> dict[str, pd.DataFrame]:
    """Give {table: frame} of one questionnaire's closed questions: survey, survey_items,
    survey_groups.

    `apart` names the categories that the table of outcomes keeps apart, where there is one: this
    one must not undo it.
    """
    if len(survey.returns) < threshold:
        return _frames([], [], [])
    items, ways, crosses, hidden_answers = [], [], [], {}
    groups = _groups(survey, threshold, apart)
    for question, label in closed_questions(survey.questionnaire):
        counted = _one_way(survey, question, hidden_answers, threshold)
        if counted is None or (apart is not None and question.choices == GROUPS):
            hidden_answers[question.id] = None
            continue
        n, rows, hidden_answers[question.id] = counted
        items.append(_item(survey, label, question, KINDS[question.type], n))
        ways += [_way(survey, invited, label, *row) for row in rows]
        if groups is not None and not _when(survey, question) and question.choices != GROUPS:
            cells = _crossed(survey, question, groups, hidden_answers[question.id], threshold)
            crosses += [[survey.questionnaire.id, label, *cell] for cell in cells]
    return _frames(ways, items, crosses)


def closed_questions(questionnaire: Questionnaire) -> list[tuple[Question, str]]:
    """Give (question, English label) of the closed questions that are counted."""
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
    """Say whether everybody who answered had been invited by name, or the link was open."""
    forms = survey.returns.form_id
    return "invited list" if len(forms) and forms.isin(invited).all() else "open link"


def outcomes(
    contacts: pd.DataFrame, forms: pd.DataFrame, threshold: int
) -> tuple[pd.DataFrame, set[str] | None]:
    """Give (the table `forms`, the categories it keeps apart, None without one): AAPOR outcomes of
    all forms sent.

    `contacts` has one row per step; `forms` are the returned mapping forms with form_id and
    `partial`. By category it says only whether forms were answered, and categories with few of
    either are added up, because the answers themselves are counted by category elsewhere. How many
    forms were sent to all is a decision of the team.
    """
    sent = final(contacts, forms)
    out = sent[sent.outcome != "not eligible"]
    if len(out) < threshold:
        return pd.DataFrame(columns=["category", "outcome", "count"]), None
    words = {True: "answered", False: "not answered"}
    answered = out.outcome.isin(["complete", "partial"]).map(words)
    counts = pd.crosstab(out.category, answered).reindex(columns=words.values(), fill_value=0)
    shown = suppression.pooled(counts, threshold, cells=True)
    rows = [["all", "sent", len(sent)], ["all", "eligible", len(out)], *_totals(out, threshold)]
    for category, line in shown.iterrows() if len(shown) > 1 else []:
        rows.append([category, "eligible", line.sum()])
        rows += [[category, outcome, line[outcome]] for outcome in counts]
    frame = pd.DataFrame(rows, columns=["category", "outcome", "count"]).astype({"count": "Int64"})
    return frame, set(shown.index) - {OTHER_GROUP} if len(shown) > 1 else set()


def final(contacts: pd.DataFrame, forms: pd.DataFrame) -> pd.DataFrame:
    """Give contact_id, category and outcome of each organisation that a form was sent to."""
    sent = contacts[contacts.step == "invited"].drop_duplicates("contact_id")
    steps = contacts.groupby("contact_id").step.agg(set)
    returned = forms.set_index("form_id").partial
    outcome = [_outcome(row.form_id, steps[row.contact_id], returned) for row in sent.itertuples()]
    return sent[["contact_id", "category"]].assign(outcome=outcome)


def themes(
    survey: Survey, invited: set[str], codes: pd.DataFrame, threshold: int
) -> dict[str, pd.DataFrame]:
    """Give {survey, survey_items: rows} of open answers by theme, as agreed or decided."""
    ways, items = [], []
    for question, label in open_questions(survey.questionnaire):
        mine = codes[(codes.question == question.id) & codes.return_id.isin(survey.returns.index)]
        settled, n = _settled(mine), mine.return_id.nunique()
        if n < threshold:
            continue
        items.append(_item(survey, label, question, "theme", n))
        for order, theme in enumerate(sorted(mine.theme.unique()), 1):
            count = _binary(int((settled.theme == theme).sum()), n, threshold)
            ways.append(_way(survey, invited, label, theme, order, count))
    made = _frames(ways, items, [])
    return {name: made[name] for name in ("survey", "survey_items")}


def open_questions(questionnaire: Questionnaire) -> list[tuple[Question, str]]:
    """Give (question, English label) of the questions whose answers may be coded and quoted."""
    return [
        (q, wording(q.label, "en"))
        for b, q in questionnaire.questions()
        if q.type == "note_text" and not b.repeat
    ]


def grouping(questionnaire: Questionnaire) -> str:
    """Give the id of the question that asks for the category, "" where none does."""
    pairs = questionnaire.questions()
    return next((q.id for b, q in pairs if q.choices == GROUPS and not b.repeat), "")


def section(question: str) -> str:
    """Give the section on which a question speaks, by the end of its id; "" where on none."""
    named = [area for area in AREAS if question.endswith(f"_{area}")]
    return SECTIONS.get(question) or max(named, key=len, default="")


def _frames(ways, items, crosses):
    survey = pd.DataFrame(ways, columns=SURVEY).astype({"count": "Int64"})
    return {
        "survey": survey,
        "survey_items": pd.DataFrame(items, columns=ITEMS).astype({"n": "Int64"}),
        "survey_groups": pd.DataFrame(crosses, columns=BY_GROUP).astype({"count": "Int64"}),
    }


def _item(survey, label, question, kind, n):
    """Give one row of the table `survey_items`."""
    return [survey.questionnaire.id, label, question.id, kind, section(question.id), n]


def _way(survey, invited, item, answer, order, count):
    """Give one row of the table `survey`."""
    title = wording(survey.questionnaire.title, "en")
    return [survey.questionnaire.id, title, mode(survey, invited), item, answer, order, count]


def _choices(survey, question):
    """Give {code: English label} of a question's answers, without 'none of these' among several."""
    listed = survey.questionnaire.choices_of(question)
    return {
        c.code: wording(c.label, "en") for c in listed if question.type != "many" or not c.alone
    }


def _one_way(survey, question, hidden_answers, threshold):
    """Give (n, [(answer, order, count or NA)], hidden answers), None where not published."""
    base = _base(survey, question, hidden_answers)
    labels = _choices(survey, question)
    given = survey.of(question.id)
    given = given[given.isin(labels) & given.index.isin(base)]
    counts = given.value_counts().reindex(list(labels), fill_value=0)
    n = len(base) if question.type == "many" else given.index.nunique()
    if n < threshold:
        return None
    if question.type == "many":
        shown = [_binary(int(counts[code]), n, threshold) for code in labels]
        hidden = {code for code, count in zip(labels, shown, strict=True) if count is pd.NA}
    else:
        mask = _hidden(counts, question, threshold)
        hidden = set(mask.index[mask])
        shown = [pd.NA if code in hidden else int(counts[code]) for code in labels]
    return n, list(zip(labels.values(), range(1, len(labels) + 1), shown, strict=True)), hidden


def _hidden(counts, question, threshold):
    """Give which answers are hidden; that nobody of a category took part is no secret."""
    some = counts > 0 if question.choices == GROUPS else counts >= 0
    hidden = suppression.one_way(counts[some], threshold, ordered=question.type == "likert")
    return hidden.reindex(counts.index, fill_value=False)


def _binary(count, n, threshold):
    """Give a count of those who chose, or NA where they or the others are few."""
    return pd.NA if suppression.one_way(pd.Series([count, n - count]), threshold).any() else count


def _base(survey, question, hidden_answers):
    """Give the returns that were asked; none where the answer that led there is hidden."""
    base, when = set(survey.returns.index), _when(survey, question)
    if not when:
        return base
    hidden = hidden_answers.get(when.question)
    if hidden is None or hidden & set(when.codes):
        return set()
    before = survey.of(when.question)
    return base & set(before.index[before.isin(when.codes)])


def _when(survey, question):
    """Give the condition of a question; everybody here has passed the screening."""
    screening = screens(survey.questionnaire)
    return None if question.when and question.when.question in screening else question.when


def _groups(survey, threshold, apart):
    """Give the category of each return, small ones and those not stated as one; None where no
    category is asked.

    Everybody is in it: a cross-table of some would tell apart what the one-way table of all hides.
    """
    asking = grouping(survey.questionnaire)
    if not asking:
        return None
    given = survey.of(asking)
    if apart is None:
        # In the order of the one-way table, which decides between equals.
        codes = [choice.code for choice in survey.questionnaire.choices[GROUPS]]
        hidden = suppression.one_way(given.value_counts().reindex(codes).dropna(), threshold)
        apart = set(hidden.index[~hidden])
    return given.reindex(survey.returns.index).where(lambda s: s.isin(apart), OTHER_GROUP)


def _crossed(survey, question, groups, hidden, threshold):
    """Give the rows of a cross-table: [group, answer, order, count or NA], with totals."""
    labels = _choices(survey, question)
    given = survey.of(question.id)
    given = given[given.isin(labels) & given.index.isin(groups.index)]
    if question.type != "many":
        whole = pd.crosstab(groups.reindex(given.index), given)
        whole = whole.reindex(columns=list(labels), fill_value=0)
        return _cells(suppression.by_group(whole, threshold, question.type == "likert"), labels)
    rows = []
    for code in [c for c in labels if c not in hidden]:
        chose = groups.index.isin(given.index[given == code])
        whole = pd.crosstab(groups, chose).reindex(columns=[True, False], fill_value=0)
        whole.columns = [code, "not"]
        rows += _cells(suppression.by_group(whole, threshold), labels)
    once = {}  # the total of a group comes with each answer
    for row in rows:
        once.setdefault((row[0], row[1]), row)
    return list(once.values())


def _cells(protected, labels):
    """Give the rows of a protected cross-table, without what is pooled or the rest of a choice."""
    if protected is None:
        return []
    table, hidden = protected
    order = {code: n for n, code in enumerate(labels, 1)}
    rows = []
    for group, line in table.iterrows():
        rows.append([group, ALL, 0, int(line.sum())])
        for code in [c for c in table if c in labels]:
            count = pd.NA if hidden.loc[group, code] else int(line[code])
            rows.append([group, labels[code], order[code], count])
    return rows


def _outcome(form_id, steps, returned):
    if form_id in returned.index:
        return "partial" if returned[[form_id]].iloc[-1] else "complete"
    kept = [step for step in ("not eligible", "refused", "answered", "partial") if step in steps]
    return {"answered": "complete"}.get(kept[0], kept[0]) if kept else "not reached"


def _totals(out, threshold):
    """Give the outcomes of all; those that answered and those that did not are protected apart."""
    blocks = [["complete", "partial"], ["refused", "not reached"]]
    counts = out.outcome.value_counts().reindex([o for b in blocks for o in b], fill_value=0)
    sums = [counts[block].sum() for block in blocks]
    totals = pd.Series(sums, index=["answered", "not answered"])
    few = suppression.one_way(totals, threshold)
    parts = [counts] if few.any() else [counts[block] for block in blocks]
    hidden = pd.concat([few, *(suppression.one_way(part, threshold) for part in parts)])
    named = pd.concat([totals, counts]).items()
    return [["all", name, pd.NA if hidden[name] else count] for name, count in named]


def _settled(codes):
    """Give the themes of each answer: the adjudicator's, or those that all its coders gave."""
    decided = codes[codes.coder == "adjudicated"].drop_duplicates(["return_id", "theme"])
    both = codes[~codes.return_id.isin(decided.return_id)]
    coders = both.groupby("return_id").coder.nunique()
    agreed = both.drop_duplicates().groupby(["return_id", "theme"]).size().reset_index(name="times")
    agreed = agreed[agreed.times == agreed.return_id.map(coders)]
    return pd.concat([decided[["return_id", "theme"]], agreed[["return_id", "theme"]]])

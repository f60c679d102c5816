"""Count closed answers in total and by category of respondent, and open answers by coded theme.

A table by category compares one part of the answers with all others: the upper two steps of a
scale, yes, the most frequent answer, or each of several choices. It is published only if the size
of the part follows from the one-way table, so that it reveals no suppressed count (see "Small
counts" in docs/decisions.md).

If the number of people asked is published, "no answer" is one of the answers to a single-choice
question. Otherwise no table shows how many people did not answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random

import pandas as pd

from cop.data import agreement
from cop.fieldwork import outcomes
from cop.fieldwork.counted import FORM, Survey, screens
from cop.fieldwork.disclosure import MIN_STANDALONE, OTHER, one_way, pooled
from cop.fieldwork.questionnaires import Question, Questionnaire, wording

GROUPS = "stakeholder_category"  # the list of choices of the question that groups respondents
KINDS = {"one": "one", "yes_no": "one", "likert": "scale", "many": "many"}
ABOUT_US = ("taking_part", "contact", "publication")  # blocks on consent and contact
COLUMNS = {
    "survey": ["survey", "population", "mode", "item", "answer", "order", "count"],
    "survey_items": ["survey", "item", "question", "kind", "section", "n"],
    "survey_groups": ["survey", "item", "group", "answer", "order", "count", "n"],
}
NO_ANSWER = "no answer"
TOO_FEW = "Too few responses to publish their number or any count"
OPEN_OR_CLOSED = {
    "invited list": "Closed: only organisations on the list of contacts were invited",
    "open link": "Open: anyone with the link could answer, so no response rate is known",
}
FIGURES = ["judgements", "alpha", "low", "high"]
ENOUGH = 30  # least number of coded answers for which agreement is published
CHERRIES = {  # items of the checklist (Eysenbach 2004) that are the same for every survey
    "multiple entries": "A corrected response replaces the earlier one; with an open link, the "
    "same person could answer twice",
    "consent": "Asked first, with the purpose, the length and the use of the answers; without "
    "consent the form ends",
    "data protection": "Contacts and individual answers are stored separately and not published; "
    "counts below the threshold are suppressed; open answers are quoted only with consent and "
    "after review",
    "view rate": "Unknown: the number of times a form was opened is not recorded",
    "incomplete answers": "Incomplete responses count for the questions that were answered",
    "weighting": "None; the results describe the respondents only",
}


@dataclass(frozen=True)
class People:
    """The people counted in the tables of a survey, and the rules for these tables."""

    groups: pd.Series  # category by return_id or "sent CONTACT"; OTHER if it is small or unknown
    counted: bool  # whether the table of outcomes publishes their number
    threshold: int  # 0 for facts about institutions that agreed to be named with their answers
    rng: Callable[..., Random]

    @property
    def least(self) -> int:
        """The least number of people who must answer a question for it to be published."""
        return MIN_STANDALONE * self.threshold


@dataclass(frozen=True)
class Tally:
    """The counts of the answers to a question."""

    question: Question
    answers: pd.Series  # the counted answers, by return_id
    base: frozenset[str]  # the people on whom shares are based
    counts: pd.Series  # by answer, before suppression
    hidden: pd.Series  # whether a count is suppressed
    closed: bool = False  # whether all people gave at least one of the counted answers

    @property
    def shown(self) -> dict[str, int]:
        """The published counts by answer."""
        return self.counts[~self.hidden].to_dict()


def people(
    survey: Survey, sent: pd.DataFrame, forms: pd.DataFrame, threshold: int, rng: Callable
) -> People:
    """Return the people counted in the tables of a survey, grouped by category.

    `sent` are the final outcomes of the mapping forms and `forms` their published table. If that
    table publishes the number of organisations that answered, the form's tables count exactly
    these. If at least twice the threshold agreed to be named with their answers and fewer did not,
    they count only those who agreed: such facts about institutions are not suppressed.
    """
    form, categories = survey.questionnaire, outcomes.categories(forms)
    rng, asking, least = partial(rng, form.id), grouping(form), MIN_STANDALONE * threshold
    stated = survey.answers_to(asking) if asking else pd.Series(dtype=object)
    groups = stated.reindex(survey.returns.index).fillna(OTHER)
    if form.id == FORM:
        named = survey.agreed("publish_organisation") & survey.agreed("publish_answers")
        if len(named) >= least > len(groups) - len(named):
            return People(groups[groups.index.isin(named)], False, 0, rng)
        if categories is not None:
            is_back = sent.outcome.isin(outcomes.BLOCKS[outcomes.ANSWERED])
            back = sent[is_back].set_index("form_id")
            ids = survey.returns[survey.returns.form_id != ""].reset_index()
            ids = ids.groupby("form_id").return_id.last().reindex(back.index)
            groups = back.category.set_axis(ids.where(ids.notna(), "sent " + back.contact_id))
            groups = groups.where(groups.isin(categories), OTHER)
            return People(groups, True, threshold, rng)
    return People(_grouped(groups, least, rng("categories")), False, threshold, rng)


def survey_tables(
    survey: Survey, people: People, codes: pd.DataFrame, invited: set[str]
) -> dict[str, pd.DataFrame]:
    """Return {name: table} for COLUMNS; all are empty if fewer than twice the threshold answered.

    `codes` are the themes that coders assigned to open answers, `invited` the form ids that were
    sent. A suppressed count is NA.
    """
    form, rows = survey.questionnaire, {name: [] for name in COLUMNS}
    about = [form.id, wording(form.title, "en"), mode(survey, invited)]
    for label, tally in count_questions(survey, people, codes):
        question, kind = tally.question, KINDS.get(tally.question.type, "theme")
        item = [form.id, label, question.id, kind, question.section, len(tally.base)]
        rows["survey_items"].append(item)
        names = {c.code: wording(c.label, "en") for c in form.choices_of(question)}
        names |= {code: code for code in tally.counts.index if code not in (*names, NO_ANSWER)}
        names |= {NO_ANSWER: "No answer"}
        orders = {code: order for order, code in enumerate(names, 1)}
        rows["survey"] += [
            [*about, label, names[code], orders[code], tally.shown.get(code)]
            for code in sorted(tally.counts.index, key=orders.get)
        ]
        if kind != "theme" and not _when(survey, question):
            rows["survey_groups"] += [
                [form.id, label, group, " or ".join(names[c] for c in part), orders[part[0]], *line]
                for part, lines in by_category(tally, people).items()
                for group, *line in lines
            ]
    return {
        name: pd.DataFrame(rows[name], columns=columns).astype({columns[-1]: "Int64"})
        for name, columns in COLUMNS.items()
    }


def count_questions(survey: Survey, people: People, codes: pd.DataFrame) -> list[tuple[str, Tally]]:
    """Return (label, Tally) for each published question; open answers are counted by theme."""
    out, form = {}, survey.questionnaire
    if len(people.groups) < people.least:
        return []
    for question, label in closed_questions(form):
        base = _base(survey, question, people, out)
        if base and question.choices != GROUPS:
            tally = _closed(survey, question, people, *base)
            out |= {question.id: (label, tally)} if tally else {}
    for question, label in open_questions(form) if out else ():
        tally = _themes(survey, question, people, codes)
        out |= {question.id: (label, tally)} if tally else {}
    return list(out.values())


def by_category(tally: Tally, people: People) -> dict[tuple[str, ...], list]:
    """Return {part of the answers: [(category, count of the part, number of people)]}.

    If several choices are allowed, categories are pooled for each choice separately. If all people
    made at least one choice, categories are pooled for all choices together, since the last choice
    could otherwise be derived from the others.
    """
    groups, sides, out = large_groups(tally, people), {}, {}
    totals = groups.value_counts().sort_index()
    for part in _parts(tally):
        gave = groups[groups.index.isin(tally.answers.index[tally.answers.isin(part)])]
        inside = gave.value_counts().reindex(totals.index, fill_value=0)
        sides[part] = pd.concat([inside, totals - inside], axis=1)
    for batch in [[*sides]] * bool(sides) if tally.closed else [[part] for part in sides]:
        rng = people.rng("survey_groups", tally.question.id, *(c for part in batch for c in part))
        table = pd.concat([sides[part] for part in batch], axis=1)
        table = pooled(table, people.threshold, rng, cells=True)
        counts, n = table.iloc[:, ::2], table.iloc[:, :2].sum(axis=1)
        covered = not tally.closed or not tally.hidden.any() or (counts.sum(axis=1) >= n).all()
        if len(table) > 1 and covered:
            for number, part in enumerate(batch):
                out[part] = list(zip(table.index, counts.iloc[:, number], n, strict=True))
    return out


def large_groups(tally: Tally, people: People) -> pd.Series:
    """Return the category of each person whom a question counts, or OTHER if it is pooled."""
    groups = people.groups[people.groups.index.isin(tally.base)]
    return _grouped(groups, people.least, people.rng("survey_groups", tally.question.id))


def about(
    survey: Survey, invited: set[str], items: pd.DataFrame, people: People, threshold: int
) -> pd.DataFrame:
    """Return the table `survey_about` for a survey; `items` is its table `survey_items`."""
    form, returns, period = survey.questionnaire, survey.returns, ""
    who, participation = "People who answered “{}”; no random sample was drawn", TOO_FEW
    if not people.threshold:
        who = "Organisations that answered “{}” and agreed to be named with their answers"
    if len(items):
        participation = f"At least {items.n.max():,} took part"
        days = survey.answers_to("completed_on").reindex(returns.index).fillna(returns.received)
        months = sorted(days.str[:7])
        period = f"Most answers from {months[threshold - 1]} to {months[-threshold]}"
    stated = {
        "population": who.format(wording(form.title, "en")),
        "open or closed": OPEN_OR_CLOSED.get(mode(survey, invited), ""),
        "participation": participation,
        "dates": period,
        **CHERRIES,
    }
    rows = [[form.id, item, text, "data"] for item, text in stated.items() if text]
    return pd.DataFrame(rows, columns=["survey", "item", "stated", "by"])


def coding(survey: Survey, codes: pd.DataFrame, threshold: int) -> pd.DataFrame:
    """Return the table `coding`: the agreement of two coders on each open question.

    Questions are left out if both coded fewer than twice the threshold of answers; below ENOUGH
    answers, `alpha`, `low` and `high` are NaN.
    """
    rows, codes = [], codes[codes.return_id.isin(survey.returns.index)]
    for question, label in open_questions(survey.questionnaire):
        wide = _judgements(codes[codes.question == question.id])
        answers = wide.index.get_level_values(0).nunique()
        if answers >= MIN_STANDALONE * threshold:
            words, figures = ["no", "yes"], [None] * 3
            if answers >= ENOUGH:
                figures = agreement.ordinal_alpha(wide, words), *agreement.bootstrap(wide, words)
            figures = [None if pd.isna(v) else round(float(v), 2) for v in figures]
            rows.append([survey.questionnaire.id, label, answers, len(wide), *figures])
    frame = pd.DataFrame(rows, columns=["survey", "item", "answers", *FIGURES])
    return frame.astype(dict.fromkeys(FIGURES[1:], "float64"))


def _judgements(codes):
    """Return "yes" or "no" by coder for each theme and each answer that two coders both coded."""
    coders = sorted(set(codes.coder) - {"adjudicated"})[:2]
    codes = codes[codes.coder.isin(coders)]
    both = codes.groupby("return_id").coder.nunique() == 2
    units = pd.MultiIndex.from_product([sorted(both.index[both]), sorted(set(codes.theme))])
    gave = pd.crosstab([codes.return_id, codes.theme], codes.coder).reindex(units, fill_value=0)
    return gave.gt(0).replace({True: "yes", False: "no"}).reindex(columns=coders)


def closed_questions(questionnaire: Questionnaire) -> list[tuple[Question, str]]:
    """Return (question, English label) for each closed question whose counts may be published."""
    return [
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


def open_questions(questionnaire: Questionnaire) -> list[tuple[Question, str]]:
    """Return (question, English label) for each long open question outside repeated blocks."""
    return [
        (q, wording(q.label, "en"))
        for b, q in questionnaire.questions()
        if q.type == "note_text" and not b.repeat
    ]


def mode(survey: Survey, invited: set[str]) -> str:
    """Return how people were reached: "invited list", "open link" or "not recorded".

    If all responses have form ids in `invited`, it is the list; otherwise it is an open link,
    unless all come from plain tables and Excel forms.
    """
    forms = survey.returns.form_id
    if len(forms) and forms.isin(invited).all():
        return "invited list"
    return "not recorded" if {*survey.returns.source} <= {"plain", "excel"} else "open link"


def grouping(questionnaire: Questionnaire) -> str:
    """Return the id of the question on the respondent's category, or "" if the form has none."""
    pairs = questionnaire.questions()
    return next((q.id for b, q in pairs if q.choices == GROUPS and not b.repeat), "")


def _closed(survey, question, people, respondents, counted):
    """Return the Tally for a closed question, or None if too few people answered."""
    several, choices = question.type == "many", survey.questionnaire.choices_of(question)
    answers = survey.answers_to(question.id)
    answers = answers[answers.isin({c.code for c in choices}) & answers.index.isin(respondents)]
    base = frozenset(respondents if counted else answers.index)
    if answers.index.nunique() < max(people.least, 1):
        return None
    codes = [c.code for c in choices if not several or not c.exclusive]
    counts = answers.value_counts().reindex(codes, fill_value=0)
    key = ("survey", survey.questionnaire.id, question.id)
    if several:
        closed = not counted and len(choices) == len(codes)
        hidden = _each(counts, len(base), people, key)
        if closed:
            hidden |= _last(counts, hidden, len(base), people.rng(*key, "covered"))
        return Tally(question, answers, base, counts, hidden, closed)
    if counted:
        counts[NO_ANSWER] = len(base) - answers.index.nunique()
    ordered = question.type == "likert"
    hidden = one_way(counts, people.threshold, people.rng(*key), ordered)
    return Tally(question, answers, base, counts, hidden)


def _themes(survey, question, people, codes):
    """Return the Tally for an open question; a theme counts if all coders assigned it.

    The decisions of an adjudicator replace those of the coders. None means that too few answers
    are coded or, if the number of people is published, that too few are not.
    """
    mine = codes[(codes.question == question.id) & codes.return_id.isin(people.groups.index)]
    base = frozenset(mine.return_id)
    left = len(people.groups) - len(base) if people.counted else len(base)
    if min(len(base), left) < max(people.least, 1):
        return None
    decided = mine[mine.coder == "adjudicated"].drop_duplicates(["return_id", "theme"])
    both = mine[~mine.return_id.isin(decided.return_id)]
    agreed = both.drop_duplicates().groupby(["return_id", "theme"]).size().reset_index(name="times")
    coders = both.groupby("return_id").coder.nunique()
    agreed = agreed[agreed.times == agreed.return_id.map(coders)]
    themes = pd.concat([decided, agreed]).set_index("return_id").theme
    counts = themes.value_counts().reindex(sorted(mine.theme.unique()), fill_value=0)
    hidden = _each(counts, len(base), people, ("survey", survey.questionnaire.id, question.id))
    return Tally(question, themes, base, counts, hidden)


def _each(counts, n, people, key):
    """Return which choices or themes are suppressed, each tested separately."""
    hidden = pd.Series(False, counts.index)
    for code, count in counts.items():
        both, rng = pd.Series([count, n - count]), people.rng(*key, str(code))
        hidden[code] = one_way(both, people.threshold, rng).any()
    return hidden


def _last(counts, hidden, n, rng):
    """Return which further choice is suppressed if only one is and all people made a choice.

    Otherwise the people who made none of the other choices must have made the suppressed one.
    """
    shown = sorted(counts.index[~hidden])
    needed = hidden.sum() == 1 and shown and n > counts[shown].sum()
    return hidden.index == (rng.choice(shown) if needed else "")


def _parts(tally):
    """Return the parts of the answers whose size follows from the one-way table.

    If answers inside and outside a part were suppressed, its size would reveal more about them.
    """
    codes = [code for code in tally.counts.index if code != NO_ANSWER]
    shown = [code for code in codes if code in tally.shown]
    if tally.question.type == "many":
        return [(code,) for code in shown]
    if tally.question.type == "likert":
        upper, hidden = codes[-2:], set(tally.counts.index[tally.hidden])
        return [tuple(upper)] if hidden <= set(upper) or not hidden & set(upper) else []
    most = ["yes"] if "yes" in shown else sorted(shown, key=tally.shown.get, reverse=True)
    return [tuple(most[:1])] if most else []


def _base(survey, question, people, out):
    """Return (people asked, whether their number is published), or None if no counts show it."""
    when = _when(survey, question)
    if not when:
        return set(people.groups.index), people.counted
    _, before = out.get(when.question, ("", None))
    shown = [before and before.shown.get(code) for code in when.codes]
    if None in shown or before.question.type == "many" and len(shown) > 1:
        return None
    answers = survey.answers_to(when.question)
    respondents = set(people.groups.index) & set(answers.index[answers.isin(when.codes)])
    return (respondents, True) if len(respondents) == sum(shown) else None


def _when(survey, question):
    """Return the condition of a question, or None without one or if it is part of the screening."""
    screening = screens(survey.questionnaire)
    return None if question.when and question.when.question in screening else question.when


def _grouped(groups, least, rng):
    """Replace categories of fewer than `least` people, and if necessary others, with OTHER."""
    sizes = groups.value_counts().to_frame("people").sort_index()
    return groups.where(groups.isin(pooled(sizes, least, rng).index), OTHER)

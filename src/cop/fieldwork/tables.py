"""Count closed answers in total and by category of respondent, and open answers by coded theme.

A table by category compares one set of answers with all others: the two highest points of a scale,
each choice of a multiple-choice question, and for other questions "yes" or, if that is not
published, the most frequent answer. For what is published, see "Small counts" in docs/decisions.md.

If the number of people asked is published, "no answer" is one of the answers to a single-choice
question. Otherwise no table shows how many people did not answer.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from random import Random

import pandas as pd

from cop.data import agreement
from cop.fieldwork import outcomes
from cop.fieldwork.counted import FORM, Survey, screens
from cop.fieldwork.disclosure import MIN_STANDALONE, OTHER, one_way, pooled
from cop.fieldwork.questionnaires import Question, Questionnaire

GROUPS = "stakeholder_category"  # the list of choices of the question that groups respondents
KINDS = {"one": "one", "yes_no": "one", "likert": "scale", "many": "many"}
ABOUT_US = ("taking_part", "contact", "publication")  # blocks on consent and contact
COLUMNS = {
    "survey": ["survey", "population", "mode", "item", "answer", "order", "count"],
    "survey_items": ["survey", "item", "question", "kind", "section", "n"],
    "survey_groups": ["survey", "item", "group", "answer", "order", "count", "n"],
}
NO_ANSWER = "no answer"
FIGURES = ["alpha", "low", "high"]
ENOUGH = 30  # least number of coded answers for which agreement is published
# Statements for items of the checklist CHERRIES (Eysenbach 2004), and when they hold.
STATEMENTS = Path(__file__).with_name("survey_about.csv")


@dataclass(frozen=True)
class People:
    """The people counted in the tables of a survey, and the rules for these tables."""

    groups: pd.Series  # category by return_id (or "sent CONTACT"); OTHER if small or unknown
    counted: bool  # whether the table of outcomes publishes their number
    threshold: int  # 0 for facts about institutions that agreed to be named with their answers
    rng: Callable[..., Random]

    @property
    def least(self) -> int:
        """Return the least number of people who must answer a question for it to be published."""
        return MIN_STANDALONE * self.threshold


@dataclass(frozen=True)
class Tally:
    """The counts of the answers to a question, or of the themes of an open question."""

    question: Question
    answers: pd.Series  # the counted answers, by return_id
    base: frozenset[str]  # the people on whom shares are based
    counts: pd.Series  # by answer, before suppression
    hidden: pd.Series  # whether a count is suppressed
    closed: bool = False  # whether all people gave at least one of the counted answers

    @property
    def shown(self) -> dict[str, int]:
        """Return the published counts by answer, without the suppressed counts."""
        return self.counts[~self.hidden].to_dict()


def people(
    survey: Survey, sent: pd.DataFrame, forms: pd.DataFrame, threshold: int, rng: Callable
) -> People:
    """Return the people counted in the tables of a survey, grouped by category.

    `sent` are the final outcomes of the mapping forms, `forms` is their published table, and
    `rng(*names)` returns the random number generator for a table. All responses to a survey count.
    For the mapping form, only the organisations that agreed to be named with their answers count,
    and nothing is suppressed, if they number at least twice the threshold and the others fewer.
    Otherwise, if `forms` publishes how many organisations answered, exactly these organisations
    count, grouped by the categories in `forms`.
    """
    form, returns = survey.questionnaire, survey.returns
    rng, least = partial(rng, form.id), MIN_STANDALONE * threshold
    groups = survey.answers_to(grouping(form)).reindex(returns.index).fillna(OTHER)
    if form.id == FORM:
        named = survey.agreed("publish_organisation") & survey.agreed("publish_answers")
        if len(named) >= least > len(groups) - len(named):
            return People(groups[groups.index.isin(named)], False, 0, rng)
        shown = forms[(forms.outcome == outcomes.ANSWERED) & forms["count"].notna()]
        if len(shown):
            back = sent[sent.outcome.isin(outcomes.BLOCKS[outcomes.ANSWERED])]
            ids = dict(zip(returns.form_id, returns.index, strict=True)) | {"": None}
            senders = back.form_id.map(ids).fillna("sent " + back.contact_id)
            groups = back.category.where(back.category.isin(shown.category), OTHER)
            return People(groups.set_axis(senders), True, threshold, rng)
    return People(_grouped(groups, least, rng("categories")), False, threshold, rng)


def survey_tables(
    survey: Survey, people: People, codes: pd.DataFrame, threshold: int
) -> dict[str, pd.DataFrame]:
    """Return the tables of a survey as {name: DataFrame}; suppressed counts are NA.

    The names are those in COLUMNS, `survey_about` and `coding`. `codes` are the themes that coders
    assigned to open answers. If no question can be published, only `survey_about` has rows.
    """
    form, rows = survey.questionnaire, {name: [] for name in COLUMNS}
    start = [form.id, form.title["en"], mode(survey)]
    for tally in count_questions(survey, people, codes):
        question, kind = tally.question, KINDS.get(tally.question.type, "theme")
        label, counts = question.label["en"], tally.counts.mask(tally.hidden)
        item = [form.id, label, question.id, kind, question.section, len(tally.base)]
        rows["survey_items"].append(item)
        names = {c.code: c.label["en"] for c in form.choices_of(question)}
        names[NO_ANSWER] = "No answer"
        for order, (code, count) in enumerate(counts.items(), 1):
            rows["survey"].append([*start, label, names.get(code, code), order, count])
        is_compared = kind != "theme" and not _is_conditional(survey, question)
        for part, lines in by_category(tally, people).items() if is_compared else ():
            answer = [" or ".join(map(names.get, part)), counts.index.get_loc(part[0]) + 1]
            rows["survey_groups"] += [[form.id, label, g, *answer, *line] for g, *line in lines]
    out = {
        name: pd.DataFrame(rows[name], columns=columns).astype({columns[-1]: "Int64"})
        for name, columns in COLUMNS.items()
    }
    items = out["survey_items"]
    out["survey_about"] = about(survey, items, people, threshold)
    # Only for published questions: how many answers were coded is as sensitive as the themes.
    out["coding"] = coding(survey, codes[codes.question.isin(items.question)], threshold)
    return out


def count_questions(survey: Survey, people: People, codes: pd.DataFrame) -> list[Tally]:
    """Return the tallies of the published closed questions, then of open questions by theme.

    The question on the respondent's category is left out. The list is empty if there are too few
    people, or no closed question is published.
    """
    out, form = {}, survey.questionnaire
    if len(people.groups) < people.least:
        return []
    for question in closed_questions(form):
        if question.choices != GROUPS and (tally := _closed(survey, question, people, out)):
            out[question.id] = tally
    for question in open_questions(form) if out else ():
        if tally := _themes(survey, question, people, codes):
            out[question.id] = tally
    return list(out.values())


def by_category(tally: Tally, people: People) -> dict[tuple[str, ...], list]:
    """Return {answers: [(category, number of people with these answers, number of people)]}.

    The keys are tuples of codes (see `_parts`). A set of answers is left out if fewer than two
    categories remain, or if it could reveal a suppressed choice. If several choices are allowed,
    categories are pooled for each choice separately or, if all people made at least one choice, for
    all choices together, since the last choice could otherwise be derived from the others.
    """
    groups, parts, out = large_groups(tally, people), _parts(tally), {}
    everybody = groups.value_counts().sort_index()
    for batch in [parts] if tally.closed and parts else [[part] for part in parts]:
        sides = []
        for part in batch:
            gave = groups.index.isin(tally.answers.index[tally.answers.isin(part)])
            with_answer = groups[gave].value_counts().reindex(everybody.index, fill_value=0)
            sides += [with_answer, everybody - with_answer]
        rng = people.rng("survey_groups", tally.question.id, *chain(*batch))
        table = pooled(pd.concat(sides, axis=1), people.threshold, rng, cells=True)
        counts, n = table.iloc[:, ::2], table.iloc[:, :2].sum(axis=1)
        covered = not tally.closed or not tally.hidden.any() or (counts.sum(axis=1) >= n).all()
        if len(table) > 1 and covered:
            for number, part in enumerate(batch):
                out[part] = list(zip(table.index, counts.iloc[:, number], n, strict=True))
    return out


def large_groups(tally: Tally, people: People) -> pd.Series:
    """Return the category of each person in a question's base; small categories become OTHER."""
    groups = people.groups[people.groups.index.isin(tally.base)]
    return _grouped(groups, people.least, people.rng("survey_groups", tally.question.id))


def about(survey: Survey, items: pd.DataFrame, people: People, threshold: int) -> pd.DataFrame:
    """Return the table `survey_about` with the statements on methods that apply to a survey."""
    form, returns = survey.questionnaire, survey.returns
    holds = ["always", mode(survey), "people" if people.threshold else "organisations"]
    values = {"title": form.title["en"], "n": items.n.max()}
    if len(items):
        days = survey.answers_to("completed_on").reindex(returns.index).fillna(returns.received)
        months = sorted(days.str[:7])
        values |= {"first": months[threshold - 1], "last": months[-threshold]}
    holds.append("enough" if len(items) else "few")
    rows = pd.read_csv(STATEMENTS).query("when in @holds").drop(columns="when")
    stated = [text.format(**values) for text in rows.stated]
    return rows.assign(survey=form.id, stated=stated, by="data")


def coding(survey: Survey, codes: pd.DataFrame, threshold: int) -> pd.DataFrame:
    """Return the table `coding`: the agreement of two coders on the themes of open answers.

    The columns are survey, item, answers, judgements (answers times themes) and FIGURES, which are
    NaN for fewer than ENOUGH answers with two coders. A question is left out if fewer answers than
    twice the threshold have two coders.
    """
    rows, codes = [], codes[codes.return_id.isin(survey.returns.index)]
    for question in open_questions(survey.questionnaire):
        mine = codes[codes.question == question.id]
        mine = mine[mine.coder.isin(sorted(set(mine.coder) - {"adjudicated"})[:2])]
        both = mine.groupby("return_id").coder.nunique() == 2
        units = pd.MultiIndex.from_product([both.index[both], sorted(set(mine.theme))])
        if both.sum() >= MIN_STANDALONE * threshold:
            times = pd.crosstab([mine.return_id, mine.theme], mine.coder)
            is_given = times.reindex(units, fill_value=0).gt(0).astype(str)
            figures, words = [math.nan] * 3, ["False", "True"]
            if both.sum() >= ENOUGH:
                alpha = agreement.ordinal_alpha(is_given, words)
                figures = [alpha, *agreement.bootstrap(is_given, words)]
            item = [survey.questionnaire.id, question.label["en"], both.sum(), len(units)]
            rows.append([*item, *figures])
    columns = ["survey", "item", "answers", "judgements", *FIGURES]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(FIGURES, float)).round(2)


def closed_questions(questionnaire: Questionnaire) -> list[Question]:
    """Return the closed questions in the order of the form.

    A question is left out if it is in a repeated block or a block on consent or contact, asks for
    permission to publish, is used for screening, or has answers that are published in the table
    `stakeholders`. The question on the respondent's category is included.
    """
    return [
        question
        for block, question in questionnaire.questions()
        if question.type in KINDS
        and not block.repeat
        and block.id not in ABOUT_US
        and not question.id.startswith("publish_")
        and question.id not in screens(questionnaire)
        and not question.restricted
        and not question.publishes.startswith("stakeholders.")
    ]


def open_questions(questionnaire: Questionnaire) -> list[Question]:
    """Return the long text questions outside repeated blocks."""
    return [q for b, q in questionnaire.questions() if q.type == "note_text" and not b.repeat]


def mode(survey: Survey) -> str:
    """Return how people were reached: "invited list", "open link" or "not recorded".

    It is "invited list" if all responses come from forms sent to contacts; otherwise "not recorded"
    if all come from plain tables and Excel forms, or if there are none; otherwise "open link".
    """
    returns = survey.returns
    if len(returns) and returns.invited.all():
        return "invited list"
    return "not recorded" if {*returns.source} <= {"plain", "excel"} else "open link"


def grouping(questionnaire: Questionnaire) -> str:
    """Return the id of the question on the respondent's category, or "" if there is none."""
    pairs = questionnaire.questions()
    return next((q.id for b, q in pairs if q.choices == GROUPS and not b.repeat), "")


def _closed(survey, question, people, before):
    respondents, counted = _base(survey, question, people, before)
    several, choices = question.type == "many", survey.questionnaire.choices_of(question)
    answers = survey.answers_to(question.id)
    answers = answers[answers.isin({c.code for c in choices}) & answers.index.isin(respondents)]
    if answers.index.nunique() < max(people.least, 1):
        return None
    base = frozenset(respondents if counted else answers.index)
    codes = [c.code for c in choices if not several or not c.exclusive]
    counts = answers.value_counts().reindex(codes, fill_value=0)
    if counted and not several:
        counts[NO_ANSWER] = len(base) - answers.index.nunique()
    closed = several and not counted and len(choices) == len(codes)
    return _tally(survey, question, people, answers, base, counts, closed)


def _themes(survey, question, people, codes):
    """Return the Tally for an open question; a theme counts if all coders of an answer assigned it.

    The decisions of an adjudicator replace those of the coders. Returns None if too few people have
    coded answers or, if the number of people is published, too few have none.
    """
    mine = codes[(codes.question == question.id) & codes.return_id.isin(people.groups.index)]
    base, themes = frozenset(mine.return_id), sorted(mine.theme.unique())
    left = len(people.groups) - len(base) if people.counted else len(base)
    if min(len(base), left) < max(people.least, 1):
        return None
    final = mine.coder == "adjudicated"
    mine = mine[final | ~mine.return_id.isin(mine.return_id[final])]
    coders = mine.groupby("return_id").coder.transform("nunique")
    agreed = mine[mine.groupby(["return_id", "theme"]).coder.transform("nunique") == coders]
    answers = agreed.drop_duplicates(["return_id", "theme"]).set_index("return_id").theme
    counts = answers.value_counts().reindex(themes, fill_value=0)
    return _tally(survey, question, people, answers, base, counts, False)


def _tally(survey, question, people, answers, base, counts, closed):
    rng = partial(people.rng, "survey", survey.questionnaire.id, question.id)
    if question.type in ("many", "note_text"):
        hidden = pd.Series(False, counts.index)
        for code, count in counts.items():
            both = pd.Series([count, len(base) - count])
            hidden[code] = one_way(both, people.threshold, rng(str(code))).any()
        if closed:
            hidden |= _last(counts, hidden, len(base), rng("covered"))
    else:
        hidden = one_way(counts, people.threshold, rng(), question.type == "likert")
    return Tally(question, answers, base, counts, hidden, closed)


def _last(counts, hidden, n, rng):
    """Return a mask of a further choice to suppress if the only suppressed count is derivable."""
    # If everyone answered, the suppressed count is the number of people without a published choice.
    shown = sorted(counts.index[~hidden])
    needed = hidden.sum() == 1 and shown and n > counts[shown].sum()
    return hidden.index == (rng.choice(shown) if needed else "")


def _parts(tally):
    """Return the sets of answers that `by_category` compares, as tuples of codes.

    The sum of each set can be computed from the published counts of the question.
    """
    codes = [code for code in tally.counts.index if code != NO_ANSWER]
    shown = [code for code in tally.shown if code != NO_ANSWER]
    if tally.question.type == "many":
        return [(code,) for code in shown]
    if tally.question.type == "likert":
        is_upper = tally.counts.index.isin(codes[-2:])
        mixed = tally.hidden[is_upper].any() and tally.hidden[~is_upper].any()
        return [] if mixed else [tuple(codes[-2:])]
    if "yes" in shown:
        return [("yes",)]
    return [(max(shown, key=tally.shown.get),)] if shown else []


def _base(survey, question, people, before):
    """Return the set of people who were asked a question, and whether its size is published.

    The set is empty if its size does not follow from the published counts of the question on which
    the condition depends. `before` is {id of an earlier question: Tally}.
    """
    when, everybody = question.when, set(people.groups.index)
    if not _is_conditional(survey, question):
        return everybody, people.counted
    answers = survey.answers_to(when.question)
    respondents = everybody & set(answers.index[answers.isin(when.codes)])
    earlier = before.get(when.question)
    several = earlier and earlier.question.type == "many" and len(when.codes) > 1
    shown = {} if several or not earlier else earlier.shown
    published = sum(shown.get(code, math.nan) for code in when.codes)
    return respondents if len(respondents) == published else set(), True


def _is_conditional(survey, question):
    """Return whether only some people were asked; screening conditions apply to all people."""
    return bool(question.when) and question.when.question not in screens(survey.questionnaire)


def _grouped(groups, least, rng):
    sizes = groups.value_counts().to_frame("people").sort_index()
    return groups.where(groups.isin(pooled(sizes, least, rng).index), OTHER)

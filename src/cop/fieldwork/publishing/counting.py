"""Answers become numbers that may be published: for each question a one-way table and a table by
category, suppressed, in the shape in which they were published before.

Numbers are bound to each other only by totals that are published, so that each table is safe by
itself (decision 009). Where the number of people asked is published elsewhere, as of the forms
sent and of a question after a filter, “no answer” is one of the answers. Elsewhere it is not
published how many were asked, and no table says how many did not answer. A table that shares
totals with another is published anew only with it.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random

import pandas as pd

from cop.fieldwork.publishing import ledger, outcomes, suppression
from cop.fieldwork.publishing.countable import FORM, Survey, screens
from cop.fieldwork.publishing.ledger import ALL, TOTAL, Lines, Unit
from cop.fieldwork.publishing.suppression import ALONE, OTHER_ANSWERS, OTHER_GROUPS
from cop.fieldwork.publishing.tabulation import (
    GROUPS,
    NO_ANSWER,
    closed_questions,
    grouping,
    open_questions,
)
from cop.fieldwork.questionnaires import Question

WAYS, GROUPED = "survey", "survey_groups"
DRAWS = 12  # masks that are drawn before a cross-table is given up


@dataclass(frozen=True)
class People:
    """Who stands behind the tables of a survey, and what its tables are made with."""

    groups: pd.Series  # category of each, by return_id; OTHER_GROUPS where it is not stated
    apart: frozenset[str] | None  # categories that are told apart; None: chosen here, by chance
    counted: bool  # how many they are, of each category apart, is published in the outcomes
    threshold: int
    chance: Callable[..., Random]


def people(
    survey: Survey, sent: pd.DataFrame, forms: Lines, threshold: int, chance: Callable[..., Random]
) -> People | None:
    """Count who stands behind the tables of a publication; None where their number is of another
    day.

    `sent` and `forms` are the outcomes of the mapping form and what is published of them. Where it
    is published how many answered it, its tables are of just these, each in the category in which
    it was sent the form.
    """
    name, apart = survey.questionnaire.id, outcomes.apart(forms)
    if name != FORM or apart is None:
        asking = grouping(survey.questionnaire)
        given = survey.of(asking) if asking else pd.Series(dtype=object)
        groups = given.reindex(survey.returns.index).fillna(OTHER_GROUPS)
        return People(
            groups, None if asking else frozenset(), False, threshold, partial(chance, name)
        )
    back = outcomes.answered(sent).set_index("form_id")
    if len(back) != forms[ALL][outcomes.ANSWERED]:
        return None
    ids = survey.returns.reset_index().drop_duplicates("form_id", keep="last")
    ids = ids.set_index("form_id").return_id.reindex(back.index)
    index = ids.where(ids.notna(), "sent " + back.contact_id)
    return People(back.category.set_axis(index), apart, True, threshold, partial(chance, name))


def units(survey: Survey, people: People, standing: dict[Unit, Lines]) -> dict[Unit, Lines]:
    """Give the numbers that are published of a survey's closed questions, one-way and by category.

    None at all of a survey that fewer than twice the threshold answered, but what stands.
    """
    mine = {unit: lines for unit, lines in standing.items() if unit[1] == survey.questionnaire.id}
    if len(people.groups) < ALONE * people.threshold:
        return mine
    out, apart = dict(mine), _apart(people, mine)
    for question, _ in closed_questions(survey.questionnaire):
        unit = (WAYS, survey.questionnaire.id, question.id)
        base = _base(survey, question, people, out)
        if base is None or question.choices == GROUPS:
            continue
        table = _Question(survey, question, *base, people)
        made = table.one_way(mine.get(unit))
        settled = ledger.settled(mine.get(unit), made, people.threshold, table.several)
        if settled is None:
            continue
        out[unit] = settled
        if apart and settled == made and not _when(survey, question):
            crossed = (GROUPED, *unit[1:])
            before = mine.get(crossed)
            new = table.by_group(settled[ALL], apart, before)
            lines = ledger.settled(before, new, people.threshold, table.several)
            out |= {crossed: lines} if lines else {}
    return out


def themes(
    survey: Survey, people: People, codes: pd.DataFrame, standing: dict[Unit, Lines]
) -> dict[Unit, Lines]:
    """Count open answers by theme, as agreed or decided: give the numbers that may be published."""
    out = {}
    for question, _ in open_questions(survey.questionnaire):
        mine = codes[(codes.question == question.id) & codes.return_id.isin(people.groups.index)]
        unit, n = (WAYS, survey.questionnaire.id, question.id), mine.return_id.nunique()
        left = len(people.groups) - n if people.counted else n
        made = None
        if min(n, left) >= ALONE * people.threshold:
            counts = _settled(mine).theme.value_counts().reindex(sorted(mine.theme.unique()))
            made = _each(counts.fillna(0).astype(int), n, standing.get(unit), people, unit)
        lines = ledger.settled(standing.get(unit), made, people.threshold, several=True)
        out |= {unit: lines} if lines else {}
    return out


@dataclass(frozen=True)
class _Question:
    """A closed question with those who were asked; `counted`: how many they are is known."""

    survey: Survey
    question: Question
    base: set[str]
    counted: bool
    people: People

    @property
    def several(self):
        """Whether one may choose several answers."""
        return self.question.type == "many"

    @property
    def unit(self):
        """The key of its one-way table."""
        return WAYS, self.survey.questionnaire.id, self.question.id

    @property
    def codes(self):
        """The answers that are counted, without 'none of these' among several."""
        listed = self.survey.questionnaire.choices_of(self.question)
        return [c.code for c in listed if not self.several or not c.alone]

    @property
    def given(self):
        """The answers, by return; of those who were asked."""
        answers = self.survey.of(self.question.id)
        known = {c.code for c in self.survey.questionnaire.choices_of(self.question)}
        return answers[answers.isin(known) & answers.index.isin(self.base)]

    def one_way(self, before: Lines | None) -> Lines | None:
        """Give the one-way table, None where too few answered, or it cannot be made as before."""
        given, people = self.given, self.people
        answered = given.index.nunique()
        n = len(self.base) if self.counted else answered
        if answered < ALONE * people.threshold:
            return None
        counts = given.value_counts().reindex(self.codes, fill_value=0)
        if self.several:
            lines = _each(counts, n, before, people, self.unit)
            return self._covered(lines) if before is None else lines
        if self.counted:
            counts[NO_ANSWER] = n - answered
        if before:
            hidden = pd.Series([before[ALL].get(c, 0) is None for c in counts.index], counts.index)
            safe = suppression.protects(hidden, counts, people.threshold)
            return _line(counts, n, hidden) if safe else None
        ordered = self.question.type == "likert"
        chance = people.chance(*self.unit)
        return _line(counts, n, suppression.one_way(counts, people.threshold, chance, ordered))

    @property
    def _open(self):
        """Whether somebody may be counted who gave none of the answers told."""
        listed = self.survey.questionnaire.choices_of(self.question)
        return self.counted or not self.several or len(listed) > len(self.codes)

    def _covered(self, lines):
        """Give a table of several answers in which not all but one are shown, where everybody gave
        at least one: those who gave no other must have given that one.
        """
        shown = {code: n for code, n in lines[ALL].items() if n is not None and code != TOTAL}
        bound = lines[ALL][TOTAL] - sum(shown.values())
        if self._open or not shown or len(shown) != len(self.codes) - 1 or bound <= 0:
            return lines
        drawn = self.people.chance(*self.unit, "covered").choice(sorted(shown))
        return {ALL: {**lines[ALL], drawn: None}}

    def by_group(self, whole: dict, apart: frozenset[str], before: Lines | None) -> Lines | None:
        """Give the table by category of the answers that `whole` shows, None without one."""
        people, unit = self.people, (GROUPED, *self.unit[1:])
        apart = frozenset(before) - {ALL, OTHER_GROUPS} if before else apart
        groups = people.groups.where(lambda s: s.isin(apart), OTHER_GROUPS)
        given = self.given
        asked = groups[groups.index.isin(self.base if self.counted else given.index)]
        sizes = asked.value_counts(sort=False).to_frame("people")
        if before is None:
            rows = suppression.pooled(sizes, people.threshold, people.chance(*unit))
            asked = asked.where(lambda s: s.isin(rows.index), OTHER_GROUPS)
        shown = [code for code, n in whole.items() if n is not None and code != TOTAL]
        if asked.nunique() < 2 or not shown or before and set(asked) != set(before) - {ALL}:
            return None
        # A cross-table of pandas takes twenty times as long for so few cells.
        of, names = asked.to_dict(), sorted(asked.unique())
        times = Counter((of.get(i), answer) for i, answer in given.items())
        cells = [[times[name, code] for code in self.codes] for name in names]
        table = pd.DataFrame(cells, names, self.codes)
        totals = asked.value_counts().reindex(table.index)
        if NO_ANSWER in whole:
            table[NO_ANSWER] = totals - table.sum(axis=1)
        cells = _several if self.several else _single
        for drawn in range(1 if before else DRAWS):
            lines = cells(table[shown], totals, before, people, (*unit, str(drawn)))
            if lines is None or self._open or len(shown) < len(self.codes) or _covers(lines, shown):
                break
        else:
            lines = None
        return lines and {ALL: {TOTAL: int(totals.sum()), **_sums(table, lines)}, **lines}


def _single(table, totals, before, people, unit):
    """Give the lines of a cross-table in which everybody gave one answer."""
    rest = totals - table.sum(axis=1)
    whole = table.assign(**{OTHER_ANSWERS: rest}) if rest.any() else table
    if before:
        hidden = pd.DataFrame(
            {c: [before[g].get(c, 0) is None for g in table.index] for c in table}, table.index
        )
        # What is left of a line follows from it, unless a count in it is hidden.
        mask = hidden.assign(**{OTHER_ANSWERS: hidden.any(axis=1)}).reindex(columns=whole.columns)
        if not suppression.protects(mask, whole, people.threshold):
            return None
    else:
        hidden = suppression.cross_table(whole, people.threshold, people.chance(*unit))
    return None if hidden is None else _lines(table, totals, hidden)


def _several(table, totals, before, people, unit):
    """Give the lines of a cross-table in which each answer is counted by itself."""
    hidden = pd.DataFrame(index=table.index)
    for code in table:
        both = pd.DataFrame({"chose": table[code], "not": totals - table[code]})
        if before and all(code in line for line in before.values()):
            mask = pd.Series([before[g][code] is None for g in table.index], table.index)
            safe = suppression.protects(pd.concat([mask, mask], axis=1), both, people.threshold)
        else:
            drawn = (
                None
                if before
                else suppression.cross_table(both, people.threshold, people.chance(*unit, code))
            )
            mask, safe = (None, False) if drawn is None else (drawn["chose"], True)
        if safe:
            hidden[code] = mask
    return _lines(table[list(hidden)], totals, hidden) if len(hidden.columns) else None


def _covers(lines, answers):
    """Say whether where a cell is hidden everybody may have given an answer that is shown, so that
    nothing follows from everybody's having given one.
    """
    shown = [{a: n for a, n in line.items() if n and a != TOTAL} for line in lines.values()]
    pairs = zip(lines.values(), shown, strict=True)
    return all(len(s) == len(answers) or sum(s.values()) >= line[TOTAL] for line, s in pairs)


def _lines(table, totals, hidden):
    masks = hidden.to_dict("index")
    return {
        group: {TOTAL: int(totals[group])}
        | {a: None if masks[group][a] else int(n) for a, n in counts.items()}
        for group, counts in table.to_dict("index").items()
    }


def _sums(table, lines):
    """Give the total of each answer that the lines tell by category."""
    told = next(iter(lines.values()))
    return {answer: int(table[answer].sum()) for answer in told if answer != TOTAL}


def _line(counts, n, hidden):
    shown = {code: None if hidden[code] else int(count) for code, count in counts.items()}
    return {ALL: {TOTAL: int(n), **shown}}


def _each(counts, n, before, people, unit):
    """Give the line of answers that are each counted by themselves: given, or not."""
    hidden = pd.Series(False, counts.index)
    for code, count in counts.items():
        both = pd.Series([count, n - count])
        if before:
            hidden[code] = before[ALL].get(code, 0) is None
            if not hidden[code] and both.min() < people.threshold:
                return None
        else:
            chance = people.chance(*unit, str(code))
            hidden[code] = suppression.one_way(both, people.threshold, chance).any()
    return _line(counts, n, hidden)


def _base(survey, question, people, settled):
    """Give (who was asked, whether how many is known) of a question; None where the answer that
    led to it is hidden, or stands with a number of another day.
    """
    whole, when = set(people.groups.index), _when(survey, question)
    if not when:
        return whole, people.counted
    before = survey.questionnaire.question(when.question)
    line = settled.get((WAYS, survey.questionnaire.id, before.id), {}).get(ALL, {})
    shown = [line.get(code) for code in when.codes]
    if None in shown or before.type == "many" and len(shown) > 1:
        return None
    given = survey.of(when.question)
    asked = whole & set(given.index[given.isin(when.codes)])
    return (asked, True) if len(asked) == sum(shown) else None


def _when(survey, question):
    """Give the condition of a question; everybody here has passed the screening."""
    screening = screens(survey.questionnaire)
    return None if question.when and question.when.question in screening else question.when


def _apart(people, mine):
    """Give the categories that are told apart: those of the tables that stand, else the large."""
    if people.apart is not None:
        return people.apart
    before = [lines for (table, *_), lines in mine.items() if table == GROUPED]
    if before:
        return frozenset(g for lines in before for g in lines) - {ALL, OTHER_GROUPS}
    sizes = people.groups.value_counts().to_frame("people").sort_index()
    rows = suppression.pooled(sizes, ALONE * people.threshold, people.chance("categories"))
    return frozenset(rows.index) - {OTHER_GROUPS}


def _settled(codes):
    """Give the themes of each answer: the adjudicator's, or those that all its coders gave."""
    decided = codes[codes.coder == "adjudicated"].drop_duplicates(["return_id", "theme"])
    both = codes[~codes.return_id.isin(decided.return_id)]
    coders = both.groupby("return_id").coder.nunique()
    agreed = both.drop_duplicates().groupby(["return_id", "theme"]).size().reset_index(name="times")
    agreed = agreed[agreed.times == agreed.return_id.map(coders)]
    return pd.concat([decided[["return_id", "theme"]], agreed[["return_id", "theme"]]])

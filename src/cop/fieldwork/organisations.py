"""Organisations that agreed to be named: what they state about themselves, and their partners."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

import cop.data
from cop.fieldwork.eligible import FORM, Survey
from cop.fieldwork.pii import plain
from cop.fieldwork.questionnaires import wording

NAME = "organisation"  # the question that asks for it
ROLES = {  # of the form, in the words of the register
    "policy": "policy", "regulation": "regulation", "police": "law enforcement",
    "justice": "law enforcement", "social_care": "victim support", "education": "education",
    "hotline": "hotline", "helpline": "helpline", "awareness": "awareness", "research": "research",
    "industry": "technical", "donor": "funding",
}  # fmt: skip
COLUMNS = ["name", "stakeholder_id", "category", "roles", "latest"]


def named(surveys: Sequence[Survey], decided: pd.DataFrame, data: Path, iso3: str) -> pd.DataFrame:
    """Return the table `returned`: the organisations that agreed to be named; keys stay.

    One that the register does not hold under its name is named once a person has read the name:
    `decided` are the decisions of the review.
    """
    register, rows = _register(data, iso3), []
    for form, return_id, name, category in _agreed(surveys):
        key = (return_id, NAME, "0")
        if plain(name) not in register:
            word, text = decided.loc[key] if key in decided.index else ("", "")
            name = text if word == "edited" or word == "publish" and text == name else ""
        if name:
            stakeholder = register.get(plain(name), "")
            rows.append([name, stakeholder, category, *_roles_and_latest(form, return_id)])
    frame = pd.DataFrame(rows, columns=COLUMNS).sort_values("name").drop_duplicates("name")
    path = cop.data.locate(data, cop.data.paths("returned", data, iso3)[0])
    earlier = cop.data.read("returned", data, iso3) if path.exists() else frame[:0]
    keys = dict(zip(earlier.name, earlier.get("returned_id", earlier.name), strict=True))
    last = max((int(key[5:]) for key in keys.values()), default=0)
    for number, name in enumerate([name for name in frame.name if name not in keys], last + 1):
        keys[name] = f"{iso3}-M{number:02d}"
    frame.insert(0, "returned_id", frame.name.map(keys).astype(object))
    return frame.sort_values("returned_id")


def to_read(surveys: Sequence[Survey], data: Path, iso3: str) -> list[tuple[str, str, str]]:
    """Return (return_id, category, name) of organisations that agreed to be named and that the
    register does not hold under this name: anybody may write anything into a form.
    """
    register, rows = _register(data, iso3), _agreed(surveys)
    return [(i, who, name) for _, i, name, who in rows if name and plain(name) not in register]


def links(surveys: Sequence[Survey], named: pd.DataFrame, data: Path, iso3: str) -> pd.DataFrame:
    """Return the table `returned_links`: partners in the register, or that agreed to be named."""
    ids = dict(zip(map(plain, named.name), named.returned_id, strict=True))
    ids, rows = ids | _register(data, iso3), []
    for form, return_id, name, _ in _agreed(surveys, "publish_answers"):
        labels = {c.code: wording(c.label, "en") for c in form.questionnaire.choices["partnership"]}
        for entry in _entries(form, return_id, "partners"):
            kinds = entry.answer[entry.question == "partner_kinds"]
            partner = "".join(entry.answer[entry.question == "partner"][:1])
            pair = ids.get(plain(name)), ids.get(plain(partner))
            if all(pair) and pair[0] != pair[1]:
                rows.append([*pair, ", ".join(labels.get(code, code) for code in kinds)])
    columns = ["organisation", "partner", "link"]
    return pd.DataFrame(rows, columns=columns).drop_duplicates(columns[:2]).sort_values(columns[:2])


def _agreed(surveys, *also):
    """Yield (mapping form, return_id, name, category) of those that agreed to be named."""
    for form in surveys:
        if form.questionnaire.id == FORM:
            names, categories = (form.answers_to(q).to_dict() for q in (NAME, "category"))
            agreed = [form.agreed(question) for question in ("publish_organisation", *also)]
            for i in sorted(set.intersection(*agreed)):
                yield form, i, names.get(i, ""), categories.get(i, "")


def _roles_and_latest(form, return_id):
    """Return roles and the last day of any activity, "" without consent to publish answers.

    An activity that continues lasts until the day of the form.
    """
    if return_id not in form.agreed("publish_answers"):
        return ["", ""]
    roles, days = form.answers_to("roles"), []
    today = form.returns.received[return_id][:10]
    for entry in _entries(form, return_id, "activities"):
        dates = entry.set_index("question").answer
        begun, ended = dates.get("activity_from", ""), dates.get("activity_to", "")
        if (begun or ended) and (begun or ended) <= today:
            days.append(min(ended or today, today))
    codes = roles[roles.index == return_id]
    names = dict.fromkeys(ROLES[code] for code in codes if code in ROLES)
    return ["; ".join(names), max(days, default="")]


def _entries(form, return_id, block):
    rows = form.answers[(form.answers.return_id == return_id) & (form.answers.block == block)]
    return [entry for _, entry in rows.groupby("entry", sort=True)]


def _register(data, iso3):
    """Return {plain name: stakeholder_id} of the verified organisations of the register."""
    frame = cop.data.read("stakeholders", data, iso3).query("verified == 'yes'")
    names = frame[["stakeholder_id", "name", "name_local"]].to_numpy()
    return {plain(name): i for i, *both in names for name in both if name}

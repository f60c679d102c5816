"""Organisations that agreed to be named: what they say of themselves, whom they work with."""

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

import cop.data
from cop.fieldwork.publishing.countable import FORM, Survey
from cop.fieldwork.questionnaires import wording

NAME = "organisation"  # the question that asks for it
ROLES = {  # of the form, in the words of the register
    "policy": "policy", "regulation": "regulation", "police": "law enforcement",
    "justice": "law enforcement", "social_care": "victim support", "education": "education",
    "hotline": "hotline", "helpline": "helpline", "awareness": "awareness", "research": "research",
    "industry": "technical", "donor": "funding",
}  # fmt: skip


def named(surveys: Sequence[Survey], decided: pd.DataFrame, data: Path, iso3: str) -> pd.DataFrame:
    """Give the organisations that agreed to be named in what is published; a key given stays.

    One that the register does not hold under this name is named when a person has read the name:
    `decided` are the decisions of the review.
    """
    form, known = _form(surveys), _register(data, iso3)
    agreed = sorted(form.agreed("publish_organisation")) if form else []
    rows = [_organisation(form, return_id, known, decided) for return_id in agreed]
    frame = pd.DataFrame(rows, columns=["name", "category", "roles", "latest"])
    frame = frame[frame.name != ""].sort_values("name").drop_duplicates("name")
    ids = [known.get(_plain(name), "") for name in frame.name]
    frame = frame.assign(returned_id=_keys(frame.name, data, iso3), stakeholder_id=ids)
    columns = ["returned_id", "name", "stakeholder_id", "category", "roles", "latest"]
    return frame[columns].sort_values("returned_id")


def to_read(surveys: Sequence[Survey], data: Path, iso3: str) -> list[tuple[str, str, str]]:
    """Give (return, category, name) of organisations that agreed to be named and that the register
    does not hold under this name: anybody may write anything into a form.
    """
    form, known = _form(surveys), _register(data, iso3)
    agreed = sorted(form.agreed("publish_organisation")) if form else []
    rows = [(i, *(form.of(q).get(i, "") for q in ("category", NAME))) for i in agreed]
    return [row for row in rows if row[2] and _plain(row[2]) not in known]


def _form(surveys):
    """Give the Survey of the mapping form, None where nothing came back for it."""
    return next((survey for survey in surveys if survey.questionnaire.id == FORM), None)


def _organisation(form, return_id, known, decided):
    """Give name, category, roles and latest activity; the last two only with consent to both."""
    name, category = (form.of(q).get(return_id, "") for q in (NAME, "category"))
    if _plain(name) not in known:
        key = (return_id, NAME, "0")
        word, text = decided.loc[key] if key in decided.index else ("", "")
        name = text if word == "edited" or word == "publish" and text == name else ""
    if return_id not in form.agreed("publish_answers"):
        return [name, category, "", ""]
    codes = form.of("roles").loc[lambda s: s.index == return_id]
    roles = "; ".join(dict.fromkeys(ROLES[code] for code in codes if code in ROLES))
    return [name, category, roles, _latest(form, return_id)]


def _latest(form, return_id):
    """Give the last day of any activity, the day of the form where one continues; "" if undated."""
    rows = _entries(form, return_id, "activities")
    today = form.returns.received[return_id][:10]
    days = []
    for _, entry in rows.groupby("entry"):
        dates = entry.set_index("question").answer
        begun, ended = dates.get("activity_from", ""), dates.get("activity_to", "")
        if (begun or ended) and (begun or ended) <= today:
            days.append(min(ended or today, today))
    return max(days, default="")


def _entries(form, return_id, block):
    return form.answers[(form.answers.return_id == return_id) & (form.answers.block == block)]


def links(surveys: Sequence[Survey], named: pd.DataFrame, data: Path, iso3: str) -> pd.DataFrame:
    """Give the partners that may be published: both in the register, or agreed to be named."""
    form = _form(surveys)
    columns = ["organisation", "partner", "link"]
    if form is None or named.empty:
        return pd.DataFrame(columns=columns)
    ids = dict(zip(map(_plain, named.name), named.returned_id, strict=True))
    ids |= _register(data, iso3)
    agreed = form.agreed("publish_answers") & form.agreed("publish_organisation")
    rows = [row for return_id in agreed for row in _partners(form, return_id, ids)]
    return pd.DataFrame(rows, columns=columns).drop_duplicates(columns[:2]).sort_values(columns[:2])


def _partners(form, return_id, ids):
    kinds = {c.code: wording(c.label, "en") for c in form.questionnaire.choices["partnership"]}
    me = ids.get(_plain(form.of("organisation").get(return_id, "")))
    rows = _entries(form, return_id, "partners")
    for _, entry in rows.groupby("entry", sort=True):
        partner = ids.get(_plain("".join(entry.answer[entry.question == "partner"][:1])))
        if me and partner and partner != me:
            codes = entry.answer[entry.question == "partner_kinds"]
            yield [me, partner, ", ".join(kinds.get(code, code) for code in codes)]


def _register(data, iso3):
    """Give {plain name: stakeholder_id} of the verified organisations of the register."""
    frame = cop.data.read("stakeholders", data, iso3).query("verified == 'yes'")
    names = frame[["stakeholder_id", "name", "name_local"]].to_numpy()
    return {_plain(name): i for i, *both in names for name in both if name}


def _keys(names, data, iso3):
    """Give a key for each name: the one it has, else the next number."""
    has = _has(data, iso3)
    last = max((int(key[5:]) for key in has.values()), default=0)
    for number, name in enumerate([name for name in names if name not in has], last + 1):
        has[name] = f"{iso3}-M{number:02d}"
    return [has[name] for name in names]


def _plain(name):
    return re.sub(r"[^\w]+", " ", name).strip().casefold()


def _has(data, iso3):
    """Give the keys given before, by name; none where nothing was published yet."""
    path = cop.data.locate(data, cop.data.paths("returned", data, iso3)[0])
    if not path.exists():
        return {}
    return cop.data.read("returned", data, iso3).set_index("name").returned_id.to_dict()

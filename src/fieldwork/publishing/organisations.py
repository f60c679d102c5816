"""Organisations that returned a form and agreed to be named: what they say of themselves, and whom they work with."""

import re

import pandas as pd

import contract
from fieldwork.forms.questionnaires import wording
from fieldwork.publishing.countable import FORM

ROLES = {  # of the form, in the words of the register
    "policy": "policy", "regulation": "regulation", "police": "law enforcement", "justice": "law enforcement",
    "social_care": "victim support", "education": "education", "hotline": "hotline", "helpline": "helpline",
    "awareness": "awareness", "research": "research", "industry": "technical", "donor": "funding",
}  # fmt: skip


def named(told, data, iso3):
    """Give the organisations that agreed to be named; a key once given stays."""
    form = next((t for t in told if t.questionnaire.id == FORM), None)
    rows = (
        [_organisation(form, one) for one in sorted(form.said_yes("publish_organisation"))]
        if form
        else []
    )
    frame = pd.DataFrame(rows, columns=["name", "category", "roles", "latest"])
    frame = frame[frame.name != ""].sort_values("name").drop_duplicates("name")
    known = _register(data, iso3)
    keys = _keys(frame.name, data, iso3)
    frame = frame.assign(
        returned_id=keys, stakeholder_id=[known.get(_plain(n), "") for n in frame.name]
    )
    return frame[
        ["returned_id", "name", "stakeholder_id", "category", "roles", "latest"]
    ].sort_values("returned_id")


def _organisation(form, return_id):
    """Give name, category, roles and latest activity of one; the last two only where single answers may be published."""
    name, category = (form.of(q).get(return_id, "") for q in ("organisation", "category"))
    if return_id not in form.said_yes("publish_answers"):
        return [name, category, "", ""]
    roles = form.of("roles").loc[lambda s: s.index == return_id]
    return [
        name,
        category,
        "; ".join(dict.fromkeys(ROLES[r] for r in roles if r in ROLES)),
        _latest(form, return_id),
    ]


def _latest(form, return_id):
    """Give the last day of the latest activity, or the day of the form where one continues; "" where none is dated."""
    rows = form.answers[
        (form.answers.return_id == return_id) & (form.answers.block == "activities")
    ]
    today = form.returns.received[return_id][:10]
    days = []
    for _, entry in rows.groupby("entry"):
        dates = entry.set_index("question").answer
        begun, ended = dates.get("activity_from", ""), dates.get("activity_to", "")
        days += (
            [min(ended or today, today)] if (begun or ended) and (begun or ended) <= today else []
        )
    return max(days, default="")


def links(told, named, data, iso3):
    """Give the partners that organisations named, where both are in the register or agreed to be named."""
    form = next((t for t in told if t.questionnaire.id == FORM), None)
    columns = ["organisation", "partner", "link"]
    if form is None or named.empty:
        return pd.DataFrame(columns=columns)
    ids = {
        **{_plain(r.name): r.returned_id for r in named.itertuples(index=False)},
        **_register(data, iso3),
    }
    rows = [row for one in form.said_yes("publish_answers") & form.said_yes("publish_organisation")
            for row in _partners(form, one, ids)]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).drop_duplicates(columns[:2]).sort_values(columns[:2])


def _partners(form, return_id, ids):
    kinds = {c.code: wording(c.label, "en") for c in form.questionnaire.choices["partnership"]}
    me = ids.get(_plain(form.of("organisation").get(return_id, "")))
    rows = form.answers[(form.answers.return_id == return_id) & (form.answers.block == "partners")]
    for _, entry in rows.groupby("entry", sort=True):
        partner = ids.get(_plain("".join(entry.answer[entry.question == "partner"][:1])))
        if me and partner and partner != me:
            yield [
                me,
                partner,
                ", ".join(kinds.get(k, k) for k in entry.answer[entry.question == "partner_kinds"]),
            ]


def _register(data, iso3):
    """Give {plain name: stakeholder_id} of the verified organisations of the register."""
    frame = contract.read("stakeholders", data, iso3).query("verified == 'yes'")
    return {
        _plain(n): i
        for i, *ns in frame[["stakeholder_id", "name", "name_local"]].to_numpy()
        for n in ns
        if n
    }


def _keys(names, data, iso3):
    """Give a key for each name: the one it has, else the next number."""
    has = _has(data, iso3)
    last = max((int(key[5:]) for key in has.values()), default=0)
    fresh = {
        name: f"{iso3}-M{last + n:02d}"
        for n, name in enumerate((n for n in names if n not in has), 1)
    }
    return [has.get(name) or fresh[name] for name in names]


def _plain(name):
    return re.sub(r"[^\w]+", " ", name).strip().casefold()


def _has(data, iso3):
    """Give the keys given before, by name; none where nothing was published yet."""
    path = contract.locate(data, contract.paths("returned", data, iso3)[0])
    return (
        contract.read("returned", data, iso3).set_index("name").returned_id.to_dict()
        if path.exists()
        else {}
    )

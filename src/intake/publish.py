"""From the restricted store to data/research/: whole tables, suppressed, with consent and review obeyed."""

import difflib
import json
import re
import shutil
import tempfile
from pathlib import Path

import pandas as pd

from helpers import agreement, contract, faults
from intake import Refused, cherries, personal, pseudonyms, questionnaires, returned, review, store, tabulation, whole
from intake.questionnaires import said
from intake.returned import FORM

SURVEYS = ("survey", "survey_items", "survey_groups", "survey_about", "coding")
ROLES = {  # of the form, in the words of the register
    "policy": "policy", "regulation": "regulation", "police": "law enforcement", "justice": "law enforcement",
    "social_care": "victim support", "education": "education", "hotline": "hotline", "helpline": "helpline",
    "awareness": "awareness", "research": "research", "industry": "technical", "donor": "funding",
}  # fmt: skip
ENOUGH = 30  # coded answers below which no agreement is published


def publish(data, iso3, dry_run=False, show=print):
    """Write the publishable tables of a country, all or none, and say what changes; give the number of changed files.

    Raises Refused when there is no store, when a table would break the contract or a text still holds personal data.
    """
    review.refuse_without(data, iso3)
    with store.alone(data):
        made = made_from(data, iso3)
    _refuse_personal(made, personal.known(data))
    contents = {name: _csv(frame[_columns(name, data)]) for name, frame in made.items()}
    with whole.alone(data):
        changed = {name: text for name, text in contents.items() if text != _now(name, data, iso3)}
        for name, text in changed.items():
            show(_difference(name, _now(name, data, iso3), text))
        _refuse_faults(contents, data, iso3)
        if changed and not dry_run:
            whole.write(data, {contract.paths(n, data, iso3)[0]: t.encode() for n, t in changed.items()})
    show(_told(changed, iso3, dry_run))
    return len(changed)


def made_from(data, iso3):
    """Give {table: frame} of all that may be published of a country."""
    threshold = contract.package(data).get("cop:threshold", tabulation.suppression.THRESHOLD)
    secret, told = pseudonyms.key(data), returned.of_country(data, iso3)
    contacts = store.read("contacts", data).query("iso3 == @iso3")
    codes, invited = store.read("codes", data), set(contacts.form_id) - {""}
    forms = next((t.returns for t in told if t.questionnaire.id == FORM), pd.DataFrame(columns=["form_id", "partial"]))
    outcomes, apart = tabulation.outcomes(contacts, forms, threshold)
    none = {name: pd.DataFrame(columns=_columns(name, data)) for name in SURVEYS}
    made = {**none, **_surveys(told, invited, codes, threshold, apart)}
    named = _returned(told, data, iso3)
    return {
        "forms": outcomes,
        **{name: _with_others(name, frame, data, iso3) for name, frame in made.items()},
        "interviews": _interviews(store.read("interviews", data).query("iso3 == @iso3"), secret),
        "quotes": _quotes(data, iso3, told, secret, made["survey_groups"]),
        "returned": named,
        "returned_links": _links(told, named, data, iso3),
    }


def _surveys(told, invited, codes, threshold, apart):
    """Give the tables on all questionnaires: survey, survey_items, survey_groups, survey_about, coding."""
    parts = [_survey(one, invited, codes, threshold, apart) for one in told]
    return {name: pd.concat([p[name] for p in parts], ignore_index=True) for name in parts[0]} if parts else {}


def _survey(one, invited, codes, threshold, apart):
    made = tabulation.tables(one, invited, threshold, apart if one.questionnaire.id == FORM else None)
    themes = tabulation.themes(one, invited, codes, threshold)
    joined = {name: pd.concat([frame, themes[name]]) if name in themes else frame for name, frame in made.items()}
    return {**joined, "survey_about": cherries.about(one, invited, threshold), "coding": _coding(one, codes)}


def _coding(one, codes):
    """Give how far the two coders of each open question agree; no figure rests on few answers."""
    rows = []
    for question, label in tabulation.open_questions(one.questionnaire):
        wide = _judgements(codes[(codes.question == question.id) & codes.return_id.isin(one.returns.index)])
        if wide is not None:
            answers = wide.index.get_level_values(0).nunique()
            enough = answers >= ENOUGH
            alpha = agreement.ordinal_alpha(wide, ["no", "yes"]) if enough else None
            low, high = agreement.bootstrap(wide, ["no", "yes"]) if enough else (None, None)
            figures = [None if v is None or pd.isna(v) else round(float(v), 2) for v in (alpha, low, high)]
            rows.append([one.questionnaire.id, label, answers, len(wide), *figures])
    columns = ["survey", "item", "answers", "judgements", "alpha", "low", "high"]
    return pd.DataFrame(rows, columns=columns).astype({c: "float64" for c in columns[4:]})


def _judgements(codes):
    """Give yes or no of the first two coders for each answer that both sorted, and each theme; None without such."""
    coders = sorted(set(codes.coder) - {"adjudicated"})[:2]
    sorted_ = codes[codes.coder.isin(coders)].drop_duplicates()
    both = sorted_.groupby("return_id").coder.nunique() == 2
    answers, themes = sorted(both.index[both]), sorted(set(sorted_.theme))
    if not answers:
        return None
    units = pd.MultiIndex.from_product([answers, themes])
    given = {c: set(zip(p.return_id, p.theme, strict=True)) for c, p in sorted_.groupby("coder")}
    return pd.DataFrame({c: ["yes" if u in given[c] else "no" for u in units] for c in coders}, index=units)


def _interviews(held, secret):
    """Give the findings of interviews, by function; of a theme that two people noted, the first note."""
    held = held.drop_duplicates(["interview_id", "theme"])
    voices = [pseudonyms.of(secret, "interviews", one) for one in held.interview_id]
    columns = ["interview_id", "category", "function", "held", "theme", "finding", "leaning"]
    return (
        held.assign(interview_id=voices)
        .reindex(columns=columns, fill_value="")
        .sort_values(["held", "interview_id", "theme"])
    )


def _quotes(data, iso3, told, secret, groups):
    """Give what was agreed to, reviewed, and is still the text that was reviewed; category only where it has company."""
    decided, frame = review.decisions(data), review.texts(data, iso3)
    voices = {i: returned.voice(row) for one in told for i, row in one.returns.iterrows()}
    company = {one.questionnaire.id: set() for one in told if tabulation.grouping(one.questionnaire)}
    company |= groups.groupby("survey").group.agg(set).to_dict()
    rows = []
    for row in frame.itertuples():
        key = (row.return_id, row.question, row.entry)
        decision = decided.decision.get(key, "")
        if decision == "edited" or (decision == "publish" and decided.text[key] == row.text):
            rows.append([*_voice(row, voices, secret), *_who(row, company), row.section, row.asked, decided.text[key],
                         "yes" if decision == "edited" else "no"])  # fmt: skip
    columns = ["quote_id", "survey", "voice", "category", "function", "section", "question", "quote", "edited"]
    return pd.DataFrame(rows, columns=columns).sort_values(["survey", "section", "quote_id"])


def _voice(row, voices, secret):
    """Give quote_id, survey and voice: the same person is another voice in every survey."""
    voice = pseudonyms.of(secret, row.survey, voices.get(row.return_id, row.return_id))
    quote = pseudonyms.of(secret, "quotes", f"{row.return_id} {row.question} {row.entry}")
    return [quote.replace("P-", "Q-"), row.survey, voice]


def _who(row, company):
    """Give category and function: the function of who was interviewed, the category of who is not alone in it."""
    if row.survey == "interviews":
        return ["", row.who]
    alone = row.survey in company and row.who not in company[row.survey]
    return ["" if alone else row.who, ""]


def _returned(told, data, iso3):
    """Give the organisations that agreed to be named; a key once given stays."""
    form = next((t for t in told if t.questionnaire.id == FORM), None)
    rows = [_organisation(form, one) for one in sorted(form.said_yes("publish_organisation"))] if form else []
    frame = pd.DataFrame(rows, columns=["name", "category", "roles", "latest"])
    frame = frame[frame.name != ""].sort_values("name").drop_duplicates("name")
    known = _register(data, iso3)
    keys = _keys(frame.name, data, iso3)
    frame = frame.assign(returned_id=keys, stakeholder_id=[known.get(_plain(n), "") for n in frame.name])
    return frame[["returned_id", "name", "stakeholder_id", "category", "roles", "latest"]].sort_values("returned_id")


def _organisation(form, return_id):
    """Give name, category, roles and latest activity of one; the last two only where single answers may be published."""
    name, category = (form.of(q).get(return_id, "") for q in ("organisation", "category"))
    if return_id not in form.said_yes("publish_answers"):
        return [name, category, "", ""]
    roles = form.of("roles").loc[lambda s: s.index == return_id]
    return [name, category, "; ".join(dict.fromkeys(ROLES[r] for r in roles if r in ROLES)), _latest(form, return_id)]


def _latest(form, return_id):
    """Give the last day of the latest activity, or the day of the form where one continues; "" where none is dated."""
    rows = form.answers[(form.answers.return_id == return_id) & (form.answers.block == "activities")]
    today = form.returns.received[return_id][:10]
    days = []
    for _, entry in rows.groupby("entry"):
        dates = entry.set_index("question").answer
        begun, ended = dates.get("activity_from", ""), dates.get("activity_to", "")
        days += [min(ended or today, today)] if (begun or ended) and (begun or ended) <= today else []
    return max(days, default="")


def _links(told, named, data, iso3):
    """Give the partners that organisations named, where both are in the register or agreed to be named."""
    form = next((t for t in told if t.questionnaire.id == FORM), None)
    columns = ["organisation", "partner", "link"]
    if form is None or named.empty:
        return pd.DataFrame(columns=columns)
    ids = {**{_plain(r.name): r.returned_id for r in named.itertuples(index=False)}, **_register(data, iso3)}
    rows = [row for one in form.said_yes("publish_answers") & form.said_yes("publish_organisation")
            for row in _partners(form, one, ids)]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).drop_duplicates(columns[:2]).sort_values(columns[:2])


def _partners(form, return_id, ids):
    kinds = {c.code: said(c.label, "en") for c in form.questionnaire.choices["partnership"]}
    me = ids.get(_plain(form.of("organisation").get(return_id, "")))
    rows = form.answers[(form.answers.return_id == return_id) & (form.answers.block == "partners")]
    for _, entry in rows.groupby("entry", sort=True):
        partner = ids.get(_plain("".join(entry.answer[entry.question == "partner"][:1])))
        if me and partner and partner != me:
            yield [me, partner, ", ".join(kinds.get(k, k) for k in entry.answer[entry.question == "partner_kinds"])]


def _register(data, iso3):
    """Give {plain name: stakeholder_id} of the verified organisations of the register."""
    frame = contract.read("stakeholders", data, iso3).query("verified == 'yes'")
    return {_plain(n): i for i, *ns in frame[["stakeholder_id", "name", "name_local"]].to_numpy() for n in ns if n}


def _keys(names, data, iso3):
    """Give a key for each name: the one it has, else the next number."""
    has = (
        contract.read("returned", data, iso3).set_index("name").returned_id.to_dict()
        if _now("returned", data, iso3)
        else {}
    )
    last = max((int(key[5:]) for key in has.values()), default=0)
    fresh = {name: f"{iso3}-F{last + n:02d}" for n, name in enumerate((n for n in names if n not in has), 1)}
    return [has.get(name) or fresh[name] for name in names]


def _plain(name):
    return re.sub(r"[^\w]+", " ", name).strip().casefold()


def _with_others(name, made, data, iso3):
    """Give a table with the rows that are not from the store: published studies, and what the analyst stated."""
    if not _now(name, data, iso3):
        return made
    there = contract.read(name, data, iso3)
    analyst = there.by == "analyst" if name == "survey_about" else False
    others = there[~there.survey.isin(questionnaires.known(data)) | analyst]
    if made.empty:
        return others
    key = ["survey", "item"]  # an analyst's word on an item counts before what was reckoned
    fresh = made[~made[key].agg(tuple, axis=1).isin(others[key].agg(tuple, axis=1))] if len(others) else made
    return pd.concat([others, fresh], ignore_index=True)


def _columns(name, data):
    return [field["name"] for field in contract.fields(name, data)]


def _csv(frame):
    return frame.to_csv(index=False, lineterminator="\n")


def _now(name, data, iso3):
    """Give the text of a table as it is, "" where there is none."""
    path = contract.locate(data, contract.paths(name, data, iso3)[0])
    return path.read_text(encoding="utf-8-sig") if path.exists() else ""


def _difference(name, old, new):
    lines = list(difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0))[2:]
    rows = [line for line in lines if not line.startswith("@@")]
    shown = "\n".join(f"  {row}" for row in rows[:20])
    return f"{name}.csv: {len(rows)} rows change\n{shown}" + (
        f"\n  … and {len(rows) - 20} more" if len(rows) > 20 else ""
    )


def _told(changed, iso3, dry_run):
    if not changed:
        return f"{iso3}: nothing changes; what is published is what the store allows."
    return f"{iso3}: {len(changed)} tables {'would change; nothing was written' if dry_run else 'were written'}."


def _refuse_faults(contents, data, iso3):
    """Raise Refused with every fault that the country's tables would have by the contract, tried out in a folder aside."""
    with tempfile.TemporaryDirectory() as aside:
        tried = Path(aside)
        (tried / "datapackage.json").write_text(json.dumps({"name": "tried", "cop:base": str(Path(data).resolve())}))
        shutil.copytree(contract.locate(data, f"research/{iso3}"), tried / "research" / iso3)
        paths = {name: contract.paths(name, data, iso3)[0] for name in contents}
        for name, path in paths.items():
            (tried / path).write_text(contents[name], encoding="utf-8")
        found = [fault for name, path in paths.items() for fault in faults.of_file(name, path, tried)]
    if found:
        raise Refused("nothing was written, since the tables would break the contract:\n" + "\n".join(map(str, found)))


def _refuse_personal(made, names):
    """Raise Refused where an address, a number or a name of the store stands in what would be published."""
    found = []
    for name, columns in (
        ("interviews", ["function", "finding"]),
        ("quotes", ["quote", "function"]),
        ("returned", ["name"]),
    ):
        for row in made[name].to_dict("records"):
            hard = [f for c in columns for f in personal.flags(row[c], names) if f in personal.HARD]
            found += [f"{name}: {row[columns[-1]][:60]!r} looks like it holds {', '.join(hard)}"] if hard else []
    if found:
        raise Refused("nothing was written; correct it in the store or withhold it:\n" + "\n".join(found))

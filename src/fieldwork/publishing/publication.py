"""From the restricted store to data/research/: whole tables, suppressed, with consent obeyed."""

import difflib
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd

import contract
from contract import Refused, checks, writing
from fieldwork import restricted
from fieldwork.contacts.register import of_form
from fieldwork.forms import questionnaires
from fieldwork.publishing import (
    cherries,
    countable,
    differencing,
    organisations,
    personal,
    pseudonyms,
    review,
    suppression,
    tabulation,
)
from fieldwork.publishing.countable import FORM
from helpers import agreement

SURVEYS = ("survey", "survey_items", "survey_groups", "survey_about", "coding")
MAIN = ("forms", "survey", "interviews", "returned")  # the others follow from these
ENOUGH = 30  # coded answers below which no agreement is published


def publish(
    data: Path,
    iso3: str,
    dry_run: bool = False,
    withdraw: bool = False,
    show: Callable[[str], object] = print,
) -> int:
    """Write the publishable tables of a country, all or none; give the number of changed files.

    Raises Refused when there is no store, when a table would break the contract or a text still
    holds personal data, and where nothing would be left of a table or survey that is published,
    unless it is to be withdrawn.
    """
    review.refuse_without(data, iso3)
    with restricted.alone(data), writing.alone(data):
        made, behind, staying = _made(data, iso3)
        texts = {n: contract.csv_of(frame[_columns(n, data)]) for n, frame in made.items()}
        changed = {name: text for name, text in texts.items() if text != _now(name, data, iso3)}
        for name, text in changed.items():
            show(_difference(name, _now(name, data, iso3), text))
        _refuse_faults(texts, data, iso3)
        if not withdraw:
            _refuse_loss(made, data, iso3)
        if not dry_run:
            # Who stands behind the tables is remembered first: after a stop, the same tables are
            # made again.
            differencing.keep(behind, staying, data, iso3)
        if changed and not dry_run:
            paths = {contract.paths(n, data, iso3)[0]: t.encode() for n, t in changed.items()}
            writing.write(data, paths)
    show(_summary(changed, staying, iso3, dry_run))
    return len(changed)


def made_from(data: Path, iso3: str) -> dict[str, pd.DataFrame]:
    """Give {table: frame} of all that may be published; raises Refused for personal data."""
    return _made(data, iso3)[0]


def _made(data, iso3):
    """Give the tables, who stands behind them, and the surveys that stay since too few are new."""
    threshold = contract.contents(data).get("cop:threshold", suppression.THRESHOLD)
    secret, surveys = pseudonyms.key(data), countable.of_country(data, iso3)
    contacts = restricted.read("contacts", data).query("iso3 == @iso3")
    none = pd.DataFrame(columns=["form_id", "partial"])
    forms = next((survey.returns for survey in surveys if survey.questionnaire.id == FORM), none)
    sent = of_form(contacts, FORM)
    behind = differencing.record(surveys, sent, forms)
    staying = differencing.held(behind, data, iso3, threshold)
    outcomes, apart = tabulation.outcomes(sent, forms, threshold)
    invited, codes = set(contacts.form_id) - {""}, restricted.read("codes", data)
    made = _surveys(surveys, invited, codes, threshold, apart)
    made = {name: made.get(name, pd.DataFrame(columns=_columns(name, data))) for name in SURVEYS}
    named = organisations.named(surveys, data, iso3)
    out = {
        "forms": contract.read("forms", data, iso3) if differencing.SENT in staying else outcomes,
        **{name: _with_others(name, frame, staying, data, iso3) for name, frame in made.items()},
        "interviews": _interviews(restricted.read("interviews", data), iso3, secret),
        "quotes": _quotes(data, iso3, surveys, secret, made["survey_groups"]),
        "returned": named,
        "returned_links": organisations.links(surveys, named, data, iso3),
    }
    _refuse_personal(out, personal.known(data))
    return out, behind, staying


def _surveys(surveys, invited, codes, threshold, apart):
    """Give the tables on all questionnaires, SURVEYS; none where nothing came back."""
    parts = [_survey(survey, invited, codes, threshold, apart) for survey in surveys]
    names = parts[0] if parts else ()
    return {name: pd.concat([part[name] for part in parts], ignore_index=True) for name in names}


def _survey(survey, invited, codes, threshold, apart):
    apart = apart if survey.questionnaire.id == FORM else None
    made = tabulation.tables(survey, invited, threshold, apart)
    for name, frame in tabulation.themes(survey, invited, codes, threshold).items():
        made[name] = pd.concat([made[name], frame])
    about = cherries.about(survey, invited, threshold)
    return {**made, "survey_about": about, "coding": _coding(survey, codes)}


def _coding(survey, codes):
    """Give how far the two coders of each open question agree; no figure rests on few answers."""
    rows, form = [], survey.questionnaire
    codes = codes[codes.return_id.isin(survey.returns.index)]
    for question, label in tabulation.open_questions(form):
        wide = _judgements(codes[codes.question == question.id])
        if wide is None:
            continue
        answers = wide.index.get_level_values(0).nunique()
        figures = (None, None, None)
        if answers >= ENOUGH:
            words = ["no", "yes"]
            figures = agreement.ordinal_alpha(wide, words), *agreement.bootstrap(wide, words)
        rounded = [None if v is None or pd.isna(v) else round(float(v), 2) for v in figures]
        rows.append([form.id, label, answers, len(wide), *rounded])
    columns = ["survey", "item", "answers", "judgements", "alpha", "low", "high"]
    return pd.DataFrame(rows, columns=columns).astype({c: "float64" for c in columns[4:]})


def _judgements(codes):
    """Give yes or no of two coders for each answer that both sorted and each theme, or None."""
    coders = sorted(set(codes.coder) - {"adjudicated"})[:2]
    sorted_ = codes[codes.coder.isin(coders)].drop_duplicates()
    both = sorted_.groupby("return_id").coder.nunique() == 2
    answers, themes = sorted(both.index[both]), sorted(set(sorted_.theme))
    if not answers:
        return None
    units = pd.MultiIndex.from_product([answers, themes])
    given = {c: set(zip(p.return_id, p.theme, strict=True)) for c, p in sorted_.groupby("coder")}
    return pd.DataFrame(
        {c: ["yes" if u in given[c] else "no" for u in units] for c in coders}, index=units
    )


def _interviews(held, iso3, secret):
    """Give the findings of interviews; of a theme that two people noted, the first note."""
    held = held[held.iso3 == iso3].drop_duplicates(["interview_id", "theme"])
    voices = [pseudonyms.of(secret, "interviews", one) for one in held.interview_id]
    columns = ["interview_id", "category", "function", "held", "theme", "finding", "leaning"]
    out = held.assign(interview_id=voices).reindex(columns=columns, fill_value="")
    return out.sort_values(["held", "interview_id", "theme"])


def _quotes(data, iso3, surveys, secret, groups):
    """Give what was agreed to and is still the text reviewed; category where it has company."""
    decided, frame = review.decisions(data), review.texts(data, iso3, surveys)
    voices = {i: countable.voice(row) for survey in surveys for i, row in survey.returns.iterrows()}
    forms = [survey.questionnaire for survey in surveys]
    company = {form.id: set() for form in forms if tabulation.grouping(form)}
    company |= groups.groupby("survey").group.agg(set).to_dict()
    rows = []
    for row in frame.itertuples():
        key = (row.return_id, row.question, row.entry)
        decision = decided.decision.get(key, "")
        if decision == "edited" or (decision == "publish" and decided.text[key] == row.text):
            about = [*_voice(row, voices, secret), *_who(row, company), row.section, row.asked]
            rows.append([*about, decided.text[key], "yes" if decision == "edited" else "no"])
    frame = pd.DataFrame(rows, columns=_columns("quotes", data))
    return frame.sort_values(["survey", "section", "quote_id"])


def _voice(row, voices, secret):
    """Give quote_id, survey and voice: the same person is another voice in every survey."""
    voice = pseudonyms.of(secret, row.survey, voices.get(row.return_id, row.return_id))
    quote = pseudonyms.of(secret, "quotes", f"{row.return_id} {row.question} {row.entry}")
    return [quote.replace("P-", "Q-"), row.survey, voice]


def _who(row, company):
    """Give category and function: this of who was interviewed, that of who is not alone in it."""
    if row.survey == "interviews":
        return ["", row.who]
    alone = row.survey in company and row.who not in company[row.survey]
    return ["" if alone else row.who, ""]


def _with_others(name, made, staying, data, iso3):
    """Give a table with the rows not made now: studies, an analyst's words, surveys that stay."""
    if not _now(name, data, iso3):
        return made
    there = contract.read(name, data, iso3)
    analyst = there.by == "analyst" if name == "survey_about" else False
    others = there[~there.survey.isin(set(questionnaires.ids(data)) - set(staying)) | analyst]
    made = made[~made.survey.isin(staying)] if len(made) else made
    key = ["survey", "item"]  # an analyst's word on an item counts before what was reckoned
    if len(made) and len(others):
        made = made[~made[key].agg(tuple, axis=1).isin(others[key].agg(tuple, axis=1))]
    out = pd.concat([part for part in (others, made) if len(part)] or [made], ignore_index=True)
    # Published studies come first.
    ours = out.survey.where(out.survey.isin(questionnaires.ids(data)), "")
    return out.loc[ours.sort_values(kind="stable").index]


def _columns(name, data):
    return [field["name"] for field in contract.fields(name, data)]


def _now(name, data, iso3):
    """Give the text of a table as it is, "" where there is none."""
    path = contract.locate(data, contract.paths(name, data, iso3)[0])
    return path.read_text(encoding="utf-8-sig") if path.exists() else ""


def _difference(name, old, new):
    lines = list(difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0))[2:]
    rows = [line for line in lines if not line.startswith("@@")]
    shown = "\n".join(f"  {row}" for row in rows[:20])
    return f"{name}.csv: {contract.count(len(rows), 'row changes', 'rows change')}\n{shown}" + (
        f"\n  … and {len(rows) - 20} more" if len(rows) > 20 else ""
    )


def _summary(changed, staying, iso3, dry_run):
    stay = "".join(
        f"\n{name}: stays as it is, since only {n} {'is' if n == 1 else 'are'} new or changed."
        for name, n in sorted(staying.items())
    )
    summary = "nothing changes; what is published is what the store allows"
    if changed and dry_run:
        summary = f"{contract.count(len(changed), 'table')} would change; nothing was written"
    elif changed:
        summary = f"{contract.count(len(changed), 'table was', 'tables were')} written"
    return f"{iso3}: {summary}.{stay}"


def _refuse_loss(made, data, iso3):
    """Raise Refused where nothing is left of what is published: this may be another store."""
    there = {name: contract.read(name, data, iso3) for name in MAIN if _now(name, data, iso3)}
    lost = {name: gone for name, frame in there.items() if (gone := _gone(frame, made[name]))}
    if lost:
        files = "; ".join(f"{name}.csv: {', '.join(gone)}" for name, gone in lost.items())
        raise Refused(
            f"nothing would be left of what is published of {iso3} in {files}. The restricted "
            "store of this computer holds no such returns, so it may not be the one that these "
            "tables were made from. Nothing was written. Publish where the returns are; or add "
            "--withdraw if they are to go"
        )


def _gone(there, made):
    """Give the surveys, or 'all rows' of a table without, of which nothing is made again."""
    if "survey" in there:
        return sorted(set(there.survey) - set(made.survey))
    return ["all rows"] if len(there) and made.empty else []


def _refuse_faults(texts, data, iso3):
    """Raise Refused with every fault that the tables would have, tried out in a folder aside."""
    paths = {name: contract.paths(name, data, iso3)[0] for name in texts}
    with tempfile.TemporaryDirectory() as aside:
        tried, base = Path(aside), {"name": "tried", "cop:base": str(Path(data).resolve())}
        (tried / "datapackage.json").write_text(json.dumps(base))
        # The tables refer to others of the country, which therefore lie beside them.
        shutil.copytree(contract.locate(data, f"research/{iso3}"), tried / "research" / iso3)
        for name, path in paths.items():
            (tried / path).write_text(texts[name], encoding="utf-8")
        faults = [f for name, path in paths.items() for f in checks.of_file(name, path, tried)]
    if faults:
        what = "nothing was written, since the tables would break the contract:\n"
        raise Refused(what + "\n".join(map(str, faults)))


def _refuse_personal(made, names):
    """Raise Refused where an address, a number or a name of the store would be published."""
    read = {
        "interviews": ["function", "finding"],
        "quotes": ["quote", "function"],
        "returned": ["name"],
    }
    lines = []
    for name, columns in read.items():
        for row in made[name].to_dict("records"):
            hard = [f for c in columns for f in personal.flags(row[c], names) if f in personal.HARD]
            if hard:
                shown = f"{row[columns[-1]][:60]!r} looks like it holds {', '.join(hard)}"
                lines.append(f"{name}: {shown}")
    if lines:
        what = "nothing was written; correct it in the store or withhold it:\n"
        raise Refused(what + "\n".join(lines))

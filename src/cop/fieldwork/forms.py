"""Write the forms of questionnaires for KoboToolbox, ODK, LimeSurvey, e-mail and print."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

import cop.data
from cop.data import UserError, writing
from cop.fieldwork import excel_form, limesurvey, questionnaires, xlsform
from cop.fieldwork.questionnaires import Questionnaire, wording


def guide(form: Questionnaire, code: str) -> str:
    """Return an interview guide in the language `code` as an HTML page for printing."""
    templates = Environment(
        loader=PackageLoader("cop.fieldwork", ""),
        autoescape=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    page = templates.get_template("interview_guide.j2")
    return page.render(guide=form, spoken=form.spoken[code], text=lambda text: wording(text, code))


def write(names: Sequence[str], data: Path, out: Path, iso3: str = "") -> list[Path]:
    """Write the forms of questionnaires in all languages to the folder `out`, and return the paths.

    If `names` is empty, all questionnaires are written. With `iso3`, the file names contain that
    country, and all forms but interview guides record it. Raises UserError, before anything is
    written, for an unknown country or invalid questionnaire.
    """
    if iso3 and iso3 not in set(cop.data.read("countries", data).iso3):
        raise UserError(cop.data.no_country(iso3, data))
    contents = {}
    for form in [questionnaires.load(name, data) for name in names or questionnaires.ids(data)]:
        stem = f"{form.id}/" + "-".join(filter(None, [form.id, form.version, iso3]))
        if form.kind == "guide":
            contents |= {f"{stem}-{code}.html": guide(form, code).encode() for code in form.spoken}
            continue
        contents[f"{stem}-xlsform.xlsx"] = xlsform.workbook(form, iso3)
        contents[f"{stem}-limesurvey.txt"] = limesurvey.structure(form, iso3).encode()
        for code in form.spoken:
            contents[f"{stem}-{code}.xlsx"] = excel_form.workbook(form, code, iso3=iso3)
    with writing.alone(out):
        writing.write(out, contents)
    return [out / path for path in contents]

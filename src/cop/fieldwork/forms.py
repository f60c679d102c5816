"""Write the forms of questionnaires for KoboToolbox, ODK, LimeSurvey, e-mail and print."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import cop.data
from cop.data import UserError, writing
from cop.fieldwork import excel_form, limesurvey, questionnaires, xlsform

PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined,
    trim_blocks=True, keep_trailing_newline=True,
)  # fmt: skip


def make(name: str, data: Path, iso3: str = "") -> dict[str, bytes]:
    """Return {file name: bytes} with all forms of a questionnaire, or all languages of a guide.

    With `iso3`, the file names contain that country and the forms record it.
    """
    form = questionnaires.load(name, data)
    words = {code: questionnaires.phrases(code, data) for code in form.languages}
    stem = "-".join(filter(None, [form.id, form.version, iso3]))
    if form.kind == "guide":
        return {f"{stem}-{code}.html": guide(form, code, words[code]).encode() for code in words}
    files = {
        f"{stem}-xlsform.xlsx": xlsform.workbook(form, words, iso3),
        f"{stem}-limesurvey.txt": limesurvey.structure(form, words, iso3).encode(),
    }
    for code in words:
        files[f"{stem}-{code}.xlsx"] = excel_form.workbook(form, code, words[code], iso3=iso3)
    return files


def guide(form: questionnaires.Questionnaire, code: str, words: dict[str, str]) -> str:
    """Return an interview guide in one language as an HTML page for printing."""
    page, spoken = PAGES.get_template("interview_guide.j2"), form.spoken[code]
    wording = questionnaires.wording
    return page.render(guide=form, code=code, words=words, spoken=spoken, wording=wording)


def write(names: Sequence[str], data: Path, out: Path, iso3: str = "") -> list[Path]:
    """Write the forms of some questionnaires (default: all), and return the paths.

    Raises UserError, before anything is written, for an unknown country or errors in definitions.
    """
    if iso3 and iso3 not in set(cop.data.read("countries", data).iso3):
        raise UserError(cop.data.no_country(iso3, data))
    contents, errors = {}, []
    for name in names or questionnaires.ids(data):
        try:
            files = make(name, data, iso3)
            contents |= {f"{name}/{file}": content for file, content in files.items()}
        except UserError as error:
            errors.append(str(error))
    if errors:
        raise UserError("\n".join(errors))
    with writing.alone(out):
        writing.write(out, contents)
    return [out / name for name in contents]

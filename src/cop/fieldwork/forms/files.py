"""Forms out: every questionnaire for KoboToolbox and ODK, LimeSurvey, e-mail, or to print."""

from collections.abc import Sequence
from pathlib import Path

from cop.data import Refused, writing
from cop.fieldwork.forms import excelform, guides, limesurvey, questionnaires, xlsform


def made(name: str, data: Path) -> dict[str, bytes]:
    """Give the files of one questionnaire as {name: bytes}; raises Refused with what is wrong."""
    questionnaire = questionnaires.load(name, data)
    words = {code: questionnaires.phrases(code, data) for code in questionnaire.languages}
    stem = f"{questionnaire.id}-{questionnaire.version}"
    if questionnaire.kind == "guide":
        pages = {code: guides.page(questionnaire, code, words[code]) for code in words}
        return {f"{stem}-{code}.html": page.encode() for code, page in pages.items()}
    return {
        f"{stem}-xlsform.xlsx": xlsform.workbook(questionnaire, words),
        f"{stem}-limesurvey.txt": limesurvey.structure(questionnaire, words).encode(),
        **{
            f"{stem}-{code}.xlsx": excelform.workbook(questionnaire, code, words[code])
            for code in words
        },
    }


def write(names: Sequence[str], data: Path, out: Path) -> dict[str, list[Path]]:
    """Make questionnaires (all when none is named); give {questionnaire: paths that were written}.

    All faults of all definitions are told at once, and then nothing is written.
    """
    names = names or questionnaires.ids(data)
    # What is wrong is known before anything is made.
    _each(names, lambda name: questionnaires.load(name, data))
    files = _each(names, lambda name: made(name, data))
    contents = {f"{name}/{file}": c for name, each in files.items() for file, c in each.items()}
    with writing.alone(out):
        writing.write(out, contents)
    return {name: [Path(out) / name / file for file in each] for name, each in files.items()}


def _each(names, work):
    """Give {name: what the work gives}; raises Refused with what was refused of any of them."""
    done, refused = {}, []
    for name in names:
        try:
            done[name] = work(name)
        except Refused as fault:
            refused.append(str(fault))
    if refused:
        raise Refused("\n".join(refused))
    return done


def lines(made_files: dict[str, list[Path]]) -> list[str]:
    """Give the lines that say which questionnaires' forms were made."""
    out = []
    for name, paths in made_files.items():
        out.append(f"{name}: {len(paths)} files in {paths[0].parent}/")
        out += [f"  {path.name}" for path in paths]
    return out

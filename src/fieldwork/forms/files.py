"""Forms out: every questionnaire as files for KoboToolbox and ODK, for LimeSurvey, for e-mail, or to print."""

from pathlib import Path

from contract import Refused, writing
from fieldwork.forms import excelform, guides, limesurvey, questionnaires, xlsform


def made(name, data):
    """Give the files made of one questionnaire as {name: bytes}; raises Refused with what is wrong."""
    asked = questionnaires.load(name, data)
    words = {code: questionnaires.phrases(code, data) for code in asked.languages}
    stem = f"{asked.id}-{asked.version}"
    if asked.kind == "guide":
        return {
            f"{stem}-{code}.html": guides.page(asked, code, words[code]).encode()
            for code in asked.languages
        }
    excel = {
        f"{stem}-{code}.xlsx": excelform.workbook(asked, code, words[code])
        for code in asked.languages
    }
    return {
        f"{stem}-xlsform.xlsx": xlsform.workbook(asked, words),
        f"{stem}-limesurvey.txt": limesurvey.structure(asked, words).encode(),
        **excel,
    }


def write(names, data, out):
    """Make questionnaires (all when none is named) and write them; give what was made as {questionnaire: [paths]}.

    All faults of all definitions are told at once, and then nothing is written.
    """
    names = names or questionnaires.ids(data)
    _each(
        names, lambda name: questionnaires.load(name, data)
    )  # what is wrong is known before anything is made
    files = _each(names, lambda name: made(name, data))
    with writing.alone(out):
        writing.write(
            out,
            {
                f"{name}/{file}": content
                for name, each in files.items()
                for file, content in each.items()
            },
        )
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
    """Give the lines that say what was made."""
    out = []
    for name, paths in made_files.items():
        out.append(f"{name}: {len(paths)} files in {paths[0].parent}/")
        out += [f"  {path.name}" for path in paths]
    return out

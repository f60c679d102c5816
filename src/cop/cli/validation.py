"""The commands of the validation round: the report as a Word document, and its comments back."""

import argparse
from datetime import date

from cop.cli import options
from cop.data import Refused, labels, writing


def add_to(commands: argparse._SubParsersAction) -> None:
    """Add the commands to the parser of `cop`."""
    _docx(commands)
    _comments(commands)
    _answer(commands)
    _sign_off(commands)


def _docx(commands):
    parser = options.command(
        commands,
        "docx",
        "make the report a Word document that can be commented on",
        _make_document,
        "cop docx UKR --by 2027-01-31, cop docx UKR --annex 5, cop docx UKR --language uk",
    )
    options.value(parser, "country", "ISO3", "whose report, as `cop run` made it; or a group")
    options.value(parser, "--annex", "NUMBER", "one of its annexes instead, 1 to 5", default="")
    options.value(parser, "--by", "DATE", "day by which it is to come back", default="")
    options.file(parser, "--out", "FILE.docx", "where it is written")
    options.language(parser)
    options.outputs(parser, "where `cop run` wrote")


def _make_document(arguments: argparse.Namespace) -> int:
    from cop.report import languages
    from cop.report.word import document

    iso3, language = arguments.country, languages.checked(arguments.language)
    page, english = _pages(arguments.outputs, iso3, arguments.annex, language)
    content = document.made(page, _day(arguments.by), english=english)
    out = arguments.out or _sent(arguments.outputs, language, page.stem)
    writing.whole(out, content)
    print(f"Written: {out}")
    print("Send it; `cop comments FILE.docx --role ROLE` takes in what comes back.")
    return 0


def _pages(outputs, key, annex, language):
    """Give the page in a language, and the English one that its ids come from, None for itself;
    raises Refused where one of them is not there, or both do not belong together.
    """
    from cop.report import filenames, languages
    from cop.run import fingerprints, plan

    folder = plan.in_language(outputs, language)
    page = filenames.page_of(folder, key, annex, options.again(language))
    if language == languages.SOURCE:
        return page, None
    english = filenames.page_of(outputs, key, annex)
    if fingerprints.same_inputs(page.parents[1], english.parents[1]):
        return page, english
    mend = f"`cop run {key} --language {languages.SOURCE} {language}` makes both"
    raise Refused(f"this page and the English one are not of the same data and code; {mend}")


def _comments(commands):
    parser = options.command(
        commands,
        "comments",
        "take in comments and tracked changes of a Word document",
        _take_in,
        "cop comments back.docx --role ministry --organisation UKR-O01",
    )
    options.file(parser, "file", "FILE.docx", "the document that came back")
    options.value(
        parser, "--role", "ROLE", "what kind of body speaks, such as ministry", default=""
    )
    options.value(parser, "--organisation", "ID or NAME", "which body; never a person", default="")
    options.value(parser, "--country", "ISO3", "where the document does not say it", default="")
    options.value(parser, "--edition", "YYYY", "where the document does not say it", default="")
    options.file(parser, "--sent", "FILE.docx", "the document as it was sent (found by itself)")
    options.outputs(parser, "where `cop run` wrote")
    options.data(parser)


def _take_in(arguments: argparse.Namespace) -> int:
    from cop.fieldwork.validation import taking
    from cop.report import languages

    speaker = taking.Speaker(_role(arguments), arguments.organisation)

    def sent(iso3, language):
        known = language if language in languages.known() else ""  # the file says it, from outside
        usual = _sent(arguments.outputs, known, f"cop-assessment-{iso3}")
        return arguments.sent or (usual if usual.is_file() else None)

    def spoken(language):
        return _ratings(language, arguments.data)

    about = arguments.country, arguments.edition
    lines = taking.take_in(arguments.file, arguments.data, speaker, *about, sent, spoken)
    print("\n".join(lines))
    return 0


def _ratings(language, data):
    """Give {rating as pages in a language say it, in small letters: our word}; none in English."""
    from cop.report import languages

    if language not in languages.known():
        return {}
    with languages.speaking(language):
        return {languages.said(w).casefold(): w for w in labels("alignment", "status", data)}


def _answer(commands):
    parser = options.command(
        commands,
        "answer",
        "say what became of a comment",
        _record_answer,
        "cop answer UKR-M001 accepted --changed 'UKR-E12 says 2024 now'",
    )
    options.value(parser, "comment", "COMMENT", "its id, such as UKR-M001")
    options.value(parser, "decision", "DECISION", "accepted, partly or not")
    options.value(parser, "--why", "WORDS", "why it is not accepted, or not wholly", default="")
    options.value(parser, "--changed", "WORDS", "what was changed", default="")
    options.data(parser)


def _record_answer(arguments: argparse.Namespace) -> int:
    from cop.fieldwork.validation import answering

    given = arguments.comment, arguments.decision, arguments.why, arguments.changed
    print("\n".join(answering.answer(*given, arguments.data)))
    return 0


def _sign_off(commands):
    parser = options.command(
        commands,
        "sign-off",
        "record that a body signs an edition off",
        _record_sign_off,
        "cop sign-off UKR --body UKR-O01 --scope 'the whole report'",
    )
    options.value(parser, "country", "ISO3", "whose report")
    options.value(parser, "--body", "ID or NAME", "which body; never a person", required=True)
    options.value(
        parser, "--scope", "WORDS", "what it signs, such as the whole report", required=True
    )
    options.value(parser, "--date", "DATE", "day of the letter (today otherwise)", default="")
    options.value(parser, "--edition", "YYYY", "edition (the latest otherwise)", default="")
    options.data(parser)


def _record_sign_off(arguments: argparse.Namespace) -> int:
    from cop.fieldwork.validation import answering

    given = arguments.country, arguments.body, arguments.scope, _day(arguments.date)
    print("\n".join(answering.sign_off(*given, arguments.edition, arguments.data)))
    return 0


def _role(arguments):
    """Give the role that was said or is asked for; raises Refused for a word that is none."""
    roles = labels("comments", "role", arguments.data)
    known = ", ".join(roles)
    role = arguments.role
    if not role:
        try:
            role = input(f"What kind of body speaks ({known})? ").strip()
        except EOFError:
            role = ""
    if role not in roles:
        raise Refused(f"--role says what kind of body speaks: {known}")
    return role


def _day(text):
    """Give a day as it was said; raises Refused where it is none."""
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise Refused(f"{text!r} is no day: write it as 2027-01-31") from None


def _sent(outputs, language, stem):
    """Give where the Word document of a page is written."""
    from cop.report import filenames

    return outputs / "word" / f"{stem}{filenames.ending(language)}.docx"

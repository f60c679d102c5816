"""Define the commands for validation: Word report, comments, answers and sign-off."""

import argparse

from cop.cli import options
from cop.data import UserError, labels, writing


def add_to(commands: options.Commands) -> None:
    """Add the commands of this module to `cop`."""
    commands.group("After the draft")
    document = commands.add(
        "docx",
        make_document,
        "cop docx UKR --by 2027-01-31, cop docx UKR --annex 5, cop docx UKR --language uk",
    )
    document.report("FILE.docx")
    document.text("--annex", "NUMBER", "write this annex (1 to 5) instead of the report")
    document.day("--by", "date by which comments are due")
    example = "cop comments back.docx --role ministry --organisation UKR-O01"
    comments = commands.add("comments", import_comments, example)
    comments.file("file", "FILE.docx", "Word document with comments")
    comments.text("--role", "ROLE", "kind of organisation, such as ministry (default: cop asks)")
    comments.text(
        "--organisation", "ID or NAME", "organisation that sent the comments, never a person"
    )
    comments.text("--country", "ISO3", "country of the report, if the document does not state it")
    sent = "document as sent (default: file of `cop docx`, if it exists)"
    comments.file("--sent", "FILE.docx", sent)
    comments.outputs()
    comments.data()
    answers = commands.add(
        "answer",
        record_answer,
        "cop answer UKR-M001 accepted --changed 'Corrected the year of UKR-E12.'",
    )
    answers.value("comment", "COMMENT", "id of the comment, such as UKR-M001")
    answers.value("decision", "DECISION", "'accepted', 'partly' or 'not'")
    answers.text("--why", "WORDS", "reason, required for 'partly' and 'not'")
    changed = "change that was made; the form `TABLE.COLUMN KEY: old -> new` is checked"
    answers.text("--changed", "WORDS", changed)
    answers.data()
    signs = commands.add(
        "sign-off", record_sign_off, "cop sign-off UKR --body UKR-O01 --scope 'the whole report'"
    )
    signs.value("country", "ISO3", "country of the report")
    body = "organisation that signs off, never a person"
    signs.value("--body", "ID or NAME", body, required=True)
    scope = "part that is signed off, such as the whole report"
    signs.value("--scope", "WORDS", scope, required=True)
    signs.day("--date", "date on the sign-off letter (default: today)")
    signs.text("--edition", "YYYY", "year of the edition (default: the latest)")
    signs.data()


def make_document(arguments: argparse.Namespace) -> int:
    """Write a report or an annex as a Word document for comments."""
    from cop.report import filenames, languages, word
    from cop.run import plan

    language = languages.validate_tag(arguments.language)
    folder = plan.in_language(arguments.outputs, language)
    wanted = arguments.country, arguments.annex, options.repeated_language(language)
    page = filenames.page_of(folder, *wanted)
    content = word.from_page(page, arguments.by)
    out = arguments.out or _sent_document(arguments.outputs, language, page.stem)
    writing.whole(out, content)
    print(f"Written: {out}")
    print("Next: send the file, then import comments with `cop comments FILE.docx --role ROLE`.")
    return 0


def import_comments(arguments: argparse.Namespace) -> int:
    """Import comments and tracked changes from a Word document.

    Asks for `--role` if it is missing. The default of `--sent` is the file of `cop docx`, if any.
    """
    from cop.fieldwork import comments
    from cop.report import languages

    body = _checked_role(arguments), arguments.organisation

    def sent(iso3, language):
        tag = language if language in languages.available() else ""  # it comes from the document
        usual = _sent_document(arguments.outputs, tag, f"cop-assessment-{iso3}")
        return arguments.sent or (usual if usual.is_file() else None)

    file, data, iso3 = arguments.file, arguments.data, arguments.country
    print("\n".join(comments.import_comments(file, data, *body, iso3, sent)))
    return 0


def record_answer(arguments: argparse.Namespace) -> int:
    """Record the decision on a comment."""
    from cop.fieldwork import comments

    answer = arguments.comment, arguments.decision, arguments.why, arguments.changed
    print(comments.answer(*answer, arguments.data))
    return 0


def record_sign_off(arguments: argparse.Namespace) -> int:
    """Record that an organisation has signed off an edition."""
    from cop.fieldwork import comments

    letter = arguments.country, arguments.body, arguments.scope, arguments.date
    print(comments.sign_off(*letter, arguments.edition, arguments.data))
    return 0


def _checked_role(arguments):
    roles, role = labels("comments", "role", arguments.data), arguments.role
    names = ", ".join(roles)
    if not role:
        try:
            role = input(f"Kind of organisation that comments ({names}): ").strip()
        except EOFError:
            role = ""
    if role not in roles:
        wrong = f"{role!r} is not a kind of organisation" if role else "--role is missing"
        raise UserError(f"{wrong}; set --role to one of: {names}")
    return role


def _sent_document(outputs, language, stem):
    from cop.report import filenames

    return outputs / "word" / f"{stem}{filenames.ending(language)}.docx"

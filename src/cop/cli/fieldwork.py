"""Define the field work commands: forms, contacts, invite, intake, review, publish."""

import argparse
from collections import Counter
from datetime import date

from cop.cli import options
from cop.data import UserError, count


def add_to(commands: options.Commands) -> None:
    """Add the commands of this module to `cop`."""
    commands.group("Field work")
    forms = commands.add("forms", write_forms, "cop forms, cop forms mapping_form --out forms")
    names = "ids of questionnaires, such as mapping_form (default: all)"
    forms.value("questionnaires", "QUESTIONNAIRE", names, nargs="*")
    forms.text("--country", "ISO3", "country recorded in the forms (default: none)")
    folder = "folder for the forms (default: outputs/forms)"
    forms.file("--out", "DIR", folder, default=options.OUTPUTS / "forms")
    forms.data()
    examples = "cop contacts UKR, cop contacts --record UKR-C07 invited, "
    examples += 'cop contacts UKR --add organisation="Ministry of …" category=government '
    examples += "function=secretariat email=office@example.org language=en"
    contacts = commands.add("contacts", list_contacts, examples)
    contacts.value("countries", "ISO3", "countries of the contacts (default: all)", nargs="*")
    cells = "cells of a new contact (requires exactly one country)"
    contacts.value("--add", "COLUMN=VALUE", cells, **options.CELLS)
    step = "record a contact's step, such as invited"
    contacts.value("--record", ("CONTACT", "STEP"), step, nargs=2)
    day = "date of the new contact, the step or the list (default: today)"
    contacts.day("--date", day, str(date.today()))
    contacts.data()
    example = 'cop invite UKR --sender "Name, organisation" --deadline 2026-12-31'
    invites = commands.add("invite", write_invitations, example)
    invites.value("country", "ISO3", "country of the contacts")
    invites.value("--sender", "NAME", "name and organisation of the sender", required=True)
    invites.day("--deadline", "deadline for answers (default: in three weeks)")
    invites.data()
    _add_intake(commands)
    reviews = commands.add("review", review_answers, "cop review UKR")
    reviews.value("country", "ISO3", "country whose answers are reviewed")
    reviews.data()
    examples = "cop publish UKR --dry-run, cop publish UKR"
    publishes = commands.add("publish", publish_tables, examples)
    publishes.value("country", "ISO3", "country whose tables are published")
    publishes.flag("--dry-run", "show changes without writing them")
    publishes.flag(
        "--withdraw", "remove numbers that count withdrawn responses, and rows without responses"
    )
    publishes.data()


def _add_intake(commands):
    examples = "cop intake UKR.xlsx, cop intake export.csv --country UKR, "
    examples += "cop intake --from kobo --server eu.kobotoolbox.org --form aXyz"
    parser = commands.add("intake", import_responses, examples)
    parser.file("files", "FILE", "Excel forms, exports or plain tables", nargs="*")
    variables = "COP_KOBO_TOKEN (API key), COP_ODK_TOKEN or COP_LIMESURVEY_TOKEN (name:password)"
    parser.add_argument(
        "--from",
        choices=["kobo", "odk", "limesurvey"],
        dest="tool",
        help=f"type of server to import from; set your credentials in {variables}",
    )
    parser.text("--server", "ADDRESS", "address of the server (requires --from)")
    form = "form on the server: Kobo uid, ODK project/form or LimeSurvey survey ID"
    parser.text("--form", "ID", f"{form} (requires --from)")
    country = "country of the responses; responses from other countries are rejected"
    parser.text("--country", "ISO3", country)
    parser.flag("--undo", "remove the responses of these files from the restricted store")
    parser.file("--mapping", "FILE.yml", "mapping of a plain table's columns to questions")
    parser.data()


def write_forms(arguments: argparse.Namespace) -> int:
    """Write forms to send, to publish online or to print."""
    from cop.fieldwork import forms, questionnaires

    data, names = arguments.data, arguments.questionnaires
    paths = forms.write(names, data, arguments.out, arguments.country)
    for folder, number in Counter(path.parent for path in paths).items():
        print(f"{folder}: {count(number, 'file')}")
    for form in [questionnaires.load(name, data) for name in names or questionnaires.ids(data)]:
        for code in form.spoken:
            if missing := form.untranslated(code):
                number = count(len(missing), "text")
                print(f"{form.id}, {code}: {number} without a translation, shown in English")
    return 0


def list_contacts(arguments: argparse.Namespace) -> int:
    """List contacts that are due, count forms by outcome, add a contact or record a step."""
    from cop.fieldwork import contacts

    data, day = arguments.data, arguments.date
    if arguments.add and arguments.record:
        raise UserError("--add and --record cannot be combined; use two commands")
    if arguments.add:
        if len(arguments.countries) != 1:
            fix = "such as `cop contacts UKR --add organisation=…`"
            raise UserError(f"--add requires exactly one country, {fix}")
        values = {"date": day} | options.settings(arguments.add)
        contact = contacts.add(data, arguments.countries[0], values)
        print(f"{contact} added to {data / contacts.PATH}")
    elif arguments.record:
        contact, step = arguments.record
        contacts.record(data, contact, step, day)
        print(f"{contact}: {step} on {day}")
    else:
        print(contacts.follow_up(data, arguments.countries, day))
    return 0


def write_invitations(arguments: argparse.Namespace) -> int:
    """Write e-mail drafts of the invitations and reminders that are due, without sending them."""
    from cop.fieldwork import contacts

    sender, until = arguments.sender, arguments.deadline
    print(contacts.invite(arguments.data, arguments.country, sender, until))
    return 0


def import_responses(arguments: argparse.Namespace) -> int:
    """Import responses from completed forms, exports or a server, or remove them again.

    With `--undo`, only the files and `--data` are used. Returns 0 with `--undo`, otherwise the
    status of `intake.import_responses`. Raises UserError for missing files or options, and like
    `fetch.fetch`, `intake.import_responses` and `intake.undo`.
    """
    from cop.fieldwork import contacts, intake

    if arguments.undo:
        if not arguments.files:
            raise UserError("--undo requires the imported files: `cop intake UKR.xlsx --undo`")
        print(intake.undo(arguments.files, arguments.data))
        if names := contacts.without_response(arguments.data):
            print(
                "Contacts recorded as answered or partial whose response is not in the store: "
                f"{', '.join(names)}. Import the response again, or record the contact's actual "
                f"step, such as `cop contacts --record {names[0]} invited`."
            )
        return 0
    if bool(arguments.files) == bool(arguments.tool):
        raise UserError("use either FILE, or --from with --server and --form, but not both")
    files = arguments.files
    if arguments.tool:
        from cop.fieldwork import fetch

        files = [fetch.fetch(arguments.tool, arguments.server, arguments.form)]
    return intake.import_responses(files, arguments.data, arguments.country, arguments.mapping)


def review_answers(arguments: argparse.Namespace) -> int:
    """Add new open answers and organisation names to the review sheet, and check its decisions."""
    from cop.fieldwork import review

    print(review.review(arguments.data, arguments.country))
    return 0


def publish_tables(arguments: argparse.Namespace) -> int:
    """Write a country's anonymised tables to its research folder, or only show the changes."""
    from cop.fieldwork import publish

    publish.publish(arguments.data, arguments.country, arguments.dry_run, arguments.withdraw)
    return 0

"""The field work commands: forms, contacts, invite, intake, review, publish."""

import argparse
from collections import Counter

from cop.cli import options
from cop.data import UserError, count


def add_to(commands: options.Commands) -> None:
    """Add the commands to the parser of `cop`."""
    commands.group("Field work")
    forms = commands.add(
        "forms",
        "write forms to send, to publish online or to print",
        write_forms,
        "cop forms, cop forms mapping_form --out forms",
    )
    forms.value("questionnaires", "QUESTIONNAIRE", "which ones (all by default)", nargs="*")
    forms.text("--country", "ISO3", "country of the forms (any by default)")
    forms.file("--out", "DIR", "folder to write to", default=options.OUTPUTS / "forms")
    forms.data()
    contacts = commands.add(
        "contacts",
        "list contacts, who is due and who answered",
        list_contacts,
        "cop contacts UKR, cop contacts --record UKR-C07 invited, "
        'cop contacts UKR --add organisation="Ministry of …" category=government '
        "function=secretariat email=office@example.org language=en",
    )
    contacts.value("countries", "ISO3", "which countries (all by default)", nargs="*")
    contacts.value("--add", "COLUMN=VALUE", "add a contact of the country", nargs="+")
    contacts.value("--record", ("CONTACT", "STEP"), "record a step, such as invited", nargs=2)
    contacts.text("--date", "DATE", "day of the step or of the list (today by default)")
    contacts.data()
    invites = commands.add(
        "invite",
        "write messages as drafts; nothing is sent",
        write_invitations,
        'cop invite UKR --sender "Name, organisation" --deadline 2026-12-31',
    )
    invites.value("country", "ISO3", "country of the contacts")
    invites.value("--sender", "NAME", "who asks: your name and organisation", required=True)
    invites.text("--deadline", "DATE", "day to answer by (in three weeks by default)")
    invites.data()
    _add_intake(commands)
    reviews = commands.add(
        "review",
        "write open answers into a sheet, and read the decisions in it",
        review_answers,
        "cop review UKR, cop review UKR --decisions data/restricted/to_review-UKR.csv, "
        "cop review UKR --all",
    )
    reviews.value("country", "ISO3", "country of the answers")
    reviews.file("--decisions", "FILE.csv", "read the decisions of a completed sheet")
    reviews.flag("--all", "also list the decided texts, to change a decision")
    reviews.text("--reviewer", "NAME", "who decides (the name of the account by default)")
    reviews.data()
    publishes = commands.add(
        "publish",
        "write a country's publishable tables",
        publish_tables,
        "cop publish UKR --dry-run, cop publish UKR",
    )
    publishes.value("country", "ISO3", "country of the tables in data/research/")
    publishes.flag("--dry-run", "show what would change and write nothing")
    publishes.flag("--withdraw", "remove numbers whose answers were withdrawn")
    publishes.data()


def _add_intake(commands):
    parser = commands.add(
        "intake",
        "import responses: completed forms, exports, or from a server",
        import_responses,
        "cop intake UKR.xlsx, cop intake export.csv --country UKR, "
        "cop intake --from kobo --server eu.kobotoolbox.org --form aXyz",
    )
    parser.file("files", "FILE", "Excel forms or exports", nargs="*")
    tokens = "COP_KOBO_TOKEN, COP_ODK_TOKEN or COP_LIMESURVEY_TOKEN"
    parser.add_argument(
        "--from",
        choices=["kobo", "odk", "limesurvey"],
        dest="tool",
        help=f"fetch from a server, with the token in {tokens}",
    )
    parser.text("--server", "ADDRESS", "with --from: the address of the server")
    form = "the form there (Kobo's uid, ODK's project/form, a survey's number)"
    parser.text("--form", "ID", f"with --from: {form}")
    parser.text("--country", "ISO3", "country of responses that do not state it")
    parser.flag("--undo", "remove the responses of the files from the store again")
    parser.file("--mapping", "FILE.yml", "which column answers which question, for a plain table")
    parser.data()


def write_forms(arguments: argparse.Namespace) -> int:
    """Write the forms of questionnaires, and print the number of files in each folder."""
    from cop.fieldwork import forms

    paths = forms.write(arguments.questionnaires, arguments.data, arguments.out, arguments.country)
    for folder, number in Counter(path.parent for path in paths).items():
        print(f"{folder}: {count(number, 'file')}")
    return 0


def list_contacts(arguments: argparse.Namespace) -> int:
    """Print due contacts and outcomes; with --add or --record, change contacts.csv."""
    from cop.fieldwork import contacts

    data, day = arguments.data, arguments.date
    if arguments.add:
        if len(arguments.countries) != 1:
            raise UserError("add the country, such as `cop contacts UKR --add organisation=…`")
        values = options.settings(arguments.add)
        if day:
            values["date"] = day
        new = contacts.add(data, arguments.countries[0], values)
        due = f"`cop contacts {new['iso3']}` lists who is due"
        print(f"{new['contact_id']} listed in {contacts.PATH}; {due}.")
        if others := contacts.duplicates(data, new):
            print(f"The same organisation and address are listed as {', '.join(others)} too.")
    elif arguments.record:
        new = contacts.record(data, *arguments.record, day)
        print(f"{new['contact_id']}: {new['step']} on {new['date']}")
    else:
        print(contacts.follow_up(data, arguments.countries, day))
    return 0


def write_invitations(arguments: argparse.Namespace) -> int:
    """Write a draft for each contact that is due."""
    from cop.fieldwork import contacts

    message = arguments.country, arguments.sender, arguments.deadline
    print("\n".join(contacts.invite(arguments.data, *message)))
    return 0


def import_responses(arguments: argparse.Namespace) -> int:
    """Import responses from files or from a server; return the exit status."""
    from cop.fieldwork import intake

    if arguments.undo:
        if not arguments.files:
            raise UserError("add the imported files, such as `cop intake UKR.xlsx --undo`")
        print(intake.undo(arguments.files, arguments.data))
        return 0
    if bool(arguments.files) == bool(arguments.tool):
        raise UserError("add completed forms, or a server with --from, --server and --form")
    about, files = (arguments.country, arguments.mapping), arguments.files
    if arguments.tool:
        from cop.fieldwork import fetch

        files = [fetch.fetch(arguments.tool, arguments.server, arguments.form)]
    return intake.import_responses(files, arguments.data, *about)


def review_answers(arguments: argparse.Namespace) -> int:
    """Write the review sheet, or store the decisions in it."""
    from cop.fieldwork import review

    sheet = arguments.decisions, arguments.reviewer, arguments.all
    print(review.review(arguments.data, arguments.country, *sheet))
    return 0


def publish_tables(arguments: argparse.Namespace) -> int:
    """Write the publishable tables of a country."""
    from cop.fieldwork import publish

    publish.publish(arguments.data, arguments.country, arguments.dry_run, arguments.withdraw)
    return 0

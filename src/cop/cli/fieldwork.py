"""The commands of the field work: forms out, contacts, returns in, review, publishing.

Each imports its work when it is run.
"""

import argparse

from cop.cli import options


def add_to(commands: argparse._SubParsersAction) -> None:
    """Add the commands to the parser of `cop`."""
    _forms(commands)
    _contacts(commands)
    _invite(commands)
    _intake(commands)
    _review(commands)
    _publish(commands)


def _forms(commands: argparse._SubParsersAction) -> None:
    parser = options.command(
        commands,
        "forms",
        "make forms to send, to put online or to print",
        _make_forms,
        "cop forms, cop forms mapping_form --out forms",
    )
    options.value(
        parser, "questionnaires", "QUESTIONNAIRE", "which ones (all otherwise)", nargs="*"
    )
    options.place(parser, "--out", "where they are written", "forms")
    options.data(parser)


def _make_forms(arguments: argparse.Namespace) -> int:
    from cop.fieldwork.forms import files

    made = files.write(arguments.questionnaires, arguments.data, arguments.out)
    print("\n".join(files.lines(made)))
    return 0


def _contacts(commands: argparse._SubParsersAction) -> None:
    parser = options.command(
        commands,
        "contacts",
        "say who is due, and who answered",
        _follow_up,
        "cop contacts UKR, cop contacts --record UKR-C07 invited, "
        'cop contacts UKR --add organisation="Ministry of …" category=government '
        "function=secretariat email=office@example.org language=en",
    )
    options.value(parser, "countries", "ISO3", "which countries (all otherwise)", nargs="*")
    options.value(parser, "--add", "COLUMN=VALUE", "list a contact of the country", nargs="+")
    options.value(parser, "--record", ("CONTACT", "STEP"), "add a step, such as invited", nargs=2)
    options.value(
        parser,
        "--date",
        "DATE",
        "day of that step, or as of which to look (today otherwise)",
        default="",
    )
    options.value(
        parser, "--questionnaire", "ID", "of which form the steps are", default="mapping_form"
    )
    options.flag(parser, "--show-contacts", "show persons and addresses on this terminal")
    options.data(parser)


def _follow_up(arguments: argparse.Namespace) -> int:
    from cop.fieldwork.contacts import register

    if arguments.add:
        return _list(arguments)
    if arguments.record:
        contact, step = arguments.record
        new = register.record(
            arguments.data, contact, step, arguments.date, arguments.questionnaire
        )
        print(f"{new['contact_id']}: {new['step']} on {new['date']}")
        return 0
    lines = register.follow_up(
        arguments.data,
        arguments.countries,
        arguments.date,
        arguments.questionnaire,
        arguments.show_contacts,
    )
    print("\n".join(lines))
    return 0


def _list(arguments):
    """List a contact, and say what is next."""
    from cop.data import Refused
    from cop.fieldwork.contacts import register

    if len(arguments.countries) != 1:
        raise Refused("say of which country, such as `cop contacts UKR --add organisation=…`")
    said = options.settings(arguments.add)
    new = register.enlist(arguments.data, arguments.countries[0], said)
    invites = f"`cop invite {new['iso3']}` writes to it"
    print(f"{new['contact_id']} listed in {register.PATH}; {invites}.")
    return 0


def _invite(commands: argparse._SubParsersAction) -> None:
    parser = options.command(
        commands, "invite", "write messages as drafts; nothing is sent", _write_to, "cop invite UKR"
    )
    options.value(parser, "country", "ISO3", "whose contacts are written to")
    options.value(parser, "--questionnaire", "ID", "which form is attached", default="mapping_form")
    options.file(parser, "--out", "DIR", "a folder in data/restricted/")
    options.data(parser)


def _write_to(arguments: argparse.Namespace) -> int:
    from cop.fieldwork.contacts import invitations

    print(
        "\n".join(
            invitations.write(
                arguments.data, arguments.country, arguments.questionnaire, arguments.out
            )
        )
    )
    return 0


def _intake(commands: argparse._SubParsersAction) -> None:
    parser = options.command(
        commands,
        "intake",
        "import responses: forms and exports that came back, or from a server",
        _take_in,
        "cop intake UKR.xlsx, cop intake export.csv --country UKR, "
        "cop intake --from kobo --server eu.kobotoolbox.org --form aXyz",
    )
    options.file(parser, "files", "FILE", "Excel forms and exports", nargs="*")
    parser.add_argument(
        "--from",
        choices=["kobo", "odk", "limesurvey"],
        dest="tool",
        help="fetch from a server, by the token in COP_KOBO_TOKEN, COP_ODK_TOKEN, "
        "COP_LIMESURVEY_TOKEN",
    )
    options.value(parser, "--server", "ADDRESS", "with --from: where the server is", default="")
    options.value(
        parser,
        "--form",
        "ID",
        "with --from: the form there (Kobo's uid, ODK's project/form, a survey's number)",
        default="",
    )
    options.value(parser, "--country", "ISO3", "country of returns that do not say it", default="")
    options.value(
        parser,
        "--questionnaire",
        "ID",
        "which questionnaire, where the file leaves it open",
        default="",
    )
    options.file(parser, "--mapping", "FILE.yml", "which column answers what, for a plain table")
    options.data(parser)


def _take_in(arguments: argparse.Namespace) -> int:
    from cop.data import Refused
    from cop.fieldwork import fetch

    if bool(arguments.files) == bool(arguments.tool):
        raise Refused("name files that came back, or a server with --from, --server and --form")
    if not arguments.tool:
        return _taken(arguments, arguments.files)
    name, content = fetch.fetch(arguments.tool, arguments.server, arguments.form)
    with fetch.as_file(name, content, arguments.data) as path:
        return _taken(arguments, [path])


def _taken(arguments, paths):
    from cop.fieldwork import intake

    return intake.take_in(
        paths,
        arguments.data,
        iso3=arguments.country,
        questionnaire=arguments.questionnaire,
        mapping=arguments.mapping,
    )


def _review(commands: argparse._SubParsersAction) -> None:
    parser = options.command(
        commands,
        "review",
        "write open answers into a sheet, and take its decisions back",
        _look_over,
        "cop review UKR, cop review UKR --decisions data/restricted/to_review-UKR.csv",
    )
    options.value(parser, "country", "ISO3", "whose answers are written into a sheet")
    options.file(parser, "--decisions", "FILE.csv", "take the decisions of a filled-in sheet")
    options.value(
        parser, "--reviewer", "NAME", "who decides, where it is not the account's name", default=""
    )
    options.data(parser)


def _look_over(arguments: argparse.Namespace) -> int:
    from cop.fieldwork import review

    country, decisions = arguments.country, arguments.decisions
    print(review.review(arguments.data, country, decisions, arguments.reviewer))
    return 0


def _publish(commands: argparse._SubParsersAction) -> None:
    parser = options.command(
        commands,
        "publish",
        "write the publishable tables of a country",
        _make_public,
        "cop publish UKR --dry-run, cop publish UKR",
    )
    options.value(parser, "country", "ISO3", "whose tables are written into data/research/")
    options.flag(parser, "--dry-run", "show what would change, and write nothing")
    options.flag(parser, "--withdraw", "take back numbers whose answers were withdrawn")
    options.data(parser)


def _make_public(arguments: argparse.Namespace) -> int:
    from cop.fieldwork import publish

    publish.publish(arguments.data, arguments.country, arguments.dry_run, arguments.withdraw)
    return 0

"""The commands of the field work: forms out, contacts, returns in, review, publishing.

Each imports its work when it is run.
"""

import argparse
from pathlib import Path

from cop import options


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
    parser.add_argument(
        "questionnaires", nargs="*", metavar="QUESTIONNAIRE", help="which ones (all otherwise)"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=options.ROOT / "outputs" / "forms",
        metavar="DIR",
        help="where they are written",
    )
    options.data(parser)


def _make_forms(arguments: argparse.Namespace) -> int:
    from fieldwork.forms import files

    print(
        "\n".join(files.lines(files.write(arguments.questionnaires, arguments.data, arguments.out)))
    )
    return 0


def _contacts(commands: argparse._SubParsersAction) -> None:
    parser = options.command(
        commands,
        "contacts",
        "say who is due, and who answered",
        _follow_up,
        "cop contacts UKR, cop contacts --record UKR-C07 invited",
    )
    parser.add_argument(
        "countries", nargs="*", metavar="ISO3", help="which countries (all otherwise)"
    )
    parser.add_argument(
        "--record", nargs=2, metavar=("CONTACT", "STEP"), help="add a step, such as invited"
    )
    parser.add_argument(
        "--date",
        default="",
        metavar="DATE",
        help="day of that step, or as of which to look (today otherwise)",
    )
    parser.add_argument(
        "--questionnaire", default="mapping_form", metavar="ID", help="of which form the steps are"
    )
    parser.add_argument(
        "--show-contacts", action="store_true", help="show persons and addresses on this terminal"
    )
    options.data(parser)


def _follow_up(arguments: argparse.Namespace) -> int:
    from fieldwork.contacts import register

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


def _invite(commands: argparse._SubParsersAction) -> None:
    parser = options.command(
        commands, "invite", "write messages as drafts; nothing is sent", _write_to, "cop invite UKR"
    )
    parser.add_argument("country", metavar="ISO3", help="whose contacts are written to")
    parser.add_argument(
        "--questionnaire", default="mapping_form", metavar="ID", help="which form is attached"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="a folder in data/restricted/")
    options.data(parser)


def _write_to(arguments: argparse.Namespace) -> int:
    from fieldwork.contacts import invitations

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
        "take returns in: forms and exports that came back",
        _take_in,
        "cop intake UKR.xlsx, cop intake export.csv --country UKR",
    )
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="Excel forms, exports, files of refused rows",
    )
    parser.add_argument(
        "--country", default="", metavar="ISO3", help="country of returns that do not say it"
    )
    parser.add_argument(
        "--questionnaire",
        default="",
        metavar="ID",
        help="which questionnaire, where the file leaves it open",
    )
    parser.add_argument(
        "--mapping",
        type=Path,
        metavar="FILE.yml",
        help="which column answers what, for a plain table",
    )
    options.data(parser)


def _take_in(arguments: argparse.Namespace) -> int:
    from fieldwork.returns import intake

    return intake.take_in(
        arguments.files,
        arguments.data,
        iso3=arguments.country,
        questionnaire=arguments.questionnaire,
        mapping=arguments.mapping,
    )


def _review(commands: argparse._SubParsersAction) -> None:
    parser = options.command(
        commands,
        "review",
        "read open answers before they may be quoted",
        _look_over,
        "cop review UKR, cop review --list",
    )
    parser.add_argument(
        "country",
        nargs="?",
        default="",
        metavar="ISO3",
        help="whose answers are read (else everybody's)",
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--list", action="store_true", help="show what waits, and decide nothing")
    how.add_argument(
        "--sheet",
        action="store_true",
        help="write what waits to data/restricted/ for a spreadsheet",
    )
    how.add_argument(
        "--decisions", type=Path, metavar="FILE.csv", help="take the decisions of a filled-in sheet"
    )
    parser.add_argument(
        "--reviewer",
        default="",
        metavar="NAME",
        help="who decides, where it is not the account's name",
    )
    options.data(parser)


def _look_over(arguments: argparse.Namespace) -> int:
    from fieldwork.publishing import review

    for line in review.look_over(
        arguments.data,
        arguments.country,
        arguments.list,
        arguments.sheet,
        arguments.decisions,
        arguments.reviewer,
    ):
        print(line)
    return 0


def _publish(commands: argparse._SubParsersAction) -> None:
    parser = options.command(
        commands,
        "publish",
        "write the publishable tables of a country",
        _make_public,
        "cop publish UKR --dry-run, cop publish UKR",
    )
    parser.add_argument(
        "country", metavar="ISO3", help="whose tables are written into data/research/"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="show what would change, and write nothing"
    )
    parser.add_argument(
        "--withdraw",
        action="store_true",
        help="also where nothing would be left of a published table",
    )
    options.data(parser)


def _make_public(arguments: argparse.Namespace) -> int:
    from fieldwork.publishing import publication

    publication.publish(arguments.data, arguments.country, arguments.dry_run, arguments.withdraw)
    return 0

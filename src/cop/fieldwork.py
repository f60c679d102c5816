"""The commands of the field work: forms out, contacts, returns in, review, publishing. Each imports its work when run."""

from pathlib import Path

from cop import options


def add_to(commands):
    """Add the commands to the parser of `cop`."""
    _forms(commands)
    _contacts(commands)
    _invite(commands)
    _intake(commands)
    _review(commands)
    _publish(commands)


def _forms(commands):
    parser = commands.add_parser(
        "forms", help="make forms to send, to put online or to print", allow_abbrev=False
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
    parser.set_defaults(run=_make_forms)


def _make_forms(told):
    from fieldwork.forms import files

    print("\n".join(files.lines(files.write(told.questionnaires, told.data, told.out))))
    return 0


def _contacts(commands):
    parser = commands.add_parser(
        "contacts", help="say who is due, and who answered", allow_abbrev=False
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
    parser.set_defaults(run=_follow_up)


def _follow_up(told):
    from fieldwork.contacts import register

    if told.record:
        contact, step = told.record
        new = register.record(told.data, contact, step, told.date, told.questionnaire)
        print(f"{new['contact_id']}: {new['step']} on {new['date']}")
        return 0
    lines = register.follow_up(
        told.data, told.countries, told.date, told.questionnaire, told.show_contacts
    )
    print("\n".join(lines))
    return 0


def _invite(commands):
    parser = commands.add_parser(
        "invite", help="write messages as drafts; nothing is sent", allow_abbrev=False
    )
    parser.add_argument("country", metavar="ISO3", help="whose contacts are written to")
    parser.add_argument(
        "--questionnaire", default="mapping_form", metavar="ID", help="which form is attached"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="a folder in data/restricted/")
    options.data(parser)
    parser.set_defaults(run=_write_to)


def _write_to(told):
    from fieldwork.contacts import invitations

    print("\n".join(invitations.write(told.data, told.country, told.questionnaire, told.out)))
    return 0


def _intake(commands):
    parser = commands.add_parser(
        "intake", help="take returns in: forms and exports that came back", allow_abbrev=False
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
    parser.set_defaults(run=_take_in)


def _take_in(told):
    from fieldwork.returns import intake

    return intake.take_in(
        told.files,
        told.data,
        iso3=told.country,
        questionnaire=told.questionnaire,
        mapping=told.mapping,
    )


def _review(commands):
    parser = commands.add_parser(
        "review", help="read open answers before they may be quoted", allow_abbrev=False
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
    parser.set_defaults(run=_look_over)


def _look_over(told):
    from fieldwork.publishing import review

    for line in review.look_over(
        told.data, told.country, told.list, told.sheet, told.decisions, told.reviewer
    ):
        print(line)
    return 0


def _publish(commands):
    parser = commands.add_parser(
        "publish", help="write the publishable tables of a country", allow_abbrev=False
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
    parser.set_defaults(run=_make_public)


def _make_public(told):
    from fieldwork.publishing import publication

    publication.publish(told.data, told.country, told.dry_run, told.withdraw)
    return 0

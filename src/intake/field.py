"""The commands of the field work: forms out, contacts, returns in, review, publishing. Each imports its work when run."""

from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "data"


def add_to(commands):
    """Add the commands to the parser of `cop`."""
    _intake(commands)
    _review(commands)
    _publish(commands)


def _intake(commands):
    parser = commands.add_parser("intake", help="take returns in: forms and exports that came back", allow_abbrev=False)
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="Excel forms, exports, files of refused rows"
    )
    parser.add_argument("--country", default="", metavar="ISO3", help="country of returns that do not say it")
    parser.add_argument(
        "--questionnaire", default="", metavar="ID", help="which questionnaire, where the file leaves it open"
    )
    parser.add_argument("--mapping", type=Path, metavar="FILE.yml", help="which column answers what, for a plain table")
    parser.add_argument("--data", type=Path, default=DATA, metavar="DIR")
    parser.set_defaults(run=_take_in)


def _take_in(told):
    from intake import returns

    return returns.take_in(
        told.files, told.data, iso3=told.country, questionnaire=told.questionnaire, mapping=told.mapping
    )


def _review(commands):
    parser = commands.add_parser("review", help="read open answers before they may be quoted", allow_abbrev=False)
    parser.add_argument("country", metavar="ISO3", help="whose answers are read")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--list", action="store_true", help="show what waits, and decide nothing")
    how.add_argument("--sheet", action="store_true", help="write what waits to data/restricted/ for a spreadsheet")
    how.add_argument("--decisions", type=Path, metavar="FILE.csv", help="take the decisions of a filled-in sheet")
    parser.add_argument("--reviewer", default="", metavar="NAME", help="who decides, where it is not the account's name")
    parser.add_argument("--data", type=Path, default=DATA, metavar="DIR")
    parser.set_defaults(run=_look_over)


def _look_over(told):
    from intake import review

    return review.run(told)


def _publish(commands):
    parser = commands.add_parser("publish", help="write the publishable tables of a country", allow_abbrev=False)
    parser.add_argument("country", metavar="ISO3", help="whose tables are written into data/research/")
    parser.add_argument("--dry-run", action="store_true", help="show what would change, and write nothing")
    parser.add_argument("--data", type=Path, default=DATA, metavar="DIR")
    parser.set_defaults(run=_make_public)


def _make_public(told):
    from intake import publish

    publish.publish(told.data, told.country, told.dry_run)
    return 0

"""The commands of the field work: forms out, contacts, returns in, review, publishing. Each imports its work when run."""

from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "data"


def add_to(commands):
    """Add the commands to the parser of `cop`."""
    _intake(commands)


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

"""The commands of the analyst's desk: research added, countries begun, figures refreshed, editions compared."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def add_to(commands):
    """Add the commands to the parser of `cop`."""
    _adding(commands)
    _editions(commands)


def _editions(commands):
    """Add what begins a country or an edition: `cop new`."""
    begins = commands.add_parser("new", help="begin a country, or its next edition", allow_abbrev=False)
    begins.add_argument("iso3", metavar="ISO3", help="country code such as DEU")
    begins.add_argument("--edition", default="", metavar="YYYY", help="edition (this year's otherwise)")
    _data(begins)
    begins.set_defaults(run=new)


def new(told):
    """Begin a country or its next edition, and say what to do next."""
    from intake import country

    print("\n".join(country.begin(told.iso3, told.data, told.edition)))
    return 0


def _adding(commands):
    """Add what brings in research: `cop add`."""
    adds = commands.add_parser("add", help="add evidence, a source, a stakeholder or an instrument", allow_abbrev=False)
    adds.add_argument("kind", choices=["evidence", "source", "stakeholder", "instrument"], help="what to add")
    adds.add_argument("iso3", metavar="ISO3", help="country code such as UKR")
    adds.add_argument("--set", nargs="+", metavar="COLUMN=VALUE", help="add this row without asking")
    adds.add_argument(
        "--from", dest="file", type=Path, metavar="ROWS.csv", help="add the rows of a CSV file, all or none"
    )
    _data(adds)
    adds.set_defaults(run=add)


def add(told):
    """Add rows by question and answer, from words, or from a file; gives 1 when the person decided against it."""
    from intake import Refused, adding, asking

    if told.set and told.file:
        raise Refused("say --set or --from, not both")
    if told.file:
        rows = asking.from_file(told.file)
    elif told.set:
        rows = [asking.from_settings(told.set)]
    else:
        rows = [asking.from_questions(told.kind, told.iso3, told.data)]
        if rows == [None]:
            return 1
    for row in (written := adding.add_rows(told.kind, told.iso3, rows, told.data)):
        if told.set or told.file:
            print(asking.shown(row), end="\n\n")
    print(f"{len(written)} written to {adding.path_of(told.kind, told.iso3, told.data)}: " + _few(written))
    return 0


def _few(rows):
    """Name the rows written by their ids, the first and the last of many."""
    ids = [next(iter(row.values())) for row in rows]
    return ", ".join(ids) if len(ids) <= 6 else f"{ids[0]} to {ids[-1]}"


def _data(parser):
    """Add what says where the data lies."""
    parser.add_argument("--data", type=Path, default=ROOT / "data", metavar="DIR", help="folder with datapackage.json")

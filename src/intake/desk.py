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
    brings = commands.add_parser("import-sources", help="bring in a library of references", allow_abbrev=False)
    brings.add_argument("file", type=Path, metavar="FILE", help="CSL JSON (Zotero), BibTeX or RIS")
    brings.add_argument("iso3", metavar="ISO3", help="country code such as UKR")
    brings.add_argument("--language", default="", metavar="xx", help="language of items that state none, such as en")
    brings.add_argument("--verified", choices=["yes", "no"], default="no", help="yes: you have seen every one of them")
    clash = brings.add_mutually_exclusive_group()
    clash.add_argument("--keep-ours", action="store_true", help="leave what the register says (as without it)")
    clash.add_argument("--take-theirs", action="store_true", help="where both disagree, take what the library says")
    brings.add_argument("--yes", action="store_true", help="write without asking")
    _data(brings)
    brings.set_defaults(run=import_sources)


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


def import_sources(told):
    """Bring in a library of references; gives 1 when something in it could not be taken or was decided against."""
    from intake import bibliography

    found = bibliography.compare(told.file, told.iso3, told.data, told.language, told.verified)
    print("\n".join(bibliography.report(found, told.file.name, told.take_theirs)))
    changes = len(found.conflicts) if told.take_theirs else 0
    if not found.new and not changes:
        print("Nothing to write.")
    elif not _agreed(f"Write {len(found.new)} new sources and change {changes} cells?", told.yes):
        return 1
    else:
        written, changed = bibliography.write(found, told.iso3, told.data, told.take_theirs)
        print(
            f"{len(written)} sources written ({_few(written)}), {changed} cells changed."
            if written
            else f"{changed} cells changed."
        )
    return 1 if found.unfit else 0


def _agreed(question, yes):
    """Ask before writing, unless told not to; no answer is no."""
    try:
        agreed = yes or input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        agreed = False
    if not agreed:
        print("Nothing was written." + ("" if yes else " Say --yes to write without being asked."))
    return agreed


def _few(rows):
    """Name the rows written by their ids, the first and the last of many."""
    ids = [next(iter(row.values())) for row in rows]
    return ", ".join(ids) if len(ids) <= 6 else f"{ids[0]} to {ids[-1]}"


def _data(parser):
    """Add what says where the data lies."""
    parser.add_argument("--data", type=Path, default=ROOT / "data", metavar="DIR", help="folder with datapackage.json")

"""The commands for translations: `cop words extract`, `cop words status`, `cop words review`."""

import argparse

from cop.cli import options
from cop.data import count

EXAMPLES = (
    "cop words extract, cop words extract pl, cop words status, cop words review uk --by ROLE"
)


def add_to(commands: argparse._SubParsersAction) -> None:
    """Add the command to the parser of `cop`."""
    parser = options.command(
        commands, "words", "the languages of the pages: renew, count, sign", extract, EXAMPLES
    )
    parts = parser.add_subparsers(required=True, metavar="what")
    extracts = options.command(
        parts,
        "extract",
        "renew every catalogue from what pages can say; begin one of a language",
        extract,
        "cop words extract, cop words extract pl",
    )
    options.value(extracts, "language", "TAG", "a language to begin: pl, sr-Latn", nargs="?")
    options.command(
        parts,
        "status",
        "say of each language what is translated, missing and stale",
        status,
        "cop words status",
    )
    reviews = options.command(
        parts,
        "review",
        "sign a catalogue that somebody who speaks the language has read",
        review,
        'cop words review uk --by "language editor, Ministry of Justice"',
    )
    options.value(reviews, "language", "TAG", "whose catalogue was read")
    options.value(reviews, "--by", "ROLE", "who read it: a role or a body, no name", required=True)


def extract(arguments: argparse.Namespace) -> int:
    """Answer `cop words extract`: renew the catalogues and say how far each is."""
    from cop.report.tongue import messages, upkeep

    every = messages.every()
    upkeep.renew(every, arguments.language or "")
    print(f"{count(len(every), 'message')} that pages can say.")
    _print(upkeep.standings(every))
    return 0


def status(arguments: argparse.Namespace) -> int:
    """Answer `cop words status`: say how far each catalogue is; gives 1 where one has faults."""
    from cop.report.tongue import messages, upkeep

    standings = upkeep.standings(messages.every())
    _print(standings)
    return 1 if any(one.faults for one in standings) else 0


def review(arguments: argparse.Namespace) -> int:
    """Answer `cop words review`: sign a catalogue."""
    from cop.report.tongue import messages, upkeep

    upkeep.sign_off(arguments.language, arguments.by, messages.every())
    print(f"Signed: {arguments.language}, by {arguments.by}.")
    print("Pages made from now on say so; a translation that is changed makes it a draft again.")
    return 0


def _print(standings):
    for one in standings:
        parts = f"{one.translated} translated, {one.missing} missing, {one.stale} stale"
        print(f"{one.language}: {parts}; {_signed(one)}")
        for fault in one.faults:
            print(f"  {fault}")


def _signed(one):
    if one.signed:
        return f"reviewed by {one.signed}"
    return "machine draft: changed since it was reviewed" if one.changed else "machine draft"

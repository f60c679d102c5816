"""The questions that `cop add` asks, one column after the other, and the rows that it takes without asking."""

import shlex

import contract
from contract import Refused
from research import adding


def from_questions(kind, iso3, data, start=None, hear=None, say=print):
    """Ask for one row and give it, or None where the person does not want it written.

    Enter keeps what stands in brackets, a number chooses, `?` explains. Whoever stops gets back what was typed.
    """
    row, hear = adding.blank(kind, iso3, data) | (start or {}), hear or input
    say(
        f"One row of {adding.KINDS[kind]} of {iso3}. Enter keeps what stands in [ ], ? explains, Ctrl-C stops."
    )
    try:
        _ask(adding.fields(kind, data), row, kind, iso3, data, hear, say)
        while found := adding.faults_of(kind, iso3, row, data):
            wrong = {f.column for f in found}
            say("\n".join(f"! {f}" for f in found))
            _ask(
                [f for f in adding.fields(kind, data) if f.name in wrong],
                row,
                kind,
                iso3,
                data,
                hear,
                say,
            )
        say("\n" + shown(row))
        if hear("Write this row? [y/N] ").strip().lower() in ("y", "yes"):
            return row
    except (KeyboardInterrupt, EOFError):
        say("")
    say(f"Nothing was written. To add what was typed later:\n  {as_command(kind, iso3, row)}")
    return None


def as_command(kind, iso3, row):
    """Give the command that adds a row without asking."""
    filled = [shlex.quote(f"{column}={text}") for column, text in row.items() if text]
    return f"cop add {kind} {iso3} --set {' '.join(filled)}"


def shown(row):
    """Give a row as lines of column and text, empty ones marked."""
    width = max(map(len, row))
    return "\n".join(f"  {column:<{width}}  {text or '(empty)'}" for column, text in row.items())


def from_settings(settings):
    """Give {column: text} of words such as year=2024; raises Refused for one without an equals sign."""
    wrong = [one for one in settings if "=" not in one]
    if wrong:
        raise Refused(
            f"{wrong[0]!r} is not column=value, such as year=2024; put a value with spaces in quotes"
        )
    return {
        column.strip(): text.strip() for column, text in (one.split("=", 1) for one in settings)
    }


def from_file(path):
    """Give the rows of a CSV file whose headings are some of the table's columns; empty cells count as left out."""
    if not path.is_file():
        raise Refused(f"there is no file {path}")
    try:
        text = contract.decoded(path)
        lines = [
            line for line in contract.separated(text, contract.separator_of(text)) if any(line)
        ]
    except contract.Broken as error:
        raise Refused(f"{path.name} cannot be read: {error}") from error
    heading = [name.strip() for name in lines[0]] if lines else []
    uneven = [number for number, line in enumerate(lines[1:], 2) if len(line) != len(heading)]
    if not lines[1:] or uneven:
        said = (
            f"row {uneven[0]} has another number of cells than the heading"
            if uneven
            else "it holds no rows"
        )
        raise Refused(f"{path.name} cannot be taken: {said}")
    return [
        {c: t.strip() for c, t in zip(heading, line, strict=True) if t.strip()}
        for line in lines[1:]
    ]


def _ask(questions, row, kind, iso3, data, hear, say):
    for question in questions:
        row[question.name] = _answer(question, row, kind, iso3, data, hear, say)


def _answer(question, row, kind, iso3, data, hear, say):
    """Ask until the answer has no fault of its own; what other columns still lack is told at the end."""
    if question.options:
        say("  " + "  ".join(f"{n} {word}" for n, word in enumerate(question.options, 1)))
    while True:
        kept = row[question.name]
        said = hear(_prompt(question, kept)).strip()
        if said == "?":
            say(f"  {question.help}" + _known(question, iso3, data))
            continue
        text = _chosen(said, question.options) if said else kept
        found = [
            f
            for f in adding.faults_of(kind, iso3, row | {question.name: text}, data)
            if f.column == question.name
        ]
        if not found:
            return text
        say("\n".join(f"  ! {f.value or 'this'} {f.rule}. {f.mend}" for f in found))


def _prompt(question, kept):
    return (
        question.label
        + ("" if question.required else " (may stay empty)")
        + (f" [{kept}]: " if kept else ": ")
    )


def _chosen(said, options):
    """Give the word behind a number, or what was said."""
    return (
        options[int(said) - 1]
        if options and said.isdecimal() and 1 <= int(said) <= len(options)
        else said
    )


def _known(question, iso3, data):
    """Give the latest sources where a source is asked for, so that nobody has to open the register."""
    if question.name != "source_id" or not adding.has_table("source", iso3, data):
        return ""
    latest = adding.present("source", iso3, data).tail(8)
    return "\n  the latest sources:\n" + "\n".join(
        f"    {s.source_id}  {s.title[:70]}" for s in latest.itertuples()
    )

"""The questions that `cop add` asks, column after column, and the rows it takes without asking."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cop.data
from cop.data import Refused
from cop.research import adding
from cop.research.answers import named

MOST, LATEST = 60, 12  # rows that may be named: so many are all shown, of more the latest


def from_questions(
    kind: str,
    iso3: str,
    data: Path,
    hear: Callable[[str], str] | None = None,
    say: Callable[[str], None] = print,
) -> adding.Row | None:
    """Ask for one row and give it, or None where the person does not want it written.

    Enter takes what the question offers, a number chooses, `?` explains. Whoever stops gets back
    what was typed, as a command that adds it.
    """
    row, talk = adding.blank(kind, iso3, data), _Talk(kind, iso3, data, hear or input, say)
    say(
        f"One row of {adding.KINDS[kind]} of {iso3}. Enter takes what a question offers, "
        "? explains, Ctrl-C stops."
    )
    try:
        talk.fill(row)
        say("\n" + shown(row))
        if talk.hear("Write this row? [y/N] ").strip().lower() in ("y", "yes"):
            return row
    except (KeyboardInterrupt, EOFError):
        say("")
    say(f"Nothing was written. To add what was typed later:\n  {as_command(kind, iso3, row)}")
    return None


def changes(
    kind: str,
    iso3: str,
    named: list[str],
    data: Path,
    hear: Callable[[str], str] | None = None,
    say: Callable[[str], None] = print,
) -> adding.Row | None:
    """Ask for each cell of a row that is there, Enter keeps it; give what is to be changed.

    None where nothing is, or the person does not want it written.
    """
    row = adding.row_of(kind, iso3, named, data)
    old, talk = dict(row), _Talk(kind, iso3, data, hear or input, say, there=True)
    say(f"{' '.join(named)} of {iso3}. Enter keeps what is there, ? explains, Ctrl-C stops.")
    try:
        talk.fill(row)
        new = {name: text for name, text in row.items() if text != old[name]}
        if new:
            say("\n" + shown(new))
        if new and talk.hear("Write this? [y/N] ").strip().lower() in ("y", "yes"):
            return new
    except (KeyboardInterrupt, EOFError):
        say("")
    say("Nothing was written.")
    return None


def as_command(kind: str, iso3: str, row: adding.Row) -> str:
    """Give the command that adds a row without asking."""
    filled = [shlex.quote(f"{column}={text}") for column, text in row.items() if text]
    return f"cop add {kind} {iso3} --set {' '.join(filled)}"


def shown(row: adding.Row) -> str:
    """Give a row that is asked about as lines of column and text, empty ones marked."""
    width = max(map(len, row))
    return "\n".join(f"  {column:<{width}}  {text or '(empty)'}" for column, text in row.items())


def from_settings(settings: list[str]) -> adding.Row:
    """Give the row that words such as year=2024 make; Refused for one without an equals sign."""
    wrong = [one for one in settings if "=" not in one]
    if wrong:
        mend = "such as year=2024; put a value with spaces in quotes"
        raise Refused(f"{wrong[0]!r} is not column=value, {mend}")
    pairs = (one.split("=", 1) for one in settings)
    return {column.strip(): text.strip() for column, text in pairs}


def from_file(path: Path) -> dict[int, adding.Row]:
    """Give the rows to be added of a CSV file whose headings are some of the table's columns.

    Each stands under its row as a spreadsheet shows it, empty rows counted. Empty cells count as
    left out. Raises Refused where it cannot be read or holds no rows.
    """
    if not path.is_file():
        raise Refused(f"there is no file {path}")
    try:
        text = cop.data.decoded(path)
        every = enumerate(cop.data.separated(text, cop.data.separator_of(text)), 1)
        (_, heading), *rows = [line for line in every if any(line[1])] or [(1, [])]
    except cop.data.Broken as error:
        raise Refused(f"{path.name} cannot be read: {error}") from error
    if uneven := [number for number, row in rows if len(row) != len(heading)]:
        has = f"row {uneven[0]} has another number of cells than the heading"
        raise Refused(f"{path.name} cannot be taken: {has}")
    if not rows:
        raise Refused(f"{path.name} cannot be taken: it holds no rows")
    names = [name.strip() for name in heading]
    named = {number: zip(names, map(str.strip, row), strict=True) for number, row in rows}
    return {number: {c: cell for c, cell in row if cell} for number, row in named.items()}


@dataclass(frozen=True)
class _Talk:
    """One conversation about one row."""

    kind: str
    iso3: str
    data: Path
    hear: Callable[[str], str]
    say: Callable[[str], None]
    there: bool = False  # whether the row is in the table, and changed

    def fill(self, row):
        """Ask for each column, then for those that have faults, until there is none."""
        questions = adding.fields(self.kind, self.data)
        if self.there:
            named = adding.keys(self.kind, self.data)
            questions = [question for question in questions if question.name not in named]
        self._ask(questions, row)
        while faults := self._faults(row):
            self.say("\n".join(f"! {f}" for f in faults))
            wrong = {f.column for f in faults}
            self._ask([q for q in questions if q.name in wrong], row)

    def _ask(self, questions, row):
        for question in questions:
            row[question.name] = self._answer(question, row)

    def _answer(self, question, row):
        """Ask until the answer has no fault of its own; what others lack is told at the end."""
        if question.options:
            self.say("\n".join(_choices(question)))
        while True:
            kept = row[question.name]
            answer = self.hear(_prompt(question, kept)).strip()
            if answer == "?":
                self.say("\n".join([f"  {question.help}", *self._named(question)]))
                continue
            text = _chosen(answer, question.options) if answer else kept
            text = adding.understood(self.kind, {question.name: text}, self.data)[question.name]
            faults = self._faults(row | {question.name: text})
            if not (own := [f for f in faults if f.column == question.name]):
                return text
            self.say("\n".join(f"  ! {f.value or 'this'} {f.rule}. {f.fix}" for f in own))

    def _faults(self, row):
        find = adding.faults_of_change if self.there else adding.faults_of
        faults = find(self.kind, self.iso3, row, self.data)
        return [fault for fault in faults if fault.rule not in adding.LATER]

    def _named(self, question):
        """Give the rows that may be named here, the latest of many: nobody has to open a table."""
        table = adding.KINDS[self.kind]
        known = [*named.of(table, question.name, self.iso3, self.data).items()]
        if not known:
            return []
        some, head = known, "it may be"
        if len(known) > MOST:
            own = known[-1][0].startswith(self.iso3)
            some = known[-LATEST:] if own else known[:MOST]
            head = f"the {'latest' if own else 'first'} of {len(known)}"
        many = named.several(table, question.name, self.data)
        more = ", or several with '; ' between" if many else ""
        return [f"  {head}{more}:", *(f"    {row_id}  {text[:70]}" for row_id, text in some)]


def _choices(question):
    """Give the words that may be answered, each by its number, with what a page calls it."""
    pairs = zip(question.options, question.labels, strict=True)
    every = [word if word == label else f"{word} ({label})" for word, label in pairs]
    return [f"  {number} {one}" for number, one in enumerate(every, 1)]


def _prompt(question, kept):
    """Give `Source (Enter for UKR-S01): `; what may stay empty says so."""
    enter = f"Enter for {kept}" if kept else "" if question.required else "may stay empty"
    return f"{question.label}{enter and f' ({enter})'}: "


def _chosen(answer, options):
    """Give the word behind a number, or the answer itself."""
    number = int(answer) if options and answer.isdecimal() else 0
    return options[number - 1] if 1 <= number <= len(options or ()) else answer

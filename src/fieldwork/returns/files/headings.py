"""What a column of an export stands for: a question, one of its choices, an entry of a repeated
block, or a note.

Exports name columns by code (`mandate/roles`, `mandate-roles`, `roles[SQ001]`) or by label in any
language, with or without the group in front, so all names that a questionnaire can have are laid
out first and then looked up.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import contract
from contract import Refused
from fieldwork.forms import limesurvey, questionnaires
from fieldwork.forms.questionnaires import Questionnaire, wording
from fieldwork.returns.files.workbooks import plain

# What exports add of their own, and what our forms carry beside the questions => what we call it.
NOTES = {
    "questionnaire": "questionnaire",
    "form_version": "version",
    "formversion": "version",
    "version": "version",
    "form_id": "form_id",
    "formid": "form_id",
    "iso3": "iso3",
    "startlanguage": "language",
    "start language": "language",
    "language of the form": "language",
}
NUMBERED = re.compile(r"(?P<block>\w+?)[\[_ ]?(?P<entry>\d{1,3})\]?[/_.:\- ]+(?P<question>\w+)")
# LimeSurvey: "code. Text of the question"
WITH_TEXT = re.compile(r"(\w+(?:\[\w+\])?)\.\s.+", re.DOTALL)


@dataclass(frozen=True)
class Target:
    """What a column holds: answers to `question`, or whether `code` was chosen; `entry` from 1."""

    question: str
    code: str = ""
    entry: int = 0


class ColumnNames:
    """All names that the columns of one questionnaire can have."""

    def __init__(self, questionnaire: Questionnaire):
        """Lay out codes and labels of every question and choice."""
        self.questionnaire = questionnaire
        self.blocks = {q.id: b for b, q in questionnaire.questions()}
        self.questions = {q.id: q for _, q in questionnaire.questions()}
        # {language: {name: Targets}}; "" are codes
        self.known = {language: {} for language in ("", *questionnaire.languages)}
        for block, question in questionnaire.questions():
            self._add_codes(block, question)
            self._add_labels(block, question)
            self._add_limesurvey(block, question)

    def targets(
        self, header: Sequence[str], block: str | None = None, numbered: bool = False
    ) -> list[Target | None]:
        """Give a Target or None for each cell of a heading row; of those that share a name the
        first is taken first.

        `block` is the repeated block that a sheet holds; `numbered`: the entries of repeated blocks
        stand side by side.
        """
        times, out, spoken = {}, [], self.spoken(header)
        for cell in header:
            meant = self._in_order(self._meant(cell, spoken), block, numbered)
            nth = times[cell] = times.get(cell, -1) + 1
            out.append(meant[min(nth, len(meant) - 1)] if meant else None)
        return out

    def score(self, header: Sequence[str], block: str | None = None) -> int:
        """Give how many cells of a heading row stand for something."""
        return sum(target is not None for target in self.targets(header, block))

    def _in_order(self, targets, block, numbered):
        if block is not None:
            return [t for t in targets if self.blocks[t.question].id == block]
        if not numbered:
            return sorted(targets, key=lambda t: self.blocks[t.question].repeat and not t.entry)
        return [one for t in targets for one in self._entries(t)]

    def _entries(self, target):
        most = self.blocks[target.question].most if not target.entry else 0
        return [replace(target, entry=i) for i in range(1, most + 1)] or [target]

    def spoken(self, header: Sequence[str]) -> str:
        """Give the language in which a heading row is written; "" where it holds codes."""
        names = [{plain(cell), *_tails(plain(cell))} for cell in header]
        scores = {
            language: sum(not own.isdisjoint(known) for own in names)
            for language, known in self.known.items()
        }
        return max(scores, key=scores.get)

    def _meant(self, cell, spoken):
        """Give the targets of a name, in the language of the heading row before others."""
        text, coded = plain(cell), WITH_TEXT.fullmatch(cell.strip())
        if not text:
            return []
        whole = [text, plain(coded[1])] if coded else [text]
        vocabularies = [self.known[language] for language in dict.fromkeys([spoken, *self.known])]
        return (
            _looked_up(whole, vocabularies)
            or self._numbered(text)
            or _looked_up(_tails(text), vocabularies)
        )

    def _numbered(self, text):
        """Give the target of a name such as `partners[2]/partner`."""
        numbered = NUMBERED.fullmatch(text)
        block = self.blocks.get(numbered["question"]) if numbered else None
        if block is None or not block.repeat or block.id != numbered["block"]:
            return []
        return [Target(numbered["question"], "", int(numbered["entry"]))]

    def _add_codes(self, block, question):
        for name in (question.id, f"{block.id}/{question.id}", f"{block.id}-{question.id}"):
            self._add(name, Target(question.id))
            for choice in self._several(question):
                for form in ("{}/{}", "{}[{}]", "{}-{}"):
                    self._add(form.format(name, choice.code), Target(question.id, choice.code))

    def _add_labels(self, block, question):
        for language in self.questionnaire.languages:
            label = wording(question.label, language)
            for name in (label, f"{wording(block.title, language)}/{label}"):
                self._add(name, Target(question.id), language)
                for choice in self._several(question):
                    for form in ("{}/{}", "{} [{}]"):
                        option = form.format(name, wording(choice.label, language))
                        self._add(option, Target(question.id, choice.code), language)

    def _add_limesurvey(self, block, question):
        """Add LimeSurvey's shorter codes; each entry of a block has its own questions."""
        for entry in block.entries:
            name = limesurvey.question_code(question.id, entry)
            self._add(name, Target(question.id, "", entry))
            for choice in self._several(question):
                code = limesurvey.answer_code(question.choices, choice.code)
                for form in (f"{name}[{code}]", f"{name}_{code}"):
                    self._add(form, Target(question.id, choice.code, entry))

    def _several(self, question):
        """Give the choices that may have columns of their own."""
        return self.questionnaire.choices_of(question) if question.type == "many" else ()

    def _add(self, name, target, language=""):
        known = self.known[language].setdefault(plain(name), [])
        if target not in known:
            known.append(target)


class Candidates:
    """The questionnaires that may be meant, each read once and only when a file needs it."""

    def __init__(self, data: Path, wanted: str = ""):
        """Take all of a data folder that can be answered in writing, or the one that is wanted."""
        self.data, self.loaded = data, {}
        there = questionnaires.ids(data)
        if wanted and wanted not in there:
            raise Refused(f"there is no questionnaire {wanted!r}; known: {', '.join(there)}")
        self.ids = [wanted] if wanted else [one for one in there if not one.startswith("guide_")]

    def digest(self) -> str:
        """Give a hash of the definitions, by which a file that is read by others is read anew."""
        folder = contract.locate(self.data, questionnaires.FOLDER)
        texts = [path.read_bytes() for path in sorted(folder.rglob("*.yml"))]
        return hashlib.sha256(b"\0".join(texts)).hexdigest()

    def named(self, name: str, where: str) -> ColumnNames:
        """Give those of one questionnaire; raises Refused when it is not asked for."""
        if name not in self.ids:
            raise Refused(f"{where} {str(name)[:40]!r}, which is not one of: {', '.join(self.ids)}")
        if name not in self.loaded:
            self.loaded[name] = ColumnNames(questionnaires.load(name, self.data))
        return self.loaded[name]

    def every(self) -> list[ColumnNames]:
        """Give the ColumnNames of all of them."""
        return [self.named(one, "") for one in self.ids]


def _looked_up(names, vocabularies):
    names = list(names)
    return next((known[name] for known in vocabularies for name in names if name in known), [])


def note(cell: str) -> str:
    """Give what a column of an export's own is called here (`version`, `form_id` ...), or ""."""
    tails = [plain(cell), *_tails(plain(cell))]
    return next((NOTES[t] for t in tails if t in NOTES), "")


def _tails(text):
    """Give the name without the groups in front: `a/b/c` => `b/c`, `c`."""
    for separator in "/-.:":
        parts = text.split(separator)
        for i in range(1, len(parts)):
            yield separator.join(parts[i:])

"""What a column of an export stands for: a question, one of its choices, an entry of a repeated
block, or a note.

Exports name columns by code (`mandate/roles`, `mandate-roles`, `roles[SQ001]`) or by label in any
language, with or without the group in front, with a separator that people choose, so all names that
a questionnaire can have with the separators of a heading row are laid out first and then looked up.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cop.data
from cop.data import Refused
from cop.fieldwork import limesurvey, questionnaires
from cop.fieldwork.questionnaires import Choice, Question, Questionnaire, wording
from cop.fieldwork.returns.files.workbooks import plain

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
LONGEST_NAME = 1000  # of a group, a question and a choice together
LONGEST_SEPARATOR, NOT_SIGNS = 8, re.compile(r"[^\W_]|\[")
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
        """Lay out the codes and labels that stand beside each other in names."""
        self.questionnaire = questionnaire
        self.blocks = {q.id: b for b, q in questionnaire.questions()}
        self.questions = {q.id: q for _, q in questionnaire.questions()}
        self.vocabularies = {}  # {separator: {language: {name: Targets}}}; "" are codes
        self.beside = {}  # {front: what may stand behind it, a separator between}
        for language in ("", *questionnaire.languages):
            for block, question in questionnaire.questions():
                label = self._say(question, language)
                self.beside.setdefault(self._say(block, language), set()).add(label)
                options = {
                    self._say(choice, language) for choice in self.choices_in_columns(question)
                }
                self.beside.setdefault(label, set()).update(options)

    def targets(
        self, header: Sequence[str], block: str | None = None, numbered: bool = False
    ) -> list[Target | None]:
        """Give a Target or None for each cell of a heading row; of those that share a name the
        first is taken first.

        `block` is the repeated block that a sheet holds; `numbered`: the entries of repeated blocks
        stand side by side.
        """
        times, out, known, spoken = {}, [], self.known(header), self.spoken(header)
        known = {language: known[language] for language in dict.fromkeys([spoken, *known])}
        for cell in header:
            meant = self._in_order(self._meant(cell, known), block, numbered)
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
            for language, known in self.known(header).items()
        }
        return max(scores, key=scores.get)

    def known(self, header: Sequence[str]) -> dict[str, dict[str, list[Target]]]:
        """Give {language: {name: Targets}} by the separator of a heading row; "" are codes."""
        separator = self.separator(header)
        if separator not in self.vocabularies:
            self.vocabularies[separator] = self._vocabulary(separator)
        return self.vocabularies[separator]

    def separator(self, header: Sequence[str]) -> str:
        """Give what stands between group and question, or question and choice, in most names."""
        between = [one for cell in header for one in self._between(plain(cell))]
        return Counter(between).most_common(1)[0][0] if between else "/"

    def _between(self, text):
        """Give what may be the separator of a name: a few signs, not the number of an entry."""
        fronts = (i for i in range(1, len(text[:LONGEST_NAME])) if text[:i] in self.beside)
        parts = {(i, b) for i in fronts for b in self.beside[text[:i]] if text[i:].endswith(b)}
        signs = {text[i : len(text) - len(behind)] for i, behind in parts}
        return {
            one for one in signs if 0 < len(one) <= LONGEST_SEPARATOR and not NOT_SIGNS.search(one)
        }

    def _meant(self, cell, known):
        """Give the targets of a name, in the language of the heading row before others."""
        text, coded = plain(cell), WITH_TEXT.fullmatch(cell.strip())
        if not text or len(text) > LONGEST_NAME:
            return []
        return (
            _looked_up([text], known.values())
            or (_looked_up([plain(coded[1])], [known[""]]) if coded else [])
            or self._numbered(text)
            or _looked_up(_tails(text), known.values())
        )

    def _numbered(self, text):
        """Give the target of a name such as `partners[2]/partner`."""
        numbered = NUMBERED.fullmatch(text)
        block = self.blocks.get(numbered["question"]) if numbered else None
        if block is None or not block.repeat or block.id != numbered["block"]:
            return []
        return [Target(numbered["question"], "", int(numbered["entry"]))]

    def _vocabulary(self, separator):
        """Give {language: {name: Targets}} of every question and choice with a separator."""
        known = {language: {} for language in ("", *self.questionnaire.languages)}
        separators = dict.fromkeys([separator, "/", "-"])  # ODK has - for groups, / for choices
        for language, names in known.items():
            for block, question in self.questionnaire.questions():
                for name, target in self._named(block, question, language, list(separators)):
                    _add(names, name, target)
        for block, question in self.questionnaire.questions():
            for name, target in self._of_limesurvey(block, question):
                _add(known[""], name, target)
        return known

    def _named(self, block, question, language, separators):
        """Yield each name of a question and of its choices with its Target."""
        group, label = self._say(block, language), self._say(question, language)
        for name in (label, *(f"{group}{separator}{label}" for separator in separators)):
            yield name, Target(question.id)
            for choice in self.choices_in_columns(question):
                option, target = self._say(choice, language), Target(question.id, choice.code)
                for separator in separators:
                    yield f"{name}{separator}{option}", target
                yield f"{name}[{option}]", target
                yield f"{name} [{option}]", target

    def _of_limesurvey(self, block, question):
        """Yield LimeSurvey's shorter codes; each entry of a block has its own questions."""
        for entry in block.entries:
            name = limesurvey.question_code(question.id, entry)
            yield name, Target(question.id, "", entry)
            for choice in self.choices_in_columns(question):
                code = limesurvey.answer_code(question.choices, choice.code)
                for form in (f"{name}[{code}]", f"{name}_{code}"):
                    yield form, Target(question.id, choice.code, entry)

    @staticmethod
    def _say(part, language):
        """Give the name of a block, question or choice in a language; its code without one."""
        if not language:
            return plain(getattr(part, "code", "") or part.id)
        return plain(wording(getattr(part, "title", None) or part.label, language))

    def choices_in_columns(self, question: Question) -> Sequence[Choice]:
        """Give the choices that may have columns of their own."""
        return self.questionnaire.choices_of(question) if question.type == "many" else ()


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
        folder = cop.data.locate(self.data, questionnaires.FOLDER)
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


def _add(known, name, target):
    targets = known.setdefault(plain(name), [])
    if target not in targets:
        targets.append(target)


def _looked_up(names, vocabularies):
    names = list(names)
    return next((known[name] for known in vocabularies for name in names if name in known), [])


def note(cell: str) -> str:
    """Give what a column of an export's own is called here (`version`, `form_id` ...), or ""."""
    tails = [plain(cell), *_tails(plain(cell))]
    return next((NOTES[t] for t in tails if t in NOTES), "")


def _tails(text):
    """Give the name without the groups in front: `a/b/c` => `b/c`, `c`."""
    for separator in "/-.:" if len(text) <= LONGEST_NAME else "":
        parts = text.split(separator)
        for i in range(1, len(parts)):
            yield separator.join(parts[i:])

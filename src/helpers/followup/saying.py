"""The words of this chapter, words/follow-up.j2, as HTML and as plain text."""

from functools import partial

from cop.report import words

say, text = partial(words.show, "follow-up"), partial(words.text, "follow-up")
recorded = partial(words.recorded, "follow-up")

"""How sure a judgement is to which no coder gave a confidence of its own."""

from helpers.confidence.resting import weakest as weakest
from helpers.confidence.resting import with_confidence as with_confidence

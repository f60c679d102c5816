"""How sure a judgement is to which no coder gave a confidence of its own."""

from helpers.confidence.resting import SURE as SURE
from helpers.confidence.resting import of as of
from helpers.confidence.resting import weakest as weakest

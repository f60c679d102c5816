"""What the notebooks import: small modules named with the words of the method, in its order.

countries, then the stages: evidence (1), stakeholders (2), responses, surveys and
triangulation (3), indicators and cybersecurity (4), agreement and alignment (5), assessment and
editions (6), region (7); baseline is the page of a country that nobody has researched.
"""

from cop.data import hand_on as save
from cop.data import handed_on as load
from cop.data import read
from cop.report.languages import gettext as _
from helpers import show

__all__ = ["_", "load", "read", "save", "show"]
show.register_formatters()

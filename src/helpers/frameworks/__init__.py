"""The frameworks above the guidelines: what serves what (`serving`), and what each country has of
the expected results of the Regional Initiative (`results`).
"""

from helpers.frameworks.results import by_country as by_country
from helpers.frameworks.results import distinct as distinct
from helpers.frameworks.results import exercise_table as exercise_table
from helpers.frameworks.results import exercises as exercises
from helpers.frameworks.results import result_line as result_line
from helpers.frameworks.results import result_table as result_table
from helpers.frameworks.results import standing as standing
from helpers.frameworks.serving import by_element as by_element
from helpers.frameworks.serving import elements as elements
from helpers.frameworks.serving import recommended as recommended
from helpers.frameworks.serving import serving as serving
from helpers.frameworks.serving import small_table as small_table

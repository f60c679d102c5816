"""The rules of the method that a table's description cannot hold, one function a rule.

Each takes a table as text, and yields its faults.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from cop.data.cells import Cells
from cop.data.checks import bodies, evidence, guidelines, recommendations
from cop.data.checks.followup import actions, basis, carried, gaps, validation, versions
from cop.data.faults import Fault

Rule = Callable[[Cells, str, str | Path], Iterator[Fault]]
RULES: dict[str, list[Rule]] = {
    "editions": validation.OF_EDITIONS,
    "comments": validation.OF_COMMENTS,
    "responses": validation.OF_RESPONSES,
    "sign_offs": validation.OF_SIGN_OFFS,
    "evidence": evidence.OF_STATEMENTS,
    "other_figures": evidence.OF_FIGURES,
    "stakeholders": bodies.OF_STAKEHOLDERS + evidence.OF_PROSE,
    "services": bodies.OF_SERVICES + evidence.OF_PROSE,
    "instruments": bodies.OF_INSTRUMENTS + evidence.OF_PROSE,
    "alignment": evidence.OF_PROSE + gaps.OF_ALIGNMENT,
    "open_gaps": evidence.OF_PROSE + gaps.OF_OPEN_GAPS,
    "table_25": evidence.OF_PROSE,
    "treaties": bodies.OF_TREATIES,
    "guidelines": guidelines.OF_GUIDELINES,
    "mappings": guidelines.OF_MAPPINGS,
    "corrections": versions.OF_CORRECTIONS,
    "challenges": [*recommendations.OF_CHALLENGES, *basis.RULES, carried.another_finding],
    "recommendations": recommendations.OF_RECOMMENDATIONS
    + [*basis.RULES, carried.left_without_a_word],
    "actions": actions.OF_ACTIONS,
    "milestones": actions.OF_MILESTONES,
    "readings": actions.OF_READINGS,
}


def of_rows(name: str, table: Cells, path: str, data: str | Path) -> list[Fault]:
    """Give the faults of a table by the rules of the method; none where it has no rule."""
    return [fault for rule in RULES.get(name, ()) for fault in rule(table, path, data)]

"""The data contract: what each table is, how it is read, checked, handed on and written.

`data/datapackage.json` says it all; these modules only obey it. What other rooms use is found
here by its name, and the module behind it is imported at its first use, so that batch and the
command line start without pandas.
"""

from importlib import import_module

_NAMES = {
    "faults": "Broken Fault Refused count",
    "cells": "NUMBERS decoded records split",
    "rows": "as_written csv_text is_formula neutralise replaced separated separator_of with_rows",
    "package": "assessed begun by_path codes columns contents countries editions editions_kept "
    "fields files general labelled labels locate optional own paths resource stamp standing "
    "standing_on state synthetic titles words",
    "reads": "READS clear noted states",
    "sheets": "csv_of text_frame typed",
    "narrative": "text without_notes",
    "tables": "GIVEN hand_on handed_on longer no_country present read row",
}
_WHERE = {name: module for module, names in _NAMES.items() for name in names.split()}
__all__ = sorted(_WHERE)


def __getattr__(name: str) -> object:
    """Give what a module holds under this name; it is kept, so that it is looked up once."""
    if name not in _WHERE:
        raise AttributeError(f"the contract has no {name!r}; it has: {', '.join(__all__)}")
    globals()[name] = held = getattr(import_module(f"cop.data.{_WHERE[name]}"), name)
    return held


def __dir__() -> list[str]:
    """Give the names for completion in a notebook."""
    return __all__

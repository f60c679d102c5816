"""The data: what each table is, how it is read, checked, saved and written.

`data/datapackage.json` describes it. Names are imported at their first use, so that the command
line starts without pandas.
"""

from importlib import import_module

_NAMES = {
    "errors": "InvalidTable DataError UserError count",
    "csvfiles": "csv_text decoded is_formula neutralise records separated separator_of split "
    "with_rows",
    "package": "assessed begun by_path codes columns contents countries editions editions_kept "
    "fields files labelled labels locate optional_columns paths resource stamp standing_on "
    "synthetic titles",
    "reads": "READS clear states",
    "tables": "CHECKED csv_of hand_on handed_on longer no_country present read row text "
    "text_frame typed without_notes",
}
_WHERE = {name: module for module, names in _NAMES.items() for name in names.split()}
__all__ = sorted(_WHERE)


def __getattr__(name: str) -> object:
    """Import a name from its module, once."""
    if name not in _WHERE:
        raise AttributeError(f"cop.data has no {name!r}")
    globals()[name] = held = getattr(import_module(f"cop.data.{_WHERE[name]}"), name)
    return held

"""Read, check and write the tables of a data folder, which `datapackage.json` describes."""

from importlib import import_module

_NAMES = {
    "errors": "InvalidTable DataError UserError count first_of",
    "csvfiles": "csv_text decoded is_formula neutralise records separated separator_of split "
    "with_rows",
    "package": "assessed begun by_path codes columns contents countries editions editions_kept "
    "fields files labelled labels locate optional_columns paths resource stamp standing_on "
    "synthetic titles",
    "reads": "READS states",
    "tables": "CHECKED csv_of hand_on handed_on longer no_country present read row text "
    "text_frame typed without_notes",
}
_WHERE = {name: module for module, names in _NAMES.items() for name in names.split()}
__all__ = sorted(_WHERE)


def __getattr__(name: str) -> object:
    """Return a public name, which is imported on first use because importing pandas is slow."""
    if name not in _WHERE:
        raise AttributeError(f"module 'cop.data' has no attribute {name!r}")
    globals()[name] = held = getattr(import_module(f"cop.data.{_WHERE[name]}"), name)
    return held

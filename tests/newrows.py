"""Define a new row for Zedland for each kind of row that `cop add` accepts."""

from pathlib import Path

import yaml

NEW = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
# Kinds of which Zedland can have no further row, since each key is in use or `cop new` adds it.
FULL = ("alignment", "open-gap", "result", "table-25", "territory-note", "edition")

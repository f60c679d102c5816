"""A new row of Zedland for each kind of row that a person adds, as people write them."""

from pathlib import Path

import yaml

NEW = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
# Kinds whose rows all have their place by name: Zedland has each, so that none can be added.
FULL = ("alignment", "open-gap", "result", "table-25", "territory-note", "edition")

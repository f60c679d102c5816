"""Where a command works: the repository, and the data folder that --data names."""

import argparse
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def data(parser):
    """Add --data to the parser of a command: the repository's data/ otherwise."""
    parser.add_argument(
        "--data",
        type=_folder,
        default=ROOT / "data",
        metavar="DIR",
        help="folder with datapackage.json",
    )


def _folder(text):
    """Give a data folder; refused where it is none, before anything is made there."""
    if not (Path(text) / "datapackage.json").is_file():
        raise argparse.ArgumentTypeError(
            f"there is no data folder at {text}: a folder with datapackage.json is expected"
        )
    return Path(text)

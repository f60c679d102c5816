"""The wording of the guidelines settled: what is from memory is compared with the printed text.

Whoever holds the printed guidelines says of each paraphrase on which page it stands and whether it
is right; the asterisk leaves the reports with the next run.
"""

from datetime import date
from pathlib import Path

import pandas as pd

import cop.data
from cop.data import Refused, checks, writing

TABLE = "guidelines"
ADDED = {"kind": "item", "wording": "printed", "source_title": "printed text"}  # of a missed item


def paraphrases(data: Path) -> pd.DataFrame:
    """Give the items that are paraphrases from memory, as text: the columns of the table."""
    frame = _present(data)
    return frame[(frame.wording == "paraphrase") & (frame.kind == "item")]


def settle(data: Path, item_id: str, page: str, wording: str = "") -> pd.DataFrame:
    """Write what was verified of an item: its page, the day, and another wording where given.

    Gives the judgements that are to be looked at again, since they were of other words: iso3,
    coder, status; none where the wording was right. Raises Refused for an item that is not known or
    a page that is not given; then nothing was written.
    """
    if not page.strip():
        raise Refused(f"{item_id}: say the page of the printed text; nothing was written")
    with writing.alone(data):
        frame = _present(data)
        there = frame.item_id == item_id
        if not there.any():
            raise Refused(f"{item_id} is no item of guidelines.csv; nothing was written")
        said = {"wording": "printed", "page": page.strip(), "verified_on": _today()}
        said |= {"guidance": wording.strip()} if wording.strip() else {}
        was = frame.loc[there, "guidance"].iloc[0]
        frame.loc[there, list(said)] = list(said.values())
        _write(data, frame)
    return judgements(data, item_id) if said.get("guidance", was) != was else _none()


def add_missed(data: Path, row: dict[str, str]) -> None:
    """Write an item of the printed text that the table lacks; Refused with every fault of it."""
    with writing.alone(data):
        frame = _present(data)
        whole = dict.fromkeys(frame.columns, "") | ADDED | {"verified_on": _today()} | row
        if unknown := sorted(set(whole) - set(frame.columns)):
            raise Refused(f"{', '.join(unknown)}: no such column in guidelines.csv")
        new = pd.DataFrame([whole], index=[max(frame.index, default=1) + 1])
        _write(data, pd.concat([frame, new]))


def judgements(data: Path, item_id: str) -> pd.DataFrame:
    """Give who judged an item that is being verified, and how, in all countries.

    Columns iso3, coder, status.
    """
    frames = [_none()]
    for iso3 in cop.data.countries(data):
        rows = cop.data.read("alignment", data, iso3).query("item_id == @item_id")
        frames.append(rows.assign(iso3=iso3)[["iso3", "coder", "status"]])
    return pd.concat(frames, ignore_index=True)


def _present(data):
    """Give the table as text; Refused where it is broken, or is another folder's."""
    path = Path(data) / _path(data)
    if not path.exists():
        raise Refused(
            f"{Path(data).name}/ has no guidelines of its own: use the folder it stands on"
        )
    return cop.data.present(TABLE, data)


def _write(data, frame):
    if faults := checks.of_table(TABLE, frame, _path(data), data):
        raise Refused("nothing was written:\n" + "\n".join(map(str, faults)))
    text = cop.data.csv_text([list(frame.columns), *frame.to_numpy().tolist()])
    writing.write(data, {_path(data): text.encode()})


def _path(data):
    return cop.data.paths(TABLE, data)[0]


def _none():
    return pd.DataFrame(columns=["iso3", "coder", "status"])


def _today():
    return date.today().isoformat()

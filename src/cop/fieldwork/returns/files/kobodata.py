"""What KoboToolbox's server sends (API v2): form and submissions in JSON, laid out as its export.

Submissions hold only what was answered, so the columns come from the form; answers of earlier
versions stand behind them. A repeated block is a table of its own, with the return that each entry
belongs to.
"""

import json
from collections.abc import Iterable

BEGUN = b'{"kobo asset":'
NEVER_ASKED = ("note", "begin_score", "end_score", "begin_rank", "end_rank", "begin_kobomatrix")
OWN = (
    "_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status", "_submitted_by",
    "__version__", "_tags",
)  # fmt: skip
Rows = list[list[str]]


def packed(asset: dict, submissions: list[dict]) -> bytes:
    """Give the bytes of a file of returns, always the same, from Kobo's form and submissions."""
    form = {"name": asset.get("name", ""), "content": asset.get("content", {})}
    both = {"kobo asset": form, "submissions": submissions}
    return json.dumps(both, ensure_ascii=False, separators=(",", ":")).encode()


def is_data(content: bytes) -> bool:
    """Say whether a returned file holds Kobo's form and submissions as `packed` makes them."""
    return content.startswith(BEGUN)


def tables(content: bytes) -> dict[str, Rows]:
    """Give Kobo's returns as {sheet: rows of text, the heading first}, the main one first.

    Raises ValueError, LookupError, TypeError or AttributeError for what is no such data.
    """
    both = json.loads(content, parse_float=str, parse_int=str)
    asset, submissions = both["kobo asset"], both["submissions"]
    main, repeats = _columns(asset["content"]["survey"])
    found = [key for one in submissions for key in one if not _is_own(key)]
    main += [k for k in dict.fromkeys(found) if k not in {*main, *repeats, *_of_all(repeats)}]
    # A form without a name of its own has the first word that is no block's.
    title = str(asset["name"])[:31] or "submissions"
    out = {title: _main(main, submissions)}
    for path, columns in repeats.items():
        out[path.rsplit("/", 1)[-1]] = _entries(path, columns, submissions, title)
    return out


def _columns(survey):
    """Give (paths of the questions, {path of a repeated block: paths of its questions})."""
    main, repeats, way, blocks = [], {}, [], []
    for row in survey:
        kind = row["type"].replace(" ", "_")
        if kind in ("begin_group", "begin_repeat"):
            way.append(_name(row))
            blocks.append("/".join(way) if kind == "begin_repeat" else (blocks or [""])[-1])
            repeats |= {blocks[-1]: []} if kind == "begin_repeat" else {}
        elif kind in ("end_group", "end_repeat"):
            way.pop(), blocks.pop()
        elif kind not in NEVER_ASKED:
            path = "/".join([*way, _name(row)])
            (repeats[blocks[-1]] if blocks and blocks[-1] else main).append(path)
    return main, repeats


def _name(row):
    return row.get("name") or row["$autoname"]


def _main(columns, submissions):
    """Give the rows of the main table."""
    root = ["meta/rootUuid"] if any("meta/rootUuid" in one for one in submissions) else []
    rows = [[*columns, *root, *OWN, "_index"]]
    for number, one in enumerate(submissions, 1):
        rows.append([*(_text(one.get(name)) for name in rows[0][:-1]), str(number)])
    return rows


def _entries(path, columns, submissions, title):
    """Give the rows of a repeated block."""
    links = ["_index", "_parent_table_name", "_parent_index", "_submission__id"]
    rows = [[*columns, *links, "_submission__uuid", "_submission__submission_time"]]
    for number, one in enumerate(submissions, 1):
        own = [_text(one.get(name)) for name in ("_id", "_uuid", "_submission_time")]
        for entry in one.get(path) or []:
            cells = [_text(entry.get(name)) for name in columns]
            rows.append([*cells, str(len(rows)), title, str(number), *own])
    return rows


def _text(value):
    """Give a value as the export writes it: a choice's list by spaces, a verdict by its word."""
    if isinstance(value, dict):
        return str(value.get("uid") or "")
    if isinstance(value, list):
        return " ".join(str(one) for one in value if not isinstance(one, dict))
    if isinstance(value, bool):
        return str(int(value))
    return "" if value is None else str(value).strip()


def _is_own(key):
    """Say whether a key is the server's own, none of an answer."""
    return key.startswith(("_", "meta/", "formhub/"))


def _of_all(repeats: dict[str, list]) -> Iterable[str]:
    return [path for columns in repeats.values() for path in columns]

"""What the data is: `data/datapackage.json` (Frictionless Data Package v2) and where its tables lie, without pandas."""

import json
import re
from functools import lru_cache
from pathlib import Path


def contents(data):
    """Give the contract of a data folder: its own, or that of the folder its `cop:base` names."""
    mine = own(data)
    return contents(Path(data) / mine["cop:base"]) if "cop:base" in mine else mine


def resource(name, data):
    """Give one table's description; raises KeyError naming the tables that are known."""
    known = {r["name"]: r for r in contents(data)["resources"]}
    if name not in known:
        raise KeyError(f"no table {name!r} in the contract; known: {', '.join(sorted(known))}")
    return known[name]


def locate(data, path):
    """Give the file for a path of the contract: in this folder, else in the folder it stands on."""
    here = Path(data) / path
    if here.exists():
        return here
    base = own(data).get("cop:base")
    # What belongs to one country is never borrowed from another folder.
    return locate(Path(data) / base, path) if base and not path.startswith("research/") else here


def paths(name, data, iso3=None):
    """Give the paths of a table: those the contract writes and those of any other country begun; with `iso3`, its own."""
    stated = resource(name, data)["path"]
    if isinstance(stated, str):
        return [stated]
    countries = [iso3] if iso3 else begun(data)
    return list(
        dict.fromkeys(
            [*([] if iso3 else stated), *(_of_country(p, one) for one in countries for p in stated)]
        )
    )


def begun(data):
    """Give every country that has a folder under research/, whether the contract names it or not."""
    research = Path(data) / "research"
    folders = research.iterdir() if research.is_dir() else []
    return sorted(p.name for p in folders if p.is_dir() and re.fullmatch("[A-Z]{3}", p.name))


def fields(name, data):
    """Give the fields of a table, in order."""
    return resource(name, data)["schema"]["fields"]


def stamp(name, data, iso3=None):
    """Give each file of a table with the time it last changed (0 where there is none): what a cache may be kept by."""
    return tuple((path, _changed(locate(data, path))) for path in paths(name, data, iso3))


def _of_country(path, iso3):
    return re.sub(r"(?<=^research/)[A-Z]{3}", iso3, path)


def own(data):
    """Give the datapackage.json of this very folder, read again only when it changed."""
    path = Path(data) / "datapackage.json"
    if not (changed := _changed(path)):
        raise FileNotFoundError(f"no data folder at {data}: it has no datapackage.json")
    return _parsed(path, changed)


def _changed(path):
    """Give when a file last changed, 0 where there is none."""
    try:
        return path.stat().st_mtime_ns
    except (FileNotFoundError, NotADirectoryError):
        return 0


@lru_cache(maxsize=8)
def _parsed(path, changed):
    return json.loads(path.read_bytes())

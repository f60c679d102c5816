"""What the pages of the site are told of the results that stand, and of what has no page."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from cop.data.cells import records
from cop.data.machine.day import today
from cop.report import covers
from cop.report.site import pages, table
from cop.report.site.before import Before
from cop.report.site.told import Report, Told
from cop.report.tongue import alphabet
from cop.run import keys
from cop.run.results import ledger
from cop.run.results.parts import Part

MOST = 1 << 14  # tables, and pages, that are kept from when pages are drawn ahead


def own_pages(part: Part, data: Path, failures: Mapping, before: Before) -> dict[str, str | Path]:
    """Give what a run puts among its results as a part's own pages and files, by address.

    Those of baselines only if there are any. What is as in the site before is not drawn again.
    """
    baselines = [r for r in part.sound if r.name.startswith("baselines/")]
    assessments = [r for r in part.sound if r not in baselines]
    failures, day = part.own(failures), today()
    lost = _lost(part.sound, failures)
    of_baselines = {name[10:]: why for name, why in lost.items() if name.startswith("baselines/")}
    made = {}
    if baselines or of_baselines:
        shown = [_about(r, failures) for r in baselines]
        made["baselines/index.html"] = table.of_baselines(shown, of_baselines, day)
    reports = [_report(r, assessments, failures, part.home) for r in assessments if r.latest]
    rest = {name: why for name, why in lost.items() if not name.startswith("baselines/")}
    number = len(baselines) if made else None
    address = before.address and before.address + before.way
    told = Told(sorted(reports, key=_order), rest, number, day, data, address, before)
    return made | pages.pages(told)


def _lost(sound, failures):
    """Give {what: why} where a run failed and nothing stands that could be shown as stale."""
    there, keys = {r.name for r in sound}, {r.key for r in sound if r.name[:10] != "baselines/"}
    lost = {name: failure for name, failure in failures.items() if name not in there}
    return {_called(name, *f[:2], keys): f[2] for name, f in lost.items()}


def _called(name, key, edition, keys):
    if name.startswith("baselines/"):
        return name
    return f"{key} {edition}" if key in keys else key


def _report(result, assessments, failures, outputs):
    others = [r for r in assessments if r.key == result.key]
    editions = sorted(others, key=lambda r: r.cover["edition"], reverse=True)
    # annexes first: what they hold in full is linked there
    files = sorted(result.files(outputs), key=lambda file: file[0].name == result.report)
    said = [_said(path, *made) for path, made in files]
    tables = {path.stem: path for path in (outputs / result.name / "tables").glob("*.csv")}
    states = {name: keys.of_file(path) for name, path in tables.items()}
    return Report(
        **_about(result, failures),
        made=ledger.time(result.lines[-1]) if result.lines else "",
        annexes=[name for name in sorted(result.made) if name != result.report],
        editions=[
            _about(r, failures) | {"file": f"editions/{r.cover['edition']}/{r.report}"}
            for r in editions
        ],
        states=states,
        tables={name: _rows(path, states[name]) for name, path in tables.items()},
        anchors={one: name for name, ids, _ in reversed(said) for one in ids},
        headings=[(f"{name}#{one}", words) for name, _, found in said for one, words in found],
    )


@lru_cache(maxsize=MOST)
def _rows(path, state):
    """Give the rows of a table, read again when it is in another state."""
    return records(path)


@lru_cache(maxsize=MOST)
def _said(path, *made):
    """Give the name of a page, the ids in it and its headings, read again when it was made anew."""
    text = path.read_text(encoding="utf-8")
    return path.name, covers.ID.findall(text), covers.headings(text)


def _about(result, failures):
    return {
        "key": result.key,
        "cover": result.cover,
        "file": result.report,
        "failure": failures.get(result.name, ["", "", ""])[2],
    }


def _order(report: Report):
    """Let syntheses stand first and the main one before all, then countries by name."""
    name = "" if report.regional else report.cover["country"]
    return not report.regional, report.file if report.regional else "", alphabet.placed(name)

"""What the first pages show of the results that stand in the site."""

from collections.abc import Mapping, Sequence
from datetime import date

from batch.results.standing import Result
from report import site
from report.names import SYNTHESIS


def first_pages(
    sound: Sequence[Result], failures: Mapping[str, list[str]], today: date
) -> dict[str, str]:
    """Give the first pages by their address: of the assessments, and of baselines, if any."""
    baselines = [r for r in sound if r.name.startswith("baselines/")]
    assessments = [r for r in sound if r not in baselines]
    lost = _lost(sound, failures)
    of_baselines = {name[10:]: why for name, why in lost.items() if name.startswith("baselines/")}
    pages = {}
    if baselines or of_baselines:
        shown = [_about(r, failures) for r in baselines]
        pages["baselines/index.html"] = site.of_baselines(shown, of_baselines, today)
    reports = [_report(r, assessments, failures) for r in assessments if r.latest]
    rest = {name: why for name, why in lost.items() if not name.startswith("baselines/")}
    number = len(baselines) if pages else None
    pages["index.html"] = site.index(sorted(reports, key=_order), rest, number, today)
    return pages


def _lost(sound, failures):
    """Give {what: why} where a run failed and nothing stands that could be shown as stale."""
    there, keys = {r.name for r in sound}, {r.key for r in sound if r.name[:10] != "baselines/"}
    lost = {name: failure for name, failure in failures.items() if name not in there}
    return {_called(name, *f[:2], keys): f[2] for name, f in lost.items()}


def _called(name, key, edition, keys):
    if name.startswith("baselines/"):
        return name
    return f"{key} {edition}" if key in keys else key


def _report(result, assessments, failures):
    others = [r for r in assessments if r.key == result.key]
    editions = sorted(others, key=lambda r: r.cover["edition"], reverse=True)
    return _about(result, failures) | {
        "annexes": [name for name in sorted(result.made) if name != result.report],
        "editions": [
            _about(r, failures) | {"file": f"editions/{r.cover['edition']}/{r.report}"}
            for r in editions
        ],
    }


def _about(result, failures):
    return {
        "key": result.key,
        "cover": result.cover,
        "file": result.report,
        "failure": failures.get(result.name, ["", "", ""])[2],
    }


def _order(report):
    """Let syntheses stand first and the main one before all, then countries by name."""
    regional = report["file"].startswith(SYNTHESIS[:-5])
    return not regional, report["file"] if regional else report["cover"]["country"]

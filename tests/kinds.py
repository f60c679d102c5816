"""What axe finds on a page; what a page holds many times over, once, as that takes long."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

# What may differ by colours alone: the rest is the same in every scheme.
COLOURS = ["color-contrast", "link-in-text-block"]

ONE_OF_EACH = Path(__file__).with_name("one_of_each.js").read_text(encoding="utf-8")


def one_of_each(page):
    """Leave of each table and list of an open page what differs in kind; the rest is removed."""
    page.evaluate(ONE_OF_EACH)


def barriers(page, rules=None, for_fingers=True):
    """Return what axe finds in an open page: [(rule, impact, number of elements, the first one)].

    The pages forbid all scripts; axe comes in by the debugger's way, which their policy does not
    reach. Paper is read, and not touched: there, lines are not held apart for fingers.
    """
    options = {"rules": {"target-size": {"enabled": for_fingers}}, "preload": False}
    options["resultTypes"] = ["violations"]
    options |= {"runOnly": {"type": "rule", "values": rules}} if rules else {}
    found = Axe().run(page, options=options).response
    assert found["passes"], "no rule was tried"
    return [
        (v["id"], v["impact"], len(v["nodes"]), v["nodes"][0]["html"][:150])
        for v in found["violations"]
    ]

"""Check a page with axe, and reduce repeated elements of a page to make this faster."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

# Rules whose results depend on the colour scheme.
COLOURS = ["color-contrast", "link-in-text-block"]

ONE_OF_EACH = Path(__file__).with_name("one_of_each.js").read_text(encoding="utf-8")


def one_of_each(page):
    """Remove rows and items that resemble earlier ones from each table and list of an open page."""
    page.evaluate(ONE_OF_EACH)


def barriers(page, rules=None, for_fingers=True):
    """Return the violations that axe reports: [(rule, impact, number of elements, first element)].

    The content security policy of the pages forbids scripts, but not those injected by the
    debugger. Set `for_fingers` to False for print, where targets may be small. `rules` limits the
    check to these rules.
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

"""KoboToolbox's server: form and submissions by its API v2, page after page.

`/api/v2/assets/{uid}.json` is the form, `/api/v2/assets/{uid}/data.json?start=&limit=` a page of
submissions with `count` and `results`.
"""

import json

from cop.data import Refused, http
from cop.fieldwork.returns.files import kobodata
from cop.fieldwork.returns.servers.fetched import Fetched

PAGE = 1000  # submissions of one page: the most that servers give
TIMES = 3  # the pages are read again where submissions came in meanwhile


def fetch(server: str, form: str, token: str, manners: http.Manners) -> Fetched:
    """Give all submissions of a form from Kobo's server, in the order in which they came in."""
    asker = http.Fetcher(manners=manners, headers={"Authorization": f"Token {token}"})
    asset = asker.json(f"{server}/api/v2/assets/{form}.json")
    submissions = _submissions(asker, f"{server}/api/v2/assets/{form}/data.json")
    if not submissions:
        raise Refused(f"form {form} has no submissions yet; nothing was changed")
    return Fetched(f"kobo-{form}.json", kobodata.packed(asset, submissions))


def _submissions(asker, address):
    """Give all submissions, each once, whole as the server counts them."""
    for _ in range(TIMES):
        found, count = _pages(asker, address)
        if len(found) == count:
            return list(found.values())
        asker.forget()
    raise Refused(
        f"{address} counts {count} submissions and sends {len(found)}; nothing was changed, try "
        "again later"
    )


def _pages(asker, address):
    """Give ({id: submission}, how many there are) by page after page, the oldest first."""
    found, count, start = {}, 1, 0
    while start < count:
        order = {"start": start, "limit": PAGE, "sort": json.dumps({"_id": 1})}
        page = asker.json(address, order)
        if not isinstance(page, dict) or not isinstance(page.get("results"), list):
            raise Refused(f"{address} sends no page of submissions; nothing was changed")
        found |= {str(one["_id"]): one for one in page["results"]}
        count, start = int(page["count"]), start + len(page["results"])
        if not page["results"]:
            break
    return found, count

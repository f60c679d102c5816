"""Serve responses on this machine like the World Bank, the ITU DataHub, the UN SDG API and sites.

Responses are created from an invented World, which tests may change. Its `breakage` replaces
responses.
"""

import csv
import gzip
import io
import json
import threading
import time
import zipfile
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

COUNTRIES = [  # ISO3, ISO2, M49
    ("ALB", "AL", "8"), ("GEO", "GE", "268"), ("MDA", "MD", "498"), ("MKD", "MK", "807"),
    ("SRB", "RS", "688"), ("UKR", "UA", "804"),
]  # fmt: skip


class World:
    """Invented data of the services, and a record of the requests."""

    def __init__(self):
        self.values = {}  # (service, series) -> {(iso3, year): value or None}
        self.names = {}  # series -> name
        self.units = {}  # series -> unit
        self.notes = {}  # series -> definition
        self.natures = {}  # series -> how its values were found
        self.pages = 400  # rows of a page at most
        # Part of an address -> functions that respond instead, one per request; the last stays.
        self.breakage = {}
        self.asked = []  # (method, path with query, headers)
        self.active, self.busiest = {}, {}  # requests at the same moment, by host name

    def series(self, service, code, years=(2022, 2023), start=50.0, **about):
        """Add a series with a value for each country and year."""
        self.values[service, code] = {
            (iso3, year): round(start + 3 * n + 0.25 * (year - years[0]), 4)
            for n, (iso3, _, _) in enumerate(COUNTRIES)
            for year in years
        }
        self.names[code] = about.get("name", f"Invented series {code}")
        self.units[code] = about.get("unit", "")
        self.notes[code] = about.get("note", "What is counted, in invented words.")


def world_bank(world, path, query):
    """Return a response like that of the World Bank: [head, rows], or [message] if unknown."""
    code = path.rsplit("/", 1)[-1]
    if ("world_bank", code) not in world.values:
        words = "The provided parameter value is not valid"
        return as_json([{"message": [{"id": "120", "key": "Invalid value", "value": words}]}])
    if "/country/" not in path:
        about = {"id": code, "name": world.names[code], "unit": "", "topics": [],
                 "sourceNote": world.notes[code], "sourceOrganization": "Invented"}  # fmt: skip
        return as_json([{"page": 1, "pages": 1, "per_page": "50", "total": 1}, [about]])
    iso2 = {three: two for three, two, _ in COUNTRIES}
    rows = [
        {"indicator": {"id": code, "value": world.names[code]}, "countryiso3code": iso3,
         "country": {"id": iso2.get(iso3, iso3[:2]), "value": iso3}, "date": str(year),
         "value": value, "unit": "", "obs_status": "", "decimal": 1}
        for (iso3, year), value in world.values["world_bank", code].items()
    ]  # fmt: skip
    rows.append(rows[0] | {"countryiso3code": "WLD", "country": {"id": "1W", "value": "World"}})
    size, page = min(world.pages, int(query.get("per_page", "50"))), int(query.get("page", "1"))
    head = {"page": page, "pages": -(-len(rows) // size), "per_page": size, "total": len(rows)}
    return as_json([head, rows[(page - 1) * size : page * size]])


def datahub(world, path, query):
    """Return a response like that of the ITU DataHub: a ZIP of a CSV file with all series."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    names = "ID Code Name Parent Units"
    heading = [*(f"series{name}" for name in names.split()), "entityID", "entityIso"]
    writer.writerow([*heading, "entityName", "dataValue", "dataYear", "dataNote", "dataSource"])
    for (service, code), values in world.values.items():
        for (iso3, year), value in values.items() if service == "itu_datahub" else ():
            about = [1, code, world.names[code], "", world.units[code], 1, iso3, iso3]
            writer.writerow([*about, value, year, "a, note", world.natures.get(code, "office")])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("data.csv"), out.getvalue())
    return 200, {"Content-Type": "application/zip"}, packed.getvalue()


def sdg(world, path, query):
    """Return a response like that of the UN SDG API: a page of values with their dimensions."""
    code, rows = query["seriesCode"], []
    m49 = {iso3: number for iso3, _, number in COUNTRIES} | {"WLD": "1"}
    for (iso3, year, *part), value in world.values.get(("un_sdg", code), {}).items():
        rows.append({
            "goal": ["17"], "target": ["17.8"], "indicator": ["17.8.1"], "series": code,
            "seriesDescription": world.names[code], "geoAreaCode": m49[iso3], "geoAreaName": iso3,
            "timePeriodStart": float(year), "value": str(value), "valueType": "Float",
            "attributes": {"Nature": world.natures.get(code, "C"), "Units": world.units[code]},
            "footnotes": [""], "dimensions": {"Reporting Type": "G"} | dict(part),
        })  # fmt: skip
    size, page = min(world.pages, int(query.get("pageSize", "25"))), int(query.get("page", "1"))
    head = {"size": size, "totalElements": len(rows), "totalPages": -(-len(rows) // size)}
    return as_json(head | {"pageNumber": page, "data": rows[(page - 1) * size : page * size]})


def data360(world, path, query):
    """Return a response like that of Data360: the number of values of an indicator, and these."""
    rows = world.values.get(("data360", query["INDICATOR"]), {})
    values = [
        {"REF_AREA": iso3, "TIME_PERIOD": str(year), "OBS_VALUE": str(value)}
        for (iso3, year), value in rows.items()
    ]
    return as_json({"count": len(values), "value": values})


def as_json(answer):
    kind = {"Content-Type": "application/json;charset=utf-8"}
    return 200, kind, json.dumps(answer).encode()


PLAIN = {"Content-Type": "text/plain"}
SPEAKS = {"/wb/": world_bank, "/itu/": datahub, "/sdg/": sdg, "/d360/": data360}


class Answers(BaseHTTPRequestHandler):
    """Request handler for the World of its server, whose `breakage` has priority."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        world, host = self.server.world, self.headers.get("Host", "")
        world.asked.append((self.command, self.path, dict(self.headers)))
        world.active[host] = world.active.get(host, 0) + 1
        world.busiest[host] = max(world.busiest.get(host, 0), world.active[host])
        try:
            answer = self._broken(world) or self._speak(world)
        finally:  # before it is sent: who has the answer may ask again at once
            world.active[host] -= 1
        with suppress(BrokenPipeError, ConnectionResetError):
            return self._send(*answer)
        self.close_connection = True

    def _broken(self, world):
        for words, answers in world.breakage.items():
            if words in self.path and answers:
                answer = answers[0] if len(answers) == 1 else answers.pop(0)
                return answer(self)

    def _speak(self, world):
        parts = urlsplit(self.path)
        for start, speak in SPEAKS.items():
            if parts.path.startswith(start):
                status, headers, body = speak(world, parts.path, dict(parse_qsl(parts.query)))
                if status == 200 and "gzip" in self.headers.get("Accept-Encoding", ""):
                    headers = headers | {"Content-Encoding": "gzip"}
                    body = gzip.compress(body, mtime=0)
                return status, headers, body
        return 404, PLAIN, b"not here"

    def _send(self, status, headers, body):
        self.send_response(status)
        headers = {"Content-Length": str(len(body))} | headers
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = headers["Content-Length"] != str(len(body))

    def log_message(self, *words):
        """Log nothing."""


@contextmanager
def running(world):
    """Run the services within the block, and yield their address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        server.daemon_threads, server.world = True, world
        threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


# Breakages: functions that take the request handler and return a response.


def always(body, kind="application/json", **headers):
    """Return a breakage that responds with this body to every request."""
    return lambda asked: (200, {"Content-Type": kind} | headers, body)


DOWN = b"<html>Down for maintenance</html>"
page_of_words = always(DOWN, "text/html")  # where data were asked for
page_that_says_it_is_json = always(DOWN)
half_json = always(b'[{"page": 1, "total": 2}, [{"indica')
cut = always(b'[{"page": 1, "pages": 1', **{"Content-Length": "5000"})  # half of what is promised


def status(code, **headers):
    """Return a breakage that responds with this status and the body "no"."""
    headers = PLAIN | {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda asked: (code, headers, b"no")


def slow(seconds):
    """Return a breakage that responds with an empty JSON list after some seconds."""

    def answer(asked):
        time.sleep(seconds)
        return as_json([])

    return answer


def json_of(answer):
    return lambda asked: as_json(answer)

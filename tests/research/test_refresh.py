"""The latest figures, read from services on this machine that answer as the real ones do."""

import csv
import io
import json
import shutil
import zipfile
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from types import SimpleNamespace

import pytest
import services
from conftest import DATA, one_in
from planting import contents

from cop.cli import main
from cop.data import UserError, checks, http
from cop.data.checks import losses
from cop.research import figures, refresh

USERS, PHONES, HOMES, MEN = "IT.NET.USER.ZS", "IT.CEL.SETS.P2", "ITU.xHH6", "IT_USE_ii99.M"
INDICATORS = "iso3,indicator_code,year,value,source_id\n"
REPORTS = "UKR,NCMEC.REPORTS,2024,{},NCMEC_CTL\n"


pytestmark = pytest.mark.slow  # each talks to a local server


@pytest.fixture
def world():
    """Return an invented World of four series, with values for six countries and two years."""
    world = services.World()
    world.series("world_bank", USERS, name="Individuals using the Internet (% of population)")
    mobile, homes = "Mobile cellular subscriptions (per 100 people)", "Households with Internet"
    world.series("world_bank", PHONES, name=mobile, start=90)
    world.series("itu_datahub", "xHH6", name=f"{homes} access at home", unit="%", start=70)
    world.series("itu_datahub", "other", name="Another series", unit="%", start=1)
    world.series("un_sdg", "IT_USE_ii99", name="Internet users per 100 inhabitants", unit="PERCENT")
    by_sex = world.values["un_sdg", "IT_USE_ii99"]
    for (iso3, year), value in list(by_sex.items()):
        by_sex[iso3, year, ("Sex", "BOTHSEX")] = by_sex.pop((iso3, year))
        by_sex[iso3, year, ("Sex", "MALE")] = value + 1
        by_sex[iso3, year, ("Sex", "FEMALE")] = value - 1
    return world


@pytest.fixture
def address(world, monkeypatch):
    """Run the services, send requests to them with short timeouts, and yield their address."""
    limits = {"tries": 3, "backoff": 0.01, "timeout": (1, 0.8)}
    impatient = replace(http.SERVICES, pause=0.0, **limits)
    monkeypatch.setattr(http, "Fetcher", partial(http.Fetcher, impatient))
    with services.running(world) as base:
        paths = {"WORLD_BANK": "wb", "ITU_DATAHUB": "itu", "UN_SDG": "sdg", "DATA360": "d360"}
        for name, path in paths.items():
            monkeypatch.setenv(f"COP_{name}", f"{base}/{path}")
        yield base


@pytest.fixture
def data(tmp_path):
    """Return a small data folder with old figures of six countries and data/ as its base."""
    folder = tmp_path / "data" / "statistics"
    folder.mkdir(parents=True)
    own = {"name": "small", "cop:base": str(DATA)}
    (folder.parent / "datapackage.json").write_text(json.dumps(own))
    for name in ("sources", "indicator_catalogue", "indicator_series", "gci"):
        shutil.copy(DATA / "statistics" / f"{name}.csv", folder)
    rows = [f"UKR,{USERS},2021,64,SG_WDI"]
    for n, (iso3, _, _) in enumerate(services.COUNTRIES):
        rows += [f"{iso3},{PHONES},2022,{90 + 3 * n},SG_WDI"]
        rows += [f"{iso3},{USERS},2022,{50 + 3 * n},SG_WDI"]
    (folder / "indicators.csv").write_text(INDICATORS + "\n".join(sorted(rows)) + "\n")
    return folder.parent


def run(data, *more):
    return main.main(["refresh", *more, "--data", str(data)])


def table(data, name):
    with (data / "statistics" / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def held(data, code):
    rows = [row for row in table(data, "indicators") if row["indicator_code"] == code]
    return {(row["iso3"], int(row["year"])): row["value"] for row in rows}


def test_changes_are_shown_and_written_once(world, address, data, capsys, monkeypatch):
    world.values["world_bank", USERS]["UKR", 2022] = 77.5
    world.values["world_bank", USERS]["ALB", 2023] = None
    before, old = contents(data), {**held(data, USERS)}
    assert run(data, USERS, "--dry-run") == 0 and contents(data) == before
    assert "would change: statistics/indicator_catalogue.csv" in capsys.readouterr().out
    monkeypatch.setattr("builtins.input", lambda question: "n")
    assert run(data, USERS) == 1 and contents(data) == before
    assert run(data, USERS, PHONES, HOMES, MEN, "--yes") == 0
    out = capsys.readouterr().out
    assert held(data, USERS)["UKR", 2022] == "77.5" and ("ALB", 2023) not in held(data, USERS)
    assert held(data, HOMES)["GEO", 2023] == "73.25" and held(data, MEN)["GEO", 2023] == "54.25"
    assert f"{USERS}: 5 unchanged with a new source, 5 added, 1 removed, 1 revised" in out
    assert "UKR 2022: 65 becomes 77.5" in out and "UKR 2021: 64 becomes empty" in out
    sources = {row["source_id"]: row for row in table(data, "sources")}
    today = date.today().isoformat()
    assert sources["WB_WDI"]["accessed"] == sources["ITU_DATAHUB_V2"]["accessed"] == today
    cites = {row["indicator_code"]: row["source_id"] for row in table(data, "indicator_catalogue")}
    assert (cites[USERS], cites[HOMES], cites[PHONES]) == ("WB_WDI", "ITU_DATAHUB_V2", "WB_WDI")
    pins = {row["indicator_code"]: row for row in table(data, "indicator_series")}
    assert pins[USERS]["read_at"].startswith(today) and pins[HOMES]["unit_there"] == "%"
    assert pins[USERS]["read_from"] == f"{address}/wb/country/all/indicator/{USERS}"
    now = {**held(data, USERS)}
    assert {key for key in old if now.get(key) != old[key]} == {("UKR", 2021), ("UKR", 2022)}
    after = contents(data)
    later = SimpleNamespace(now=lambda zone: datetime.now(zone) + timedelta(days=1))
    monkeypatch.setattr(refresh, "datetime", later)
    assert run(data, USERS, PHONES, HOMES, MEN, "--yes") == 0
    changed = {path for path, raw in contents(data).items() if raw != after[path]}
    assert changed == {"statistics/indicator_series.csv"}  # the time of reading
    assert not checks.of_shared(data)


def test_estimates_are_marked_by_their_data_set(world, address, data):
    world.natures["xHH6"] = "ITU estimate."
    assert run(data, HOMES, MEN, "--yes") == 0
    cited = {row["indicator_code"]: row["source_id"] for row in table(data, "indicators")}
    assert (cited[HOMES], cited[MEN]) == ("ITU_DATAHUB_V2_EST", "UN_SDG_API")
    sources = {row["source_id"]: row for row in table(data, "sources")}
    assert sources["ITU_DATAHUB_V2_EST"]["nature"] == "estimate"
    assert "UN_SDG_API_EST" not in sources and not checks.of_shared(data)


def test_series_are_read_page_by_page_and_once(world, address, data):
    world.pages = 5
    run(data, MEN, "IT_USE_ii99.F", "--yes")
    assert len(held(data, MEN)) == 12
    assert held(data, "IT_USE_ii99.F")["GEO", 2022] == "52.0"
    paths = [path for _, path, _ in world.asked]
    assert len(set(paths)) == len(paths)  # one series of two indicators is read once


ROWS, SDG = ("world_bank", USERS), ("un_sdg", "IT_USE_ii99")


def answers(path, answer):
    return lambda world: world.breakage.update({path: [answer]})


def becomes(make, series=ROWS):
    """Return a function that replaces the values of a series in a World by `make(values)`."""
    return lambda world: world.values.update({series: make(world.values[series])})


def pages(total, *rows):
    """Return a breakage with a page of World Bank rows, and the number of values that it states."""
    head = {"page": 1, "pages": 1, "per_page": 50, "total": total}
    return answers("/country/", services.json_of([head, list(rows) or None]))


def damaged(asked):
    """Return a zip file whose first byte of compressed data was changed on the way."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.csv", "seriesCode\n")
    body = bytearray(packed.getvalue())
    body[body.index(b"data.csv") + len("data.csv")] = 0xFF
    return 200, {}, bytes(body)


HUGE = services.json_of({"totalPages": 10**9, "totalElements": 1, "data": []})
BROKEN = (200, {}, b"PK\x03\x04rubbish")
BAD = [  # (series, what is said, how the service differs)
    (USERS, "of 0 values", pages(0)),
    (USERS, "returned 1", pages(2, {})),
    (USERS, "could not be read (KeyError(", pages(1, {"country": "ALB"})),
    (USERS, "parameter value is not valid", lambda world: world.values.pop(ROWS)),
    (USERS, "name was", lambda world: world.names.update({USERS: "Internet users (number)"})),
    (USERS, "'2023Q1'", becomes(lambda v: v | {("ALB", "2023Q1"): 1.0})),
    (USERS, "below the minimum of 0", becomes(lambda v: v | {("ALB", 2023): -1.5})),
    (USERS, "a factor of 1e+03", becomes(lambda v: {k: n * 1000 for k, n in v.items()})),
    (USERS, "6 of 7 figures are", becomes(lambda v: {("ALB", 2022): 50.0})),
    (USERS, "for one year (ALB 2022 ", becomes(lambda v: v | {("ALB", "2022.0"): 7.0})),
    (HOMES, "no attribute 'seriesCode'", answers("/itu/", services.page_of_words)),
    (HOMES, "not a zip file", answers("/itu/", lambda asked: BROKEN)),
    (HOMES, "could not be read (error('Error -3", answers("/itu/", damaged)),
    (HOMES, "but not xHH6; correct", lambda world: world.values.pop(("itu_datahub", "xHH6"))),
    (MEN, "unit was 'PERCENT' and", lambda world: world.units.update({"IT_USE_ii99": "NUMBER"})),
    (MEN, "no values for MALE in dimensions.Sex; available: BOTHSEX, FEMALE; correct",
     becomes(lambda v: {k: n for k, n in v.items() if k[2][1] != "MALE"}, SDG)),
    (MEN, "returned 0 of 0 values", becomes(lambda v: {}, SDG)),
    (MEN, "returned 0 of", answers("/sdg/", HUGE)),
    (USERS, "returned 5", lambda world: setattr(world, "pages", 5)),
    (USERS, "request failed (connection failed", answers("/wb/", services.cut)),
]  # fmt: skip


@pytest.mark.parametrize(("code", "message", "breaks"), one_in(3, BAD))
def test_an_invalid_answer_changes_nothing_and_is_explained(
    world, address, data, capsys, code, message, breaks
):
    breaks(world)
    before = contents(data)
    assert run(data, PHONES, code, "--yes") == 2 and contents(data) == before
    error = capsys.readouterr().err
    assert message in error and "Traceback" not in error


def test_a_changed_definition_stops_it_until_it_is_accepted(world, address, data, capsys):
    run(data, USERS, "--yes")
    world.notes[USERS], before = "Something else is counted now.", contents(data)
    assert run(data, USERS, "--yes") == 2 and contents(data) == before
    assert "definition was 'What is counted" in capsys.readouterr().err
    assert run(data, USERS, "--yes", "--accept") == 0
    pinned = {r["indicator_code"]: r for r in table(data, "indicator_series")}[USERS]
    assert pinned["definition_there"] == "Something else is counted now."


def test_a_change_by_somebody_else_meanwhile_is_not_overwritten(address, data):
    update = refresh.from_services(data, [USERS], http.Fetcher())
    with (data / "statistics/indicators.csv").open("a") as file:
        file.write("UKR,IT.NET.USER.ZS,2019,60,SG_WDI\n")
    before = contents(data)
    with pytest.raises(UserError, match="changed since the comparison: statistics/indicators.csv"):
        refresh.write(update, data)
    assert contents(data) == before


def scores(data):
    return {(row["iso3"], row["edition"]): row for row in table(data, "gci")}


def test_the_gci_is_read_from_data360(world, address, data):
    for indicator in figures.GCI.values():
        world.values["data360", indicator] = {("UKR", 2026): 12.5, ("UKR", 2018): 0.6}
    world.values["data360", figures.GCI["score"]]["GEO", 2024] = 99
    before = scores(data)
    assert run(data, "GCI", "--yes") == 0 and not checks.of_shared(data)
    now = scores(data)
    assert now["UKR", "2026"]["score"] == now["UKR", "2026"]["cooperation"] == "12.5"
    assert now["GEO", "2024"] == before["GEO", "2024"] | {"score": "99", "source_id": "D360_GCI"}
    del now["UKR", "2026"], now["GEO", "2024"], before["GEO", "2024"]
    assert now == before
    after = contents(data)
    damaged = [{"count": 2, "value": []}, {"error": "down"}, [], {"count": 1, "value": [{"A": 1}]}]
    for answer in damaged:
        world.breakage["/d360/"] = [services.json_of(answer)]
        assert run(data, "GCI", "--yes") == 2 and contents(data) == after, answer


def test_figures_changed_by_hand_are_named_until_they_are_accepted(address, data):
    path = data / "statistics/indicators.csv"
    (data / losses.FILE).write_text(losses.counted(data))  # as `cop check --meant` does
    text = path.read_text()
    path.write_text(text.replace("\n", "\r\n"), newline="")
    assert checks.of_shared(data) == []  # other line ends are no change
    swapped = text.replace("UKR,IT.NET", "XXX,IT.NET").replace("GEO,IT.NET", "UKR,IT.NET")
    path.write_text(swapped.replace("XXX,", "GEO,"))
    [fault] = checks.of_shared(data)
    assert "indicators.csv: contains figures that `cop refresh` did not write" in str(fault)
    assert run(data, PHONES, "--yes") == 0 and checks.of_shared(data) == [fault]  # stays visible
    (data / losses.FILE).write_text(losses.counted(data))
    assert run(data, USERS, "--yes") == 0 and not checks.of_shared(data)

"""The latest figures, from services on this machine that speak as the real ones, well and badly."""

import csv
import hashlib
import json
import shutil
from datetime import date

import pytest
import services
from conftest import DATA

from cop.cli import main
from cop.data import Refused, checks, http
from cop.data.checks import schema
from cop.research.figures import changes, refresh, tables

USERS, PHONES, HOMES, MEN = "IT.NET.USER.ZS", "IT.CEL.SETS.P2", "ITU.xHH6", "IT_USE_ii99.M"
TODAY = date.today().isoformat()


@pytest.fixture
def world():
    """Give an invented world in which four series have values for six countries and two years."""
    world = services.World()
    world.series("world_bank", USERS, name="Individuals using the Internet (% of population)")
    world.series(
        "world_bank", PHONES, name="Mobile cellular subscriptions (per 100 people)", start=90
    )
    world.series(
        "itu_datahub", "xHH6", name="Households with Internet access at home", unit="%", start=70
    )
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
    """Run the services and let the workspace ask them, with little patience."""
    impatient = http.Manners(
        http.SERVICES.agent,
        pause=0.0,
        tries=3,
        backoff=0.01,
        longest_wait=1.0,
        longest=1.5,
        timeout=(1, 0.8),
    )
    monkeypatch.setattr(http, "SERVICES", impatient)
    with services.running(world) as base:
        for variable, path in (
            ("COP_WORLD_BANK", "wb"),
            ("COP_ITU_DATAHUB", "itu"),
            ("COP_UN_SDG", "sdg"),
        ):
            monkeypatch.setenv(variable, f"{base}/{path}")
        yield base


@pytest.fixture
def data(tmp_path):
    """Give a small data folder that stands on the real one: old figures of six countries."""
    folder = tmp_path / "data"
    (folder / "statistics").mkdir(parents=True)
    (folder / "datapackage.json").write_text(json.dumps({"name": "small", "cop:base": str(DATA)}))
    for name in ("sources", "indicator_catalogue", "indicator_series", "vintages"):
        shutil.copy(DATA / "statistics" / f"{name}.csv", folder / "statistics")
    lines = ["iso3,indicator_code,year,value,source_id"]
    for n, (iso3, _, _) in enumerate(services.countries()):
        lines += [
            f"{iso3},{PHONES},2022,{90 + 3 * n},SG_WDI",
            f"{iso3},{USERS},2022,{50 + 3 * n},SG_WDI",
        ]
    lines.append(f"UKR,{USERS},2021,64,SG_WDI")
    (folder / "statistics" / "indicators.csv").write_text(
        "\n".join(lines[:1] + sorted(lines[1:])) + "\n"
    )
    gci = (DATA / "statistics" / "gci.csv").read_text().splitlines()
    few = [line for line in gci if line.startswith(("iso3", "UKR", "GEO"))]
    (folder / "statistics" / "gci.csv").write_text("\n".join(few) + "\n")
    return folder


def run(data, *more):
    return main.main(["refresh", *more, "--data", str(data)])


def table(data, name):
    with (data / "statistics" / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def held(data, code):
    return {
        (r["iso3"], int(r["year"])): r["value"]
        for r in table(data, "indicators")
        if r["indicator_code"] == code
    }


def print_of(data):
    """Give what tells whether anything in the folder changed."""
    files = sorted(p for p in data.rglob("*") if p.is_file() and p.name != ".lock")
    return {
        p.relative_to(data).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files
    }


def test_it_updates_shows_what_changed_and_a_second_time_changes_nothing(
    world, address, data, capsys
):
    world.values["world_bank", USERS]["UKR", 2022] = 77.5
    world.values["world_bank", USERS]["ALB", 2023] = None
    assert run(data, USERS, PHONES, HOMES, MEN, "--yes") == 0
    out = capsys.readouterr().out
    assert held(data, USERS)["UKR", 2022] == "77.5" and ("ALB", 2023) not in held(data, USERS)
    assert held(data, HOMES)["GEO", 2023] == "73.25" and held(data, MEN)["GEO", 2023] == "54.25"
    assert (
        f"{USERS}: 5 added (5 countries), 1 revised (1 country), 1 removed (1 country),"
        " 5 the same from a new source (5 countries)" in out
    )
    assert "UKR 2022: 65 becomes 77.5" in out and "UKR 2021: 64 is no longer there" in out
    assert (
        "there it is Households with Internet access at home, unit %;"
        " here it is Households with Internet" in out
    )
    after = print_of(data)
    assert run(data, USERS, PHONES, HOMES, MEN, "--yes") == 0
    assert print_of(data) == after and "Nothing to write" in capsys.readouterr().out
    assert not checks.of_shared(data)


def test_what_was_kept_gives_back_what_there_was(address, data):
    before = {
        (r["iso3"], r["indicator_code"], r["year"]): (r["value"], r["source_id"])
        for r in table(data, "indicators")
    }
    run(data, USERS, "--yes")
    now = {
        (r["iso3"], r["indicator_code"], r["year"]): (r["value"], r["source_id"])
        for r in table(data, "indicators")
    }
    assert now != before
    for row in table(data, "vintages"):
        now[row["iso3"], row["code"], row["year"]] = (row["value"], row["source_id"])
    assert {key: value for key, value in now.items() if value[0]} == before


def test_the_register_says_when_and_where_it_was_seen(address, data):
    run(data, USERS, HOMES, "--yes")
    seen = {r["source_id"]: r for r in table(data, "sources")}
    assert seen["WB_WDI"]["accessed"] == TODAY and seen["ITU_DATAHUB_V2"]["accessed"] == TODAY
    assert {r["source_id"] for r in table(data, "indicators") if r["indicator_code"] == USERS} == {
        "WB_WDI"
    }
    cites = {r["indicator_code"]: r["source_id"] for r in table(data, "indicator_catalogue")}
    assert (cites[USERS], cites[HOMES], cites[PHONES]) == ("WB_WDI", "ITU_DATAHUB_V2", "SG_WDI")


def test_on_a_later_day_only_the_day_changes(address, data, monkeypatch, capsys):
    run(data, USERS, "--yes")
    before, figures_before = table(data, "sources"), (data / tables.VALUES).read_bytes()

    class Later(date):
        @classmethod
        def today(cls):
            return cls(2027, 1, 2)

    for module in (changes, refresh, tables, schema):
        monkeypatch.setattr(module, "date", Later)
    assert run(data, USERS, "--yes") == 0
    assert (data / tables.VALUES).read_bytes() == figures_before
    changed = [(a, b) for a, b in zip(before, table(data, "sources"), strict=True) if a != b]
    assert [(a["source_id"], b["accessed"]) for a, b in changed] == [("WB_WDI", "2027-01-02")]


def test_a_dry_run_and_a_no_write_nothing(address, data, monkeypatch, capsys):
    before = print_of(data)
    assert run(data, USERS, "--dry-run") == 0 and print_of(data) == before
    assert "it would change statistics/indicator_catalogue.csv" in capsys.readouterr().out
    monkeypatch.setattr("builtins.input", lambda question: "n")
    assert run(data, USERS) == 1 and print_of(data) == before


def test_many_pages_are_read_and_asked_for_politely(world, address, data):
    world.pages = 5
    run(data, USERS, MEN, "--yes")
    assert len(held(data, USERS)) == 12 and len(held(data, MEN)) == 12
    assert all("child online protection" in headers["User-Agent"] for _, _, headers in world.asked)


def test_one_series_of_several_indicators_is_asked_for_once(world, address, data):
    run(data, MEN, "IT_USE_ii99.F", HOMES, "--yes")
    assert len([path for _, path, _ in world.asked if path.startswith("/sdg/")]) == 1
    assert held(data, "IT_USE_ii99.F")["GEO", 2022] == "52.0"


def test_a_service_that_asks_to_wait_is_waited_for(world, address, data):
    world.breakage["/country/"] = [
        services.status(429, Retry_After="0"),
        services.status(503),
        lambda asked: None,
    ]
    assert run(data, USERS, "--yes") == 0 and len(held(data, USERS)) == 12


def changed_while_read(world):
    """Count other pages from the second page on, each time."""

    def later(asked):
        if "page=2" in asked.path:
            world.lastupdated += "x"
        return None

    world.pages, world.breakage["/country/"] = 5, [later]


def recovers(world):
    """Change once between two pages; the second reading is whole."""
    changed = []

    def later(asked):
        if "page=2" in asked.path and not changed:
            changed.append(
                world.series("world_bank", USERS, years=(2021, 2022, 2023), name=world.names[USERS])
            )
        return None

    world.pages, world.breakage["/country/"] = 5, [later]


def test_a_change_between_two_pages_is_read_again_from_the_beginning(world, address, data):
    recovers(world)
    assert run(data, USERS, "--yes") == 0 and len(held(data, USERS)) == 18


def answers(words, *made):
    return lambda world: world.breakage.__setitem__(words, list(made))


def sets(where, code, **about):
    def change(world):
        for kind, said in about.items():
            getattr(world, kind)[code] = said

    return change


ROWS = ("world_bank", USERS)


def becomes(series, make):
    """Give what changes the values of a series as `make` says of those there are."""
    return lambda world: world.values.__setitem__(series, make(world.values[series]))


def country_answers(answer):
    return answers("/country/", answer)


HEAD = {"page": 1, "pages": 1, "per_page": 50, "total": 1}
BAD = {
    "status 500": (country_answers(services.status(500)), USERS, "status 500 after 3 tries"),
    "asks to wait long": (
        answers("/wb/", services.status(429, Retry_After="3600")),
        USERS,
        "asks to wait 3600 s",
    ),
    "not found": (answers("/wb/", services.status(404)), USERS, "answers with status 404"),
    "a page of words": (
        country_answers(services.page_of_words),
        USERS,
        "text/html instead of JSON",
    ),
    "words as JSON": (country_answers(services.page_that_says_it_is_json), USERS, "cut or broken"),
    "cut off": (country_answers(services.cut), USERS, "broke off"),
    "half a JSON": (country_answers(services.half_json), USERS, "cut or broken"),
    "too slow": (country_answers(services.slow(1.2)), USERS, "no answer in time"),
    "piece by piece": (country_answers(services.dribble), USERS, "takes longer than 1.5 s"),
    "no values": (
        country_answers(services.json_of([HEAD | {"total": 0}, None])),
        USERS,
        "without any value",
    ),
    "fewer than counted": (
        country_answers(services.json_of([HEAD | {"total": 7}, [{"a": 1}]])),
        USERS,
        "counts 7 values and sends 1",
    ),
    "another form of a row": (
        country_answers(services.json_of([HEAD, [{"country": "ALB", "value": 1}]])),
        USERS,
        "another form",
    ),
    "another form of the whole": (
        country_answers(services.json_of({"data": []})),
        USERS,
        "another form",
    ),
    "an error in words": (lambda w: w.values.pop(ROWS), USERS, "parameter value is not valid"),
    "pages change midway": (changed_while_read, USERS, "changes while it is read"),
    "another name": (sets("wb", USERS, names="Internet users (number)"), USERS, "its name was"),
    "quarters": (
        becomes(ROWS, lambda v: v | {("ALB", "2023Q1"): 1.0}),
        USERS,
        "not of IT.NET.USER.ZS in a year",
    ),
    "words for numbers": (
        becomes(ROWS, lambda v: v | {("ALB", 2023): "n/a"}),
        USERS,
        "is not a number",
    ),
    "below zero": (
        becomes(ROWS, lambda v: v | {("ALB", 2023): -1.5}),
        USERS,
        "below the minimum of 0",
    ),
    "thousands of it": (
        becomes(ROWS, lambda v: {k: n * 1000 for k, n in v.items()}),
        USERS,
        "1e+03 times what it was",
    ),
    "most are gone": (
        becomes(ROWS, lambda v: {("ALB", 2022): 50.0}),
        USERS,
        "6 of 7 figures are gone",
    ),
    "ITU: a page of words": (
        answers("/itu/", services.page_of_words),
        HOMES,
        "the columns seriesCode",
    ),
    "ITU: a broken ZIP": (
        answers(
            "/itu/", lambda a: (200, {"Content-Type": "application/zip"}, b"PK\x03\x04rubbish")
        ),
        HOMES,
        "ZIP is broken",
    ),
    "ITU: another series": (
        lambda w: w.values.pop(("itu_datahub", "xHH6")),
        HOMES,
        "does not hold it; it holds other",
    ),
    "SDG: another unit": (
        sets("sdg", "IT_USE_ii99", units="NUMBER"),
        MEN,
        "its unit was 'PERCENT' and is 'NUMBER'",
    ),
    "SDG: no men": (
        becomes(
            ("un_sdg", "IT_USE_ii99"), lambda v: {k: n for k, n in v.items() if k[2][1] != "MALE"}
        ),
        MEN,
        "no value is of Sex MALE; there are: BOTHSEX, FEMALE",
    ),
    "SDG: nothing": (
        becomes(("un_sdg", "IT_USE_ii99"), lambda v: {}),
        MEN,
        "counts 0 values and sends 0",
    ),
    "SDG: another form": (answers("/sdg/", services.json_of({"Data": []})), MEN, "another form"),
}


WAITS = {"too slow", "piece by piece"}  # what is waited for runs out


@pytest.mark.parametrize(
    "what", [pytest.param(w, marks=pytest.mark.slow) if w in WAITS else w for w in BAD]
)
def test_a_fault_leaves_the_data_as_it_was_and_is_told_in_a_sentence(
    world, address, data, capsys, what
):
    breaks, code, said = BAD[what]
    breaks(world)
    before = print_of(data)
    assert run(data, PHONES, code, "--yes") == 2
    assert print_of(data) == before
    told = capsys.readouterr().err
    assert said in told and "Traceback" not in told


def test_a_changed_definition_stops_it_until_it_is_accepted(world, address, data, capsys):
    run(data, USERS, "--yes")
    world.notes[USERS], before = "Something else is counted now.", print_of(data)
    assert run(data, USERS, "--yes") == 2 and print_of(data) == before
    assert "its definition was 'What is counted" in capsys.readouterr().err
    assert run(data, USERS, "--yes", "--accept") == 0
    pinned = {r["indicator_code"]: r for r in table(data, "indicator_series")}[USERS]
    assert pinned["definition_there"] == "Something else is counted now."


def test_what_is_accepted_has_to_be_named(data, capsys):
    assert run(data, "--accept") == 2 and "name them" in capsys.readouterr().err


def test_nobody_answers(data, monkeypatch, capsys):
    monkeypatch.setenv("COP_WORLD_BANK", "http://127.0.0.1:9/v2")
    monkeypatch.setattr(http.time, "sleep", lambda seconds: None)
    before = print_of(data)
    assert run(data, USERS, "--yes") == 2 and print_of(data) == before
    assert "does not answer (no connection" in capsys.readouterr().err


def test_a_change_by_somebody_else_meanwhile_is_not_overwritten(address, data):
    update = refresh.from_services(data, [USERS], http.Fetcher())
    more = data / tables.VALUES
    more.write_bytes(more.read_bytes() + b"UKR,IT.NET.USER.ZS,2019,60,SG_WDI\n")
    before = print_of(data)
    with pytest.raises(Refused, match="somebody else"):
        refresh.write(update, data)
    assert print_of(data) == before


def test_editions_that_keep_the_earlier_figures_are_named(address, data, capsys):
    (data / "research" / "ZED").mkdir(parents=True)
    (data / "research" / "ZED" / "editions.csv").write_text(
        "edition,cut_off,status,basis\n2020,2020-06-29,draft,desk\n"
    )
    run(data, USERS, "--yes")
    assert "Editions whose cut-off is past keep the earlier figures" in capsys.readouterr().out


def test_unknown_series_are_named_with_those_that_can_be_read(data, capsys):
    assert run(data, "NCMEC.REPORTS") == 2
    assert "cop refresh --from FILE" in capsys.readouterr().err


def test_every_series_is_of_the_catalogue_and_the_list_names_them(data, capsys):
    assert run(data, "--list") == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert (
        set(listed)
        == set(refresh.series(DATA))
        <= {r["indicator_code"] for r in table(DATA, "indicator_catalogue")}
    )


SOURCE = (
    "source_id=NCMEC_2024",
    "short=NCMEC",
    "title=Reports 2024",
    "publisher=NCMEC",
    "address=https://example.org/n",
)


def test_reports_of_another_year_come_from_a_file_with_their_source(data, tmp_path, capsys):
    (tmp_path / "new.csv").write_text(
        "iso3;indicator_code;year;value;source_id\nUKR;NCMEC.REPORTS;2024;5;NCMEC_2024\n"
    )
    before = print_of(data)
    assert run(data, "--from", str(tmp_path / "new.csv"), "--yes") == 2 and print_of(data) == before
    assert "is not an id of statistics_sources" in capsys.readouterr().err
    assert run(data, "--from", str(tmp_path / "new.csv"), "--source", *SOURCE, "--yes") == 0
    assert held(data, "NCMEC.REPORTS") == {("UKR", 2024): "5"} and not checks.of_shared(data)
    assert {r["source_id"] for r in table(data, "sources")} >= {"NCMEC_2024"}
    after = print_of(data)
    assert run(data, "--from", str(tmp_path / "new.csv"), "--yes") == 0 and print_of(data) == after


GCI = (
    "iso3,edition,score,legal,technical,organizational,capacity,cooperation,global_rank,"
    "regional_rank,tier,source_id\n"
)


def test_an_edition_of_the_gci_comes_from_a_file(data, tmp_path):
    before = {(r["iso3"], r["edition"]): r for r in table(data, "gci")}
    (tmp_path / "gci.csv").write_text(
        GCI + "UKR,2026,88.5,20,18,17.5,16,17,,,T2,NEW_GCI\nGEO,2024,99,,,,,,,,,NEW_GCI\n"
    )
    source = ("source_id=NEW_GCI", "short=GCI 2026", "title=GCI 2026", "publisher=ITU")
    assert run(data, "--from", str(tmp_path / "gci.csv"), "--source", *source, "--yes") == 0
    now = {(r["iso3"], r["edition"]): r for r in table(data, "gci")}
    assert now["UKR", "2026"]["score"] == "88.5" and now["GEO", "2024"]["score"] == "99"
    assert now["GEO", "2024"]["legal"] == before["GEO", "2024"]["legal"]
    assert {
        key: row for key, row in now.items() if key not in (("UKR", "2026"), ("GEO", "2024"))
    } == {key: row for key, row in before.items() if key != ("GEO", "2024")}
    kept = {(r["iso3"], r["code"], r["year"]): r["value"] for r in table(data, "vintages")}
    assert (
        kept["GEO", "score", "2024"] == before["GEO", "2024"]["score"]
        and kept["UKR", "score", "2026"] == ""
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "its heading must be that of indicators.csv or gci.csv"),
        (
            "iso3,indicator_code,year,value,source_id\nUKR,NCMEC.REPORTS,2024,many,NCMEC_CTL\n",
            "is not a number",
        ),
        (
            "iso3,indicator_code,year,value,source_id\nQQQ,NCMEC.REPORTS,2024,1,NCMEC_CTL\n",
            "is not an id of countries",
        ),
        (
            "iso3,indicator_code,year,value,source_id\n"
            + 2 * "UKR,NCMEC.REPORTS,2024,1,NCMEC_CTL\n",
            "already taken",
        ),
        ("", "is empty"),
    ],
)
def test_a_file_with_faults_is_refused_and_nothing_is_written(data, tmp_path, capsys, text, said):
    (tmp_path / "new.csv").write_text(text)
    before = print_of(data)
    assert run(data, "--from", str(tmp_path / "new.csv"), "--yes") == 2 and print_of(data) == before
    assert said in capsys.readouterr().err

"""What is a change of a figure and what is another series: invented figures, without a service."""

import contextlib
import io
import json
import shutil
import zipfile
from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest
from cases import by_rule, cases, frame_of
from conftest import DATA, ZEDLAND
from planting import edit

from cop.data import UserError
from cop.data.checks import losses
from cop.data.tables import csv_of, text_of
from cop.research import figures, refresh

PINS = dict.fromkeys(refresh.PINNED, "")


def compared(old, new, how="outer"):

    def long(values):
        frame = pd.DataFrame({"iso3": [*values], "value": [*values.values()]}, dtype=str)
        return frame.assign(code="X", year="2022", source_id="S")

    return refresh.compare(long(old), long(new), how)


@by_rule(
    "old, new, kind, value",
    ("a figure that was not there is added", {}, {"A": "5"}, "added", "5"),
    ("one that is no longer there is removed", {"A": "5"}, {}, "removed", ""),
    ("another figure is revised", {"A": "5"}, {"A": "6"}, "revised", "6"),
    ("the same figure has not changed", {"A": "5"}, {"A": "5"}, "", "5"),
    ("rounding keeps the old figure", {"A": "65.12"}, {"A": "65.1201"}, "", "65.12"),
    ("more than rounding is revised", {"A": "65.12"}, {"A": "65.13"}, "revised", "65.13"),
    ("near zero a small difference is rounding", {"A": "0.000001"}, {"A": "4e-6"}, "", "0.000001"),
)
def test_a_figure_is_added_removed_revised_or_the_same(old, new, kind, value):
    row = compared(old, new).iloc[0]
    assert (row.kind, row.value) == (kind, value)


def test_a_figure_of_another_data_set_has_a_new_source_and_one_from_zero_no_ratio():
    old = compared({}, {"A": "5"})[[*refresh.KEY, "value", "source_id"]]
    [kind] = refresh.compare(old.assign(source_id="T"), old).kind
    assert kind == "unchanged with a new source", "the same figure of another data set"
    assert compared({"A": "0"}, {"A": "5"}).ratio.isna().all(), "a change from zero has no ratio"
    assert compared({"A": "0.5"}, {"A": "2"}).ratio.item() == 4, "one from less than 1 has"


def test_figures_that_a_file_does_not_contain_are_not_removed():
    assert compared({"A": "5", "B": "6"}, {"A": "7"}, "left").iso3.tolist() == ["A"]


def is_refused(changes, was=PINS, now=PINS):
    try:
        refresh.refuse_another_series("X", was, now, changes)
    except UserError:
        return True
    return False


@pytest.mark.parametrize(("rule", "values", "status"), cases("research/series.csv"))
def test_another_series_is_known_by_median_and_losses(rule, values, status):
    old = dict.fromkeys("ABCDE", "10")
    new = dict(zip(old, values.split(), strict=False))
    assert is_refused(compared(old, new)) == (status == "2"), rule


def test_lost_figures_are_a_share_of_those_there_before_and_not_of_all():
    old, added = dict.fromkeys("ABCDE", "10"), dict.fromkeys("FGHIJ", "10")
    assert is_refused(compared(old, dict.fromkeys("ABC", "10") | added)), "two of five"


@by_rule(
    "was, now, refused",
    ("another unit is another series", "percent", "persons", True),
    ("other blanks are none", "a  b", "a b", False),
    ("a unit that was not known is taken", "", "percent", False),
)
def test_another_series_is_known_by_its_name_unit_and_definition(was, now, refused):
    for name in refresh.PINNED:
        found = is_refused(compared({}, {"A": "5"}), PINS | {name: was}, PINS | {name: now})
        assert found == refused, name


def test_six_changes_are_listed_the_largest_first_and_removed_figures_last():
    old = dict.fromkeys("ABCDEFG", "10") | {"H": "3", "I": "4"}
    new = {name: str(10 + n) for n, name in enumerate("ABCDEFG", 1)} | {"I": "4", "J": "1"}
    new["A"] = "1"  # a loss of nine tenths
    number, *lines = refresh.change_lines(compared(old, new).query("kind != ''"))
    assert number == "X: 7 revised, 1 removed, 1 added"
    shown = "".join(line.split()[0] for line in lines)
    assert shown == "AGFEDC", "the largest relative changes first, up or down"
    [_, line] = refresh.change_lines(compared({"A": "10"}, {}).query("kind != ''"))
    assert line == "    A 2022: 10 becomes empty"
    added = [*refresh.change_lines(compared({}, {"A": "10"}))]
    assert added == ["X: 1 added"], "added figures are counted and not listed"


def test_a_new_figure_takes_the_place_of_the_old_one_and_a_removed_one_is_deleted():
    old = refresh.to_long(text_of("indicators", ZEDLAND))
    changes = pd.concat([old.head(1).assign(value="999"), old[1:2].assign(value="")])
    lines = refresh.changed_table("indicators", changes, ZEDLAND).decode().splitlines()
    assert len(lines) == len(old), "the heading and all rows but one"
    assert sum(",999," in line for line in lines) == 1
    assert lines[1:] == sorted(lines[1:], key=lambda line: line.split(",")[:3]), "rows by key"


COUNTRIES = frame_of("m49 iso3", ("008", "ALB"), ("804", "UKR"))


@by_rule(
    "row, kept",
    ("the first year counts", ("UKR", "2000", "5"), ["UKR"]),
    ("earlier ones do not", ("UKR", "1999", "5"), []),
    ("a number of an area is a country", ("8", "2022", "5"), ["ALB"]),
    ("other areas are left out", ("XXX", "2022", "5"), []),
    ("what is no number is left out", ("UKR", "2022", "n/a"), []),
    ("so is a number with words", ("UKR", "2022", "5 of 10"), []),
    ("a number may be below zero", ("UKR", "2022", "-1.5"), ["UKR"]),
    ("a number may be in powers of ten", ("UKR", "2022", "1.5e-05"), ["UKR"]),
)
def test_values_of_a_service_are_numbers_of_countries_from_the_first_year(row, kept):
    frame = frame_of("iso3 year value", row)
    assert figures.clean(frame, "un_sdg", COUNTRIES, 2000).iso3.tolist() == kept


@by_rule(
    "years, values, kept",
    ("equal values of one year are one", ["2022", "2022"], ["5", "5"], ["5"]),
    ("several values of one year are refused", ["2022", "2022"], ["5", "6"], None),
    ("values of two years are two", ["2022", "2023"], ["5", "6"], ["5", "6"]),
)
def test_a_country_has_one_value_in_a_year(years, values, kept):
    frame = pd.DataFrame({"iso3": "UKR", "year": years, "value": values})
    try:
        found = figures.clean(frame, "un_sdg", COUNTRIES, 2000).value.tolist()
    except UserError:
        found = None
    assert found == kept


@by_rule("service, column, nature, source_id", *cases("research/estimates.csv"))
def test_estimates_are_a_data_set_of_their_own(service, column, nature, source_id):
    frame = frame_of(f"iso3 year value {column}", ("UKR", "2022", "5", nature))
    assert figures.clean(frame, service, COUNTRIES, 2000).source_id.tolist() == [source_id]


@pytest.mark.parametrize(("count", "is_whole"), [(2, True), (3, False), (1, False)])
def test_an_answer_has_exactly_as_many_values_as_it_states(count, is_whole):
    rows = [{"a": 1}, {"a": 2}]
    if is_whole:
        assert len(figures.complete("u", count, rows)) == 2
    else:
        with pytest.raises(UserError, match=f"returned 2 of {count} values"):
            figures.complete("u", count, rows)


OF_THE_UN = {"series": "S", "geoAreaCode": "804", "timePeriodStart": 2022, "value": 5}
OF_THE_UN |= {"seriesDescription": "N", "attributes": {"Units": "%"}}
OF_THE_BANK = {"indicator": {"id": "S"}, "id": "S", "name": "N", "date": "2022", "value": 5}
OF_THE_BANK |= {"countryiso3code": "UKR", "country": {"id": "UA"}}
OF_THE_INDEX = {"REF_AREA": "UKR", "TIME_PERIOD": "2024", "OBS_VALUE": "5"}


def of_the_un(*rows, total=None):
    """Return an answer of the UN with rows that differ in some cells, and its number of values."""
    rows = [OF_THE_UN | cells for cells in rows]
    return {"data": rows, "totalPages": 1, "totalElements": total or len(rows)}


def of_the_bank(total=1, **cells):
    return [{"total": total}, [OF_THE_BANK | cells]]


FEWER = "returned 1 of 2 values"


@by_rule(
    "service, answer, wrong",
    ("of the UN", "un_sdg", of_the_un({}, total=2), FEWER),
    ("of the World Bank", "world_bank", of_the_bank(2), FEWER),
    ("of the index", "gci", {"count": 2, "value": [OF_THE_INDEX]}, FEWER),
    ("no value at all is refused", "un_sdg", of_the_un(), "returned 0 of 0 values"),
    ("another series of the UN is refused", "un_sdg", of_the_un({"series": "T"}), "several codes"),
    ("two names of a series of the UN are", "un_sdg", of_the_un({}, {"seriesDescription": "M"}),
     "several names"),
    ("so are two units", "un_sdg", of_the_un({}, {"attributes": {"Units": "n"}}), "several units"),
    ("another series of the World Bank is refused", "world_bank",
     of_the_bank(indicator={"id": "T"}), "several codes"),
    ("so is a message of the World Bank", "world_bank", [{"message": "x"}], "service reports x"),
)  # fmt: skip
def test_fewer_values_than_the_service_states_are_refused(service, answer, wrong):
    fetch = SimpleNamespace(json=lambda url, params: answer)
    with pytest.raises(UserError, match=wrong):
        if service == "gci":
            figures.read_gci(fetch, COUNTRIES)
        else:
            series = pd.Series({"series": "S", "dimensions": ""})
            figures.READERS[service](series, fetch, "u")


def test_an_answer_is_of_one_series():
    assert figures.single(["a ", "a"], "names") == "a"
    with pytest.raises(UserError, match="several names: a, b"):
        figures.single(["a", "b"], "names")


def read_of_the_un(dimensions, values):
    """Read a series of the UN with a page for each value; `values` are {code of Level: value}."""
    rows = [{"dimensions": {"Level": code}, "value": value} for code, value in values.items()]
    pages = of_the_un(*rows) | {"totalPages": len(rows)}

    def page(url, params):
        assert (url, params["seriesCode"], params["pageSize"]) == ("u/Series/Data", "S", 5000)
        return pages | {"data": [pages["data"][params["page"] - 1]]}

    series = pd.Series({"series": "S", "dimensions": dimensions})
    return figures.READERS["un_sdg"](series, SimpleNamespace(json=page), "u").values.value.tolist()


@by_rule(
    "dimensions, expected",
    ("codes separated by | are alternatives", "Level=PRIMAR|PRIMARY", [5, 6]),
    ("blanks around the equals sign do not matter", "Level = PRIMAR|PRIMARY", [5, 6]),
    ("a dimension without a total is whole", "", [5, 6, 7]),
)
def test_which_values_of_a_un_series_are_taken(dimensions, expected):
    assert read_of_the_un(dimensions, {"PRIMAR": 5, "PRIMARY": 6, "SECOND": 7}) == expected


@pytest.mark.parametrize("total", ["BOTHSEX", "ALLAGE", "ALLAREA", "TOTAL", "_T", "G"])
def test_of_a_dimension_of_a_un_series_with_a_total_only_the_total_is_taken(total):
    assert read_of_the_un("", {"PART": 6, total: 5}) == [5]


def test_a_dimension_of_a_un_series_needs_a_code():
    wrong = "no values for .* in dimensions.Level; .*; correct `dimensions` in indicator_series.csv"
    with pytest.raises(UserError, match=wrong):
        read_of_the_un("Level", {"TOTAL": 5})


@by_rule(
    "about, pins",
    ("name, unit and definition are without blanks", {"sourceNote": "Two\n words", "unit": "%"},
     ("Name", "%", "Two words")),
    ("a missing unit or definition is empty", {"sourceNote": None, "unit": None}, ("Name", "", "")),
)  # fmt: skip
def test_a_series_of_the_world_bank_is_of_countries_since_2000_with_its_definition(about, pins):
    periods = []

    def answer(url, params):
        if "/country/" not in url:
            return [{"total": 1}, [{"id": "X", "name": " Name "} | about]]
        periods.append(params["date"])
        rows = [("UKR", "UA"), ("", "XKX")]
        return [{"total": 2}, [{"indicator": {"id": "X"}, "countryiso3code": iso3,
                                "country": {"id": other}, "date": "2022", "value": 5}
                               for iso3, other in rows]]  # fmt: skip

    reading = figures.READERS["world_bank"](
        pd.Series({"series": "X"}), SimpleNamespace(json=answer), "u"
    )
    assert reading.values.iso3.tolist() == ["UKR", "XKX"], (
        "without an ISO3 code, the id of the country is used"
    )
    assert periods == [f"2000:{date.today().year}"], "figures from 2000 to this year are requested"
    assert reading[1:4] == pins


@pytest.mark.parametrize("kind", ["as it is", "zipped"])
@by_rule(
    "rows, values",
    ("rows of the series and no others", "X,N,%,UKR,5,2022\nY,M,%,UKR,6,2022", ["5"]),
    ("thousands separators are removed", 'X,N,%,UKR,"1,234,567.5",2022', ["1234567.5"]),
    ("other commas are kept", 'X,N,%,UKR,"12,5",2022', ["12,5"]),
    (
        "a download without the series is refused, and other series are named once",
        "Y,N,%,UKR,5,2022\nY,N,%,UKR,6,2023",
        "the download contains Y, but not X",
    ),
    ("a row that was cut off is refused", "X,N,%,UKR,5,2022\nX,N,%,UKR,6", "a row has fewer cells"),
    ("several units are refused", "X,N,%,UKR,5,2022\nX,N,persons,UKR,5,2022", "several units"),
    ("several names are refused", "X,N,%,UKR,5,2022\nX,M,%,UKR,6,2023", "several names"),
)
def test_a_download_of_the_itu_has(kind, rows, values):
    header = "seriesCode,seriesName,seriesUnits,entityIso,dataValue,dataYear"
    body, packed = f"{header}\n{rows}\n".encode(), io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("data.csv", body)
    download = packed.getvalue() if kind == "zipped" else body
    series = pd.Series({"series": "X", "request": "1"})
    fetch = SimpleNamespace(body=lambda address, read: read(download))
    is_refused = isinstance(values, str)
    wrong = pytest.raises((UserError, ValueError), match=values if is_refused else None)
    with wrong if is_refused else contextlib.nullcontext():
        found = figures.READERS["itu_datahub"](series, fetch, "u").values.dataValue.tolist()
        assert found == values


def test_the_index_is_read_since_its_edition_of_2020():
    rows = [{"REF_AREA": "UKR", "TIME_PERIOD": year, "OBS_VALUE": "5"} for year in ("2018", "2020")]
    answer = {"count": 2, "value": rows}
    scores = figures.read_gci(SimpleNamespace(json=lambda url, params: answer), COUNTRIES)
    assert {*scores.year} == {"2020"}, "earlier editions have another scale"
    assert scores.code.tolist() == list(figures.GCI), "a score for each column"


def test_a_refresh_of_the_index_keeps_missing_scores_and_notes_the_day(monkeypatch):
    new = refresh.to_long(text_of("gci", ZEDLAND))[:1].assign(value="0.9", source_id="D360_GCI")
    monkeypatch.setattr(figures, "read_gci", lambda fetch, countries: new.copy())
    update = refresh.from_services(ZEDLAND, [refresh.GCI], None)
    changed, sources = (update.files[f"statistics/{n}.csv"].decode() for n in ("gci", "sources"))
    assert len(changed.splitlines()) == len(text_of("gci", ZEDLAND)) + 1, "no row is lost"
    [line] = [line for line in changed.splitlines() if ",0.9," in line]
    assert line.endswith(",D360_GCI"), "a row with a new score has its source"
    assert date.today().isoformat() in sources, "the day of access is noted"


USERS = "IT.NET.USER.ZS"


@pytest.fixture
def served(tmp_path, monkeypatch):
    """Return a function that refreshes a few figures with others that differ by a factor."""
    (tmp_path / "statistics").mkdir()
    own = json.dumps({"name": "small", "cop:base": str(DATA)})
    (tmp_path / "datapackage.json").write_text(own, "utf-8")
    for name in ("sources", "indicator_catalogue", "indicator_series"):
        shutil.copy(DATA / "statistics" / f"{name}.csv", tmp_path / "statistics")
    few = text_of("indicators", DATA).query("indicator_code == @USERS and iso3 == 'UKR'")
    (tmp_path / "statistics" / "indicators.csv").write_text(csv_of(few), "utf-8")
    old = refresh.to_long(few)

    def refreshed(codes=(), factor=1, accept=False):
        def read(code, row, fetch, countries):
            other = frame_of("iso3 year value", ("UKR", "2022", "5"))
            values = old.drop(columns="code") if code == USERS else other
            values = values.assign(value=(values.value.astype(float) * factor).astype(str))
            values["source_id"] = figures.SERVICES.source_id[row.service]
            pins = [row[name] for name in refresh.PINNED]
            return figures.Reading("u", *pins, values)

        monkeypatch.setattr(figures, "read", read)
        return refresh.from_services(tmp_path, [*codes], None, accept, read_codes)

    def read_codes(codes):
        refreshed.codes = [*codes]
        return refreshed.codes

    refreshed.all = text_of("indicator_series", DATA).indicator_code.tolist()
    return refreshed


def test_which_files_a_refresh_writes_and_when_it_is_refused(served, tmp_path):
    update = served()
    assert served.codes == served.all, "without codes every series is read"
    refresh.write(update, tmp_path)
    today = f"{date.today():%Y-%m-%d}"
    series = update.files["statistics/indicator_series.csv"].decode()
    assert f"{today}T" in series, "the time of reading is noted"
    accessed = text_of("statistics_sources", tmp_path).set_index("source_id").accessed
    assert accessed["WB_WDI"] == today, "a source that was read has the day"
    assert "D360_GCI" not in accessed, "a service that was not read is no source"
    edit(tmp_path / "statistics" / "sources.csv", ",World Bank WDI,", ",Our words,")
    update = served()
    assert update.lines == [], "the same figures are no change"
    for same in ("indicators", "indicator_catalogue", "sources"):
        assert f"statistics/{same}.csv" not in update.files, "what is the same is not written"
    with pytest.raises(UserError, match="figures changed by a factor of 0.3"):
        served([USERS], 0.3)
    assert served([USERS], 0.3, accept=True).lines, "a change that is accepted is not refused"
    (tmp_path / "counts.json").write_text(losses.counted(tmp_path))
    update = served([USERS], 0.9)
    assert "counts.json" in update.files, "the count of rows is renewed with a table"
    refresh.write(update, tmp_path)
    with pytest.raises(UserError, match="files changed since the comparison"):
        refresh.write(update, tmp_path)

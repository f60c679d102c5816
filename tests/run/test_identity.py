"""A report is about the country it names: the identity check of finished pages and tables."""

import html
import shutil

import nbformat
import pandas as pd
import pytest
from conftest import ZEDLAND, copy_of_zedland, with_countries
from planting import edit

import cop.data
from cop.report import languages, render
from cop.run import identity, plan

REPORT = "cop-assessment-ZZZ.html"
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("zedland")]


@pytest.fixture
def job(zedland, tmp_path):
    job = plan.of_country("ZZZ", plan.Choice(data=ZEDLAND, outputs=tmp_path))
    shutil.copytree(zedland / "ZZZ", job.making)
    return job


@pytest.fixture
def pages(job):
    return {p.name: p.read_text("utf-8") for p in (job.making / "pages").iterdir()}


def with_text(pages, text, name=REPORT):
    """Return {name: page} of a page with a paragraph added at the end of `main`."""
    return {name: pages[name].replace("</main>", f"<p>{text}</p></main>", 1)}


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('data-iso3="ZZZ"', 'data-iso3="YYY"', "cover states 'YYY', but both must be 'ZZZ'"),
        ('data-country="Zedland"', 'data-country="Yonderland"', "does not mention Yonderland"),
        ('<html lang="en"', '<html lang="uk"', f"{REPORT}: the language is uk, but must be en"),
        ("</main>", "[YYY-E07]</main>", rf"{REPORT} contains .* \(YYY-E07\), .* table cites them"),
        ("</main>", '<a href="#YYY-E07">[E07]</a></main>', r"ids of other countries \(YYY-E07\)"),
        ("</main>", '<a id="YYY-E07">Claimed</a></main>', r"ids of other countries \(YYY-E07\)"),
    ],
)
def test_a_page_about_another_country_or_in_another_language_is_refused(
    job, pages, old, new, reason
):
    identity.check(job, pages)  # as they are, they are fit
    assert old in pages[REPORT]
    with pytest.raises(render.InvalidFile, match=f"the pages have errors.*: .*{reason}"):
        identity.check(job, pages | {REPORT: pages[REPORT].replace(old, new)})


def test_a_page_with_an_unverified_statement_is_refused(job, pages):
    rows = cop.data.present("evidence", ZEDLAND, "ZZZ").set_index("evidence_id")
    verified, unverified = (rows.statement[rows.verified == word] for word in ("yes", "no"))
    identity.check(job, pages | with_text(pages, html.escape(verified.iloc[0])))
    leak = with_text(pages, html.escape(unverified.iloc[0], quote=False))
    row_id = unverified.index[0]
    reason = f"{REPORT} contains the id or text of {row_id}, an unverified row of evidence.csv"
    with pytest.raises(render.InvalidFile, match=reason):
        identity.check(job, pages | leak)
    [message] = render.unverified(leak, ZEDLAND, "ZED")  # a group: any country
    assert message.startswith(reason)


def unverified(table, column, text, tmp_path):
    """Return data with an unverified row of a table, and the id of that row."""
    data = copy_of_zedland(tmp_path)
    rows = cop.data.present(table, data, "ZZZ")
    row_id = f"{rows.iloc[0, 0][:5]}99"
    row = rows.iloc[0].to_dict() | {rows.columns[0]: row_id, column: text, "verified": "no"}
    path = data / cop.data.paths(table, data, "ZZZ")[0]
    path.write_bytes(cop.data.longer(table, [row], data, "ZZZ"))
    return data, row_id


@pytest.mark.parametrize(("table", "column"), render.TEXTS)
def test_an_unverified_row_is_refused_as_a_cell(table, column, tmp_path, pages):
    data, row_id = unverified(table, column, "Nowhere else", tmp_path)
    for text in ("Nowhere else", "NOWHERE ELSE", row_id, f"Another row says so ({row_id})."):
        leak = with_text(pages, f"<td>{text}</td>")
        message, *_ = render.unverified(leak, data, "ZZZ")
        assert f"contains the id or text of {row_id}, an unverified row of {table}.csv" in message
    longer = with_text(pages, f"<td>{row_id}0</td>")
    assert not [*render.unverified(longer, data, "ZZZ")]
    assert not [*render.unverified(pages, data, "ZZZ")]


LONG = "A sentence & more that has over forty characters in all."


@pytest.mark.parametrize(("table", "column"), render.TEXTS)
def test_the_start_of_an_unverified_row_is_refused_as_a_cell_or_line(
    table, column, tmp_path, pages
):
    data, row_id = unverified(table, column, LONG, tmp_path)
    frame = pd.DataFrame({column: [LONG]})  # which pandas cuts
    for shown in (frame._repr_html_(), frame[column].str.upper().str[:45].to_frame()._repr_html_(),
                  f"<pre>First\n{html.escape(LONG[:44])}</pre>"):  # fmt: skip
        [message] = render.unverified(with_text(pages, shown), data, "ZZZ")
        assert row_id in message
    within = f"<p>It says: {html.escape(LONG[:-1])}</p><td>{html.escape(LONG[:30])}</td>"
    assert not [*render.unverified(with_text(pages, within), data, "ZZZ")]


def test_a_start_that_a_verified_row_shares_is_not_refused(tmp_path, pages):
    rows = cop.data.present("evidence", ZEDLAND, "ZZZ")
    verified = next(text for text in rows.statement[rows.verified == "yes"] if len(text) > 60)
    data, row_id = unverified("evidence", "statement", verified[:60] + "!", tmp_path)
    shown = with_text(pages, f"<td>{html.escape(verified, quote=False)}</td>")
    assert not [*render.unverified(shown, data, "ZZZ")]
    shown = with_text(pages, f"<td>{html.escape(verified[:60] + '!', quote=False)}</td>")
    assert row_id in [*render.unverified(shown, data, "ZZZ")][0]


def test_the_message_names_the_cell_with_an_unverified_statement(job, pages):
    rows = cop.data.present("evidence", ZEDLAND, "ZZZ")
    statement = rows.statement[rows.verified == "no"].iloc[0]
    path = job.making / "4-ict-statistics.ipynb"
    notebook = nbformat.read(path, 4)
    notebook.cells.append(nbformat.v4.new_markdown_cell(statement))
    nbformat.write(notebook, path)
    number = len(notebook.cells) - 1  # without the cell that papermill adds
    name = "cop-annex-ZZZ-4-ict-statistics.html"
    reason = f"cell {number} of {path.name} contains the id or text of ZZZ-E"
    with pytest.raises(render.InvalidFile, match=reason):
        identity.check(job, pages | with_text(pages, html.escape(statement, quote=False), name))


def test_an_id_that_is_cited_as_another_countrys_may_be_in_the_page(job, pages):
    table = job.making / "tables" / "action_plan.csv"
    action_evidence_id = table.read_text(encoding="utf-8").splitlines()[1].rsplit(",", 1)[1]
    edit(table, f",{action_evidence_id}\n", ",YYY-E07\n")
    identity.check(job, pages | with_text(pages, "[YYY-E07]"))


@pytest.mark.parametrize(
    ("table", "old", "new", "reason"),
    [
        ("key_figures.csv", "ZZZ,", "YYY,", ": iso3 must be 'ZZZ' in each row, but is 'YYY'"),
        ("action_plan.csv", ",ZZZ-E07,", ",YYY-E07,", r" .* \(YYY-E07 in column "),
    ],
)
def test_rows_and_ids_of_another_country_in_a_table_are_refused(
    job, pages, table, old, new, reason
):
    edit(job.making / "tables" / table, old, new)
    with pytest.raises(render.InvalidFile, match=table + reason):
        identity.check(job, pages)


def test_pages_that_name_another_country_as_often_as_their_own_are_refused(job, pages):
    number = "".join(pages.values()).count("Zedland")
    identity.check(job, pages | with_text(pages, "Yonderland " * 5))
    with pytest.raises(render.InvalidFile, match="the pages mention YYY"):
        identity.check(job, pages | with_text(pages, "Yonderland " * number))


@pytest.fixture
def ukrainian(tmp_path, monkeypatch):
    (tmp_path / "uk.po").write_text('msgid ""\nmsgstr "Language: uk\\n"\n')
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    languages.use("uk")
    yield
    languages.use("en")


def test_a_country_named_in_the_language_of_the_page_counts(tmp_path, ukrainian):
    data = with_countries(tmp_path, "UKR")
    job = plan.of_country("UKR", plan.Choice(data=data, outputs=tmp_path, language="uk"))
    names = lambda text: list(identity.foreign_names(job, text))  # noqa: E731
    assert names(f"{'Молдова. ' * 20}{'Україна. ' * 20}") == [
        "the pages mention MDA 20 times, more than half as often as UKR (20 times): "
        "name MDA less often outside figures and references"
    ]
    assert not names(f"{'Молдова. ' * 20}{'Ukraine. Україна. ' * 21}")

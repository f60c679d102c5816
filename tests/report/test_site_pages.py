"""The rules in the pages of the site: what each page says of which rows, at the edge of each."""

from dataclasses import replace
from datetime import date

import pagetext
import pytest
from lxml import html
from site_rows import TABLES, country, judged, organisation, region, service, site_data, step

from cop.report import languages, words

RATED = country(tables=TABLES | {"alignment_by_item": [
    judged("PM-LEG-01", "in place", confidence="high"),
    judged("PM-LEG-02", "planned", confidence="low"),
    judged("PM-LEG-03", "not assessed", confidence=""),
    judged("PM-LEG-04", "planned", confidence="low"),
    judged("PM-STR-01", "planned", area="2 Strategy"),
    judged("PM-STR-01", "planned", area="2 Strategy"),
]})  # fmt: skip
OTHER = country("YYY", "Yonderland")
LONE = site_data([RATED], {"QQQ": "stage 3"}, 4)
NONE = site_data(baselines=1)
ITEMS = site_data([RATED], few=False)
EARLIER = replace(RATED, cover=RATED.cover | {"edition": "2024"})
STALE = site_data([replace(RATED, failure="stage 3", downloads=["a/r.docx"],
                           editions=[RATED, EARLIER])])  # fmt: skip
LINED = site_data([country(tables=TABLES | {"services_on_record": [
    service("V1", "Parent line", phone="116 000", name_local="Línea", serves="parents",
            languages="uk"),
    service("V2", "Young line", serves="young people"),
    service("V3", "Web", name_local="Web", phone="1", serves="children", hours="daily (2024)"),
]})])  # fmt: skip
NAMED = site_data([country(tables=TABLES | {
    "organisations": [organisation(1, "Parents' League", "parents", "ZZZ"),
                      organisation(2, "School Board", "education", "ZZZ")],
    "action_plan": [step(1, "Parents' League", "ZZZ"), step(2, "School Board", "ZZZ")],
})])  # fmt: skip
NUMBERS = site_data([country(tables=TABLES | {"services_on_record": [
    service("V1", "Parent line", phone="116 000", serves="parents", operates="not known"),
    service("V2", "Child line", phone="116 111", serves="children"),
    service("V3", "Young line", phone="9", serves="young people"),
    service("V4", "Tell us", kind="hotline", website="https://tell.example", operates="not known"),
    service("V5", "Portal", kind="portal", website="http://portal.example"),
]})])  # fmt: skip
TALK = site_data([country("YYY", "Yonderland", {"services_on_record": [service("V1", "Talk")]})])
REPORT = site_data([country("YYY", "Yonderland", {"services_on_record": [
    service("V1", "Tell us", kind="hotline")]})])  # fmt: skip
STATED = site_data([country(tables=TABLES | {"services_on_record": [
    service("V1", "Line", hours="daily (2025)", hours_evidence_id="ZZZ-E01"),
    service("V2", "Tell us", kind="hotline", phone="7")]})])  # fmt: skip
PAGES = [  # rule, template, address, site, what its page says
    ("ratings are counted in all, by confidence, and those rated apart", "home", "index", LONE,
     "6 ratings of 1 country, one for each item...Confidence is high for 1 of them, moderate for 2 "
     "and low for 2. Rated: 5 of 6."),
    ("a report that was lost is named with its failure", "home", "index", LONE,
     "QQQ: no report; the last run failed (stage 3)."),
    ("desk baselines are counted", "home", "index", LONE, "Desk baselines of 4 countries:"),
    ("one desk baseline is singular, and nothing is rated", "home", "index", NONE,
     "Desk baselines of 1 country:...nothing is recorded. For whom?"),
    ("a report has its status, cut-off, age and annexes", "countries", "countries", LONE,
     "Report | Edition | Status | Data cut-off | Age | Annexes Zedland |...| draft | 2026-06-30 | "
     "under a month | 1 desktop research / 5 guideline alignment"),
    ("a stale report says so; its files and editions stand with it", "countries", "countries",
     STALE, "Zedland | draft stale: the last run failed |...Zedland / Word | 2026 / 2024 (draft) | "
     "draft / stale: the last run failed (stage 3) |"),
    ("a report without annexes has none", "countries", "countries", site_data([region()]),
     "Regional synthesis: Both lands |...| none"),
    ("one country is singular; what its report holds is counted", "countries", "countries", LONE,
     "1 country, in one frame...Country | Status | Items for policy-makers | Recommendations | "
     "Services | Organisations | Sources Zedland | draft | ● 1 in place / → 4 planned / "
     "– 1 not assessed | 2 | 3 | 3 | 3"),
    ("no country has a report yet", "countries", "countries", NONE, "No country has a report yet."),
    ("ratings of an area are counted by status, those rated of all, and low confidence apart",
     "region", "region", site_data([region(), RATED]),
     "What is in place in 1 country, counted...| Rated | Of low confidence 1 Legal framework | 1 | "
     "0 | 2 | 0 | 0 | 1 | 3 of 4 | 2 2 Strategy | 0 | 0 | 2 | 0 | 0 | 0 | 2 of 2 | 0"),
    ("a common challenge is named in so many reports of all", "region", "region",
     site_data([region(), RATED, OTHER]), "Industry: named in the report of 1 of 2 countries."),
    ("nothing is rated yet, and no synthesis is there", "region", "region", NONE,
     "This site contains no regional synthesis...Nothing is rated yet."),
    ("sources are counted, and stand under their subject; a subject without any says so",
     "resources", "resources", LONE, "The reports rest on 3 sources...Other sources Title | No. | "
     "Publisher | Year | Language | Kind | Primary or secondary Act ZZZ-S03 | ZZZ-S03 |...Research "
     "on children online: no verified source covers it."),
    ("one source is singular", "resources", "resources", site_data([country(tables={
     "sources_on_record": TABLES["sources_on_record"][:1]})]), "The reports rest on 1 source,"),
    ("tables of countries stand before those they are measured by, with their rows", "data", "data",
     LONE, "Tables of the countries and the region Table (CSV) | What it holds | Rows | Codebook..."
     "alignment_by_item |...| 6 | columns...Shared "
     "tables...guidelines |"),
    ("keys of packages are plural, each once; the script is there once", "data", "data", site_data([
     replace(RATED, signer="K1", downloads=["a/verify.py"]),
     replace(OTHER, signer="K2", downloads=["b/verify.py"])]),
     "signed with the keys K1, K2...The script verify.py compares"),
    ("one key of packages is singular", "data", "data", site_data([replace(RATED, signer="K1"),
     replace(OTHER, signer="K1")]), "signed with the key K1."),
    ("one recommendation is singular; readers with lines of their own are families", "audience",
     "policy-makers", LONE, "What is asked Next steps...What is asked, and how the countries stand"
     "...Next steps that name you 1 recommendation in the country reports is led or supported"),
    ("recommendations that name companies are plural", "audience", "industry", LONE,
     "2 recommendations in the country reports are led or supported by such organisations...What | "
     "Country | Who is named | By | Priority Step 1 of ZZZ | Zedland | Zednet | 2027-06-30 |"),
    ("items of a reader are those of its guidelines", "audience", "industry", ITEMS,
     "Item | Area | Countries by status Responsible person or team |"),
    ("at school is what the checklist of educators advises, at home the rest", "audience",
     "parents-and-educators", ITEMS, "so that you can do it together: If something upsets you...At "
     "home Keep talking with your child...At school Protect the school's devices"),
    ("lines for parents help families; a line has its own name, users and languages", "audience",
     "parents-and-educators", LINED, "116 000 · Línea · Parent line Hours:...For parents. "
     "Languages on record: Ukrainian. Source of the number:...1 · Web Hours: daily (2024). "
     "Free talks. For children. Not recorded: languages."),
    ("lines for young people help children, and what is not on record of them is named", "children",
     "children", LINED, "To talk to somebody: Young line Hours:...For young people. Not recorded: "
     "languages...1 · Web"),
    ("a star is explained only where a line is not confirmed", "children", "children", LINED,
     "Not recorded: languages. Source of the number: Gazette, 2023, older than 24 months. A newer "
     "source mentions it. Names, numbers and hours"),
    ("each step when something has happened names the items that it rests on", "audience",
     "parents-and-educators", ITEMS, "is always the one responsible. PE-COM-02 CH-09-09 Do not "
     "answer and send nothing in reply; do not pass the pictures on. CH-09-08 CH-09-15 Keep the "
     "proof, and block the sender. CH-09-08 Call a helpline together, and report it: to a hotline, "
     "the service or the police. PE-REP-01 CH-09-10 Zedland:"),
    ("what is said of pictures sent and of threats names the items that it rests on", "children",
     "children", ITEMS, "or the police. Who helps CH-09-08 CH-09-09 CH-09-10 Somebody threatens..."
     "or the police. Who helps CH-09-08 CH-09-10 CH-09-15 What is being done"),
    ("to a child it is said that it is not their fault", "children", "children", ITEMS,
     "A picture has already been sent: it is not your fault."),
    ("to parents it is said that it is not the fault of the child", "audience",
     "parents-and-educators", ITEMS, "already been sent: it is not the fault of the child who"),
    ("what children do when it happened: upset, approached, worried, bullied", "audience",
     "parents-and-educators", ITEMS, "so that you can do it together: If something upsets you:..."
     "If somebody approaches you...Tell somebody if you are worried...If somebody bullies you...it "
     "on. At home"),
    ("numbers for parents and children stand in one line, those not confirmed with a star",
     "audience", "parents-and-educators", NUMBERS, "or the police. Zedland: 116 111 · 116 000 * · "
     "portal.example · tell.example * · in danger 555 A picture"),
    ("a country without number or site has no line of numbers, and no number for danger",
     "audience", "parents-and-educators", TALK, "Yonderland Yonderland To talk to somebody: Talk..."
     "to a hotline, the service or the police. A picture"),
    ("a country with hotlines only has no line to talk to", "children", "children", REPORT,
     "Yonderland Yonderland To report bad pictures, videos or people online: Tell us"),
    ("a hotline without a number has no hours", "children", "children", REPORT,
     "bad pictures, videos or people online: Tell us Free talks. Not recorded:"),
    ("a hotline with a number has hours", "children", "children", STATED,
     "people online: 7 · Tell us Hours: not recorded. You can try at any time."),
    ("hours name the statement that they rest on", "children", "children", STATED,
     "Line Hours: daily (2025). [E01] Free talks."),
    ("without a page of desk baselines none are counted", "home", "index", site_data([RATED]),
     "1 desktop research / 5 guideline alignment The region"),
    ("ratings of all areas are their sum", "region", "region", site_data([region(), RATED]),
     "All areas | 1 | 0 | 4 | 0 | 0 | 1 | 5 of 6 | 2 A number counts ratings"),
    ("a package is made of the first country", "data", "data", site_data([RATED, OTHER]),
     "with this command: cop pack ZZZ Its first page"),
    ("without a country a package is made of any", "data", "data", NONE,
     "with this command: cop pack ISO3 Its first page"),
    ("without a signed package no key is named", "data", "data", LONE, "make reports Licence"),
    ("without common challenges the region names none", "region", "region", site_data([RATED]),
     "each with its reason. Go on"),
    ("a country with helplines only has no line to report to", "children", "children", TALK,
     "To talk to somebody: Talk Hours: not recorded. You can try at any time. Free talks. Not "
     "recorded: whom it is for and languages. Source: ZZZ-S01, undated. A newer source mentions "
     "it. Names, numbers and hours"),
    ("the emergency number of a country stands above its lines", "children", "children", LONE,
     "Zedland Zedland If you are in danger, call 555. Source of the number 555:...To talk to"),
    ("nobody young is asked to take part: nothing is said of it", "children", "children", TALK,
     "to keep children safe online. Yonderland Read more"),
    ("policy-makers read of laws, regulation and the protection of children", "audience",
     "policy-makers", LONE, "by topic: Legal framework Policy and regulation Child protection and "
     "justice Where the items"),
    ("industry reads of tools and settings and of reports of illegal content", "audience",
     "industry", LONE, "by topic: Tools, services and settings Reporting illegal content Where"),
    ("families read of education, its resources and campaigns", "audience",
     "parents-and-educators", LONE, "by topic: Education Educational resources Awareness campaigns "
     "Where the items"),
    ("steps of bodies of parents and of education stand on the page for families", "audience",
     "parents-and-educators", NAMED, "Steps that involve schools and parents 2 recommendations..."
     "Step 1 of ZZZ | Zedland | Parents' League |...Step 2 of ZZZ | Zedland | School Board |"),
    ("help comes first in the contents of the page for families only", "audience", "policy-makers",
     LONE, "public bodies. What is asked Next steps Read on"),
    ("advice for children is that of their guidelines", "children", "children", ITEMS,
     "in our words...If something upsets you"),
    ("items stand under their framework", "items", "items", ITEMS, "No. | Item | Area | Countries "
     "by status PM-LEG-01 | Review legal powers | 1 Legal framework | ● 1 in place...Industry No. |"
     "...MNR-01"),
    ("an element has what serves it, an item what it serves; cycles that were not seen are named",
     "serves", "what-serves-what", LONE, "of the cycles 2023–2025 and 2026–2029 were not seen..."
     "Element | Served by items and capabilities | Recommendations by country Confidence and "
     "security...No. | Item | It serves, and why PM-LEG-01 |"),
    ("examples stand under their theme, before those of the literature", "studies", "case-studies",
     LONE, "Industry A code works. Cited in response to a challenge in...In the literature"),
    ("no report names a positive action yet", "studies", "case-studies", NONE,
     "No report names a positive action yet."),
    ("a column of a table has its heading, meaning, type and words", "codebook", "codebook", LONE,
     "Column | Heading | What it means | Type | Words it may hold item_id | No. | Id, such as "
     "PM-LEG-01 | string | any"),
    ("families read who helps and what to do; no recommendation names them yet", "audience",
     "parents-and-educators", LONE, "Who helps When something has happened What you can do...At "
     "home...At school...Steps that involve schools and parents No recommendation names such an "
     "organisation yet."),
    ("a line that is not confirmed has a star, which is explained", "children", "children", LONE,
     "Silent line * Hours:...* We could not confirm that this service is active today."),
    ("organisations of children are named with their country", "children", "children", LONE,
     "asked to take part: Youth Council (Zedland): Step 1 of ZZZ"),
    ("without a line children are sent to an adult they trust", "children", "children", NONE,
     "No helpline has been identified here yet. Talk to an adult you trust. Names,"),
    ("without corrections none is listed", "corrections", "corrections", LONE, "None so far."),
    ("a correction has its country and edition, or is of all", "corrections", "corrections",
     site_data([RATED]), "Day | Country | Page | What was wrong | What it says now | Edition | "
     "Right since version 2026-07-10 | Zedland | p | 12 | 21 | 2026 | 1 2026-07-09 | all | q | a | "
     "b | all | 1"),
]  # fmt: skip
CORRECTIONS = [
    {"day": "2026-07-10", "iso3": "ZZZ", "page": "p", "wrong": "12", "now": "21",
     "edition": "2026", "version": "1"},
    {"day": "2026-07-09", "iso3": "", "page": "q", "wrong": "a", "now": "b", "edition": "",
     "version": "1"},
]  # fmt: skip
vars(PAGES[-1][3])["corrections"] = lambda: CORRECTIONS


def main_text(template, *arguments):
    page = str(words.render(f"site/{template}", "page", *arguments))
    return " ".join(pagetext.lines(html.document_fromstring(page).find(".//main")))


@pytest.mark.parametrize(
    ("rule", "template", "at", "made", "expected"),
    PAGES,
    ids=[f"{row[0]} ({row[1]})" for row in PAGES],
)
def test_a_page_of_the_site_says_what_its_rule_asks(rule, template, at, made, expected):
    text, place = main_text(template, made, f"{at}.html"), 0
    for piece in map(str.strip, expected.split("...")):
        place = text.find(piece, place) + len(piece)
        assert place >= len(piece), (
            f"{rule}: {piece!r} is not said, or not in this order, in {text!r}"
        )


def test_an_item_page_has_its_source_proof_paraphrase_and_ratings_or_none():
    rated, unrated = LONE.items[0], LONE.items[-1]
    text = main_text("item", LONE, "items/x.html", rated)
    for part in ("Source the printed guidelines, not read yet",
                 "Examples of what works A code works. Cited in response to",
                 "Proof is usually in The criminal",
                 "is a paraphrase that has not yet", "Country | Status | Confidence | Why Zedland "
                 "| ● in place | high | A law says so.",
                 "These links are our own assessment."):  # fmt: skip
        assert part in text
    assert "No country has been rated on it yet." in main_text(
        "item", LONE, "items/x.html", unrated
    )


def test_desk_baselines_are_counted_and_those_that_failed_say_so():
    listed = [RATED, replace(OTHER, failure="x")]
    text = main_text("baselines", listed, {"QQQ": "stage 3"}, "", date(2026, 7, 1))
    assert "2 countries. A desk baseline is not an assessment" in text
    assert "Zedland Yonderland stale: the last run failed (x) QQQ: no page; the last run" in text
    assert "1 country. A desk" in main_text("baselines", listed[:1], {}, "", date(2026, 7, 1))


@pytest.mark.parametrize(
    ("rule", "template", "at", "title", "form"),
    [
        ("the first page sends its form to the search", "home", "index.html",
         "Child Online Protection assessments", "'self' file:"),
        ("no other page sends one, and its title names the site, too", "data", "data.html",
         "Data · Child Online Protection assessments", "'none'"),
    ],
)  # fmt: skip
def test_the_head_of_a_page(rule, template, at, title, form):
    page = str(words.render(f"site/{template}", "page", LONE, at))
    assert f"<title>{title}</title>" in page and f'form-action {form}">' in page, rule


@pytest.mark.parametrize(
    ("template", "at"),
    [("home", "index.html"), ("children", "children.html"), ("items", "items.html"),
     ("audience", "parents-and-educators.html"), ("audience", "industry.html")],
)  # fmt: skip
def test_a_translated_page_says_once_whether_anybody_has_read_the_translation(template, at):
    with languages.using_language("uk"):
        page = str(words.render(f"site/{template}", "page", LONE, at))
    assert page.count('<aside class="language">') == 1, "below the help, or else below the title"

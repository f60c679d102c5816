"""The text of a page as the back-tests compare it, on a small invented page."""

import pagetext

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>Report:
 Zedland</title><style>p { color: red }</style></head><body><main><h2><span>1</span> Who is
 active</h2>loose words<p>16 of&nbsp;28 are <em>active</em> [<a href="#s1">S1</a>].</p>
<ul><li>first</li><li>second, <abbr title="x">ITU</abbr></li></ul>
<table><caption><span>Table 1. </span>Cells</caption><tr><th>Row</th><th>Says</th></tr>
<tr><th>one</th><td>yes<br>since <b>2024</b></td></tr>
<tr><th>two</th><td><ul><li>a</li><li>b</li></ul></td></tr><tr><th></th><td>naïve</td></tr></table>
<figure><img src="data:," alt="Bars for
 three roles"><figcaption>Figure 1. Roles</figcaption>
<details><summary>The figures</summary><p></p></details></figure></main>
<footer><p>Made on 2026-11-24 with version 0.1.0 of the workspace.
Content 0a1b2c3d4e5f. Offline.</p></footer>
<script>no()</script><!-- unseen --></body></html>"""
TEXT = """Report: Zedland
1 Who is active
loose words
16 of 28 are active [S1].
first
second, ITU
Table 1. Cells
Row | Says
one | yes / since 2024
two | a / b
| naïve
[alt] Bars for three roles
Figure 1. Roles
The figures
Made on <day> with version <version> of the workspace. Content <hash>. Offline.
"""


def test_each_block_row_and_picture_is_a_line_and_nothing_is_lost(tmp_path):
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    assert pagetext.of_page(tmp_path / "page.html") == TEXT


def test_days_and_hashes_elsewhere_stay():
    line = "Made on 2026-11-24 by hand. Content 0a1b2c3d4e5f."
    assert pagetext.steady(line) == line


def test_texts_are_renewed_for_one_country_and_its_group_only(tmp_path):
    texts = {"cop-annex-ZZZ-1": "one\n", "cop-regional-synthesis-ZED": "two\n"}
    pagetext.renew(tmp_path, {"cop-assessment-UKR": "other\n"}, "UKR", "SEE-2020")
    pagetext.renew(tmp_path, texts | {"cop-annex-ZZZ-9": "gone\n"}, "ZZZ", "ZED")
    pagetext.renew(tmp_path, texts, "ZZZ", "ZED")
    assert pagetext.held(tmp_path, "ZZZ", "ZED") == texts
    assert pagetext.held(tmp_path, "UKR", "SEE-2020") == {"cop-assessment-UKR": "other\n"}


def test_a_difference_names_the_page_and_shows_the_lines_and_no_more_than_a_few():
    agreed = {"same": "a\n", "swapped": "first\n16 of 28 are active\nlast\n", "gone": "all\n"}
    made = {"same": "a\n", "swapped": "first\n28 of 16 are active\nlast\n", "long": "x\n" * 50}
    told = pagetext.differences(agreed, made).splitlines()
    start = told.index("--- swapped, agreed")
    assert told[start + 1 : start + 5] == [
        "+++ swapped, made now",
        "@@ -2 +2 @@",
        "-16 of 28 are active",
        "+28 of 16 are active",
    ]
    assert {"--- gone, agreed", "-all", "... and 41 more such lines"} <= set(told)
    assert "same" not in " ".join(told) and "-first" not in told and len(told) < 30

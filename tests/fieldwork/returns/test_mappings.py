"""A mapping is what somebody typed: what is no mapping is refused, with the form that it needs."""

import pytest
import yaml

from cop.data import Refused
from cop.fieldwork import exports

SOUND = {"questionnaire": "industry_survey", "columns": {"Name": "name"}}


def read(tmp_path, stated):
    path = tmp_path / "m.yml"
    path.write_text(stated if isinstance(stated, str) else yaml.safe_dump(stated), "utf-8")
    return exports.read_mapping(path)


def test_names_are_text_whatever_was_typed(tmp_path):
    typed = "questionnaire: f\ncolumns: {~: name, 3: q3}\nvalues: {q3: {true: a}}\nsheet:\n"
    assert read(tmp_path, typed) == {
        "questionnaire": "f", "columns": {"": "name", "3": "q3"}, "values": {"q3": {"True": "a"}},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "needed"),
    [
        ({"columns": ["Name"]}, "`columns:` with `heading: question id`"),
        ({"questionnaire": 4}, "`questionnaire: id`"),
        ({"questionnaire": ""}, "`questionnaire: id`"),
        ({"values": "a"}, "`values:` with a question id"),
        ({"values": {"q": "a"}}, "`values:` with a question id"),
        ({"notes": ["key"]}, "`notes:` with `key: heading`"),
        ({"sheet": 2}, "`sheet: name`"),
        ({"heading_row": "third"}, "`heading_row: number`"),
    ],
)
def test_what_is_no_mapping_is_refused_with_the_form_it_needs(tmp_path, wrong, needed):
    with pytest.raises(Refused, match="the mapping m.yml needs ") as refused:
        read(tmp_path, SOUND | wrong)
    assert needed in str(refused.value)


@pytest.mark.parametrize("typed", ["", "- a", "words", "a: [", "questionnaire: f"])
def test_a_file_of_something_else_is_refused(tmp_path, typed):
    with pytest.raises(Refused, match="the mapping m.yml (needs|cannot be read)"):
        read(tmp_path, typed)

"""What `cop comments` takes for the document that was sent."""

from conftest import ZEDLAND, call

from cop.fieldwork import comments


def test_the_file_of_cop_docx_is_what_was_sent_unless_another_is_named(
    tmp_path, capsys, monkeypatch
):
    def sent_documents(*given):  # xx is no language of the workspace
        return [str(given[-1]("ZZZ", tag)) for tag in ("en", "xx", "uk")]

    monkeypatch.setattr(comments, "import_comments", sent_documents)
    words = ["comments", "back.docx", "--role", "ministry", "--data", ZEDLAND]
    words += ["--outputs", tmp_path]
    assert call(capsys, *words)[1] == "None\n" * 3, "nothing was sent"
    usual = tmp_path / "word/cop-assessment-ZZZ.docx"
    usual.parent.mkdir()
    usual.touch()
    assert call(capsys, *words)[1] == f"{usual}\n{usual}\nNone\n", "the file of cop docx was sent"
    assert call(capsys, *words, "--sent", "other.docx")[1] == "other.docx\n" * 3, "another was sent"

"""How the engine collects the outputs of a cell, without a shell: these tests are fast."""

from functools import partial
from types import SimpleNamespace

from cop.run import engine


def test_outputs_are_cleared_once_before_the_next_one():
    shell = SimpleNamespace(outputs=[], clear_before_next=False)
    add = partial(engine.NotebookShell.add_output, shell, "stream", name="stdout")
    add(text="a")
    engine.CellPublisher.clear_output(SimpleNamespace(shell=shell), wait=True)
    assert [output.text for output in shell.outputs] == ["a"]
    add(text="b")
    add(text="c")
    assert [output.text for output in shell.outputs] == ["b", "c"]

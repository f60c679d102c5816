"""The forked engine gives what a kernel gives, cell by cell, and what dies in it is told as it
was.
"""

import json
import os
import pickle
import re
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import nbformat
import pandas
import papermill
import pytest
from conftest import ROOT, ZEDLAND

import cop.data
from cop.run import execute, plan, process

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not process.FORKS, reason="this system cannot fork"),
]

# Cells that are awkward to run outside a kernel: each list is one notebook.
AWKWARD = {
    "values": [
        "1 + 1",
        "'text'",
        "None",
        "_ , 3",
        "x = 5; x",
        "x",
        "Out[1] if 1 in Out else 'none'",
    ],
    "prints": [
        "print('a'); print('b', end='')",
        "import sys; print('out'); print('err', file=sys.stderr); print('out again')",
    ],
    "flushes": [
        "import sys; print('a', flush=True); print('e', file=sys.stderr, flush=True); print('b')"
    ],
    "error": ["1 / 0", "print('never')"],
    "error_after_output": ["print('before'); raise ValueError('no: <b>bad</b>')"],
    "syntax_error": ["if True print('x')"],
    "exit": ["import sys; sys.exit(3)", "print('never')"],
    "exit_zero": ["import sys; sys.exit(0)", "1"],
    "assert": ["assert 1 == 2, 'numbers'"],
    "nested": ["def f(n):\n    return f(n - 1) if n else 1 / 0\nf(3)"],
    "chained": ["try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise KeyError('k') from e"],
    "kinds_of_cells": [
        "x = !echo a\nx",
        "get_ipython().input_transformer_manager.token_transformers.clear()",
        "x = !echo a\nx",  # is no Python any more, though it was understood above
    ],
    "display_id": [
        "h = display('one', display_id='a')",
        "h.update('two')",
        "display('three', display_id='a')",
    ],
    "update_elsewhere": [
        "h = display('first', display_id=True)\nprint('x')",
        "for i in range(3):\n    h.update(i)",
    ],
    "clear": [
        "from IPython.display import clear_output\nprint('gone'); clear_output(); print('stays')"
    ],
    "clear_wait": [
        "from IPython.display import clear_output\nfor i in range(3):\n    print(i); "
        "clear_output(wait=True)\nprint('end')"
    ],
    "rich": [
        "class R:\n    def _repr_html_(self): return '<b>r</b>'\n    def _repr_markdown_(self): "
        "return '**r**'\nR()"
    ],
    "mimebundle": [
        "class M:\n    def _repr_mimebundle_(self, **k): return {'text/x': 'm', "
        "'application/json': {'a': [1, 2]}}\nM()"
    ],
    "bad_repr": ["class B:\n    def __repr__(self): raise RuntimeError('repr')\nB()"],
    "bad_html": ["class H:\n    def _repr_html_(self): raise RuntimeError('html')\nH()"],
    "html": [
        "from IPython.display import HTML, Markdown, display\ndisplay(HTML('<i>x</i>'), "
        "Markdown('*y*'))"
    ],
    "json": ["from IPython.display import JSON\nJSON({'a': 1})"],
    "svg": ["from IPython.display import SVG\nSVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>')"],
    "frame": ["import pandas as pd\npd.DataFrame({'a': [1, None], 'b': ['<x>', 'NA']})"],
    "frame_wide": [
        "import pandas as pd\npd.DataFrame([[i * j for i in range(30)] for j in range(3)])"
    ],
    "frame_long": ["import pandas as pd\npd.DataFrame({'a': range(200)})"],
    "series": ["import pandas as pd\npd.Series([1.5, 2], name='s')"],
    "array": ["import numpy as np\nnp.arange(2000).reshape(40, 50)"],
    "figure": ["%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2, 3]);"],
    "figure_plain": [
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.bar(['a'], [1]); None"
    ],
    "figure_closed": ["import matplotlib.pyplot as plt\nfig = plt.figure(); plt.close(fig)"],
    "two_figures": [
        "import matplotlib.pyplot as plt\nplt.plot([1]); plt.show(); print('between'); "
        "plt.plot([2]); plt.show()"
    ],
    "retina": [
        "%config InlineBackend.figure_format = 'svg'\nimport "
        "matplotlib\nmatplotlib.rcParams['svg.hashsalt'] = 'x'\n1"
    ],
    "warning": ["import warnings\nwarnings.warn('careful', UserWarning, stacklevel=1)"],
    "logging": ["import logging\nlogging.warning('logged')"],
    "capture_magic": ["%%capture c\nprint('caught')", "c.stdout"],
    "cell_magic": ["%%sh\necho hello", "%%python3 -c pass\n"],
    "shell": ["!echo from the shell", "r = !echo kept\nr"],
    "system": ["import os\nos.system('echo from system')"],
    "subprocess": ["import subprocess\nsubprocess.run(['echo', 'from subprocess']).returncode"],
    "subprocess_error": [
        "import subprocess\nsubprocess.run('echo bad >&2; exit 3', shell=True).returncode"
    ],
    "captured": [
        "import subprocess\nsubprocess.run(['echo', 'x'], capture_output=True, text=True).stdout"
    ],
    "c_print": [
        "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.puts(b'from C'); libc.fflush(None);"
    ],
    "descriptor": ["import os\nos.write(1, b'raw bytes\\n')"],
    "descriptor_error": ["import os\nos.write(2, b'raw error\\n')"],
    "await": [
        "import asyncio\nawait asyncio.sleep(0.01)\nprint('slept')",
        "async def f():\n    return 7\nawait f()",
    ],
    "async_run": ["import asyncio\nasync def f():\n    return 1\nasyncio.run(f())"],
    "async_task": [
        "import asyncio\nasync def f():\n    print('in task')\nt = "
        "asyncio.ensure_future(f())\nawait t"
    ],
    "async_for": [
        "async def g():\n    for i in range(3):\n        yield i\n[i async for i in g()]"
    ],
    "thread": [
        "import threading\nt = threading.Thread(target=lambda: print('in thread'))\nt.start(); "
        "t.join()"
    ],
    "pool": [
        "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(2) as p:\n    "
        "print(sorted(p.map(abs, [-1, -2])))"
    ],
    "process": [
        "import multiprocessing\nctx = multiprocessing.get_context('fork')\nq = ctx.Queue()\np = "
        "ctx.Process(target=q.put, args=(5,))\np.start(); print(q.get()); p.join()"
    ],
    "input": ["input('name? ')"],
    "getpass": ["import getpass\ngetpass.getpass()"],
    "magic_unknown": ["%nosuchmagic"],
    "magic_line": ["%pwd", "%env COP_NOT_SET_ANYWHERE"],
    "help": ["len?"],
    "history": ["a = 1", "In[1]"],
    "semicolon": ["5;", "import math; math.pi"],
    "unicode": ["print('Ґ ქართული العربية 🙂')", "'é' * 3"],
    "carriage": [
        "import sys\nfor i in range(3):\n    sys.stdout.write(f'\\r{i}')\nsys.stdout.write('\\n')"
    ],
    "tqdm": ["from tqdm import tqdm\nfor _ in tqdm(range(3), disable=True): pass\nprint('done')"],
    "large": ["print('x' * 10_000_000)"],
    "many": ["for i in range(2000):\n    print(i)"],
    "traceback_text": [
        "import traceback\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    "
        "print(traceback.format_exc().splitlines()[-1])"
    ],
    "namespace": [
        "sorted(n for n in globals() if not n.startswith('_') and n not in ('In', 'Out', 'exit', "
        "'quit', 'open', 'get_ipython'))"
    ],
    "name": ["__name__", "'__file__' in globals()"],
    "kernel": ["type(get_ipython()).__name__", "get_ipython().kernel is not None"],
    "stdin": ["import sys\nsys.stdin is None or True"],
    "isatty": ["import sys\nsys.stdout.isatty(), sys.stdout.encoding"],
    "raises_tag": ["1 / 0"],
    "allowed_error": ["%%time\npass"],
    "empty": ["", "   ", "# only a comment", "1"],
}
LOOSE = {"allowed_error"}  # prints timings
# One of each kind, which every run of the tests tries: what ends a notebook in one of its own, the
# others one after the other, as a kernel of its own for each takes long.
TOGETHER = ("values", "display_id", "clear", "bad_html", "figure", "warning", "shell", "thread")
TOGETHER += ("await",)
ALONE = {"error", "syntax_error", "exit", "c_print", "input"}
REST = set(AWKWARD) - LOOSE - ALONE
AWKWARD["several"] = [cell for name in TOGETHER for cell in AWKWARD[name]]
SOME = {"kinds_of_cells", *ALONE, "several"}
# A kernel reads its descriptors in a thread, so under load their text comes before or after a
# result.
ANY_ORDER = {
    "descriptor",
    "descriptor_error",
    "subprocess",
    "subprocess_error",
    "system",
    "c_print",
}
PLAIN = """
import sys
sys.modules["rfc3987_syntax"] = None  # which nbformat imports and does not use
import papermill
for path in sys.argv[1:]:
    try:
        made = path.replace(".ipynb", "-plain.ipynb")
        papermill.execute_notebook(path, made, kernel_name="python3", progress_bar=False)
    except papermill.PapermillExecutionError:
        pass
"""
FORKED = """
import sys
sys.modules["rfc3987_syntax"] = None
import papermill
from cop.run import engine
kernel = engine.Kernel()
kernel.warm("import pandas, numpy, matplotlib.pyplot")
import os
for path in sys.argv[1:]:
    if not (child := os.fork()):
        try:
            made = path.replace(".ipynb", "-forked.ipynb")
            forked = dict(engine_name="forked", kernel=kernel, kernel_name="python3")
            papermill.execute_notebook(path, made, progress_bar=False, **forked)
        except BaseException:
            pass
        os._exit(0)
    os.waitpid(child, 0)
"""


def write(folder, name, cells):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    path = folder / f"{name}.ipynb"
    nbformat.write(notebook, path)
    return path


def outputs(path, any_order=False):
    """Give what each cell put out, without times, object addresses and the numbers of processes."""
    shown = [
        (c.get("execution_count"), [dict(o) for o in c.get("outputs", [])])
        for c in nbformat.read(path, 4).cells
        if c.cell_type == "code"
    ]
    if any_order:
        shown = [(count, _by_kind(outputs)) for count, outputs in shown]
    text = json.dumps(shown, sort_keys=True, default=str)
    for pattern, instead in (
        (r"0x[0-9a-f]{6,}", "0xADDRESS"),
        (r"ipykernel_\d+", "ipykernel_N"),
        (r"\b\d+\.py", "N.py"),  # the number of a cell, by which it is named
    ):
        text = re.sub(pattern, instead, text)
    return text


def _by_kind(shown):
    """Give the text of each stream in one piece, and the other outputs, whatever their order.

    The last line end of what was not written by Python can come to a kernel when it has ended.
    """
    streams = {
        name: "".join(o["text"] for o in shown if o.get("name") == name).removesuffix("\n")
        for name in ("stdout", "stderr")
    }
    return streams, sorted(str(o) for o in shown if o["output_type"] != "stream")


@pytest.fixture(scope="module")
def awkward(tmp_path_factory):
    """Give what runs some awkward notebooks, once, in the forked engine and in plain kernels, and
    gives their folder.
    """
    return cache(lambda names: _run(tmp_path_factory.mktemp("awkward"), names))


def _run(folder, names):
    paths = [write(folder, name, AWKWARD[name]) for name in sorted(names)]
    # Outside pytest, since ipykernel behaves otherwise within it.
    env = {k: v for k, v in os.environ.items() if "PYTEST" not in k} | {
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "IPYTHONDIR": str(folder),
    }
    for script in (FORKED, PLAIN):
        done = subprocess.run(
            [sys.executable, "-c", script, *map(str, paths)],
            env=env,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.xdist_group("awkward")
@pytest.mark.parametrize("name", sorted(SOME))
def test_an_awkward_notebook_puts_out_what_a_kernel_puts_out(awkward, name):
    assert_same(awkward(frozenset(SOME)), name)


@pytest.mark.simulation
@pytest.mark.xdist_group("awkward")
@pytest.mark.parametrize("name", sorted(REST))
def test_every_awkward_notebook_puts_out_what_a_kernel_puts_out(awkward, name):
    assert_same(awkward(frozenset(REST)), name)


def assert_same(folder, name):
    forked, plain = (
        outputs(folder / f"{name}-{how}.ipynb", name in ANY_ORDER) for how in ("forked", "plain")
    )
    assert forked == plain


@pytest.fixture
def run_cells(tmp_path):
    """Give a function that runs cells as a stage of the batch would, and gives (outcome, saved
    notebook).
    """
    machine = execute.this_machine(2)
    machine.warm_up(plan.seen_from_notebooks(ZEDLAND))

    def run(cells, timeout=30):
        path = write(tmp_path, "1-desktop-research", cells)
        job = plan.Job(
            "ZZZ",
            (path.stem,),
            tmp_path / "making",
            tmp_path / "ready",
            {},
            tmp_path / "site",
            timeout,
            tmp_path,
        )
        (job.making / "tables").mkdir(parents=True, exist_ok=True)
        work = machine, job, path.stem, "2026-11-24", pickle.dumps({})
        outcome = execute._timed(machine, job, path.stem, execute._run_stage, *work)
        return outcome, nbformat.read(job.making / path.name, 4)

    return run


def statuses(notebook):
    return [c.metadata.papermill.get("status") for c in notebook.cells]


DEATHS = {
    "an exception": ("1 / 0", "ZeroDivisionError", "division by zero"),
    "a kill": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "Killed", "SIGKILL"),
    "a segfault": ("import ctypes\nctypes.string_at(0)", "Killed", "SIGSEGV"),
    "an exit with success": ("import os\nos._exit(0)", "Ended", "exit status 0"),
    "an exit with failure": ("import os\nos._exit(7)", "Ended", "exit status 7"),
    "a sys.exit": ("import sys\nsys.exit(4)", "SystemExit", "4"),
    "no memory": (
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))\nx = "
        "bytearray(2**33)",
        "MemoryError",
        "",
    ),
}


@pytest.mark.parametrize("death", DEATHS)
def test_a_cell_that_fails_or_dies_is_told_with_cell_and_cause(run_cells, death):
    code, cause, words = DEATHS[death]
    outcome, notebook = run_cells(["x = 1", code, "print('never')"])
    assert (outcome.status, outcome.cause) == ("failed", cause) and words in outcome.message
    assert outcome.cell == 2
    failed = next(c for c in notebook.cells if c.metadata.papermill.get("status") == "failed")
    assert failed.source == code and failed.metadata.papermill.exception is True
    assert (
        statuses(notebook)[-2:] == ["failed", "not run"]
        and notebook.metadata.papermill.exception is True
    )
    assert [o.ename for o in failed.outputs if o.output_type == "error"] == [cause]


def test_a_cell_over_its_time_is_stopped(run_cells):
    outcome, notebook = run_cells(["while True: pass", "1"], timeout=2)
    assert (
        outcome.status == "failed"
        and outcome.cause == "CellTimeoutError"
        and statuses(notebook)[-2:] == ["failed", "not run"]
    )


def test_a_cell_that_holds_on_against_the_alarm_is_ended_from_outside(run_cells, monkeypatch):
    monkeypatch.setattr(process, "GRACE", 1)
    outcome, _ = run_cells(
        [
            "import signal, time\nsignal.pthread_sigmask(signal.SIG_BLOCK, "
            "[signal.SIGALRM])\ntime.sleep(60)"
        ],
        timeout=1,
    )
    assert (outcome.status, outcome.cause) == ("failed", "Timeout") and outcome.seconds < 30


def test_nothing_that_a_cell_started_outlives_it(run_cells, tmp_path):
    outcome, _ = run_cells(
        [
            "import subprocess\np = subprocess.Popen(['sleep', '300'])\n"
            f"open({str(tmp_path / 'pid')!r}, 'w').write(str(p.pid))"
        ]
    )
    child = int((tmp_path / "pid").read_text())
    assert outcome.status == "ok"
    with pytest.raises(ProcessLookupError):
        for _ in range(100):
            os.kill(child, 0)
            time.sleep(0.05)


def test_each_notebook_has_a_clean_namespace_and_its_own_random_state(run_cells):
    code = (
        "import random, numpy\nprint('leaked' in globals(), random.random(), "
        "numpy.random.rand())\nleaked = 1"
    )
    first, second = (run_cells([code])[1].cells[0].outputs[0].text for _ in range(2))
    assert first.startswith("False") and second.startswith("False") and first != second


def test_tables_read_beside_the_template_are_those_a_notebook_reads(monkeypatch):
    data = plan.seen_from_notebooks(ZEDLAND)
    asks = (
        f"from batch import execute; here = execute.this_machine(1); here.warm_up({data!r}); "
        f"print(execute.shared_tables_are_sound(here, {data!r}))"
    )
    assert (
        subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True).stdout
        == "True\n"
    )
    call = [sys.executable, "-m", "cop.run.reading", data, "ZZZ"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(call, cwd=plan.NOTEBOOKS, **pipes) as process:
        sound, tables = pickle.load(process.stdout)
        own, reads = pickle.load(process.stdout)
    monkeypatch.chdir(plan.NOTEBOOKS)
    assert sound and len(tables | own) > 30 and [*reads] == ["ZZZ"]
    for (name, *_), (table, _) in (tables | own).items():
        of = "ZZZ" if isinstance(cop.data.resource(name, data)["path"], list) else None
        assert cop.data.state(name, data, of) in (own if of else tables)
        frame = cop.data.typed(*table) if of else table
        pandas.testing.assert_frame_equal(frame, cop.data.read(name, data, of))


SEEN = """
import sys
there = {*sys.modules}
from cop.run import execute

def modules(job, stage, tell):
    known = execute.read_and_check(job, tell)[1]
    execute.execute_notebook(job, stage, "2026-11-24", known, tell)
    return {*sys.modules} - there
"""
ASKS = """
import pathlib
from cop.run import execute, plan
from seen import modules
choice = plan.Choice(("ZZZ",), data=pathlib.Path(DATA), outputs=pathlib.Path("outputs"))
[job] = plan.jobs(choice.of_edition())
here = execute.this_machine(1)
here.warm_up(job.parameters["data"])
execute._start(job, True)
print(*set().union(*(here.do(modules, (job, stage), 60) for stage in job.stages)))
"""


def test_a_stage_imports_nothing_that_the_template_could_have(tmp_path):
    """Each of fifty processes would import it anew."""
    (tmp_path / "seen.py").write_text(SEEN)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(tmp_path)])}
    call = [sys.executable, "-c", ASKS.replace("DATA", repr(str(ZEDLAND)))]
    said = subprocess.run(call, cwd=tmp_path, env=environment, capture_output=True, text=True)
    calendar = "icalendar", "dateutil.rrule"  # which it reads
    imported = {name for name in said.stdout.split() if not name.startswith(calendar)}
    assert imported == {"cop.report.ics"}, said.stderr  # seldom needed, and slow to come


def test_what_reads_beside_the_template_tells_at_once_what_it_has_when_it_is_asked():
    call = [sys.executable, "-m", "cop.run.reading", plan.seen_from_notebooks(ZEDLAND)]
    many = [*call, *["ZZZ"] * 10_000]  # it would take minutes
    asked = subprocess.run(many, cwd=plan.NOTEBOOKS, stdout=subprocess.PIPE, input=b"", timeout=60)
    (sound, tables), end = pickle.loads(asked.stdout), asked.stdout.rindex(b"\x80\x05\x95")
    assert sound and tables and {*pickle.loads(asked.stdout[end:])[1]} <= {"ZZZ"}
    gone = subprocess.Popen(many, cwd=plan.NOTEBOOKS, stdin=-1, stdout=subprocess.PIPE)
    gone.stdout.close(), gone.stdin.close()
    assert gone.wait(60) == 0


PROGRAM = """
import pathlib
with pathlib.Path("imported").open("a") as file:
    print(__name__, file=file)
if __name__ == "__main__":
    from cop.run.process import Machine
    machine = Machine(1, "cop.run.plan")
    machine.warm_up(".")
    print(machine.do(callable, (), 60))
"""


def test_a_process_does_not_import_the_program_that_was_called(tmp_path):
    """At a worker of a cluster that is Dask: it took a third of what a notebook takes."""
    (tmp_path / "program.py").write_text(PROGRAM)
    call = [sys.executable, "program.py"]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    said = subprocess.run(call, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert said.stdout == "True\n", said.stderr
    assert (tmp_path / "imported").read_text().split() == ["__main__"]


@pytest.mark.parametrize("signal_name", ["SIGINT", "SIGTERM"])
def test_a_stopped_run_leaves_no_process_and_no_half_made_page(tmp_path, signal_name):
    call = [
        sys.executable,
        "-m",
        "cop",
        "run",
        "ZZZ",
        "--data",
        str(ZEDLAND),
        "--outputs",
        str(tmp_path),
    ]
    run = subprocess.Popen(call, stderr=subprocess.PIPE, text=True, start_new_session=True)
    for _ in range(400):
        if (tmp_path / ".making-ZZZ" / "2-stakeholder-mapping.ipynb").exists():
            break
        time.sleep(0.05)
    os.kill(run.pid, getattr(signal, signal_name))
    assert run.wait(20) == 130 and "stopped" in run.stderr.read()
    left = [
        p
        for p in Path("/proc").glob("[0-9]*/environ")
        if str(tmp_path).encode() in _read(p.with_name("cmdline"))
    ]
    assert (
        not left
        and not list((tmp_path / "site").glob("*.html"))
        and not (tmp_path / "ZZZ").exists()
    )


def _read(path):
    try:
        return path.read_bytes()
    except OSError:
        return b""


@pytest.mark.xdist_group("zedland")
@pytest.mark.parametrize(
    "stages",
    [plan.STAGES[:1], pytest.param(plan.STAGES, marks=pytest.mark.simulation)],
    ids=["the first", "all"],
)
def test_every_stage_puts_out_what_a_kernel_puts_out(zedland, tmp_path, stages):
    """Run Zedland's stages in plain kernels from the same notebooks and compare them with the
    forked run.
    """
    for stage in stages:
        forked = nbformat.read(zedland / "ZZZ" / f"{stage}.ipynb", 4)
        parameters = forked.metadata.papermill.parameters | {"tables": str(tmp_path / "tables")}
        target = tmp_path / f"{stage}.ipynb"
        papermill.execute_notebook(
            plan.NOTEBOOKS / f"{stage}.ipynb",
            target,
            parameters,
            kernel_name="python3",
            cwd=str(plan.NOTEBOOKS),
            progress_bar=False,
        )
        plain = nbformat.read(target, 4)
        nbformat.validate(forked)
        for one, other in zip(forked.cells, plain.cells, strict=True):
            assert one.get("outputs") == other.get("outputs"), f"{stage}: {one.source}"


SELDOM = """
import sys, batch.warm
there = [sys.modules[name] for name in batch.warm.SELDOM]
assert {type(module).__name__ for module in there} == {"_LazyModule"}, there
import bs4
from nbconvert.filters import clean_html
from nbconvert.postprocessors import ServePostProcessor
from nbconvert.preprocessors.sanitize import SanitizeHTML
from PIL.ExifTags import TAGS
assert bs4.BeautifulSoup("<p class='a'>x</p>", "lxml").select("p.a")[0].text == "x"
assert bs4.dammit.chardet_module.detect(b"plain")["encoding"] == "ascii"
assert clean_html("<b onclick='x'>bold</b>") == "<b>bold</b>"
assert SanitizeHTML().sanitize_html_tags("<i onclick='x'>i</i>") == "<i>i</i>"
assert ServePostProcessor().port == 8000 and TAGS[271] == "Make"
assert not {"_LazyModule"} & {type(module).__name__ for module in there}
"""


def test_what_few_cells_ask_for_is_loaded_when_one_does():
    subprocess.run([sys.executable, "-c", SELDOM], cwd=ROOT, check=True)

"""Import modules and read shared tables in the fork server, so that its processes start fast."""

import contextlib
import gc
import importlib
import os
import pkgutil

gc.disable()  # nothing imported or read below becomes garbage

import cop.data
from cop.data import package
from cop.report import exporter, formats, words
from cop.run import engine, fingerprints, identity, site, steps  # noqa: F401
from cop.run.plan import NOTEBOOKS, SOURCE
from cop.run.workers import DATA, SHARED

engine.NotebookShell.instance(config=engine.CONFIG)  # before `helpers` is imported
for module in pkgutil.iter_modules([str(SOURCE / "helpers")]):
    with contextlib.suppress(Exception):  # the notebook that imports it reports the error
        importlib.import_module(f"helpers.{module.name}")
engine.preload()
words.preload()
formats.localise("0")
exporter.preload()
os.chdir(NOTEBOOKS)
with contextlib.suppress(Exception):  # the check of the data reports unreadable tables
    data = os.environ[DATA]
    tables = package.tables(data, shared=True)
    if fingerprints.shared_state(data) == os.environ[SHARED]:  # the run itself checks the tables
        cop.data.CHECKED.update(package.state(table, data) for table in tables)
    for table in tables:
        cop.data.read(table, data)
    indicators = importlib.import_module("helpers.indicators")
    indicators.by_category(data, cop.data.stamp("indicators", data))
gc.freeze()  # so that child processes keep sharing this memory
gc.set_threshold(1_000_000)  # searching for the little garbage of a notebook is slow
gc.enable()

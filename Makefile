# `make help` lists the targets.
SHELL := /bin/sh
COUNTRY ?= UKR
# Compiled code and words are kept: hundreds of processes of the tests would compile them again.
export PYTHONDONTWRITEBYTECODE =

# Inside the conda environment of environment.yml that one is used; elsewhere a .venv made from the lock file.
ifeq ($(CONDA_DEFAULT_ENV),cop-assessment)
  READY := .conda-ready
  TESTED := .conda-tested
  BIN :=
else
  READY := .venv/ready
  TESTED := .venv/tested
  BIN := .venv/bin/
endif

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

reports: $(READY)  ## run every country and the region, write outputs/site/
	@$(BIN)cop run --all --language en national

share: $(TESTED) reports  ## run `make reports`, then add the Word file, PDF and package of each report (needs Chromium)
	@$(BIN)cop downloads

report: $(READY)  ## run one country: make report COUNTRY=UKR
	@$(BIN)cop run $(COUNTRY)

check: $(READY)  ## check data/ and list every error with file, row, column, value and fix
	@$(BIN)cop check

test: $(TESTED)  ## run the tests, except `long` and simulations
	@$(BIN)python -m pytest -n 3 --dist loadgroup --no-loadscope-reorder -m "not long and not simulation"

long: $(TESTED)  ## run every command of docs/, JupyterLab, clusters and a validation round
	@$(BIN)python -m pytest -n 2 --dist loadgroup -m "long and not simulation"

simulate: $(TESTED)  ## run thousands of simulated publications and hostile files (an hour or more)
	@$(BIN)python -m pytest -n 2 --dist loadgroup -m simulation

quick: $(TESTED)  ## run the tests that need no browser, no LibreOffice and no long run
	@$(BIN)python -m pytest -n 3 --dist loadgroup -m "not slow and not browser"

lab: $(READY)  ## explore a country in JupyterLab, which opens in the browser
	@$(BIN)python -m cop.explore.lab

explore-site: $(READY)  ## open the same notebook as a read-only site on this computer
	@$(BIN)python -m cop.explore.site

lint: $(READY)  ## check code and notebooks with ruff
	@$(BIN)ruff check . && $(BIN)ruff format --check .

lock: $(READY)  ## renew the lock files after a change in pyproject.toml (needs uv)
	@compile() { (head -1 requirements.lock; uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header --extra build --extra cluster "$$@" pyproject.toml) > .lock && mv .lock $$to; }; \
	to=requirements-test.lock compile --extra test && to=requirements.lock compile -c requirements-test.lock && \
	to=requirements-lowest.lock compile --extra test --resolution lowest-direct

expected: $(TESTED)  ## renew the expected tables and page texts, on purpose only
	@$(BIN)python -m pytest -q tests -k agreed --renew

docs: $(READY)  ## write the data dictionary docs/data.md from data/datapackage.json
	@$(BIN)python docs/dictionary.py

sbom: $(READY)  ## list what the lock file installs: outputs/sbom.json (CycloneDX)
	@$(BIN)python docs/sbom.py

bench: $(TESTED) outputs/bench/.venv/ready  ## compare a run with papermill and others (under ten minutes, a quiet machine)
	@$(BIN)python tests/bench/bench.py

bench-full: $(TESTED) outputs/bench/.venv/ready  ## the rest: three rounds, an earlier version, 64 and 192 countries
	@$(BIN)python tests/bench/bench.py --rounds 3 && $(BIN)python tests/bench/bench.py --full

clean:  ## remove what was generated (outputs/ and caches; .venv stays)
	@rm -rf outputs/*/ .pytest_cache .ruff_cache && find . -name __pycache__ -not -path './.venv/*' -exec rm -rf {} +

.venv/ready: requirements.lock pyproject.toml
	@python=$$(for p in python3.13 python3.12 python3.11 python3 python; do \
	    $$p -c 'import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && echo $$p && break; done); \
	test -n "$$python" || { echo "Python 3.11, 3.12 or 3.13 with venv is needed and was not found (on Debian and Ubuntu venv is the package python3-venv)."; exit 2; }; \
	echo "Setting up .venv with $$python (once, a minute or two) ..."; \
	rm -rf .venv && $$python -m venv .venv && $(BIN)python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements.lock \
	  && $(BIN)python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . && touch $@

.venv/tested: .venv/ready requirements-test.lock
	@echo "Adding to .venv what the tests need (once) ..."; \
	$(BIN)python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-test.lock && touch $@

outputs/bench/.venv/ready: requirements.lock tests/bench/rivals.txt
	@mkdir -p outputs/bench && $(BIN)python -m venv outputs/bench/.venv && cd outputs/bench && .venv/bin/pip install -q --no-deps -r ../../requirements.lock && \
	.venv/bin/pip install -q -r ../../tests/bench/rivals.txt && .venv/bin/pip install -q --no-deps --no-build-isolation -e ../.. && touch .venv/ready

.conda-ready: pyproject.toml
	@python -m pip install -q --no-deps --no-build-isolation -e . && touch $@

.conda-tested: environment-test.yml .conda-ready
	@conda env update -q -f environment-test.yml && touch $@

.PHONY: docs help reports share report check test long simulate quick lab explore-site lint lock expected sbom bench bench-full clean
.DEFAULT_GOAL := help

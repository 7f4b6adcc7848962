# Each target makes .venv by itself; PYTHON chooses the interpreter (3.11 or later).
PYTHON ?= python3
BIN := .venv/bin
SOURCES := src tests benchmarks docs
FUZZ_SECONDS ?= 600
WORKERS := --numprocesses 2 --dist worksteal

.PHONY: demo test test-lowest quick slow lint types unit wheel bench bench-compare cluster fuzz docs page site clean

demo: .venv/.demo ## install, and score real predictions
	$(BIN)/evalcli score fixtures/cifar10/probabilities.npy \
		--labels fixtures/cifar10/labels.npy --classes fixtures/cifar10/classes.txt

test: lint types unit site wheel ## all that continuous integration checks

lint: .venv/.test
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)

types: .venv/.test
	$(BIN)/mypy

unit: .venv/.test ## tests with coverage, doctests, documentation up to date; of one folder or file with T=
ifdef T
	$(BIN)/python -m pytest $(WORKERS) $(T)
else
	$(BIN)/python -m compileall -q src # once, and not in every process that a test starts
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest $(WORKERS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report
endif

test-lowest: .lowest-venv/.done ## the tests with the lowest versions that pyproject.toml allows; of one folder or file with T=
	.lowest-venv/bin/python -m pytest --numprocesses 2 $(T)

quick: .venv/.test ## the tests of modules, with few examples: less than a minute
	HYPOTHESIS_PROFILE=quick $(BIN)/python -m pytest $(WORKERS) -m "not long" tests

slow: .venv/.test ## all of what `make test` tries a sample of; simulate how often intervals hold the truth: an hour and more
	EVALCLI_SLOW=1 $(BIN)/python -m pytest $(WORKERS) -m thorough tests
	cd tests && ../$(BIN)/python -m support.simulated && EVALCLI_SLOW=1 ../$(BIN)/python -m support.paired_models

wheel: .venv/.test ## build the wheel, install it in a clean environment and run it there
	PYTHON="$(BIN)/python" sh tests/wheel.sh

bench: .bench-venv/.done .venv/.test ## time whole processes, beside other libraries: half an hour; of some cases with ONLY="small csv"
	.bench-venv/bin/python -m compileall -q src
	.bench-venv/bin/python benchmarks/run.py $(if $(ONLY),--only $(ONLY))
	$(BIN)/python docs/generate.py

bench-compare: ## ratios of the last `make bench` to an earlier one, BASE=file, case by case; what jumped is marked
	$(PYTHON) benchmarks/compare.py $(BASE)

fuzz: .fuzz-venv/.done ## hunt for inputs that break a reader, FUZZ_SECONDS long
	cd tests && ../.fuzz-venv/bin/python -m support.fuzz_atheris -max_total_time=$(FUZZ_SECONDS) -timeout=60 -rss_limit_mb=4096

cluster: .venv/.test ## parts on a real cluster of Dask that reads from an S3 server, with a worker killed
	$(BIN)/python -m pytest $(WORKERS) tests/end_to_end/test_cluster.py tests/cluster

docs: .venv/.test ## write what is generated: docs/cli.md, docs/metrics.md, tables and output in pages
	$(BIN)/python docs/generate.py

page: .venv/.test ## write what HTML pages draw their charts with: Vega, and the charts compiled for it
	npm install --prefix build/npm --no-audit --no-fund vega@6.4.0 vega-interpreter@2.3.2
	$(BIN)/python docs/page_charts.py build/npm/node_modules

site: .venv/.test ## build the documentation in build/site; each warning is an error
	$(BIN)/sphinx-build -q -n -W --keep-going --fresh-env -d build/doctrees docs build/site
	@echo "site: build/site/index.html"

clean:
	rm -rf .venv .bench-venv .fuzz-venv .lowest-venv build dist .coverage .coverage.*

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "evalcli needs Python 3.11 or later")'
	$(PYTHON) -m venv .venv

.venv/.demo: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/.test: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,docs]'
	touch $@

.lowest-venv/.done: pyproject.toml tests/lowest.py
	$(PYTHON) -m venv .lowest-venv
	$(PYTHON) tests/lowest.py > .lowest-venv/constraints.txt
	.lowest-venv/bin/python -m pip install --quiet --disable-pip-version-check \
		--constraint .lowest-venv/constraints.txt --editable '.[test]'
	touch $@

.fuzz-venv/.done: pyproject.toml
	$(PYTHON) -m venv .fuzz-venv
	.fuzz-venv/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[test,fuzz]'
	touch $@

.bench-venv/.done: pyproject.toml
	$(PYTHON) -m venv .bench-venv
	.bench-venv/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	touch $@

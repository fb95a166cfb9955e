# make setup   .venv with a real conda, the plugin and the test tools; quick when nothing changed
# make demo    the whole story from nothing
# make test    the tests, under five minutes on two cores
# make bench   what the plugin costs, side by side; quick: make bench ARGS="--rounds 3"
# make pictures   the pictures of the README, taken from a real session
# make test-hard, make mutation, make check, make docs, make recipe, make release: see
# docs/development/testing.md

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3.12 python3.11 python3.10 python3; do \
	"$$p" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null \
	&& { echo $$p; break; }; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
STAMP := $(VENV)/.stamp
# These variables win over conda's own ssl_verify; the tests bring their own authority.
CLEAN_ENV := env -u REQUESTS_CA_BUNDLE -u CURL_CA_BUNDLE -u SSL_CERT_FILE
PYTEST := $(CLEAN_ENV) $(BIN)/python -m pytest
# One more than there are cores: many a test waits for a process or a clock.
WORKERS := $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
SPREAD := -n $(WORKERS) --dist loadfile

.PHONY: setup demo pictures test test-hard test-long test-quetz test-windows coverage bench bench-peer bench-plots mutation check docs recipe release clean

setup: $(STAMP)

$(STAMP): pyproject.toml tests/constraints.txt tests/requirements.txt $(wildcard tests/conda-wheel/*)
	@test -n "$(PYTHON)" || { echo "Python 3.10, 3.11 or 3.12 is needed: make PYTHON=/path/to/python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Setting up $(VENV) ..."
	@$(PIP) install -c tests/constraints.txt ./tests/conda-wheel
	@$(PIP) install -c tests/constraints.txt -r tests/requirements.txt -e .
	@mkdir -p $(VENV)/conda-meta && touch $(VENV)/conda-meta/history
	@touch $@

demo: setup
	@$(CLEAN_ENV) $(BIN)/python -m tests.demo

pictures: setup
	@$(CLEAN_ENV) $(BIN)/python -m tests.pictures

# COVERAGE=1 measures every conda that they start as well.
COVER := $(if $(COVERAGE),--cov --cov-report=term-missing:skip-covered --cov-fail-under=97)
test: setup
	$(PYTEST) $(SPREAD) $(COVER)

# A client that nobody here wrote judges the mock server. It has its own environment, because it
# brings conda plugins of its own along.
CLIENT := $(VENV)/anaconda-client
$(CLIENT)/.stamp:
	@$(PYTHON) -m venv $(CLIENT)
	@$(CLIENT)/bin/python -m pip --disable-pip-version-check --quiet install anaconda-client==1.16.0
	@touch $@

# Tools that nobody here wrote either, for `conda private run`.
OTHERS := $(VENV)/other-tools
$(OTHERS)/.stamp: tests/integration/run/requirements.txt
	@$(PYTHON) -m venv $(OTHERS)
	@$(OTHERS)/bin/python -m pip --disable-pip-version-check --quiet install -r $<
	@touch $@

# A conda with another plugin that authenticates requests, beside ours.
BESIDE := $(VENV)/anaconda-auth
$(BESIDE)/.stamp: $(STAMP)
	@$(PYTHON) -m venv $(BESIDE)
	@$(BESIDE)/bin/python -m pip --disable-pip-version-check --quiet install \
		-c tests/constraints.txt ./tests/conda-wheel
	@$(BESIDE)/bin/python -m pip --disable-pip-version-check --quiet install \
		-c tests/constraints.txt anaconda-auth==0.15.3 -e .
	@mkdir -p $(BESIDE)/conda-meta && touch $(BESIDE)/conda-meta/history
	@touch $@

# Backends of the library `keyring` that packages bring.
KEYRINGS := $(VENV)/keyrings
$(KEYRINGS)/.stamp:
	@$(PYTHON) -m venv $(KEYRINGS)
	@$(KEYRINGS)/bin/python -m pip --disable-pip-version-check --quiet install \
		anaconda-auth==0.15.3 keyrings.codeartifact==2.1.2 \
		keyrings.google-artifactregistry-auth==1.1.2
	@touch $@

# What administrators use, for the page about many machines.
ANSIBLE := $(VENV)/ansible
$(ANSIBLE)/.stamp:
	@$(PYTHON) -m venv $(ANSIBLE)
	@$(ANSIBLE)/bin/python -m pip --disable-pip-version-check --quiet install ansible-core==2.17.14
	@touch $@

test-hard: setup $(CLIENT)/.stamp $(BESIDE)/.stamp $(KEYRINGS)/.stamp $(OTHERS)/.stamp $(ANSIBLE)/.stamp
	ANACONDA_CLIENT_PYTHON=$(CURDIR)/$(CLIENT)/bin/python \
	ANACONDA_AUTH_PYTHON=$(CURDIR)/$(BESIDE)/bin/python \
	KEYRINGS_PYTHON=$(CURDIR)/$(KEYRINGS)/bin/python \
	OTHER_TOOLS=$(CURDIR)/$(OTHERS)/bin ANSIBLE=$(CURDIR)/$(ANSIBLE)/bin HYPOTHESIS_PROFILE=hard \
	$(PYTEST) $(SPREAD) --timeout 1200 -m "(hard or hypothesis) and not long" --ignore tests/quetz

# Every kill point, every output, every history: an hour on two cores.
test-long: setup
	HYPOTHESIS_PROFILE=hard $(PYTEST) -n 2 --timeout 3600 -m long

# A real Quetz, as a second server that nobody here wrote; optional.
QUETZ := $(VENV)/quetz
$(QUETZ)/.stamp: tests/quetz/requirements.txt
	@$(PYTHON) -m venv $(QUETZ)
	@$(QUETZ)/bin/python -m pip --disable-pip-version-check --quiet install -r $<
	@touch $@

test-quetz: setup $(QUETZ)/.stamp
	QUETZ_PYTHON=$(CURDIR)/$(QUETZ)/bin/python $(PYTEST) $(SPREAD) -m hard tests/quetz

# A CPython for Windows, with conda and the plugin, under Wine: Debian, and root if there is no Wine.
test-windows: setup
	@$(CLEAN_ENV) $(BIN)/python -m tests.windows

# The recipe is built by tools of its own, against packages that are made on the spot.
TOOLS := $(VENV)/recipe
$(TOOLS)/.stamp: tests/recipe/requirements.txt
	@$(PYTHON) -m venv $(TOOLS)
	@$(TOOLS)/bin/python -m pip --disable-pip-version-check --quiet install -r $<
	@touch $@

recipe: setup $(TOOLS)/.stamp $(CLIENT)/.stamp
	@$(CLEAN_ENV) $(BIN)/python -m tests.recipe --tools $(CURDIR)/$(TOOLS)/bin/python \
		--client $(CURDIR)/$(CLIENT)/bin/python

# Everything that a release publishes; nothing is published. A candidate:
# make release VERSION=1.0.0rc1
RELEASE := $(VENV)/release
$(RELEASE)/.stamp: tests/release/requirements.txt
	@$(PYTHON) -m venv $(RELEASE)
	@$(RELEASE)/bin/python -m pip --disable-pip-version-check --quiet install -r $<
	@touch $@

release: setup $(RELEASE)/.stamp $(TOOLS)/.stamp $(CLIENT)/.stamp
	@$(CLEAN_ENV) $(BIN)/python -m tests.release --tools $(CURDIR)/$(RELEASE)/bin/python \
		--recipe-tools $(CURDIR)/$(TOOLS)/bin/python \
		--client $(CURDIR)/$(CLIENT)/bin/python $(if $(VERSION),--version $(VERSION))

coverage:
	$(MAKE) test COVERAGE=1

# What the fast tests of the request path, the stores, the files and the gateway do not notice.
# mutmut has an environment of its own, which also sees what is in the first one.
MUTATION := $(VENV)/mutation
$(MUTATION)/.stamp: $(STAMP)
	@$(BIN)/python -m venv $(MUTATION)
	@$(MUTATION)/bin/python -m pip --disable-pip-version-check --quiet install mutmut==3.8.1
	@$(BIN)/python -c "import sysconfig; print(sysconfig.get_path('purelib'))" \
		> "$$($(MUTATION)/bin/python -c "import sysconfig; print(sysconfig.get_path('purelib'))")/tests.pth"
	@touch $@

# One folder: make mutation MUTANTS='conda_private.handler.*'
mutation: setup $(MUTATION)/.stamp
	@rm -rf mutants  # else it would not run tests that are new
	$(CLEAN_ENV) $(MUTATION)/bin/python -m mutmut run $(if $(MUTANTS),'$(MUTANTS)')
	$(MUTATION)/bin/python -m mutmut results

# Two environments that differ in nothing but the plugin, which is installed as users have it, and
# one for what draws and profiles.
BENCH := $(VENV)/bench
BENCH_ENVS := $(BENCH)/plain $(BENCH)/plugin
QUIET_PIP := -m pip --disable-pip-version-check --quiet
BENCH_CONDA := -c tests/constraints.txt ./tests/conda-wheel -r tests/bench/everywhere.txt
$(BENCH)/.stamp: tests/constraints.txt tests/bench/requirements.txt tests/bench/everywhere.txt $(wildcard tests/conda-wheel/*)
	@rm -rf $(BENCH)
	@echo "Setting up $(BENCH) ..."
	@for each in $(BENCH_ENVS); do \
		$(PYTHON) -m venv $$each && mkdir -p $$each/conda-meta && touch $$each/conda-meta/history && \
		$$each/bin/python $(QUIET_PIP) install $(BENCH_CONDA) || exit 1; \
	done
	@$(PYTHON) -m venv $(BENCH)/tools
	@$(BENCH)/tools/bin/python $(QUIET_PIP) install -r tests/bench/requirements.txt
	@touch $@

bench: setup $(BENCH)/.stamp
	@$(BENCH)/plugin/bin/python $(QUIET_PIP) install -c tests/constraints.txt .
	@$(CLEAN_ENV) $(BIN)/python -m tests.bench $(ARGS)

# Another plugin to measure beside, in an environment like the others:
# make bench-peer PEER=conda-auth; FROM=path/to/conda-auth if it is not on PyPI
bench-peer: $(BENCH)/.stamp
	@test -n "$(PEER)" || { echo "Name the plugin: make bench-peer PEER=conda-auth"; exit 1; }
	@rm -rf $(BENCH)/$(PEER)
	@$(PYTHON) -m venv $(BENCH)/$(PEER)
	@mkdir -p $(BENCH)/$(PEER)/conda-meta && touch $(BENCH)/$(PEER)/conda-meta/history
	@$(BENCH)/$(PEER)/bin/python $(QUIET_PIP) install $(BENCH_CONDA) \
		"$(or $(FROM),$(PEER))"
	@echo 'make bench ARGS="--peer $(PEER)=$(BENCH)/$(PEER)/bin/python"'

# The plots of the documentation, from the newest results.
bench-plots: $(BENCH)/.stamp
	@$(BENCH)/tools/bin/python tests/bench/plots.py build/bench.json docs/_static

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	@# A cache for each: mypy keeps the results of one platform only.
	$(BIN)/mypy --platform win32 --cache-dir .mypy_cache/win32
	$(BIN)/mypy --platform darwin --cache-dir .mypy_cache/darwin
	$(BIN)/lint-imports
	$(BIN)/zizmor --offline --quiet --strict-collection --persona=pedantic .
	$(MAKE) docs

docs: setup
	$(BIN)/sphinx-build -q -W --keep-going -b html docs docs/_build/html

clean:
	rm -rf $(VENV) docs/_build build dist mutants

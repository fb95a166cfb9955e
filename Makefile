# make setup   .venv with a real conda, the plugin and the test tools; quick when nothing changed
# make demo    the whole story from nothing
# make test    the tests, under five minutes on two cores
# make pictures   the pictures of the README, taken from a real session
# make test-hard, make mutation, make check, make docs, make recipe: see docs/development/testing.md

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

.PHONY: setup demo pictures test test-hard test-long test-quetz coverage mutation check docs recipe clean

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
	$(PYTEST) -n 2 --dist loadfile $(COVER)

# A client that nobody here wrote judges the mock server. It has its own environment, because it
# brings conda plugins of its own along.
CLIENT := $(VENV)/anaconda-client
$(CLIENT)/.stamp:
	@$(PYTHON) -m venv $(CLIENT)
	@$(CLIENT)/bin/python -m pip --disable-pip-version-check --quiet install anaconda-client==1.16.0
	@touch $@

test-hard: setup $(CLIENT)/.stamp
	ANACONDA_CLIENT_PYTHON=$(CURDIR)/$(CLIENT)/bin/python HYPOTHESIS_PROFILE=hard \
	$(PYTEST) -n 2 --dist loadfile --timeout 1200 -m "(hard or hypothesis) and not long" --ignore tests/quetz

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
	QUETZ_PYTHON=$(CURDIR)/$(QUETZ)/bin/python $(PYTEST) -n 2 --dist loadfile -m hard tests/quetz

# The recipe is built by tools of its own, against packages that are made on the spot.
TOOLS := $(VENV)/recipe
$(TOOLS)/.stamp: tests/recipe/requirements.txt
	@$(PYTHON) -m venv $(TOOLS)
	@$(TOOLS)/bin/python -m pip --disable-pip-version-check --quiet install -r $<
	@touch $@

recipe: setup $(TOOLS)/.stamp $(CLIENT)/.stamp
	@$(CLEAN_ENV) $(BIN)/python -m tests.recipe --tools $(CURDIR)/$(TOOLS)/bin/python \
		--client $(CURDIR)/$(CLIENT)/bin/python

coverage:
	$(MAKE) test COVERAGE=1

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/zizmor --offline --quiet --strict-collection --persona=pedantic .
	$(MAKE) docs

docs: setup
	$(BIN)/sphinx-build -q -W --keep-going -b html docs docs/_build/html

clean:
	rm -rf $(VENV) docs/_build build dist mutants

# Two commands are enough: «make run» and «make test». Everything they need goes into .venv.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
FLASK := $(BIN)/flask --app wsgi
REACHED := .venv/.reached
# two workers, a file each at a time, in the order of tests/conftest.py
SHARED := -n 2 --dist loadfile --no-loadscope-reorder
ENGLISH := translations/en/LC_MESSAGES/messages.po
.DEFAULT_GOAL := help
# Python reads compiled modules again: tests start twenty processes of the program.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: run install demo test postgresql check types style format bench rules-proof translations help clean browser

run: .venv/.runtime ## install, make the house with its catalogue and demo people, serve it
	@$(FLASK) serve

install: .venv/.runtime ## install only what the house needs to run (docs/operations.md)

demo: .venv/.runtime ## remake the demo house around today (forgets what was done in it)
	@$(FLASK) demo --again

test: browser ## everything: format, types, templates, both databases, real Chromium
	@$(MAKE) --no-print-directory -j2 -O check
	@rm -rf $(REACHED) && mkdir -p $(REACHED)
	REACHED=$(REACHED) $(BIN)/pytest -p tests.reached $(SHARED) -m "not (browser or walk)" -q
	$(BIN)/python -m slipcover --branch --merge $(REACHED)/*.json --out $(REACHED)/all.json --skip-covered --fail-under 95
	$(BIN)/pytest $(SHARED) -m "walk and not browser" -q
	$(BIN)/pytest $(SHARED) -m "not (browser or page)" -q --engine postgresql -k postgresql
	@if [ "$(BROWSER)" = skip ]; then echo "BROWSER=skip: the browser tests were NOT run"; \
	else $(BIN)/pytest $(SHARED) -m browser -q tests/browser; fi

postgresql: .venv/.dev ## every test that knows a database on PostgreSQL, pages too
	$(BIN)/pytest $(SHARED) -m "not browser" -q --engine postgresql -k postgresql

check: types style ## format, lint, types, templates

types: .venv/.dev
	$(BIN)/mypy

style: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint --lint --quiet templates

format: .venv/.dev ## put the code in its usual form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/.dev ## measure the tables of docs/performance.md; BENCH="--engine sqlite --sizes 15000 --seconds 2" a part
	$(BIN)/python -m tests.bench $(BENCH)

rules-proof: .venv/.dev ## remove each rule in turn: the tests must go red each time
	$(BIN)/python -m tests.mutate_rules

translations: .venv/.dev ## read the French of the code again into translations/
	$(BIN)/pybabel -q extract -F translations/babel.cfg -k _ -k lazy -k ngettext:1,2 --no-location --sort-output -o translations/messages.pot .
	$(BIN)/pybabel -q update -i translations/messages.pot -d translations -l en --no-fuzzy-matching --ignore-obsolete --omit-header --no-wrap
	@{ cat translations/header.po; echo; cat $(ENGLISH); } > $(ENGLISH).new && mv $(ENGLISH).new $(ENGLISH)

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

clean: ## forget what was installed (the house in instance/ stays)
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache static/vendor

.venv/bin/python:
	$(PYTHON) -m venv .venv

# The lock names every library: pip must not look further (--no-deps), else a release newer than the lock, asked for
# with an extra («coverage[toml]»), stops it.
PIP := $(BIN)/pip install -q --disable-pip-version-check --require-hashes --no-deps

# What the house needs to run: libraries, the sprite of icons, the English texts.
.venv/.runtime: requirements.lock fablab/icons.py translations/en/LC_MESSAGES/messages.po | .venv/bin/python
	$(PIP) -r requirements.lock
	$(BIN)/python -m fablab.icons
	$(BIN)/pybabel -q compile -d translations
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.runtime
	$(PIP) -r requirements-dev.lock
	@touch $@

# A real Chromium: Debian's where we may install it, else the one that Playwright brings.
browser: .venv/.dev
	@if [ "$(BROWSER)" = skip ] || command -v chromium >/dev/null; then true; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	else $(BIN)/playwright install chromium; fi

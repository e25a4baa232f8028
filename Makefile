# The four things one does here. Each installs what it needs first; a second call takes seconds.
PYTHON ?= $(or $(shell command -v python3.11),python3)
BIN := .venv/bin
RUN := .venv/.installed
DEV := .venv/.installed-dev
CODE := engine dashboard runtime bench docs tests

PACKS := engine/synth/font_packs.txt
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)

.PHONY: dashboard test check fix bench fonts words pictures clean

dashboard: $(RUN) ## start the dashboard and print its address
	$(BIN)/python -m dashboard

test: $(DEV) check ## static checks, then every test
	tests/e2e/chromium.sh
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: $(DEV) ## style and types
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/pyright

fix: $(DEV) ## repair what can be repaired by itself
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

bench: $(RUN) ## print the figures that this machine reaches
	$(BIN)/python -m bench

fonts: $(RUN) ## install some ninety font packs (Debian, Ubuntu) and check their faces
	@command -v apt-get > /dev/null || { echo "make fonts installs packages of Debian, and there is no apt-get here. Upload fonts instead, where a recipe's fonts are chosen."; exit 1; }
	$(SUDO) apt-get update --quiet
	apt-cache pkgnames fonts- | grep --fixed-strings --line-regexp --file $(PACKS) | xargs $(SUDO) apt-get install --yes --quiet --no-install-recommends
	$(BIN)/python -m engine fonts check

words: $(RUN) ## install the words of 42 languages by frequency (57 MB)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-words.txt

pictures: $(DEV) ## take the pictures of the README and the tour again
	tests/e2e/chromium.sh
	$(BIN)/python -m docs.make_pictures

clean: ## remove the environment; artifacts stay
	rm -rf .venv

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11) and "Glyphlab needs Python 3.11, this is %s: make PYTHON=/path/to/python3.11" % sys.version.split()[0])'
	$(PYTHON) -m venv .venv

$(RUN): requirements.txt constraints.txt pyproject.toml runtime/pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(DEV): $(filter-out requirements.txt requirements-gpu.txt,$(wildcard requirements-*.txt)) $(RUN)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

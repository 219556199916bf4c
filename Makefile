# Two commands: `make demo` shows the product, `make test` tries it. Everything else is a part of one of them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_PACKAGES := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 espeak-ng
TEST_PACKAGES := chromium poppler-utils redis-server hledger
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test check bench hard mutation install install-test clean

demo: install
	LEDGER_DATA_DIR=$${LEDGER_DATA_DIR:-data/demo} $(BIN)/dirbtuve demo

test: install-test check
	$(BIN)/python -m pytest -n 2 --dist worksteal

check: install-test
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry ledger
	$(BIN)/djlint templates --lint --quiet

bench: install-test
	$(BIN)/python -m pytest -m bench -s -p no:randomly -n 0 tests/bench/bench_*.py

hard: install-test
	$(BIN)/python -m pytest -m hard -n 2

mutation: install-test
	rm -rf mutants
	PYTHONHASHSEED=0 $(BIN)/mutmut run --max-children 2
	$(BIN)/python tests/mutation.py

install: $(VENV)/.run
install-test: $(VENV)/.test

$(VENV)/.run: pyproject.toml constraints.txt
	@$(MAKE) --no-print-directory packages WANTED="$(RUN_PACKAGES)"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q -c constraints.txt -e .
	touch $@

$(VENV)/.test: pyproject.toml constraints.txt
	@$(MAKE) --no-print-directory packages WANTED="$(RUN_PACKAGES) $(TEST_PACKAGES)"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q -c constraints.txt -e '.[dev]'
	touch $@ $(VENV)/.run

.PHONY: packages
packages:
	@missing=""; for name in $(WANTED); do dpkg -s $$name >/dev/null 2>&1 || missing="$$missing $$name"; done; \
	$(PYTHON) -c "import ensurepip" 2>/dev/null || missing="$$missing python3-venv"; \
	if [ -n "$$missing" ]; then \
	  echo "These Debian packages are missing and will be installed:$$missing"; \
	  if [ "$$(id -u)" = 0 ]; then sudo=""; else sudo="sudo"; fi; \
	  $$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends $$missing; \
	fi

clean:
	rm -rf $(VENV) data/demo

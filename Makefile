# Two commands: `make plan` (one example patient, start to report) and `make test` (everything CI runs).
# Each makes what it needs in .venv; a second run starts at once.
SHELL := /bin/sh
PYTHON ?= python3
PATIENT ?= examples/decompensated_alcohol_cirrhosis.json
OUT ?= out
BIN := .venv/bin
PIP := PIP_ROOT_USER_ACTION=ignore $(BIN)/python -m pip install -qq --disable-pip-version-check

.PHONY: plan test messages clean

plan: .venv/.plan-ready
	@echo "== the plan of $(PATIENT)"
	@$(BIN)/hepatica plan $(PATIENT) -o $(OUT)
	@echo
	@echo "Report:   file://$(abspath $(OUT))/plan.html"
	@echo "Try next: make plan PATIENT=examples/paracetamol_acute_failure.json"
	@echo "          . .venv/bin/activate; hepatica --help"

test: .venv/.test-ready
	@.ci/browser
	@echo "== ruff: style" && $(BIN)/ruff check . && $(BIN)/ruff format --check .
	@echo "== mypy: types, strict on engine and patient" && $(BIN)/mypy
	@echo "== pytest: tests, on every core" && $(BIN)/python -m pytest -n auto -rs
	@echo "== all passed"

# Bring the message catalogues in step with the texts, and compile them.
messages: .venv/.test-ready
	@$(BIN)/python tools/messages.py

clean:
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .hypothesis

.venv/bin/python:
	@.ci/environment $(PYTHON)

.venv/.plan-ready: pyproject.toml | .venv/bin/python
	@echo "== installing hepatica into .venv (a minute or two the first time)"
	@$(PIP) --editable '.[pdf]'
	@echo "== compiling the twin for this processor"
	@$(BIN)/hepatica doctor --warm >/dev/null
	@touch $@

.venv/.test-ready: pyproject.toml | .venv/bin/python
	@echo "== installing hepatica and its test tools into .venv (a minute or two the first time)"
	@$(PIP) --editable '.[dev,pdf]'
	@touch $@

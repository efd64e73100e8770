# Two commands are enough on a fresh machine with Python 3.11 and make: `make demo` and `make test`.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
MODELS := models/.ready
RUN_TESTS := $(BIN)/pytest

.DEFAULT_GOAL := help
.PHONY: help setup demo serve test lint test-stack test-faults test-e2e clean

help:  ## say what each target does
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

# opencv comes twice on purpose: paddlex asks for the package with a window system by name, which needs libGL; the
# headless build of the same version is laid over it, so that a server without a screen works.
$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	$(BIN)/pip install --quiet --constraint constraints.txt --no-deps --force-reinstall opencv-contrib-python-headless
	touch $@

$(MODELS): $(READY) ocr/weights.py ocr/weight_files.py
	$(BIN)/python -m ocr.weights models
	touch $@

setup: $(READY) $(MODELS)  ## virtual environment, pinned packages, models

demo: setup  ## the whole main job on sample scans, embedded; ends with where to look
	$(BIN)/yidang demo

serve: setup  ## portal and workers together, embedded: http://127.0.0.1:8000
	$(BIN)/yidang serve

lint: setup  ## style, types, import direction, the shipped catalogue
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/yidang catalogue lint

test: setup  ## everything that needs no server
	$(MAKE) --no-print-directory lint
	$(RUN_TESTS) -n 2 -m 'not stack and not faults and not e2e'

test-stack: setup  ## the same contracts on real PostgreSQL, RabbitMQ, MinIO and SeaweedFS
	$(RUN_TESTS) -n 2 --dist loadfile -m stack --timeout 900

test-faults: setup  ## real processes killed at every stage
	$(RUN_TESTS) -n 2 --dist loadfile -m faults --timeout 600

test-e2e: setup  ## the portal in a real browser, with screenshots
	$(RUN_TESTS) -m e2e --timeout 600

clean:  ## remove everything made here
	rm -rf $(VENV) .cache models var build *.egg-info

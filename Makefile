# Each target makes what it needs: the virtual environment, then the packages at their pinned versions.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed

.PHONY: compare test lint data bench bench-quick bench-compare kills mutants lessons clean

compare: $(INSTALLED)
	$(BIN)/python compare.py

test: $(INSTALLED)
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal $(PYTEST)

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The shipped pair, from the publisher or from a folder of the four IDX files: make data FOLDER=...
data: $(INSTALLED)
	$(BIN)/python -m data.fashion_mnist $(FOLDER)

bench: $(INSTALLED)
	$(BIN)/python -m benchmarks $(if $(JSON),--json $(JSON))

bench-quick: $(INSTALLED)
	$(BIN)/python -m benchmarks --quick $(if $(JSON),--json $(JSON))

# Two results, each written by make bench JSON=FILE: make bench-compare A=before.json B=after.json
bench-compare: $(INSTALLED)
	$(BIN)/python -m benchmarks.compare_runs $(A) $(B)

# Wrong backward passes and correct programs before Backproof and other checkers: minutes.
kills: $(INSTALLED)
	$(BIN)/python -m benchmarks.kills $(if $(JSON),--json $(JSON))

# Every single edit of the backward parts of correct programs, diagnosed: an hour; make mutants SAMPLE=500 takes minutes.
mutants: $(INSTALLED)
	$(BIN)/python -m benchmarks.mutants $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(FAILURES),--failures $(FAILURES))

# The notebooks, for learners and solved, from the lessons' sources; and the stepper, from the example programs.
lessons: $(INSTALLED)
	$(BIN)/python -m lessons.make_stepper
	$(BIN)/python -m lessons.make_notebooks

clean:
	rm -rf $(VENV) *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[comparison,dev,grade,bench,lessons]'
	touch $@

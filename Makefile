PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DB := chats.db

.PHONY: demo test check bench bench-large faults generated screenshots next-datasette people-report traditional clean

demo: $(VENV)/installed
	$(BIN)/etl load --sample --db $(DB)
	@echo
	$(BIN)/chats query top-speakers --limit 5 --table --db $(DB)

test: $(VENV)/installed-check
	.ci/debian-packages
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --cov --cov-report=term $(PYTEST_ARGS)
	$(BIN)/python -m tests.coverage_floor

check: $(VENV)/installed-check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m cli.generated --check

bench: $(VENV)/installed-check
	$(BIN)/python -m tests.bench $(BENCH_ARGS)

# for MESSAGES generated messages, half an hour and more; KEEP=FOLDER keeps pages and archive
bench-large: $(VENV)/installed-check
	$(BIN)/python -m tests.bench --large $(or $(MESSAGES),10000000) $(if $(KEEP),--keep $(KEEP)) $(BENCH_ARGS)

# hurts archives in every way we know, for two hours or so, and prints what came of it
faults: $(VENV)/installed-check
	.ci/debian-packages
	$(BIN)/python -m tests.faults

generated: $(VENV)/installed-check
	$(BIN)/python -m cli.generated

# pictures of every page, phone and desktop, light and dark, in the folder screenshots
screenshots: $(VENV)/installed-check
	.ci/debian-packages
	SCREENSHOTS=screenshots $(BIN)/python -m pytest -q tests/test_browse_browser.py -k lays_out

# whether the archive works in the newest alpha of Datasette 1.0: see docs/datasette-1.0.md
next-datasette: $(VENV)/installed-check
	$(BIN)/python -m tests.next_datasette

# rewrites docs/people-report.md, on the real data of CHAT_CORPUS
people-report: $(VENV)/installed-check
	$(BIN)/python -m tests.people_report

# rewrites db/text_index/traditional.tsv from the newest OpenCC
traditional: $(VENV)/installed-check
	$(BIN)/pip install --quiet --constraint constraints.txt -e '.[data]'
	$(BIN)/python -m db.text_index.make_traditional

clean:
	rm -rf $(VENV) $(DB) .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# what users get; the project itself is installed in place
$(VENV)/installed: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt -e .
	touch $@

$(VENV)/installed-check: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt -e '.[check]'
	touch $@

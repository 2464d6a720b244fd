# Everything Baton does on one machine. All state is in .venv/ and var/.
PYTHON ?= python3
BIN := .venv/bin
export DO_NOT_TRACK := 1
export PREFECT_SERVER_ANALYTICS_ENABLED := false
export GX_ANALYTICS_ENABLED := false
export PREFECT_HOME := $(CURDIR)/var/prefect
export UV_COMPILE_BYTECODE := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-spark soak lint bench bench-check doctor up down clean rehearse lock dictionary

help:  ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: .venv/ready  ## .venv with the locked dependencies and Baton itself, editable

.venv/ready: requirements.lock requirements-uv.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@mkdir -p var && touch $@

demo: setup  ## the real nightly flow over a pretend company: three month-ends and today
	$(BIN)/baton demo

test: setup lint  ## every test, PostgreSQL included
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-spark: .venv-spark/ready  ## the same rows on Spark: needs Java 17 or later, and an environment of its own
	@"$${JAVA_HOME:+$$JAVA_HOME/bin/}java" -version 2>&1 | grep -qE 'version "(1[7-9]|[2-9][0-9])' \
		|| { echo "make test-spark needs Java 17 or later: install it, or set JAVA_HOME."; exit 1; }
	.venv-spark/bin/python -m pytest tests_spark

.venv-spark/ready: .venv/ready requirements-spark.lock
	$(PYTHON) -m venv .venv-spark
	$(BIN)/uv pip install --quiet --python .venv-spark/bin/python --require-hashes -r requirements-spark.lock
	$(BIN)/uv pip install --quiet --python .venv-spark/bin/python --no-deps --no-build-isolation -e .
	@touch $@

soak: setup  ## kill runs of both warehouses at random moments: SEED=n KILLS=n, ONLY=n plays one round alone
	$(BIN)/python -m tests.soak $(if $(SEED),--seed $(SEED)) $(if $(KILLS),--kills $(KILLS)) $(if $(ONLY),--only $(ONLY))

lint: setup  ## the checks that pre-commit runs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

.venv-bench/ready: .venv/ready requirements-bench.lock
	$(PYTHON) -m venv .venv-bench
	$(BIN)/uv pip install --quiet --python .venv-bench/bin/python --require-hashes -r requirements-bench.lock
	@touch $@

bench: .venv-bench/ready  ## ratios of pull, stages and metrics at profiles S and M (0.2 and 10 million time entries)
	$(BIN)/python -m benchmarks.bench --all

bench-check: setup  ## this tree's ratios at profile S against the recorded ones; RECORD=1 records them
	$(BIN)/python -m benchmarks.check $(if $(RECORD),--record)

doctor: setup  ## are config, credentials, field maps, the warehouse and the lake right?
	$(BIN)/baton doctor

up: setup  ## Prefect server, deployments, automations and a worker, on loopback
	$(BIN)/baton up

down:  ## stop what `make up` and `make demo` started
	@if [ -x $(BIN)/baton ]; then $(BIN)/baton down; fi

clean: down  ## remove all state and the environment
	rm -rf var .venv .venv-bench .venv-spark

rehearse: setup  ## the image's steps without Docker; WITH="--database postgresql+asyncpg://…" for Prefect's server
	$(BIN)/python -m deploy.rehearse $(WITH)

lock:  ## renew the lock files
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --extra dev --extra kubernetes pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --extra kubernetes --constraint requirements.lock pyproject.toml -o requirements-image.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --group pyproject.toml:bench -o requirements-bench.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --extra dev --extra kubernetes --extra spark --constraint requirements.lock pyproject.toml -o requirements-spark.lock
	echo "uv==$$($(BIN)/uv --version | cut -d' ' -f2)" | $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate - -o requirements-uv.lock

dictionary: setup  ## regenerate docs/data-dictionary.md from the code
	$(BIN)/baton dictionary --write

# The only front door besides `quayside --help`.
PYTHON ?= python3
BIN := .venv/bin
# Real input beside the checkout, where it is there, for tests in a container.
SHARED := $(if $(wildcard ../shared/data),--volume $(realpath ../shared):/shared:ro)

.PHONY: demo up test check bench lock environment secrets secret-files stack stack-test test-3.13

demo: environment          ## start everything here, drop sample files, watch them being loaded
	$(BIN)/quayside demo

up: environment            ## start everything here and keep it up
	$(BIN)/quayside up

test: environment          ## every test, with the real servers that they need
	$(BIN)/pytest

check: environment         ## format, lint, types, import directions
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/bench         ## the figures of the README
	$(BIN)/python -m tests.benchmarks.bench

secrets:                   ## .env with a random value for each secret that has none
	$(PYTHON) infra/containers/make_secrets.py .

secret-files:              ## the secrets of .env into one file each, which no `docker inspect` shows
	$(PYTHON) infra/containers/make_secrets.py . --files

stack: secrets             ## the system as containers, for a team's server
	docker compose up --detach --build

stack-test: environment    ## the containers, tried for real: built, killed, scaled, backed up, taken down
	tests/stack/images/prepare.sh
	QUAYSIDE_STACK_TEST=1 $(BIN)/pytest tests/stack -rs

test-3.13:                 ## the tests of core, contracts and services on the Python of the image, in a container
	docker build --quiet --network host --tag quayside-tests:3.13 --file tests/stack/images/python-3.13.Dockerfile .
	docker run --rm --init --shm-size 256m $(SHARED) quayside-tests:3.13 tests/unit tests/contract tests/integration

lock: environment          ## pin what pyproject.toml asks for, with hashes
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --group dev --extra scale \
		--custom-compile-command "make lock" pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --group bench \
		--custom-compile-command "make lock" -c requirements.txt -o requirements-bench.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --group container --extra scale \
		--custom-compile-command "make lock" -c requirements.txt pyproject.toml -o requirements-container.txt

environment: .venv/ready

.venv/bench: .venv/ready requirements-bench.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	touch $@

.venv/ready: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# make env    a virtual environment with everything, so that .venv/bin/imsearch runs
# make demo   draw a small gallery, index it, search it
# make test   the whole test suite, two files at a time;  make check   what CI checks beside the tests
PYTHON ?= python3
STAMP := .venv/.installed
# the tests start some hundred processes: each would compile all that it imports anew (a server starts in 2.8 s in place of 1.3)
unexport PYTHONDONTWRITEBYTECODE

.PHONY: env demo test check lock

env: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check uv
	.venv/bin/python -m uv pip install --quiet --python .venv/bin/python -r requirements.lock
	.venv/bin/python -m uv pip install --quiet --python .venv/bin/python --no-deps --editable .
	touch $(STAMP)

demo: env
	.venv/bin/imsearch demo --folder demo

test: env
	.venv/bin/python -m pytest -n 2 --dist loadfile

check: env
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	if command -v npm >/dev/null; then cd tests/js; if npm ci --silent; then npm run --silent types && npm run --silent lint; else echo "npm gets no packages: the page's modules are not checked"; fi; else echo "no npm: the page's modules are not checked"; fi

# --universal: one file for every platform and Python; no index addresses in it
lock:
	.venv/bin/python -m uv pip compile --quiet --universal --python-version 3.11 --group dev pyproject.toml -o requirements.lock

# make demo: the main job on the built-in synthetic cohort -> runs/demo/report.html
# make test: the whole test suite. Both need Python 3.11+, make and a network, nothing else.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
STAMP := $(VENV)/installed

.PHONY: demo test install lint clean

install: $(STAMP)

$(STAMP): setup.py constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt --editable ".[dev]"
	touch $(STAMP)

demo: $(STAMP)
	$(RUN) -m experiments.reproduce --preset=demo --out=runs/demo

test: $(STAMP)
	$(RUN) -m pytest

lint: $(STAMP)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

clean:
	rm -rf runs build drp_jax.egg-info

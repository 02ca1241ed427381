"""Imports point down only, libraries stay in their rooms, and every file is short and says why."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted([*ROOT.glob("drp/**/*.py"), *ROOT.glob("experiments/**/*.py")])
LONGEST = 300

# What a room may import of ours, itself apart.
ALLOWED = {
    "drp": set(),
    "drp.atomic": set(),
    "drp.settings": set(),
    "drp.data": {"drp.settings", "drp.atomic"},
    "drp.models": {"drp.settings"},
    "drp.training": {"drp.models", "drp.settings"},
    "drp.baselines": {"drp.settings"},
    "drp.evaluation": {"drp.settings"},
    "drp.report": {"drp.evaluation", "drp.settings", "drp.atomic"},
    "experiments": {
        "drp.atomic", "drp.settings", "drp.data", "drp.models", "drp.training", "drp.baselines",
        "drp.evaluation", "drp.report",
    },
}  # fmt: skip
# The rooms of a library that not every room may use. What is not here is free below.
ONLY_IN = {
    "jax": {"drp.models", "drp.training", "experiments"},
    "jaxlib": {"drp.models", "drp.training", "experiments"},
    "flax": {"drp.models", "drp.training", "experiments"},
    "optax": {"drp.models", "drp.training", "experiments"},
    "orbax": {"drp.models", "drp.training", "experiments"},
    "sklearn": {"drp.baselines"},
    "matplotlib": {"drp.report"},
    "seaborn": {"drp.report"},
    "jinja2": {"drp.report"},
    "absl": {"experiments"},
    "tqdm": {"experiments"},
    "torch": {"experiments"},
    "anndata": {"drp.data", "experiments"},
    "mudata": {"drp.data"},
}
NEVER_IN = {"pandas": {"drp.models", "drp.training"}}
STANDARD_ONLY = {"drp.settings", "drp.atomic"}


def find_room(name):
    """Return the room of a module: drp.data of drp.data.store; drp of its own names."""
    parts = name.split(".")
    is_whole = parts[0] == "experiments" or parts[-1].startswith("__")
    return parts[0] if is_whole else ".".join(parts[:2])


def find_imports(path):
    """Return the full names of the modules that a file imports, wherever in the file it does so."""
    package = list(path.relative_to(ROOT).parts[:-1])
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            # `from drp import atomic` imports a room; `from drp.data import Cohort` a name in one.
            names += (
                [f"{module}.{alias.name}" for alias in node.names] if module == "drp" else [module]
            )
    return names


def name_module(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def find_faults(module, imports):
    room = find_room(module)
    faults = []
    for name in imports:
        library = name.split(".")[0]
        if library in ("drp", "experiments"):
            target = find_room(name)
            faulty = target not in {room, "drp", *ALLOWED[room]}
        elif library in sys.stdlib_module_names:
            faulty = False
        else:
            faulty = (
                room in STANDARD_ONLY
                or room not in ONLY_IN.get(library, {room})
                or room in NEVER_IN.get(library, ())
            )
        if faulty:
            faults.append(f"{module} imports {name}")
    return faults


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path):
    assert not find_faults(name_module(path), find_imports(path))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_short_and_says_what_it_is_for(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize(
    ("module", "source", "is_fault"),
    [
        ("drp.data.store", "import mudata, numpy", False),
        ("drp.data.store", "from drp.atomic import replacing", False),
        ("drp.data.store", "import jax.numpy as jnp", True),
        ("drp.data.store", "def f():\n    from drp.training import losses", True),
        ("drp.data.store", "from experiments import console", True),
        ("drp.data.store", "from ..models import dense", True),
        ("drp.data.store", "from .cohort import Cohort", False),
        ("drp.data.store", "from drp import models", True),
        ("drp.models.dense", "import pandas as pd", True),
        ("drp.training.losses", "from drp.models import Dense\nimport optax", False),
        ("drp.training.losses", "from drp.data import Cohort", True),
        ("drp.baselines.svm", "from sklearn.svm import SVR", False),
        ("drp.evaluation.metrics", "import sklearn.metrics", True),
        ("drp.report.page", "import matplotlib.pyplot as plt", False),
        ("drp.report.page", "from drp.evaluation import metrics", False),
        ("drp.report.page", "from drp import __version__", False),
        ("drp.report.page", "from drp import data", True),
        ("drp.settings", "import numpy", True),
        ("drp.settings", "from dataclasses import dataclass", False),
        ("experiments.prepare", "from drp.data import read_cells\nfrom absl import app", False),
        ("experiments.prepare", "import matplotlib", True),
    ],
)
def test_the_test_sees_faults(tmp_path, monkeypatch, module, source, is_fault):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    path = tmp_path.joinpath(*module.split(".")).with_suffix(".py")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)
    assert bool(find_faults(module, find_imports(path))) == is_fault

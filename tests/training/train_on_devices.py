"""Trains a small cohort on all devices of its process, one or eight, for `test_devices.py`.

python -m tests.training.train_on_devices OUT.npz
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import NamedTuple
from unittest import mock

import jax
import jax.numpy as jnp
import numpy as np

from drp.models import Predictor, init_predictor
from drp.settings import RECIPES
from drp.training import FinishedReplicate, Lines, Replicate, Task, fit_replicates, make_replicate
from drp.training.slots import RUNNERS, make_engine
from drp.training.span import fit_basis, multiply_lines

S, N, V, D = 30, 18, 6, 3
GENES = {"mutation": 40, "expression": 50}
N_TASKS = 11
KEY = jax.random.key(0)
MODEL = Predictor(("mutation", "expression"), (6, 4), (4,), D)
RECIPE = replace(RECIPES["modern"], batch_size=6, learning_rate=0.03, patience=2, max_epochs=12)
COMPILED = "/jax/core/compile/backend_compile_duration"


class Case(NamedTuple):
    """What a replicate is trained on, and how."""

    replicate: Replicate
    lines: Lines
    pretrained: Mapping
    tasks: list[Task]


class Run(NamedTuple):
    """A case, and where and in which order it is trained; `devices`: None for all."""

    case: str
    slots: int
    devices: slice | None = None
    tasks: range = range(N_TASKS)
    side_by_side: bool = False


def draw_inputs() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    mutation = (rng.random((S, GENES["mutation"])) < 0.2).astype(np.uint8)
    return {"mutation": mutation, "expression": rng.gamma(2, 1, (S, GENES["expression"]))}


INPUTS = draw_inputs()
PRODUCTS = {name: multiply_lines(x, x) for name, x in INPUTS.items()}


def make_lines() -> Lines:
    """Drugs follow expression; a fifth of the entries is masked, and NaN there."""
    rng = np.random.default_rng(1)
    target_SD = INPUTS["expression"] @ rng.normal(size=(GENES["expression"], D)) / 5
    mask_SD = rng.random(target_SD.shape) > 0.2
    target_SD = np.where(mask_SD, target_SD, np.nan).astype(np.float32)
    inputs = {**INPUTS, "expression": INPUTS["expression"].astype(np.float32)}
    return jax.tree.map(jnp.asarray, Lines(inputs, target_SD, mask_SD))


def make_task(number: int) -> Task:
    rows = np.random.default_rng(number).permutation(S)
    return Task(jnp.int32(number), jnp.asarray(rows[:N]), jnp.asarray(rows[N : N + V]), {})


def make_span_task(number: int) -> Task:
    task = make_task(number)
    bases = {name: fit_basis(x, np.asarray(task.train_N)) for name, x in PRODUCTS.items()}
    return task._replace(
        inputs={name: jnp.asarray(bases[name].project(x)) for name, x in PRODUCTS.items()},
        bases={name: jnp.float32(basis.coefficients_NK) for name, basis in bases.items()},
    )


def make_encoders() -> dict[str, Mapping]:
    params = init_predictor(jax.random.key(4), MODEL, GENES)
    return {name: params[name] for name in GENES}


def make_full() -> Case:
    tasks = [make_task(number) for number in range(N_TASKS)]
    return Case(make_replicate(MODEL, RECIPE), make_lines(), make_encoders(), tasks)


def make_span_keep() -> Case:
    """From pre-trained weights, whose offsets all replicates share."""
    lines, encoders = make_lines(), make_encoders()
    offsets = {
        name: lines.inputs[name].astype(jnp.float32) @ encoder["dense_0"]["kernel"]
        for name, encoder in encoders.items()
    }
    tasks = [make_span_task(number) for number in range(N_TASKS)]
    replicate = make_replicate(MODEL, RECIPE, span_offset="keep")
    return Case(replicate, lines._replace(offsets=offsets), encoders, tasks)


def make_span_drop() -> Case:
    """From random weights."""
    tasks = [make_span_task(number) for number in range(N_TASKS)]
    return Case(make_replicate(MODEL, RECIPE, span_offset="drop"), make_lines(), {}, tasks)


def make_components() -> Case:
    """Every replicate reads inputs of its own."""
    model = Predictor(("mutation", "expression"), (), (4,), D)
    some = {name: jnp.float32(x[:, :5]) for name, x in INPUTS.items()}
    tasks = [
        make_task(number)._replace(inputs={name: x * (1 + number / 9) for name, x in some.items()})
        for number in range(N_TASKS)
    ]
    return Case(make_replicate(model, RECIPE), make_lines()._replace(inputs={}), {}, tasks)


CASES = {
    "full": cache(make_full), "span keep": cache(make_span_keep),
    "span drop": cache(make_span_drop), "components": cache(make_components),
}  # fmt: skip
BACKWARDS = range(N_TASKS - 1, -1, -1)
ON_ONE = {case: Run(case, slots=1) for case in CASES}
ON_EIGHT = {
    "one slot asked for": Run("full", 1),
    "three slots asked for": Run("full", 3),
    "a slot each": Run("full", 8),
    "backwards": Run("full", 8, tasks=BACKWARDS),
    "fewer tasks than devices": Run("full", 8, tasks=range(5)),
    "two slots each, side by side": Run("full", 9, side_by_side=True),
    "last three devices, two slots each": Run("full", 4, slice(5, 8), BACKWARDS),
    "span keep": Run("span keep", 8),
    "span keep, side by side": Run("span keep", 9, tasks=BACKWARDS, side_by_side=True),
    "span drop": Run("span drop", 8),
    "components, first three devices": Run("components", 3, slice(3)),
}


def fit(run: Run) -> Iterator[FinishedReplicate]:
    case = CASES[run.case]()
    devices = tuple(jax.devices()[run.devices]) if run.devices else None
    tasks = (case.tasks[number] for number in run.tasks)
    return fit_replicates(
        KEY, tasks, case.lines, case.pretrained, case.replicate, run.slots, devices
    )


def name_results(one: FinishedReplicate) -> dict[str, np.ndarray]:
    """Return losses and weights by name."""
    losses = {"train_loss": one.train_loss, "validation_loss": one.validation_loss}
    leaves = jax.tree_util.tree_leaves_with_path(one.fitted)
    weights = {f"fitted{jax.tree_util.keystr(path)}": np.asarray(leaf) for path, leaf in leaves}
    return losses | weights


def train(run: Run, compiled: list[str]) -> dict[str, np.ndarray]:
    """Return all results of a run by replicate, and the programs that it compiled."""
    compiled.clear()
    finished = list(fit(run))
    results = {
        f"{one.number}/{what}": x for one in finished for what, x in name_results(one).items()
    }
    assert sorted(one.number for one in finished) == sorted(run.tasks)
    return results | {"compiled": np.array(compiled, str)}


def main(out: str) -> None:
    """Do every run twice: what the second one compiles would be compiled for ever."""
    compiled = []
    jax.monitoring.register_event_duration_secs_listener(
        lambda event, _, **facts: compiled.append(facts["fun_name"]) if event == COMPILED else None
    )
    results = {}
    for name, run in (ON_ONE if len(jax.devices()) == 1 else ON_EIGHT).items():
        CASES[run.case]()  # compiles programs of its own
        make_engine.cache_clear()
        with mock.patch.dict(RUNNERS, clear=run.side_by_side):
            first, again = train(run, compiled), train(run, compiled)
        results |= {f"{name}/{what}": x for what, x in first.items()}
        results[f"{name}/compiled again"] = again["compiled"]
    np.savez(out, **results)


if __name__ == "__main__":
    main(sys.argv[1])

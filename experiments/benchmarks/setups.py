"""What the engine is given at each size: the network, the lines, tasks. It refuses to time it."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from drp.models import Predictor, init_predictor
from drp.models.dense import matmul
from drp.settings import Recipe
from drp.training import Lines, Replicate, Task, make_replicate
from drp.training.span import fit_basis, multiply_lines
from experiments.benchmarks.random_lines import draw_lines, draw_split
from experiments.benchmarks.sizes import Size

Arrays = Mapping[str, np.ndarray]


class Setup(NamedTuple):
    """What the engine is given.

    Attributes:
      replicate: from `make_replicate`.
      lines: the cell lines, on the device.
      pretrained: modality -> encoder to start from.
      make_task: number -> the task of that replicate, with a split of its own.
    """

    replicate: Replicate
    lines: Lines
    pretrained: Mapping
    make_task: Callable[[int], Task]


def make_model(size: Size) -> Predictor:
    """Return the predictor of that size."""
    return Predictor(tuple(size.genes), size.encoder_widths, size.head_widths, size.drugs)


def to_lines(inputs: Arrays, target_SD: np.ndarray) -> Lines:
    """Move the lines to the device; every response counts, as in the paper."""
    arrays = {name: jnp.asarray(x) for name, x in inputs.items()}
    return Lines(arrays, jnp.asarray(target_SD), jnp.ones(target_SD.shape, bool))


def set_up_full(size: Size, recipe: Recipe, seed: int) -> Setup:
    """All weights of the first layer, from a random start."""
    lines = to_lines(*draw_lines(seed, size))

    def make_task(number: int) -> Task:
        split = draw_split(seed, number, size)
        return Task(jnp.int32(number), *map(jnp.asarray, split), {})

    return Setup(make_replicate(make_model(size), recipe), lines, {}, make_task)


def set_up_span(size: Size, recipe: Recipe, seed: int) -> Setup:
    """The first layer in the span of each replicate's training lines.

    Encoders stand in for pre-trained ones, and what they give in the first layer is shared, as it
    is for the design `complete`. Each task's basis is made when the task is asked for.
    """
    inputs, target_SD = draw_lines(seed, size)
    model = make_model(size)
    products = {name: multiply_lines(x, x) for name, x in inputs.items()}
    weights = init_predictor(jax.random.key(seed), model, size.genes)
    encoders = {name: weights[name] for name in size.genes}
    lines = to_lines(inputs, target_SD)
    offsets = {
        name: matmul(x.astype(jnp.float32), encoders[name]["dense_0"]["kernel"])
        for name, x in lines.inputs.items()
    }

    def make_task(number: int) -> Task:
        split = draw_split(seed, number, size)
        bases = {name: fit_basis(x, split.train_N) for name, x in products.items()}
        own = {name: jnp.asarray(basis.project(products[name])) for name, basis in bases.items()}
        coefficients = {
            name: jnp.asarray(basis.coefficients_NK, jnp.float32) for name, basis in bases.items()
        }
        return Task(jnp.int32(number), *map(jnp.asarray, split), own, coefficients)

    replicate = make_replicate(model, recipe, span_offset="keep")
    return Setup(replicate, lines._replace(offsets=offsets), encoders, make_task)


SETUPS = {"full": set_up_full, "span": set_up_span}  # by first layer

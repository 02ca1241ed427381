"""A cohort of 23 lines that trains in milliseconds, and strict shapes for every test here."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from drp.models import Autoencoder, Predictor, init_autoencoder
from drp.training import Lines, Task

N_LINES, N_TRAIN, N_VALIDATION, N_DRUGS = 23, 14, 4, 3
N_GENES = {"mutation": 6, "expression": 5}
WIDTHS = (4, 3)


def identity(function):
    return function


@pytest.fixture(params=[identity, jax.jit], ids=["eager", "jit"])
def compiled(request):
    """A test that takes this runs twice: as written, and compiled."""
    return request.param


@pytest.fixture(scope="module", autouse=True)
def strict_ranks():
    """A (G,) that meets a (B, G) by accident is an error."""
    with jax.numpy_rank_promotion("raise"):
        yield


@pytest.fixture(scope="session")
def model() -> Predictor:
    return Predictor(("mutation", "expression"), WIDTHS, (4,), N_DRUGS)


@pytest.fixture(scope="session")
def lines() -> Lines:
    """Drugs follow expression; a fifth of the entries is masked, and NaN there."""
    rng = np.random.default_rng(0)
    mutation = (rng.random((N_LINES, N_GENES["mutation"])) < 0.3).astype(np.uint8)
    expression = rng.normal(3, 1, (N_LINES, N_GENES["expression"])).astype(np.float32)
    target_SD = expression @ rng.normal(size=(N_GENES["expression"], N_DRUGS))
    target_SD = (target_SD + rng.normal(size=target_SD.shape)).astype(np.float32)
    mask_SD = rng.random(target_SD.shape) > 0.2
    target_SD = np.where(mask_SD, target_SD, np.nan)
    inputs = {"mutation": mutation, "expression": expression}
    return jax.tree.map(jnp.asarray, Lines(inputs, target_SD, mask_SD))


@pytest.fixture(scope="session")
def tasks() -> list[Task]:
    """Five replicates, each with its own split of the lines."""
    orders = [np.random.default_rng(r).permutation(N_LINES) for r in range(5)]
    parts = [np.split(order, [N_TRAIN, N_TRAIN + N_VALIDATION]) for order in orders]
    return [Task(r, jnp.asarray(p[0]), jnp.asarray(p[1]), {}) for r, p in enumerate(parts)]


@pytest.fixture(scope="session")
def pretrained() -> dict:
    """Encoders as pre-training leaves them; their biases are not 0."""
    encoders = {}
    for name, n_genes in N_GENES.items():
        params = init_autoencoder(jax.random.key(n_genes), Autoencoder(n_genes, WIDTHS))
        encoders[name] = jax.tree.map(partial(jnp.add, 0.1), params["encoder"])
    return encoders

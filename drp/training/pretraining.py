"""Training one autoencoder on tumours (Chiu et al. 2019, Methods), step by step, from any place.

A batch goes to the device as it is stored, mutation as uint8, spread over the devices' axis
`batch`, and becomes float32 when its turn comes.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import Array
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from drp.models import Autoencoder, init_autoencoder
from drp.training.feeding import Batch, Feed, read_ahead
from drp.training.objectives import Objective

AXIS = "batch"


class PretrainState(NamedTuple):
    """What the next batch needs."""

    params: Any
    opt_state: Any


class Losses(NamedTuple):
    """Of one batch, or the mean over an epoch's tumours.

    Attributes:
      objective: what is minimised, in its own units.
      squared: mean squared error of the reconstruction, in the units of the input.
    """

    objective: float | Array
    squared: float | Array


class Place(NamedTuple):
    """Where training stands between two steps: what a resumed run needs beside the state.

    Attributes:
      epoch: epochs that are done; `batch`: batches of the next one that are done.
      sums: of the next one, each loss summed over its tumours so far; float64 on the host.
    """

    epoch: int = 0
    batch: int = 0
    sums: Losses = Losses(0.0, 0.0)


BEGINNING = Place()


class PretrainStep(NamedTuple):
    """Some batches on.

    Attributes:
      state: on the device; donated, so valid only until the next step is asked for.
      place: where that is.
      losses: of the epoch, if this step was its last; else None.
    """

    state: PretrainState
    place: Place
    losses: Losses | None


def init_pretraining(
    key: Array, model: Autoencoder, objective: Objective, optimiser: optax.GradientTransformation
) -> PretrainState:
    """Return the state before the first batch; the same key must go to `fit_autoencoder`."""
    params = init_autoencoder(_split(key)[0], model)
    last = f"dense_{len(model.widths) - 1}"
    params["decoder"][last]["bias"] = objective.start
    return PretrainState(params, optimiser.init(params))


def fit_autoencoder(
    key: Array, feed: Feed, model: Autoencoder, objective: Objective,
    optimiser: optax.GradientTransformation, epochs: int, state: PretrainState,
    place: Place = BEGINNING,
) -> Iterator[PretrainStep]:  # fmt: skip
    """Train an autoencoder, and yield every few batches.

    Args:
      key: random key. Epoch e shuffles, masks and drops by `fold_in(., e)`, a batch by its number,
        so that a resumed run goes on as if it had never stopped.
      feed: the tumours.
      model: the autoencoder, its output that of the objective.
      objective: what is minimised.
      optimiser: from `make_optimiser`.
      epochs: passes over the tumours.
      state: from `init_pretraining`, or that of an earlier step; donated.
      place: where that step stood.
    """
    _, shuffle_key, noise_key = _split(key)
    mesh = Mesh(np.array(jax.local_devices()), (AXIS,))
    everywhere = NamedSharding(mesh, PartitionSpec())
    put = partial(_put, NamedSharding(mesh, PartitionSpec(None, AXIS)), mesh.size)
    run = jax.jit(
        make_run_batches(model, objective, optimiser),
        donate_argnums=0, out_shardings=(everywhere, everywhere),
    )  # fmt: skip
    state = jax.device_put(state, everywhere)
    while place.epoch < epochs:
        order_key = jax.random.fold_in(shuffle_key, place.epoch)
        epoch_key = jax.random.fold_in(noise_key, place.epoch)
        for batches in read_ahead(map(put, feed.stacks(order_key, place.batch))):
            state, losses_K = run(state, epoch_key, jnp.int32(place.batch), batches)
            step = _advance(state, place, feed, batches, jax.device_get(losses_K))
            yield step
            place = step.place


def _split(key: Array) -> Array:
    """Return the keys of weights, of order and of noise."""
    return jax.random.split(key, 3)


def _put(sharding: NamedSharding, n_devices: int, batches: Batch) -> Batch:
    """Move batches to the devices, each with as many rows."""
    more = -batches.x.shape[1] % n_devices
    x_KBG = np.pad(batches.x, ((0, 0), (0, more), (0, 0))) if more else batches.x
    return jax.device_put(Batch(x_KBG, np.pad(batches.real, ((0, 0), (0, more)))), sharding)


def _advance(
    state: PretrainState, place: Place, feed: Feed, batches: Batch, losses_K: Losses
) -> PretrainStep:
    """Note that some batches are done; at the end of an epoch take its mean losses."""
    n_real_K = np.asarray(batches.real).sum(axis=1, dtype=np.float64)
    sums = Losses(
        *(s + float(loss_K @ n_real_K) for s, loss_K in zip(place.sums, losses_K, strict=True))
    )
    batch = place.batch + len(n_real_K)
    if batch < feed.n_batches:
        return PretrainStep(state, Place(place.epoch, batch, sums), None)
    losses = Losses(*(s / feed.n_tumors for s in sums))
    return PretrainStep(state, Place(place.epoch + 1), losses)


def make_run_batches(
    model: Autoencoder, objective: Objective, optimiser: optax.GradientTransformation
) -> Callable[[PretrainState, Array, Array, Batch], tuple[PretrainState, Losses]]:
    """Return the pure function over K batches: (state, key, first, batches) -> (state, losses).

    Batch number `first + k` of the epoch draws from `fold_in(key, first + k)`.
    """
    loss_of = make_loss(model, objective)

    def step(state: PretrainState, batch):
        key, x_BG, real_B = batch
        grads, losses = jax.grad(loss_of, has_aux=True)(state.params, key, x_BG, real_B)
        updates, opt_state = optimiser.update(grads, state.opt_state, state.params)
        return PretrainState(optax.apply_updates(state.params, updates), opt_state), losses

    def run_batches(state: PretrainState, key: Array, first: Array, batches: Batch):
        numbers = first + jnp.arange(len(batches.x))
        keys = jax.vmap(jax.random.fold_in, (None, 0))(key, numbers)
        return jax.lax.scan(step, state, (keys, *batches))

    return run_batches


def make_loss(
    model: Autoencoder, objective: Objective
) -> Callable[[Any, Array, Array, Array], tuple[Array, Losses]]:
    """Return the pure function (params, key, x_BG, real_B) -> (loss, losses) of a training step."""

    def loss_of(params, key: Array, x_BG: Array, real_B: Array):
        mask_key, dropout_key = jax.random.split(key)
        x_BG = x_BG.astype(jnp.float32)
        rngs = {"dropout": dropout_key} if model.dropout else {}
        output_BG = model.apply({"params": params}, objective.corrupt(mask_key, x_BG), rngs=rngs)
        loss = mean_over(objective.error(output_BG, x_BG), real_B)
        squared = mean_over((objective.reconstruct(output_BG) - x_BG) ** 2, real_B)
        return loss, Losses(loss, squared)

    return loss_of


def mean_over(error_BG: Array, real_B: Array) -> Array:
    """Return the mean over genes and real tumours; 0 if there are none."""
    total = jnp.where(real_B[:, None], error_BG, 0).sum()
    return total / jnp.maximum(real_B.sum() * error_BG.shape[1], 1)

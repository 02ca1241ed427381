"""Several trainings of one shape at a time, for a search: lanes, each with its own batch size.

Lanes share weights' shapes, the order of the tumours and their random numbers. A lane sees micro
batches of one size and takes a step when it has seen as many as its batch holds, so that lanes with
different batch sizes are one program. It refuses to know what is searched for.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import Array

from drp.models import Autoencoder
from drp.training.batches import shuffle_into_batches
from drp.training.objectives import Objective
from drp.training.pretraining import Losses, PretrainState, init_pretraining, make_loss
from drp.training.slots import find_runner, make_slots


class Lane(NamedTuple):
    """One training: its state, and how many micro batches a step of it takes."""

    state: PretrainState
    every: Array


class Micro(NamedTuple):
    """Micro batches of an epoch, M of them; `index` and `real` are (M, B)."""

    number: Array
    index: Array
    real: Array


class LaneEpoch(NamedTuple):
    """What a person wants to see of an epoch: weights of every lane, on the device, and losses."""

    params_L: Any
    losses_L: Losses


def make_fit_lanes(
    model: Autoencoder, objective: Objective, optimiser: optax.GradientTransformation
) -> Callable[..., Iterator[LaneEpoch]]:
    """Return `fit(key, x_NG, every, micro_size, epochs)`, which trains lanes from the same start.

    It yields after each epoch. A lane's result does not depend on which others train beside it: on
    a CPU, which works through them in turn, to the last bit. Its arguments:
      key: random key, shared by the lanes.
      x_NG: training tumours, on the device, in the stored type.
      every: of each lane, its batch size in micro batches.
      micro_size: tumours per micro batch.
      epochs: passes over the tumours.

    Args:
      model: the autoencoder of all lanes.
      objective: what is minimised.
      optimiser: from `make_optimiser`.
    """
    run = jax.jit(_over_lanes(make_run_lane(model, objective, optimiser)), donate_argnums=0)
    init = jax.jit(lambda key: init_pretraining(key, model, objective, optimiser))

    def fit(
        key: Array, x_NG: Array, every: Sequence[int], micro_size: int, epochs: int
    ) -> Iterator[LaneEpoch]:
        lanes = Lane(make_slots(init(key), len(every)), jnp.asarray(every, jnp.int32))
        shuffle_key, noise_key = jax.random.split(jax.random.fold_in(key, 1))
        for epoch in range(epochs):
            order_key, epoch_key = (jax.random.fold_in(k, epoch) for k in (shuffle_key, noise_key))
            batches = shuffle_into_batches(order_key, jnp.arange(len(x_NG)), micro_size)
            micro = Micro(jnp.arange(len(batches.index)), *batches)
            lanes, losses_L = run(lanes, epoch_key, x_NG, micro)
            yield LaneEpoch(lanes.state.params, jax.tree.map(np.asarray, losses_L))

    return fit


def _over_lanes(run_lane: Callable) -> Callable:
    """Return an epoch of all lanes: side by side where that is faster, else in turn."""
    side_by_side = find_runner(jax.devices()[0].platform).gains_by_slots

    def run(lanes: Lane, key: Array, x_NG: Array, micro: Micro) -> tuple[Lane, Losses]:
        run_one = partial(run_lane, key=key, x_NG=x_NG, micro=micro)
        return jax.vmap(run_one)(lanes) if side_by_side else jax.lax.map(run_one, lanes)

    return run


def make_run_lane(
    model: Autoencoder, objective: Objective, optimiser: optax.GradientTransformation
) -> Callable[..., tuple[Lane, Losses]]:
    """Return the pure function (lane, key, x_NG, micro) -> (lane after an epoch, mean losses)."""
    loss_of = make_loss(model, objective)

    def run_lane(lane: Lane, key: Array, x_NG: Array, micro: Micro) -> tuple[Lane, Losses]:
        last = len(micro.number) - 1

        def step(carry, one: Micro):
            state, sums, count, totals = carry
            batch_key = jax.random.fold_in(key, one.number)
            n_real = one.real.sum(dtype=jnp.float32)
            grads, losses = jax.grad(loss_of, has_aux=True)(
                state.params, batch_key, x_NG[one.index], one.real
            )
            sums = jax.tree.map(lambda s, g: s + n_real * g, sums, grads)
            count += n_real
            is_full = ((one.number + 1) % lane.every == 0) | (one.number == last)
            state, sums, count = jax.lax.cond(is_full, take_step, wait, state, sums, count)
            totals = jax.tree.map(lambda t, loss: t + n_real * loss, totals, losses)
            return (state, sums, count, totals), None

        sums = jax.tree.map(jnp.zeros_like, lane.state.params)
        start = (lane.state, sums, jnp.float32(0), Losses(jnp.float32(0), jnp.float32(0)))
        (state, _, _, totals), _ = jax.lax.scan(step, start, micro)
        return lane._replace(state=state), jax.tree.map(lambda t: t / len(x_NG), totals)

    def take_step(state: PretrainState, sums, count: Array):
        grads = jax.tree.map(lambda s: s / count, sums)
        updates, opt_state = optimiser.update(grads, state.opt_state, state.params)
        params = optax.apply_updates(state.params, updates)
        return PretrainState(params, opt_state), jax.tree.map(jnp.zeros_like, sums), count * 0

    def wait(state: PretrainState, sums, count: Array):
        return state, sums, count

    return run_lane

"""One autoencoder from its start to its end, whatever happens in between."""

import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np
import optax

from drp.data import DataError
from drp.models import Autoencoder
from drp.training.autoencoding import make_measure
from drp.training.feeding import Feed
from drp.training.objectives import Objective
from drp.training.pretraining import Place, PretrainStep, fit_autoencoder, init_pretraining
from experiments.console import show_progress
from experiments.pretraining.saved_state import SavedState, read_state, write_state
from experiments.pretraining.tumor_set import TumorSet


class Plan(NamedTuple):
    """How one autoencoder is trained.

    Attributes:
      model, objective, optimiser: see `fit_autoencoder`.
      batch_size: tumours per step; `epochs`: passes, at most.
      patience: epochs without a lower held-out loss after which it stops; 0: never.
      buffer_rows: tumours in memory at a time.
      save_seconds: how often its state is written.
    """

    model: Autoencoder
    objective: Objective
    optimiser: optax.GradientTransformation
    batch_size: int
    epochs: int
    patience: int
    buffer_rows: int
    save_seconds: float


class Trained(NamedTuple):
    """The product.

    Attributes:
      params: weights, on the host.
      history: a row per epoch.
      kept: the row of the epoch that the weights are of.
    """

    params: Any
    history: list[dict]
    kept: dict


def train_autoencoder(key: jax.Array, tumors: TumorSet, plan: Plan, path: Path) -> Trained:
    """Train an autoencoder, going on from `path` if a killed run left its state there.

    Args:
      key: random key.
      tumors: what it trains on, and what judges it.
      plan: how.
      path: where its state is kept until it is done.

    Raises:
      DataError: the state there is damaged, or training diverged.
    """
    start = _begin(key, plan, path)
    feed = Feed(tumors.x, tumors.train, plan.batch_size, plan.buffer_rows)
    label = f"{tumors.name}: {feed.n_tumors:,} tumours x {tumors.x.shape[1]:,} genes"
    left = _count_steps(feed, plan.epochs, start.place)
    stands = _follow(key, tumors, feed, plan, path, start)
    describe = _Describe(feed, plan.epochs, start.place)
    ends = deque(show_progress(stands, left, label, describe), maxlen=1)
    last = ends[0] if ends else start
    kept = find_best(last.history) if plan.patience else -1
    params = jax.device_get(last.best if plan.patience else last.state.params)
    if not all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(params)):
        raise DataError(
            f"{tumors.name}: the weights are no numbers any more after epoch {len(last.history)}; "
            f"lower --learning_rate, and remove {path} if it is there"
        )
    return Trained(params, last.history, last.history[kept])


def _begin(key: jax.Array, plan: Plan, path: Path) -> SavedState:
    def init():
        return init_pretraining(key, plan.model, plan.objective, plan.optimiser)

    if path.is_file():
        return read_state(path, jax.eval_shape(init), plan.patience > 0)
    state = jax.jit(init)()
    best = jax.device_get(state.params) if plan.patience else None
    return SavedState(state, Place(), [], best)


def _follow(
    key: jax.Array, tumors: TumorSet, feed: Feed, plan: Plan, path: Path, saved: SavedState
) -> Iterator[SavedState]:
    """Yield where training stands after every step; write it to disk now and then."""
    measure = make_measure(plan.model, plan.objective)
    steps = fit_autoencoder(
        key, feed, plan.model, plan.objective, plan.optimiser, plan.epochs, saved.state, saved.place
    )
    written = time.monotonic()
    for step in steps:
        saved = saved._replace(state=step.state, place=step.place)
        if step.losses is not None:
            saved = _end_epoch(saved, step, tumors, measure, plan.patience)
        yield saved
        if is_stale(saved.history, plan.patience):
            return
        if time.monotonic() - written >= plan.save_seconds:
            write_state(path, saved)
            written = time.monotonic()


def _end_epoch(
    saved: SavedState, step: PretrainStep, tumors: TumorSet, measure, patience: int
) -> SavedState:
    """Judge an epoch by the held-out tumours, and keep its weights if none were better."""
    judged = tumors.judged
    loss = float("nan") if judged is None else measure(step.state.params, judged)
    row = {
        "epoch": step.place.epoch, "loss": step.losses.squared,
        "objective_loss": step.losses.objective, "held_out_loss": loss,
    }  # fmt: skip
    saved = saved._replace(history=[*saved.history, row])
    if patience and find_best(saved.history) == len(saved.history) - 1:
        saved = saved._replace(best=jax.device_get(step.state.params))
    return saved


def is_stale(history: list[dict], patience: int) -> bool:
    """Return whether the held-out loss has not fallen for `patience` epochs; never for 0."""
    return bool(patience and history) and len(history) - 1 - find_best(history) >= patience


def find_best(history: list[dict]) -> int:
    """Return the place of the first row with the lowest held-out loss; a NaN is never the lowest.

    -1, the start, if no loss is a number.
    """
    losses = np.array([row["held_out_loss"] for row in history])
    return int(np.nanargmin(losses)) if np.isfinite(losses).any() else -1


def _count_steps(feed: Feed, epochs: int, place: Place) -> int:
    per_epoch = -(-feed.n_batches // feed.at_once)
    return (epochs - place.epoch) * per_epoch - place.batch // feed.at_once


class _Describe:
    """Say in a few words where training stands and how fast it goes."""

    def __init__(self, feed: Feed, epochs: int, place: Place):
        self._feed, self._epochs = feed, epochs
        self._start = self._count(place)
        self._began = time.perf_counter()

    def _count(self, place: Place) -> int:
        return place.epoch * self._feed.n_tumors + place.batch * self._feed.batch_size

    def __call__(self, saved: SavedState) -> str:
        rate = (self._count(saved.place) - self._start) / (time.perf_counter() - self._began)
        words = f"epoch {saved.place.epoch}/{self._epochs}, {rate:,.0f} tumours/s"
        if not saved.history:
            return words
        last = saved.history[-1]
        held_out = last["held_out_loss"]
        judged = f", held out {held_out:.4f}" if np.isfinite(held_out) else ""
        return f"{words}, loss {last['loss']:.4f}{judged}"

"""The search on the tumours of one modality: settings trained together, a ledger, a table."""

import json
import math
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pandas as pd

from drp.atomic import write_text
from drp.models import Autoencoder
from drp.training.autoencoding import make_measure
from drp.training.feeding import densify, read_rows
from drp.training.lanes import make_fit_lanes
from drp.training.objectives import Objective
from experiments.console import say
from experiments.pretraining.search_space import Setting
from experiments.pretraining.tumor_set import TumorSet, sample_rows


class Curve(NamedTuple):
    """One setting's training.

    Attributes:
      loss: of every epoch, mean squared error of the reconstruction on the training tumours.
      held_out_loss: after every epoch, on the held-out ones.
      seconds: its share of the time that its group took, compilation included.
    """

    loss: list[float]
    held_out_loss: list[float]
    seconds: float


class SearchBench:
    """Trains settings on the tumours of one modality, and remembers what it has trained.

    A curve is written as soon as it is there, so that a search that was stopped goes on.
    """

    def __init__(
        self, key: jax.Array, tumors: TumorSet, objective: Objective, dropout: float,
        optimiser: optax.GradientTransformation, batch_sizes: Sequence[int], most_tumors: int,
        seed: int, folder: Path,
    ):  # fmt: skip
        """Read the tumours to train on, `most_tumors` at most; the other arguments say how."""
        rows = sample_rows(tumors.train, most_tumors, seed)
        self._x = jnp.asarray(densify(read_rows(tumors.x, rows)))
        self._key, self._tumors, self._objective = key, tumors, objective
        self._dropout, self._optimiser = dropout, optimiser
        # the same in every group, so that a lane's numbers do not depend on its group
        self._micro_size = math.gcd(*batch_sizes)
        self._folder = folder
        self._programs: dict[tuple, tuple] = {}
        self.curves: dict[tuple[Setting, int], Curve] = {}

    def evaluate(self, settings: Sequence[Setting], epochs: int) -> dict[Setting, float]:
        """Train settings, those of one shape together; return their last held-out losses."""
        for shape, group in group_by_shape(settings).items():
            missing = [one for one in group if not self._recall(one, epochs)]
            if missing:
                for setting, curve in self._train(shape, missing, epochs).items():
                    self._keep(setting, epochs, curve)
        return {one: self.curves[one, epochs].held_out_loss[-1] for one in settings}

    def _train(
        self, widths: tuple[int, ...], settings: Sequence[Setting], epochs: int
    ) -> dict[Setting, Curve]:
        started = time.perf_counter()
        fit, measure = self._program(widths)
        every = [setting.batch_size // self._micro_size for setting in settings]
        losses, held_out = [], []
        for epoch in fit(self._key, self._x, every, self._micro_size, epochs):
            losses.append(epoch.losses_L.squared.tolist())
            held_out.append(
                [
                    measure(jax.tree.map(lambda p, lane=lane: p[lane], epoch.params_L),
                            self._tumors.judged)
                    for lane in range(len(every))
                ]
            )  # fmt: skip
        seconds = (time.perf_counter() - started) / len(settings)
        ends = ", ".join(
            f"batch {s.batch_size}: {h:.5g}" for s, h in zip(settings, held_out[-1], strict=True)
        )
        say(f"{self._tumors.name}: {widths}, {epochs} epochs, held out {ends}")
        return {
            setting: Curve(list(loss), list(held), round(seconds, 3))
            for setting, loss, held in zip(
                settings, zip(*losses, strict=True), zip(*held_out, strict=True), strict=True
            )
        }

    def _program(self, widths: tuple[int, ...]) -> tuple:
        if widths not in self._programs:
            model = Autoencoder(self._x.shape[1], widths, self._objective.output, self._dropout)
            self._programs[widths] = (
                make_fit_lanes(model, self._objective, self._optimiser),
                make_measure(model, self._objective),
            )
        return self._programs[widths]

    def _recall(self, setting: Setting, epochs: int) -> bool:
        path = self._path(setting, epochs)
        if (setting, epochs) not in self.curves and path.is_file():
            self.curves[setting, epochs] = Curve(**json.loads(path.read_text(encoding="utf-8")))
        return (setting, epochs) in self.curves

    def _keep(self, setting: Setting, epochs: int, curve: Curve) -> None:
        self.curves[setting, epochs] = curve
        write_text(self._path(setting, epochs), json.dumps(curve._asdict()))

    def _path(self, setting: Setting, epochs: int) -> Path:
        name = "-".join(map(str, setting))
        return self._folder / f"{name}_{epochs}_epochs.json"


def group_by_shape(settings: Iterable[Setting]) -> dict[tuple[int, ...], list[Setting]]:
    """Return the settings by the shape of their weights."""
    groups = defaultdict(list)
    for setting in settings:
        groups[setting.widths].append(setting)
    return dict(groups)


def tabulate_search(
    modality: str, curves: dict[tuple[Setting, int], Curve], chosen: Setting,
    baselines: dict[str, float],
) -> pd.DataFrame:  # fmt: skip
    """Return a row per setting, the best first, and one for each way of knowing little.

    Args:
      modality: of the tumours.
      curves: (setting, epochs) -> its training.
      chosen: the setting that won.
      baselines: name -> loss on the held-out tumours.

    Returns:
      epochs: of the longest training, whose end `loss` and `held_out_loss` are; epochs_spent and
      seconds: of all its trainings.
    """
    rows = [
        {"modality": modality, "method": name, "held_out_loss": loss}
        for name, loss in baselines.items()
    ]
    for setting in dict.fromkeys(setting for setting, _ in curves):
        own = {epochs: curve for (one, epochs), curve in curves.items() if one == setting}
        longest = own[max(own)]
        rows.append(
            {
                "modality": modality, "method": "autoencoder", **setting._asdict(),
                "epochs": max(own), "epochs_spent": sum(own),
                "loss": longest.loss[-1], "held_out_loss": longest.held_out_loss[-1],
                "seconds": round(sum(curve.seconds for curve in own.values()), 3),
                "chosen": setting == chosen,
            }
        )  # fmt: skip
    table = pd.DataFrame(rows)
    whole = ["first", "second", "third", "batch_size", "epochs", "epochs_spent"]
    table = table.astype(dict.fromkeys(whole, "Int64"))
    finite = np.isfinite(table["held_out_loss"])
    return (
        table.assign(finite=finite)
        .sort_values(
            ["finite", "epochs", "held_out_loss"],
            ascending=[False, False, True],
            na_position="first",
        )
        .drop(columns="finite")
        .reset_index(drop=True)
    )

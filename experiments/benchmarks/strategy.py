"""What a search strategy finds on the tumours of a file, and what it spends on it."""

from pathlib import Path
from typing import NamedTuple

from drp.data.backed import TumorFile
from drp.settings import PretrainSettings
from experiments.benchmarks.cases import SearchSpec
from experiments.pretraining.encoding import choose_objective, make_search_bench
from experiments.pretraining.search_space import SEARCHES
from experiments.pretraining.tumor_set import open_tumors

# Flags of `experiments.pretrain`.
SPACES = {
    # Chiu et al. 2019, Methods: the 54 settings that are the default.
    "published": {},
    # A minute on a CPU, most of it for the compiler: few shapes.
    "reduced": {
        "search_first": (128, 64, 32), "search_second": (32,), "search_third": (16,),
        "search_batch": tuple(range(8, 80, 8)),
    },
}  # fmt: skip


class Found(NamedTuple):
    """What a search found.

    Attributes:
      n_tumors: that it trained on; `n_settings`: that it tried.
      epochs_spent: of all trainings together.
      seconds: of all trainings together, compilation included, of a stopped search too.
      widths, batch_size: what it chose.
      epochs: of the choice's training, all that there are; `held_out_loss`: after them.
    """

    n_tumors: int
    n_settings: int
    epochs_spent: int
    seconds: float
    widths: tuple[int, ...]
    batch_size: int
    epochs: int
    held_out_loss: float


def measure(spec: SearchSpec) -> Found:
    """Search, going on from the curves of its folder if it was stopped."""
    settings = PretrainSettings(
        tumors=spec.tumors, seed=spec.seed, search=spec.strategy, **SPACES[spec.space]
    )
    with TumorFile(spec.tumors) as file:
        tumors = open_tumors(file, spec.modality, settings.held_out, settings.seed)
        objective = choose_objective(tumors, settings)
        bench = make_search_bench(tumors, objective, settings, Path(spec.folder))
        chosen = SEARCHES[settings.search](bench.evaluate, settings)
    curves = bench.curves
    return Found(
        min(len(tumors.train), settings.search_tumors),
        len({setting for setting, _ in curves}),
        sum(epochs for _, epochs in curves),
        sum(curve.seconds for curve in curves.values()),
        chosen.widths, chosen.batch_size, settings.search_epochs,
        curves[chosen, settings.search_epochs].held_out_loss[-1],
    )  # fmt: skip

"""What a search may choose (Chiu et al. 2019, Methods: 54 settings), and how it goes about it.

A strategy asks for settings to be trained and is told their losses. It refuses to know tumours.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from itertools import product
from typing import NamedTuple

import numpy as np

from drp.settings import PretrainSettings
from experiments.flags import SettingsError

FACTOR = 3  # of successive halving: a third goes on, with three times the epochs
FEWEST_EPOCHS = 2  # one epoch ranks little more than the starts


class Setting(NamedTuple):
    """One way to build and train an autoencoder."""

    first: int
    second: int
    third: int
    batch_size: int

    @property
    def widths(self) -> tuple[int, int, int]:
        """The encoder's units per layer."""
        return self.first, self.second, self.third


Evaluate = Callable[[Sequence[Setting], int], Mapping[Setting, float]]
"""(settings, epochs) -> loss on held-out tumours of each, trained anew for so many epochs."""


def list_settings(settings: PretrainSettings) -> list[Setting]:
    """Return every setting of the space, in the order of its flags."""
    return [
        Setting(*values)
        for values in product(
            settings.search_first, settings.search_second, settings.search_third,
            settings.search_batch,
        )
    ]  # fmt: skip


def search_grid(evaluate: Evaluate, settings: PretrainSettings) -> Setting:
    """Train every setting to the end."""
    losses = evaluate(list_settings(settings), settings.search_epochs)
    return min(losses, key=rank(losses))


def search_halving(evaluate: Evaluate, settings: PretrainSettings) -> Setting:
    """Train all settings briefly, the best third of them longer, and so on (Karnin et al. 2013).

    Every rung trains anew. That costs a third more epochs than going on would, and keeps no states:
    of 54 of them, at 17,000 genes, the memory would be full.
    """
    survivors = list_settings(settings)
    for n_settings, epochs in plan_rungs(len(survivors), settings.search_epochs):
        losses = evaluate(survivors[:n_settings], epochs)
        survivors = sorted(losses, key=rank(losses))
    return survivors[0]


def plan_rungs(n_settings: int, epochs: int) -> list[tuple[int, int]]:
    """Return (settings, epochs) of every rung, the last with all epochs.

    54 settings and 20 epochs: 54 x 2, 18 x 3, 6 x 7, 2 x 20, which is 244 of the grid's 1,080.
    """
    last = math.floor(math.log(n_settings, FACTOR) + 1e-9)
    least = min(FEWEST_EPOCHS, epochs)
    return [
        (n_settings // FACTOR**rung, max(math.ceil(epochs / FACTOR ** (last - rung)), least))
        for rung in range(last + 1)
    ]


def search_tpe(evaluate: Evaluate, settings: PretrainSettings) -> Setting:
    """Let optuna's tree-structured Parzen estimator propose one setting after the other."""
    import optuna  # the extra `search`; takes a second to load

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=settings.seed))
    found: dict[Setting, float] = {}
    for _ in range(settings.search_trials):
        trial = study.ask()
        setting = Setting(
            trial.suggest_categorical("first", settings.search_first),
            trial.suggest_categorical("second", settings.search_second),
            trial.suggest_categorical("third", settings.search_third),
            trial.suggest_categorical("batch_size", settings.search_batch),
        )
        found |= evaluate([setting], settings.search_epochs)
        study.tell(trial, found[setting] if np.isfinite(found[setting]) else 1e30)
    return min(found, key=rank(found))


SEARCHES: Mapping[str, Callable[[Evaluate, PretrainSettings], Setting]] = {
    "grid": search_grid,
    "halving": search_halving,
    "tpe": search_tpe,
}


def rank(losses: Mapping[Setting, float]) -> Callable[[Setting], float]:
    """Return the key that sorts settings, the best first; a loss that is no number comes last."""
    return lambda setting: losses[setting] if np.isfinite(losses[setting]) else math.inf


def check_search(settings: PretrainSettings) -> None:
    """Check that the search can be done.

    Raises:
      SettingsError: says why not.
    """
    flag = f"--search={settings.search}"
    if settings.search == "none":
        return
    if not settings.held_out:
        raise SettingsError(f"{flag}: needs tumours to judge by; give --held_out=0.1")
    for name in ("search_first", "search_second", "search_third", "search_batch"):
        if not getattr(settings, name):
            raise SettingsError(f"{flag}: --{name}: expected at least one value, found none")
    if settings.search == "tpe" and find_spec("optuna") is None:
        raise SettingsError(f'{flag}: needs optuna: pip install -e ".[search]"')

"""Every design of the comparison behind one door: fit replicates, and yield each when done."""

import os
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache, partial
from itertools import chain
from typing import NamedTuple

import jax
import numpy as np
from threadpoolctl import threadpool_limits

from drp.baselines import BASELINES, Baseline, BaselineInputs, Uses
from drp.data.cohort import EXPRESSION
from drp.models import DESIGNS, MODALITIES, Inputs
from drp.settings import Recipe
from drp.training import (
    FinishedReplicate,
    Replicate,
    choose_slots,
    fit_replicates,
    make_replicate,
)
from experiments.bench import Bench, Profiles
from experiments.checkpoints import Checkpoint
from experiments.cluster import follow_first, is_first
from experiments.readout import READOUTS
from experiments.span_wiring import SpanWiring
from experiments.trial import Trial
from experiments.wiring import Predict, Wiring, wire_components, wire_genes

FULL, SPAN = "full", "span"
# Replicates of a baseline; each holds a copy of the profiles.
FITTED_AT_ONCE = min(os.cpu_count() or 1, 8)
# What is trained where, by the inputs of a design and its first layer.
WIRINGS = {
    (Inputs.GENES, FULL): wire_genes,
    (Inputs.GENES, SPAN): lambda design, trial, bench: SpanWiring(design, trial, bench).wire(),
    (Inputs.COMPONENTS, FULL): wire_components,
}


class Outcome(NamedTuple):
    """One finished replicate of one design.

    Attributes:
      number: the replicate.
      n_fitted: lines that it has fitted; entries, where entries are held out.
      predicted_SD: ln IC50 (uM) of every line, float64; the mean of the members.
      spread_SD: their standard deviation; None where there is one, or none.
      epochs: epochs trained, mean of the members; NaN for a baseline.
      trained_epochs: epochs of all members together; NaN for a baseline.
      slot_epochs: epochs that the slots had for them, idle ones too; NaN for a baseline.
      keep: () -> the weights of each member, off the device; None for a baseline.
      predict_profiles: genes of new samples by modality -> ln IC50 (uM), without what a tissue
        would add; None where the design reads something else than genes.
    """

    number: int
    n_fitted: int
    predicted_SD: np.ndarray
    spread_SD: np.ndarray | None
    epochs: float
    trained_epochs: float
    slot_epochs: int | float
    keep: Callable[[], list[Checkpoint]] | None
    predict_profiles: Callable[[Profiles], np.ndarray] | None


class Choices(NamedTuple):
    """What this run chose, so that it chooses the same when it goes on.

    Attributes:
      recall: name -> the choice, or None.
      settle: (name, choice) -> nothing; keeps it.
    """

    recall: Callable[[str], int | None]
    settle: Callable[[str, int], None]


FORGETFUL = Choices(lambda name: None, lambda name, choice: None)


def fit_design(
    design: str, recipe: str, bench: Bench, missing: Sequence[int], choices: Choices
) -> Iterator[Outcome]:
    """Fit a design by a recipe on the replicates `missing`, and yield each when it is done."""
    if design in DESIGNS:
        return fit_network(design, recipe, bench, missing, choices)
    return fit_baseline(design, recipe, bench, missing)


def fit_baseline(
    design: str, recipe: str, bench: Bench, missing: Sequence[int]
) -> Iterator[Outcome]:
    """Fit a baseline, which knows of a recipe what `variants.OF_BASELINES` names.

    Replicates run side by side, one thread each: all that takes long is in libraries that let other
    threads run, and BLAS gains little from more than one on matrices of this size.
    """
    baseline, trial = BASELINES[design], Trial(recipe, bench)

    def fit(number: int) -> Outcome:
        predicted = baseline.fit_predict(gather_inputs(baseline, trial, number))
        predicted_SD = predicted[: trial.n_lines]
        n_fitted = trial.count_fitted(number, members=False)
        return Outcome(number, n_fitted, predicted_SD, None, np.nan, np.nan, np.nan, None, None)

    with (
        threadpool_limits(1, "blas"), warnings.catch_warnings(),
        ThreadPoolExecutor(FITTED_AT_ONCE) as pool,
    ):  # fmt: skip
        # Python's list of warnings is one for all threads, and scikit-learn wonders where it went.
        warnings.filterwarnings("ignore", message=".*sklearn.utils.parallel.delayed.*")
        waiting: deque[Future] = deque()
        for number in missing:
            waiting.append(pool.submit(fit, number))
            if len(waiting) == FITTED_AT_ONCE:  # no more, for whoever stops waits for these
                yield waiting.popleft().result()
        for last in waiting:
            yield last.result()


def gather_inputs(baseline: Baseline, trial: Trial, number: int) -> BaselineInputs:
    """Return what a baseline may look at: targets of its parts, and the inputs that it uses."""
    fold, lines = trial.fold(number), trial.lines
    if baseline.learns_further:
        profiles_SG = trial.extend(lines.inputs[EXPRESSION], trial.fitted(fold))
        return trial.learned_by(number)._replace(profiles_SG=profiles_SG)
    inputs = BaselineInputs(*trial.own_targets(fold), trial.recipe.refit, lines.tissue_S)
    if baseline.uses is Uses.CODES:
        codes = trial.codes(trial.fitted(fold))
        own = [codes[name][: trial.n_lines] for name in MODALITIES]
        inputs = inputs._replace(codes_SK=np.hstack(own))
    if baseline.uses is Uses.PROFILES:
        inputs = inputs._replace(profiles_SG=lines.inputs[EXPRESSION])
    return inputs


def find_first_layer(design: str, recipe: Recipe) -> str:
    """Return how a design's first layer is trained: full, span, or "" where it has none."""
    if design not in DESIGNS:
        return ""
    inputs = DESIGNS[design].inputs
    return recipe.first_layer if (inputs, recipe.first_layer) in WIRINGS else FULL


def fit_network(
    name: str, recipe: str, bench: Bench, missing: Sequence[int], choices: Choices
) -> Iterator[Outcome]:
    """Train a neural design on the replicates `missing`.

    With several processes all of them run this, in step; the first one's word holds for what is
    missing, for the slots, and for every network's task.
    """
    missing = np.flatnonzero(follow_first(np.isin(np.arange(bench.n_replicates), missing)))
    if not len(missing):
        return
    design, trial = DESIGNS[name], Trial(recipe, bench)
    first_layer = find_first_layer(name, trial.recipe)
    wiring = WIRINGS[design.inputs, first_layer](design, trial, bench)
    shared = follow_first((wiring.lines, wiring.pretrained))
    replicate = make_replicate(
        wiring.model, wiring.recipe, moments=bench.training.moments,
        span_offset=trial.recipe.span_offset if first_layer == SPAN else None,
        n_scored=len(bench.lines.drugs),
    )  # fmt: skip
    for alike in group_alike(missing.tolist(), trial):
        networks = [number for one in alike for number in trial.networks(one)]
        tasks = (follow_first(wiring.make_task(number)) for number in networks)
        first, key = next(tasks), jax.random.key(bench.seed)
        slots = bench.training.slots or settle_slots(
            f"{name} ({recipe})", bench.n_replicates * trial.recipe.members, replicate, key,
            (first, *shared), choices,
        )  # fmt: skip
        finished = fit_replicates(key, chain([first], tasks), *shared, replicate, slots)
        if is_first():
            yield from join_members(finished, wiring, trial)
        else:
            deque(finished, maxlen=0)


def group_alike(replicates: Sequence[int], trial: Trial) -> list[list[int]]:
    """Group replicates whose parts are of the same sizes: they train in one compiled program."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for number in replicates:
        fold = trial.network(trial.networks(number)[0])
        parts = (fold.train, trial.rows(fold), fold.validation)
        groups.setdefault(tuple(map(len, parts)), []).append(number)
    return list(groups.values())


def join_members(
    finished: Iterable[FinishedReplicate], wiring: Wiring, trial: Trial
) -> Iterator[Outcome]:
    """Yield each replicate when the last of its members is done, whatever their order."""
    members, waiting = trial.recipe.members, {}
    for network in finished:
        replicate, member = divmod(network.number, members)
        joined = waiting.setdefault(replicate, {})
        joined[member] = network
        if len(joined) == members:
            ordered = [joined[member] for member in range(members)]
            yield summarise_members(replicate, ordered, wiring, trial)
            del waiting[replicate]


def summarise_members(
    replicate: int, networks: Sequence[FinishedReplicate], wiring: Wiring, trial: Trial
) -> Outcome:
    """Return a replicate's prediction: the mean of its networks, and what tissues add to it."""
    hidden_MRH = [wiring.encode_rows(network) for network in networks]
    solve = READOUTS[trial.recipe.readout]
    networks, tissue_effect_SD = solve(networks, hidden_MRH, trial, replicate)
    predicted_MSD = np.stack([
        predict_drugs(network, hidden_RH[: trial.n_lines], tissue_effect_SD.shape[1])
        for network, hidden_RH in zip(networks, hidden_MRH, strict=True)
    ])  # fmt: skip
    epochs = [len(network.train_loss) for network in networks]
    # A solved output layer has fitted the lines on which its networks stopped.
    by_members = trial.recipe.readout == "trained"

    @cache  # few are asked for, and each is large
    def keep() -> list[Checkpoint]:
        return [wiring.keep(network) for network in networks]

    return Outcome(
        replicate, trial.count_fitted(replicate, members=by_members),
        predicted_MSD.mean(axis=0) + tissue_effect_SD,
        predicted_MSD.std(axis=0, ddof=1) if len(networks) > 1 else None,
        float(np.mean(epochs)), float(sum(epochs)),
        sum(network.slot_epochs for network in networks), keep,
        partial(predict_new, wiring.make_predict, keep) if wiring.make_predict else None,
    )  # fmt: skip


def predict_drugs(network: FinishedReplicate, hidden_SH: np.ndarray, n_drugs: int) -> np.ndarray:
    """Return (S, D) float64 ln IC50 (uM) from hidden units, auxiliary outputs left out."""
    output = network.fitted.params["output"]
    kernel_HD, bias_D = (
        np.asarray(output[x], np.float64)[..., :n_drugs] for x in ("kernel", "bias")
    )
    return hidden_SH @ kernel_HD + bias_D


def predict_new(
    make_predict: Callable[[Checkpoint], Predict], keep: Callable[[], Sequence[Checkpoint]],
    profiles: Profiles,
) -> np.ndarray:  # fmt: skip
    """Predict new samples with what is kept of a replicate's members."""
    return np.mean([make_predict(kept)(profiles) for kept in keep()], axis=0)


def settle_slots(
    label: str, n_networks: int, replicate: Replicate, key: jax.Array, example: tuple,
    choices: Choices,
) -> int:  # fmt: skip
    """Return the slots of a design on these devices: those of the run's start, else new ones.

    From all networks, not from those still to do, so that a resumed run has the same slots.
    """
    devices = jax.devices()
    name = f"slots of {label} on {len(devices)} x {devices[0].device_kind}"
    slots = int(follow_first(choices.recall(name) or 0))
    if not slots:  # all processes choose, or none: they compile together
        slots = int(follow_first(choose_slots(n_networks, replicate, key, example)))
        choices.settle(name, slots)
    return slots

"""Every design against a few references, replicate by replicate. It refuses to know any design."""

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from drp.evaluation.paired import Interval, bootstrap_interval, corrected_t_interval

Run = tuple[str, str]  # design, recipe
Reference = tuple[str | None, str | None]  # None: that of whatever is compared with it

KEY = ["design", "recipe", "replicate"]
COLUMNS = [
    "design", "recipe", "reference", "reference_recipe", "metric", "n_pairs", "mean_difference",
    "ci_low", "ci_high", "p_value",
]  # fmt: skip
RESAMPLED, BY_TISSUE = ("line", "pair"), "tissue"


def find_best_run(
    replicates: pd.DataFrame, designs: Collection[str], metric: str = "mse_measured"
) -> Run | None:
    """Return the run with the lowest mean.

    Runs are compared by their mean difference from the run with the most replicates, over those
    that both have: a costly run on a few replicates neither profits from easy ones, nor narrows
    what the others are judged by.

    Args:
      replicates: one row per design, recipe and replicate.
      designs: names of designs; those that were not run are passed over.
      metric: a column, lower is better.

    Returns:
      Its design and recipe; None if none was run or none has a finite mean.

    Raises:
      ValueError: a run has no replicate in common with the one that has most.
    """
    rows = replicates[replicates["design"].isin(set(designs))]
    scores = {run: own.set_index("replicate")[metric] for run, own in _group_runs(rows)}
    scores = {run: score for run, score in scores.items() if np.isfinite(score).all()}
    if not scores:
        return None
    most = max(scores, key=lambda run: len(scores[run]))
    differences = {}
    for run, score in scores.items():
        shared = score.index.intersection(scores[most].index)
        if shared.empty:
            names = f"{name_run(run)}, {name_run(most)}"
            raise ValueError(f"expected a replicate that both of them have, found none: {names}")
        differences[run] = (score[shared] - scores[most][shared]).mean()
    return min(differences, key=differences.get)


def choose_references(
    replicates: pd.DataFrame,
    baselines: Collection[str],
    drug_mean: Run = ("drug_mean", "modern"),
    untrained: str = "random_init",
) -> list[Reference]:
    """Return what every design is compared with, of that which was run.

    Args:
      replicates: one row per design, recipe and replicate, with mse_measured.
      baselines: names of the classical baselines; the best of their runs is a reference.
      drug_mean: the run that predicts each drug's mean.
      untrained: the design without pre-training, a reference within each recipe.

    Returns:
      The drug mean, the best baseline, and the untrained design with the recipe None.

    Raises:
      ValueError: a baseline has no replicate in common with the one that has most.
    """
    runs = _list_runs(replicates)
    chosen = [drug_mean] if drug_mean in runs else []
    best = find_best_run(replicates, baselines)
    chosen += [best] if best is not None else []
    chosen += [(untrained, None)] if any(design == untrained for design, _ in runs) else []
    return list(dict.fromkeys(chosen))


def compare_designs(
    replicates: pd.DataFrame,
    references: Sequence[Reference],
    metrics: Sequence[str],
    split_by: str,
    stand_ins: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Compare every run with every reference but itself, on the replicates that both have.

    Splits by line or by line-drug pair: the corrected resampled t-test, under the largest
    n_test/n_fitted of the pair; by tissue, where each replicate holds out one: a bootstrap over
    tissues. A negative difference means lower, which is better for an error.

    Args:
      replicates: one row per design, recipe and replicate, with split_by, n_test, n_fitted (lines;
        for splits by pair both in entries, or both in lines' worth of them) and the metrics.
      references: design and recipe; None means that of the run compared, and rows without such a
        run are left out.
      metrics: columns to compare.
      split_by: line, pair or tissue.
      stand_ins: recipe -> the recipe whose runs are references of that recipe, where it is another.

    Returns:
      Columns design, recipe, reference, reference_recipe, metric, n_pairs (shared replicates),
      mean_difference, ci_low, ci_high (95%), p_value (two-sided, not adjusted). Runs in the order
      of `replicates`.

    Raises:
      ValueError: a column or a reference is missing, a run has a replicate twice, other splits, or
        no number of lines.
    """
    _check(replicates, references, metrics, split_by)
    stand_ins = stand_ins or {}
    by_run = {run: rows.set_index("replicate") for run, rows in _group_runs(replicates)}
    rows = []
    for run, scores in by_run.items():
        own = run[0], stand_ins.get(run[1], run[1])
        of_run = [(name or own[0], recipe or own[1]) for name, recipe in references]
        for reference in dict.fromkeys(of_run):
            if reference == run or reference not in by_run:
                continue
            for metric in metrics:
                n_pairs, interval = _compare(scores, by_run[reference], metric, split_by)
                rows.append((*run, *reference, metric, n_pairs, *interval))
    return pd.DataFrame(rows, columns=COLUMNS)


def name_run(run: Run) -> str:
    """Return a run as text: `complete (modern)`."""
    return f"{run[0]} ({run[1]})"


def _compare(
    scores: pd.DataFrame, reference: pd.DataFrame, metric: str, split_by: str
) -> tuple[int, Interval]:
    """Return how many replicates both have, and the interval of the mean difference."""
    shared = scores.index.intersection(reference.index)
    ours, theirs = scores.loc[shared], reference.loc[shared]
    with np.errstate(invalid="ignore"):  # inf - inf: both diverged, and the result says so
        differences_J = ours[metric].to_numpy(float) - theirs[metric].to_numpy(float)
    if split_by == BY_TISSUE:
        return len(shared), bootstrap_interval(differences_J)
    n_fitted_J = np.minimum(ours["n_fitted"].to_numpy(float), theirs["n_fitted"].to_numpy(float))
    share = np.max(ours["n_test"].to_numpy(float) / n_fitted_J, initial=0)
    # Without a shared replicate the share has no meaning, and the interval is NaN whatever it is.
    return len(shared), corrected_t_interval(differences_J, share if len(shared) else 1.0, 1.0)


def _group_runs(replicates: pd.DataFrame) -> Iterator[tuple[Run, pd.DataFrame]]:
    yield from replicates.groupby(["design", "recipe"], sort=False)


def _list_runs(replicates: pd.DataFrame) -> list[Run]:
    return [run for run, _ in _group_runs(replicates)]


def _check(
    replicates: pd.DataFrame, references: Sequence[Reference], metrics: Sequence[str], split_by: str
) -> None:
    """Raise a ValueError unless the table can be compared."""
    if split_by not in (*RESAMPLED, BY_TISSUE):
        raise ValueError(f"expected splits by line, pair or tissue, found {split_by!r}")
    needed = [*KEY, "split_by", "n_test", "n_fitted", *metrics]
    missing = [name for name in needed if name not in replicates]
    if missing:
        raise ValueError(f"replicates: expected columns {', '.join(missing)}")
    others = sorted(set(replicates["split_by"]) - {split_by})
    if others:
        raise ValueError(f"expected splits by {split_by}, found {', '.join(map(str, others))}")
    twice = replicates[replicates.duplicated(KEY)]
    if len(twice):
        first = ", ".join(map(str, twice[KEY].iloc[0]))
        raise ValueError(f"expected one row per replicate, found two of {first}")
    if not (replicates[["n_test", "n_fitted"]] > 0).to_numpy().all():
        raise ValueError("expected n_test and n_fitted above 0 in every row")
    absent = set(references) - set(_list_runs(replicates))
    absent = sorted(reference for reference in absent if None not in reference)
    if absent:
        raise ValueError(f"references that were not run: {', '.join(map(name_run, absent))}")

"""From the bench to the predictions: what is held out changes nothing that is predicted.

For the paper's recipe prepare filled the gaps with all lines in sight, as the paper did. Here the
shared table is changed in the held-out lines alone, so it is held to the same rule.
"""

from dataclasses import replace

import numpy as np
import pytest

from drp.baselines import BASELINES
from drp.data.folds import TEST
from experiments.fitting import FORGETFUL, fit_design
from experiments.trial import fill_gaps
from tests.experiments.made_up_bench import make_bench, quick

pytestmark = pytest.mark.usefixtures("quick_compilation")
KINDS = ("line", "tissue", "pair")
SMALL = {"encoder_widths": (16,), "head_widths": ()}
RECIPES = {
    "paper": quick("paper", **SMALL),
    "modern": quick("modern", members=2, **SMALL),
    "modern:full": quick("modern", members=2, first_layer="full", **SMALL),
}
# Through the genes, through their span, and through components.
NETWORKS = (
    *(("complete", recipe, kind) for recipe in ("paper", "modern") for kind in KINDS),
    ("complete", "modern:full", "tissue"), ("pca", "modern", "tissue"), ("pca", "modern", "pair"),
)  # fmt: skip
WRONG = 50.0  # ln IC50 (uM)


def spoil(bench):
    """Return the bench with other responses in all that replicate 0 holds out."""
    lines, fold = bench.lines, bench.splits.fold(0)
    if fold.part_SD is not None:
        measured_SD = lines.measured_SD + WRONG * (fold.part_SD == TEST)
        spoilt = lines._replace(measured_SD=measured_SD, imputed_SD=fill_gaps(measured_SD))
        return bench._replace(lines=spoilt)
    held_out_S1 = np.isin(np.arange(len(lines.samples)), fold.test)[:, None]
    names = ("measured_SD", "imputed_SD", "auxiliary_SA")
    tables = {name: getattr(lines, name) + WRONG * held_out_S1 for name in names}
    further = lines.further
    held_out_F1 = (further.tissue_F == fold.name)[:, None]
    names = ("measured_FD", "imputed_FD", "auxiliary_FA")
    further = further._replace(
        **{name: getattr(further, name) + WRONG * held_out_F1 for name in names}
    )
    return bench._replace(lines=lines._replace(**tables, further=further))


def predict(design, recipe, bench):
    (outcome,) = fit_design(design, recipe, bench, [0], FORGETFUL)
    assert np.isfinite(outcome.predicted_SD).all()
    return outcome.predicted_SD


@pytest.mark.parametrize(("design", "recipe", "kind"), NETWORKS)
def test_no_network_knows_what_is_held_out(design, recipe, kind):
    bench = make_bench(RECIPES, kind)
    np.testing.assert_array_equal(
        predict(design, recipe, spoil(bench)), predict(design, recipe, bench)
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("recipe", ["paper", "modern"])
@pytest.mark.parametrize("design", BASELINES)
def test_no_baseline_knows_what_is_held_out(design, recipe, kind):
    bench = make_bench(RECIPES, kind)
    np.testing.assert_array_equal(
        predict(design, recipe, spoil(bench)), predict(design, recipe, bench)
    )


def test_tissues_of_one_size_may_differ_in_their_further_lines():
    """Then the replicates learn from tables of unlike height, and none waits for another."""
    bench = make_bench(RECIPES, "tissue", 3)
    outcomes = list(fit_design("complete", "modern", bench, [0, 1, 2], FORGETFUL))
    assert sorted(outcome.number for outcome in outcomes) == [0, 1, 2]
    last = next(outcome for outcome in outcomes if outcome.number == 2)
    (alone,) = fit_design("complete", "modern", bench, [2], FORGETFUL)
    np.testing.assert_allclose(last.predicted_SD, alone.predicted_SD, rtol=1e-5)


def test_what_is_learned_from_does_change_the_prediction():
    """Else the tests above could not fail."""
    bench = make_bench(RECIPES)
    fold = bench.splits.fold(0)
    swapped = replace(bench.splits, folds=(fold._replace(test=fold.train), *bench.splits.folds[1:]))
    spoilt = spoil(bench._replace(splits=swapped))._replace(splits=bench.splits)
    for design in ("complete", "kernel_ridge"):
        assert (predict(design, "modern", spoilt) != predict(design, "modern", bench)).any()


@pytest.mark.parametrize("design", ["complete", "kernel_ridge"])
def test_further_lines_and_screens_are_learned_from(design):
    bench = make_bench(RECIPES)
    lines = bench.lines
    raised = lines.further._replace(measured_FD=lines.further.measured_FD + WRONG)
    changed = [lines._replace(further=raised)]
    if design == "complete":
        changed.append(lines._replace(auxiliary_SA=lines.auxiliary_SA * 2))
    for other in changed:
        found = predict(design, "modern", bench._replace(lines=other))
        assert (found != predict(design, "modern", bench)).any()

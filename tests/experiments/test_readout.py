"""The output layer solved on all members' hidden units, against scikit-learn's ridge regression."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from drp.training import FinishedReplicate, FittedPredictor
from experiments.fitting import FORGETFUL, fit_design
from experiments.readout import READOUTS
from experiments.trial import Trial
from tests.experiments.made_up_bench import A, D, S, make_bench, make_lines, quick

H, MEMBERS, PENALTY = 6, 2, 0.7


def make_trial(kind="line", **changes) -> Trial:
    wanted = {"members": MEMBERS, "readout_penalty": PENALTY, "tissue_effect": 0.0} | changes
    return Trial("it", make_bench({"it": quick("modern", **wanted)}, kind))


def make_networks(trial: Trial) -> tuple[list[FinishedReplicate], dict[int, np.ndarray]]:
    """Return finished networks, and the hidden units of each by its number."""
    rng, outputs = np.random.default_rng(0), D + A
    hidden = {
        number: rng.gamma(2, 1, (trial.n_rows, H)).astype(np.float32)
        for number in trial.networks(0)
    }
    output = {
        "kernel": rng.normal(0, 1, (H, outputs)).astype(np.float32),
        "bias": np.arange(outputs, dtype=np.float32),
    }
    networks = [
        FinishedReplicate(number, FittedPredictor({"output": output}, {}), *np.ones((2, 3)), 3)
        for number in hidden
    ]
    return networks, hidden


def predict(networks, hidden) -> np.ndarray:
    """Return the mean of the networks' outputs of all rows."""
    layers = [(hidden[one.number], one.fitted.params["output"]) for one in networks]
    return np.mean([x @ layer["kernel"] + layer["bias"] for x, layer in layers], axis=0)


def solve(trial: Trial, name: str = "ridge"):
    networks, hidden = make_networks(trial)
    readout = READOUTS[name](networks, list(hidden.values()), trial, 0)
    return networks, hidden, readout


def test_trained_outputs_stay_as_they_are():
    networks, _, readout = solve(make_trial(), "trained")
    assert readout.networks == networks and not readout.tissue_effect_SD.any()


@pytest.mark.parametrize("further_lines", [0.0, 0.25])
@pytest.mark.parametrize("tissue_effect", [0.0, 0.5])
@pytest.mark.parametrize("refit", [True, False])
def test_outputs_are_a_ridge_regression_on_the_units_of_all_members(
    further_lines, tissue_effect, refit
):
    trial = make_trial(further_lines=further_lines, tissue_effect=tissue_effect, refit=refit)
    _, hidden, readout = solve(trial)
    fold = trial.fold(0)
    lines = np.concatenate([fold.train, fold.validation]) if refit else fold.train
    units = []
    for x_RH in hidden.values():
        centred_RH = x_RH - x_RH[lines].mean(axis=0)
        units.append(centred_RH / np.sqrt((centred_RH[lines] ** 2).sum(axis=1).mean() * MEMBERS))
    tissue_R = np.concatenate([trial.lines.tissue_S, trial.further.tissue_F])
    of_tissue = tissue_R[:, None] == np.unique(tissue_R)
    joined_RK = np.hstack([*units, np.sqrt(tissue_effect) * of_tissue])
    target_RD = trial.shared_target()[:, :D]
    rows = np.concatenate([lines, np.arange(S, trial.n_rows)])
    weight_R = np.ones(trial.n_rows) if trial.weights() is None else trial.weights()
    found_SD = predict(readout.networks, hidden)[:S, :D] + readout.tissue_effect_SD
    for drug in range(D):
        used = rows[np.isfinite(target_RD[rows, drug])]
        model = Ridge(PENALTY).fit(joined_RK[used], target_RD[used, drug], weight_R[used])
        expected_S = model.predict(joined_RK[:S])
        np.testing.assert_allclose(found_SD[:, drug], expected_S, rtol=1e-4, atol=1e-4)


def test_auxiliary_outputs_stay_as_trained():
    networks, _, readout = solve(make_trial())
    for before, after in zip(networks, readout.networks, strict=True):
        for name, trained in before.fitted.params["output"].items():
            found = np.asarray(after.fitted.params["output"][name])
            np.testing.assert_array_equal(found[..., D:], trained[..., D:])
            assert np.abs(found[..., :D] - trained[..., :D]).min() > 0


def test_units_that_never_fire_leave_the_drug_means():
    trial = make_trial(further_lines=0.0)
    networks, hidden = make_networks(trial)
    dead = {number: np.zeros_like(x_RH) for number, x_RH in hidden.items()}
    readout = READOUTS["ridge"](networks, list(dead.values()), trial, 0)
    fold = trial.fold(0)
    lines = np.concatenate([fold.train, fold.validation])
    means_D = np.nanmean(trial.lines.measured_SD[lines], axis=0)
    found_SD = predict(readout.networks, dead)[:S, :D]
    np.testing.assert_allclose(found_SD, np.tile(means_D, (S, 1)), 1e-5)


def test_networks_one_of_which_diverged_stay_as_they_are():
    trial = make_trial()
    networks, hidden = make_networks(trial)
    hidden[0][3, 2] = np.nan
    readout = READOUTS["ridge"](networks, list(hidden.values()), trial, 0)
    assert readout.networks == networks and not readout.tissue_effect_SD.any()


def test_a_tissue_that_is_held_out_has_no_effect():
    trial = make_trial("tissue", tissue_effect=0.5)
    _, _, readout = solve(trial)
    held_out_S = np.isin(np.arange(S), trial.fold(0).test)
    assert not readout.tissue_effect_SD[held_out_S].any()
    assert np.abs(readout.tissue_effect_SD[~held_out_S]).min() > 0


def test_only_lines_of_a_known_tissue_get_its_effect():
    """New samples have none: what is predicted for them is the networks' part."""
    recipes = {name: quick("modern", members=2, tissue_effect=0.3) for name in ("it",)}
    bench = make_bench(recipes, lines=make_lines())
    (outcome,) = fit_design("complete", "it", bench, [0], FORGETFUL)
    without_SD = outcome.predict_profiles(bench.lines.inputs)
    effect_SD = outcome.predicted_SD - without_SD
    for tissue in np.unique(bench.lines.tissue_S):
        of_tissue = effect_SD[bench.lines.tissue_S == tissue]
        np.testing.assert_allclose(of_tissue, np.tile(of_tissue[0], (len(of_tissue), 1)), atol=1e-4)
    assert np.abs(effect_SD).max() > 1e-3

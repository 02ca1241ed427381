"""The scores of one replicate: which rows and which target each of them reads."""

import numpy as np
import pytest
from scipy import stats

from drp.baselines.means import drug_mean, tissue_drug_mean
from drp.evaluation.scores import MeanEffects, score_replicate

KEYS = [
    "n_test",
    "mse_train",
    "mse_imputed",
    "mse_measured",
    "pearson_drug",
    "spearman_drug",
    "pearson_sample",
    "spearman_sample",
]
BEYOND = [
    "pearson_residual",
    "spearman_residual",
    "pearson_within_tissue",
    "spearman_within_tissue",
    "explained",
]
TRAIN, TEST = np.array([0, 1]), np.array([2, 3, 4])

IMPUTED_SD = np.array(
    [
        [0.0, 0.0, 0.0],
        [0.0, 0.0, 0.0],
        [1.0, 2.0, 3.0],
        [2.0, 1.0, 3.0],
        [3.0, 5.0, 9.0],
    ]
)
MEASURED_SD = IMPUTED_SD.copy()
MEASURED_SD[0, 0] = MEASURED_SD[4, 1] = np.nan
PRED_SD = np.array(
    [
        [2.0, 0.0, 0.0],
        [0.0, 0.0, 0.0],
        [1.0, 1.0, 4.0],
        [2.0, 1.0, 4.0],
        [3.0, 1.0, 4.0],
    ]
)
EFFECTS = MeanEffects(np.ones_like(PRED_SD), np.zeros_like(PRED_SD), noise=0.5)


def make_scored(n_lines: int = 40, n_drugs: int = 12) -> tuple[np.ndarray, MeanEffects, np.ndarray]:
    """Return measured values, the effects that its first 30 lines show, and tissues."""
    rng = np.random.default_rng(8)
    tissue_S = np.array(["lung", "skin"])[rng.integers(0, 2, n_lines)]
    effect_SD = rng.normal(size=(2, n_drugs))[(tissue_S == "skin").astype(int)]
    true_SD = rng.normal(0, 3, n_drugs) + effect_SD + rng.normal(size=(n_lines, n_drugs))
    true_SD[rng.random(true_SD.shape) < 0.2] = np.nan
    train_SD = np.where(np.arange(n_lines)[:, None] < 30, true_SD, np.nan)
    means = drug_mean(train_SD), tissue_drug_mean(train_SD, tissue_S)
    return true_SD, MeanEffects(*means, noise=0.3), tissue_S


def score_lines(pred_SD: np.ndarray, true_SD: np.ndarray, effects: MeanEffects) -> dict[str, float]:
    return score_replicate(pred_SD, true_SD, true_SD, np.arange(30), np.arange(30, 40), effects)


def test_by_hand():
    scores = score_replicate(PRED_SD, IMPUTED_SD, MEASURED_SD, TRAIN, TEST)
    assert list(scores) == KEYS + BEYOND
    assert np.isnan([scores[name] for name in BEYOND]).all()
    assert scores["n_test"] == 3
    assert scores["mse_train"] == pytest.approx(4 / 6)  # its error is on an imputed entry
    assert scores["mse_imputed"] == pytest.approx((0 + 1 + 1 + 0 + 0 + 1 + 0 + 16 + 25) / 9)
    assert scores["mse_measured"] == pytest.approx((0 + 1 + 1 + 0 + 0 + 1 + 0 + 25) / 8)
    # Drugs: perfect, undefined (two measured lines), constant prediction.
    assert scores["pearson_drug"] == pytest.approx((1 + 0) / 2)
    assert scores["spearman_drug"] == pytest.approx((1 + 0) / 2)
    # Lines: (1 1 4 | 1 2 3), (2 1 4 | 2 1 3), and one with two measured drugs.
    pearson = [3 / np.sqrt(6 * 2), 3 / np.sqrt(42 / 9 * 2)]
    spearman = [1.5 / np.sqrt(1.5 * 2), 1]
    assert scores["pearson_sample"] == pytest.approx(np.mean(pearson))
    assert scores["spearman_sample"] == pytest.approx(np.mean(spearman))


def test_other_rows_do_not_matter():
    rows = np.r_[TRAIN, TEST]
    with_others = [np.vstack([x, np.full((2, 3), 1e6)]) for x in (PRED_SD, IMPUTED_SD, MEASURED_SD)]
    expected = score_replicate(PRED_SD[rows], IMPUTED_SD, MEASURED_SD, TRAIN, TEST, EFFECTS)
    more = EFFECTS._replace(drug_mean_SD=np.vstack([EFFECTS.drug_mean_SD, with_others[0][5:]]))
    assert score_replicate(*with_others, TRAIN, TEST, more) == expected


def test_nothing_measured_is_nan():
    nothing_SD = np.full_like(MEASURED_SD, np.nan)
    scores = score_replicate(PRED_SD, IMPUTED_SD, nothing_SD, TRAIN, TEST)
    undefined = [name for name, score in scores.items() if np.isnan(score)]
    assert undefined == KEYS[3:] + BEYOND


def test_a_diverged_replicate_cannot_hide():
    pred_SD = PRED_SD.copy()
    pred_SD[3, 1] = np.nan
    scores = score_replicate(pred_SD, IMPUTED_SD, MEASURED_SD, TRAIN, TEST, EFFECTS)
    assert list(scores) == KEYS + BEYOND
    assert scores["mse_measured"] == scores["mse_imputed"] == np.inf
    assert scores["pearson_drug"] == 0
    assert [scores[name] for name in BEYOND] == [0, 0, 0, 0, -np.inf]
    unknown = score_replicate(pred_SD, IMPUTED_SD, MEASURED_SD, TRAIN, TEST)
    assert np.isnan([unknown[name] for name in BEYOND]).all()


def test_beyond_the_means_by_hand():
    true_SD = np.array([[1.0, 5.0], [2.0, np.nan], [4.0, 6.0], [1.0, 9.0]])
    pred_SD = np.array([[2.0, 5.0], [2.0, 6.0], [3.0, 7.0], [2.0, 5.0]])
    tissue_SD = np.array([[1.0, 5.0], [1.0, 5.0], [2.0, 6.0], [2.0, 6.0]])
    effects = MeanEffects(np.tile([2.0, 5.0], (4, 1)), tissue_SD, noise=0.5)
    scores = score_replicate(pred_SD, true_SD, true_SD, np.array([], int), np.arange(4), effects)
    # Drug means off, entries pooled: truth -1 0 2 -1 | 0 1 4, prediction 0 0 1 0 | 0 2 0.
    pooled = [-1, 0, 2, -1, 0, 1, 4], [0, 0, 1, 0, 0, 2, 0]
    assert scores["pearson_residual"] == pytest.approx(stats.pearsonr(*pooled)[0])
    assert scores["spearman_residual"] == pytest.approx(stats.spearmanr(*pooled)[0])
    # Tissue means off: truth 0 1 2 -1 | 0 0 3, prediction 1 1 1 0 | 0 1 -1.
    first, second = ([0, 1, 2, -1], [1, 1, 1, 0]), ([0, 0, 3], [0, 1, -1])
    for kind, scipy in (("pearson", stats.pearsonr), ("spearman", stats.spearmanr)):
        expected = np.mean([scipy(*first)[0], scipy(*second)[0]])
        assert scores[f"{kind}_within_tissue"] == pytest.approx(expected)
    # Errors: the drug means' 1 0 4 1 | 0 1 16, the prediction's 1 0 1 1 | 0 1 16, noise 1/2.
    assert scores["explained"] == pytest.approx(1 - (20 / 7 - 0.5) / (23 / 7 - 0.5))


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_mean_effects_explain_nothing_beyond_themselves(kind):
    true_SD, effects, _ = make_scored()
    means = score_lines(effects.drug_mean_SD.astype(kind), true_SD, effects)
    assert means["pearson_residual"] == means["spearman_residual"] == 0
    assert means["explained"] == pytest.approx(0, abs=1e-6)
    tissues = score_lines(effects.tissue_drug_mean_SD.astype(kind), true_SD, effects)
    assert tissues["pearson_within_tissue"] == tissues["spearman_within_tissue"] == 0
    assert tissues["pearson_drug"] > 0.2


def test_the_truth_explains_everything():
    true_SD, effects, _ = make_scored()
    scores = score_lines(np.nan_to_num(true_SD), true_SD, effects)
    assert [scores[name] for name in BEYOND[:4]] == pytest.approx([1] * 4)
    assert scores["explained"] > 1  # an error below the noise


@pytest.mark.parametrize("noise", [np.nan, 100.0])
def test_explained_needs_something_to_explain(noise):
    true_SD, effects, _ = make_scored()
    scores = score_lines(np.nan_to_num(true_SD), true_SD, effects._replace(noise=noise))
    assert np.isnan(scores["explained"])


def test_effects_that_are_unknown_leave_nan():
    true_SD, effects, _ = make_scored()
    scores = score_lines(np.nan_to_num(true_SD), true_SD, MeanEffects(effects.drug_mean_SD))
    undefined = [name for name, score in scores.items() if np.isnan(score)]
    assert undefined == BEYOND[2:]
    with pytest.raises(ValueError, match="differ in shape"):
        score_lines(true_SD, true_SD, MeanEffects(effects.drug_mean_SD[:, :2]))


def test_splits_by_pair():
    true_SD, effects, _ = make_scored()
    rng = np.random.default_rng(9)
    pred_SD = np.nan_to_num(true_SD) + rng.normal(size=true_SD.shape)
    is_test_SD = rng.random(true_SD.shape) < 0.3
    entries_SD = np.where(is_test_SD, true_SD, np.nan)
    filled_SD = np.where(is_test_SD, np.nan_to_num(true_SD), np.nan)
    nobody, everyone = np.array([], int), np.arange(len(true_SD))
    scores = score_replicate(pred_SD, filled_SD, entries_SD, nobody, everyone, effects)
    measured_SD = np.isfinite(entries_SD)
    expected = np.mean((pred_SD - true_SD)[measured_SD] ** 2)
    assert scores["mse_measured"] == pytest.approx(expected)
    assert scores["mse_imputed"] == pytest.approx(np.mean((pred_SD - filled_SD)[is_test_SD] ** 2))
    assert [name for name, score in scores.items() if np.isnan(score)] == ["mse_train"]
    residuals = ((x - effects.drug_mean_SD)[measured_SD] for x in (pred_SD, true_SD))
    assert scores["pearson_residual"] == pytest.approx(stats.pearsonr(*residuals)[0])

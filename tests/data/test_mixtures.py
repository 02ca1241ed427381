"""Lines without expression as mixtures: rows sum to 1, known tissues weigh more, others none."""

import numpy as np
import pytest

from drp.data.mixtures import mix_tissues

TRAIN = np.array(["lung", "skin", "lung", "bone"])


def test_weights_by_hand():
    """Two lines of the same tissue, and the mean of all four counted as two lines more."""
    own, other = (1 + 2 / 4) / (2 + 2), (2 / 4) / (2 + 2)
    found = mix_tissues(np.array(["lung"]), TRAIN)
    np.testing.assert_allclose(found, [[own, other, own, other]], rtol=1e-15)


def test_a_tissue_that_was_never_seen_is_the_mean_of_all():
    np.testing.assert_allclose(mix_tissues(np.array(["eye"]), TRAIN), np.full((1, 4), 0.25))


@pytest.mark.parametrize("seed", range(3))
def test_rows_sum_to_1_and_give_shrunken_means(seed):
    rng = np.random.default_rng(seed)
    tissue_F, tissue_N = (rng.choice(["a", "b", "c", "d"], n) for n in (7, 23))
    values_NG = rng.normal(size=(23, 5))
    mix_FN = mix_tissues(tissue_F, tissue_N)
    assert mix_FN.shape == (7, 23) and (mix_FN > 0).all()
    np.testing.assert_allclose(mix_FN.sum(axis=1), 1, rtol=1e-12)
    for mixed_G, tissue in zip(mix_FN @ values_NG, tissue_F, strict=True):
        own_NG = values_NG[tissue_N == tissue]
        sums_G = own_NG.sum(axis=0) + 2 * values_NG.mean(axis=0)
        np.testing.assert_allclose(mixed_G, sums_G / (len(own_NG) + 2), rtol=1e-12)


def test_without_further_lines_there_are_no_rows():
    assert mix_tissues(np.array([], str), TRAIN).shape == (0, 4)

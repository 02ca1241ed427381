"""Numbers that are no expression at all, or hardly."""

import warnings

import numpy as np
import pytest

from drp.data.errors import DataError, DataWarning
from drp.data.readers.expression_units import TO_LOG2P1, check_unit, warn_of_scale


def draw_tpm(n_samples=3, n_genes=20_000):
    """Linear TPM of whole genomes: log-normal, each sample with a sum of a million."""
    tpm = np.random.default_rng(0).lognormal(0, 2.5, (n_samples, n_genes))
    return 1e6 * tpm / tpm.sum(axis=1, keepdims=True)


def check(values, unit="log2p1"):
    check_unit(values, unit, "--unit", "file.csv", lambda row, column: f"{row}, {column}")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.zeros((10, 10)), r"file\.csv: expected expression, found 0 in every cell"),
        (np.full((10, 10), 3.5), r"file\.csv: expected expression, found 3\.5 in every cell"),
        (np.eye(10), "whole numbers only, from 0 to 1, as mutations, copy numbers or counts are"),
        (np.eye(10) - 1, "whole numbers only, from -1 to 0"),
    ],
)
@pytest.mark.parametrize("unit", TO_LOG2P1)
def test_what_is_no_expression_is_refused(values, message, unit):
    with pytest.raises(DataError, match=message):
        check(values, unit)


def test_a_few_numbers_may_be_whole_or_equal():
    check(np.eye(3))
    check(np.ones((3, 3)))


@pytest.mark.parametrize(
    ("log", "message"),
    [
        (lambda x: np.log2(np.log2(x + 1) + 1), r"no gene has more than 1\d\.\d TPM in any sample"),
        (lambda x: np.log10(x + 1), "TPM of a sample sum to .* of another base than 2"),
        (lambda x: np.log(x + 1), "TPM of a sample sum to .* of another base than 2"),
        (lambda x: np.log2(1.5 * x + 1), r"not TPM: those of a sample sum to 1\.5e\+06"),
    ],
    ids=["twice", "log10", "ln", "counts"],
)
def test_another_logarithm_is_told(log, message):
    values = log(draw_tpm())
    check(values)
    with pytest.warns(DataWarning, match=message):
        warn_of_scale(values, "file.csv", False)


@pytest.mark.parametrize("n_genes", [20_000, 500])
def test_log2_of_tpm_is_told_of_nothing(n_genes):
    values = np.log2(draw_tpm()[:, :n_genes] + 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_scale(values, "file.csv", False)

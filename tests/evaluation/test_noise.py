"""Noise from drugs screened twice: hand values, a simulation, the real table."""

import numpy as np
import pytest

from drp.data.readers.response import read_response
from drp.evaluation.noise import estimate_noise

NAN = np.nan


def test_by_hand():
    measured_SD = np.array(
        [
            [1.0, 9.0, 4.0, 1.0, 0.0],
            [2.0, 9.0, 3.0, 2.0, 0.0],
            [3.0, 9.0, 8.0, NAN, 1.0],
            [NAN, 9.0, 5.0, 3.0, 0.0],
        ]
    )
    # Drug a: differences -3 -1 -5, variance 4. Drug b: 1 2 3, variance 1. Each 3 lines.
    measured_SD[:, 4] = [0.0, 0.0, NAN, 0.0]
    noise = estimate_noise(measured_SD, ["a", "c", "a", "b", "b"])
    assert noise.variance == pytest.approx((2 * 4 + 2 * 1) / 4 / 2)
    assert (noise.n_drugs, noise.n_pairs) == (2, 6)
    # 1 2 3 and 4 3 8; the second screen of b is constant and correlates with nothing.
    assert noise.correlation == pytest.approx(np.corrcoef([1, 2, 3], [4, 3, 8])[0, 1])


def test_more_lines_weigh_more_and_offsets_do_not_count():
    rng = np.random.default_rng(0)
    truth_SD = np.repeat(rng.normal(0, 2, (4000, 2)), 2, axis=1)
    measured_SD = truth_SD + rng.normal(0, [0.5, 0.5, 1, 1], truth_SD.shape) + [0, 7, 0, -7]
    measured_SD[2000:, 0] = NAN
    noise = estimate_noise(measured_SD, ["a", "a", "b", "b"])
    assert noise.variance == pytest.approx((0.25 * 1999 + 1.0 * 3999) / 5998, rel=0.03)
    assert noise.n_pairs == 6000


def test_three_screens_of_one_drug():
    rng = np.random.default_rng(1)
    noise = estimate_noise(rng.normal(0, 2, (3000, 3)), ["a"] * 3)
    assert noise.variance == pytest.approx(4, rel=0.05)
    assert (noise.n_drugs, noise.n_pairs) == (1, 9000)


@pytest.mark.parametrize(
    ("names", "measured_SD"),
    [
        (["a", "b"], np.zeros((4, 2))),
        (["", ""], np.zeros((4, 2))),
        (["a", "a"], np.array([[1, NAN], [NAN, 1], [1.0, 1.0]])),
    ],
    ids=["names differ", "no names", "one common line"],
)
def test_no_drug_screened_twice(names, measured_SD):
    noise = estimate_noise(measured_SD, names)
    assert np.isnan(noise.variance) and np.isnan(noise.correlation)
    assert (noise.n_drugs, noise.n_pairs) == (0, 0)


def test_a_name_for_every_drug():
    with pytest.raises(ValueError, match="each of 2 drugs"):
        estimate_noise(np.zeros((3, 2)), ["a"])


@pytest.mark.realdata
def test_real_table(real_data):
    response, _ = read_response(real_data / "cells/gdsc1_v17_dose_response.csv.gz", "ln_um", 10)
    noise = estimate_noise(response.X, response.var["drug_name"])
    assert noise.variance == pytest.approx(0.84, abs=0.02)  # 0.84 is the plain mean over drugs
    assert noise.n_drugs == 15
    assert noise.correlation == pytest.approx(0.49, abs=0.01)

"""Random lines: their kinds, that the response can be learnt, and splits without overlap."""

import numpy as np

from experiments.benchmarks.random_lines import draw_lines, draw_split
from experiments.benchmarks.sizes import SIZES

SIZE = SIZES["small"]


def test_lines_are_of_the_kinds_of_real_ones():
    inputs, target_SD = draw_lines(0, SIZE)
    assert {name: x.shape for name, x in inputs.items()} == {
        name: (SIZE.lines, n) for name, n in SIZE.genes.items()
    }
    assert inputs["mutation"].dtype == np.uint8
    assert inputs["mutation"].mean() == np.clip(inputs["mutation"].mean(), 0.015, 0.025)
    assert inputs["expression"].dtype == target_SD.dtype == np.float32
    assert abs(inputs["expression"].mean() - 3) < 0.05


def test_the_response_follows_expression():
    inputs, target_SD = draw_lines(0, SIZE)
    x_SG = inputs["expression"][:, :20] - 3
    centred_SD = target_SD - target_SD.mean(axis=0)
    left_SD = centred_SD - x_SG @ np.linalg.lstsq(x_SG, centred_SD, rcond=None)[0]
    assert left_SD.var() < 0.5 * centred_SD.var()


def test_a_split_uses_no_line_twice():
    split = draw_split(0, 3, SIZE)
    assert [len(rows) for rows in split] == [SIZE.train, SIZE.validation]
    assert len(np.unique(np.concatenate(split))) == SIZE.train + SIZE.validation
    assert not np.array_equal(split.train_N, draw_split(0, 4, SIZE).train_N)

"""Rows of one name, averaged or refused."""

import time

import numpy as np
import pandas as pd
import pytest

from drp.data.errors import DataError
from drp.data.readers.duplicates import ERROR, MEAN, merge_rows

NAN = np.nan


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_of_one_name_are_averaged_over_what_is_measured(dtype):
    values = np.array([[1, NAN], [5, 6], [3, NAN], [NAN, 8], [9, 9]], dtype)
    merged, names = merge_rows(values, pd.Index(["b", "a", "b", "b", "c"]), MEAN, "file: genes")
    assert names.tolist() == ["b", "a", "c"]
    assert merged.dtype == dtype
    np.testing.assert_array_equal(merged, [[2, 8], [5, 6], [9, 9]])
    assert values[0, 0] == 1  # what was given is left as it was


def test_what_no_row_measures_stays_unmeasured():
    merged, _ = merge_rows(np.full((2, 1), NAN), pd.Index(["a", "a"]), MEAN, "here")
    np.testing.assert_array_equal(merged, [[NAN]])


def test_names_without_repeats_are_passed_on_untouched():
    values, names = np.ones((2, 1), np.float32), pd.Index(["a", "b"])
    for duplicates in (ERROR, MEAN):
        merged, kept = merge_rows(values, names, duplicates, "here")
        assert merged is values and kept is names


def test_a_turned_matrix_is_merged():
    values = np.arange(6, dtype=np.float32).reshape(2, 3).T
    merged, names = merge_rows(values, pd.Index(["x", "y", "x"]), MEAN, "here")
    assert names.tolist() == ["x", "y"]
    np.testing.assert_array_equal(merged, [[1, 4], [1, 4]])


@pytest.mark.parametrize(
    ("names", "duplicates", "message"),
    [
        (["a", "b", "a", "b", "a"], ERROR, "here: .* repeats of a, b; --duplicates=mean averages"),
        (["a", "", "c", "d", "e"], ERROR, "here: expected a name in each place"),
        (["a", "", "", "d", "e"], MEAN, "here: expected a name in each place"),
    ],
)
def test_names_that_cannot_be_kept_are_told(names, duplicates, message):
    with pytest.raises(DataError, match=message):
        merge_rows(np.ones((5, 1)), pd.Index(names), duplicates, "here")


def test_thousands_of_repeats_are_merged_quickly_and_as_pandas_does():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(20_000, 50)).astype(np.float32)
    values[rng.random(values.shape) < 0.3] = NAN
    names = pd.Index([f"G{i % 15_000}" for i in rng.permutation(20_000)])
    start = time.perf_counter()
    merged, kept = merge_rows(values, names, MEAN, "here")
    assert time.perf_counter() - start < 2
    expected = pd.DataFrame(values.astype(np.float64)).groupby(names, sort=False).mean()
    assert kept.tolist() == expected.index.tolist()
    np.testing.assert_array_equal(merged, expected.to_numpy(np.float32))

"""Samples that come to share a name are averaged, or refused."""

import numpy as np
import pandas as pd
import pytest

from drp.data.cohort import make_modality
from drp.data.errors import DataError
from drp.data.readers.renaming import rename_samples

FEATURES = pd.DataFrame({"entrez_id": ["1", "2"]}, index=["A", "B"])
OLD, NEW = pd.Index(["x", "y", "z"]), pd.Index(["L1", "L2", "L1"])


def test_new_names_without_repeats_change_nothing_else():
    matrix = make_modality(np.ones((3, 2), np.float32), OLD, FEATURES)
    renamed = rename_samples(matrix, pd.Index(["a", "b", "c"]), "error", "here")
    assert list(renamed.obs_names) == ["a", "b", "c"]
    np.testing.assert_array_equal(renamed.X, matrix.X)


def test_measurements_of_one_line_are_an_error_or_averaged():
    values = np.array([[1, np.nan], [5, 5], [3, 4]], np.float32)
    matrix = make_modality(values, OLD, FEATURES)
    with pytest.raises(DataError, match="here: expected each name once, found repeats of L1"):
        rename_samples(matrix, NEW, "error", "here")
    merged = rename_samples(matrix, NEW, "mean", "here")
    assert list(merged.obs_names) == ["L1", "L2"]
    np.testing.assert_array_equal(merged.X, [[2, 4], [5, 5]])
    assert merged.X.dtype == np.float32

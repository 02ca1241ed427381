"""A cohort on disk is the cohort in memory, and half a file is no cohort."""

import errno

import anndata as ad
import mudata
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from drp.data import prepare_cohorts, read_cohort, write_cohort
from drp.data.cohort import Cohort, make_modality
from drp.data.errors import DataError
from drp.data.synthetic import make_synthetic_cohorts
from tests.raw_files import SIZES


@pytest.fixture(scope="module")
def cells():
    cells, _, _ = prepare_cohorts(*make_synthetic_cohorts(SIZES, seed=0), 1.0, 0.5, 5)
    auxiliary = cells.modalities["response"][::-1, :3].copy()
    return Cohort(cells.obs, {**cells.modalities, "response_aux": auxiliary}, cells.uns)


def assert_same_tree(first, second):
    assert first.keys() == second.keys()
    for name, value in first.items():
        if isinstance(value, dict):
            assert_same_tree(value, second[name])
        elif isinstance(value, pd.DataFrame):
            pd.testing.assert_frame_equal(value, second[name], check_names=False)
        else:
            np.testing.assert_array_equal(value, second[name])


def test_every_part_comes_back(cells, tmp_path):
    write_cohort(tmp_path / "cells.h5mu", cells)
    back = read_cohort(tmp_path / "cells.h5mu")
    pd.testing.assert_frame_equal(back.obs, cells.obs)
    assert back.modalities.keys() == cells.modalities.keys()
    for name, matrix in cells.modalities.items():
        found = back.modalities[name]
        assert type(found.X) is type(matrix.X)
        assert found.X.dtype == matrix.X.dtype
        pd.testing.assert_frame_equal(found.to_df(), matrix.to_df())
        pd.testing.assert_frame_equal(found.var, matrix.var)
        assert found.layers.keys() == matrix.layers.keys()
        for layer, values in matrix.layers.items():
            np.testing.assert_array_equal(found.layers[layer], values)
    assert_same_tree(cells.uns, back.uns)


def test_rows_keep_their_order_per_modality_and_obs_is_sorted(tmp_path):
    obs = pd.DataFrame(
        {
            "cancer_type": ["x", "y", "x"],
            "age": [50, np.nan, 60.5],
            "time": [1.0, np.nan, 2.0],
            "dead": [np.nan] * 3,
            "note": ["", "b", ""],
        },
        index=["S2", "S1", "S3"],
    )
    genes = pd.DataFrame({"entrez_id": ["1", "", ""]}, index=["Z", "A", "M"])
    expression = make_modality(np.eye(2, 3, dtype=np.float32), obs.index[[2, 0]], genes)
    mutation = make_modality(
        sparse.csr_matrix(np.eye(2, 3, dtype=np.uint8)), obs.index[[1, 0]], genes
    )
    write_cohort(tmp_path / "x.h5mu", Cohort(obs, {"expression": expression, "mutation": mutation}))
    back = read_cohort(tmp_path / "x.h5mu")
    pd.testing.assert_frame_equal(back.obs, obs.sort_index())
    assert list(back.modalities["expression"].obs_names) == ["S3", "S2"]
    assert list(back.modalities["mutation"].obs_names) == ["S1", "S2"]
    assert list(back.modalities["mutation"].var_names) == ["Z", "A", "M"]
    assert back.samples_with("mutation").equals(pd.Index(["S1", "S2"]))


def test_writing_changes_nothing_in_memory(cells, tmp_path):
    before = {name: matrix.var.dtypes for name, matrix in cells.modalities.items()}
    write_cohort(tmp_path / "cells.h5mu", cells)
    for name, kinds in before.items():
        pd.testing.assert_series_equal(cells.modalities[name].var.dtypes, kinds)


def test_any_scverse_tool_can_read_it(cells, tmp_path):
    write_cohort(tmp_path / "cells.h5mu", cells)
    response = mudata.read_h5ad(tmp_path / "cells.h5mu", mod="response")
    assert response.shape == cells.modalities["response"].shape


@pytest.mark.parametrize("kept", [0, 0.001, 0.3, 0.9, 0.9999])
def test_a_file_that_was_cut_short_is_refused(cells, tmp_path, kept):
    path = tmp_path / "cells.h5mu"
    write_cohort(path, cells)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    with pytest.raises(DataError, match=r"cells\.h5mu: not a complete \.h5mu file"):
        read_cohort(path)


def test_other_kinds_of_file_are_refused(cells, tmp_path):
    text, table = tmp_path / "text.h5mu", tmp_path / "one.h5mu"
    text.write_text("ModelID,tissue\n" * 100)
    ad.AnnData(np.zeros((2, 2))).write_h5ad(table)
    for path in (text, table):
        with pytest.raises(DataError, match=rf"{path.name}: not a complete \.h5mu file"):
            read_cohort(path)
    with pytest.raises(DataError, match=r"absent\.h5mu: no such file; .*experiments\.prepare"):
        read_cohort(tmp_path / "absent.h5mu")


def test_a_full_disk_leaves_the_former_file(cells, tmp_path, monkeypatch):
    path = tmp_path / "cells.h5mu"
    path.write_bytes(b"former")

    def write_half(mdata, partial, **options):
        partial.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(mudata.MuData, "write_h5mu", write_half)
    with pytest.raises(OSError, match="No space left"):
        write_cohort(path, cells)
    assert path.read_bytes() == b"former"
    assert list(tmp_path.iterdir()) == [path]

"""TumorFile against read_cohort, which loads everything."""

import h5py
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse

from drp.data import DataError, prepare_cohorts, read_cohort, write_cohort
from drp.data.backed import TumorFile
from drp.data.synthetic import make_synthetic_cohorts
from tests.raw_files import SIZES


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prepared")
    cells, tumors, _ = prepare_cohorts(*make_synthetic_cohorts(SIZES, seed=0), 1.0, 0.5, 5)
    write_cohort(folder / "cells.h5mu", cells)
    write_cohort(folder / "tumors.h5mu", tumors)
    return folder


@pytest.fixture(scope="module")
def path(prepared):
    return prepared / "tumors.h5mu"


@pytest.mark.parametrize("name", ["expression", "mutation", "expression_all"])
def test_shows_what_the_cohort_holds(path, name):
    cohort = read_cohort(path)
    held = cohort.require(name)
    with TumorFile(path) as file:
        x_TG, n = file.matrix(name), len(held)
        assert x_TG.shape == held.shape
        rows = x_TG[5:20]
        assert sparse.issparse(rows) is sparse.issparse(held.X)
        dense = [x.toarray() if sparse.issparse(x) else x for x in (rows, held.X[5:20])]
        assert_array_equal(*dense)
        assert dense[0].dtype == held.X.dtype
        assert_array_equal(file.samples(name, 0, n), held.obs_names)
        assert_array_equal(file.samples(name, 3, 5), held.obs_names[3:5])
        types = np.asarray(file.cancer_types(name), str)
        assert_array_equal(types, cohort.obs.loc[held.obs_names, "cancer_type"])
        assert file.genes(name).index.equals(held.var_names)


def test_errors_name_the_file(path, prepared, tmp_path):
    with TumorFile(path) as file, pytest.raises(DataError, match=r"no modality 'x'; found: expr"):
        file.matrix("x")
    with pytest.raises(DataError, match=r"none\.h5mu: no such file"):
        TumorFile(tmp_path / "none.h5mu")
    with pytest.raises(DataError, match="expected prepared tumors, found cell_lines"):
        TumorFile(prepared / "cells.h5mu")
    cut = tmp_path / "cut.h5mu"
    cut.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(DataError, match=r"cut\.h5mu: not a complete \.h5mu file"):
        TumorFile(cut)
    with h5py.File(tmp_path / "other.h5", "w"):
        pass
    with pytest.raises(DataError, match="not a complete"):
        TumorFile(tmp_path / "other.h5")

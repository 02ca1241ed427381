import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from drp.data.cohort import Cohort, make_modality
from drp.data.errors import DataError

OBS = pd.DataFrame({"cancer_type": list("xyz")}, index=["B", "A", "C"])


def make_matrix(samples, n_features=2, **layers):
    samples = pd.Index(samples)
    values = np.arange(len(samples) * n_features, dtype=np.float32).reshape(-1, n_features)
    features = pd.DataFrame({"entrez_id": ""}, index=[f"G{i}" for i in range(n_features)])
    matrix = make_modality(values, samples, features)
    matrix.layers.update({name: values + shift for name, shift in layers.items()})
    return matrix


@pytest.fixture
def cohort():
    response = make_matrix(["C", "A", "B"], imputed=10)
    return Cohort(OBS, {"expression": make_matrix(["A", "B"]), "response": response})


def test_samples_with_keeps_the_order_of_obs(cohort):
    assert list(cohort.samples_with()) == ["B", "A", "C"]
    assert list(cohort.samples_with("response")) == ["B", "A", "C"]
    assert list(cohort.samples_with("response", "expression")) == ["B", "A"]


def test_matrix_follows_the_samples_asked_for(cohort):
    np.testing.assert_array_equal(cohort.matrix("response", pd.Index(["B", "C"])), [[4, 5], [0, 1]])
    imputed = cohort.matrix("response", pd.Index(["A"]), layer="imputed")
    np.testing.assert_array_equal(imputed, [[12, 13]])


def test_a_sparse_modality_comes_out_dense():
    matrix = make_matrix(["A", "B"])
    matrix.X = sparse.csr_matrix(matrix.X.astype(np.uint8))
    found = Cohort(OBS, {"mutation": matrix}).matrix("mutation", pd.Index(["B"]))
    assert isinstance(found, np.ndarray)
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, [[2, 3]])


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda c: c.require("mutation"), "no modality 'mutation'; found: expression, response"),
        (lambda c: c.samples_with("mutation"), "no modality 'mutation'"),
        (lambda c: c.matrix("expression", pd.Index(["A", "C"])), "expression: not measured in C"),
        (lambda c: Cohort(c.obs.iloc[:2], c.modalities), "response: samples without a row .*: C"),
        (lambda c: Cohort(c.obs.iloc[[0, 0]], {}), "samples occur twice in the cohort: B"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_named(cohort, ask, message):
    with pytest.raises(DataError, match=message):
        ask(cohort)


def test_a_modality_does_not_share_its_names_with_the_caller():
    features = pd.DataFrame({"entrez_id": ["1"]}, index=pd.Index(["G"], name="gene"))
    matrix = make_modality(np.zeros((1, 1)), pd.Index(["S"], name="sample"), features)
    assert (matrix.obs_names.name, matrix.var_names.name) == (None, None)
    assert features.index.name == "gene"

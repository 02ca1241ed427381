"""Gene filters and imputation, counted by hand on two cohorts of a few genes."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from drp.data import prepare_cohorts
from drp.data.cohort import Cohort, make_modality
from drp.data.errors import DataError, DataWarning

LINES, TUMORS = pd.Index(["L1", "L2", "L3"]), pd.Index(["T1", "T2", "T3", "T4"])
# Over the tumours: HIGH has mean 4 and sd 2.6; LOW mean 0.75; FLAT sd 0.1; EDGE mean exactly 1.
TUMOR_EXPRESSION = {
    "ONLY_T": [1, 5, 2, 6], "EDGE": [0, 2, 0, 2], "LOW": [0, 3, 0, 0],
    "NEW_NAME": [7, 1, 6, 2], "FLAT": [5, 5, 5, 5.2],
}  # fmt: skip
LINE_EXPRESSION = {
    "HIGH": [1, 2, 3], "FLAT": [1, 9, 1], "ONLY_L": [0, 0, 0], "LOW": [8, 8, 9], "EDGE": [0, 0, 0],
}  # fmt: skip
ENTREZ = {"HIGH": "10", "NEW_NAME": "10", "EDGE": "11"}  # one gene with two names, told by its id
LINE_MUTATION = {"A": [1, 0, 0], "B": [0, 0, 0], "C": [0, 0, 0], "ONLY_L": [1, 1, 1]}
TUMOR_MUTATION = {
    "ONLY_T": [1, 1, 1, 1], "C": [0, 0, 0, 0], "B": [0, 1, 0, 0], "A": [0, 0, 0, 0],
}  # fmt: skip
RESPONSE = {"D (1)": [1.0, 4.0, np.nan], "E (2)": [2.0, 5.0, -1.5], "F (3)": [3.0, np.nan, 0.5]}


def make_matrix(columns, samples, wrap=lambda values: np.asarray(values, np.float32)):
    genes = pd.DataFrame(
        {"entrez_id": [ENTREZ.get(name, "") for name in columns]}, index=[*columns]
    )
    return make_modality(wrap(np.array([*columns.values()]).T), samples, genes)


def make_cohorts():
    def to_sparse(values):
        return sparse.csr_matrix(values, dtype=np.uint8)

    cells = {
        "expression": make_matrix(LINE_EXPRESSION, LINES),
        "mutation": make_matrix(LINE_MUTATION, LINES, to_sparse),
        "response": make_matrix(RESPONSE, LINES),
    }
    tumors = {
        "expression": make_matrix(TUMOR_EXPRESSION, TUMORS),
        "mutation": make_matrix(TUMOR_MUTATION, TUMORS, to_sparse),
    }
    return tuple(
        Cohort(pd.DataFrame({"cancer_type": "x"}, index=samples), modalities, {"units": {}})
        for samples, modalities in ((LINES, cells), (TUMORS, tumors))
    )


@pytest.fixture
def prepared():
    return prepare_cohorts(*make_cohorts(), min_mean=1.0, min_sd=0.5, neighbours=5)


def test_filters_drop_and_count_what_they_should(prepared):
    _, _, record = prepared
    assert record["expression_genes"] == {
        "matched_by_entrez_id": 2,  # HIGH = NEW_NAME, EDGE
        "matched_by_symbol": 2,  # FLAT, LOW
        "same_symbol_but_another_entrez_id": 0,
        "only_in_cell_lines": 1,
        "only_in_tumors": 1,
        "mean_below_1_in_tumors": 1,
        "sd_below_0.5_in_tumors": 1,
        "kept": 2,
    }
    assert record["mutation_genes"] == {
        "matched_by_entrez_id": 0,
        "matched_by_symbol": 3,
        "same_symbol_but_another_entrez_id": 0,
        "only_in_cell_lines": 1,
        "only_in_tumors": 1,
        "never_mutated_in_either": 1,
        "kept": 2,
    }


def test_both_cohorts_hold_the_same_genes_in_the_lines_order(prepared):
    cells, tumors, _ = prepared
    for name, genes in (("expression", ["HIGH", "EDGE"]), ("mutation", ["A", "B"])):
        for cohort in (cells, tumors):
            assert list(cohort.modalities[name].var_names) == genes
        pd.testing.assert_frame_equal(cells.modalities[name].var, tumors.modalities[name].var)
    high = tumors.modalities["expression"].to_df()["HIGH"]
    assert list(high) == TUMOR_EXPRESSION["NEW_NAME"]
    assert tumors.modalities["mutation"].X.format == "csr"
    np.testing.assert_array_equal(
        tumors.modalities["mutation"].X.toarray().T, [TUMOR_MUTATION["A"], TUMOR_MUTATION["B"]]
    )


def test_expression_all_keeps_every_measured_gene(prepared):
    cells, tumors, _ = prepared
    for cohort, columns in ((cells, LINE_EXPRESSION), (tumors, TUMOR_EXPRESSION)):
        everything = cohort.modalities["expression_all"]
        assert list(everything.var_names) == [*columns]
        np.testing.assert_allclose(everything.X.T, [*columns.values()], rtol=1e-6)


def test_gaps_are_imputed_beside_the_measured_values(prepared):
    cells, _, record = prepared
    response = cells.modalities["response"]
    np.testing.assert_array_equal(response.X.T, np.array([*RESPONSE.values()]))
    imputed = response.layers["imputed"]
    assert imputed.dtype == np.float32
    assert np.isfinite(imputed).all()
    measured = np.isfinite(response.X)
    np.testing.assert_array_equal(imputed[measured], response.X[measured])
    assert record["imputation"] == {
        "lines": 3,
        "drugs": 3,
        "share_filled": 0.2222,
        "filled": 2,
        "lines_without_spread": 0,
        "lines_with_few_donors": 2,
        "fills_without_positive_weight": 0,
    }


def test_the_record_goes_with_both_cohorts_and_the_input_is_untouched():
    cells, tumors = make_cohorts()
    prepared_cells, prepared_tumors, record = prepare_cohorts(cells, tumors, 1.0, 0.5, 5)
    kinds = {"cell_lines": prepared_cells, "tumors": prepared_tumors}
    for kind, cohort in kinds.items():
        assert cohort.uns == {"units": {}, "preparation": record, "kind": kind}
    assert record["samples"]["cell_lines"] == {
        "expression": 3,
        "mutation": 3,
        "response": 3,
        "with_expression_and_mutation_and_response": 3,
    }
    assert "expression_all" not in cells.modalities
    assert not cells.modalities["response"].layers
    assert cells.uns == tumors.uns == {"units": {}}


@pytest.mark.parametrize("name", ["expression", "mutation"])
def test_cohorts_without_a_shared_gene_are_refused(name):
    cells, tumors = make_cohorts()
    foreign = make_matrix({"ENSG01": [5, 1, 5, 1], "ENSG02": [1, 5, 1, 5]}, TUMORS)
    tumors = Cohort(tumors.obs, {**tumors.modalities, name: foreign})
    message = rf"{name}: cell lines \(\w+, .*\) and tumours \(ENSG01, ENSG02\) share no gene"
    with pytest.raises(DataError, match=message):
        prepare_cohorts(cells, tumors, 1.0, 0.5, 5)


def test_filters_that_leave_nothing_are_told():
    with pytest.raises(DataError, match="expression: none of 4 shared genes passes the filters"):
        prepare_cohorts(*make_cohorts(), 100.0, 0.5, 5)


def test_one_tumor_has_no_spread_to_filter_by():
    cells, tumors = make_cohorts()
    one = {name: matrix[:1].copy() for name, matrix in tumors.modalities.items()}
    with pytest.raises(DataError, match="at least 2 tumours with expression, found 1"):
        prepare_cohorts(cells, Cohort(tumors.obs, one), 1.0, 0.5, 5)


def test_few_shared_genes_are_told():
    cells, tumors = make_cohorts()
    genes = [f"G{i}" for i in range(30)]
    for cohort, samples, first in ((cells, LINES, "B"), (tumors, TUMORS, "C")):
        columns = {name: [1] * len(samples) for name in ["A", *(first + gene for gene in genes)]}
        cohort.modalities["mutation"] = make_matrix(
            columns, samples, lambda values: sparse.csr_matrix(values, dtype=np.uint8)
        )
    with pytest.warns(DataWarning, match=r"mutation: .* share only 1 of 31 genes; .*--gene_map"):
        prepare_cohorts(cells, tumors, 1.0, 0.5, 2)

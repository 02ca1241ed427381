"""Whatever bytes a file holds, a reader gives a valid table or a DataError, and nothing else."""

import gzip
import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from drp.data.errors import DataError, DataWarning
from drp.data.readers.annotation import read_annotation
from drp.data.readers.expression import read_expression_file
from drp.data.readers.mutation import read_mutations
from drp.data.readers.response import read_response
from drp.data.splits import read_splits
from drp.data.store import read_cohort

FEW = settings(
    max_examples=40, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip

HEADERS = {
    "expression": "gene\tS1\tS2",
    "mutation": "Hugo_Symbol\tVariant_Classification\tTumor_Sample_Barcode\tFILTER",
    "response": "COSMIC_ID\tDRUG_ID\tDRUG_NAME\tLN_IC50",
    "annotation": "sample\tcancer_type\tage",
}
CELLS = st.one_of(
    st.sampled_from(
        ["", "0", "1.5", "-2", "1e400", "9" * 400, "inf", "NA", "nan", '"', '""', "#", "1_0"]
    ),
    st.sampled_from(["TCGA-AA-0001-01A", "Silent", "PASS", "²", "\u2028", "\x00", "True"]),
    st.text(max_size=5),
)  # fmt: skip
ROWS = st.lists(st.lists(CELLS, max_size=6).map("\t".join), max_size=6).map("\n".join)


def check_expression(path):
    matrix, _ = read_expression_file(path, "log2p1", "--cells_expression_unit")
    assert np.isfinite(matrix.X).all()
    assert matrix.X.min() >= 0


def check_mutation(path):
    matrix, _ = read_mutations(path, None, ["nonsilent"], ["PASS", "."])
    assert set(np.unique(matrix.X.toarray())) <= {0, 1}
    assert matrix.var_names.is_unique
    assert matrix.obs_names.is_unique


def check_response(path):
    response, _ = read_response(path, "ln_um", 1)
    assert not np.isinf(response.X).any()
    assert (response.var["n_measured"] > 0).all()


def check_annotation(path):
    frame, _ = read_annotation(path)
    assert frame.index.is_unique
    assert (frame["cancer_type"] != "").all()


READERS = {
    "expression": check_expression,
    "mutation": check_mutation,
    "response": check_response,
    "annotation": check_annotation,
}


def read_or_refuse(check, path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        try:
            check(path)
        except DataError as error:
            assert str(path) in str(error)


@pytest.mark.parametrize("name", READERS)
@FEW
@given(data=st.binary(max_size=200), packed=st.booleans())
@example(data=b"\x1f\x8b\x08\x00", packed=False)
@example(data=b"a,b\n\xff\xfe,1\n", packed=True)
@example(data=b'"' + b"a,b" * 60_000, packed=False)
def test_any_bytes(tmp_path, name, data, packed):
    path = tmp_path / ("file.gz" if packed else "file")
    path.write_bytes(gzip.compress(data) if packed else data)
    read_or_refuse(READERS[name], path)


@pytest.mark.parametrize("name", READERS)
@FEW
@given(rows=ROWS)
@example(rows="a\t1\t2\tPASS\nb\t1\n")
@example(rows="²\t²\t²\t1\n1\t1\t1\t1")
@example(rows="TP53\tMissense_Mutation\tS1\tPASS\nTP53\tSilent\tS1\t.")
def test_any_rows_below_a_good_header(tmp_path, name, rows):
    path = tmp_path / "file"
    path.write_text(
        f"{HEADERS[name]}\n{rows}", encoding="utf-8", errors="surrogatepass", newline=""
    )
    read_or_refuse(READERS[name], path)


@pytest.mark.parametrize("read", [read_cohort, lambda path: read_splits(path, [])])
@FEW
@given(
    head=st.sampled_from([b"", b"\x89HDF\r\n\x1a\n", b"PK\x03\x04", b"\x93NUMPY\x01\x00"]),
    data=st.binary(max_size=200),
)
def test_any_bytes_are_no_stored_product(tmp_path, read, head, data):
    path = tmp_path / "file"
    path.write_bytes(head + data)
    with pytest.raises(DataError, match="not a complete"):
        read(path)

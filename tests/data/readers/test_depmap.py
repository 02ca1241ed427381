import pytest

from drp.data.errors import DataError
from drp.data.readers.depmap import take_default_entries
from drp.data.readers.matrices import read_matrix

LEADING = ["SequencingID", "ModelID", "IsDefaultEntryForModel"]


def read(tmp_path, header, *rows):
    path = tmp_path / "x.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    return take_default_entries(read_matrix(path, LEADING), {}, path)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (",ModelID,IsDefaultEntryForModel,TP53 (7157)", "0,ACH-000001,Yes,1.5"),
        ("ModelID,SequencingID,IsDefaultEntryForModel,TP53 (7157)", "ACH-000001,CDS-1,Yes,1.5"),
    ],
)
def test_the_model_names_the_row_wherever_it_stands(tmp_path, header, row):
    matrix, is_named = read(tmp_path, header, row)
    assert is_named
    assert list(matrix.rows) == ["ACH-000001"]


def test_default_entries_of_no_model_are_refused(tmp_path):
    with pytest.raises(
        DataError,
        match=r"expected a column ModelID or .* beside 'IsDefaultEntryForModel', found one without",
    ):
        read(tmp_path, ",IsDefaultEntryForModel,TP53 (7157)", "0,Yes,1.5")

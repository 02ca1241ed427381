import warnings

import pytest

from drp.data.errors import DataWarning
from drp.data.readers.spreadsheet_dates import warn_of_dates


@pytest.mark.parametrize(
    "name", ["2-Sep", "1-Mar", "Dec-01", "15-SEP", "1/Mar", "2006-09-02", "10 Mar"]
)
def test_a_date_is_no_gene(name):
    with pytest.warns(DataWarning, match=rf"file\.csv: 1 genes are named by dates, .*: {name}$"):
        warn_of_dates(["TP53", name, ""], "file.csv")


def test_genes_are_no_dates():
    genes = ["SEPT2", "SEPTIN2", "MARCHF1", "DEC1", "NKX2-1", "HLA-A", "AUG2", "1", "MAY", "2006"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_dates(genes, "file.csv")

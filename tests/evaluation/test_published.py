"""The published figures in the code are those of the reference file."""

import os
from pathlib import Path

import pandas as pd
import pytest

from drp.evaluation.published import published_table1

REFERENCE = (
    Path(os.environ.get("DRP_DATA", "../shared/data")).parent / "reference/published/table1.csv"
)


def test_designs_and_headline():
    table = published_table1().set_index("design")
    assert len(table) == 7
    assert table.index.is_unique
    assert table.loc["complete", "median_mse_imputed"] == 1.96
    assert table.loc["mutation_only", "median_epochs"] == 9.5


@pytest.mark.realdata
@pytest.mark.skipif(not REFERENCE.exists(), reason=f"no reference file {REFERENCE}")
def test_equals_the_reference_file():
    reference = pd.read_csv(REFERENCE).fillna({"note": ""})
    pd.testing.assert_frame_equal(published_table1(), reference, check_dtype=False)

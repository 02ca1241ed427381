import pandas as pd
import pytest

from drp.data.barcodes import select_primary, shorten_barcode


@pytest.mark.parametrize(
    ("barcode", "sample"),
    [
        ("TCGA-02-0003-01A-01D-1490-08", "TCGA-02-0003-01"),
        ("TCGA-02-0003-01", "TCGA-02-0003-01"),
        ("TCGA-AB-2802-03B", "TCGA-AB-2802-03"),
        ("TCGA-AB-2802", "TCGA-AB-2802"),
        ("tcga-02-0003-01A", "tcga-02-0003-01A"),
        ("PATIENT-7-01A", "PATIENT-7-01A"),
        ("ACH-000001", "ACH-000001"),
        ("", ""),
    ],
)
def test_shorten_barcode_keeps_the_sample_and_leaves_other_names(barcode, sample):
    assert shorten_barcode(barcode) == sample


@pytest.mark.parametrize(
    ("samples", "kept"),
    [
        (["TCGA-02-0003-01"], [0]),
        (["TCGA-02-0003-06", "TCGA-02-0003-01"], [1]),
        (["TCGA-02-0003-06", "TCGA-02-0003-11", "TCGA-02-0003-02"], []),
        (["TCGA-AB-0001-09", "TCGA-AB-0001-03", "TCGA-AB-0002-09"], [1, 2]),
        (["own-2", "TCGA-02-0003-06", "own-1"], [0, 2]),
        (["TCGA-02-0003"], [0]),
        ([], []),
    ],
    ids=["one", "metastasis", "no primary", "lowest type", "own names", "patient", "none"],
)
def test_select_primary_keeps_one_primary_per_patient_in_order(samples, kept):
    index = pd.Index(samples, dtype=object)
    assert list(select_primary(index)) == [samples[i] for i in kept]

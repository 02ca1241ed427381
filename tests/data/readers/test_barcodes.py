import numpy as np
import pandas as pd
import pytest

from drp.data.readers.barcodes import (
    find_patients,
    resolve_patients,
    select_primary,
    shorten_barcode,
)


@pytest.mark.parametrize(
    ("barcode", "sample"),
    [
        ("TCGA-02-0003-01A-01D-1490-08", "TCGA-02-0003-01"),
        ("TCGA-02-0003-01", "TCGA-02-0003-01"),
        ("TCGA-AB-2802-03B", "TCGA-AB-2802-03"),
        ("TCGA-AB-2802", "TCGA-AB-2802"),
        ("TCGA.02.0003.01A.01D.1490.08", "TCGA-02-0003-01"),
        ("TCGA.02.0003.01A", "TCGA-02-0003-01"),
        ("TCGA.02.0003.01", "TCGA-02-0003-01"),
        ("TCGA.AB.2802", "TCGA-AB-2802"),
        ("TCGA-AB.2802", "TCGA-AB.2802"),
        ("TCGA-AB-2802-", "TCGA-AB-2802-"),
        ("TCGA-AB-28025", "TCGA-AB-28025"),
        ("tcga-02-0003-01A", "tcga-02-0003-01A"),
        ("PATIENT-7-01A", "PATIENT-7-01A"),
        ("ACH-000001", "ACH-000001"),
        (" TCGA-AB-2802-03B ", "TCGA-AB-2802-03"),
        ("ACH-000001 ", "ACH-000001"),
        ("", ""),
    ],
)
def test_shorten_barcode_keeps_the_sample_and_leaves_other_names(barcode, sample):
    assert shorten_barcode(barcode) == sample
    assert shorten_barcode(sample) == sample


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


OTHERS = ["TCGA-AB-0001-09", "TCGA-AB-0001-03", "TCGA-AB-0002-06", "TCGA-AB-0003-01", "own"]


@pytest.mark.parametrize(
    ("name", "resolved"),
    [
        ("TCGA-AB-0001", "TCGA-AB-0001-03"),
        ("TCGA-AB-0002", "TCGA-AB-0002"),  # of which there is only a metastasis
        ("TCGA-AB-0003-06", "TCGA-AB-0003-06"),
        ("TCGA-AB-0009", "TCGA-AB-0009"),
        ("own", "own"),
    ],
)
def test_a_patient_becomes_its_primary_sample_among_the_others(name, resolved):
    assert list(resolve_patients(pd.Index([name]), OTHERS)) == [resolved]


@pytest.mark.parametrize("others", [OTHERS, set(OTHERS), [], pd.Index(OTHERS)])
def test_names_keep_their_order_whatever_holds_the_others(others):
    names = pd.Index(["own", "TCGA-AB-0003", "own"])
    expected = "TCGA-AB-0003-01" if len(others) else "TCGA-AB-0003"
    assert list(resolve_patients(names, others)) == ["own", expected, "own"]
    assert not len(resolve_patients(pd.Index([], dtype=object), others))


def test_many_names_are_resolved():
    patients = pd.Index([f"TCGA-AB-{i:04d}" for i in range(9999)])
    resolved = resolve_patients(patients, patients + "-01")
    np.testing.assert_array_equal(resolved, patients + "-01")
    np.testing.assert_array_equal(find_patients(resolved), patients)

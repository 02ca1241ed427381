"""Values that cannot be in the declared unit, for long and wide tables alike."""

import numpy as np
import pandas as pd
import pytest

from drp.data.errors import DataError
from drp.data.readers.response import read_response
from drp.data.readers.response_units import looks_like_auc, name_auc_scale

N_LINES = 30


def make_screen(transform, n_drugs=24):
    """A screen with GDSC's spread: 30 lines, ln IC50 of sd 2.6."""
    values = 2.0 + np.random.default_rng(0).normal(0, 2.6, (N_LINES, n_drugs))
    return transform(values)


def write_long(tmp_path, values, column="LN_IC50"):
    lines, drugs = np.indices(values.shape)
    path = tmp_path / "response.csv"
    pd.DataFrame({
        "COSMIC_ID": 905900 + lines.ravel(), "DRUG_ID": drugs.ravel(), column: values.ravel(),
    }).to_csv(path, index=False)  # fmt: skip
    return path


def write_wide(tmp_path, values):
    path = tmp_path / "response.csv"
    columns = [f"Drug_{n}_IC50" for n in range(values.shape[1])]
    lines = pd.Index(905900 + np.arange(len(values)), name="COSMIC_ID")
    pd.DataFrame(values, lines, columns).to_csv(path)
    return path


def divide(by):
    return lambda values: values / by


CASES = [
    ("ln_um", divide(np.log(10)), r"spread 1\.1.: .* log10 .*--response_unit=log10_um; if it is"),
    ("ln_um", lambda x: 1.15 * x + np.log(1000), r"looks like ln \(nM\); subtract ln\(1000\)"),
    ("log10_um", lambda x: x, r"no drug has 1e\d+ uM; use --response_unit=ln_um"),
    ("log10_um", lambda x: x - 5, r"no drug acts at 10\^-5 uM; use --response_unit=ln_um"),
    ("ln_um", np.exp, r"looks like plain uM; use --response_unit=um"),
    ("log10_um", np.exp, r"looks like plain uM; use --response_unit=um"),
    ("um", lambda x: x, r"an IC50 in uM is positive; use --response_unit=ln_um or log10_um"),
    ("ln_um", lambda x: (x - x.mean()) / x.std(), "looks like z-scores, which cannot be conver"),
    ("log10_um", lambda x: (x - x.mean()) / x.std(), "looks like z-scores, which cannot be con"),
    ("ln_um", lambda x: x - 80, r"no drug acts at exp\(-60\) uM"),
]


@pytest.mark.parametrize("write", [write_long, write_wide])
@pytest.mark.parametrize(("unit", "transform", "message"), CASES)
def test_values_in_another_unit_name_the_cure(tmp_path, write, unit, transform, message):
    path = write(tmp_path, make_screen(transform))
    with pytest.raises(DataError, match=rf"response\.csv: (LN_IC50|values) from .*{message}"):
        read_response(path, unit, 1)


@pytest.mark.parametrize("write", [write_long, write_wide])
@pytest.mark.parametrize("unit", ["ln_um", "log10_um", "um"])
def test_values_in_the_declared_unit_are_read(tmp_path, write, unit):
    expected = make_screen(lambda x: x)
    to_declared = {"ln_um": lambda x: x, "log10_um": divide(np.log(10)), "um": np.exp}[unit]
    response, _ = read_response(write(tmp_path, to_declared(expected)), unit, 30)
    np.testing.assert_allclose(response.X, expected, atol=1e-5)


def test_a_small_spread_is_no_log10_if_its_ends_are_beyond_any_log10(tmp_path):
    values = make_screen(divide(3)) - 3.5  # sd 0.9, from about -5.5
    assert values.min() < -5
    assert read_response(write_long(tmp_path, values), "ln_um", 1)[0].n_vars == 24


def test_a_few_drugs_may_have_a_small_spread(tmp_path):
    path = write_long(tmp_path, make_screen(divide(3), n_drugs=5))
    assert read_response(path, "ln_um", 30)[0].n_vars == 5


@pytest.mark.parametrize(
    ("write", "column"), [(write_long, ("IC50",)), (write_long, ("response",)), (write_wide, ())]
)
def test_values_of_no_named_scale_without_negatives_are_no_ln(tmp_path, write, column):
    in_um = make_screen(lambda x: np.exp(x).clip(max=8))  # as CCLE's, whose doses end there
    path = write(tmp_path, in_um, *column)
    with pytest.raises(DataError, match=r"no value is negative.*use --response_unit=um or"):
        read_response(path, "ln_um", 1)
    response, _ = read_response(path, "um", 1)
    np.testing.assert_allclose(response.X, np.log(in_um), atol=1e-5)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (make_screen(lambda x: x), "an AUC is never negative; use --response_unit=ln_um or log10"),
        (make_screen(np.exp), "no AUC is above 100"),
    ],
)
def test_what_is_no_auc(tmp_path, values, message):
    for path in (write_long(tmp_path, values, "AUC"), write_wide(tmp_path, values)):
        with pytest.raises(DataError, match=message):
            read_response(path, "auc", 1)


def test_an_auc_that_is_called_ln_ic50_is_told_even_of_few_drugs(tmp_path):
    areas = make_screen(lambda x: 1 / (1 + np.exp(-x)), n_drugs=2)
    for unit in ("ln_um", "log10_um"):
        with pytest.raises(
            DataError, match="an AUC; name the column AUC and use --response_unit=auc"
        ):
            read_response(write_long(tmp_path, areas), unit, 1)
    with pytest.raises(DataError, match="use --response_unit=ln_um"):
        read_response(write_long(tmp_path, areas), "auc", 1)
    assert read_response(write_long(tmp_path, areas, "AUC"), "auc", 1)[1]["unit"] == "AUC"


@pytest.mark.parametrize("unit", ["ln_um", "log10_um", "um"])
def test_one_value_for_all_is_no_response(tmp_path, unit):
    with pytest.raises(DataError, match=r"expected responses in LN_IC50, found 1\.5 in every row"):
        read_response(write_long(tmp_path, make_screen(lambda x: 0 * x + 1.5)), unit, 1)


@pytest.mark.parametrize(
    ("high", "source", "told", "scale"),
    [
        (0.99, "", True, "GDSC-like, 0 to 1"),
        (1.5, "", False, "PRISM-like, 1 = no effect"),
        (1.5, "BRD", True, "PRISM-like, 1 = no effect"),
        (20.0, "GDSC1", False, "CTRP-like, summed over the doses"),
        (20.0, "CTRP", True, "CTRP-like, summed over the doses"),
    ],
)
def test_areas_are_told_by_their_ends(high, source, told, scale):
    values = np.linspace(0, high, 50)
    assert looks_like_auc(values, source) == told
    assert name_auc_scale(values) == scale
    assert not looks_like_auc(values - 0.1, source)
    assert not looks_like_auc(values[:5], source)

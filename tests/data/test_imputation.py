"""The fill against hand arithmetic, against R's VIM, and against its definition done slowly."""

import numpy as np
import pandas as pd
import pytest

from drp.data.imputation import ImputationRecord, impute_vim_knn

NAN = np.nan


def impute_slowly(ic50_DS, k):
    """The definition, with every distance computed anew for every line: O(columns^2)."""
    x = ic50_DS.copy()
    n_drugs, n_lines = x.shape
    low, high = np.nanmin(ic50_DS, axis=0), np.nanmax(ic50_DS, axis=0)
    ranges = np.where(high > low, high - low, 1.0)
    for line in range(n_lines):
        donors = [drug for drug in range(n_drugs) if not np.isnan(ic50_DS[drug, line])]
        others = [other for other in range(n_lines) if other != line]
        column = x[:, line].copy()
        for drug in np.flatnonzero(np.isnan(ic50_DS[:, line])):
            distances = []
            for donor in donors:
                gaps = []
                for other in others:
                    a, b = (
                        high[other] / ranges[other] + 1
                        if np.isnan(value)
                        else value / ranges[other]
                        for value in (x[drug, other], x[donor, other])
                    )
                    gaps.append(abs(a - b))
                distances.append(sum(gaps) / len(others))
            # Equal but for rounding counts as a tie, which the first donor wins.
            order = sorted(range(len(donors)), key=lambda i, d=distances: round(d[i], 10))[:k]
            weights = np.array([1 - distances[i] for i in order])
            positive = weights[weights > 0]
            weights = np.maximum(weights, positive.min() / 10) if len(positive) else None
            values = [x[donors[i], line] for i in order]
            column[drug] = np.average(values, weights=weights)
        x[:, line] = column
    return x


def test_three_by_three_by_hand():
    # Drugs in rows. Lines 0 and 1 have ranges 2 and 10; line 2 has the gap, drug 0.
    table = np.array([[0.0, 10.0, NAN], [1.0, 10.0, 4.0], [2.0, 0.0, 8.0]])
    # To drug 1: (0.5 + 0) / 2 = 0.25, weight 0.75. To drug 2: (1 + 1) / 2 = 1, weight 0, which is
    # raised to a tenth of the smallest positive one, 0.075.
    expected = (0.75 * 4 + 0.075 * 8) / 0.825
    filled, record = impute_vim_knn(table, k=5)
    assert filled[0, 2] == pytest.approx(expected, abs=1e-14)
    assert record == ImputationRecord(
        filled=1, lines_without_spread=0, lines_with_few_donors=1, fills_without_positive_weight=0
    )
    np.testing.assert_array_equal(filled[~np.isnan(table)], table[~np.isnan(table)])


def test_one_neighbour_is_the_nearest_donor_and_the_first_of_equals():
    table = np.array([[0.0, NAN], [3.0, 7.0], [1.0, 5.0], [1.0, 6.0]])
    assert impute_vim_knn(table, k=1)[0][0, 1] == pytest.approx(5.0)


def test_a_gap_in_another_line_stands_one_range_above_its_maximum():
    # In line 0 (range 4, maximum 6) drug 2 is missing and stands in as 6/4 + 1 = 2.5 ranges.
    table = np.array([[2.0, NAN], [6.0, 1.0], [NAN, 9.0]])
    # Line 0 is filled first, from line 1 (range 8): drug 2 to drug 1: |9 - 1| / 8 = 1, weight 0;
    # drug 0 is missing there and stands in as 9/8 + 1: distance 1, weight 0. So the plain mean, 4.
    # Line 1 then sees 4: drug 0 to drug 1 is 1 (weight 0), to drug 2 is 0.5.
    filled, record = impute_vim_knn(table, k=5)
    assert filled[2, 0] == pytest.approx(4.0)
    assert filled[0, 1] == pytest.approx((0.05 * 1 + 0.5 * 9) / 0.55)
    assert record.fills_without_positive_weight == 1


@pytest.mark.realdata
def test_equals_r_vim(real_data):
    folder = real_data.parent / "reference" / "vim_knn"
    if not folder.is_dir():
        pytest.skip(f"no reference results at {folder}")
    table, expected = (
        pd.read_csv(folder / f"{name}.csv", index_col=0) for name in ("input", "expected")
    )
    filled, _ = impute_vim_knn(table.to_numpy(), k=5)
    np.testing.assert_allclose(filled, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_equals_its_definition_on_random_gaps(seed):
    rng = np.random.default_rng(seed)
    table = rng.normal(2, 2.6, (12, 9)).round(1 if seed % 2 else 15)
    table[rng.random(table.shape) < 0.1 * (1 + seed)] = NAN
    table[0, np.isnan(table).all(axis=0)] = 1.0
    for k in (1, 5):
        filled, record = impute_vim_knn(table, k)
        np.testing.assert_allclose(filled, impute_slowly(table, k), rtol=0, atol=1e-12)
        assert record.filled == np.isnan(table).sum()


def test_odd_cases_are_filled_and_counted():
    table = np.array([
        [1.0, NAN, 0.0, 0.0],
        [1.0, 2.0, 9.0, 7.0],
        [1.0, NAN, 5.0, 3.0],
        [NAN, NAN, 5.0, 3.0],
    ])  # fmt: skip
    filled, record = impute_vim_knn(table, k=2)
    assert np.isfinite(filled).all()
    assert record == ImputationRecord(
        filled=4, lines_without_spread=2, lines_with_few_donors=1, fills_without_positive_weight=0
    )
    assert filled[3, 0] == 1.0  # line 0 has no spread: all its donors agree
    np.testing.assert_array_equal(filled[:, 1], 2.0)  # line 1 has one donor


def test_a_complete_table_and_the_caller_s_table_stay_as_they_are():
    table = np.arange(6.0).reshape(3, 2)
    np.testing.assert_array_equal(impute_vim_knn(table)[0], table)
    gappy = np.where(table == 3, NAN, table)
    impute_vim_knn(gappy)
    assert np.isnan(gappy).sum() == 1


def test_a_line_without_measurements_raises():
    with pytest.raises(ValueError, match="line 1 has no measured drug"):
        impute_vim_knn(np.array([[1.0, NAN], [2.0, NAN]]))

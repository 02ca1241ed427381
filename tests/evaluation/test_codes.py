"""Cancer types from neighbours by hand and by scikit-learn; what decides between equals."""

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from drp.evaluation.codes import knn_accuracy, majority_accuracy


def make_codes(n=600, n_types=6, seed=0):
    rng = np.random.default_rng(seed)
    type_S = rng.choice([f"T{i}" for i in range(n_types)], n)
    places = np.random.default_rng(9).normal(size=(n_types, 8))
    return places[[int(name[1]) for name in type_S]] + rng.normal(size=(n, 8)), type_S


def test_by_hand():
    train_NK = np.array([[0.0], [1.0], [2.0], [10.0], [11.0]])
    train_N = np.array(["A", "A", "B", "B", "B"])
    test_TK, test_T = np.array([[0.1], [2.1], [9.0]]), np.array(["A", "B", "C"])
    assert knn_accuracy(train_NK, train_N, test_TK, test_T, 1) == 2 / 3  # C was never seen
    assert knn_accuracy(train_NK, train_N, test_TK, test_T, 3) == 1 / 3  # 2.1 is among A now
    assert knn_accuracy(train_NK, train_N, test_TK, test_T, 99) == 1 / 3  # all vote, for B


@pytest.mark.parametrize("neighbours", [1, 4, 15])
def test_equals_scikit_learn(neighbours):
    train_NK, train_N = make_codes()
    test_TK, test_T = make_codes(400, seed=1)
    expected = KNeighborsClassifier(neighbours).fit(train_NK, train_N).score(test_TK, test_T)
    assert knn_accuracy(train_NK, train_N, test_TK, test_T, neighbours) == expected
    assert expected > majority_accuracy(train_N, test_T) + 0.1


def test_codes_that_are_all_alike_tell_no_more_than_the_majority():
    _, train_N = make_codes()
    _, test_T = make_codes(100, seed=1)
    expected = majority_accuracy(train_N, test_T)
    assert knn_accuracy(np.zeros((600, 3)), train_N, np.zeros((100, 3)), test_T) == expected


def test_the_order_of_training_tumours_does_not_matter():
    train_NK, train_N = make_codes()
    train_NK = np.round(train_NK)  # many equal distances
    test_TK, test_T = make_codes(200, seed=1)
    back = [knn_accuracy(train_NK[::s], train_N[::s], test_TK.round(), test_T) for s in (1, -1)]
    assert back[0] == back[1]


def test_equal_votes_go_to_the_first_type():
    train_NK, train_N = np.array([[-1.0], [1.0]]), np.array(["B", "A"])
    assert knn_accuracy(train_NK, train_N, np.zeros((1, 1)), np.array(["A"]), 1) == 1
    assert majority_accuracy(train_N, np.array(["A", "A", "B", "B"])) == 0.5


def test_majority_by_hand():
    assert majority_accuracy(np.array(["A", "B", "B"]), np.array(["A", "B", "C", "B"])) == 0.5
    assert majority_accuracy(np.array(["A"]), np.array(["B"])) == 0


@pytest.mark.parametrize("n_train, n_test", [(0, 2), (2, 0)])
def test_no_tumour_is_an_error(n_train, n_test):
    types = np.array(["A", "B"])
    with pytest.raises(ValueError, match="expected at least one"):
        knn_accuracy(np.zeros((n_train, 1)), types[:n_train], np.zeros((n_test, 1)), types[:n_test])
    with pytest.raises(ValueError, match=f"one test tumour, found {n_train} and {n_test}"):
        majority_accuracy(types[:n_train], types[:n_test])


def test_codes_that_do_not_fit_are_errors():
    codes, types = np.zeros((2, 3)), np.array(["A", "B"])
    with pytest.raises(ValueError, match=r"test tumours: .* found 2 codes and 1 types"):
        knn_accuracy(codes, types, codes, types[:1])
    with pytest.raises(ValueError, match="found widths 3 and 2, neighbours=15"):
        knn_accuracy(codes, types, codes[:, :2], types)
    with pytest.raises(ValueError, match="neighbours=0"):
        knn_accuracy(codes, types, codes, types, 0)
    with pytest.raises(ValueError, match=r"training tumours: expected finite codes, .* in 1"):
        knn_accuracy(codes + np.array([[0], [np.nan]]), types, codes, types)

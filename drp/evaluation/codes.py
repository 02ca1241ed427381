"""What codes tell of the cancer type. It refuses to know what made the codes."""

import numpy as np
from scipy.spatial.distance import cdist

ROWS_AT_ONCE = 256  # test tumours: at 8,000 training tumours 16 MB of distances


def knn_accuracy(
    train_codes_NK: np.ndarray, train_type_N: np.ndarray,
    test_codes_TK: np.ndarray, test_type_T: np.ndarray, neighbours: int = 15,
) -> float:  # fmt: skip
    """Return the share of test tumours whose nearest training tumours vote for their cancer type.

    Euclidean distance, one vote each. Training tumours as far as the last neighbour all vote, so
    that the answer does not depend on their order: codes that are all alike give
    `majority_accuracy`. Types with equal votes: the first in sorted order. With fewer training
    tumours than neighbours all vote.

    Args:
      train_codes_NK: codes of the tumours to learn from.
      train_type_N: their cancer types.
      test_codes_TK: codes of other tumours.
      test_type_T: their cancer types. One without a training tumour cannot be guessed: it counts
        as missed.
      neighbours: how many training tumours vote.

    Returns:
      A share from 0 to 1.

    Raises:
      ValueError: no training or test tumour, codes and types of different lengths, codes that are
        not finite or not of the same K, or neighbours below 1.
    """
    _check_codes("training", train_codes_NK, train_type_N)
    _check_codes("test", test_codes_TK, test_type_T)
    if train_codes_NK.shape[1] != test_codes_TK.shape[1] or neighbours < 1:
        raise ValueError(
            f"expected codes of one width and neighbours >= 1, found widths "
            f"{train_codes_NK.shape[1]} and {test_codes_TK.shape[1]}, neighbours={neighbours}"
        )
    types, place_N = np.unique(np.asarray(train_type_N, str), return_inverse=True)
    is_type_NC = place_N[:, None] == np.arange(types.size)
    guesses = [
        vote(cdist(test_codes_TK[start : start + ROWS_AT_ONCE], train_codes_NK), is_type_NC,
             min(neighbours, place_N.size))
        for start in range(0, len(test_codes_TK), ROWS_AT_ONCE)
    ]  # fmt: skip
    return float(np.mean(types[np.concatenate(guesses)] == np.asarray(test_type_T, str)))


def majority_accuracy(train_type_N: np.ndarray, test_type_T: np.ndarray) -> float:
    """Return the share of test tumours of the training tumours' most frequent cancer type.

    What guessing without codes gives. Types equally frequent: the first in sorted order.

    Raises:
      ValueError: no training or test tumour.
    """
    if len(train_type_N) == 0 or len(test_type_T) == 0:
        raise ValueError(
            "expected at least one training and one test tumour, found "
            f"{len(train_type_N)} and {len(test_type_T)}"
        )
    types, counts = np.unique(np.asarray(train_type_N, str), return_counts=True)
    return float(np.mean(np.asarray(test_type_T, str) == types[counts.argmax()]))


def vote(distance_BN: np.ndarray, is_type_NC: np.ndarray, neighbours: int) -> np.ndarray:
    """Return each row's type (B,), as a column of `is_type_NC`, by the nearest and their equals."""
    last_B1 = np.partition(distance_BN, neighbours - 1, axis=1)[:, neighbours - 1 : neighbours]
    votes_BC = (distance_BN <= last_B1).astype(np.float32) @ is_type_NC.astype(np.float32)
    return votes_BC.argmax(axis=1)  # the first of equals


def _check_codes(part: str, codes_SK: np.ndarray, type_S: np.ndarray) -> None:
    if len(codes_SK) == 0 or len(codes_SK) != len(type_S):
        raise ValueError(
            f"{part} tumours: expected at least one, with a cancer type each, found "
            f"{len(codes_SK)} codes and {len(type_S)} types"
        )
    if not np.isfinite(codes_SK).all():
        row = int(np.flatnonzero(~np.isfinite(codes_SK).all(axis=1))[0])
        raise ValueError(f"{part} tumours: expected finite codes, found {codes_SK[row]} in {row}")

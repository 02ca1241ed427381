"""Which lines each member of an ensemble fits, and on which it stops. It draws no test lines.

Every network needs lines to stop on, which it cannot fit. Members that each stop on another tenth
of the lines waste none: the ensemble as a whole has fitted all of them.
"""

import numpy as np

from drp.data.folds import TRAIN, UNUSED, VALIDATION, Fold

STOPPING_PARTS = 10
STREAM = 10  # of random numbers; NumPy takes a last seed of 0 for none, which is the splits' own


def rotate(fold: Fold, members: int, refit: bool, seeds: tuple[int, ...]) -> tuple[Fold, ...]:
    """Return the fold of each member, all of one size and with the same test lines.

    One member without `refit` has the fold as it is. Otherwise the lines are shuffled and cut into
    tenths, member m stops on tenth m and fits the other nine; from the eleventh member on they are
    shuffled again. Where entries are held out, entries are cut in place of lines.

    Args:
      fold: one replicate's parts.
      members: networks of the ensemble.
      refit: whether the validation lines are among those cut; else they are left alone.
      seeds: what the shuffling depends on, such as the run's seed and the replicate.
    """
    if members == 1 and not refit:
        return (fold,)
    if fold.part_SD is None:
        pool = np.concatenate([fold.train, fold.validation]) if refit else fold.train
    else:
        pool = np.flatnonzero(np.isin(fold.part_SD, (TRAIN, VALIDATION) if refit else (TRAIN,)))
    place = _place_lines if fold.part_SD is None else _place_entries
    return tuple(place(fold, *_cut(pool, member, seeds)) for member in range(members))


def _cut(pool: np.ndarray, member: int, seeds: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return what one member fits, and what it stops on."""
    turn, tenth = divmod(member, STOPPING_PARTS)
    order = np.random.default_rng([*seeds, STREAM + turn]).permutation(pool)
    size = max(1, len(pool) // STOPPING_PARTS)
    stops = np.arange(tenth * size, (tenth + 1) * size) % len(pool)
    return np.delete(order, stops), order[stops]


def _place_lines(fold: Fold, fits: np.ndarray, stops: np.ndarray) -> Fold:
    return fold._replace(train=fits, validation=stops)


def _place_entries(fold: Fold, fits: np.ndarray, stops: np.ndarray) -> Fold:
    part_SD = np.where(np.isin(fold.part_SD, (TRAIN, VALIDATION)), UNUSED, fold.part_SD)
    part_SD.flat[fits], part_SD.flat[stops] = TRAIN, VALIDATION
    return fold._replace(part_SD=part_SD)

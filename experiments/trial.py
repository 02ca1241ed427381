"""One recipe on the bench: whose lines, which parts of them, and what is learned from them.

A replicate's networks are numbered through: member m of replicate r is network r x members + m.
"""

from collections.abc import Sequence
from functools import cached_property, lru_cache

import numpy as np

from drp.baselines import BaselineInputs, project_components
from drp.data.cohort import MUTATION
from drp.data.folds import PAIR, TRAIN, VALIDATION, Fold, shrink
from drp.data.imputation import impute_vim_knn
from drp.data.lines import FurtherLines, select_further, shuffle_lines
from drp.data.mixtures import mix_tissues
from drp.data.rotation import rotate
from drp.models import MODALITIES
from drp.settings import N_COMPONENTS
from drp.training.span import multiply_lines
from experiments.bench import Bench, Profiles

FURTHER = 20  # stream of random numbers
KEPT = 64  # of what is wanted again for a replicate's members: 0.5 MB to 2 MB each on real lines


class Trial:
    """What a design is fitted on under one recipe.

    Where further lines help in learning, their rows follow those of the complete lines, in order
    and number the same for all replicates; `rows` says which of them a fold may learn from.
    """

    def __init__(self, recipe: str, bench: Bench):
        self.recipe = bench.recipes[recipe]
        self.lines = shuffle_lines(bench.lines, self.recipe.permuted, bench.seed)
        self._bench = bench
        self._holds_out_entries = bench.splits.kind == PAIR
        self.further = self._choose_further()
        self.n_lines = len(self.lines.samples)
        self.n_rows = self.n_lines + len(self.further.samples)
        self._rotate = lru_cache(maxsize=KEPT)(self._make_members)
        self._project = lru_cache(maxsize=KEPT)(self._fit_codes)

    def fold(self, replicate: int) -> Fold:
        """Return a replicate's parts, before they are dealt to members."""
        return shrink(self._bench.splits.fold(replicate), self.recipe.train_fraction)

    def networks(self, replicate: int) -> range:
        """Return the numbers of a replicate's networks."""
        return range(replicate * self.recipe.members, (replicate + 1) * self.recipe.members)

    def network(self, number: int) -> Fold:
        """Return the parts of one network."""
        replicate, member = divmod(number, self.recipe.members)
        return self._rotate(replicate)[member]

    def _make_members(self, replicate: int) -> tuple[Fold, ...]:
        recipe, seeds = self.recipe, (self._bench.seed, replicate)
        return rotate(self.fold(replicate), recipe.members, recipe.refit, seeds)

    def count_fitted(self, replicate: int, members: bool) -> int:
        """Return how many lines a replicate has fitted; entries, where these are held out.

        Args:
          replicate: its number.
          members: all members together; else what a baseline fits, which stops on nothing.
        """
        folds = self._rotate(replicate) if members else [self.fold(replicate)]
        parts = (TRAIN,) if members or not self.recipe.refit else (TRAIN, VALIDATION)
        if folds[0].part_SD is None:
            rows = [fold[part - TRAIN] for fold in folds for part in parts]
            return len(np.unique(np.concatenate(rows)))
        fitted_SD = np.any([np.isin(fold.part_SD, parts) for fold in folds], axis=0)
        return int((fitted_SD & np.isfinite(self.lines.measured_SD)).sum())

    def _choose_further(self) -> FurtherLines:
        """Return the further lines of this recipe: as large a share of them as of the others."""
        further = self.lines.further
        order = np.random.default_rng([self._bench.seed, FURTHER]).permutation(len(further.samples))
        share = self.recipe.train_fraction if self.recipe.further_lines else 0
        return select_further(further, np.sort(order[: round(share * len(order))]))

    def rows(self, fold: Fold) -> np.ndarray:
        """Return the rows that a fold learns from, further lines last.

        Further lines of a tissue that is held out would tell of it.
        """
        of_other_tissues = np.flatnonzero(self.further.tissue_F != fold.name)
        return np.concatenate([fold.train, self.n_lines + of_other_tissues])

    def weights(self) -> np.ndarray | None:
        """Return the weight of each row in the loss; None where all count alike."""
        if self.n_rows == self.n_lines:
            return None
        counts = [self.n_lines, self.n_rows - self.n_lines]
        return np.repeat([1.0, self.recipe.further_lines], counts)

    def mixture(self, fold: Fold) -> np.ndarray | None:
        """Return what further lines are made up of in expression: (F, N) weights of `fold.train`.

        None where there are no further lines.
        """
        if self.n_rows == self.n_lines:
            return None
        return mix_tissues(self.further.tissue_F, self.lines.tissue_S[fold.train])

    def stacked(self, name: str) -> np.ndarray:
        """Return a modality's profiles, with the further lines' if these have it."""
        own = {MUTATION: self.further.mutation_FM}
        return np.vstack([self.lines.inputs[name], *([own[name]] if name in own else [])])

    def extend(self, values_SK: np.ndarray, fold: Fold) -> np.ndarray:
        """Return what is linear in the profiles for all rows: (S + F, K).

        Args:
          values_SK: of the complete lines, or of all rows already.
          fold: whose training lines the further lines are made up of.
        """
        if len(values_SK) == self.n_rows:
            return values_SK
        mixed_FK = self.mixture(fold) @ values_SK[fold.train]
        return np.concatenate([values_SK, mixed_FK.astype(values_SK.dtype)])

    def shared_target(self) -> np.ndarray:
        """Return what networks learn where lines are held out: (rows, D + A), NaN = no entry."""
        target_SD = self._bench.lines.target(self.recipe.target)
        return np.hstack([self.append_further(target_SD), self.auxiliary()])

    def append_further(self, target_SD: np.ndarray) -> np.ndarray:
        """Return a table of responses with the further lines' below.

        Where entries are held out only their measured ones: the others were filled in with these.
        """
        name = "measured" if self._holds_out_entries else self.recipe.target
        return np.vstack([target_SD, self.further.target(name)])

    def auxiliary(self) -> np.ndarray:
        """Return further responses that networks learn: (rows, A), none if the recipe has none.

        Nor where entries are held out: another screen may hold the same line and drug.
        """
        wanted = np.vstack([self._bench.lines.auxiliary_SA, self.further.auxiliary_FA])
        return wanted if self.recipe.auxiliary and not self._holds_out_entries else wanted[:, :0]

    def own_targets(self, fold: Fold) -> tuple[np.ndarray, np.ndarray]:
        """Return a fold's targets of training and of validation, (S, D) each, NaN = not in it.

        Where entries are held out, an imputed target is filled anew from the training entries: the
        shared one was filled with the others in sight.
        """
        lines = self._bench.lines
        if fold.part_SD is None:
            target_SD = lines.target(self.recipe.target)
            masks = (np.isin(np.arange(len(target_SD)), rows) for rows in fold[:2])
            train_SD, validation_SD = (np.where(row[:, None], target_SD, np.nan) for row in masks)
            return train_SD, validation_SD
        train_SD, validation_SD = (
            np.where(fold.part_SD == part, lines.measured_SD, np.nan)
            for part in (TRAIN, VALIDATION)
        )
        if self.recipe.target == "imputed":
            train_SD = np.where(fold.part_SD == TRAIN, fill_gaps(train_SD), np.nan)
        return train_SD, validation_SD

    def learned_by(self, replicate: int) -> BaselineInputs:
        """Return what the lines of a replicate's parts tell, further lines below, no profiles."""
        fold = self.fold(replicate)
        train_SD, validation_SD = self.own_targets(fold)
        inputs = BaselineInputs(train_SD, validation_SD, self.recipe.refit, self.lines.tissue_S)
        if self.n_rows == self.n_lines:
            return inputs
        train_RD = self.append_further(train_SD)
        train_RD[np.setdiff1d(np.arange(self.n_lines, self.n_rows), self.rows(fold))] = np.nan
        return inputs._replace(
            train_SD=train_RD,
            validation_SD=np.vstack(
                [validation_SD, np.full_like(train_RD[self.n_lines :], np.nan)]
            ),
            tissue_S=np.concatenate([self.lines.tissue_S, self.further.tissue_F]),
            weight_S=self.weights(),
            made_up_S=np.arange(self.n_rows) >= self.n_lines,
        )

    def fitted(self, fold: Fold) -> Fold:
        """Return the fold whose training lines are all that a baseline learns from."""
        if self._holds_out_entries or not self.recipe.refit:
            return fold
        both = fold.train, fold.validation
        return fold._replace(train=np.concatenate(both))

    def codes(self, fold: Fold) -> Profiles:
        """Return the components of a fold's training lines, by modality, see `stacked`."""
        return self._project(tuple(fold.train.tolist()))

    def _fit_codes(self, train: Sequence[int]) -> Profiles:
        return {
            name: project_components(products_RR, np.array(train), N_COMPONENTS)
            for name, products_RR in self._products.items()
        }

    @cached_property
    def _products(self) -> Profiles:
        """Return the inner products of all rows that have a modality."""
        inputs = {name: self.stacked(name) for name in MODALITIES}
        return {name: multiply_lines(x, x) for name, x in inputs.items()}


def fill_gaps(target_SD: np.ndarray) -> np.ndarray:
    """Return a table of responses without gaps; a line that has no entry is left as it is."""
    some = np.isfinite(target_SD).any(axis=1)
    filled_SD = target_SD.copy()
    filled_SD[some] = impute_vim_knn(target_SD[some].T)[0].T
    return filled_SD

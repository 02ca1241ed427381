"""Random forest per drug. It refuses to know how small leaves may be, and what is measured."""

from collections.abc import Iterator, Sequence

import numpy as np
import sklearn
from sklearn.ensemble import RandomForestRegressor

from drp.baselines.means import drug_mean

N_TREES = 60
GENES_PER_SPLIT = "sqrt"  # on real validation lines a third takes 4 times as long for 1% less MSE
SEED = 0  # every drug's, so that a forest depends on its data alone
FEWEST_ENTRIES = 2  # below, nothing is left beside the mean
FOREST_GRID = (10, 5, 2)


def predict_random_forest(
    profiles_SG: np.ndarray, target_SD: np.ndarray, settings: Sequence[int]
) -> Iterator[np.ndarray]:
    """Predict by one random forest per drug on its entries, for setting after setting.

    The profiles go in as they are: a tree sees nothing but their order. A drug with one entry gets
    it everywhere; one without any, the global mean.

    Args:
      profiles_SG: (S, G) profiles; float32 in here.
      target_SD: (S, D) ln IC50 (uM); NaN = not used for learning.
      settings: how many entries a leaf holds at least, in any order.

    Yields:
      (S, D) float64 predictions, ln IC50 (uM), one per setting, in their order.

    Raises:
      ValueError: there is no entry at all, or a profile is not finite.
    """
    profiles_SG = np.asarray(profiles_SG, np.float32)  # what a tree works on: cast once
    if not np.isfinite(profiles_SG).all():
        raise ValueError("expected finite profiles, found NaN or an infinite value")
    used_SD = ~np.isnan(target_SD)
    learnable = np.flatnonzero(used_SD.sum(axis=0) >= FEWEST_ENTRIES)
    for fewest_in_leaf in settings:
        pred_SD = drug_mean(target_SD)
        for drug in learnable:
            used_S = used_SD[:, drug]
            forest = RandomForestRegressor(
                N_TREES, min_samples_leaf=fewest_in_leaf, max_features=GENES_PER_SPLIT,
                random_state=SEED,
            )  # fmt: skip
            # Checked above; else scikit-learn would check anew for each of the trees.
            with sklearn.config_context(assume_finite=True, skip_parameter_validation=True):
                forest.fit(profiles_SG[used_S], target_SD[used_S, drug])
                pred_SD[:, drug] = forest.predict(profiles_SG)
        yield pred_SD

"""Profiles on one scale, by the lines that are fitted on. It refuses to know what is measured."""

import numpy as np


def standardise(profiles_SG: np.ndarray, fitted: np.ndarray) -> np.ndarray:
    """Scale every gene to mean 0 and standard deviation 1 over the fitted lines.

    A gene that is flat there keeps its scale: it is 0 for them, and what it is elsewhere
    was never learned from.

    Args:
      profiles_SG: (S, G) profiles, any real type.
      fitted: row numbers of the lines that set the scale.

    Returns:
      (S, G) float64.
    """
    profiles_SG = np.asarray(profiles_SG, np.float64)
    mean_G, sd_G = profiles_SG[fitted].mean(axis=0), profiles_SG[fitted].std(axis=0)
    flat_G = np.ptp(profiles_SG[fitted], axis=0) == 0  # the sd of equal values may be 1e-17
    return (profiles_SG - mean_G) / np.where(flat_G, 1, sd_G)

"""Random cell lines of any size, and splits of them. numpy only: torch trains on them too."""

from typing import NamedTuple

import numpy as np

from experiments.benchmarks.sizes import Size

MUTATED = 0.02  # share of ones
MEAN_EXPRESSION = 3.0
DRIVERS = 20  # genes that the response follows
NOISE = 0.5


class RandomLines(NamedTuple):
    """Inputs (S, genes) by modality, 0/1 as uint8, and ln IC50 (uM) (S, D), complete."""

    inputs: dict[str, np.ndarray]
    target_SD: np.ndarray


class Split(NamedTuple):
    """Rows of the training and of the validation lines."""

    train_N: np.ndarray
    validation_V: np.ndarray


def draw_lines(seed: int, size: Size) -> RandomLines:
    """Draw lines whose response follows some genes, so that training stops as it does on real ones.

    float32 from the start: the peak memory of a case shall be that of its training.
    """
    rng = np.random.default_rng(seed)
    genes = size.genes
    mutation = rng.random((size.lines, genes["mutation"]), np.float32) < MUTATED
    expression = rng.standard_normal((size.lines, genes["expression"]), np.float32)
    weights_GD = rng.standard_normal((DRIVERS, size.drugs), np.float32) / np.sqrt(DRIVERS)
    noise_SD = NOISE * rng.standard_normal((size.lines, size.drugs), np.float32)
    centre_D = rng.normal(2.0, 1.5, size.drugs)
    target_SD = centre_D + expression[:, :DRIVERS] @ weights_GD + noise_SD
    expression += MEAN_EXPRESSION
    inputs = {"mutation": mutation.view(np.uint8), "expression": expression}
    return RandomLines(inputs, target_SD.astype(np.float32))


def draw_split(seed: int, number: int, size: Size) -> Split:
    """Draw the split of replicate `number`."""
    order = np.random.default_rng((seed, number)).permutation(size.lines)
    train_N, validation_V, _ = np.split(order, [size.train, size.train + size.validation])
    return Split(train_N, validation_V)

"""What every source of mutations gives: who is mutated in what. It refuses to know file formats."""

from typing import NamedTuple

import numpy as np
import pandas as pd


class Calls(NamedTuple):
    """Mutations as pairs of places, with the names that the places stand for.

    Attributes:
      samples: each sample once, barcodes shortened.
      genes: one row per spelling of a gene: columns label, entrez_id ("" = none), and rows, the
        rows of the file that name it.
      sample_places: place in `samples`, one per mutation that counts.
      gene_places: place in `genes`, likewise.
      states_samples: whether every sample in `samples` was sequenced and no other.
      record: counts for preparation.json.
    """

    samples: pd.Index
    genes: pd.DataFrame
    sample_places: np.ndarray
    gene_places: np.ndarray
    states_samples: bool
    record: dict

"""Samples under their final names. It refuses to know what names mean: `lines` and `barcodes`."""

import anndata as ad
import numpy as np
import pandas as pd

from drp.data.cohort import make_modality
from drp.data.readers.duplicates import merge_rows


def rename_samples(matrix: ad.AnnData, names: pd.Index, duplicates: str, where: str) -> ad.AnnData:
    """Give the samples of a table of numbers new names, and merge those that come to share one.

    Args:
      matrix: samples x features, dense.
      names: the new name of each sample.
      duplicates: error, or mean: what becomes of a name that stands twice.
      where: file and kind of name, for messages.

    Raises:
      DataError: a name stands twice and duplicates is error.
    """
    if not names.has_duplicates:
        return make_modality(matrix.X, names, matrix.var)
    values, kept = merge_rows(np.asarray(matrix.X), names, duplicates, where)
    return make_modality(values, kept, matrix.var)

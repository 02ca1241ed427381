"""drp: drug response prediction from tumour and cell-line genomics, in JAX.

The way of the data is one line:

    readers -> Cohort -> encoders (pre-trained on tumours) -> replicates (trained on cell lines)
            -> tables and figures

Each sub-package is a room with a docstring that says what it holds and what it refuses to know.
Imports point down only: data, models, baselines and evaluation know nothing of each other.
"""

__version__ = "0.1.0"

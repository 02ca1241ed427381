"""Files -> aligned, typed cohorts. This room refuses to know jax, models and training."""

from drp.data.cohort import Cohort
from drp.data.errors import DataError, DataWarning
from drp.data.preparation import prepare_cohorts
from drp.data.readers.ledger import Ledger
from drp.data.readers.sources import Files, Rules, read_cells, read_tumors
from drp.data.store import read_cohort, write_cohort

__all__ = [
    "Cohort", "DataError", "DataWarning", "Files", "Ledger", "Rules", "prepare_cohorts",
    "read_cells", "read_cohort", "read_tumors", "write_cohort",
]  # fmt: skip

"""Evaluation: how good predictions are, in float64 statistics on the host.

Errors and correlations over measured entries, the scores of a replicate, and Table 1 beside the
published figures. It refuses to know how the predictions were made.
"""

from drp.evaluation.metrics import correlation, masked_mse
from drp.evaluation.published import published_table1
from drp.evaluation.scores import score_replicate
from drp.evaluation.summary import summarise_replicates

__all__ = [
    "correlation",
    "masked_mse",
    "published_table1",
    "score_replicate",
    "summarise_replicates",
]

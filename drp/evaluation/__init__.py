"""Evaluation: how good predictions are, in float64 statistics on the host.

Errors and correlations over measured entries, the scores of a replicate, Table 1 beside the
published figures, paired differences with honest intervals, and prediction intervals with their
coverage. It refuses to know how the predictions were made.
"""

from drp.evaluation.comparisons import choose_references, compare_designs, find_best_run
from drp.evaluation.conformal import Calibration, calibrate, estimate_scale, interval
from drp.evaluation.coverage_summary import coverage, summarise_coverage
from drp.evaluation.metrics import correlation, masked_mse
from drp.evaluation.noise import Noise, estimate_noise
from drp.evaluation.paired import Interval, bootstrap_interval, corrected_t_interval
from drp.evaluation.published import published_table1
from drp.evaluation.scores import MeanEffects, score_replicate
from drp.evaluation.summary import summarise_replicates
from drp.evaluation.verdict import judge_designs, state_verdict

__all__ = [
    "Calibration",
    "Interval",
    "MeanEffects",
    "Noise",
    "bootstrap_interval",
    "calibrate",
    "choose_references",
    "compare_designs",
    "corrected_t_interval",
    "correlation",
    "coverage",
    "estimate_noise",
    "estimate_scale",
    "find_best_run",
    "interval",
    "judge_designs",
    "masked_mse",
    "published_table1",
    "score_replicate",
    "state_verdict",
    "summarise_coverage",
    "summarise_replicates",
]

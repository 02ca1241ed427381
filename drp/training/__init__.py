"""One replicate, then many. This room refuses to know files, flags, pandas and evaluation."""

from drp.training.memory import choose_slots
from drp.training.prediction import FittedPredictor, predict
from drp.training.pretraining import PretrainStep, fit_autoencoder
from drp.training.replicate import Replicate, make_replicate
from drp.training.replicates import FinishedReplicate, fit_replicates
from drp.training.task import Entries, Lines, Task

__all__ = [
    "Entries", "FinishedReplicate", "FittedPredictor", "Lines", "PretrainStep", "Replicate",
    "Task", "choose_slots", "fit_autoencoder", "fit_replicates", "make_replicate", "predict",
]  # fmt: skip

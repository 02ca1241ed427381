"""Linen modules as pure init and apply. This room refuses to know data, training and optax."""

from drp.models.autoencoder import Autoencoder, init_autoencoder
from drp.models.dense import ReluStack
from drp.models.designs import DESIGNS, MODALITIES, Design, Inputs, Start
from drp.models.predictor import Predictor, init_predictor

__all__ = [
    "DESIGNS", "MODALITIES", "Autoencoder", "Design", "Inputs", "Predictor", "ReluStack", "Start",
    "init_autoencoder", "init_predictor",
]  # fmt: skip

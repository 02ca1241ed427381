"""What an encoder is worth on tumours that it never saw, beside what knowing little costs."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from drp.baselines.reconstruction import (
    Components,
    fit_components,
    project,
    reconstruct_linearly,
    reconstruction_loss,
)
from drp.data.backed import TumorFile
from drp.evaluation.codes import knn_accuracy, majority_accuracy
from drp.models import Autoencoder
from drp.settings.experiments import N_COMPONENTS
from drp.training.autoencoding import make_encode, make_measure
from drp.training.feeding import read_rows
from drp.training.objectives import Objective
from experiments.pretraining.tumor_set import TumorSet, sample_rows

MOST_TRAINING = 10_000  # tumours that components and neighbours learn from: both need memory
GENE_MEANS, COMPONENTS, AUTOENCODER = "gene means", f"{N_COMPONENTS} components", "autoencoder"


class Rival(NamedTuple):
    """A reconstruction that knows little, and the tumours that it was fitted on.

    Attributes:
      components: means and axes.
      rows: of the training tumours, in rising order.
      means_loss, components_loss: mean squared errors on held-out tumours.
    """

    components: Components
    rows: np.ndarray
    means_loss: float
    components_loss: float

    @property
    def losses(self) -> dict[str, float]:
        """Each loss by the name of what makes it."""
        return {GENE_MEANS: self.means_loss, COMPONENTS: self.components_loss}


def fit_rival(tumors: TumorSet, seed: int) -> Rival:
    """Fit gene means and principal components; `tumors` must have held-out ones."""
    rows = sample_rows(tumors.train, MOST_TRAINING, seed)
    components = fit_components(read_rows(tumors.x, rows), N_COMPONENTS, seed)
    mean_G = tumors.moments.mean
    answers = (
        lambda x_BG: np.broadcast_to(mean_G, x_BG.shape),
        lambda x_BG: reconstruct_linearly(components, x_BG),
    )
    return Rival(components, rows, *(reconstruction_loss(tumors.judged, f) for f in answers))


def judge_encoder(
    tumors: TumorSet, rival: Rival, model: Autoencoder, objective: Objective, params: Any
) -> pd.DataFrame:
    """Return a row for gene means, components and autoencoder, on held-out tumours.

    A search and early stopping choose by the same tumours; the means and components choose nothing.

    Returns:
      modality, method, n_train, n_held_out, held_out_loss (mean squared error of the
      reconstruction), knn_accuracy (share of held-out tumours whose cancer type the 15 nearest
      training tumours tell by their codes; of the gene means: of the most frequent type).
    """
    encode = make_encode(model, objective)
    losses = {**rival.losses, AUTOENCODER: make_measure(model, objective)(params, tumors.judged)}
    train_NG = read_rows(tumors.x, rival.rows)
    types = np.asarray(tumors.cancer_types, str)
    train_type, judged_type = types[rival.rows], types[tumors.held_out]

    def tell_type(encode_rows) -> float:
        codes_NK, codes_HK = encode_rows(train_NG), encode_rows(tumors.judged)
        return knn_accuracy(codes_NK, train_type, codes_HK, judged_type)

    accuracies = {
        GENE_MEANS: majority_accuracy(train_type, judged_type),
        COMPONENTS: tell_type(lambda x_TG: project(rival.components, x_TG)),
        AUTOENCODER: tell_type(lambda x_TG: np.concatenate(list(encode(params, x_TG)))),
    }
    table = pd.DataFrame({"held_out_loss": losses, "knn_accuracy": accuracies})
    table = table.rename_axis("method").reset_index()
    table.insert(0, "modality", tumors.name)
    return table.assign(n_train=len(tumors.train), n_held_out=len(tumors.held_out))


def tabulate_codes(
    file: TumorFile, tumors: TumorSet, model: Autoencoder, objective: Objective, params: Any
) -> Iterator[pd.DataFrame]:
    """Yield the codes of all tumours, part by part.

    Yields:
      sample, cancer_type, held_out, code_0, code_1, ...
    """
    is_held_out = np.zeros(tumors.x.shape[0], bool)
    is_held_out[tumors.held_out] = True
    types = np.asarray(tumors.cancer_types, str)
    stop = 0
    for codes_BK in make_encode(model, objective)(params, tumors.x):
        start, stop = stop, stop + len(codes_BK)
        table = pd.DataFrame(codes_BK, columns=[f"code_{k}" for k in range(codes_BK.shape[1])])
        table.insert(0, "sample", file.samples(tumors.name, start, stop))
        table.insert(1, "cancer_type", types[start:stop])
        table.insert(2, "held_out", is_held_out[start:stop])
        yield table

"""One modality from tumours to an encoder: search, training, judgement, everything on disk."""

from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np
import pandas as pd

from drp.data.backed import TumorFile
from drp.models import MODALITIES, Autoencoder
from drp.settings import PretrainSettings
from drp.training.objectives import Objective, make_objective
from drp.training.optimisers import make_optimiser
from experiments.console import say
from experiments.encoders import BY_MODALITY, Preprocessing, write_encoder
from experiments.pretraining.judging import Rival, fit_rival, judge_encoder, tabulate_codes
from experiments.pretraining.search import SearchBench, tabulate_search
from experiments.pretraining.search_space import SEARCHES
from experiments.pretraining.training import Plan, Trained, train_autoencoder
from experiments.pretraining.tumor_set import TumorSet, open_tumors
from experiments.run_folder import RunFolder


class Shape(NamedTuple):
    """What a search chooses: the encoder's units per layer, and the tumours per step."""

    widths: tuple[int, ...]
    batch_size: int


def encode_modality(
    name: str, file: TumorFile, settings: PretrainSettings, folder: RunFolder
) -> None:
    """Train the encoder of one modality, and write it last: what is there is complete."""
    key = make_key(name, settings.seed)
    tumors = open_tumors(file, name, settings.held_out, settings.seed)
    objective = choose_objective(tumors, settings)
    rival = fit_rival(tumors, settings.seed) if settings.held_out else None
    shape = Shape(settings.encoder_widths, settings.batch_size)
    if settings.search != "none":
        shape = find_shape(tumors, objective, rival, settings, folder)
    model = Autoencoder(len(tumors.genes), shape.widths, objective.output, settings.dropout)
    plan = Plan(
        model, objective, choose_optimiser(settings), shape.batch_size,
        read_by_modality(settings, "epochs", name), settings.patience, settings.shuffle_buffer,
        settings.save_seconds,
    )  # fmt: skip
    state_path = folder.path / f"training_{name}.npz"
    trained = train_autoencoder(key, tumors, plan, state_path)
    codes = tabulate_codes(file, tumors, model, objective, trained.params)
    folder.write_parquet(f"codes_{name}.parquet", codes)
    folder.write_csv(f"history_{name}.csv", tabulate_history(tumors, trained, rival))
    if rival:
        judged = judge_encoder(tumors, rival, model, objective, trained.params)
        folder.write_csv(f"reconstruction_{name}.csv", judged)
    facts = describe(settings, tumors, shape, trained, objective, folder)
    preprocessing = Preprocessing(*objective.scaling, tumors.moments.mean)
    path = folder.path / BY_MODALITY / name
    write_encoder(path, trained.params["encoder"], tumors.genes, preprocessing, facts)
    state_path.unlink(missing_ok=True)
    say(conclude(tumors, trained, rival))


def make_key(name: str, seed: int) -> jax.Array:
    """Return the random key of a modality, which does not depend on what else is trained."""
    return jax.random.fold_in(jax.random.key(seed), sorted(MODALITIES).index(name))


def choose_objective(tumors: TumorSet, settings: PretrainSettings) -> Objective:
    """Return what the encoder of these tumours is trained to do."""
    name = read_by_modality(settings, "objective", tumors.name)
    return make_objective(name, tumors.moments, settings.masked_share, settings.balance)


def read_by_modality(settings: PretrainSettings, what: str, name: str) -> Any:
    """Return a setting that each modality has its own of, such as `mutation_epochs`."""
    return getattr(settings, f"{name}_{what}")


def choose_optimiser(settings: PretrainSettings):
    """Return Adam, or AdamW where weights decay."""
    kind = "adamw" if settings.weight_decay else "adam"
    return make_optimiser(kind, settings.learning_rate, settings.weight_decay)


def make_search_bench(
    tumors: TumorSet, objective: Objective, settings: PretrainSettings, folder: Path
) -> SearchBench:
    """Return where the settings of a search are trained; their curves are kept in `folder`."""
    return SearchBench(
        make_key(tumors.name, settings.seed), tumors, objective, settings.dropout,
        choose_optimiser(settings), settings.search_batch, settings.search_tumors, settings.seed,
        folder,
    )  # fmt: skip


def find_shape(
    tumors: TumorSet, objective: Objective, rival: Rival, settings: PretrainSettings,
    folder: RunFolder,
) -> Shape:  # fmt: skip
    """Search for the best setting on held-out tumours, and write what was tried."""
    kept = folder.path / "search" / tumors.name
    bench = make_search_bench(tumors, objective, settings, kept)
    chosen = SEARCHES[settings.search](bench.evaluate, settings)
    table = tabulate_search(tumors.name, bench.curves, chosen, rival.losses)
    folder.write_csv(f"search_{tumors.name}.csv", table)
    say(f"{tumors.name}: chose {chosen.widths} with batch {chosen.batch_size}")
    return Shape(chosen.widths, chosen.batch_size)


def tabulate_history(tumors: TumorSet, trained: Trained, rival: Rival | None) -> pd.DataFrame:
    """Return a row per epoch, with the losses of knowing little beside them.

    Returns:
      modality, epoch (from 1), loss (mean squared error of the reconstruction over the epoch's
      training steps), objective_loss (what was minimised), held_out_loss, and of the gene means
      gene_mean_loss (training tumours), gene_mean_held_out_loss and components_held_out_loss.
    """
    history = pd.DataFrame(trained.history)
    history.insert(0, "modality", tumors.name)
    return history.assign(
        gene_mean_loss=tumors.moments.loss,
        gene_mean_held_out_loss=rival.means_loss if rival else np.nan,
        components_held_out_loss=rival.components_loss if rival else np.nan,
    )  # fmt: skip


def describe(
    settings: PretrainSettings, tumors: TumorSet, shape: Shape, trained: Trained,
    objective: Objective, folder: RunFolder,
) -> dict:  # fmt: skip
    """Return what an encoder's folder says of where it came from."""
    kept = trained.kept
    names = ("learning_rate", "weight_decay", "dropout", "masked_share", "balance", "patience")
    return {
        "modality": tumors.name,
        "architecture": {"widths": list(shape.widths), "activation": "relu",
                         "output": objective.output},
        "objective": read_by_modality(settings, "objective", tumors.name),
        "training": {
            "batch_size": shape.batch_size,
            **{name: getattr(settings, name) for name in names},
            "epochs": kept["epoch"], "loss": kept["loss"],
            "held_out_loss": kept["held_out_loss"] if len(tumors.held_out) else None,
            "gene_mean_loss": tumors.moments.loss,
        },
        "provenance": {
            "tumors": settings.tumors, "n_train": len(tumors.train),
            "n_held_out": len(tumors.held_out), "seed": settings.seed, **folder.provenance,
        },
    }  # fmt: skip


def conclude(tumors: TumorSet, trained: Trained, rival: Rival | None) -> str:
    """Return in a sentence what was learnt."""
    loss, floor, where = trained.kept["loss"], tumors.moments.loss, "training tumours"
    if rival:
        loss, floor = trained.kept["held_out_loss"], rival.means_loss
        where = f"held-out tumours ({rival.components_loss:.4g} by principal components)"
    verdict = "" if loss < floor else "; it has learnt nothing of the tumours, try more epochs"
    return f"{tumors.name}: loss {loss:.4g}, gene means {floor:.4g} on {where}{verdict}"

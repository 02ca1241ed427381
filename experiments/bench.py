"""What all designs of one comparison share: lines, splits, encoders, recipes, settings."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from drp.data import Cohort, DataError, read_cohort
from drp.data.cohort import CELL_LINES, EXPRESSION, MUTATION, TUMORS
from drp.data.folds import LOCKBOX
from drp.data.lines import EXPRESSION_GENES, CellLines, gather_lines, select_lines
from drp.data.splits import Splits, lockbox_rows, make_splits, read_splits
from drp.models import DESIGNS, MODALITIES, Start
from drp.settings import CompareSettings, Recipe
from experiments.console import say
from experiments.encoders import find_encoders, read_encoder
from experiments.flags import SettingsError
from experiments.variants import list_recipes

Profiles = Mapping[str, np.ndarray]


class Training(NamedTuple):
    """How the engine trains, whatever the design and recipe.

    Attributes:
      slots: replicates at a time, 0 = by the devices.
      span_scaling: shared or split: the lines whose statistics scale inputs in the span.
      moments: how Adam's first moment is held; see `drp.training.optimisers`.
      matmul: precision of the matrix products; see `drp.models.dense`.
    """

    slots: int = 0
    span_scaling: str = "shared"
    moments: str = "float32"
    matmul: str = "float32"


class Bench(NamedTuple):
    """What all designs of one comparison share.

    Attributes:
      lines: the cell lines; `splits`: their parts.
      encoders: a recipe's `encoders` -> modality -> weights of the pre-trained encoder, over the
        lines' genes; no modality if none were asked for. A recipe with fewer layers takes the
        first ones.
      recipes: the text that asks for a recipe -> the recipe.
      n_replicates: how many of the splits are used.
      seed: of weights and batches.
      training: how networks are trained.
    """

    lines: CellLines
    splits: Splits
    encoders: Mapping[str, Mapping[str, Mapping]]
    recipes: Mapping[str, Recipe]
    n_replicates: int
    seed: int
    training: Training


def needs_encoders(designs: Sequence[str]) -> list[str]:
    """Return the modalities whose pre-trained encoder one of the designs starts from."""
    rows = [DESIGNS[name] for name in designs if name in DESIGNS]
    pretrained = {name for d in rows if d.start is Start.PRETRAINED for name in d.modalities}
    return [name for name in MODALITIES if name in pretrained]


def prepare_bench(settings: CompareSettings, recipes: Mapping[str, Recipe]) -> Bench:
    """Read lines, splits and encoders, and check that they fit one another."""
    cells = read_cohort(settings.cells, CELL_LINES)
    lines = gather_lines(cells, settings.expression)
    if settings.hide_lockbox:
        hidden = lockbox_rows(len(lines.samples))
        lines = select_lines(lines, np.setdiff1d(np.arange(len(lines.samples)), hidden))
    splits = find_splits(settings, lines)
    encoders = read_encoders(settings, recipes, cells)
    return Bench(
        lines, splits, encoders, recipes, min(settings.replicates, len(splits)), settings.seed,
        Training(**{name: getattr(settings, name) for name in Training._fields}),
    )  # fmt: skip


def list_encoders(
    settings: CompareSettings, recipes: Mapping[str, Recipe]
) -> dict[str, dict[str, Path]]:
    """Return where the encoders are that the recipes asked for start from.

    Returns:
      A recipe's `encoders` -> modality -> folder.
    """
    asked = list_recipes(settings.recipe, settings.train_fractions)
    names = dict.fromkeys(recipes[text].encoders for text in asked)
    modalities = needs_encoders(settings.designs)
    return {
        name: {x: find_encoders(Path(settings.encoders) / name) / x for x in modalities}
        for name in names
    }


def read_encoders(
    settings: CompareSettings, recipes: Mapping[str, Recipe], cells: Cohort
) -> dict[str, dict[str, Mapping]]:
    """Read all encoders that the recipes asked for start from, as `Bench.encoders` holds them."""
    asked = [recipes[x] for x in list_recipes(settings.recipe, settings.train_fractions)]
    is_whole = settings.expression == "all"  # then the lines have genes that no tumour has
    places = {MUTATION: MUTATION, EXPRESSION: EXPRESSION_GENES[settings.expression]}

    def read(folder: Path, modality: str, recipes: Iterable[Recipe]) -> Mapping:
        return read_encoder(
            folder, cells.require(places[modality]).var, {x.encoder_widths for x in recipes},
            settings.min_gene_share, settings.seed, is_whole and modality == EXPRESSION,
        ).params  # fmt: skip

    return {
        name: {
            modality: read(folder, modality, [x for x in asked if x.encoders == name])
            for modality, folder in folders.items()
        }
        for name, folders in list_encoders(settings, recipes).items()
    }


def check_together(settings: CompareSettings) -> None:
    """Check settings that cannot go with one another.

    Raises:
      SettingsError: says which, and why.
    """
    if settings.hide_lockbox and settings.split_by == LOCKBOX:
        raise SettingsError("--hide_lockbox: --split_by=lockbox tests the lines that it takes away")
    if settings.expression == "all" and settings.tumors:
        raise SettingsError(
            "--expression=all: tumours lack some of the lines' genes, so --tumors cannot be "
            "predicted; leave one of the two out"
        )


def find_splits(settings: CompareSettings, lines: CellLines) -> Splits:
    """Read or draw the splits."""
    if not settings.splits:
        splits = make_splits(
            len(lines.samples), settings.replicates, settings.seed, settings.split_by,
            tissue_S=lines.tissue_S, measured_SD=lines.measured_SD,
        )  # fmt: skip
        if len(splits) < settings.replicates:
            say(f"--split_by={settings.split_by}: there are {len(splits)} splits")
        return splits
    splits = read_splits(settings.splits, lines.samples, lines.drugs)
    if splits.kind != settings.split_by:
        raise SettingsError(
            f"--split_by={settings.split_by}: {settings.splits} holds splits by {splits.kind}"
        )
    if len(splits) < settings.replicates:
        raise SettingsError(
            f"--replicates={settings.replicates}: {settings.splits} holds {len(splits)} splits"
        )
    return splits


def read_tumor_cohort(path: str, lines: CellLines) -> Cohort:
    """Read the tumours, and check that they have the cell lines' genes in the same order."""
    tumors = read_cohort(path, TUMORS)
    for name in MODALITIES:
        found = tumors.require(name).var_names
        if not found.equals(lines.genes[name]):
            raise DataError(
                f"{path}: {name}: expected the cell lines' {len(lines.genes[name])} genes in their "
                f"order, found {len(found)} others; prepare both cohorts together"
            )
    return tumors

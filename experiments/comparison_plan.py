"""What a comparison consists of: its recipes, its runs, and all that its results depend on."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from drp.baselines import BASELINES, GRIDS
from drp.data.mixtures import SHRINKAGE
from drp.data.rotation import STOPPING_PARTS
from drp.models import DESIGNS, Start
from drp.settings import DESIGN_NAMES, N_COMPONENTS, RECIPES, CompareSettings, Recipe
from experiments.bench import list_encoders
from experiments.encoder_formats import DESCRIPTION
from experiments.run_folder import hash_file
from experiments.variants import (
    find_stand_ins,
    keep_distinct,
    list_recipes,
    override,
    read_recipe,
)

MEANS = ("global_mean", "drug_mean", "tissue_drug_mean")

Run = tuple[str, str]  # design, recipe


def find_recipes(settings: CompareSettings) -> dict[str, Recipe]:
    """Return all recipes by the text that asks for them; those of the means are among them.

    Raises:
      SettingsError: a recipe cannot be read.
    """
    asked = list_recipes(settings.recipe, settings.train_fractions)
    flags = ("encoder_widths", "head_widths", "first_layer", "span_offset")
    given = {name: getattr(settings, name) for name in flags}
    return {text: override(read_recipe(text), **given) for text in [*asked, *RECIPES]}


def list_inputs(settings: CompareSettings, recipes: Mapping[str, Recipe]) -> dict[str, list[Path]]:
    """Return the files that the results depend on, by setting."""
    single = {name: getattr(settings, name) for name in ("cells", "tumors", "splits")}
    files = {name: [Path(path)] for name, path in single.items() if path}
    folders = list_encoders(settings, recipes).values()
    described = [folder / DESCRIPTION for group in folders for folder in group.values()]
    return files | {"encoders": described}


def describe_method(settings: CompareSettings, recipes: Mapping[str, Recipe]) -> dict:
    """Return what else the results depend on: rows of tables that a user may edit."""
    fields = {f"recipe {text}": dataclasses.asdict(recipe) for text, recipe in recipes.items()}
    designs = {f"design {name}": str(DESIGNS[name]) for name in settings.designs if name in DESIGNS}
    constants = {
        "components": N_COMPONENTS,
        "stopping_parts": STOPPING_PARTS,
        "mixture_shrinkage": SHRINKAGE,
        "grids": {name: str(grid) for name, grid in GRIDS.items()},
    }
    return {**fields, **designs, **constants}


def describe_run(settings: CompareSettings, recipes: Mapping[str, Recipe]) -> dict[str, object]:
    """Return what all processes of one run must have in common."""
    paths = list_inputs(settings, recipes)
    given = {
        field.name: getattr(settings, field.name) for field in dataclasses.fields(settings)
        if not field.metadata["places"] and field.name not in {*paths, "out"}
    }  # fmt: skip
    data = {name: [hash_file(path) for path in files] for name, files in paths.items()}
    return {**given, **data, "method": describe_method(settings, recipes)}


def list_runs(
    settings: CompareSettings, recipes: Mapping[str, Recipe], n_replicates: int
) -> dict[Run, int]:
    """Return every design and recipe, in the table's order, with how many replicates it has.

    The means cost nothing and are what a model must beat, so they stand in every table, learnt
    from either target. A baseline stands once for all recipes that differ in networks only, and
    one that takes long only where it learns from measured entries, if any recipe does. A network
    that starts from no encoder stands once for all recipes that differ in encoders only.
    """
    asked = list_recipes(settings.recipe, settings.train_fractions)
    of_baselines = keep_distinct(asked, recipes)
    of_costly = [text for text in of_baselines if recipes[text].target == "measured"]
    costly = {name for name, row in BASELINES.items() if row.costly}
    of_others = list(dict.fromkeys(find_stand_ins(asked, recipes).values()))
    pretrained = {name for name, row in DESIGNS.items() if row.start is Start.PRETRAINED}
    recipes_of = {
        name: asked if name in pretrained else of_others if name in DESIGNS else of_baselines
        for name in settings.designs
    }
    recipes_of |= {name: of_costly or of_baselines for name in costly & set(settings.designs)}
    recipes_of |= {name: list(RECIPES) for name in MEANS}
    few = min(n_replicates, settings.costly_replicates)
    counts = {name: few if name in costly else n_replicates for name in recipes_of}
    ordered = sorted(recipes_of, key=DESIGN_NAMES.index)
    return {(name, recipe): counts[name] for name in ordered for recipe in recipes_of[name]}

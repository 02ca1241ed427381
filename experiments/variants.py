"""Recipes by name, and with fields replaced: `modern:members=10`. What an ablation is."""

import dataclasses
from collections.abc import Iterable
from typing import Any, get_type_hints

from drp.settings import RECIPES, Recipe
from experiments.flags import SettingsError, reject_unknown

BETWEEN, WITHIN = ":", "+"  # fields; the items of a field that is a list
BOOLEANS = {"true": True, "false": False}
EXPECTED = {bool: "true or false", int: "a whole number", float: "a number"}
# What a baseline knows of a recipe. Networks know all of it.
OF_BASELINES = ("target", "further_lines", "refit", "train_fraction", "permuted")


def read_recipe(text: str) -> Recipe:
    """Return the recipe that a text names.

    Args:
      text: a row of `RECIPES`, and any `:field=value`; the items of a list are joined by `+`.

    Raises:
      SettingsError: no such recipe or field, or a value that the field cannot have.
    """
    name, *changes = text.split(BETWEEN)
    reject_unknown([name], RECIPES, "recipe")
    kinds, changed = get_type_hints(Recipe), {}
    for change in changes:
        field, sign, value = change.partition("=")
        if not sign:
            raise SettingsError(f"--recipe={text}: expected FIELD=VALUE after a colon: {change!r}")
        reject_unknown([field], kinds, f"recipe={text}")
        changed[field] = _read_value(text, field, value, kinds[field])
    recipe = dataclasses.replace(RECIPES[name], **changed)
    check_recipe(recipe, text)
    return recipe


def check_recipe(recipe: Recipe, text: str) -> None:
    """Check every field against its allowed values and limits.

    Raises:
      SettingsError: one is outside of them.
    """
    for field in dataclasses.fields(recipe):
        limits, value = field.metadata, getattr(recipe, field.name)
        where = f"--recipe={text}: {field.name}"
        items = value if isinstance(value, tuple) else (value,)
        if limits["choices"] and not set(items) <= set(limits["choices"]):
            choices = ", ".join(choice or "nothing" for choice in limits["choices"])
            raise SettingsError(f"{where}: expected one of {choices}, found {value!r}")
        for number in items:
            if limits["minimum"] is not None and not number >= limits["minimum"]:
                raise SettingsError(
                    f"{where}: expected at least {limits['minimum']}, found {value}"
                )
            if limits["below"] is not None and not number < limits["below"]:
                raise SettingsError(f"{where}: expected below {limits['below']}, found {value}")
    if recipe.optimiser == "adam" and recipe.weight_decay:
        raise SettingsError(f"--recipe={text}: weight_decay: adam has none; use optimiser=adamw")
    if not recipe.encoder_widths:
        raise SettingsError(f"--recipe={text}: encoder_widths: expected a layer, found none")
    if recipe.readout == "ridge" and not recipe.readout_penalty:
        raise SettingsError(f"--recipe={text}: readout_penalty: expected above 0, found 0")
    if not 0 < recipe.train_fraction <= 1:
        raise SettingsError(
            f"--recipe={text}: train_fraction: expected above 0 and at most 1, found "
            f"{recipe.train_fraction:g}"
        )


def list_recipes(names: Iterable[str], fractions: Iterable[float]) -> list[str]:
    """Return the texts of all recipes, each at every share of the lines; a share of 1 has none."""
    return [
        name if fraction == 1 else f"{name}{BETWEEN}train_fraction={fraction:g}"
        for name in names for fraction in fractions
    ]  # fmt: skip


def override(recipe: Recipe, **flags: object) -> Recipe:
    """Return a recipe with what flags say for all of them; empty ones and `recipe` say nothing."""
    given = {name: value for name, value in flags.items() if value not in ((), "recipe")}
    return dataclasses.replace(recipe, **given)


def is_whole(recipe: Recipe) -> bool:
    """Tell a recipe by which designs are judged: all of the lines, and nothing shuffled."""
    return recipe.train_fraction == 1 and not recipe.permuted


def keep_distinct(texts: Iterable[str], recipes: dict[str, Recipe]) -> list[str]:
    """Return the recipes that differ in what a baseline knows of them, the first of each kind."""
    first: dict[tuple, str] = {}
    for text in texts:
        first.setdefault(tuple(getattr(recipes[text], name) for name in OF_BASELINES), text)
    return list(first.values())


def find_stand_ins(texts: Iterable[str], recipes: dict[str, Recipe]) -> dict[str, str]:
    """Return for each recipe the first one that is the same but for its encoders, maybe itself.

    What does not start from an encoder is run by that one alone.
    """
    first: dict[Recipe, str] = {}
    return {
        text: first.setdefault(dataclasses.replace(recipes[text], encoders=""), text)
        for text in texts
    }


def _read_value(text: str, field: str, value: str, kind: Any) -> Any:
    try:
        if kind is bool:
            return BOOLEANS[value.lower()]
        if kind in (int, float, str):
            return kind(value)
        item = kind.__args__[0]
        return tuple(item(part) for part in value.split(WITHIN) if part)
    except (ValueError, KeyError) as error:
        wanted = EXPECTED.get(kind, f"items joined by {WITHIN}")
        raise SettingsError(
            f"--recipe={text}: {field}: expected {wanted}, found {value!r}"
        ) from error

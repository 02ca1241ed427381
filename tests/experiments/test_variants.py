"""Recipes as texts: every kind of value, lists, what is refused, and which of them differ."""

from dataclasses import replace

import pytest

from drp.settings import RECIPES
from experiments.flags import SettingsError
from experiments.variants import keep_distinct, list_recipes, override, read_recipe

MODERN = RECIPES["modern"]


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ("dropout=0.25", "dropout", 0.25),
        ("dropout=0", "dropout", 0.0),
        ("learning_rate=1e-3", "learning_rate", 1e-3),
        ("members=5", "members", 5),
        ("refit=false", "refit", False),
        ("refit=True", "refit", True),
        ("target=imputed", "target", "imputed"),
        ("permuted=labels", "permuted", "labels"),
        ("permuted=", "permuted", ""),
        ("encoders=denoising/encoders", "encoders", "denoising/encoders"),
        ("encoder_widths=64", "encoder_widths", (64,)),
        ("encoder_widths=64+16", "encoder_widths", (64, 16)),
        ("head_widths=", "head_widths", ()),
        ("standardised=mutation+expression", "standardised", ("mutation", "expression")),
        ("standardised=", "standardised", ()),
    ],
)
def test_a_field_is_replaced_by_a_value_of_its_kind(change, field, value):
    recipe = read_recipe(f"modern:{change}")
    assert recipe == replace(MODERN, **{field: value})
    assert type(getattr(recipe, field)) is type(value)


def test_several_fields_and_none():
    assert read_recipe("modern") == MODERN and read_recipe("paper") == RECIPES["paper"]
    found = read_recipe("paper:members=3:refit=true:dropout=0.5")
    assert found == replace(RECIPES["paper"], members=3, refit=True, dropout=0.5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("moder", "--recipe: unknown 'moder'; did you mean modern? Known: paper, modern"),
        ("", "--recipe: unknown ''"),
        (
            "modern:member=5",
            "--recipe=modern:member=5: unknown 'member'; did you mean members?",
        ),
        ("modern:members", "--recipe=modern:members: expected FIELD=VALUE after a colon: 'members"),
        ("modern:", "--recipe=modern:: expected FIELD=VALUE after a colon: ''"),
        ("modern:members=two", "members: expected a whole number, found 'two'"),
        ("modern:members=2.5", "members: expected a whole number, found '2.5'"),
        ("modern:refit=yes", "refit: expected true or false, found 'yes'"),
        ("modern:encoder_widths=8,4", "encoder_widths: expected items joined by +, found '8,4'"),
        ("modern:dropout=1", "dropout: expected below 1, found 1.0"),
        ("modern:dropout=-0.1", "dropout: expected at least 0, found -0.1"),
        ("modern:members=0", "members: expected at least 1, found 0"),
        ("modern:encoder_widths=8+0", "encoder_widths: expected at least 1, found (8, 0)"),
        ("modern:target=guessed", "target: expected one of imputed, measured, found 'guessed'"),
        (
            "modern:permuted=drugs",
            "permuted: expected one of nothing, expression, mutation, labels, found 'drugs'",
        ),
        ("modern:train_fraction=0", "train_fraction: expected above 0 and at most 1, found 0"),
        ("modern:train_fraction=1.5", "train_fraction: expected above 0 and at most 1, found 1.5"),
        ("modern:encoder_widths=", "encoder_widths: expected a layer, found none"),
        ("paper:weight_decay=0.1", "weight_decay: adam has none; use optimiser=adamw"),
        ("modern:dropout=nan", "dropout: expected at least 0, found nan"),
        ("modern:learning_rate=nan", "learning_rate: expected at least 0, found nan"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(text, message):
    with pytest.raises(SettingsError) as caught:
        read_recipe(text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_recipes_stand_at_every_share_of_the_lines():
    assert list_recipes(["paper", "modern:members=2"], [0.25, 1.0]) == [
        "paper:train_fraction=0.25", "paper",
        "modern:members=2:train_fraction=0.25", "modern:members=2",
    ]  # fmt: skip
    assert read_recipe("paper:train_fraction=0.25").train_fraction == 0.25


def test_flags_say_something_for_all_recipes_or_nothing():
    said = override(MODERN, head_widths=(5,), first_layer="full")
    assert said == replace(MODERN, head_widths=(5,), first_layer="full")
    assert override(MODERN, head_widths=(), first_layer="recipe", span_offset="recipe") == MODERN


def test_of_recipes_that_differ_in_networks_alone_the_first_is_kept():
    texts = [
        "modern:dropout=0", "modern", "modern:members=3", "modern:refit=false",
        "modern:target=imputed", "modern:refit=false:dropout=0", "modern:further_lines=0",
        "modern:train_fraction=0.5", "modern:permuted=labels",
    ]  # fmt: skip
    recipes = {text: read_recipe(text) for text in texts}
    kept = keep_distinct(texts, recipes)
    assert kept == [text for text in texts if text not in (texts[1], texts[2], texts[5])]

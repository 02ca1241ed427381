"""Settings: the defaults of one script meet those of the next, and every field can be a flag."""

import dataclasses

import pytest

from drp import settings
from drp.baselines import BASELINES
from drp.models import DESIGNS
from experiments.variants import check_recipe

CLASSES = (
    settings.PrepareSettings,
    settings.PretrainSettings,
    settings.CompareSettings,
    settings.ReproduceSettings,
    settings.BenchmarkSettings,
)


def test_defaults_lead_from_prepare_to_compare():
    prepared = settings.PrepareSettings().out
    pretraining, comparison = settings.PretrainSettings(), settings.CompareSettings()
    assert pretraining.tumors == f"{prepared}/tumors.h5mu"
    assert comparison.cells == f"{prepared}/cells.h5mu"
    assert comparison.encoders == f"{pretraining.out}/encoders"


def test_every_design_has_one_row_somewhere():
    assert sorted(settings.DESIGN_NAMES) == sorted([*DESIGNS, *BASELINES])


@pytest.mark.parametrize("kind", CLASSES)
def test_every_field_is_explained_and_starts_at_an_allowed_value(kind):
    for field in dataclasses.fields(kind):
        assert field.metadata["help"]
        choices = field.metadata["choices"]
        assert not choices or field.default in choices
    assert {"out", "seed"} <= {field.name for field in dataclasses.fields(kind)}


def test_every_option_of_a_recipe_is_explained_and_every_recipe_keeps_to_it():
    for field in dataclasses.fields(settings.Recipe):
        assert field.metadata["help"]
        assert field.default is dataclasses.MISSING  # every recipe says all that it does
    for name, recipe in settings.RECIPES.items():
        check_recipe(recipe, name)


def test_no_recipe_of_the_table_is_a_control_or_leaves_lines_out():
    for recipe in settings.RECIPES.values():
        assert (recipe.permuted, recipe.train_fraction) == ("", 1.0)


def test_the_paper_s_recipe_is_the_paper_s():
    """Chiu et al. 2019, Methods."""
    paper = settings.RECIPES["paper"]
    assert (paper.encoder_widths, paper.head_widths) == ((1024, 256, 64), (128, 128, 128))
    assert (paper.optimiser, paper.learning_rate, paper.batch_size) == ("adam", 1e-3, 16)
    assert (paper.patience, paper.keep, paper.target) == (3, "last", "imputed")
    assert (paper.members, paper.dropout, paper.refit) == (1, 0, False)
    assert not (paper.auxiliary or paper.further_lines or paper.standardised)

"""Settings: the defaults of one script meet those of the next, and every field can be a flag."""

import dataclasses

import pytest

from drp import settings
from drp.baselines import BASELINES
from drp.models import DESIGNS

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

"""Every row of the table of designs can be built."""

import jax
import pytest

from drp.models import DESIGNS, Inputs, Predictor, Start, init_predictor
from drp.settings import DESIGN_NAMES

each_design = pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)


@each_design
def test_row_is_valid(design):
    assert design.modalities
    assert len(set(design.modalities)) == len(design.modalities)
    assert set(design.modalities) <= {"mutation", "expression"}
    # components replace the encoder, so there is no pre-trained one to start from
    assert design.inputs is Inputs.GENES or design.start is Start.RANDOM


@each_design
def test_row_builds_a_predictor(design):
    model = Predictor(design.modalities, (4, 2), (3,), n_outputs=2)
    n_genes = dict.fromkeys(design.modalities, 5)
    params = jax.eval_shape(lambda key: init_predictor(key, model, n_genes), jax.random.key(0))
    assert set(params) == {*design.modalities, "head", "output"}


def test_rows_differ_and_are_offered_to_the_user():
    assert len(set(DESIGNS.values())) == len(DESIGNS)
    assert set(DESIGNS) <= set(DESIGN_NAMES)

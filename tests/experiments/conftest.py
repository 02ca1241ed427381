"""A small synthetic cohort, prepared and pre-trained once for all experiments' tests."""

from pathlib import Path

import jax
import pytest

from drp.settings import PrepareSettings, PretrainSettings
from experiments import prepare, pretrain

SMALL = {
    "source": "synthetic",
    "n_lines": 60,
    "n_tumors": 80,
    "n_expression_genes": 80,
    "n_mutation_genes": 90,
    "n_drugs": 6,
}


@pytest.fixture(scope="module")
def quick_compilation():
    """How well the compiler optimises has no say in what is trained, and costs half of the time."""
    jax.config.update("jax_disable_most_optimizations", True)
    yield
    jax.config.update("jax_disable_most_optimizations", False)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory) -> Path:
    """Folder with cells.h5mu and tumors.h5mu."""
    out = tmp_path_factory.mktemp("synthetic") / "prepared"
    prepare.run(PrepareSettings(out=str(out), **SMALL))
    return out


@pytest.fixture(scope="session")
def pretraining(prepared, tmp_path_factory) -> PretrainSettings:
    """Settings of a pre-training that has run."""
    settings = PretrainSettings(
        out=str(tmp_path_factory.mktemp("pretrain") / "run"),
        tumors=str(prepared / "tumors.h5mu"),
        encoder_widths=(8, 6, 4),
        expression_epochs=3,
        mutation_epochs=2,
    )
    pretrain.run(settings)
    return settings


@pytest.fixture(scope="session")
def encoders(pretraining) -> Path:
    """Folder with an encoder per modality."""
    return Path(pretraining.out) / "encoders"

"""reproduce from end to end at a tiny size, started as a user would start it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from drp.settings import ReproduceSettings
from experiments import reproduce

TINY = reproduce.Preset(
    prepare={
        "source": "synthetic", "n_lines": 40, "n_tumors": 60, "n_expression_genes": 60,
        "n_mutation_genes": 70, "n_drugs": 5,
    },
    pretrain={"encoder_widths": (6, 4), "expression_epochs": 2, "mutation_epochs": 2},
    compare={
        "encoder_widths": (6, 4), "head_widths": (4,), "replicates": 1,
        "designs": ("complete", "svm"),
    },
)  # fmt: skip


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> str:
    """The report of a tiny run."""
    out = tmp_path_factory.mktemp("reproduce") / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(reproduce.PRESETS, "demo", TINY)
        reproduce.run(ReproduceSettings(out=str(out)))
        reproduce.run(ReproduceSettings(out=str(out)))  # a finished run is a run to go on with
    return (out / "report.html").read_text(encoding="utf-8")


def test_page_shows_every_step(page):
    sections = ("Table 1", "What earns its place", "Figure 2", "Pre-training", "by their codes")
    for text in (*sections, "complete", "svm", "tissue_drug_mean"):
        assert text in page
    assert page.count("data:image/") == 4


def test_page_needs_no_network(page):
    assert "<script src" not in page
    assert "http" not in page.replace("http-equiv", "")


def start(*flags: str) -> subprocess.CompletedProcess:
    environment = os.environ | {"PYTHONWARNINGS": "error::DeprecationWarning:drp"}
    return subprocess.run(
        [sys.executable, "-m", "experiments.compare", *flags],
        capture_output=True, text=True, check=False, env=environment, cwd=Path(__file__).parents[2],
    )  # fmt: skip


def test_help_shows_an_example_and_the_flags():
    shown = start("--help")
    text = shown.stdout + shown.stderr
    assert "python -m experiments.compare --cells=" in text
    for flag in ("--out", "--seed", "--designs", "--recipe", "--[no]debug"):
        assert flag in text


@pytest.mark.parametrize(
    ("flag", "message"),
    (
        ("--designs=complet", "error: --designs: unknown 'complet'; did you mean complete?"),
        ("--cells=none.h5mu", "error: none.h5mu: no such file"),
        ("--encoder_widths=a,b", "error: --encoder_widths: expected whole numbers, found a,b"),
    ),
)
def test_bad_flags_end_with_one_line(flag, message, tmp_path):
    ended = start(flag, f"--out={tmp_path / 'out'}")
    assert ended.returncode == 1
    assert ended.stderr.strip().splitlines()[-1].startswith(message)
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "out").exists()

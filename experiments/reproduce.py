"""Everything in one go: prepare, pretrain, compare, and one page that shows it.

    python -m experiments.reproduce --preset=demo --out=runs/demo     # synthetic cohort, minutes
    python -m experiments.reproduce --preset=real --out=runs/real     # $DRP_DATA, over an hour

Each step is an experiment of its own and writes into its own sub-folder, so that a stopped run
goes on with the same command. Ends with report.html.
"""

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from drp.data import read_cohort
from drp.report import Section, make_evaluation_table, make_protocol_table, write_report
from drp.settings import CompareSettings, PrepareSettings, PretrainSettings, ReproduceSettings
from experiments import compare, prepare, pretrain
from experiments.comparison_tables import Tables
from experiments.console import launch, say
from experiments.flags import SettingsError
from experiments.run_folder import RunFolder, describe_device


@dataclass(frozen=True)
class Preset:
    """Settings of each step that differ from its own defaults."""

    prepare: dict = field(default_factory=dict)
    pretrain: dict = field(default_factory=dict)
    compare: dict = field(default_factory=dict)


PRESETS = {
    "demo": Preset(
        prepare={"source": "synthetic"},
        pretrain={"expression_epochs": 300, "mutation_epochs": 60},
        compare={"replicates": 10, "costly_replicates": 4, "recipe": ("paper", "modern")},
    ),
    "real": Preset(compare={"replicates": 100}),
}


def run(settings: ReproduceSettings) -> None:
    """Run every step that is not done, then write the page."""
    preset, out = PRESETS[settings.preset], Path(settings.out)
    own_files = {"cells": [settings.cells], "tumors": [settings.tumors]} if settings.cells else {}
    folder = RunFolder("reproduce", settings, own_files)
    folder.begin()
    cells, tumors = prepare_step(settings, preset, out)
    encoders = PretrainSettings(
        out=str(out / "pretrain"), seed=settings.seed, tumors=tumors, **preset.pretrain
    )
    comparison = CompareSettings(
        out=str(out / "compare"), seed=settings.seed, cells=cells, tumors=tumors,
        encoders=str(out / "pretrain" / "encoders"), **preset.compare,
    )  # fmt: skip
    say(f"plan: pretrain -> {encoders.out}, compare -> {comparison.out}, {out}/report.html")
    pretrain.run(encoders)
    tables = compare.run(comparison)
    facts = describe_run(settings, cells, tumors, comparison)
    sections = make_sections(out, tables, comparison)
    write_report(out / "report.html", "Drug response of tumours: what was found", facts, sections)
    folder.finish()
    say(f"done: open {out}/report.html")


def prepare_step(settings: ReproduceSettings, preset: Preset, out: Path) -> tuple[str, str]:
    """Return the paths of the prepared cohorts, made here unless the user brought them."""
    if bool(settings.cells) != bool(settings.tumors):
        raise SettingsError(
            "--cells and --tumors: expected both or neither; they share their genes"
        )
    if settings.cells:
        return settings.cells, settings.tumors
    own = PrepareSettings(out=str(out / "prepared"), seed=settings.seed, **preset.prepare)
    prepare.run(own)
    return f"{own.out}/cells.h5mu", f"{own.out}/tumors.h5mu"


def describe_run(
    settings: ReproduceSettings, cells: str, tumors: str, comparison: CompareSettings
) -> dict[str, object]:
    """Return what was run on what, for the head of the page."""
    facts: dict[str, object] = {"preset": settings.preset, "seed": settings.seed}
    for name, path in (("cell lines", cells), ("tumours", tumors)):
        cohort = read_cohort(path)
        kind = "synthetic: " if "truth" in cohort.uns else ""
        counts = [f"{m.n_obs} x {m.n_vars} {key}" for key, m in cohort.modalities.items()]
        facts[name] = kind + "; ".join(counts)
    facts["replicates"] = f"{comparison.replicates} random 80/10/10 splits by cell line"
    facts["device"] = describe_device()
    return facts


def make_sections(out: Path, tables: Tables, comparison: CompareSettings) -> list[Section]:
    """Return the parts of the page."""
    return [
        Section(
            "Table 1: the published protocol", TABLE1_TEXT,
            table=make_protocol_table(tables.table1).cells(),
            table_caption="Medians of replicates. Published: Chiu et al. 2019, on 622 real lines; "
            "beside a synthetic cohort these figures are no yardstick.",
        ),
        Section(
            "What earns its place", f"{EVALUATION_TEXT}\n\n{tables.verdict}",
            table=make_evaluation_table(tables.table1, tables.paired).cells(),
            figure=Path(comparison.out) / "ranking.svg",
            table_caption="Means over replicates on measured entries of held-out lines; in "
            "brackets 95% intervals of the corrected resampled t-test.",
            figure_caption="Mean difference from the drug means, with 95% intervals.",
        ),
        Section(
            "Figure 2", FIGURE2_TEXT, figure=Path(comparison.out) / "figure2.svg",
            figure_caption="After Figure 2 of Chiu et al. 2019.",
        ),
        Section(
            "Pre-training on tumours", PRETRAINING_TEXT,
            table=pd.read_csv(out / "pretrain" / "reconstruction.csv"),
            figure=out / "pretrain" / "training_curves.svg",
            table_caption="On held-out tumours: mean squared error of the reconstruction, and the "
            "share of them whose cancer type the codes of their neighbours tell.",
        ),
        Section(
            "The tumours by their codes", CODES_TEXT, figure=out / "pretrain" / "code_map.svg"
        ),
    ]  # fmt: skip


TABLE1_TEXT = """Errors are squared errors of ln IC50 (uM) on test lines that a replicate never saw.

Read the measured column: about a fifth of the published target was imputed, and imputed entries
are not missing at random. A model is worth something when its error lies below that of
tissue_drug_mean, which knows only where a line came from, and when r per drug lies above 0: within
one drug, a table of drug means ranks nothing. The means stand under both recipes, learnt from the
imputed table (paper) and from measured entries alone (modern)."""

EVALUATION_TEXT = """Every design learns on the same splits and is compared, split by split, with
the table of drug means and with the best classical model. An interval that holds 0 shows no
difference. r within tissue asks what is known beyond the tissue of origin; the explained share
counts from the drug means (0) to the noise between two screens of one drug (1)."""

FIGURE2_TEXT = """Replicate 0 of complete by the paper's recipe. A: densities of ln IC50. B: imputed
and predicted tables in one order. C, D: correlation of each line's predicted with its measured
responses, where most of the height is due to drug means. E: test error of every replicate."""

PRETRAINING_TEXT = """The loss of the gene means is what knowing nothing of a tumour costs; an
autoencoder above that line has learnt less than nothing. Principal components are a linear encoder
with as many codes: what an autoencoder must beat to be worth its training."""

CODES_TEXT = """Every dot is a tumour, where its codes put it; each cancer type is named at the
median of its tumours."""


if __name__ == "__main__":
    launch(run, ReproduceSettings)

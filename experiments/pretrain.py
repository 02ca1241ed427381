"""What do thousands of tumours teach an encoder? Train one autoencoder per modality on them.

The published architecture and settings (Chiu et al. 2019, Methods) are the defaults; --search looks
for others. A tenth of the tumours is held out to judge by. Writes encoders/ (one folder per
modality), history.csv, reconstruction.csv, search.csv, codes_*.parquet, training_curves.svg and
code_map.svg. A run that was stopped goes on where its state was last written. On 2 CPU cores and
the real tumours: 0.30 s per epoch for 355 expression genes, 15.4 s for 17,382 mutation genes.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from drp.data.backed import TumorFile
from drp.evaluation.plane import lay_out
from drp.models import MODALITIES
from drp.report import CodePanel, draw_code_map, draw_training_curves, save_figure
from drp.report.code_map import MOST_DOTS
from drp.settings import PretrainSettings
from experiments.console import launch, say
from experiments.encoders import BY_MODALITY
from experiments.flags import SettingsError, check_limits, reject_unknown
from experiments.pretraining.encoding import encode_modality
from experiments.pretraining.judging import COMPONENTS, GENE_MEANS
from experiments.pretraining.search_space import check_search
from experiments.pretraining.tumor_set import sample_rows
from experiments.run_folder import RunFolder


def run(settings: PretrainSettings) -> None:
    """Train the encoder of every modality that has none yet."""
    check_limits(settings)
    check_together(settings)
    with TumorFile(settings.tumors) as file:
        for name in settings.modalities:
            file.matrix(name)  # all there, before anything is written
        folder = RunFolder("pretrain", settings, {"tumors": [settings.tumors]})
        folder.begin()
        for name in settings.modalities:
            if not (folder.path / BY_MODALITY / name).is_dir():
                encode_modality(name, file, settings, folder)
    outputs = summarise(settings, folder)
    folder.finish()
    say(f"wrote {folder.path}/encoders, {', '.join(outputs)}")


def check_together(settings: PretrainSettings) -> None:
    """Check settings that cannot go with one another.

    Raises:
      SettingsError: says which, and why.
    """
    reject_unknown(settings.modalities, MODALITIES, "modalities")
    if settings.patience and not settings.held_out:
        raise SettingsError("--patience: needs tumours to judge by; --held_out=0.1")
    check_search(settings)


def summarise(settings: PretrainSettings, folder: RunFolder) -> list[str]:
    """Write the tables of all modalities, and the figures; return what was written."""
    tables = {"history": join_tables("history", settings.modalities, folder)}
    if settings.held_out:
        tables["reconstruction"] = join_tables("reconstruction", settings.modalities, folder)
    if settings.search != "none":
        tables["search"] = join_tables("search", settings.modalities, folder)
    for name, table in tables.items():
        folder.write_csv(f"{name}.csv", table)
    figure = draw_training_curves(tables["history"], list_baselines(tables["history"]))
    save_figure(figure, folder.path, "training_curves")
    panels = [make_panel(name, settings.seed, folder) for name in settings.modalities]
    save_figure(draw_code_map(panels, settings.seed), folder.path, "code_map")
    return [*(f"{name}.csv" for name in tables), "codes_*.parquet", "training_curves", "code_map"]


def join_tables(what: str, modalities: Iterable[str], folder: RunFolder) -> pd.DataFrame:
    """Return the tables of all modalities as one."""
    tables = [pd.read_csv(folder.path / f"{what}_{name}.csv") for name in modalities]
    return pd.concat(tables, ignore_index=True)


def list_baselines(history: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return the lines of the learning curves by modality: what knowing little costs."""
    first = history.groupby("modality").first()
    means = first["gene_mean_held_out_loss"].fillna(first["gene_mean_loss"])
    components = first["components_held_out_loss"]
    return {
        name: {GENE_MEANS: means[name]}
        | ({COMPONENTS: value} if pd.notna(value := components[name]) else {})
        for name in first.index
    }


def make_panel(name: str, seed: int, folder: RunFolder) -> CodePanel:
    """Return some tumours' codes laid out in a plane, with their cancer types."""
    file = pq.ParquetFile(folder.path / f"codes_{name}.parquet")
    codes = sample_table(file, MOST_DOTS, seed)
    plane = lay_out(codes.filter(regex=r"^code_\d+$").to_numpy(), seed)
    types = codes["cancer_type"].to_numpy()
    return CodePanel(name, plane.xy_T2, types, plane.method, file.metadata.num_rows)


def sample_table(file: pq.ParquetFile, most: int, seed: int) -> pd.DataFrame:
    """Return at most so many rows of a parquet file, which is never whole in memory."""
    chosen = sample_rows(np.arange(file.metadata.num_rows), most, seed)
    parts, start = [], 0
    for group in range(file.num_row_groups):
        part = file.read_row_group(group).to_pandas()
        parts.append(part[np.isin(np.arange(start, start + len(part)), chosen)])
        start += len(part)
    return pd.concat(parts, ignore_index=True)


if __name__ == "__main__":
    launch(run, PretrainSettings)

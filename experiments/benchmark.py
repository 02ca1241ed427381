"""How fast is training here, how far from the machine's limits, and how does PyTorch compare?

    python -m experiments.benchmark --part=train

Reads nothing: lines of three sizes are drawn at random. Writes benchmark.csv and benchmark.md, a
row per case, size and number of slots: `full` and `span` train all weights of the first layer, or
in the span of the training lines, with every slot busy; `torch_adam` and `torch_fused` are a plain
PyTorch loop (`pip install -e ".[bench]"`); `span_queue` is a queue with real early stopping, end
to end. `seconds` are for one epoch of one replicate, `floor_seconds` the least that it could take
on this machine, `over_floor` how many times that it took. `compile_seconds` stand apart: the first
call less a steady one. Started again, it measures again. Ten minutes on 2 CPU cores; there, at the
paper's size, `full` is about twice as fast as fused PyTorch and `span` about forty times.
"""

import jax
import pandas as pd

from drp.atomic import write_text
from drp.settings import BenchmarkSettings
from experiments.benchmarks.cases import Spec
from experiments.benchmarks.machine import Machine
from experiments.benchmarks.processes import run_worker
from experiments.benchmarks.sizes import SIZES
from experiments.benchmarks.table import format_markdown, tabulate
from experiments.benchmarks.training import measure_training
from experiments.console import launch, say
from experiments.flags import check_limits, reject_unknown
from experiments.run_folder import RunFolder

PARTS = {"train": measure_training}  # --part -> (settings, machine) -> rows
BUSY = 0.05  # of all cores' time


def run(settings: BenchmarkSettings) -> pd.DataFrame:
    """Measure every case, and write the table."""
    # The device belongs to the workers: a TPU serves one process only, a GPU's memory is taken.
    jax.config.update("jax_platforms", "cpu")
    check_limits(settings)
    reject_unknown(settings.sizes, SIZES, "sizes")
    machine = Machine(**run_worker(Spec("machine")))
    folder = RunFolder("benchmark", settings, method=describe_method(settings, machine))
    folder.begin()
    table = tabulate(PARTS[settings.part](settings, machine))
    folder.write_csv("benchmark.csv", table)
    markdown = format_markdown(table)
    write_text(folder.path / "benchmark.md", markdown + "\n")
    folder.finish()
    say(markdown)
    warn_if_busy(table)
    say(f"wrote {folder.path}/benchmark.csv and benchmark.md")
    return table


def warn_if_busy(table: pd.DataFrame) -> None:
    """Say so where other programs had a part in the times."""
    busy = table["others_share"] > BUSY
    if busy.any():
        say(
            f"other programs took {table['others_share'].max():.0%} of the processor in the worst "
            f"of {busy.sum()} disturbed rows: compare no times of those, least of all PyTorch's"
        )


def describe_method(settings: BenchmarkSettings, machine: Machine) -> dict:
    """Return what else the results depend on: the workers' device, and rows of the sizes."""
    sizes = {f"size {name}": str(SIZES[name]) for name in settings.sizes}
    return {"measured_on": machine.device, **sizes}


if __name__ == "__main__":
    launch(run, BenchmarkSettings)

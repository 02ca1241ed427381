"""How fast is training here, how far from the machine's limits, and how does PyTorch compare?

    python -m experiments.benchmark --part=train
    python -m experiments.benchmark --part=pretrain --tumors=runs/prepared/tumors.h5mu

Writes benchmark.csv and benchmark.md, a row per case and size. `seconds` are for one `unit`,
`floor_seconds` the least that it could take on this machine, `over_floor` how many times that it
took. `compile_seconds` stand apart: the first call less a steady one. Started again, it measures
again.

`train` reads nothing: lines of three sizes are drawn at random. `full` and `span` train all weights
of the first layer, or in the span of the training lines, with every slot busy; `torch_adam` and
`torch_fused` are a plain PyTorch loop (`pip install -e ".[bench]"`); `span_queue` is a queue with
real early stopping, end to end. Ten minutes on 2 CPU cores; there, at the paper's size, `full` is
about twice as fast as fused PyTorch and `span` about forty times.

`pretrain` asks two things. Does the memory stay flat, and the speed, if tumours do not fit in it?
`backed_*` reads 10,000 to 1,000,000 random tumours from disk, `in_memory_*` holds them; 10 GB of
free disk. And what does successive halving find for how many of the grid's epochs? It writes
pretrain_search.csv, on --tumors; a search that was stopped goes on.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import NamedTuple

import jax
import pandas as pd

from drp.atomic import write_text
from drp.data.backed import TumorFile
from drp.settings import BenchmarkSettings
from experiments.benchmarks.cases import Spec
from experiments.benchmarks.machine import Machine
from experiments.benchmarks.pretraining import measure_pretraining
from experiments.benchmarks.pretraining_verdict import conclude_pretraining
from experiments.benchmarks.processes import run_worker
from experiments.benchmarks.searches import compare_searches
from experiments.benchmarks.sizes import SIZES, STREAM
from experiments.benchmarks.study import Study
from experiments.benchmarks.table import PRINTED, Row, format_markdown, tabulate
from experiments.benchmarks.training import measure_training
from experiments.console import launch, say
from experiments.flags import check_limits, reject_unknown
from experiments.run_folder import RunFolder

BUSY = 0.05  # of all cores' time


class Part(NamedTuple):
    """What is measured together.

    Attributes:
      measure: (settings, machine) -> rows of benchmark.csv.
      conclude: table of the rows -> what they say, in sentences.
      studies: file -> (settings -> the study that is written there).
    """

    measure: Callable[[BenchmarkSettings, Machine], Iterator[Row]]
    conclude: Callable[[pd.DataFrame], list[str]] = lambda table: []
    studies: Mapping[str, Callable[[BenchmarkSettings], Study]] = {}


PARTS = {
    "train": Part(measure_training),
    "pretrain": Part(
        measure_pretraining, conclude_pretraining, {"pretrain_search.csv": compare_searches}
    ),
}
CHOICES = {**{name: (name,) for name in PARTS}, "all": tuple(PARTS)}  # --part -> names of parts


def run(settings: BenchmarkSettings) -> pd.DataFrame:
    """Measure every case of the parts, and write the tables."""
    # The device belongs to the workers: a TPU serves one process only, a GPU's memory is taken.
    jax.config.update("jax_platforms", "cpu")
    check(settings)
    parts = [PARTS[name] for name in CHOICES[settings.part]]
    machine = Machine(**run_worker(Spec("machine")))
    inputs = {"tumors": [settings.tumors]} if settings.tumors else {}
    folder = RunFolder("benchmark", settings, inputs, describe_method(settings, machine))
    folder.begin()
    table = tabulate(chain.from_iterable(part.measure(settings, machine) for part in parts))
    folder.write_csv("benchmark.csv", table)
    say(format_markdown(table))
    warn_if_busy(table)
    studies = dict(chain.from_iterable(part.studies.items() for part in parts))
    told = [Study(table, PRINTED, [words for part in parts for words in part.conclude(table)])]
    for name, make_study in studies.items():
        told.append(make_study(settings))
        folder.write_csv(name, told[-1].table)
        say(format_markdown(told[-1].table, told[-1].printed))
    write_text(folder.path / "benchmark.md", "\n".join(map(format_study, told)))
    folder.finish()
    for sentence in chain.from_iterable(study.sentences for study in told):
        say(sentence)
    say(f"wrote {folder.path}/{', '.join(['benchmark.csv', 'benchmark.md', *studies])}")
    return table


def check(settings: BenchmarkSettings) -> None:
    """Check what is asked for before anything is measured or written."""
    check_limits(settings)
    reject_unknown(settings.sizes, SIZES, "sizes")
    if settings.tumors:
        with TumorFile(settings.tumors) as file:
            file.matrix(settings.search_modality)


def format_study(study: Study) -> str:
    """Return a table and what follows from it as a part of a page."""
    listed = "".join(f"- {sentence}\n" for sentence in study.sentences)
    return f"{format_markdown(study.table, study.printed)}\n" + (f"\n{listed}" if listed else "")


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
    return {"measured_on": machine.device, "stream": str(STREAM), **sizes}


if __name__ == "__main__":
    launch(run, BenchmarkSettings)

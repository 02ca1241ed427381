"""The part `train`: every case of every size, each in its process, with the floors beside it."""

from collections.abc import Iterator, Sequence
from importlib.util import find_spec

from drp.settings import RECIPES, BenchmarkSettings
from experiments.benchmarks.cases import CASES, TORCH_CASES, RatesSpec, Spec, Timing
from experiments.benchmarks.floors import FIRST_INPUTS, Rates, Work, count_work, find_floors
from experiments.benchmarks.machine import Machine
from experiments.benchmarks.processes import WorkerMemoryError, run_worker
from experiments.benchmarks.processor import read_usage, share_of_others
from experiments.benchmarks.sizes import SIZES
from experiments.benchmarks.table import Label, Row, make_row
from experiments.console import say, show_progress

MOST_SLOTS = {"cpu": 8}  # by platform; a CPU works through them in turn
MOST_ELSEWHERE = 64
NO_TORCH = 'PyTorch is not installed, so there are no rows of it: pip install -e ".[bench]"'
STATES_HELD = 2  # as much again for a step's gradients and updates


def measure_training(settings: BenchmarkSettings, machine: Machine) -> Iterator[Row]:
    """Yield the rows of every size, measured one after the other."""
    peers = list_peers(settings.peer)
    for size in settings.sizes:
        common = Spec(
            "", size, None, settings.epochs, settings.queue, settings.seed, machine.platform
        )
        rates = Rates(**run_worker(RatesSpec("rates", list_working_sets(size))))
        say(describe_rates(size, rates))
        specs = [
            common._replace(task=case, slots=slots)
            for case, slots in plan_cases(size, settings.slots, peers, machine)
        ]
        rows = (measure_row(spec, rates) for spec in specs)
        yield from show_progress(rows, len(specs), size, describe_row)


def list_working_sets(size: str) -> dict[str, int]:
    """Return the bytes of a replicate's state by what is trained of the first layer."""
    return {name: count_case(name, size).state_bytes for name in FIRST_INPUTS}


def list_peers(peer: str) -> tuple[str, ...]:
    """Return the cases of the peer; none where it is not wanted or not there."""
    if peer == "none":
        return ()
    if find_spec("torch") is None:
        say(NO_TORCH)
        return ()
    return TORCH_CASES


def plan_cases(
    size: str, slots: Sequence[int], peers: Sequence[str], machine: Machine
) -> list[tuple[str, int | None]]:
    """Return (case, slots) in the order of measurement.

    What is compared stands next to each other in time: another process may take its share of the
    machine for a while.
    """
    full, span = (list_slots(case, size, slots, machine) for case in ("full", "span"))
    first = [("full", full[0]), *((peer, 1) for peer in peers), ("span", span[0])]
    more = [*(("full", n) for n in full[1:]), *(("span", n) for n in span[1:])]
    return [*first, *sorted(more, key=lambda pair: pair[1]), ("span_queue", None)]


def list_slots(case: str, size: str, slots: Sequence[int], machine: Machine) -> list[int]:
    """Return the numbers of slots to measure, rounded up to a multiple of the devices.

    Args:
      case: full or span.
      size: a row of SIZES.
      slots: what was asked for; empty for powers of two up to what fits and the platform's most.
      machine: where.
    """
    fit = machine.memory // (STATES_HELD * count_case(case, size).state_bytes)
    most = MOST_SLOTS.get(machine.platform, MOST_ELSEWHERE)
    powers = [2**n for n in range(most.bit_length()) if 2**n <= fit]
    devices = machine.n_devices
    return sorted({-(-n // devices) * devices for n in slots or powers or [1]})


def count_case(case: str, size: str) -> Work:
    """Count what a replicate-epoch of a case cannot do without."""
    return count_work(SIZES[size], CASES[case].first_layer, RECIPES["paper"].batch_size)


def measure_row(spec: Spec, rates: Rates) -> Row:
    """Measure a case, and what other programs did meanwhile."""
    first_layer = CASES[spec.task].first_layer
    floors = find_floors(count_case(spec.task, spec.size), rates, first_layer)
    before = read_usage()
    timing = measure_case(spec)
    label = Label("train", spec.task, spec.size, spec.slots, "replicate_epoch")
    return make_row(label, floors, timing, share_of_others(before, read_usage()))


def measure_case(spec: Spec) -> Timing | None:
    """Return what a case's worker measured; None, and a line, where the memory did not suffice."""
    try:
        return Timing(**run_worker(spec))
    except WorkerMemoryError:
        say(f"{spec.size}: {name_case(spec.task, spec.slots)}: out of memory, so its row is empty")
        return None


def describe_rates(size: str, rates: Rates) -> str:
    """Return the machine's rates in words."""
    copies = ", ".join(f"{rate / 1e9:.1f} GB/s ({name})" for name, rate in rates.copy.items())
    return f"{size}: memory moves {copies}; matrix products run at {rates.matmul / 1e9:.0f} GFLOP/s"


def describe_row(row: Row) -> str:
    """Return a case in a few words, and its time if there is one."""
    name = name_case(row.case, row.slots)
    return name if row.seconds is None else f"{name}: {row.seconds:.3g} s"


def name_case(case: str, slots: int | None) -> str:
    """Return a case and its slots, such as `full x8`."""
    return f"{case} x{slots}" if slots else case

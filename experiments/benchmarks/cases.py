"""The cases as rows of data, what a worker is asked and what it answers. It imports no library."""

from typing import NamedTuple


class Case(NamedTuple):
    """One row of the benchmark.

    Attributes:
      module: the module here whose `measure(spec)` runs it, in a worker.
      first_layer: full or span: what is trained there, and so what the floor is.
    """

    module: str
    first_layer: str


CASES = {
    "full": Case("engine", "full"),
    "span": Case("engine", "span"),
    "torch_fused": Case("torch_peer", "full"),
    "torch_adam": Case("torch_peer", "full"),
    "span_queue": Case("replicate_queue", "span"),
}
TORCH_CASES = ("torch_fused", "torch_adam")


class StreamCase(NamedTuple):
    """One way in which tumours are there: all of them in memory, or read from disk as needed."""

    modality: str
    in_memory: bool


# What is compared stands next to each other.
STREAM_CASES = {
    "backed_expression": StreamCase("expression", in_memory=False),
    "in_memory_expression": StreamCase("expression", in_memory=True),
    "backed_mutation": StreamCase("mutation", in_memory=False),
    "in_memory_mutation": StreamCase("mutation", in_memory=True),
}


class Spec(NamedTuple):
    """What one worker shall measure of training on cell lines.

    Attributes:
      task: a row of CASES, or `machine`: what the device is.
      size: a row of SIZES.
      slots: replicates side by side; None where the case chooses them.
      epochs: epochs to time, at least.
      queue: replicates of the queue.
      seed: of data, weights and batches.
      platform: of the device that JAX found, so that torch looks for the same.
    """

    task: str
    size: str = ""
    slots: int | None = None
    epochs: int = 1
    queue: int = 0
    seed: int = 0
    platform: str = "cpu"


class RatesSpec(NamedTuple):
    """How fast the machine is shall be measured: it copies, for each name, as many bytes."""

    task: str
    working_sets: dict[str, int]


class StreamSpec(NamedTuple):
    """An autoencoder shall be trained on tumours of a file, for a while.

    Attributes:
      task: `streaming`.
      case: a row of STREAM_CASES; `size`: how many tumours, in words.
      tumors: the file, with its full path.
      buffer: tumours in memory at a time.
      widths, batch_size: see `sizes.Stream`.
      seconds, fewest: the stretch lasts as long and trains on as many tumours, at least.
      seed: of weights and order.
    """

    task: str
    case: str
    size: str
    tumors: str
    buffer: int
    widths: tuple[int, ...]
    batch_size: int
    seconds: float
    fewest: int
    seed: int


class SearchSpec(NamedTuple):
    """A strategy shall search for an autoencoder's best setting.

    Attributes:
      task: `strategy`.
      strategy: grid, halving or tpe; `space`: a row of `strategy.SPACES`.
      tumors: the file; `folder`: where curves are kept; both with their full path.
      modality: of the tumours.
      seed: of weights, order, and of what is held out.
    """

    task: str
    strategy: str
    space: str
    tumors: str
    folder: str
    modality: str
    seed: int


SPECS = {"rates": RatesSpec, "streaming": StreamSpec, "strategy": SearchSpec}  # by task, else Spec


class Timing(NamedTuple):
    """What a case measured; None for what it does not know.

    Attributes:
      seconds: per replicate-epoch, all slots together; of a stream, per thousand tumours.
      slots: as many as there were, which devices may have rounded up; None without any.
      device: in words.
      compile_seconds: the first call less a steady one: tracing, compiling, first touch of memory.
      utilisation: epochs of use / epochs that the slots had.
      peak_memory_mb: of the device; None: take the process's own.
      first_memory_mb: that the process held after the first call.
      refills: times that the stretch emptied the buffer.
    """

    seconds: float
    slots: int | None
    device: str
    compile_seconds: float | None = None
    utilisation: float | None = None
    peak_memory_mb: float | None = None
    first_memory_mb: float | None = None
    refills: float | None = None

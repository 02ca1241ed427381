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


class Spec(NamedTuple):
    """What one worker shall measure.

    Attributes:
      task: a row of CASES, or `machine` or `rates`: what the device is, and how fast.
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


class Timing(NamedTuple):
    """What a case measured; None for what it does not know.

    Attributes:
      seconds: per replicate-epoch, all slots together.
      slots: as many as there were, which devices may have rounded up.
      device: in words.
      compile_seconds: the first call less a steady one: tracing, compiling, first touch of memory.
      utilisation: epochs of use / epochs that the slots had.
      peak_memory_mb: of the device; None: take the process's own.
    """

    seconds: float
    slots: int
    device: str
    compile_seconds: float | None = None
    utilisation: float | None = None
    peak_memory_mb: float | None = None

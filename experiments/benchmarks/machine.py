"""What computes here, and what memory it has. It refuses to time anything."""

from typing import NamedTuple

import jax

from drp.training.memory import SHARE_USED, free_bytes
from experiments.benchmarks.cases import Spec
from experiments.benchmarks.processor import describe_processor


class Machine(NamedTuple):
    """What JAX computes on here.

    Attributes:
      device: in words; `platform`: cpu, gpu or tpu.
      n_devices: on all of which the engine spreads its slots.
      memory: free bytes of all devices that training may use.
    """

    device: str
    platform: str
    n_devices: int
    memory: float


def measure(spec: Spec) -> Machine:
    """Return what JAX computes on."""
    devices = jax.devices()
    memory = SHARE_USED * sum(map(free_bytes, devices))
    return Machine(describe_device(), jax.default_backend(), len(devices), memory)


def describe_device() -> str:
    """Return what JAX computes on, in words."""
    devices = jax.devices()
    if devices[0].platform == "cpu":
        return describe_processor()
    return f"{len(devices)} x {devices[0].device_kind}"


def device_peak_mb() -> float | None:
    """Return the most memory held on one device, in MB; None where JAX keeps no account (a CPU)."""
    accounts = [device.memory_stats() or {} for device in jax.local_devices()]
    peaks = [account.get("peak_bytes_in_use") for account in accounts]
    return None if None in peaks else max(peaks) / 1e6

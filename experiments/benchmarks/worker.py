"""A process that measures one thing: a spec as JSON comes in, a result as JSON goes out.

echo '{"task": "full", "size": "small", "slots": 1}' | python -m experiments.benchmarks.worker
"""

import json
import sys
from importlib import import_module
from typing import NamedTuple

from experiments.benchmarks.cases import CASES, SPECS, Spec
from experiments.benchmarks.processor import peak_memory_mb


def read_spec(fields: dict) -> NamedTuple:
    """Return what is asked for, as the type that its task takes."""
    return SPECS.get(fields["task"], Spec)(**fields)


def answer(spec: NamedTuple) -> dict:
    """Import the one module that the task needs, and return the fields of what it measures."""
    name = CASES[spec.task].module if spec.task in CASES else spec.task
    result = import_module(f"experiments.benchmarks.{name}").measure(spec)._asdict()
    if "peak_memory_mb" in result and result["peak_memory_mb"] is None:
        result["peak_memory_mb"] = peak_memory_mb()
    return result


if __name__ == "__main__":
    print(json.dumps(answer(read_spec(json.load(sys.stdin)))))

"""A process that measures one thing: a `Spec` as JSON comes in, a result as JSON goes out.

echo '{"task": "full", "size": "small", "slots": 1}' | python -m experiments.benchmarks.worker
"""

import json
import sys
from importlib import import_module

from experiments.benchmarks.cases import CASES, Spec
from experiments.benchmarks.processor import peak_memory_mb


def answer(spec: Spec) -> dict:
    """Import the one module that the task needs, and return the fields of what it measures."""
    name = CASES[spec.task].module if spec.task in CASES else spec.task
    result = import_module(f"experiments.benchmarks.{name}").measure(spec)._asdict()
    if "peak_memory_mb" in result and result["peak_memory_mb"] is None:
        result["peak_memory_mb"] = peak_memory_mb()
    return result


if __name__ == "__main__":
    print(json.dumps(answer(Spec(**json.load(sys.stdin)))))

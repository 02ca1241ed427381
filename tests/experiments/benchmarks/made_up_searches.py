"""What searches may have found, for tests of what is made of it."""

import json

from experiments.benchmarks.strategy import Found


def make_found(epochs_spent: int, seconds: float, widths: tuple, loss: float) -> dict:
    found = Found(500, 54, epochs_spent, seconds, widths, 64, 20, loss)
    return json.loads(json.dumps(found._asdict()))


FOUND = {
    "grid": make_found(1080, 400.0, (1024, 256, 64), 0.5),
    "halving": make_found(244, 110.0, (1024, 128, 64), 0.502),
}

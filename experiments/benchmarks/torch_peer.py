"""The same training as a plain PyTorch loop, one replicate at a time. It refuses to know JAX.

The same network, start, batches, loss, validation pass and float32 as `full`, written as one would
write it in PyTorch: it is what the engine is compared with.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from drp.settings import RECIPES
from experiments.benchmarks.cases import Spec, Timing
from experiments.benchmarks.processor import count_cores, describe_processor
from experiments.benchmarks.random_lines import Split, draw_lines, draw_split
from experiments.benchmarks.sizes import SIZES, Size
from experiments.benchmarks.stopwatch import time_calls

RECIPE = RECIPES["paper"]
OPTIMISERS = {"torch_adam": {}, "torch_fused": {"fused": True}}  # case -> options of Adam


class Lines(NamedTuple):
    """Inputs by modality, 0/1 as uint8, and the target (S, D)."""

    inputs: Mapping[str, Tensor]
    target_SD: Tensor


class Network(nn.Module):
    """The predictor: an encoder per modality, their codes joined, dense ReLU layers, an output."""

    def __init__(self, size: Size):
        super().__init__()
        self.encoders = nn.ModuleDict(
            {
                name: make_stack((n_genes, *size.encoder_widths))
                for name, n_genes in size.genes.items()
            }
        )
        codes = len(size.genes) * size.encoder_widths[-1]
        self.head = make_stack((codes, *size.head_widths))
        self.output = make_dense(size.head_widths[-1], size.drugs)

    def forward(self, inputs: Mapping[str, Tensor]) -> Tensor:
        """Return ln IC50 (B, D) of inputs (B, genes) of any number type."""
        codes = [encode(inputs[name].float()) for name, encode in self.encoders.items()]
        return self.output(self.head(torch.cat(codes, dim=1)))


def make_dense(inputs: int, outputs: int) -> nn.Linear:
    """Return a dense layer with He-uniform weights and zero bias."""
    layer = nn.Linear(inputs, outputs)
    nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
    nn.init.zeros_(layer.bias)
    return layer


def make_stack(widths: tuple[int, ...]) -> nn.Sequential:
    """Return dense ReLU layers of these widths, the inputs' first."""
    return nn.Sequential(
        *(part for pair in pairwise(widths) for part in (make_dense(*pair), nn.ReLU()))
    )


def make_optimiser(network: Network, case: str) -> torch.optim.Optimizer:
    """Return Adam as that case has it."""
    options = OPTIMISERS[case]
    return torch.optim.Adam(network.parameters(), lr=RECIPE.learning_rate, **options)


def run_epoch(
    network: Network, optimiser: torch.optim.Optimizer, lines: Lines, train_N: Tensor,
    validation_V: Tensor,
) -> float:  # fmt: skip
    """Train one epoch in shuffled batches, and return the validation loss after it."""
    order_N = train_N[torch.randperm(len(train_N), device=train_N.device)]
    for batch_B in order_N.split(RECIPE.batch_size):
        optimiser.zero_grad(set_to_none=True)
        loss_of(network, lines, batch_B).backward()
        optimiser.step()
    with torch.no_grad():
        return loss_of(network, lines, validation_V).item()


def loss_of(network: Network, lines: Lines, rows_B: Tensor) -> Tensor:
    """Return the mean squared error over some lines."""
    chosen = {name: x[rows_B] for name, x in lines.inputs.items()}
    return nn.functional.mse_loss(network(chosen), lines.target_SD[rows_B])


def measure(spec: Spec) -> Timing:
    """Time epochs of one replicate, on all cores or on the first GPU."""
    on_gpu = spec.platform == "gpu" and torch.cuda.is_available()
    device = torch.device("cuda" if on_gpu else "cpu")
    torch.set_num_threads(count_cores())
    torch.set_float32_matmul_precision("highest")  # no TF32 on a GPU, as in the engine
    torch.manual_seed(spec.seed)
    size = SIZES[spec.size]
    lines, split = to_device(spec.seed, size, device)
    network = Network(size).to(device)
    optimiser = make_optimiser(network, spec.task)
    # `item()` of the validation loss waits for the GPU.
    times = time_calls(lambda: run_epoch(network, optimiser, lines, *split), spec.epochs)
    if not on_gpu:
        return Timing(times.steady, 1, f"{describe_processor()}, torch {torch.__version__}")
    peak_mb = torch.cuda.max_memory_allocated() / 1e6
    name = f"{torch.cuda.get_device_name()}, torch {torch.__version__}"
    return Timing(times.steady, 1, name, peak_memory_mb=peak_mb)


def to_device(seed: int, size: Size, device: torch.device) -> tuple[Lines, Split]:
    """Return the lines of that seed, and its first split, as tensors there."""

    def to_tensor(x: np.ndarray) -> Tensor:
        return torch.from_numpy(x).to(device)

    inputs, target_SD = draw_lines(seed, size)
    tensors = {name: to_tensor(x) for name, x in inputs.items()}
    return Lines(tensors, to_tensor(target_SD)), Split(*map(to_tensor, draw_split(seed, 0, size)))

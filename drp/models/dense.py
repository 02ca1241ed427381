"""Dense ReLU layers, and the one matrix product whose gradient decides how fast they train."""

from collections.abc import Sequence

import jax
from flax import linen as nn
from jax import Array

HE_UNIFORM = nn.initializers.he_uniform()


@jax.custom_vjp
def matmul(x_BI: Array, kernel_IO: Array) -> Array:
    """Return x @ kernel, (B, O); its gradient for the kernel comes laid out as the kernel is.

    JAX's own rule builds that gradient as (O, I) and hands the optimiser its transpose. At genes x
    1024 weights, reading it against the grain costs more than the rest of the step.
    """
    return x_BI @ kernel_IO


def _forward(x_BI: Array, kernel_IO: Array):
    return x_BI @ kernel_IO, (x_BI, kernel_IO)


def _backward(saved, grad_BO: Array):
    x_BI, kernel_IO = saved
    over_samples = (((0,), (0,)), ((), ()))
    return grad_BO @ kernel_IO.T, jax.lax.dot_general(x_BI, grad_BO, over_samples)


matmul.defvjp(_forward, _backward)


def _dot_general(x_BI: Array, kernel_IO: Array, dimensions, **_) -> Array:
    """Serve linen's Dense, which always contracts the last axis of x with the first of kernel."""
    assert dimensions == (((1,), (0,)), ((), ())), dimensions
    return matmul(x_BI, kernel_IO)


def make_dense(width: int, name: str) -> nn.Dense:
    """Return a dense layer with He-uniform weights and zero bias, for inputs of rank 2."""
    return nn.Dense(width, kernel_init=HE_UNIFORM, dot_general=_dot_general, name=name)


class ReluStack(nn.Module):
    """Dense layers with ReLU: an encoder, a decoder, or the layers behind the codes.

    Attributes:
      widths: units per layer; empty passes the input through.
    """

    widths: Sequence[int]

    @nn.compact
    def __call__(self, x_BI: Array, offset_BO: Array | None = None) -> Array:
        """Return (B, last width) for inputs (B, I).

        Args:
          x_BI: inputs.
          offset_BO: (B, first width), added before the first ReLU: what a part of the first layer
            that is not trained gives. None for nothing.
        """
        for layer, width in enumerate(self.widths):
            x_BI = make_dense(width, f"dense_{layer}")(x_BI)
            if layer == 0 and offset_BO is not None:
                x_BI = x_BI + offset_BO
            x_BI = nn.relu(x_BI)
        return x_BI

"""Dense ReLU layers, and the one matrix product whose gradient decides how fast they train."""

from collections.abc import Sequence
from functools import partial
from itertools import accumulate, pairwise

import jax
import jax.numpy as jnp
from flax import linen as nn
from jax import Array

HE_UNIFORM = nn.initializers.he_uniform()


def _in_float32(a: Array, b: Array, dimensions) -> Array:
    """Contract in full float32, which some accelerators do only when asked to."""
    return jax.lax.dot_general(a, b, dimensions, precision=jax.lax.Precision.HIGHEST)


def _in_tensorfloat32(a: Array, b: Array, dimensions) -> Array:
    """Contract with the operands rounded to 10 bits behind the point, the sums in float32.

    Where there is no such product the operands are rounded and the rest is float32: the same
    numbers without the speed.
    """

    def rounded(a, b):
        both = (jax.lax.reduce_precision(x, exponent_bits=8, mantissa_bits=10) for x in (a, b))
        return _in_float32(*both, dimensions)

    def on_gpu(a, b):
        algorithm = jax.lax.DotAlgorithmPreset.TF32_TF32_F32
        return jax.lax.dot_general(a, b, dimensions, precision=algorithm)

    return jax.lax.platform_dependent(a, b, cuda=on_gpu, rocm=on_gpu, default=rounded)


def _in_bfloat16(a: Array, b: Array, dimensions) -> Array:
    """Contract with the operands rounded to bfloat16, the sums in float32."""
    a, b = a.astype(jnp.bfloat16), b.astype(jnp.bfloat16)
    return jax.lax.dot_general(a, b, dimensions, preferred_element_type=jnp.float32)


MATMULS = {
    "float32": _in_float32, "tensorfloat32": _in_tensorfloat32, "bfloat16": _in_bfloat16,
}  # fmt: skip


@partial(jax.custom_vjp, nondiff_argnums=(2,))
def matmul(x_BI: Array, kernel_IO: Array, precision: str = "float32") -> Array:
    """Return x @ kernel, (B, O); its gradient for the kernel comes laid out as the kernel is.

    JAX's own rule builds that gradient as (O, I) and hands the optimiser its transpose. At genes x
    1024 weights, reading it against the grain costs more than the rest of the step.

    Args:
      x_BI: inputs.
      kernel_IO: weights.
      precision: a row of `MATMULS`, for this product and for both of its gradients.
    """
    return MATMULS[precision](x_BI, kernel_IO, (((1,), (0,)), ((), ())))


def _forward(x_BI: Array, kernel_IO: Array, precision: str):
    return matmul(x_BI, kernel_IO, precision), (x_BI, kernel_IO)


def _backward(precision: str, saved, grad_BO: Array):
    x_BI, kernel_IO = saved
    contract = MATMULS[precision]
    over_units, over_samples = (((1,), (1,)), ((), ())), (((0,), (0,)), ((), ()))
    return contract(grad_BO, kernel_IO, over_units), contract(x_BI, grad_BO, over_samples)


matmul.defvjp(_forward, _backward)


class Dense(nn.Module):
    """A dense layer with He-uniform weights and zero bias, for inputs of rank 2.

    In training its kernel may be a tuple of row blocks in place of one matrix.

    Attributes:
      width: units.
      precision: of the matrix products, a row of `MATMULS`.
    """

    width: int
    precision: str = "float32"

    @nn.compact
    def __call__(self, x_BI: Array) -> Array:
        """Return (B, width) for inputs (B, I)."""
        if self.has_variable("params", "kernel"):
            kernel = self.get_variable("params", "kernel")
        else:
            kernel = self.param("kernel", HE_UNIFORM, (x_BI.shape[-1], self.width))
        bias_O = self.param("bias", nn.initializers.zeros_init(), (self.width,))
        blocks = kernel if isinstance(kernel, tuple) else (kernel,)
        starts = list(accumulate((len(block) for block in blocks), initial=0))
        if starts[-1] != x_BI.shape[-1]:
            raise ValueError(f"expected {starts[-1]} inputs, found {x_BI.shape[-1]}")
        y_BO = sum(
            matmul(x_BI[:, start:end], block, self.precision)
            for block, (start, end) in zip(blocks, pairwise(starts), strict=True)
        )
        return y_BO + bias_O[None, :]


class ReluStack(nn.Module):
    """Dense layers with ReLU: an encoder, a decoder, or the layers behind the codes.

    Attributes:
      widths: units per layer; empty passes the input through.
      precision: of the matrix products, a row of `MATMULS`.
      dropout: share of every layer's units that a training step leaves out; the rest is scaled up.
        A call is a training step if it is given a random key for `dropout`.
    """

    widths: Sequence[int]
    precision: str = "float32"
    dropout: float = 0.0

    @nn.compact
    def __call__(self, x_BI: Array, offset_BO: Array | None = None) -> Array:
        """Return (B, last width) for inputs (B, I).

        Args:
          x_BI: inputs.
          offset_BO: (B, first width), added before the first ReLU: what a part of the first layer
            that is not trained gives. None for nothing.
        """
        for layer, width in enumerate(self.widths):
            x_BI = Dense(width, self.precision, name=f"dense_{layer}")(x_BI)
            if layer == 0 and offset_BO is not None:
                x_BI = x_BI + offset_BO
            x_BI = nn.relu(x_BI)
            x_BI = nn.Dropout(self.dropout)(x_BI, deterministic=not self.has_rng("dropout"))
        return x_BI

"""Tall matrices as tuples of row blocks. It refuses to know what the rows stand for.

A CPU's cache holds the gradient of a block until the optimiser has read it, but not that of genes x
1024 weights, which would go to memory and come back.
"""

from typing import Any

import jax
import jax.numpy as jnp

CPU_ROWS = 1024  # x 1024 float32 columns: 4 MB


def cut_rows(tree: Any, rows: int | None) -> Any:
    """Return a tree whose matrices of more than `rows` rows are tuples of blocks; None: of none."""
    if rows is None:
        return tree

    def cut(x):
        tall = jnp.ndim(x) == 2 and len(x) > rows
        return tuple(x[at : at + rows] for at in range(0, len(x), rows)) if tall else x

    return jax.tree.map(cut, tree)


def join_rows(tree: Any) -> Any:
    """Undo `cut_rows`, on a tree of dicts and named tuples."""

    def is_blocks(node) -> bool:
        return type(node) is tuple

    return jax.tree.map(
        lambda node: jnp.concatenate(node) if is_blocks(node) else node, tree, is_leaf=is_blocks
    )

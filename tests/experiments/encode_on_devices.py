"""Writes an encoder whose weights lie on all devices of its process, and reads it back.

python -m tests.experiments.encode_on_devices FOLDER
"""

import sys
from pathlib import Path

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from experiments.encoders import read_encoder, write_encoder
from tests.experiments.made_up_encoders import (
    FACTS,
    WIDTHS,
    draw_params,
    draw_preprocessing,
    make_genes,
)

N_GENES = 40


def main(folder: Path) -> None:
    devices = jax.devices()
    assert len(devices) == 8
    by_gene = NamedSharding(Mesh(np.array(devices), ("genes",)), PartitionSpec("genes"))
    params = draw_params(N_GENES)
    params["dense_0"]["kernel"] = jax.device_put(params["dense_0"]["kernel"], by_gene)
    genes, preprocessing = make_genes(N_GENES), draw_preprocessing(N_GENES)
    write_encoder(folder, params, genes, preprocessing, FACTS)
    found = read_encoder(folder, genes, [WIDTHS]).params
    assert all(type(x) is np.ndarray for x in jax.tree.leaves(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

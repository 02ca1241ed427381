"""Metadata of the distribution `drp-jax`; the import name is `drp`."""

from pathlib import Path

from setuptools import find_packages, setup

CORE = [
    "jax>=0.10,<0.11",
    "flax>=0.12,<0.13",
    "optax>=0.2.8,<0.3",
    "numpy>=2.1,<3",
    "pandas>=2.3,<3",
    "scipy>=1.15,<2",
    "absl-py>=2.1,<3",
    "scikit-learn>=1.7,<2",
    "anndata>=0.12,<0.13",
    "mudata>=0.3.2,<0.4",
    "pyarrow>=18",
    "openpyxl>=3.1,<4",
    "orbax-checkpoint>=0.11,<0.13",
    "matplotlib>=3.10,<4",
    "threadpoolctl>=3.5,<4",
    "h5py>=3.12,<4",
    "jinja2>=3.1,<4",
    "tqdm>=4.66,<5",
]

EXTRAS = {
    "bench": ["torch>=2.9,<3"],
    "cuda": ["jax[cuda13]>=0.10,<0.11"],
    "dev": ["pytest>=8", "hypothesis>=6", "ruff>=0.14", "optuna>=4,<6"],
    "search": ["optuna>=4,<6"],
    "umap": ["umap-learn>=0.5.9,<0.6"],
}

setup(
    name="drp-jax",
    version="0.1.0",
    description="Drug response of tumours from expression and mutation: DeepDR and beyond, in JAX",
    long_description=Path(__file__).with_name("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.11",
    packages=find_packages(include=["drp", "drp.*", "experiments", "experiments.*"]),
    package_data={"drp.report": ["*.html"]},
    install_requires=CORE,
    extras_require=EXTRAS,
)

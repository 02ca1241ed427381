"""The cohort: samples with several aligned measurements. It refuses to know any file format."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from drp.data.errors import DataError, name_first

EXPRESSION = "expression"
EXPRESSION_ALL = "expression_all"
MUTATION = "mutation"
RESPONSE = "response"
RESPONSE_AUX = "response_aux"
IMPUTED = "imputed"
CELL_LINES, TUMORS = "cell_lines", "tumors"  # the two kinds of prepared cohort

LN_UM, AUC = "ln(uM)", "AUC"  # what a response may be; tables of one cohort never differ
UNITS = {EXPRESSION: "log2(TPM+1)", MUTATION: "1 = protein-changing mutation", RESPONSE: LN_UM}
MEASURES = {LN_UM: "ln_ic50_um", AUC: "auc"}  # what columns that hold a response are called


@dataclass(frozen=True)
class Cohort:
    """Samples, and per modality the matrix of those samples in which it was measured.

    A sample may lack a modality. Nothing in here is ever filled in silently: a gap in the response
    is NaN, and a sample that was never sequenced has no row in `mutation`.

    Attributes:
      obs: one row per sample, index = sample id; column `cancer_type` (tissue for cell lines) and
        any clinical columns.
      modalities: name -> AnnData (samples x features); `obs_names` is a subset of `obs.index`.
        `expression` and `expression_all`: float32 log2(TPM+1). `mutation`: uint8 CSR, 1 = mutated.
        `response` and `response_aux`: float32 ln IC50 (uM), or AUC if `units` says so, NaN = not
        measured; layer `imputed`.
      uns: provenance: `kind` (cell_lines or tumors), `units`, `preparation`, and the `truth` of a
        synthetic cohort.
    """

    obs: pd.DataFrame
    modalities: Mapping[str, ad.AnnData]
    uns: dict = field(default_factory=dict)

    def __post_init__(self):
        if "cancer_type" not in self.obs:
            raise DataError(f"obs: expected a column 'cancer_type', found {list(self.obs)}")
        if not self.obs.index.is_unique:
            repeated = self.obs.index[self.obs.index.duplicated()]
            raise DataError(f"samples occur twice in the cohort: {name_first(repeated)}")
        for name, matrix in self.modalities.items():
            unknown = matrix.obs_names.difference(self.obs.index)
            if len(unknown):
                raise DataError(f"{name}: samples without a row in obs: {name_first(unknown)}")

    def samples_with(self, *names: str) -> pd.Index:
        """Return the samples that have every named modality, in the order of `obs`."""
        keep = np.ones(len(self.obs), bool)
        for name in names:
            keep &= self.obs.index.isin(self.require(name).obs_names)
        return self.obs.index[keep]

    def require(self, name: str) -> ad.AnnData:
        """Return a modality.

        Raises:
          DataError: the cohort lacks it.
        """
        if name not in self.modalities:
            found = ", ".join(self.modalities) or "none"
            raise DataError(f"the cohort has no modality {name!r}; found: {found}")
        return self.modalities[name]

    def matrix(self, name: str, samples: pd.Index, layer: str | None = None) -> np.ndarray:
        """Return `stored` as a dense array."""
        return densify(self.stored(name, samples, layer))

    def stored(
        self, name: str, samples: pd.Index, layer: str | None = None
    ) -> np.ndarray | sparse.csr_matrix:
        """Return one modality (or a layer of it) as it is held, rows in the order of `samples`.

        Args:
          name: modality.
          samples: sample ids, all of them measured in that modality.
          layer: name of a layer, such as `imputed`; None for the values themselves.

        Returns:
          (samples, features), in the stored type; mutation is sparse.

        Raises:
          DataError: the modality or a sample is missing.
        """
        modality = self.require(name)
        rows = modality.obs_names.get_indexer(samples)
        if (rows < 0).any():
            raise DataError(f"{name}: not measured in {name_first(samples[rows < 0])}")
        if layer is not None and layer not in modality.layers:
            raise DataError(f"{name}: expected a layer {layer!r}; prepare the cohort first")
        values = modality.X if layer is None else modality.layers[layer]
        return values[rows]


def densify(values) -> np.ndarray:
    """Return stored values, sparse or not, as a dense array."""
    return values.toarray() if sparse.issparse(values) else np.asarray(values)


def make_modality(values, samples: pd.Index, features: pd.DataFrame) -> ad.AnnData:
    """Wrap a samples x features matrix as AnnData without copying it.

    Args:
      values: (samples, features) array or CSR matrix.
      samples: sample ids, one per row.
      features: one row per column of `values`; its index becomes the feature names.
    """
    obs = pd.DataFrame(index=samples.astype(str).rename(None))
    var = features.set_axis(features.index.astype(str).rename(None))
    return ad.AnnData(X=values, obs=obs, var=var)

"""Frames of the size of a real comparison, with made-up numbers, for tables and figures."""

import numpy as np
import pandas as pd

NETWORKS = {
    "complete": -0.46, "random_init": -0.44, "expression_only": -0.47, "pca": -0.38,
    "expression_only_random": -0.45, "mutation_only": 0.05,
}  # fmt: skip
BASELINES = {
    "kernel_ridge": -0.45, "ridge": -0.44, "elastic_net": -0.42, "random_forest": -0.40, "svm": 0.1,
    "linear": 3.0, "tissue_drug_mean": -0.31, "drug_mean": 0.0, "global_mean": 5.2,
}  # fmt: skip
RECIPES = ("paper", "modern")
REFERENCES = (("drug_mean", "modern"), ("kernel_ridge", "modern"))
DRUG_MEAN_MSE = 2.06


def make_table1(recipes=RECIPES):
    """Return a row per design and recipe; the paper's recipe is worse by 0.4."""
    rows = []
    for place, (design, gain) in enumerate((NETWORKS | BASELINES).items()):
        for recipe in recipes:
            mse = DRUG_MEAN_MSE + gain + 0.4 * recipe.startswith("paper")
            r = float(np.clip(-gain, 0, None)) - 0.1 * recipe.startswith("paper") * (gain < 0)
            network = design in NETWORKS
            rows.append({
                "design": design, "recipe": recipe, "n_replicates": 100, "n_fitted": 463.0,
                "median_mse_imputed": mse + 0.2, "sd_mse_imputed": 0.13,
                "median_mse_measured": mse + 0.01, "mean_mse_measured": mse,
                "median_pearson_drug": r, "mean_pearson_drug": r,
                "median_pearson_residual": 0.3, "median_pearson_within_tissue": 0.28,
                "median_explained": 0.41, "median_epochs": 11.5 + place if network else np.nan,
                "paper_mse": 1.96 if network and recipe == "paper" else np.nan,
                "paper_epochs": np.nan,
            })  # fmt: skip
    return pd.DataFrame(rows)


def make_paired(table1, references=REFERENCES):
    """Return every row of Table 1 beside every reference but itself."""
    runs = table1.set_index(["design", "recipe"])
    rows = []
    for run, scores in runs.iterrows():
        for reference in references:
            if run == reference:
                continue
            for metric, reach in (("mse_measured", 0.05), ("pearson_drug", 0.012)):
                mean = scores[f"mean_{metric}"] - runs.loc[reference, f"mean_{metric}"]
                rows.append((*run, *reference, metric, 100, mean, mean - reach, mean + reach, 0.01))
    columns = [
        "design", "recipe", "reference", "reference_recipe", "metric", "n_pairs",
        "mean_difference", "ci_low", "ci_high", "p_value",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def make_curves(designs=("complete", "random_init", "kernel_ridge"), recipes=RECIPES, n=20):
    """Return replicates at four sizes of the training part; error falls as it grows."""
    rng = np.random.default_rng(0)
    rows = []
    for place, design in enumerate(designs):
        for recipe in recipes:
            for fraction, n_fitted in ((0.1, 46), (0.25, 116), (0.5, 231), (1.0, 463)):
                mse = 1.4 + 3 / np.sqrt(n_fitted) + 0.02 * place + 0.3 * (recipe == "paper")
                text = recipe if fraction == 1 else f"{recipe}:train_fraction={fraction}"
                for number in range(n):
                    noise = rng.normal(0, 0.05)
                    rows.append({
                        "design": design, "recipe": text, "replicate": number, "split_by": "line",
                        "train_fraction": fraction, "n_fitted": n_fitted, "n_test": 52,
                        "mse_measured": mse + noise, "pearson_drug": 1 - mse / 3 + noise / 5,
                    })  # fmt: skip
    return pd.DataFrame(rows)


def make_gains():
    """Return paired differences, pre-trained less random, under both span offsets."""
    rows = [
        (fraction, 463 * fraction, offset, mean, mean - 0.03, mean + 0.03)
        for offset, shift in (("keep", 0.0), ("drop", 0.01))
        for fraction, mean in ((0.1, -0.06 + shift), (0.25, -0.03 + shift), (1.0, 0.0 + shift))
    ]
    columns = ["train_fraction", "n_fitted", "span_offset", "mean_difference", "ci_low", "ci_high"]
    return pd.DataFrame(rows, columns=columns)


def make_coverage(n_drugs=265, n_tissues=26):
    """Return coverage overall, per drug and per tissue."""
    rng = np.random.default_rng(0)
    rows = [("overall", "overall", 515, 111_803, 0.897)]
    rows += [
        ("drug", f"DRUG-{i} ({1000 + i})", 420, 420, share)
        for i, share in enumerate(rng.normal(0.9, 0.015, n_drugs).clip(0, 1))
    ]
    rows += [
        ("tissue", f"aero_dig_tract_{i}", 4 + 2 * i, 900 + 500 * i, share)
        for i, share in enumerate(rng.normal(0.88, 0.04, n_tissues).clip(0, 1))
    ]
    frame = pd.DataFrame(rows, columns=["kind", "group", "n_lines", "n_entries", "coverage"])
    return frame.assign(level=0.9, mean_width=4.1)

"""Recipes: how a design is fitted to cell lines, as rows of data."""

from dataclasses import dataclass

from drp.settings.fields import option

ENCODER_WIDTHS = (1024, 256, 64)  # Chiu et al. 2019, Methods: the best of their 54 settings
HEAD_WIDTHS = (128, 128, 128)


@dataclass(frozen=True)
class Recipe:
    """How a design is fitted to cell lines; the rows of `RECIPES` say all of it.

    Baselines read `target`, `further_lines`, `refit`, `train_fraction` and `permuted`; networks
    read all of it.
    """

    standardised: tuple[str, ...] = option(
        "modalities scaled by the training lines' mean and sd", ("expression", "mutation")
    )
    target: str = option("learn from every entry, or from measured ones", ("imputed", "measured"))
    output_start: str = option(
        "what the output layer starts with: He-uniform weights, or drug means and no weights",
        ("random", "drug_mean"),
    )
    optimiser: str = option("a row of drp.training.optimisers", ("adam", "adamw"))
    learning_rate: float = option("step size", minimum=0)
    weight_decay: float = option("per step, in units of the step size", minimum=0)
    batch_size: int = option("lines per step", minimum=1)
    patience: int = option("epochs without a lower validation loss before it stops", minimum=1)
    max_epochs: int = option("epochs at most", minimum=1)
    keep: str = option("which epoch's weights are the product", ("last", "best"))
    encoders: str = option(
        "folder below --encoders with the pre-trained encoders; empty: --encoders itself"
    )
    encoder_widths: tuple[int, ...] = option("units per encoder layer", minimum=1)
    head_widths: tuple[int, ...] = option("units per layer behind the codes", minimum=1)
    dropout: float = option("share of hidden units left out in a training step", minimum=0, below=1)
    first_layer: str = option("train all weights, or in the training lines' span", ("full", "span"))
    span_offset: str = option("in the span: what no training line sees", ("keep", "drop"))
    auxiliary: bool = option("whether other screens' drugs are further outputs in training")
    further_lines: float = option(
        "weight of lines without expression, which then is their tissue's mean (means weigh all "
        "alike); 0: left out",
        minimum=0,
    )
    readout: str = option(
        "the output layer that predicts: as trained, or solved by ridge regression on the hidden "
        "units of all members",
        ("trained", "ridge"),
    )
    readout_penalty: float = option(
        "readout=ridge: variance of the noise, where hidden units give a signal of variance 1",
        minimum=0,
    )
    tissue_effect: float = option(
        "readout=ridge: variance of what each tissue adds to a drug's response, in the same units",
        minimum=0,
    )
    members: int = option("networks per split, their predictions averaged", minimum=1)
    refit: bool = option("whether validation lines are fitted on too, once settings are chosen")
    train_fraction: float = option("share of the lines to fit on that is used", minimum=0)
    permuted: str = option(
        "control: whose rows are shuffled over the lines; tissues stay, but with labels",
        ("", "expression", "mutation", "labels"),
    )


RECIPES = {
    # Chiu et al. 2019, Methods: Adam with its defaults, batch 16, patience 3, last weights.
    "paper": Recipe(
        standardised=(), target="imputed", output_start="random", optimiser="adam",
        learning_rate=1e-3, weight_decay=0.0, batch_size=16, patience=3, max_epochs=50, keep="last",
        encoders="", encoder_widths=ENCODER_WIDTHS, head_widths=HEAD_WIDTHS, dropout=0.0,
        first_layer="full", span_offset="keep", auxiliary=False, further_lines=0.0,
        readout="trained", readout_penalty=0.0, tissue_effect=0.0, members=1, refit=False,
        train_fraction=1.0, permuted="",
    ),
    # Chosen on inner splits that never see the lockbox; what was tried: BUILD_NOTES.
    "modern": Recipe(
        standardised=("expression",), target="measured", output_start="drug_mean",
        optimiser="adamw", learning_rate=8e-4, weight_decay=1e-4, batch_size=128, patience=3,
        max_epochs=200, keep="best", encoders="", encoder_widths=(1024,), head_widths=(),
        dropout=0.0, first_layer="span", span_offset="keep", auxiliary=True, further_lines=1 / 3,
        readout="ridge", readout_penalty=3.0, tissue_effect=0.2, members=5, refit=True,
        train_fraction=1.0, permuted="",
    ),
}  # fmt: skip

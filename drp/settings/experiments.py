"""Settings of every experiment; `experiments/flags.py` turns the fields into flags."""

from dataclasses import dataclass

from drp.settings.fields import setting
from drp.settings.recipes import ENCODER_WIDTHS

N_COMPONENTS = 64  # the PCA designs' stand-in for a 64-code, per modality


SHARED = "$DRP_DATA"  # expanded when files are opened; default ../shared/data
DESIGN_NAMES = (
    "complete", "random_init", "pca", "expression_only", "mutation_only", "expression_only_random",
    "linear", "svm", "ridge", "kernel_ridge", "elastic_net", "random_forest", "global_mean",
    "drug_mean", "tissue_drug_mean",
)  # fmt: skip


@dataclass(frozen=True)
class PrepareSettings:
    """Raw files -> cells.h5mu and tumors.h5mu."""

    out: str = setting("runs/prepared", "folder for the prepared cohorts")
    seed: int = setting(0, "seed of the synthetic cohort", minimum=0)
    source: str = setting("files", "raw files, or the built-in cohort", ("files", "synthetic"))
    cells_expression: tuple[str, ...] = setting(
        (f"{SHARED}/cells/ccle_expression_tpm_logp1.csv.gz",),
        "cell-line expression; of several files the first wins and gives the genes",
    )
    cells_mutation: str = setting(
        f"{SHARED}/cells/somatic_mutations.csv.gz",
        "cell-line mutations: MAF, DepMap table, or a matrix of 0 and 1",
    )
    cells_sequenced: str = setting(
        f"{SHARED}/cells/sequenced_models.csv",
        "list of all sequenced lines, such as DepMap's OmicsProfiles.csv; empty: none given",
    )
    cells_samples: str = setting(
        f"{SHARED}/cells/models.csv",
        "cell-line table, such as DepMap's Model.csv: identifiers and tissue",
    )
    response: tuple[str, ...] = setting(
        (
            f"{SHARED}/cells/gdsc1_v17_dose_response.csv.gz",
            f"{SHARED}/cells/gdsc2_dose_response.csv.gz",
        ),
        "dose-response tables; the first is predicted, the others become response_aux",
    )
    drugs: str = setting(
        "", "GDSC's list of drugs, for responses that give drugs by id only; empty: none"
    )
    tumors_expression: tuple[str, ...] = setting(
        (
            f"{SHARED}/tumors/tcga_expression_panel_log2tpm.tsv.gz",
            f"{SHARED}/tumors/tcga_expression_genomewide_log2tpm.tsv.gz",
        ),
        "tumour expression; of several files the first wins and gives the genes",
    )
    tumors_mutation: str = setting(f"{SHARED}/tumors/tcga_mutations.maf.gz", "tumour MAF")
    tumors_sequenced: str = setting(
        f"{SHARED}/tumors/sequenced_samples.csv", "list of all sequenced tumours; empty: none given"
    )
    tumors_samples: str = setting(
        f"{SHARED}/tumors/samples.tsv", "tumour table: sample, cancer_type, clinical columns"
    )
    cells_expression_unit: str = setting(
        "log2p1", "unit of the file: log2(x+1), log2(x+0.001) or x in TPM",
        ("log2p1", "log2p001", "tpm"),
    )  # fmt: skip
    tumors_expression_unit: str = setting(
        "log2p1", "the same for the tumours", ("log2p1", "log2p001", "tpm")
    )
    response_unit: str = setting(
        "ln_um", "what the responses hold: IC50 as ln or log10 of uM, or uM; or AUC instead",
        ("ln_um", "log10_um", "um", "auc"),
    )  # fmt: skip
    gene_map: str = setting(
        "", "HGNC's hgnc_complete_set.txt: gives Ensembl ids and old symbols their name; or empty"
    )
    duplicates: str = setting(
        "error", "what becomes of a name that stands twice", ("error", "mean")
    )
    variant_classes: tuple[str, ...] = setting(
        ("paper",),
        "which variants are mutations: paper (four classes), nonsilent, or a list of MAF classes",
    )
    maf_filters: tuple[str, ...] = setting(
        ("PASS", ".", "wga", "native_wga_mix"), "a MAF row counts if all its FILTER tokens are here"
    )
    min_measured: int = setting(10, "measured lines that every drug must have", minimum=1)
    min_mean: float = setting(1.0, "least mean log2(TPM+1) of a gene over the tumours", minimum=0)
    min_sd: float = setting(0.5, "least standard deviation of a gene over the tumours", minimum=0)
    neighbours: int = setting(5, "donors for each imputed response", minimum=1)
    check: bool = setting(False, "only read and judge the files; write nothing")
    n_lines: int = setting(300, "synthetic: cell lines", minimum=1)
    n_tumors: int = setting(900, "synthetic: tumours", minimum=1)
    n_expression_genes: int = setting(500, "synthetic: genes with expression", minimum=1)
    n_mutation_genes: int = setting(600, "synthetic: genes sequenced", minimum=1)
    n_drugs: int = setting(40, "synthetic: drugs", minimum=1)


@dataclass(frozen=True)
class PretrainSettings:
    """Tumours -> encoders."""

    out: str = setting("runs/pretrain", "folder for the encoders")
    seed: int = setting(0, "seed of weights, batches, noise and of what is held out", minimum=0)
    tumors: str = setting("runs/prepared/tumors.h5mu", "prepared tumours")
    modalities: tuple[str, ...] = setting(("expression", "mutation"), "which encoders to train")
    encoder_widths: tuple[int, ...] = setting(ENCODER_WIDTHS, "units per encoder layer", minimum=1)
    expression_epochs: int = setting(
        100, "passes over the tumours for the expression encoder", minimum=1
    )
    mutation_epochs: int = setting(
        100, "passes over the tumours for the mutation encoder", minimum=1
    )
    batch_size: int = setting(64, "tumours per step", minimum=1)
    learning_rate: float = setting(1e-3, "Adam's step size", minimum=0)
    weight_decay: float = setting(0.0, "per step, in units of the step size (AdamW)", minimum=0)
    dropout: float = setting(
        0.0, "share of hidden units left out in a training step", minimum=0, below=1
    )
    expression_objective: str = setting(
        "paper", "paper: ReLU output, squared error; standardised: unit variance, linear output",
        ("paper", "standardised"),
    )  # fmt: skip
    mutation_objective: str = setting(
        "paper", "paper: ReLU output, squared error; cross_entropy: probabilities",
        ("paper", "cross_entropy"),
    )  # fmt: skip
    balance: float = setting(
        0.5, "cross_entropy: a mutated gene weighs (wild type / mutated) to this power", minimum=0
    )
    masked_share: float = setting(
        0.0, "share of genes hidden from the encoder in a training step (denoising)",
        minimum=0, below=1,
    )  # fmt: skip
    held_out: float = setting(
        0.1, "share of the tumours, 10,000 at most, to judge by and not to train on; 0: none",
        minimum=0, below=1,
    )  # fmt: skip
    patience: int = setting(
        0, "epochs without a lower loss on held-out tumours before it stops, with the best "
        "weights; 0: never", minimum=0,
    )  # fmt: skip
    shuffle_buffer: int = setting(
        16_384,
        "tumours in memory at a time; a larger cohort is read from disk in every epoch",
        minimum=1,
    )
    save_seconds: float = setting(
        60.0, "how often what a killed run needs to go on is written", minimum=0, places=True
    )
    search: str = setting(
        "none", "how layers and batch size are chosen: not, all of --search_*, successive "
        "halving, or optuna's TPE (extra `search`)", ("none", "grid", "halving", "tpe"),
    )  # fmt: skip
    search_first: tuple[int, ...] = setting((4096, 2048, 1024), "first layer's units", minimum=1)
    search_second: tuple[int, ...] = setting((512, 256, 128), "second layer's units", minimum=1)
    search_third: tuple[int, ...] = setting((64, 32, 16), "codes", minimum=1)
    search_batch: tuple[int, ...] = setting((128, 64), "tumours per step", minimum=1)
    search_epochs: int = setting(20, "epochs of a setting, at most", minimum=1)
    search_tumors: int = setting(10_000, "tumours that the search trains on, at most", minimum=1)
    search_trials: int = setting(13, "settings that tpe tries", minimum=1)


@dataclass(frozen=True)
class CompareSettings:
    """Cell lines and encoders -> Table 1."""

    out: str = setting("runs/compare", "folder for tables and figures")
    seed: int = setting(0, "seed of splits, weights and batches", minimum=0)
    cells: str = setting("runs/prepared/cells.h5mu", "prepared cell lines")
    tumors: str = setting("", "prepared tumours, for their predictions in figure 2A; empty: none")
    encoders: str = setting(
        "runs/pretrain/encoders", "what pretrain wrote; needed by pre-trained designs"
    )
    min_gene_share: float = setting(
        0.8, "share of an encoder's genes that the lines must have", minimum=0
    )
    designs: tuple[str, ...] = setting(DESIGN_NAMES, "designs to compare; the means always join")
    recipe: tuple[str, ...] = setting(
        ("paper",), "recipes: paper, modern, or with fields replaced: modern:dropout=0.5:members=10"
    )
    train_fractions: tuple[float, ...] = setting(
        (1.0,), "learning curve: shares of the lines to fit on; the recipes run at each", minimum=0
    )
    replicates: int = setting(100, "splits, each trained from its own seed", minimum=1)
    costly_replicates: int = setting(
        20, "splits for the baselines that take long: elastic_net, random_forest", minimum=1
    )
    split_by: str = setting(
        "line", "what is held out together", ("line", "tissue", "pair", "lockbox", "drug")
    )
    splits: str = setting("", "read splits.npz from here; empty: draw them")
    hide_lockbox: bool = setting(
        False, "for searches: draw splits by line without the 15% that --split_by=lockbox tests"
    )
    expression: str = setting(
        "shared", "expression genes: those shared with the tumours, or all", ("shared", "all")
    )
    encoder_widths: tuple[int, ...] = setting(
        (), "units per encoder layer; empty: the recipe's", minimum=1
    )
    head_widths: tuple[int, ...] = setting(
        (), "units per layer behind the codes; empty: the recipe's", minimum=1
    )
    first_layer: str = setting(
        "recipe", "train all weights of the first layer, or in the span of the training lines",
        ("recipe", "full", "span"),
    )  # fmt: skip
    span_offset: str = setting(
        "recipe", "in the span: keep or drop the part of the start that no training line sees",
        ("recipe", "keep", "drop"),
    )  # fmt: skip
    span_scaling: str = setting(
        "shared", "in the span: scale inputs by all lines, or by each split's training lines",
        ("shared", "split"),
    )  # fmt: skip
    slots: int = setting(0, "replicates in training at a time; 0: by the devices", minimum=0)
    moments: str = setting("float32", "how Adam's first moment is held", ("float32", "bfloat16"))
    matmul: str = setting(
        "float32", "precision of the matrix products", ("float32", "tensorfloat32", "bfloat16")
    )
    keep_weights: bool = setting(False, "keep every network's weights, in weights/")
    coordinator_address: str = setting(
        "", "host:port of the first of several processes; auto: ask the cluster; empty: only one",
        places=True,
    )  # fmt: skip
    num_processes: int = setting(1, "processes that train together", minimum=1, places=True)
    process_id: int = setting(0, "which of them this is", minimum=0, places=True)


@dataclass(frozen=True)
class ReproduceSettings:
    """Everything in one go: prepare, pretrain, compare, report."""

    out: str = setting("runs/reproduce", "folder for all results and report.html")
    seed: int = setting(0, "seed of everything", minimum=0)
    preset: str = setting("demo", "demo: synthetic, minutes; real: $DRP_DATA", ("demo", "real"))
    cells: str = setting("", "prepared cell lines, in place of the preset's source")
    tumors: str = setting("", "prepared tumours, in place of the preset's source")


@dataclass(frozen=True)
class BenchmarkSettings:
    """Nothing -> benchmark.csv: how fast, and how far from the machine's limits."""

    out: str = setting("runs/benchmark", "folder for benchmark.csv and benchmark.md")
    seed: int = setting(0, "seed of data, weights and batches", minimum=0)
    part: str = setting("train", "what is measured", ("train", "pretrain", "all"))
    peer: str = setting("torch", "what training is compared with", ("torch", "none"))
    sizes: tuple[str, ...] = setting(
        ("small", "medium", "paper"), "sizes of the problem: small, medium, paper"
    )
    slots: tuple[int, ...] = setting(
        (), "replicates at a time; empty: powers of two that fit in memory", minimum=1
    )
    epochs: int = setting(3, "epochs to time, at least", minimum=1)
    queue: int = setting(24, "replicates of the queue with early stopping", minimum=1)
    tumor_counts: tuple[int, ...] = setting(
        (10_000, 100_000, 1_000_000), "pretrain: synthetic tumours to train on from disk; or none",
        minimum=2,
    )  # fmt: skip
    tumors: str = setting("", "pretrain: prepared tumours to search on; empty: synthetic ones")
    search_modality: str = setting(
        "expression", "pretrain: which of their profiles", ("expression", "mutation")
    )

"""Fields of the training form: every setting with its name, its range and a hint."""

from aeviz.config import MAX_CODES, MAX_LAYERS, MAX_WIDTH
from aeviz.language import mark, tr
from aeviz.registry import BOTTLENECKS, ENCODERS, LOSSES
from aeviz.web.train.field import Field, divides, is_penalised, is_quantized, is_variational, uses

OPTIMIZERS = {"adam": "Adam", "amsgrad": "AMSGrad", "sgd": mark("SGD with momentum")}

MODEL = (
    Field(
        key="model.encoder",
        label="Architecture",
        kind="choice",
        choices=ENCODERS.titles,
        help=lambda: tr(
            "Layers of the encoder: {kinds}. The decoder mirrors the encoder.",
            kinds="; ".join(tr(spec.summary) for spec in ENCODERS.values()),
        ),
    ),
    Field(
        key="model.bottleneck",
        label="Bottleneck",
        kind="choice",
        choices=BOTTLENECKS.titles,
        help="Code of an image: a point, a point made of codes of a code book, or a sample of its posterior, a "
        "distribution of points.",
    ),
    Field(
        key="model.latent_dim",
        label="Latent dimensions",
        kind="whole",
        low=1,
        high=1024,
        help="Latent size, from 1 to the number of pixels. 2 and 3 are shown directly; more as a projection (PCA, "
        "t-SNE, UMAP).",
    ),
    Field(
        key="model.codes",
        label="Codes in the code book",
        kind="whole",
        low=2,
        high=MAX_CODES,
        applies=is_quantized,
        help=lambda: tr(
            "Codes among which each group of latent coordinates has the nearest, 2 to {most}.", most=MAX_CODES
        ),
    ),
    Field(
        key="model.code_dim",
        label="Size of a code",
        kind="whole",
        low=1,
        high=1024,
        applies=is_quantized,
        help="Latent coordinates of a group. The number of latent dimensions is a multiple of it.",
    ),
    Field(
        key="model.commitment",
        label="Commitment weight",
        kind="real",
        low=0.0,
        high=1000.0,
        step=0.05,
        applies=is_quantized,
        help="Factor of the loss that pulls outputs of the encoder to their codes, 0 to 1000; the loss that pulls the "
        "codes has factor 1.",
    ),
    Field(
        key="model.hidden",
        label="Hidden layers (units)",
        kind="widths",
        applies=uses("hidden"),
        help=lambda: tr(
            "Units of each dense layer of the encoder, separated by commas: up to {layers} layers of 1 to {units} "
            "units.",
            layers=MAX_LAYERS,
            units=MAX_WIDTH,
        ),
    ),
    Field(
        key="model.channels",
        label="Convolutions (channels)",
        kind="widths",
        applies=uses("channels"),
        help="Channels of each stride-2 convolution of the encoder, separated by commas. Each halves the side of "
        "the image.",
    ),
    Field(
        key="model.activation",
        label="Activation",
        kind="choice",
        choices={
            "default": "usual for the architecture",
            "relu": "ReLU",
            "leaky_relu": "Leaky ReLU",
            "elu": "ELU",
            "prelu": "PReLU (slope learned)",
            "tanh": "tanh",
            "sigmoid": "sigmoid",
        },
        applies=lambda values: ENCODERS[values["model.encoder"]].activation is not None,
        help="After each hidden layer. The architecture's own is ReLU, with batch normalisation Leaky ReLU. The "
        "gradients of tanh and sigmoid vanish in deep networks; units of ReLU can die.",
    ),
    Field(
        key="model.init",
        label="Initial weights",
        kind="choice",
        choices={
            "default": "PyTorch's (variance 1 / 3 fan-in)",
            "xavier": "Xavier (2 / (fan-in + fan-out))",
            "he": "He (2 / fan-in)",
            "small": "small (standard deviation 0.01)",
            "zero": "zero: nothing tells units apart",
        },
        help="Law of the initial weights, by their variance. Fan-in and fan-out count inputs and outputs of a unit. He "
        "keeps the size of values through ReLU layers, Xavier through tanh layers. Biases start at 0, but PyTorch "
        "draws them too.",
    ),
)
LEARNING = (
    Field(
        key="objective.reconstruction",
        label="Loss",
        kind="choice",
        choices=LOSSES.titles,
        help=lambda: tr("Reconstruction loss: {kinds}.", kinds="; ".join(tr(spec.summary) for spec in LOSSES.values())),
    ),
    Field(
        key="optimizer.name",
        label="Optimizer",
        kind="choice",
        choices=OPTIMIZERS,
        help="Adam divides each gradient by its running root mean square. AMSGrad never lets this divisor "
        "decrease. SGD uses the gradient with momentum and needs a larger learning rate.",
    ),
    Field(
        key="optimizer.learning_rate",
        label="Learning rate",
        kind="real",
        low=1e-6,
        high=100.0,
        form="%.6g",
        step=1e-3,
        help="0.000001 to 100. Too small: slow; too large: diverges. Try 0.0003 to 0.01 for Adam, 0.1 to 1 for SGD.",
    ),
    Field(
        key="optimizer.schedule",
        label="Schedule",
        kind="choice",
        choices={
            "constant": "constant",
            "one_cycle": "one cycle: up, then down to 0",
            "exponential": "exponential: 5 % less each epoch",
        },
        help="Constant; one cycle (rises for 30 % of the run, then falls to 0; reaches a low loss in few epochs); "
        "or times 0.95 after each epoch. A one-cycle run cannot be trained longer later.",
    ),
)
VARIATIONAL = (
    Field(
        key="objective.kl_weight",
        label="KL weight",
        kind="real",
        low=0.0,
        high=1000.0,
        form="%.6g",
        step=1e-3,
        applies=is_variational,
        help="Factor of the KL divergence, 0 to 1000, beside a reconstruction loss that is a mean over pixels. With "
        "the sum of the KL and cross-entropy, 1 / pixels is the ELBO. Larger: closer to the prior, blurrier images; "
        "too large: posterior collapse.",
    ),
    Field(
        key="objective.kl_reduction",
        label="KL over dimensions",
        kind="choice",
        choices={"sum": "sum (nats per image)", "mean": "mean (nats per dimension)"},
        applies=is_variational,
        help="Whether the weight multiplies the sum or the mean of the KL over latent dimensions.",
    ),
    Field(
        key="objective.annealing",
        label="KL annealing",
        kind="choice",
        choices={"constant": "none", "linear": "rises once", "cyclical": "rises in cycles"},
        applies=is_variational,
        help="KL weight over training: constant; rising linearly over the first epochs; or rising in cycles, "
        "which can prevent posterior collapse.",
    ),
    Field(
        key="objective.annealing_epochs",
        label="Annealing length (epochs)",
        kind="whole",
        low=1,
        high=1_000_000,
        applies=lambda values: is_variational(values) and values["objective.annealing"] != "constant",
        help="Epochs in which the KL weight rises from 0; in cycles, of a whole cycle, whose first half rises. Try a "
        "third to a half of the run.",
    ),
)
PENALTIES = (
    Field(
        key="objective.penalty",
        label="Penalty on the code",
        kind="choice",
        choices={
            "none": "none",
            "l1": "L1: mean of |z| (sparse)",
            "l2": "L2: mean of z²",
            "kl_sparsity": "KL from a target activation (sparse)",
        },
        applies=lambda values: not is_variational(values),
        help="Added to the loss of an autoencoder. L1 and L2 keep codes near 0. The KL divergence keeps the mean "
        "activation of each unit, in (0, 1) by a sigmoid, near a target.",
    ),
    Field(
        key="objective.penalty_weight",
        label="Penalty weight",
        kind="real",
        low=0.0,
        high=1000.0,
        form="%.6g",
        step=1e-3,
        applies=is_penalised,
        help="Factor of the penalty, 0 to 1000, beside a loss that is a mean over pixels. Its value on the scale of "
        "sums is said above. Too large: all codes are alike.",
    ),
    Field(
        key="objective.sparsity",
        label="Target activation (rho)",
        kind="real",
        low=0.001,
        high=0.999,
        applies=lambda values: is_penalised(values) and values["objective.penalty"] == "kl_sparsity",
        help="Mean activation that each unit should have over a batch, 0.001 to 0.999. 0.05: active for few images.",
    ),
    Field(
        key="objective.corruption",
        label="Corruption of the input",
        kind="choice",
        choices={
            "none": "none",
            "masking": "masking",
            "gaussian": "gaussian noise",
            "salt_pepper": "salt and pepper",
        },
        help="Denoising: training images are corrupted before they are encoded, and the clean ones are the target. "
        "Masking sets pixels to black, salt and pepper to black or white; gaussian noise changes all.",
    ),
    Field(
        key="objective.corruption_level",
        label="Corruption level",
        kind="real",
        low=0.0,
        high=1.0,
        step=0.05,
        applies=lambda values: values["objective.corruption"] != "none",
        help="0 to 1: share of the pixels; for gaussian noise its standard deviation, pixels being in [0, 1].",
    ),
)
COURSE = (
    Field(
        key="train.epochs",
        label="Epochs",
        kind="whole",
        low=1,
        high=1_000_000,
        help="Passes through the training images. You can stop at any time and keep the result.",
    ),
    Field(
        key="train.batch_size",
        label="Batch size (images)",
        kind="whole",
        low=1,
        high=1_000_000,
        help="Images per step. Small batches give more, noisier steps per epoch; large ones make each epoch faster.",
    ),
    Field(
        key="train.seed",
        label="Seed",
        kind="whole",
        low=0,
        high=2**31 - 1,
        help="Determines initial weights and batch order. Use the same seed to compare settings, several seeds to "
        "see the spread.",
    ),
)
ADVANCED = (
    Field(
        key="optimizer.beta1",
        label="beta 1",
        kind="real",
        applies=divides,
        low=0.0,
        high=0.9999,
        help="Decay rate of Adam's running mean of gradients, 0 to below 1. Larger averages over more steps.",
    ),
    Field(
        key="optimizer.beta2",
        label="beta 2",
        kind="real",
        applies=divides,
        low=0.0,
        high=0.99999,
        form="%.5g",
        step=1e-3,
        help="Decay rate of Adam's running mean of squared gradients, 0 to below 1.",
    ),
    Field(
        key="optimizer.epsilon",
        label="epsilon",
        kind="real",
        applies=divides,
        low=1e-12,
        high=1.0,
        form="%.1e",
        step=1e-8,
        help="Added to Adam's divisor to avoid division by zero. Rarely changed.",
    ),
    Field(
        key="optimizer.momentum",
        label="Momentum (SGD)",
        kind="real",
        applies=lambda values: not divides(values),
        low=0.0,
        high=0.9999,
        help="Share of the previous step that SGD adds, 0 to below 1.",
    ),
    Field(
        key="train.gradient_clip",
        label="Gradient clip",
        kind="real",
        low=0.0,
        high=1e6,
        optional=True,
        help="Largest norm of the gradient; longer gradients are scaled down. 0: off. Try 1 against divergence.",
    ),
    Field(
        key="train.precision",
        label="Precision of a step",
        kind="choice",
        choices={"fp32": "32 bits", "bf16": "16 bits (bfloat16)"},
        help="Numbers in the products of a step. With 16 bits an epoch takes 70 to 90 % of the time on a processor "
        "that computes with them (docs/benchmarks.md); another may be slower. Weights keep 32 bits.",
    ),
    Field(
        key="train.shuffle",
        label="Mixing of the images",
        kind="choice",
        choices={"all": "all in memory", "blocks": "in blocks, from disk"},
        help="All: every image is in memory, and each epoch has a random order. Blocks: images stay on disk; 64 MB of "
        "them at a time are read and mixed, for data sets that are larger than memory.",
    ),
    Field(
        key="data.validation_fraction",
        label="Validation share",
        kind="real",
        low=0.01,
        high=0.9,
        form="%.4f",
        help="Share of the training images held out for validation, 0.01 to 0.9. 0.1667 leaves 50,000 MNIST "
        "images for training.",
    ),
    Field(
        key="data.without",
        label="Leave out a class",
        kind="text",
        optional=True,
        help="A class to leave out of training and validation, such as 7, for anomaly detection. Empty: none. The "
        "test set keeps it.",
    ),
)
ENCODER, BOTTLENECK, LATENT_DIM = MODEL[:3]
OPTIMIZER, LEARNING_RATE = LEARNING[1:3]
KL_WEIGHT_FIELD, EPOCHS, PENALTY = VARIATIONAL[0], COURSE[0], PENALTIES[0]
FIELDS = (*MODEL, *VARIATIONAL, *LEARNING, *PENALTIES, *COURSE, *ADVANCED)

"""The experiments of the sources, by name, with the sources' own settings.

References:
    [S1] M. Sevkovych, On variational autoencoders: theory and applications, Univ. of Stuttgart, 2023, Algorithm 4:
    optimizers, learning rate, batch size, loss, epochs, latent spaces of 2 and 3 dimensions. The text has nothing else
    of these models: layer widths, other latent sizes, convolutions, all VAEs, KL weights, class anchors and logged
    losses are from the author's public code.
    [S2] R. Grabovac, Variational autoencoders with applications, Univ. of Zagreb, 2025, chapters 3 and 4; batch
    normalisation, decay of the learning rate and KL weight from the author's public code.
    [S3] S. Chaki, Understanding Autoencoders: From Theory to Applications, slides, 2025.
"""

import dataclasses
import difflib
from dataclasses import dataclass

from aeviz.config import (
    AnnealingName,
    DataConfig,
    ModelConfig,
    ObjectiveConfig,
    OptimizerConfig,
    OptimizerName,
    RunConfig,
    TrainConfig,
)
from aeviz.errors import ConfigError
from aeviz.recipes import with_recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """An experiment: its settings and a sentence on what it shows."""

    config: RunConfig
    summary: str
    """One sentence for the list of presets."""
    logged_val_mse: float | None = None
    """Validation MSE at the end of the log in the author's public code, after 10,000 epochs of 3 steps each."""
    logged_val_loss: float | None = None
    """Validation loss, KL included, at the end of that code's log of a variational model."""

    @property
    def name(self) -> str:
        """Name of the experiment."""
        return self.config.preset

    @property
    def logged_loss(self) -> float | None:
        """Validation loss that the author logged: of a plain autoencoder its mean squared error."""
        return self.logged_val_mse if self.logged_val_loss is None else self.logged_val_loss


_OPTIMIZERS: dict[OptimizerName, str] = {"adam": "Adam", "amsgrad": "AMSGrad", "sgd": "SGD"}
_CODE = "the public code of S1's author"


def _mlp(latent_dim: int, optimizer: OptimizerName, logged: float) -> Preset:
    source = "S1, Algorithm 4; layers" if latent_dim in (2, 3) else "layers and latent size"
    return Preset(
        config=RunConfig(
            preset=f"mlp-{latent_dim}d-{optimizer}",
            data=DataConfig(name="mnist"),
            model=ModelConfig(latent_dim=latent_dim),
            optimizer=OptimizerConfig(name=optimizer, learning_rate=3e-4),
            train=TrainConfig(epochs=10_000, batch_size=512),
        ),
        summary=f"MNIST, 784-128-64-12-{latent_dim} and back with ReLU, {_OPTIMIZERS[optimizer]} "
        f"({source} from {_CODE})",
        logged_val_mse=logged,
    )


def _small(
    name: str,
    data: str,
    model: ModelConfig,
    optimizer: OptimizerName,
    epochs: int,
    summary: str,
    learning_rate: float = 3e-3,
) -> Preset:
    return Preset(
        config=RunConfig(
            preset=name,
            data=DataConfig(name=data),
            model=model,
            optimizer=OptimizerConfig(name=optimizer, learning_rate=learning_rate, schedule="one_cycle"),
            train=TrainConfig(epochs=epochs, batch_size=64),
        ),
        summary=summary,
    )


_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def _in_powers(value: float) -> str:
    """Return a number in words; a small one with its power of ten, 4·10⁻⁵, since 4e-05 breaks over two lines."""
    factor, _, exponent = f"{value:g}".partition("e-")
    return f"{factor}·10⁻{exponent.lstrip('0').translate(_RAISED)}" if exponent else factor


def _vae(latent_dim: int, weight: float, logged: float | None, *, anchored: bool = False) -> Preset:
    kind = "a class-anchored prior" if anchored else "a standard normal prior"
    return Preset(
        config=RunConfig(
            preset=f"vae-{latent_dim}d{'-anchored' if anchored else ''}",
            data=DataConfig(name="mnist"),
            model=ModelConfig(
                encoder="conv",
                bottleneck="gaussian",
                decoder="conv",
                latent_dim=latent_dim,
                channels=(16, 32),
                features=max(64, 4 * latent_dim),  # ReLU units: as many as latent dimensions would cap a wide latent
                prior="anchored" if anchored else "standard",
            ),
            objective=ObjectiveConfig(kl_weight=weight, kl_reduction="mean"),
            optimizer=OptimizerConfig(name="amsgrad", learning_rate=3e-4),
            train=TrainConfig(epochs=10_000, batch_size=512),
        ),
        summary=f"MNIST, convolutional VAE with {kind}, KL weight {_in_powers(weight)} (from {_CODE})",
        logged_val_loss=logged,
    )


def _variant(name: str, summary: str, model: ModelConfig, objective: ObjectiveConfig) -> Preset:
    """Return an autoencoder on MNIST with another objective or latent."""
    return Preset(
        config=RunConfig(
            preset=name,
            data=DataConfig(name="mnist"),
            model=model,
            objective=objective,
            optimizer=OptimizerConfig(name="adam", learning_rate=2e-3, schedule="one_cycle"),
            train=TrainConfig(epochs=40, batch_size=256),
        ),
        summary=summary,
    )


def _collapse(name: str, annealing: AnnealingName, summary: str) -> Preset:
    """Return a VAE of the 8x8 digits with a KL weight under which both dimensions collapse unless it is annealed.

    After 100 epochs, seeds 0, 1 and 2, on the test images: with the constant weight a KL of 0.00, 0.00 and 0.25 nats
    and an MSE of 0.0725, 0.0725 and 0.0649 (the mean image has 0.0725); annealed 1.15, 1.06 and 1.20 nats and 0.0470,
    0.0489 and 0.0470. The validation loss is nearly the same, 0.071 to 0.073: the objective has two good ends, and
    annealing decides which one is reached.
    """
    return Preset(
        config=RunConfig(
            preset=name,
            data=DataConfig(name="digits"),
            model=dataclasses.replace(_DIGITS_MODEL, bottleneck="gaussian"),
            objective=ObjectiveConfig(kl_weight=0.015, annealing=annealing, annealing_epochs=80),
            optimizer=OptimizerConfig(name="adam", learning_rate=1e-2, schedule="one_cycle"),
            train=TrainConfig(epochs=100, batch_size=64),
        ),
        summary=summary,
    )


def _without(name: str, data: DataConfig, model: ModelConfig, rate: float, train: TrainConfig, summary: str) -> Preset:
    """Return a plain autoencoder that never sees one class, whose test images are then anomalies (S3)."""
    return Preset(
        config=RunConfig(
            preset=name,
            data=data,
            model=model,
            optimizer=OptimizerConfig(name="amsgrad", learning_rate=rate, schedule="one_cycle"),
            train=train,
        ),
        summary=summary,
    )


def _faces(name: str, reconstruction: str) -> Preset:
    return Preset(
        config=RunConfig(
            preset=name,
            data=DataConfig(name="celeba"),
            model=ModelConfig(
                image_shape=(3, 64, 64),
                encoder="conv_bn",
                bottleneck="gaussian",
                decoder="conv_bn",
                latent_dim=128,
                channels=(32, 64, 128, 256, 512),
                output="tanh",
            ),
            objective=ObjectiveConfig(reconstruction=reconstruction, kl_weight=0.00039, kl_reduction="sum"),
            optimizer=OptimizerConfig(name="adam", learning_rate=0.005, schedule="exponential", decay=0.95),
            train=TrainConfig(epochs=50, batch_size=64, flip=True),
        ),
        summary=f"faces (CelebA), convolutional VAE that compares by {'MSE' if reconstruction == 'mse' else 'MS-SSIM'} "
        "(S2, chapter 4; KL weight from its author's public code)",
    )


_WIDE = (256, 128)
"""Hidden layers of the sparse, penalised and denoising autoencoders."""
_DIGITS_MODEL = ModelConfig(image_shape=(1, 8, 8), latent_dim=2, hidden=(64, 32, 16))
_PRESETS = (
    _mlp(2, "adam", 0.03794),
    _mlp(2, "amsgrad", 0.03829),
    _mlp(3, "adam", 0.03301),
    _mlp(3, "amsgrad", 0.03261),
    _mlp(10, "amsgrad", 0.02254),
    _mlp(64, "adam", 0.02373),
    _mlp(64, "amsgrad", 0.01809),
    Preset(
        config=RunConfig(
            preset="conv-64d-amsgrad",
            data=DataConfig(name="mnist"),
            model=ModelConfig(encoder="conv", decoder="conv", latent_dim=64, channels=(16, 32)),
            optimizer=OptimizerConfig(name="amsgrad", learning_rate=3e-4),
            train=TrainConfig(epochs=10_000, batch_size=512),
        ),
        summary=f"MNIST, convolutions 1-16-32-64 and back, AMSGrad (from {_CODE})",
        logged_val_mse=0.00314,
    ),
    _small("digits-2d-adam", "digits", _DIGITS_MODEL, "adam", 300, "8x8 digits, 64-64-32-16-2 and back, Adam"),
    _small("digits-2d-amsgrad", "digits", _DIGITS_MODEL, "amsgrad", 300, "8x8 digits, 64-64-32-16-2 and back, AMSGrad"),
    _small(
        "circles-3d",
        "circles",
        ModelConfig(image_shape=(1, 28, 28), latent_dim=3, hidden=(256, 128, 64)),
        "adam",
        200,
        "discs of known centre and radius: three numbers make each image, and three should describe it",
    ),
    _small(
        "quick-look",
        "digits",
        _DIGITS_MODEL,
        "adam",
        100,
        "a useful map within half a minute: 8x8 digits, 64-64-32-16-2 and back",
        learning_rate=1e-2,
    ),
    Preset(
        config=RunConfig(
            preset="quick-look-mnist",
            data=DataConfig(name="mnist"),
            model=ModelConfig(latent_dim=2),
            optimizer=OptimizerConfig(name="adam", learning_rate=5e-3, schedule="one_cycle"),
            train=TrainConfig(epochs=12, batch_size=512),
        ),
        summary="the network of mlp-2d-adam on MNIST, in 12 epochs instead of 10,000",
    ),
    Preset(
        config=dataclasses.replace(with_recipe(_mlp(2, "adam", 0.03794).config, "fast"), preset="mlp-2d-fast"),
        summary=f"mlp-2d-adam by another recipe: the error at the end of the log in {_CODE}, "
        "in 29 epochs (network of S1, Algorithm 4)",
    ),
    _vae(2, 4e-5, 0.03954),
    _vae(3, 4e-5, 0.03306),
    _vae(10, 4e-2, 0.05597),
    _vae(20, 4e-2, 0.04393),
    _vae(64, 4e-7, 0.00347),
    _vae(2, 4e-2, None, anchored=True),  # with the 4e-5 of vae-2d the anchors do not take hold
    _vae(10, 4e-2, 0.05081, anchored=True),
    _variant(
        "msssim-vae-10d",
        "MNIST, convolutional VAE that compares by MS-SSIM (after S2, chapter 4)",
        ModelConfig(
            encoder="conv", bottleneck="gaussian", decoder="conv", latent_dim=10, channels=(16, 32), features=64
        ),
        ObjectiveConfig(reconstruction="ms_ssim", kl_weight=0.001, kl_reduction="sum"),
    ),
    _variant(
        "flow-2d",
        "MNIST, VAE whose posterior has an inverse autoregressive flow (S2, Conclusion)",
        ModelConfig(bottleneck="flow", latent_dim=2, hidden=_WIDE),
        ObjectiveConfig(reconstruction="bce", kl_weight=1 / 784, kl_reduction="sum"),
    ),
    _variant(
        "vq-mnist",
        "MNIST, VQ-VAE 784-128-64-16 and back: 8 codes of 2 numbers from a code book of 32, 40 bits an image (van den "
        "Oord et al. 2017)",
        ModelConfig(bottleneck="quantized", latent_dim=16, hidden=(128, 64), codes=32, code_dim=2),
        ObjectiveConfig(),
    ),
    _variant(
        "regime-reconstruction",
        "one of three regimes (S2, figure 3.1): reconstruction only, the KL does not count",
        ModelConfig(bottleneck="gaussian", latent_dim=2, hidden=_WIDE),
        ObjectiveConfig(reconstruction="bce", kl_weight=0.0),
    ),
    _variant(
        "regime-kl",
        "one of three regimes (S2, figure 3.1): the KL only, the reconstruction does not count",
        ModelConfig(bottleneck="gaussian", latent_dim=2, hidden=_WIDE),
        ObjectiveConfig(reconstruction="bce", reconstruction_weight=0.0, kl_weight=1 / 784),
    ),
    _variant(
        "regime-both",
        "one of three regimes (S2, figure 3.1): both, which is the ELBO of a Bernoulli decoder",
        ModelConfig(bottleneck="gaussian", latent_dim=2, hidden=_WIDE),
        ObjectiveConfig(reconstruction="bce", kl_weight=1 / 784),
    ),
    _variant(
        "sparse-l1",
        "MNIST, sparse autoencoder: 64 latent units, the mean of |z| penalised (S2, S3)",
        ModelConfig(latent_dim=64, hidden=_WIDE),
        ObjectiveConfig(penalty="l1", penalty_weight=1e-3),
    ),
    _variant(
        "sparse-kl",
        "MNIST, sparse autoencoder: 64 sigmoid units, of a mean activation of 5 % each (S3)",
        ModelConfig(latent_dim=64, hidden=_WIDE, latent="sigmoid"),
        ObjectiveConfig(penalty="kl_sparsity", penalty_weight=1e-3, sparsity=0.05),
    ),
    _variant(
        "l2-latent",
        "MNIST, 10-d autoencoder with the mean of z^2 penalised (S3)",
        ModelConfig(latent_dim=10, hidden=_WIDE),
        ObjectiveConfig(penalty="l2", penalty_weight=1e-4),
    ),
    _variant(
        "denoising",
        "MNIST, denoising autoencoder: half of the pixels are masked, the whole image is the target (S2, S3)",
        ModelConfig(latent_dim=32, hidden=_WIDE),
        ObjectiveConfig(corruption="masking", corruption_level=0.5),
    ),
    _variant(
        "deep",
        "MNIST, deep autoencoder 784-512-256-128-64-10 and back (S2, S3)",
        ModelConfig(latent_dim=10, hidden=(512, 256, 128, 64)),
        ObjectiveConfig(),
    ),
    *(
        _without(
            f"anomaly-without-{digit}",
            DataConfig(name="mnist", without=digit),
            ModelConfig(latent_dim=10),  # with the settings of the mlp-10d-amsgrad that ships, to be compared with it
            5e-3,
            TrainConfig(epochs=60, batch_size=512),
            f"MNIST without its {digit}s, 784-128-64-12-10 and back: are they anomalies to it? {verdict} (S3)",
        )
        for digit, verdict in (("2", "Most of them."), ("7", "Fewer, since 9s are like them."))
    ),
    _without(
        "digits-without-7",
        DataConfig(name="digits", without="7"),
        ModelConfig(image_shape=(1, 8, 8), latent_dim=8, hidden=(64, 32, 16)),
        3e-3,
        TrainConfig(epochs=100, batch_size=64),
        "8x8 digits without their 7s, which become anomalies: within half a minute, no download (S3)",
    ),
    _collapse(
        "collapse",
        "constant",
        "8x8 digits, VAE whose posterior collapses under a large KL weight: KL 0.00 nats, MSE 0.073 (S2, 4.5)",
    ),
    _collapse(
        "collapse-annealed",
        "linear",
        "8x8 digits, the VAE of collapse, but its KL weight rises over 80 epochs: KL 1.1 nats, MSE 0.047, no collapse",
    ),
    _faces("celeba-vae", "mse"),
    _faces("celeba-msssim-vae", "ms_ssim"),
)
PRESETS: dict[str, Preset] = {preset.name: preset for preset in _PRESETS}


def get_preset(name: str) -> Preset:
    """Return the preset of that name.

    Raises:
        ConfigError: There is none; the message names the nearest and all others.
    """
    if name in PRESETS:
        return PRESETS[name]
    near = difflib.get_close_matches(name, PRESETS, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise ConfigError(f"no preset {name!r}; {hint}expected one of: {', '.join(PRESETS)}")

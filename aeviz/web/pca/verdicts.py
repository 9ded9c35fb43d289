"""Verdicts in words and numbers: the linear autoencoder against PCA, and the network with ReLU against PCA."""

from collections.abc import Sequence

import numpy as np

from aeviz.lab.linear_autoencoder import LinearConfig
from aeviz.lab.moments import Moments
from aeviz.lab.relu_comparison import ReluComparison
from aeviz.web.pca.cached import LinearRun

SAME_EXCESS, SAME_DEG = 1e-4, 1.0
"""Excess error and angle in degrees up to which error and subspace are said to be the same."""
AXES_DEG = 5.0
"""Angle in degrees up to which axes are said to be the same."""
NEARLY_EQUAL = 0.85
"""Ratio of the variances of neighbouring components from which on they are said to be nearly equal."""
NO_ERROR = 1e-9
"""Mean squared error of pixels in [0, 1] up to which PCA is said to miss nothing; one of 255 levels is 1.5e-5."""


def tell_verdict(run: LinearRun, config: LinearConfig, moments: Moments) -> str:
    """Say what is equal to PCA and what is not, in Markdown."""
    parts = [
        f"#### After the last step, {run.last.step}",
        _tell_error(run, config),
        _tell_subspace(run),
        _tell_axes(run, config),
        _tell_symmetry(run, config),
    ]
    if not config.centred:
        parts.append(
            "Without centring, PCA uses the second moments about zero; its first component points roughly to the "
            "mean image."
        )
    parts.append(
        f":small[{run.last.step} steps of {config.optimizer} in {run.seconds:.2f} s from a random start; "
        f"{moments.count:,} images enter only through their mean and second moments.]"
    )
    head, *lines = (part for part in parts if part)
    return f"{head}\n\n" + "  \n".join(lines)


def percent(share: float) -> str:
    """Return a share of an error in percent, to two digits that count."""
    if share < 1e-5:
        return "less than 0.001%"
    return f"{100 * share:.2g}%" if share < 1 else f"{100 * share:,.0f}%"


def degrees(angle: float) -> str:
    """Return an angle in degrees, finer where it is small."""
    return f"{angle:.1f} degrees" if angle >= 0.1 else "less than 0.1 degrees"


def tell_gain(pca: float, network: float) -> str:
    """Say how much less or more error than PCA's the network has; that PCA has none where it has none."""
    if pca <= NO_ERROR:
        return "PCA is exact here"
    gain = 1 - network / pca
    return f"{percent(abs(gain))} {'less' if gain > 0 else 'more'}"


def tell_why(comparison: ReluComparison, *, is_short: bool) -> str:
    """Say why the network is no better than PCA; nothing where it is better, or PCA misses nothing.

    Args:
        comparison: After the last epoch.
        is_short: Whether a longer training is on offer.
    """
    pca = comparison.pca.mean()
    if comparison.training_loss is None or comparison.network.mean() < pca or pca <= NO_ERROR:
        return ""
    numbers = f"{comparison.training_loss:.4f} against {comparison.pca_training:.4f}"
    if comparison.training_loss < comparison.pca_training:
        return f"On its training images it is better ({numbers}): it overfits."
    more = "choose *longer*" if is_short else "PCA is optimal at once; a smaller latent size leaves more to gain"
    text = f"It is no better on its training images ({numbers})"
    return f"{text}: it has not converged; {more}."


def tell_classes(names: Sequence[str], pca: np.ndarray, network: np.ndarray) -> str:
    """Say on which classes the network does best and worst beside PCA; nothing where no class can be compared.

    Args:
        names: Of the classes.
        pca: Mean error of each class, (classes,), floating point; NaN for a class without images.
        network: (classes,), as `pca`.
    """
    shares = [(network[place] / pca[place], place) for place in range(len(names)) if pca[place] > NO_ERROR]
    if not shares:
        return ""
    best, worst = (
        f"{names[place]} ({tell_gain(float(pca[place]), float(network[place]))})"
        for _, place in (min(shares), max(shares))
    )
    return f"Compared with PCA it is best on class {best}, worst on {worst}."


def _tell_error(run: LinearRun, config: LinearConfig) -> str:
    excess, best = run.last.relative_excess, run.components.mse
    price = ""
    if config.penalty != "none":
        price = (
            ", the cost of L2: the optimum of the penalised loss is reached"
            if run.last.distance <= SAME_EXCESS
            else (f", partly due to L2: the optimum of the penalised loss is still {percent(run.last.distance)} away")
        )
    if run.components.is_exact:
        rank = f"the images have rank {run.components.rank}, so {run.components.rank} components are exact"
        if excess <= SAME_EXCESS:
            return f"**Nothing is lost**: {rank}. Remaining error: {percent(excess)} of the total variance."
        return (
            f"**PCA is exact here**: {rank}. The autoencoder still misses {percent(excess)} of the total variance"
            f"{price}."
        )
    if excess <= SAME_EXCESS:
        so_weak = " L2 is too weak to cost more." if config.penalty != "none" else ""
        return f"**The error is the same**: {run.last.mse:.5f}, {percent(excess)} above PCA's {best:.5f}.{so_weak}"
    if config.penalty != "none":
        return f"**The error is not the same**: {run.last.mse:.5f}, {percent(excess)} above PCA's {best:.5f}{price}."
    return (
        f"**The error is not the same yet**: {run.last.mse:.5f}, {percent(excess)} above PCA's {best:.5f}, the "
        "minimum for linear autoencoders."
    )


def _tell_subspace(run: LinearRun) -> str:
    angle = run.last.max_angle_deg
    if angle is None:
        if run.components.is_exact:
            return "The optimal subspace is not unique (any that contains the images), so no angle is given."
        if not run.components.is_unique:
            return (
                "**No angle is given**: the k-th and the next variance are equal, so the optimal subspace is "
                "not unique."
            )
        return (
            "**No angle is given**: the L2 penalty exceeds a component's share of the variance (the last: "
            f"{run.components.variances[-1] / run.components.total:.2g}), so the component is dropped."
        )
    if angle <= SAME_DEG:
        return f"**The subspace is the same** to {degrees(angle)}, the largest principal angle."
    return (
        f"**The subspace differs** by up to {degrees(angle)}. Try more steps, another learning rate or optimizer. "
        "Directions of nearly equal variance take longest and matter least for the error."
    )


def _tell_axes(run: LinearRun, config: LinearConfig) -> str:
    last = run.last
    if last.axes_deg is None or run.singular_deg is None or run.within_deg is None:
        return ""
    if config.latent_dim == 1:
        return "With one latent dimension there is one axis; only its length and sign are free."
    same = last.axes_deg <= AXES_DEG
    text = (
        f"**The axes are {'the same' if same else 'different'}**: up to {degrees(last.axes_deg)} between a decoder "
        "column and its component. "
    )
    text += f"The singular vectors of the decoder are up to {degrees(run.singular_deg)} off the components"
    if config.penalty == "none":
        text += " (by chance: without L2 the axes are free)"
    elif run.singular_deg <= AXES_DEG:
        text += ": the effect of L2 on both layers"
    found = last.max_angle_deg is not None and last.max_angle_deg <= SAME_DEG
    text += f"; PCA of the {config.latent_dim} latent coordinates "
    text += "finds them, to " if found else "needs the right subspace first: "
    return f"{text}{degrees(run.within_deg)}.{_tell_late_axes(run, config)}"


def _tell_late_axes(run: LinearRun, config: LinearConfig) -> str:
    """Say why the axes have not come although L2 orders them; nothing where they have, or nothing orders them."""
    reached = run.last.axes_deg if config.penalty == "rising" else run.singular_deg
    if config.penalty == "none" or reached is None or reached <= AXES_DEG:
        return ""
    shares = run.components.variances / run.components.total
    ratios = shares[1:] / shares[:-1]
    text = " **With L2 the axes converge last**: try more steps or a stronger L2."
    if len(ratios) and ratios.max() >= NEARLY_EQUAL:
        place = int(ratios.argmax())
        text += (
            f" Components {place + 1} and {place + 2} have nearly the same variance ({shares[place]:.3f} and "
            f"{shares[place + 1]:.3f} of the total), so rotating them hardly changes the loss."
        )
    return text


def _tell_symmetry(run: LinearRun, config: LinearConfig) -> str:
    free = not config.is_tied and config.penalty == "none"
    kind = "Any invertible map" if free else "Any rotation or reflection"
    text = (
        f"{kind} of the latent space, undone by the decoder, leaves the loss unchanged"
        if config.penalty != "rising"
        else (
            "With L2 that increases from unit to unit, a rotation of the latent space changes the loss: only the "
            "signs are free"
        )
    )
    text += f". Aligned with PCA, the codes explain {100 * run.match:.2f}% of its variance"
    return f"{text}: they differ by more than rotation and scale." if free and run.match < 0.999 else f"{text}."

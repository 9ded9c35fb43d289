"""Verdicts in words and numbers: the linear autoencoder against PCA, and the network with ReLU against PCA."""

from collections.abc import Sequence

import numpy as np

from aeviz.lab.linear_autoencoder import LinearConfig
from aeviz.lab.moments import Moments
from aeviz.lab.relu_comparison import ReluComparison
from aeviz.language import mark, number, tr
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
        tr("#### After the last step, {step}", step=str(run.last.step)),
        _tell_error(run, config),
        _tell_subspace(run),
        _tell_axes(run, config),
        _tell_symmetry(run, config),
    ]
    if not config.centred:
        parts.append(
            tr(
                "Without centring, PCA uses the second moments about zero; its first component points roughly to the "
                "mean image."
            )
        )
    effort = tr(
        "{steps} steps of {optimizer} in {seconds:.2f} s from a random start; {count:,} images enter only through "
        "their mean and second moments.",
        steps=str(run.last.step),
        optimizer=tr(config.optimizer),
        seconds=run.seconds,
        count=moments.count,
    )
    parts.append(f":small[{effort}]")
    head, *lines = (part for part in parts if part)
    return f"{head}\n\n" + "  \n".join(lines)


def percent(share: float) -> str:
    """Return a share of an error in percent, to two digits that count."""
    if share < 1e-5:
        return tr("less than 0.001%")
    text = number(100 * share, ".2g") if share < 1 else number(100 * share, ",.0f")
    return tr("{share}%", share=text)


def degrees(angle: float) -> str:
    """Return an angle in degrees, finer where it is small."""
    return tr("{angle:.1f} degrees", angle=angle) if angle >= 0.1 else tr("less than 0.1 degrees")


def tell_gain(pca: float, network: float) -> str:
    """Say how much less or more error than PCA's the network has; that PCA has none where it has none."""
    if pca <= NO_ERROR:
        return tr("PCA is exact here")
    gain = 1 - network / pca
    share = percent(abs(gain))
    return tr("{share} less", share=share) if gain > 0 else tr("{share} more", share=share)


def tell_why(comparison: ReluComparison, *, is_short: bool) -> str:
    """Say why the network is no better than PCA; nothing where it is better, or PCA misses nothing.

    Args:
        comparison: After the last epoch.
        is_short: Whether a longer training is on offer.
    """
    pca = comparison.pca.mean()
    if comparison.training_loss is None or comparison.network.mean() < pca or pca <= NO_ERROR:
        return ""
    errors = {"network": comparison.training_loss, "pca": comparison.pca_training}
    if comparison.training_loss < comparison.pca_training:
        return tr("On its training images it is better ({network:.4f} against {pca:.4f}): it overfits.", **errors)
    if is_short:
        return tr(
            "It is no better on its training images ({network:.4f} against {pca:.4f}): it has not converged; choose "
            "*longer*.",
            **errors,
        )
    return tr(
        "It is no better on its training images ({network:.4f} against {pca:.4f}): it has not converged; PCA is "
        "optimal at once; a smaller latent size leaves more to gain.",
        **errors,
    )


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
    return tr("Compared with PCA it is best on class {best}, worst on {worst}.", best=best, worst=worst)


def _tell_error(run: LinearRun, config: LinearConfig) -> str:
    excess, best = run.last.relative_excess, run.components.mse
    price = ""
    if config.penalty != "none":
        price = (
            tr(", the cost of L2: the optimum of the penalised loss is reached")
            if run.last.distance <= SAME_EXCESS
            else tr(
                ", partly due to L2: the optimum of the penalised loss is still {share} away",
                share=percent(run.last.distance),
            )
        )
    share = percent(excess)
    if run.components.is_exact:
        rank = run.components.rank
        if excess <= SAME_EXCESS:
            return tr(
                "**Nothing is lost**: the images have rank {rank}, so {rank} components are exact. Remaining error: "
                "{share} of the total variance.",
                rank=rank,
                share=share,
            )
        return tr(
            "**PCA is exact here**: the images have rank {rank}, so {rank} components are exact. The autoencoder still "
            "misses {share} of the total variance{price}.",
            rank=rank,
            share=share,
            price=price,
        )
    errors = {"mse": run.last.mse, "share": share, "best": best}
    if excess <= SAME_EXCESS:
        text = tr("**The error is the same**: {mse:.5f}, {share} above PCA's {best:.5f}.", **errors)
        return f"{text} {tr('L2 is too weak to cost more.')}" if config.penalty != "none" else text
    if config.penalty != "none":
        return tr(
            "**The error is not the same**: {mse:.5f}, {share} above PCA's {best:.5f}{price}.", price=price, **errors
        )
    return tr(
        "**The error is not the same yet**: {mse:.5f}, {share} above PCA's {best:.5f}, the minimum for linear "
        "autoencoders.",
        **errors,
    )


def _tell_subspace(run: LinearRun) -> str:
    angle = run.last.max_angle_deg
    if angle is None:
        if run.components.is_exact:
            return tr("The optimal subspace is not unique (any that contains the images), so no angle is given.")
        if not run.components.is_unique:
            return tr(
                "**No angle is given**: the k-th and the next variance are equal, so the optimal subspace is "
                "not unique."
            )
        return tr(
            "**No angle is given**: the L2 penalty exceeds a component's share of the variance (the last: "
            "{share:.2g}), so the component is dropped.",
            share=run.components.variances[-1] / run.components.total,
        )
    if angle <= SAME_DEG:
        return tr("**The subspace is the same** to {angle}, the largest principal angle.", angle=degrees(angle))
    return tr(
        "**The subspace differs** by up to {angle}. Try more steps, another learning rate or optimizer. Directions of "
        "nearly equal variance take longest and matter least for the error.",
        angle=degrees(angle),
    )


def _tell_axes(run: LinearRun, config: LinearConfig) -> str:
    last = run.last
    if last.axes_deg is None or run.singular_deg is None or run.within_deg is None:
        return ""
    if config.latent_dim == 1:
        return tr("With one latent dimension there is one axis; only its length and sign are free.")
    axes = (
        mark("**The axes are the same**: up to {angle} between a decoder column and its component.")
        if last.axes_deg <= AXES_DEG
        else mark("**The axes are different**: up to {angle} between a decoder column and its component.")
    )
    why = ""
    if config.penalty == "none":
        why = tr(" (by chance: without L2 the axes are free)")
    elif run.singular_deg <= AXES_DEG:
        why = tr(": the effect of L2 on both layers")
    is_found = last.max_angle_deg is not None and last.max_angle_deg <= SAME_DEG
    vectors = (
        mark(
            "The singular vectors of the decoder are up to {singular} off the components{why}; PCA of the {count} "
            "latent coordinates finds them, to {within}."
        )
        if is_found
        else mark(
            "The singular vectors of the decoder are up to {singular} off the components{why}; PCA of the {count} "
            "latent coordinates needs the right subspace first: {within}."
        )
    )
    told = tr(
        vectors,
        singular=degrees(run.singular_deg),
        why=why,
        count=config.latent_dim,
        within=degrees(run.within_deg),
    )
    return f"{tr(axes, angle=degrees(last.axes_deg))} {told}{_tell_late_axes(run, config)}"


def _tell_late_axes(run: LinearRun, config: LinearConfig) -> str:
    """Say why the axes have not come although L2 orders them; nothing where they have, or nothing orders them."""
    reached = run.last.axes_deg if config.penalty == "rising" else run.singular_deg
    if config.penalty == "none" or reached is None or reached <= AXES_DEG:
        return ""
    shares = run.components.variances / run.components.total
    ratios = shares[1:] / shares[:-1]
    text = f" {tr('**With L2 the axes converge last**: try more steps or a stronger L2.')}"
    if len(ratios) and ratios.max() >= NEARLY_EQUAL:
        place = int(ratios.argmax())
        near = tr(
            "Components {one} and {other} have nearly the same variance ({first:.3f} and {second:.3f} of the total), "
            "so rotating them hardly changes the loss.",
            one=place + 1,
            other=place + 2,
            first=shares[place],
            second=shares[place + 1],
        )
        text += f" {near}"
    return text


def _tell_symmetry(run: LinearRun, config: LinearConfig) -> str:
    free = not config.is_tied and config.penalty == "none"
    if config.penalty == "rising":
        text = tr(
            "With L2 that increases from unit to unit, a rotation of the latent space changes the loss: only the "
            "signs are free."
        )
    elif free:
        text = tr("Any invertible map of the latent space, undone by the decoder, leaves the loss unchanged.")
    else:
        text = tr("Any rotation or reflection of the latent space, undone by the decoder, leaves the loss unchanged.")
    match = {"share": 100 * run.match}
    if free and run.match < 0.999:
        codes = tr(
            "Aligned with PCA, the codes explain {share:.2f}% of its variance: they differ by more than rotation and "
            "scale.",
            **match,
        )
    else:
        codes = tr("Aligned with PCA, the codes explain {share:.2f}% of its variance.", **match)
    return f"{text} {codes}"

"""How the prior of a model and its encoded images fit together, in words."""

import streamlit as st

from aeviz.analysis.sample_quality import mean_and_error
from aeviz.lab import sample_quality
from aeviz.language import tr
from aeviz.web.kernel import distances, priors
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.priors import anchoring, is_anchored
from aeviz.web.kernel.text import escape

WIDE = 1.25
"""Standard deviation of the encoded images above which they are said to spread beyond the prior."""


def explain_fit(model: Model) -> None:
    """Say in words how prior and data fit together."""
    if not model.config.model.is_variational:
        st.markdown(
            tr(
                "The fitted Gaussian is an ellipse; the codes are not. Samples in its empty regions look like blends "
                "of several classes. Choose one class: its codes are closer to a Gaussian."
            )
        )
    elif is_anchored(model):
        st.markdown(
            tr(
                "Each class has its own prior N(m, I) with a fixed mean (anchor) m: even classes on a circle of "
                "radius 4, odd ones of radius 8. So you can sample one class."
            )
        )
        st.markdown(anchoring(model))
    else:
        text = tr("The prior is N(0, I), with standard deviation 1 in every direction.")
        if model.encoded_classes():
            text = tr(
                "The prior is N(0, I), with standard deviation 1 in every direction, the same for all classes. To "
                "sample one class, sample from the *Gaussian fitted to the data*."
            )
        st.markdown(text)
        if model.has_summary:
            st.markdown(_compare_with_prior(model))


def show_distance(model: Model) -> None:
    """State how far samples of a shipped model are from test images, where that was measured."""
    rows = sample_quality.distances()[0]["classifier"]
    found = next((row for row in rows if row.name == model.name), None)
    if found is None or not model.is_shipped or model.config.model.bottleneck_spec.is_quantized:  # drawn otherwise here
        return
    (mean, error), (floor, floor_error) = (
        mean_and_error([block.value for block in row.blocks]) for row in (found, rows[0])
    )
    st.markdown(
        tr(
            "Kernel distance from test images to {count:,} samples at temperature 1, in the hidden layer of a "
            "classifier: **{mean:.3f} ± {error:.3f}**; to other test images {floor:.3f} ± {floor_error:.3f}.",
            count=sample_quality.COUNT,
            mean=mean,
            error=error,
            floor=floor,
            floor_error=floor_error,
        )
    )
    st.page_link(
        "pages/lab.py",
        label=tr("All models: Quality of samples"),
        icon=":material/science:",
        query_params={"experiment": "Quality of samples", "set": model.name},
    )


def _compare_with_prior(model: Model) -> str:
    """Say whether the encoded images fill the prior N(0, I), from how far they spread."""
    dimensions = model.config.model.latent_dim
    used = distances.used_dimensions(model)
    count = int(used.sum())
    if not count:
        return tr(
            "**All {dimensions} dimensions of {model} have collapsed**: every sample decodes to the same image, an "
            "average of all images.",
            dimensions=dimensions,
            model=escape(model.name),
        )
    spread, weight = priors.data_gaussian(model, None).spread(used), model.config.objective.kl_weight
    name = escape(model.name)
    text = tr("The codes of {model} have a standard deviation of **{spread:.2f}**.", model=name, spread=spread)
    if count < dimensions:
        text = tr(
            "The codes of {model} have a standard deviation of **{spread:.2f}** in the {count} of its {dimensions} "
            "dimensions that the decoder uses.",
            model=name,
            spread=spread,
            count=count,
            dimensions=dimensions,
        )
    if spread > WIDE:
        small = tr(
            "The KL weight {weight:g} was too small to match the prior: samples cover only the middle of the codes. "
            "Raise the temperature to reach more.",
            weight=weight,
        )
        return f"{text} {small}"
    text += " " + tr(
        "With the variance of each posterior added, the codes match the prior: it covers what the decoder was trained "
        "on."
    )
    if model.latents is None:
        return text
    return f"{text} " + tr(
        "Distances are measured to the posterior means, so an image that is crossed out may still be good."
    )

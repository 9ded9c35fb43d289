"""The chosen unit: the images at both ends of its activation, what a push changes, and its activations by class."""

import numpy as np
import streamlit as st

from aeviz.analysis.latent import ACTIVE
from aeviz.analysis.units import push, sparsity_divergence
from aeviz.data import ImageDataset
from aeviz.figures.images import take
from aeviz.language import current_language, tr
from aeviz.web.components.pushed_unit.component import Pushed, pushed_unit, reported_share
from aeviz.web.decoder.explorer import ALONG, DECODED_PLANE, PLANE, SHOWN
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.client_inference import find_network, send_network
from aeviz.web.kernel.controls import pick_image
from aeviz.web.kernel.images import decoded, is_large
from aeviz.web.kernel.looks import is_dark
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import MODEL, NO_COMPARISON, errors_as_messages
from aeviz.web.kernel.point_url import point_parameter
from aeviz.web.kernel.text import escape
from aeviz.web.kernel.url import UrlState, parse_share
from aeviz.web.map.controls import AXES, PROJECTION
from aeviz.web.units.cached import (
    AT_EACH_END,
    class_figure,
    example,
    extreme_images,
    has_positive_codes,
    levels,
    measures,
    pushed,
    read_push,
    sparsity_target,
    spread_figure,
)
from aeviz.web.units.words import format_value, name_unit

IMAGE = "image"
"""URL parameter of the test image in whose code the unit is pushed."""
_PUSH = UrlState("push", parse_share, lambda share: f"{share:.2f}", default=1.0)
"""Where the slider stands, from 0, the unit's lowest activation, to 1, its highest."""
DETECTS, PREFERS = 0.5, 0.2
"""Class selectivity from which on a unit is said to detect, or to prefer, the class that excites it most."""
_KEY = "pushed-unit"
_EXAMPLE = "units.example"
"""Session key: the image that the last shown unit begins with."""


def show_unit(model: Model, unit: int, dataset: ImageDataset | None) -> None:
    """Show a unit, from 0, of a model with latents; `dataset` holds the originals where they are on this machine."""
    name = name_unit(unit)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(tr("Unit {unit}", unit=name))
        _show_links(model, unit)
    st.markdown(_describe(model, unit), help=_details(model, unit))
    _show_ends(model, unit, dataset)
    _show_pushed(model, unit, dataset)
    send_network(model, "decoder")
    _show_charts(model, unit)


@st.fragment
def _show_pushed(model: Model, unit: int, dataset: ImageDataset | None) -> None:
    with errors_as_messages():
        name = name_unit(unit)
        words, stage = st.empty(), st.container()
        with st.container(horizontal=True, vertical_alignment="bottom"):
            image = pick_image(model, tr("Test image"), IMAGE, _follow_example(model, unit))
        words.markdown(
            tr("**Push {unit}**, all else unchanged", unit=name) + _say_read(model, unit, image),
            help=tr(
                "From the lowest to the highest activation of the unit on the test images. The row below pushes it "
                "from the median code, in equal steps. Change: blue darker, red brighter. The 10 test images nearest "
                "in pixels vote on the class of a decoded image."
            ),
        )
        with stage:
            _show_push(model, unit, image, dataset)
        st.html(pushed(model, unit, is_dark(), current_language()))


def _say_read(model: Model, unit: int, image: int) -> str:
    """Say what the image is read as with the unit at its lowest and at its highest; empty without classes or images."""
    found = read_push(model, unit, image)
    if found is None:
        return ""
    label, low, high = (escape(model.class_names[each]) for each in found)
    if label == low == high:
        return tr(". A **{label}** stays a **{label}** at both ends.", label=label)
    return tr(
        ". A **{label}** is read as **{low}** at its lowest activation, as **{high}** at its highest.",
        label=label,
        low=low,
        high=high,
    )


def _follow_example(model: Model, unit: int) -> int:
    """Return the image that the unit begins with; a page that shows the one of another unit goes on to it."""
    usual, before = example(model, unit), st.session_state.get(_EXAMPLE)
    st.session_state[_EXAMPLE] = usual
    if before is not None and st.session_state.get(IMAGE) == before:
        st.session_state[IMAGE] = float(usual)
    return usual


def _show_push(model: Model, unit: int, image: int, dataset: ImageDataset | None) -> None:
    """Let the visitor push the unit in the code of a test image; where the slider rests is in the address."""
    table, activations = model.require_latents(), levels(model, unit)
    share = _PUSH.restore()
    assert share is not None  # it has a default
    low, high = float(activations[0]), float(activations[-1])
    code = table.z[image].astype(np.float32)
    at = push(code, unit, np.array([low + share * (high - low)]))[0]
    own, image_then = decoded(model, np.stack([code, at]).astype(np.float32))
    found = find_network(model, "decoder")
    original = None if dataset is None else take(dataset.images, np.array([image]))[0]

    def write() -> None:
        rested = reported_share(_KEY)
        if rested is not None:
            _PUSH.write(round(rested, 2))

    pushed_unit(
        Pushed(
            unit=unit,
            name=name_unit(unit),
            code=code,
            low=low,
            high=high,
            original=original,
            reconstruction=np.asarray(own, dtype=np.float32),
            image=np.asarray(image_then, dtype=np.float32),
            share=share,
        ),
        found.spec,
        found.why,
        smooth=is_large(model),
        key=_KEY,
        on_change=write,
    )


def _show_ends(model: Model, unit: int, dataset: ImageDataset | None) -> None:
    """Show the images that excite a unit most beside those that excite it least."""
    ends = extreme_images(model, unit, dataset is not None, dataset)
    high, low = ({"first": format_value(first), "last": format_value(last)} for first, last in (ends.high, ends.low))
    what = {"count": AT_EACH_END, "unit": name_unit(unit)}
    most, least = st.columns(2)
    most.image(
        ends.most,
        width="stretch",
        caption=tr("Excite it most: activation {first} to {last}", **high),
        alt=tr("The {count} images that excite {unit} most", **what),
    )
    least.image(
        ends.least,
        width="stretch",
        caption=tr("Excite it least: activation {first} to {last}", **low),
        alt=tr("The {count} images that excite {unit} least", **what),
    )


def _show_charts(model: Model, unit: int) -> None:
    name, found = name_unit(unit), measures(model)
    left, right = st.columns(2)
    with left:
        show_figure(
            spread_figure(model, unit, current_language()),
            key=f"{model.name}-{name}-activation",
            alt=tr("Histogram of activations of {unit}", unit=name),
        )
    if len(found.labels):
        with right:
            show_figure(
                class_figure(model, unit, current_language()),
                key=f"{model.name}-{name}-classes",
                alt=tr("Mean activation of {unit} by class", unit=name),
            )


def _show_links(model: Model, unit: int) -> None:
    """Link to the map along this unit, and to the decoded plane with the unit at its highest activation.

    All else is at the median. The other axis is the most informative of the other dimensions.
    """
    name = name_unit(unit)
    other = next((name_unit(int(axis)) for axis in model.summary.order() if axis != unit), None)
    on_map = {MODEL: model.name, f"with.{model.name}": NO_COMPARISON, model.name + ALONG: name}
    if other is not None and model.config.model.latent_dim > 3:
        across, upwards, _ = AXES
        on_map |= {PROJECTION: "chosen dimensions", across: name, upwards: other}
    highest = push(model.summary.median, unit, levels(model, unit)[-1:])[0]
    on_plane = {MODEL: model.name, f"with.{model.name}": NO_COMPARISON, SHOWN: DECODED_PLANE}
    on_plane |= {model.name + ALONG: name, **point_parameter(model, highest)}
    if other is not None:
        on_plane[model.name + PLANE] = f"{name}~{other}"
    st.page_link("pages/explore.py", label=tr("Show on the map"), icon=":material/scatter_plot:", query_params=on_map)
    st.page_link(
        "pages/explore.py", label=tr("Move it on the decoded plane"), icon=":material/tune:", query_params=on_plane
    )


def _describe(model: Model, unit: int) -> str:
    """Say what was measured of a unit, in Markdown."""
    found = measures(model)
    mean, variance = float(found.mean[unit]), float(found.variance[unit])
    parts = []
    if found.best_class is not None:
        best = escape(model.class_names[found.best_class[unit]])
        high = float(found.class_means[:, unit].max())
        share = 0.0 if found.selectivity is None else float(found.selectivity[unit])
        verdict = (
            tr("Detects class {label}.", label=best)
            if share >= DETECTS
            else tr("Prefers class {label}.", label=best)
            if share >= PREFERS
            else tr("Stands for no class: look for what the images share.")
        )
        parts.append(
            tr(
                "**{verdict}** Class {label} excites it most: {high} on average; over all images {mean}.",
                verdict=verdict,
                label=best,
                high=format_value(high),
                mean=format_value(mean),
            )
        )
    else:
        parts.append(tr("Mean activation {mean}.", mean=format_value(mean)))
    if found.selectivity is not None:
        parts.append(
            tr(
                "**{share:.0%}** of the variation of its activation lies between the classes, the rest between images "
                "of one class.",
                share=found.selectivity[unit],
            )
        )
    if model.summary.kl is not None:
        parts.append(
            tr("It is **active**: its mean varies with the image.")
            if variance > ACTIVE
            else tr("It is **collapsed**: the decoder ignores it.")
        )
    if sparsity_target(model) is None and not has_positive_codes(model):
        parts.append(tr("Its sign is arbitrary: read both ends."))
    return " ".join(parts)


def _details(model: Model, unit: int) -> str:
    """Give the numbers behind `_describe`, in Markdown."""
    found = measures(model)
    parts = [tr("Variance {value}.", value=format_value(float(found.variance[unit])))]
    if found.selectivity is not None:
        parts.append(tr("η² = {share:.2f}: the share of it that the class explains.", share=found.selectivity[unit]))
    if model.summary.kl is not None:
        parts.append(tr("KL divergence to the prior: {kl:.2f} nats per image.", kl=float(model.summary.kl[unit])))
    target = sparsity_target(model)
    if target is not None:
        divergences = sparsity_divergence(target, found.mean)
        parts.append(
            tr(
                "Sparsity penalty: target {target:g}, reached {mean:.3f}; {unit:.4f} of {total:.3f} nats over all "
                "units.",
                target=target,
                mean=float(found.mean[unit]),
                unit=divergences[unit],
                total=divergences.sum(),
            )
        )
    return " ".join(parts)

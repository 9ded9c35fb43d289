"""Images drawn by the dozen from a prior, or from where the data lie."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aeviz.analysis.generation import Gaussian, draw_noise, draw_points, least_alike, most_alike, share_out
from aeviz.analysis.latent import nearest_index
from aeviz.figures.images import shrink, take, tile
from aeviz.language import mark, tr
from aeviz.web.components.samples.component import Places, reported_temperature, sample_grid
from aeviz.web.generate.fit import explain_fit, show_distance
from aeviz.web.generate.ground import ground, plane, send_ground
from aeviz.web.generate.questions import ask_for_variety
from aeviz.web.generate.temperature import HIGHEST, pick_temperature, read_temperature, write_temperature
from aeviz.web.kernel import distances, priors
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.client_inference import find_network, send_networks
from aeviz.web.kernel.controls import pick_class, pick_seed
from aeviz.web.kernel.distances import find_far
from aeviz.web.kernel.images import decoded, find_originals, is_large, offer_image
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import MODEL, errors_as_messages
from aeviz.web.kernel.point_url import point_parameter
from aeviz.web.kernel.priors import is_anchored
from aeviz.web.kernel.recipes import offer_code, samples_code
from aeviz.web.kernel.text import escape
from aeviz.web.kernel.url import rename_choices

PRIOR, DATA = mark("the prior"), mark("Gaussian fitted to the data")
"""Distributions to sample from."""
ALL = mark("all classes")
SIDE, LARGE_SIDE = 10, 6
"""Samples along each side of the grid, and of one of large images."""
CHOSEN_PX = 128
"""Longest side in pixels of an image that can be chosen."""
PICTURE_PX = 840
"""Least width in pixels of the grid as a file."""
TEMPERATURES = 21
"""Evenly spaced temperatures from 0 to the highest at which the crosses are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """The samples that the visitor asks for."""

    source: str
    """PRIOR or DATA."""
    class_name: str | None
    """A class, or None for all."""
    temperature: float
    seed: int


@st.fragment
def show_samples(runs: list[Model]) -> None:
    """Show samples of one model or of two side by side, from the same noise where that can be."""
    with errors_as_messages():
        if len(runs) == 1:
            shown, below = st.container(), st.container(horizontal=True, vertical_alignment="bottom")
            with below:
                draw = _pick_draw(runs)
            with shown:
                _show_grid(runs[0], draw, saved=below)
            _offer_code(runs, draw)
            with st.expander(tr("What to look for")):
                explain_fit(runs[0])
                show_distance(runs[0])
            return
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            draw = _pick_draw(runs)
        is_shared = len({model.config.model.latent_dim for model in runs}) == 1 and len(set(map(is_large, runs))) == 1
        first = None if is_shared else 0
        for column, model in zip(st.columns(2, gap="medium"), runs, strict=True):
            with column:
                group = "same noise" if is_shared else None
                chosen = _show_grid(model, draw, saved=column, beside=True, group=group, first=first)
                first = chosen if is_shared else 0
        if is_shared:
            st.caption(
                tr("Both models decode the same noise, image by image: choose one, and the other shows the same place.")
            )
        else:
            st.caption(tr("The models differ in latent size or image size, so each has its own noise."))
        _offer_code(runs, draw)


def send_samples(runs: list[Model]) -> None:
    """Send the page what the samples move on and are decoded by; call it at the end, outside of fragments."""
    send_ground(*runs)
    send_networks([model for model in runs if not is_large(model)], "decoder")


def _offer_code(runs: list[Model], draw: Draw) -> None:
    """Offer the code of the grids, where they come from one prior or one Gaussian."""
    is_plain = draw.class_name is None and len(set(map(is_large, runs))) == 1
    if draw.source == PRIOR:
        is_plain = is_plain and all(each.config.model.is_variational and not is_anchored(each) for each in runs)
    else:
        is_plain = is_plain and all(each.has_latents for each in runs)
    if is_plain:
        side = LARGE_SIDE if is_large(runs[0]) else SIDE
        names = [each.name for each in runs]
        offer_code(
            samples_code(names, is_prior=draw.source == PRIOR, temperature=draw.temperature, seed=draw.seed, side=side)
        )


def _pick_draw(runs: list[Model]) -> Draw:
    """Offer what makes sense for these models; all is in the URL."""
    temperature = read_temperature() if len(runs) == 1 else pick_temperature()
    settings = st.popover(tr("Settings"), icon=":material/tune:")
    with settings:
        source = DATA
        if any(model.config.model.is_variational for model in runs):
            rename_choices("draw", {"where the data lie": DATA})
            chosen = choose(
                st.segmented_control,
                tr("Sample from"),
                [PRIOR, DATA],
                default=PRIOR,
                required=True,
                key="draw",
                help=tr("The prior, or a Gaussian fitted to the encoded test images."),
            )
            source = str(chosen or PRIOR)
        names, name = list(runs[0].encoded_classes()), ALL
        if names and (source == DATA or any(map(is_anchored, runs))):
            name = pick_class(
                tr("Class"), [ALL, *names], "class", ALL, tr("Sample from the distribution of this class.")
            )
    seed = pick_seed(settings)
    return Draw(source=source, class_name=None if name == ALL else name, temperature=temperature, seed=seed)


def _show_grid(
    model: Model,
    draw: Draw,
    *,
    saved: DeltaGenerator,
    beside: bool = False,
    group: str | None = None,
    first: int | None = None,
) -> int | None:
    """Show images that a model draws, how many of them are far from the data, and offer the image.

    Args:
        model: The model.
        draw: What is drawn.
        saved: Where the image is offered as a file.
        beside: Whether another model's grid stands beside this one.
        group: Name of the grids that show the same place together.
        first: Which image is chosen at first; None for the one that is most like the test image of the nearest code.

    Returns:
        Which image is chosen at first; None where nothing can be drawn.
    """
    drawn = _draw(model, draw)
    if drawn is None:
        st.info(
            tr("{model} has no encoded test images, so no Gaussian can be fitted.", model=escape(model.name)),
            icon=":material/hourglass_top:",
        )
        return None
    points, unit, origin, gaussians = drawn
    text = tr(
        "{model}: {count} samples from {origin}, temperature {temperature:g}",
        model=model.name,
        count=len(points),
        origin=origin,
        temperature=draw.temperature,
    )
    side = LARGE_SIDE if is_large(model) else SIDE
    around = _look_around(model, draw, points)
    far, images = around.far, shrink(decoded(model, points), CHOSEN_PX)
    nearest, texts = _nearest_images(model, around.nearest)
    if first is None:
        first = _telling(images, nearest, far)
    links = []
    if model.has_summary:
        links = ["explore?" + urlencode({MODEL: model.name, **point_parameter(model, point)}) for point in points]
    key, places = f"samples-{model.name}", _places(model, draw, unit, gaussians, around.nearest)
    sample_grid(
        images,
        columns=side,
        text=text,
        model=model.name,
        far=far,
        nearest=nearest,
        nearest_texts=texts,
        links=links,
        first=first,
        smooth=is_large(model),
        beside=beside,
        group=group,
        temperature=draw.temperature,
        highest=HIGHEST,
        places=places,
        question=None if beside or places is None else ask_for_variety(len(points), len(gaussians), places),
        key=key,
        on_change=lambda: write_temperature(reported_temperature(key)),
    )
    parts = [model.name, "samples", *([draw.class_name] if draw.class_name else []), f"seed{draw.seed}"]
    with saved:
        offer_image(tile(images, side), "-".join(parts), PICTURE_PX, smooth=is_large(model))
    return first


def _telling(images: np.ndarray, nearest: np.ndarray | None, far: np.ndarray | None) -> int:
    """Return the sample that says most at first sight: a crossed-out one whose image is least like its test image.

    Without a cross it is the one most like its test image.
    """
    if nearest is None:
        return 0 if far is None else int(far.argmax())
    others = shrink(nearest, CHOSEN_PX)
    if far is None or not far.any():
        return most_alike(images, others)
    crossed = np.flatnonzero(far)
    return int(crossed[least_alike(images[crossed], others[crossed])])


def _places(
    model: Model, draw: Draw, unit: np.ndarray, gaussians: list[Gaussian], indices: np.ndarray | None
) -> Places | None:
    """Return where samples lie, for the map, with the test images of the nearest codes; None without a map."""
    found, sent = plane(model), ground(model)
    if found is None or sent is None:
        return None
    table = model.stored_latents
    centres, which = np.stack([each.mean for each in gaussians]), share_out(len(unit), len(gaussians))
    far = None
    if model.has_summary:
        far = _far_by_temperature(model, replace(draw, temperature=1.0), unit, centres[which])
    return Places(
        ground=sent.name,
        plane=found,
        points=unit,
        centres=centres,
        which=which,
        far_by_temperature=far,
        nearest=None if table is None or indices is None else table.z[indices],
        network=None if is_large(model) else find_network(model, "decoder").spec,
    )


@shared(max_entries=64)  # some kilobytes each
def _far_by_temperature(model: Model, draw: Draw, _unit: np.ndarray, _centres: np.ndarray) -> list[np.ndarray]:
    """Return which of the samples of a draw are out of distribution at each temperature that Play goes through."""
    by_temperature = _centres + np.linspace(0, HIGHEST, TEMPERATURES)[:, None, None] * (_unit - _centres)
    far = distances.mark_far(model, by_temperature.reshape(-1, _unit.shape[1]))
    return list(far.reshape(TEMPERATURES, len(_unit)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Around:
    """What N samples have around them."""

    far: np.ndarray | None
    """Which are out of distribution, (N,), bool; None where nothing is known of the latent space."""
    nearest: np.ndarray | None
    """The test image whose code is nearest to each, (N,), integer; None where none is known."""


@shared(max_entries=64)  # a kilobyte each
def _look_around(model: Model, draw: Draw, _points: np.ndarray) -> Around:
    table, nearest = model.stored_latents, None
    if table is not None:
        used = distances.used_dimensions(model)
        nearest = nearest_index(_points[:, used], table.z[:, used])
    return Around(far=find_far(model, _points), nearest=nearest)


def _nearest_images(model: Model, indices: np.ndarray | None) -> tuple[np.ndarray | None, list[str]]:
    """Return the test images of the nearest codes, (N, C, H, W), with a text each; None where unknown."""
    table = model.stored_latents
    if table is None or indices is None:
        return None, []
    dataset, _ = find_originals(model)
    nearest = decoded(model, table.z[indices]) if dataset is None else take(dataset.images, indices)
    if dataset is not None:
        text, of_class = tr("nearest code: test image {index}"), tr("nearest code: test image {index}, class {name}")
    else:
        text = tr("nearest code: reconstruction of test image {index}")
        of_class = tr("nearest code: reconstruction of test image {index}, class {name}")
    labels = table.labels
    return nearest, [
        text.format(index=index)
        if labels is None
        else of_class.format(index=index, name=model.class_names[labels[index]])
        for index in indices.tolist()
    ]


def _draw(model: Model, draw: Draw) -> tuple[np.ndarray, np.ndarray, str, list[Gaussian]] | None:
    """Return latent points, those at temperature 1, their origin in words, and that; None with nothing to fit to."""
    config, classes = model.config.model, model.encoded_classes()
    label = None if draw.class_name is None else classes.get(draw.class_name)
    if draw.source == PRIOR and is_anchored(model):
        labels = list(classes.values()) if label is None else [label]
        gaussians = [priors.prior_gaussian(model, each) for each in labels]
        origin = tr("the priors of all classes, one after the other")
        if label is not None:
            origin = tr("the prior of class {name}", name=draw.class_name)
    elif draw.source == PRIOR and config.is_variational:
        gaussians, origin = [priors.prior_gaussian(model, None)], tr("the prior N(0, I)")
    else:
        if not model.has_summary or (label is not None and model.latents is None):
            return None
        gaussians = [priors.data_gaussian(model, label)]
        origin = tr("a Gaussian fitted to the encoded images")
        if label is not None:
            origin = tr("a Gaussian fitted to the encoded images of class {name}", name=draw.class_name)
    count = (LARGE_SIDE if is_large(model) else SIDE) ** 2
    noise = draw_noise(draw.seed, count, config.latent_dim)
    shares = share_out(count, len(gaussians))
    points, unit = (draw_points(gaussians, shares, noise, each) for each in (draw.temperature, 1.0))
    return points, unit, origin, gaussians

"""The ends of a path through the latent space: a test image, a draw, the mean, or the visitor's own image."""

from dataclasses import dataclass
from typing import cast

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aeviz.analysis.generation import Gaussian, draw_noise, draw_points
from aeviz.data import is_available
from aeviz.data.prepare import PrepareOptions
from aeviz.language import mark, tr
from aeviz.web.kernel import priors
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.controls import SEED_HELP, SEEDS, pick_draw, pick_image
from aeviz.web.kernel.image_choices import recall_choices
from aeviz.web.kernel.images import decoded, is_large, offer_download, originals, show_grid
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.priors import is_anchored
from aeviz.web.kernel.text import escape
from aeviz.web.kernel.upload import (
    PHOTOS,
    SOURCES,
    OwnImage,
    bring_images,
    is_handwritten,
    pick_own_source,
    prepare,
    usual_options,
)
from aeviz.web.kernel.url import drop_stale_choice, rename_choices

TEST, DRAW, MEAN, OWN = mark("test image"), mark("random draw"), mark("mean"), mark("own image")
"""Origins of a path's end; also the values in the URL."""
THUMBNAIL_PX, LARGE_PX = 88, 128
"""Width in pixels of the image of a start, and of one of large images."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Start:
    """A latent point and where it comes from."""

    z: np.ndarray
    """(D,), floating point."""
    origin: str
    """TEST, DRAW, MEAN or OWN."""
    name: str
    """Its description."""
    image: np.ndarray | None
    """The image that was encoded to it, (C, H, W), uint8; None where there is none, or not on this machine."""


def has_test_images(model: Model) -> bool:
    """Whether the latent points of test images are known, from the run or from the data on this machine."""
    return model.has_latents or (model.has_summary and is_available(model.config.data.name))


def list_origins(model: Model) -> list[str]:
    """Return what a path of this model may start from."""
    found = [TEST] if has_test_images(model) else []
    found += [DRAW] if model.config.model.is_variational or model.has_summary else []
    return [*found, *([MEAN] if model.has_summary else []), OWN]


def explain_absent(model: Model) -> None:
    """Say why no test image can be chosen, where that is so, and offer what would change it."""
    if has_test_images(model):
        return
    name = model.config.data.name
    if not model.has_summary:
        st.info(
            tr(
                "{model} has no encoded test images yet. They are written when training ends.",
                model=escape(model.name),
            ),
            icon=":material/hourglass_top:",
        )
        return
    st.info(
        tr(
            "Test images are not available: {model} ships without encoded images (terms of {data}). With the data "
            "set on this machine they are encoded here.",
            model=escape(model.name),
            data=escape(name),
        ),
        icon=":material/info:",
    )
    offer_download(name, tr("to start from its test images"))


def pick_start(
    model: Model, label: str, place: str, default: int, origins: list[str], *, is_shown: bool = True
) -> Start | None:
    """Let the visitor choose a latent point; all but own images is in the URL.

    Args:
        model: The model.
        label: Heading.
        place: What the keys begin with.
        default: Number of the test image, or seed of the draw, at first.
        origins: What is on offer, at least one of it; the first is taken at first.
        is_shown: Whether to show its image beside the controls.

    Returns:
        None while the visitor has brought no picture.
    """
    key = f"{place}-from"
    rename_choices(key, {"own picture": OWN})
    drop_stale_choice(key, origins)  # chosen for a model that offers more
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{place}-start"):
        picture = st.container(width="content")
        with st.container(width="content", gap="small"):
            title = st.container()
            with st.container(horizontal=True, gap="small"):
                change = st.popover(tr("Change"), icon=":material/tune:")
                chosen = choose(
                    change.segmented_control,
                    label,
                    origins,
                    default=origins[0],
                    required=True,
                    key=key,
                    help=_help(model, origins),
                )
                origin = str(chosen or origins[0])
                start = None if origin == OWN else _known_point(model, origin, place, default, change)
    if origin == OWN:  # whose controls need the room themselves
        start = _own_picture(model, place)
    why = SEED_HELP.format(f"{SEEDS - 1:,}") if origin == DRAW else None
    title.markdown(f"**{label}:** {escape(start.name if start else tr(origin))}", help=why)
    if start is not None and is_shown:
        with picture:
            _show(model, start)
    return start


def _help(model: Model, origins: list[str]) -> str:
    says = {
        TEST: tr("encode an image of the test set"),
        DRAW: tr("sample from {origin}", origin=_draws_from(model)),
        MEAN: tr("the mean of all encoded images"),
        OWN: tr("encode an image of yours; it stays in memory and is not stored"),
    }
    return "; ".join(f"**{tr(origin)}**: {says[origin]}" for origin in origins) + "."


def _draws_from(model: Model) -> str:
    if not model.config.model.is_variational:
        return tr("a Gaussian fitted to the encoded images")
    return tr("the prior of a class") if is_anchored(model) else tr("the prior N(0, I)")


def _known_point(model: Model, origin: str, place: str, default: int, folded: DeltaGenerator) -> Start:
    if origin == TEST:
        return _test_image(model, pick_image(model, tr("Number"), place, default, folded))
    if origin == DRAW:
        return _draw(model, pick_draw(f"{place}-seed", default, folded))
    mean = model.summary.mean
    return Start(z=mean, origin=MEAN, name=tr("the mean of the encoded images"), image=None)


def _test_image(model: Model, index: int) -> Start:
    table, name = model.require_latents(), tr("image {index}", index=str(index))
    if table.labels is not None:
        label = model.provenance.class_names[int(table.labels[index])]
        name = tr("image {index}, class {name}", index=str(index), name=label)
    dataset = originals(model)
    return Start(z=table.z[index], origin=TEST, name=name, image=None if dataset is None else dataset.images[index])


def _draw(model: Model, seed: int) -> Start:
    gaussian, origin = gaussian_of_draws(model, seed)
    noise = draw_noise(seed, 1, model.config.model.latent_dim)
    z = draw_points([gaussian], np.zeros(1, dtype=np.int64), noise)[0]
    return Start(
        z=z, origin=DRAW, name=tr("sample from {origin}, seed {seed}", origin=origin, seed=str(seed)), image=None
    )


def gaussian_of_draws(model: Model, seed: int) -> tuple[Gaussian, str]:
    """Return what a draw of a model comes from, and its name; an anchored prior takes the classes in turn."""
    if not model.config.model.is_variational:
        return priors.data_gaussian(model, None), _draws_from(model)
    if is_anchored(model):
        classes = model.encoded_classes()
        name = list(classes)[seed % len(classes)]
        return priors.prior_gaussian(model, classes[name]), tr("the prior of class {name}", name=name)
    return priors.prior_gaussian(model, None), _draws_from(model)


def _own_picture(model: Model, place: str) -> Start | None:
    """Let the visitor bring an image and frame it; return it encoded."""
    picture = _bring(model, place)
    if picture is None:
        st.caption(tr("Add an image to continue."))
        return None
    with errors_as_messages(stop=False):
        prepared = prepare(picture, model, _frame(picture, model, place))
        z = model.network().encode(prepared.image[None]).numpy()[0]
        return Start(z=z, origin=OWN, name=picture.name, image=prepared.image)
    return None


def _bring(model: Model, place: str) -> OwnImage | None:
    source = pick_own_source(tuple(SOURCES) if is_handwritten(model) else PHOTOS, place=f"{place}-own")
    found = bring_images(source, place=f"{place}-own")
    return found[0] if found else None


def _frame(picture: OwnImage, model: Model, place: str) -> PrepareOptions:
    """Offer to cut a photo, as the images of the data are cut; handwriting is found by itself."""
    usual = usual_options(model)
    if is_handwritten(model):
        return usual
    with st.expander(tr("Crop"), icon=":material/crop:"):
        recall_choices(f"{place}-own", picture.key, {"across": (0, 100), "down": (0, 100)})
        across, down = (
            cast(tuple[int, int], st.slider(label, 0, 100, key=f"{place}-own.{name}"))
            for label, name in ((tr("From left to right (%)"), "across"), (tr("From top to bottom (%)"), "down"))
        )
        st.caption(tr("Crop so that the object fills the frame, as in the training images."))
    if (across, down) == ((0, 100), (0, 100)):
        return usual
    crop = (across[0] / 100, down[0] / 100, across[1] / 100, down[1] / 100)
    return PrepareOptions(framing=usual.framing, crop=crop)


def _show(model: Model, start: Start) -> None:
    """Show the image of a start, or where there is none what the network draws at its point."""
    name = start.name
    if start.image is not None:
        image = start.image[None]
    else:
        image = decoded(model, start.z[None].astype(np.float32))
        name = tr("{name}, reconstructed by {model}", name=name, model=model.name)
    width = LARGE_PX if is_large(model) else THUMBNAIL_PX
    show_grid(image, name, columns=1, width=width, smooth=is_large(model), caption=False)

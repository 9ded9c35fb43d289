"""What the sections of Generate share: chance, choice of images and classes, pictures, distance from the data."""

import numpy as np
import streamlit as st

from aeviz.analysis.latent import vote_of_neighbours
from aeviz.figures.pictures import enlarge, shrink, tile, to_data_uri, to_png
from aeviz.figures.plane import marked_svg
from aeviz.training.latents import LatentTable
from aeviz.web.kernel import distances, priors
from aeviz.web.kernel.images import decoded
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.text import plain

TILE_PX, RESULT_PX = 64, 168
"""Longest side in pixels of one of many images; width of each image of a few."""
LARGE = 48
"""Longest side in pixels from which images are shown smooth, not as squares, and fewer of them at once."""
SEEDS = 10_000
"""Seeds on offer: 0 to this, exclusive."""
FEW = 0.6
"""Share of images at the anchor of their class below which the anchors are said not to have taken hold."""
_SEED = "seed"


def table_of(model: Model) -> LatentTable:
    """Return the encoded test images of a run, which the page has made sure of."""
    table = model.latents
    if table is None:
        st.stop()
    return table


def classes_of(model: Model) -> dict[str, int]:
    """Return the classes of the encoded test images, or all of a run that has none yet, by name."""
    names = model.provenance.class_names
    if not names:  # nothing need be encoded to know that
        return {}
    table = model.latents
    if table is None:
        return {name: label for label, name in enumerate(names)}
    if table.labels is None:
        return {}
    return {names[label]: label for label in np.unique(table.labels).tolist()}


def is_anchored(model: Model) -> bool:
    """Whether a run has a prior of its own for each class."""
    return model.config.model.is_variational and model.config.model.prior == "anchored"


def anchoring(model: Model) -> str:
    """Say how many of the encoded test images came to lie at the anchor of their class; nothing if unknown."""
    share = priors.anchored_share(model)
    if share is None:
        return ""
    text = (
        f"**{share:.0%}** of the encoded test images of {plain(model.name)} lie nearest to the anchor of their own "
        "class."
    )
    if share < FEW:
        text += (
            f" The weight of its KL divergence, {model.config.objective.kl_weight:g}, was too small to bring "
            "them there, so that its priors do not give the digits they stand for."
        )
    return text


# Controls


def pick_chance() -> tuple[float, int]:
    """Let the visitor choose temperature and seed; both are in the URL."""
    temperature = st.slider(
        "Temperature",
        min_value=0.1,
        max_value=2.0,
        value=1.0,
        step=0.05,
        key="temperature",
        bind="query-params",
        width=220,
        help="Multiplies the standard deviation of the draws (no unit), 0.1 to 2: 1 is the distribution itself, less "
        "gives likelier images that are more alike, more gives stranger ones.",
    )
    return float(temperature), pick_seed()


def pick_seed() -> int:
    """Let the visitor choose the seed of the chance, or the next one; it is in the URL."""
    why = "Number that fixes the chance, 0 to {}: the same seed always draws the same."
    seed = _pick_whole("Seed", _SEED, SEEDS - 1, 0, why)
    st.button(
        "Again", icon=":material/casino:", key="again", on_click=_next_seed, help="Draws anew, with the next seed."
    )
    return seed


def _next_seed() -> None:
    st.session_state[_SEED] = float((int(st.session_state.get(_SEED) or 0) + 1) % SEEDS)


def _pick_whole(label: str, key: str, high: int, default: int, why: str) -> int:
    """Let the visitor choose a whole number from 0 to `high`, which `why` names; it is in the URL."""
    if (st.session_state.get(key) or 0) > high:  # chosen for a model of more images
        st.session_state[key] = float(high)
    chosen = st.number_input(
        label,
        min_value=0.0,  # floats, since Streamlit 1.67 fails at ?seed=inf where it expects whole numbers
        max_value=float(high),
        value=float(default),
        step=1.0,
        format="%.0f",
        key=key,
        bind="query-params",
        width=150,
        help=why.format(f"{high:,}"),
    )
    return int(chosen or 0)


def pick_class(label: str, names: list[str], key: str, default: str, why: str) -> str:
    """Let the visitor choose a class by its name; the choice is in the URL."""
    if st.session_state.get(key, default) not in names:  # chosen for a model of other images
        del st.session_state[key]
    index = names.index(default)
    return str(st.selectbox(label, names, index=index, key=key, bind="query-params", width=150, help=why))


def pick_image(model: Model, label: str, key: str, default: int) -> int:
    """Let the visitor choose a test image by its number or by chance; the number is in the URL."""
    n = len(table_of(model).z)
    number = _pick_whole(label, key, n - 1, default, "Number of the image in the test set, 0 to {}.")
    st.button(
        "Random",
        icon=":material/casino:",
        key=f"{key}-chance",
        on_click=_jump,
        args=(key, n),
        help="Takes a random test image.",
    )
    return number


def pick_draw(key: str, default: int) -> int:
    """Let the visitor choose a draw by its seed or by chance; the seed is in the URL."""
    why = "Number that fixes the chance, 0 to {}: the same seed always draws the same."
    seed = _pick_whole("Seed", key, SEEDS - 1, default, why)
    st.button(
        "Random",
        icon=":material/casino:",
        key=f"{key}-chance",
        on_click=_jump,
        args=(key, SEEDS),
        help="Takes a random seed.",
    )
    return seed


def _jump(key: str, n: int) -> None:
    st.session_state[key] = float(np.random.default_rng().integers(n))


# Pictures


def is_large(model: Model) -> bool:
    """Whether the images of a run have so many pixels that they are no longer shown as squares."""
    return max(model.config.model.image_shape[1:]) >= LARGE


def show_row(model: Model, images: np.ndarray, text: str, *, width: int = RESULT_PX) -> None:
    """Show a few images, (N, C, H, W), beside each other, each `width` pixels wide; `text` stands for them."""
    total = width * len(images)
    picture = enlarge(tile(images, len(images)), total, smooth=is_large(model))
    st.image(to_data_uri(picture), width=total, alt=text)


def show_many(model: Model, points: np.ndarray, columns: int, text: str) -> np.ndarray:
    """Show the images that a model draws at latent points, (N, D), with a cross on each far from the data.

    Returns:
        The tiled picture without the crosses, (H, W, 3), uint8.
    """
    picture = tile(shrink(decoded(model, points), TILE_PX), columns)
    far = find_far(model, points)
    height, width = picture.shape[:2]
    none = np.zeros(len(points), dtype=bool)
    marked = marked_svg(
        to_data_uri(picture), (width, height), columns, none if far is None else far, smooth=is_large(model)
    )
    st.image(marked, width="stretch", caption=plain(text), alt=text)
    return picture


def offer_picture(picture: np.ndarray, name: str, least_width: int, *, smooth: bool = False) -> None:
    """Offer a picture, (H, W, 3), as a file; `name` lacks its suffix."""
    st.download_button(
        "Picture (PNG)",
        to_png(enlarge(picture, least_width, smooth=smooth), effort=1 if smooth else 9),  # a photograph takes seconds
        file_name=f"{name}.png",
        mime="image/png",
        icon=":material/download:",
        on_click="ignore",
        key=f"download-{name}",
        help="Saves these images as one PNG file.",
    )


# Distance from the data


def find_far(model: Model, points: np.ndarray) -> np.ndarray | None:
    """Return which points lie far from the data, as on Decode; None where nothing is known of the latent space."""
    return distances.mark_far(model, points) if model.has_summary else None


def far_text(model: Model, points: np.ndarray) -> str:
    """Say how many of some points lie far from the data; nothing where that is unknown."""
    far = find_far(model, points)
    if far is None:
        return ""
    if not far.any():
        return "none of it far from the data"
    return f"{int(far.sum())} of {len(far)} far from the data (crossed)"


def read_points(model: Model, points: np.ndarray) -> np.ndarray:
    """Return the class that the encoded test images nearest to each point have, (N,); the images must have classes."""
    table = table_of(model)
    if table.labels is None:
        raise LookupError("the images have no classes; the caller must check first")
    used = distances.used_dimensions(model)
    return vote_of_neighbours(points[:, used], table.z[:, used], table.labels)

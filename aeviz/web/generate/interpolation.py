"""Paths through the latent space from one image to another."""

from dataclasses import replace

import numpy as np
import streamlit as st

from aeviz.analysis.generation import (
    Gaussian,
    has_spherical_path,
    linear_path,
    path_length,
    spherical_path,
    usual_norms,
)
from aeviz.figures.charts import COMPARED, distance_from_origin
from aeviz.figures.palette import UNLABELLED
from aeviz.language import mark, tr, trc
from aeviz.web.components.kit.prediction import Question
from aeviz.web.components.latent_walk.component import Mark, Row, Walk, latent_walk
from aeviz.web.generate.ground import ground, plane
from aeviz.web.generate.questions import ask_for_path
from aeviz.web.generate.readings import (
    Reading,
    has_readings,
    read,
    telling_pair,
    without_collapsed,
)
from aeviz.web.generate.starts import (
    DRAW,
    MEAN,
    TEST,
    explain_absent,
    gaussian_of_draws,
    has_test_images,
    list_origins,
    pick_start,
)
from aeviz.web.kernel import distances, priors
from aeviz.web.kernel.asking import hide_answers, kept_back
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.distances import far_text, find_far
from aeviz.web.kernel.films import offer_walk
from aeviz.web.kernel.images import decoded, is_large, offer_download
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.priors import is_anchored
from aeviz.web.kernel.text import escape
from aeviz.web.kernel.url import rename_choices

STEPS, MOST_STEPS = 7, 33
"""Images on a path at first, both ends included, and at most."""
SHOWN = 2
"""Images at each end of a path that are shown before it is played."""
ROW = 11
"""Images in a row at most; a longer path is broken into rows of the same length."""
FRAMES, LARGE_FRAMES = 48, 18
"""Parts of a path that is played, about, and of one of large images."""
FEW = 3
"""Active dimensions in which a normal distribution still has much of its mass near its mean."""
ASKED = "interpolation"
"""Name of the question."""
LINEAR, SPHERICAL = mark("linear"), mark("spherical")
NAMES = {LINEAR: mark("Linear interpolation"), SPHERICAL: mark("Spherical interpolation (slerp)")}
NAMED = {LINEAR: mark("Line"), SPHERICAL: mark("Circle")}
"""Names of the paths, and in a word what they are."""
_FORMER = {"straight": LINEAR, "round": SPHERICAL}
"""Names of the paths in addresses of older versions."""


@st.fragment
def show_interpolation(model: Model) -> None:
    """Show the images on the straight and on the spherical path between two latent points."""
    with errors_as_messages():
        model.network()  # before the controls: a file that is dropped while it loads would be lost
        origins = [origin for origin in list_origins(model) if origin != MEAN]
        first, second = telling_pair(model) if has_readings(model) else (0, _second(model))
        with st.container(key="path-ends"):
            left, right, choices = st.columns([5, 5, 2], gap="medium", vertical_alignment="center")
        with left:
            start = pick_start(model, trc("the start of a path", "From"), "start", first, origins)
        with right:
            end = pick_start(model, trc("the end of a path", "To"), "end", second, origins)
        if start is None or end is None:
            explain_absent(model)
            return
        with choices, st.popover(tr("Settings"), icon=":material/tune:"):
            steps = _pick_steps()
        a, b = without_collapsed(model, start.z), without_collapsed(model, end.z)
        ways = [LINEAR, *([SPHERICAL] if has_spherical_path(a, b) else [])]
        paths = {way: _path(way, a, b, steps) for way in ways}
        frames = _walks(model, a, b, tuple(ways), steps)
        readings = [read(model, walk.images) for walk in frames] if has_readings(model) else []
        question = ask_for_path(*readings) if len(readings) > 1 else None
        if question is not None:
            hide_answers(ASKED)
        _show_walk(model, frames, readings, paths, question)
        if SPHERICAL not in paths:
            st.caption(tr("Spherical interpolation is undefined here: the points lie on a line through the origin."))
        with kept_back(question is not None, ASKED, "distances"):
            _show_distances(model, paths, is_drawn=start.origin == end.origin == DRAW)
            st.markdown(_advice(model))
        with kept_back(question is not None, ASKED, "film"):
            _offer_film(model, a, b, ways)
        explain_absent(model)
        if TEST in (start.origin, end.origin):
            offer_download(model.config.data.name, tr("to show the two original images"))


def _second(model: Model) -> int:
    return min(1, len(model.require_latents().z) - 1) if has_test_images(model) else 1


def _path(way: str, a: np.ndarray, b: np.ndarray, steps: int) -> np.ndarray:
    return linear_path(a, b, steps) if way == LINEAR else spherical_path(a, b, steps)


def _walks(model: Model, a: np.ndarray, b: np.ndarray, ways: tuple[str, ...], steps: int) -> list[Walk]:
    """Return both paths, with all images of their rows among those that Play shows."""
    parts = steps - 1
    frames = parts * max(1, round((LARGE_FRAMES if is_large(model) else FRAMES) / parts)) + 1
    found, walks = plane(model), []
    for way, colour in zip(ways, COMPARED, strict=False):
        path = _path(way, a, b, frames)
        places = np.zeros((frames, 2)) if found is None else found.place(path)
        images = decoded(model, path)
        walks.append(
            Walk(name=tr(NAMES[way]), colour=colour, images=images, places=places, texts=[tr(NAMED[way])] * frames)
        )
    return walks


def _rows(model: Model, walks: list[Walk], readings: list[list[Reading]], paths: dict[str, np.ndarray]) -> list[Row]:
    """Return the images of each path, both ends included, and what they are read as."""
    rows = []
    for k, (way, path) in enumerate(paths.items()):
        every = (len(walks[k].images) - 1) // (len(path) - 1)
        length = tr("{name}: length {length:.2f}", name=tr(NAMES[way]), length=path_length(path))
        far, places = find_far(model, path), np.arange(len(path))
        rows.append(
            Row(
                walk=k,
                at=[every * int(place) for place in places],
                columns=-(-len(path) // -(-len(path) // ROW)),
                title=", ".join(filter(None, [length, far_text(model, path)])),
                waiting=tr("{what}: more images appear with Play", what=tr(NAMES[way])),
                texts=[each.text for each in readings[k][::every]] if readings else [],
                far=[] if far is None else far.tolist(),
                shown=(np.minimum(places, places[::-1]) < (SHOWN if len(path) >= STEPS else 1)).tolist(),
            )
        )
    return rows


def _show_walk(
    model: Model,
    walks: list[Walk],
    readings: list[list[Reading]],
    paths: dict[str, np.ndarray],
    question: Question | None,
) -> None:
    """Show both paths on the map, the image at the same place of each, and a row of images of each."""
    sent = ground(model)
    marks = []
    if sent is not None:
        for at, text in (
            (walks[0].places[0], trc("the start of a path", "from")),
            (walks[0].places[-1], trc("the end of a path", "to")),
        ):
            marks.append(Mark(at=(float(at[0]), float(at[1])), text=text, colour=UNLABELLED))
    frames = len(walks[0].images)
    rows = _rows(model, walks, readings, paths)
    if readings:
        walks = [
            replace(walk, texts=[f"{text}: {each.text}" for text, each in zip(walk.texts, said, strict=True)])
            for walk, said in zip(walks, readings, strict=True)
        ]
    latent_walk(
        None if sent is None else sent.name,
        label=tr("The paths on the map of {model}", model=model.name),
        walks=walks,
        stops=np.linspace(0, 1, frames),
        stop_name=tr("Position on the path"),
        first=0 if question is not None else frames // 2,
        marks=marks,
        is_close=True,
        rows=rows,
        question=question,
        note=tr("Large discs: the points that the two images are decoded from, on their lines. Grey: the ends."),
        smooth=is_large(model),
        key=f"path-{model.name}",
    )


def _offer_film(model: Model, a: np.ndarray, b: np.ndarray, ways: list[str]) -> None:
    """Offer one of the paths as a film."""
    if not model.has_summary:
        return
    rename_choices("way", _FORMER)
    way: object = LINEAR
    if len(ways) > 1:
        way = choose(
            st.segmented_control, tr("Film of"), ways, default=LINEAR, required=True, key="way", width="content"
        )
    offer_walk(model, a, b, spherical=way == SPHERICAL)


def _pick_steps() -> int:
    steps = st.slider(
        tr("Images on the path"),
        min_value=5,
        max_value=MOST_STEPS,
        value=STEPS,
        step=2,
        key="steps",
        bind="query-params",
        help=tr("Number of images, both ends included (5 to {most}).", most=MOST_STEPS),
    )
    return int(steps)


def _show_distances(model: Model, paths: dict[str, np.ndarray], *, is_drawn: bool) -> None:
    """Show how far from the origin the paths lie, and how far what they lead between usually does.

    Args:
        model: The model.
        paths: Name of a path to its points, (S, D).
        is_drawn: Whether both ends are draws, and not images that were encoded.
    """
    has_one_prior = model.config.model.is_variational and not is_anchored(model)
    if has_one_prior and (is_drawn or not model.has_summary):
        gaussian, origin = gaussian_of_draws(model, 0)
        (low, high), which = (
            usual_norms(_in_active(model, gaussian)),
            trc("90 % of the", "samples from {origin}", origin=origin),
        )
    elif not model.has_summary:
        return
    elif has_test_images(model):
        (low, high), which = priors.usual_norms(model), trc("90 % of the", "encoded test images")
    else:
        low, high = usual_norms(_in_active(model, priors.data_gaussian(model, None)))
        which = trc("90 % of the", "samples from a Gaussian fitted to the data")
    norms = {name: np.linalg.norm(path, axis=1) for name, path in paths.items()}
    show_figure(
        distance_from_origin({tr(name): values for name, values in norms.items()}, (low, high)),
        key="distance-from-origin",
        alt=tr(
            "Distance from the origin: {minima}",
            minima=", ".join(
                tr("minimum on the {name} path {least:.2f}", name=tr(name), least=values.min())
                for name, values in norms.items()
            ),
        ),
    )
    text = tr(
        "Grey band: 90 % of the {which} ({low:.2f} to {high:.2f}). A point below it can have encoded images near it "
        "all the same, and is then not out of distribution.",
        which=which,
        low=low,
        high=high,
    )
    if has_one_prior and not is_drawn:
        used = distances.used_dimensions(model).sum()
        text += " " + tr(
            "An image's point is its posterior mean, which lies nearer to the origin than samples of the prior (norm "
            "about {norm:.1f}): those have the posterior's variance as well.",
            norm=np.sqrt(used),
        )
    st.caption(text)


def _in_active(model: Model, gaussian: Gaussian) -> Gaussian:
    """Return a Gaussian without what it does in the dimensions that the decoder ignores."""
    if not model.has_summary:
        return gaussian
    used = distances.used_dimensions(model)
    return Gaussian(mean=np.where(used, gaussian.mean, 0), factor=gaussian.factor * used[:, None])


def _advice(model: Model) -> str:
    """Say what the two paths mean for a model, whatever they show of one pair."""
    config, name = model.config.model, escape(model.name)
    if not config.is_variational:
        return tr("{model} has no prior, so the origin has no meaning: no path is better for all pairs.", model=name)
    if is_anchored(model):
        return tr(
            "The priors of {model} have their means away from the origin: a circle around it can cross other classes.",
            model=name,
        )
    used = int(distances.used_dimensions(model).sum()) if model.has_summary else config.latent_dim
    if used == 0:
        return tr(
            "**Neither.** All dimensions of {model} have collapsed: its decoder ignores the latent point and gives the "
            "same image everywhere.",
            model=name,
        )
    count = config.latent_dim
    which = trc("In …", "the {count} dimensions", count=count)
    if used < count:
        which = trc(
            "In …",
            "the {used} of {count} dimensions that the decoder of {model} uses",
            used=used,
            count=count,
            model=name,
        )
    if used <= FEW:
        return tr(
            "In {which} much of the mass of N(0, I) is near the origin: the line passes through likely points too.",
            which=which,
        )
    return tr(
        "In {which} samples of N(0, I) have norm about {norm:.1f}, the square root of {used}. The middle of the line "
        "has a smaller norm, and its images look average; the circle keeps the norm. The others do not count.",
        which=which,
        norm=np.sqrt(used),
        used=used,
    )

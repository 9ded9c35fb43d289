"""An image changed along the difference between the means of two classes."""

import numpy as np
import streamlit as st

from aeviz.analysis.generation import group_direction, move_along
from aeviz.figures.charts import COMPARED
from aeviz.figures.palette import class_colour
from aeviz.language import mark, number, tr
from aeviz.web.components.kit.prediction import Question
from aeviz.web.components.latent_walk.component import Arrow, Mark, Row, Walk, latent_walk, reported_stop
from aeviz.web.generate.asked_again import put_back_for_new_question
from aeviz.web.generate.ground import ground, plane
from aeviz.web.generate.questions import ask_for_strength
from aeviz.web.generate.readings import Reading, read
from aeviz.web.generate.starts import THUMBNAIL_PX
from aeviz.web.kernel import distances
from aeviz.web.kernel.asking import hide_answers, kept_back
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.controls import pick_class, pick_image
from aeviz.web.kernel.distances import far_text
from aeviz.web.kernel.images import decoded, is_large, offer_download, originals, show_grid
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.reading import votes_by_encoder
from aeviz.web.kernel.text import escape, with_minus
from aeviz.web.kernel.url import UrlState

OWN = mark("its own class")
"""What is taken away at first."""
STRENGTHS = np.linspace(-2, 2, 9)
"""Shares of the difference that are added to the images of the rows."""
COLUMNS = 5
"""Images in a row of it."""
FORWARD, BACKWARD = slice(4, 9), slice(0, 5)
"""Strengths of the first row, which the question is about, and of the second, which appears with its answer."""
EDGE = 0.01
"""Share of the test images that may lie beyond each end of the data along a direction."""
STOPS, LARGE_STOPS = np.linspace(-2, 2, 81), np.linspace(-2, 2, 17)
"""Those that the slider stops at, and of large images."""


def _parse_strength(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if STOPS[0] <= value <= STOPS[-1] else None


STRENGTH = UrlState("strength", _parse_strength, "{:g}".format, 0.0)
"""The strength that is shown."""


@st.fragment
def show_arithmetic(model: Model) -> None:
    """Add the difference between the means of two classes to a test image."""
    with errors_as_messages():
        table, classes = model.require_latents(), model.encoded_classes()
        if table.labels is None or len(classes) < 2:
            st.info(
                tr(
                    "{data} has fewer than two classes, so there is no class direction.",
                    data=escape(model.config.data.name),
                ),
                icon=":material/label_off:",
            )
            return
        if not distances.used_dimensions(model).any():
            st.info(
                tr(
                    "All dimensions of {model} have collapsed: no direction changes its images. Choose another model.",
                    model=escape(model.name),
                ),
                icon=":material/compress:",
            )
            return
        image, plus, minus = _pick_sum(model, classes, table.labels)
        if plus == minus:
            st.info(
                tr("Choose two different classes: the difference of {name} with itself is zero.", name=escape(plus)),
                icon=":material/balance:",
            )
            return
        z, labels = table.z, table.labels
        means = np.stack([z[labels == classes[name]].mean(axis=0, dtype=np.float64) for name in (minus, plus)])
        direction = group_direction(z[labels == classes[plus]], z[labels == classes[minus]])
        readings = read(model, decoded(model, move_along(z[image], direction, STOPS)))
        turned = [float(stop) for stop, each in zip(STOPS, readings, strict=True) if stop >= 0 and each.text == plus]
        own, question = model.class_names[int(labels[image])], None
        if own != plus and 0 not in turned:  # else the answer is seen
            why = tr(
                "Strength 1 goes from the mean of {minus} to the mean of {plus}, a distance of {distance:.2f}.",
                minus=minus,
                plus=plus,
                distance=np.linalg.norm(direction),
            )
            at_first = readings[len(STOPS) // 2]
            question = ask_for_strength(image, own, at_first, plus, turned[0] if turned else None, why)
            hide_answers(question.name)
        put_back_for_new_question(STRENGTH, model, question)
        _show_walk(model, z[image], direction, means, (minus, plus), question)
        far = distances.find_far(model, move_along(z[image], direction, STRENGTHS))
        if far is not None and far.any():
            with (
                kept_back(question is not None, "" if question is None else question.name, "ends"),
                st.expander(tr("Why does a good image have a cross (\N{MULTIPLICATION SIGN})?")),
            ):
                st.markdown(_explain_ends(model, image, direction))
        offer_download(model.config.data.name, tr("to show the original image"))


def _rows(model: Model, path: np.ndarray, stops: np.ndarray, said: list[Reading]) -> list[Row]:
    """Return the images at some strengths: those that the question is about, and the opposite ones.

    Args:
        model: The model.
        path: The points at all stops, (S, D).
        stops: Their strengths, (S,).
        said: What their images are read as.
    """
    far, rows = distances.find_far(model, path), []
    for row in (FORWARD, BACKWARD):
        at = [int(np.abs(stops - strength).argmin()) for strength in STRENGTHS[row]]
        strengths = [with_minus(number(strength, "g")) for strength in STRENGTHS[row]]
        low, high = strengths[0], strengths[-1]
        rows.append(
            Row(
                walk=0,
                at=at,
                columns=COLUMNS,
                title=tr(
                    "Strengths {low} to {high}: {what}",
                    low=low,
                    high=high,
                    what=far_text(model, path[at]) or tr("images"),
                ),
                waiting=tr("Strengths {low} to {high}: more images appear with Play", low=low, high=high),
                heads=strengths,
                texts=[said[place].counted for place in at],
                far=[] if far is None else far[at].tolist(),
                shown=[strength == 0 for strength in STRENGTHS[row]],
                is_late=row == BACKWARD,
            )
        )
    return rows


def _show_walk(
    model: Model,
    z: np.ndarray,
    direction: np.ndarray,
    means: np.ndarray,
    names: tuple[str, str],
    question: Question | None,
) -> None:
    """Show the step on the map, and the image at any strength."""
    key = f"sum-{model.name}"

    def write() -> None:
        STRENGTH.write(reported_stop(key, stops))

    stops = LARGE_STOPS if is_large(model) else STOPS
    path = move_along(z, direction, stops)
    minus, plus = names
    along = tuple(direction.tolist())
    step = tr("{plus} minus {minus}", plus=plus, minus=minus)
    images, found, sent = decoded(model, path), plane(model, along), ground(model, along, step)
    added, subtracted = tr("plus {amount} · ({step}): {reading}"), tr("minus {amount} · ({step}): {reading}")
    said = read(model, images)
    texts = [
        (added if stop >= 0 else subtracted).format(amount=number(abs(stop), ".2f"), step=step, reading=each.counted)
        for stop, each in zip(stops, said, strict=True)
    ]
    places = np.zeros((len(stops), 2)) if found is None else found.place(path)
    marks, arrows = [], []
    if found is not None:
        (x0, y0), (x1, y1) = found.place(means).tolist()
        labels = [model.class_names.index(name) for name in names]
        marks = [
            Mark(at=(x, y), text=name, colour=class_colour(label), is_faint=True)
            for (x, y), name, label in zip(((x0, y0), (x1, y1)), names, labels, strict=True)
        ]
        arrows = [Arrow(start=(x0, y0), end=(x1, y1), text="", colour=class_colour(labels[1]))]
    latent_walk(
        None if sent is None else sent.name,
        content=None if sent is None else sent.content,
        label=tr(
            "The difference of the means, and the image that it is added to, on the map of {model}", model=model.name
        ),
        walks=[
            Walk(name=tr("Sum"), colour=COMPARED[0], images=images, places=places, texts=texts, start=len(stops) // 2)
        ],
        stops=stops,
        stop_name=tr("Strength"),
        first=int(np.abs(stops - float(STRENGTH.restore() or 0)).argmin()),
        marks=marks,
        arrows=arrows,
        rows=_rows(model, path, stops, said),
        question=question,
        note=tr(
            "Coloured arrow: the difference of the means. Thin line: the image's point at strengths from "
            "\N{MINUS SIGN}2 to 2. Thick arrow: from the image's point (ring) to the point at the strength that is set."
        ),
        smooth=is_large(model),
        key=key,
        on_change=write,
    )


def _pick_sum(model: Model, classes: dict[str, int], labels: np.ndarray) -> tuple[int, str, str]:
    """Let the visitor choose an image, the class to add and that to take away, at first the image's own."""
    names = list(classes)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="sum-parts"):
        picture = st.container(width="content")
        image = pick_image(model, tr("Test image"), "onto", 0, among=lambda: _of_other_class(model))
        own = model.class_names[int(labels[image])]
        why = tr("The mean of the codes of this class is added.")
        plus = pick_class(tr("plus the mean of"), names, "plus", _telling_class(model), why)
        why = tr("The mean of the codes of this class is subtracted.")
        minus = pick_class(tr("minus the mean of"), [OWN, *names], "minus", OWN, why)
    dataset = originals(model)
    if dataset is not None:
        name = tr("image {index}, class {name}", index=str(image), name=own)
        with picture:
            show_grid(
                dataset.images[[image]], name, columns=1, width=THUMBNAIL_PX, smooth=is_large(model), caption=False
            )
    return image, plus, own if minus == OWN else minus


def _of_other_class(model: Model) -> np.ndarray:
    """Return the numbers of the test images that are not of the class that is added, (M,)."""
    return np.flatnonzero(model.require_latents().labels != model.encoded_classes().get(st.session_state["plus"]))


@shared(max_entries=64, spinner=lambda model: tr("Looking for a class …"))  # a name each
def _telling_class(model: Model) -> str:
    """Return the class whose difference from that of test image 0 turns the image into it most clearly."""
    table, names = model.require_latents(), model.class_names
    assert table.labels is not None
    own = int(table.labels[0])
    others = [label for label in model.encoded_classes().values() if label != own]
    away = table.z[table.labels == own]
    sums = [
        move_along(table.z[0], group_direction(table.z[table.labels == other], away), np.ones(1)) for other in others
    ]
    votes = votes_by_encoder(model, decoded(model, np.concatenate(sums)))
    return names[max(others, key=lambda other: int(votes[others.index(other), other]))]


def _explain_ends(model: Model, image: int, direction: np.ndarray) -> str:
    """Say where the data end along the direction, as strengths from the image: beyond, points leave them."""
    used = distances.used_dimensions(model)
    z, step = model.require_latents().z[:, used].astype(np.float64), direction[used].astype(np.float64)
    low, high = np.quantile((z - z[image]) @ step / (step @ step), [EDGE, 1 - EDGE]).tolist()
    first, last = (with_minus(number(value, ".1f")) for value in (low, high))
    return tr(
        "Along this direction {share:.0%} of the test images lie between strength {low} and {high} of this image. "
        "{ends} A cross: the 10th nearest test image is farther than {limit:.2f}.",
        share=1 - 2 * EDGE,
        low=first,
        high=last,
        ends=describe_ends(low, high),
        limit=distances.draw_limit(model),
    )


def describe_ends(low: float, high: float) -> str:
    """Say how far the ends of the strip are beyond the data, which lie between two strengths."""
    before, after = (round(max(0.0, value), 1) for value in (low - STRENGTHS[0], STRENGTHS[-1] - high))
    ends = zip((STRENGTHS[0], STRENGTHS[-1]), (before, after), strict=True)
    beyond = [(with_minus(number(end, "g")), by) for end, by in ends if by]
    if not beyond:
        return tr("Both ends of the strip lie within that.")
    room = ""
    if before != after:
        above = tr(": there is more room above the image than below")
        room = above if before > after else tr(": there is more room below the image than above")
    (end, by), *others = beyond
    if not others:
        return tr("Strength {end} is {by:.1f} beyond that{room}.", end=end, by=by, room=room)
    other, further = others[0]
    return tr(
        "Strength {end} is {by:.1f} and strength {other} is {further:.1f} beyond that{room}.",
        end=end,
        by=by,
        other=other,
        further=further,
        room=room,
    )

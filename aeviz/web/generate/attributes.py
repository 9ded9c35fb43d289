"""Attributes such as a smile, added to an image by the step between the means with and without it."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from aeviz.analysis.attributes import FEW, Attribute, add_attributes, list_attributes, most_alike, vary_one
from aeviz.figures.palette import UNLABELLED, class_colour
from aeviz.language import number, tr
from aeviz.web.components.latent_walk.component import Arrow, Mark, latent_walk
from aeviz.web.generate.ground import ground, plane
from aeviz.web.generate.readings import show_readings
from aeviz.web.generate.starts import MEAN, TEST, Start, explain_absent, list_origins, pick_start
from aeviz.web.kernel.distances import far_text
from aeviz.web.kernel.images import decoded, offer_download, show_many, show_row
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.text import escape

FIRST = "Smiling"
"""The attribute that is added at first, where it is known."""
MOST = 4
"""Attributes that are added at once."""
REACH = 3.0
"""Largest strength in both directions."""
STRIP = np.linspace(-REACH, REACH, 9)
"""Strengths of the strip of each attribute."""
ALIKE = 3
"""Attributes that are named as going along with one."""


def has_attributes(model: Model) -> bool:
    """Whether it is known how the images of a run with some attribute differ in its latent space from the others."""
    return model.has_summary and bool(list_attributes(model.summary))


@st.fragment
def show_attributes(model: Model) -> None:
    """Add attributes to a latent point: what the model makes of it before and after, and of a range of strengths."""
    with errors_as_messages():
        model.network()  # before the controls: a file that is dropped while it loads would be lost
        attributes = list_attributes(model.summary)
        left, right = st.columns(2, gap="medium")
        with left:
            origins = sorted(list_origins(model), key=lambda origin: origin != MEAN)  # which all can start from
            start = pick_start(model, tr("Start from"), "onto", 0, origins, is_shown=False)
        with right:
            strengths = _pick_attributes(attributes)
        if start is not None and strengths:
            _show_result(model, start, attributes, strengths)
        elif start is not None:
            st.info(tr("Choose an attribute to add."), icon=":material/add_reaction:")
        _say_what_it_means(attributes, list(strengths))
        explain_absent(model)
        if start is not None and start.origin == TEST:
            offer_download(model.config.data.name, tr("to show the original image"))


def _pick_attributes(attributes: Mapping[str, Attribute]) -> dict[str, float]:
    """Let the visitor choose attributes and how much of each; both are in the URL."""
    names = list(attributes)
    chosen = st.multiselect(
        tr("Add"),
        names,
        default=[FIRST if FIRST in names else names[0]],
        max_selections=MOST,
        key="add",
        bind="query-params",
        help=tr("Choose up to {most} of the {count} attributes in the data.", most=MOST, count=len(names)),
    )
    strengths = {}
    for name in chosen:
        strengths[str(name)] = float(
            st.slider(
                str(name),
                min_value=-REACH,
                max_value=REACH,
                value=1.5,
                step=0.05,
                key=f"by.{name}",
                bind="query-params",
                help=tr(
                    "Multiple of the attribute direction, {low:g} to {high:g}: 1 goes from the mean without to the "
                    "mean with the attribute.",
                    low=-REACH,
                    high=REACH,
                ),
            )
        )
    return strengths


def _show_result(
    model: Model, start: Start, attributes: Mapping[str, Attribute], strengths: Mapping[str, float]
) -> None:
    """Show the start, what the model makes of it, the sum, and a strip for each attribute."""
    names, directions = list(strengths), np.stack([attributes[name].direction for name in strengths])
    amounts = np.array([strengths[name] for name in names])
    drawn = decoded(model, add_attributes(start.z, directions, np.stack([0 * amounts, amounts])))
    total = ", ".join(
        tr("plus {amount:g} · {name}", amount=amount, name=name.lower())
        if amount >= 0
        else tr("minus {amount:g} · {name}", amount=-amount, name=name.lower())
        for name, amount in strengths.items()
    )
    text = tr("{name}, reconstructed by {model}; {sum}", name=start.name, model=model.name, sum=total)
    if start.image is not None:
        drawn = np.concatenate([start.image[None].astype(np.float32) / np.float32(255), drawn])
        text = tr("{name}; reconstruction by {model}; {sum}", name=start.name, model=model.name, sum=total)
    shown, on_map = st.columns([5, 4], gap="medium")
    with shown:
        show_row(model, drawn, text)
        st.caption(tr("From left to right: {what}.", what=escape(text)))
        for which, name in enumerate(names):
            points = add_attributes(start.z, directions, vary_one(amounts, which, STRIP))
            strip = tr("{name}: strength {low:g} to {high:g}, 0 in the middle", name=name, low=STRIP[0], high=STRIP[-1])
            said = [strip, far_text(model, points)]
            if len(names) > 1:
                said.insert(1, tr("others as set above"))
            show_readings([number(strength, "g") for strength in STRIP])
            show_many(model, points, len(STRIP), ", ".join(filter(None, said)))
    with on_map:
        _show_map(model, start, names, directions, amounts)


def _show_map(model: Model, start: Start, names: list[str], directions: np.ndarray, amounts: np.ndarray) -> None:
    """Show the start on the map, and the step of each attribute from where the one before has led."""
    along = tuple(directions[0].tolist())
    found, sent = plane(model, along), ground(model, along, names[0].lower())
    if found is None or sent is None:
        return
    steps = np.concatenate([np.zeros((1, len(start.z))), np.cumsum(amounts[:, None] * directions, axis=0)])
    (x, y), *ends = [(float(x), float(y)) for x, y in found.place(start.z + steps)]
    arrows, at = [], (x, y)
    for which, end in enumerate(ends):
        text = f"{number(amounts[which], '+g')} {names[which].lower()}"
        arrows.append(Arrow(start=at, end=end, text=text, colour=class_colour(which)))
        at = end
    latent_walk(
        sent.name,
        content=sent.content,
        label=tr("The steps of the attributes on the map of {model}", model=model.name),
        marks=[Mark(at=(x, y), text=tr("start"), colour=UNLABELLED)],
        arrows=arrows,
        key=f"attributes-{model.name}",
    )


def _say_what_it_means(attributes: Mapping[str, Attribute], chosen: list[str]) -> None:
    """Say how many images each mean is over, and what else goes along with it."""
    for name in chosen:
        attribute = attributes[name]
        both = attribute.without_count + attribute.with_count
        alike = most_alike(attributes, name, ALIKE)
        words = "; ".join(f"{other.lower()} ({number(cosine, '+.2f')})" for other, cosine in alike)
        text = tr(
            "**{name}**: {count:,} of {both:,} images have it. Length of the direction: {length:.2f}.",
            name=name,
            count=attribute.with_count,
            both=both,
            length=np.linalg.norm(attribute.direction),
        )
        if words:
            text += " " + tr("Most similar directions (cosine): {names}.", names=words)
        st.markdown(text)
        if attribute.is_rare:
            _warn_of_few(name, attribute)
    if chosen:
        st.caption(
            tr(
                "The cosine between two directions: 1 same, 0 orthogonal, -1 opposite. A direction also contains what "
                "correlates with the attribute: heavy makeup also changes how a face presents its gender, because the "
                "two are correlated in this data. Correlation is not causation, and attributes are the annotators' "
                "judgement."
            )
        )


def _warn_of_few(name: str, attribute: Attribute) -> None:
    if attribute.with_count < attribute.without_count:
        text = tr(
            "Only {count} images have “{name}”. A mean of fewer than {few} is unreliable.",
            count=attribute.with_count,
            name=name.lower(),
            few=FEW,
        )
    else:
        text = tr(
            "Only {count} images lack “{name}”. A mean of fewer than {few} is unreliable.",
            count=attribute.without_count,
            name=name.lower(),
            few=FEW,
        )
    st.warning(text, icon=":material/warning:")

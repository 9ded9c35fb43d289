"""A number that the visitor types, written with digits that a model draws, at any temperature."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from aeviz.analysis.generation import MOST_DIGITS, draw_noise, draw_points, read_number
from aeviz.errors import DataError
from aeviz.figures.images import tile
from aeviz.figures.palette import class_colour
from aeviz.language import tr, trc
from aeviz.web.components.kit.prediction import Question
from aeviz.web.components.latent_walk.component import Mark, Walk, latent_walk, reported_stop, sheet_of
from aeviz.web.generate.asked_again import put_back_for_new_question
from aeviz.web.generate.ground import ground, plane
from aeviz.web.generate.questions import ask_for_digit
from aeviz.web.generate.readings import CLEAR, Reading, count, has_readings, read
from aeviz.web.generate.temperature import HIGHEST, RISING, read_temperature, write_temperature
from aeviz.web.kernel import priors
from aeviz.web.kernel.asking import answer, hide_answers
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.controls import pick_seed
from aeviz.web.kernel.distances import find_far, votes_at
from aeviz.web.kernel.images import decoded, offer_image
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.priors import anchoring, is_anchored
from aeviz.web.kernel.reading import votes_by_encoder, votes_by_pixels
from aeviz.web.kernel.text import escape, with_article

START, LAST = "49382", "number-shown"
"""The number at first, and the key of the last one that could be written."""
DIGIT_PX, WIDEST_PX = 140, 1000
"""Width in pixels of a digit, and of the longest number, half of that in a file."""
STOPS = np.linspace(0, HIGHEST, 41)
"""Temperatures that the digits are shown at."""


@st.fragment
def show_number(model: Model) -> None:
    """Draw each digit of a number and set them side by side in one image."""
    with errors_as_messages():
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            typed = st.text_input(
                trc("with digits", "Number"),
                value=START,
                max_chars=MOST_DIGITS,
                key="number",
                bind="query-params",
                live=True,
                autocomplete="off",
                width=220,
                help=tr("1 to {most} digits; each is sampled separately.", most=MOST_DIGITS),
            ).strip()
            settings = st.popover(tr("Settings"), icon=":material/tune:")
            seed = pick_seed(settings)
        if not typed:
            st.info(tr("Type a number of 1 to {most} digits.", most=MOST_DIGITS), icon=":material/dialpad:")
            return
        names = model.provenance.class_names
        try:
            labels = read_number(typed, names)
        except DataError as error:
            shown = st.session_state.get(LAST, START)
            labels = read_number(shown, names)  # of another model it may fail: then that is the message
            st.warning(
                tr("{error}. Shown is still {number}.", error=escape(str(error)), number=shown),
                icon=":material/dialpad:",
            )
            typed = shown
        st.session_state[LAST] = typed
        absent = sorted({names[label] for label in labels} - set(model.encoded_classes()))
        if absent and not is_anchored(model):
            st.warning(
                tr(
                    "{model} has no encoded test image of class {names}. Type other digits or choose another model.",
                    model=escape(model.name),
                    names=", ".join(map(escape, absent)),
                ),
                icon=":material/warning:",
            )
            return
        digits = [_digit(model, place, label, seed) for place, label in enumerate(labels.tolist())]
        question = _ask(model, labels, digits)
        put_back_for_new_question(RISING, model, question)
        temperature = read_temperature(RISING)
        _show_sweep(model, typed, labels, digits, question)
        at = _nearest(temperature)
        images = np.stack([each.images[at] for each in digits])
        if question is not None:
            hide_answers(question.name)
            with answer(question.name, "reading"):
                _show_reading(model, labels, digits, at)
        _explain_origin(model)
        chance = tr("temperature {temperature:g}, seed {seed}", temperature=temperature, seed=str(seed))
        _offer_number(model, typed, images, chance, f"{typed}-seed{seed}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Digit:
    """A digit at each of the T temperatures of `STOPS`, from the same noise."""

    centre: np.ndarray
    """Mean of what it is drawn from, (D,)."""
    points: np.ndarray
    """(T, D), float32."""
    images: np.ndarray
    """(T, C, H, W), float32 in [0, 1]."""
    sheet: str
    """The images for the page."""
    readings: list[Reading] | None
    """What each is read as; None where nothing can be read."""
    by_pixels: list[Reading] | None
    """The class that the test images with the nearest pixels give each; None where those are not on this machine."""


@shared(max_entries=256)  # 0.2 MB each
def _digit(model: Model, place: int, label: int, seed: int) -> Digit:
    """Return the digit at a place of a number: it is the same whatever stands behind it."""
    gaussian = (priors.prior_gaussian if is_anchored(model) else priors.data_gaussian)(model, label)
    noise, which = draw_noise(seed, place + 1, model.config.model.latent_dim)[place:], np.zeros(1, dtype=np.int64)
    points = np.concatenate([draw_points([gaussian], which, noise, float(stop)) for stop in STOPS])
    images = decoded(model, points)
    votes = votes_by_pixels(model, images)
    return Digit(
        centre=gaussian.mean,
        points=points,
        images=images,
        sheet=sheet_of(images),
        readings=read(model, images) if has_readings(model) else None,
        by_pixels=None if votes is None else count(model, votes),
    )


def _nearest(temperature: float) -> int:
    return int(np.abs(STOPS - temperature).argmin())


def _show_sweep(model: Model, typed: str, labels: np.ndarray, digits: list[Digit], question: Question | None) -> None:
    """Show the digits side by side at any temperature, with what each is read as, and their points on the map."""
    found, sent = plane(model), ground(model)
    names, key = model.provenance.class_names, f"digits-{model.name}"
    walks = []
    for k, (label, digit) in enumerate(zip(labels.tolist(), digits, strict=True)):
        texts = [""] * len(STOPS)
        if digit.readings is not None:
            texts = [each.said for each in digit.readings]
        walks.append(
            Walk(
                name=tr("Digit {place}, {name}", place=k + 1, name=with_article(names[label])),
                colour=class_colour(label),
                images=digit.images,
                places=np.zeros((len(STOPS), 2)) if found is None else found.place(digit.points),
                texts=texts,
                sheet=digit.sheet,
            )
        )
    marks = []
    if found is not None:
        means = {int(label): digit.centre for label, digit in zip(labels, digits, strict=True)}
        if is_anchored(model):
            means = {label: priors.prior_gaussian(model, label).mean for label in model.encoded_classes().values()}
        for label, (x, y) in zip(means, found.place(np.stack(list(means.values()))).tolist(), strict=True):
            marks.append(Mark(at=(x, y), text=names[label], colour=class_colour(label), is_faint=True))

    def write() -> None:
        write_temperature(reported_stop(key, STOPS), RISING)

    latent_walk(
        None if sent is None else sent.name,
        label=tr("The digits on the map of {model}", model=model.name),
        images_label=tr("{number}, generated by {model}", number=typed, model=model.name),
        walks=walks,
        stops=STOPS,
        stop_name=tr("Temperature"),
        first=_nearest(read_temperature(RISING)),
        marks=marks,
        in_a_row=True,
        sums=_count_read(model, labels, digits),
        question=question,
        key=key,
        on_change=write,
    )
    st.caption(
        tr(
            "Names: the classes. Large discs: the points that the digits are decoded from. At temperature 0 each lies "
            "at the anchor of its class, and moves away from it along its line."
        )
        if is_anchored(model)
        else tr(
            "Names: the classes. Large discs: the points that the digits are decoded from. At temperature 0 each lies "
            "at the mean of its class, and moves away from it along its line."
        )
    )


def _count_read(model: Model, labels: np.ndarray, digits: list[Digit]) -> list[str]:
    """Say for each temperature how many digits are read as typed, and what their pixels say where that differs."""
    rows = [each.readings for each in digits if each.readings is not None]
    if not rows:
        return []
    typed = [model.class_names[label] for label in labels.tolist()]
    seen = [each.by_pixels for each in digits if each.by_pixels is not None]
    said = []
    for at, stop in enumerate(STOPS):
        here = [row[at] for row in rows]
        text = tr(
            "Temperature {stop:.2f}: {right} of {count} digits are read as typed.",
            stop=stop,
            right=sum(each.text == name for each, name in zip(here, typed, strict=True)),
            count=len(typed),
        )
        if len(seen) == len(typed):
            text += _say_pixels(typed, here, [row[at] for row in seen])
        said.append(text)
    return said


def _say_pixels(typed: Sequence[str], by_encoder: Sequence[Reading], by_pixels: Sequence[Reading]) -> str:
    """Say which digits the two judges disagree on, whether they are what was typed; nothing where they agree."""
    judged = enumerate(zip(typed, by_encoder, by_pixels, strict=True), start=1)
    apart = [(place, name, seen) for place, (name, each, seen) in judged if (each.text == name) != (seen.text == name)]
    if not apart:
        return ""
    right = sum(seen.text == name for name, seen in zip(typed, by_pixels, strict=True))
    named = [
        tr("the {name} in place {place} is {reading}", name=name, place=place, reading=seen.said)
        for place, name, seen in apart
    ]
    return " " + tr(
        "By their pixels, {right} of {count}: {named}.", right=right, count=len(typed), named=", ".join(named)
    )


def _ask(model: Model, labels: np.ndarray, digits: list[Digit]) -> Question | None:
    """Ask which digit is no longer read as typed at the lowest temperature; None where the images cannot be read."""
    rows = [each.readings for each in digits if each.readings is not None]
    if not rows:
        return None
    names = model.provenance.class_names
    typed = [names[label] for label in labels.tolist()]
    wrong = [[at for at, each in enumerate(row) if each.text != name] for row, name in zip(rows, typed, strict=True)]
    at = min((found[0] for found in wrong if found), default=None)
    if at is None:
        return ask_for_digit(
            typed,
            (),
            tr("None up to temperature {highest:g}: all stay among the points of their class.", highest=HIGHEST),
            tr("Try Again."),
        )
    first = [k for k, found in enumerate(wrong) if found and found[0] == at]
    k, *others = first
    name, digit, read_as = typed[k], digits[k], rows[k][at]
    which: dict[str, object] = {"name": name, "place": k + 1, "said": read_as.said}
    too = "".join(
        " "
        + tr(
            "So is the {name} in place {place}: {said}.", name=typed[other], place=other + 1, said=rows[other][at].said
        )
        for other in others
    )
    if not at:
        anchor = tr("The {name} in place {place}, even at temperature 0: its anchor is {said}.", **which)
        mean = tr("The {name} in place {place}, even at temperature 0: its class mean is {said}.", **which)
        answer = f"{anchor if is_anchored(model) else mean}{too}"
        return ask_for_digit(typed, first, answer, tr("The classes overlap in this model."))
    by_point = votes_at(model, digit.points[[at]])[0]
    by_image = votes_by_encoder(model, digit.images[[at]])[0]
    why = tr(
        "Of the 10 test images nearest to its point, {votes} are of class {name}. Of the 10 nearest to its image, "
        "encoded again: {others}.",
        votes=int(by_point[labels[k]]),
        name=name,
        others=_list_votes(by_image, names),
    )
    if not read_as.is_clear:
        why += " " + tr("No class has {clear} of 10: that is no clear class.", clear=CLEAR)
    return ask_for_digit(
        typed,
        first,
        tr("The {name} in place {place}, at temperature {stop:.2f}: it is {said}.", stop=float(STOPS[at]), **which)
        + too,
        why,
    )


def _list_votes(votes: np.ndarray, names: Sequence[str]) -> str:
    """Say how many of the nearest test images each class has, (Y,), the most first."""
    order = [label for label in np.argsort(-votes, kind="stable") if votes[label]]
    return ", ".join(tr("{votes} of class {name}", votes=int(votes[label]), name=names[label]) for label in order)


def _offer_number(model: Model, typed: str, images: np.ndarray, chance: str, name: str) -> None:
    text = tr(
        "{number}, generated by {model}, each digit from {origin}; {chance} (the same seed gives the same digits).",
        number=typed,
        model=escape(model.name),
        origin=tr("the prior of its class")
        if is_anchored(model)
        else tr("a Gaussian fitted to the encoded test images of its class"),
        chance=chance,
    )
    if len(set(typed)) < len(typed):
        text += " " + tr(
            "Equal digits are draws of their own; they look alike where the decoder changes little near the class mean."
        )
    st.caption(text)
    width = min(DIGIT_PX * len(images), WIDEST_PX)
    offer_image(tile(images, len(images), gap=0), f"{model.name}-{name}", 2 * width)


def _show_reading(model: Model, labels: np.ndarray, digits: list[Digit], at: int) -> None:
    """Say how the images of a stop are classified, encoded again and by pixels; their points have the class typed."""
    far = find_far(model, np.stack([digit.points[at] for digit in digits]))
    readings = [digit.readings[at] for digit in digits if digit.readings is not None]
    lines = ["- " + tr("Encoded again: {reading}", reading=_compare(model, labels, readings))]
    by_pixels = [digit.by_pixels[at] for digit in digits if digit.by_pixels is not None]
    if by_pixels:
        lines.append("- " + tr("By their pixels: {reading}", reading=_compare(model, labels, by_pixels)))
    st.markdown(
        tr(
            "**At temperature {stop:.2f}, do the images show what was typed?** The 10 nearest test images vote on each "
            "(?: no clear class, fewer than {clear} agree):",
            stop=float(STOPS[at]),
            clear=CLEAR,
        )
        + "\n\n"
        + "\n".join(lines)
    )
    if far is not None:
        wrong = [
            tr(
                "the {name} in place {place} is {reading}",
                name=model.class_names[label],
                place=k + 1,
                reading=each.counted,
            )
            for k, (label, each) in enumerate(zip(labels.tolist(), readings, strict=True))
            if each.text != model.class_names[label]
        ]
        st.caption(escape(say_how_far(int(far.sum()), len(far), wrong)))


def _explain_origin(model: Model) -> None:
    """Say what a class has in the latent space that its digits can be drawn from."""
    if is_anchored(model):
        st.markdown(anchoring(model))
    else:
        st.caption(
            tr(
                "{model} has no class priors, so each digit is sampled from a Gaussian fitted to its class. Classes "
                "that overlap get mixed up; a class-anchored model separates them.",
                model=escape(model.name),
            )
        )


def say_how_far(far: int, total: int, wrong: Sequence[str]) -> str:
    """Say how many of the points that digits are decoded from lie outside the data, and which images came out wrong.

    Args:
        far: Points outside the data.
        total: Points.
        wrong: What is read as something else than typed, a clause for each.
    """
    if far:
        text = tr(
            "{far} of the {total} points lie outside the data, farther from the encoded test images than 99 % of the "
            "points that the decoder was trained on. There it has to guess.",
            far=far,
            total=total,
        )
    else:
        text = tr(
            "All {total} points lie near those of test images. That alone does not make a drawing right.", total=total
        )
    if not wrong:
        return f"{text} {tr('Encoded again, all are read as typed.')}"
    return f"{text} {tr('Encoded again, {wrong}.', wrong='; '.join(wrong))}"


def _compare(model: Model, labels: np.ndarray, readings: Sequence[Reading]) -> str:
    shown = " ".join(escape(each.name) if each.is_clear else "?" for each in readings)
    right = sum(each.text == model.class_names[label] for each, label in zip(readings, labels.tolist(), strict=True))
    return tr("**{shown}**, {right} of {count} as typed", shown=shown, right=right, count=len(labels))

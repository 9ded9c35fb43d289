"""What the visitor is asked to predict before a section plays, with what comes of it."""

from collections.abc import Sequence

from aeviz.language import tr
from aeviz.web.components.kit.prediction import Question
from aeviz.web.components.samples.component import Places
from aeviz.web.generate.readings import CLEAR, Reading, astray
from aeviz.web.generate.temperature import HIGHEST
from aeviz.web.kernel.text import with_article

TYPICAL = 10
"""Number of different images that may be guessed of one Gaussian at temperature 0: there are so many digits."""


def ask_for_variety(count: int, means: int, places: Places) -> Question:
    """Ask what temperature 0 leaves of some samples, and say what higher ones do to them.

    Args:
        count: Samples.
        means: Gaussians that they come from.
        places: Where they lie.
    """
    some = min(means, count) if means > 1 else TYPICAL
    choices = list(dict.fromkeys(("1", str(some), str(count))))
    if means > 1:
        same = tr("At temperature 0 each class has one image, that of its mean: no randomness is left.")
    else:
        same = tr("At temperature 0 all images are the same: no randomness is left.")
    why = tr("The higher the temperature, the more the images differ.")
    if places.far_by_temperature is not None:
        outside = [int(far.sum()) for far in places.far_by_temperature]
        usual = outside[round((len(outside) - 1) / HIGHEST)]
        half = next((at for at, number in enumerate(outside) if number > count / 2), None)
        since = ""
        if half is not None:
            since = tr(" (more than half from {start:.1f} on)", start=half * HIGHEST / (len(outside) - 1))
        why = tr(
            "The higher the temperature, the more the images differ, but the more points lie outside the data: {usual} "
            "of {count} at temperature 1, {most} at {highest:g}{since}. Nothing told the decoder what to draw "
            "there, yet its images may look sharp.",
            usual=usual,
            count=count,
            most=outside[-1],
            highest=HIGHEST,
            since=since,
        )
    return Question(
        name="samples",
        ask=tr(
            "each image is decoded from a random point, and the temperature scales the randomness. How many different "
            "images are left of the {count} at temperature 0?",
            count=count,
        ),
        choices=choices,
        correct=choices.index(str(some)) if means > 1 else 0,
        answer=same,
        why=why,
    )


def _say_how_read() -> str:
    return tr(
        "Each image is encoded again, and its 10 nearest test images vote. Fewer than {clear} alike: no clear class. "
        "You may see another digit than the encoder does.",
        clear=CLEAR,
    )


def ask_for_path(line: Sequence[Reading], circle: Sequence[Reading]) -> Question:
    """Ask on which of two paths between the same images more are read as neither end, or as no clear class."""
    one, other = line[0].name, line[-1].name
    if one == other:
        ask = tr(
            "a line and a circle around the origin lead from one image to the other. The encoder reads both ends as "
            "{name}. On which path does it read more images as something else?",
            name=one,
        )
        what = tr("Not read as {name}", name=one)
    else:
        ask = tr(
            "a line and a circle around the origin lead from one image to the other. The encoder reads the ends as "
            "{one} and {other}. On which path does it read more images as something else?",
            one=one,
            other=other,
        )
        what = tr("Read as neither {one} nor {other}", one=one, other=other)
    counts = [sum(astray(each)) for each in (line, circle)]
    return Question(
        name="interpolation",
        ask=ask,
        choices=[tr("line"), tr("circle"), tr("same")],
        correct=2 if counts[0] == counts[1] else int(counts[1] > counts[0]),
        answer=tr(
            "{what}: {on_line:.0%} of the images on the line, {on_circle:.0%} on the circle.",
            what=what,
            on_line=counts[0] / len(line),
            on_circle=counts[1] / len(circle),
        ),
        why=_say_how_read(),
    )


def ask_for_strength(image: int, own: str, read: Reading, plus: str, turned: float | None, why: str) -> Question:
    """Ask from which strength on an image is read as the class that is added.

    Args:
        image: Number of the test image.
        own: Its class.
        read: What its reconstruction is read as.
        plus: The class that is added.
        turned: The strength; None where it never is.
        why: More on the answer.
    """
    bounds = [0.5, 1.0]
    start, called = str(image), with_article(own)
    ask = tr("at which strength does the encoder first read the {own} as {plus}?", own=own, plus=with_article(plus))
    if read.text != own:
        ask = tr(
            "the encoder reads the reconstruction of this {own} as {read}. At which strength does it first read it as "
            "{plus}?",
            own=own,
            read=read.text,
            plus=with_article(plus),
        )
    if turned is None:
        answer = tr(
            "Image {image}, {own}, is not clearly read as {plus} at any strength from 0 up.",
            image=start,
            own=called,
            plus=plus,
        )
    else:
        answer = tr(
            "Image {image}, {own}, is first read as {plus} at strength {turned:.2f}.",
            image=start,
            own=called,
            plus=plus,
            turned=turned,
        )
    return Question(
        name="arithmetic",
        ask=ask,
        choices=[tr("up to 0.5"), tr("0.5 to 1"), tr("above 1"), tr("never")],
        correct=3 if turned is None else sum(turned > bound for bound in bounds),
        answer=answer,
        why=f"{why} {_say_how_read()}",
    )


def ask_for_digit(digits: Sequence[str], first: Sequence[int], answer: str, why: str) -> Question:
    """Ask which digit of a number is first no longer read as typed as the temperature rises.

    Args:
        digits: Names of their classes.
        first: The places of those that are, at one temperature; none where none is.
        answer: Which it is, in words.
        why: More on that.
    """
    places = [
        tr("{name} in place {place}", name=name, place=k + 1) if digits.count(name) > 1 else name
        for k, name in enumerate(digits)
    ]
    return Question(
        name="number",
        ask=tr(
            "as the temperature rises, which digit does the encoder first read as another one, or as no clear class?"
        ),
        choices=[*places, tr("none")],
        correct=first[0] if first else len(digits),
        also=first[1:],
        answer=answer,
        why=why,
    )

"""What the visitor is asked to predict before a section plays, with what comes of it."""

from collections.abc import Sequence

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
    same = "each class has one image, that of its mean" if means > 1 else "all images are the same"
    why = "The higher the temperature, the more the images differ"
    if places.far_by_temperature is not None:
        outside = [int(far.sum()) for far in places.far_by_temperature]
        usual = outside[round((len(outside) - 1) / HIGHEST)]
        half = next((at for at, number in enumerate(outside) if number > count / 2), None)
        since = "" if half is None else f" (more than half from {half * HIGHEST / (len(outside) - 1):.1f} on)"
        why += (
            f", but the more points lie outside the data: {usual} of {count} at temperature 1, {outside[-1]} at "
            f"{HIGHEST:g}{since}. There the decoder has to guess, so fewer images look like the data"
        )
    return Question(
        name="samples",
        ask=f"each image is decoded from a random point, and the temperature scales the randomness. How many different "
        f"images are left of the {count} at temperature 0?",
        choices=choices,
        correct=choices.index(str(some)) if means > 1 else 0,
        answer=f"At temperature 0 {same}: no randomness is left.",
        why=f"{why}.",
    )


READ_BY = (
    f"Each image is encoded again, and its 10 nearest test images vote. Fewer than {CLEAR} alike: unclear. You may see "
    "another digit than the encoder does"
)
"""How an image is read, without the full stop."""


def ask_for_path(line: Sequence[Reading], circle: Sequence[Reading]) -> Question:
    """Ask on which of two paths between the same images more are unclear or of a class that neither end has."""
    ends = " or ".join(dict.fromkeys((line[0].name, line[-1].name)))
    counts = [sum(astray(each)) for each in (line, circle)]
    return Question(
        name="interpolation",
        ask=f"both rows lead from one image to the other. In which do more images show no clear {ends}?",
        choices=["line (upper)", "circle (lower)", "same"],
        correct=2 if counts[0] == counts[1] else int(counts[1] > counts[0]),
        answer=f"Not clearly {ends}: {counts[0]} of {len(line)} on the line, {counts[1]} of {len(circle)} on the "
        "circle.",
        why=f"{READ_BY}.",
    )


def ask_for_strength(image: int, own: str, plus: str, turned: float | None, why: str) -> Question:
    """Ask from which strength on an image is read as the class that is added.

    Args:
        image: Number of the test image.
        own: Its class.
        plus: The class that is added.
        turned: The strength; None where it never is.
        why: More on the answer.
    """
    bounds = [0.5, 1.0]
    name = f"Image {image}, {with_article(own)}, is"
    if turned is None:
        answer = f"{name} not clearly read as {plus} at any strength from 0 up."
    else:
        answer = f"{name} read as {plus} from strength {turned:.2f} on."
    return Question(
        name="arithmetic",
        ask=f"at which strength does the {own} first look like {with_article(plus)}?",
        choices=["up to 0.5", "0.5 to 1", "above 1", "never"],
        correct=3 if turned is None else sum(turned > bound for bound in bounds),
        answer=answer,
        why=f"{why} {READ_BY}.",
    )


def ask_for_digit(digits: Sequence[str], first: Sequence[int], answer: str, why: str) -> Question:
    """Ask which digit of a number is first no longer read as typed as the temperature rises.

    Args:
        digits: Names of their classes.
        first: The places of those that are, at one temperature; none where none is.
        answer: Which it is, in words.
        why: More on that.
    """
    places = [f"{name} in place {k + 1}" if digits.count(name) > 1 else name for k, name in enumerate(digits)]
    return Question(
        name="number",
        ask="as the temperature rises, which digit is first read as another one or unclear?",
        choices=[*places, "none"],
        correct=first[0] if first else len(digits),
        also=first[1:],
        answer=answer,
        why=why,
    )

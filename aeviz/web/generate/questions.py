"""What the visitor is asked to predict before a section plays, with what comes of it."""

from aeviz.web.components.kit.prediction import Question
from aeviz.web.components.samples.component import Places
from aeviz.web.generate.temperature import HIGHEST

TYPICAL = 10
"""Number of different images that may be guessed of one Gaussian at temperature 0: there are so many digits."""


def ask_for_variety(count: int, means: int, places: Places) -> Question:
    """Ask what temperature 0 leaves of some samples, and say what higher ones do to them.

    Args:
        count: Samples.
        means: Gaussians that they come from.
        places: Where they lie.
    """
    some = means if means > 1 else TYPICAL
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
        choices=["1", str(some), str(count)],
        correct=1 if means > 1 else 0,
        answer=f"At temperature 0 {same}: no randomness is left.",
        why=f"{why}.",
    )

"""The picture on a lesson's card: its own question, or what the models look like that its views show."""

from collections.abc import Mapping
from html import escape

from aeviz.errors import AevizError, CheckpointError
from aeviz.figures.images import bar_thumbnail, latent_thumbnail, tile, to_data_uri, to_small_uri
from aeviz.lessons import Lesson, models_named
from aeviz.web.kernel import projections
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.looks import is_dark
from aeviz.web.kernel.models import Model, list_models
from aeviz.web.lessons.questions import SIDE_PX, Picture, pictures_of

MOST = 3
"""Models on a card: the first that the lesson names."""
_DRAWS, _COLUMNS = 9, 3
"""Draws from the prior, of a model that ships without its codes, and how many of them in a row."""
_ICONS = {
    "/pca": "linear_scale",
    "/optimizers": "conversion_path",
    "/lab": "science",
    "/train": "model_training",
    "/regimes": "view_column",
}
STYLE = """<style>
.lesson-picture { display: flex; gap: 0.75rem; justify-content: space-around; height: 7rem; }
.lesson-picture figure { margin: 0; min-width: 0; flex: 0 1 8rem; text-align: center; }
.lesson-picture figure.is-wide { flex-basis: 14rem; }
.lesson-picture img { width: 100%; height: 5.75rem; object-fit: contain; display: block; }
.lesson-picture figcaption {
  font-size: 0.75rem; line-height: 1.25rem; opacity: var(--aeviz-faint, 0.75);
  overflow: hidden; text-overflow: ellipsis; white-space: nowrap;
}
[class*="st-key-lesson-icon-"] { height: 7rem; justify-content: center; opacity: 0.45; }
[class*="st-key-lesson-icon-"] p { text-align: center; font-size: 4.5rem; line-height: 1; }
</style>"""


def picture_of(name: str, lesson: Lesson) -> str | None:
    """Return the picture of a lesson, by its name, as HTML; None where its views show no model that is here."""
    found = list_models()
    shown = _own(name, found) or _of_models(lesson, found)
    parts = [
        f'<figure title="{escape(each.words)}" class="is-{each.shape}">'
        f'<img src="{each.source}" alt="{escape(each.words)}"><figcaption>{escape(each.caption)}</figcaption></figure>'
        for each in shown
    ]
    return f'<div class="lesson-picture">{"".join(parts)}</div>' if parts else None


def _own(name: str, found: Mapping[str, Model]) -> list[Picture]:
    try:
        return pictures_of(name, found, is_dark()) or []
    except AevizError:  # a damaged run hides no lesson
        return []


def _of_models(lesson: Lesson, found: Mapping[str, Model]) -> list[Picture]:
    """Return a picture of each of the first models that a lesson names."""
    named = dict.fromkeys(name for step in lesson.steps for name in models_named(step.view) if name in found)
    shown = [(name, _picture(found[name], is_dark())) for name in list(named)[:MOST]]
    return [
        Picture(source=source, words=f"{words} of {name}", caption=name) for name, (source, words) in shown if source
    ]


def icon_of(lesson: Lesson) -> str:
    """Return the icon that stands on the card of a lesson without a picture: that of its first page."""
    return f":material/{_ICONS.get(lesson.steps[0].view.page, 'school')}:"


@shared(max_entries=128)  # 10 to 50 kB each
def _picture(model: Model, is_dark: bool) -> tuple[str, str]:
    """Return a small picture of a model as a data URI, empty where there is nothing to draw, and what it shows.

    The codes of a variational model with many dimensions are shown as the KL divergence of each dimension, since two
    directions of them say little; those of others as their plane. Nothing is encoded for it.
    """
    try:
        table, evaluation = model.stored_latents, model.evaluation
        if evaluation is not None and len(evaluation.kl_per_dimension) > MOST and table is not None:
            nats = sorted(evaluation.kl_per_dimension, reverse=True)
            return to_data_uri(bar_thumbnail(nats, SIDE_PX), effort=6), "KL divergence of each latent dimension"
        if table is not None and len(table.z):
            plane = projections.projection(model, 2).points
            picture = latent_thumbnail(plane, table.labels, SIDE_PX, is_dark=is_dark)
            return to_data_uri(picture, effort=6), "Latent map, coloured by class,"
        drawn = model.prior_samples
    except CheckpointError:  # a damaged run hides no lesson
        return "", ""
    return ("", "") if drawn is None else (to_small_uri(tile(drawn.images[-1][:_DRAWS], _COLUMNS)), "Samples")

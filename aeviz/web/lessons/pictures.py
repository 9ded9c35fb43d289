"""The picture on a lesson's card: its own question, or what the models look like that its views show."""

from collections.abc import Mapping
from html import escape

from aeviz.errors import AevizError, CheckpointError
from aeviz.figures.images import bar_thumbnail, latent_thumbnail, tile, to_data_uri, to_small_uri
from aeviz.language import mark, tr
from aeviz.lessons import Lesson, models_named
from aeviz.web.kernel import projections
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.looks import is_dark
from aeviz.web.kernel.models import Model, list_models
from aeviz.web.lessons.questions import SIDE_PX, Picture, pictures_of

MOST = 3
"""Models on a card: the first that the lesson names."""
FEW = 8
"""A film of fewer pictures changes slowly: each is looked at by itself."""
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
/* Pictures move once, for 5 seconds at most (WCAG 2.2, criterion 2.2.2), and again while pointed at or in focus. */
.lesson-picture { display: flex; gap: 0.75rem; justify-content: space-around; height: 7rem; }
.lesson-picture figure { margin: 0; min-width: 0; flex: 0 1 8rem; text-align: center; }
.lesson-picture { --high: 5.75rem; }
.lesson-picture img { width: 100%; height: var(--high); object-fit: contain; display: block; }
.lesson-picture figure:is(.is-wide, .is-drawn) { flex-basis: 14rem; }
.lesson-film, .lesson-map {
  position: relative; width: var(--high); height: var(--high); margin: auto; overflow: hidden;
}
.lesson-picture .lesson-film img {
  width: calc(var(--high) * var(--frames)); max-width: none; object-fit: fill;
  animation: lesson-film min(0.22s * var(--frames), 5s) steps(var(--frames), jump-none) forwards alternate;
}
.lesson-film.is-slow img { animation-duration: min(2s * var(--frames), 5s); }
@keyframes lesson-film { to { transform: translateX(calc(-100% * (var(--frames) - 1) / var(--frames))); } }
.lesson-map span {
  position: absolute; width: 0.75rem; height: 0.75rem; margin: -0.375rem; border-radius: 50%;
  background: #e69f00; border: 2px solid #fff; box-shadow: 0 0 0 1px #0008; left: 0; top: 0;
  transform: translate(calc(var(--high) * var(--x0)), calc(var(--high) * var(--y0)));
  animation: lesson-dot 3.52s linear forwards alternate;
}
@keyframes lesson-dot { to { transform: translate(calc(var(--high) * var(--x1)), calc(var(--high) * var(--y1))); } }
.lesson-picture .is-drawn img { animation: lesson-draw 5s linear forwards; }
@keyframes lesson-draw { 0% { clip-path: inset(0 70% 0 0); } 70%, 100% { clip-path: inset(0 0 0 0); } }
:is(.lesson-picture:hover, [class*="st-key-lesson-card-"]:focus-within) :is(img, span) {
  animation-iteration-count: infinite;
}
@media (prefers-reduced-motion: reduce) { .lesson-picture :is(img, span) { animation: none !important; } }
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
        f'<figure title="{escape(tr(each.words, **each.values))}" class="is-{each.shape}">{_body(each)}'
        f"<figcaption>{escape(tr(each.caption, **each.values))}</figcaption></figure>"
        for each in shown
    ]
    return f'<div class="lesson-picture">{"".join(parts)}</div>' if parts else None


def _body(picture: Picture) -> str:
    """Return a picture as HTML: still, as a film, or with a dot that moves on it."""
    image = f'<img src="{picture.source}" alt="{escape(tr(picture.words, **picture.values))}">'
    if picture.frames > 1:
        pace = " is-slow" if picture.frames < FEW else ""
        return f'<div class="lesson-film{pace}" style="--frames:{picture.frames}">{image}</div>'
    if picture.line is None:
        return image
    (x0, y0), (x1, y1) = picture.line
    places = f"--x0:{x0:.3f};--y0:{y0:.3f};--x1:{x1:.3f};--y1:{y1:.3f}"
    return f'<div class="lesson-map">{image}<span style="{places}"></span></div>'


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
        Picture(source=source, words=words, caption=name, values={"model": name})
        for name, (source, words) in shown
        if source
    ]


def icon_of(lesson: Lesson) -> str:
    """Return the icon that stands on the card of a lesson without a picture: that of its first page."""
    return f":material/{_ICONS.get(lesson.steps[0].view.page, 'school')}:"


@shared(max_entries=128)  # 10 to 50 kB each
def _picture(model: Model, is_dark: bool) -> tuple[str, str]:
    """Return a small picture of a model as a data URI, empty where there is nothing to draw, and a message.

    The codes of a variational model with many dimensions are shown as the KL divergence of each dimension, since two
    directions of them say little; those of others as their plane. Nothing is encoded for it.
    """
    try:
        table, evaluation = model.stored_latents, model.evaluation
        if evaluation is not None and len(evaluation.kl_per_dimension) > MOST and table is not None:
            nats = sorted(evaluation.kl_per_dimension, reverse=True)
            return to_data_uri(bar_thumbnail(nats, SIDE_PX), effort=6), mark(
                "KL divergence of each latent dimension of {model}"
            )
        if table is not None and len(table.z):
            plane = projections.projection(model, 2).points
            picture = latent_thumbnail(plane, table.labels, SIDE_PX, is_dark=is_dark)
            return to_data_uri(picture, effort=6), mark("Latent map, coloured by class, of {model}")
        drawn = model.prior_samples
    except CheckpointError:  # a damaged run hides no lesson
        return "", ""
    return (
        ("", "")
        if drawn is None
        else (to_small_uri(tile(drawn.images[-1][:_DRAWS], _COLUMNS)), mark("Samples of {model}"))
    )

"""t-SNE and UMAP on the page: asked for, awaited, stopped; until they are there the map shows principal directions."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from aeviz.analysis.embedding import Algorithm, EmbeddingConfig, find_obstacle
from aeviz.language import mark, tr
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.text import escape, format_duration
from aeviz.web.map import cached
from aeviz.web.map.controls import MapOptions
from aeviz.workers import embedding
from aeviz.workers.task import Task

POLL_S = 1.0
"""Seconds between two looks at a map that is being computed."""
FIXED_S: dict[Algorithm, float] = {"t-SNE": 5, "UMAP": 30}
PER_THOUSAND_S: dict[Algorithm, float] = {"t-SNE": 4.5, "UMAP": 1.5}
"""Seconds on one core before the points move, and for each thousand of them: measured on 10,000 points of 10-d."""
CAUTION = mark(
    "{name} keeps neighbours together. Distances between clusters, their sizes and their densities mean little. "
    "The nearest images below are those in latent space."
)


def settle_projection(runs: Sequence[Model], options: MapOptions) -> MapOptions:
    """Show how the maps that the options ask for come about; return options that can be shown now.

    Args:
        runs: The models on the map.
        options: What the visitor asked for.
    """
    wanted = [(model, config) for model in runs if (config := options.embedding(model)) is not None]
    if not wanted:
        return options
    missing = [(model, config) for model, config in wanted if cached.embedding(model, config) is None]
    if not missing:
        st.caption(tr(CAUTION, name=options.projection))
        return options
    if obstacle := find_obstacle(missing[0][1].algorithm):
        st.info(
            tr("{obstacle}. The map shows PCA; t-SNE, which keeps neighbours too, does without it.", obstacle=obstacle),
            icon=":material/extension:",
        )
        return replace(options, projection="PCA")
    for place, (model, config) in enumerate(missing):
        job = _task(model, config).observe()
        active = job is not None and job.is_active
        with st.container(border=True):
            # a fragment made anew: whether it polls is decided here
            st.fragment(_show_job, run_every=POLL_S if active else None)(model, config, place, active)
    st.caption(tr("Until then the map shows PCA."))
    return replace(options, projection="PCA")


def _task(model: Model, config: EmbeddingConfig) -> Task:
    return embedding.embedding_task(cached.latents_digest(model), config)


def _show_job(model: Model, config: EmbeddingConfig, place: int, active: bool) -> None:
    """Show how the computation of a map stands, with what can be done about it."""
    with errors_as_messages(stop=False):
        task = _task(model, config)
        job = task.observe()
        if (job is not None and job.is_active) != active:
            st.rerun(scope="app")  # it began or ended
        if job is not None and job.is_active:
            said = job.message
            if job.seconds_left is not None:
                said = tr("{message}, about {duration} left", message=said, duration=format_duration(job.seconds_left))
            st.progress(
                job.share,
                tr(
                    "{method} of {model}: {message}. You may leave this page.",
                    method=config.algorithm,
                    model=escape(model.name),
                    message=said,
                ),
            )
            if st.button(
                tr("Stop"),
                key=f"embedding.stop.{place}",
                icon=":material/stop:",
                help=tr("Stops the computation; nothing is kept."),
            ):
                task.ask_to_stop()
            return
        table = model.latents
        if table is None:
            return
        if job is not None and job.state in ("failed", "interrupted"):
            why = escape(job.message) if job.state == "failed" else tr("its process ended early")
            said = tr(
                "{method} of {model} failed: {why}; try again.",
                method=config.algorithm,
                model=escape(model.name),
                why=why,
            )
            st.error(said, icon=":material/error:")
        seconds = FIXED_S[config.algorithm] + PER_THOUSAND_S[config.algorithm] * len(table.z) / 1000
        st.markdown(
            tr(
                "**{method} of {model} is not computed yet.** It takes about {duration} ({count:,} points, "
                "{dimensions} dimensions) and is then stored for everybody.",
                method=config.algorithm,
                model=escape(model.name),
                duration=format_duration(seconds),
                count=len(table.z),
                dimensions=table.z.shape[1],
            )
        )
        if st.button(
            tr("Compute {method}", method=config.algorithm),
            key=f"embedding.start.{place}",
            icon=":material/scatter_plot:",
            help=tr("Runs in the background, one map at a time."),
        ):
            embedding.start(table.z, cached.latents_digest(model), config)
            st.rerun(scope="app")

"""The sections of Generate, and what is said where one of them cannot be."""

from collections.abc import Callable, Mapping

import streamlit as st

from aeviz.training.runs import RunFolder
from aeviz.web import cache
from aeviz.web.generate_number import show_number
from aeviz.web.generate_samples import show_samples
from aeviz.web.generate_ways import show_arithmetic, show_ways

SAMPLES, INTERPOLATE, ARITHMETIC, NUMBER = "samples", "interpolate", "arithmetic", "write a number"


def pick_section() -> str:
    """Let the visitor choose what to make; the choice is in the URL."""
    chosen = st.segmented_control(
        "What to make",
        [SAMPLES, INTERPOLATE, ARITHMETIC, NUMBER],
        default=SAMPLES,
        required=True,
        key="make",
        bind="query-params",
        label_visibility="collapsed",
    )
    return str(chosen or SAMPLES)


def show_section(section: str, found: Mapping[str, RunFolder], first: RunFolder, second: RunFolder | None) -> None:
    """Show a section of the page for a model.

    Args:
        section: What `pick_section` returned.
        found: The models on offer, of which those with a prior are named to a visitor who chose one without.
        first: The model.
        second: A model whose samples stand beside those of the first.
    """
    if section == SAMPLES:
        if not first.config.model.is_variational:
            _explain_no_prior(found, first)
        show_samples([run for run in (first, second) if run is not None])
        return
    if cache.latents(cache.run_key(first)) is None:
        st.info(
            f"{first.name} has no encoded test images, from which this starts; a run that trains has them when it "
            "has ended.",
            icon=":material/hourglass_top:",
        )
        return
    shows: dict[str, Callable[[RunFolder], None]] = {
        INTERPOLATE: show_ways,
        ARITHMETIC: show_arithmetic,
        NUMBER: show_number,
    }
    shows[section](first)


def _explain_no_prior(found: Mapping[str, RunFolder], run: RunFolder) -> None:
    names = ", ".join(name for name, other in found.items() if other.config.model.is_variational)
    st.info(
        f"**{run.name} is a plain autoencoder: it has no prior to draw from.** Training asked only that images come "
        "back, never that their latent points follow a distribution; a point drawn blindly may lie where the decoder "
        "was never asked to draw. What can be done is to see where the encoded test images lie, fit a Gaussian to them "
        "and draw from that." + (f" Models with a prior: {names}." if names else ""),
        icon=":material/info:",
    )

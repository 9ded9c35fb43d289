"""What a run will do, and what will work badly though it can be trained, in words beside the form."""

import math
from collections.abc import Iterator, Mapping

import streamlit as st

from aeviz.config import RunConfig
from aeviz.language import tr
from aeviz.web.kernel.scales import describe_penalty
from aeviz.web.kernel.text import format_duration
from aeviz.web.train import facts
from aeviz.web.train.fields import OPTIMIZERS

RISKY_RATES: Mapping[str, float] = {"adam": 0.03, "amsgrad": 0.03, "sgd": 2.0}
"""Learning rates above which these networks usually diverge or lose their units."""


def advise(config: RunConfig) -> None:
    """Say what the run will do, and what will work badly."""
    parameters = facts.parameter_count(config.model)
    pixels = math.prod(config.model.image_shape)
    known = facts.seconds_per_epoch(config)
    seconds = None if known is None else known * config.train.epochs
    time = (
        tr("The time left is known after the first epoch.")
        if seconds is None
        else tr("An earlier run took about {time} for as many epochs, after its start.", time=format_duration(seconds))
    )
    st.caption(
        tr(
            "Trains {parameters:,} parameters for {epochs:,} epochs: {pixels:,} pixel values to {numbers} numbers "
            "({ratio:,.1f} : 1) and back. {time}",
            parameters=parameters,
            epochs=config.train.epochs,
            pixels=pixels,
            numbers=config.model.latent_dim,
            ratio=pixels / config.model.latent_dim,
            time=time,
        ),
        help=tr(
            "You watch the latent space form. The time is that of a run of this network here or on another machine; "
            "starting and evaluating come on top, and busy cores take longer."
        ),
    )
    if scales := describe_penalty(config):
        st.caption(scales)
    for text in _warnings(config):
        st.warning(text, icon=":material/warning:")


def _warnings(config: RunConfig) -> Iterator[str]:
    model, objective = config.model, config.objective
    limit = RISKY_RATES[config.optimizer.name]
    if config.optimizer.learning_rate > limit and config.train.gradient_clip is None:
        yield tr(
            "A learning rate above {limit:g} (here {rate:g}) usually makes {optimizer} diverge or leaves dead ReLU "
            "units. Worth watching once.",
            limit=limit,
            rate=config.optimizer.learning_rate,
            optimizer=tr(OPTIMIZERS[config.optimizer.name]),
        )
    if model.is_variational and objective.kl_weight == 0:
        yield tr(
            "The KL weight is 0, so nothing keeps the posteriors near the prior: samples from the prior will not look "
            "like the data."
        )
    rise = objective.annealing_epochs * {"constant": 0.0, "linear": 1.0, "cyclical": 0.5}[objective.annealing]
    if objective.kl_weight > 0 and rise > config.train.epochs:
        yield tr(
            "The KL weight would rise for {rise:g} epochs, but the run has {epochs:,}: it reaches {share:.0%} of its "
            "value. Shorten the annealing, or train longer.",
            rise=rise,
            epochs=config.train.epochs,
            share=config.train.epochs / rise,
        )
    if objective.penalty != "none" and objective.penalty_weight == 0:
        yield tr("The penalty weight is 0, so the penalty does nothing. Enter a weight, for example 0.001.")
    if objective.corruption != "none" and objective.corruption_level == 0:
        yield tr("The corruption level is 0, so nothing is corrupted. Enter a level, for example 0.3.")
    if model.init == "zero":
        yield tr(
            "With all weights 0 the units of a layer get equal gradients, or none, and stay equal: the network learns "
            "little but one image for all. Worth watching once."
        )
    narrowest = min(model.hidden, default=math.inf)
    if "hidden" in model.encoder_spec.fields and narrowest < model.latent_dim:
        yield tr(
            "The narrowest hidden layer has {units} units, fewer than the {dimensions} latent dimensions. The code "
            "holds at most {units} independent numbers.",
            units=narrowest,
            dimensions=model.latent_dim,
        )

"""The activations of a network, its layers, training curves and its settings."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from aeviz.analysis.curves import objective_parts
from aeviz.data.imports.visits import name_for_people
from aeviz.figures.charts import training_curves
from aeviz.figures.objective_parts import objective_parts_figure
from aeviz.language import mark, number, tr
from aeviz.presets import PRESETS
from aeviz.web.components.activations.component import activations, read_image
from aeviz.web.components.activations.payload import NetworkRow, activations_payload
from aeviz.web.components.kit.blobs import send_blob
from aeviz.web.components.kit.mount import state_of
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.client_inference import find_network, prepare_networks, send_networks
from aeviz.web.kernel.images import LARGE
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.scales import describe_ms_ssim, describe_penalty
from aeviz.web.kernel.text import escape, name_objective
from aeviz.web.kernel.url import UrlState, parse_number
from aeviz.web.network.layers import layer_rows
from aeviz.web.network.sample import sample

LOGGED = mark("author's log, validation MSE")
"""Row of the table: the loss in the public code of S1's author."""
_KEY = "activations"
_OF_TRAINING = (
    "objective", "penalty", "activation, initial weights", "optimizer", "learning rate", "epochs", "seed",
    "validation MSE", "trained on", "begun",
)  # fmt: skip
"""Rows of the table that say nothing of an imported model."""
_IMAGE = UrlState("image", parse_number)
"""URL parameter: index in the test set of the image that goes through the network."""


@st.fragment
def show_activations(runs: list[Model]) -> None:
    """Show an image on its way through each model, layer by layer; a chosen image goes into the address."""
    for model in runs:
        prepare_networks(model, tr("the layers cannot be shown"))
    images, origin = sample(runs[0])
    activations(
        activations_payload([_row(model) for model in runs], images.name, origin, _IMAGE.restore()),
        key=_KEY,
        on_image=lambda: _IMAGE.write(read_image(state_of(_KEY))),
    )
    send_blob(images.name, images.content)
    send_networks(runs, "encoder")
    send_networks(runs, "decoder")
    for model in runs:
        _note_narrow(model)


def _row(model: Model) -> NetworkRow:
    encoder, decoder = (find_network(model, part) for part in ("encoder", "decoder"))
    return NetworkRow(
        title=model.name,
        encoder=encoder.spec,
        decoder=decoder.spec,
        why=encoder.why or decoder.why,
        parameters=model.provenance.parameters,
        unseen=_unseen(model),
        smooth=max(model.config.model.image_shape[1:]) >= LARGE,
    )


def _unseen(model: Model) -> str:
    """Return which parameters the exported networks lack or merge, as the end of a sentence."""
    parts = []
    if model.config.model.is_variational:
        parts.append(tr("the head of the log-variance, which a reconstruction from the mean does not need"))
    if model.config.model.bottleneck_spec.is_quantized:
        parts.append(tr("the code book, whose nearest codes are the values of the bottleneck here"))
    if any(row["layer"] == "BatchNorm2d" for row in layer_rows(model)):
        parts.append(tr("batch normalisation, which is merged into the convolution before it"))
    return f" {tr('and')} ".join(parts)


def _note_narrow(model: Model) -> None:
    """Say where a layer before the bottleneck is narrower than that."""
    narrowest = min(model.config.model.hidden, default=model.config.model.latent_dim)
    if "hidden" in model.config.model.encoder_spec.fields and narrowest < model.config.model.latent_dim:
        st.info(
            tr(
                "The layer before the bottleneck has {narrowest} units, so the {size} latent coordinates span at most "
                "{narrowest} dimensions. By Sevkovych's definition 2.1.1, the step {narrowest} to {size} is not an "
                "encoder. The layers are from the author's public code.",
                narrowest=narrowest,
                size=model.config.model.latent_dim,
            ),
            icon=":material/info:",
        )


def show_layers(runs: list[Model]) -> None:
    """Show the layers of each model as a table, folded."""
    for model in runs:
        with st.expander(tr("All layers of {model} as a table", model=escape(model.name))):
            rows = [{tr(name): value for name, value in row.items()} for row in layer_rows(model)]
            st.dataframe(rows, hide_index=True)


@st.fragment
def show_curves(runs: list[Model]) -> None:
    """Show training and validation loss with a moving average, split at the early epochs."""
    with errors_as_messages():
        st.subheader(tr("Training curves"))
        histories = {model.name: model.history() for model in runs}
        longest = max((len(history) for history in histories.values()), default=0)
        if longest < 2:
            imported = all(model.config.model.is_imported for model in runs)
            st.caption(
                tr("Another program trained this network, so there are no curves.")
                if imported
                else tr("No curve yet: it needs two epochs.")
            )
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            part = choose(
                st.segmented_control,
                tr("Epochs"),
                [mark("all"), mark("early"), mark("later")],
                default="all",
                required=True,
                key="epochs",
                help=tr("Zoom: the early drop hides the later progress."),
            )
            window = st.slider(
                tr("Moving average (epochs)"),
                min_value=1,
                max_value=max(2, min(51, longest // 5)),
                value=max(1, min(5, longest // 4)),
                key=f"window.{runs[0].name}",
                bind="query-params",
                width=280,
                help=tr("Mean over neighbouring epochs; faint lines: the raw values."),
            )
        if len({model.provenance.data_fingerprint for model in runs}) > 1:
            st.caption(
                tr("These models were trained and validated on different images, so their losses cannot be compared.")
            )
        early = max(1, longest // 5)
        first, last = {"early": (1, early), "later": (early + 1, longest)}.get(str(part), (1, longest))
        curves = {
            name: (
                np.array([report.epoch for report in history]),
                np.array([report.train_loss for report in history]),
                np.array([report.val_loss for report in history]),
            )
            for name, history in histories.items()
        }
        quantity = f" {tr('or')} ".join(sorted({name_objective(model.config.objective) for model in runs}))
        show_figure(
            training_curves(curves, quantity, window=int(window), first_epoch=first, last_epoch=last),
            key="curves",
            alt=tr("Training and validation loss over the epochs of {models}", models=f" {tr('and')} ".join(curves)),
        )
        if len(runs) == 2 and _is_fair(*runs):
            st.caption(
                tr(
                    "A fair comparison: same initial weights, batches and order (seed {seed}); only the optimizer "
                    "differs.",
                    seed=str(runs[0].config.train.seed),
                )
            )
        elif len(runs) == 2:
            st.caption(tr("Not a fair comparison of optimizers: other settings differ too (table below)."))
        _show_parts(runs)


def _show_parts(runs: list[Model]) -> None:
    """Show what the loss of each variational run is made of, beside each other."""
    found = {
        model.name: (model, parts)
        for model in runs
        if (parts := objective_parts(model.history(), model.config)) is not None
    }
    if not found:
        return
    st.markdown(tr("**Reconstruction and KL divergence**, of the validation images after each epoch"))
    for column, (name, (model, parts)) in zip(st.columns(len(found), gap="medium"), found.items(), strict=True):
        with column:
            if len(runs) > 1:
                st.caption(escape(name))
            show_figure(
                objective_parts_figure(parts, name_objective(model.config.objective)),
                key=f"parts.{name}",
                alt=tr(
                    "Validation loss of {name} over the epochs with its parts, reconstruction and weighted KL "
                    "divergence; below, the KL divergence in nats per image",
                    name=name,
                ),
            )
    if any(parts.is_annealed for _, parts in found.values()):
        st.caption(
            tr(
                "The validation loss has the whole KL weight in every epoch, so that epochs can be compared. Training "
                "minimises it with the share of the weight that counts then."
            )
        )
    if any(model.config.objective.free_bits for model, _ in found.values()):
        st.caption(tr("With free bits the KL that counts is not the one recorded, so the loss is not split."))


def show_settings(runs: list[Model]) -> None:
    """Show what was set, where the model came from, and how it compares with the log of S1's author."""
    columns = {model.name: _facts(model) for model in runs}
    names = list(dict.fromkeys(name for facts in columns.values() for name in facts))
    with st.expander(tr("Settings and results as a table")):
        st.table({model: {tr(name): facts.get(name, "") for name in names} for model, facts in columns.items()})
        if any(model.is_shipped and LOGGED in facts for model, facts in zip(runs, columns.values(), strict=True)):
            st.caption(
                tr(
                    "S1 is the thesis of M. Sevkovych, University of Stuttgart, 2023. Layers and logged MSE are from "
                    "its author's public code: 10,000 epochs of 3 steps at a constant learning rate. S1 calls its "
                    "fully connected autoencoders *linear*; they have activations, here ReLU. Shipped models use the "
                    "schedule above and one fixed split (50,000 and 10,000 images). If several seeds were tried, the "
                    "best one ships, because dead ReLU units limit a seed."
                )
            )


def _is_fair(first: Model, second: Model) -> bool:
    same_data = first.provenance.data_fingerprint == second.provenance.data_fingerprint
    return same_data and first.config.differs_in_optimizer_alone(second.config)


def _facts(model: Model) -> Mapping[str, str]:
    config, origin, best = model.config, model.provenance, model.best_epoch()
    evaluation = model.evaluation
    preset = PRESETS.get(config.preset)
    facts: dict[str, Any] = {
        mark("data"): tr(
            "{name}: {train:,} training, {validation:,} validation images",
            name=name_for_people(config.data.name),
            train=origin.n_train,
            validation=origin.n_validation,
        ),
        mark("latent dimensions"): config.model.latent_dim,
        mark("parameters"): number(origin.parameters, ","),
        mark("objective"): name_objective(config.objective),
        mark("penalty"): describe_penalty(config) or None,
        mark("activation, initial weights"): None
        if (config.model.activation, config.model.init) == ("default", "default")
        else f"{config.model.activation}, {config.model.init}",
        mark("optimizer"): config.optimizer.name,
        mark("learning rate"): f"{number(config.optimizer.learning_rate, 'g')} ({config.optimizer.schedule})",
        mark("epochs"): tr(
            "{count} of {epochs}, batch {size}",
            count=str(len(model.history())),
            epochs=str(config.train.epochs),
            size=str(config.train.batch_size),
        ),
        mark("seed"): tr("{seed} ({count} tried)", seed=str(config.train.seed), count=str(origin.seeds_tried)),
        mark("validation MSE"): tr("{mse:.5f} (epoch {epoch})", mse=best.val_mse, epoch=best.epoch)
        if best
        else tr("none yet"),
        LOGGED: number(preset.logged_val_mse, ".5f") if preset and preset.logged_val_mse else None,
        mark("test MSE"): number(evaluation.mse, ".5f") if evaluation else None,
        mark("test PSNR"): f"{number(evaluation.psnr, '.2f')} dB" if evaluation and evaluation.psnr else None,
        mark("test SSIM"): number(evaluation.ssim, ".4f") if evaluation and evaluation.ssim else None,
        mark("test MS-SSIM"): f"{number(evaluation.ms_ssim, '.4f')} ({describe_ms_ssim(config)})"
        if evaluation and evaluation.ms_ssim
        else None,
        mark("trained on"): f"{origin.device}, torch {origin.versions.get('torch', '?')}",
        mark("begun"): origin.created,
    }
    if config.model.is_imported:
        facts = {name: value for name, value in facts.items() if name not in _OF_TRAINING}
        facts["data"] = tr("measured on {data}", data=config.data.name)
        facts[mark("imported from")] = origin.imported_from
        facts[mark("imported")] = origin.created
    return {name: str(value) for name, value in facts.items() if value is not None}

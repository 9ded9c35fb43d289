"""The form in which a visitor sets up a training run: every setting with a default, a range and what it does."""

import functools
import math
import operator
from collections.abc import Callable, Iterator
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aeviz.config import DataConfig, RunConfig
from aeviz.config.train import usual_batch_size
from aeviz.data import is_available, list_datasets
from aeviz.data.catalog import FOLDER_PREFIX
from aeviz.data.folder import resolve_folder
from aeviz.data.imports import list_own
from aeviz.language import ENGLISH, current_language, mark, tr
from aeviz.paths import data_root
from aeviz.presets import PRESETS, get_preset
from aeviz.registry import BOTTLENECKS
from aeviz.web.kernel import datasets, jobs
from aeviz.web.kernel.images import offer_download
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.recipes import offer_code, train_code
from aeviz.web.kernel.text import escape
from aeviz.web.takeaway.titles import short_summary, source_of
from aeviz.web.train import facts
from aeviz.web.train.advice import advise
from aeviz.web.train.bring import show_bring, uploaded, uploaded_as
from aeviz.web.train.build import build_config
from aeviz.web.train.field import Field
from aeviz.web.train.fields import (
    BOTTLENECK,
    ENCODER,
    EPOCHS,
    FIELDS,
    KL_WEIGHT_FIELD,
    LATENT_DIM,
    LEARNING_RATE,
    OPTIMIZER,
    PENALTY,
)
from aeviz.workers.training import shell_command

PRESET = "preset"
"""URL parameter of the experiment that the form starts from."""
_OPEN = "settings"
"""URL parameter, with any value: the settings are open at first, as a step of a lesson may want them."""
_BRING = "bring"
"""URL parameter, with any value: the place for the visitor's own images is open at first."""
IMAGES, FOLDER, SIDE = "images", "folder", "side"
"""URL parameters of the visitor's own images to train on; of a folder of images, and of their side after resizing."""
QUICK = ("quick-look", "quick-look-mnist")
"""Presets that stand first in the menu."""
OWN_FOLDER = mark("a folder of images on the server")
SMALLEST, LARGEST = 4, 512
"""Pixels that the side of an image may have."""
FOLDER_SIDE = 64
"""Pixels to which the images of a folder are resized unless told otherwise."""
FIRST = (BOTTLENECK, LATENT_DIM, OPTIMIZER, LEARNING_RATE, EPOCHS, KL_WEIGHT_FIELD)
"""Settings that are changed often."""
PENALTY_WEIGHTS = {"l1": 1e-3, "l2": 1e-4, "kl_sparsity": 1e-3}
"""Weight of a new penalty: that of the presets."""
_PREFIX = "train-form."
_FOLLOWED = "train-kept.folder"
"""Session key: the folder or images of the address that were put into the form."""
_SHOWN, _KEPT = "train-kept.preset", "train-kept.values"
"""Session keys: the preset that filled the form, and what stands in it: Streamlit forgets widgets that are not shown,
on another page or behind another architecture."""
KL_WEIGHT = 0.1
"""KL weight of a new variational bottleneck times the number of pixel values, over which the loss is a mean. With it
quick-look as a VAE keeps both dimensions active; with three times as much one collapses. Tried with `aeviz train
quick-look --set model.bottleneck=gaussian --set objective.kl_weight=0.0016` (0.0047), then `aeviz evaluate RUN`."""


_FOLDS_STYLE = """<style>
.st-key-train-folds > div { flex: 1 1 18rem !important; width: auto !important; min-width: 0; }
.st-key-train-folds > div:has(> details[open], > div > details[open]) { flex-basis: 100% !important; }
</style>"""
"""What is folded stands beside each other, what is open has the whole row."""


def show_form() -> RunConfig | None:
    """Show the form; return the settings if they can be trained and the visitor pressed start, else None.

    In sight are the preset, the start button and what it will do; all settings are folded.
    """
    jobs.note_demo()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        preset = _pick_preset()
        start = st.container(width="content")
    _follow_address()
    head = st.container(gap="xsmall")
    st.html(_FOLDS_STYLE)
    folds = st.container(horizontal=True, gap="small", key="train-folds")
    with folds.expander(
        tr("Your own images"), icon=":material/add_photo_alternate:", expanded=_BRING in st.query_params
    ):
        show_bring(str(st.session_state.get(_PREFIX + "data", st.session_state[_KEPT]["data"])), _use)
    with folds.expander(tr("Settings"), icon=":material/tune:", expanded=_OPEN in st.query_params):
        data = _input_all(head)
        shell = st.container()
    if data is None:
        return None
    config = None
    with head, errors_as_messages(stop=False):
        config = build_config(preset, data, st.session_state[_KEPT])
        advise(config)
    with start:
        started = st.button(
            tr("Start training"),
            type="primary",
            icon=":material/play_arrow:",
            disabled=config is None or jobs.is_demo(),
        )
    if config is not None:
        with shell:
            st.caption(tr("The same in a shell:"))
            st.code(f".venv/bin/{shell_command(config)}", language="bash", wrap_lines=True)
            offer_code(train_code(config))
    return config if started else None


def _input_all(head: DeltaGenerator) -> DataConfig | None:
    """Show all settings, those that are changed often first; return the images as `_pick_data` does."""
    columns = _cells()
    with next(columns):
        data = _pick_data(head)
    for entry in FIRST:
        if entry.applies(st.session_state[_KEPT]):
            with next(columns):
                _input(entry, on_change=_follow_bottleneck if entry is BOTTLENECK else None)
    _input_rest()
    return data


def _cells() -> Iterator[DeltaGenerator]:
    """Yield places for fields, three in a row; row by row, so that a telephone shows them in the same order."""
    while True:
        yield from st.columns(3, gap="medium")


def _input_rest() -> None:
    """Show the settings that are seldom changed and matter beside the others."""
    columns = _cells()
    for entry in (ENCODER, *(entry for entry in FIELDS if entry not in (*FIRST, ENCODER))):
        if entry.applies(st.session_state[_KEPT]):
            with next(columns):
                _input(entry, on_change=_follow_penalty if entry is PENALTY else None)
    with next(columns):
        _pick_device()


def _pick_preset() -> str:
    names = [*QUICK, *(name for name in PRESETS if name not in QUICK)]
    asked = st.query_params.get(PRESET)
    if _PREFIX + PRESET not in st.session_state:
        st.session_state[_PREFIX + PRESET] = asked if asked in names else st.session_state.get(_SHOWN, names[0])
    # not bound to the address: Streamlit would write the whole line of the menu there, not the name
    name = st.selectbox(
        tr("Start from a preset"),
        names,
        format_func=lambda name: f"{name}: {_describe_preset(name)}",
        key=_PREFIX + PRESET,
        help=tr("Fill the form with the settings of a preset; then change what you like."),
    )
    if name != names[0] or asked is not None:
        st.query_params[PRESET] = str(name)
    if st.session_state.get(_SHOWN) != name:
        st.session_state[_SHOWN] = name
        _fill(get_preset(str(name)).config)
    return str(name)


def _describe_preset(name: str) -> str:
    preset = PRESETS[name]
    if current_language() == ENGLISH:
        return preset.summary
    source = source_of(preset)
    return tr(short_summary(preset)) + (f" ({tr(source)})" if source else "")


def _follow_address() -> None:
    """Put the images that the address names into the form, once, on top of the preset: an upload, or a folder."""
    if (own := uploaded_as(st.query_params.get(IMAGES, ""))) and st.session_state.get(_FOLLOWED) != own:
        st.session_state[_FOLLOWED] = own
        _use(own)
    folder, side = st.query_params.get(FOLDER), st.query_params.get(SIDE, "")
    if not folder or not jobs.may_name_folders() or st.session_state.get(_FOLLOWED) == folder:
        return
    st.session_state[_FOLLOWED] = folder
    asked: dict[str, Any] = {"data": OWN_FOLDER, FOLDER: folder}
    if side.isdecimal() and len(side) < 10 and SMALLEST <= int(side) <= LARGEST:
        asked[SIDE] = int(side)
    st.session_state.update({_PREFIX + name: _keep(name, value) for name, value in asked.items()})


def _fill(config: RunConfig) -> None:
    """Put the settings of an experiment into the form."""
    plain = config.to_dict()
    values: dict[str, Any] = {"data": config.data.name, "device": config.train.device}
    for entry in FIELDS:
        value: Any = functools.reduce(operator.getitem, entry.key.split("."), plain)
        value = ", ".join(map(str, value)) if entry.kind == "widths" else value
        if value is None and entry.optional:
            value = "" if entry.kind == "text" else 0.0
        values[entry.key] = value
    own = st.session_state.get(_KEPT, {}).get("data")
    st.session_state[_KEPT] = values
    if own in uploaded() or own in list_own():  # a preset changes the network, not the images that the visitor brought
        _use(own)
    for name in values:  # a value set for a field that is not shown would come back on a later visit
        st.session_state.pop(_PREFIX + name, None)


def _use(name: str) -> None:
    """Put a data set into the form, and a batch size that its images suffice for."""
    st.session_state[_PREFIX + "data"] = _keep("data", name)
    with errors_as_messages(stop=False):
        data = DataConfig(name=name)
        _, n_train = facts.training_shape(data, str(data_root()), datasets.folder_stamp(name))
        if st.session_state[_KEPT]["train.batch_size"] > n_train // 2:
            size = usual_batch_size(n_train)
            st.session_state[_PREFIX + "train.batch_size"] = _keep("train.batch_size", size)


def _restored(name: str, default: Any = None) -> str:
    """Return the session key of a field, holding what the visitor last left in it."""
    key = _PREFIX + name
    if key not in st.session_state:
        st.session_state[key] = st.session_state[_KEPT].get(name, default)
    return key


def _keep(name: str, value: Any) -> Any:
    st.session_state[_KEPT][name] = value
    return value


def _pick_data(head: DeltaGenerator) -> DataConfig | None:
    """Let the visitor choose the images; None, with an offer or a message, where they are not on this machine.

    What is said about them stands in `head`, where it is in sight while the settings are folded.
    """
    infos, own = {info.name: info for info in list_datasets()}, uploaded()
    names = [*own, *infos, *([OWN_FOLDER] if jobs.may_name_folders() else [])]
    if st.session_state[_restored("data")] not in names:  # removed, or a former visit's
        st.session_state[_PREFIX + "data"] = next(iter(infos))
    name = st.selectbox(
        tr("Data"),
        names,
        format_func=lambda name: own.get(str(name)) or _data_title(str(name)),
        key=_restored("data"),
        help=tr(
            "The data set. Part of the training images is held out for validation; test images are not used in "
            "training."
        ),
    )
    _keep("data", name)
    if name in own:
        head.caption(tr("Images: {title}", title=escape(own[str(name)])))
        return DataConfig(name=str(name))
    if name != OWN_FOLDER:
        with head:
            offer_download(str(name), tr("to train on it"))
        return DataConfig(name=str(name)) if is_available(str(name)) else None
    path = st.text_input(
        tr("Folder on the server"),
        key=_restored("folder", ""),
        placeholder="/home/me/pictures",
        help=tr("Path of a folder on the server, with images or one subfolder per class."),
    )
    side = st.number_input(
        tr("Side (pixels)"),
        min_value=SMALLEST,
        max_value=LARGEST,
        key=_restored("side", FOLDER_SIDE),
        help=tr(
            "Images are cropped to squares and resized to this side, {least} to {most} pixels.",
            least=SMALLEST,
            most=LARGEST,
        ),
    )
    _keep("folder", path)
    _keep("side", side)
    if not path.strip():
        head.info(tr("Enter a folder with at least 12 images."), icon=":material/folder_open:")
        return None
    name = resolve_folder(path)  # the trainer, or a shell, may work from another folder
    head.caption(tr("Images in {folder}", folder=escape(name.removeprefix(FOLDER_PREFIX))))
    return DataConfig(name=name, image_size=int(side))


def _data_title(name: str) -> str:
    info = next((info for info in list_datasets() if info.name == name), None)
    if info is None:
        return tr(name)  # OWN_FOLDER
    shape = "x".join(map(str, info.image_shape[1:]))
    text = tr("{data}: {count:,} images of {shape}", data=tr(info.title), count=info.n_train, shape=shape)
    return text if is_available(name) else tr("{data}, not downloaded yet", data=text)


def _pick_device() -> None:
    names = facts.devices()
    device = st.selectbox(
        tr("Device"),
        list(names),
        format_func=lambda name: f"{name} ({names[str(name)] or tr('not on this machine')})",
        key=_restored("device"),
        help=tr("Where to compute. auto: a CUDA GPU if there is one, else Apple's MPS, else the CPU."),
    )
    _keep("device", device)
    if names[str(device)] is None:
        text = tr("This machine has no {device} device; the run uses the CPU.", device=str(device))
        st.caption(f":material/info: {text}")


def _follow_bottleneck() -> None:
    """Give a bottleneck that has become variational a KL weight above 0, without which it is a plain one with noise."""
    kept = st.session_state[_KEPT]
    before, now = (
        BOTTLENECKS[str(name)] for name in (kept[BOTTLENECK.key], st.session_state[_restored(BOTTLENECK.key)])
    )
    if not now.is_variational or before.is_variational or kept["objective.kl_weight"]:
        return
    info = next((info for info in list_datasets() if info.name == kept["data"]), None)
    side = kept.get("side", FOLDER_SIDE)
    pixels = math.prod((3, side, side) if info is None else info.image_shape)  # a folder's images may be in colour
    for name, value in (("objective.kl_weight", float(f"{KL_WEIGHT / pixels:.2g}")), ("objective.kl_reduction", "sum")):
        st.session_state[_PREFIX + name] = _keep(name, value)


def _follow_penalty() -> None:
    """Give a penalty that was just chosen a weight above 0, without which it does nothing."""
    usual = PENALTY_WEIGHTS.get(st.session_state[_restored(PENALTY.key)])
    kept = st.session_state[_KEPT].get("objective.penalty_weight")
    if usual is not None and (not kept or kept in PENALTY_WEIGHTS.values()):
        st.session_state[_PREFIX + "objective.penalty_weight"] = _keep("objective.penalty_weight", usual)


def _input(entry: Field, on_change: Callable[[], None] | None = None) -> Any:
    key = _restored(entry.key)
    if entry.kind == "choice":
        options = entry.options
        value: Any = st.selectbox(
            entry.title,
            list(options),
            format_func=lambda value: options[value],
            key=key,
            help=entry.hint,
            on_change=on_change,
        )
    elif entry.kind in ("widths", "text"):
        value = st.text_input(entry.title, key=key, help=entry.hint)
    elif entry.kind == "whole":
        value = st.number_input(  # value=None: an emptied field is empty, not the smallest number
            entry.title,
            value=None,
            min_value=int(entry.low),
            max_value=int(entry.high),
            step=1,
            key=key,
            help=entry.hint,
        )
    else:
        value = st.number_input(
            entry.title,
            value=None,
            min_value=entry.low,
            max_value=entry.high,
            format=entry.form,
            step=entry.step,
            key=key,
            help=entry.hint,
        )
    return _keep(entry.key, value)

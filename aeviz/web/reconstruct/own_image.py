"""A visitor's own picture: how it is prepared, what each model makes of it, and where it lands on the map."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
import streamlit as st

from aeviz.analysis.novelty import Verdict, Vote, judge, vote
from aeviz.data import is_available
from aeviz.data.prepare import Choice, Framing, Prepared, PrepareOptions
from aeviz.errors import DataError
from aeviz.export.beside import PARTS
from aeviz.figures.pictures import enlarge, error_map, similarity_map, take, tile, to_data_uri
from aeviz.paths import data_root
from aeviz.training.latents import LatentTable
from aeviz.web.components.drawing.component import LiveModel
from aeviz.web.components.map.component import latent_map
from aeviz.web.components.map.payload import invite, let_follow, map_payload
from aeviz.web.kernel import datasets, distances, projections
from aeviz.web.kernel.client_inference import carry_network, find_network, prepare_networks
from aeviz.web.kernel.images import decoded, offer_download
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.text import escape
from aeviz.web.kernel.upload import OwnPicture, bring_pictures, is_handwritten, pick_own_source, prepare, usual_options
from aeviz.web.map.panels import make_map_panel
from aeviz.web.reconstruct.references import train_latents

PICTURE_PX = 108
"""Width of an image and of what a model makes of it."""
PAIR_PX, CARD_PX = 2 * PICTURE_PX + 50, 3 * PICTURE_PX + 66
"""Widths of cards with two and with three such pictures beside each other."""
STAGE_PX = 160
"""Width of a picture that shows a step of preparation."""
MOST_ENCODED = 100_000
"""Training images that are encoded to vote; of larger sets the test images vote."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reference:
    """The encoded images that say which class a point belongs to."""

    z: np.ndarray
    labels: np.ndarray | None
    images: np.ndarray | None
    """Their pictures, (N, C, H, W), uint8; None where they are not on this machine."""
    name: str
    """What they are, in words."""


def show_own_pictures(found: Mapping[str, Model], model: Model) -> None:
    """Take pictures from the visitor and show what models make of them; arguments as in `_show_own_pictures`."""
    if is_handwritten(model):
        prepare_networks(model)
    _show_own_pictures(found, model)
    if is_handwritten(model):
        for part in PARTS:
            carry_network(model, part)


@st.fragment
def _show_own_pictures(found: Mapping[str, Model], model: Model) -> None:
    """Take pictures from the visitor and show what the chosen model, and all that take the same images, make of them.

    Args:
        found: All models whose latent space is known at least by its statistics.
        model: The chosen model.
    """
    with errors_as_messages():
        source = pick_own_source()
        # beside each other, so that the point is seen to move while a digit is drawn; files need the room themselves
        left, right = st.columns([5, 6], gap="medium")
        with left:
            pictures = bring_pictures(source, handwritten=is_handwritten(model), live=_live(model))
        picture = pictures[0] if len(pictures) == 1 else None
        if len(pictures) > 1:
            picture = _contact_sheet(pictures, model)
            left, right = st.columns([5, 6], gap="medium")
        if picture is None:
            with right:
                _show_place(None, None, model)
            return
        place = st.container()  # what follows from the choices below it stands above them
        prepared = prepare(picture, model, _pick_options(picture, model))
        with left:
            _show_pass(picture, prepared, model)
            votes = _show_verdict(prepared, model)
        with right:
            _show_place(picture, prepared, model)
            if votes is not None:
                _show_nearest(votes, model)
        with place:
            _show_preparation(picture, prepared)
        _show_models(prepared, model, found)


def _live(model: Model) -> LiveModel | None:
    """Return the model as it follows the pen in the page; None where it takes no handwriting or cannot run there."""
    networks = [find_network(model, part).spec for part in ("encoder", "decoder")] if is_handwritten(model) else [None]
    encoder, decoder = networks[0], networks[-1]
    if encoder is None or decoder is None:
        return None
    return LiveModel(model=model.name, shape=model.config.model.image_shape, encoder=encoder, decoder=decoder)


def _contact_sheet(pictures: list[OwnPicture], model: Model) -> OwnPicture | None:
    """Show several pictures with what the model makes of each; return the one to look at closely."""
    st.subheader(f"{len(pictures)} images")
    usable = []
    with st.container(horizontal=True, gap="medium"):
        for picture in pictures:
            with st.container(width=PAIR_PX, border=True):
                try:
                    prepared = prepare(picture, model, usual_options(model))
                except DataError as error:
                    st.markdown(f":small[**{escape(picture.name)}**]")
                    st.error(escape(str(error)), icon=":material/broken_image:")
                    continue
                usable.append(picture)
                z, image = _pass(prepared, model)
                pair = np.concatenate([take(prepared.image[None], np.array([0])), image[None]])
                st.image(
                    to_data_uri(enlarge(tile(pair, 2), 2 * PICTURE_PX)),
                    width=2 * PICTURE_PX,
                    alt=f"{picture.name}, preprocessed and reconstructed by {model.name}",
                )
                judged = _judge(prepared, z, image, model)
                words = "" if judged is None else f": {_class_words(judged[1], model)}{_NOVELTY[judged[0].novelty]}"
                st.markdown(f":small[**{escape(picture.name)}**{words}]")
    if not usable:
        return None
    names = [picture.name for picture in usable]
    index = st.selectbox("Show details of", range(len(names)), format_func=lambda place: names[place], key="own.chosen")
    return usable[int(index or 0)]


def _pick_options(picture: OwnPicture, model: Model) -> PrepareOptions:
    """Offer to prepare the picture differently from what was decided."""
    usual = usual_options(model)
    with st.expander("Change the preprocessing", icon=":material/tune:"):
        one, two, three = st.columns(3, gap="medium")

        def key(name: str) -> str:
            return f"own.{name}.{picture.key}"

        with one:
            turn = st.segmented_control(
                "Rotate (degrees clockwise)",
                [0, 90, 180, 270],
                default=usual.turn,
                required=True,
                key=key("turn"),
                help="Applied after the orientation stored by the camera.",
            )
            framing = st.segmented_control(
                "Crop",
                ["auto", "ink", "whole"],
                default=usual.framing,
                required=True,
                key=key("framing"),
                help="ink: find the strokes, then scale and centre them as in MNIST. whole: the largest centred "
                "part of the image.",
            )
        with two:
            invert = st.segmented_control(
                "Invert",
                ["auto", "yes", "no"],
                default=usual.invert,
                required=True,
                key=key("invert"),
                help="The training digits are white on black; ink on paper is black on white.",
            )
            pen = st.segmented_control(
                "Adjust the stroke width",
                ["auto", "yes", "no"],
                default=usual.pen,
                required=True,
                key=key("pen"),
                help="Match the stroke width of MNIST.",
            )
        with three:
            across = st.slider(
                "From left to right (%)",
                0,
                100,
                (0, 100),
                key=key("across"),
                help=("Horizontal part of the image to use."),
            )
            down = st.slider(
                "From top to bottom (%)", 0, 100, (0, 100), key=key("down"), help=("Vertical part of the image to use.")
            )
            straighten = st.toggle("Set the tilt manually", key=key("straighten"), help="Only with crop: ink.")
            tilt = (
                st.slider(
                    "Tilt (degrees clockwise)",
                    -45,
                    45,
                    0,
                    key=key("tilt"),
                    help=("The image is rotated back by this angle."),
                )
                if straighten
                else None
            )
    crop = (across[0] / 100, down[0] / 100, across[1] / 100, down[1] / 100)
    return PrepareOptions(
        turn=int(turn or 0),
        framing=cast(Framing, framing or usual.framing),
        invert=cast(Choice, invert or usual.invert),
        pen=cast(Choice, pen or usual.pen),
        crop=None if crop == (0, 0, 1, 1) else crop,
        tilt=None if tilt is None else float(tilt),
    )


def _show_preparation(picture: OwnPicture, prepared: Prepared) -> None:
    st.subheader("Preprocessing steps")
    with st.container(horizontal=True, gap="small"):
        for title, stage in prepared.stages:
            st.image(to_data_uri(stage), width=STAGE_PX, caption=title, alt=f"{picture.name}: {title}")
        seen = enlarge(tile(prepared.image[None], 1), STAGE_PX)
        st.image(to_data_uri(seen), width=STAGE_PX, caption="What the network sees", alt=f"{picture.name}, prepared")
    st.markdown("\n".join(f"- {step}" for step in prepared.steps))


def _pass(prepared: Prepared, model: Model) -> tuple[np.ndarray, np.ndarray]:
    """Return the latent point, (D,), and the reconstruction, (C, H, W), of an image."""
    z = model.network().encode(prepared.image[None]).numpy()
    return z[0], decoded(model, z)[0]


def _table(model: Model) -> LatentTable:
    table = model.latents
    if table is None:
        st.stop()
    return table


def _reference(model: Model) -> Reference:
    """Return the encoded training images, or the test set that came with the run where the data is not here."""
    data = model.config.data
    is_small = model.provenance.n_train <= MOST_ENCODED
    if is_small and (data.name.startswith("folder:") or is_available(data.name)):
        root, stamp = str(data_root()), datasets.folder_stamp(data.name)
        try:
            images = datasets.train_images(data, root, stamp)
        except DataError:
            images = None
        stored = model.provenance.data_fingerprint
        if images is not None and datasets.train_fingerprint(data, root, stamp) == stored:
            z = train_latents(model, root, stamp)
            return Reference(z=z, labels=images.labels, images=images.images, name="training images")
    table = _table(model)
    return Reference(z=table.z, labels=table.labels, images=None, name="test images that ship with the model")


def _judge(prepared: Prepared, z: np.ndarray, image: np.ndarray, model: Model) -> tuple[Verdict, Vote] | None:
    """Compare a picture with the encoded test set; None where that is not on this machine."""
    table = model.latents
    if table is None:
        return None
    reference = _reference(model)
    error = float(np.linalg.norm(prepared.image.astype(np.float64) / 255 - image))
    own_distances = distances.own_distances(model)
    return judge(z, error, table.z, table.error, own_distances), vote(z, reference.z, reference.labels)


_NOVELTY = {
    "in distribution": "in distribution",
    "unusual": "unusual, but not unheard of",
    "out of distribution": "out of distribution",
}
_ICONS = {
    "in distribution": ":material/check_circle:",
    "unusual": ":material/help:",
    "out of distribution": ":material/warning:",
}


def _class_words(votes: Vote, model: Model) -> str:
    if votes.label is None:
        return ""
    return f"class **{escape(model.provenance.class_names[votes.label])}** ({votes.votes} of {len(votes.neighbours)}), "


def _show_pass(picture: OwnPicture, prepared: Prepared, model: Model) -> None:
    """Show the image, what the model makes of it, and where and in what the two differ."""
    from aeviz.analysis.evaluation import compare_pair

    _, image = _pass(prepared, model)
    parts = [
        (tile(prepared.image[None], 1), "network input"),
        (tile(image[None], 1), "its reconstruction"),
        (error_map(prepared.image, image), "red: too bright, blue: too dark"),
    ]
    by_place = compare_pair(prepared.image, image).ssim_map
    if by_place is not None:
        parts.append((similarity_map(by_place, *image.shape[1:]), "SSIM: white = similar"))
    with st.container(horizontal=True, gap="small"):
        for part, caption in parts:
            st.image(
                to_data_uri(enlarge(part, PICTURE_PX)),
                width=PICTURE_PX,
                caption=caption,
                alt=f"{picture.name}: {caption}",
            )


def _show_verdict(prepared: Prepared, model: Model) -> Vote | None:
    """Say how a picture compares with the test set; return the vote, or None where there is no test set."""
    judged = _judge(prepared, *_pass(prepared, model), model)
    if judged is None:
        return None
    verdict, votes = judged
    lines = [f"#### {_ICONS[verdict.novelty]} {_NOVELTY[verdict.novelty].capitalize()}"]
    if votes.label is not None:
        names = model.provenance.class_names
        against = (
            "all agree"
            if votes.runner_up is None
            else f"{votes.runner_up_votes} for {escape(names[votes.runner_up])}, margin {votes.margin:.0%}"
        )
        lines.append(
            f"{votes.votes} of the {len(votes.neighbours)} nearest {escape(_reference(model).name)} are of class "
            f"**{escape(names[votes.label])}**: {against}."
        )
    lines.append(
        f"Its error of **{verdict.error:.2f}** is above that of **{verdict.error_share:.0%}** of the test images; "
        f"its latent point lies farther from the data than **{verdict.distance_share:.0%}** of theirs. Beyond 95 % "
        "of one of the two is unusual, beyond 99 % out of distribution."
    )
    st.markdown("\n\n".join(lines))
    return votes


def _show_nearest(votes: Vote, model: Model) -> None:
    reference = _reference(model)
    if reference.images is not None:
        pictures, caption = take(reference.images, votes.neighbours), f"Nearest {reference.name}"
    else:
        pictures = decoded(model, reference.z[votes.neighbours])
        caption = "Nearest test images, decoded (the originals are not on this machine)"
    st.image(
        to_data_uri(enlarge(tile(pictures, len(votes.neighbours)), 600)),
        width="stretch",
        caption=escape(caption),
        alt=caption,
    )


def _show_place(picture: OwnPicture | None, prepared: Prepared | None, model: Model) -> None:
    """Show where a picture lies on the map of the model; without encoded images say what is missing and why."""
    if model.latents is None:
        st.info(
            f"{escape(model.name)} ships without encoded images (terms of {escape(model.config.data.name)}), so "
            "there is no map, no neighbours and no in-distribution check. Your image is reconstructed.",
            icon=":material/map:",
        )
        offer_download(model.config.data.name, "to show your image on the map")
        return
    _show_map(picture, prepared, model)


def _show_map(picture: OwnPicture | None, prepared: Prepared | None, model: Model) -> None:
    """Show the latent map of the model, with the picture's point once there is one."""
    table = _table(model)
    dimensions = 3 if model.config.model.latent_dim == 3 else 2
    panel = make_map_panel(model, dimensions)
    z = None
    if picture is not None and prepared is not None:
        z, _ = _pass(prepared, model)
        if len(z) == 1:
            point = np.array([z[0], float(np.median(table.error))])
        else:
            point = projections.projection(model, dimensions).apply(z[None])[0]
        panel = invite(panel, {picture.name: point})
    if model.config.model.latent_dim > 1:
        shown = projections.projection(model, dimensions)
        panel = let_follow(panel, model.name, shown.mean, shown.axes)
    latent_map(map_payload([panel], table.labels, model.provenance.class_names), key=f"own-map-{model.name}")
    if z is not None:
        values = ", ".join(f"{value:.3f}" for value in z[:12])
        st.caption(f"z = ({values}{f', … ({len(z)} in all)' if len(z) > 12 else ''})")


def _show_models(prepared: Prepared, model: Model, found: Mapping[str, Model]) -> None:
    """Show the reconstruction of each model that takes such images: those of the same data, then the others."""
    shape = model.config.model.image_shape
    fitting = [other for other in found.values() if other.config.model.image_shape == shape]
    kin = [other for other in fitting if other.config.data.shares_test_images(model.config.data)]
    st.subheader("Reconstructions by all models")
    st.caption(
        "Reconstruction, difference (red: too bright, blue: too dark) and SSIM map (white: similar, dark: "
        "different, grey: undefined). Larger PSNR and SSIM are better."
    )
    _cards(prepared, [model, *(other for other in kin if other.name != model.name)])
    strangers = [other for other in fitting if other not in kin]
    if strangers:
        with st.expander("Models of other data with the same image size"):
            _cards(prepared, strangers)


def _cards(prepared: Prepared, runs: list[Model]) -> None:
    from aeviz.analysis.evaluation import compare_pair

    with st.container(horizontal=True, gap="medium"):
        for model in runs:
            _, image = _pass(prepared, model)
            likeness = compare_pair(prepared.image, image)
            with st.container(width=CARD_PX, border=True):
                parts = [(tile(image[None], 1), "reconstruction"), (error_map(prepared.image, image), "error")]
                if likeness.ssim_map is not None:
                    parts.append((similarity_map(likeness.ssim_map, *image.shape[1:]), "SSIM"))
                with st.container(horizontal=True, gap="small"):
                    for part, name in parts:
                        st.image(
                            to_data_uri(enlarge(part, PICTURE_PX)), width=PICTURE_PX, alt=f"{name} by {model.name}"
                        )
                psnr = "∞" if likeness.psnr is None else f"{likeness.psnr:.1f} dB"
                ssim = "-" if likeness.ssim is None else f"{likeness.ssim:.3f}"
                st.markdown(f"**{escape(model.name)}**  \n:small[MSE {likeness.mse:.4f} · PSNR {psnr} · SSIM {ssim}]")

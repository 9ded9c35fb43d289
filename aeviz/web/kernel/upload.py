"""Sources of a visitor's own images: files, the clipboard, the camera, a drawing, or the samples.

Pictures stay in memory, in the visitor's session; nothing is written to disk and nothing leaves the server.
"""

import hashlib
import itertools
import threading
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from aeviz.data.prepare import MAX_BYTES, MAX_PIXELS, Prepared, PrepareOptions, prepare_image
from aeviz.language import mark, tr, trc
from aeviz.web.components.drawing import component as drawing
from aeviz.web.components.drawing.component import LiveModel
from aeviz.web.components.paste import component as paste
from aeviz.web.kernel.caching import freeze
from aeviz.web.kernel.client_inference import find_network
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.text import escape

SAMPLES = Path(__file__).parent / "samples"
"""Synthesised photos for visitors who have none of their own."""
_SAMPLE_NAMES = (
    mark("eight on ruled paper at an angle"),
    mark("five in felt tip with shadow"),
    mark("seven on ruled paper"),
    mark("three in pencil on plain paper"),
    mark("two on grid paper"),
    mark("zero in blue on grid paper"),
)
"""As their files are called."""
MOST = 12
"""Pictures that are shown at once."""
SUFFIXES = ("png", "jpg", "jpeg", "webp", "gif", "bmp", "tif", "tiff", "pgm", "ppm")
SOURCES = {
    "draw": mark(":material/draw: Draw"),
    "files": mark(":material/upload_file: Files"),
    "camera": mark(":material/photo_camera: Camera"),
    "samples": mark(":material/image: Samples"),
}
_FROM = "from"
"""URL parameter of the chosen source."""
PLACE = "own"
"""Prefix of the widgets' keys on a page with one place for own images."""
HANDWRITTEN = ("mnist", "digits")
"""Data sets of light strokes on a dark ground, for which ink on paper is looked for."""
PHOTOS = ("files", "camera")
"""Sources of images for models of anything but handwriting."""
MOST_KEPT = 40_000_000
"""Bytes of images that are remembered for a visit."""
_KEPT = "own.kept"
QUICK_BYTES = 50_000
"""Size of an image up to which nobody has to be told to wait: most have as few pixels as a drawing."""
MOST_WITH_STAGES, MOST_PREPARED = 2, 16
"""Prepared images that a visit keeps: at most 1.5 MB each with their stages, without them 10 kB, of faces 20 kB."""
_WITH_STAGES, _PREPARED = "own.prepared-with-stages", "own.prepared"
"""Session keys of the two kinds, by digest of the image, shape and options; the latest last."""
_preparing = threading.BoundedSemaphore(2)
"""A large image takes some hundred megabytes while it is prepared: a class must not do that all at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnImage:
    """An image that a visitor brought."""

    name: str
    data: bytes
    is_drawn: bool = False
    """Whether it is still being drawn, and so stays the same image when its bytes change."""
    is_placed: bool = False
    """Whether the page itself has encoded it and shows its latent point."""

    @property
    def key(self) -> str:
        """Prefix of the keys under which the choices of its preparation are kept."""
        return "drawing" if self.is_drawn else hashlib.blake2b(self.data, digest_size=6).hexdigest()


def is_handwritten(model: Model) -> bool:
    """Whether a model takes handwriting, so that drawings and photos of it suit it."""
    return model.config.data.name in HANDWRITTEN


def follow_pen(model: Model, *, linked: bool = False) -> LiveModel | None:
    """Return a model as it encodes a drawing in the page; None where it takes no handwriting or cannot run there.

    Args:
        model: The model.
        linked: Whether an inspector on the page shows the drawing and its reconstruction.
    """
    if not is_handwritten(model):
        return None
    encoder, decoder = (find_network(model, part).spec for part in ("encoder", "decoder"))
    if encoder is None or decoder is None:
        return None
    shape = model.config.model.image_shape
    return LiveModel(model=model.name, shape=shape, encoder=encoder, decoder=decoder, linked=linked)


def usual_options(model: Model) -> PrepareOptions:
    """Return how images are prepared unless the visitor says otherwise: ink is looked for only where it belongs."""
    return PrepareOptions() if is_handwritten(model) else PrepareOptions(framing="whole")


def prepare(picture: OwnImage, model: Model, options: PrepareOptions, *, with_stages: bool = False) -> Prepared:
    """Turn a visitor's image into an image that a model takes; errors as of `prepare_image`.

    Args:
        picture: The image.
        model: The model.
        options: How to prepare it.
        with_stages: Whether the result has its stages, which take a hundred times the memory of all else.
    """
    shape = model.config.model.image_shape
    # not st.cache_data, which hashes, pickles and shows a spinner at the cost of ten elements
    name, most = (_WITH_STAGES, MOST_WITH_STAGES) if with_stages else (_PREPARED, MOST_PREPARED)
    kept: dict[tuple[object, ...], Prepared] = st.session_state.setdefault(name, {})
    key = (hashlib.blake2b(picture.data, digest_size=16).digest(), shape, options)
    found = kept.pop(key, None)
    if found is None:
        waiting = st.spinner(tr("Preprocessing …")) if len(picture.data) > QUICK_BYTES else nullcontext()
        with waiting, _preparing:
            found = prepare_image(picture.data, shape, options=options, with_stages=with_stages)
        freeze(found)
    kept[key] = found
    while len(kept) > most:
        del kept[next(iter(kept))]
    return found


def pick_own_source(names: tuple[str, ...] = tuple(SOURCES), *, place: str = PLACE, first: str | None = None) -> str:
    """Let the visitor choose how to bring an image; the choice is in the URL.

    Args:
        names: Which of the SOURCES are on offer.
        place: What sets this apart from other such places of the page.
        first: The one that is chosen at first; None is the first on offer.
    """
    key, parameter = f"{place}.{_FROM}", _FROM if place == PLACE else f"{place}.{_FROM}"
    if st.session_state.get(key) not in names:  # none yet, or one for a model of other images
        asked = st.query_params.get(parameter)
        st.session_state[key] = asked if asked in names else first or names[0]
    source = st.segmented_control(
        tr("Source of your image"),
        list(names),
        required=True,
        format_func=lambda name: tr(SOURCES[name]),
        key=key,
        label_visibility="collapsed",
    )
    # not bound to the address: Streamlit would write the label there, not the name
    st.query_params[parameter] = str(source)
    return str(source)


def bring_images(
    source: str, *, place: str = PLACE, handwritten: bool = True, live: LiveModel | None = None, beside: bool = False
) -> list[OwnImage]:
    """Let the visitor bring images from a source; return them.

    Args:
        source: What `pick_own_source` returned.
        place: What sets this apart from other such places of the page.
        handwritten: Whether a handwritten digit is what suits the model.
        live: A model that follows the pen in the page.
        beside: Whether the drawing tools stand beside a small pad.
    """
    if source == "draw":
        return _drawn(place, live, beside)
    if source == "camera":
        return _photographed(place)
    if source == "samples":
        return _sampled(place)
    return _uploaded(place, handwritten)


_LISTENER = "image-listener"
_LISTENER_STYLE = f"""<style>
:is(.st-key-{_LISTENER}, div:has(> .st-key-{_LISTENER})) {{ position: absolute; }}
</style>"""
"""What shows nothing takes no room."""


def listen_for_images(place: str, *, is_open: bool) -> bool:
    """Take images that are pasted or dropped anywhere on the page, as if they came from files.

    Args:
        place: Where they are shown, as in `bring_images`.
        is_open: Whether that place is on the page. If it shows files, it takes the images itself.

    Returns:
        Whether there were any. The place then shows files, from the next run on.
    """
    key = f"{place}.{_FROM}"
    if is_open and st.session_state.get(key) == "files":
        return False
    st.html(_LISTENER_STYLE)
    with st.container(key=_LISTENER):
        found = paste.paste_box(key=f"{place}.listen", quiet=True)
    if found:
        _add_pasted(place, found)
        st.session_state[key] = "files"
        _forget_kept()
    return bool(found)


def _add_pasted(place: str, found: list[bytes]) -> list[OwnImage]:
    """Put images before those that were pasted earlier; return all, at most `MOST`."""
    pasted: list[OwnImage] = st.session_state.setdefault(f"{place}.pasted", [])
    for data in found:
        pasted.insert(0, OwnImage(name=tr("pasted {count}", count=len(pasted) + 1), data=data))
    del pasted[MOST:]
    return pasted


def _uploaded(place: str, handwritten: bool) -> list[OwnImage]:
    is_alone = place == PLACE
    files = st.file_uploader(
        tr("Images") if is_alone else tr("Image"),
        type=list(SUFFIXES),
        accept_multiple_files=True,
        max_upload_size=MAX_BYTES // 1_000_000,
        key=f"{place}.files",
        on_change=_forget_kept,  # not called when the visitor comes back to the page: then the images are still there
        help=tr(
            "PNG, JPEG, WebP, GIF, BMP, TIFF or PPM, up to {size:.0f} MB and {pixels:.0f} megapixels each. They stay "
            "in memory during your visit and are never stored.",
            size=MAX_BYTES / 1e6,
            pixels=MAX_PIXELS / 1e6,
        ),
    )
    pasted = _add_pasted(place, paste.paste_box(key=f"{place}.paste"))
    if pasted and st.button(tr("Remove pasted images"), icon=":material/delete:", key=f"{place}.forget"):
        pasted.clear()
        _forget_kept()
    found = [*pasted, *(OwnImage(name=file.name, data=file.getvalue()) for file in files)]
    if is_alone and len(found) > MOST:
        st.info(
            tr("{count} images; the first {most} are shown.", count=len(found), most=MOST),
            icon=":material/filter_list:",
        )
    if is_alone and not found and not st.session_state.get(_KEPT):
        st.info(
            tr("Drop images here, or paste one, for example a photo of a handwritten digit.")
            if handwritten
            else tr("Drop images here, or paste one."),
            icon=":material/add_photo_alternate:",
        )
    if found:
        _keep(found[:MOST])
        return found[:MOST]
    return _kept(place)


def _keep(images: list[OwnImage]) -> None:
    """Remember images for the visit, on whatever page: an uploader forgets its files when it is not shown."""
    sizes = itertools.accumulate(len(picture.data) for picture in images)
    st.session_state[_KEPT] = [picture for picture, size in zip(images, sizes, strict=True) if size <= MOST_KEPT]


def _kept(place: str) -> list[OwnImage]:
    """Return the images that the visitor brought before, with an offer to forget them."""
    found: list[OwnImage] = st.session_state.get(_KEPT, [])
    if not found:
        return []
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(tr("Uploaded before: {names}.", names=", ".join(escape(picture.name) for picture in found)))
        st.button(tr("Remove"), icon=":material/delete:", key=f"{place}.forget-kept", on_click=_forget_kept)
    return found


def _forget_kept() -> None:
    st.session_state.pop(_KEPT, None)


def _photographed(place: str) -> list[OwnImage]:
    photo = st.camera_input(
        tr("Hold a handwritten digit in front of the camera") if place == PLACE else tr("Take a photo"),
        key=f"{place}.camera",
        help=tr("Your browser asks for permission. The camera needs https or localhost."),
    )
    return [] if photo is None else [OwnImage(name=tr("photo"), data=photo.getvalue())]


def _drawn(place: str, live: LiveModel | None, beside: bool) -> list[OwnImage]:
    drawn = drawing.drawing_pad(key=f"{place}-pad", live=live, beside=beside)
    if live is not None:  # also later, so that nothing below moves with the first stroke
        st.caption(tr("Draw a digit: its point on the map follows the pen."))
    if drawn.png is None:
        if live is None:
            st.caption(tr("Draw a digit."))
        return []
    return [OwnImage(name=tr("drawing"), data=drawn.png, is_drawn=True, is_placed=drawn.is_placed)]


def _sampled(place: str) -> list[OwnImage]:
    names = list(_SAMPLE_NAMES)
    paths = [SAMPLES / f"{name.replace(' ', '-')}.jpg" for name in names]
    key = f"{place}.sample"
    chosen = st.pills(
        trc("own images", "Samples"),
        names,
        default=names[0],
        required=True,
        format_func=tr,
        key=key,
        label_visibility="collapsed",
        wrap=True,
    )
    st.caption(tr("Synthetic photos: MNIST test digits rendered on paper (benchmarks/photos.py)."))
    index = names.index(str(chosen)) if chosen in names else 0
    return [OwnImage(name=tr(names[index]), data=paths[index].read_bytes())]

"""Where a visitor's own pictures come from: files, the clipboard, the camera, a drawing, or the samples.

Pictures stay in memory, in the visitor's session; nothing is written to disk and nothing leaves the server.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from aeviz.data.prepare import MAX_BYTES, MAX_PIXELS
from aeviz.web.components import drawing_pad, paste_box

SAMPLES = Path(__file__).parent / "samples"
"""Synthesised photos for visitors who have none of their own."""
MOST = 12
"""Pictures that are shown at once."""
SUFFIXES = ("png", "jpg", "jpeg", "webp", "gif", "bmp", "tif", "tiff")
SOURCES = {
    "draw": ":material/draw: Draw",
    "files": ":material/upload_file: Files",
    "camera": ":material/photo_camera: Camera",
    "samples": ":material/image: Samples",
}
_FROM = "from"
"""URL parameter of the chosen source."""
_PASTED = "own.pasted"
"""Session key: pictures that were pasted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPicture:
    """A picture that a visitor brought."""

    name: str
    data: bytes
    is_drawn: bool = False
    """Whether it is still being drawn, and so stays the same picture when its bytes change."""

    @property
    def key(self) -> str:
        """What the choices of its preparation are kept under."""
        return "drawing" if self.is_drawn else hashlib.blake2b(self.data, digest_size=6).hexdigest()


def pick_own_source() -> str:
    """Let the visitor choose how to bring a picture; the choice is in the URL."""
    names = list(SOURCES)
    key = f"own.{_FROM}"
    if key not in st.session_state and st.query_params.get(_FROM) in names:
        st.session_state[key] = st.query_params[_FROM]
    source = st.segmented_control(
        "Where your picture comes from",
        list(SOURCES),
        required=True,
        format_func=lambda name: SOURCES[name],
        key=key,
        label_visibility="collapsed",
    )
    # not bound to the address: Streamlit would write the label there, not the name
    st.query_params[_FROM] = str(source)
    return str(source)


def bring_pictures(source: str) -> list[OwnPicture]:
    """Let the visitor bring pictures from a source; return them."""
    if source == "draw":
        return _drawn()
    if source == "camera":
        return _photographed()
    if source == "samples":
        return _sampled()
    return _uploaded()


def _uploaded() -> list[OwnPicture]:
    files = st.file_uploader(
        "Pictures",
        type=list(SUFFIXES),
        accept_multiple_files=True,
        key="own.files",
        help=f"PNG, JPEG, WebP, GIF, BMP or TIFF, up to {MAX_BYTES / 1e6:.0f} MB and {MAX_PIXELS / 1e6:.0f} megapixels "
        "each. They stay in the memory of the server for this visit and are never written to disk.",
    )
    pasted: list[OwnPicture] = st.session_state.setdefault(_PASTED, [])
    if paste_box.IS_AVAILABLE:
        for data in paste_box.paste_box(key="own.paste"):
            pasted.insert(0, OwnPicture(name=f"pasted {len(pasted) + 1}", data=data))
        del pasted[MOST:]
    if pasted and st.button("Forget what was pasted", icon=":material/delete:"):
        pasted.clear()
    found = [*pasted, *(OwnPicture(name=file.name, data=file.getvalue()) for file in files)]
    if len(found) > MOST:
        st.info(f"{len(found)} pictures; the first {MOST} are shown.", icon=":material/filter_list:")
    if not found:
        st.info(
            "Drop one picture or several here, or paste one: a photo of a digit that you wrote on paper will do.",
            icon=":material/add_photo_alternate:",
        )
    return found[:MOST]


def _photographed() -> list[OwnPicture]:
    photo = st.camera_input(
        "Hold a handwritten digit in front of the camera",
        key="own.camera",
        help="The browser asks before it opens the camera; it needs a secure address (https, or localhost).",
    )
    return [] if photo is None else [OwnPicture(name="photo", data=photo.getvalue())]


def _drawn() -> list[OwnPicture]:
    if not drawing_pad.IS_AVAILABLE:
        st.warning("The drawing pad could not be loaded from the server; upload a picture instead.")
        return []
    data = drawing_pad.drawing_pad(key="own-pad")
    if data is None:
        st.caption("Draw a digit: its place on the map follows each stroke.")
        return []
    return [OwnPicture(name="drawing", data=data, is_drawn=True)]


def _sampled() -> list[OwnPicture]:
    paths = sorted(SAMPLES.glob("*.jpg"))
    names = [path.stem.replace("-", " ") for path in paths]
    if not names:
        st.info("No sample came with this copy of aeviz; upload a picture instead.", icon=":material/image:")
        return []
    chosen = st.pills(
        "Samples", names, default=names[0], required=True, key="own.sample", label_visibility="collapsed", wrap=True
    )
    st.caption("Synthesised photos: test digits of MNIST, drawn on paper by a program (benchmarks/photos.py).")
    index = names.index(str(chosen)) if chosen in names else 0
    return [OwnPicture(name=names[index], data=paths[index].read_bytes())]

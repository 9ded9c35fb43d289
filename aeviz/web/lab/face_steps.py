"""Preparing a face: a photograph, its middle, the mirror image, and the small image that a network takes."""

import html
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image, ImageDraw
from streamlit.delta_generator import DeltaGenerator

from aeviz.data import is_available
from aeviz.data.celeba import file_names
from aeviz.data.celeba_files import celeba_folder, photographs_folder
from aeviz.data.image_files import MAX_BYTES, SUFFIXES, read_upload
from aeviz.data.stamp import folder_stamp
from aeviz.errors import DataError
from aeviz.figures.images import to_data_uri
from aeviz.lab.face_steps import INTERPOLATIONS, FaceSteps, prepare_face
from aeviz.language import mark, tr
from aeviz.paths import data_root
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.controls import pick_whole
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.kernel.page import errors_as_messages

_DRAWN, _CELEBA, _OWN = mark("a drawing"), mark("CelebA"), mark("your own")
_SIZES = (16, 32, 64, 128)
_OWN_SIDE = 218
"""Pixels to which an own image is made smaller; the shorter side keeps them."""
_FRAME = (231, 99, 0)
_STYLE = (
    "<style>.aeviz-steps { display: grid; gap: 0.75rem; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); }"
    ".aeviz-steps figure { margin: 0; max-width: 17rem; }"
    ".aeviz-steps img { width: 100%; image-rendering: pixelated; border-radius: 0.5rem; }"
    ".aeviz-steps figcaption { font-size: 0.875rem; text-align: center; }</style>"
)


def drawn_face() -> np.ndarray:
    """Return a drawn face with one earring and a patterned background, (218, 178, 3), uint8."""
    image = Image.new("RGB", (178, 218), (150, 178, 190))
    pen = ImageDraw.Draw(image)
    for place in range(-220, 180, 12):
        pen.line((place, 0, place + 218, 218), fill=(110, 140, 160), width=4)
    pen.ellipse((-20, 186, 198, 330), fill=(70, 86, 130))
    pen.ellipse((34, 26, 144, 186), fill=(74, 48, 34))
    pen.rectangle((72, 150, 106, 204), fill=(206, 150, 122))
    pen.ellipse((46, 50, 132, 172), fill=(224, 172, 142))
    pen.pieslice((42, 36, 136, 118), 180, 330, fill=(74, 48, 34))
    for left in (60, 98):
        pen.ellipse((left, 96, left + 20, 108), fill=(250, 250, 250))
        pen.ellipse((left + 6, 96, left + 16, 108), fill=(60, 80, 60))
        pen.arc((left - 2, 82, left + 22, 100), 200, 340, fill=(74, 48, 34), width=3)
    pen.arc((80, 108, 98, 130), 20, 160, fill=(180, 122, 98), width=3)
    pen.chord((70, 132, 108, 156), 10, 170, fill=(176, 60, 66))
    pen.ellipse((130, 126, 139, 138), fill=(240, 205, 70))
    return np.asarray(image)


@shared(max_entries=2)  # 2 MB for all of CelebA
def _photographs(root: str, stamp: str) -> tuple[str, ...]:
    """Return the paths of the test photographs."""
    folder = photographs_folder(celeba_folder(Path(root)))
    return tuple(str(folder / name) for name in file_names("test", Path(root)))


@st.fragment
def show_face_steps() -> None:
    """Let the visitor choose a picture and the settings; show the pictures of the steps."""
    with errors_as_messages():
        sources = [_DRAWN, *([_CELEBA] if is_available("celeba") else []), _OWN]
        first = _CELEBA if _CELEBA in sources else _DRAWN
        bar = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
        with bar:
            source = choose(st.segmented_control, tr("Picture"), sources, default=first, required=True, key="picture")
        image = _read(source or first, bar)
        if image is None:
            return
        with bar:
            crop = st.checkbox(
                tr("Crop"), value=True, key="crop", bind="query-params", help=tr("Cut out the central square.")
            )
            mirror = st.checkbox(
                tr("Mirror"), value=True, key="mirror", bind="query-params", help=tr("Exchange left and right.")
            )
            side = st.selectbox(
                tr("Size"), _SIZES, index=2, key="size", bind="query-params", width=90, help=tr("In pixels.")
            )
            name = choose(
                st.selectbox,
                tr("Interpolation"),
                list(INTERPOLATIONS),
                key="interpolation",
                width=210,
                help=tr("How pixels of the small image follow from those of the large one."),
            )
        found, usual = (
            prepare_face(image, crop=crop, mirror=mirror, side=int(side or 64), interpolation=kind)
            for kind in (str(name), next(iter(INTERPOLATIONS)))
        )
        _show(found, crop, mirror, str(name))
        difference = np.abs(found.resized.astype(int) - usual.resized).mean()
        _show_numbers(found, difference, str(name))


def _read(source: str, bar: DeltaGenerator) -> np.ndarray | None:
    """Return the chosen picture, (H, W, 3), uint8, or None while there is none."""
    if source == _OWN:
        file = st.file_uploader(
            tr("Image"),
            type=list(SUFFIXES),
            max_upload_size=MAX_BYTES // 1_000_000,
            key="face.file",
            help=tr(
                "Up to {size:.0f} MB. It stays in memory during your visit and is never stored.", size=MAX_BYTES / 1e6
            ),
        )
        if file is None:
            st.info(tr("Choose a photograph: it is shown from the middle."), icon=":material/add_photo_alternate:")
            return None
        return read_own(file.getvalue())
    if source == _DRAWN:
        return drawn_face()
    paths = _photographs(str(data_root()), folder_stamp("celeba"))
    with bar:
        index = pick_whole(
            tr("Photograph"), "photograph", len(paths) - 1, 0, tr("Index among the test images, 0 to {}.")
        )
    return _photograph(paths[index])


@shared(max_entries=64)  # 0.1 MB each
def _photograph(path: str) -> np.ndarray:
    try:
        with Image.open(path, formats=("JPEG",)) as image:
            return np.asarray(image.convert("RGB"))
    except (OSError, SyntaxError, ValueError) as error:
        raise DataError(f"photograph {path} of 'celeba' cannot be read: {error}; choose another") from error


def read_own(content: bytes) -> np.ndarray:
    """Return an uploaded image of any size, its shorter side at most 218 pixels."""
    image = read_upload(content, side=_OWN_SIDE).image.convert("RGB")
    share = _OWN_SIDE / min(image.size)
    if share < 1:
        size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
        image = image.resize(size, Image.Resampling.BOX)
    return np.asarray(image)


def _show(found: FaceSteps, crop: bool, mirror: bool, name: str) -> None:
    framed = Image.fromarray(found.original)
    if crop:
        left, top, right, bottom = found.box
        ImageDraw.Draw(framed).rectangle((left, top, right - 1, bottom - 1), outline=_FRAME, width=2)
    pictures = (
        (tr("original"), np.asarray(framed)),
        (tr("cropped") if crop else tr("not cropped"), found.cut),
        (tr("mirrored") if mirror else tr("not mirrored"), found.mirrored),
        (tr("resized, {interpolation}", interpolation=tr(name)), found.resized),
    )
    figures = []
    for title, picture in pictures:
        text = html.escape(f"{title}: {picture.shape[1]} x {picture.shape[0]}")
        figures.append(
            f"<figure><img src='{to_data_uri(picture)}' alt='{text}'><figcaption>{text}</figcaption></figure>"
        )
    st.html(f"{_STYLE}<div class='aeviz-steps'>{''.join(figures)}</div>")


def _show_numbers(found: FaceSteps, difference: float, name: str) -> None:
    counts = [picture.size for picture in (found.original, found.cut, found.resized)]
    sides = [picture.shape[1::-1] for picture in (found.original, found.cut, found.resized)]
    terms = [
        rf"{wide} \cdot {tall} \cdot 3 = {_thousands(count)}" for (wide, tall), count in zip(sides, counts, strict=True)
    ]
    st.latex(r" \quad\to\quad ".join(terms) + rf" \text{{ {tr('numbers')}}}")
    text = tr(
        "The cut-out has {share:.1%} of the pixels; an output pixel stands for {count:.1f} of them.",
        share=counts[1] / counts[0],
        count=counts[1] / counts[2],
    )
    if name != next(iter(INTERPOLATIONS)):
        text += " " + tr(
            "Against bilinear with antialiasing the levels differ by {difference:.2f} of 255 on average.",
            difference=difference,
        )
    st.markdown(text)


def _thousands(value: int) -> str:
    return f"{value:,}".replace(",", "{,}")


EXPERIMENT = Experiment(
    name="Preparing a face",
    group="Images",
    source=(
        "S2 (R. Grabovac's thesis), section 4.1, Figure 4.2. CelebA: Z. Liu, P. Luo, X. Wang, X. Tang, ICCV 2015, "
        "for non-commercial research only"
    ),
    show=show_face_steps,
    notice=(
        "Cropping takes the background away, mirroring makes a second image of each, resizing leaves a tenth of the "
        "numbers. Choose *nearest pixel* and look at edges."
    ),
    question="Why is each photograph cropped before it is resized, and does it matter when it is mirrored?",
    answer=(
        "The loss counts every pixel alike. Of 178 x 218 pixels the square of 148 has 56 %, so that without it nearly "
        "half of the loss, and of what the latent numbers must describe, is background; and the whole photograph made "
        "square is squeezed. Mirroring commutes with both: the square is central and the filters are symmetric. It is "
        "drawn anew for each image and epoch in training and never done to images that are measured. Without "
        "antialiasing an output pixel sees at most four of the five or more that it stands for: thin lines break."
    ),
)

"""Rate and distortion: bytes of an image against its error, by PCA, autoencoders, a code book, JPEG and WebP."""

from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from aeviz.data import is_available, load_dataset
from aeviz.figures.palette import CLASS_COLOURS
from aeviz.lab.components import find_components
from aeviz.lab.moments import measure_moments
from aeviz.lab.rate import PRECISIONS, curves, keep_numbers, mean_squared_error, pack_image
from aeviz.language import mark, tr
from aeviz.paths import data_root
from aeviz.web.components.kit.experiment import CHANGED
from aeviz.web.components.kit.mount import numbers_of
from aeviz.web.components.rate.component import RATE
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.controls import pick_image
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.kernel.images import find_originals, offer_download
from aeviz.web.kernel.models import Model, list_models
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.lab.numbers import Numbers

_KEY = "lab.rate"
CHOSEN = Numbers("budget", (128, 0, 1, 9), (((1.0, 999.0), (0.0, len(PRECISIONS) - 1.0), (0.0, 1.0), (3.0, 9.0)),))
"""As `RATE` lists them."""
_DATA = {mark("MNIST, 28 x 28"): ("mnist", "vq-mnist"), mark("digits, 8 x 8"): ("digits", "digits-2d-adam")}
"""Data sets and a model of each, by title."""
_METHODS = {
    "PCA": ("PCA", 0),
    mark("dense autoencoder"): (mark("dense"), 6),
    mark("conv. autoencoder"): (mark("conv"), 2),
    "VQ-VAE": ("VQ-VAE", 8),
    "JPEG": ("JPEG", 3),
    "WebP": ("WebP", 1),
}
"""Short name and place of the colour, by method."""
_BYTE = 255


class _Point(NamedTuple):
    """A mark of the chart; see `Point` in choose.js."""

    source: dict[str, Any]
    """The entry of `aeviz.lab.rate.curves` that it comes from."""
    precision: int
    name: str
    n_bytes: float
    body: float
    mse: float

    @property
    def method(self) -> str:
        return str(self.source["method"])


def points_of(name: str) -> list[_Point]:
    """Return the marks of a data set: each latent size in each precision, codes, and files by quality."""
    measured = curves()[name]
    found = []
    for entry in measured["latent"]:
        for place, each in enumerate(PRECISIONS.values()):
            size = entry["numbers"] * each
            found.append(_Point(entry, place, f"k = {entry['numbers']}", size, size, entry["mse"][place]))
    for entry in measured["codes"]:
        size = entry["bytes"]
        found.append(_Point(entry, -1, tr("{count:g} bits", count=8 * size), size, size, entry["mse"]))
    for entry in measured["files"]:
        found.append(
            _Point(
                entry,
                -1,
                tr("quality {quality}", quality=entry["quality"]),
                entry["bytes"],
                entry["body"],
                entry["mse"],
            )
        )
    return found


@shared(max_entries=2, spinner=mark("Finding the principal components of the training images …"))  # 2 MB
def _components(name: str, root: str) -> tuple[np.ndarray, np.ndarray]:
    """Return mean, (d,), and axes, (d, k), of PCA on the training images."""
    moments = measure_moments(load_dataset(name, "train"))
    most = max(entry["numbers"] for entry in curves()[name]["latent"] if entry["method"] == "PCA")
    return moments.mean, find_components(moments, most).axes


@shared(max_entries=64)  # 60 kB each
def _restored(reference: Model, number: int, root: str) -> tuple[np.ndarray, list[list[float]]] | None:
    """Return an image and what each mark makes of it, (1 + P, H * W), uint8; bytes, body and error of each mark."""
    dataset, _ = find_originals(reference)
    name = reference.config.data.name
    if dataset is None:
        return None
    image = dataset.images[number, 0]
    unit = (image.astype(np.float32) / np.float32(_BYTE)).ravel()
    pictures, sizes = [unit], []
    for point in points_of(name):
        picture, size = _through(point, name, root, image, unit)
        pictures.append(picture)
        sizes.append(size)
    errors = mean_squared_error(np.broadcast_to(unit, (len(sizes), unit.size)), np.stack(pictures[1:]))
    rows = [[*size, float(error)] for size, error in zip(sizes, errors, strict=True)]
    return np.rint(np.clip(np.stack(pictures), 0, 1) * _BYTE).astype(np.uint8), rows


def _through(
    point: _Point, name: str, root: str, image: np.ndarray, unit: np.ndarray
) -> tuple[np.ndarray, tuple[float, float]]:
    """Return an image, (d,), as a mark keeps it, in [0, 1], with the bytes with and without a header."""
    source = point.source
    if "quality" in source:
        packed = pack_image(image, point.method, source["quality"])
        return packed.image.ravel() / np.float32(_BYTE), (packed.n_bytes, packed.body)
    size = (point.n_bytes, point.body)
    ends = curves()[name]["ranges"].get(source["model"] or "PCA")
    if not source["model"]:
        mean, axes = _components(name, root)
        axes = axes[:, : source["numbers"]]
        kept = _keep(((unit - mean) @ axes)[None], point.precision, ends)
        return mean + axes @ kept[0], size
    network = list_models()[source["model"]].network()
    codes = network.encode(image[None, None]).numpy()
    if point.precision >= 0:
        codes = _keep(codes, point.precision, ends)
    return network.decode(codes).numpy().ravel(), size


def _keep(values: np.ndarray, precision: int, ends: dict[str, list[float]]) -> np.ndarray:
    low, high = (np.array(ends[end])[: values.shape[1]] for end in ("low", "high"))
    return keep_numbers(values.astype(np.float32), list(PRECISIONS)[precision], low, high)


def payload(name: str, restored: tuple[np.ndarray, list[list[float]]] | None) -> dict[str, object]:
    """Return what the script is sent; `Sent` in rate.js says what each part is."""
    measured, points = curves()[name], points_of(name)
    methods = [method for method in _METHODS if any(point.method == method for point in points)]
    images, own = restored or (np.zeros((0, measured["pixels"]), np.uint8), [])
    return {
        "methods": [
            {"name": tr(method), "short": tr(_METHODS[method][0]), "colour": CLASS_COLOURS[_METHODS[method][1]]}
            for method in methods
        ],
        "points": [
            {
                "method": methods.index(point.method),
                "precision": point.precision,
                "name": point.name,
                "bytes": point.n_bytes,
                "body": point.body,
                "weights": point.source.get("weights", 0),
                "mse": point.mse,
                **({"own": own[place]} if own else {}),
            }
            for place, point in enumerate(points)
        ],
        "pixels": measured["pixels"],
        "png": measured["png"],
        "side": round(measured["pixels"] ** 0.5),
        "images": images.ravel(),
    }


@st.fragment
def show_rate() -> None:
    """Let the visitor choose data and a test image; show the chart and the image by each method."""
    with errors_as_messages():
        left, right = st.columns([2, 3], vertical_alignment="bottom", gap="medium")
        with left:
            titles = list(_DATA)
            start = titles[0] if is_available("mnist") else titles[1]
            title = choose(st.segmented_control, tr("Images"), titles, default=start, required=True, key="data")
        name, model_name = _DATA[title or start]
        model = list_models()[model_name]
        with right, st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            number = pick_image(model, tr("Test image"), "image", 8)
        restored = _restored(model, number, str(data_root()))
        RATE.show(
            CHOSEN.read(),
            key=_KEY,
            on_change=CHOSEN.writer(lambda: numbers_of(_KEY, CHANGED)),
            more=payload(name, restored),
        )
        st.caption(
            tr(
                "Means over {count:,} test images. PCA is found on the training images; 8 bits divide the range that a "
                "number has there into 255 steps. PCA's decoder is its components and the mean; ranges are not "
                "counted.",
                count=curves()[name]["images"],
            )
        )
        if restored is None:
            offer_download(name, tr("to see one image by each method"))


EXPERIMENT = Experiment(
    name="Rate and distortion",
    group="Dimension and compression",
    source=(
        'S3 (S. Chaki), "Practical Example"; S1 (M. Sevkovych\'s thesis), chapter 2, introduction. Header and scan of '
        "JPEG: ITU-T T.81, annex B; of WebP: RFC 6386, section 9.1"
    ),
    show=show_rate,
    notice=(
        "Drag the budget. A latent number needs no more than 8 bits: four times fewer bytes than float32 at the same "
        "error. A JPEG this small is mostly header."
    ),
    question="At 64 bytes conv-64d has less error than WebP without its header. Has the autoencoder won?",
    answer=(
        "On these digits, if both sides have the decoder already. It has about 105,000 weights, 210 kB in float16. "
        "Lower *images a decoder* and see. WebP has the same error at about 95 bytes, so the decoder is paid for "
        "after about 6,500 images. JPEG and WebP need nothing but their standard, and they take any image; the "
        "autoencoder makes a digit of all that it is given. Below 30 bytes neither file format has an entry, and the "
        "code book of vq-mnist reaches with 5 bytes what PCA needs about 30 numbers for. mlp-64d-amsgrad is hardly "
        "better than mlp-10d-amsgrad because a layer of width 12 stands before its 64 numbers."
    ),
    slips=(
        "S3 calls 784 : 32 = 24.5 : 1 the compression ratio, and its storage 24 times smaller. That counts numbers. A "
        "pixel takes one byte and a float32 four: 784 bytes against 128, or 6.1 : 1. With 8 bits a number it is 24.5.",
    ),
)

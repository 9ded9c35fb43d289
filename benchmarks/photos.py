"""How well a photographed digit is understood: `prepare_image` measured on synthesised photographs.

Test digits of MNIST are classified twice by the 10 nearest neighbours among the training images' latent points of a
model that ships: as they are, and from a synthesised photograph (JPEG) of the digit on paper that `prepare_image`
brought back to 28 x 28 pixels. Their ratio says what paper and camera cost. The photographs are made by photographs.py
beside this file; they are no replacement for real ones, and are called synthesised wherever they are shown.

Usage:
    AEVIZ_DATA=... python benchmarks/photos.py [--json] [--count N] [--seed S] [--picture PATH] [--samples DIR]

--picture writes a row of photographs above what preparation made of them, with the digit that the neighbours name.
--samples writes the six sample pictures of the app, and measures nothing.
"""

import argparse
import dataclasses
import json
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from photographs import PAPERS, PENS, PaperName, PenName, Scene, draw_scene, photograph, to_jpeg
from PIL import Image, ImageDraw, ImageFont

import aeviz
from aeviz.analysis.metrics import KNN_NEIGHBOURS
from aeviz.data import load_dataset, prepare_image
from aeviz.errors import AevizError

MODEL = "mlp-10d-amsgrad"
PICTURE_COUNT = 14
"""Photographs on the contact sheet: the first ones drawn, not chosen."""
PHOTO_PX = 112
SAMPLE_BYTES = 30_000
SAMPLES: tuple[tuple[str, int, int, PenName, PaperName, int], ...] = (
    ("three-in-pencil-on-plain-paper", 3, 9, "pencil", "plain", 3),
    ("seven-on-ruled-paper", 7, 3, "blue ball pen", "ruled", 6),
    ("two-on-grid-paper", 2, 5, "black ball pen", "grid", 5),
    ("five-in-felt-tip-with-shadow", 5, 15, "felt tip", "plain", 4),
    ("eight-on-ruled-paper-at-an-angle", 8, 15, "black ball pen", "ruled", 1),
    ("zero-in-blue-on-grid-paper", 0, 8, "blue ball pen", "grid", 2),
)
"""File name, digit, which of its test images, pen, paper and seed of each sample picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Accuracy for one kind of photograph."""

    n: int
    clean: float
    photos: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Figures of all photographs."""

    model: str
    count: int
    seed: int
    clean_accuracy: float
    photo_accuracy: float
    ratio: float
    by_kind: dict[str, Group]
    prepare_ms: float
    """Median."""
    prepare_p95_ms: float
    refused: int
    """Photographs in which no ink was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One digit, its photograph, and what became of it."""

    scene: Scene
    jpeg: bytes
    prepared: np.ndarray
    """(1, 28, 28), uint8."""
    is_ink: bool
    elapsed_s: float


def try_digit(image: np.ndarray, seed: tuple[int, int]) -> Trial:
    """Photograph a digit and prepare the photograph.

    Args:
        image: (1, 28, 28), uint8.
        seed: Decides everything that is random about the photograph.
    """
    generator = np.random.default_rng(seed)
    scene = draw_scene(generator)
    jpeg = to_jpeg(photograph(image, generator, scene=scene), scene.jpeg_quality)
    start = time.perf_counter()
    found = prepare_image(jpeg, (1, 28, 28))
    elapsed_s = time.perf_counter() - start
    is_ink = found.options.framing == "ink"
    return Trial(scene=scene, jpeg=jpeg, prepared=found.image, is_ink=is_ink, elapsed_s=elapsed_s)


def kinds_of(scene: Scene) -> list[str]:
    """Return the kinds under which a photograph is reported."""
    kinds = [scene.pen, f"{scene.paper} paper"]
    kinds += ["shadow" if scene.shadow else "no shadow"]
    return kinds + ["table in sight"] * (scene.table is not None)


def measure(count: int, seed: int) -> tuple[Result, list[Trial], np.ndarray, np.ndarray]:
    """Classify digits and their photographs.

    Returns:
        The figures, the trials, the true digits and those that the neighbours name, both (N,).
    """
    from sklearn.neighbors import KNeighborsClassifier

    train, test, run = load_dataset("mnist", "train"), load_dataset("mnist", "test"), aeviz.load(MODEL)
    if test.labels is None:
        raise AevizError("MNIST has no labels here; expected its label files beside the images")
    classifier = KNeighborsClassifier(KNN_NEIGHBOURS).fit(run.encode(train.images).numpy(), train.labels)
    chosen = np.random.default_rng(seed).permutation(len(test))[:count]
    labels = test.labels[chosen]
    trials = []
    for place, index in enumerate(chosen):
        if place % 100 == 0:
            print(f"\r{place}/{count} photographs", end="", file=sys.stderr, flush=True)
        trials.append(try_digit(test.images[index], (seed, int(index))))
    print("\r" + " " * 30, end="\r", file=sys.stderr)
    clean_said = classifier.predict(run.encode(test.images[chosen]).numpy())
    said = classifier.predict(run.encode(np.stack([trial.prepared for trial in trials])).numpy())
    by_kind = {}
    members: dict[str, list[int]] = {}
    for place, trial in enumerate(trials):
        for kind in kinds_of(trial.scene):
            members.setdefault(kind, []).append(place)
    order = [*PENS, *(f"{paper} paper" for paper in PAPERS), "no shadow", "shadow", "table in sight"]
    for kind in (kind for kind in order if kind in members):
        places = members[kind]
        by_kind[kind] = Group(
            n=len(places),
            clean=float((clean_said == labels)[places].mean()),
            photos=float((said == labels)[places].mean()),
        )
    clean, photos = float((clean_said == labels).mean()), float((said == labels).mean())
    milliseconds = [1000 * trial.elapsed_s for trial in trials]
    result = Result(
        model=MODEL,
        count=count,
        seed=seed,
        clean_accuracy=clean,
        photo_accuracy=photos,
        ratio=photos / clean,
        by_kind=by_kind,
        prepare_ms=statistics.median(milliseconds),
        prepare_p95_ms=float(np.quantile(milliseconds, 0.95)),
        refused=sum(not trial.is_ink for trial in trials),
    )
    return result, trials, labels, said


def write_picture(path: Path, trials: list[Trial], labels: np.ndarray, said: np.ndarray) -> None:
    """Write photographs in two rows, each above what preparation made of it and the digit that the neighbours name."""
    import io

    columns, gap, digit_px = PICTURE_COUNT // 2, 6, 84
    row = PHOTO_PX + digit_px + 30
    sheet = Image.new("RGB", (columns * (PHOTO_PX + gap) + gap, 2 * row + gap), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    for place, trial in enumerate(trials[:PICTURE_COUNT]):
        left, top = gap + place % columns * (PHOTO_PX + gap), gap + place // columns * row
        photo = Image.open(io.BytesIO(trial.jpeg))
        photo.thumbnail((PHOTO_PX, PHOTO_PX), Image.Resampling.LANCZOS)
        sheet.paste(photo, (left + (PHOTO_PX - photo.width) // 2, top + (PHOTO_PX - photo.height) // 2))
        digit = Image.fromarray(trial.prepared[0]).resize((digit_px, digit_px), Image.Resampling.NEAREST)
        sheet.paste(digit, (left + (PHOTO_PX - digit_px) // 2, top + PHOTO_PX + 2))
        text = str(said[place]) if said[place] == labels[place] else f"{said[place]}, was {labels[place]}"
        draw.text((left + PHOTO_PX // 2, top + PHOTO_PX + digit_px + 4), text, fill="black", font=font, anchor="ma")
    sheet.quantize(128).save(path, "PNG", optimize=True)


def write_samples(folder: Path) -> None:
    """Write the sample pictures of the app."""
    test = load_dataset("mnist", "test")
    folder.mkdir(parents=True, exist_ok=True)
    for name, digit, member, pen, paper, seed in SAMPLES:
        generator = np.random.default_rng((2026, seed))
        scene = draw_scene(generator, pen=pen, paper=paper)
        scene = dataclasses.replace(
            scene,
            size=max(scene.size, 0.4),
            noise=min(scene.noise, 2.5),
            shadow=0.45 if "shadow" in name else 0.0,
            turn=13.0 if "angle" in name else scene.turn / 2,
            table=None,
        )
        members = np.flatnonzero(test.labels == digit)
        photo = photograph(test.images[members[member]], generator, scene=scene)
        small = Image.fromarray(photo)
        small.thumbnail((800, 800), Image.Resampling.LANCZOS)
        quality = 85
        while len(jpeg := to_jpeg(np.asarray(small), quality)) >= SAMPLE_BYTES and quality > 20:
            quality -= 5
        (folder / f"{name}.jpg").write_bytes(jpeg)
        print(f"{folder / name}.jpg: {len(jpeg):,} bytes", file=sys.stderr)


def print_table(result: Result) -> None:
    """Print the figures for people."""
    print(f"{result.count} test digits of MNIST (seed {result.seed}), 10 nearest neighbours in {result.model}\n")
    print(f"  {'':<18}{'n':>5}  {'clean':>7}  {'photos':>7}  {'ratio':>6}")
    for kind, group in result.by_kind.items():
        ratio = group.photos / group.clean if group.clean else float("nan")
        print(f"  {kind:<18}{group.n:>5}  {group.clean:>7.1%}  {group.photos:>7.1%}  {ratio:>6.3f}")
    print(
        f"  {'all':<18}{result.count:>5}  {result.clean_accuracy:>7.1%}  {result.photo_accuracy:>7.1%}  "
        f"{result.ratio:>6.3f}"
    )
    print(f"\n  no ink found in {result.refused}; a preparation takes {result.prepare_ms:.0f} ms", end="")
    print(f" (median; 95 % within {result.prepare_p95_ms:.0f} ms)")


def main() -> None:
    """Measure and print a table or a JSON document, or write the samples."""
    parser = argparse.ArgumentParser(description="Measure the preparation of photographed digits.")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.add_argument("--count", type=int, default=500, metavar="N", help="test digits, 1 to 10000 (default 500)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="decides digits and photographs (default 0)")
    parser.add_argument("--picture", type=Path, metavar="PATH", help="PNG to write of photographs and prepared images")
    parser.add_argument("--samples", type=Path, metavar="DIR", help="folder to write the app's sample pictures to")
    options = parser.parse_args()
    if not 1 <= options.count <= 10_000 or options.seed < 0:
        parser.error("expected --count from 1 to 10000 and --seed from 0 up")
    try:
        if options.samples is not None:
            write_samples(options.samples)
            return
        result, trials, labels, said = measure(options.count, options.seed)
    except AevizError as exc:
        parser.exit(2, f"photos.py: {exc}\n")
    if options.picture is not None:
        write_picture(options.picture, trials, labels, said)
    if options.json:
        print(json.dumps(dataclasses.asdict(result), indent=2))
    else:
        print_table(result)


if __name__ == "__main__":
    main()

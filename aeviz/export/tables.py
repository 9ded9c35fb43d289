"""The encoded test images of a run for other programs: CSV, Parquet, NumPy, and TensorBoard's Embedding Projector.

    csv         one row an image: image, label, class, z1 to zD, error, and of a Gaussian posterior s1 to sD
    parquet     the same columns, numbers in float32
    npz         z (N, D), error (N,), and labels (N,), classes, log_variance (N, D) where there are some
    projector   a folder that `tensorboard --logdir FOLDER` opens: tensors.tsv, metadata.tsv, projector_config.pbtxt,
                and sprite.png where the test images are on this machine

References:
    D. Smilkov et al., Embedding projector: interactive visualization and interpretation of embeddings,
    arXiv:1611.05469; the files are those that the plugin's documentation names.
"""

import csv
import json
import math
import os
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from PIL import Image

from aeviz.errors import ExportError
from aeviz.training.latents import LatentTable

MOST_SPRITE_PX = 8192
"""Side of the largest sprite image that the projector can show."""


def latent_csv(table: LatentTable, class_names: Sequence[str]) -> str:
    """Return the encoded images as a table.

    Args:
        table: The codes: z and s, the standard deviation of the posterior, in the units of the latent space; error is
            the Euclidean norm of image minus reconstruction, pixels in [0, 1].
        class_names: Names of the classes.
    """
    dimensions = range(1, table.z.shape[1] + 1)
    deviations = None if table.log_variance is None else np.exp(table.log_variance / 2)
    head = ["image", "label", "class", *(f"z{k}" for k in dimensions), "error"]
    if deviations is not None:
        head += [f"s{k}" for k in dimensions]
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    for row, (z, error) in enumerate(zip(table.z, table.error, strict=True)):
        spread = () if deviations is None else deviations[row]
        numbers = [f"{value:.6g}" for value in (*z, error, *spread)]
        writer.writerow([row, *_class_of(table, class_names, row), *numbers])
    return text.getvalue()


def write_npz(table: LatentTable, class_names: Sequence[str], path: Path) -> None:
    """Write the encoded images as arrays: z, error and log_variance in float32, labels in int64."""
    arrays: dict[str, np.ndarray] = {
        "z": table.z,
        "error": table.error,
        "classes": np.array(class_names, dtype=np.str_),
    }
    if table.labels is not None:
        arrays["labels"] = table.labels
    if table.log_variance is not None:
        arrays["log_variance"] = table.log_variance
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]


def write_parquet(table: LatentTable, class_names: Sequence[str], path: Path) -> None:
    """Write the encoded images as the columns of `latent_csv`: numbers in float32, image and label in int64."""
    import pyarrow as pa
    from pyarrow import parquet

    columns: dict[str, Any] = {"image": np.arange(len(table.z))}
    if table.labels is not None:
        columns["label"] = table.labels
        columns["class"] = [class_names[label] for label in table.labels.tolist()] if class_names else None
    columns |= {f"z{k}": table.z[:, k - 1] for k in range(1, table.z.shape[1] + 1)}
    columns["error"] = table.error
    if table.log_variance is not None:
        deviations = np.exp(table.log_variance / 2)
        columns |= {f"s{k}": deviations[:, k - 1] for k in range(1, deviations.shape[1] + 1)}
    parquet.write_table(pa.table({name: values for name, values in columns.items() if values is not None}), path)


def write_projector(
    table: LatentTable, class_names: Sequence[str], folder: Path, *, name: str, images: np.ndarray | None
) -> None:
    """Write the files that TensorBoard's projector reads.

    Args:
        table: The codes.
        class_names: Names of the classes.
        folder: Where the files go; it is made.
        name: What the projector calls the points.
        images: The images in the same order, (N, C, H, W), uint8, for small pictures in place of points; or None.

    Raises:
        ExportError: The folder holds other files: TensorBoard would read them too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = {"tensors.tsv", "metadata.tsv", "sprite.png", "projector_config.pbtxt"}
    if others := sorted(path.name for path in folder.iterdir() if path.name not in known):
        raise ExportError(f"{folder} holds other files ({', '.join(others[:3])}); name a folder that is new or empty")
    with TemporaryDirectory(dir=folder, prefix=".aeviz-") as place:  # on a full disk what was there before stays
        _fill_projector(table, class_names, Path(place), name, images)
        for file in known:
            if (Path(place) / file).exists():
                os.replace(Path(place) / file, folder / file)
            else:
                (folder / file).unlink(missing_ok=True)


def _fill_projector(
    table: LatentTable, class_names: Sequence[str], folder: Path, name: str, images: np.ndarray | None
) -> None:
    with (folder / "tensors.tsv").open("w", encoding="utf-8") as file:
        file.writelines("\t".join(f"{value:.6g}" for value in z) + "\n" for z in table.z)
    with (folder / "metadata.tsv").open("w", encoding="utf-8") as file:
        file.write("class\timage\terror\n")
        for row, error in enumerate(table.error):
            _, title = _class_of(table, class_names, row)
            file.write(f"{' '.join(title.split())}\t{row}\t{error:.6g}\n")
    sprite = "" if images is None else _write_sprite(images, folder / "sprite.png")
    (folder / "projector_config.pbtxt").write_text(
        f"""embeddings {{
  tensor_name: {json.dumps(name)}
  tensor_path: "tensors.tsv"
  metadata_path: "metadata.tsv"
{sprite}}}
""",
        encoding="utf-8",
    )


def _class_of(table: LatentTable, class_names: Sequence[str], row: int) -> tuple[str, str]:
    if table.labels is None:
        return "", ""
    label = int(table.labels[row])
    return str(label), class_names[label] if label < len(class_names) else str(label)


def _write_sprite(images: np.ndarray, path: Path) -> str:
    """Write all images as one square grid and return the config's lines about it; none where it is too large."""
    count, channels, height, width = images.shape
    side = math.ceil(math.sqrt(count))
    if side * max(height, width) > MOST_SPRITE_PX:
        return ""
    padded = np.zeros((side * side, channels, height, width), np.uint8)
    padded[:count] = images
    grid = padded.reshape(side, side, channels, height, width).transpose(0, 3, 1, 4, 2)
    pixels = grid.reshape(side * height, side * width, channels)
    Image.fromarray(pixels[:, :, 0] if channels == 1 else pixels).save(path)
    lines = f"    single_image_dim: {width}\n    single_image_dim: {height}\n"
    return f'  sprite {{\n    image_path: "sprite.png"\n{lines}  }}\n'

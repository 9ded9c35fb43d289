"""What `tools/samples.py` measured: the distance from test images to samples in three embeddings.

Source and computation: `aeviz.analysis.sample_quality`.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aeviz.analysis.sample_quality import SquaredMmd
from aeviz.paths import PROJECT_ROOT

COUNT, BLOCK = 5000, 500
"""Images of each set, and of a block."""
DISTANCES = PROJECT_ROOT / "checkpoints" / "samples.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """How far a set of images is from the data."""

    name: str
    """Of a model, or of images."""
    blocks: tuple[SquaredMmd, ...]
    """Of each block."""
    frechet: float
    """Of all images."""
    frechet_block: float
    """Mean over the blocks."""


@cache
def distances(path: Path = DISTANCES) -> tuple[dict[str, tuple[Distance, ...]], float]:
    """Return the distances by embedding ("classifier", "encoder", "pca"), and the classifier's test accuracy.

    The first set of each embedding is the other half of the test images: the floor.
    """
    found = json.loads(path.read_text(encoding="utf-8"))
    return {
        embedding: tuple(
            Distance(
                name=entry["name"],
                blocks=tuple(SquaredMmd(*terms) for terms in entry["blocks"]),
                frechet=entry["frechet"],
                frechet_block=entry["frechet_block"],
            )
            for entry in entries
        )
        for embedding, entries in found["embeddings"].items()
    }, float(found["accuracy"])

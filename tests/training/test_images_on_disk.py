"""Images that stay on disk: the batches of an epoch, and the memory that they take."""

import dataclasses
import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from training_runs import CPU

from aeviz.errors import DataError
from aeviz.training import images_on_disk
from aeviz.training.batches import ResidentImages, count_steps
from aeviz.training.images_on_disk import ImagesOnDisk, place_images


def numbered(n, *, block=4, pool=3, labels=True):
    """n images of one pixel, whose value and label are their number."""
    images = np.arange(n, dtype=np.uint8).reshape(n, 1, 1, 1)
    return ImagesOnDisk(images=images, labels=torch.arange(n) if labels else None, device=CPU, block=block, pool=pool)


def epoch_of(images, *, batch_size=8, seed=0, epoch=1):
    return [
        ((batch.flatten() * 255).round().int().tolist(), None if labels is None else labels.tolist())
        for batch, labels in images.shuffled(batch_size, seed, epoch)
    ]


@pytest.mark.parametrize("count", [1, 5, 8, 9, 12, 13, 25, 100, 255])
@pytest.mark.parametrize("batch_size", [1, 5, 8, 200])
def test_epoch_has_each_image_once_in_batches_of_the_usual_sizes(count, batch_size):
    resident = ResidentImages(images=torch.arange(count, dtype=torch.uint8).reshape(count, 1, 1, 1))
    batches = epoch_of(numbered(count), batch_size=batch_size)
    assert sorted(number for numbers, _ in batches for number in numbers) == list(range(count))
    assert all(numbers == labels for numbers, labels in batches)
    assert [len(numbers) for numbers, _ in batches] == [len(batch) for batch, _ in resident.shuffled(batch_size, 0, 1)]
    assert len(batches) == count_steps(count, batch_size)


def test_order_differs_by_epoch_and_by_seed_and_repeats():
    images = numbered(200)
    first = epoch_of(images)
    assert first == epoch_of(images)
    assert first != epoch_of(images, epoch=2)
    assert first != epoch_of(images, seed=1)


def test_a_pool_mixes_blocks_from_all_over_the_file():
    images = numbered(240, block=4, pool=15)  # 4 pools
    pools = np.array_split(np.concatenate([numbers for numbers, _ in epoch_of(images, batch_size=60)]), 4)
    for pool in pools:
        assert len(np.unique(pool // 4)) == 15
        assert pool.min() < 60
        assert pool.max() >= 180
        assert (np.diff(pool) == 1).mean() < 0.2  # not in the order of the file


def test_in_order_equals_resident_images(tiny_sets):
    data = tiny_sets["train"]
    ours, resident = ImagesOnDisk.place(data, CPU), ResidentImages.place(data, CPU)
    assert len(ours) == len(resident)
    for (a, labels_a), (b, labels_b) in zip(ours.in_order(16), resident.in_order(16), strict=True):
        assert torch.equal(a, b)
        assert torch.equal(labels_a, labels_b)


def test_training_from_disk_resumes_to_the_same_run_and_learns_as_well(fit_tiny):
    from training_runs import assert_same_run, curve

    whole, again = (fit_tiny("train.shuffle=blocks", name=name) for name in ("a", "b"))
    assert_same_run(whole, again)
    assert curve(whole)[-1].val_loss == pytest.approx(curve(fit_tiny(name="c"))[-1].val_loss, rel=0.05)


def test_mapped_images_that_memory_cannot_hold_are_refused_with_the_remedy(
    tiny_sets, tiny_config, tmp_path, monkeypatch
):
    data = tiny_sets["train"]
    np.save(tmp_path / "images.npy", data.images)
    mapped = dataclasses.replace(data, images=np.load(tmp_path / "images.npy", mmap_mode="r"))
    monkeypatch.setattr(images_on_disk, "free_memory", lambda: 1000)
    with pytest.raises(DataError, match=r"GB are free; set train\.shuffle=blocks"):
        place_images(mapped, tiny_config().train, CPU)
    assert isinstance(place_images(mapped, tiny_config("train.shuffle=blocks").train, CPU), ImagesOnDisk)
    assert isinstance(place_images(data, tiny_config().train, CPU), ResidentImages)


_TRAIN = """
import json, sys
from pathlib import Path
import numpy as np
import torch
from aeviz.config import ModelConfig, RunConfig, TrainConfig
from aeviz.data import ImageDataset
from aeviz.training.loop import fit

def anonymous():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("RssAnon"))

images = np.load(sys.argv[1], mmap_mode="r")
sets = [ImageDataset(images=part, name="made-up", split=split) for part, split in
        ((images[2000:], "train"), (images[:2000], "validation"))]
model = ModelConfig(image_shape=(3, 64, 64), encoder="linear", decoder="linear", latent_dim=2)
peak, steps = [], TrainConfig(epochs=1, batch_size=512, device="cpu", shuffle=sys.argv[3])
torch.set_num_threads(1)
before = anonymous()
fit(RunConfig(model=model, train=steps), *sets, Path(sys.argv[2]), on_step=lambda step: peak.append(anonymous()))
print(json.dumps({"grown": max(peak) - before, "images": images.nbytes}))
"""


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")
def test_memory_does_not_grow_with_the_number_of_images(tmp_path):
    grown = {}
    for count, shuffle in ((10_000, "blocks"), (40_000, "blocks"), (40_000, "all")):
        path = tmp_path / f"{count}.npy"
        made = np.lib.format.open_memmap(path, "w+", np.uint8, (count, 3, 64, 64))
        rng = np.random.default_rng(0)
        for start in range(0, count, 1000):
            made[start : start + 1000] = rng.integers(0, 256, (1, 3, 64, 64), np.uint8)
        made.flush()
        done = subprocess.run(
            [sys.executable, "-c", _TRAIN, path, tmp_path / f"run-{count}-{shuffle}", shuffle],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        grown[count, shuffle] = json.loads(done.stdout)["grown"]
        path.unlink()
    few, many = grown[10_000, "blocks"], grown[40_000, "blocks"]
    assert many - few < 60e6  # 369 MB of images more
    assert many < images_on_disk.POOL_BYTES + 350e6  # copies of a batch as floats, 25 MB each, and what PyTorch keeps
    assert grown[40_000, "all"] > many + 250e6

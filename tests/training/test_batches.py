"""The order of the batches: all images once, by seed and epoch alone."""

import dataclasses

import numpy as np
import pytest
import torch
from training_runs import CPU

from aeviz.training.batches import ResidentImages, count_steps, split_batches


def numbered(n):
    """n images of one pixel whose value is their number."""
    return ResidentImages(images=torch.arange(n, dtype=torch.uint8).reshape(n, 1, 1, 1))


def order_of(images, *, batch_size=8, seed=0, epoch=1):
    return [(batch.flatten() * 255).round().int().tolist() for batch, _ in images.shuffled(batch_size, seed, epoch)]


def test_shuffled_covers_each_image_once():
    batches = order_of(numbered(21))
    assert [len(batch) for batch in batches] == [8, 8, 5]
    assert sorted(number for batch in batches for number in batch) == list(range(21))


def test_shuffled_differs_by_epoch_and_by_seed_and_repeats():
    images = numbered(200)
    first = order_of(images)
    assert first == order_of(images)
    assert first != order_of(images, epoch=2)
    assert first != order_of(images, seed=1)
    assert order_of(images, seed=0, epoch=2) != order_of(images, seed=1, epoch=1)


def test_shuffled_yields_floats_in_unit_range():
    batch, _ = next(numbered(256).shuffled(256, 0, 1))
    assert batch.dtype == torch.float32
    assert (batch.min().item(), batch.max().item()) == (0.0, 1.0)


def test_in_order_yields_all_images_in_their_order():
    images = numbered(21)
    np.testing.assert_allclose(
        torch.cat([batch for batch, _ in images.in_order(8)]).flatten() * 255, np.arange(21), rtol=1e-6
    )


def test_shuffled_leaves_the_global_generator_alone():
    before = torch.get_rng_state()
    order_of(numbered(21))
    assert torch.equal(torch.get_rng_state(), before)


def test_place_takes_read_only_images(tiny_sets):
    images = tiny_sets["train"].images[:4].copy()
    images.flags.writeable = False
    placed = ResidentImages.place(dataclasses.replace(tiny_sets["train"].take(range(4)), images=images), CPU)
    np.testing.assert_array_equal(placed.images.numpy(), images)


@pytest.mark.parametrize(
    ("count", "batch_size", "sizes"),
    [
        (21, 8, [8, 8, 5]), (16, 8, [8, 8]), (17, 8, [8, 9]), (9, 8, [9]), (1250, 1249, [1250]), (8, 8, [8]),
        (3, 1, [1, 1, 1]), (1, 1, [1]), (3, 2, [3]), (2, 1, [1, 1]), (1, 8, [1]), (0, 8, []),
    ],
)  # fmt: skip
def test_image_left_alone_joins_the_batch_before(count, batch_size, sizes):
    assert [len(places) for places in split_batches(count, batch_size)] == sizes
    assert [place for places in split_batches(count, batch_size) for place in places] == list(range(count))
    assert count_steps(count, batch_size) == len(sizes)
    assert [len(batch) for batch in order_of(numbered(count), batch_size=batch_size)] == sizes

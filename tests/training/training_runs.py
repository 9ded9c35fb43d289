"""What the tests of the training loop share: the device, and comparisons of two runs."""

import dataclasses

import torch

from aeviz.training.runs import LAST, MODEL
from aeviz.training.weights import read_tensors

CPU = torch.device("cpu")


def curve(folder):
    """The history without what the clock decides."""
    return [dataclasses.replace(report, seconds=0.0, images_per_second=None) for report in folder.history()]


def assert_same_tensors(path, other):
    (tensors, epoch), (other_tensors, other_epoch) = read_tensors(path), read_tensors(other)
    assert epoch == other_epoch
    assert tensors.keys() == other_tensors.keys()
    for name, tensor in tensors.items():
        assert torch.equal(tensor, other_tensors[name]), name


def assert_same_run(folder, other):
    assert curve(folder) == curve(other)
    assert_same_tensors(folder.path / MODEL, other.path / MODEL)
    assert_same_tensors(folder.path / LAST, other.path / LAST)

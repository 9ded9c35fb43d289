"""Weights on disk: safetensors only, checked against the network before a tensor is copied."""

import errno
import os
import re
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from aeviz.errors import CheckpointFormatError, CheckpointMismatchError
from aeviz.training.files import write_atomically
from aeviz.training.safe_files import open_checked, size_problem, unreadable

WEIGHTS_BYTES = 16 << 30
"""Largest file of weights that is opened: a billion weights with the two or three numbers that an optimizer keeps for
each. The file is mapped, not read: memory is taken only for tensors that fit the network of the config."""
HEADER_BYTES = 4 << 20
"""Longest list of tensors at the start of such a file: 40,000 of them. The whole list is parsed at once."""
_MOST_NAMED = 3
_OS_ERROR = re.compile(r"\(os error (\d+)\)")


def save_weights(path: Path, tensors: Mapping[str, Tensor], epoch: int) -> None:
    """Write tensors and the epoch they belong to, atomically.

    Raises:
        OSError: The file cannot be written, for example because the disk is full.
    """
    plain = {name: tensor.detach().to("cpu").contiguous() for name, tensor in tensors.items()}
    try:
        write_atomically(path, lambda temporary: save_file(plain, temporary, metadata={"epoch": str(epoch)}))
    except SafetensorError as error:  # its own type hides the number of the error
        match = _OS_ERROR.search(str(error))
        number = int(match[1]) if match else errno.EIO
        raise OSError(number, os.strerror(number), str(path)) from error


def read_tensors(path: Path) -> tuple[dict[str, Tensor], int]:
    """Read all tensors of a file, on the CPU, and the epoch they belong to.

    Raises:
        CheckpointNotFoundError: There is no such file.
        CheckpointFormatError: The file is truncated, no regular file, or was not written by aeviz.
    """
    with open_checked(path, WEIGHTS_BYTES) as opened:
        header = int.from_bytes(opened.read(8), "little")
    if problem := size_problem(header, HEADER_BYTES):
        raise unreadable(path, f"its list of tensors: {problem}")
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            epoch = int((file.metadata() or {})["epoch"])
            if epoch < 0:
                raise ValueError(f"it names epoch {epoch}")
            return {name: file.get_tensor(name) for name in file.keys()}, epoch  # noqa: SIM118 - not a dict
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise unreadable(path, f"{error}; expected weights that aeviz wrote") from error


def load_weights(model: nn.Module, tensors: Mapping[str, Tensor], run: str) -> None:
    """Copy tensors into `model`.

    Raises:
        CheckpointMismatchError: Names or shapes differ from the network's; every difference is listed.
        CheckpointFormatError: A tensor holds NaN or infinity.
    """
    expected = model.state_dict()
    problems = [f"missing {name}" for name in sorted(set(expected) - set(tensors))]
    problems += [f"unexpected {name}" for name in sorted(set(tensors) - set(expected))]
    problems += [
        f"{name} has shape {tuple(tensors[name].shape)}, the config asks for {tuple(expected[name].shape)}"
        for name in sorted(set(expected) & set(tensors))
        if tensors[name].shape != expected[name].shape
    ]
    problems += [
        f"{name} holds {str(tensors[name].dtype).removeprefix('torch.')}, the network {_kind(tensor)}"
        for name, tensor in sorted(expected.items())
        if name in tensors and tensors[name].is_floating_point() != tensor.is_floating_point()
    ]
    if problems:
        raise CheckpointMismatchError(
            f"the weights of run '{run}' do not fit its config: {'; '.join(problems)}; "
            "restore the folder or train the model again"
        )
    plain = {name: tensor.to(torch.float32) for name, tensor in tensors.items()}
    check_finite(plain, run)
    model.load_state_dict(plain)


def _kind(tensor: Tensor) -> str:
    return "floating point" if tensor.is_floating_point() else "whole numbers"


def check_finite(tensors: Mapping[str, Tensor], run: str) -> None:
    """Check that no tensor holds NaN or infinity, which make every output of the network NaN.

    Raises:
        CheckpointFormatError: Some do; the message names the first of them.
    """
    bad = [name for name, tensor in tensors.items() if not bool(torch.isfinite(tensor).all())]
    if bad:
        more = f" and {len(bad) - _MOST_NAMED} more" if len(bad) > _MOST_NAMED else ""
        raise CheckpointFormatError(
            f"the weights of run '{run}' hold NaN or infinity in {', '.join(bad[:_MOST_NAMED])}{more}; expected finite "
            "numbers; restore the file or train the model again"
        )

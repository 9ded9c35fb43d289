"""Weights on disk: safetensors only, checked against the network before a tensor is copied."""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from aeviz.errors import CheckpointFormatError, CheckpointMismatchError
from aeviz.training.files import write_atomically


def save_weights(path: Path, tensors: Mapping[str, Tensor], epoch: int) -> None:
    """Write tensors and the epoch they belong to, atomically."""
    plain = {name: tensor.detach().to("cpu").contiguous() for name, tensor in tensors.items()}
    write_atomically(path, lambda temporary: save_file(plain, temporary, metadata={"epoch": str(epoch)}))


def read_tensors(path: Path) -> tuple[dict[str, Tensor], int]:
    """Read all tensors of a file, on the CPU, and the epoch they belong to.

    Raises:
        CheckpointFormatError: The file is missing, truncated or was not written by aeviz.
    """
    run = path.parent.name
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            epoch = int((file.metadata() or {})["epoch"])
            return {name: file.get_tensor(name) for name in file.keys()}, epoch  # noqa: SIM118 - not a dict
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise CheckpointFormatError(
            f"cannot read {path.name} of run '{run}': {error}; expected weights that aeviz wrote; "
            "restore the file or train the model again"
        ) from error


def load_weights(model: nn.Module, tensors: Mapping[str, Tensor], run: str) -> None:
    """Copy tensors into `model`.

    Raises:
        CheckpointMismatchError: Names or shapes differ from the network's; every difference is listed.
    """
    expected = model.state_dict()
    problems = [f"missing {name}" for name in sorted(set(expected) - set(tensors))]
    problems += [f"unexpected {name}" for name in sorted(set(tensors) - set(expected))]
    problems += [
        f"{name} has shape {tuple(tensors[name].shape)}, the config asks for {tuple(expected[name].shape)}"
        for name in sorted(set(expected) & set(tensors))
        if tensors[name].shape != expected[name].shape
    ]
    if problems:
        raise CheckpointMismatchError(
            f"the weights of run '{run}' do not fit its config: {'; '.join(problems)}; "
            "restore the folder or train the model again"
        )
    model.load_state_dict({name: tensor.to(torch.float32) for name, tensor in tensors.items()})

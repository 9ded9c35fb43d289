"""Several processes that train one network: each takes its share of every batch, on one machine or several.

`torchrun --nproc-per-node 2 -m aeviz train PRESET --out DIR` starts them. The batch stays the one of the settings: the
gradient is the mean over all of its images, and so the result is that of one process, but for the rounding of sums. The
first process alone writes the run's folder and validates; the others only compute gradients. All of them can read the
folder, from which they go on after one was lost: torchrun then starts all of them anew (`--max-restarts`).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, distributed

from aeviz.config import RunConfig
from aeviz.errors import ConfigError, ProcessLostError

RESTARTS = "TORCHELASTIC_RESTART_COUNT"
"""Variable in which torchrun tells how often it has started the processes anew."""


@dataclass(frozen=True, slots=True)
class Processes:
    """The processes of a training, and which of them this one is."""

    rank: int
    """From 0."""
    count: int
    """2 or more."""

    @classmethod
    def current(cls) -> "Processes | None":
        """Return those that this one has joined; None for a process that trains alone."""
        if not (distributed.is_available() and distributed.is_initialized()):
            return None
        return cls(distributed.get_rank(), distributed.get_world_size())

    def part_of(self, count: int) -> slice:
        """Return the places in a batch of `count` images that are this process's; their numbers differ by at most 1."""
        return slice(count * self.rank // self.count, count * (self.rank + 1) // self.count)

    def total(self, value: Tensor) -> Tensor:
        """Return the sum of a tensor over all processes."""
        total = value.clone()
        distributed.all_reduce(total)
        return total

    def check(self, config: RunConfig, epoch: int) -> None:
        """Check that a batch can be divided, and that all processes begin after the same epoch.

        Raises:
            ConfigError: A part of the network or of the objective needs the whole batch, or the folder of a resumed run
                is not the same for all of them.
        """
        if config.train.batch_size < self.count:
            raise ConfigError(
                f"train.batch_size={config.train.batch_size} for {self.count} processes; expected an image or more for "
                "each; start fewer, or raise train.batch_size"
            )
        if config.objective.penalty == "kl_sparsity":
            raise ConfigError(
                "objective.penalty='kl_sparsity' takes the mean over a whole batch, which several processes divide; "
                "train it in one process"
            )
        first = torch.tensor([epoch], device="cuda" if distributed.get_backend() == "nccl" else "cpu")
        distributed.broadcast(first, 0)
        if int(first) != epoch:
            raise ConfigError(
                f"process {self.rank} reads a run of {epoch} epochs where the first one reads {int(first)}; "
                "expected one folder that all of them see: name a shared one with --out"
            )


@contextmanager
def joined(device: str) -> Iterator[Processes]:
    """Join the others that torchrun started: NCCL between NVIDIA cards, each process on one of its own, else Gloo.

    Processes find each other by addresses in a store. PyTorch 2.15 keeps the store of the processes before a restart,
    addresses included; a process that reads such an address waits for ever. Each start has a part of its own here.

    Args:
        device: `train.device`.
    """
    from torch.distributed import PrefixStore  # type: ignore[attr-defined]  # not there where torch has no distributed
    from torch.distributed.rendezvous import rendezvous

    is_on_cards = device in ("auto", "cuda") and torch.cuda.is_available() and distributed.is_nccl_available()
    if is_on_cards:
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    store, rank, count = next(rendezvous("env://"))
    own = PrefixStore(f"start-{os.environ.get(RESTARTS, '0')}", store)
    distributed.init_process_group("nccl" if is_on_cards else "gloo", store=own, rank=rank, world_size=count)
    try:
        yield Processes(distributed.get_rank(), distributed.get_world_size())
    finally:
        distributed.destroy_process_group()


@contextmanager
def lost_processes() -> Iterator[None]:
    """Raise a ProcessLostError where another process does not answer any more."""
    try:
        yield
    except RuntimeError as error:  # of Gloo; NCCL's error is one, too
        if not any(word in str(error) for word in ("gloo", "NCCL", "Connection")):
            raise
        raise ProcessLostError(
            "another process of this training was lost, and with it the epoch that had begun; torchrun starts all anew "
            "if it was told --max-restarts, or go on with --resume"
        ) from error

"""Several networks of one shape, trained at once: their weights lie in stacks, and each product computes all of them.

A step of a small network is mostly the way to the processor and back. Here K networks share it. Each has initial
weights, batches, noise and an optimizer of its own, so each comes to the losses and weights of its own run, up to
rounding: sums are taken in another order (tests/training/test_together.py).
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap

from aeviz.config import OptimizerConfig, RunConfig
from aeviz.errors import ConfigError, TrainingError
from aeviz.models import Autoencoder
from aeviz.models.bottlenecks import DeterministicBottleneck
from aeviz.training.batches import ResidentImages
from aeviz.training.dense import DenseChain, StackedLinear
from aeviz.training.optimizers import build_optimizer
from aeviz.training.steps import TrainingPass
from aeviz.training.trainer import NORM_EACH, EpochPass, Trainer

_ATEN = torch.ops.aten
_CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.ConvTranspose2d)
_SLOTS = {"adam": ("exp_avg", "exp_avg_sq"), "amsgrad": ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")}
"""State of each optimizer that can be stacked, beside its count of steps, by torch's names."""


def share_shape(configs: Sequence[RunConfig]) -> bool:
    """Whether runs differ in nothing but preset, seed and optimizer."""
    alike = [
        replace(config, preset="", optimizer=OptimizerConfig(), train=replace(config.train, seed=0))
        for config in configs
    ]
    return all(config == alike[0] for config in alike)


def is_stackable(config: RunConfig, model: Autoencoder) -> bool:
    """Whether `TrainerStack` takes networks of this kind.

    Convolutions gain nothing from a stack on a CPU; normalisation and a code book change state of their own in a step;
    bfloat16 products, images on disk and SGD have no stack here.
    """
    return (
        config.optimizer.name in _SLOTS
        and config.train.precision == "fp32"
        and config.train.shuffle == "all"
        and not any(isinstance(layer, _CONVOLUTIONS) for layer in model.modules())
        and len(model.state_dict()) == len(list(model.parameters()))
    )


class TrainerStack:
    """K trainers whose epochs are trained together.

    Their networks and optimizers become views of the stacks, so that each trainer's `validate`, `state` and `model` are
    of use as ever between the epochs.

    Args:
        trainers: One or more, of runs that `share_shape` and are `is_stackable`, all after the same epoch.

    Raises:
        ConfigError: They do not.
    """

    def __init__(self, trainers: Sequence[Trainer]) -> None:
        first = trainers[0]
        _check_same_epoch(trainers)
        if not share_shape([trainer.config for trainer in trainers]):
            raise ConfigError("runs that train together may differ in seed and optimizer alone; train these one by one")
        if not all(is_stackable(trainer.config, trainer.model) for trainer in trainers):
            raise ConfigError(
                "only networks without convolutions, normalisation and code book, in fp32, with Adam or AMSGrad and "
                "with all images in memory train together; train these one by one"
            )
        self.trainers = tuple(trainers)
        optimizers = list(dict.fromkeys(trainer.config.optimizer for trainer in trainers))
        self._rows = sorted(trainers, key=lambda trainer: optimizers.index(trainer.config.optimizer))
        self._parameters = {name: _stack(self._rows, name) for name, _ in first.model.named_parameters()}
        members = [
            [row for row, trainer in enumerate(self._rows) if trainer.config.optimizer == each] for each in optimizers
        ]
        self._groups = [_Group(self._rows[rows[0] : rows[-1] + 1], rows[0], self._parameters) for rows in members]
        self._step = _DenseStack.of(first, self._parameters) or _AnyStack(first, self._parameters)

    def train_epoch(self, images: ResidentImages) -> list[EpochPass | TrainingError]:
        """Make one pass of every network through the images.

        Returns:
            For each network what `Trainer.train_epoch` returns, with its share of the time as `seconds`; or the error
            that it would raise, its weights then being those from before the epoch, as its trainer's `epoch` is. The
            others go on in a new stack.

        Raises:
            ConfigError: The trainers are no longer after the same epoch.
        """
        _check_same_epoch(self.trainers)
        first, start = self.trainers[0], time.perf_counter()
        train, epoch = first.config.train, first.epoch + 1
        for trainer in self._rows:
            trainer.model.train()
        before = {name: stack.detach().clone() for name, stack in self._parameters.items()}
        generators = [trainer.epoch_generator(epoch) for trainer in self._rows]
        seeds = [trainer.config.train.seed for trainer in self._rows]
        losses, norms, sizes, share = [], [], [], 1.0
        for step, (x, labels) in enumerate(images.shuffled_by_seed(train.batch_size, seeds, epoch)):
            entered, target, noise = self._draw(x, generators)
            share = first.kl_share(step)
            losses.append(self._step(entered, target, noise, labels, share))
            if train.gradient_clip is not None or step % NORM_EACH == 0:
                norms.append(self._clip_gradients(train.gradient_clip))
            for group in self._groups:
                group.step(step)
            sizes.append(x.shape[1])
        values = torch.stack(losses).to("cpu").double()
        mean_norms = torch.stack(norms).to("cpu").double().mean(0).tolist()
        weights = torch.tensor(sizes, dtype=torch.float64)
        means = (weights @ values / weights.sum()).tolist()
        is_finite = torch.stack([each.detach().flatten(1).isfinite().all(1) for each in self._parameters.values()])
        are_finite, seconds = is_finite.all(0).tolist(), (time.perf_counter() - start) / len(self._rows)
        results: dict[int, EpochPass | TrainingError] = {}
        for row, trainer in enumerate(self._rows):
            bad = (~values[:, row].isfinite()).nonzero()
            if len(bad) or not are_finite[row]:
                self._rewind(row, before)
                cause = "a weight became infinite or NaN in the last step"
                if len(bad):
                    cause = f"the loss became {values[bad[0], row].item()} at step {int(bad[0]) + 1}"
                results[id(trainer)] = TrainingError(trainer.divergence_message(cause))
                continue
            results[id(trainer)] = EpochPass(
                loss=means[row],
                learning_rate=trainer.learning_rate(len(sizes) - 1),
                gradient_norm=mean_norms[row] if math.isfinite(mean_norms[row]) else None,
                seconds=seconds,
                kl_share=share if trainer.config.model.is_variational else None,
            )
            trainer.epoch += 1
        for group in self._groups:
            group.tell_steps()
        return [results[id(trainer)] for trainer in self.trainers]

    def _draw(self, x: Tensor, generators: Sequence[torch.Generator]) -> tuple[Tensor, Tensor, Tensor | None]:
        """Draw for each network what its own run would; arguments and result as of `Trainer.draw`, with K in front."""
        config = self.trainers[0].config
        if not (config.train.flip or config.model.is_variational or config.objective.corruption != "none"):
            return x, x, None
        drawn = [
            trainer.draw(own, generator) for trainer, own, generator in zip(self._rows, x, generators, strict=True)
        ]
        noise = [each for _, _, each in drawn if each is not None]
        entered, target = torch.stack([each for each, _, _ in drawn]), torch.stack([each for _, each, _ in drawn])
        return entered, target, torch.stack(noise) if noise else None

    @torch.no_grad()
    def _clip_gradients(self, limit: float | None) -> Tensor:
        """Scale each network's gradient down to the norm `limit` if it is longer; return the norms that they had."""
        gradients = [_gradient(stack) for stack in self._parameters.values()]
        parts = torch.stack([torch.linalg.vector_norm(gradient.flatten(1), dim=1) for gradient in gradients])
        norms: Tensor = torch.linalg.vector_norm(parts, dim=0)
        if limit is not None:
            factors = (limit / (norms + 1e-6)).clamp(max=1)  # as torch.nn.utils.clip_grads_with_norm_ does
            for gradient in gradients:
                gradient.mul_(factors.view(-1, *[1] * (gradient.ndim - 1)))
        return norms

    @torch.no_grad()
    def _rewind(self, row: int, before: Mapping[str, Tensor]) -> None:
        for name, stack in self._parameters.items():
            stack[row].copy_(before[name][row])


def _check_same_epoch(trainers: Sequence[Trainer]) -> None:
    epochs = sorted({trainer.epoch for trainer in trainers})
    if len(epochs) > 1:
        raise ConfigError(
            f"these runs are after epochs {', '.join(map(str, epochs))}; only runs after the same epoch train together"
        )


def _stack(trainers: Sequence[Trainer], name: str) -> nn.Parameter:
    """Return one weight of all networks, (K, ...), with room for its gradient; theirs become views of it."""
    own = [trainer.model.get_parameter(name) for trainer in trainers]
    stack = nn.Parameter(torch.stack([parameter.detach() for parameter in own]))
    stack.grad = torch.zeros_like(stack)
    for parameter, row in zip(own, stack.detach(), strict=True):
        parameter.data = row
    return stack


def _gradient(stack: nn.Parameter) -> Tensor:
    if stack.grad is None:
        raise RuntimeError("a stack's gradient was taken away; expected the one that it made")
    return stack.grad


class _Group:
    """The optimizer of networks whose optimizers are set alike.

    Args:
        trainers: The networks, in the order of the rows.
        first: Row of the first of them.
        stacks: The weights of all networks by name, (K, ...), with their gradients.
    """

    def __init__(self, trainers: Sequence[Trainer], first: int, stacks: Mapping[str, nn.Parameter]) -> None:
        self._trainers, config = trainers, trainers[0].config.optimizer
        rows = slice(first, first + len(trainers))
        parts = {name: nn.Parameter(stack.detach()[rows]) for name, stack in stacks.items()}
        self._optimizer = build_optimizer(config, parts.values(), trainers[0].device)
        for name, part in parts.items():
            part.grad = _gradient(stacks[name])[rows]
            own = [trainer.model.get_parameter(name) for trainer in trainers]
            states = [trainer.optimizer.state[parameter] for trainer, parameter in zip(trainers, own, strict=True)]
            shared: dict[str, Tensor] = {"step": states[0].get("step", torch.zeros((), device=part.device)).clone()}
            for slot in _SLOTS[config.name]:
                shared[slot] = torch.stack([state.get(slot, torch.zeros_like(part[0])) for state in states]).detach()
            self._optimizer.state[part] = shared
            for row, state in enumerate(states):
                state["step"] = shared["step"].clone()
                state |= {slot: shared[slot][row] for slot in _SLOTS[config.name]}

    def step(self, step: int) -> None:
        """Make a step, the `step`-th of the epoch from 0."""
        self._optimizer.param_groups[0]["lr"] = self._trainers[0].learning_rate(step)
        self._optimizer.step()

    def tell_steps(self) -> None:
        """Write the number of steps made into the state of each trainer's own optimizer."""
        (count, *_) = (state["step"] for state in self._optimizer.state.values())
        for trainer in self._trainers:
            for state in trainer.optimizer.state.values():
                state["step"].copy_(count)


class _AnyStack:
    """The gradients of any stackable networks, by autograd through one network with a dimension more.

    Args:
        trainer: One of them, whose network is the pattern.
        stacks: The weights of all by name, (K, ...), with room for their gradients.
    """

    def __init__(self, trainer: Trainer, stacks: Mapping[str, nn.Parameter]) -> None:
        module = TrainingPass(trainer.config, trainer.model)
        self._stacks = {f"model.{name}": stack for name, stack in stacks.items()}

        def one(
            weights: dict[str, Tensor],
            entered: Tensor,
            x: Tensor,
            noise: Tensor | None,
            labels: Tensor | None,
            share: float,
        ) -> Tensor:
            loss: Tensor = functional_call(module, weights, (entered, x, noise, labels, share))
            return loss

        self._one = one

    def __call__(self, entered: Tensor, x: Tensor, noise: Tensor | None, labels: Tensor | None, share: float) -> Tensor:
        """Return the objectives, (K,); arguments as of `GradientStep`, with K in front."""
        for stack in self._stacks.values():
            _gradient(stack).zero_()
        places = (0, 0, 0, *(None if each is None else 0 for each in (noise, labels)), None)
        losses: Tensor = vmap(self._one, in_dims=places)(dict(self._stacks), entered, x, noise, labels, share)
        losses.sum().backward()  # type: ignore[no-untyped-call]
        return losses.detach()


class _DenseStack:
    """The gradients of plain dense autoencoders by the squared error, without autograd.

    Args:
        chain: All their layers.
        weight: Of the reconstruction error, above 0.
    """

    def __init__(self, chain: DenseChain, weight: float) -> None:
        self._chain, self._weight = chain, weight

    @classmethod
    def of(cls, trainer: Trainer, stacks: Mapping[str, nn.Parameter]) -> "_DenseStack | None":
        """Return the step of networks like the trainer's; None where they are others."""
        model, bottleneck, objective = trainer.model, trainer.model.bottleneck, trainer.config.objective
        if not isinstance(bottleneck, DeterministicBottleneck) or objective.penalty != "none":
            return None
        if objective.reconstruction != "mse" or objective.reconstruction_weight == 0:
            return None
        names: dict[Tensor, str] = {parameter: name for name, parameter in model.named_parameters()}

        def stacked(linear: nn.Linear) -> StackedLinear:
            return StackedLinear(stacks[names[linear.weight]], stacks[names[linear.bias]])

        chain = DenseChain.of(model.encoder, bottleneck.head, model.decoder, stacked=stacked)
        return None if chain is None else cls(chain, objective.reconstruction_weight)

    @torch.no_grad()
    def __call__(self, entered: Tensor, x: Tensor, noise: Tensor | None, labels: Tensor | None, share: float) -> Tensor:
        """Return the objectives, (K,); arguments as of `GradientStep`, with K in front."""
        output, gradient = self._chain.forward(entered.flatten(2)), self._chain.gradient_buffer(x.shape[1])
        # the mean over all K networks, times K
        _ATEN.mse_loss_backward.grad_input(
            output.new_tensor(self._weight * len(x)), output, x.flatten(2), 1, grad_input=gradient
        )
        # it is 2 (y - x) w / n: the error follows without another pass over both
        losses = gradient.flatten(1).square().sum(1) * (x[0].numel() / (4 * self._weight))
        self._chain.backward(gradient)
        return losses

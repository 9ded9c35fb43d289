"""One run in progress: network, optimizer and position, and how to move them an epoch on.

The seed alone fixes the initial weights and the order of the batches; the optimizer has no part in either. Two runs
that differ only in the optimizer therefore start from equal weights and see equal batches, which is what makes a
comparison of Adam with AMSGrad fair.
"""

import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from aeviz.config import RunConfig
from aeviz.config.train import usual_batch_size
from aeviz.errors import CheckpointMismatchError, ConfigError, TrainingError
from aeviz.models import Autoencoder, build_model, initialise
from aeviz.objectives import Objective, annealing_factor, corrupt, mse
from aeviz.training.batches import count_steps
from aeviz.training.images_on_disk import TrainingImages
from aeviz.training.optimizers import build_optimizer, schedule_factor
from aeviz.training.steps import gradient_step
from aeviz.training.weights import check_finite, load_weights

_OPTIMIZER_STATE = re.compile(r"optimizer\.(\d{1,9})\.(\w+)")
_RESTORE = "restore the folder or train the model again"
NORM_EACH = 8
"""Of so many steps one measures the norm of its gradient, unless clipping needs all norms."""
EVALUATION_BATCH = 2048
"""Validation images a forward pass takes at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochPass:
    """The result of one pass through the training images."""

    loss: float
    """Mean objective over the images, each measured just before the step that used it."""
    learning_rate: float
    """Learning rate of the last step."""
    gradient_norm: float | None
    """Mean norm of the whole gradient, before clipping, over every `NORM_EACH`th step from the first on, or over all
    steps where clipping is on; None where not finite."""
    seconds: float
    """Duration, without the time that the caller spent between steps."""
    kl_share: float | None
    """Share of the KL weight that counted in the last step; None for a plain autoencoder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """Losses on the validation images."""

    loss: float
    """Mean objective, with the whole KL weight and, for a variational bottleneck, one sample an image; without a
    bottleneck's own loss: that of a code book grows with the distances between the codes while the error falls."""
    mse: float
    """Mean squared error over pixels and images, decoded from the posterior means."""
    kl: float | None
    """Nats an image; None for a plain autoencoder."""


class Trainer:
    """Network, optimizer and position of one run, and how to move them an epoch on.

    Args:
        config: Every setting.
        n_train: Number of training images; it fixes the number of steps and so the schedule.
        device: Where the run computes.
    """

    def __init__(self, config: RunConfig, n_train: int, device: torch.device) -> None:
        if config.train.batch_size > n_train:
            raise ConfigError(
                f"train.batch_size={config.train.batch_size} is larger than the {n_train} training images; "
                f"choose at most {n_train}, for example --set train.batch_size={usual_batch_size(n_train)}"
            )
        self.config = config
        self.device = device
        self.n_train = n_train
        self.epoch = 0
        self.steps_per_epoch = count_steps(n_train, config.train.batch_size)
        self.model: Autoencoder = build_model(config.model)
        if config.train.batch_size == 1 and _normalises_single_values(self.model):
            raise ConfigError(
                f"train.batch_size=1 of {n_train} training images, but batch normalisation of maps of 1 x 1 pixels "
                "needs at least two images in a batch; choose train.batch_size=2 or more, or fewer model.channels"
            )
        initialise(self.model, config.train.seed, config.model.init)
        self.model.to(device)
        if device.type == "cpu":  # the CPU convolves faster with the channels last
            self.model.to(memory_format=torch.channels_last)
        self.optimizer = build_optimizer(config.optimizer, self.model.parameters(), device)
        self._objective = Objective(config.objective)
        self._gradient_step = gradient_step(config, self.model, device)

    def train_epoch(self, images: TrainingImages, on_step: Callable[[int], None] | None = None) -> "EpochPass":
        """Make one pass through the images.

        Args:
            images: The training images.
            on_step: Called after each step with its number within the epoch; the time it takes, which may be a pause
                of hours, is left out of `seconds`. An exception that it raises ends the epoch.

        Raises:
            TrainingError: The loss stopped being finite. The weights are then those from before the epoch.
        """
        train = self.config.train
        before = {name: tensor.clone() for name, tensor in self.model.state_dict().items()}
        self.model.train()
        start, idle = time.perf_counter(), 0.0
        losses, norms, sizes, rate = [], [], [], 0.0
        generator = self.epoch_generator(self.epoch + 1)
        share = 1.0
        for step, (x, labels) in enumerate(images.shuffled(train.batch_size, train.seed, self.epoch + 1)):
            rate, share = self.learning_rate(step), self.kl_share(step)
            self.optimizer.param_groups[0]["lr"] = rate
            loss = self._compute_gradient(x, labels, generator, share)
            if train.gradient_clip is not None:
                norms.append(self._clip_gradient(train.gradient_clip))
            elif step % NORM_EACH == 0:
                norms.append(torch.nn.utils.get_total_norm(self._gradients()))
            self.optimizer.step()
            losses.append(loss)  # read once at the end: no step waits for the device
            sizes.append(len(x))
            if on_step is not None:
                called = time.perf_counter()
                on_step(step + 1)
                idle += time.perf_counter() - called
        values = torch.stack(losses).to("cpu")
        bad = (~torch.isfinite(values)).nonzero()
        if len(bad):
            self.model.load_state_dict(before)
            raise TrainingError(
                self.divergence_message(f"the loss became {values[bad[0]].item()} at step {int(bad[0]) + 1}")
            )
        if not all(bool(torch.isfinite(tensor).all()) for tensor in self.model.state_dict().values()):
            self.model.load_state_dict(before)
            raise TrainingError(self.divergence_message("a weight became infinite or NaN in the last step"))
        self.epoch += 1
        weights = torch.tensor(sizes, dtype=torch.float64)
        norm = float(torch.stack(norms).to("cpu").double().mean())  # MPS has no float64
        return EpochPass(
            loss=float((values.double() * weights).sum() / weights.sum()),
            learning_rate=rate,
            gradient_norm=norm if math.isfinite(norm) else None,
            seconds=time.perf_counter() - start - idle,
            kl_share=share if self.config.model.is_variational else None,
        )

    def _compute_gradient(self, x: Tensor, labels: Tensor | None, generator: torch.Generator, share: float) -> Tensor:
        """Return the objective of a batch as training sees it: flipped, corrupted, sampled; leave its gradient."""
        entered, x, noise = self.draw(x, generator)
        return self._gradient_step(entered, x, noise, labels, share)

    def draw(self, x: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor | None]:
        """Draw all that is random in a step.

        Args:
            x: Images of the batch, (N, C, H, W), float32 in [0, 1].
            generator: That of the epoch, `epoch_generator`.

        Returns:
            The images as they enter the network, those that the reconstructions should equal, and the noise of a
            variational bottleneck, (N, D), or None.
        """
        objective = self.config.objective
        if self.config.train.flip:
            mirrored = torch.rand(len(x), 1, 1, 1, generator=generator, device=self.device) < 0.5
            x = torch.where(mirrored, x.flip(3), x)
        entered = corrupt(x, objective.corruption, objective.corruption_level, generator)
        return entered, x, self._noise(len(x), generator)

    def learning_rate(self, step: int) -> float:
        """Return the learning rate of a step of the next epoch, counted from 0."""
        optimizer = self.config.optimizer
        return optimizer.learning_rate * schedule_factor(
            optimizer.schedule,
            self.epoch * self.steps_per_epoch + step,
            self.config.train.epochs * self.steps_per_epoch,
            steps_per_epoch=self.steps_per_epoch,
            decay=optimizer.decay,
        )

    def kl_share(self, step: int) -> float:
        """Return the share of the KL weight that counts in a step of the next epoch, counted from 0."""
        return annealing_factor(self.config.objective, self.epoch + step / self.steps_per_epoch)

    def epoch_generator(self, epoch: int) -> torch.Generator:
        """Return the generator of an epoch's noise, the same for a run that resumes; epoch 0 is that of validation."""
        return torch.Generator(self.device).manual_seed((1 << 60) + (self.config.train.seed << 20) + epoch)

    def _noise(self, count: int, generator: torch.Generator) -> Tensor | None:
        """Return draws from N(0, I), (count, D), for a variational bottleneck, else None."""
        if not self.config.model.is_variational:
            return None
        return torch.randn(count, self.config.model.latent_dim, generator=generator, device=self.device)

    def _clip_gradient(self, limit: float) -> Tensor:
        """Scale the gradient down to the norm `limit` if it is longer; return the norm that it had."""
        norm = torch.nn.utils.get_total_norm(self._gradients())
        torch.nn.utils.clip_grads_with_norm_(self.model.parameters(), limit, norm)
        return norm

    def _gradients(self) -> list[Tensor]:
        return [parameter.grad for parameter in self.model.parameters() if parameter.grad is not None]

    @torch.inference_mode()
    def validate(self, images: TrainingImages) -> Validation:
        """Measure the network on images, which are neither flipped nor corrupted; the noise is the same every time.

        The public code of [S2]'s author validates with another KL weight than it trains with; here it is one. While it
        is annealed the validation loss has all of it, so that epochs can be compared.
        """
        self.model.eval()
        generator = self.epoch_generator(0)
        is_variational = self.config.model.is_variational
        totals = torch.zeros(3, device=self.device)
        for x, labels in images.in_order(EVALUATION_BATCH):
            passed = self.model.autoencode(x, self._noise(len(x), generator), labels)
            loss = self._objective(passed.reconstruction, x, passed.code.z, passed.code.kl)
            error = mse(self.model(x) if is_variational else passed.reconstruction, x)
            totals += len(x) * torch.stack([loss.total, error, loss.kl])
        loss, error, kl = (totals / len(images)).tolist()
        return Validation(loss=loss, mse=error, kl=kl if is_variational else None)

    def state(self) -> dict[str, Tensor]:
        """Return weights and optimizer state as named tensors, all that resuming needs beside the epoch."""
        tensors = {f"model.{name}": tensor for name, tensor in self.model.state_dict().items()}
        for index, slots in self.optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{index}.{name}": tensor for name, tensor in slots.items() if tensor is not None}
        return tensors

    def restore(self, tensors: dict[str, Tensor], epoch: int, run: str) -> None:
        """Restore the result of `state` after `epoch` epochs.

        Raises:
            CheckpointMismatchError: The weights or the optimizer's state belong to another network.
            CheckpointFormatError: A number of them is not finite.
        """
        model = {name[6:]: tensor for name, tensor in tensors.items() if name.startswith("model.")}
        load_weights(self.model, model, run)
        others = {name: tensor for name, tensor in tensors.items() if not name.startswith("model.")}
        check_finite(others, run)
        parameters = list(self.model.parameters())
        state: dict[int, dict[str, Tensor]] = {}
        for name, tensor in others.items():
            match = _OPTIMIZER_STATE.fullmatch(name)
            place = int(match[1]) if match else len(parameters)
            if match is None or place >= len(parameters):
                raise CheckpointMismatchError(
                    f"the state of the optimizer of run '{run}' does not fit its config: unexpected {name}; {_RESTORE}"
                )
            shape = parameters[place].shape
            if tensor.ndim and tensor.shape != shape:  # a count of steps is a single number
                raise CheckpointMismatchError(
                    f"the state of the optimizer of run '{run}' does not fit its config: {name} has shape "
                    f"{tuple(tensor.shape)}, the config asks for {tuple(shape)}; {_RESTORE}"
                )
            if tensor.ndim == 4:  # a fused step walks weights and state through memory side by side, laid out alike
                tensor = torch.empty_like(parameters[place], requires_grad=False).copy_(tensor)
            state.setdefault(place, {})[match[2]] = tensor
        self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": state})
        self.epoch = epoch

    def divergence_message(self, cause: str) -> str:
        """Return the message for a divergence in the epoch after `self.epoch`, whose weights are dropped."""
        rate = self.config.optimizer.learning_rate
        kept = f"the weights of epoch {self.epoch} are kept" if self.epoch else "nothing was learned yet"
        clip = "" if self.config.train.gradient_clip is not None else ", or train.gradient_clip=1"
        return (
            f"training diverged in epoch {self.epoch + 1}: {cause}; {kept}; try a smaller "
            f"optimizer.learning_rate than {rate:g}{clip}"
        )


@torch.no_grad()
def _normalises_single_values(model: Autoencoder) -> bool:
    """Whether batch normalisation in `model` has a single value a channel when a batch holds one image."""
    sizes: list[int] = []

    def note(layer: torch.nn.Module, inputs: tuple[Tensor, ...]) -> None:
        sizes.append(inputs[0][0, 0].numel())

    layers = [layer for layer in model.modules() if isinstance(layer, torch.nn.BatchNorm2d)]
    hooks = [layer.register_forward_pre_hook(note) for layer in layers]
    model.eval()(torch.zeros(1, *model.config.image_shape))
    for hook in hooks:
        hook.remove()
    return 1 in sizes

"""The training loop: data resident on the device, one fused optimizer step a batch, one line of history an epoch.

The seed alone fixes the initial weights and the order of the batches; the optimizer has no part in either. Two runs
that differ only in the optimizer therefore start from equal weights and see equal batches, which is what makes a
comparison of ADAM with AMSGrad fair.
"""

import math
import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

import aeviz
from aeviz.config import RunConfig
from aeviz.data import ImageDataset
from aeviz.errors import CheckpointMismatchError, ConfigError, TrainingError
from aeviz.models import Autoencoder, build_model, initialise
from aeviz.objectives import Objective, annealing_factor, corrupt, mse
from aeviz.training.devices import describe_device, resolve_device
from aeviz.training.history import EpochReport, append_report, write_history
from aeviz.training.latents import LATENTS
from aeviz.training.optimizers import build_optimizer, schedule_factor
from aeviz.training.runs import EVALUATION, HISTORY, LAST, MODEL, Provenance, RunFolder
from aeviz.training.status import JOB_FILES
from aeviz.training.summary import SUMMARY
from aeviz.training.weights import load_weights, read_tensors, save_weights

EVALUATION_BATCH = 2048
"""Validation images a forward pass takes at once."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ResidentImages:
    """Images on the device as uint8; floats in [0, 1] exist only a batch at a time."""

    images: Tensor
    """(N, C, H, W), uint8."""
    labels: Tensor | None = None
    """Classes, (N,), int64, or None."""

    @classmethod
    def place(cls, dataset: ImageDataset, device: torch.device) -> "ResidentImages":
        """Copy the images and labels of a data set to the device once."""
        labels = None if dataset.labels is None else torch.tensor(dataset.labels, device=device)
        return cls(images=torch.tensor(np.ascontiguousarray(dataset.images), device=device), labels=labels)

    def __len__(self) -> int:
        return len(self.images)

    def shuffled(self, batch_size: int, seed: int, epoch: int) -> Iterator[tuple[Tensor, Tensor | None]]:
        """Yield the batches of an epoch: (B, C, H, W), float32 in [0, 1], and the labels, (B,), or None.

        The order comes from a CPU generator seeded by seed and epoch: the same on every device, and known again to a
        run that resumes.
        """
        generator = torch.Generator().manual_seed((seed << 20) + epoch)
        order = torch.randperm(len(self), generator=generator).to(self.images.device)
        for start in range(0, len(order), batch_size):
            chosen = order[start : start + batch_size]
            labels = None if self.labels is None else self.labels[chosen]
            yield self.images.index_select(0, chosen).to(torch.float32).div_(255), labels

    def in_order(self, batch_size: int) -> Iterator[tuple[Tensor, Tensor | None]]:
        """Yield all images and labels in their order, as `shuffled` does."""
        for start in range(0, len(self), batch_size):
            labels = None if self.labels is None else self.labels[start : start + batch_size]
            yield self.images[start : start + batch_size].to(torch.float32).div_(255), labels


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochPass:
    """What one pass through the training images gave."""

    loss: float
    """Mean objective over the images, each measured just before the step that used it."""
    learning_rate: float
    """Step size of the last step."""
    gradient_norm: float | None
    """Mean over the steps of the norm of the whole gradient, before clipping; None where not finite."""
    seconds: float
    """Time it took, without what the caller spent between steps."""
    kl_share: float | None
    """Share of the KL weight that counted in the last step; None for a plain autoencoder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What a network does on images that it did not learn from."""

    loss: float
    """Mean objective, with the whole KL weight and, for a variational bottleneck, one sample an image."""
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
                f"choose at most {n_train}, for example --set train.batch_size={max(1, min(64, n_train // 4))}"
            )
        self.config = config
        self.device = device
        self.epoch = 0
        self.steps_per_epoch = -(-n_train // config.train.batch_size)
        self.model: Autoencoder = build_model(config.model)
        initialise(self.model, config.train.seed)
        self.model.to(device)
        if device.type == "cpu":  # the CPU convolves faster with the channels last
            self.model.to(memory_format=torch.channels_last)
        self.optimizer = build_optimizer(config.optimizer, self.model.parameters(), device)
        self._objective = Objective(config.objective)

    def train_epoch(self, images: ResidentImages, on_step: Callable[[int], None] | None = None) -> "EpochPass":
        """Make one pass through the images.

        Args:
            images: The training images.
            on_step: Called after each step with its number within the epoch; the time it takes, which may be a pause
                of hours, is left out of `seconds`. What it raises ends the epoch.

        Raises:
            TrainingError: The loss stopped being finite. The weights are then those from before the epoch.
        """
        train = self.config.train
        before = {name: tensor.clone() for name, tensor in self.model.state_dict().items()}
        self.model.train()
        start, idle = time.perf_counter(), 0.0
        losses, norms, sizes, rate = [], [], [], 0.0
        first_step = self.epoch * self.steps_per_epoch
        total_steps = train.epochs * self.steps_per_epoch
        chance = self._generator(self.epoch + 1)
        share = 1.0
        for step, (x, labels) in enumerate(images.shuffled(train.batch_size, train.seed, self.epoch + 1)):
            rate = self.config.optimizer.learning_rate * schedule_factor(
                self.config.optimizer.schedule,
                first_step + step,
                total_steps,
                steps_per_epoch=self.steps_per_epoch,
                decay=self.config.optimizer.decay,
            )
            share = annealing_factor(self.config.objective, self.epoch + step / self.steps_per_epoch)
            self.optimizer.param_groups[0]["lr"] = rate
            self.optimizer.zero_grad(set_to_none=True)
            loss = self._training_loss(x, labels, chance, share)
            loss.backward()  # type: ignore[no-untyped-call]
            limit = float("inf") if train.gradient_clip is None else train.gradient_clip
            norms.append(self._clip_gradient(limit))
            self.optimizer.step()
            losses.append(loss.detach())  # read once at the end: no step waits for the device
            sizes.append(len(x))
            if on_step is not None:
                called = time.perf_counter()
                on_step(step + 1)
                idle += time.perf_counter() - called
        values = torch.stack(losses).to("cpu")
        bad = (~torch.isfinite(values)).nonzero()
        if len(bad):
            self.model.load_state_dict(before)
            raise TrainingError(self.diverged(f"the loss became {values[bad[0]].item()} at step {int(bad[0]) + 1}"))
        if not all(bool(torch.isfinite(tensor).all()) for tensor in self.model.state_dict().values()):
            self.model.load_state_dict(before)
            raise TrainingError(self.diverged("a weight became infinite or NaN in the last step"))
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

    def _training_loss(self, x: Tensor, labels: Tensor | None, chance: torch.Generator, share: float) -> Tensor:
        """Return the objective of a batch as training sees it: flipped, corrupted, sampled."""
        objective = self.config.objective
        if self.config.train.flip:
            mirrored = torch.rand(len(x), 1, 1, 1, generator=chance, device=self.device) < 0.5
            x = torch.where(mirrored, x.flip(3), x)
        entered = corrupt(x, objective.corruption, objective.corruption_level, chance)
        passed = self.model.autoencode(entered, self._noise(len(x), chance), labels)
        return self._objective(passed.reconstruction, x, passed.code.z, passed.code.kl, annealed=share).total

    def _generator(self, epoch: int) -> torch.Generator:
        """Return where noise of an epoch comes from: known again to a run that resumes; 0 is that of validation."""
        return torch.Generator(self.device).manual_seed((1 << 60) + (self.config.train.seed << 20) + epoch)

    def _noise(self, count: int, chance: torch.Generator) -> Tensor | None:
        """Return draws from N(0, I), (count, D), for a variational bottleneck, else None."""
        if not self.config.model.is_variational:
            return None
        return torch.randn(count, self.config.model.latent_dim, generator=chance, device=self.device)

    def _clip_gradient(self, limit: float) -> Tensor:
        """Scale the gradient down to the norm `limit` if it is longer; return the norm that it had."""
        gradients = [parameter.grad for parameter in self.model.parameters() if parameter.grad is not None]
        norm = torch.nn.utils.get_total_norm(gradients)
        if math.isfinite(limit):
            torch.nn.utils.clip_grads_with_norm_(self.model.parameters(), limit, norm)
        return norm

    @torch.inference_mode()
    def validate(self, images: ResidentImages) -> Validation:
        """Measure the network on images, which are neither flipped nor corrupted; the noise is the same every time.

        [S2] validates with another KL weight than it trains with; here it is one, and while it is annealed the
        validation loss has all of it, so that epochs can be compared.
        """
        self.model.eval()
        chance = self._generator(0)
        is_variational = self.config.model.is_variational
        totals = torch.zeros(3, device=self.device)
        for x, labels in images.in_order(EVALUATION_BATCH):
            passed = self.model.autoencode(x, self._noise(len(x), chance), labels)
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
        """Take up what `state` gave after `epoch` epochs.

        Raises:
            CheckpointMismatchError: The weights belong to another network.
        """
        model = {name[6:]: tensor for name, tensor in tensors.items() if name.startswith("model.")}
        load_weights(self.model, model, run)
        state: dict[int, dict[str, Tensor]] = {}
        for name, tensor in tensors.items():
            if name.startswith("optimizer."):
                _, index, slot = name.split(".")
                state.setdefault(int(index), {})[slot] = tensor
        parameters = list(self.model.parameters())
        for place, slots in state.items():
            # a fused step walks weights and state through memory side by side: they must be laid out alike
            for slot, tensor in slots.items():
                if tensor.ndim == 4:
                    slots[slot] = torch.empty_like(parameters[place], requires_grad=False).copy_(tensor)
        self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": state})
        self.epoch = epoch

    def diverged(self, what: str) -> str:
        """Return what to tell when the epoch after `self.epoch` cannot be kept."""
        rate = self.config.optimizer.learning_rate
        kept = f"the weights of epoch {self.epoch} are kept" if self.epoch else "nothing was learned yet"
        clip = "" if self.config.train.gradient_clip is not None else ", or train.gradient_clip=1"
        return (
            f"training diverged in epoch {self.epoch + 1}: {what}; {kept}; try a smaller "
            f"optimizer.learning_rate than {rate:g}{clip}"
        )


def fit(
    config: RunConfig,
    train_set: ImageDataset,
    validation_set: ImageDataset,
    path: Path,
    *,
    resume: bool = False,
    on_begin: Callable[[int], None] | None = None,
    on_epoch: Callable[[EpochReport], None] | None = None,
    on_step: Callable[[int], None] | None = None,
    observe: Callable[[int, Autoencoder], None] | None = None,
    on_trained: Callable[[Trainer], None] | None = None,
) -> RunFolder:
    """Train a model and keep its run in the folder `path`, which is up to date after every epoch.

    Args:
        config: Every setting.
        train_set: Images to learn from.
        validation_set: Images that choose which epoch's weights are kept as the best.
        path: Folder of the run; it is made, and must be empty unless `resume` is set.
        resume: Go on from the folder's last epoch; the curve is the one an unbroken run would have given.
        on_begin: Called with the number of epochs already trained, once the folder can be resumed.
        on_epoch: Called after each epoch is on disk.
        on_step: Called after each step with its number within the epoch; what it raises ends the training.
        observe: Called with the number of epochs trained and the network, first as the run begins or goes on, and
            after each epoch before `on_epoch`; it must not change the network.
        on_trained: Called with the trainer after each epoch's weights are on disk; it must not change it.

    Raises:
        ConfigError: Model and images do not fit, the prior has not an anchor for each class, the folder is taken, or
            more epochs than asked for are trained.
        CheckpointMismatchError: The data of a resumed run changed.
        TrainingError: The loss stopped being finite; the folder keeps the last good epoch.
    """
    if train_set.image_shape != config.model.image_shape:
        raise ConfigError(
            f"model.image_shape={config.model.image_shape} but the images of {train_set.name!r} are "
            f"{train_set.image_shape}; set model.image_shape to theirs"
        )
    if config.model.prior == "anchored" and config.model.classes != len(train_set.class_names):
        raise ConfigError(
            f"model.classes={config.model.classes} but {train_set.name!r} has {len(train_set.class_names)} classes; an "
            "anchored prior needs an anchor for each: set model.classes to their number, or use model.prior=standard"
        )
    device = resolve_device(config.train.device)
    trainer = Trainer(config, len(train_set), device)
    fingerprint = train_set.fingerprint()
    if resume:
        folder, history = _resume(path, config, trainer, fingerprint)
    else:
        folder, history = _begin(path, config, trainer, train_set, validation_set, fingerprint), []
    best = min((report.val_loss for report in history), default=float("inf"))
    images = ResidentImages.place(train_set, device)
    validation_images = ResidentImages.place(validation_set, device)
    if on_begin is not None:
        on_begin(trainer.epoch)
    if observe is not None:  # a run that was killed may not have got to it
        observe(trainer.epoch, trainer.model.eval())
    while trainer.epoch < config.train.epochs:
        result = trainer.train_epoch(images, on_step)
        start = time.perf_counter()
        validation = trainer.validate(validation_images)
        if not (math.isfinite(validation.loss) and math.isfinite(validation.mse)):
            trainer.epoch -= 1
            raise TrainingError(trainer.diverged(f"the validation loss became {validation.loss}"))
        report = EpochReport(
            epoch=trainer.epoch,
            train_loss=result.loss,
            val_loss=validation.loss,
            val_mse=validation.mse,
            learning_rate=result.learning_rate,
            seconds=result.seconds + time.perf_counter() - start,
            gradient_norm=result.gradient_norm,
            images_per_second=len(train_set) / max(result.seconds, 1e-9),
            val_kl=validation.kl,
            kl_share=result.kl_share,
        )
        # in this order a crash between two of these leaves a run that resumes to the same curve
        append_report(path / HISTORY, report)
        if validation.loss < best:
            best = validation.loss
            save_weights(path / MODEL, trainer.model.state_dict(), trainer.epoch)
        save_weights(path / LAST, trainer.state(), trainer.epoch)
        if on_trained is not None:
            on_trained(trainer)
        if observe is not None:
            observe(trainer.epoch, trainer.model.eval())
        if on_epoch is not None:
            on_epoch(report)
    return folder


def check_folder(path: Path, *, resume: bool) -> None:
    """Make the folder of a run that begins; a folder to resume must be there already.

    Raises:
        ConfigError: The folder is taken or cannot be made.
        CheckpointNotFoundError: There is no run to resume.
    """
    if resume:
        RunFolder.read(path)
        return
    if path.exists() and (not path.is_dir() or any(_is_in_the_way(file.name) for file in path.iterdir())):
        raise ConfigError(f"{str(path)!r} is taken; name a new folder with --out, or go on with it by --resume {path}")
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"cannot make the folder {str(path)!r}: {error.strerror}; name another with --out") from error


def _is_in_the_way(name: str) -> bool:
    """Whether a file of that name keeps a run from beginning; hidden ones are what a trainer left that was killed."""
    return name not in {LAST, *JOB_FILES} and not name.startswith(".")


def mean_image_error(train_images: np.ndarray, images: np.ndarray) -> float:
    """Return the mean squared error of drawing the mean training image for every image.

    Args:
        train_images: (N, C, H, W), uint8.
        images: (M, C, H, W), uint8.

    Returns:
        Mean over pixels and images, pixels in [0, 1].
    """
    mean = train_images.mean(axis=0, dtype=np.float64)
    # the mean of (x - m)^2 is the mean of x^2 - 2 x m + m^2, which needs no second copy of the images
    squares = sum(
        float(np.square(part, dtype=np.float64).sum()) for part in np.array_split(images, 1 + len(images) // 1024)
    )
    ours = images.mean(axis=0, dtype=np.float64)
    return float((squares / images.size - 2 * (ours * mean).mean() + (mean**2).mean()) / 255**2)


def _begin(
    path: Path,
    config: RunConfig,
    trainer: Trainer,
    train_set: ImageDataset,
    validation_set: ImageDataset,
    fingerprint: str,
) -> RunFolder:
    check_folder(path, resume=False)
    provenance = Provenance(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        versions={
            "aeviz": aeviz.__version__,
            "python": platform.python_version(),
            "torch": torch.__version__,
            "numpy": np.__version__,
        },
        device=describe_device(trainer.device),
        data_fingerprint=fingerprint,
        class_names=train_set.class_names,
        n_train=len(train_set),
        n_validation=len(validation_set),
        parameters=sum(parameter.numel() for parameter in trainer.model.parameters()),
        mean_image_mse=mean_image_error(train_set.images, validation_set.images),
    )
    folder = RunFolder(path=path, config=config, provenance=provenance)
    save_weights(path / LAST, trainer.state(), 0)
    folder.write()  # last: a folder with a config can be resumed
    return folder


def _resume(path: Path, config: RunConfig, trainer: Trainer, fingerprint: str) -> tuple[RunFolder, list[EpochReport]]:
    found = RunFolder.read(path)
    _check_settings(found.config, config)
    if found.provenance.data_fingerprint != fingerprint:
        raise CheckpointMismatchError(
            f"the images of {config.data.name!r} are not those run '{found.name}' began with; "
            "restore them, or train a new run"
        )
    tensors, epoch = read_tensors(path / LAST)
    if config.train.epochs < epoch:
        raise ConfigError(
            f"train.epochs={config.train.epochs} but of run '{found.name}' {epoch} epochs are trained; "
            f"choose at least {epoch}"
        )
    trainer.restore(tensors, epoch, found.name)
    history = [report for report in found.history() if report.epoch <= epoch]
    write_history(path / HISTORY, history)  # drops an epoch whose weights were not written
    folder = RunFolder(path=path, config=config, provenance=found.provenance)
    if config != found.config:
        folder.write()
    if epoch < config.train.epochs:
        for stale in (LATENTS, EVALUATION, SUMMARY):  # they describe weights that are about to change
            (path / stale).unlink(missing_ok=True)
    return folder, history


def _check_settings(before: RunConfig, after: RunConfig) -> None:
    """Let a resumed run change only how long it goes on and where, so that its curve is that of an unbroken run."""
    allowed = replace(after, train=replace(after.train, epochs=before.train.epochs, device=before.train.device))
    if allowed != before:
        raise ConfigError("--resume goes on with the run's own settings; only --epochs and --device may change")
    if after.train.epochs != before.train.epochs and before.optimizer.schedule == "one_cycle":
        raise ConfigError(
            f"the {before.optimizer.schedule} schedule of this run ends at epoch {before.train.epochs}; "
            "another number of epochs would be another curve: train a new run with --epochs"
        )

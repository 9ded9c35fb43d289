"""The gradient of a batch: by autograd, or for dense layers on a CPU by hand."""

from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from aeviz.config import RunConfig
from aeviz.errors import ConfigError
from aeviz.models import Autoencoder
from aeviz.models.autoencoder import Passed
from aeviz.models.bottlenecks import DeterministicBottleneck
from aeviz.objectives import Objective
from aeviz.training.dense import DenseChain
from aeviz.training.processes import Processes, lost_processes

_ATEN = torch.ops.aten
_OUTPUT_LAYERS = {"identity": 0, "sigmoid": 1, "tanh": 2}
"""Layers at the end of a decoder that make pixels of sums, by the names of model.output."""


class GradientStep(Protocol):
    """What computes the objective of a batch and leaves its gradient in the parameters' `grad`."""

    def __call__(self, entered: Tensor, x: Tensor, noise: Tensor | None, labels: Tensor | None, share: float) -> Tensor:
        """Return the objective, a scalar.

        Args:
            entered: Images as they enter the network, perhaps corrupted, (N, C, H, W), float32.
            x: Images that the reconstructions should equal, as `entered`, in [0, 1].
            noise: Draws from N(0, I), (N, D), for a variational bottleneck, else None.
            labels: Classes, (N,), int64, or None.
            share: Share of the KL weight that counts now, in [0, 1].
        """
        ...


def gradient_step(config: RunConfig, model: Autoencoder, device: torch.device) -> GradientStep:
    """Return the fastest that computes this network's gradient on the device, in one process or several.

    Raises:
        ConfigError: Several processes cannot divide the batch of such a network.
    """
    if (processes := Processes.current()) is not None:
        return SharedStep(config, model, device, processes)
    if device.type == "cpu":
        step = DenseStep.of(config, model)
        if step is not None:
            return step
    return AutogradStep(config, model)


class TrainingPass(nn.Module):
    """The objective of a batch, as a module.

    Args:
        config: The objective, and the precision of the products.
        model: The network.
    """

    def __init__(self, config: RunConfig, model: Autoencoder) -> None:
        super().__init__()
        self.model, self._objective = model, Objective(config.objective)
        self._is_halved = config.train.precision == "bf16"

    def forward(self, entered: Tensor, x: Tensor, noise: Tensor | None, labels: Tensor | None, share: float) -> Tensor:
        """Return the objective, of which autograd knows the way."""
        reconstruction, code = (self._pass_halved if self._is_halved else self.model.autoencode)(entered, noise, labels)
        return self._objective(reconstruction, x, code.z, code.kl, own_loss=code.own_loss, annealed=share).total

    def _pass_halved(self, entered: Tensor, noise: Tensor | None, labels: Tensor | None) -> Passed:
        """Do as `Autoencoder.autoencode` does, with bfloat16 products in encoder and decoder alone.

        The bottleneck keeps float32, since a divergence is a difference of near numbers; so does the function that ends
        in an image, since between 0.5 and 1 bfloat16 knows 128 values and a pixel has 256.
        """
        at = len(self.model.decoder) - _OUTPUT_LAYERS[self.model.config.output]
        with torch.autocast(entered.device.type, torch.bfloat16):
            features = self.model.encoder(entered)
        code = self.model.bottleneck(features.float(), noise, self.model.prior_mean(labels))
        with torch.autocast(entered.device.type, torch.bfloat16):
            sums = self.model.decoder[:at](code.z)
        return Passed(reconstruction=self.model.decoder[at:](sums.float()), code=code)


class AutogradStep:
    """The gradient of any network.

    Args:
        config: The objective.
        model: The network.
    """

    def __init__(self, config: RunConfig, model: Autoencoder) -> None:
        self._pass = TrainingPass(config, model)

    def __call__(self, entered: Tensor, x: Tensor, noise: Tensor | None, labels: Tensor | None, share: float) -> Tensor:
        """Return the objective."""
        self._pass.zero_grad(set_to_none=True)
        loss: Tensor = self._pass(entered, x, noise, labels, share)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.detach()


class SharedStep:
    """The gradient of a batch that several processes divide; each of them ends with the whole gradient.

    Args:
        config: The objective.
        model: The network; batch normalisation in it is over the whole batch, which takes NVIDIA cards.
        device: Where this process computes.
        processes: All of them.

    Raises:
        ConfigError: The network normalises over batches and the device is no NVIDIA card.
    """

    def __init__(self, config: RunConfig, model: Autoencoder, device: torch.device, processes: Processes) -> None:
        self._processes = processes
        module: nn.Module = TrainingPass(config, model)
        if any(isinstance(layer, nn.BatchNorm2d) for layer in module.modules()):
            if device.type != "cuda":
                raise ConfigError(
                    "batch normalisation over a batch that several processes divide needs NVIDIA cards; train this "
                    "network in one process, or choose an encoder without it"
                )
            for parent in list(model.modules()):
                for name, layer in parent.named_children():
                    if isinstance(layer, nn.BatchNorm2d):
                        setattr(parent, name, nn.SyncBatchNorm.convert_sync_batchnorm(layer))  # type: ignore[no-untyped-call]
        self._pass = DistributedDataParallel(module)

    def __call__(self, entered: Tensor, x: Tensor, noise: Tensor | None, labels: Tensor | None, share: float) -> Tensor:
        """Return the objective of the whole batch."""
        count, part = len(x), self._processes.part_of(len(x))
        weight = (part.stop - part.start) / count
        if weight == 0:  # fewer images than processes: one is computed and does not count
            part = slice(0, 1)
        self._pass.zero_grad(set_to_none=True)
        cut_noise, cut_labels = (None if whole is None else whole[part] for whole in (noise, labels))
        loss = self._pass(entered[part], x[part], cut_noise, cut_labels, share) * weight
        with lost_processes():
            (loss * self._processes.count).backward()  # the mean over the processes is taken of the gradients
            return self._processes.total(loss.detach())


class DenseStep:
    """The gradient of dense encoders and decoders; autograd sees no more than the bottleneck between them.

    Args:
        config: The objective.
        model: The network.
        before: Its layers up to the bottleneck, or up to the image where a plain code is one more dense layer.
        after: The decoder's layers; None where `before` holds them.
    """

    def __init__(self, config: RunConfig, model: Autoencoder, before: DenseChain, after: DenseChain | None) -> None:
        self._model, self._objective = model, Objective(config.objective)
        self._weight, self._is_mse = config.objective.reconstruction_weight, config.objective.reconstruction == "mse"
        self._before, self._after = before, after

    @classmethod
    def of(cls, config: RunConfig, model: Autoencoder) -> "DenseStep | None":
        """Return the step of a network; None where a layer of it is not dense."""
        bottleneck, precision = model.bottleneck, config.train.precision
        if isinstance(bottleneck, DeterministicBottleneck) and config.objective.penalty == "none":
            chain = DenseChain.of(model.encoder, bottleneck.head, model.decoder, precision=precision)
            return None if chain is None else cls(config, model, chain, None)
        before, after = (DenseChain.of(stack, precision=precision) for stack in (model.encoder, model.decoder))
        return None if before is None or after is None else cls(config, model, before, after)

    def __call__(self, entered: Tensor, x: Tensor, noise: Tensor | None, labels: Tensor | None, share: float) -> Tensor:
        """Return the objective."""
        with torch.no_grad():
            features = self._before.forward(entered.flatten(1))
            if self._after is None:
                loss, gradient = self._reconstruct(self._before, features, x)
                self._before.backward(gradient)
                return loss
        self._model.bottleneck.zero_grad(set_to_none=True)
        features = features.detach().requires_grad_()
        code = self._model.bottleneck(features, noise, self._model.prior_mean(labels))
        with torch.no_grad():
            loss, gradient = self._reconstruct(self._after, self._after.forward(code.z.detach()), x)
            by_point = self._after.backward(gradient, to_input=True)
        more = self._objective.of_code(code.z, code.kl, own_loss=code.own_loss, annealed=share)
        ends, gradients = [code.z], [by_point]
        if more is not None:
            ends, gradients = [*ends, more], [*gradients, None]
            loss = loss + more.detach()
        torch.autograd.backward(ends, gradients)
        with torch.no_grad():
            if features.grad is not None:
                self._before.backward(features.grad)
        return loss

    def _reconstruct(self, chain: DenseChain, output: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the weighted error of reconstructions, a scalar, and the gradient by them, (N, C * H * W)."""
        gradient = chain.gradient_buffer(len(x))
        if self._weight == 0:
            return output.new_zeros(()), gradient.zero_()
        if self._is_mse:
            weight = output.new_tensor(self._weight)
            _ATEN.mse_loss_backward.grad_input(weight, output, x.flatten(1), 1, grad_input=gradient)
            # it is 2 (y - x) w / n: the error follows without another pass over both
            flat = gradient.view(-1)
            return torch.dot(flat, flat) * (flat.numel() / (4 * self._weight)), gradient
        with torch.enable_grad():
            y = output.view_as(x).detach().requires_grad_()
            error = self._weight * self._objective.of_images(y, x)
            gradient.copy_(torch.autograd.grad(error, y)[0].flatten(1))
        return error.detach(), gradient

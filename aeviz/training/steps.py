"""The gradient of a batch: by autograd, or for dense layers on a CPU by hand."""

from typing import Protocol

import torch
from torch import Tensor, nn

from aeviz.config import RunConfig
from aeviz.models import Autoencoder
from aeviz.models.autoencoder import Passed
from aeviz.models.bottlenecks import DeterministicBottleneck
from aeviz.objectives import Objective
from aeviz.training.dense import DenseChain

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
    """Return the fastest that computes this network's gradient on the device."""
    if device.type == "cpu":
        step = DenseStep.of(config, model)
        if step is not None:
            return step
    return AutogradStep(config, model)


class AutogradStep:
    """The gradient of any network.

    Args:
        config: The objective.
        model: The network.
    """

    def __init__(self, config: RunConfig, model: Autoencoder) -> None:
        self._model, self._objective = model, Objective(config.objective)
        self._is_halved = config.train.precision == "bf16"

    def __call__(self, entered: Tensor, x: Tensor, noise: Tensor | None, labels: Tensor | None, share: float) -> Tensor:
        """Return the objective."""
        self._model.zero_grad(set_to_none=True)
        reconstruction, code = (self._pass_halved if self._is_halved else self._model.autoencode)(
            entered, noise, labels
        )
        loss = self._objective(reconstruction, x, code.z, code.kl, own_loss=code.own_loss, annealed=share).total
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.detach()

    def _pass_halved(self, entered: Tensor, noise: Tensor | None, labels: Tensor | None) -> Passed:
        """Do as `Autoencoder.autoencode` does, with bfloat16 products in encoder and decoder alone.

        The bottleneck keeps float32, since a divergence is a difference of near numbers; so does the function that ends
        in an image, since between 0.5 and 1 bfloat16 knows 128 values and a pixel has 256.
        """
        model = self._model
        at = len(model.decoder) - _OUTPUT_LAYERS[model.config.output]
        with torch.autocast(entered.device.type, torch.bfloat16):
            features = model.encoder(entered)
        code = model.bottleneck(features.float(), noise, model.prior_mean(labels))
        with torch.autocast(entered.device.type, torch.bfloat16):
            sums = model.decoder[:at](code.z)
        return Passed(reconstruction=model.decoder[at:](sums.float()), code=code)


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
            head = bottleneck.head
            plain = [*model.encoder, *(head if isinstance(head, nn.Sequential) else [head]), *model.decoder]
            chain = DenseChain.of(plain, precision)
            return None if chain is None else cls(config, model, chain, None)
        before, after = DenseChain.of(model.encoder, precision), DenseChain.of(model.decoder, precision)
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

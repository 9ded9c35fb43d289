"""What does not fit is found: another range, swapped axes, images upside down or inverted; what fits is left alone."""

from collections.abc import Callable

import onnx
import pytest
import torch
from onnx.reference import ReferenceEvaluator

from aeviz.bring.examples import codes_with_fault, with_fault
from aeviz.bring.remedies import find_remedy
from aeviz.bring.settings import Imported, RemedyKind, advise
from aeviz.data import load_dataset
from aeviz.paths import checkpoints_root
from aeviz.training.run import load

Change = Callable[[torch.Tensor], torch.Tensor]
PIXELS = ("0..1", "0..1")


def images() -> torch.Tensor:
    return torch.from_numpy(load_dataset("digits", "test").images[:100] / 255).float()


@pytest.fixture(scope="module")
def network() -> Change:
    run = load("digits-2d-adam")
    return lambda x: torch.as_tensor(run.reconstruct(x.numpy()))


@pytest.mark.parametrize(
    ("kind", "change", "back"),
    [
        ("transposed", lambda x: x.transpose(2, 3), lambda x: x.transpose(2, 3)),
        ("upside down", lambda x: x.flip(2), lambda x: x.flip(2)),
        ("inverted", lambda x: 1 - x, lambda x: 1 - x),
    ],
)
def test_network_of_changed_images_is_found(network: Change, kind: RemedyKind, change: Change, back: Change) -> None:
    x = images()
    found = find_remedy(lambda each: back(network(change(each))), PIXELS, [], x)
    assert found is not None
    assert found.kind == kind
    assert found.mse == pytest.approx(float(((network(x) - x) ** 2).mean()), rel=1e-5)


def test_range_that_was_told_wrong_is_found_and_one_that_fits_needs_nothing(network: Change) -> None:
    x = images()
    wrong = find_remedy(lambda each: network(each) / 2 + 0.5, ("0..1", "-1..1"), [(PIXELS, network)], x)
    assert wrong is not None
    assert (wrong.kind, wrong.pixels) == ("range", PIXELS)
    assert find_remedy(network, PIXELS, [(PIXELS, network)], x) is None
    assert find_remedy(lambda each: each * float("nan"), PIXELS, [], x) is None


def test_files_with_a_fault_take_and_give_other_images() -> None:
    folder = checkpoints_root() / "digits-2d-adam"
    x = images().numpy()
    encoder, decoder = ((folder / f"{part}.onnx").read_bytes() for part in ("encoder", "decoder"))

    def run(content: bytes, value: object) -> torch.Tensor:
        model = onnx.load_model_from_string(content)
        onnx.checker.check_model(model)
        return torch.as_tensor(ReferenceEvaluator(model).run(None, {model.graph.input[0].name: value})[0])

    z = run(encoder, x)
    swapped, inverted = (with_fault(encoder, fault) for fault in ("axes", "inverted"))
    torch.testing.assert_close(run(swapped, x.transpose(0, 1, 3, 2)), z)
    torch.testing.assert_close(run(inverted, 1 - x), z, rtol=1e-4, atol=1e-4)
    assert with_fault(encoder, "range") == encoder  # that lies in the import
    levels, network = load_dataset("digits", "test").images[:100], load("digits-2d-adam")
    for fault, entering in (("axes", x.transpose(0, 1, 3, 2)), ("range", 2 * x - 1), ("inverted", 1 - x)):
        found = torch.from_numpy(codes_with_fault(network, levels, fault))
        torch.testing.assert_close(found, run(encoder, entering), rtol=1e-4, atol=1e-4)
    made = run(decoder, z.numpy())
    torch.testing.assert_close(run(with_fault(decoder, "axes"), z.numpy()).transpose(2, 3), made)
    torch.testing.assert_close(run(with_fault(decoder, "inverted"), z.numpy()), 1 - made)


@pytest.mark.parametrize("kind", ["range", "transposed", "upside down", "inverted"])
def test_advice_says_by_how_much_and_what_to_do(kind: RemedyKind) -> None:
    made = Imported(
        name="mine",
        data="digits",
        latent_dim=2,
        image_shape=(1, 8, 8),
        is_variational=False,
        pixels_in="-1..1",
        pixels_out="-1..1",
        mse=0.2,
        mean_image_mse=0.07,
        parameters=1,
        remedy=kind,
        remedy_in="0..1",
        remedy_out="-1..1",
        remedy_mse=0.03,
    )
    text = advise(made)
    assert "0.030 in place of 0.200" in text
    assert text.rstrip(".").split(". ")[-1].startswith(("Export it", "Import it again"))
    assert ("As 0..1 in and -1..1 out" in text) == (kind == "range")

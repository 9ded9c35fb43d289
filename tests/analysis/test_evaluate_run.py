import dataclasses
import gzip
import math

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from scipy.spatial import KDTree
from sklearn.neighbors import KNeighborsClassifier

from aeviz import objectives
from aeviz.analysis.evaluation import evaluate
from aeviz.config import ModelConfig
from aeviz.data import ImageDataset, load_dataset
from aeviz.errors import DataError
from aeviz.paths import checkpoints_root
from aeviz.training import run as run_module
from aeviz.training.latents import EXACT_DIMENSIONS
from aeviz.training.run import load
from aeviz.training.runs import CONFIG, MODEL, RunFolder

SHIPPED = sorted(path.parent.name for path in checkpoints_root().glob(f"*/{CONFIG}"))


def numpy_mlp(path, images):
    """Latent points and reconstructions of an mlp autoencoder, from its weights alone, in float64."""
    weights = {name: array.astype(np.float64) for name, array in load_file(path / MODEL).items()}

    def linear(x, name):
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def layers(part):
        numbers = {int(name.split(".")[1]) for name in weights if name.startswith(part)}
        return [f"{part}.{number}" for number in sorted(numbers)]

    x = images.reshape(len(images), -1).astype(np.float64) / 255
    for name in layers("encoder"):
        x = np.maximum(linear(x, name), 0)
    heads = {name.removesuffix(".weight") for name in weights if name.startswith("bottleneck.") and "weight" in name}
    head = next(name for name in ("bottleneck.mean_head", "bottleneck.head.0", "bottleneck.head") if name in heads)
    x = linear(x, head)
    x = 1 / (1 + np.exp(-x)) if head == "bottleneck.head.0" else x  # a Sequential has a sigmoid behind it
    if (codes := weights.get("bottleneck.codes")) is not None:
        x = codes[KDTree(codes).query(x.reshape(-1, codes.shape[1]))[1]].reshape(x.shape)
    z = x
    *hidden, last = layers("decoder")
    for name in hidden:
        x = np.maximum(linear(x, name), 0)
    return z, 1 / (1 + np.exp(-linear(x, last)))


@pytest.fixture(scope="module")
def measured(trained_folder):
    test_set, train_set = load_dataset("digits", "test"), load_dataset("digits", "train")
    return evaluate(load(trained_folder), test_set, train_set), test_set, train_set


def test_mse_agrees_with_an_independent_forward_pass(measured, trained_folder):
    (evaluation, table), test_set, _ = measured
    z, y = numpy_mlp(trained_folder, test_set.images)
    squares = (test_set.images.reshape(297, -1) / 255 - y) ** 2
    np.testing.assert_allclose(table.z, z, atol=1e-5)
    np.testing.assert_allclose(table.error, np.sqrt(squares.sum(axis=1)), rtol=1e-5)
    assert evaluation.mse == pytest.approx(squares.mean(), rel=1e-6)
    assert evaluation.psnr == pytest.approx(-10 * math.log10(squares.mean()), rel=1e-6)
    for digit in range(10):
        expected = np.sqrt(squares.sum(axis=1))[test_set.labels == digit].mean()
        assert evaluation.euclidean_error_per_class[str(digit)] == pytest.approx(expected, rel=1e-6)


def test_similarities_are_means_over_images(measured, trained_folder):
    (evaluation, _), test_set, _ = measured
    x = torch.from_numpy(test_set.images).double() / 255
    y = torch.from_numpy(numpy_mlp(trained_folder, test_set.images)[1]).reshape(x.shape)
    assert evaluation.ssim == pytest.approx(objectives.ssim(x, y).mean().item(), abs=1e-5)
    assert evaluation.ms_ssim == pytest.approx(objectives.ms_ssim(x, y).value.mean().item(), abs=1e-5)


def test_knn_is_fitted_on_the_training_latents(measured, trained_folder):
    (evaluation, _), test_set, train_set = measured
    fitted = KNeighborsClassifier(10).fit(numpy_mlp(trained_folder, train_set.images)[0], train_set.labels)
    expected = fitted.score(numpy_mlp(trained_folder, test_set.images)[0], test_set.labels)
    assert evaluation.knn_accuracy == pytest.approx(expected, abs=1 / 297)  # float32 may turn one image


def test_names_and_what_a_plain_autoencoder_has_not(measured):
    (evaluation, table), test_set, _ = measured
    assert (evaluation.dataset, evaluation.split, evaluation.n) == ("digits", "test", 297)
    assert evaluation.kl is None
    assert evaluation.elbo is None
    assert evaluation.active_units == int((table.z.astype(np.float64).var(axis=0) > 0.01).sum())
    np.testing.assert_array_equal(table.labels, test_set.labels)


def test_batches_do_not_matter(measured, trained_folder, monkeypatch):
    (evaluation, _), test_set, train_set = measured
    monkeypatch.setattr(run_module, "BATCH", 100)
    monkeypatch.setattr("aeviz.analysis.evaluation.BATCH", 64)
    other, _ = evaluate(load(trained_folder), test_set, train_set)
    assert other.mse == pytest.approx(evaluation.mse, rel=1e-6)
    assert other.ssim == pytest.approx(evaluation.ssim, rel=1e-6)


def test_images_that_cannot_be_written_to(measured, trained_folder):
    (evaluation, _), test_set, train_set = measured
    images = test_set.images.copy()
    images.flags.writeable = False  # as a memory map is
    assert evaluate(load(trained_folder), dataclasses.replace(test_set, images=images), train_set)[0] == evaluation


def test_progress_rises_and_has_words(trained_folder):
    reported = []
    few = load_dataset("digits", "test").take(range(30))
    evaluate(load(trained_folder), few, few, on_progress=lambda share, text: reported.append((share, text)))
    shares = [share for share, _ in reported]
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] <= 1
    assert all(text for _, text in reported)


def test_images_without_labels(trained_folder):
    images = load_dataset("digits", "test").take(range(30))
    bare = dataclasses.replace(images, labels=None, class_names=())
    evaluation, table = evaluate(load(trained_folder), bare, bare)
    assert evaluation.euclidean_error_per_class == {}
    assert evaluation.knn_accuracy is None
    assert table.labels is None


def test_few_images_have_no_trustworthiness(trained_folder):
    few = load_dataset("digits", "test").take(range(5))
    assert evaluate(load(trained_folder), few, few)[0].trustworthiness is None


def test_images_too_small_for_similarity(random_run):
    run = random_run(ModelConfig(image_shape=(1, 2, 5), hidden=(4,)))
    images = np.random.default_rng(0).integers(0, 256, (6, 1, 2, 5), dtype=np.uint8)
    dataset = ImageDataset(images=images, name="strips", split="test")
    evaluation, _ = evaluate(run, dataset, dataset)
    assert evaluation.ssim is None
    assert evaluation.ms_ssim is None
    assert 0 < evaluation.mse < 1


def test_images_of_another_shape_raise(trained_folder):
    circles = load_dataset("circles", "test").take(range(3))
    with pytest.raises(DataError, match=r"images of shape \(3, 1, 28, 28\) for run 'tiny-run'"):
        evaluate(load(trained_folder), circles, circles)


def read_mnist_test(root):
    folder = root / "MNIST" / "raw"
    plain, packed = folder / "t10k-images-idx3-ubyte", folder / "t10k-images-idx3-ubyte.gz"
    if not plain.is_file() and not packed.is_file():
        pytest.skip("AEVIZ_DATA holds no mnist")
    content = plain.read_bytes() if plain.is_file() else gzip.decompress(packed.read_bytes())
    return np.frombuffer(content, dtype=np.uint8, offset=16).reshape(-1, 1, 28, 28)


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_figures_agree_with_an_independent_forward_pass(name, request):
    folder = RunFolder.read(checkpoints_root() / name)
    if folder.config.model.encoder != "mlp" or folder.config.model.decoder != "mlp":
        pytest.skip("the forward pass by hand knows mlp networks only")
    if folder.config.model.bottleneck == "flow":
        pytest.skip("the forward pass by hand knows no flow; onnxruntime's is compared in tests/export")
    if folder.config.data.name == "mnist":
        images = read_mnist_test(request.getfixturevalue("shared_root"))
    else:
        images = load_dataset(folder.config.data.name, "test").images
    z, y = numpy_mlp(folder.path, images)
    squares = (images.reshape(len(images), -1) / 255 - y) ** 2
    evaluation, table = folder.evaluation(), folder.latents()
    assert evaluation.mse == pytest.approx(squares.mean(), abs=1e-6)
    if folder.config.model.latent_dim <= EXACT_DIMENSIONS:
        np.testing.assert_allclose(table.z, z, rtol=2**-10, atol=1e-4)  # kept in float16
    else:
        half_a_step = np.ptp(z, axis=0) / 255 / 2  # kept to a 256th of the range, some after float16
        assert (np.abs(table.z - z) <= half_a_step + 2**-10 * np.abs(z) + 2e-4).all()
    np.testing.assert_allclose(table.error, np.sqrt(squares.sum(axis=1)), rtol=2**-10)

"""The card of a model: a README.md in Markdown with the YAML header that Hugging Face reads.

It is made from config.json, history.jsonl and evaluation.json alone: the same run gives the same card.
"""

import textwrap
from collections.abc import Iterable, Sequence

import yaml

from aeviz.config import ModelConfig, RunConfig
from aeviz.data.catalog import find_source
from aeviz.data.source import DatasetInfo
from aeviz.models.architecture import describe_layers
from aeviz.presets import PRESETS
from aeviz.training.run_records import Evaluation, Provenance
from aeviz.training.runs import RunFolder

CARD = "README.md"
"""Name of the file beside the weights."""
FACES = "celeba"
"""The data set whose publisher allows non-commercial research only."""
_LINE = 120
"""Characters in a line of prose."""
_OPTIMIZERS = {"adam": "Adam", "amsgrad": "AMSGrad", "sgd": "SGD with momentum"}
_SCHEDULES = {
    "constant": "a constant learning rate of {rate:g}",
    "one_cycle": "a learning rate that rises to {rate:g} and falls to zero (one cycle)",
    "exponential": "a learning rate of {rate:g}, times {decay:g} after each epoch",
}
_PENALTIES = {"l1": "L1", "l2": "L2", "kl_sparsity": "KL sparsity"}
_SOURCES = {
    "S1": "M. Sevkovych, *On variational autoencoders: theory and applications*, master's thesis, University of "
    "Stuttgart, 2023",
    "S2": "R. Grabovac, *Variational autoencoders with applications*, master's thesis, University of Zagreb, 2025",
    "S3": "S. Chaki, *Understanding Autoencoders: From Theory to Applications*, slides, 2025",
}
"""The texts that the sentences of `aeviz.presets` name in short."""


def describe_objective(config: RunConfig) -> str:
    """Return the objective as a sum of terms, as `ObjectiveConfig` weighs them, and the corruption of the inputs."""
    objective, terms = config.objective, []
    if objective.reconstruction_weight:
        weight = "" if objective.reconstruction_weight == 1 else f"{objective.reconstruction_weight:g} "
        terms.append(weight + objective.loss_spec.symbol)
    if objective.kl_weight:
        per_dimension = " / D" if objective.kl_reduction == "mean" else ""
        terms.append(f"{objective.kl_weight:.3g} KL{per_dimension}")
    if objective.penalty != "none":
        terms.append(f"{objective.penalty_weight:g} {_PENALTIES.get(objective.penalty, objective.penalty)}")
    if config.model.bottleneck_spec.is_quantized:
        terms.append(f"code book + {config.model.commitment:g} commitment")
    corruption = "" if objective.corruption == "none" else f", {objective.corruption} {objective.corruption_level:g}"
    return " + ".join(terms) + corruption


def write_card(folder: RunFolder) -> str:
    """Return the card of a run; a figure that was not measured is left out.

    Raises:
        CheckpointFormatError: A file of the run is damaged.
    """
    config, evaluation = folder.config, folder.evaluation()
    info = find_source(config.data.name).info
    parts = [
        _header(folder, info),
        f"# {folder.name}",
        _paragraph(_introduction(folder, info)),
        "## Data and licence",
        _items(_data(folder, info)),
        "## Network",
        _network(folder),
        "## Training",
        _items(_training(folder)),
        "## Measured",
        _measured(folder, evaluation),
        "## Limits",
        _items(_limits(folder, evaluation)),
        "## Load it",
        _load(folder),
        "## Cite",
        _cite(folder, info),
    ]
    return "\n\n".join(parts) + "\n"


def _header(folder: RunFolder, info: DatasetInfo | None) -> str:
    """Return the YAML header; a licence is named only for models that ship."""
    model = folder.config.model
    values: dict[str, object] = {"library_name": "aeviz"}
    if not folder.is_shipped:
        values["license"] = "unknown"
    elif info is not None and info.name == FACES:
        values |= {"license": "other", "license_name": "non-commercial-research"}
    else:
        values["license"] = "mit"
    if info is not None:
        values["datasets"] = [info.name]
    tags = ["autoencoder", "latent-space", "pytorch", "safetensors"]
    if model.is_variational:
        tags.insert(1, "variational-autoencoder")
    if model.bottleneck_spec.is_quantized:
        tags.insert(1, "vq-vae")
    values["tags"] = tags
    return f"---\n{yaml.safe_dump(values, sort_keys=False)}---"


def _kind(model: ModelConfig) -> str:
    if model.bottleneck_spec.is_quantized:
        return "vector-quantized autoencoder"
    return "variational autoencoder" if model.is_variational else "autoencoder"


def _shape(shape: Sequence[int]) -> str:
    return " x ".join(str(side) for side in shape)


def _introduction(folder: RunFolder, info: DatasetInfo | None) -> str:
    model, preset = folder.config.model, PRESETS.get(folder.config.preset)
    images = "images of a folder" if info is None else f"images ({info.title})"
    kind = _kind(model)
    parts = [
        f"{'An' if kind[0] in 'aeiou' else 'A'} {kind} of {images}: {_shape(model.image_shape)} pixels (channels, "
        f"height, width) to {model.latent_dim} latent numbers and back, "
        f"{folder.provenance.parameters:,} parameters, for PyTorch."
    ]
    if folder.is_shipped:
        parts.append("It ships with aeviz, an app and library for exploring latent spaces, and is made for teaching.")
    if preset is not None:
        parts.append(f"Experiment: {preset.summary}.")
    return " ".join(parts)


def _data(folder: RunFolder, info: DatasetInfo | None) -> list[str]:
    data, origin = folder.config.data, folder.provenance
    title = "a folder" if info is None else info.title  # whose path is nobody's business
    items = [
        f"Trained on {origin.n_train:,} images of {title}, validated on {origin.n_validation:,}, pixels in [0, 1]. "
        f"Fingerprint of the training images: `{origin.data_fingerprint}`."
    ]
    if origin.imported_from:
        items = [f"Measured with images of {title}, pixels in [0, 1]; what it was trained on is not known here."]
    if data.without is not None:
        items.append(f"Left out of training: class {data.without}.")
    if info is not None:
        items += [f"Source of the data: {info.source}.", f"Licence of the data: {info.licence}."]
    if not folder.is_shipped:
        items.append("Licence of the model: none stated; its maker decides.")
    elif info is not None and info.name == FACES:
        items.append(
            "Licence of the model: non-commercial research only, and no part of the data may be passed on: CelebA is "
            "given under these terms. The folder holds no image of CelebA and no code of one."
        )
    else:
        items.append("Licence of the model: MIT, that of aeviz.")
    return items


def _network(folder: RunFolder) -> str:
    """Return the layers as a table, a row each; of a model of another program, where they are."""
    model = folder.config.model
    if model.is_imported:
        return _paragraph(
            f"Made by another program, imported from {folder.provenance.imported_from}; `network.json` lists its "
            "operators, those of ONNX."
        )
    rows = [["part", "layer", "output", "parameters"], ["---", "---", "---", "---:"]]
    for layer in describe_layers(model):
        kind = f"{layer.kind}, {layer.activation}" if layer.activation else layer.kind
        rows.append([layer.part, kind, _shape(layer.output_shape), f"{layer.parameters:,}"])
    return _table(rows)


def _training(folder: RunFolder) -> list[str]:
    config, origin = folder.config, folder.provenance
    if origin.imported_from:
        return [f"Not known here: imported on {origin.created[:10]} with {_versions(origin)}."]
    optimizer, train = config.optimizer, config.train
    rate = _SCHEDULES[optimizer.schedule].format(rate=optimizer.learning_rate, decay=optimizer.decay)
    items = [
        f"Objective: `{describe_objective(config)}`, a mean over images; the reconstruction loss is the "
        f"{config.objective.loss_spec.summary}, a mean over pixels."
    ]
    if config.objective.kl_weight and config.objective.annealing != "constant":
        items.append(
            f"The KL weight rises: {config.objective.annealing}, {config.objective.annealing_epochs} epochs, "
            f"{config.objective.free_bits:g} free nats a dimension."
        )
    if config.model.is_variational:
        prior = "N(0, I)" if config.model.prior == "standard" else "N(m, I), with a mean m for each class"
        items.append(f"Prior: {prior}.")
    items.append(
        f"{_OPTIMIZERS[optimizer.name]} with {rate}; {len(folder.history())} epochs, batches of {train.batch_size}, "
        f"seed {train.seed}{', images flipped at random' if train.flip else ''}."
    )
    if (best := folder.best_epoch()) is not None:
        items.append(
            f"The weights are those of epoch {best.epoch}, which has the lowest validation loss: {best.val_loss:.5g}."
        )
    items.append(f"Trained on {origin.created[:10]}: {_versions(origin)}; {origin.device}.")
    return items


def _versions(origin: Provenance) -> str:
    return ", ".join(f"{name} {version}" for name, version in origin.versions.items())


def _measured(folder: RunFolder, evaluation: Evaluation | None) -> str:
    """Return the figures of evaluation.json as a table with their meaning."""
    if evaluation is None:
        return f"Not measured yet: `aeviz evaluate {folder.name}`."
    figures: list[tuple[str, float | None, str]] = [
        ("MSE", evaluation.mse, "mean squared error over pixels and images"),
        ("PSNR", evaluation.psnr, "dB, of that error"),
        ("SSIM", evaluation.ssim, "structural similarity, mean over images"),
        ("MS-SSIM", evaluation.ms_ssim, "the same at several scales"),
        ("kNN accuracy", evaluation.knn_accuracy, "share of images whose 10 nearest training codes name their class"),
        (
            "trustworthiness",
            evaluation.trustworthiness,
            "neighbours kept from image to latent space, of up to 2,000 images",
        ),
        ("MIG", evaluation.mig, "mutual information gap with the factors or attributes"),
        ("KL", evaluation.kl, "nats per image, posterior to prior"),
        ("ELBO", evaluation.elbo, "nats per image, of the pixel distribution that the objective implies"),
        ("IWAE bound", evaluation.log_likelihood_bound, f"nats per image, K = {evaluation.importance_samples}"),
        ("active dimensions", evaluation.active_units, f"of {folder.config.model.latent_dim}; variance above 0.01"),
    ]
    rows = [["figure", "value", "meaning"], ["---", "---:", "---"]]
    rows += [[name, _number(value), meaning] for name, value, meaning in figures if value is not None]
    text = f"On {evaluation.n:,} images of the {evaluation.split} split."
    return f"{text}\n\n{_table(rows)}"


def _number(value: float) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:#.4g}".rstrip(".")


def _limits(folder: RunFolder, evaluation: Evaluation | None) -> list[str]:
    config, origin = folder.config, folder.provenance
    model = config.model
    items = [
        "It knows images like those of its training set alone: it draws any other as one of them, without a warning.",
    ]
    if not origin.imported_from and origin.seeds_tried == 1:
        items.append("One network of one seed: it does not show which method is better.")
    if origin.seeds_tried > 1:
        items.append(
            f"{origin.seeds_tried} seeds were trained and the best was kept; its figures are better than those of a "
            "seed at random, and do not show which method is better."
        )
    if evaluation is not None and origin.mean_image_mse:
        share = evaluation.mse / origin.mean_image_mse
        items.append(
            f"Its squared error is {100 * share:.3g} % of that of the mean training image, the best that a network can "
            f"do which ignores its input{'' if share < 1 else ': it does not reconstruct'}."
        )
    if model.is_variational and evaluation is not None and evaluation.active_units < model.latent_dim:
        items.append(
            f"{model.latent_dim - evaluation.active_units} of {model.latent_dim} latent dimensions hardly vary over "
            "the images: they carry next to nothing."
        )
    if model.is_variational:
        items.append("`encode` returns the mean of the posterior; samples of the prior need not look like data.")
    else:
        items.append("It has no prior: a point far from the codes of its data decodes to anything.")
    if config.data.name == FACES:
        items.append(
            "Faces of celebrities, not of people at large. Do not use it to recognise, judge or imitate persons; what "
            "a network has learned by heart nobody can rule out."
        )
    return items


def _load(folder: RunFolder) -> str:
    model = folder.config.model
    name = folder.name if folder.is_shipped else f"path/to/{folder.name}"
    images, codes = f"(N, {', '.join(map(str, model.image_shape))})", f"(N, {model.latent_dim})"
    return textwrap.dedent(f"""\
        ```python
        import aeviz

        run = aeviz.load("{name}")
        z = run.encode(images)  # {images} uint8, or floats in [0, 1] -> {codes}
        x = run.decode(z)  # {codes} -> {images} in [0, 1]
        ```

        ```sh
        aeviz evaluate {name}
        aeviz export {name} --format onnx  # encoder.onnx and decoder.onnx, for programs without PyTorch
        ```

        The files are safetensors and JSON: opening them executes nothing.""")


def _cite(folder: RunFolder, info: DatasetInfo | None) -> str:
    """Return BibTeX for the software, and the texts behind data and experiment."""
    year = folder.provenance.created[:4]
    preset = PRESETS.get(folder.config.preset)
    bibtex = textwrap.dedent(f"""\
        ```bibtex
        @software{{aeviz,
          title  = {{aeviz: explore the latent spaces of autoencoders}},
          author = {{{{the aeviz authors}}}},
          year   = {{{year}}}
        }}
        ```""")
    named = [] if preset is None else [f"{key}: {text}." for key, text in _SOURCES.items() if key in preset.summary]
    if info is not None:
        named.append(f"Data: {info.source}.")
    return f"{bibtex}\n\n{_items(named)}" if named else bibtex


def _paragraph(text: str) -> str:
    return textwrap.fill(text, _LINE, break_long_words=False, break_on_hyphens=False)


def _items(texts: Iterable[str]) -> str:
    """Return a list, a dash before each item."""
    filled = (
        textwrap.fill(
            text,
            _LINE,
            initial_indent="- ",
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for text in texts
    )
    return "\n".join(filled)


def _table(rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)

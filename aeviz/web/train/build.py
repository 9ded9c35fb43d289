"""The settings of the training form as those of a run."""

from aeviz.config import DataConfig, RunConfig
from aeviz.errors import ConfigError
from aeviz.language import tr
from aeviz.paths import data_root
from aeviz.presets import get_preset
from aeviz.web.kernel import datasets
from aeviz.web.train import facts
from aeviz.web.train.field import Field, Values
from aeviz.web.train.fields import FIELDS


def build_config(preset: str, data: DataConfig, values: Values) -> RunConfig:
    """Return the settings of the form.

    Args:
        preset: The one that gives what the form has no field for.
        data: The images to train on.
        values: What stands in the form.

    Raises:
        ConfigError: They cannot work.
        DataError: The folder of images cannot be read.
    """
    base = get_preset(preset).config.to_dict()
    for entry in FIELDS:
        value = values[entry.key]
        if value is None and not entry.optional:
            raise ConfigError(tr("{label} is empty; expected a number. {hint}", label=entry.title, hint=entry.hint))
        if entry.kind in ("widths", "text"):
            value = _parse_widths(entry, str(value)) if entry.kind == "widths" else str(value or "").strip()
        if entry.optional and not value:
            value = None
        group, name = entry.key.split(".")
        base[group][name] = value
    base["data"] = {**base["data"], "name": data.name, "image_size": data.image_size}
    device = str(values["device"])
    base["train"]["device"] = device if facts.devices()[device] is not None else "cpu"
    draft = DataConfig(**base["data"])
    shape, n_train = facts.training_shape(draft, str(data_root()), datasets.folder_stamp(data.name))
    base["model"]["image_shape"] = list(shape)
    base["model"]["latent"] = "identity"  # a sigmoid follows from the penalty that needs one
    config = RunConfig.normalised(base)
    if config.train.batch_size > n_train:
        raise ConfigError(
            tr(
                "Batch size {size:,} is larger than the {most:,} training images of {data}; choose at most {most:,}, "
                "for example {example}",
                size=config.train.batch_size,
                most=n_train,
                data=data.name,
                example=max(1, min(64, n_train // 4)),
            )
        )
    return config


def _parse_widths(entry: Field, text: str) -> list[int]:
    parts = [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
    if not all(part.isdecimal() and len(part) < 10 for part in parts):
        raise ConfigError(
            tr(
                "{label}: {text} is not a list of whole numbers; expected for example 128, 64, 12",
                label=entry.title,
                text=repr(text),
            )
        )
    return [int(part) for part in parts]

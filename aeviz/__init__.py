"""aeviz: explore the latent spaces of autoencoders.

The names below are loaded on first use, so that `import aeviz` costs nothing: it pulls in neither torch nor Streamlit
nor Plotly.

    run = aeviz.load("mlp-2d-adam")     a trained model
    aeviz.train(config)                 train one, returns the run
    aeviz.import_images(path, "pets")   images of your own as a data set
    aeviz.list_runs()                   what is there
    aeviz.show(z, images=x, labels=y)   a map of vectors from anywhere, in the browser
    aeviz.widget("mlp-2d-adam")         map and decoder in a notebook
    aeviz.save_figure(run, "map", "map.pdf", width=85)   a figure for print, by matplotlib
    aeviz.component.latent_map(run, key="map")   the same in a Streamlit page of your own
    aeviz.push("vae-2d", "me/vae-2d")   a run with its card to the Hugging Face Hub; aeviz.pull fetches one
    aeviz.import_model("mine", encoder="encoder.onnx", decoder="decoder.onnx")   a model of another program
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aeviz.data.imports import import_images as import_images
    from aeviz.experiment import train as train
    from aeviz.foreign import import_model as import_model
    from aeviz.hub import pull as pull
    from aeviz.hub import push as push
    from aeviz.training.run import load as load
    from aeviz.training.runs import list_runs as list_runs
    from aeviz.web import component as component
    from aeviz.web.takeaway.figures import save_figure as save_figure
    from aeviz.web.takeaway.show import show as show
    from aeviz.web.takeaway.widget import widget as widget

__version__ = "0.2.0"
"""The one place of the version: pyproject.toml and `aeviz --version` take it from here."""

__all__ = [
    "__version__",
    "import_images",
    "import_model",
    "list_runs",
    "load",
    "pull",
    "push",
    "save_figure",
    "show",
    "train",
    "widget",
]

_HOMES = {
    "import_images": "aeviz.data.imports",
    "import_model": "aeviz.foreign",
    "load": "aeviz.training.run",
    "pull": "aeviz.hub",
    "push": "aeviz.hub",
    "train": "aeviz.experiment",
    "list_runs": "aeviz.training.runs",
    "save_figure": "aeviz.web.takeaway.figures",
    "show": "aeviz.web.takeaway.show",
    "widget": "aeviz.web.takeaway.widget",
}
_MODULES = {"component": "aeviz.web.component"}
_SUBPACKAGES = ("analysis", "config", "data", "errors", "figures", "models", "objectives", "presets", "training")


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    if name in _MODULES:
        return importlib.import_module(_MODULES[name])
    if name in _SUBPACKAGES:
        return importlib.import_module(f"aeviz.{name}")
    raise AttributeError(f"module 'aeviz' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, *_MODULES, *_SUBPACKAGES])

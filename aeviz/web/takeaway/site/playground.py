"""The playground of the site: graphs of a fixed list of networks, which the page trains."""

import html
import itertools
from collections.abc import Callable, Iterator

from aeviz.data import list_datasets
from aeviz.figures.palette import FIRST, SECOND
from aeviz.playground.choices import DATA, DEFAULTS, HIDDEN, OPTIONS, config_of
from aeviz.playground.plan import plan_of
from aeviz.web.components.kit.bundles import script_to_load
from aeviz.web.components.playground.payload import playground_style
from aeviz.web.takeaway.playground_images import read_images
from aeviz.web.takeaway.site.models import add_runtime
from aeviz.web.takeaway.site.shell import SCRIPTS, Site

PAGE, SCRIPT, WORKER = "playground.html", "playground/standalone.js", "playground/worker.js"
NETWORKS: dict[str, tuple[str, ...]] = {
    "digits": ("64.32", "32", "64", "128", "128.64", "96.32", "48.32", "64.48", "64.24", "64.32.24"),
    "circles": ("128.64.12", "128.64", "128.48.12", "64.32", "64"),
}
"""Hidden layers by data set, the usual first: sets that come with aeviz, whose images may be passed on."""
LATENT = ("2", "1", "3", "4")
_STRUCTURE = (DATA, HIDDEN, "latent", "bottleneck", "loss", "activation", "noise", "penalty")
"""What decides about the graphs; components/playground/standalone.js knows the order."""


def networks(name: str) -> Iterator[dict[str, str]]:
    """Yield the settings of the networks of a data set: sizes with each kind; other choices on the usual size."""
    base = {**DEFAULTS, DATA: name, HIDDEN: NETWORKS[name][0]}
    bottlenecks, losses, activations, noises, penalties = (
        [value for value, _ in OPTIONS[option]] for option in ("bottleneck", "loss", "activation", "noise", "penalty")
    )
    for hidden, latent, bottleneck, loss in itertools.product(NETWORKS[name], LATENT, bottlenecks, ("mse", "bce")):
        yield {**base, HIDDEN: hidden, "latent": latent, "bottleneck": bottleneck, "loss": loss}
    for bottleneck, loss, activation in itertools.product(bottlenecks, losses, activations):
        yield {**base, "bottleneck": bottleneck, "loss": loss, "activation": activation}
    for loss, noise, penalty in itertools.product(losses, noises, penalties):
        yield {**base, "loss": loss, "noise": noise, "penalty": penalty}


def key_of(values: dict[str, str]) -> str:
    """Return what stands for the graphs of a network."""
    return " ".join(values[name] for name in _STRUCTURE)


def add_playground(site: Site, on_progress: Callable[[float], None] = lambda share: None) -> None:
    """Add the playground.

    Args:
        site: The site.
        on_progress: Called with the share done in [0, 1].

    Raises:
        ExportError: ONNX Runtime, which trains, is not here.
    """
    add_runtime(site)
    site.files[f"{SCRIPTS}/{script_to_load(WORKER)}"] = site.component(script_to_load(WORKER))
    site.files["playground.css"] = playground_style().encode()
    known = {info.name: info for info in list_datasets() if info.name in NETWORKS}
    wanted = {key_of(values): values for name in NETWORKS for values in networks(name)}
    plans: dict[str, object] = {}
    for done, (key, values) in enumerate(wanted.items()):
        on_progress(done / len(wanted))
        plan = plan_of(config_of(values, known[values[DATA]].image_shape))
        plans[key] = {**plan, "single_steps": {}}  # for WebGPU, whose runtime is not in the site
    images = {name: read_images(name) for name in NETWORKS}
    first = next(iter(NETWORKS))
    held = {
        "defaults": {**DEFAULTS, DATA: first, HIDDEN: NETWORKS[first][0]},
        "options": {DATA: [(name, known[name].title) for name in NETWORKS], **OPTIONS},
        "hidden": {name: hidden[0] for name, hidden in NETWORKS.items()},
        "colours": [FIRST, SECOND],
        "data": {
            name: {"blob": each.blob, "shape": each.shape, "classes": each.classes} for name, each in images.items()
        },
        "blobs": [],
    }
    loads = [site.add_held("playground-networks", {"plans": plans})]
    loads += [
        site.add_held(each.blob, {"blobs": [{"name": each.blob, "content": each.content}]}) for each in images.values()
    ]
    sources = "; ".join(f"{known[name].title}: {known[name].licence}" for name in NETWORKS)
    body = (
        "<h1>Playground</h1><p>Press Play: your browser trains the network. What is greyed out needs a network that is "
        'not in this site; the app makes any.</p><div id="aeviz"></div>'
        f'<p class="needs">{len(wanted):,} networks. Images: {html.escape(sources)}.</p>'
    )
    site.add_page(PAGE, "Playground", body, script=SCRIPT, styles=("playground.css",), held=held, loads=loads)

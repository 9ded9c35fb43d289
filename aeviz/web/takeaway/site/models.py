"""The start page with its gallery, a page for each model, and one for each pair."""

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from aeviz.analysis.latent import project
from aeviz.config import DataConfig
from aeviz.data import list_datasets
from aeviz.data.imports.visits import name_for_people
from aeviz.errors import AevizError
from aeviz.figures.images import latent_thumbnail, tile, to_webp
from aeviz.lessons import Lesson, models_named
from aeviz.paths import checkpoints_root
from aeviz.training.runs import RunFolder
from aeviz.training.samples import read_prior
from aeviz.web.takeaway.runtime import FOLDER, runtime_files
from aeviz.web.takeaway.site.shell import SCRIPTS, Site, file_name, link, offer
from aeviz.web.takeaway.space import Held, held_space
from aeviz.web.takeaway.titles import groups_of, special_of, terms_of, title_of

SCRIPT, STYLE = "explorer/standalone.js", "explorer/explorer.css"
_PAIR_WORDS = {
    ("mlp-2d-adam", "mlp-2d-amsgrad"): ("Adam and AMSGrad", "One network, two optimizers: a point in both."),
    ("celeba-vae", "celeba-msssim-vae"): ("VAE and MSSIM-VAE", "Faces: two losses decode the same point."),
}
PAIRS = tuple(_PAIR_WORDS)
"""What Home offers side by side."""
LIVE = ("vae-2d", "digits-2d-adam")
"""Models whose plane stands on the start page, the first that is there."""
_TILES, _COLUMNS = 16, 4
_FACES = "terms-of-faces.txt"
_HINT = "Drag over the plane, move the sliders or use the arrow keys: the decoder in this page draws the image there."
Pair = tuple[str, str]


@dataclass(slots=True, kw_only=True)
class Contents:
    """What is in a site."""

    models: dict[str, str] = field(default_factory=dict)
    """Name to the path of the model's page."""
    pairs: dict[Pair, str] = field(default_factory=dict)
    """Names to the path of the pair's page."""
    starts: dict[str, tuple[float, ...]] = field(default_factory=dict)
    """Name to the latent point that the model's page shows first."""
    left_out: dict[str, str] = field(default_factory=dict)
    """Name of a model or a pair to the reason why it is not there."""


def pairs_of(names: Sequence[str], lessons: Iterable[Lesson]) -> list[Pair]:
    """Return the pairs among models: Home's, those of lessons, and runs that differ in Adam and AMSGrad alone."""
    named = (models_named(step.view) for lesson in lessons for step in lesson.steps)
    shown = [(each[0], each[1]) for each in named if len(each) == 2]
    twins = [(name, f"{name.removesuffix('-adam')}-amsgrad") for name in names if name.endswith("-adam")]
    found: dict[frozenset[str], Pair] = {}
    for pair in (*PAIRS, *twins, *shown):
        if set(pair) <= set(names):
            found.setdefault(frozenset(pair), pair)
    return list(found.values())


def add_model(site: Site, contents: Contents, folder: RunFolder) -> None:
    """Add a model's page and its pictures; the reason why not where it cannot be."""
    try:
        held = held_space(folder)
    except AevizError as error:
        contents.left_out[folder.name] = str(error)
        return
    name = file_name(folder.name)
    path = f"models/{name}.html"
    contents.models[folder.name] = path
    contents.starts[folder.name] = held.start
    for tone, picture in _pictures(folder).items():
        site.files[f"pictures/{name}-{tone}.webp"] = picture
    words = "".join(f"{each}. " for each in (title_of(folder.config), special_of(folder)) if each)
    body = (
        f"<h1>{html.escape(folder.name)}</h1><p>{html.escape(words)}{_HINT}</p>"
        f'<div id="aeviz"></div>@pairs@{_facts(site, folder)}'
    )
    _add_explorer(site, path, folder.name, body, held)


def add_pair(site: Site, contents: Contents, first: RunFolder, second: RunFolder) -> None:
    """Add the page of a pair; the reason why not where it cannot be."""
    name = f"{first.name} | {second.name}"
    try:
        held = held_space(first, second)
    except AevizError as error:
        contents.left_out[name] = str(error)
        return
    path = f"pairs/{file_name(first.name)}-and-{file_name(second.name)}.html"
    contents.pairs[first.name, second.name] = path
    words = (
        f"{first.name}: {title_of(first.config)}. {second.name}: {title_of(second.config)}. "
        "Both decode the point that you choose in the space of the first."
    )
    singles = " · ".join(link(f"../{contents.models[run.name]}", run.name) for run in (first, second))
    body = (
        f"<h1>{html.escape(first.name)} and {html.escape(second.name)}</h1><p>{html.escape(words)}</p>"
        f'<div id="aeviz"></div><p>Alone: {singles}</p>{_terms(site, first)}'
    )
    _add_explorer(site, path, name, body, held)


def add_start(site: Site, contents: Contents, folders: Mapping[str, RunFolder], offers: str) -> None:
    """Add the start page, and the links from models to their pairs.

    Args:
        site: The site, with all pages of models and pairs.
        contents: Those.
        folders: The runs of the models by name.
        offers: What else there is, of `shell.offer`.
    """
    for name, path in contents.models.items():
        found = [(pair, target) for pair, target in contents.pairs.items() if name in pair]
        links = " · ".join(link(f"../{target}", " and ".join(pair)) for pair, target in found)
        words = f"<p>Side by side: {links}</p>" if found else ""
        site.files[path] = site.files[path].replace(b"@pairs@", words.encode())
    parts = []
    for title, (members, words) in groups_of(folders[name] for name in contents.models).items():
        if members:
            cards = "".join(_card(folder, contents.models[folder.name]) for folder in members)
            parts.append(f'<h2>{title}</h2><p>{words}</p><div class="cards">{cards}</div>')
    models = f'<section id="models">{"".join(parts)}</section>'
    pairs = "".join(_pair_card(folders[one], folders[other], path) for (one, other), path in contents.pairs.items())
    if pairs:
        models += (
            '<section id="pairs"><h2>Side by side</h2><p>Two models decode the same point.</p>'
            f'<div class="cards">{pairs}</div></section>'
        )
    live = next((name for name in (*LIVE, *contents.models) if name in contents.models), None)
    head = (
        f"<h1>{html.escape(site.title)}</h1><p>Explore what autoencoders have learned. Move the pointer over the "
        "plane: the decoder draws each point.</p>"
    )
    if live is None:
        site.add_page("index.html", site.title, head + models)
        return
    explore = offer(contents.models[live], f"Explore {live}", "Its plane, its sliders, its decoder.")
    for pair, (title, words) in _PAIR_WORDS.items():
        if pair in contents.pairs:
            explore += offer(contents.pairs[pair], title, words)
    body = f'{head}<div class="start"><div id="aeviz"></div><div>{explore}{offers}</div></div>{models}'
    _add_explorer(site, "index.html", site.title, body, held_space(folders[live], parts=("pad", "hover")))


def add_runtime(site: Site) -> None:
    """Add ONNX Runtime, where scripts find it."""
    for name, path in runtime_files().items():
        site.files[f"{SCRIPTS}/{FOLDER}/{name}"] = path.read_bytes()


def _add_explorer(site: Site, path: str, title: str, body: str, held: Held) -> None:
    """Add a page with the explorer; spaces and networks are files, which pages share."""
    loads = [
        site.add_held(name, {"blobs": [{"name": name, "content": content}]}) for name, content in held.blobs.items()
    ]
    loads += [site.add_held(name, {"decoders": [content]}) for name, content in held.decoders.items()]
    if held.needs_runtime:
        add_runtime(site)
    own = {"view": held.view, "blobs": [], "decoders": []}
    site.add_page(path, title, body, script=SCRIPT, styles=(STYLE,), held=own, loads=loads)


def _pictures(folder: RunFolder) -> dict[str, bytes]:
    """Return the small pictures of a model for light and dark pages: its latent plane, or draws from its prior."""
    table = folder.latents() if folder.has_latents else None
    if table is not None and len(table.z):
        one = table.z.shape[1] == 1
        points = np.column_stack([table.z[:, 0], table.error]) if one else project(table.z, 2).points
        tones = {tone: latent_thumbnail(points, table.labels, is_dark=tone == "dark") for tone in ("light", "dark")}
        return {tone: to_webp(picture, quality=80) for tone, picture in tones.items()}
    drawn = read_prior(folder.path)
    if drawn is None:
        return {}
    picture = to_webp(tile(drawn.images[-1][:_TILES], _COLUMNS), quality=80)
    return dict.fromkeys(("light", "dark"), picture)


def _picture(folder: RunFolder) -> str:
    name = file_name(folder.name)
    what = "Latent map of {}, coloured by class" if folder.has_latents else "Samples from {}"
    return (
        f'<picture><source srcset="pictures/{name}-dark.webp" media="(prefers-color-scheme: dark)">'
        f'<img src="pictures/{name}-light.webp" alt="{html.escape(what.format(folder.name))}" loading="lazy"></picture>'
    )


def _card(folder: RunFolder, path: str) -> str:
    picture = _picture(folder)
    head, second = title_of(folder.config), folder.name
    if not folder.is_shipped:
        head, second = second, head
    words = (f"{second} · {name_for_people(folder.config.data.name)}", special_of(folder), terms_of(folder))
    lines = "".join(f"<small>{html.escape(each)}</small>" for each in words if each)
    head = f"<strong>{html.escape(head)}</strong>"
    return f'<a class="card" href="{path}">{picture}<div class="words">{head}{lines}</div></a>'


def _pair_card(first: RunFolder, second: RunFolder, path: str) -> str:
    pictures = "".join(_picture(folder) for folder in (first, second))
    name = html.escape(f"{first.name} and {second.name}")
    words = html.escape(f"{title_of(first.config)}; {title_of(second.config)}")
    return (
        f'<a class="card" href="{path}"><div class="two">{pictures}</div><div class="words"><strong>{name}</strong>'
        f"<small>{words}</small></div></a>"
    )


def _facts(site: Site, folder: RunFolder) -> str:
    """Return the table below a model: data and its licence, size, error."""
    config, evaluation = folder.config, folder.evaluation()
    rows = [("Data", _data(config.data)), ("Latent dimensions", str(config.model.latent_dim))]
    rows.append(("Parameters", f"{folder.provenance.parameters:,}"))
    if evaluation is not None:
        rows.append(("Test error (MSE)", f"{evaluation.mse:.5f}"))
        if evaluation.knn_accuracy is not None:
            rows.append(("kNN accuracy", f"{evaluation.knn_accuracy:.0%}"))
        if evaluation.kl is not None:
            rows.append(("KL divergence", f"{evaluation.kl:.2f} nats per image"))
    if folder.has_latents:
        rows.append(("Points", "codes of test images; the images themselves are not in this page"))
    body = "".join(f"<dt>{html.escape(name)}</dt><dd>{html.escape(words)}</dd>" for name, words in rows)
    return f'<dl class="facts">{body}</dl>{_terms(site, folder)}'


def _data(config: DataConfig) -> str:
    found = next((info for info in list_datasets() if info.name == config.name), None)
    if found is None:
        return name_for_people(config.name)
    return f"{found.title} ({found.licence})"


def _terms(site: Site, folder: RunFolder) -> str:
    """Return the terms of a model whose data asks for some, and add them to the site."""
    words, text = terms_of(folder), checkpoints_root() / "FACES.md"
    if not words or not text.is_file():
        return f"<p>{words}</p>" if words else ""
    site.files[_FACES] = text.read_bytes()
    return f"<p>{words} {link(f'../{_FACES}', 'Terms')}</p>"

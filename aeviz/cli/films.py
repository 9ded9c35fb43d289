"""aeviz export --format gif|webp|mp4: films of a model."""

import argparse
import time
from typing import TYPE_CHECKING

from aeviz.cli.console import file_to_write, percent_bar, tell_written, write_output
from aeviz.errors import ConfigError

if TYPE_CHECKING:
    from aeviz.films.film import Film

FORMATS = ("gif", "webp", "mp4")
_VIEWS = ("plane", "reconstructions", "prior")
_OPTIONS = {
    "film": "--film",
    "seconds": "--seconds",
    "fps": "--fps",
    "size": "--size",
    "start": "--from",
    "end": "--to",
    "spherical": "--spherical",
    "dimension": "--dimension",
    "view": "--view",
}
_BELONGS = {"start": "walk", "end": "walk", "spherical": "walk", "dimension": "traversal", "view": "training"}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of films."""
    group = parser.add_argument_group("films (gif, webp, mp4)")
    group.add_argument(
        "--film",
        choices=("traversal", "training", "walk"),
        help="traversal (default): each latent dimension from end to end of the data and back; training: the epochs "
        "that the run recorded; walk: between the codes of two test images and back",
    )
    group.add_argument("--seconds", type=float, metavar="S", help="length (default: 6; of a training, by --fps)")
    group.add_argument("--fps", type=float, metavar="N", help="frames a second (default: 20; of a training, 4 epochs)")
    group.add_argument(
        "--size", type=int, metavar="PX", help="longest side, at most (default: 480; of a training, 640)"
    )
    group.add_argument("--from", dest="start", type=int, metavar="I", help="walk: the test image to start from (0)")
    group.add_argument("--to", dest="end", type=int, metavar="J", help="walk: the test image to go to (1)")
    group.add_argument("--spherical", action="store_const", const=True, help="walk: along the great circle")
    group.add_argument("--dimension", type=int, metavar="D", help="traversal: this latent dimension alone, from 1")
    group.add_argument(
        "--view",
        choices=_VIEWS,
        help="training: the latent plane beside the decoded plane (default), reconstructions, or draws from the prior",
    )


def refuse_options(options: argparse.Namespace) -> None:
    """Refuse an option of films beside another format.

    Raises:
        ConfigError: There is one.
    """
    for name, option in _OPTIONS.items():
        if getattr(options, name) is not None:
            raise ConfigError(f"{option} belongs to the formats {', '.join(FORMATS)}")


def export_film(options: argparse.Namespace) -> int:
    """Write a film and return the exit status."""
    if options.second is not None:
        raise ConfigError("--second belongs to --format html")
    kind = options.film or "traversal"
    for name, owner in _BELONGS.items():
        if getattr(options, name) is not None and owner != kind:
            raise ConfigError(f"{_OPTIONS[name]} belongs to --film {owner}")
    from aeviz.films.encode import encode

    began = time.perf_counter()
    with percent_bar() as show:
        show(0.0, "film")
        film = _film(options, kind)
        path = file_to_write(options, f"{film.name}.{options.format}")
        content = encode(film, options.format, on_progress=show)
    write_output(path, lambda place: place.write_bytes(content))
    words = f"{film.count} frames, {film.seconds:.1f} s, made in {time.perf_counter() - began:.1f} s"
    return tell_written(options, path, words)


def _film(options: argparse.Namespace, kind: str) -> "Film":
    from aeviz.films.film import Timing
    from aeviz.training.runs import find_run

    timing = Timing(seconds=options.seconds, fps=options.fps, size=options.size)
    folder = find_run(options.model)
    if kind == "training":
        from aeviz.films.training import training

        return training(folder, timing, view=options.view)
    from aeviz.films.scenes import traversal, walk
    from aeviz.training.run import load

    run = load(folder)
    if kind == "traversal":
        return traversal(run, timing, dimension=options.dimension)
    start, end = (usual if asked is None else asked for asked, usual in ((options.start, 0), (options.end, 1)))
    return walk(run, start, end, timing, spherical=bool(options.spherical))

"""The tables of docs/results.md, of every model that ships beside the theses: `make results`.

All figures are read from checkpoints/: the validation loss of the epoch whose weights ship from history.jsonl, the
figures of the test set from evaluation.json. The theses' come from `aeviz.presets`. With --measure every model is first
measured anew on its test set, and what differs most from evaluation.json is printed; the tables stay as committed.

Usage:
    python -m tools.results [--measure]
"""

import argparse
import dataclasses
import sys
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aeviz.errors import AevizError, ConfigError, DataError
from aeviz.export.card import describe_objective
from aeviz.paths import PROJECT_ROOT, checkpoints_root
from aeviz.presets import PRESETS
from aeviz.training.files import write_atomically
from aeviz.training.history import EpochReport
from aeviz.training.run_records import Evaluation
from aeviz.training.runs import CONFIG, RunFolder

PAGE = PROJECT_ROOT / "docs" / "results.md"
BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"
"""The lines of the page between which the tables stand."""
_NONE = "-"
_LINE = 120
"""Characters in a line of the page's text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Facts about one model that ships."""

    folder: RunFolder
    best: EpochReport | None
    """The epoch whose weights ship."""
    evaluation: Evaluation | None
    logged: float | None
    """Validation loss at the end of the log in the public code of [S1]'s author."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Models that stand in the same tables."""

    title: str
    note: str
    holds: Callable[[Result], bool]
    """Tells whether a model belongs here; it stands in the first group that holds it."""


_Cell = Callable[[Result], str]


def _is_variational(result: Result) -> bool:
    return result.folder.config.model.is_variational


GROUPS = (
    Group(
        title="The autoencoders of [S1]",
        note=(
            "Layers and logged losses are from the author's public code, which trained for 10,000 epochs of three "
            "steps. The thesis itself has the models with D = 2 and 3. It calls them linear; they have ReLU between "
            "the layers."
        ),
        holds=lambda result: result.logged is not None and not _is_variational(result),
    ),
    Group(
        title="Variational autoencoders",
        note=(
            "KL, ELBO and importance-weighted bound (IWAE, K = 50) in nats per image. The bound is the ELBO and its "
            "mean gain over the ELBO on 1,000 of the images, where both have the same samples; ± gives standard errors "
            "over images. ELBO and bound are those of the decoder's distribution that the objective implies: compare "
            "them among models with the same objective only."
        ),
        holds=lambda result: _is_variational(result) and result.folder.config.data.name != "celeba",
    ),
    Group(
        title="Other autoencoders",
        note="No source gives figures for these.",
        holds=lambda result: not _is_variational(result),
    ),
    Group(
        title="Faces",
        note=(
            "The models of [S2], chapter 4, trained on 4,000 faces and measured on 500; terms: checkpoints/FACES.md. "
            "Data, seed, epochs and KL weight are the same. 1 - MS-SSIM is about ten times the MSE, so that the same "
            "KL weight counts for less: the MSSIM-VAE's posteriors tell over four times as many nats of a face, which "
            "shows in SSIM and MS-SSIM, and here costs nothing in MSE."
        ),
        holds=lambda result: True,
    ),
)


def read_results() -> list[Result]:
    """Read all models that ship, in the order of the presets.

    Raises:
        CheckpointFormatError: A file of one is damaged.
    """
    order = {name: position for position, name in enumerate(PRESETS)}
    paths = [path.parent for path in checkpoints_root().glob(f"*/{CONFIG}")]
    results = []
    for path in sorted(paths, key=lambda path: (order.get(path.name, len(order)), path.name)):
        folder = RunFolder.read(path)
        preset = PRESETS.get(folder.config.preset)
        results.append(
            Result(
                folder=folder,
                best=folder.best_epoch(),
                evaluation=folder.evaluation(),
                logged=None if preset is None else preset.logged_loss,
            )
        )
    return results


def write_tables(results: Sequence[Result]) -> str:
    """Return the tables of all models, as Markdown."""
    members: dict[str, list[Result]] = {group.title: [] for group in GROUPS}
    for result in results:
        members[next(group.title for group in GROUPS if group.holds(result))].append(result)
    parts = []
    for group in GROUPS:
        if members[group.title]:
            tables = [_table(columns, members[group.title]) for columns in (_TRAINING, _TEST_SET)]
            parts.append("\n\n".join((f"### {group.title}", textwrap.fill(group.note, _LINE), *tables)))
    return "\n\n".join(parts)


def replace_tables(page: str, tables: str) -> str:
    """Return the page with new tables between the two marks.

    Raises:
        ConfigError: The page does not hold each mark once, the first before the second.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in after or END in before + after:
        raise ConfigError(f"the page of results needs one line {BEGIN} and below it one line {END}; restore them")
    return f"{before}{BEGIN}\n\n{tables}\n\n{END}{after}"


def measure(result: Result) -> tuple[str, float]:
    """Measure a model anew on its test set.

    Returns:
        The figure that differs most from evaluation.json, and by how much of its value there.

    Raises:
        DataError: The data is not here.
        ConfigError: There is no evaluation.json to compare with.
    """
    from aeviz.analysis.evaluation import evaluate
    from aeviz.data import load_dataset
    from aeviz.training.run import load

    if result.evaluation is None:
        raise ConfigError(f"{result.folder.name} has no figures yet; train it again: make checkpoints")
    data = result.folder.config.data
    test_set, train_set = load_dataset(data, "test"), load_dataset(data, "train")
    found, _ = evaluate(load(result.folder), test_set, train_set)
    return _largest_difference(result.evaluation, found)


def _largest_difference(committed: Evaluation, found: Evaluation) -> tuple[str, float]:
    before, after = _figures(committed), _figures(found)
    differences = {
        name: 0.0 if before[name] == after[name] else abs(after[name] - before[name]) / (abs(before[name]) or 1.0)
        for name in before.keys() & after.keys()
    }
    name = max(sorted(differences), key=lambda name: differences[name])
    return name, differences[name]


def _figures(evaluation: Evaluation) -> dict[str, float]:
    """Return all numbers of an evaluation by name, those of classes and dimensions too."""
    figures = {}
    for name, value in dataclasses.asdict(evaluation).items():
        if isinstance(value, int | float):
            figures[name] = float(value)
        elif isinstance(value, dict):
            figures |= {f"{name}[{key}]": float(entry) for key, entry in value.items()}
        elif isinstance(value, tuple):
            figures |= {f"{name}[{key}]": float(entry) for key, entry in enumerate(value)}
    return figures


def _number(value: float | None) -> str:
    """Return four significant digits; all digits before the point."""
    if value is None:
        return _NONE
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:#.4g}".rstrip(".")


def _measured(name: str, error: str | None = None) -> _Cell:
    """Return the cell of a figure of evaluation.json, with its standard error if that is named."""

    def cell(result: Result) -> str:
        value = None if result.evaluation is None else getattr(result.evaluation, name)
        if error is None or value is None:
            return str(value) if isinstance(value, int) else _number(value)
        return f"{_number(value)} ± {float(f'{getattr(result.evaluation, error):.2g}'):,g}"

    return cell


def _objective(result: Result) -> str:
    return describe_objective(result.folder.config)


def _verdict(result: Result) -> str:
    if result.logged is None or result.best is None:
        return _NONE
    return "yes" if result.best.val_loss <= result.logged else "**no**"


_TRAINING: dict[str, _Cell] = {
    "model": lambda result: result.folder.name,
    "data": lambda result: result.folder.config.data.name,
    "D": lambda result: str(result.folder.config.model.latent_dim),
    "parameters": lambda result: f"{result.folder.provenance.parameters:,}",
    "objective": _objective,
    "epochs": lambda result: str(len(result.folder.history())),
    "seed (tried)": lambda result: f"{result.folder.config.train.seed} ({result.folder.provenance.seeds_tried})",
    "validation loss": lambda result: _number(None if result.best is None else result.best.val_loss),
    "logged": lambda result: _NONE if result.logged is None else f"{result.logged:.5f}",
    "met": _verdict,
}
"""How it was trained, and how that compares with the author's log."""
_TEST_SET: dict[str, _Cell] = {
    "test set": lambda result: result.folder.name,
    "n": lambda result: _NONE if result.evaluation is None else f"{result.evaluation.n:,}",
    "MSE": _measured("mse"),
    "SSIM": _measured("ssim"),
    "MS-SSIM": _measured("ms_ssim"),
    "kNN accuracy": _measured("knn_accuracy"),
    "KL": _measured("kl"),
    "ELBO": _measured("elbo", "elbo_error"),
    "gain of IWAE": _measured("bound_gain", "bound_gain_error"),
    "IWAE bound": _measured("log_likelihood_bound"),
    "active units": _measured("active_units"),
}
"""The measures in evaluation.json."""
_WORDS = ("model", "data", "objective", "met", "test set")
"""Columns of words, which begin at the left."""


def _table(columns: dict[str, _Cell], results: Sequence[Result]) -> str:
    """Return a table with a row a model, without the columns that no model of it has."""
    cells = {title: [cell(result) for result in results] for title, cell in columns.items()}
    kept = {title: column for title, column in cells.items() if set(column) != {_NONE}}
    marks = ["---" if title in _WORDS else "---:" for title in kept]
    rows = [list(kept), marks, *zip(*kept.values(), strict=True)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main(arguments: Sequence[str], page: Path = PAGE) -> int:
    """Write the tables into the page; return 0, or 2 where they cannot be made."""
    parser = argparse.ArgumentParser(prog="tools.results", description="Write the tables of docs/results.md.")
    parser.add_argument("--measure", action="store_true", help="first measure each model anew, from AEVIZ_DATA")
    options = parser.parse_args(arguments)
    try:
        results = read_results()
        for result in results if options.measure else ():
            try:
                name, difference = measure(result)
                text = f"differs most in {name}, by {difference:.1e} of it" if difference else "no figure differs"
                print(f"{result.folder.name}: {text}", flush=True)
            except DataError as error:
                print(f"{result.folder.name}: not measured: {error}", flush=True)
        text = replace_tables(page.read_text(encoding="utf-8"), write_tables(results))
        write_atomically(page, lambda temporary: temporary.write_text(text, encoding="utf-8"))
    except (AevizError, OSError) as error:
        print(f"aeviz: {error}", file=sys.stderr)
        return 2
    print(f"{len(results)} models in {page}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

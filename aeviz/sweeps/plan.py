"""Which runs a sweep is made of: the product of the values of each setting, times the seeds."""

import itertools
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aeviz.config import RunConfig
from aeviz.errors import ConfigError
from aeviz.training.files import write_json
from aeviz.training.safe_files import is_regular_file, read_json_checked

PLAN = "sweep.json"
"""What a sweep's folder says of its runs."""
MOST_RUNS = 10_000
_NAME_LETTERS = 60
_SEED = "train.seed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRun:
    """One run of a sweep."""

    path: Path
    config: RunConfig
    varied: tuple[tuple[str, str], ...]
    """The settings that the sweep varies with this run's values, as on the command line; the seed is not among them."""

    @property
    def seed(self) -> int:
        """Seed of the run."""
        return self.config.train.seed


def combinations(settings: Sequence[str]) -> list[tuple[tuple[str, ...], tuple[tuple[str, str], ...]]]:
    """Return every combination of settings whose values are lists.

    Args:
        settings: Each as KEY=VALUE or KEY=VALUE,VALUE,..., as `RunConfig.with_settings` reads a single one. A comma
            within brackets belongs to a value: model.hidden=[64,32],[32] has two.

    Returns:
        For each combination all settings with one value each, and of those with several the key and this value. The
        values of the last setting change first.

    Raises:
        ConfigError: A setting is no KEY=VALUE, a value is missing or occurs twice, or the seed is among the keys.
    """
    choices: dict[str, list[str]] = {}
    for setting in settings:
        key, equals, text = (part.strip() for part in setting.partition("="))
        if not (key and equals):
            raise ConfigError(f"setting {setting!r} is no KEY=VALUE; expected for example model.latent_dim=2,3,10")
        if key == _SEED:
            raise ConfigError("a sweep numbers its seeds itself; use --seeds N instead of --set train.seed=...")
        values = [value.strip() for value in _split(text)]
        if "" in values or len(set(values)) < len(values):
            raise ConfigError(f"setting {setting!r} has an empty value or one twice; expected KEY=VALUE,VALUE,...")
        choices[key] = values
    keys = [key for key, values in choices.items() if len(values) > 1]
    return [
        (
            tuple(f"{key}={value}" for key, value in zip(choices, chosen, strict=True)),
            tuple((key, value) for key, value in zip(choices, chosen, strict=True) if key in keys),
        )
        for chosen in itertools.product(*choices.values())
    ]


def _split(text: str) -> list[str]:
    """Split a text at the commas outside of brackets."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter in "[(") - (letter in "])")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def plan_runs(
    out: Path, settings: Sequence[str], seeds: int, configure: Callable[[Sequence[str], int], RunConfig]
) -> list[PlannedRun]:
    """Return the runs of a sweep.

    Args:
        out: Folder of the sweep; the folders of its runs lie beside it, where the gallery looks, and begin with its
            name.
        settings: As for `combinations`.
        seeds: Seeds of each combination: 0 up to seeds - 1.
        configure: Returns the config of a run from its settings and its seed.

    Raises:
        ConfigError: The settings do not fit, or there are none or too many runs.
    """
    if seeds < 1:
        raise ConfigError(f"--seeds {seeds}; expected a whole number from 1 up")
    chosen = combinations(settings)
    if len(chosen) * seeds > MOST_RUNS:
        raise ConfigError(f"that are {len(chosen) * seeds:,} runs; expected at most {MOST_RUNS:,}: name fewer values")
    runs: list[PlannedRun] = []
    taken: set[str] = set()
    for own, varied in chosen:
        word = _word(out.name, varied)
        if word in taken:
            word = f"{word}-{len(runs) // seeds + 1}"
        taken.add(word)
        for seed in range(seeds):
            path = out.parent / f"{word}-seed-{seed}"
            runs.append(PlannedRun(path=path, config=configure(own, seed), varied=varied))
    return runs


def _word(sweep: str, varied: Sequence[tuple[str, str]]) -> str:
    """Return the beginning of the names of runs: the sweep's name, then keys without their group and values."""
    parts = [f"{key.rpartition('.')[2]}-{value}".removeprefix("name-") for key, value in varied]
    return "-".join([sweep, re.sub(r"[^A-Za-z0-9._-]+", "_", "-".join(parts))[:_NAME_LETTERS]] if parts else [sweep])


def keep_plan(out: Path, runs: Sequence[PlannedRun]) -> None:
    """Write which runs a sweep has into its folder, or check that it is the same sweep that began there.

    Raises:
        ConfigError: The folder holds another sweep, or is taken by something else.
        CheckpointFormatError: The file there cannot be read.
    """
    plan = {"runs": {run.path.name: run.config.to_dict() for run in runs}}
    path = out / PLAN
    if is_regular_file(path):
        if read_json_checked(path) != json.loads(json.dumps(plan)):
            raise ConfigError(
                f"another sweep began in {str(out)!r}; go on with its own preset, settings and seeds, or name a new "
                "folder with --out"
            )
        return
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ConfigError(f"{str(out)!r} is taken; name a new folder with --out")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"cannot make the folder {str(out)!r}: {error.strerror}; name another with --out") from error
    write_json(path, plan)

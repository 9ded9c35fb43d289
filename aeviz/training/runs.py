"""Runs on disk, read without torch.

A run is a folder:

    config.json        every setting, and where the run came from
    history.jsonl      one line an epoch
    model.safetensors  weights of the epoch with the lowest validation loss
    last.safetensors   weights and optimizer of the newest epoch, to resume from (not shipped)
    latents.npz        the test set's latent points, labels and errors
    latent_summary.npz statistics of the latent space: `aeviz.training.summary`; instead of latents.npz in shipped faces
    evaluation.json    what `aeviz evaluate` measured when training ended
"""

import dataclasses
import itertools
import logging
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aeviz.config import FORMAT_VERSION, RunConfig
from aeviz.errors import CheckpointError, CheckpointFormatError, CheckpointNotFoundError, ConfigError
from aeviz.paths import COMPARISON, checkpoints_root, fetched_root, model_roots, runs_root
from aeviz.presets import PRESETS
from aeviz.records import from_mapping, shorten
from aeviz.training.files import write_json
from aeviz.training.history import EpochReport, read_history
from aeviz.training.latents import LATENTS, LatentTable, read_latents, write_latents
from aeviz.training.run_records import Evaluation, Provenance, RunProblem, RunSummary
from aeviz.training.safe_files import file_problem, is_regular_file, read_json_checked, unreadable
from aeviz.training.summary import SUMMARY

_log = logging.getLogger(__name__)

CONFIG, HISTORY, MODEL, LAST = "config.json", "history.jsonl", "model.safetensors", "last.safetensors"
EVALUATION = "evaluation.json"
MAX_NAME_BYTES = 100
"""Longest name of a preset, and of a data folder, in the name of a run: file systems take 255 bytes in all."""
NO_RUNS = frozenset({"lost+found"})
"""Folders that a file system makes at the top of a disk, which may be where the runs are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFolder:
    """A run on disk: its config and provenance are read, the rest on demand."""

    path: Path
    config: RunConfig
    provenance: Provenance

    @property
    def name(self) -> str:
        """Name of the folder, which is the name of the run."""
        return self.path.name

    @property
    def is_shipped(self) -> bool:
        """Whether the run came with aeviz, or was published beside it and fetched."""
        return self.path.parent.resolve() in (checkpoints_root().resolve(), fetched_root().resolve())

    @property
    def has_latents(self) -> bool:
        """Whether the test set was encoded, which is done when training ends."""
        return is_regular_file(self.path / LATENTS)

    @property
    def has_summary(self) -> bool:
        """Whether statistics of the latent space are known, from its points or without them."""
        return self.has_latents or is_regular_file(self.path / SUMMARY)

    @property
    def is_trained(self) -> bool:
        """Whether there are weights to load."""
        return is_regular_file(self.path / MODEL)

    @classmethod
    def read(cls, path: Path) -> "RunFolder":
        """Read config.json of the run at `path`.

        Raises:
            CheckpointNotFoundError: There is no such folder or it holds no config.json.
            CheckpointFormatError: config.json is damaged, of another format or holds settings that cannot work.
        """
        try:
            values = read_json_checked(path / CONFIG)
        except CheckpointNotFoundError as error:
            raise CheckpointNotFoundError(
                f"{str(path)!r} is no run: expected a folder with {CONFIG}; see aeviz list"
            ) from error
        version = values.pop("format", None)
        if version != FORMAT_VERSION:
            raise CheckpointFormatError(
                f"{CONFIG} of run '{path.name}' has format {shorten(version)}; this aeviz reads {FORMAT_VERSION}; "
                "use the aeviz that wrote it, or train the model again"
            )
        try:
            origin = from_mapping(Provenance, values.pop("provenance", None), "provenance.")
            return cls(path=path, config=RunConfig.from_dict(values), provenance=origin)
        except ConfigError as error:
            raise CheckpointFormatError(
                f"{CONFIG} of run '{path.name}' does not describe a run: {error}; restore it or train the model again"
            ) from error

    def write(self) -> None:
        """Write config.json, atomically."""
        values = {"format": FORMAT_VERSION, **self.config.to_dict(), "provenance": self.provenance.to_dict()}
        write_json(self.path / CONFIG, values)

    def history(self) -> list[EpochReport]:
        """Read the epochs trained so far, oldest first."""
        return read_history(self.path / HISTORY)

    def best_epoch(self) -> EpochReport | None:
        """Return the epoch whose weights model.safetensors holds: the lowest validation loss, the first of equals."""
        return min(self.history(), key=lambda report: report.val_loss, default=None)

    def latents(self) -> LatentTable | None:
        """Read the encoded test set; None where there is none yet.

        Raises:
            CheckpointNotFoundError: The folder of the run is gone.
            CheckpointFormatError: The file is damaged or its arrays do not belong together.
        """
        table = read_latents(self.path, self.config.model.latent_dim, len(self.provenance.class_names))
        if table is None:
            self.check_presence()
        return table

    def require_latents(self) -> LatentTable:
        """Read the encoded test set of a run that has one, as `has_latents` says.

        Raises:
            CheckpointNotFoundError: The file, or the folder of the run, was deleted meanwhile.
            CheckpointFormatError: The file is damaged or its arrays do not belong together.
        """
        table = self.latents()
        if table is None:
            raise CheckpointNotFoundError(
                f"run '{self.name}' has no {LATENTS}; restore the file, or train the model again to have its map"
            )
        return table

    def check_presence(self) -> None:
        """Check that the run has not been deleted or renamed since its config was read.

        Raises:
            CheckpointNotFoundError: It has no config.json any longer.
        """
        if not os.path.exists(self.path / CONFIG):
            raise CheckpointNotFoundError(
                f"run '{self.name}' is gone: {str(self.path)!r} was deleted or renamed meanwhile; choose another model"
            )

    def write_latents(self, table: LatentTable) -> None:
        """Write the encoded test set, atomically."""
        write_latents(self.path, table)

    def evaluation(self) -> Evaluation | None:
        """Read what was measured when training ended; None where nothing was.

        A bound without a gain is left out: older versions measured it on other images than the ELBO. Figures that only
        a newer version knows are left out, too: they change nothing about the others.
        """
        try:
            values = read_json_checked(self.path / EVALUATION)
            if isinstance(values, Mapping):
                known = {field.name for field in dataclasses.fields(Evaluation)}
                values = {name: value for name, value in values.items() if name in known}
            found = from_mapping(Evaluation, values)
            return found if found.bound_gain is not None else dataclasses.replace(found, log_likelihood_bound=None)
        except CheckpointNotFoundError:
            return None
        except ConfigError as error:
            raise CheckpointFormatError(
                f"{EVALUATION} of run '{self.name}' is damaged: {error}; restore it or train the model again"
            ) from error

    def write_evaluation(self, evaluation: Evaluation) -> None:
        """Write the figures, atomically."""
        write_json(self.path / EVALUATION, dataclasses.asdict(evaluation))

    def summary(self) -> RunSummary:
        """Return the run's line in `aeviz list`."""
        best = self.best_epoch()
        return RunSummary(
            name=self.name,
            preset=self.config.preset,
            dataset=self.config.data.name,
            latent_dim=self.config.model.latent_dim,
            optimizer="unknown" if self.config.model.is_imported else self.config.optimizer.name,
            parameters=self.provenance.parameters,
            epochs=len(self.history()),
            val_mse=best.val_mse if best else None,
            bytes=_folder_size(self.path),
        )


def _folder_size(path: Path) -> int:
    """Return the bytes of all files in a folder, links not followed; what vanishes meanwhile counts nothing."""
    size = 0
    for folder, _, names in os.walk(path):
        for name in names:
            with suppress(OSError):
                size += os.lstat(os.path.join(folder, name)).st_size
    return size


def find_run(name: str | Path) -> RunFolder:
    """Find a run by its name (those that ship first, one's own last) or by the path of its folder.

    Raises:
        CheckpointNotFoundError: There is none; the message lists the names there are.
        CheckpointFormatError: Its config.json cannot be read.
    """
    text = str(name)
    candidates = [Path(text)]
    if text and Path(text).name == text and text not in (".", ".."):
        candidates = [*(root / text for root in listed_roots()), Path(text)]
    for path in candidates:
        if os.path.lexists(path / CONFIG) or (os.path.lexists(path) and file_problem(path / CONFIG)):
            return RunFolder.read(path)
    known = ", ".join(folder.name for folder in list_folders()) or "none yet; train one: aeviz train digits-2d-adam"
    raise CheckpointNotFoundError(f"no trained model {text!r}; expected the folder of a run, or one of: {known}")


def new_run_path(config: RunConfig) -> Path:
    """Return a folder under AEVIZ_RUNS that does not exist, named after the preset, other data if any, and the time.

    Raises:
        ConfigError: The preset's name cannot be part of the name of a folder.
    """
    name, data = config.preset, config.data.name
    is_plain = name.isprintable() and not set(name) & set("/\\") and not name.startswith((".", " "))
    if not (name and is_plain and len(os.fsencode(name)) <= MAX_NAME_BYTES):
        raise ConfigError(
            f"preset={shorten(name)} cannot name a run; expected a plain name without slashes that begins with no dot, "
            f"of at most {MAX_NAME_BYTES} bytes; name the folder with --out"
        )
    preset = PRESETS.get(name)
    other = "" if preset is not None and preset.config.data.name == data else f"-on-{_folder_word(data)}"
    stem = f"{name}{other}-{datetime.now(UTC).strftime('%Y%m%d-%H%M%S')}"
    names = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
    return next(path for name in names if not os.path.lexists(path := runs_root() / name))


def _folder_word(data: str) -> str:
    """Return the last part of a data set's name as a piece of a run's name: printable, and no longer than it may be."""
    word = "".join(letter if letter.isprintable() else "_" for letter in Path(data.split(":")[-1]).name)
    while len(word.encode()) > MAX_NAME_BYTES:
        word = word[:-1]
    return word


def list_folders() -> list[RunFolder]:
    """Return the runs that can be opened; damaged ones are left out, with a line in the log.

    Those that ship come first, in the order of the presets, then one's own by name.
    """
    folders, problems = scan_folders()
    for problem in problems:
        _log.warning("left out: %s", problem.message)
    return folders


def listed_roots() -> tuple[Path, ...]:
    """Return the folders whose runs are listed: that ship, that were fetched, of AEVIZ_MODELS, and one's own."""
    return (checkpoints_root(), fetched_root(), *model_roots(), runs_root())


def compared_root() -> Path:
    """Return the folder of the comparison of optimizers that ships."""
    return checkpoints_root() / COMPARISON


def list_compared() -> list[RunFolder]:
    """Return the runs of the comparison of optimizers that ships; no listing of models has them."""
    found = []
    with suppress(OSError):
        for path in sorted(compared_root().iterdir()):
            with suppress(CheckpointError):  # the others still make a comparison
                found.append(_read_listed(path))
    return [folder for folder in found if folder is not None]


def list_problems() -> list[RunProblem]:
    """Return what `list_folders` leaves out, and why."""
    return scan_folders()[1]


def scan_folders() -> tuple[list[RunFolder], list[RunProblem]]:
    """Return the runs that can be opened, in the order of `list_folders`, and the problems of the others.

    Nothing that a single folder holds makes this fail. Folders without config.json or without weights are not runs, or
    not yet, and are passed over in silence, and so are hidden ones.
    """
    order = {name: position for position, name in enumerate(PRESETS)}
    folders: list[RunFolder] = []
    problems: list[RunProblem] = []
    for root in listed_roots():
        taken = {folder.name for folder in folders}
        try:
            paths = sorted(root.iterdir(), key=lambda path: (order.get(path.name, len(order)), path.name))
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            advice = "change its permissions, or set AEVIZ_RUNS or AEVIZ_MODELS"
            message = f"cannot look into {str(root)!r}: {error.strerror}; {advice}"
            problems.append(RunProblem(path=root, message=message))
            continue
        for path in paths:
            if path.name.startswith(".") or path.name in NO_RUNS:
                continue
            try:
                folder = _read_listed(path)
                if folder is not None and folder.name in taken:
                    raise CheckpointFormatError(f"{str(path)!r} has the name of a model before it; rename it")
            except CheckpointNotFoundError:  # deleted since the folder was listed
                continue
            except CheckpointError as error:
                problems.append(RunProblem(path=path, message=str(error)))
                continue
            if folder is not None:
                folders.append(folder)
    return folders, problems


def _read_listed(path: Path) -> RunFolder | None:
    """Read a run for a listing, its history included; None for what is no run, or not yet.

    Raises:
        CheckpointError: It cannot be read.
    """
    for name in (CONFIG, MODEL):
        if problem := file_problem(path / name):
            raise unreadable(path / name, problem, advice="change its permissions, restore it or delete the folder")
        if not is_regular_file(path / name):
            return None
    folder = RunFolder.read(path)
    folder.history()
    return folder


def list_runs() -> list[RunSummary]:
    """Return a line for each trained model that can be opened, in the order of `list_folders`."""
    summaries = []
    for folder in list_folders():
        try:
            summaries.append(folder.summary())
        except CheckpointError as error:  # changed since it was listed
            _log.warning("left out: %s", error)
    return summaries

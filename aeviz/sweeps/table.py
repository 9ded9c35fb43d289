"""The table at the end of a sweep: mean and deviation over the seeds."""

import csv
import io
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aeviz.sweeps.plan import PlannedRun
from aeviz.training.files import write_atomically
from aeviz.training.history import read_history
from aeviz.training.runs import HISTORY

TABLE = "results.csv"
"""The table in the sweep's folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Mean and deviation over the seeds."""

    mean: float
    deviation: float | None
    """Standard deviation of a sample (n - 1); None of a single seed."""

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread | None":
        """Return that of values; None where there are none."""
        if not values:
            return None
        return cls(mean=statistics.fmean(values), deviation=statistics.stdev(values) if len(values) > 1 else None)

    def __str__(self) -> str:
        digits = f"{self.mean:.5f}"
        return digits if self.deviation is None else f"{digits} ± {self.deviation:.5f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One combination of a sweep's settings. Losses are those of the epoch whose weights are kept."""

    settings: Mapping[str, str]
    """The settings that the sweep varies, with their values."""
    finished: int
    """Seeds whose run is complete; the figures are theirs."""
    failed: tuple[str, ...]
    """Runs that are not complete."""
    train_loss: Spread | None
    val_loss: Spread | None
    val_mse: Spread | None
    seconds: Spread | None
    """Of the training of one run; of runs that trained together its share."""


def tabulate(runs: Sequence[PlannedRun], finished: Sequence[PlannedRun]) -> list[Row]:
    """Return a row for each combination of settings, in the order of the plan.

    Args:
        runs: All runs of the sweep.
        finished: Those that are complete.
    """
    groups: dict[tuple[tuple[str, str], ...], list[PlannedRun]] = {}
    for run in runs:
        groups.setdefault(run.varied, []).append(run)
    complete = {run.path for run in finished}
    rows = []
    for varied, members in groups.items():
        histories = [read_history(run.path / HISTORY) for run in members if run.path in complete]
        best = [min(history, key=lambda report: report.val_loss) for history in histories]
        rows.append(
            Row(
                settings=dict(varied),
                finished=len(best),
                failed=tuple(run.path.name for run in members if run.path not in complete),
                train_loss=Spread.of([report.train_loss for report in best]),
                val_loss=Spread.of([report.val_loss for report in best]),
                val_mse=Spread.of([report.val_mse for report in best]),
                seconds=Spread.of([sum(report.seconds for report in history) for history in histories]),
            )
        )
    return rows


_FIGURES = ("train_loss", "val_loss", "val_mse", "seconds")


def write_csv(out: Path, rows: Sequence[Row]) -> Path:
    """Write the table as CSV into the sweep's folder: a column a setting, then counts, means and deviations."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    settings = list(rows[0].settings)
    figures = [f"{name}_{part}" for name in _FIGURES for part in ("mean", "sd")]
    writer.writerow([*settings, "finished", "failed", *figures])
    for row in rows:
        cells: list[object] = [*row.settings.values(), row.finished, len(row.failed)]
        for name in _FIGURES:
            found: Spread | None = getattr(row, name)
            cells += ["", ""] if found is None else [found.mean, "" if found.deviation is None else found.deviation]
        writer.writerow(cells)
    path = out / TABLE
    write_atomically(path, lambda temporary: temporary.write_text(text.getvalue(), encoding="utf-8"))
    return path


def as_text(rows: Sequence[Row]) -> str:
    """Return the table for a terminal."""
    header = [*rows[0].settings, "seeds", "train loss", "validation loss", "seconds"]
    lines = [header]
    for row in rows:
        of = row.finished + len(row.failed)
        seeds = str(of) if not row.failed else f"{row.finished} of {of}"
        seconds = "-" if row.seconds is None else f"{row.seconds.mean:.1f}"
        lines.append([*row.settings.values(), seeds, str(row.train_loss or "-"), str(row.val_loss or "-"), seconds])
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )

"""The curves of runs as a table, for a spreadsheet or a program."""

import csv
import dataclasses
import io
from collections.abc import Mapping, Sequence

from aeviz.training.history import EpochReport

QUANTITIES = tuple(field.name for field in dataclasses.fields(EpochReport) if field.name != "epoch")
"""The quantities of an epoch, as history.jsonl names them. docs/architecture.md lists their units."""


def curve_table(histories: Mapping[str, Sequence[EpochReport]]) -> str:
    """Return the curves of runs as comma-separated values in long format.

    The columns are run, epoch, quantity and value. A quantity that a run did not record has no row. Values keep all
    their digits.

    Args:
        histories: Name of a run to its epochs.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["run", "epoch", "quantity", "value"])
    for run, reports in histories.items():
        for report in reports:
            values = [(quantity, getattr(report, quantity)) for quantity in QUANTITIES]
            writer.writerows([run, report.epoch, quantity, value] for quantity, value in values if value is not None)
    return text.getvalue()

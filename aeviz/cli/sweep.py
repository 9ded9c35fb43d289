"""aeviz sweep: every combination of some settings, with several seeds each."""

import argparse
import dataclasses
import sys
from collections.abc import Callable, Sequence
from copy import copy
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aeviz.cli.console import INTERRUPTED, Parser, add_json, print_json, to_path
from aeviz.cli.train import add_recipe, training_config
from aeviz.config import RunConfig
from aeviz.errors import ConfigError
from aeviz.paths import runs_root
from aeviz.presets import PRESETS, get_preset
from aeviz.sweeps.needs import CLUSTER, CPUS, GPUS, Needs, cluster_address, needs_from_environment

if TYPE_CHECKING:
    from aeviz.cli.console import Commands
    from aeviz.sweeps.plan import PlannedRun
    from aeviz.training.history import EpochReport


def add_commands(commands: "Commands") -> None:
    """Add the command."""
    sweep = commands.add_parser(
        "sweep", help="train every combination of some settings with several seeds, and compare them in a table"
    )
    sweep.add_argument("preset", metavar="PRESET", help=f"one of: {', '.join(PRESETS)}")
    sweep.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE,...",
        help="a setting of config.json with one value or several, such as model.latent_dim=2,3,10",
    )
    sweep.add_argument("--seeds", type=int, default=1, metavar="N", help="seeds of each combination (default 1)")
    sweep.add_argument("--data", metavar="D", help="another data set: a name from 'aeviz data list', or folder:PATH")
    add_recipe(sweep)
    sweep.add_argument("--epochs", type=int, metavar="N", help="passes through the training images")
    sweep.add_argument("--device", metavar="DEVICE", help="auto, cpu, cuda or mps")
    sweep.add_argument(
        "--out",
        type=to_path,
        metavar="DIR",
        help="folder of the sweep, beside which its runs lie (default: a new one in AEVIZ_RUNS); the same command with "
        "it again trains what is missing",
    )
    sweep.add_argument(
        "--cluster",
        default=cluster_address(),
        metavar="ADDRESS",
        help=f"train on a Ray cluster, such as ray://HOST:10001 (default: {CLUSTER}, else this machine)",
    )
    sweep.add_argument(
        "--cpus", type=float, metavar="N", help=f"cores for each run on the cluster (default: {CPUS}, else 1)"
    )
    sweep.add_argument(
        "--gpus", type=float, metavar="N", help=f"GPUs for each run there, 0.25 too (default: {GPUS}, else 0)"
    )
    add_json(sweep)
    assert isinstance(sweep, Parser)
    sweep.set_defaults(run=_sweep)


def _train_away(
    options: argparse.Namespace, missing: "Sequence[PlannedRun]", show: "Callable[[PlannedRun, EpochReport], None]"
) -> dict[str, str]:
    from aeviz.sweeps.cluster import train_on_cluster

    usual = needs_from_environment()
    needs = Needs(
        cpus=usual.cpus if options.cpus is None else options.cpus,
        gpus=usual.gpus if options.gpus is None else options.gpus,
    )
    return train_on_cluster(missing, options.cluster, needs, show)


def _sweep(options: argparse.Namespace) -> int:
    get_preset(options.preset)
    if options.cluster is None and (options.cpus, options.gpus) != (None, None):
        raise ConfigError("--cpus and --gpus say what a run needs of a cluster; name one with --cluster ADDRESS")
    from tqdm import tqdm

    from aeviz.sweeps.plan import PlannedRun, keep_plan, plan_runs
    from aeviz.sweeps.run import epochs_left, is_finished, train_missing
    from aeviz.sweeps.table import as_text, tabulate, write_csv
    from aeviz.training.history import EpochReport

    def configure(settings: Sequence[str], seed: int) -> RunConfig:
        own = copy(options)
        own.set, own.seed, own.resume, own.out = settings, seed, None, None
        return training_config(own)[0]

    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    out = options.out or runs_root() / f"{options.preset}-sweep-{stamp}"
    runs = plan_runs(out, options.set, options.seeds, configure)
    keep_plan(out, runs)
    missing = [run for run in runs if not is_finished(run)]
    if len(missing) < len(runs):
        print(f"aeviz: {len(runs) - len(missing)} of {len(runs)} runs are there already", file=sys.stderr)
    layout = "{desc}: {percentage:3.0f}% |{bar}| epoch {n_fmt}/{total_fmt} of all runs, {remaining} left"
    total = sum(map(epochs_left, missing))
    with tqdm(total=total, desc=f"{len(missing)} runs", dynamic_ncols=True, bar_format=layout) as bar:

        def show(run: PlannedRun, report: EpochReport) -> None:
            bar.update()

        try:
            failures = train_missing(runs, show) if options.cluster is None else _train_away(options, missing, show)
        except KeyboardInterrupt:
            bar.close()
            print(f"aeviz: stopped; the same command with --out {out} goes on with what is missing", file=sys.stderr)
            return INTERRUPTED
    rows = tabulate(runs, [run for run in runs if is_finished(run)])
    table = write_csv(out, rows)
    for name, reason in failures.items():
        print(f"aeviz: {name} failed: {reason}", file=sys.stderr)
    if options.json:
        print_json({"table": str(table), "rows": [dataclasses.asdict(row) for row in rows], "failures": failures})
    else:
        print(as_text(rows))
        print(f"{len(runs) - len(failures)} of {len(runs)} runs beside {out}; the table: {table}")
    return 1 if failures else 0

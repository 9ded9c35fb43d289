"""The curves as a table, compared with the history files themselves."""

import io
import json

import pandas as pd
import pytest

from aeviz.analysis.curve_table import QUANTITIES, curve_table
from aeviz.paths import PROJECT_ROOT, checkpoints_root
from aeviz.training.history import EpochReport, read_history
from aeviz.training.runs import HISTORY

RUNS = ("digits-2d-adam", "vae-2d")


def records(name):
    """The epochs of a shipped run as JSON has them."""
    return [json.loads(line) for line in (checkpoints_root() / name / HISTORY).read_text().splitlines()]


@pytest.fixture(scope="module")
def table():
    text = curve_table({name: read_history(checkpoints_root() / name / HISTORY) for name in RUNS})
    return pd.read_csv(io.StringIO(text))


@pytest.mark.parametrize("name", RUNS)
def test_table_holds_every_number_of_the_history_file(name, table):
    assert list(table) == ["run", "epoch", "quantity", "value"]
    expected = {
        (record["epoch"], quantity): value
        for record in records(name)
        for quantity, value in record.items()
        if quantity != "epoch" and value is not None
    }
    own = table[table["run"] == name]
    assert len(own) == len(expected)
    found = {(row.epoch, row.quantity): row.value for row in own.itertuples()}
    assert found == pytest.approx(expected, rel=1e-14, abs=0)


def test_table_names_the_kl_of_a_variational_model_alone(table):
    counts = table[table["quantity"] == "val_kl"].groupby("run").size()
    assert dict(counts) == {"vae-2d": len(records("vae-2d"))}


def test_names_of_runs_may_hold_anything():
    report = EpochReport(epoch=1, train_loss=0.1, val_loss=1e-300, val_mse=0.25, learning_rate=1e-3, seconds=2.0)
    name = 'a "name", with\na line end'
    table = pd.read_csv(io.StringIO(curve_table({name: [report], "empty": []})))
    assert set(table["run"]) == {name}
    assert list(table["value"]) == [0.1, 1e-300, 0.25, 1e-3, 2.0]


def test_no_run_gives_the_heading():
    assert curve_table({}) == "run,epoch,quantity,value\n"


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_documentation_lists_each_quantity(quantity):
    assert f"| `{quantity}` |" in (PROJECT_ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")

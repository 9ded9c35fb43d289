"""The status of a run as pages read it, again and again while it trains."""

import gc
from collections import Counter
from dataclasses import replace

from aeviz.presets import get_preset
from aeviz.training import status
from aeviz.training.status import JobStatus, read_status, write_status

BEGUN = JobStatus(
    state="training",
    settings=get_preset("mlp-2d-adam").config,
    pid=1,
    from_app=True,
    queued_at=0.0,
    updated_at=0.0,
    steps_per_epoch=100_000,
)


def kept(*paths):
    """How many statuses of each folder's run are in memory, besides the one at hand."""
    gc.collect()
    found = Counter(each.device for each in gc.get_objects() if type(each) is JobStatus)
    return [found[str(path)] for path in paths]


def test_of_a_run_that_trains_the_last_status_alone_is_kept(tmp_path):
    for step in range(20):
        write_status(tmp_path, replace(BEGUN, device=str(tmp_path), step=step))
        assert read_status(tmp_path).step == step
    assert kept(tmp_path) == [1]
    assert read_status(tmp_path) is read_status(tmp_path)


def test_runs_that_were_read_longest_ago_are_forgotten(tmp_path, monkeypatch):
    monkeypatch.setattr(status, "MOST_KNOWN", 3)
    paths = [tmp_path / str(number) for number in range(8)]
    for path in paths:
        path.mkdir()
        write_status(path, replace(BEGUN, device=str(path)))
        read_status(path)
    assert kept(*paths) == [0] * 5 + [1] * 3
    read_status(paths[5])
    read_status(paths[0])
    assert kept(*paths) == [1] + [0] * 4 + [1, 0, 1]  # the sixth was read again, the seventh was not

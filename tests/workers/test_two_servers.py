"""Two servers with one folder of runs: this process is the second, another process the first."""

import os

import pytest
from training_jobs import is_alive, wait_for, wait_for_epoch, wait_for_state

from aeviz.errors import ConfigError
from aeviz.training.runs import RunFolder, list_runs
from aeviz.workers import process, training

GONE_S = 10


@pytest.mark.slow
def test_second_server_lists_the_same_runs_and_leaves_the_first_ones_trainers_alone(server, runs, tiny_config):
    first, (name,) = server(tiny_config("train.epochs=100000"))
    epoch = wait_for_epoch(name, 1).status.epoch
    (job,) = training.list_jobs()
    assert (job.name, job.state) == (name, "training")
    assert process.count_workers() == 0  # it is not ours
    assert [run.name for run in list_runs()] == [name]
    with pytest.raises(ConfigError, match="is training already"):
        training.resume(name)
    with pytest.raises(ConfigError, match="is training; stop it first"):
        training.delete(name)

    third, (waiting,) = server(tiny_config("train.epochs=2"))  # one turn for all servers
    mine = training.start(tiny_config("train.epochs=2", "train.seed=3")).name
    assert [training.find_job(each).state for each in (name, waiting, mine)] == ["training", "queued", "queued"]
    third.kill()  # it takes its own trainer along, and no other
    wait_for(lambda: training.find_job(waiting).state == "interrupted", GONE_S)
    assert training.find_job(name).state == "training"
    wait_for_epoch(name, epoch + 1)

    pid = training.find_job(name).status.pid
    os.kill(first.pid, 9)
    wait_for(lambda: not is_alive(pid), GONE_S)
    wait_for_state(mine, "finished")  # the turn is ours now
    left = wait_for(lambda: (job := training.find_job(name)).state == "interrupted" and job, GONE_S)
    assert left.can_resume
    kept = len(RunFolder.read(left.path).history())
    training.resume(name)
    training.resume(waiting)
    wait_for_epoch(name, kept + 1)
    training.stop(name)
    wait_for_state(name, "stopped")
    wait_for_state(waiting, "finished")
    assert {run.name for run in list_runs()} == {name, waiting, mine}

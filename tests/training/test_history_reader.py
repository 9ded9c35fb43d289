"""A history that grows while it is read, and what it says about the time that is left."""

import json
import threading
from dataclasses import asdict

import pytest

from aeviz.errors import CheckpointFormatError
from aeviz.training.history import (
    EpochReport,
    HistoryReader,
    append_report,
    read_history,
    seconds_left,
    write_history,
)


def report(epoch, **changes):
    values = {
        "epoch": epoch,
        "train_loss": 1 / epoch,
        "val_loss": 1.1 / epoch,
        "val_mse": 1.1 / epoch,
        "learning_rate": 0.01,
        "seconds": 0.5,
        "gradient_norm": 0.25,
        "images_per_second": 1000.0,
    }
    return EpochReport(**(values | changes))


@pytest.fixture
def path(tmp_path):
    (tmp_path / "a-run").mkdir()
    return tmp_path / "a-run" / "history.jsonl"


def test_reader_follows_what_is_appended(path):
    reader = HistoryReader(path)
    assert reader.read() == read_history(path) == []
    for epoch in range(1, 6):
        append_report(path, report(epoch))
        assert reader.read() == read_history(path) == [report(number) for number in range(1, epoch + 1)]
        assert reader.read() is reader.read()  # nothing new: nothing is parsed
    for epoch in (6, 7, 8):
        append_report(path, report(epoch))
    assert reader.read() == read_history(path)


def test_reader_parses_only_what_is_new(path, monkeypatch):
    write_history(path, [report(epoch) for epoch in range(1, 101)])
    reader = HistoryReader(path)
    assert len(reader.read()) == 100
    parsed = []
    loads = json.loads
    monkeypatch.setattr(json, "loads", lambda line: parsed.append(line) or loads(line))
    append_report(path, report(101))
    assert len(reader.read()) == 101
    assert len(parsed) == 1


def test_lists_given_before_are_left_as_they_were(path):
    append_report(path, report(1))
    reader = HistoryReader(path)
    before = reader.read()
    append_report(path, report(2))
    assert len(reader.read()) == 2
    assert len(before) == 1


def test_torn_last_line_is_left_out_until_it_is_whole(path):
    line = json.dumps(asdict(report(2))) + "\n"
    append_report(path, report(1))
    reader = HistoryReader(path)
    for end in (1, 20, len(line) - 1):
        with path.open("r+") as file:
            file.seek(0, 2)
            position = file.tell()
            file.write(line[:end])
        assert reader.read() == read_history(path) == [report(1)]
        with path.open("r+") as file:
            file.truncate(position)
    with path.open("a") as file:
        file.write(line[:30])
        file.flush()
        assert reader.read() == [report(1)]
        file.write(line[30:])
    assert reader.read() == read_history(path) == [report(1), report(2)]


def test_file_that_is_replaced_is_read_anew(path):
    """Resuming drops an epoch whose weights were not written, then goes on: other lines, perhaps as long as before."""
    write_history(path, [report(1), report(2), report(3)])
    reader = HistoryReader(path)
    assert len(reader.read()) == 3
    write_history(path, [report(1), report(2)])
    assert reader.read() == [report(1), report(2)]
    other = [report(1), report(2), report(3, seconds=0.7), report(4)]
    write_history(path, other)
    assert reader.read() == read_history(path) == other
    path.write_text("")  # in place, shorter
    assert reader.read() == []
    append_report(path, report(1))
    assert reader.read() == [report(1)]


def test_missing_file_is_an_empty_history_whenever_it_is_missing(path):
    reader = HistoryReader(path)
    assert reader.read() == []
    append_report(path, report(1))
    assert reader.read() == [report(1)]
    path.unlink()
    assert reader.read() == read_history(path) == []
    path.parent.rmdir()
    assert reader.read() == read_history(path) == []
    path.parent.mkdir()
    append_report(path, report(2))
    assert reader.read() == [report(2)]


@pytest.mark.parametrize("bad", ["no json\n", "[]\n", '{"epoch": 3}\n', "\n", '{"epoch": "x"}\n', "\ufffd\n"])
def test_bad_line_is_told_with_its_number_each_time(bad, path):
    for epoch in (1, 2):
        append_report(path, report(epoch))
    reader = HistoryReader(path)
    reader.read()
    with path.open("a") as file:
        file.write(bad)
    append_report(path, report(4))
    for read in (reader.read, reader.read, lambda: read_history(path)):
        with pytest.raises(CheckpointFormatError, match=r"line 3 of history\.jsonl of run 'a-run' is no epoch report"):
            read()
    write_history(path, [report(1)])
    assert reader.read() == [report(1)]


def test_reports_of_older_versions_are_read(path):
    old = asdict(report(1, gradient_norm=None, images_per_second=None))
    del old["gradient_norm"], old["images_per_second"]
    path.write_text(json.dumps(old) + "\n")
    assert HistoryReader(path).read() == [report(1, gradient_norm=None, images_per_second=None)]


def test_many_visitors_share_a_reader_while_a_trainer_writes(path):
    reader, problems = HistoryReader(path), []

    def look():
        seen = 0
        while seen < 300:
            epochs = [entry.epoch for entry in reader.read()]
            if epochs != list(range(1, len(epochs) + 1)) or len(epochs) < seen:
                problems.append(epochs)
                return
            seen = len(epochs)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for epoch in range(1, 301):
        append_report(path, report(epoch))
    for thread in threads:
        thread.join(timeout=20)
        assert not thread.is_alive()
    assert not problems


# Time left


def test_no_time_is_told_before_the_first_epoch():
    assert seconds_left([], 10) is None
    assert seconds_left([], 10, 0.5) is None


def test_seconds_left_counts_the_epochs_to_come():
    history = [report(epoch, seconds=2.0) for epoch in (1, 2, 3)]
    assert seconds_left(history, 10) == 14.0
    assert seconds_left(history, 10, 0.5) == 13.0
    assert seconds_left(history, 3) == 0.0
    assert seconds_left(history, 3, 0.5) == 0.0
    assert seconds_left([report(100, seconds=2.0)], 103) == 6.0  # resumed: the epoch's number counts


def test_seconds_left_follows_the_last_epochs_and_not_one_slow_one():
    slow_start = [report(epoch, seconds=60.0 if epoch == 1 else 1.0) for epoch in range(1, 4)]
    assert seconds_left(slow_start, 13) == 10.0
    faster = [report(epoch, seconds=10.0 if epoch <= 10 else 1.0) for epoch in range(1, 16)]
    assert seconds_left(faster, 25) == 10.0
    hiccup = [report(epoch, seconds=100.0 if epoch == 10 else 1.0) for epoch in range(1, 11)]
    assert seconds_left(hiccup, 20) == 10.0

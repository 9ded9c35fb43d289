"""Files of a run that travel between machines, and what a run may ask of one."""

import pytest

from aeviz.config import RunConfig
from aeviz.errors import CheckpointFormatError, ConfigError
from aeviz.experiment import train
from aeviz.presets import get_preset
from aeviz.sweeps import parcel
from aeviz.sweeps.link import insist_on_room
from aeviz.sweeps.needs import CPUS, GPUS, Needs, needs_from_environment
from aeviz.sweeps.parcel import pack, unpack
from aeviz.training.latents import LATENTS
from aeviz.training.run import load
from aeviz.training.runs import CONFIG, EVALUATION, LAST, MODEL
from aeviz.training.status import STATUS
from aeviz.training.summary import SUMMARY


def config_of(epochs) -> RunConfig:
    settings = ["model.hidden=[8,4]", "train.batch_size=128", "train.device=cpu", f"train.epochs={epochs}"]
    settings += ["optimizer.schedule=constant"]  # which may go on for longer
    return get_preset("digits-2d-adam").config.with_settings(settings)


@pytest.fixture(scope="module")
def parcels(tmp_path_factory):
    """A run after two epochs as it is, and as it was kept in its first and second epoch."""
    path, kept = tmp_path_factory.mktemp("away") / "run", []
    train(config_of(2), out=path, on_epoch=lambda report: kept.append(pack(path)), trackers=())
    return [*kept, pack(path)]


def test_parcel_holds_a_run_without_what_its_machine_alone_needs(parcels, tmp_path):
    unpack(parcels[-1], tmp_path / "home")
    assert load(tmp_path / "home").history
    assert {CONFIG, MODEL, LATENTS, EVALUATION} <= parcels[-1].keys()
    assert STATUS not in parcels[-1]


@pytest.mark.parametrize("before", [None, 0, 1])
def test_run_resumes_wherever_the_writing_of_a_parcel_ends(parcels, tmp_path, monkeypatch, before):
    """Over nothing, and over the files of an earlier epoch, cut after each file."""
    write, expected = parcel.write_atomically, train(config_of(4), out=tmp_path / "whole", trackers=())
    cut = parcels[1] if before is None else parcels[before + 1]
    for place in range(len(cut)):
        path = tmp_path / f"{place}"
        path.mkdir()
        if before is not None:
            unpack(parcels[before], path)
        left = [place]

        def write_some(*arguments, left=left):
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
            write(*arguments)

        with monkeypatch.context() as patch:
            patch.setattr(parcel, "write_atomically", write_some)
            with pytest.raises(KeyboardInterrupt):
                unpack(cut, path)
        if not (path / CONFIG).is_file():  # it begins anew
            continue
        run = train(config_of(4), out=path, resume=True, trackers=())
        assert [report.val_loss for report in run.history] == [report.val_loss for report in expected.history], place
        state, wanted = load(path).model.state_dict(), load(tmp_path / "whole").model.state_dict()
        assert all((state[name] == wanted[name]).all() for name in wanted), place


def test_measurements_of_other_weights_do_not_stay(parcels, tmp_path):
    unpack(parcels[-1], tmp_path)
    assert (tmp_path / EVALUATION).is_file()
    unpack(parcels[0], tmp_path)
    assert not any((tmp_path / name).exists() for name in (LATENTS, EVALUATION, SUMMARY))
    assert (tmp_path / LAST).is_file()


@pytest.mark.parametrize("name", ["../evil", "/evil", "a/../../evil", "", "a\\..\\evil", "a\0b"])
def test_no_file_leaves_the_folder(tmp_path, name):
    with pytest.raises(CheckpointFormatError, match="expected a path within its folder"):
        unpack({"good": b"1", name: b"2"}, tmp_path / "run")
    assert not list(tmp_path.rglob("*"))


@pytest.mark.parametrize(
    ("needs", "message"),
    [
        ({"cpus": -1}, "cpus -1 .* from 0 up"),
        ({"cpus": float("nan")}, "cpus nan"),
        ({"gpus": 1.5}, "a whole number"),
        ({"gpus": 1e-5}, "0.0001 and more"),
    ],
)
def test_needs_that_ray_cannot_count_are_refused(needs, message):
    with pytest.raises(ConfigError, match=message):
        Needs(**needs)


def test_needs_from_the_environment(monkeypatch):
    monkeypatch.setenv(CPUS, "4")
    monkeypatch.setenv(GPUS, "0.25")
    assert needs_from_environment() == Needs(cpus=4, gpus=0.25)
    monkeypatch.setenv(CPUS, "many")
    with pytest.raises(ConfigError, match="AEVIZ_CLUSTER_CPUS='many'"):
        needs_from_environment()


class Nodes:
    """Machines as Ray lists them."""

    def nodes(self):
        return [
            {"Alive": True, "Resources": {"CPU": 64.0}},
            {"Alive": True, "Resources": {"CPU": 4.0, "GPU": 1.0}},
            {"Alive": False, "Resources": {"CPU": 64.0, "GPU": 8.0}},
        ]


def test_one_machine_has_to_have_all_that_a_run_needs():
    insist_on_room(Nodes(), Needs(cpus=64))
    insist_on_room(Nodes(), Needs(cpus=4, gpus=1))
    with pytest.raises(
        ConfigError, match=r"needs 16 cores with 1 GPUs, .* \(64 cores with 0 GPUs, 4 cores with 1 GPUs\)"
    ):
        insist_on_room(Nodes(), Needs(cpus=16, gpus=1))

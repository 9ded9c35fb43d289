import json

import numpy as np
import pytest
import torch

from aeviz.errors import CheckpointFormatError
from aeviz.experiment import train
from aeviz.training.moments import MOMENTS, append_moments, measure_moments, read_moments


@pytest.mark.parametrize("amsgrad", [False, True])
def test_measure_is_what_a_step_multiplies_by(amsgrad):
    """With beta1 = 0 a step is the effective learning rate times the gradient, weight by weight."""
    torch_generator = torch.Generator().manual_seed(0)
    model = torch.nn.Linear(4, 3)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01, betas=(0.0, 0.9), eps=1e-8, amsgrad=amsgrad)
    for scale in (5.0, 0.1, 0.2):
        before = model.weight.detach().clone()
        for parameter in model.parameters():
            parameter.grad = scale * torch.randn(parameter.shape, generator=torch_generator)
        optimizer.step()
    ratio = ((before - model.weight.detach()) / model.weight.grad).abs()
    found = measure_moments(model, optimizer, 3)
    assert list(found.effective) == ["weight"]
    assert found.effective["weight"] == pytest.approx(float(ratio.median()), rel=1e-3)
    assert (found.held["weight"] > 1.01) == amsgrad


def test_effective_learning_rate_of_sgd_is_its_learning_rate():
    model = torch.nn.Linear(2, 2)
    found = measure_moments(model, torch.optim.SGD(model.parameters(), lr=0.3), 1)
    assert found.effective == {"weight": 0.3}
    assert found.held == {"weight": 1.0}


@pytest.mark.parametrize("preset", ["optimizer-comparison", "duel"])
def test_runs_of_a_comparison_keep_them_and_others_do_not(preset, tiny_config, tmp_path, trained_folder):
    """Those of older versions, which called it a duel, too: they can be resumed."""
    train(tiny_config(f"preset={preset}", "train.epochs=2", "optimizer.name=amsgrad"), out=tmp_path / "run")
    recorded = read_moments(tmp_path / "run")
    assert [moments.epoch for moments in recorded] == [1, 2]
    assert all(np.isfinite(list(moments.effective.values())).all() for moments in recorded)
    assert read_moments(trained_folder) == []


def test_file_is_read_as_far_as_it_is_whole(tmp_path):
    model = torch.nn.Linear(2, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
    for epoch in (1, 2, 2):
        append_moments(tmp_path, measure_moments(model, optimizer, epoch))
    with (tmp_path / MOMENTS).open("a") as file:
        file.write('{"epoch": 3, "eff')
    assert [moments.epoch for moments in read_moments(tmp_path)] == [1, 2]
    (tmp_path / MOMENTS).write_text(json.dumps({"epoch": 1}) + "\n")
    with pytest.raises(CheckpointFormatError, match=r"line 1 of moments\.jsonl of run .* is no record of moments"):
        read_moments(tmp_path)

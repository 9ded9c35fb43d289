import numpy as np
import pytest
import scipy.stats

from aeviz.config import OptimizerConfig
from aeviz.lab.optimizer_comparison import (
    compare_means,
    gather,
    layer_titles,
    long_title_of,
    method_of,
    moved_most,
    names_of,
    own_settings,
    plan,
    title_of,
    titles_of,
)
from aeviz.training.run_records import Provenance
from aeviz.training.runs import RunFolder

RATES = {"adam": 3e-3, "amsgrad": 3e-3, "sgd": 1.0, "momentum": 0.1}


@pytest.fixture
def folders(tiny_config, tmp_path):
    """Runs as a comparison leaves them; only their configs are there."""

    def make(configs, fingerprint="same"):
        origin = Provenance(
            created="2026-01-01",
            versions={},
            device="CPU",
            data_fingerprint=fingerprint,
            n_train=1,
            n_validation=1,
            parameters=1,
        )
        return [RunFolder(path=tmp_path / str(n), config=config, provenance=origin) for n, config in enumerate(configs)]

    return make


@pytest.mark.parametrize("sizes", [(5, 5), (3, 8), (2, 2)])
def test_welch_interval_is_scipys(sizes):
    generator = np.random.default_rng(sum(sizes))
    a, b = generator.normal(1.0, 0.1, sizes[0]), generator.normal(0.8, 0.4, sizes[1])
    ours = compare_means(dict(enumerate(a.tolist())), dict(enumerate(b.tolist())))
    theirs = scipy.stats.ttest_ind(a, b, equal_var=False)
    interval = theirs.confidence_interval(0.95)
    assert ours.interval == pytest.approx((interval.low, interval.high), rel=1e-9)
    assert ours.degrees == pytest.approx(theirs.df, rel=1e-9)
    assert ours.is_shown == (theirs.pvalue < 0.05)
    n = min(sizes)
    paired = scipy.stats.ttest_rel(a[:n], b[:n]).confidence_interval(0.95)
    assert ours.paired == pytest.approx((paired.low, paired.high), rel=1e-9)


def test_pairs_see_through_the_seeds():
    """What the seed does to both alike hides a gap from Welch's interval, not from that of the pairs."""
    base = {seed: value for seed, value in enumerate([1.0, 2.0, 3.0, 4.0])}
    found = compare_means({seed: value - 0.1 - seed / 1000 for seed, value in base.items()}, base)
    assert not found.is_shown
    assert found.paired is not None
    assert found.paired[1] < 0


def test_one_run_each_shows_nothing():
    found = compare_means({0: 1.0}, {0: 2.0})
    assert found.difference == -1
    assert (found.interval, found.paired) == (None, None)
    assert not found.is_shown


def test_plan_differs_in_optimizer_and_seed_alone(tiny_config, folders):
    configs = plan(tiny_config(), RATES, 3)
    assert len(configs) == 12
    assert [method_of(config.optimizer) for config in configs[:4]] == list(RATES)
    assert {config.train.seed for config in configs} == {0, 1, 2}
    comparisons = gather(folders(configs))
    assert len(comparisons) == 1
    assert comparisons[0].seeds == [0, 1, 2]
    assert [title_of(optimizer) for optimizer in comparisons[0].lines] == [
        "Adam 0.003",
        "AMSGrad 0.003",
        "SGD 1",
        "Momentum 0.1",
    ]
    adam, amsgrad = configs[:2]
    assert adam.differs_in_optimizer_alone(amsgrad)


def test_gather_keeps_apart_what_differs_elsewhere(tiny_config, folders):
    configs = plan(tiny_config(), {"adam": 3e-3}, 1) + plan(tiny_config("train.epochs=9"), {"amsgrad": 3e-3}, 1)
    assert gather(folders(configs)) == []
    pair = plan(tiny_config(), {"adam": 3e-3, "amsgrad": 3e-3}, 1)
    assert gather(folders(pair[:1], "one") + folders(pair[1:], "other")) == []
    assert len(gather(folders(pair))) == 1


def test_gather_puts_most_seeds_first_and_of_equals_the_newest(tiny_config, folders):
    from dataclasses import replace

    found = []
    for epochs, seeds, day in ((3, 2, "01"), (9, 1, "04"), (5, 2, "03"), (7, 1, "02")):
        runs = folders(plan(tiny_config(f"train.epochs={epochs}"), {"adam": 3e-3, "amsgrad": 3e-3}, seeds))
        found += [replace(run, provenance=replace(run.provenance, created=f"2026-02-{day}")) for run in runs]
    assert [comparison.shared.train.epochs for comparison in gather(found)] == [5, 3, 9, 7]


def test_gather_asks_for_a_common_seed(tiny_config, folders):
    pair = plan(tiny_config(), {"adam": 3e-3, "amsgrad": 3e-3}, 2)
    assert gather(folders([pair[0], pair[3]])) == []


def test_settings_that_an_optimizer_ignores_make_no_second_optimizer(tiny_config, folders):
    ours = tiny_config("optimizer.momentum=0.5"), tiny_config("optimizer.momentum=0.7", "train.seed=1")
    other = tiny_config("optimizer.name=sgd", "optimizer.beta1=0.3"), tiny_config("optimizer.name=sgd", "train.seed=1")
    comparison = gather(folders([*ours, *other]))[0]
    assert [len(line) for line in comparison.lines.values()] == [2, 2]


def test_titles_of_optimizers_differ():
    given = [
        OptimizerConfig(learning_rate=3e-3),
        OptimizerConfig(learning_rate=3e-3, beta2=0.9),
        OptimizerConfig(learning_rate=0.1),
        OptimizerConfig(learning_rate=0.1 + 1e-9),
        OptimizerConfig(name="sgd", learning_rate=1.0),
    ]
    assert list(titles_of(given).values()) == [
        "Adam 0.003, beta2 0.999",
        "Adam 0.003, beta2 0.9",
        "Adam 0.1, learning_rate 0.1",
        "Adam 0.1, learning_rate 0.100000001",
        "Momentum 1",
    ]
    assert list(titles_of(given[::4], long_title_of).values()) == [
        "Adam, learning rate 0.003",
        "Momentum, learning rate 1",
    ]


def test_own_settings_leave_out_what_an_optimizer_ignores():
    assert own_settings(OptimizerConfig(learning_rate=3e-3, beta2=0.9)) == {
        "learning_rate": "0.003",
        "beta1": "0.9",
        "beta2": "0.9",
        "epsilon": "1e-08",
    }
    assert own_settings(OptimizerConfig(name="sgd", learning_rate=1.0, momentum=0.5)) == {
        "learning_rate": "1",
        "momentum": "0.5",
    }


def test_names_of_comparisons_differ(tiny_config, folders):
    found = []
    for settings, fingerprint in (((), "one"), ((), "other"), (("objective.reconstruction=bce",), "one")):
        found += gather(folders(plan(tiny_config(*settings), {"adam": 3e-3, "amsgrad": 3e-3}, 1), fingerprint))
    names = names_of(found, [comparison.name for comparison in found])
    assert len({comparison.name for comparison in found}) == 1
    assert len(set(names)) == 3
    assert "objective.reconstruction bce" in names[2]
    assert names[0].endswith("(2)")


def test_methods_by_optimizer():
    assert method_of(OptimizerConfig(name="sgd", momentum=0.0)) == "sgd"
    assert method_of(OptimizerConfig(name="sgd", momentum=0.9)) == "momentum"
    assert method_of(OptimizerConfig(name="amsgrad")) == "amsgrad"


MLP = ["model.image_shape=[1,8,8]", "model.hidden=[16,8]", "model.latent_dim=3"]


@pytest.mark.parametrize(
    "settings",
    [
        MLP,
        [*MLP, "model.latent=sigmoid"],
        [*MLP, "model.encoder=linear", "model.decoder=linear"],
        [*MLP, "model.bottleneck=gaussian"],
    ],
)
def test_layers_are_called_by_the_units_they_join(tiny_config, settings):
    """The shapes of torch's own weights say what a layer joins."""
    from aeviz.models import build_model

    model = tiny_config(*settings).model
    shapes = {name: weight.shape for name, weight in build_model(model).named_parameters() if weight.ndim > 1}
    titles = layer_titles(model, shapes)
    for name, (units, inputs) in shapes.items():
        assert titles[name].endswith(f"{inputs} to {units}"), name
    assert len(set(titles.values())) == len(titles)
    assert not any("weight" in title or "bottleneck" in title for title in titles.values())


def test_layers_of_an_mlp_are_named_in_words(tiny_config):
    weights = [*(f"encoder.{n}.weight" for n in (1, 3)), "bottleneck.head.weight", "decoder.0.weight"]
    assert list(layer_titles(tiny_config(*MLP).model, weights).values()) == [
        "encoder 64 to 16",
        "encoder 16 to 8",
        "to the latent, 8 to 3",
        "decoder 3 to 8",
    ]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ([], ["encoder, layer 1", "encoder, layer 2", "to the latent", "decoder, layer 1"]),
        (
            ["model.bottleneck=flow"],
            ["encoder, layer 1", "to the mean", "to the log-variance", "flow, layer 1", "decoder, layer 1"],
        ),
    ],
)
def test_other_layers_are_numbered(tiny_config, settings, words):
    from aeviz.models import build_model

    model = tiny_config(
        "model.encoder=conv", "model.decoder=conv", "model.channels=[4,8]", "model.features=6", *settings
    ).model
    weights = [name for name, weight in build_model(model).named_parameters() if weight.ndim > 1]
    titles = list(layer_titles(model, weights).values())
    assert len(set(titles)) == len(titles) == len(weights)
    assert [title for title in titles if title in words] == words


def test_moved_most_names_the_farthest():
    source = np.zeros((5, 2), dtype=np.float32)
    target = np.array([[0, 1], [3, 4], [0, 0], [0, -2], [1, 1]], dtype=np.float32)
    assert moved_most(source, target, 3).tolist() == [1, 3, 4]

import dataclasses
import json
import re

import pytest

from aeviz.config import DataConfig, ModelConfig, ObjectiveConfig, OptimizerConfig, RunConfig, TrainConfig
from aeviz.errors import ConfigError
from aeviz.presets import PRESETS

UNUSUAL = RunConfig(
    preset="unusual",
    data=DataConfig(name="folder:faces", validation_fraction=0.3, split_seed=9, image_size=64, without="cats"),
    model=ModelConfig(
        image_shape=(3, 64, 48),
        encoder="conv",
        decoder="mlp",
        latent_dim=7,
        hidden=(5, 6, 7),
        channels=(3, 4),
        features=11,
        activation="prelu",
        init="he",
        output="identity",
        bottleneck="gaussian",
        prior="anchored",
        classes=5,
        flow_steps=3,
        flow_hidden=9,
        codes=8,
        code_dim=7,
        commitment=0.5,
    ),
    objective=ObjectiveConfig(
        reconstruction="ms_ssim",
        reconstruction_weight=0.5,
        kl_weight=0.1,
        kl_reduction="mean",
        annealing="cyclical",
        annealing_epochs=3,
        free_bits=0.2,
        penalty_weight=0.3,
        sparsity=0.4,
        corruption="masking",
        corruption_level=0.6,
    ),
    optimizer=OptimizerConfig(
        name="sgd", learning_rate=0.1, schedule="one_cycle", decay=0.9, beta1=0.5, beta2=0.6, epsilon=1e-5, momentum=0.0
    ),
    train=TrainConfig(
        epochs=3,
        batch_size=4,
        seed=2**31 - 1,
        device="cuda",
        precision="bf16",
        shuffle="blocks",
        flip=True,
        gradient_clip=0.5,
    ),
)


@pytest.mark.parametrize("config", [RunConfig(), UNUSUAL, *(preset.config for preset in PRESETS.values())])
def test_config_survives_json(config):
    text = json.dumps(config.to_dict(), allow_nan=False)
    assert RunConfig.from_dict(json.loads(text)) == config


def test_every_setting_of_the_unusual_config_is_unusual():
    needed = {"latent", "penalty"}  # what a variational model must leave as it is
    for group in ("data", "model", "objective", "optimizer", "train"):
        usual, unusual = (dataclasses.asdict(getattr(config, group)) for config in (RunConfig(), UNUSUAL))
        same = {key for key in usual if usual[key] == unusual[key]} - {"decoder"}
        assert same <= needed, f"the round trip does not test {same}"


def test_missing_settings_take_their_defaults():
    assert RunConfig.from_dict({}) == RunConfig()
    assert RunConfig.from_dict({"train": {"epochs": 3}}) == RunConfig(train=TrainConfig(epochs=3))


def test_configs_are_frozen_and_compare_by_value():
    assert RunConfig() == RunConfig()
    assert hash(RunConfig()) == hash(RunConfig())
    with pytest.raises(dataclasses.FrozenInstanceError):
        RunConfig().preset = "other"


def test_all_unknown_keys_are_listed_at_once():
    values = {"trian": {}, "train": {"epoch": 3, "epochs": 2, "sed": 1}, "model": {"layers": []}, "nonsense": 1}
    with pytest.raises(ConfigError) as caught:
        RunConfig.from_dict(values)
    unknown, expected = str(caught.value).split("; ")
    assert unknown == "unknown setting 'trian', 'nonsense', 'model.layers', 'train.epoch', 'train.sed'"
    for key in ("train", "model.latent_dim", "train.epochs"):
        assert re.search(rf"\b{re.escape(key)}\b", expected)
    assert "optimizer.name" not in expected


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"train": {"epochs": 2.0}}, "train.epochs=2.0; expected a whole number"),
        ({"train": {"epochs": True}}, "train.epochs=True; expected a whole number"),
        ({"train": {"epochs": "2"}}, "train.epochs='2'; expected a whole number"),
        ({"train": {"epochs": None}}, "train.epochs=None; expected a whole number"),
        ({"train": {"gradient_clip": "1"}}, "train.gradient_clip='1'; expected a number"),
        ({"train": {"gradient_clip": True}}, "train.gradient_clip=True; expected a number"),
        ({"train": {"device": "tpu"}}, "train.device='tpu'; expected one of: auto, cpu, cuda, mps"),
        ({"optimizer": {"name": ["adam"]}}, "optimizer.name=['adam']; expected one of: adam, amsgrad, sgd"),
        ({"optimizer": {"learning_rate": "fast"}}, "optimizer.learning_rate='fast'; expected a number"),
        ({"optimizer": {"learning_rate": float("nan")}}, "optimizer.learning_rate=nan; expected a finite number"),
        ({"optimizer": {"learning_rate": float("inf")}}, "optimizer.learning_rate=inf; expected a finite number"),
        ({"optimizer": {"learning_rate": 10**400}}, "expected a finite number"),
        ({"data": {"name": 5}}, "data.name=5; expected text"),
        ({"data": {"image_size": 64.0}}, "data.image_size=64.0; expected a whole number"),
        ({"model": {"hidden": "128"}}, "model.hidden='128'; expected a list such as [128,64,12]"),
        ({"model": {"hidden": [128, "64"]}}, "model.hidden='64'; expected a whole number"),
        ({"model": {"image_shape": [28, 28]}}, "model.image_shape=[28, 28]; expected 3 numbers"),
        ({"model": "mlp"}, "model is 'mlp'; expected a group of settings"),
        ({"model": None}, "model is None; expected a group of settings"),
        ({"preset": None}, "preset=None; expected text"),
    ],
)
def test_wrong_types_raise(values, message):
    with pytest.raises(ConfigError, match=re.escape(message)):
        RunConfig.from_dict(values)


@pytest.mark.parametrize("key", ["encoder", "bottleneck"])
@pytest.mark.parametrize(
    ("value", "told"), [(7, "7"), (["mlp"], "['mlp']"), ({}, "{}"), (None, "None"), (True, "True")]
)
def test_normalised_refuses_a_name_that_is_no_text(key, value, told):
    with pytest.raises(ConfigError, match=re.escape(f"model.{key}={told}; expected text")):
        RunConfig.normalised({"model": {key: value}})


def test_normalised_features_are_no_wider_than_a_layer_may_be():
    values = {"encoder": "conv", "bottleneck": "gaussian", "image_shape": [3, 64, 64], "latent_dim": 5_000}
    assert RunConfig.normalised({"model": values}).model.features == 16_384


def test_message_about_a_long_value_is_short():
    for values in ({"model": {"hidden": [0] * 10_000}}, {"preset": "x", "model": "y" * 10_000}):
        with pytest.raises(ConfigError) as caught:
            RunConfig.from_dict(values)
        assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: DataConfig(name=""), "data.name is empty; name a data set"),
        (lambda: DataConfig(without=""), "data.without=''; expected the name of a class"),
        (lambda: DataConfig(split_seed=-1), "data.split_seed=-1; expected a whole number from 0 up"),
        (lambda: DataConfig(validation_fraction=0.0), "data.validation_fraction=0.0 leaves nothing"),
        (lambda: DataConfig(validation_fraction=1.0), "data.validation_fraction=1.0 leaves nothing"),
        (lambda: DataConfig(name="folder:x", image_size=3), "data.image_size=3 is outside 4 to 512 pixels"),
        (lambda: DataConfig(name="folder:x", image_size=513), "data.image_size=513 is outside 4 to 512 pixels"),
        (lambda: DataConfig(name="mnist", image_size=32), "data.image_size=32 applies to folder:PATH, not to 'mnist'"),
        (lambda: ModelConfig(image_shape=(0, 8, 8)), "model.image_shape=(0, 8, 8) is no (channels, height, width)"),
        (lambda: ModelConfig(latent_dim=0), "model.latent_dim=0; expected a whole number from 1 up"),
        (
            lambda: ModelConfig(image_shape=(1, 2, 2), latent_dim=5),
            "model.latent_dim=5 is wider than the input of 4 values; choose at most 4",
        ),
        (lambda: ModelConfig(hidden=(8, 0)), "model.hidden=(8, 0); expected at most 32 whole numbers from 1 to 16384"),
        (lambda: ModelConfig(channels=(0,)), "model.channels=(0,); expected at most 32 whole numbers from 1 to 16384"),
        (lambda: ModelConfig(features=0), "model.features=0; expected 1 to 16384"),
        (lambda: ModelConfig(encoder="conv", channels=()), "model.channels=() halves images of 28 pixels 0 times"),
        (lambda: ModelConfig(decoder="conv", channels=(1,) * 6), "halves images of 28 pixels 6 times"),
        (lambda: OptimizerConfig(learning_rate=0.0), "optimizer.learning_rate=0.0; expected a positive number"),
        (lambda: OptimizerConfig(learning_rate=-1e-3), "optimizer.learning_rate=-0.001; expected a positive number"),
        (lambda: OptimizerConfig(beta1=1.0), "optimizer.beta1=1.0 is outside [0, 1)"),
        (lambda: OptimizerConfig(beta2=-0.1), "optimizer.beta2=-0.1 is outside [0, 1)"),
        (lambda: OptimizerConfig(momentum=1.5), "optimizer.momentum=1.5 is outside [0, 1)"),
        (lambda: OptimizerConfig(epsilon=0.0), "optimizer.epsilon=0.0; expected a positive number"),
        (lambda: TrainConfig(epochs=0), "train.epochs=0; expected a whole number from 1 up"),
        (lambda: TrainConfig(batch_size=0), "train.batch_size=0; expected a whole number from 1 up"),
        (lambda: TrainConfig(seed=-1), "train.seed=-1; expected a whole number from 0 to 2147483647"),
        (lambda: TrainConfig(seed=2**31), "train.seed=2147483648; expected a whole number from 0 to 2147483647"),
        (lambda: TrainConfig(gradient_clip=0.0), "train.gradient_clip=0.0; expected a positive norm, or none"),
        (
            lambda: RunConfig(model=ModelConfig(output="identity"), objective=ObjectiveConfig(reconstruction="bce")),
            "objective.reconstruction='bce' needs outputs in (0, 1), but model.output='identity'",
        ),
    ],
)
def test_settings_that_cannot_work_raise(make, message):
    with pytest.raises(ConfigError, match=re.escape(message)):
        make()


def test_settings_at_their_limits_are_taken():
    DataConfig(name="folder:x", image_size=4)
    DataConfig(name="folder:x", image_size=512)
    ModelConfig(image_shape=(1, 2, 2), latent_dim=4)
    ModelConfig(encoder="conv", channels=(1,) * 5)  # 28 halves 5 times: 14, 7, 4, 2, 1
    OptimizerConfig(beta1=0.0, beta2=0.0, momentum=0.0)
    TrainConfig(epochs=1, batch_size=1, seed=0)


# with_settings


@pytest.mark.parametrize(
    ("setting", "group", "key", "value"),
    [
        ("optimizer.learning_rate=1e-3", "optimizer", "learning_rate", 1e-3),
        ("optimizer.learning_rate=1", "optimizer", "learning_rate", 1.0),
        ("optimizer.name=sgd", "optimizer", "name", "sgd"),
        ('optimizer.name="sgd"', "optimizer", "name", "sgd"),
        ("train.epochs=5", "train", "epochs", 5),
        (" train.epochs = 5 ", "train", "epochs", 5),
        ("train.gradient_clip=none", "train", "gradient_clip", None),
        ("train.gradient_clip=null", "train", "gradient_clip", None),
        ("train.gradient_clip=None", "train", "gradient_clip", None),
        ("train.gradient_clip=2", "train", "gradient_clip", 2.0),
        ("model.hidden=[256,64]", "model", "hidden", (256, 64)),
        ("model.hidden=[]", "model", "hidden", ()),
        ("data.name=folder:a=b", "data", "name", "folder:a=b"),
    ],
)
def test_with_settings_takes_each_form(setting, group, key, value):
    config = RunConfig().with_settings([setting])
    assert getattr(getattr(config, group), key) == value
    assert type(getattr(getattr(config, group), key)) is type(value)
    rest = dataclasses.replace(config, **{group: getattr(RunConfig(), group)})
    assert rest == RunConfig()


def test_with_settings_takes_several_and_the_last_wins():
    config = RunConfig().with_settings(["train.epochs=5", "preset=mine", "train.epochs=6"])
    assert (config.train.epochs, config.preset) == (6, "mine")


def test_with_settings_of_nothing_is_the_same_config():
    assert UNUSUAL.with_settings([]) == UNUSUAL


@pytest.mark.parametrize(
    "setting", ["train.epochs", "epochs=5", "train=5", "=5", "", "train.epochs.x=1", "Train.epochs=5"]
)
def test_with_settings_of_unknown_key_lists_the_known(setting):
    with pytest.raises(ConfigError, match=r"names no known key; expected key=value with one of: .*train\.epochs"):
        RunConfig().with_settings([setting])


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("train.epochs=", "train.epochs=''; expected a whole number"),
        ("train.epochs=five", "train.epochs='five'; expected a whole number"),
        ("train.epochs=none", "train.epochs=None; expected a whole number"),
        ("optimizer.learning_rate=-1", "optimizer.learning_rate=-1.0; expected a positive number"),
        ("optimizer.learning_rate=NaN", "expected a finite number"),
        ("optimizer.learning_rate=1" + "0" * 5000, "expected a number"),
        ("model.output=identity", "needs outputs in (0, 1), but model.output='identity'"),
    ],
)
def test_with_settings_of_bad_value_raises(setting, message):
    settings = [setting, "objective.reconstruction=bce"]  # bce makes the last one a bad combination
    with pytest.raises(ConfigError, match=re.escape(message)):
        RunConfig().with_settings(settings)


@pytest.mark.parametrize(
    ("setting", "path", "value"),
    [
        ("data.without=7", ("data", "without"), "7"),
        ("data.without=shoe", ("data", "without"), "shoe"),
        ('data.without="none"', ("data", "without"), "none"),
        ("data.without=none", ("data", "without"), None),
        ("objective.penalty=none", ("objective", "penalty"), "none"),
        ("objective.corruption=none", ("objective", "corruption"), "none"),
        ("train.gradient_clip=none", ("train", "gradient_clip"), None),
        ("preset=2025", ("preset",), "2025"),
    ],
)
def test_text_and_none_are_read_as_the_setting_means_them(setting, path, value):
    found = RunConfig().with_settings([setting])
    for name in path:
        found = getattr(found, name)
    assert found == value


@pytest.mark.parametrize("class_name", ["7", "none", "Null", '"quoted"', "T-shirt/top", "[1]", "true", None])
def test_every_class_name_survives_as_a_setting(class_name):
    config = RunConfig(data=DataConfig(without=class_name))
    written = [f"{key}={value}" for key, value in config.settings().items()]
    assert RunConfig().with_settings(written) == config


def test_config_of_an_older_version_leaves_out_no_class():
    values = RunConfig().to_dict()
    del values["data"]["without"]
    assert RunConfig.from_dict(values).data.without is None


def test_what_is_left_out_does_not_change_the_test_images():
    assert DataConfig(without="7").shares_test_images(DataConfig())
    assert DataConfig().shares_test_images(DataConfig(without="3"))
    assert not DataConfig(without="7").shares_test_images(DataConfig(name="digits"))


def test_config_of_an_older_version_has_torchs_weights_and_the_encoders_activation():
    values = RunConfig().to_dict()
    del values["model"]["activation"], values["model"]["init"]
    assert RunConfig.from_dict(values) == RunConfig()


# normalised


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_normal(name):
    config = PRESETS[name].config
    assert RunConfig.normalised(config.to_dict()) == config
    assert config.with_settings([], normalise=True) == config


@pytest.mark.parametrize(
    ("preset", "settings", "expected"),
    [
        ("mlp-2d-adam", ["model.encoder=conv"], {"model.decoder": "conv", "model.features": None}),
        ("mlp-2d-adam", ["model.encoder=linear"], {"model.decoder": "linear", "model.output": "identity"}),
        ("mlp-2d-adam", ["model.activation=elu", "model.init=he"], {"model.activation": "elu"}),
        ("vae-2d", ["model.bottleneck=deterministic"], {"objective.kl_weight": 0.0, "model.features": 64}),
        (
            "vae-2d-anchored",
            ["model.bottleneck=deterministic", "model.encoder=mlp"],
            {"model.prior": "standard", "model.decoder": "mlp", "objective.kl_weight": 0.0},
        ),
        (
            "regime-kl",
            ["model.bottleneck=deterministic"],
            {"objective.reconstruction_weight": 1.0, "objective.kl_weight": 0.0},
        ),
        ("conv-64d-amsgrad", ["model.bottleneck=gaussian"], {"model.features": 256}),
        ("conv-64d-amsgrad", ["model.bottleneck=flow", "model.latent_dim=3"], {"model.features": 64}),
        ("sparse-l1", ["model.bottleneck=gaussian"], {"objective.penalty": "none"}),
        ("sparse-kl", ["model.bottleneck=flow"], {"objective.penalty": "none", "model.latent": "identity"}),
        ("sparse-l1", ["objective.penalty=kl_sparsity"], {"model.latent": "sigmoid"}),
    ],
)
def test_what_follows_from_a_choice_is_set_accordingly(preset, settings, expected):
    before = PRESETS[preset].config
    config = before.with_settings(settings, normalise=True)
    found = config.to_dict()
    assert {key: found[key.split(".")[0]][key.split(".")[1]] for key in expected} == expected
    chosen = {setting.partition("=")[0] for setting in settings}
    changed = {key for key, value in config.settings().items() if before.settings()[key] != value}
    assert changed <= chosen | set(expected)


def test_an_identity_output_belongs_to_linear_encoders_unless_it_was_asked_for():
    linear = RunConfig().with_settings(["model.encoder=linear"], normalise=True)
    assert linear.with_settings(["model.encoder=mlp"], normalise=True).model.output == "sigmoid"
    asked = linear.with_settings(["model.encoder=mlp", "model.output=identity"], normalise=True)
    assert asked.model.output == "identity"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (["objective.kl_weight=0.1"], "objective.kl_weight=0.1 needs a posterior"),
        (["model.encoder=conv", "model.bottleneck=gaussian", "model.features=none"], "set model.features"),
        (["model.encoder=resnet"], "model.encoder='resnet'; expected one of: mlp, conv, conv_bn, linear"),
        (["model.bottleneck=vq"], "model.bottleneck='vq'; expected one of: deterministic, gaussian, flow"),
        (["objective.reconstruction=l3"], "objective.reconstruction='l3'; expected one of: mse, l1, bce, ms_ssim"),
        (["model.latent_dim=two"], "model.latent_dim='two'; expected a whole number"),
        (["model.encoder=conv", "model.bottleneck=gaussian", "model.latent_dim=two"], "model.latent_dim='two'"),
    ],
)
def test_what_was_asked_for_is_kept_or_refused(settings, message):
    with pytest.raises(ConfigError, match=re.escape(message)):
        RunConfig().with_settings(settings, normalise=True)


def test_a_decoder_that_was_asked_for_stays():
    config = RunConfig().with_settings(["model.encoder=conv", "model.decoder=mlp"], normalise=True)
    assert (config.model.encoder, config.model.decoder) == ("conv", "mlp")


@pytest.mark.parametrize("values", [{"model": 5}, {"objective": [1]}, {"model": {"layers": 3}}, {"trian": {}}])
def test_normalising_reports_what_from_dict_does(values):
    with pytest.raises(ConfigError) as plain:
        RunConfig.from_dict(values)
    with pytest.raises(ConfigError) as normal:
        RunConfig.normalised(values)
    assert str(normal.value).partition(";")[0] == str(plain.value).partition(";")[0]


def test_missing_groups_take_their_defaults_when_normalised():
    assert RunConfig.normalised({"model": {"encoder": "linear"}}).model.decoder == "linear"
    assert RunConfig.normalised({}) == RunConfig()

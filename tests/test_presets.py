import pytest

from aeviz.data import list_datasets
from aeviz.errors import ConfigError
from aeviz.presets import PRESETS, get_preset

# The logs in the public code of [S1]'s author: preset, latent size, optimizer, validation MSE after 10,000 epochs
LOGGED = [
    ("mlp-2d-adam", 2, "adam", 0.03794),
    ("mlp-2d-amsgrad", 2, "amsgrad", 0.03829),
    ("mlp-3d-adam", 3, "adam", 0.03301),
    ("mlp-3d-amsgrad", 3, "amsgrad", 0.03261),
    ("mlp-10d-amsgrad", 10, "amsgrad", 0.02254),
    ("mlp-64d-adam", 64, "adam", 0.02373),
    ("mlp-64d-amsgrad", 64, "amsgrad", 0.01809),
    ("conv-64d-amsgrad", 64, "amsgrad", 0.00314),
]


@pytest.mark.parametrize(("name", "latent_dim", "optimizer", "target"), LOGGED)
def test_presets_have_the_settings_and_the_losses_of_the_log(name, latent_dim, optimizer, target):
    preset = get_preset(name)
    config = preset.config
    assert preset.name == config.preset == name
    assert preset.logged_val_mse == target
    assert config.data.name == "mnist"
    assert round(60_000 * config.data.validation_fraction) == 10_000
    assert config.model.image_shape == (1, 28, 28)
    assert config.model.latent_dim == latent_dim
    assert config.model.output == "sigmoid"
    assert config.objective.reconstruction == "mse"
    assert (config.optimizer.name, config.optimizer.learning_rate) == (optimizer, 3e-4)
    assert (config.optimizer.beta1, config.optimizer.beta2, config.optimizer.epsilon) == (0.9, 0.999, 1e-8)
    assert config.optimizer.schedule == "constant"
    assert (config.train.epochs, config.train.batch_size) == (10_000, 512)
    assert config.train.gradient_clip is None
    if name.startswith("mlp"):
        assert (config.model.encoder, config.model.decoder) == ("mlp", "mlp")
        assert config.model.hidden == (128, 64, 12)
    else:
        assert (config.model.encoder, config.model.decoder) == ("conv", "conv")
        assert (config.model.channels, config.model.features) == ((16, 32), None)


def test_pairs_differ_in_the_optimizer_alone():
    for name, preset in PRESETS.items():
        partner = name.replace("-adam", "-amsgrad")
        if partner != name:
            changed = preset.config.with_settings(["optimizer.name=amsgrad", f"preset={partner}"])
            assert changed == get_preset(partner).config


def test_every_preset_fits_its_data():
    known = {info.name: info for info in list_datasets()}
    for preset in PRESETS.values():
        assert preset.config.model.image_shape == known[preset.config.data.name].image_shape
        assert preset.summary


def test_some_presets_need_no_download():
    embedded = {info.name for info in list_datasets() if info.embedded}
    assert {preset.config.data.name for preset in PRESETS.values()} >= embedded


@pytest.mark.parametrize(
    ("name", "guess"),
    [("mlp-2d-adan", "mlp-2d-adam"), ("conv-64d-amsgra", "conv-64d-amsgrad"), ("circles3d", "circles-3d")],
)
def test_misspelt_preset_is_guessed(name, guess):
    with pytest.raises(
        ConfigError, match=f"no preset '{name}'; did you mean '{guess}'\\? expected one of: mlp-2d-adam"
    ):
        get_preset(name)


def test_unknown_preset_lists_all():
    with pytest.raises(ConfigError) as caught:
        get_preset("xyzzy")
    assert "did you mean" not in str(caught.value)
    assert str(caught.value).endswith(", ".join(PRESETS))


def test_what_only_the_public_code_has_is_not_cited_as_the_thesis():
    """[S1]'s text has the fully connected models of 2 and 3 dimensions, without layer widths, and no VAE."""
    from_code = {name: preset.summary for name, preset in PRESETS.items() if preset.logged_loss is not None}
    assert len(from_code) >= 14
    for name, summary in from_code.items():
        assert "public code of S1's author" in summary, name
        assert ("S1, Algorithm 4" in summary) == name.startswith(("mlp-2d", "mlp-3d")), name
    assert all("author's public code" in PRESETS[name].summary for name in ("celeba-vae", "celeba-msssim-vae"))
    assert not any("chapter on VAEs" in preset.summary for preset in PRESETS.values())

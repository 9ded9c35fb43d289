"""Bring your own images on Train, as AppTest runs it: drop, see, keep, train, and what is left when the visit ends."""

import io
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from train_form import button, field, set_to, shell, start_button, texts

from aeviz.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from aeviz.data import load_dataset
from aeviz.data.imports import visits
from aeviz.web.kernel import visits as visit_ends


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def digits_zip():
    """60 digits in class folders below one folder, and what is no image."""
    data = load_dataset("digits", "test")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for place, (image, label) in enumerate(zip(data.images[:60, 0], data.labels[:60], strict=True)):
            file = io.BytesIO()
            Image.fromarray(image).save(file, "PNG")
            archive.writestr(f"my digits/{label}/{place}.png", file.getvalue())
        archive.writestr("my digits/readme.txt", "hello")
    return out.getvalue()


def drop(app, name, content):
    """Drop one file on the page."""
    app.file_uploader[0].upload(name, content)
    return app.run()


def stores(cache):
    return [path.parent for path in cache.rglob("aeviz-images.json")]


def test_dropped_zip_is_shown_and_chosen_and_can_be_trained_on(train, digits_zip, cache):
    app = drop(train, "my digits.zip", digits_zip)
    assert not app.exception
    assert not app.error
    (store,) = stores(cache)
    assert field(app, "data").value == f"folder:{store}"
    shown = texts(app.markdown)
    first = "**my digits.zip**: 60 images, 8x8 pixels, grey (60 train, 10 of them become the test set)"
    assert first in shown, shown
    assert any(text.startswith("10 classes: 0 (") for text in shown)
    assert any("1 skipped: no image (.txt) (my digits/readme.txt)" in text for text in texts(app.caption))
    assert field(app, "train.batch_size").value == 10, "64 would be more than there are"
    assert not start_button(app).disabled
    assert f"data.name=folder:{store}" in shell(app)
    app = set_to(app, preset="digits-2d-adam")
    assert field(app, "data").value == f"folder:{store}", "a preset leaves the images alone"
    assert field(app, "train.batch_size").value == 10


def test_few_bytes_that_unpack_to_many_are_refused_and_gone(train, cache, monkeypatch):
    monkeypatch.setenv("AEVIZ_LIMIT_UPLOADS_MB_EACH", "1")
    out = io.BytesIO()
    np.savez_compressed(out, x_train=np.zeros((400, 64, 64), np.uint8))
    assert len(out.getvalue()) < 100_000
    app = drop(train, "small.npz", out.getvalue())
    assert not app.exception
    assert texts(app.error)[0].startswith("this server allows at most 1 megabytes of uploads of one visitor")
    assert not stores(cache)


def test_kept_images_are_a_data_set_of_their_own(train, digits_zip, tmp_path):
    app = drop(train, "My digits.zip", digits_zip)
    name = next(widget for widget in app.text_input if widget.key.startswith("bring.name"))
    name.set_value("digits").run()
    button(app, "Keep").click().run()
    assert "named 'digits' is there already" in app.error[0].value
    name.set_value("my_digits").run()
    button(app, "Keep").click().run()
    assert not app.error
    assert field(app, "data").value == "my_digits"
    assert "my_digits (your own): 50 images of 8x8" in field(app, "data").options
    assert not start_button(app).disabled
    assert (tmp_path / "data" / "own" / "my_digits").is_dir()
    assert any(text.startswith("**My digits.zip**: 60 images") for text in texts(app.markdown)), "still shown"
    assert "Remove" not in [widget.label for widget in app.button], "nobody deletes what others may use"
    button(app, "Delete permanently").click().run()  # but who kept it may
    assert not app.error
    assert not (tmp_path / "data" / "own" / "my_digits").exists()
    assert field(app, "data").value == "digits"


def test_files_of_one_name_are_all_taken(train):
    for seed in range(14):
        out = io.BytesIO()
        Image.fromarray(np.random.default_rng(seed).integers(0, 256, (8, 8), dtype=np.uint8)).save(out, "PNG")
        train.file_uploader[0].upload("image.png", out.getvalue())
    app = train.run()
    assert any(text.startswith("**14 files**: 14 images") for text in texts(app.markdown)), texts(app.markdown)


def test_another_side_and_removal(train, digits_zip, cache):
    app = drop(train, "x.zip", digits_zip)
    next(widget for widget in app.number_input if widget.key.startswith("bring.side")).set_value(16)
    app.run()
    button(app, "Resize").click().run()
    assert not app.error
    assert any("60 images, 16x16 pixels" in text for text in texts(app.markdown))
    assert field(app, "data").value.endswith("/x-16")
    button(app, "Remove").click().run()
    assert not app.exception
    assert field(app, "data").value == "digits"
    assert not stores(cache)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.zip", b"PK no zip", "cannot be opened"),
        ("x.npy", b"\x93NUMPY", "cannot be read"),
        ("x.parquet", b"PAR1", "cannot be read"),
        ("x.png", b"x", "holds 1 images; expected at least 12"),
    ],
)
def test_what_cannot_be_read_is_a_message_and_leaves_nothing(train, cache, name, content, message):
    app = drop(train, name, content)
    assert not app.exception
    assert message in app.error[0].value
    assert not [path for path in cache.rglob("*") if path.is_file() and path.name != "server.lock"]
    assert field(app, "data").value == "digits"
    assert not app.run().error, "it is said once"


def test_arrays_and_images_can_be_dropped_too(train, cache):
    out = io.BytesIO()
    np.savez(out, x_train=np.random.default_rng(0).random((40, 9, 9)), y_train=np.arange(40) % 4)
    app = drop(train, "mine.npz", out.getvalue())
    assert any("40 images, 9x9 pixels, grey" in text for text in texts(app.markdown))
    assert any("were read as 0 to 1" in text for text in texts(app.caption))


def test_end_of_a_visit_deletes_its_images_but_not_while_a_run_reads_them(
    train, digits_zip, cache, monkeypatch, tmp_path
):
    drop(train, "x.zip", digits_zip)
    (store,) = stores(cache)
    visitor = store.parents[1].name
    waiting = []
    monkeypatch.setattr(visit_ends, "_wait", waiting.append)
    visit_ends._end(visitor)
    assert store.is_dir(), "a window is open"
    visit_ends._let_go(visitor)
    assert waiting == [visitor]
    config = RunConfig(data=DataConfig(name=f"folder:{store}"), model=ModelConfig(image_shape=(1, 8, 8)))
    job = type("Job", (), {"is_active": True, "status": type("Status", (), {"settings": config})})
    monkeypatch.setattr("aeviz.workers.training.list_jobs", lambda: [job])
    visit_ends._end(visitor)
    assert store.is_dir()
    assert waiting == [visitor] * 2
    job.is_active = False
    visit_ends._end(visitor)
    assert not store.exists()


def test_run_whose_images_are_gone_says_so_and_shows_what_it_has(app, digits_zip, cache, tmp_path):
    from aeviz.experiment import train as fit

    store, _ = visits.take("someone", {"pets.zip": io.BytesIO(digits_zip)}, report=lambda share, text: None)
    config = RunConfig(
        data=DataConfig(name=f"folder:{store}"),
        model=ModelConfig(image_shape=(1, 8, 8), hidden=(8,), latent_dim=2),
        train=TrainConfig(epochs=1, batch_size=8, device="cpu"),
    )
    fit(config, out=tmp_path / "runs" / "own")
    visits.end_visit("someone")
    app.query_params["model"] = "own"
    app.switch_page("pages/reconstruct.py").run()
    assert not app.exception
    assert "'pets' were uploaded for one visit, which has ended, and are deleted" in " ".join(texts(app.caption))
    app.switch_page("pages/explore.py").run()
    assert not app.exception
    sent = b" ".join(part.proto.bytes + part.proto.json.encode() for part in app.get("bidi_component"))
    assert b"Images of pets (uploaded) were deleted when the visit ended" in sent


def test_what_a_dead_server_left_behind_is_deleted(cache):
    left = cache / "uploads" / "dead" / "visitor" / "set"
    left.mkdir(parents=True)
    (left / "x").touch()
    (cache / "uploads" / "dead" / "server.lock").touch()
    alive = visits._server_folder()
    assert not left.exists()
    visits.sweep()
    assert alive.is_dir()
    shutil.rmtree(Path(cache))

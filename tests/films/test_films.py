"""Films as files: read back by Pillow and PyAV, frame by frame, and compared with what the network decodes."""

import io
import json
import subprocess
import sys

import av
import numpy as np
import pytest
from PIL import Image

from aeviz.analysis.generation import linear_path
from aeviz.cli import main
from aeviz.errors import ExportError
from aeviz.figures.images import to_grey_or_rgb
from aeviz.films.encode import encode
from aeviz.films.film import Film, Timing
from aeviz.films.scenes import traversal, walk
from aeviz.films.training import training, views_of
from aeviz.paths import checkpoints_root
from aeviz.training.run import load
from aeviz.training.runs import RunFolder
from aeviz.training.samples import list_samples, read_sample

SHORT = Timing(seconds=1, fps=8, size=128)
"""Eight frames; an image of 8 x 8 pixels becomes one of 128."""


@pytest.fixture(scope="module")
def run():
    return load("digits-2d-adam")


def read_pillow(content):
    """Return the frames of a film, (H, W, 3), and how long each stands, in ms."""
    image = Image.open(io.BytesIO(content))
    frames, durations = [], []
    for k in range(image.n_frames):
        image.seek(k)
        image.load()
        frames.append(np.asarray(image.convert("RGB")))
        durations.append(image.info["duration"])
    return image, frames, durations


def expected_walk(run, start, end, count):
    z = run.folder.require_latents().z
    path = linear_path(z[start], z[end], count // 2 + 1)
    images = to_grey_or_rgb(run.decode(np.concatenate([path, path[-2:0:-1]])).numpy())
    return images.repeat(16, axis=1).repeat(16, axis=2)


@pytest.mark.parametrize("form", ["gif", "webp"])
def test_frames_of_a_walk_are_the_decoded_images(run, form):
    image, frames, durations = read_pillow(encode(walk(run, 3, 8, SHORT), form))
    assert image.n_frames == 8
    assert image.size == (128, 128)
    assert sum(durations) == 1000
    assert image.info["loop"] == 0
    np.testing.assert_array_equal(frames, expected_walk(run, 3, 8, 8))
    said = image.info["comment"].decode() if form == "gif" else image.getexif()[0x010E]
    assert json.loads(said) | {"made by": ""} == {
        "made by": "", "run": "digits-2d-adam", "film": "walk", "path": "linear", "ends": ["image 3", "image 8"],
        "fps": 8,
    }  # fmt: skip


def test_mp4_plays_in_browsers_and_shows_the_same(run, tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(encode(walk(run, 3, 8, SHORT), "mp4"))
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = [frame.to_ndarray(format="rgb24").astype(int) for frame in container.decode(stream)]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert float(stream.duration * stream.time_base) == pytest.approx(1)
        assert json.loads(container.metadata["comment"])["film"] == "walk"
    assert path.read_bytes().index(b"moov") < path.read_bytes().index(b"mdat")  # it plays before it is whole
    assert len(frames) == 8
    assert np.abs(frames - expected_walk(run, 3, 8, 8)).mean() < 3


def test_mp4_has_even_sides():
    picture = np.zeros((33, 65, 3), np.uint8)
    film = Film(name="odd", count=2, fps=4, draw=lambda start, stop: [picture] * (stop - start))
    with av.open(io.BytesIO(encode(film, "mp4"))) as container:
        assert (container.streams.video[0].width, container.streams.video[0].height) == (66, 34)


def test_traversal_moves_each_dimension_from_end_to_end(run):
    film = traversal(run, SHORT)
    z = run.folder.require_latents().z.astype(np.float64)
    order = np.argsort(-z.var(axis=0))
    assert film.settings["dimensions"] == (order + 1).tolist()
    low, high = np.quantile(z, [0.005, 0.995], axis=0)
    _, frames, _ = read_pillow(encode(film, "webp"))
    for k, share in ((0, 0.0), (3, 0.75), (4, 1.0), (6, 0.5)):
        for place, axis in enumerate(order):
            point = np.median(z, axis=0)
            point[axis] = low[axis] + share * (high - low)[axis]
            image = to_grey_or_rgb(run.decode(point[None].astype(np.float32)).numpy())[0]
            shown = frames[k][3:56:7, place * 63 + 3 : place * 63 + 59 : 7]  # each pixel is a square of 7
            np.testing.assert_array_equal(shown, image)


def test_traversal_of_one_dimension(run):
    assert traversal(run, SHORT, dimension=2).settings["dimensions"] == [2]
    with pytest.raises(ExportError, match="no latent dimension 3; expected 1 to 2"):
        traversal(run, SHORT, dimension=3)


def test_training_shows_each_recorded_epoch(run):
    film = training(run.folder, Timing(size=128), view="reconstructions")
    epochs = list_samples(run.folder.path)
    assert film.settings["epochs"] == epochs
    _, frames, durations = read_pillow(encode(film, "webp"))
    assert len(frames) == len(epochs)
    assert sum(durations) == 250 * len(epochs)
    for k in (0, 5, len(epochs) - 1):
        images = to_grey_or_rgb(read_sample(run.folder.path, epochs[k]).reconstructions)
        shown = frames[k][9:17].reshape(8, -1, 3)  # below the originals, as many pixels as they have
        for place, each in enumerate(images):
            np.testing.assert_array_equal(shown[:, place * 9 : place * 9 + 8], each)


def test_training_of_the_plane_and_of_the_prior():
    shipped = checkpoints_root()
    assert views_of(shipped / "digits-2d-adam") == ("plane", "reconstructions")
    plane = training(RunFolder.read(shipped / "digits-2d-adam"), Timing(seconds=1, fps=4))
    _, frames, durations = read_pillow(encode(plane, "gif"))
    assert len(frames) == 4
    assert sum(durations) == 1000
    assert (frames[0] != frames[3]).any()
    prior = training(RunFolder.read(shipped / "vae-10d"), Timing(seconds=2), view="prior")
    assert prior.count == len(prior.settings["epochs"])
    assert prior.seconds == pytest.approx(2)


def test_run_without_a_record_says_so():
    folder = RunFolder.read(checkpoints_root() / "mlp-2d-adam")
    with pytest.raises(ExportError, match=r"keeps no record of its training \(samples/\)"):
        training(folder)
    with pytest.raises(ExportError, match="did not record the view 'prior'; it has: plane, reconstructions"):
        training(RunFolder.read(checkpoints_root() / "digits-2d-adam"), view="prior")


def test_film_that_is_too_large_is_refused_before_it_is_drawn():
    picture, drawn = np.zeros((1000, 1000, 3), np.uint8), []

    def draw(start, stop):
        drawn.append(stop)
        return [picture] * (stop - start)

    with pytest.raises(ExportError, match="200 frames of 1000 x 1000 pixels; expected at most 150 million"):
        encode(Film(name="large", count=200, fps=20, draw=draw), "gif")
    assert drawn == [1]
    for wrong in ({"seconds": 0}, {"seconds": float("nan")}, {"fps": 90}, {"size": 5000}):
        with pytest.raises(ExportError, match="expected"):
            Timing(**wrong)


def test_command_line(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    short = ["--seconds", "1", "--fps", "4", "--size", "64"]
    assert main(["export", "digits-2d-adam", "--format", "gif", "--film", "walk", "--to", "5", *short]) == 0
    assert "4 frames, 1.0 s, made in" in capsys.readouterr().out
    with Image.open("digits-2d-adam-walk.gif") as image:
        assert image.n_frames == 4
    for options, message in (
        (["gif", "--view", "prior"], "--view belongs to --film training"),
        (["csv", "--seconds", "3"], "--seconds belongs to the formats gif, webp, mp4"),
        (["webp", "--film", "walk", "--to", "99999"], "has no test image 99999; expected 0 to"),
    ):
        assert main(["export", "digits-2d-adam", "--format", *options]) == 2
        assert message in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["digits-2d-adam-walk.gif"]


def test_mp4_without_pyav_says_how_to_get_it(run, monkeypatch):
    monkeypatch.setattr("aeviz.films.encode.has_mp4", lambda: False)
    with pytest.raises(ExportError, match=r'pip install "aeviz\[film\]"'):
        encode(walk(run, 0, 1, SHORT), "mp4")


def test_films_need_no_torch_for_a_training():
    code = "import sys, aeviz.films.training, aeviz.films.encode; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

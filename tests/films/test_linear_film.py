"""The film of a linear autoencoder as a file shows, step by step, what the page plays."""

import io

import numpy as np
from PIL import Image

from aeviz.films.encode import encode
from aeviz.lab.linear_autoencoder import LinearConfig
from aeviz.web.components.kit.wire import unpack
from aeviz.web.pca import cached
from aeviz.web.pca.saved_film import make_film


def test_each_recorded_step_is_a_frame_with_its_decoder():
    config = LinearConfig(latent_dim=2, steps=40)
    payload = cached.linear_run(cached.data_key("digits"), config, lambda step: None).film
    recorded = unpack(payload)["frames"]
    film = make_film(payload, "digits", config)
    assert film.settings["steps"] == [frame["step"] for frame in recorded]
    content = encode(film, "webp")
    image = Image.open(io.BytesIO(content))
    assert image.n_frames == len(recorded) > 10
    for k in (0, len(recorded) - 1):
        columns = np.asarray(Image.open(io.BytesIO(recorded[k]["columns"].tobytes())).convert("RGB")).astype(int)
        factor = 192 // columns.shape[1]
        (frame,) = film.draw(k, k + 1)
        top = 240 + 8
        shown = frame[top : top + factor * len(columns) : factor, : factor * columns.shape[1] : factor]
        np.testing.assert_array_equal(shown, columns)
        image.seek(k)
        assert np.abs(np.asarray(image.convert("RGB")).astype(int) - frame).mean() < 4  # in colour it is lossy

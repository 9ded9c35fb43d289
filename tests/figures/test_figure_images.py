import base64
import io

import numpy as np
import pytest
from PIL import Image

from aeviz.figures.images import (
    bar_thumbnail,
    enlarge,
    error_map,
    latent_thumbnail,
    similarity_map,
    tile,
    to_data_uri,
    to_grey_or_rgb,
    to_png,
)
from aeviz.figures.palette import CLASS_COLOURS, DARK_GROUND, FIRST, UNLABELLED


def rgb(code):
    return [int(code[i : i + 2], 16) for i in (1, 3, 5)]


def test_grey_images_have_three_equal_channels():
    images = np.arange(12, dtype=np.uint8).reshape(1, 1, 3, 4)
    picture = to_grey_or_rgb(images)
    assert picture.shape == (1, 3, 4, 3)
    np.testing.assert_array_equal(picture, np.repeat(images[0, 0][None, ..., None], 3, axis=3))


def test_colour_images_keep_their_channels():
    images = np.random.default_rng(0).integers(0, 256, (2, 3, 4, 5), dtype=np.uint8)
    np.testing.assert_array_equal(to_grey_or_rgb(images), images.transpose(0, 2, 3, 1))


def test_floats_are_rounded_and_clipped():
    images = np.array([-1, 0, 0.499 / 255, 0.501 / 255, 0.5, 1, 2], dtype=np.float32).reshape(1, 1, 1, 7)
    assert to_grey_or_rgb(images)[0, 0, :, 0].tolist() == [0, 0, 0, 1, 128, 255, 255]


@pytest.mark.parametrize("gap", [0, 1, 3])
@pytest.mark.parametrize(("n", "columns"), [(6, 3), (5, 3), (1, 1), (2, 5)])
def test_tile_puts_each_image_in_its_place(n, columns, gap):
    images = np.random.default_rng(0).integers(0, 256, (n, 1, 4, 5), dtype=np.uint8)
    sheet = tile(images, columns, gap=gap)
    rows = -(-n // columns)
    assert sheet.shape == (rows * (4 + gap) - gap, columns * (5 + gap) - gap, 3)
    covered = np.zeros(sheet.shape[:2], dtype=bool)
    for index in range(n):
        top, left = index // columns * (4 + gap), index % columns * (5 + gap)
        np.testing.assert_array_equal(sheet[top : top + 4, left : left + 5, 1], images[index, 0])
        covered[top : top + 4, left : left + 5] = True
    assert (sheet[~covered] == 127).all()


def test_enlarge_repeats_pixels_a_whole_number_of_times():
    picture = np.arange(18, dtype=np.uint8).reshape(2, 3, 3)
    large = enlarge(picture, 7)
    assert large.shape == (6, 9, 3)
    np.testing.assert_array_equal(large[::3, ::3], picture)
    np.testing.assert_array_equal(large[2::3, 2::3], picture)
    assert enlarge(picture, 2) is not None
    assert enlarge(picture, 2).shape == picture.shape


def test_smooth_enlargement_lies_between_the_pixels():
    picture = np.repeat(np.array([[0, 100, 200]], dtype=np.uint8), 2, axis=0)[..., None].repeat(3, axis=2)
    smooth = enlarge(picture, 30, smooth=True)
    assert smooth.shape == enlarge(picture, 30).shape
    assert len(np.unique(smooth)) > 10 > len(np.unique(enlarge(picture, 30)))
    assert (np.diff(smooth[0, 5:25, 0].astype(int)) >= 0).all()


@pytest.mark.parametrize("channels", [3, 4])
def test_png_keeps_every_pixel(channels):
    picture = np.random.default_rng(0).integers(0, 256, (6, 5, channels), dtype=np.uint8)
    np.testing.assert_array_equal(np.array(Image.open(io.BytesIO(to_png(picture)))), picture)
    head, _, body = to_data_uri(picture).partition(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(body) == to_png(picture)


@pytest.mark.parametrize(("n", "labelled"), [(200, True), (200, False), (4000, True)])
def test_thumbnail_shows_points_and_is_clear_elsewhere(n, labelled):
    points = np.random.default_rng(0).normal(size=(n, 2))
    labels = np.full(n, 2) if labelled else None
    picture = latent_thumbnail(points, labels, side_px=64)
    assert picture.shape == (64, 64, 4)
    assert picture.dtype == np.uint8
    drawn = picture[..., 3] > 0
    assert drawn.any()
    assert not drawn.all()
    assert (picture[drawn][:, :3] == rgb(CLASS_COLOURS[2] if labelled else UNLABELLED)).all()


def test_thumbnail_has_the_second_coordinate_upwards():
    points = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]])
    picture = latent_thumbnail(points, np.array([0, 1, 2]), side_px=100)
    where = {}
    for label in range(3):
        rows, columns = np.nonzero(
            (picture[..., :3] == rgb(CLASS_COLOURS[label])).all(axis=2) & (picture[..., 3] > 100)
        )
        where[label] = (rows.mean(), columns.mean())
    assert where[1][1] > where[0][1] + 50
    assert abs(where[1][0] - where[0][0]) < 2
    assert where[2][0] < where[0][0] - 50
    assert abs(where[2][1] - where[0][1]) < 2


def test_thumbnail_mixes_the_colours_of_points_that_meet():
    points = np.array([[0.0, 0.0], [0.0, 0.0], [5.0, 5.0], [-5.0, -5.0]])
    picture = latent_thumbnail(points, np.array([0, 1, 3, 3]), side_px=50)
    centre = picture[25, 25, :3].astype(int)
    np.testing.assert_allclose(centre, np.mean([rgb(CLASS_COLOURS[0]), rgb(CLASS_COLOURS[1])], axis=0), atol=1)


def test_thumbnail_of_equal_points_is_a_dot():
    assert (latent_thumbnail(np.ones((5, 2)), None, side_px=32)[..., 3] > 0).sum() < 30


def test_error_map_is_white_where_right_blue_where_dark_red_where_bright():
    image = np.array([[[0, 100, 255]]], dtype=np.uint8)
    right = np.array([[[0, 100 / 255, 1]]], dtype=np.float32)
    assert (error_map(image, right) >= 254).all()
    wrong = error_map(image, np.array([[[1, 100 / 255, 0]]], dtype=np.float32))
    assert wrong.shape == (1, 3, 3)
    assert wrong[0, 0].tolist() == [189, 31, 1]  # too bright
    assert wrong[0, 2].tolist() == [30, 100, 190]  # too dark


def test_similarity_map_is_white_where_alike_dark_where_not_and_grey_at_the_margin():
    picture = similarity_map(np.array([[1.0, 0.0], [-0.5, 0.5]], dtype=np.float32), 4, 6)
    assert picture.shape == (4, 6, 3)
    assert picture[1, 2].tolist() == [255, 255, 255]
    assert picture[1, 3].tolist() == picture[2, 2].tolist() == [62, 20, 94]
    assert picture[1, 2].sum() > picture[2, 3].sum() > picture[1, 3].sum()
    margin = np.ones((4, 6), dtype=bool)
    margin[1:3, 2:4] = False
    assert (picture[margin] == 190).all()


def test_no_difference_is_the_ground_of_a_dark_page():
    image = np.array([[[0, 100, 255]]], dtype=np.uint8)
    ground = rgb(DARK_GROUND)
    red, right, blue = error_map(image, np.array([[[1, 100 / 255, 0]]]), is_dark=True)[0].tolist()
    assert np.abs(np.subtract(right, ground)).max() <= 1
    assert red[0] > 200 > red[2]
    assert blue[2] > 200 > blue[0]
    assert similarity_map(np.ones((1, 1)), 1, 1, is_dark=True)[0, 0].tolist() == ground


def test_bar_thumbnail_has_a_bar_a_number_with_its_height():
    picture = bar_thumbnail([4, 2, 0], 60)
    heights = (picture[..., 3] > 0).sum(axis=0)
    assert [heights[at] for at in (2, 22, 42)] == [60, 30, 1]
    assert [heights[at] for at in (19, 39, 59)] == [0, 0, 0], "gaps"
    assert (picture[-1, 2, :3] == rgb(FIRST)).all()
    assert (bar_thumbnail([0.0, 0.0], 10)[..., 3] > 0).sum() == 8

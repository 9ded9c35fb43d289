import numpy as np
import pytest

from aeviz.figures.charts import moving_average
from aeviz.figures.palette import CLASS_COLOURS
from aeviz.web.components.film.payload import LEVELS, NO_LABEL, NOT_FINITE, FilmFrame, film_payload
from aeviz.web.components.kit import wire


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def frame(rng, epoch, n=40, *, scale=1.0, **changes):
    values = {
        "epoch": epoch,
        "points": (rng.normal(size=(n, 2)) * scale).astype(np.float32),
        "reconstructions": bytes([epoch % 256]) * 3,
        "mesh": b"mesh" + bytes([epoch % 256]),
    }
    return FilmFrame(**(values | changes))


def film(rng, epochs=6, frames=None, **changes):
    values = {
        "run": "a run",
        "total_epochs": 12,
        "is_live": True,
        "epochs": np.arange(1, epochs + 1),
        "curves": {"training": rng.random(epochs), "validation": rng.random(epochs)},
        "quantity": "mean squared error",
        "gradient_norm": rng.random(epochs),
        "learning_rate": rng.random(epochs),
        "frames": [frame(rng, epoch) for epoch in (0, 2, 6)] if frames is None else frames,
        "labels": rng.integers(0, 3, 40),
        "class_names": ("a", "b", "c"),
        "axis_names": ("z1", "z2"),
        "originals": b"originals",
        "window": 3,
    }
    return values | changes


def unpack(payload):
    """Read a film as the component does."""
    header = wire.unpack(payload)
    frames = header["frames"]
    return {
        "header": header,
        "epochs": header["epochs"],
        "raw": [curve["raw"] for curve in header["curves"]],
        "smooth": [curve["smooth"] for curve in header["curves"]],
        "gradient": header["gradientNorm"],
        "gradient_smooth": header["gradientSmooth"],
        "rate": header["learningRate"],
        "labels": header["labels"],
        "points": [
            np.where(
                spec["codes"] == NOT_FINITE, np.nan, np.array(spec["origin"]) + spec["codes"] * np.array(spec["step"])
            )
            for spec in frames
        ],
        "originals": as_bytes(header["originals"]),
        "images": [(as_bytes(spec["reconstructions"]), as_bytes(spec["mesh"])) for spec in frames],
    }


def as_bytes(array):
    return b"" if array is None else array.tobytes()


def test_film_holds_what_was_packed(rng):
    values = film(rng, notes="a remark")
    read = unpack(film_payload(**values))
    header = read["header"]
    assert (header["run"], header["total"], header["live"]) == ("a run", 12, True)
    assert (header["quantity"], header["axes"]) == ("mean squared error", ["z1", "z2"])
    assert header["notes"] == "a remark"
    np.testing.assert_array_equal(read["epochs"], values["epochs"])
    assert [curve["name"] for curve in header["curves"]] == ["training", "validation"]
    assert len({curve["colour"] for curve in header["curves"]}) == 2
    for curve, raw, smooth in zip(values["curves"].values(), read["raw"], read["smooth"], strict=True):
        np.testing.assert_array_equal(raw, curve.astype(np.float32))
        np.testing.assert_allclose(smooth, moving_average(curve, 3), rtol=1e-6)
    np.testing.assert_array_equal(read["gradient"], values["gradient_norm"].astype(np.float32))
    np.testing.assert_allclose(read["gradient_smooth"], moving_average(values["gradient_norm"], 3), rtol=1e-6)
    np.testing.assert_array_equal(read["rate"], values["learning_rate"].astype(np.float32))
    np.testing.assert_array_equal(read["labels"], values["labels"])
    assert header["classes"] == [{"name": n, "colour": CLASS_COLOURS[i]} for i, n in enumerate("abc")]
    assert [spec["epoch"] for spec in header["frames"]] == [0, 2, 6]
    assert read["originals"] == b"originals"
    for each, points, images in zip(values["frames"], read["points"], read["images"], strict=True):
        span = np.ptp(each.points, axis=0)
        np.testing.assert_allclose(points, each.points, atol=float(span.max()) / LEVELS)
        assert images == (each.reconstructions, each.mesh)


def test_film_of_a_variational_run_holds_the_parts_of_its_loss(rng):
    parts, share = {"loss": rng.random(6), "weighted KL": rng.random(6)}, np.linspace(0.2, 1, 6)
    header = wire.unpack(film_payload(**film(rng, parts=parts, share=share)))
    assert [part["name"] for part in header["parts"]] == list(parts)
    np.testing.assert_allclose(header["parts"][1]["raw"], parts["weighted KL"], rtol=1e-6)
    np.testing.assert_allclose(header["share"], share, rtol=1e-6)
    header = wire.unpack(film_payload(**film(rng)))
    assert header["parts"] == []
    assert header["share"] is None


def test_window_of_one_packs_no_moving_average(rng):
    read = unpack(film_payload(**film(rng, window=1)))
    assert read["smooth"] == [None, None]
    assert read["gradient_smooth"] is None


def test_film_that_has_not_begun(rng):
    values = film(rng, epochs=0, frames=[])
    read = unpack(film_payload(**values))
    header = read["header"]
    assert (len(header["epochs"]), header["n"], header["frames"], header["best"]) == (0, 0, [], -1)
    assert header["classes"] == []
    unpack(film_payload(**film(rng, epochs=0, frames=[frame(rng, 0)])))


def test_film_of_one_frame_and_one_epoch(rng):
    read = unpack(film_payload(**film(rng, epochs=1, frames=[frame(rng, 1)])))
    assert read["header"]["best"] == 0
    assert len(read["points"]) == 1


def test_film_of_points_without_a_class(rng):
    read = unpack(film_payload(**film(rng, labels=None)))
    assert (read["labels"] == NO_LABEL).all()
    assert read["header"]["classes"] == []


def test_film_of_more_classes_than_colours(rng):
    names = [f"class {k}" for k in range(24)]
    classes = unpack(film_payload(**film(rng, labels=np.arange(40) % 24, class_names=names)))["header"]["classes"]
    assert [entry["name"] for entry in classes] == names
    assert classes[23]["colour"] == classes[3]["colour"]


def test_unknown_gradient_norms_stay_unknown(rng):
    gradient = rng.random(6)
    gradient[[0, 3]] = np.nan
    read = unpack(film_payload(**film(rng, gradient_norm=gradient)))
    np.testing.assert_array_equal(read["gradient"], gradient.astype(np.float32))
    expected = [np.nan, gradient[1:3].mean(), gradient[1:3].mean(), np.nan, gradient[4:].mean(), gradient[4:].mean()]
    np.testing.assert_allclose(read["gradient_smooth"], expected, rtol=1e-6)
    read = unpack(film_payload(**film(rng, gradient_norm=np.full(6, np.nan))))
    assert np.isnan(read["gradient_smooth"]).all()


def test_best_epoch_is_the_first_of_the_lowest_validation_losses(rng):
    def best(*values):
        curves = {"training": np.zeros(len(values)), "validation": np.array(values)}
        return unpack(film_payload(**film(rng, epochs=len(values), curves=curves)))["header"]["best"]

    assert best(3.0, 1.0, 2.0, 1.0) == 1
    assert best(np.nan, 4.0, -np.inf, 3.0) == 3
    assert best(np.nan, np.inf) == -1
    assert unpack(film_payload(**film(rng, curves={"training": rng.random(6)})))["header"]["best"] == -1


def test_frames_come_in_the_order_of_their_epochs(rng):
    frames = [frame(rng, epoch) for epoch in (6, 0, 2)]
    read = unpack(film_payload(**film(rng, frames=frames)))
    assert [spec["epoch"] for spec in read["header"]["frames"]] == [0, 2, 6]
    assert [mesh[-1] for _, mesh in read["images"]] == [0, 2, 6]
    np.testing.assert_allclose(read["points"][2], frames[0].points, atol=1e-3)


def test_view_of_each_frame_holds_its_points_but_for_the_tails(rng):
    frames = [frame(rng, epoch, 1000, scale=10.0**epoch) for epoch in range(3)]
    frames[1].points[0] = 1e6
    specs = unpack(film_payload(**film(rng, frames=frames, labels=None)))["header"]["frames"]
    for spec, each in zip(specs, frames, strict=True):
        low, high = np.array(spec["low"]), np.array(spec["high"])
        inside = ((each.points >= low) & (each.points <= high)).all(axis=1)
        assert 0.975 <= inside.mean() < 1
        quantiles = np.quantile(each.points, [0.005, 0.995], axis=0)
        np.testing.assert_allclose([low, high], quantiles, rtol=0.15)


def test_outlier_does_not_coarsen_the_other_points(rng):
    each = frame(rng, 1, 1000)
    each.points[0] = 1e9
    (points,) = unpack(film_payload(**film(rng, frames=[each], labels=None)))["points"]
    np.testing.assert_allclose(points[1:], each.points[1:], atol=2e-3)
    assert (points[0] > each.points[1:].max(axis=0)).all()


def test_points_that_are_not_finite_are_marked(rng):
    each, lost = frame(rng, 1), frame(rng, 2)
    each.points[3] = np.nan
    each.points[4, 1] = np.inf
    lost.points[:] = np.nan
    read = unpack(film_payload(**film(rng, frames=[each, lost])))
    finite = np.isfinite(each.points)
    np.testing.assert_array_equal(np.isfinite(read["points"][0]), finite)
    np.testing.assert_allclose(read["points"][0][finite], each.points[finite], atol=1e-3)
    assert np.isnan(read["points"][1]).all()
    assert np.isfinite([read["header"]["frames"][1][name] for name in ("low", "high", "origin", "step")]).all()


@pytest.mark.parametrize("value", [0.0, -7.25, 1e-12])
def test_points_that_are_all_equal(value, rng):
    each = frame(rng, 0, points=np.full((40, 2), value))
    (points,) = unpack(film_payload(**film(rng, frames=[each])))["points"]
    np.testing.assert_array_equal(points, each.points)


def test_range_of_the_mesh_is_told(rng):
    ranges = np.array([[-1.0, 2.0], [0.5, 3.0]])
    frames = [frame(rng, 0), frame(rng, 1, mesh_range=ranges)]
    specs = unpack(film_payload(**film(rng, frames=frames)))["header"]["frames"]
    assert [spec["meshRange"] for spec in specs] == [None, ranges.tolist()]


def test_loss_beyond_float32_is_packed(rng):
    curves = {"training": np.full(6, 1e300), "validation": np.full(6, np.inf)}
    read = unpack(film_payload(**film(rng, curves=curves)))
    assert np.isinf(read["raw"]).all()


def test_equal_films_are_equal_payloads_and_others_are_not(rng):
    def packed(**changes):
        return film_payload(**(values | changes))

    values = film(rng)
    assert packed() == packed()
    first, *others = values["frames"]
    for changed in (
        {"learning_rate": values["learning_rate"] * 2},
        {"originals": b"orIginals"},
        {"frames": [frame(rng, 0, points=first.points[::-1]), *others]},
        {"frames": [frame(rng, 0, points=first.points, mesh=b"mesh\1"), *others]},
        {"is_live": False},
    ):
        assert packed(**changed) != packed()


@pytest.mark.parametrize(
    "changes",
    [{"gradient_norm": np.zeros(5)}, {"curves": {"training": np.zeros(7)}}, {"labels": np.zeros(39, dtype=int)}],
)
def test_arrays_of_other_lengths_are_refused(changes, rng):
    with pytest.raises(ValueError, match="lengths differ"):
        film_payload(**film(rng, **changes))


def test_film_of_many_frames_is_small_and_sorts_once(rng, monkeypatch):
    frames = [frame(rng, epoch, 600, reconstructions=bytes(2000), mesh=bytes(4000)) for epoch in range(60)]
    values = film(rng, epochs=1000, frames=frames, labels=np.zeros(600, dtype=int))
    sort, sorted_shapes = np.sort, []
    monkeypatch.setattr(np, "sort", lambda array, **rest: sorted_shapes.append(array.shape) or sort(array, **rest))
    monkeypatch.delattr(np, "quantile")  # one for each frame took most of the time
    payload = film_payload(**values)
    assert len(payload) < 60 * (600 * 4 + 6000 + 500) + 1000 * 4 * 8 + 4000
    assert sorted_shapes == [(60, 600, 2)]  # it is packed again and again while a class watches

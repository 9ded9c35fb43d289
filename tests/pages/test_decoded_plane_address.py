"""The decoded plane in the address: what it shows, where it looks, the points that were kept, and nonsense."""

import numpy as np
import pytest
from planes import in_address, moved, visit
from visits import assert_healthy, open_plane


def test_look_is_in_the_address_and_leads_back(runs, app, desk):
    app = open_plane(app, "wide")
    names = [axis["name"] for axis in desk.axes]
    app = desk.send(app, "view", {"pair": [2, 0], "along": 1, "backdrop": "both"})
    assert in_address(app, "wide.plane") == f"{names[2]}~{names[0]}"
    assert in_address(app, "wide.along") == names[1]
    assert in_address(app, "behind") == "both"
    app = desk.send(app, "view", {"pair": [0, 1], "along": 0, "backdrop": "images"})
    assert {"wide.plane", "wide.along", "behind"}.isdisjoint(app.query_params)


def test_address_holds_the_view(runs, app, desk):
    visit(app, "wide", plane="z5~z2", along="z7", behind="points")
    names = [axis["name"] for axis in desk.axes]
    assert [names[axis] for axis in desk.header["pair"]] == ["z5", "z2"]
    assert names[desk.header["along"]] == "z7"
    assert desk.header["backdrop"] == "points"


@pytest.mark.parametrize("plane", ["", "z1", "z1~z1", "z1~z99", "z1~z2~z3", "~", "x" * 5000])
def test_odd_look_in_the_address_is_ignored(runs, app, desk, plane):
    app = visit(app, "wide", plane=plane, along=plane, behind=plane)
    assert_healthy(app, "Explore")
    assert desk.header["pair"] == [0, 1]
    assert desk.header["backdrop"] == "images"


def test_kept_points_are_in_the_address_and_come_back(runs, app, desk):
    app = open_plane(app, "wide")
    rest = desk.header["point"]
    stops = [rest, moved(rest, z2=1.5), moved(rest, z3=-1, z4=2)]
    app = desk.send(app, "view", {"waypoints": stops})
    text = in_address(app, "wide.stops")
    assert text.split("!")[0] == "rest"
    assert text.count("!") == 2
    app = desk.send(app, "view", {"waypoints": []})
    assert "wide.stops" not in app.query_params
    app = visit(app.switch_page("pages/home.py").run(), "wide", stops=text)
    np.testing.assert_allclose(desk.header["waypoints"], stops, atol=2e-3)


def test_no_more_than_twelve_points_are_kept(runs, app, desk):
    app = visit(app, "wide", stops="!".join(f"z1_{k / 10}" for k in range(1, 40)))
    assert_healthy(app, "Explore")
    assert len(desk.header["waypoints"]) == 12


@pytest.mark.parametrize("stops", ["", "!", "!!!rest", "z99_1", "x" * 5000, "z1_1e999!rest"])
def test_odd_kept_points_are_left_out(runs, app, desk, stops):
    app = visit(app, "wide", stops=stops)
    assert_healthy(app, "Explore")
    assert len(desk.header["waypoints"]) <= 1


def test_address_leads_to_the_point(runs, app, desk):
    app = visit(app, "wide", at="z3_1.5~z7_-0.5")
    assert not app.exception
    assert set(in_address(app, "wide.at").split("~")) == {"z3_1.5", "z7_-0.5"}
    assert desk.header["point"][2] == pytest.approx(1.5)
    assert desk.header["point"][6] == pytest.approx(-0.5)


@pytest.mark.parametrize("nonsense", ["", "z99_1", "z1_nan", "z1_1e400", "PC0_1", "z1", "~~", "x" * 5000, "z1_1.2.3"])
def test_nonsense_in_the_address_is_ignored(runs, app, desk, nonsense):
    app = visit(app, "wide", at=nonsense)
    assert_healthy(app, "Explore")
    assert app.query_params.get("wide.at") is None


def test_value_beyond_all_bounds_is_cut(runs, app, desk):
    app = visit(app, "wide", at="z1_-1e99")
    assert_healthy(app, "Explore")
    assert abs(desk.header["point"][0]) < 1e4


def test_link_that_the_page_wrote_shows_the_same_image(runs, app, desk):
    app = open_plane(app, "wide")
    app.button(key="random").click().run()
    point, address = desk.header["point"], in_address(app, "wide.at")
    app.button(key="reset").click().run()
    app = visit(app.switch_page("pages/home.py").run(), "wide", at=address)
    assert desk.header["point"] == point
    app.button(key="undo").click().run()  # the address was a jump; what it replaced is not lost
    assert in_address(app, "wide.at") is None


def test_address_of_another_model_is_taken_out(runs, app, desk):
    app = visit(app, "wide", at="z1_1.5", along="z7")
    app.selectbox(key="model").set_value("plain").run()
    assert {"wide.at", "wide.along"}.isdisjoint(app.query_params)
    app.selectbox(key="model").set_value("wide").run()
    assert in_address(app, "wide.at") == "z1_1.5"


def test_any_point_of_128_dimensions_fits_into_an_address():
    from aeviz.analysis.basis import latent_basis, principal_basis
    from aeviz.analysis.summary import principal_directions, summarise
    from aeviz.web.kernel.point_url import read_point, write_point

    z = np.random.default_rng(0).normal(0, np.geomspace(0.01, 30, 128), (500, 128))
    summary = summarise(z)
    bases = (
        latent_basis(summary, np.zeros(128)),
        principal_basis(summary, principal_directions(summary)[0], np.zeros(128)),
    )
    text = write_point(bases, z[0])
    assert len(text) < 2000
    for basis in bases:
        error = basis.coordinates(read_point(bases, text)) - basis.coordinates(z[0])
        assert np.abs(error / basis.deviations).max() < 0.01
    assert write_point(bases, bases[0].origin) == ""
    assert read_point(bases, "") is None

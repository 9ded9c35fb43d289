"""Fields over the map's plane in a real browser: computed in the page, with Python's and PyTorch's numbers."""

import re

import numpy as np
import pytest
import torch
from app_server import wait_until_idle
from playwright.sync_api import expect
from test_walk import drawn_map

import aeviz
from aeviz.analysis.latent import data_distance, vote_of_neighbours
from aeviz.paths import checkpoints_root
from aeviz.training.runs import RunFolder

MODEL = "digits-2d-adam"
ALONE = f"/explore?model={MODEL}&with.{MODEL}=nothing"
READ = "(map, panel) => { const { lattice, values } = map.fieldOf(panel); return { lattice, values: [...values] }; }"


def field_of(latent_map, name, panel=0):
    """The middles of the cells, (M, 2), and the values of a field, (M,), once it is computed."""
    expect(latent_map.locator(".stage").nth(panel)).to_have_attribute("data-field", name)
    expect(latent_map).to_have_attribute("data-idle", "")
    found = latent_map.evaluate(READ, panel)
    columns, rows = found["lattice"]["columns"], found["lattice"]["rows"]
    (left, top), (right, bottom) = found["lattice"]["from"], found["lattice"]["to"]
    across = left + (np.arange(columns) + 0.5) / columns * (right - left)
    down = top + (np.arange(rows) + 0.5) / rows * (bottom - top)
    return np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2), np.array(found["values"])


def picker(latent_map):
    return latent_map.get_by_role("combobox", name="Field over the plane")


def test_distance_lies_over_the_plane_and_in_the_address(visit):
    """Chosen in the toolbar; its numbers are Python's; it follows a zoom without the server; the address keeps it."""
    sent = []
    page = visit(
        ALONE,
        prepare=lambda page: page.on(
            "websocket", lambda socket: socket.on("framesent", lambda data: sent.append(data))
        ),
    )
    latent_map = drawn_map(page)
    expect(latent_map.locator("canvas.field")).to_be_hidden()
    picker(latent_map).select_option("distance from data")
    table = RunFolder.read(checkpoints_root() / MODEL).require_latents()
    places, values = field_of(latent_map, "distance")
    np.testing.assert_allclose(values, data_distance(places, table.z), rtol=1e-5)
    expect(latent_map.locator("canvas.field")).to_be_visible()
    expect(latent_map.locator(".field-legend")).to_contain_text("10th nearest image, on this map")
    expect(latent_map.locator(".field-legend")).to_contain_text("99 %")
    expect(page).to_have_url(re.compile("field=distance"))
    wait_until_idle(page)
    assert sent
    sent.clear()
    latent_map.get_by_role("button", name=re.compile("Zoom in")).click()
    page.wait_for_function(
        "([map, least]) => map.fieldOf(0).lattice.from[0] > least", arg=[latent_map.element_handle(), places[0, 0]]
    )
    places, values = field_of(latent_map, "distance")
    np.testing.assert_allclose(values, data_distance(places, table.z), rtol=1e-5)
    assert not sent
    page.reload()
    expect(picker(drawn_map(page))).to_have_value("distance")
    field_of(latent_map, "distance")
    picker(latent_map).select_option("none")
    expect(latent_map.locator("canvas.field")).to_be_hidden()
    expect(latent_map.locator(".field-legend")).to_be_hidden()
    expect(page).not_to_have_url(re.compile("field="))


def test_regions_and_stretching_are_those_of_python_and_pytorch(visit):
    """A class that the legend hides does not vote; the page's decoder has PyTorch's derivatives."""
    page = visit(ALONE + "&field=classes&hidden=3", dark=True)
    latent_map = drawn_map(page)
    table = RunFolder.read(checkpoints_root() / MODEL).require_latents()
    places, values = field_of(latent_map, "classes")
    shown = table.labels != 3
    expected = vote_of_neighbours(places, table.z[shown], table.labels[shown])
    assert (values == expected).mean() > 0.999  # two neighbours may be equally near but for rounding
    latent_map.get_by_role("button", name="3", exact=True).click()
    page.wait_for_function("map => [...map.fieldOf(0).values].includes(3)", arg=latent_map.element_handle())

    picker(latent_map).select_option("stretching")
    places, values = field_of(latent_map, "stretching")
    model = aeviz.load(MODEL)

    def decode(point):
        return model.model.decode(point[None]).flatten()

    # central differences miss the bends of a network with ReLU, at a few places
    some = np.random.default_rng(0).choice(len(places), 60, replace=False)
    volumes = []
    for place in torch.tensor(places[some], dtype=torch.float32):
        jacobian = torch.autograd.functional.jacobian(decode, place).double()
        volumes.append(torch.sqrt(torch.det(jacobian.T @ jacobian)).item())
    ratio = values[some] / np.array(volumes)
    assert np.median(np.abs(ratio - 1)) < 0.01
    assert (np.abs(ratio - 1) < 0.05).mean() > 0.9


def test_shortest_paths_by_the_images_join_the_waypoints(visit):
    """Never longer than the straight lines, whose length is that of the images decoded along them by PyTorch."""
    ends = np.array([[2.0, -3.0], [12.0, 5.0]])
    stops = "!".join(f"z1_{x:g}~z2_{y:g}" for x, y in ends)
    page = visit(f"{ALONE}&field=stretching&{MODEL}.stops={stops}")
    latent_map = drawn_map(page)
    field_of(latent_map, "stretching")
    expect(
        latent_map.locator(".field-legend").get_by_text("Dashed: path along which images change least")
    ).to_be_visible()
    page.wait_for_function("map => map.geodesicsOf(0).length === 1", arg=latent_map.element_handle())
    (found,) = latent_map.evaluate("map => map.geodesicsOf(0)")
    assert found["points"][0] == pytest.approx(ends[0], abs=0.01)
    assert found["points"][-1] == pytest.approx(ends[1], abs=0.01)
    assert found["length"] <= found["straight"]
    along = np.linspace(ends[0], ends[1], 2000).astype(np.float32)
    images = aeviz.load(MODEL).decode(along).numpy().reshape(len(along), -1)
    expected = np.linalg.norm(np.diff(images, axis=0), axis=1).sum()
    assert found["straight"] == pytest.approx(expected, rel=0.1)


def test_field_that_makes_no_sense_is_not_offered(visit):
    """No stretching without a decoder in the page, and no field in space; the list says why."""
    page = visit(ALONE.replace("?", "?engine=server&") + "&field=stretching")
    latent_map = drawn_map(page)
    expect(latent_map.locator(".field-legend")).to_contain_text("could not run in this page")
    page = visit("/explore?model=vae-3d&with.vae-3d=nothing&field=distance", width=390, height=844)
    latent_map = drawn_map(page)
    expect(picker(latent_map)).to_be_disabled()
    expect(picker(latent_map)).to_have_attribute("title", re.compile("flat map"))
    expect(latent_map.locator("canvas.field").first).to_be_hidden()

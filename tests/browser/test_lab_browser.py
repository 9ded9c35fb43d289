"""The Lab in a real browser: densities follow hand, keys and wheel, fits settle, and the address keeps them."""

import re

import pytest
from playwright.sync_api import expect


def divergences(page):
    part = page.get_by_test_id("divergence")
    return float(part.get_attribute("data-kl")), float(part.get_attribute("data-reverse"))


@pytest.mark.story
def test_dragged_density_answers_at_once_and_stays_in_the_address(visit):
    page = visit("/lab")
    part = page.get_by_test_id("divergence")
    expect(part).to_have_attribute("data-kl", "0.4431")
    expect(part).to_have_attribute("data-reverse", "1.3069")
    handle = page.get_by_role("slider", name="Mean of p")
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 90, y + 30, steps=5)
    expect(part).not_to_have_attribute("data-kl", "0.4431")
    assert "gaussians" not in page.url  # while it is dragged the server hears nothing
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"gaussians=-[0-9.]+_1_1_2"))
    moved = divergences(page)
    assert moved[0] > 0.9

    handle.press("ArrowUp")
    page.get_by_role("slider", name="Standard deviation of q").press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"_1\.1_1_1\.9"))
    handle.hover()
    page.mouse.wheel(0, 200)
    expect(page).to_have_url(re.compile(r"gaussians=-[0-9.]+_0\.[0-9]+_1_1\.9"))
    shown = divergences(page)
    page.reload()
    expect(part).to_have_attribute("data-kl", f"{shown[0]:.4f}")


def test_fit_to_a_mixture_covers_both_modes_or_seeks_one(visit):
    page = visit("/lab")
    part = page.get_by_test_id("divergence")
    page.get_by_label("p is a mixture of two Gaussians").check()
    expect(page.get_by_role("slider", name="Mean of p₂")).to_be_visible()
    page.get_by_role("button", name="Fit q: least KL(q‖p)").click()
    expect(part).to_have_attribute("data-reverse", "0.6931")  # ln 2
    expect(page).to_have_url(re.compile("gaussians=-2.5_0.6_2.5_0.6_2.5_0.6"))
    page.get_by_role("button", name="Fit q: least KL(p‖q)").click()
    expect(page).to_have_url(re.compile("gaussians=-2.5_0.6_0_2.57_2.5_0.6"))
    expect(page.get_by_role("slider", name="Mean of q")).to_have_attribute("aria-valuenow", re.compile(r"^-?0\.00"))
    page.get_by_role(
        "button", name="Fit q: least KL(q‖p)"
    ).click()  # from the middle: it says that it is no global minimum
    expect(page.get_by_text("A local minimum, 2.083. From q on a peak of p the descent reaches 0.693")).to_be_visible()
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_text("A local minimum")).to_be_hidden()


def test_finger_drags_a_width(visit):
    page = visit("/lab", width=390, height=844, touch=True)
    part = page.get_by_test_id("divergence")
    expect(part).to_have_attribute("data-kl", "0.4431")
    handle = page.get_by_role("slider", name="Standard deviation of q")
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)
    for kind, places in (("touchStart", [x]), ("touchMove", [x + 5]), ("touchMove", [x + 10]), ("touchEnd", [])):
        touch.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": place, "y": y} for place in places]}
        )
    expect(handle).not_to_have_attribute("aria-valuetext", "2.00")
    expect(page).to_have_url(re.compile(r"gaussians=0_1_1_(2\.|3)"))


def test_cloud_and_points_are_dragged_and_whitening_follows(visit):
    page = visit("/lab?experiment=Mahalanobis+distance")
    part = page.get_by_test_id("mahalanobis")
    expect(part).to_have_attribute("data-distances", re.compile("^1.1[89].* 2.7"))
    expect(page.get_by_text("Euclid: both equally near. Mahalanobis: A nearer.")).to_be_visible()
    page.get_by_role("button", name="point B").press("ArrowLeft")
    expect(page).to_have_url(re.compile("cloud=1.89_0.66_25_2_1_1.9_-1"))
    axis = page.get_by_role("button", name="first axis of the cloud")
    box = axis.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 10, y - 60, steps=4)
    page.mouse.up()
    expect(page).not_to_have_url(re.compile("cloud=1.89_0.66_25_"))
    shown = part.get_attribute("data-distances")
    page.reload()
    expect(part).to_have_attribute("data-distances", shown)
    page.get_by_role("button", name="Round cloud").click()
    expect(part).to_have_attribute("data-distances", "2.236 2.147")
    expect(page).to_have_url(re.compile("cloud=1_1_0_2_1_1.9_-1"))


def test_coin_is_dragged_and_more_outcomes_are_chosen(visit):
    page = visit("/lab?experiment=Entropy+of+a+coin")
    part = page.get_by_test_id("entropy")
    expect(part).to_have_attribute("data-entropy", "0.7219")
    page.get_by_text("Why the logarithm?", exact=False).last.click()
    expect(page.get_by_role("row", name="−log p 0.322 2.585 2.907 2.907 equal")).to_be_visible()  # noqa: RUF001
    expect(page.get_by_text("h(√p) = ½ h(p): 0.161")).to_be_visible()
    heads = page.get_by_role("slider", name="Probability of heads")
    box = heads.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    expect(part).to_have_attribute("data-entropy", re.compile("^(1.0000|0.999)"))
    expect(page).to_have_url(re.compile(r"probabilities=0\.5"))
    page.get_by_role("combobox", name="Outcomes").select_option("4")
    page.get_by_role("button", name="Uniform").click()
    expect(part).to_have_attribute("data-entropy", "2.0000")
    page.get_by_role("button", name="Certain").click()
    expect(part).to_have_attribute("data-entropy", "0.0000")
    expect(page).to_have_url(re.compile("probabilities=1_0_0_0"))
    page.get_by_role("button", name=re.compile(r"All \d+$")).click()
    page.get_by_role("button", name="Maximum entropy").click()
    expect(page).to_have_url(re.compile(r"/lab\?experiment=Maximum\+entropy$"))
    expect(page.get_by_test_id("maximum_entropy")).to_be_visible()
    page.go_back()
    expect(part).to_have_attribute("data-entropy", "0.0000")
    page.reload()
    expect(part).to_have_attribute("data-entropy", "0.0000")


LOWEST_PLACE = """() => {
  window.lowest = 0;
  const look = () => {
    const place = document.querySelector(".js-plotly-plot")?.getBoundingClientRect();
    if (place?.width) window.lowest = Math.max(window.lowest, place.y);
    requestAnimationFrame(look);
  };
  look();
}"""
"""Keeps the lowest place of the first chart from now on."""


def test_true_posterior_follows_its_controls(visit):
    """Each control runs a part of the page again, in which the model's picker stands, too."""
    page = visit("/lab?experiment=True+posterior+of+a+VAE")
    figure = page.get_by_role("figure", name=re.compile("^Latent plane: true posterior of"))
    expect(figure).to_be_visible()
    before = figure.get_attribute("aria-label")
    page.get_by_role("radio", name="500", exact=True).click()
    expect(page).to_have_url(re.compile("K=500"))
    number = page.get_by_role("spinbutton").first
    page.evaluate(LOWEST_PLACE)
    number.fill("3")
    number.press("Enter")
    expect(page.get_by_role("figure", name=before)).to_have_count(0)
    expect(page.get_by_role("figure", name=re.compile("^Latent plane: true posterior of"))).to_be_visible()
    top = page.locator(".js-plotly-plot").first.bounding_box()["y"]
    assert page.evaluate("lowest") == pytest.approx(top, abs=1)  # no spinner moved the charts

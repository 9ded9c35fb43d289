"""The Lab's experiments on codes and manifolds in a real browser: what is dragged is computed at once and kept."""

import re

import pytest
from playwright.sync_api import expect


def open_experiment(visit, name, part, address=""):
    page = visit(f"/lab?experiment={name.replace(' ', '+')}{address}")
    return page, page.get_by_test_id(part)


@pytest.mark.story
def test_discs_are_encoded_as_they_are_dragged(visit):
    page, part = open_experiment(visit, "Circles with three factors", "circles")
    expect(part).to_have_attribute("data-error", re.compile(r"^0\.000"))
    code = part.get_attribute("data-code")
    page.get_by_role("button", name="centre of the disc").press("Shift+ArrowLeft")
    expect(page).to_have_url(re.compile(r"disc=13\.5_14_4\.5_3"))
    expect(part).not_to_have_attribute("data-code", code)
    page.get_by_role("slider", name="centre x").fill("3")
    expect(page.get_by_text("No training image has such a disc.")).to_be_visible()
    expect(part).to_have_attribute("data-error", re.compile(r"^0\.0[1-9]"))
    page.get_by_role("combobox", name="Curves along").select_option("radius")
    expect(page.get_by_text("Code by the radius of the disc")).to_be_visible()
    page.get_by_role("button", name=re.compile("^z2 from")).click()
    expect(page).to_have_url(re.compile(r"disc=3_14_4\.5_4"))


def test_noise_moves_the_code_of_one_image(visit):
    page, part = open_experiment(visit, "A VAE in one picture", "one_vae", "&noise=0_0_40_1_1")
    expect(part).to_have_attribute("data-error", re.compile(r"\d"))
    z, error = part.get_attribute("data-z"), float(part.get_attribute("data-mean"))
    page.get_by_role("button", name="noise ε").press("Shift+ArrowRight")
    expect(page).to_have_url(re.compile(r"noise=0\.5_0_40_1_1"))
    expect(part).not_to_have_attribute("data-z", z)
    page.get_by_role("slider", name=re.compile("times$")).fill("20")
    expect(part).not_to_have_attribute("data-mean", f"{error:.2f}")
    assert float(part.get_attribute("data-mean")) > error
    page.get_by_role("button", name="Reset").click()
    expect(page).to_have_url(re.compile("experiment=A\\+VAE\\+in\\+one\\+picture$"))


def test_walks_follow_the_denoiser(visit):
    page, part = open_experiment(visit, "Denoising as a vector field", "denoising_field")
    expect(part).to_have_attribute("data-far", re.compile(r"^0\.0"))
    page.get_by_role("slider", name=re.compile("^noise")).fill("1.2")
    expect(part).to_have_attribute("data-far", re.compile(r"^[01]\.[1-9]"))
    page.get_by_role("button", name="falls along the walk").click()
    expect(part).to_have_attribute("data-far", re.compile(r"^0\.0"))
    expect(page).to_have_url(re.compile(r"field=0_1\.2_2\.4_-2_200_1_0"))
    part.locator("canvas").first.click(position={"x": 100, "y": 100})
    expect(page).not_to_have_url(re.compile(r"_2\.4_-2_200"))
    page.get_by_role("combobox", name="Data").select_option("spiral")
    expect(page).to_have_url(re.compile(r"field=2_1\.2_-"))


def test_both_walks_follow_t(visit):
    page, part = open_experiment(visit, "Walks on the manifold", "manifold_walk")
    expect(part).to_have_attribute("data-distances", re.compile(r"\d"))
    mixed, decoded = (float(part) for part in part.get_attribute("data-distances").split())
    assert mixed > 1.5 * decoded
    page.get_by_role("button", name="place t on both walks").press("ArrowRight")
    expect(page).to_have_url(re.compile(r"t=0\.52"))
    page.get_by_role("slider", name="t", exact=True).fill("0")
    expect(part).to_have_attribute("data-distances", re.compile(r"^0\.000 0"))
    expect(page).to_have_url(re.compile(r"[?&]t=0($|&)"))


def test_enough_units_copy_until_sparsity_stops_them(visit):
    page, part = open_experiment(visit, "Identity shortcut", "identity_shortcut")
    expect(part).to_have_attribute("data-errors", "0.0000 0.0000")
    penalty = float(part.get_attribute("data-penalty"))
    page.get_by_role("slider", name="code times c").fill("0.1")
    expect(part).to_have_attribute("data-penalty", f"{penalty / 10:.3f}")
    page.get_by_role("combobox", name="Autoencoder").select_option("sparse units")
    expect(part).to_have_attribute("data-errors", re.compile(r"^0\.0[1-9]\d+ 0\.1"))
    page.get_by_role("button", name="input x").press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"copies=1_3_0\.4_0\.1_1\.1_1\.8"))


def test_a_foreign_decoder_follows_the_dragged_code(visit):
    page, part = open_experiment(visit, "Encoder of A, decoder of B", "foreign_decoder")
    expect(part).to_have_attribute("data-errors", re.compile(r"\d"))
    own, _, raw, aligned, _ = (float(error) for error in part.get_attribute("data-errors").split())
    assert own < aligned < raw
    page.get_by_role("button", name="code z of model A").press("Shift+ArrowLeft")
    expect(page).to_have_url(re.compile(r"foreign=-0\.5_0_6"))
    page.get_by_role("slider", name="networks N").fill("3")
    expect(page.get_by_text("3 autoencoders composed")).to_be_visible()
    page.get_by_role("button", name="Back to the code of the image").click()
    expect(page).to_have_url(re.compile(r"foreign=0_0_3"))

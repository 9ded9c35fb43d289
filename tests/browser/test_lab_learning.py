"""The Lab's experiments on learning in a real browser: what is dragged answers at once, and the address keeps it."""

import re

import pytest
from playwright.sync_api import expect


def open_experiment(visit, name, part, address=""):
    page = visit(f"/lab?experiment={name.replace(' ', '+')}{address}")
    return page, page.get_by_test_id(part)


def drag(page, node, dx, dy=0):
    box = node.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y + dy, steps=4)
    page.mouse.up()


@pytest.mark.story
def test_backpropagation_steps_and_descends(visit):
    page, part = open_experiment(visit, "Backpropagation", "backpropagation")
    expect(part).to_have_attribute("data-loss", re.compile(r"0\.\d+"))
    start = float(part.get_attribute("data-loss"))
    page.get_by_role("button", name="Gradient step").click()
    expect(part).not_to_have_attribute("data-loss", f"{start:.6f}")
    assert float(part.get_attribute("data-loss")) < start
    drag(page, page.get_by_role("slider", name="target", exact=True), -40)
    expect(page).to_have_url(re.compile(r"network=0_0_0\.5_1_0\.5_"))
    page.get_by_role("slider", name="input 1", exact=True).press("ArrowUp")
    expect(page).to_have_url(re.compile(r"network=0_0_0\.55_1_0\.5_"))
    page.get_by_role("button", name="Step →").click()
    expect(page.get_by_text("0 of 8. Input")).to_be_visible()
    expect(part.get_by_text("Loss known at step 4")).to_be_visible()
    page.get_by_role("button", name="Reset").click()
    expect(page).to_have_url(re.compile("experiment=Backpropagation$"))
    gradients = part.get_attribute("data-gradients").split()
    page.get_by_role("button", name="Saturate").click()
    expect(part).not_to_have_attribute("data-gradients", " ".join(gradients))
    assert float(part.get_attribute("data-gradients").split()[0]) < 0.3 * float(gradients[0])


def test_neuron_follows_weights_input_and_bias(visit):
    page, part = open_experiment(visit, "Activation functions", "neuron")
    expect(part).to_have_attribute("data-activation", "0.8176 0.1491")
    drag(page, page.get_by_role("button", name="pre-activation z"), -60)
    expect(page).to_have_url(re.compile(r"neuron=0_0\.01_1\.5_1_-[0-9.]+_1_0\.5_6"))
    page.get_by_role("button", name="weights w").press("ArrowUp")
    expect(page).to_have_url(re.compile(r"neuron=0_0\.01_1\.5_1\.1_"))
    page.get_by_role("combobox", name="Activation").select_option("ReLU")
    page.get_by_role("slider", name="bias b").fill("-6")
    expect(part).to_have_attribute("data-activation", "0.0000 0.0000")
    error = float(part.get_attribute("data-error"))
    page.get_by_role("slider", name="ReLUs").fill("40")
    expect(part).not_to_have_attribute("data-error", f"{error:.5f}")
    assert float(part.get_attribute("data-error")) < error / 20


def test_batches_descend_from_the_dragged_start(visit):
    page, part = open_experiment(visit, "Batch sizes", "batches")
    expect(part).to_have_attribute("data-risks", re.compile("e"))
    all_data, _, single = (float(risk) for risk in part.get_attribute("data-risks").split())
    assert single < all_data
    drag(page, page.get_by_role("button", name="start of all paths"), 40, 30)
    expect(page).to_have_url(re.compile(r"descent=-?[0-9.]+_[0-9.]+_0\.1_0_512_0_0_0"))
    page.get_by_role("slider", name="rate").fill("0.5")
    expect(page).to_have_url(re.compile(r"_0\.5_0_512_0"))
    page.get_by_role("combobox", name="Learning rate").select_option("1")
    page.get_by_role("button", name="Other order").click()
    expect(page).to_have_url(re.compile(r"_0\.5_1_512_1"))
    page.get_by_role("combobox", name="Model").select_option("straight line, all x equal")
    page.get_by_role("button", name="Eight starts").click()
    expect(page.get_by_text("Convex, not strictly: a valley.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"descent=-0\.6_1\.7_0\.5_1_512_1_1_1"))
    page.get_by_role("combobox", name="Model").select_option("network 1-1-1")
    expect(page.get_by_text("R(½p + ½q)")).to_be_visible()
    page = visit("/lab?experiment=Batch+sizes&descent=-0.6_1.7_0.1_0_512_0")  # from before there were models
    expect(page.get_by_test_id("batches")).to_have_attribute("data-risks", re.compile("e"))


def test_projections_follow_points_and_norm(visit):
    page, part = open_experiment(visit, "Projection", "projection")
    expect(part).to_have_attribute("data-distances", re.compile(r"^1\.6[56]\d* 4\.30"))
    page.get_by_role("button", name="Try 2,000 pairs").click()
    expect(part).to_have_attribute("data-largest", re.compile(r"^(1\.0000|0\.\d+) 1\.[1-9]"))
    page.get_by_role("combobox", name="Set F").select_option("2")
    page.get_by_role("button", name="point z1").press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"projection=2_4\.62_0\.38_22\.5_1\.9_1_"))
    drag(page, page.get_by_role("button", name="first axis of Q"), 30, -20)
    expect(page).not_to_have_url(re.compile(r"projection=2_4\.62_0\.38"))


def test_dimension_and_moments_follow_their_sliders(visit):
    page, part = open_experiment(visit, "Dimension", "dimension")
    expect(part).to_have_attribute("data-shares", re.compile(r"^0\.692\d 0\.1900 "))
    page.get_by_role("slider", name="dimension n").fill("3")
    expect(part).to_have_attribute("data-shares", re.compile(r"^0\.314\d 0\.2710 "))
    expect(page).to_have_url(re.compile("space=3_3_0.1"))
    page, part = open_experiment(visit, "Moments and bias correction", "moments")
    expect(part).to_have_attribute("data-steps", "3.1623 1.0000")
    page.get_by_role("slider", name="step t").fill("200")
    expect(part).not_to_have_attribute("data-steps", "3.1623 1.0000")
    page.get_by_role("combobox", name="β₂").select_option("0")
    expect(page).to_have_url(re.compile("moments=1_0.5_2_0_200_0_0_0"))
    before = part.get_attribute("data-steps")
    page.get_by_role("combobox", name="ε", exact=True).select_option("3")
    expect(part).not_to_have_attribute("data-steps", before)
    outside = part.get_attribute("data-steps")
    page.get_by_role("combobox", name="divide by").select_option("1")
    expect(part).not_to_have_attribute("data-steps", outside)


def test_drawn_networks_compute(visit):
    page, part = open_experiment(visit, "Networks as drawings", "drawn_network")
    expect(part).to_have_attribute("data-parameters", "118")
    before = part.get_attribute("data-output")
    page.get_by_role("slider", name="input 1").press("ArrowDown")
    expect(page).to_have_url(re.compile("drawing=0_0_0_0.95_-0.5_"))
    expect(part).not_to_have_attribute("data-output", before)
    page.get_by_role("combobox", name="Network").select_option("1")
    expect(part).to_have_attribute("data-parameters", "97")
    page.get_by_role("button", name="layer 6, unit 5").focus()
    expect(page.get_by_text("Layer 6, unit 5: z =")).to_be_visible()
    page.get_by_role("combobox", name="Network").select_option("your own: N networks composed")
    expect(part).to_have_attribute("data-parts", "3")
    field = page.get_by_role("textbox", name="Widths of the networks")
    field.fill("4-5-3, 3-2, 2-4")
    field.press("Enter")
    expect(page.get_by_text("f₁ 4-5-3: no encoder: layer 1 widens from 4 to 5. f₂ 3-2: encoder.")).to_be_visible()
    expect(page).to_have_url(re.compile("drawing=4_.*_4_5_3_0_3_2_0_2_4"))
    field.fill("4-3, 2-4")
    field.press("Enter")
    expect(page.get_by_text("f₂ ∘ f₁ is not defined: f₁ gives 3 values and f₂ takes 2.")).to_be_visible()
    field.fill("4-3, x")
    field.press("Enter")
    expect(page.get_by_text("Write widths with - between them")).to_be_visible()


def test_basis_functions_are_learned_in_the_page(visit):
    page, part = open_experiment(visit, "Basis functions", "basis")
    expect(part).to_have_attribute("data-steps", "0")
    page.get_by_role("button", name="Step", exact=True).click()
    expect(page).to_have_url(re.compile(r"basis=5_0\.25_0\.01_0_0"))
    page.get_by_role("button", name="Run").click()
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("slider", name="steps").fill("2000")
    expect(part).to_have_attribute("data-steps", "2000")
    fixed, learned = (float(error) for error in part.get_attribute("data-errors").split())
    assert learned < fixed / 2
    page.get_by_role("combobox", name="Train").select_option("the output layer alone")
    expect(part).to_have_attribute("data-steps", "0")
    expect(page).to_have_url(re.compile(r"basis=5_0\.25_0_1_0"))


def test_risk_follows_degree_data_and_loss(visit):
    page, part = open_experiment(visit, "Risk and empirical risk", "risk")
    expect(part).to_have_attribute("data-best", "3")
    empirical, risk = (float(value) for value in part.get_attribute("data-risks").split())
    assert risk > 10 * empirical
    page.get_by_role("button", name="degree d").press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"sample=0_8_15_0\.4_0_0\.05_0\.2"))
    page.get_by_role("slider", name="data n").fill("200")
    expect(page).to_have_url(re.compile(r"sample=0_8_200_"))
    empirical, risk = (float(value) for value in part.get_attribute("data-risks").split())
    assert risk < 1.2 * empirical
    drag(page, page.get_by_role("button", name="pair (x, y)"), 30, 20)
    page.get_by_role("combobox", name="Loss").select_option("absolute error")
    expect(page).to_have_url(re.compile(r"sample=1_8_200_0\.4_0_0\.[1-9]"))
    expect(page.get_by_text("L(x, y, t) = |y")).to_be_visible()


def test_weights_descend_the_loss_surface(visit):
    page, part = open_experiment(visit, "Loss surface", "loss_surface")
    expect(part).to_have_attribute("data-loss", re.compile(r"^0\.\d+"))
    start = float(part.get_attribute("data-loss"))
    page.get_by_role("slider", name="steps").fill("100")
    expect(page.get_by_text("Arrived: w is the first principal direction")).to_be_visible()
    assert float(part.get_attribute("data-loss")) < start
    page.get_by_role("button", name="point x", exact=True).press("ArrowRight")
    expect(page).to_have_url(re.compile(r"surface=-0\.25_0\.6_-0\.9_1\.8_0\.5_30_0\.05_100"))
    drag(page, page.get_by_role("button", name="weights w"), 0, 160)
    expect(part).to_have_attribute("data-weights", re.compile("^-0.* -0"))

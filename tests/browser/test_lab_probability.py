"""The Lab's experiments on probability in a browser: steps, drags and buttons answer, and the address keeps them."""

import re

from playwright.sync_api import expect


def test_em_goes_by_half_steps_runs_and_collapses(visit):
    page = visit("/lab?experiment=EM+on+a+mixture", prepare=lambda page: page.emulate_media(reduced_motion="reduce"))
    part = page.get_by_test_id("mixture")
    expect(part).to_have_attribute("data-half", "0")
    page.get_by_role("button", name="E-step").click()
    expect(part).to_have_attribute("data-gap", "0.000")
    touched = float(part.get_attribute("data-value"))
    page.get_by_role("button", name="M-step").click()
    expect(part).to_have_attribute("data-half", "2")
    assert float(part.get_attribute("data-value")) > touched
    assert float(part.get_attribute("data-gap")) > 0
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_text("Converged.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"mixture=0_0_1_[0-9]+_-1_0_0_0.5_1_0"))
    shown = part.get_attribute("data-value")
    page.reload()
    expect(part).to_have_attribute("data-value", shown)
    page.get_by_role("combobox", name="Assignment").select_option("k-means: hard")
    expect(part).not_to_have_attribute("data-value", shown)
    page.get_by_role("button", name="mean of component 2").press("ArrowUp")
    expect(part).to_have_attribute("data-half", "0")
    page.get_by_role("button", name="Singularity").click()
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_text("Component 2 has collapsed")).to_be_visible()
    expect(page).to_have_url(re.compile("mixture=2_0_0_[0-9]+_-1.5_-1_4_3"))


def test_reinforce_scatters_more_until_f_oscillates(visit):
    page = visit("/lab?experiment=REINFORCE+against+reparameterization")
    part = page.get_by_test_id("gradients")
    expect(part).to_have_attribute("data-sample", "2.80")

    def variances():
        return [float(text) for text in part.get_attribute("data-variances").split()]

    path, score = variances()
    assert 3 < path < 5
    assert 55 < score < 130
    page.get_by_role("button", name="Baseline").click()
    expect(page).to_have_url(re.compile("estimators=0_2_1_8_50_1_0_0.8"))
    assert variances()[1] < 0.7 * score
    page.get_by_role("button", name="sample z, by its noise e").press("ArrowLeft")
    expect(part).to_have_attribute("data-sample", "2.70")
    page.get_by_role("button", name="REINFORCE wins").click()
    expect(part).to_have_attribute("data-sample", "0.80")
    assert variances()[1] < 0.1 * variances()[0]


def test_posterior_of_the_student_becomes_the_next_prior(visit):
    page = visit("/lab?experiment=Bayes+and+the+student")
    part = page.get_by_test_id("bayes")
    expect(part).to_have_attribute("data-predicted", "0.385")
    page.get_by_role("combobox", name="Prior").select_option("uniform: Beta(1, 1)")
    expect(part).to_have_attribute("data-predicted", "0.800")
    page.get_by_role("button", name="Posterior → prior").click()
    page.get_by_role("button", name="+ not perfect").click()
    expect(part).to_have_attribute("data-predicted", "0.667")
    expect(page).to_have_url(re.compile("student=4_1_0_1"))
    page.get_by_role("slider", name="b", exact=True).fill("3")
    expect(part).to_have_attribute("data-predicted", "0.500")


def test_gaussian_has_the_most_entropy(visit):
    page = visit("/lab?experiment=Maximum+entropy")
    part = page.get_by_test_id("maximum_entropy")
    expect(part).to_have_attribute("data-entropy", "1.3466")
    page.get_by_role("button", name="Gauss", exact=True).click()
    expect(part).to_have_attribute("data-entropy", "1.4189")
    page.get_by_role("button", name="shape p, by its binary logarithm").press("ArrowRight")
    expect(page).to_have_url(re.compile("shape=2.14_1"))
    page.get_by_role("slider", name=re.compile("^deviation")).fill("0.2")
    expect(part).to_have_attribute("data-entropy", re.compile("^-0.19"))


def test_chord_is_above_a_convex_function(visit):
    page = visit("/lab?experiment=Jensen's+inequality")
    part = page.get_by_test_id("jensen")
    expect(part).to_have_attribute("data-gap", "0.6743")
    page.get_by_role("button", name="point a").press("ArrowRight")
    expect(page).to_have_url(re.compile("chord=0_0.4_4_0.5_1.2_1_30_0"))
    page.get_by_role("button", name="mean θ of q").press("ArrowLeft")
    page.get_by_role("button", name="weight λ").press("ArrowRight")
    expect(page).to_have_url(re.compile("chord=0_0.4_4_0.53_1.1_1_30_0"))
    page.get_by_role("combobox", name="f(x) =").select_option("sin x, not convex")
    expect(page.get_by_text("Broken:")).to_be_visible()
    page.get_by_role("slider", name="draws N").fill("500")
    assert abs(float(part.get_attribute("data-least"))) < 0.2


def test_gaussian_follows_mean_axes_and_sample(visit):
    page = visit("/lab?experiment=Multivariate+Gaussian")
    part = page.get_by_test_id("gaussian")
    expect(part).to_have_attribute("data-density", re.compile(r"^0\.0\d+"))
    shown = part.get_attribute("data-density")
    page.get_by_role("button", name="point A").press("ArrowRight")
    expect(part).not_to_have_attribute("data-density", shown)
    page.get_by_role("button", name="mean μ").press("ArrowUp")
    expect(page).to_have_url(re.compile(r"density=0\.5_-0\.2_1\.9_0\.8_30_1\.6_1\.2_100_0"))
    page.get_by_role("button", name="Independent").click()
    page.get_by_role("slider", name="sample N").fill("999")
    expect(page).to_have_url(re.compile(r"_0_1\.6_1\.2_999_0"))
    first, covariance, second = (float(entry) for entry in part.get_attribute("data-sample").split())
    assert abs(first - 3.61) < 0.5
    assert abs(covariance) < 0.2
    assert abs(second - 0.64) < 0.1


def test_rotations_make_the_covariance_diagonal(visit):
    page = visit("/lab?experiment=Spectral+theorem")
    part = page.get_by_test_id("spectral")
    expect(part).to_have_attribute("data-off", re.compile(r"e-(1\d|[89])$"))
    values = part.get_attribute("data-values")
    page.get_by_role("button", name="Start").click()
    expect(part).not_to_have_attribute("data-values", values)
    start = float(part.get_attribute("data-off"))
    page.get_by_role("button", name="Rotate").click()
    expect(page).to_have_url(re.compile("rotations=0_1_3"))
    assert 0 < float(part.get_attribute("data-off")) < start
    page.get_by_role("button", name="rank k").press("ArrowRight")
    expect(page.get_by_text("of the 4 largest λ")).to_be_visible()
    page.get_by_role("combobox", name="Codes of").select_option("no model: a random matrix")
    expect(page).to_have_url(re.compile(r"rotations=[1-3]_1_4"))


NINE_STEPS_LEFT = """grip => {
  const press = () => new KeyboardEvent("keydown", { key: "ArrowLeft", shiftKey: true });
  for (let k = 0; k < 9; k += 1) grip.dispatchEvent(press());
}"""
"""Faster than the page paints: none may be lost."""


def test_bound_touches_and_em_climbs_the_hill_where_it_starts(visit):
    page = visit("/lab?experiment=EM+in+one+parameter")
    part = page.get_by_test_id("mixture_line")
    expect(part).to_have_attribute("data-gap", "0.0000")
    page.get_by_role("button", name="M-step").click()
    expect(part).not_to_have_attribute("data-gap", "0.0000")
    page.get_by_role("button", name="To the end").click()
    expect(part).to_have_attribute("data-theta", re.compile(r"^3\."))
    expect(page).to_have_url(re.compile(r"theta=0\.6_1_[0-9]+_0"))
    grip = page.get_by_role("button", name="θ, where EM is now")
    grip.evaluate(NINE_STEPS_LEFT)
    page.get_by_role("button", name="To the end").click()
    expect(part).to_have_attribute("data-theta", re.compile(r"^-[23]\."))

"""An answer is never seen before its question, not even while a page loads and its styles are not there yet."""

import pytest
from app_server import wait_until_idle
from playwright.sync_api import expect

SEEN = """
window.tallest = 0;
const look = () => {
  for (const node of document.querySelectorAll('[class*="-answer"][class*="st-key-"]')) {
    window.tallest = Math.max(window.tallest, node.offsetHeight);
  }
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


@pytest.mark.parametrize("section", ["surfaces", "counterexample", "comparison"])
def test_answers_stay_closed_while_the_page_loads(visit, section):
    page = visit(f"/optimizers?section={section}", prepare=lambda page: page.add_init_script(SEEN))
    wait_until_idle(page)
    answers = page.locator('[class*="-answer"][class*="st-key-"]')
    expect(answers.first).to_be_attached()
    assert page.evaluate("window.tallest") <= 1
    page.get_by_role("button", name="Show the answer").first.click()
    expect(answers.first).not_to_have_css("height", "0px")
    assert answers.first.evaluate("node => node.parentElement.offsetHeight") > 20

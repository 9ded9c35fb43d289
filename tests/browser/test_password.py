"""A server with a password in a real browser."""

import pytest
from app_server import serve
from playwright.sync_api import expect


@pytest.fixture
def closed(tmp_path):
    """Address of a server with a password."""
    environment = {"AEVIZ_RUNS": str(tmp_path / "runs"), "AEVIZ_DATA": str(tmp_path / "data")}
    with serve(tmp_path / "log", AEVIZ_PASSWORD="latent spaces", **environment) as url:
        yield url


def test_password_is_asked_for_once_and_leads_to_the_page_of_the_link(visit, closed):
    page = visit("/explore?model=circles-3d&image=7", base=closed)
    field = page.get_by_label("Password of this class")
    field.fill("latent space")
    page.get_by_role("button", name="Enter").click()
    expect(page.get_by_role("alert")).to_have_text("This is not the password. Try again.")
    field.fill("latent spaces")
    field.press("Enter")
    expect(page.get_by_role("heading", name="Test image 7")).to_be_visible()
    page.goto(f"{closed}/lessons")
    expect(page.get_by_role("heading", name="Lessons", level=1)).to_be_visible()

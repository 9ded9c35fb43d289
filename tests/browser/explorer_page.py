"""The decoded plane as a browser test reads and drags it."""

from urllib.parse import parse_qs, urlsplit

import numpy as np
from app_server import wait_until_idle
from streamlit.proto.BackMsg_pb2 import BackMsg


def pad(page):
    return page.get_by_test_id("latent-pad")


def settle(page):
    """Wait until the server is idle and has been for a moment."""
    wait_until_idle(page)
    page.wait_for_timeout(400)
    wait_until_idle(page)


def reruns(page):
    """How often the page has asked the server to run something."""
    messages = [BackMsg.FromString(frame) for frame in page.sent if isinstance(frame, bytes)]
    return sum(message.WhichOneof("type") == "rerun_script" for message in messages)


def frames(page, model=0):
    return int(page.locator(".view").nth(model).get_attribute("data-frames"))


def engine_words(page, model=0):
    return page.locator(".view .hint").nth(model)


def point(page):
    """The latent point in the page, its first four coordinates."""
    text = page.get_by_test_id("latent-explorer").get_attribute("data-point")
    return np.array([float(value) for value in text.split()])


def pixels(page, model=0):
    read = "canvas => Array.from(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data)"
    return np.array(page.locator(".view canvas").nth(model).evaluate(read)).reshape(-1, 4)[:, :3]


def front(page):
    canvas = pad(page).locator(".front")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    return box["x"], box["y"], box["width"], box["height"]


def place(page, across, down):
    x, y, width, height = front(page)
    return x + across * width, y + down * height


def drag(page, steps=40, release=True):
    """Drag the point around the middle of the pad."""
    x, y, width, height = front(page)
    page.mouse.move(x + 0.3 * width, y + 0.5 * height)
    page.mouse.down()
    for angle in np.linspace(0, 2 * np.pi, steps):
        page.mouse.move(x + (0.5 - 0.2 * np.cos(angle)) * width, y + (0.5 - 0.2 * np.sin(angle)) * height)
    if release:
        page.mouse.up()


def until(page, holds, seconds=30):
    """Wait until something holds."""
    for _ in range(int(seconds * 10)):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come about")


def address(page, name):
    return parse_qs(urlsplit(page.evaluate("location.href")).query).get(name, [""])[0]

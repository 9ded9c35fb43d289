"""The address at which students join a class, by where the teacher's page was opened and what the server listens to."""

from types import SimpleNamespace

import pytest

from aeviz.web.lesson import join


@pytest.mark.parametrize(
    ("url", "listens_to", "expected"),
    [
        ("http://192.168.7.3:8501/explore?model=a", "0.0.0.0", "http://192.168.7.3:8501/lessons?class=KRTMB"),
        ("https://aeviz.school.example/lessons", None, "https://aeviz.school.example/lessons?class=KRTMB"),
        ("http://localhost:8501/explore", "0.0.0.0", "http://10.0.0.9:8501/lessons?class=KRTMB"),
        ("http://127.0.0.1/explore", None, "http://10.0.0.9/lessons?class=KRTMB"),
        ("http://localhost:8501/explore", "localhost", ""),
        (None, None, "/lessons?class=KRTMB"),
    ],
)
def test_address_is_one_that_students_can_open(monkeypatch, url, listens_to, expected):
    page = SimpleNamespace(context=SimpleNamespace(url=url), get_option=lambda name: listens_to)
    monkeypatch.setattr(join, "st", page)
    monkeypatch.setattr(join, "own_address", lambda: "10.0.0.9")
    assert join.join_address("KRTMB") == expected


def test_teacher_off_the_network_is_told_the_address_of_his_page(monkeypatch):
    page = SimpleNamespace(context=SimpleNamespace(url="http://localhost:8501/"), get_option=lambda name: "0.0.0.0")
    monkeypatch.setattr(join, "st", page)
    monkeypatch.setattr(join, "own_address", lambda: "")
    assert join.join_address("KRTMB") == "http://localhost:8501/lessons?class=KRTMB"


def test_qr_code_is_an_image_that_differs_by_address():
    first, second = (join.qr_code(f"http://10.0.0.9:8501/lessons?class={code}") for code in ("KRTMB", "KRTMC"))
    assert first.startswith("data:image/svg+xml")
    assert first != second

"""Generate asks for nothing twice: what was computed for a draw or a digit is kept for the next run of the page."""

import pytest
from visits import open_page

from aeviz.web.generate import number, samples
from aeviz.web.kernel.caching import forget_all


@pytest.fixture
def computed(monkeypatch):
    """Return what counts the points that a function of a module is asked for, with nothing kept before."""
    forget_all()

    def count(module, name, place):
        sizes = []
        function = getattr(module, name)

        def counted(*args):
            sizes.append(len(args[place]))
            return function(*args)

        monkeypatch.setattr(module, name, counted)
        return sizes

    return count


def test_nearest_codes_of_a_draw_are_found_once(app, computed):
    sizes = [computed(samples, "nearest_index", 0), computed(samples, "find_far", 1)]
    app = open_page(app, "generate", "digits-2d-adam", make="samples", **{"with.digits-2d-adam": "nothing"})
    app.run()
    assert not app.exception
    assert sizes == [[100], [100]]
    app.query_params["temperature"] = "0.5"
    app.run()
    assert sizes == [[100, 100], [100, 100]]


def test_another_letter_costs_one_digit(app, computed):
    sizes = computed(number, "decoded", 1)
    app = open_page(app, "generate", "digits-2d-adam", make="write a number", number="12")
    app.run()
    assert not app.exception
    assert sizes == [len(number.STOPS)] * 2
    app.text_input(key="number").set_value("123").run()
    assert sizes == [len(number.STOPS)] * 3
    app.text_input(key="number").set_value("12").run()
    assert sizes == [len(number.STOPS)] * 3

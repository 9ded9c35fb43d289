"""Generate asks for nothing twice: what was computed for a draw or a digit is kept for the next run of the page."""

import pytest
from visits import open_page

from aeviz.web.components.kit.wire import unpack
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


@pytest.mark.parametrize(
    ("section", "parameter", "left", "act", "usual"),
    [
        ("write a number", "temperature", "2", lambda app: app.text_input(key="number").set_value("77"), 0),
        ("write a number", "temperature", "2", lambda app: app.selectbox(key="model").set_value("digits-2d-adam"), 0),
        ("arithmetic", "strength", "2", lambda app: app.number_input(key="onto").set_value(4), 0),
        ("arithmetic", "strength", "2", lambda app: app.selectbox(key="plus").set_value("5"), 0),
    ],
)
def test_new_question_does_not_show_its_answer(app, section, parameter, left, act, usual):
    """What was played for the question before is put back; what a link asks for is shown."""
    app = open_page(app, "generate", "vae-2d-anchored", make=section, **{parameter: left})
    assert shown_stop(app) == float(left)
    act(app).run()
    assert not app.exception
    assert parameter not in app.query_params
    assert shown_stop(app) == usual


def test_another_section_begins_at_the_usual_temperature(app):
    app = open_page(app, "generate", "vae-2d-anchored", make="write a number", temperature="2")
    app.segmented_control(key="make").set_value("samples").run()
    assert "temperature" not in app.query_params


def shown_stop(app):
    (proto,) = (each.proto for each in app.get("bidi_component") if each.proto.component_name == "aeviz.latent_walk")
    sent = unpack(proto.bytes)
    return sent["stops"][sent["first"]]

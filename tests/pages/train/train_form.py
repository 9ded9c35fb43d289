"""Helpers of the tests of Train and Compare runs: the form's fields and buttons, and runs that trainers left."""

import shutil
from dataclasses import replace

from aeviz.paths import checkpoints_root
from aeviz.presets import PRESETS
from aeviz.training.runs import CONFIG, HISTORY
from aeviz.training.status import JobStatus, now, write_status

FORM = "train-form."


def texts(elements):
    return [element.value for element in elements]


def field(app, name):
    """The widget of a setting, whatever its kind."""
    kinds = (app.selectbox, app.number_input, app.text_input)
    return next(widget for kind in kinds for widget in kind if widget.key == FORM + name)


def names(app):
    return {
        widget.key.removeprefix(FORM)
        for kind in (app.selectbox, app.number_input, app.text_input)
        for widget in kind
        if widget.key is not None and widget.key.startswith(FORM)
    }


def set_to(app, **values):
    """Change settings, named with __ for the dot, and run the page."""
    for name, value in values.items():
        field(app, name.replace("__", ".")).set_value(value)
    return app.run()


def button(app, label):
    return next(widget for widget in app.button if widget.label == label)


def start_button(app):
    return button(app, "Start training")


def shell(app):
    return next(code.value for code in app.code if "aeviz train" in code.value)


def leave_job(runs, name, state, *settings, preset="quick-look", history=0, **changes):
    """A run as a trainer left it that is gone, with a shipped model's first epochs."""
    path = runs / name
    config = PRESETS[preset].config.with_settings(settings)
    path.mkdir(parents=True)
    if history:
        shipped = checkpoints_root() / "digits-2d-adam"
        shutil.copy(shipped / CONFIG, path)
        lines = (shipped / HISTORY).read_text().splitlines(keepends=True)
        (path / HISTORY).write_text("".join(lines[:history]))
    status = JobStatus(state=state, settings=config, pid=1, from_app=True, queued_at=now(), updated_at=now())
    write_status(path, replace(status, epoch=history, **changes))
    return path

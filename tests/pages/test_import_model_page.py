"""Import a model: two files dropped on the page become a model, or are refused in a sentence."""

import re
import time

import onnx_files
import pytest
from visits import open_page

from aeviz.bring.settings import ImportSettings
from aeviz.serving.mode import MODE
from aeviz.web.import_model import example
from aeviz.web.import_model.made import SHOWN


@pytest.fixture
def page(app, tmp_path, monkeypatch, no_worker_left):
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(example, "EXAMPLES", ("digits-2d-adam",))  # a model of few and small images
    return open_page(app, "import_model")


def press_import(app, encoder, decoder, name):
    """Drop two files, press Import and wait until it has ended."""
    app.file_uploader(key="import.encoder").upload("e.onnx", encoder)
    app.file_uploader(key="import.decoder").upload("d.onnx", decoder)
    app.text_input(key="import.name").set_value(name)
    app.selectbox(key="import.data").set_value("digits")
    app.run()
    next(button for button in app.button if button.label == "Import").click().run()
    return wait_for_end(app)


def wait_for_end(app):
    for _ in range(240):
        if app.error or any("is imported: a" in text.value for text in app.markdown):
            return app
        time.sleep(0.25)
        app.run()
    raise AssertionError("the import did not end")


def test_two_files_become_a_model_that_is_shown_with_its_reconstructions(page):
    encoder, decoder, _, _ = onnx_files.linear_pair()
    assert next(button for button in page.button if button.label == "Import").disabled
    app = press_import(page, encoder, decoder, "mine")
    assert not app.exception
    assert not app.error
    shown = " ".join(text.value for text in app.markdown)
    assert "**mine** is imported: a autoencoder" not in shown
    assert "**mine** is imported: an autoencoder of 1 x 8 x 8 images with 3 latent dimensions and 384 weights" in shown
    assert "Are these the images that it knows?" in app.warning[0].value


def test_bad_file_is_refused_and_the_form_stays(page):
    _, decoder, _, _ = onnx_files.linear_pair()
    app = press_import(page, b"nothing of the kind", decoder, "mine")
    assert not app.exception
    (error,) = app.error
    assert "The model was not imported: the encoder is no ONNX model" in error.value
    assert app.text_input(key="import.name").value == "mine"


def test_example_is_one_click_away(page, monkeypatch):
    monkeypatch.setenv(MODE, "class")  # where it can be deleted by who imported it
    assert page.radio(key="import.kind").value == "Puzzle A"  # the page begins with what a class finds out
    page.radio(key="import.kind").set_value("As it should be").run()
    page.button(key="import.example").click().run()
    page = wait_for_end(page)
    assert not page.exception
    shown = " ".join(text.value for text in page.markdown)
    assert "**example** is imported: an autoencoder of 1 x 8 x 8 images with 2 latent dimensions" in shown
    assert "below that of the mean image" in page.success[0].value
    assert "2 latent dimensions and 13,666 weights" in shown  # as in the model that the files are of
    assert not page.warning
    assert "**example fits.** Its mean squared error on the test images of digits is" in page.success[0].value
    tables = next(block.body for block in page.get("html") if "Best: smallest error" in block.body)
    errors = [float(value) for value in re.findall(r"<td>(0\.\d+)</td>", tables)]
    assert len(errors) == 2 * SHOWN
    assert errors == sorted(errors)
    assert tables.count("<img") == 4 * SHOWN
    assert "Imported" not in shown.replace("is imported", "")  # it is shown above, and listed nowhere else
    page.button(key="delete-example").click().run()
    assert not page.exception
    assert not page.error
    assert page.button(key="import.example").label == "Import the example"  # from the beginning
    assert "2 latent dimensions" not in " ".join(text.value for text in page.markdown)


def test_example_leaves_a_model_of_its_name_alone(monkeypatch):
    settings = ImportSettings(name="example")
    monkeypatch.setattr(example, "list_models", lambda: {"example": None, "example-2": None})
    assert example.with_free_name(b"", b"", settings).name == "example-3"
    monkeypatch.setattr(example.importing, "read_imported", lambda job: "what it came to before")
    assert example.with_free_name(b"", b"", settings).name == "example"


@pytest.mark.parametrize(
    ("puzzle", "name", "fault"),
    [
        ("Puzzle A", "puzzle-a", "Wrong range of pixels"),
        pytest.param("Puzzle B", "puzzle-b", "Rows and columns are swapped", marks=pytest.mark.slow),
        pytest.param("Puzzle C", "puzzle-c", "It learned black and white exchanged", marks=pytest.mark.slow),
    ],
)
def test_puzzle_keeps_its_fault_to_itself_until_it_is_asked_for_and_is_mended(page, puzzle, name, fault):
    page.radio(key="import.kind").set_value(puzzle).run()
    assert [each.label for each in page.get("download_button")] == [
        f"encoder{name[6:]}.onnx",
        f"decoder{name[6:]}.onnx",
    ]
    page.button(key="import.example").click().run()
    page = wait_for_end(page)
    (warning,) = page.warning
    assert f"**{name} does not fit.**" in warning.value
    assert "not below that of the mean image" in warning.value
    everything = " ".join(text.value for text in (*page.warning, *page.markdown, *page.caption))
    assert not [word for word in ("range", "swapped", "transposed", "inverted", "Pixels") if word in everything]
    page.button(key="import.diagnose").click().run()
    assert fault in page.warning[0].value
    page.button(key="import.mend").click().run()
    page = wait_for_end(page)
    assert not page.exception
    assert f"**{name}-mended fits.**" in page.success[0].value
    assert not page.warning
    page.button(key="import.back").click().run()
    assert page.button(key="import.example").label == f"Import {puzzle}"
    assert not page.success


@pytest.mark.slow
def test_upload_that_does_not_fit_is_mended_as_long_as_its_files_are_there(page):
    (encoder, decoder) = example.files_of("puzzle-b")
    page = press_import(page, encoder, decoder, "mine")
    assert "Rows and columns are swapped" in page.warning[0].value  # at once: nothing is to be found out
    page.run()  # the button outlives any other action on the page
    page.button(key="import.mend").click().run()
    page = wait_for_end(page)
    assert "**mine-mended fits.**" in page.success[0].value
    assert "**Each image** is transposed before the encoder" in " ".join(text.value for text in page.markdown)

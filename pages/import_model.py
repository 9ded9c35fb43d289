"""Import a model: encoder and decoder of any program, as ONNX, become a model that every page shows."""

from aeviz.language import tr
from aeviz.web.import_model.view import show_import
from aeviz.web.kernel.page import page

with page(
    "import_model",
    tr("Import a model"),
    tr("An encoder and a decoder of another program become a model that every page shows."),
):
    show_import()

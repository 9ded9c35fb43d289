"""The short address of *Import a model*, which leads there."""

from aeviz.web.kernel.page import lead_to

lead_to("pages/import_model.py")

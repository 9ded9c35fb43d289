"""Status: the server now, and how much visitors may take of it."""

from aeviz.language import tr
from aeviz.web.kernel.page import page
from aeviz.web.status.view import show_status

with page(
    "status",
    tr("Status"),
    tr("The server now: what visitors may do, what is at work, and which limits there are."),
):
    show_status()

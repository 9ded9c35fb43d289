"""Addresses of the former page Decode, which showed what is now the decoded plane of Explore."""

from collections.abc import Mapping, Sequence

from aeviz.web.decoder.explorer import DECODED_PLANE, SHOWN
from aeviz.web.kernel.page import MODEL, NO_COMPARISON, USUAL_MODEL

_FORMER = "beside."


def translate_decode(parameters: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the parameters with which Explore shows what Decode showed.

    Args:
        parameters: Those of an address of Decode, all values by name. Its second model was none unless one was named.
    """
    found = {
        f"with.{name.removeprefix(_FORMER)}" if name.startswith(_FORMER) else name: list(values)
        for name, values in parameters.items()
    }
    model = found.get(MODEL, [USUAL_MODEL])[-1]
    return {f"with.{model}": [NO_COMPARISON], **found, SHOWN: [DECODED_PLANE]}

"""Bring your own images: from a zip, a folder, files, arrays or tables to a data set of one's own.

opening    what was brought, by its content       archive, arrays, tables    the kinds of sources
build      two rounds over its images             store                      how they lie on the disk
own        the data sets that were kept under a name
"""

from aeviz.data.imports.own import OwnSource, import_images, list_own, preview_images, remove_own, suggest_name
from aeviz.data.imports.store import Imported, is_imported, read_imported, sample

__all__ = [
    "Imported",
    "OwnSource",
    "import_images",
    "is_imported",
    "list_own",
    "preview_images",
    "read_imported",
    "remove_own",
    "sample",
    "suggest_name",
]

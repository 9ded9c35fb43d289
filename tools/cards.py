"""The cards of the models that ship, a README.md beside the weights of each.

    python -m tools.cards

`aeviz models card RUN` prints that of any run.
"""

import sys
from functools import partial
from pathlib import Path

from aeviz.errors import AevizError
from aeviz.export.card import CARD, write_card
from aeviz.paths import fetched_root
from aeviz.training.files import write_atomically
from aeviz.training.runs import list_folders


def write_cards() -> int:
    """Write the card of each model that ships, and return how many there are.

    Raises:
        CheckpointFormatError: A file of one is damaged.
        OSError: A card cannot be written.
    """
    elsewhere = fetched_root().resolve()
    folders = [each for each in list_folders() if each.is_shipped and each.path.parent.resolve() != elsewhere]
    for folder in folders:
        write_atomically(folder.path / CARD, partial(Path.write_bytes, data=write_card(folder).encode()))
    return len(folders)


def main() -> int:
    """Write all cards; return 0, or 2 where one cannot be written."""
    try:
        print(f"{write_cards()} cards")
    except (AevizError, OSError) as error:
        print(f"aeviz: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

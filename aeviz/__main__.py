"""`python -m aeviz` is the command `aeviz`."""

from aeviz.cli import main

raise SystemExit(main())

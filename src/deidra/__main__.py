"""``python -m deidra``."""

from __future__ import annotations

from deidra.cli import main

main()

"""Whole collections: discover, survey, execute, summarise.

The package is itself callable, as ``deidra.run(sources, out, ...)``: the design gives both the room and the
function this name, and once any part of the room is imported, Python binds the name to the room.
See `deidra.run.collection.run` for what it takes and gives.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deidra.run.collection import RunSummary


class _Room(ModuleType):
    def __call__(self, *args: Any, **settings: Any) -> RunSummary:
        from deidra.run.collection import run

        return run(*args, **settings)


sys.modules[__name__].__class__ = _Room

"""De-identify medical images and everything that travels with them, and say honestly what was done."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deidra._version import __version__
    from deidra.api import deidentify
    from deidra.errors import (
        DeidraError,
        Held,
        PolicyError,
        Rejected,
        SelectionError,
        SubjectListError,
        UsageError,
        WorkspaceError,
    )
    from deidra.model import Edit, Outcome
    from deidra.run.collection import RunSummary, run
    from deidra.run.plan import plan
    from deidra.run.progress import Progress

# Where each public name lives; nothing is imported before it is used.
_HOMES = {
    "DeidraError": "deidra.errors",
    "Edit": "deidra.model",
    "Held": "deidra.errors",
    "Outcome": "deidra.model",
    "PolicyError": "deidra.errors",
    "Progress": "deidra.run.progress",
    "Rejected": "deidra.errors",
    "RunSummary": "deidra.run.collection",
    "SelectionError": "deidra.errors",
    "SubjectListError": "deidra.errors",
    "UsageError": "deidra.errors",
    "WorkspaceError": "deidra.errors",
    "__version__": "deidra._version",
    "deidentify": "deidra.api",
    "plan": "deidra.run.plan",
}

__all__ = [
    "DeidraError",
    "Edit",
    "Held",
    "Outcome",
    "PolicyError",
    "Progress",
    "Rejected",
    "RunSummary",
    "SelectionError",
    "SubjectListError",
    "UsageError",
    "WorkspaceError",
    "__version__",
    "deidentify",
    "plan",
    "run",
]


def __getattr__(name: str) -> Any:
    if name == "run":
        return import_module("deidra.run")  # callable, see there
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'deidra' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)

"""A clean release of the small clinic, made once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from verify import clinic


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the sources ``in``, the release ``out`` and its workspace ``out.deidra``."""
    folder = tmp_path_factory.mktemp("small")
    clinic.release(folder, 3)
    return folder


@pytest.fixture
def copy(small: Path, tmp_path: Path) -> Callable[[], Path]:
    """A copy of all that, to be damaged."""

    def made() -> Path:
        shutil.copytree(small, tmp_path / "clinic", dirs_exist_ok=True)
        return tmp_path / "clinic"

    return made

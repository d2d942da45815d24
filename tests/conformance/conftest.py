"""The public files, released once for all tests of this folder."""

from __future__ import annotations

import pytest

from conformance.collection import Collection, release


@pytest.fixture(scope="session")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return release(tmp_path_factory.mktemp("conformance"))

"""Reading foreign objects without pydicom's remarks about them: warnings may quote what they warn of."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator

from pydicom import config


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Nothing is printed, and values that break their VR are read as they are."""
    with warnings.catch_warnings(), config.disable_value_validation():
        warnings.simplefilter("ignore")
        yield

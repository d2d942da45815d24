"""pydicom without its warnings and log lines: they quote values."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator

from pydicom import config

_LOUD = ("pydicom", "pikepdf", "pypdfium2", "PIL")


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Nothing that readers of other parties say is shown or logged; values are read without being validated."""
    loggers = [logging.getLogger(name) for name in _LOUD]
    levels = [logger.level for logger in loggers]
    with warnings.catch_warnings(), config.disable_value_validation():
        warnings.simplefilter("ignore")
        for logger in loggers:
            logger.setLevel(logging.CRITICAL + 1)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)

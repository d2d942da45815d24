"""Time limits: readers of other parties can be led round in circles by a damaged file."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import NoReturn

_LEAST_SECONDS = 30.0
_SECONDS_PER_BYTE = 1e-6  # a hundred times what the search of one takes


class TooSlow(BaseException):
    """Time is up. No Exception, so that no reader takes it for a fault of the file."""


def seconds_for(size: int) -> float:
    """How long the look at a file of this many bytes may take."""
    return _LEAST_SECONDS + size * _SECONDS_PER_BYTE


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TooSlow inside when time is up. Without effect outside the main thread, and where there are no alarms."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _ring(*_: object) -> NoReturn:
    raise TooSlow

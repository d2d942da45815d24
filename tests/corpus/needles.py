"""Needles: unique markers, where each was put, and what must become of it."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

Fate = Literal["remove", "map", "shift", "keep"]

UID_ROOT = "1.2.826.0.1.3680043.10.9137."
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
# Marker dates lie in windows shorter than the smallest shift (365 days) and further apart than the largest
# (3650 days): no original date, shifted, becomes the original of another carrier.
WINDOW_DAYS = 364
WINDOW_STARTS = (date(1999, 1, 1), date(1988, 1, 1), date(1977, 1, 1))
MOMENT = date(1988, 12, 29)


class Needle(msgspec.Struct, frozen=True):
    """One marker and its place. `fate` is what the Basic Profile does with it.

    An option in `kept_by` keeps the value. Fate "keep" means that the value must still be there,
    every other fate that it must not.
    """

    marker: str
    carrier: str
    file: str
    fate: Fate
    kept_by: tuple[str, ...] = ()


def expected(needle: Needle, options: Collection[str] = ()) -> Fate:
    """What a policy with these options of PS3.15 E.3 must do; contradictory date rows are cleaned."""
    if needle.fate == "keep":
        return "keep"
    keeping = set(needle.kept_by) & set(options)
    if needle.fate == "shift" and "modified-dates" in options and "modified-dates" not in keeping:
        return "shift"
    return "keep" if keeping else needle.fate


def gone(needles: Iterable[Needle], options: Collection[str] = ()) -> list[Needle]:
    """The needles that must be found nowhere under these options."""
    return [n for n in needles if expected(n, options) != "keep"]


class Mint:
    """Makes markers that are unique in the corpus, of fixed width, and writes down each one."""

    def __init__(self, seed: int) -> None:
        self.needles: list[Needle] = []
        self.file = ""
        self._count = 0
        self._days = 0
        self._start = seed * 7919
        self._stride = 1_234_577  # coprime to 20**5: every count gives another marker
        assert math.gcd(self._stride, len(LETTERS) ** 5) == 1

    def note(self, marker: str, carrier: str, fate: Fate = "remove", kept_by: tuple[str, ...] = ()) -> str:
        """Write down a marker made elsewhere, e.g. a name in another script."""
        self.needles.append(Needle(marker, carrier, self.file, fate, kept_by))
        return marker

    def forget(self, place: str) -> None:
        """Cross out what stood at a place of the current file: another value is to be put there."""
        below = (place + "[", place + " ")
        self.needles = [
            n
            for n in self.needles
            if n.file != self.file or (n.carrier != place and not n.carrier.startswith(below))
        ]

    def _next(self) -> int:
        self._count += 1
        return self._count

    def token(self) -> str:
        """Eight letters, valid in every text VR, CS and AE; not written down."""
        number = (self._start + self._next() * self._stride) % len(LETTERS) ** 5
        letters = ""
        for _ in range(5):
            number, digit = divmod(number, len(LETTERS))
            letters += LETTERS[digit]
        return f"QZ{letters}K"

    def text(self, carrier: str, fate: Fate = "remove", kept_by: tuple[str, ...] = ()) -> str:
        """A marker of eight capital letters."""
        return self.note(self.token(), carrier, fate, kept_by)

    def day(self, carrier: str, fate: Fate = "shift", kept_by: tuple[str, ...] = ()) -> str:
        """A DA value of the 20th century that no other carrier has."""
        window, number = divmod(self._days, WINDOW_DAYS - 1)
        day = WINDOW_STARTS[window] + timedelta(days=number)
        self._days += 1
        return self.note(f"{day:%Y%m%d}", carrier, fate, kept_by)

    def time(self, carrier: str, fate: Fate = "remove", kept_by: tuple[str, ...] = ()) -> str:
        """A TM value, unique by its fraction of a second."""
        return self.note(f"081432.{500_000 + self._next():06d}", carrier, fate, kept_by)

    def moment(self, carrier: str, fate: Fate = "shift", kept_by: tuple[str, ...] = ()) -> str:
        """A DT value, unique by its fraction of a second."""
        return self.note(f"{MOMENT:%Y%m%d}101112.{500_000 + self._next():06d}", carrier, fate, kept_by)

    def uid(self, carrier: str, fate: Fate = "map", kept_by: tuple[str, ...] = ("uids",)) -> str:
        """A UID of fixed width below the corpus's own root."""
        return self.note(f"{UID_ROOT}{70_000_000 + self._next()}", carrier, fate, kept_by)

    def decimal(self, carrier: str, fate: Fate = "keep", kept_by: tuple[str, ...] = ()) -> float:
        """A number that no other carrier has, exact in a double and in seven significant digits."""
        value = (2_000_000 + 2 * self._next() + 1) / 1024
        self.note(repr(value), carrier, fate, kept_by)
        return value

"""Colour tables: a place that no pixel uses is room for three bytes of anything."""

from __future__ import annotations

from collections.abc import Container

from deidra.bitstream.work import Tally


def blanked(colours: bytes, used: Container[int], position: int, tally: Tally, entry_bytes: int = 3) -> bytes:
    """The table with zeros in the places whose index is not in `used`.

    A plain grey scale stays whole: it says nothing, and readers know grey pictures by it.
    """
    count, fill = len(colours) // entry_bytes, bytes(entry_bytes - 3)
    entries = [colours[at : at + 3] + fill for at in range(0, count * entry_bytes, entry_bytes)]
    if entries == [bytes((index * 255 // max(1, count - 1),)) * 3 + fill for index in range(count)]:
        new = b"".join(entries)
    else:
        new = b"".join(entry if index in used else bytes(entry_bytes) for index, entry in enumerate(entries))
    changed = sum(old != blank for old, blank in zip(colours, new, strict=False))
    if changed:
        tally.drop("colours that no pixel uses", position, changed)
    return new

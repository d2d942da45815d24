"""What may stand behind a coded image: one byte that makes its length even (PS3.5 A.4): zero, or 0xFF as some write."""

from __future__ import annotations

from deidra.bitstream.work import Tally


def without_trailer(data: bytes, end: int, cleaned: bytes, tally: Tally, *, more_images: bool = False) -> bytes:
    """`cleaned`, which stands for data[:end], with what stays of the bytes behind it.

    Returns `data` itself where nothing was changed.
    """
    trailer = len(data) - end
    if trailer == 1 and data[end] in (0, 0xFF) and not len(data) % 2:
        if len(cleaned) % 2:
            cleaned += data[end:]
        trailer = 0
    if trailer:
        tally.drop("more images behind the first" if more_images else "bytes behind the image", end, trailer)
    return data if cleaned == data else cleaned

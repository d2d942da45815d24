"""Does the end of coded data read as text? Decoders stop at the last sample and never look behind it.

Coded data look random: the chance that `least` bytes of them pass for text is below 0.44 ** least (printable ASCII
takes 95 of 256 values; longer UTF-8 sequences add a little).
"""

from __future__ import annotations

import re

# Where the end can be told by decoding, a false alarm costs time: the slower, the longer a text must be
LEAST_CHECKED_FAST = 6
LEAST_CHECKED = 8
LEAST_CHECKED_SLOWLY = 12
# Where it cannot, an image is held: in less than one of 400,000
LEAST_HELD = 16
# A video has millions of slices
LEAST_HELD_IN_VIDEO = 32
# ... and one end
LEAST_HELD_AT_END = 12

_TEXT = re.compile(rb"(?:[\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})+\Z")
_FILLING = b"\0\xff\r\n\t "
_WINDOW = 4 * LEAST_HELD_IN_VIDEO


def ends_in_text(data: bytes, start: int, end: int, least: int) -> bool:
    """Whether the last `least` bytes of data[start:end] or a few more, but for filling, are UTF-8 or UTF-16 text."""
    window = data[max(start, end - _WINDOW) : end].rstrip(_FILLING)
    if len(window) < least:
        return False
    found = _TEXT.search(window, max(0, len(window) - least - 3))
    if found is not None and len(window) - found.start() >= least:
        return True
    return not any(window[-2 : -least - 1 : -2]) and window[-1 : -least - 1 : -2].decode("latin-1").isprintable()

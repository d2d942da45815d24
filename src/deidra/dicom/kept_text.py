"""What else a text that a rule keeps may not contain: unmapped instance UIDs, words of no standard."""

from __future__ import annotations

import re
from collections.abc import Callable

from deidra.standard import uids
from deidra.standard.vocabulary import vocabulary
from deidra.text.folding import words

_MIN_NUMBER_DIGITS = 5
# Six components and more, or derived from a UUID: shorter dotted numbers are versions, not instances
_UID = re.compile(rb"(?<![\d.])(?:2\.25\.\d{6,39}|[0-2](?:\.\d+){5,})(?!\d|\.\d)")


def map_uids_in_text(raw: bytes, uid_of: Callable[[str], str]) -> bytes:
    """Replace every unregistered UID inside `raw` by its pseudonym."""

    def replacement(match: re.Match[bytes]) -> bytes:
        original = match[0].decode("ascii")
        return match[0] if uids.is_registered(original) else uid_of(original).encode()

    return _UID.sub(replacement, raw)


def is_terminology(text: str) -> bool:
    """True when every word of `text` belongs to DICOM's own terminology and no number is long enough to be an id."""
    if any(len(digits) >= _MIN_NUMBER_DIGITS for digits in re.findall(r"\d+", text)):
        return False
    known = vocabulary()
    return all(len(word) == 1 or word in known for word in words(text))

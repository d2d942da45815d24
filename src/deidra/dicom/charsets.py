"""Decoding text values by their Specific Character Set (PS3.5 Section 6.1).

Python has the code tables; pydicom knows the escape sequences, and is loaded only where there are some.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache

from deidra.standard import character_sets

_COMMON = frozenset((b"ISO_IR 100", b"ISO_IR 192", b"ISO_IR 6"))
_LINE_ENDS = re.compile("([\n\f\r\t]+)")
# Delimiters reset the code elements (PS3.5 6.1.2.5.3)
_DELIMITERS = {0x5C, 0x5E, 0x3D, 0x0A, 0x0C, 0x0D, 0x09}


@lru_cache(maxsize=64)
def _encodings(raw: bytes) -> tuple[str, ...] | None:
    """Python codecs for a (0008,0005) value, or None when it names an unknown set."""
    codecs = character_sets.codecs()
    names = [name.strip() for name in raw.rstrip(b" \0").decode("ascii", "replace").split("\\")]
    if any(name not in codecs for name in names):
        return None
    return tuple(codecs[name] for name in names)


def is_known(character_set: bytes) -> bool:
    """Whether text can be read in `character_set`, the raw value of (0008,0005); absent means ASCII."""
    return (
        not character_set.strip(b" \0") or character_set in _COMMON or _encodings(character_set) is not None
    )


def encode(values: list[str], character_set: bytes) -> bytes | None:
    """The values of a text attribute in `character_set`, or None when they cannot be written in it.

    Without a character set only ASCII is legal: other characters become question marks.
    Code extensions begin anew in every value and line (PS3.5 6.1.2.5.3).
    """
    text = "\\".join(values)
    if text.isascii() or not character_set.strip(b" \0"):
        return text.encode("ascii", "replace")
    encodings = _encodings(character_set)
    if encodings is None:
        return None
    written = _written(values, encodings)
    return written if written is not None and decode(written, character_set) == text else None


def _written(values: list[str], encodings: tuple[str, ...]) -> bytes | None:
    if len(encodings) == 1 and not character_sets.needs_own_encoder(encodings[0]):
        try:
            return "\\".join(values).encode(encodings[0])
        except UnicodeError:
            return None
    from pydicom.charset import encode_string

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            lines = [_LINE_ENDS.split(value) for value in values]
            return b"\\".join(b"".join(encode_string(part, list(encodings)) for part in line) for line in lines)
        except (UnicodeError, LookupError, UserWarning):
            return None


def decode(raw: bytes, character_set: bytes) -> str | None:
    """The text of `raw`, or None when it is not legal in `character_set` (the raw value of (0008,0005)).

    Bytes beyond ASCII without any character set are illegal but common: they are read as what they look like.
    """
    if raw.isascii() and b"\x1b" not in raw:
        return raw.decode("ascii")
    if not character_set.strip(b" \0"):
        return _guessed(raw)
    encodings = _encodings(character_set)
    if encodings is None:
        return None
    if b"\x1b" not in raw:
        try:
            return raw.decode(encodings[0])
        except UnicodeError:
            return None
    from pydicom.charset import decode_bytes

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return decode_bytes(raw, list(encodings), _DELIMITERS)
        except (UnicodeError, LookupError, UserWarning):
            return None


def _guessed(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def is_legal(raw: bytes, character_set: bytes) -> bool:
    """Whether the bytes may stand as they are: beyond ASCII only with a character set."""
    return bool(character_set.strip(b" \0")) or raw.isascii()

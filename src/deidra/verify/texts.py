"""Values as text, by the character set that the data set names (PS3.5 6.1), in every reading that is possible."""

from __future__ import annotations

from functools import lru_cache

from pydicom.charset import decode_bytes
from pydicom.valuerep import PN_DELIMS, TEXT_VR_DELIMS

from deidra.verify.fold import fold

_DECODED_VRS = frozenset({"LO", "SH", "ST", "LT", "UT", "UC", "PN", "UN", "OB", "UR", "AE", "CS"})
_LONGEST = 64 << 20


@lru_cache(20_000)
def text_of(value: bytes, vr: str, encodings: tuple[str, ...]) -> str:
    """A value as its character set reads it, without padding. Undecodable bytes become replacement characters."""
    if value.isascii() and b"\x1b" not in value:
        return value.decode("ascii").strip("\0 ")
    if vr not in _DECODED_VRS:
        return value.decode("latin-1").strip("\0 ")
    try:
        text = decode_bytes(value, list(encodings), PN_DELIMS if vr == "PN" else TEXT_VR_DELIMS)
    except (UnicodeError, LookupError, ValueError):
        text = value.decode("latin-1")
    return str(text).strip("\0 ")


@lru_cache(20_000)
def foldings(value: bytes, vr: str, encodings: tuple[str, ...]) -> tuple[bytes, ...]:
    """Folded readings of a value beyond ASCII, in UTF-8: by its character set, as UTF-8, as UTF-16. Empty for ASCII."""
    if len(value) > _LONGEST or (value.isascii() and b"\x1b" not in value):
        return ()
    readings = {text_of(value, vr, encodings)}
    for codec in ("utf-8", "utf-16-le", "utf-16-be") if b"\0" in value[:64] else ("utf-8",):
        try:
            readings.add(value[: len(value) & ~1 if codec != "utf-8" else None].decode(codec))
        except UnicodeDecodeError:
            continue
    return tuple(fold(reading).encode("utf-8", "replace") for reading in readings)

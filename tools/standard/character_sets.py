"""Specific Character Set (0008,0005), PS3.3 C.12.1.1.2: the Python codec of each defined term, from pydicom."""

from __future__ import annotations

from dictionary import module_sha256
from output import Payload, header, require
from pins import CHARACTER_SETS, NEMA, PACKAGES
from pydicom import charset


def character_sets_file() -> Payload:
    """Contents of character_sets.json: defined term -> codec, and the codecs that pydicom encodes in its own way."""
    codecs = charset.python_encoding
    require(len(codecs) == CHARACTER_SETS, f"pydicom knows {len(codecs)} character sets, {CHARACTER_SETS} are pinned")
    return {
        "header": header(
            source=f"pydicom {PACKAGES['pydicom']} (MIT), charset.py: PS3.3 C.12.1.1.2, PS3.5 6.1",
            edition=f"pydicom {PACKAGES['pydicom']}",
            sha256=module_sha256(charset),
            rows=len(codecs),
            attribution=NEMA,
        ),
        "codecs": dict(codecs),
        "own_encoders": sorted(charset.custom_encoders),
    }

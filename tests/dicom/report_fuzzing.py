"""Damaged reports: bytes changed and attributes renamed inside the content tree; what is released names nobody."""

from __future__ import annotations

import random
from functools import cache

from deidra.errors import ObjectError
from dicom.report_kinds import KINDS
from dicom.reports import encoded, released

# No change copies a needle, so one that is found came through the rules
NEEDLES = (
    *(b"Zzneedlename", b"Qqfirst", b"ZZNEEDLEID77", b"Zzreferrer", b"19310704", b"ZZACC240311", b"ZZPLACER1"),
    *(b"Qqobserver", b"Qqmother", b"Qqnurse", b"ZZPERSON1", b"ZZSN990017"),
)
OPTIONS = "options=[clean-descriptors, clean-structured-content]"
# Attributes of content items, of which one becomes another
_NUMBERS = tuple(bytes.fromhex(number) for number in "60a1 23a1 24a1 40a0 43a0 30a7 68a1 0aa3 73db".split())
_CONTENT_SEQUENCE, _HEADER_BYTES = b"\x40\x00\x30\xa7", 12


@cache
def seeds() -> tuple[bytes, ...]:
    """Every kind of report in both encodings and both kinds of length."""
    return tuple(
        encoded(kind(), implicit=implicit, undefined=undefined)
        for kind in KINDS.values()
        for implicit in (False, True)
        for undefined in (False, True)
    )


def damaged(rng: random.Random) -> bytes:
    """One of the seeds with one to four changes; no length of anything changes but by a changed byte."""
    data = bytearray(rng.choice(seeds()))
    first = data.find(_CONTENT_SEQUENCE) + _HEADER_BYTES
    for _ in range(rng.choice((1, 1, 2, 4))):
        at = rng.randrange(first, len(data))
        change = rng.randrange(4)
        if change == 0:
            data[at] = rng.randrange(256)
        elif change == 1:
            data[at] ^= 1 << rng.randrange(8)
        elif change == 2 and (found := data.find(b"SQ\0\0", at)) > 0:
            data[found : found + 2] = b"UN"
        elif (found := data.find(b"\x40\x00", at)) > 0:
            data[found + 2 : found + 4] = rng.choice(_NUMBERS)
    return bytes(data)


def check(data: bytes) -> str:
    """ "released", "refused", or the needles that came through. Anything but an ObjectError is a defect."""
    try:
        after = released(data, OPTIONS, policy="basic").data
    except ObjectError:
        return "refused"
    return ", ".join(needle.decode() for needle in NEEDLES if needle in after) or "released"

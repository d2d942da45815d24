"""Damaged and cut documents of every format: refused with a reason, or cleaned; never passed, never another error."""

from __future__ import annotations

import io
import random

import pikepdf
import pytest

from deidra.documents.work import Settings
from deidra.errors import Held, ObjectError, Rejected

from .pdf_makers import CLEAN_LINES, report, saved, unpacked, with_everything
from .subject import TERMS, clean, found_in, markers
from .test_cda import CDA
from .test_fhir import JSON, XML
from .test_hl7 import ORU
from .test_mesh import ASCII, MTL, OBJ, binary
from .test_words import RTF

PLAIN = b"Seen by Quackenbush: Wilhelmina Vandersloot, MRN-4711-0815. Liver normal.\n" * 5
EXAMPLES = {
    "cda": ("text/xml", CDA, 250),
    "fhir json": ("application/fhir+json", JSON, 250),
    "fhir xml": ("application/fhir+xml", XML, 250),
    "hl7": ("application/hl7-v2", ORU.encode(), 250),
    "rtf": ("text/rtf", RTF, 250),
    "plain": ("text/plain", PLAIN, 100),
    "stl": ("model/stl", binary(b"Vandersloot", b"\0\0"), 100),
    "ascii stl": ("model/stl", ASCII, 100),
    "obj": ("model/obj", OBJ, 100),
    "mtl": ("model/mtl", MTL, 100),
    "pdf": ("application/pdf", with_everything(report((*CLEAN_LINES, "by Quackenbush")), markers(40)), 120),
}
LONG = tuple(term for term in TERMS if len(term) > 8)


def damaged(data: bytes, seed: int) -> bytes:
    """Some bytes changed, cut, doubled or swapped."""
    chance = random.Random(seed)
    raw = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5))):
        at, length = chance.randrange(len(raw)), chance.randrange(1, 40)
        kind = chance.randrange(5)
        if kind == 0:
            raw[at] = chance.randrange(256)
        elif kind == 1:
            del raw[at : at + length]
        elif kind == 2:
            raw[at:at] = raw[at : at + length]
        elif kind == 3:
            raw[at : at + 1] = chance.choice(
                (b"<", b"{", b"\\", b"\0", b"\xff", b"&", b"(", b"/", b"-1", b"99999999999")
            )
        else:
            del raw[at:]
        if not raw:
            break
    return bytes(raw)


@pytest.mark.parametrize("name", EXAMPLES)
def test_damage_is_refused_or_cleaned(name: str) -> None:
    mime_type, data, count = EXAMPLES[name]
    outcomes = set()
    for seed in range(count):
        hurt = damaged(data, seed)
        try:
            cleaned = clean(hurt, mime_type).data
        except ObjectError as refused:
            outcomes.add(refused.code)
            continue
        outcomes.add("cleaned")
        # The damage may cut a term in two; what is still whole must be gone
        whole = tuple(term for term in LONG if term.encode() in hurt)
        assert found_in(unpacked(cleaned) if name == "pdf" else cleaned, whole) == [], seed
    assert "cleaned" in outcomes
    assert "internal-error" not in outcomes


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_cut_is_refused_or_cleaned(name: str) -> None:
    mime_type, data, _ = EXAMPLES[name]
    for length in range(0, len(data), max(1, len(data) // 25)):
        try:
            cleaned = clean(data[:length], mime_type).data
        except (Held, Rejected):
            continue
        assert found_in(unpacked(cleaned) if name == "pdf" else cleaned, LONG) == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_was_cleaned_is_clean(name: str) -> None:
    """A second run finds nothing more to change in the words."""
    mime_type, data, _ = EXAMPLES[name]
    once = clean(data, mime_type).data
    again = clean(once, mime_type, Settings(pictures="release"))
    assert not [edit for edit in again.edits if edit.rule == "document:text"]
    assert found_in(once, LONG) == []


def test_damage_inside_the_pages_of_a_pdf_is_refused_or_cleaned() -> None:
    """Bytes changed in unpacked streams and dictionaries, where they are read, the lengths as they were."""
    with pikepdf.open(io.BytesIO(EXAMPLES["pdf"][1])) as pdf:
        data = saved(
            pdf,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    outcomes = set()
    for seed in range(300):
        chance = random.Random(seed)
        raw = bytearray(data)
        for _ in range(chance.choice((1, 3, 8))):
            at = chance.randrange(len(raw) - 8)
            raw[at : at + 4] = bytes(chance.sample(b"<>[]()/ 0123456789.-RTjqQcmf", 4))
        try:
            cleaned = clean(bytes(raw), "application/pdf").data
        except ObjectError as refused:
            outcomes.add(refused.code)
            continue
        outcomes.add("cleaned")
        assert found_in(unpacked(cleaned), tuple(term for term in LONG if term.encode() in raw)) == [], seed
    assert {"cleaned", "document-damaged"} <= outcomes

"""Every format with the cleaner that the product uses."""

from __future__ import annotations

from functools import cache

import pytest

from deidra.text.clean import Cleaner
from deidra.text.known import Term, compile_known
from deidra.text.vocabulary import load_vocabulary

from .pdf_makers import unpacked
from .subject import TERMS, clean, found_in, new_uid
from .test_hostile import EXAMPLES

KINDS = ("name", "name", "name", "identifier", "identifier", "institution")
# What each format must still say
KEPT = {
    "cda": (b'code="18748-4"', b'value="12.50" unit="mm"', b"liver is normal", b"<td>12.5 mm</td>", b">Findings<"),
    "fhir json": (b'"code":"18782-3"', b'"value":12.50', b'"code":"CT"', b"urn:oid:1.2.840.10008.5.1.4.1.1.2"),
    "fhir xml": (b'<value value="12.50"/>', b'<gender value="female"/>'),
    "hl7": (b"246120007^Nodule size^SCT||12.50|mm^", b"24627-2^CT Chest^LN", b"has no nodules", b"|RAD|F|"),
    "rtf": (b"12.5 mm, ", b"normal"),
    "plain": (b"Liver normal.",),
    "stl": (),
    "ascii stl": (b"vertex 1.25 0 0",),
    "obj": (b"v 0.0 0.0 0.50",),
    "mtl": (b"Kd 0.8 0.1 0.10",),
    "pdf": (),
}


@cache
def cleaner() -> Cleaner:
    terms = [Term(kind, value) for kind, value in zip(KINDS, TERMS, strict=True)]
    return Cleaner(compile_known(terms), load_vocabulary(), uid_of=new_uid)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_person_goes_and_the_medicine_stays(name: str) -> None:
    mime_type, data, _ = EXAMPLES[name]
    cleaned = clean(data, mime_type, cleaner=cleaner()).data
    assert found_in(unpacked(cleaned) if name == "pdf" else cleaned, TERMS) == []
    assert [kept for kept in KEPT[name] if kept not in cleaned] == []

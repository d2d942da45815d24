"""Every format with the cleaner that the product uses."""

from __future__ import annotations

import re
from functools import cache

import pytest

from deidra.errors import Held
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


SCRIPTS = {
    "hebrew": ("כהן^שרה", "נבדקה על ידי ד״ר לוי: שרה כהן, כבד תקין"),
    "arabic": ("الحسن^ليلى", "المريضة ليلى الحسن: الكبد طبيعي"),
    "japanese": ("山田^花子", "患者 山田花子 様。肝臓は正常です。"),
    "chinese": ("王^小明", "患者王小明，肝脏正常。"),
    "korean": ("김^영희", "환자 김영희: 간은 정상입니다."),
    "russian": ("Иванова^Мария", "Пациентка Мария Иванова. Печень в норме."),
    "greek": ("Παπαδοπούλου^Μαρία", "Η Μαρία Παπαδοπούλου έχει φυσιολογικό ήπαρ."),
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_in_any_script_the_person_goes_or_the_document_is_held(script: str) -> None:
    name, text = SCRIPTS[script]
    knowing = Cleaner(compile_known([Term("name", name)]), load_vocabulary(), uid_of=new_uid)
    cda = f'<ClinicalDocument xmlns="urn:hl7-org:v3"><title>{text}</title></ClinicalDocument>'
    hl7 = f"MSH|^~\\&|{'|' * 15}UNICODE UTF-8\rPID|1||1\rOBX|1|TX|x||{text}||||||F\r"
    reasons: set[str] = set()
    rtf = "{\\rtf1\\ansi " + "".join(f"\\u{code if code < 32768 else code - 65536}?" for code in map(ord, text)) + "}"
    for mime_type, data in (
        ("text/plain", text.encode()),
        ("text/plain; charset=utf-16", text.encode("utf-16")),
        ("text/xml", cda.encode()),
        ("application/hl7-v2", hl7.encode()),
        ("text/rtf", rtf.encode()),
    ):
        try:
            cleaned = clean(data, mime_type, cleaner=knowing).data
        except Held as held:
            reasons.add(held.code)
            continue
        read = re.sub(r"\\u(-?\d+)\?", lambda match: chr(int(match[1]) % 65536), cleaned.decode())
        assert not [part for part in name.split("^") if part in read], mime_type
    assert reasons <= {"nothing-left"}


@pytest.mark.parametrize("declared", ["iso-8859-1", "utf-8", "shift_jis", "klingon", ""])
def test_text_in_another_character_set_than_it_says_is_held_or_cleaned(declared: str) -> None:
    data = "Größe: 12 mm, gesehen von Quackenbush für Vandersloot".encode("utf-16-le")
    with pytest.raises(Held, match=r"text-undecodable|nothing-left"):
        clean(data, f"text/plain; charset={declared}", cleaner=cleaner())

"""Words of DICOM's own terminology: attribute names and the meanings of coded concepts, as pydicom carries them.

Single words only, sorted: neither the meanings nor their codes can be rebuilt from them. Codes are listed only where
they are words themselves, without any digit, so that nothing else tells them from a name.
"""

from __future__ import annotations

import re

from output import Payload, header
from pins import FURTHER_SCHEMES, PACKAGES, SNOMED_RT
from pydicom._dicom_dict import DicomDictionary
from pydicom.sr._concepts_dict import concepts
from pydicom.sr._snomed_dict import mapping

from deidra.text.folding import words

_SHORTEST_LETTERS = 2
_DIGIT = re.compile(r"[0-9]")


def vocabulary_file() -> Payload:
    """{header, words, modalities, schemes}."""
    texts = [entry[2] for entry in DicomDictionary.values()]
    for scheme in concepts.values():
        for codes in scheme.values():
            texts += [meaning[0] for meaning in codes.values()]
    found = sorted({word for text in texts for word in words(text) if len(word) >= _SHORTEST_LETTERS})
    return {
        "header": header(
            source="pydicom's attribute names and meanings of coded concepts, split into words",
            edition=f"pydicom {PACKAGES['pydicom']}",
            sha256="",
            rows=len(texts),
            attribution="pydicom (MIT); DICOM is published by NEMA",
        ),
        "words": found,
        "modalities": sorted(_modalities()),
        "schemes": sorted({*concepts, *FURTHER_SCHEMES}),
        "codes": {scheme: sorted(codes) for scheme, codes in sorted(_codes_without_digits().items())},
    }


def _codes_without_digits() -> dict[str, set[str]]:
    """Scheme -> codes such as (ACUI, IBSI). UCUM has a grammar; SNOMED-RT was sent under three designators."""
    found: dict[str, set[str]] = {}
    for scheme, keywords in concepts.items():
        codes = {code for keyword in keywords.values() for code in keyword if code and not _DIGIT.search(code)}
        if codes and scheme != "UCUM":
            found[scheme] = codes
    older = {code for code in mapping["SRT"] if not _DIGIT.search(code)}
    return {**found, **dict.fromkeys(SNOMED_RT, older)}


def _modalities() -> set[str]:
    """Codes of acquisition and other modalities (PS3.16 CID 29, 32, 33): the defined terms of Modality."""
    entries = [entry for codes in concepts["DCM"].values() for entry in codes.items()]
    return {code for code, (_, groups) in entries if not {29, 32, 33}.isdisjoint(groups)}

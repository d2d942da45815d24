"""Words of DICOM's own terminology: attribute names and the meanings of coded concepts, as pydicom carries them.

Single words only, sorted: neither the meanings nor their codes can be rebuilt from them.
"""

from __future__ import annotations

from output import Payload, header
from pins import FURTHER_SCHEMES, PACKAGES
from pydicom._dicom_dict import DicomDictionary
from pydicom.sr._concepts_dict import concepts

from deidra.text.folding import words

_SHORTEST_LETTERS = 2


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
    }


def _modalities() -> set[str]:
    """Codes of acquisition and other modalities (PS3.16 CID 29, 32, 33): the defined terms of Modality."""
    entries = [entry for codes in concepts["DCM"].values() for entry in codes.items()]
    return {code for code, (_, groups) in entries if not {29, 32, 33}.isdisjoint(groups)}

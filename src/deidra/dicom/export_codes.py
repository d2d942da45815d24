"""The codes of teaching file and clinical trial export: IHE Radiology TF-1 17 (TCE), TF-2 4.51 and 4.52.

DICOM took over most of them later (PS3.16 CIDs 7014 to 7018). Receivers know the older ones, so these are written, with
the code of DICOM as their equivalent (PS3.3 8.8); both are read.
"""

from __future__ import annotations

from typing import Literal

import msgspec

TCE, DCM, SCT = "IHERADTF", "DCM", "SCT"
Purpose = Literal["teaching-file", "clinical-trial", "research"]


class Code(msgspec.Struct, frozen=True):
    """A coded concept, and the code of DICOM with the same meaning where it has one: (value, meaning)."""

    value: str
    scheme: str
    meaning: str
    same: tuple[str, str] | None = None


# Titles of a manifest, by what is exported for
TITLES: dict[Purpose, Code] = {
    "teaching-file": Code("TCE001", TCE, "For Teaching File Export", ("128710", "For Teaching File Export")),
    "clinical-trial": Code("TCE002", TCE, "For Clinical Trial Export", ("128711", "For Clinical Trial Export")),
    "research": Code("TCE007", TCE, "For Research Collection Export", ("128713", "For Research Collection Export")),
}
# 128714 has no code of IHE; it is read as a title of an export and never written
EXPORT_TITLES = frozenset(
    {(code.value, code.scheme) for code in TITLES.values()}
    | {(code.same[0], DCM) for code in TITLES.values() if code.same}
    | {("128714", DCM)}
)


def title_codes(purpose: Purpose) -> frozenset[tuple[str, str]]:
    """(value, scheme) of the titles that mean this purpose."""
    code = TITLES[purpose]
    return frozenset({(code.value, code.scheme)} | ({(code.same[0], DCM)} if code.same else set()))


# Why an export is to wait, as a modifier of the title: TCE011 to TCE018 of IHE, CID 7015 of DICOM
DELAYS = frozenset({(f"TCE{n:03}", TCE) for n in range(11, 19)} | {(f"{n}", DCM) for n in range(128715, 128723)})
TITLE_MODIFIER = Code("113011", DCM, "Document Title Modifier")
DESCRIPTION = Code("113012", DCM, "Key Object Description")

INFORMATION = Code(
    "TCE006", TCE, "Additional Teaching File Information", ("128712", "Additional Teaching File Information")
)
# What the information may hold as text, by the name of its column in a selection list
TEXTS: dict[str, Code] = {
    "author": Code("TCE101", TCE, "Author"),
    "affiliation": Code("TCE102", TCE, "Affiliation"),
    "contact": Code("TCE103", TCE, "Contact"),
    "abstract": Code("TCE104", TCE, "Abstract"),
    "keywords": Code("TCE105", TCE, "Keywords"),
    "history": Code("121060", DCM, "History"),
    "findings": Code("121071", DCM, "Finding"),
    "discussion": Code("TCE106", TCE, "Discussion"),
    "differential diagnosis": Code("111023", DCM, "Differential Diagnosis/Impression"),
    "diagnosis": Code("TCE107", TCE, "Diagnosis"),
    "anatomy": Code("112005", DCM, "Radiographic anatomy"),
    "pathology": Code("111042", DCM, "Pathology"),
    "organ system": Code("TCE108", TCE, "Organ system"),
}
CATEGORY = Code("TCE109", TCE, "Category", ("128723", "Teaching File Category"))
LEVEL = Code("TCE110", TCE, "Level", ("128724", "Level of Difficulty"))
CONFIRMED = Code("TCE111", TCE, "Diagnosis confirmed")
# What it may hold as a code, by the name of its column: the concept, and the choices by what people write
CHOICES: dict[str, tuple[Code, dict[str, Code]]] = {
    "category": (
        CATEGORY,
        {
            "musculoskeletal": Code(
                "TCE301", TCE, "Musculoskeletal", ("128728", "Musculoskeletal imaging subject matter")
            ),
            "pulmonary": Code("TCE302", TCE, "Pulmonary", ("128729", "Pulmonary imaging subject matter")),
            "cardiovascular": Code(
                "TCE303", TCE, "Cardiovascular", ("128730", "Cardiovascular imaging subject matter")
            ),
            "gastrointestinal": Code(
                "TCE304", TCE, "Gastrointestinal", ("128731", "Gastrointestinal imaging subject matter")
            ),
            "genitourinary": Code("TCE305", TCE, "Genitourinary", ("128732", "Genitourinary imaging subject matter")),
            "neuro": Code("TCE306", TCE, "Neuro", ("128733", "Neuroimaging subject matter")),
            "vascular and interventional": Code(
                "TCE307",
                TCE,
                "Vascular and Interventional",
                ("128734", "Vascular and interventional imaging subject matter"),
            ),
            "nuclear": Code("TCE308", TCE, "Nuclear", ("128735", "Nuclear medicine imaging subject matter")),
            "ultrasound": Code("TCE309", TCE, "Ultrasound", ("128736", "Ultrasound imaging subject matter")),
            "pediatric": Code("TCE310", TCE, "Pediatric", ("128737", "Pediatric imaging subject matter")),
            "breast": Code("TCE311", TCE, "Breast", ("128738", "Breast imaging subject matter")),
        },
    ),
    "level": (
        LEVEL,
        {
            "primary": Code("TCE201", TCE, "Primary", ("128725", "Primary level")),
            "intermediate": Code("TCE202", TCE, "Intermediate", ("128726", "Intermediate level")),
            "advanced": Code("TCE203", TCE, "Advanced", ("128727", "Advanced level")),
        },
    ),
    "diagnosis confirmed": (
        CONFIRMED,
        {"yes": Code("373066001", SCT, "Yes"), "no": Code("373067005", SCT, "No")},
    ),
}

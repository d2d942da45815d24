"""What the generator insists on: hashes, shapes and the few choices that no source makes for us.

Everything else is read from the sources. A mismatch stops the generator: a new edition is looked at
before its tables are used.
"""

from __future__ import annotations

from typing import Final

NEMA: Final = (
    "Excerpt of the DICOM Standard, copyright National Electrical Manufacturers Association (NEMA). "
    "Not covered by the licence of Deidra; see NOTICE.md."
)

# edition -> (file, SHA-256, rows of (E.1-1, E.1-1 without duplicates, E.3.4-1, E.3.10-1))
PART15: Final = {
    "2023b": (
        "part15-2023b.xml",
        "29e15b7449b65e37ff8e75193e12b12efc14fdb08517a88058751e73fbc1db64",
        (611, 608, 209, 479),
    ),
    "2025e": (
        "part15-2025e.xml",
        "c687c0e07ef25d73497a5e879381c8a156160412e787673d1811eb764b874471",
        (655, 655, 211, 479),
    ),
    "2026c": (
        "part15-2026c.xml",
        "77d60b856faf4223ab40a398c53130fc0ee9490d0d811ee3536e6d25c02ac717",
        (656, 656, 214, 479),
    ),
}
NEWEST: Final = "2026c"

# PS3.15 E.3.4: the designators that SNOMED-RT codes were sent under
SNOMED_RT: Final = ("SRT", "SNM3", "99SDM")

# Other codes for the concepts of Table E.3.4-1: of the same meaning, and of SNOMED-RT under three designators
CONCEPT_SYNONYMS: Final = (6, 33)

# Tags that an edition prints twice with different option codes; the stricter code is taken
KNOWN_DUPLICATES: Final = {"2023b": frozenset({0x00400241, 0x00400001, 0x00321021})}

TCIA_KB: Final = (
    "private-elements-tcia.csv",
    "d010df046bb9a917ea0483c0178e52df68011c7e82c29e8043fc27be4769a723",
)
TCIA_OBSERVED: Final = (
    "private-elements-observed-tcia.csv",
    "b0818065d3ccc179c9ecc30c43441349005a4cd560db8f676013ba735af177a6",
)

# package -> version whose tables the committed files hold
PACKAGES: Final = {"pydicom": "3.0.2", "highdicom": "0.28.2"}

# Defined terms of Specific Character Set that pydicom knows, with its spellings of frequent mistakes
CHARACTER_SETS: Final = 34

# Header label of the tables -> option. Order is that of the table.
OPTION_LABELS: Final = {
    "Rtn. Safe Priv. Opt.": "safe-private",
    "Rtn. UIDs Opt.": "uids",
    "Rtn. Dev. Id. Opt.": "device-identity",
    "Rtn. Inst. Id. Opt.": "institution-identity",
    "Rtn. Pat. Chars. Opt.": "patient-characteristics",
    "Rtn. Long. Full Dates Opt.": "full-dates",
    "Rtn. Long. Modif. Dates Opt.": "modified-dates",
    "Clean Desc. Opt.": "clean-descriptors",
    "Clean Struct. Cont. Opt.": "clean-structured-content",
    "Clean Graph. Opt.": "clean-graphics",
}

# Retired SOP class -> (SOP class whose IOD it shares, why). Retired classes that are not here have no
# IOD that is alike (standalone curves and overlays, hardcopy, trial waveforms, audio reports).
SUCCESSORS: Final = {
    "1.2.840.10008.5.1.4.1.1.3": (
        "1.2.840.10008.5.1.4.1.1.3.1",
        "Ultrasound Multi-frame was re-issued under a new UID with the same modules (PS3.6 Table A-1)",
    ),
    "1.2.840.10008.5.1.4.1.1.6": (
        "1.2.840.10008.5.1.4.1.1.6.1",
        "Ultrasound was re-issued under a new UID with the same modules (PS3.6 Table A-1)",
    ),
    "1.2.840.10008.5.1.4.1.1.5": (
        "1.2.840.10008.5.1.4.1.1.20",
        "Nuclear Medicine was re-issued under a new UID with the same entities (PS3.6 Table A-1)",
    ),
    "1.2.840.10008.5.1.4.1.1.12.3": (
        "1.2.840.10008.5.1.4.1.1.12.1",
        "Bi-Plane XA is the XA Image IOD with two planes",
    ),
    "1.2.840.10008.5.1.4.1.1.77.1": (
        "1.2.840.10008.5.1.4.1.1.77.1.4",
        "the trial VL Image IOD became the VL family, which shares the VL Image Module (Supplement 15)",
    ),
    "1.2.840.10008.5.1.4.1.1.77.2": (
        "1.2.840.10008.5.1.4.1.1.77.1.4.1",
        "the trial VL Multi-frame IOD became the video family, VL Image Module with frames (Supplement 47)",
    ),
    "1.2.840.10008.5.1.4.1.1.88.1": (
        "1.2.840.10008.5.1.4.1.1.88.11",
        "Text SR trial became Basic Text SR (Supplement 23)",
    ),
    "1.2.840.10008.5.1.4.1.1.88.3": (
        "1.2.840.10008.5.1.4.1.1.88.22",
        "Detail SR trial became Enhanced SR (Supplement 23)",
    ),
    "1.2.840.10008.5.1.4.1.1.88.4": (
        "1.2.840.10008.5.1.4.1.1.88.33",
        "Comprehensive SR trial became Comprehensive SR (Supplement 23)",
    ),
    "1.2.840.10008.5.1.4.34.1": (
        "1.2.840.10008.5.1.4.34.7",
        "RT Beams Delivery Instruction trial was re-issued under a new UID (Supplement 74)",
    ),
}

# IODs that highdicom lists with modules it has no attributes of: half an IOD would call the attributes
# of the other half foreign, so they are left out as unknown.
INCOMPLETE_IODS: Final = frozenset(
    {
        "real-time-video-endoscopic-image",
        "real-time-video-photographic-image",
        "real-time-audio-waveform",
        "waveform-presentation-state",
        "waveform-acquisition-presentation-state",
    }
)

# Transfer syntaxes that pydicom's properties describe wrongly for our purpose: substring of the name -> why
NOT_A_DATA_SET: Final = {
    "RFC 2557": "the data set is wrapped in MIME",
    "XML Encoding": "the data set is XML",
    "SMPTE ST 2110": "frames travel in RTP flows, PS3.22; there is no file",
}
NOT_ENCAPSULATED: Final = {
    "JPIP": "pixel data are elsewhere, PS3.5 A.6 and A.7",
    "Papyrus": "native implicit VR",
}
DEFLATED: Final = {"Referenced Deflate": "the data set is deflated, PS3.5 A.7 and A.10"}
IMPLICIT: Final = {"Papyrus": "Papyrus 3 Implicit VR Little Endian, by its name"}

# Transfer syntaxes newer than pydicom's dictionary (PS3.5 A.4.12 and A.4.13): all explicit little endian with
# encapsulated frames
NEWER_TRANSFER_SYNTAXES = {
    "1.2.840.10008.1.2.4.110": "JPEG XL Lossless",
    "1.2.840.10008.1.2.4.111": "JPEG XL JPEG Recompression",
    "1.2.840.10008.1.2.4.112": "JPEG XL",
    "1.2.840.10008.1.2.8.1": "Deflated Image Frame Compression",
}

# Public coding schemes of PS3.16 Table 8-1 that pydicom's concepts do not use: predecessors and synonyms of SNOMED CT,
# classifications, and schemes of other bodies
FURTHER_SCHEMES = (
    "99SDM", "ACR", "ASTM-sigpurpose", "BI", "C4", "C5", "CD2", "CTV3", "DC", "DCMUID", "FMA", "GEMeta", "HPC", "I10",
    "I10P", "I11", "I9", "I9C", "ICDO3", "IBSI", "ISO3166_1", "ISO639_1", "ISO639_2", "ISO_OID", "LN", "MA",
    "MAYONRISBSASRG", "MDNS", "MGI", "NCDR [2.0b]", "NCIm", "NCIt", "NICIP", "NYUMCCG", "PATHLEX", "POS", "RADELEMENT",
    "RADLEX", "RFC3066", "RFC5646", "RO", "RRID", "SCPECG", "SDM", "SNM3", "SRT", "UBERON", "UCUM", "UMLS", "UNS",
    "UPC",
)  # fmt: skip

# Strings of dciodvfy that can be coded strings, and have four letters or a long number
DICOM3TOOLS = "1.00~20220618"
DEFINED_TERMS = 1698

"""Replace every value of a data set that can identify by a marker, at every depth."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydicom.datadict import keyword_for_tag
from pydicom.uid import UID_dictionary

from corpus.needles import UID_ROOT
from corpus.verdicts import verdict

if TYPE_CHECKING:
    from pydicom.dataelem import DataElement
    from pydicom.dataset import Dataset

    from corpus.needles import Fate, Mint

SHORT_TEXT = {"LO", "SH", "UC", "AE"}
LONG_TEXT = {"ST", "LT", "UT"}
CODE_PARTS = {"CodeValue", "CodeMeaning", "LongCodeValue", "URNCodeValue"}
# Values that others refer to or that a reader computes with: never replaced.
LEFT_ALONE = {
    "SpecificCharacterSet", "RescaleType", "ModalityLUTType", "StackID", "TimezoneOffsetFromUTC",
    "DeidentificationMethod", "MIMETypeOfEncapsulatedDocument", "DimensionIndexPrivateCreator",
    "FunctionalGroupPrivateCreator", "OpticalPathIdentifier", "PixelData", "WaveformData",
}  # fmt: skip
# Technical texts whose survival is asserted.
WITNESSES = {
    "Manufacturer", "ManufacturerModelName", "SoftwareVersions", "ConvolutionKernel", "SequenceName",
    "WindowCenterWidthExplanation", "ReceiveCoilName", "Radiopharmaceutical", "PulseSequenceName",
    "SegmentAlgorithmName", "DimensionDescriptionLabel", "ReconstructionMethod",
}  # fmt: skip
SHARED_IN_A_STUDY = {
    "PatientName", "PatientID", "PatientBirthDate", "OtherPatientNames", "StudyDate", "StudyTime", "StudyID",
    "StudyDescription", "AccessionNumber", "ReferringPhysicianName", "IssuerOfPatientID",
}  # fmt: skip

MARKED = re.compile(r"QZ[B-DF-HJ-NP-TV-XZ]{5}K|" + re.escape(UID_ROOT))

Shared = dict[tuple[str, str], object]


def locator(path: tuple[tuple[int, int], ...], tag: int) -> str:
    """The address of an element, e.g. ``dcm:(0040,0275)[0]/(0032,1060)``."""
    steps = [f"({t >> 16:04X},{t & 0xFFFF:04X})[{i}]" for t, i in path]
    return "dcm:" + "/".join([*steps, f"({tag >> 16:04X},{tag & 0xFFFF:04X})"])


def plant(ds: Dataset, mint: Mint, shared: Shared | None = None, *, codes_too: bool = False) -> None:
    """Put markers in the data set, in place. `shared` holds values that one study's objects have in common.

    `codes_too`: also replace CS values of attributes that Table E.1-1 lists.
    """
    planter = _Planter(mint, {} if shared is None else shared, codes_too=codes_too)
    planter.walk(ds, ())
    meta = getattr(ds, "file_meta", None)
    if meta is not None and "SOPInstanceUID" in ds:
        meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID


def uproot(ds: Dataset, mint: Mint, *tags: int) -> None:
    """Delete attributes of the planted data set, and their needles, to make room for other values."""
    for tag in tags:
        mint.forget(locator((), tag))
        if tag in ds:
            del ds[tag]


class _Planter:
    def __init__(self, mint: Mint, shared: Shared, *, codes_too: bool) -> None:
        self.mint, self.shared, self.codes_too = mint, shared, codes_too

    def walk(self, ds: Dataset, path: tuple[tuple[int, int], ...]) -> None:
        for element in ds:
            if element.tag.is_private or element.tag.group in {0x0002, 0x0004}:
                continue
            if element.VR == "SQ":
                for index, item in enumerate(element.value):
                    self.walk(item, (*path, (int(element.tag), index)))
            elif element.value not in (None, "", [], b""):
                self.element(ds, element, path)

    def element(self, ds: Dataset, element: DataElement, path: tuple[tuple[int, int], ...]) -> None:
        tag, keyword = int(element.tag), keyword_for_tag(element.tag)
        place = locator(path, tag)
        if keyword in LEFT_ALONE or MARKED.search(str(element.value)):
            return
        if element.VR == "UI":
            self.uids(element, place, path)
            return
        if keyword in CODE_PARTS:
            if str(ds.get("CodingSchemeDesignator", "")).startswith("99"):
                # A value that is no code, typed where a local code belongs
                element.value = self.mint.text(place) + (" ward" if element.VR == "SH" else "")
            return
        judged = verdict(tag, element.VR, tuple(t for t, _ in path))
        if judged is None or (judged[0] == "keep" and keyword not in WITNESSES):
            return
        key = (keyword, str(element.value))
        if keyword in SHARED_IN_A_STUDY and not path and key in self.shared:
            element.value = self.shared[key]
            return
        value = self.value(element, place, *judged)
        if value is not None:
            element.value = value
            if keyword in SHARED_IN_A_STUDY and not path:
                self.shared[key] = value

    def value(self, element: DataElement, place: str, fate: Fate, kept: tuple[str, ...]) -> object:
        mint, vr = self.mint, element.VR
        if vr in {"DA", "TM", "DT"}:
            make = {"DA": mint.day, "TM": mint.time, "DT": mint.moment}[vr]
            return make(place, fate, kept)
        if vr in SHORT_TEXT and element.VM > 1:
            return [mint.text(f"{place} value {n + 1}", fate, kept) for n in range(element.VM)]
        marked = {"PN": "{}^JANE^Q", "UR": "https://host.example/{}/wado?requestType=WADO", "CS": "{}"}
        if vr in SHORT_TEXT or vr in LONG_TEXT or vr in marked:
            if vr == "CS" and not (self.codes_too or element.keyword == "ContentLabel"):
                return None
            form = marked.get(vr, "{}" if vr in SHORT_TEXT else "Seen with {}, see note.")
            return form.format(mint.text(place, fate, kept))
        if vr in {"OB", "OW", "UN"} and isinstance(element.value, bytes):
            return mint.text(place, fate, kept).encode() * 2
        return None

    def uids(self, element: DataElement, place: str, path: tuple[tuple[int, int], ...]) -> None:
        values = element.value if element.VM > 1 else [element.value]
        judged = verdict(int(element.tag), "UI", tuple(t for t, _ in path))
        if judged is None or judged[0] == "keep":
            return
        new = []
        for value in map(str, values):
            key = ("UID", value)
            if value not in UID_dictionary and key not in self.shared:
                self.shared[key] = self.mint.uid(place, "map", judged[1])
            new.append(self.shared.get(key, value))
        element.value = new if len(new) > 1 else new[0]

"""Identity where headers hold it: patient, study, series and equipment attributes, dates, UIDs."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import msgspec
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from deidra.score.locate import step, walked
from deidra.score.planting.notes import Notes
from deidra.score.planting.sayings import Said, address, fits, full_name, identifier, institution, speaking_of
from deidra.score.synthetic.modules import ROOT
from deidra.standard.confidentiality import edition
from deidra.standard.dictionary import keyword, tag_of, vr
from deidra.standard.uids import is_registered

_MOST_UIDS = 24
_DATED_UID_EVERY = 4


class Uids(msgspec.Struct, frozen=True):
    """Old UIDs to planted ones, the same in the whole corpus. A few carry a date, as some vendors' UIDs do."""

    seed: int
    dated: str

    def planted(self, uid: str) -> str:
        digest = hashlib.sha256(f"{self.seed} {uid}".encode()).digest()
        number = int.from_bytes(digest[1:9], "big")
        day = f"{self.dated}." if digest[0] % _DATED_UID_EVERY == 0 else ""
        return f"{ROOT}.2.{day}{number}"


def plant_identity(ds: Dataset, notes: Notes) -> None:
    """Patient, referring and performing people, institution, identifiers; and what must stay of them."""
    me, speaker = notes.speaker.persona, notes.speaker
    ds.SpecificCharacterSet = list(me.culture.charset) if len(me.culture.charset) > 1 else me.culture.charset[0]
    values = {
        "PatientName": full_name(me.person, known=True),
        "PatientID": identifier(me.patient_id),
        "OtherPatientIDs": identifier(me.other_id),
        "PatientBirthDate": Said(f"{me.birth:%Y%m%d}", "birth-date", True, moment=f"{me.birth:%Y%m%d}"),
        "PatientMotherBirthName": full_name(me.relative, known=True),
        "PatientAddress": address(me),
        "PatientTelephoneNumbers": Said(me.phone, "phone", True, (me.phone,)),
        "PatientTelecomInformation": Said(me.email, "email", True, (me.email,)),
        # In all objects or in none: another issuer is another patient
        "IssuerOfPatientID": institution(me.institution, known=True) if me.birth.day % 2 else None,
        "AccessionNumber": identifier(me.accessions[speaker.study], "accession"),
        "ReferringPhysicianName": full_name(me.referring, known=True, kind="physician"),
        "PerformingPhysicianName": full_name(me.performing, known=True, kind="physician"),
        "InstitutionName": institution(me.institution, known=True),
    }
    for name, said in values.items():
        tag = tag_of(name) or 0
        if said is not None and fits(said.surface, me.culture.charset, vr(tag) or ""):
            setattr(ds, name, notes.said(said, "standard", f"dcm:({tag >> 16:04X},{tag & 0xFFFF:04X})"))
    if "Manufacturer" not in ds:
        ds.Manufacturer = ""  # Type 2 in the module that an institution's name makes present
    ds.PatientSex = me.sex
    notes.keep(me.sex, "characteristic", "standard", "dcm:(0010,0040)")
    for name in ("PatientAge", "PatientSize", "PatientWeight"):
        if ds.get(name):
            tag = tag_of(name) or 0
            notes.keep(str(ds[name].value), "characteristic", "standard", f"dcm:({tag >> 16:04X},{tag & 0xFFFF:04X})")


def plant_dates(ds: Dataset, notes: Notes) -> None:
    """Move every date of the subject to the study's day or the days after it."""
    for locator, element, _ in walked(ds):
        if element.VR not in {"DA", "DT"} or not element.value or element.tag == 0x00100030:
            continue
        if element.VM != 1 or not shifts(int(element.tag)):
            continue
        rng = speaking_of(notes.speaker, int(element.tag)).rng
        day = notes.speaker.study_date + timedelta(days=rng.randrange(3))
        rest = str(element.value)[8:] if element.VR == "DT" else ""
        value = f"{day:%Y%m%d}{rest}"
        element.value = value
        notes.said(Said(value, "date", False, moment=value[:8]), _carrier(locator), locator, must="shift")


def shifts(tag: int) -> bool:
    """Whether Retain Longitudinal Temporal Information with Modified Dates asks to shift the attribute.

    Dates of devices are left out: Table E.1-1 contradicts itself about them (PS3.15 E.3.6 and E.3.8).
    """
    row = edition().row(tag)
    return row is not None and row.options.get("modified-dates") == "C" and "device-identity" not in row.options


def plant_uids(ds: Dataset, notes: Notes, uids: Uids) -> None:
    """Give every UID of an instance its planted form; note the first of them, references first of all.

    Those of classes and of coding schemes say what something is, and stay: Table E.1-1 does not list them.
    """
    rows = edition().rows
    places = [
        (locator, element)
        for locator, element, _ in walked(ds)
        if element.VR == "UI" and element.value and int(element.tag) in rows
    ]
    places.sort(key=lambda place: (place[0].count("/") > 0, keyword(int(place[1].tag)).startswith("Referenced")))
    # Planted before, or an item that two sequences share
    already = {truth.surface for truth in notes.truths if truth.kind == "uid"}
    noted = 0
    for locator, element in places:
        values = [str(v) for v in element.value] if element.VM > 1 else [str(element.value)]
        new = [value if is_registered(value) or value in already else uids.planted(value) for value in values]
        if all(value in already or is_registered(value) for value in values):
            continue
        element.value = new if len(new) > 1 else new[0]
        already.update(new)
        if len(new) == 1 and noted < _MOST_UIDS:
            notes.said(Said(new[0], "uid", True, (new[0],)), "uid", locator, must="map")
            noted += 1


def _carrier(locator: str) -> str:
    return "nested" if "/" in locator else "standard"


def witness(ds: Dataset, element: DataElement, kind: str, notes: Notes, carrier: str = "standard") -> None:
    """Note an element of the clean object that must survive as it is."""
    value = element.value
    surface = "\\".join(map(str, value)) if element.VM > 1 else str(value)
    notes.keep(surface, kind, carrier, f"dcm:{step(ds, element)}")


_DEVICE_WORDS = ("Manufacturer", "ManufacturerModelName", "SoftwareVersions", "ConvolutionKernel", "SequenceName")


def keep_technical(ds: Dataset, notes: Notes, most: int = 10) -> None:
    """Note numbers, codes and words of the acquisition that identify nobody."""
    rng = notes.speaker.rng
    found = [
        element
        for tag in sorted(ds.keys())
        if (element := ds[tag]).VR in {"DS", "IS", "FD", "FL", "US", "SS", "CS"}
        and element.value not in (None, "", [])
        and edition().row(int(tag)) is None
        and tag.group not in {0x0010, 0x0012, 0x0002}
        and keyword(int(tag)) not in _WRITTEN_BY_DEIDENTIFIERS
    ]
    for element in sorted(rng.sample(found, min(most, len(found))), key=lambda e: int(e.tag)):
        witness(ds, element, "code" if element.VR == "CS" else "number", notes)
    for name in _DEVICE_WORDS:
        if ds.get(name):
            witness(ds, ds[name], "vendor", notes)
    if ds.get("DeviceSerialNumber"):
        ds.DeviceSerialNumber = f"{speaking_of(notes.speaker, 0x00181000).rng.randrange(10**5):05d}"
        witness(ds, ds["DeviceSerialNumber"], "device-characteristic", notes)
    if ds.get("SOPClassUID"):
        witness(ds, ds["SOPClassUID"], "well-known-uid", notes)


# What a de-identifier states, or what its treatment of pixels changes
_WRITTEN_BY_DEIDENTIFIERS = {
    "BurnedInAnnotation", "LossyImageCompression", "PixelRepresentation", "PlanarConfiguration", "SpecificCharacterSet",
    "LongitudinalTemporalInformationModified", "PhotometricInterpretation", "SmallestImagePixelValue",
    "LargestImagePixelValue", "RecognizableVisualFeatures", "NumberOfFrames", "QualityControlImage",
}  # fmt: skip

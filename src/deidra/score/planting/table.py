"""Identifiers in the attributes that Table E.1-1 of PS3.15 lists, and in some that it forgets."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from pydicom.dataset import Dataset

from deidra.score.planting.header import shifts
from deidra.score.planting.notes import Notes
from deidra.score.planting.sayings import Said, Speaker, any_of, full_name, speaking_of
from deidra.score.planting.text import plant_mixed
from deidra.standard.confidentiality import edition
from deidra.standard.dictionary import keyword, tag_of, vr
from deidra.standard.iods import iod

_TEXTS = {"PN", "LO", "SH", "ST", "LT", "UT", "UC", "AE", "DA", "DT", "UR"}
_CONTAINER_GROUPS = {0x0000, 0x0002, 0x0004, 0xFFFA, 0xFFFC}
# Attributes that other modules of the planter fill, or whose presence obliges an object to more
_NOT_HERE = {
    "PatientName", "PatientID", "IssuerOfPatientID", "OtherPatientIDs", "PatientBirthDate", "PatientMotherBirthName",
    "PatientAddress", "PatientTelephoneNumbers", "PatientTelecomInformation", "AccessionNumber",
    "ReferringPhysicianName",
    "PerformingPhysicianName", "InstitutionName", "StudyDescription", "SeriesDescription", "ProtocolName",
    "PatientComments", "ImageComments", "TimezoneOffsetFromUTC", "DeviceSerialNumber", "TextValue", "PersonName",
    "UnformattedTextValue", "VerifyingObserverName", "CodeMeaning", "ResponsiblePerson", "ContainerIdentifier",
    "ContainerDescription", "SpecimenIdentifier", "SpecimenAccessionNumber", "PyramidLabel", "PyramidDescription",
}  # fmt: skip
_TRIAL = {
    "ClinicalTrialSponsorName": "institution", "ClinicalTrialProtocolID": "id", "ClinicalTrialProtocolName": "word",
    "ClinicalTrialSiteID": "id", "ClinicalTrialSiteName": "institution", "ClinicalTrialSubjectID": "id",
    "ClinicalTrialTimePointID": "id", "ClinicalTrialTimePointDescription": "word",
}  # fmt: skip
_TRIAL_GROUP = 0x0012
_WAVEFORM_GROUP = 0x003A  # its newest attributes are younger than the validators
# The newest rows are younger than the validators; an edition that these know is planted
_PLANTED_EDITION = "2023b"
_WORDS_OF_KINDS = (
    (("Address", "Country", "Region"), ("address",)),
    (("Telephone", "Phone"), ("phone",)),
    (("Institution", "Organization", "Department", "Site", "Sponsor", "Service", "Insurance"), ("institution",)),
    (("Telecom", "Mail"), ("email", "phone")),
    (("Name", "Physician", "Person", "Operator", "Interpreter", "Reviewer", "Author"), ("physician", "name")),
    (("ID", "Identifier", "Number", "Issuer", "Code"), ("id",)),
    (("URL", "URI"), ("url",)),
)
# Attributes outside Table E.1-1 in which people write: PS3.15 E.3.5 asks to look at them all the same
UNLISTED = (
    "ContentDescription", "WindowCenterWidthExplanation", "LUTExplanation", "DeviceID",
    "SegmentLabel", "DocumentTitle", "FrameLabel", "ReasonForTheAttributeModification", "SOPAuthorizationComment",
    "QualityControlSubject", "LossyImageCompressionMethod", "PixelDataProviderURL", "SpatialResolutionNotes",
)  # fmt: skip


@cache
def _rows() -> tuple[int, ...]:
    """Listed attributes that hold text or a date, in order of tags."""
    elsewhere = _CONTAINER_GROUPS | {_TRIAL_GROUP, _WAVEFORM_GROUP}
    return tuple(
        tag
        for tag in sorted(edition().rows)
        if tag in edition(_PLANTED_EDITION).rows
        and tag >> 16 not in elsewhere
        and vr(tag) in _TEXTS
        and keyword(tag) not in _NOT_HERE
    )


def _candidates(ds: Dataset) -> Iterator[int]:
    """Rows that the object's IOD has at top level."""
    node = iod(str(ds.get("SOPClassUID", "")))
    for tag in _rows():
        kind = None if node is None else node.type_of(tag)
        if kind is not None and (kind in {"2", "3"} or tag in ds):
            yield tag


def plant_rows(ds: Dataset, notes: Notes, turn: int, most: int = 12) -> None:
    """Fill up to `most` listed attributes of the IOD, other ones each turn, and two that another IOD has."""
    own = [tag for tag in _candidates(ds) if tag not in ds or not ds[tag].value]
    count = min(most, len(own))
    chosen = {own[(turn * most + number) % len(own)] for number in range(count)} if own else set()
    foreign = [tag for tag in _rows() if (vr(tag) not in {"DA", "DT"}) and tag not in ds]
    chosen |= {foreign[(turn * 2 + number) % len(foreign)] for number in range(2)}
    for tag in sorted(chosen):
        plant_row(ds, notes, tag, f"dcm:({tag >> 16:04X},{tag & 0xFFFF:04X})", "standard")


def plant_trial(ds: Dataset, notes: Notes) -> None:
    """The Clinical Trial modules, which need each other: sponsor, protocol, site, subject, time point."""
    for name, kind in _TRIAL.items():
        tag = tag_of(name) or 0
        place = f"dcm:({tag >> 16:04X},{tag & 0xFFFF:04X})"
        if kind == "word":
            plant_row(ds, notes, tag, place, "standard")
        elif said := any_of(speaking_of(notes.speaker, tag), str(vr(tag)), (kind,)):
            ds.add_new(tag, str(vr(tag)), notes.said(said, "standard", place))


def plant_row(ds: Dataset, notes: Notes, tag: int, locator: str, carrier: str) -> None:
    """Put into one listed attribute what suits its VR and its name."""
    row = edition().row(tag)
    kind_of_value = vr(tag) or ""
    speaker = notes.speaker if carrier == "nested" else speaking_of(notes.speaker, tag)
    if row is None or "patient-characteristics" in row.options:
        return
    if row.options.get("device-identity") == "K":
        if kind_of_value in {"LO", "SH", "UC"} and "Date" not in keyword(tag):
            value = f"{speaker.rng.choice('DPQT')}{speaker.rng.randrange(1000):03d}"
            ds.add_new(tag, kind_of_value, notes.keep(value, "device-characteristic", carrier, locator))
        return
    if kind_of_value in {"DA", "DT"}:
        if shifts(tag):
            day = f"{notes.speaker.study_date:%Y%m%d}"
            value = day + ("101112" if kind_of_value == "DT" else "")
            ds.add_new(tag, kind_of_value, value)
            notes.said(Said(value, "date", False, moment=day), carrier, locator, must="shift")
        return
    if row.options.get("clean-descriptors") == "C" and kind_of_value in {"LO", "SH", "ST", "LT", "UT"}:
        plant_mixed(ds, notes, tag, kind_of_value, locator, carrier if carrier == "nested" else "descriptor")
        return
    said = _suiting(speaker, keyword(tag), kind_of_value)
    if said is not None:
        hardness = "nested" if carrier == "nested" else ""
        ds.add_new(tag, kind_of_value, notes.said(said, carrier, locator, hardness=hardness))


def _suiting(speaker: Speaker, name: str, kind_of_value: str) -> Said | None:
    if kind_of_value == "PN":
        me = speaker.persona
        return full_name(speaker.rng.choice((me.stranger, me.performing, me.relative)), known=False, kind="physician")
    if kind_of_value == "UR":
        return any_of(speaker, kind_of_value, ("url",))
    if kind_of_value == "AE":
        return any_of(speaker, kind_of_value, ("ae",))
    for words, kinds in _WORDS_OF_KINDS:
        if any(word in name for word in words) and (said := any_of(speaker, kind_of_value, kinds)):
            return said
    return any_of(speaker, kind_of_value, ("id", "name", "institution"))


def plant_unlisted(ds: Dataset, notes: Notes, turn: int) -> None:
    """Identifiers in two attributes that Table E.1-1 does not list."""
    for offset in range(2):
        tag = tag_of(UNLISTED[(turn * 2 + offset) % len(UNLISTED)])
        if UNLISTED[(turn * 2 + offset) % len(UNLISTED)] == "WindowCenterWidthExplanation" and "WindowCenter" not in ds:
            continue
        if tag is None or vr(tag) not in {"LO", "SH", "ST", "LT", "UT"} or (tag in ds and ds[tag].value):
            continue
        said = any_of(notes.speaker, str(vr(tag)), ("name", "id", "physician"))
        if said is not None:
            place = f"dcm:({tag >> 16:04X},{tag & 0xFFFF:04X})"
            ds.add_new(tag, str(vr(tag)), notes.said(said, "unlisted", place, hardness="unlisted"))

"""The modules that every object has, with typical attributes in them. Values are placeholders for markers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import generate_uid

if TYPE_CHECKING:
    from collections.abc import Mapping

DAY, TIME, MOMENT, NAME, TEXT = "20010203", "040506", "20010203040506", "Placeholder^P", "placeholder"


def new_uid(*about: str) -> str:
    """A placeholder UID that depends on its arguments alone."""
    return generate_uid(entropy_srcs=["corpus", *about])


def item(**values: object) -> Dataset:
    """A data set from keywords; lists of data sets become sequences."""
    ds = Dataset()
    for keyword, value in values.items():
        many = isinstance(value, list) and value and isinstance(value[0], Dataset)
        setattr(ds, keyword, Sequence(value) if many else value)
    return ds


def code(value: str, scheme: str, meaning: str) -> Dataset:
    """A code sequence item; a scheme that begins with 99 is local and gets markers."""
    return item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)


def person() -> Dataset:
    """Person Identification Macro, with institution, address and telephone."""
    return item(
        InstitutionName=TEXT, InstitutionAddress=TEXT, InstitutionalDepartmentName=TEXT,
        PersonIdentificationCodeSequence=[code("1", "99SITE", TEXT)],
        PersonAddress=TEXT, PersonTelephoneNumbers=[TEXT, TEXT],
    )  # fmt: skip


def referenced(sop_class: str, uid: str) -> Dataset:
    """SOP Instance Reference Macro."""
    return item(ReferencedSOPClassUID=sop_class, ReferencedSOPInstanceUID=uid)


def patient_and_study(ds: Dataset, subject: str, study: str = "study") -> None:
    """Patient, General Study and Patient Study modules."""
    ds.update(item(
        PatientName=NAME, PatientID=TEXT, IssuerOfPatientID=TEXT, PatientBirthDate="19440302",
        PatientBirthTime=TIME, PatientSex="F", OtherPatientNames=NAME, PatientAddress=TEXT,
        PatientMotherBirthName=NAME,
        PatientTelephoneNumbers=TEXT, EthnicGroup=TEXT, Occupation=TEXT, PatientComments=TEXT,
        AdditionalPatientHistory=TEXT, PatientAge="056Y", PatientSize="1.68", PatientWeight="71",
        OtherPatientIDsSequence=[item(PatientID=TEXT, IssuerOfPatientID=TEXT, TypeOfPatientID="TEXT")],
        ReferencedPatientSequence=[referenced("1.2.840.10008.3.1.2.1.1", new_uid(subject, "patient"))],
        StudyInstanceUID=new_uid(subject, study), StudyDate=DAY, StudyTime=TIME, StudyID="S1",
        AccessionNumber=TEXT, StudyDescription=TEXT, ReferringPhysicianName=NAME,
        ReferringPhysicianIdentificationSequence=[person()], PhysiciansOfRecord=[NAME, "Second^S"],
        NameOfPhysiciansReadingStudy=NAME, AdmittingDiagnosesDescription=TEXT,
        ProcedureCodeSequence=[code("CTHEAD", "99SITE", TEXT)],
        ReferencedStudySequence=[referenced("1.2.840.10008.3.1.2.3.1", new_uid(subject, "other study"))],
    ))  # fmt: skip


def series_and_equipment(ds: Dataset, subject: str, modality: str) -> None:
    """General Series, General Equipment and Frame of Reference modules."""
    ds.update(item(
        Modality=modality, SeriesInstanceUID=new_uid(subject, modality), SeriesNumber="7", SeriesDate=DAY,
        SeriesTime=TIME, SeriesDescription=TEXT, ProtocolName=TEXT, PerformingPhysicianName=NAME,
        OperatorsName=[NAME, "Second^S"], BodyPartExamined="HEAD",
        FrameOfReferenceUID=new_uid(subject, "frame"),
        PositionReferenceIndicator="", Manufacturer=TEXT, ManufacturerModelName=TEXT,
        SoftwareVersions=[TEXT, "V2"],
        InstitutionName=TEXT, InstitutionAddress=TEXT, StationName=TEXT, InstitutionalDepartmentName=TEXT,
        DeviceSerialNumber=TEXT, DeviceUID=new_uid(subject, "device"), DeviceID=TEXT,
        DateOfLastCalibration=DAY,
        TimeOfLastCalibration=TIME, DateOfManufacture=DAY,
        ReferencedPerformedProcedureStepSequence=[referenced("1.2.840.10008.3.1.2.3.3",
            new_uid(subject, "mpps"))],
        PerformedProcedureStepID=TEXT, PerformedProcedureStepDescription=TEXT,
        PerformedProcedureStepStartDate=DAY, PerformedProcedureStepStartTime=TIME,
        PerformedProtocolCodeSequence=[protocol_code()], RequestAttributesSequence=[request()],
    ))  # fmt: skip


def protocol_code() -> Dataset:
    """A protocol code with its Protocol Context, whose text no row of Table E.1-1 covers."""
    context = item(
        ValueType="TEXT", ConceptNameCodeSequence=[code("121106", "DCM", "Comment")], TextValue=TEXT,
        ContentItemModifierSequence=[item(
            ValueType="PNAME", ConceptNameCodeSequence=[code("121008", "DCM", "Person Observer Name")],
            PersonName=NAME,
        )],
    )  # fmt: skip
    protocol = code("P1", "99SITE", TEXT)
    protocol.ProtocolContextSequence = Sequence([context])
    return protocol


def request() -> Dataset:
    """An item of Request Attributes Sequence."""
    return item(
        RequestedProcedureID=TEXT, AccessionNumber=TEXT, StudyInstanceUID=new_uid("requested"),
        RequestedProcedureDescription=TEXT, ScheduledProcedureStepID=TEXT,
        ScheduledProcedureStepDescription=TEXT,
        ReasonForTheRequestedProcedure=TEXT, RequestedProcedureCodeSequence=[code("R1", "99SITE", TEXT)],
        IssuerOfAccessionNumberSequence=[item(
            LocalNamespaceEntityID=TEXT, UniversalEntityID=TEXT, UniversalEntityIDType="DNS")],
        ScheduledProtocolCodeSequence=[protocol_code()],
    )  # fmt: skip


def sop_common(ds: Dataset, sop_class: str, subject: str, instance: str) -> None:
    """SOP Common and General Acquisition, with contributing equipment and earlier values."""
    original = item(
        SourceOfPreviousValues=TEXT, AttributeModificationDateTime=MOMENT, ModifyingSystem=TEXT,
        ReasonForTheAttributeModification="COERCE",
        ModifiedAttributesSequence=[item(PatientName=NAME, PatientID=TEXT, AccessionNumber=TEXT)],
    )  # fmt: skip
    equipment = item(
        Manufacturer=TEXT, InstitutionName=TEXT, InstitutionAddress=TEXT, StationName=TEXT,
        DeviceSerialNumber=TEXT,
        OperatorsName=NAME, ContributionDateTime=MOMENT, ContributionDescription=TEXT,
        PurposeOfReferenceCodeSequence=[code("109101", "DCM", "Acquisition Equipment")],
    )  # fmt: skip
    ds.update(item(
        SpecificCharacterSet="ISO_IR 100", SOPClassUID=sop_class, SOPInstanceUID=new_uid(subject, instance),
        InstanceCreationDate=DAY, InstanceCreationTime=TIME, InstanceCreatorUID=new_uid(subject, "creator"),
        InstanceNumber="3", TimezoneOffsetFromUTC="+0200", ContributingEquipmentSequence=[equipment],
        OriginalAttributesSequence=[original], ContentDate=DAY, ContentTime=TIME,
    ))  # fmt: skip


def identified(
    ds: Dataset, subject: str, modality: str, *, instance: str = "1", more: Mapping[str, object] | None = None
) -> Dataset:
    """Give the object every common module; `more` sets further attributes."""
    patient_and_study(ds, subject)
    series_and_equipment(ds, subject, modality)
    ds.pop("Laterality", None)  # some samples have it beside the body part
    sop_common(ds, str(ds.SOPClassUID), subject, instance)
    for keyword, value in (more or {}).items():
        setattr(ds, keyword, value)
    return ds

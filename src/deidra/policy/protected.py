"""What no policy may release unchanged or may touch at all. Reviewed by hand; each group says why."""

from __future__ import annotations

# Keyword groups that `keep` is refused for. Names of persons (VR PN) and UIDs of instances are refused by
# their nature and need no list. (HIPAA 45 CFR 164.514(b)(2); PS3.15 Table E.1-1 retains none of these.)
DIRECT_IDENTIFIERS: dict[str, frozenset[str]] = {
    "it identifies the patient": frozenset(
        {
            "PatientID",
            "IssuerOfPatientID",
            "OtherPatientIDs",
            "OtherPatientIDsSequence",
            "MedicalRecordLocator",
            "InsurancePlanIdentification",
            "PatientInsurancePlanCodeSequence",
            "ReferencedPatientPhotoSequence",
            "BreedRegistrationNumber",
        }
    ),
    "it identifies a visit, an order or a specimen of the patient": frozenset(
        {
            "AccessionNumber",
            "AdmissionID",
            "ServiceEpisodeID",
            "PlacerOrderNumberImagingServiceRequest",
            "FillerOrderNumberImagingServiceRequest",
            "SpecimenAccessionNumber",
        }
    ),
    "no option of the standard retains dates of birth": frozenset(
        {
            "PatientBirthDate",
            "PatientBirthTime",
            "PatientBirthDateInAlternativeCalendar",
            "PatientDeathDateInAlternativeCalendar",
        }
    ),
    "it says where a person lives or can be reached": frozenset(
        {
            "PatientAddress",
            "PatientTelephoneNumbers",
            "PatientTelecomInformation",
            "PersonAddress",
            "PersonTelephoneNumbers",
            "PersonTelecomInformation",
            "ReferringPhysicianAddress",
            "ReferringPhysicianTelephoneNumbers",
            "OrderCallbackPhoneNumber",
            "OrderCallbackTelecomInformation",
            "AddressTrial",
            "TelephoneNumberTrial",
        }
    ),
    "it holds copies of original values": frozenset(
        {
            "OriginalAttributesSequence",
            "ModifiedAttributesSequence",
            "NonconformingModifiedAttributesSequence",
        }
    ),
    "nothing examines what is inside it yet": frozenset({"IconImageSequence", "EncapsulatedDocument"}),
}

# Attributes whose value Deidra writes itself, or without which the object cannot be read.
STRUCTURAL: dict[str, frozenset[str]] = {
    "Deidra writes it to say what was done": frozenset(
        {
            "PatientIdentityRemoved",
            "DeidentificationMethod",
            "DeidentificationMethodCodeSequence",
            "LongitudinalTemporalInformationModified",
        }
    ),
    "the object cannot be read without it": frozenset({"SOPClassUID", "SpecificCharacterSet"}),
}

# The identifiers of the object itself: mapped, never anything else (PS3.15 E.1.1 duty 5).
OWN_UIDS = frozenset({"SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID"})


def reason(keyword: str, groups: dict[str, frozenset[str]]) -> str | None:
    """Why a keyword stands in one of the groups, or None."""
    return next((why for why, keywords in groups.items() if keyword in keywords), None)

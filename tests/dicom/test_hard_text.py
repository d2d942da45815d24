"""Hard case 23: free text in structured places, known names in kept text, codes."""

from __future__ import annotations

import pytest
from pydicom.sequence import Sequence

from dicom.hard_objects import (
    ROOT,
    absent,
    code,
    element_bytes,
    encoded,
    image,
    item,
    raw,
    raw_item,
    run,
    with_raw,
)

NAME = b"HAVERSHAM"

# ------------------------------------------------------------------ 23 free text in structured places

DESCRIPTORS = [
    "StudyDescription",
    "SeriesDescription",
    "ProtocolName",
    "ImageComments",
    "RequestedProcedureDescription",
    "PerformedProcedureStepDescription",
    "DerivationDescription",
    "AdmittingDiagnosesDescription",
    "InstitutionName",
    "InstitutionAddress",
    "InstitutionalDepartmentName",
    "RequestingService",
    "CurrentPatientLocation",
    "ContentDescription",
    "DocumentTitle",
    "SegmentLabel",
    "SegmentDescription",
    "TrackingID",
    "BeamName",
    "SetupImageComment",
    "FixationDeviceLabel",
    "AlgorithmParameters",
    "FrameLabelVector",
    "InterventionDescription",
    "TextValue",
    "SOPAuthorizationComment",
    "HL7InstanceIdentifier",
    "BreedRegistrationNumber",
    "LocalNamespaceEntityID",
    "NTPSourceAddress",
    "AcquisitionProtocolName",
    "RouteOfAdmissions",
    "MaskOperationExplanation",
]


@pytest.mark.parametrize("keyword", DESCRIPTORS)
def test_free_text_goes_from_listed_and_unlisted_attributes(keyword: str) -> None:
    absent(run(image(**{keyword: "Smythson"})).data, b"Smythson")


KEPT = ("SoftwareVersions", "ConvolutionKernel", "ManufacturerModelName", "AlgorithmSource")


@pytest.mark.parametrize("keyword", KEPT)
@pytest.mark.parametrize(
    "text",
    [
        "zebrowski",
        "V1_ZEBROWSKI",
        "Ottilie",
        "MRN7654321",
        "ACC99817263",
        "haversham v2",
    ],
)
def test_known_names_and_numbers_go_from_text_that_is_kept(keyword: str, text: str) -> None:
    absent(run(image(**{keyword: text})).data, text.encode())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("7654321", id="digits of the Patient ID"),
        pytest.param("OttilieZ", id="given name with initial"),
        pytest.param("zebrowskio", id="name run together"),
    ],
)
def test_parts_and_runs_of_known_names_and_numbers_go_from_text_that_is_kept(text: str) -> None:
    absent(run(image(AlgorithmSource=text)).data, text.encode())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Smith-Jones^Anna", "Smith"),
        ("O'Brien^Niamh", "OBRIEN"),
        ("Müller^Jörg", "MUELLER"),
        ("Müller^Jörg", "Muller"),
        ("van der Berg^Jan", "vanderberg"),
        ("Li^Xiaoming", "LI XIAOMING"),
    ],
)
def test_other_spellings_of_a_name_go_from_text_that_is_kept(name: str, text: str) -> None:
    result = run(image(PatientName=name, AlgorithmSource=f"AB {text}"))
    absent(result.data, text.encode())


@pytest.mark.parametrize(
    "place",
    [
        {"OtherPatientIDsSequence": Sequence([item(PatientID="Smythson")])},
        {"ResponsiblePerson": "Smythson^A"},
    ],
    ids=lambda place: next(iter(place)),
)
def test_every_name_and_number_that_is_taken_out_is_known_in_the_text_that_stays(place: dict[str, object]) -> None:
    absent(run(image(AlgorithmSource="by Smythson", **place)).data, b"Smythson")


@pytest.mark.parametrize("tag", [0x00100040, 0x001021A0])
def test_an_enumerated_value_that_is_no_member_goes(tag: int) -> None:
    absent(run(with_raw(image(), raw(tag, "CS", b"SMYTHSON"))).data, b"SMYTHSON")


@pytest.mark.parametrize("identifier", ["12-345-678", "12.345.678", "0012345678"])
def test_a_number_is_known_in_its_digits_alone(identifier: str) -> None:
    absent(run(image(PatientID=identifier, AlgorithmSource="ref 12345678")).data, b"12345678")


def test_a_long_number_that_is_the_patient_id_goes_from_integers_too() -> None:
    absent(run(image(PatientID="4711081599", AcquisitionNumber="4711081599")).data, b"4711081599")


def test_names_in_coded_strings_go() -> None:
    result = run(image(ImageType=["ORIGINAL", "PRIMARY", "AXIAL", "ZEBROWSKI"], BodyPartExamined="HAVERSHAM"))
    absent(result.data, b"ZEBROWSKI", NAME)


def test_a_known_name_goes_from_coded_strings_also_when_it_is_a_word_of_dicom() -> None:
    result = run(image(PatientName="Miller^Rose", ImageType=["ORIGINAL", "PRIMARY", "AXIAL", "MILLER_ROSE"]))
    absent(result.data, b"MILLER")


def test_a_value_that_must_go_takes_its_neighbours_not_with_it_where_the_type_needs_them() -> None:
    result = run(image(ImageType=["ORIGINAL", "PRIMARY", "AXIAL", "ZEBROWSKI"]))
    assert list(result.ds.ImageType)[:2] == ["ORIGINAL", "PRIMARY"]


@pytest.mark.parametrize(
    ("value", "scheme", "meaning"),
    [
        ("SMYTHSON", "99HOSP", "x"),
        ("JS19500401", "L", "x"),
        ("1", "99HOSP", "Smythson protocol"),
        ("1", "99SMYTHSON", "x"),
    ],
)
def test_local_codes_name_nobody(value: str, scheme: str, meaning: str) -> None:
    result = run(image(ProcedureCodeSequence=code(value, scheme, meaning)))
    absent(result.data.upper(), b"SMYTHSON", b"JS19500401")


@pytest.mark.parametrize("meaning", ["Dr James Taylor", "St George Hospital Boston", "Lee, George; Miller"])
def test_a_local_code_meaning_of_everyday_names_is_no_terminology(meaning: str) -> None:
    absent(run(image(ProcedureCodeSequence=code("1", "99HOSP", meaning))).data, meaning.encode())


@pytest.mark.parametrize(
    ("value", "scheme", "meaning"),
    [
        ("77477000", "SCT", "Computed tomography"),
        ("113076", "DCM", "Segmentation"),
        ("RPID24", "RADLEX", "CT HEAD"),
        ("72191-1", "LN", "Chest CT"),
        ("T-D1100", "SRT", "Head"),
        ("10200004", "SCT", "Liver"),
    ],
)
def test_codes_of_public_schemes_stay_byte_for_byte(value: str, scheme: str, meaning: str) -> None:
    ds = image(ProcedureCodeSequence=code(value, scheme, meaning), AnatomicRegionSequence=code(value, scheme, meaning))
    before, result = encoded(ds), run(ds)
    for tag in (0x00081032, 0x00082218):
        element = element_bytes(result.data, tag)
        assert element is not None
        assert element in before


@pytest.mark.parametrize(
    "unit",
    [
        "mm",
        "mm2",
        "%",
        "1",
        "ml/100ml/s",
        "um2/s",
        "g/ml{SUVbw}",
        "{SUVbw}g/ml",
        "[hnsf'U]",
        "10*-3",
        "{counts}/s",
        "Bq/ml",
        "uV",
    ],
)
def test_units_stay_byte_for_byte(unit: str) -> None:
    element = raw(0x004008EA, "SQ", raw_item(raw(0x00080100, "SH", unit.encode()) + raw(0x00080102, "SH", b"UCUM")))
    assert element_bytes(run(with_raw(image(), element)).data, 0x004008EA) == element


@pytest.mark.parametrize(
    ("value", "scheme", "meaning"),
    [
        ("mm", "UCUM", "millimeter"),
        ("121311", "DCM", "Localizer"),
        ("T-D1100", "SRT", "Head"),
    ],
)
def test_published_meanings_of_published_codes_stay(value: str, scheme: str, meaning: str) -> None:
    kept = run(image(ProcedureCodeSequence=code(value, scheme, meaning))).ds.ProcedureCodeSequence[0]
    assert kept.CodeMeaning == meaning


def test_the_register_of_coding_schemes_does_not_name_the_hospital() -> None:
    local = item(CodingSchemeDesignator="99STMARY", CodingSchemeUID=f"{ROOT}.55", CodingSchemeName="Smythson codes")
    local.CodingSchemeResponsibleOrganization = "Smythson Memorial Hospital"
    public = item(CodingSchemeDesignator="SCT", CodingSchemeUID="2.16.840.1.113883.6.96")
    result = run(image(CodingSchemeIdentificationSequence=Sequence([local, public])))
    absent(result.data, b"Smythson")
    assert result.ds.CodingSchemeIdentificationSequence[-1].CodingSchemeUID == "2.16.840.1.113883.6.96"


@pytest.mark.parametrize("keyword", ["PixelSpacingCalibrationDescription", "FiducialIdentifier", "TextureLabel"])
def test_what_a_user_types_about_a_measurement_is_free_text(keyword: str) -> None:
    absent(run(image(**{keyword: "by Smythson"})).data, b"Smythson")

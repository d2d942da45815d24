"""Private elements declared safe, options in combination, claims, and what the record says."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from deidra.errors import PolicyError
from deidra.model import Action
from dicom.hard_objects import (
    BASIC,
    FRAME,
    INSTANCE,
    RESEARCH,
    ROOT,
    SERIES,
    STUDY,
    absent,
    element_bytes,
    file_bytes,
    image,
    item,
    mapped,
    raw,
    raw_item,
    reference,
    refused,
    run,
    run_all,
    shift_days,
    shifted,
    who,
    with_raw,
)

# ------------------------------------------------------------------ private elements


def declared(*elements: bytes, creator: bytes = b"ACME 1.1", status: bytes = b"SAFE", more: bytes = b"") -> bytes:
    entry = raw(0x00080301, "US", b"\x55\0") + raw(0x00080302, "LO", creator) + raw(0x00080303, "CS", status) + more
    characteristics = raw(0x00080300, "SQ", raw_item(entry))
    return with_raw(image(), characteristics, raw(0x00550010, "LO", creator), *elements)


def test_a_block_that_the_object_declares_safe_stays() -> None:
    number, text = raw(0x00551001, "DS", b"1.25"), raw(0x00551002, "LO", b"mode 7")
    result = run(declared(number, text))
    assert element_bytes(result.data, 0x00551001) == number
    assert element_bytes(result.data, 0x00551002) == text
    assert 0x00551001 not in run(declared(number), BASIC).ds


def test_in_a_mixed_block_the_elements_declared_safe_stay_also_beside_those_with_an_action() -> None:
    actions = raw(0x00080306, "US", b"\x02\0") + raw(0x00080307, "CS", b"X ")
    more = raw(0x00080304, "US", b"\x01\0") + raw(0x00080305, "SQ", raw_item(actions))
    number = raw(0x00551001, "DS", b"1.25")
    result = run(declared(number, raw(0x00551002, "LO", b"Smythson"), status=b"MIXED ", more=more))
    absent(result.data, b"Smythson")
    assert element_bytes(result.data, 0x00551001) == number


def test_names_and_dates_in_a_block_declared_safe_are_still_looked_at() -> None:
    elements = [
        raw(0x00551001, "PN", b"Smythson^A"),
        raw(0x00551002, "LO", b"Zebrowski was here"),
        raw(0x00551003, "DA", b"20210312"),
        raw(0x00551004, "OB", b"Smythson"),
        raw(0x00551005, "UN", b"Smythson"),
        raw(0x00551006, "UI", STUDY.encode()),
    ]
    result = run(declared(*elements))
    absent(result.data, b"Smythson", b"Zebrowski", b"20210312", STUDY.encode())
    assert result.ds[0x00551003].value == shifted("20210312")
    assert result.ds[0x00551006].value == mapped(STUDY)


def test_a_creator_that_holds_a_known_name_does_not_stay() -> None:
    absent(run(declared(raw(0x00551001, "DS", b"1.25"), creator=b"ZEBROWSKI OTTILIE 1")).data, b"ZEBROWSKI")


@pytest.mark.parametrize("policy", [BASIC, RESEARCH])
@pytest.mark.parametrize("kind", ["unlisted", "declared", "nested"])
def test_no_edit_quotes_a_creator_that_nobody_knows(kind: str, policy: str) -> None:
    creator, element = raw(0x00550010, "LO", b"SMYTHSON WARD 7"), raw(0x00551001, "DS", b"1.25")
    sources = {
        "unlisted": with_raw(image(), creator, element),
        "declared": declared(element, creator=b"SMYTHSON WARD 7"),
        "nested": with_raw(image(), raw(0x00540016, "SQ", raw_item(creator + element))),
    }
    result = run(sources[kind], policy)
    assert "SMYTHSON" not in repr(result.outcome)


def test_a_keep_override_for_a_private_element_keeps_it_and_its_creator() -> None:
    number = raw(0x00551001, "DS", b"1.25")
    source = with_raw(image(), raw(0x00550010, "LO", b"ACME 1.1"), number, raw(0x00551002, "LO", b"Smythson"))
    result = run(source, RESEARCH, 'attributes.(0055,"ACME 1.1",01)=keep')
    assert element_bytes(result.data, 0x00551001) == number
    absent(result.data, b"Smythson")


# ------------------------------------------------------------------ options and claims


def claims(ds: Dataset) -> set[str]:
    return {entry.CodeValue for entry in ds.DeidentificationMethodCodeSequence}


@pytest.mark.parametrize(
    ("options", "codes", "temporal"),
    [
        ("", {"113100"}, "REMOVED"),
        ("full-dates", {"113100", "113106"}, "UNMODIFIED"),
        ("modified-dates", {"113100", "113107"}, "MODIFIED"),
        ("institution-identity", {"113100", "113112"}, "REMOVED"),
        ("uids", {"113100", "113110"}, "REMOVED"),
        ("device-identity,full-dates", {"113100", "113106", "113109"}, "UNMODIFIED"),
    ],
)
def test_the_codes_say_what_was_done(options: str, codes: set[str], temporal: str) -> None:
    result = run(image(), BASIC, f"options=[{options}]")
    assert claims(result.ds) == codes
    assert result.ds.LongitudinalTemporalInformationModified == temporal
    assert result.ds.PatientIdentityRemoved == "YES"
    assert all(len(text) <= 64 for text in result.ds.DeidentificationMethod)


def test_full_dates_stay_byte_for_byte_and_the_birth_date_does_not() -> None:
    ds = image(AcquisitionDateTime="20210312101112.5", DateOfLastCalibration="20210101")
    before, result = file_bytes(ds), run(ds, BASIC, "options=[full-dates]")
    for tag in (0x00080020, 0x00080021, 0x00080022, 0x0008002A, 0x00080030, 0x00181200):
        assert element_bytes(result.data, tag) == element_bytes(before, tag)
    assert result.ds.PatientBirthDate == ""


def test_retained_uids_stay_everywhere_also_inside_text_and_unlisted_attributes() -> None:
    ds = image(AlgorithmSource=f"from {SERIES}", TargetFrameOfReferenceUID=FRAME)
    ds.SourceImageSequence = Sequence([reference(uid=f"{ROOT}.70")])
    result = run(ds, BASIC, "options=[uids]")
    assert result.ds.SOPInstanceUID == INSTANCE
    assert result.ds.file_meta.MediaStorageSOPInstanceUID == INSTANCE
    assert result.ds.StudyInstanceUID == STUDY
    assert result.ds.TargetFrameOfReferenceUID == FRAME
    assert result.ds.SourceImageSequence[0].ReferencedSOPInstanceUID == f"{ROOT}.70"
    assert result.ds.AlgorithmSource == f"from {SERIES}"


def test_digital_signature_uids_and_report_uids_are_mapped_even_when_uids_are_retained() -> None:
    result = run(image(UID=f"{ROOT}.71"), BASIC, "options=[uids]")
    absent(result.data, f"{ROOT}.71".encode())


def test_institution_identity_keeps_the_institution_and_nothing_of_the_people() -> None:
    ds = image(InstitutionName="Saint Mary", InstitutionAddress="1 Road", InstitutionalDepartmentName="Radiology")
    ds.OperatorsName = "Smythson^A"
    result = run(ds, BASIC, "options=[institution-identity]")
    assert result.ds.InstitutionName == "Saint Mary"
    assert result.ds.InstitutionAddress == "1 Road"
    absent(result.data, b"Smythson")


def test_without_options_no_date_time_or_characteristic_stays() -> None:
    ds = image(PatientSize="1.62", PatientWeight="61.5", DeviceSerialNumber="66063", StationName="CTAWP1")
    result = run(ds, BASIC)
    absent(result.data, b"20210312", b"101112", b"1.62", b"66063", b"CTAWP1")
    assert [e.keyword for e in result.ds if e.VR in ("DA", "TM", "DT") and e.value] == []


def test_two_options_that_contradict_each_other_need_a_winner() -> None:
    with pytest.raises(PolicyError, match="device-identity/modified-dates"):
        run(image(), BASIC, "options=[device-identity,modified-dates]")


@pytest.mark.parametrize(
    "keyword",
    [
        "DateOfLastCalibration",
        "DateTimeOfLastCalibration",
        "CalibrationDateTime",
        "DateOfManufacture",
        "DateOfInstallation",
        "DateOfLastDetectorCalibration",
        "BeamHoldTransitionDateTime",
    ],
)
def test_the_winner_that_the_preset_states_is_what_happens_and_the_method_says_so(keyword: str) -> None:
    result = run(image(**{keyword: "20210312"}))
    assert str(result.ds.get(keyword, "19000101")).startswith("19000101")
    assert any("conflict" in text for text in result.ds.DeidentificationMethod)
    kept = run(image(**{keyword: "20210312"}), RESEARCH, "conflicts.device-identity/modified-dates=keep")
    assert str(kept.ds.get(keyword, "20210312")) == "20210312"


@pytest.mark.parametrize("edition", ["2023b", "2025e", "2026c"])
def test_older_editions_protect_what_newer_ones_list(edition: str) -> None:
    ds = image(ClinicalTrialSponsorName="x", ClinicalTrialProtocolID="y", IssuerOfClinicalTrialSiteID="Smythson")
    ds.OtherPatientNames, ds.SecondaryCaptureDeviceID = "Smythson^A", "Smythson"
    for policy in (BASIC, RESEARCH):
        result = run(ds, policy, f"edition={edition}")
        if policy == BASIC:
            absent(result.data, b"Smythson")
        assert result.ds.PatientID == who().subject("id\x1fMRN7654321\x1f").pseudonym
        assert any(edition in text for text in result.ds.DeidentificationMethod)


def test_a_keep_that_departs_from_the_profile_withdraws_its_code() -> None:
    result = run(image(StudyDescription="CT Thorax"), BASIC, "attributes.StudyDescription=keep")
    assert result.ds.StudyDescription == "CT Thorax"
    assert "113100" not in claims(result.ds)


def test_a_keep_of_free_text_does_not_pass_a_known_name() -> None:
    result = run(image(StudyDescription="CT Thorax Zebrowski"), RESEARCH, "attributes.StudyDescription=keep")
    absent(result.data, b"Zebrowski")


# ------------------------------------------------------------------ the record


def test_no_part_of_an_outcome_quotes_an_original_value() -> None:
    ds = image(ProtocolName="Smythson", StudyDescription="Smythson")
    ds.RequestAttributesSequence = Sequence([item(RequestedProcedureID="Smythson")])
    text = repr(run(ds).outcome)
    for secret in (
        "Smythson",
        "Zebrowski",
        "MRN7654321",
        "ACC99817263",
        "20210312",
        STUDY,
        INSTANCE,
        str(shift_days()),
    ):
        assert secret not in text


def test_a_modality_that_is_none_is_not_quoted_in_the_facts() -> None:
    (outcome,), _ = run_all([with_raw(image(), raw(0x00080060, "CS", b"ZEBROWSKI "))])
    assert "ZEBROWSKI" not in repr(outcome)
    (outcome,), _ = run_all([with_raw(image(), raw(0x00080060, "CS", b"Smythson, ward 7"))])
    assert "Smythson" not in repr(outcome)


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(raw(0x00324000, "LT", b"Smythson", length=4000), id="truncated"),
        pytest.param(b"\x32\x00\x00\x40??\x08\x00Smythson", id="no VR"),
        pytest.param(raw(0x00081032, "SQ", b"Smythson"), id="no items"),
        pytest.param(raw(0x00080016, "UI", b"1.2.826.0.1.4711"), id="private SOP class"),
        pytest.param(raw(0x00080005, "CS", b"SMYTHSON"), id="character set"),
    ],
)
def test_reasons_quote_no_value(broken: bytes) -> None:
    outcome = refused(with_raw(image(), broken))
    text = repr(outcome)
    assert "Smythson" not in text
    assert "SMYTHSON" not in text
    assert "4711" not in text
    assert outcome.reasons[0].code


def test_every_change_has_an_edit_and_every_edit_a_source() -> None:
    ds = image(ProtocolName="Smythson", StationName="A")
    result = run(ds)
    touched = {edit.locator for edit in result.outcome.edits}
    before = file_bytes(ds)
    for element in ds:
        tag = int(element.tag)
        if element_bytes(result.data, tag) != element_bytes(before, tag):
            assert f"dcm:({tag >> 16:04X},{tag & 0xFFFF:04X})" in touched
    assert all(edit.rule and edit.source for edit in result.outcome.edits)
    kinds = {edit.action for edit in result.outcome.edits}
    assert {Action.REMOVE, Action.DATE, Action.UID, Action.ID, Action.REWRITE} <= kinds

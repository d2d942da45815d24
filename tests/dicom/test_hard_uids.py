"""Hard cases 10, 11 and 25: UIDs that stay, UIDs in odd places, references, subjects and runs."""

from __future__ import annotations

import pytest
from pydicom.sequence import Sequence

from dicom.hard_objects import (
    BASIC,
    INSTANCE,
    ROOT,
    SERIES,
    STUDY,
    absent,
    code,
    document,
    image,
    item,
    mapped,
    raw,
    raw_item,
    read,
    refused,
    run,
    run_all,
    with_raw,
)

NAME = b"Haversham"

# ------------------------------------------------------------------ 10 UIDs that must not change

STANDING = {
    0x00081150: "1.2.840.10008.5.1.4.1.1.4",
    0x0008010C: "2.16.840.1.113883.6.96",
    0x00080117: "1.2.840.10008.6.1.1",
    0x00080118: "1.2.840.10008.8.1.1",
}


@pytest.mark.parametrize("tag", STANDING, ids=lambda tag: f"{tag:08X}")
def test_uids_of_classes_schemes_groups_and_mapping_resources_stay(tag: int) -> None:
    element = raw(tag, "UI", STANDING[tag].encode())
    result = run(with_raw(image(), raw(0x00081032, "SQ", raw_item(element))))
    assert element in result.data


@pytest.mark.parametrize(
    "uid",
    [
        "1.2.840.10008.1.4.1.1",  # Talairach brain atlas frame of reference
        "1.2.840.10008.1.4.1.15",
        "1.2.840.10008.15.1.1",  # UTC synchronization frame of reference
    ],
)
def test_well_known_frames_of_reference_stay(uid: str) -> None:
    result = run(image(FrameOfReferenceUID=uid, SynchronizationFrameOfReferenceUID=uid))
    assert result.ds.FrameOfReferenceUID == uid
    assert result.ds.SynchronizationFrameOfReferenceUID == uid


def test_a_well_known_colour_palette_stays() -> None:
    assert (
        run(image(PaletteColorLookupTableUID="1.2.840.10008.1.5.1")).ds.PaletteColorLookupTableUID
        == "1.2.840.10008.1.5.1"
    )


# ------------------------------------------------------------------ 11 UIDs in other places

UNLISTED = {
    "TargetFrameOfReferenceUID": f"{ROOT}.11",
    "SOPInstanceUIDOfConcatenationSource": f"{ROOT}.12",
    "MultiFrameSourceSOPInstanceUID": f"{ROOT}.13",
    "VolumeFrameOfReferenceUID": f"{ROOT}.14",
    "TableFrameOfReferenceUID": f"{ROOT}.15",
    "EquipmentFrameOfReferenceUID": f"{ROOT}.16",
    "RadiopharmaceuticalAdministrationEventUID": f"{ROOT}.17",
    "CreatorVersionUID": f"{ROOT}.18",
    "RetrieveLocationUID": f"{ROOT}.19",
    "SelectorUIValue": f"{ROOT}.20",
    "ReferencedColorPaletteInstanceUID": f"{ROOT}.21",
    "ModelGroupUID": f"{ROOT}.22",
    "UID": f"{ROOT}.23",
}


@pytest.mark.parametrize("keyword", UNLISTED)
def test_instance_uids_that_the_table_forgets_are_mapped_like_the_others(keyword: str) -> None:
    result = run(image(**{keyword: UNLISTED[keyword]}))
    assert result.ds[keyword].value == mapped(UNLISTED[keyword])
    absent(result.data, ROOT.encode())


def test_padding_makes_no_difference_to_a_uid() -> None:
    one = run(with_raw(image(), raw(0x00081155, "UI", STUDY.encode() + b"\0")))
    other = run(with_raw(image(), raw(0x00081155, "UI", STUDY.encode() + b" ")))
    third = run(with_raw(image(), raw(0x00081155, "UN", STUDY.encode())))
    for result in (one, other, third):
        value = result.ds[0x00081155].value
        text = value.decode() if isinstance(value, bytes) else str(value)
        assert text.rstrip("\0 ") == mapped(STUDY) == result.ds.StudyInstanceUID


@pytest.mark.parametrize(
    "uid",
    [f"{ROOT}.31", "2.25.329800735698586629295641978511506172918", "1.3.12.2.1107.5.2"],
    ids=["registered root", "from a UUID", "six components"],
)
@pytest.mark.parametrize("text", ["made from {}", "{}", "see {}.", "({})", "uid:{};v1"])
def test_instance_uids_inside_kept_text_are_mapped(uid: str, text: str) -> None:
    result = run(image(AlgorithmSource=text.format(uid)))
    absent(result.data, uid.encode())


def test_private_uids_that_stay_are_mapped_with_the_same_function() -> None:
    ds = document("1.2.840.10008.5.1.4.1.1.1.2", "MG")
    elements = raw(0x00450010, "LO", b"GEMS_SENO_02"), raw(0x00451051, "UI", SERIES.encode())
    result = run(with_raw(ds, *elements))
    assert result.ds[0x00451051].value == mapped(SERIES) == result.ds.SeriesInstanceUID


def test_addresses_that_carry_uids_go() -> None:
    url = f"https://pacs.haversham.example/wado?studyUID={STUDY}"
    result = run(image(RetrieveURL=url, RetrieveURI=url, PixelDataProviderURL=url))
    absent(result.data, STUDY.encode())
    absent(result.data, NAME.lower())


# ------------------------------------------------------------------ 25 runs and subjects


def test_two_issuers_of_the_same_number_are_two_subjects() -> None:
    one, other = image(IssuerOfPatientID="A"), image(IssuerOfPatientID="B")
    assert run(one).ds.PatientID != run(other).ds.PatientID


def test_objects_that_were_de_identified_before_are_processed_and_their_methods_added_to() -> None:
    ds = image(PatientIdentityRemoved="YES", DeidentificationMethod=["Earlier tool", "Hand"])
    ds.DeidentificationMethodCodeSequence = code("113100", "DCM", "Basic Application Confidentiality Profile")
    result = run(ds)
    methods = list(result.ds.DeidentificationMethod)
    assert methods[:2] == ["Earlier tool", "Hand"]
    assert len(methods) > 4
    values = [entry.CodeValue for entry in result.ds.DeidentificationMethodCodeSequence]
    assert sorted(set(values)) == sorted(values)
    absent(result.data, b"MRN7654321")


def test_an_earlier_method_text_is_no_way_out_for_a_name() -> None:
    ds = image(PatientIdentityRemoved="YES", DeidentificationMethod="Zebrowski made anonymous for MRN7654321")
    absent(run(ds).data, b"Zebrowski", b"MRN7654321")


def test_running_on_its_own_output_changes_no_reference_of_the_series() -> None:
    first = run(image())
    again = run(first.data)
    assert again.ds.PixelData == first.ds.PixelData
    assert again.ds.SOPInstanceUID == mapped(str(first.ds.SOPInstanceUID))
    assert [e.Manufacturer for e in again.ds.ContributingEquipmentSequence].count("Deidra") >= 1


def test_templates_of_a_series_give_the_same_bytes_as_each_object_alone() -> None:
    sources = []
    for number in range(6):
        ds = image(SOPInstanceUID=f"{INSTANCE}.{number}", InstanceNumber=number, PixelData=bytes([number]) * 32)
        ds.ImagePositionPatient = [0, 0, number]
        ds.WindowCenterWidthExplanation = ["NORMAL", "Zebrowski", "BONE", "x", "Haversham", "y"][number]
        ds.StackID, ds.AcquisitionTime = str(number), f"10111{number}"
        ds.ProcedureCodeSequence = code("1", "99X", ["Head", "Smythson", "Chest", "Lung", "Q. Z.", "Liver"][number])
        sources.append(ds)
    together = run_all(list(sources))[1]
    assert together == [run_all([source])[1][0] for source in sources]
    assert all(read(data) for data in together)


# ------------------------------------------------------------------ UIDs of the object itself


def test_an_empty_sop_instance_uid_holds_the_object() -> None:
    for value in (b"", b"\0\0", b"  "):
        assert refused(with_raw(image(), raw(0x00080018, "UI", value))).reasons[0].code == "uid-missing"


@pytest.mark.parametrize("uid", ["1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.1"])
def test_an_object_that_calls_itself_like_a_class_gets_a_uid_of_its_own(uid: str) -> None:
    (outcome,), _ = run_all([image(SOPInstanceUID=uid)])
    assert uid not in outcome.output


@pytest.mark.parametrize("uid", ["..", ".", "1..2", ".1"])
def test_retained_uids_that_are_none_never_shape_the_output_path(uid: str) -> None:
    for tags in ((0x0020000D,), (0x0020000E,), (0x00080018,), (0x0020000D, 0x0020000E)):
        source = with_raw(image(), *(raw(tag, "UI", uid.encode()) for tag in tags))
        (outcome,), _ = run_all([source], BASIC, ("options=[uids]",))
        parts = outcome.output.removesuffix(".dcm").split("/")
        assert uid not in parts


def test_two_objects_whose_uids_cannot_stay_do_not_become_one() -> None:
    sources = [with_raw(image(), raw(0x00080018, "UI", uid)) for uid in (b"1.2.3-A", b"1.2.3-B")]
    outcomes, files = run_all(sources, BASIC, ("options=[uids]",))
    released = [outcome.output for outcome in outcomes if outcome.status == "released"]
    assert len(set(released)) == len(released)
    absent(b"".join(files), b"1.2.3-")


def test_one_object_given_twice_does_not_stop_the_others() -> None:
    outcomes, _ = run_all([image(), image(), image(SOPInstanceUID=f"{INSTANCE}.2")])
    assert outcomes[2].status == "released"


@pytest.mark.parametrize("policy", [(BASIC,), (BASIC, "options=[uids]")])
def test_two_values_in_a_sop_instance_uid_do_not_make_a_file_name(policy: tuple[str, ...]) -> None:
    (outcome,), _ = run_all([with_raw(image(), raw(0x00080018, "UI", b"1.2.3\\1.2.4"))], policy[0], policy[1:])
    assert "\\" not in outcome.output


def test_a_reference_that_must_stand_is_mapped_and_no_dummy_that_leads_nowhere() -> None:
    mammogram = image("1.2.840.10008.5.1.4.1.1.1.2", Modality="MG")
    step = item(ReferencedSOPClassUID="1.2.840.10008.3.1.2.3.3", ReferencedSOPInstanceUID=f"{ROOT}.77")
    mammogram.ReferencedPerformedProcedureStepSequence = Sequence([step])
    (kept,) = run(mammogram, BASIC).ds.ReferencedPerformedProcedureStepSequence
    assert kept.ReferencedSOPClassUID == "1.2.840.10008.3.1.2.3.3"
    assert kept.ReferencedSOPInstanceUID == mapped(f"{ROOT}.77")

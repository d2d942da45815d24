"""The walk that puts originals back: in every encoding, at every depth, and over whatever else comes."""

from __future__ import annotations

import contextlib
import io
import random
from typing import TYPE_CHECKING

import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from deidra.dicom.claims import Reference, claims
from deidra.dicom.deidentify import open_normalised
from deidra.dicom.reader import BytesReader
from deidra.dicom.restore import PATIENT_NAME, Original, restored
from deidra.errors import ObjectError

if TYPE_CHECKING:
    from deidra.dicom.source import Source

NEW, OLD = "2.25.111222333444555666777888999000111", "1.2.3.4.5.6.7.8.9"
STUDY, SERIES = "2.25.222222333444555666777888999000222", "2.25.333222333444555666777888999000333"
ORIGINAL = Original(
    uids={NEW: OLD, STUDY: "1.2.3.100", SERIES: "1.2.3.200"},
    pseudonym="QQWWEE112233X",
    patient_id="MRN1",
    patient_name="Original^Name",
    attributes={PATIENT_NAME: "Original^Name", 0x00100020: "MRN1", 0x00100021: None, 0x00100040: ""},
    shift_days=100,
    last_day="20190101",
)


def _object(syntax: str) -> bytes:
    """A CT that names ours at several depths, with items of defined and undefined length."""
    made = pydicom.dcmread(str(get_testdata_file("CT_small.dcm")))
    made.remove_private_tags()
    made.PatientID = made.PatientName = ORIGINAL.pseudonym
    made.IssuerOfPatientID, made.PatientIdentityRemoved = "CLOUD", "YES"
    made.StudyInstanceUID, made.SeriesInstanceUID = STUDY, SERIES
    made.AcquisitionDate, made.AcquisitionDateTime, made.ContentDate = "20181231", "20181231235959.5+0100", "20261101"
    made.ImageComments = f"like {NEW}, not {NEW}9"
    inner, outer = Dataset(), Dataset()
    inner.ReferencedSOPClassUID, inner.ReferencedSOPInstanceUID = made.SOPClassUID, NEW
    inner.is_undefined_length_sequence_item = True
    outer.SeriesInstanceUID, outer.ReferencedInstanceSequence = SERIES, [inner]
    outer.PatientID = ORIGINAL.pseudonym
    made.ReferencedSeriesSequence = [outer]
    made.IrradiationEventUID = ["1.2.3", NEW]
    made.file_meta.TransferSyntaxUID = syntax
    made.PixelData = bytes(len(made.PixelData))  # the same in either byte order
    buffer = io.BytesIO()
    implicit, little = syntax == ImplicitVRLittleEndian, syntax != ExplicitVRBigEndian
    pydicom.dcmwrite(buffer, made, implicit_vr=implicit, little_endian=little, force_encoding=True)
    return buffer.getvalue()


def _source(data: bytes) -> Source:
    return open_normalised(BytesReader(data))


def _written(data: bytes) -> bytes:
    back = restored(_source(data), ORIGINAL)
    parts = [back.reader.read_at(*piece) if isinstance(piece, tuple) else bytes(piece) for piece in back.pieces]  # type: ignore[arg-type]
    return b"".join(parts)


SYNTAXES = (ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_everything_of_ours_goes_back_at_every_depth(syntax: str) -> None:
    data = _object(syntax)
    before, back = pydicom.dcmread(io.BytesIO(data)), pydicom.dcmread(io.BytesIO(_written(data)))
    assert (back.PatientName, back.PatientID, back.PatientSex) == ("Original^Name", "MRN1", "")
    assert "IssuerOfPatientID" not in back
    assert "PatientIdentityRemoved" not in back
    assert (back.StudyInstanceUID, back.SeriesInstanceUID) == ("1.2.3.100", "1.2.3.200")
    (outer,) = back.ReferencedSeriesSequence
    assert (outer.SeriesInstanceUID, outer.PatientID) == ("1.2.3.200", "MRN1")
    assert outer.ReferencedInstanceSequence[0].ReferencedSOPInstanceUID == OLD
    assert list(back.IrradiationEventUID) == ["1.2.3", OLD]
    assert back.ImageComments == f"like {OLD}, not {NEW}9"
    assert (back.AcquisitionDate, back.AcquisitionDateTime) == ("20190410", "20190410235959.5+0100")
    assert back.ContentDate == "20261101"
    assert back.SOPInstanceUID == before.SOPInstanceUID == back.file_meta.MediaStorageSOPInstanceUID
    assert back.PixelData == before.PixelData


def test_what_an_object_names_is_told_with_its_place() -> None:
    said = claims(_source(_object(ExplicitVRLittleEndian)))
    assert said.references == {Reference(NEW, SERIES, "")}
    assert said.groups == {SERIES}
    assert {NEW, STUDY, SERIES, f"{NEW}9"} <= said.uids
    assert (said.patient_id, said.study_uid) == (ORIGINAL.pseudonym, STUDY)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_an_object_without_anything_of_ours_stays_as_it_is_but_for_the_patient(syntax: str) -> None:
    data = _object(syntax)
    nothing = Original({}, "NOBODY99", "", "", {}, 0, "")
    back = restored(_source(data), nothing)
    assert (back.uids, back.dates) == (0, 0)


def test_damaged_objects_are_refused_or_restored_but_never_a_surprise() -> None:
    chance = random.Random(4711)
    for syntax in SYNTAXES:
        whole = _object(syntax)
        for _ in range(150):
            data = bytearray(whole)
            for _ in range(chance.randint(1, 4)):
                data[chance.randrange(132, 4000)] = chance.randrange(256)
            cut = bytes(data[: chance.randrange(200, len(data))]) if chance.random() < 0.2 else bytes(data)
            for work in (lambda one: claims(_source(one)), _written):
                with contextlib.suppress(ObjectError):
                    work(cut)

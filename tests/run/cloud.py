"""A cloud algorithm: what comes back of de-identified images, made with highdicom and pydicom."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import highdicom as hd
import numpy as np
import pydicom
from highdicom.sr.coding import CodedConcept
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

if TYPE_CHECKING:
    from pathlib import Path

SLICES = 3
PEOPLE = (
    ("NEEDLE77", "Needle^Anna=針^アンナ", "19600102", "F", "ACC77"),
    ("NEEDLE88", "Needle^Bert", "19710203", "M", "ACC88"),
)
_MAKER = {
    "manufacturer": "Cloud",
    "manufacturer_model_name": "Finder",
    "software_versions": "1",
    "device_serial_number": "1",
}
RTSTRUCT = "1.2.840.10008.5.1.4.1.1.481.3"
_CT = "1.2.840.10008.5.1.4.1.1.2"


def source(folder: Path) -> list[Dataset]:
    """A CT series of each of two people, written below `folder`."""
    made = []
    template = pydicom.dcmread(str(get_testdata_file("CT_small.dcm")))
    template.remove_private_tags()
    template.SpecificCharacterSet = "ISO_IR 192"
    for person, (patient_id, name, born, sex, accession) in enumerate(PEOPLE, start=1):
        root = f"1.2.999.{person}"
        (folder / str(person)).mkdir(parents=True)
        for number in range(1, SLICES + 1):
            image = pydicom.dcmread(str(get_testdata_file("CT_small.dcm")))
            image.remove_private_tags()
            image.SpecificCharacterSet = "ISO_IR 192"
            image.PatientID, image.PatientName, image.PatientBirthDate, image.PatientSex = patient_id, name, born, sex
            image.IssuerOfPatientID, image.AccessionNumber, image.StudyID = "HOSPITAL", accession, f"S{person}"
            image.ReferringPhysicianName, image.StudyDescription = "Referrer^Rita", "CT of the chest"
            image.StudyDate = image.SeriesDate = image.AcquisitionDate = image.ContentDate = "20190405"
            image.AcquisitionDateTime = f"201904051011{number:02}.5"
            image.StudyInstanceUID, image.SeriesInstanceUID = f"{root}.1", f"{root}.1.1"
            image.FrameOfReferenceUID = f"{root}.1.9"
            image.SOPInstanceUID = image.file_meta.MediaStorageSOPInstanceUID = f"{root}.1.1.{number}"
            image.InstanceNumber, image.ImagePositionPatient = number, [0, 0, number * 5.0]
            image.ImageOrientationPatient, image.SliceThickness = [1, 0, 0, 0, 1, 0], 5
            image.save_as(folder / str(person) / f"{number}.dcm", enforce_file_format=True)
            made.append(image)
    return made


def released(out: Path) -> dict[str, list[Dataset]]:
    """Released images by pseudonym, in slice order."""
    found: dict[str, list[Dataset]] = {}
    for image in map(pydicom.dcmread, out.rglob("*.dcm")):
        found.setdefault(image.PatientID, []).append(image)
    return {name: sorted(images, key=lambda image: image.InstanceNumber) for name, images in sorted(found.items())}


def segmentation(images: list[Dataset]) -> Dataset:
    """One segment that is on every slice."""
    description = hd.seg.SegmentDescription(
        segment_number=1,
        segment_label="finding",
        segmented_property_category=CodedConcept("49755003", "SCT", "Morphologically Abnormal Structure"),
        segmented_property_type=CodedConcept("108369006", "SCT", "Neoplasm"),
        algorithm_type=hd.seg.SegmentAlgorithmTypeValues.AUTOMATIC,
        algorithm_identification=hd.AlgorithmIdentificationSequence(
            name="Finder", family=CodedConcept("123109", "DCM", "Artificial Intelligence"), version="1"
        ),
    )
    mask = np.ones((len(images), images[0].Rows, images[0].Columns), dtype=np.uint8)
    return hd.seg.Segmentation(
        images, mask, "BINARY", [description], hd.UID(), 101, hd.UID(), 1, omit_empty_frames=False, **_MAKER
    )


def report(images: list[Dataset], segments: Dataset) -> Dataset:
    """A TID 1500 measurement report over the segmentation, with the date of the study and the subject's pseudonym."""
    context = hd.sr.ObservationContext(
        observer_device_context=hd.sr.ObserverContext(
            CodedConcept("121007", "DCM", "Device"), hd.sr.DeviceObserverIdentifyingAttributes(uid=hd.UID())
        )
    )
    segment = hd.sr.ReferencedSegment(
        segments.SOPClassUID,
        segments.SOPInstanceUID,
        segment_number=1,
        source_series=hd.sr.SourceSeriesForSegmentation(images[0].SeriesInstanceUID),
    )
    group = hd.sr.VolumetricROIMeasurementsAndQualitativeEvaluations(
        hd.sr.TrackingIdentifier(hd.UID(), "finding 1"),
        referenced_segment=segment,
        measurements=[
            hd.sr.Measurement(CodedConcept("118565006", "SCT", "Volume"), 12.5, CodedConcept("mm3", "UCUM", "mm3"))
        ],
    )
    content = hd.sr.MeasurementReport(context, CodedConcept("363679005", "SCT", "Imaging"), [group])
    made = hd.sr.Comprehensive3DSR([*images, segments], content, hd.UID(), 102, hd.UID(), 1, "Cloud")
    said = [
        _item("DATE", "111060", "Study Date", Date=images[0].StudyDate),
        _item("TEXT", "121030", "Subject ID", TextValue=images[0].PatientID),
        _item("TEXT", "121106", "Comment", TextValue=f"compared with {images[0].SOPInstanceUID}, made 20260101"),
    ]
    made.ContentSequence = Sequence([*made.ContentSequence, *said])
    return made


def _item(value_type: str, code: str, meaning: str, **value: str) -> Dataset:
    item, name = Dataset(), Dataset()
    name.CodeValue, name.CodingSchemeDesignator, name.CodeMeaning = code, "DCM", meaning
    item.RelationshipType, item.ValueType, item.ConceptNameCodeSequence = "CONTAINS", value_type, Sequence([name])
    for keyword, content in value.items():
        setattr(item, keyword, content)
    return item


def presentation(images: list[Dataset]) -> Dataset:
    """A greyscale presentation state of all slices."""
    return hd.pr.GrayscaleSoftcopyPresentationState(
        images, hd.UID(), 103, hd.UID(), 1, content_label="FINDER", concept_name=None, **_MAKER
    )


def selection(images: list[Dataset]) -> Dataset:
    """A key object selection of the first slice."""
    content = hd.ko.KeyObjectSelection(CodedConcept("113000", "DCM", "Of Interest"), [images[0]])
    return hd.ko.KeyObjectSelectionDocument([images[0]], content, hd.UID(), 106, hd.UID(), 1, "Cloud")


def structures(images: list[Dataset]) -> Dataset:
    """An RT structure set with one contour on each slice (PS3.3 A.19)."""
    made = _like(images[0], RTSTRUCT, "RTSTRUCT")
    made.StructureSetLabel, made.StructureSetDate, made.StructureSetTime = "FINDER", "20261101", "101010"
    contours = [_reference(_CT, image.SOPInstanceUID) for image in images]
    series, study, frame = Dataset(), Dataset(), Dataset()
    series.SeriesInstanceUID, series.ContourImageSequence = images[0].SeriesInstanceUID, Sequence(contours)
    study = _reference("1.2.840.10008.3.1.2.3.1", images[0].StudyInstanceUID)
    study.RTReferencedSeriesSequence = Sequence([series])
    frame.FrameOfReferenceUID, frame.RTReferencedStudySequence = images[0].FrameOfReferenceUID, Sequence([study])
    made.ReferencedFrameOfReferenceSequence = Sequence([frame])
    roi, roi_contour, observed = Dataset(), Dataset(), Dataset()
    roi.ROINumber, roi.ROIName, roi.ROIGenerationAlgorithm = 1, "finding", "AUTOMATIC"
    roi.ReferencedFrameOfReferenceUID = images[0].FrameOfReferenceUID
    roi_contour.ReferencedROINumber = 1
    roi_contour.ContourSequence = Sequence([_contour(image) for image in images])
    observed.ObservationNumber = observed.ReferencedROINumber = 1
    observed.RTROIInterpretedType, observed.ROIInterpreter = "", ""
    made.StructureSetROISequence, made.ROIContourSequence = Sequence([roi]), Sequence([roi_contour])
    made.RTROIObservationsSequence = Sequence([observed])
    return made


def _contour(image: Dataset) -> Dataset:
    contour = Dataset()
    contour.ContourImageSequence = Sequence([_reference(_CT, image.SOPInstanceUID)])
    contour.ContourGeometricType, contour.NumberOfContourPoints = "POINT", 1
    contour.ContourData = [1, 1, float(image.ImagePositionPatient[2])]
    return contour


def _reference(sop_class: str, uid: str) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = sop_class, uid
    return item


def derived(image: Dataset) -> Dataset:
    """A new image that an algorithm made by changing a released one: it has all that this one says of itself."""
    made = pydicom.dcmread(image.filename)
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    made.SeriesInstanceUID, made.SeriesNumber = generate_uid(), 104
    made.SeriesDate = made.ContentDate = made.InstanceCreationDate = "20261102"
    made.SourceImageSequence = Sequence([_reference(image.SOPClassUID, image.SOPInstanceUID)])
    made.ImageType = ["DERIVED", "SECONDARY", "AXIAL"]
    return made


def _like(image: Dataset, sop_class: str, modality: str) -> Dataset:
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.SOPClassUID, made.SOPInstanceUID = sop_class, generate_uid()
    made.file_meta.MediaStorageSOPClassUID, made.file_meta.MediaStorageSOPInstanceUID = sop_class, made.SOPInstanceUID
    for keyword in ("PatientID", "PatientName", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime"):
        setattr(made, keyword, image.get(keyword, ""))
    for keyword in ("AccessionNumber", "ReferringPhysicianName", "StudyID", "StudyInstanceUID", "FrameOfReferenceUID"):
        setattr(made, keyword, image.get(keyword, ""))
    made.PatientIdentityRemoved, made.Modality, made.Manufacturer = "YES", modality, "Cloud"
    made.DeidentificationMethod = "Deidra"
    made.SeriesInstanceUID, made.SeriesNumber, made.InstanceNumber = generate_uid(), 105, 1
    made.PositionReferenceIndicator = ""
    return made


def results(out: Path, folder: Path) -> dict[str, list[Dataset]]:
    """Everything that comes back of what is released in `out`, below `folder`; the released images."""
    images = released(out)
    folder.mkdir()
    with (folder / "measured.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["patient", "StudyDate", "series", "sop", "volume", "path", "label"])
        for number, (name, slices) in enumerate(images.items()):
            segments = segmentation(slices)
            others = presentation(slices), structures(slices), derived(slices[0]), selection(slices)
            for made in (segments, report(slices, segments), *others):
                place = folder / name / f"{made.Modality}.dcm"
                place.parent.mkdir(exist_ok=True)
                made.save_as(place, enforce_file_format=True)
            first = slices[0]
            path = f"{name}/{first.StudyInstanceUID}/{first.SOPInstanceUID}.dcm"
            table.writerow(
                [name, first.StudyDate, first.SeriesInstanceUID, first.SOPInstanceUID, 12.5, path, 190 + number]
            )
    return images

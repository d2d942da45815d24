"""Reports that highdicom writes: TID 1500 with regions in two and three dimensions, and key objects."""

from __future__ import annotations

from functools import cache
from io import BytesIO

import highdicom as hd
import numpy as np
from highdicom import sr
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.uid import generate_uid

from dicom.reports import items, read, released

NEEDLES = (b"qq", b"zzneedle", b"zzclinic", b"zzlogin", b"zzfetus")
SEED = "1.2.826.0.1.3680043.8.498."


@cache
def image() -> Dataset:
    path = get_testdata_file("CT_small.dcm")
    assert isinstance(path, str)
    ds = dcmread(path)
    ds.PatientName, ds.PatientID = "Zzneedlename^Qqfirst", "ZZNEEDLEID77"
    return ds


def observers() -> sr.ObservationContext:
    person = sr.PersonObserverIdentifyingAttributes(
        name="Qqobserver^Zz", login_name="zzlogin7", organization_name="Zzclinic"
    )
    device = sr.DeviceObserverIdentifyingAttributes(
        uid=generate_uid(SEED, ["device"]), name="ZZSTATION", serial_number="ZZSN990017"
    )
    return sr.ObservationContext(
        observer_person_context=sr.ObserverContext(codes.DCM.Person, person),
        observer_device_context=sr.ObserverContext(codes.DCM.Device, device),
        subject_context=sr.SubjectContext(codes.DCM.Fetus, sr.SubjectContextFetus(subject_id="ZZFETUS1")),
    )


def measurement_report() -> sr.MeasurementReport:
    region = sr.ImageRegion(
        sr.GraphicTypeValues.POLYLINE,
        np.array([(1.0, 1.0), (60.0, 1.0), (60.0, 60.0), (1.0, 1.0)]),
        sr.SourceImageForRegion.from_source_image(image()),
    )
    volume = sr.ImageRegion3D(
        sr.GraphicTypeValues3D.POLYGON,
        np.array([(1.0, 1.0, 5.0), (60.0, 1.0, 5.0), (60.0, 60.0, 5.0), (1.0, 1.0, 5.0)]),
        image().FrameOfReferenceUID,
    )
    tracking = [
        sr.TrackingIdentifier(uid=generate_uid(SEED, [n]), identifier=f"Nodule of Zzneedlename {n}") for n in "12"
    ]
    site = sr.FindingSite(codes.SCT.Lung, laterality=codes.SCT.Right)
    values = [
        sr.Measurement(codes.SCT.Diameter, 12.375, codes.UCUM.Millimeter, tracking_identifier=tracking[0]),
        sr.Measurement(codes.SCT.AreaOfDefinedRegion, 1.7e-5, codes.UCUM.SquareMillimeter),
    ]
    groups = [
        sr.PlanarROIMeasurementsAndQualitativeEvaluations(
            tracking_identifier=mark, referenced_region=shape, finding_type=codes.SCT.Nodule, finding_sites=[site],
            measurements=values, session="Qqsession",
        )
        for mark, shape in zip(tracking, (region, volume), strict=True)
    ]  # fmt: skip
    return sr.MeasurementReport(
        observers(),
        codes.LN.CTUnspecifiedBodyRegion,
        imaging_measurements=groups,
        title=codes.DCM.ImagingMeasurementReport,
    )


def document() -> bytes:
    made = sr.Comprehensive3DSR(
        evidence=[image()],
        content=measurement_report()[0],
        series_instance_uid=generate_uid(SEED, ["series"]),
        series_number=7,
        sop_instance_uid=generate_uid(SEED, ["report"]),
        instance_number=1,
        manufacturer="Example",
        is_complete=True,
        is_verified=True,
        verifying_observer_name="Qqverifier^Zz",
        verifying_organization="Zzclinic",
        institution_name="Zzclinic",
    )
    return written(made)


def key_objects() -> bytes:
    content = hd.ko.KeyObjectSelection(codes.DCM.ForTeaching, [image()], description="For Qqobserver: nodule")
    names = {"series_instance_uid": generate_uid(SEED, ["ko"]), "sop_instance_uid": generate_uid(SEED, ["koi"])}
    return written(
        hd.ko.KeyObjectSelectionDocument(
            [image()], content, series_number=9, instance_number=1, manufacturer="Example", **names
        )
    )


def written(ds: Dataset) -> bytes:
    buffer = BytesIO()
    ds.save_as(buffer)
    return buffer.getvalue()


def test_regions_and_measurements_are_identical_and_the_person_is_gone() -> None:
    source = document()
    data = released(source).data
    before, after = read(source), read(data)
    assert [
        needle for needle in (b"qq", b"zzneedle", b"zzclinic", b"zzlogin", b"zzfetus") if needle in data.lower()
    ] == []
    assert facts(after) == facts(before)
    assert len(facts(after)) > 20
    assert sr.MeasurementReport.from_sequence([after]).get_planar_roi_measurement_groups()


def facts(ds: Dataset) -> list[object]:
    """Numbers, coordinates and codes, in order."""
    found: list[object] = []
    for _, concept, kind, _, item in items(ds):
        if kind == "NUM":
            value = item.MeasuredValueSequence[0]
            found.append((concept, value["NumericValue"].value.original_string))
            found.append(value.MeasurementUnitsCodeSequence[0].CodeValue)
        elif kind == "CODE":
            found.append((concept, item.ConceptCodeSequence[0].CodeValue))
        elif kind in ("SCOORD", "SCOORD3D"):
            found.append((item.GraphicType, list(item.GraphicData)))
    return found


def test_key_objects_keep_their_images_and_lose_their_words() -> None:
    source = key_objects()
    after = read(released(source).data)
    reference = next(item for item in items(after) if item.value_type == "IMAGE").item.ReferencedSOPSequence[0]
    evidence = after.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence[0].ReferencedSOPSequence[0]
    assert reference.ReferencedSOPInstanceUID == evidence.ReferencedSOPInstanceUID
    assert reference.ReferencedSOPInstanceUID.startswith("2.25.")
    assert b"Qqobserver" not in written(after)
    assert next(item for item in items(after) if item.concept[0] == "113012").value == "nodule"

"""Clean reports, key objects, presentation states, encapsulated documents and waveforms."""

from __future__ import annotations

from array import array
from random import Random
from typing import Any

from pydicom.dataset import Dataset

from deidra.score.planting.pdf import document
from deidra.score.synthetic.images import CT
from deidra.score.synthetic.modules import (
    DAY,
    MOMENT,
    TIME,
    Place,
    code,
    common,
    decimals,
    instance_uid,
    item,
    referenced,
    series_uid,
    study_uid,
)

SR = "1.2.840.10008.5.1.4.1.1.88.33"
KO = "1.2.840.10008.5.1.4.1.1.88.59"
PR = "1.2.840.10008.5.1.4.1.1.11.1"
PDF = "1.2.840.10008.5.1.4.1.1.104.1"
ECG = "1.2.840.10008.5.1.4.1.1.9.1.1"


def content(kind: str, concept: tuple[str, str, str], relation: str = "CONTAINS", **values: Any) -> Dataset:
    """A content item of a structured report."""
    return item(RelationshipType=relation, ValueType=kind, ConceptNameCodeSequence=[code(*concept)], **values)


def evidence(place: Place) -> Dataset:
    """The study's first CT slice, as reports refer to their evidence."""
    return item(
        StudyInstanceUID=study_uid(place),
        ReferencedSeriesSequence=[item(
            SeriesInstanceUID=series_uid(place, "CT"),
            ReferencedSOPSequence=[referenced(CT, instance_uid(place, "CT", 1))])],
    )  # fmt: skip


def sr(place: Place, rng: Random) -> Dataset:
    """A comprehensive report with a heading, findings, a measurement and an image reference."""
    ds = common(SR, "SR", place)
    measured = item(NumericValue=decimals(rng, 1, 60), MeasurementUnitsCodeSequence=[code("mm", "UCUM", "mm")])
    findings = content("CONTAINER", ("121070", "DCM", "Findings"), ContinuityOfContent="SEPARATE")
    findings.ContentSequence = [
        content("TEXT", ("121071", "DCM", "Finding"), TextValue="Unremarkable."),
        content("NUM", ("103339001", "SCT", "Long Axis"), MeasuredValueSequence=[measured]),
        content("CODE", ("121071", "DCM", "Finding"), ConceptCodeSequence=[code("4147007", "SCT", "Mass")]),
        content("IMAGE", ("121080", "DCM", "Best illustration of finding"),
                ReferencedSOPSequence=[referenced(CT, instance_uid(place, "CT", 1))]),
    ]  # fmt: skip
    ds.update(item(
        ReferencedPerformedProcedureStepSequence=[], PerformedProcedureCodeSequence=[], CompletionFlag="COMPLETE",
        VerificationFlag="UNVERIFIED", ValueType="CONTAINER", ContinuityOfContent="SEPARATE",
        ConceptNameCodeSequence=[code("18748-4", "LN", "Diagnostic imaging study")],
        CurrentRequestedProcedureEvidenceSequence=[evidence(place)], ContentSequence=[findings],
    ))  # fmt: skip
    return ds


def ko(place: Place, rng: Random) -> Dataset:
    """A key object selection."""
    ds = common(KO, "KO", place)
    ds.update(item(
        ReferencedPerformedProcedureStepSequence=[], ValueType="CONTAINER", ContinuityOfContent="SEPARATE",
        ConceptNameCodeSequence=[code("113000", "DCM", "Of Interest")],
        CurrentRequestedProcedureEvidenceSequence=[evidence(place)],
        ContentTemplateSequence=[item(MappingResource="DCMR", TemplateIdentifier="2010")],
        ContentSequence=[
            content("TEXT", ("113012", "DCM", "Key Object Description"), TextValue="Slice of interest."),
            item(RelationshipType="CONTAINS", ValueType="IMAGE",
                 ReferencedSOPSequence=[referenced(CT, instance_uid(place, "CT", 1))])],
    ))  # fmt: skip
    ds.InstanceNumber = str(rng.randint(1, 9))
    return ds


def pr(place: Place, rng: Random) -> Dataset:
    """A grayscale presentation state with one line of text."""
    ds = common(PR, "PR", place)
    reference = referenced(CT, instance_uid(place, "CT", 1))
    ds.update(item(
        ContentLabel="ANNOTATED", ContentDescription="", ContentCreatorName="", PresentationCreationDate=DAY,
        PresentationCreationTime=TIME, PresentationLUTShape="IDENTITY", BodyPartExamined="HEAD",
        ReferencedSeriesSequence=[item(SeriesInstanceUID=series_uid(place, "CT"), ReferencedImageSequence=[reference])],
        DisplayedAreaSelectionSequence=[item(
            DisplayedAreaTopLeftHandCorner=[1, 1], DisplayedAreaBottomRightHandCorner=[96, 64],
            PresentationSizeMode="SCALE TO FIT", PresentationPixelSpacing=["0.7", "0.7"])],
        GraphicAnnotationSequence=[item(
            GraphicLayer="LAYER1", ReferencedImageSequence=[reference],
            TextObjectSequence=[item(
                UnformattedTextValue="see arrow", AnchorPoint=[rng.uniform(1, 60), 9.0], AnchorPointVisibility="N",
                AnchorPointAnnotationUnits="PIXEL")],
            GraphicObjectSequence=[item(
                GraphicAnnotationUnits="PIXEL", GraphicDimensions=2, NumberOfGraphicPoints=2, GraphicFilled="N",
                GraphicData=[1.0, 2.0, rng.uniform(1, 60), 9.0], GraphicType="POLYLINE")])],
        GraphicLayerSequence=[item(GraphicLayer="LAYER1", GraphicLayerOrder="1")],
        SoftcopyVOILUTSequence=[item(WindowCenter=decimals(rng, 1, 90), WindowWidth="400")],
    ))  # fmt: skip
    return ds


def pdf(place: Place, rng: Random) -> Dataset:
    """An encapsulated PDF."""
    ds = common(PDF, "DOC", place)
    made = document(["Report"], title="Report", author="")
    ds.update(item(
        ConversionType="WSD", BurnedInAnnotation="YES", DocumentTitle="Report", AcquisitionDateTime=MOMENT,
        ConceptNameCodeSequence=[code("18748-4", "LN", "Diagnostic imaging study")],
        MIMETypeOfEncapsulatedDocument="application/pdf", EncapsulatedDocument=made + b"\0" * (len(made) % 2),
    ))  # fmt: skip
    ds.InstanceNumber = str(rng.randint(1, 9))
    return ds


def ecg(place: Place, rng: Random) -> Dataset:
    """A 12-lead ECG of a tenth of a second."""
    ds = common(ECG, "ECG", place)
    leads = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
    codes = ("1", "2", "61", "62", "63", "64", "3", "4", "5", "6", "7", "8")
    channels = [
        item(
            ChannelSourceSequence=[_lead(number, lead)], ChannelSensitivity="1.25",
            ChannelSensitivityUnitsSequence=[code("uV", "UCUM", "microvolt")], ChannelBaseline="0",
            ChannelSensitivityCorrectionFactor="1", WaveformBitsStored=16, ChannelSampleSkew="0",
            FilterLowFrequency="0.05", FilterHighFrequency="300",
        )
        for lead, number in zip(leads, codes, strict=True)
    ]  # fmt: skip
    samples = array("h", (rng.randint(-300, 300) for _ in range(12 * 50)))
    ds.update(item(
        AcquisitionDateTime=MOMENT, AcquisitionContextSequence=[_lying()],
        WaveformSequence=[item(
            WaveformOriginality="ORIGINAL", NumberOfWaveformChannels=12, NumberOfWaveformSamples=50,
            SamplingFrequency="500", MultiplexGroupLabel="RHYTHM", ChannelDefinitionSequence=channels,
            WaveformBitsAllocated=16, WaveformSampleInterpretation="SS")],
        WaveformAnnotationSequence=[item(
            UnformattedTextValue="Sinus rhythm", AnnotationGroupNumber=1, ReferencedWaveformChannels=[1, 0])],
    ))  # fmt: skip
    ds.WaveformSequence[0].add_new(0x54001010, "OW", samples.tobytes())
    ds.InstanceNumber = str(rng.randint(1, 999))
    return ds


def _lead(number: str, name: str) -> Dataset:
    lead = code(f"5.6.3-9-{number}", "SCPECG", f"Lead {name}")
    lead.CodingSchemeVersion = "1.3"
    return lead


def _lying() -> Dataset:
    return item(
        ValueType="CODE", ConceptNameCodeSequence=[code("271605009", "SCT", "Position of patient")],
        ConceptCodeSequence=[code("102538003", "SCT", "Recumbent")],
    )  # fmt: skip

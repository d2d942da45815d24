"""Reports, key objects, presentation states, documents and waveforms."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from pydicom.sequence import Sequence

from corpus.images import CT
from corpus.modules import DAY, MOMENT, NAME, TEXT, TIME, code, identified, item, new_uid, person, referenced
from corpus.yard import sample

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from corpus.needles import Mint

KO = "1.2.840.10008.5.1.4.1.1.88.59"
PR = "1.2.840.10008.5.1.4.1.1.11.1"
PDF = "1.2.840.10008.5.1.4.1.1.104.1"


def evidence(subject: str) -> Dataset:
    """Hierarchical SOP Instance Reference Macro, pointing at the subject's CT."""
    series = item(
        SeriesInstanceUID=new_uid(subject, "CT"), RetrieveAETitle="ARCHIVE",
        RetrieveLocationUID=new_uid("archive"),
        RetrieveURI="https://x", RetrieveURL="https://y", StorageMediaFileSetID="DISC",
        ReferencedSOPSequence=[referenced(CT, new_uid(subject, "1"))],
    )  # fmt: skip
    return item(StudyInstanceUID=new_uid(subject, "study"), ReferencedSeriesSequence=[series])


def content(kind: str, concept: tuple[str, str, str], **value: object) -> Dataset:
    """A content item of a structured report."""
    return item(
        RelationshipType="CONTAINS", ValueType=kind, ConceptNameCodeSequence=[code(*concept)], **value
    )


def sr(subject: str, mint: Mint) -> Dataset:
    """A verified report with every value type that can name someone, on pydicom's example."""
    ds = sample("reportsi.dcm")
    identified(ds, subject, "SR")
    ds.update(item(
        CompletionFlag="COMPLETE", CompletionFlagDescription=TEXT, VerificationFlag="VERIFIED",
        VerifyingObserverSequence=[item(
            VerifyingObserverName=NAME, VerifyingOrganization=TEXT, VerificationDateTime=MOMENT,
            VerifyingObserverIdentificationCodeSequence=[code("4711", "99SITE", TEXT)])],
        AuthorObserverSequence=[item(
            ObserverType="PSN", PersonName=NAME, InstitutionName=TEXT, InstitutionCodeSequence=[],
            PersonIdentificationCodeSequence=[code("4712", "99SITE", TEXT)])],
        CustodialOrganizationSequence=[item(InstitutionName=TEXT, InstitutionCodeSequence=[])],
        ParticipantSequence=[item(
            ParticipationType="ENT", ParticipationDateTime=MOMENT, ObserverType="PSN", PersonName=NAME,
            PersonIdentificationCodeSequence=[], InstitutionName="", InstitutionCodeSequence=[])],
        ReferencedRequestSequence=[item(
            StudyInstanceUID=new_uid(subject, "study"), AccessionNumber=TEXT, RequestedProcedureID=TEXT,
            PlacerOrderNumberImagingServiceRequest=TEXT, FillerOrderNumberImagingServiceRequest=TEXT,
            RequestedProcedureDescription=TEXT, ReferencedStudySequence=[],
            RequestedProcedureCodeSequence=[])],
        CurrentRequestedProcedureEvidenceSequence=[evidence(subject)], HL7InstanceIdentifier=TEXT,
    ))  # fmt: skip
    uid_in_text = mint.uid("dcm:(0100,0424), a UID in text", "map", ())
    extra = [
        content("TEXT", ("121071", "DCM", "Finding"), TextValue=TEXT),
        content("TEXT", ("77", "99SITE", TEXT), TextValue=TEXT),
        content("PNAME", ("121008", "DCM", "Person Observer Name"), PersonName=NAME),
        content("DATE", ("121125", "DCM", "DateTime of recording"), Date=DAY),
        content("DATETIME", ("111526", "DCM", "DateTime Started"), DateTime=MOMENT),
        content("TIME", ("111060", "DCM", "Study Date"), Time=TIME),
        content("UIDREF", ("121012", "DCM", "Device Observer UID"), UID=new_uid(subject, "observer")),
        content("IMAGE", ("121200", "DCM", "Illustration"),
                ReferencedSOPSequence=[referenced(CT, new_uid(subject, "1"))]),
    ]  # fmt: skip
    nested = content("CONTAINER", ("121070", "DCM", "Findings"), ContinuityOfContent="SEPARATE")
    nested.ContentSequence = Sequence(extra)
    ds.ContentSequence.append(nested)
    ds.InstanceOriginStatus = "LOCAL"
    ds.add_new(0x00404033, "SQ", Sequence([person()]))  # Output Information Sequence, foreign to the IOD
    ds.SOPAuthorizationComment = f"Written for study {uid_in_text}"
    return ds


def ko(subject: str, mint: Mint) -> Dataset:
    """A key object selection of the subject's CT."""
    ds = identified(item(SOPClassUID=KO), subject, "KO")
    ds.update(item(
        ValueType="CONTAINER", ContinuityOfContent="SEPARATE",
        ConceptNameCodeSequence=[code("113000", "DCM", "Of Interest")],
        ReferencedPerformedProcedureStepSequence=[],
        CurrentRequestedProcedureEvidenceSequence=[evidence(subject)],
        ContentTemplateSequence=[item(MappingResource="DCMR", TemplateIdentifier="2010")],
        ContentSequence=[
            content("TEXT", ("113012", "DCM", "Key Object Description"), TextValue=TEXT),
            content("IMAGE", ("121200", "DCM", "Illustration"),
                    ReferencedSOPSequence=[referenced(CT, new_uid(subject, "1"))])],
    ))  # fmt: skip
    return ds


def pr(subject: str, mint: Mint) -> Dataset:
    """A grayscale presentation state with text and compound graphics."""
    ds = identified(item(SOPClassUID=PR), subject, "PR")
    annotation = item(
        GraphicLayer="LAYER1",
        ReferencedImageSequence=[referenced(CT, new_uid(subject, "1"))],
        TextObjectSequence=[item(UnformattedTextValue=TEXT, AnchorPoint=[1.0, 1.0], AnchorPointVisibility="N",
                                 AnchorPointAnnotationUnits="PIXEL", TrackingID=TEXT,
                                 TrackingUID=new_uid(subject, "tracked text"))],
        CompoundGraphicSequence=[item(
            CompoundGraphicInstanceID=1, CompoundGraphicType="RULER", GraphicData=[0.0, 0.0, 1.0, 1.0],
            CompoundGraphicUnits="PIXEL", GraphicDimensions=2, NumberOfGraphicPoints=2,
            TickAlignment="CENTER",
            TickLabelAlignment="TOP", ShowTickLabel="Y",
            MajorTicksSequence=[item(TickPosition=p, TickLabel=TEXT) for p in (0.25, 0.75)])],
    )  # fmt: skip
    ds.update(item(
        ContentLabel="PLACEHOLDER", ContentDescription=TEXT, ContentCreatorName=NAME,
        PresentationCreationDate=DAY, PresentationCreationTime=TIME, GraphicAnnotationSequence=[annotation],
        GraphicLayerSequence=[item(GraphicLayer="LAYER1", GraphicLayerOrder="1",
            GraphicLayerDescription=TEXT)],
        GraphicGroupSequence=[item(GraphicGroupID=1, GraphicGroupLabel=TEXT, GraphicGroupDescription=TEXT)],
        ReferencedSeriesSequence=[item(
            SeriesInstanceUID=new_uid(subject, "CT"),
            ReferencedImageSequence=[referenced(CT, new_uid(subject, "1"))])],
        DisplayedAreaSelectionSequence=[item(
            DisplayedAreaTopLeftHandCorner=[1, 1], DisplayedAreaBottomRightHandCorner=[8, 8],
            PresentationSizeMode="SCALE TO FIT", PresentationPixelSpacing=["0.7", "0.7"])],
        SoftcopyVOILUTSequence=[item(WindowCenter="40", WindowWidth="400",
            WindowCenterWidthExplanation=TEXT)],
        PresentationLUTShape="IDENTITY",
    ))  # fmt: skip
    return ds


def pdf(subject: str, mint: Mint) -> Dataset:
    """An encapsulated PDF whose information dictionary and compressed text name the patient."""
    ds = identified(item(SOPClassUID=PDF), subject, "DOC")
    author = mint.text("dcm:(0042,0011), document information")
    page = zlib.compress(f"BT (Report on {mint.text('dcm:(0042,0011), page text, Flate')}) Tj ET".encode(), 9)
    document = (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R/MediaBox[0 0 99 99]>>endobj\n"
        b"4 0 obj<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream endobj\n"
        % (len(page), page)
        + b"5 0 obj<</Author(%s)>>endobj\ntrailer<</Root 1 0 R/Info 5 0 R>>\n%%EOF\n" % author.encode()
    )
    ds.update(item(
        BurnedInAnnotation="YES", DocumentTitle=TEXT, AcquisitionDateTime=MOMENT, ConversionType="WSD",
        ConceptNameCodeSequence=[code("18748-4", "LN", "Diagnostic imaging study")],
        MIMETypeOfEncapsulatedDocument=
        "application/pdf", SourceInstanceSequence=[referenced(CT, new_uid(subject, "1"))],
    ))  # fmt: skip
    ds.EncapsulatedDocument = document + b"\0" * (len(document) % 2)
    return ds


def waveform(subject: str, mint: Mint) -> Dataset:
    """A 12-lead ECG, from pydicom's example with ten samples of each channel left, annotated."""
    ds = sample("waveform_ecg.dcm")
    identified(ds, subject, "ECG")
    for group in ds.WaveformSequence:
        group.NumberOfWaveformSamples = 10
        group.MultiplexGroupLabel = TEXT
        group.WaveformData = bytes(group.WaveformData)[: 10 * 2 * group.NumberOfWaveformChannels]
        for channel in group.ChannelDefinitionSequence:
            channel.ChannelLabel = TEXT
    ds.update(item(
        AcquisitionDateTime=MOMENT,
        WaveformAnnotationSequence=[
            item(UnformattedTextValue=TEXT, AnnotationGroupNumber=1, ReferencedWaveformChannels=[1, 0]),
            item(ConceptNameCodeSequence=[code("W", "99SITE", TEXT)], AnnotationGroupNumber=2,
                 ReferencedWaveformChannels=[1, 0])],
        ReferencedImageSequence=[referenced(CT, new_uid(subject, "1"))],
    ))  # fmt: skip
    return ds

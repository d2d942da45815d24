"""Objects without pixels, and one of a trial: valid, small, full of names."""

from __future__ import annotations

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from deidra.dicom import dummies
from dicom.hard_objects import (
    COMPREHENSIVE_SR,
    ENCAPSULATED_PDF,
    FRAME,
    GRAYSCALE_PR,
    INSTANCE,
    KEY_OBJECTS,
    RTSTRUCT,
    SERIES,
    STUDY,
    code,
    document,
    image,
    item,
    reference,
)


def report() -> Dataset:
    ds = document(COMPREHENSIVE_SR, "SR", ValueType="CONTAINER", ContinuityOfContent="SEPARATE")
    ds.ConceptNameCodeSequence = code("18748-4", "LN", "Diagnostic Imaging Report")
    ds.CompletionFlag, ds.VerificationFlag = "COMPLETE", "VERIFIED"
    finding = item(RelationshipType="CONTAINS", ValueType="TEXT", TextValue="Haversham saw a nodule")
    finding.ConceptNameCodeSequence = code("121071", "DCM", "Finding")
    ds.ContentSequence = Sequence([finding])
    observer = item(VerifyingOrganization="Haversham Clinic", VerificationDateTime="20210312120000")
    observer.VerifyingObserverName = "Haversham^Q"
    observer.VerifyingObserverIdentificationCodeSequence = code("77", "99HAVERSHAM", "Haversham")
    ds.VerifyingObserverSequence = Sequence([observer])
    ds.PerformedProcedureCodeSequence = Sequence([])
    return ds


def presentation(layer: str = "LAYER1") -> Dataset:
    ds = document(GRAYSCALE_PR, "PR", InstanceNumber=1, ContentLabel="HAVERSHAM")
    ds.PresentationCreationDate, ds.PresentationCreationTime = "20210312", "120000"
    ds.ContentDescription, ds.ContentCreatorName = "", "Haversham^Q"
    images = Sequence([reference(uid=INSTANCE)])
    ds.ReferencedSeriesSequence = Sequence([item(SeriesInstanceUID=SERIES, ReferencedImageSequence=images)])
    text = item(UnformattedTextValue="Haversham was here", BoundingBoxAnnotationUnits="PIXEL")
    text.BoundingBoxTopLeftHandCorner, text.BoundingBoxBottomRightHandCorner = [1, 1], [2, 2]
    text.BoundingBoxTextHorizontalJustification = "LEFT"
    ds.GraphicAnnotationSequence = Sequence([item(GraphicLayer=layer, TextObjectSequence=Sequence([text]))])
    ds.GraphicLayerSequence = Sequence([item(GraphicLayer=layer, GraphicLayerOrder=1)])
    ds.DisplayedAreaSelectionSequence = Sequence(
        [
            item(
                DisplayedAreaTopLeftHandCorner=[1, 1],
                DisplayedAreaBottomRightHandCorner=[4, 4],
                PresentationSizeMode="SCALE TO FIT",
                PresentationPixelSpacing=[1, 1],
            )
        ]
    )
    ds.PresentationLUTShape = "IDENTITY"
    return ds


def key_objects() -> Dataset:
    ds = document(KEY_OBJECTS, "KO", ValueType="CONTAINER", ContinuityOfContent="SEPARATE")
    ds.ConceptNameCodeSequence = code("113000", "DCM", "Of Interest")
    picture = item(
        RelationshipType="CONTAINS", ValueType="IMAGE", ReferencedSOPSequence=Sequence([reference(uid=INSTANCE)])
    )
    note = item(RelationshipType="CONTAINS", ValueType="TEXT", TextValue="Smythson saw it")
    note.ConceptNameCodeSequence = code("113012", "DCM", "Key Object Description")
    ds.ContentSequence = Sequence([note, picture])
    template = item(MappingResource="DCMR", TemplateIdentifier="2010")
    ds.ContentTemplateSequence = Sequence([template])
    evidence = item(SeriesInstanceUID=SERIES, ReferencedSOPSequence=Sequence([reference(uid=INSTANCE)]))
    study = item(StudyInstanceUID=STUDY, ReferencedSeriesSequence=Sequence([evidence]))
    ds.CurrentRequestedProcedureEvidenceSequence = Sequence([study])
    ds.ReferencedPerformedProcedureStepSequence = Sequence([])
    return ds


def trial_image() -> Dataset:
    ds = image(ImageType=["ORIGINAL", "PRIMARY", "AXIAL", "ZEBROWSKI"], BodyPartExamined="CHEST", Laterality="")
    ds.ClinicalTrialSponsorName, ds.ClinicalTrialProtocolID = "Smythson", "P1"
    ds.ClinicalTrialProtocolName = ds.ClinicalTrialSiteID = ds.ClinicalTrialSiteName = ""
    ds.ClinicalTrialSubjectID = "Smythson"
    ds.ClinicalTrialProtocolEthicsCommitteeName = "Smythson"
    ds.ClinicalTrialProtocolEthicsCommitteeApprovalNumber = "1"
    ds.PatientSpeciesDescription, ds.ResponsiblePerson, ds.ResponsiblePersonRole = "Canis", "Smythson^A", "OWNER"
    ds.ContributingEquipmentSequence = Sequence(
        [item(Manufacturer="ACME", PurposeOfReferenceCodeSequence=code("109101", "DCM", "Acquisition Equipment"))]
    )
    return ds


def structures() -> Dataset:
    ds = document(RTSTRUCT, "RTSTRUCT", StructureSetLabel="Smythson", OperatorsName="", FrameOfReferenceUID=FRAME)
    ds.PositionReferenceIndicator, ds.StructureSetDate, ds.StructureSetTime = "", "20210312", "101112"
    observation = item(
        ObservationNumber=1, ReferencedROINumber=1, RTROIInterpretedType="ORGAN", ROIInterpreter="Smythson^A"
    )
    person = item(PersonIdentificationCodeSequence=code("7", "99H", "Smythson"), InstitutionName="Smythson")
    observation.ROIInterpreterSequence = Sequence([person])
    ds.RTROIObservationsSequence = Sequence([observation])
    roi = item(ROINumber=1, ReferencedFrameOfReferenceUID=FRAME, ROIName="Smythson", ROIGenerationAlgorithm="")
    ds.StructureSetROISequence = Sequence([roi])
    contour = item(ContourGeometricType="POINT", NumberOfContourPoints=1, ContourData=[1, 2, 3])
    ds.ROIContourSequence = Sequence([item(ReferencedROINumber=1, ContourSequence=Sequence([contour]))])
    return ds


def pdf() -> Dataset:
    ds = document(ENCAPSULATED_PDF, "DOC", MIMETypeOfEncapsulatedDocument="application/pdf", BurnedInAnnotation="NO")
    ds.EncapsulatedDocument, ds.DocumentTitle = dummies.document("application/pdf"), "Smythson"
    ds.AcquisitionDateTime = ""
    ds.ConceptNameCodeSequence, ds.ConversionType = Sequence([]), "WSD"
    return ds

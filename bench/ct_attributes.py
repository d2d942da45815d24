"""The standard attributes of the invented CT objects. Every person, place and number is made up."""

from __future__ import annotations

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

IDENTIFYING: dict[str, object] = {
    "SpecificCharacterSet": "ISO_IR 100",
    "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL", "CT_SOM5 SPI"],
    "InstanceCreationDate": "20240311",
    "InstanceCreationTime": "101512.500000",
    "StudyDate": "20240311",
    "SeriesDate": "20240311",
    "AcquisitionDate": "20240311",
    "ContentDate": "20240311",
    "AcquisitionDateTime": "20240311101502.125000",
    "StudyTime": "100850.250000",
    "SeriesTime": "101500.000000",
    "AccessionNumber": "A-20240311-77",
    "Modality": "CT",
    "InstitutionName": "Sankt Beispiel Hospital",
    "InstitutionAddress": "Musterweg 12, 99999 Beispielstadt",
    "ReferringPhysicianName": "Hausarzt^Hanna",
    "ReferringPhysicianTelephoneNumbers": "+49 30 5550199",
    "StationName": "CT99",
    "StudyDescription": "CT Thorax Testmann",
    "SeriesDescription": "Thorax 1.25 venous",
    "InstitutionalDepartmentName": "Radiology East",
    "PerformingPhysicianName": "Radiologe^Rita",
    "NameOfPhysiciansReadingStudy": "Befunder^Boris",
    "OperatorsName": "Technik^Tina",
    "AdmittingDiagnosesDescription": "Cough for three weeks",
    "IssuerOfPatientID": "BEISPIEL",
    "PatientBirthDate": "19310704",
    "PatientSex": "F",
    "OtherPatientNames": "Vorher^Erika",
    "PatientAge": "092Y",
    "PatientSize": "1.64",
    "PatientWeight": "61.5",
    "PatientAddress": "Musterweg 3, 99999 Beispielstadt",
    "PatientTelephoneNumbers": "+49 30 5550142",
    "Occupation": "Baker",
    "AdditionalPatientHistory": "Erika Testmann, seen by Dr. Hausarzt in 2023",
    "PatientComments": "daughter phones on Mondays",
    "MedicalAlerts": "allergic to iodine",
    "StudyID": "77",
    "ImageComments": "Mrs Testmann moved",
    "RequestingPhysician": "Hausarzt^Hanna",
    "RequestedProcedureDescription": "CT Thorax",
    "AdmissionID": "ADM-991",
    "CurrentPatientLocation": "Ward 3, bed 2",
    "PerformedStationAETitle": "CT99",
    "PerformedStationName": "CT99",
    "PerformedProcedureStepStartDate": "20240311",
    "PerformedProcedureStepStartTime": "100900",
    "PerformedProcedureStepEndDate": "20240311",
    "PerformedProcedureStepEndTime": "102000",
    "PerformedProcedureStepID": "PPS-77",
    "PerformedProcedureStepDescription": "Thorax venous",
    "CommentsOnThePerformedProcedureStep": "breath hold poor",
    "RequestedProcedureID": "RP-77",
    "ReasonForTheRequestedProcedure": "Cough",
    "DeviceSerialNumber": "SN-55012",
    "ProtocolName": "c-thorax-venous",
    "DateOfLastCalibration": "20240301",
    "SoftwareVersions": "VB20A",
}

ACQUISITION: dict[str, object] = {
    "ContrastBolusAgent": "Contrast 350",
    "BodyPartExamined": "CHEST",
    "ScanOptions": "HELIX",
    "SliceThickness": "1.25",
    "KVP": "120",
    "SpacingBetweenSlices": "1.25",
    "DataCollectionDiameter": "500",
    "ContrastBolusRoute": "IV",
    "ContrastBolusVolume": "80",
    "ContrastFlowRate": "3.5",
    "ReconstructionDiameter": "350",
    "DistanceSourceToDetector": "1085.6",
    "GantryDetectorTilt": "0",
    "TableHeight": "158",
    "RotationDirection": "CW",
    "ExposureTime": "500",
    "Exposure": "105",
    "FilterType": "FLAT",
    "GeneratorPower": "30",
    "ConvolutionKernel": ["Br40d", "3"],
    "PatientPosition": "HFS",
    "RevolutionTime": 0.5,
    "SingleCollimationWidth": 0.6,
    "TotalCollimationWidth": 57.6,
    "TableSpeed": 115.2,
    "TableFeedPerRotation": 57.6,
    "SpiralPitchFactor": 1.0,
    "DataCollectionCenterPatient": [0.0, -151.0, -300.0],
    "ReconstructionTargetCenterPatient": [0.0, -151.0, -300.0],
    "ExposureModulationType": "XYZ_EC",
    "CTDIvol": 7.1,
    "ImageOrientationPatient": ["1", "0", "0", "0", "1", "0"],
    "PositionReferenceIndicator": "SN",
    "AcquisitionNumber": "2",
    "SamplesPerPixel": 1,
    "PhotometricInterpretation": "MONOCHROME2",
    "PixelSpacing": ["0.68359375", "0.68359375"],
    "BitsAllocated": 16,
    "BitsStored": 12,
    "HighBit": 11,
    "PixelRepresentation": 0,
    "BurnedInAnnotation": "NO",
    "WindowCenter": ["40", "-600"],
    "WindowWidth": ["400", "1200"],
    "RescaleIntercept": "-1024",
    "RescaleSlope": "1",
    "LossyImageCompression": "00",
}


def nested_sequences(ds: Dataset, uid_root: str) -> None:
    """Add the nested sequences that a CT of a hospital usually carries."""
    ds.ReferencedStudySequence = _references("1.2.840.10008.3.1.2.3.1", uid_root, 1)
    ds.ReferencedPerformedProcedureStepSequence = _references("1.2.840.10008.3.1.2.3.3", uid_root, 2)
    ds.ReferencedImageSequence = _references("1.2.840.10008.5.1.4.1.1.2", uid_root, 3, 4, 5)
    ds.SourceImageSequence = _references("1.2.840.10008.5.1.4.1.1.2", uid_root, 6, 7)
    ds.ProcedureCodeSequence = Sequence([_code("CTTHOR", "99LOCAL", "CT Thorax venous")])
    ds.OtherPatientIDsSequence = Sequence(
        _item(PatientID=f"OLD-{n}", IssuerOfPatientID="ARCHIVE", TypeOfPatientID="TEXT") for n in (1, 2)
    )
    ds.ReferringPhysicianIdentificationSequence = Sequence(
        [
            _item(
                InstitutionName="Praxis Hausarzt",
                InstitutionAddress="Musterweg 1",
                PersonIdentificationCodeSequence=Sequence([_code("D-4711", "99LOCAL", "Hausarzt")]),
            )
        ]
    )
    ds.RequestAttributesSequence = Sequence(
        [
            _item(
                RequestedProcedureDescription="CT Thorax",
                ScheduledProcedureStepDescription="CT Thorax of Erika Testmann",
                ScheduledProcedureStepID="SPS-77",
                RequestedProcedureID="RP-77",
                AccessionNumber="A-20240311-77",
                ScheduledProtocolCodeSequence=Sequence([_code("PTHOR", "99LOCAL", "Protocol thorax")]),
            )
        ]
    )
    ds.CTDIPhantomTypeCodeSequence = Sequence([_code("113691", "DCM", "IEC Body Dosimetry Phantom")])


def _references(sop_class_uid: str, uid_root: str, *numbers: int) -> Sequence:
    return Sequence(
        _item(ReferencedSOPClassUID=sop_class_uid, ReferencedSOPInstanceUID=f"{uid_root}.88.{number}")
        for number in numbers
    )


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    return _item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)


def _item(**values: object) -> Dataset:
    item = Dataset()
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return item

"""Reports of the kinds that are met in practice, after their templates in PS3.16, with needles wherever people stand.

A needle is a word with ZZ or QQ in it, or one of NUMBERS. None of them may be found in what is released.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydicom.sequence import Sequence

from dicom.reports import (
    ACQ,
    BASIC_TEXT,
    COMPREHENSIVE,
    COMPREHENSIVE_3D,
    CONTAINS,
    ENHANCED,
    IMAGING_AGENT_PERFORMED,
    INFERRED,
    KEY_OBJECTS,
    MAMMOGRAPHY_CAD,
    MOD,
    OBS,
    PROCEDURE_LOG,
    PROPERTIES,
    ROOT,
    SIMPLIFIED_ECHO,
    XRAY_DOSE,
    coded,
    content,
    dataset,
    reference,
    report,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset

NUMBERS = ("4711.77", "19310704", "20240311", "20240312", "ZZACC240311")
NARRATIVE = (
    "CT of the chest shows a nodule of 12 mm in the right upper lobe. Zzneedlename, Qqfirst was seen by "
    "Dr. Zzreferrer on 11.03.2024, MRN ZZNEEDLEID77, phone 030/1234567. No pleural effusion."
)
MEASURED = ("12.25 mm", "1.5e-3 mm2/s", "-450 [hnsf'U]", "0.000123 g/ml", "30 Cel")


SYNCHRONISED = {
    "SynchronizationFrameOfReferenceUID": f"{ROOT}.91",
    "SynchronizationTrigger": "NO TRIGGER",
    "AcquisitionTimeSynchronized": "Y",
}


def template(number: str) -> Dataset:
    return dataset(MappingResource="DCMR", TemplateIdentifier=number)


def observers() -> list[Dataset]:
    """Observer contexts (TID 1002, 1003, 1004)."""
    return [
        content(OBS, "CODE", "121005 DCM Observer_Type", "121006 DCM Person"),
        content(OBS, "PNAME", "121008 DCM Person_Observer_Name", "Qqobserver^Zzanna"),
        content(OBS, "TEXT", "128774 DCM Login", "zzlogin7"),
        content(OBS, "TEXT", "121009 DCM Organization", "Zzclinic of Qqtown"),
        content(OBS, "CODE", "121011 DCM Role", "121097 DCM Recording"),
        content(OBS, "CODE", "121005 DCM Observer_Type", "121007 DCM Device"),
        content(OBS, "UIDREF", "121012 DCM Device_Observer_UID", f"{ROOT}.81"),
        content(OBS, "TEXT", "121013 DCM Device_Observer_Name", "ZZCTSTATION1"),
        content(OBS, "TEXT", "121014 DCM Manufacturer", "GE Healthcare"),
        content(OBS, "TEXT", "121016 DCM Serial_Number", "ZZSN990017"),
        content(OBS, "TEXT", "121017 DCM Location", "Zzroom 3, Qqtown"),
    ]


def subject() -> list[Dataset]:
    """Procedure and subject contexts (TID 1005, 1007)."""
    return [
        content(OBS, "UIDREF", "121018 DCM Procedure_Study", f"{ROOT}.1"),
        content(OBS, "TEXT", "121020 DCM Placer", "ZZPLACER1"),
        content(OBS, "TEXT", "121022 DCM Accession", "ZZACC240311"),
        content(OBS, "PNAME", "121029 DCM Subject_Name", "Zzneedlename^Qqfirst"),
        content(OBS, "TEXT", "121030 DCM Subject_ID", "ZZNEEDLEID77"),
        content(OBS, "DATE", "121031 DCM Subject_Birth_Date", "19310704"),
        content(OBS, "CODE", "121032 DCM Subject_Sex", "F DCM Female"),
        content(OBS, "NUM", "121033 DCM Subject_Age", "92 a"),
    ]


def basic_diagnostic(narrative: str = NARRATIVE, character_set: str | list[str] = "ISO_IR 192") -> Dataset:
    """TID 2000."""
    ds = report(
        BASIC_TEXT,
        "18748-4 LN Diagnostic_Imaging_Report",
        content(MOD, "CODE", "121049 DCM Language", "en RFC5646 English"),
        *observers(),
        *subject()[:-1],
        content(
            CONTAINS,
            "CONTAINER",
            "121060 DCM History",
            None,
            content(CONTAINS, "TEXT", "11329-0 LN History", narrative),
            content(CONTAINS, "TEXT", "121060 DCM History", narrative),
        ),
        content(
            CONTAINS,
            "CONTAINER",
            "121070 DCM Findings",
            None,
            content(CONTAINS, "TEXT", "121071 DCM Finding", narrative, content(INFERRED, "IMAGE", "", 3)),
            content(CONTAINS, "CODE", "121071 DCM Finding", "27550009 SCT Vascular_disorder"),
            content(CONTAINS, "TEXT", "LOCAL1 99ZZCLINIC Note_by_Qqobserver", narrative),
        ),
        content(CONTAINS, "TEXT", "121077 DCM Conclusion", narrative),
    )
    ds.SpecificCharacterSet = character_set
    return ds


def verified() -> Dataset:
    """A report that two people verified, after an earlier version, for a request (PS3.3 C.17.2)."""
    ds = basic_diagnostic()
    ds.VerificationFlag = "VERIFIED"
    ds.VerifyingObserverSequence = Sequence(
        dataset(
            VerifyingObserverName=f"Qqverifier{n}^Zz",
            VerifyingOrganization="Zzclinic",
            VerificationDateTime="20240312101010",
            VerifyingObserverIdentificationCodeSequence=[coded("ZZ77", "99ZZCLINIC", "Dr. Qqverifier")],
        )
        for n in (1, 2)
    )
    person = {"ObserverType": "PSN", "InstitutionName": "Zzclinic", "InstitutionCodeSequence": []}
    person["PersonIdentificationCodeSequence"] = []
    ds.AuthorObserverSequence = [dataset(PersonName="Qqauthor^Zz", **person)]
    ds.ParticipantSequence = [
        dataset(ParticipationType="ENT", ParticipationDateTime="20240312", PersonName="Qqtypist^Zz", **person)
    ]
    sop = dataset(ReferencedSOPClassUID=BASIC_TEXT, ReferencedSOPInstanceUID=f"{ROOT}.33")
    series = dataset(SeriesInstanceUID=f"{ROOT}.34", ReferencedSOPSequence=[sop])
    ds.PredecessorDocumentsSequence = [dataset(StudyInstanceUID=f"{ROOT}.1", ReferencedSeriesSequence=[series])]
    ds.ReferencedRequestSequence = [
        dataset(
            StudyInstanceUID=f"{ROOT}.1",
            ReferencedStudySequence=[],
            AccessionNumber="ZZACC240311",
            PlacerOrderNumberImagingServiceRequest="ZZPLACER1",
            FillerOrderNumberImagingServiceRequest="ZZFILLER1",
            RequestedProcedureID="ZZREQ1",
            RequestedProcedureDescription="CT thorax for Dr. Zzreferrer",
            RequestedProcedureCodeSequence=[],
        )
    ]
    return ds


def measurement_group(number: int) -> Dataset:
    """TID 1501."""
    value = MEASURED[number % len(MEASURED)]
    return content(
        CONTAINS,
        "CONTAINER",
        "125007 DCM Measurement_Group",
        None,
        content(OBS, "TEXT", "112039 DCM Tracking_Identifier", f"Lesion {number} of Zzneedlename"),
        content(OBS, "UIDREF", "112040 DCM Tracking_UID", f"{ROOT}.73.{number}"),
        content(CONTAINS, "CODE", "363698007 SCT Finding_Site", "39607008 SCT Lung"),
        content(CONTAINS, "TEXT", "G-C0E3 SRT Finding_Site", "lung of Qqfirst"),
        content(
            CONTAINS,
            "NUM",
            "103339001 SCT Long_Axis",
            value,
            content(INFERRED, "IMAGE", "121112 DCM Source_of_Measurement", number),
            content(MOD, "CODE", "121401 DCM Derivation", "R-00317 SRT Mean"),
        ),
        content(CONTAINS, "IMAGE", "121191 DCM Referenced_Segment", 40 + number),
        content(CONTAINS, "IMAGE", "121080 DCM Best_illustration", number),
    )


def measurements(groups: int = 6) -> Dataset:
    """TID 1500."""
    return report(
        COMPREHENSIVE_3D,
        "126000 DCM Imaging_Measurement_Report",
        content(MOD, "CODE", "121049 DCM Language", "en-US RFC5646 English"),
        *observers(),
        *subject(),
        content(CONTAINS, "CONTAINER", "126010 DCM Imaging_Measurements", None, *map(measurement_group, range(groups))),
    )


def ct_dose() -> Dataset:
    """TID 10011 and 10013."""
    event = content(
        CONTAINS,
        "CONTAINER",
        "113819 DCM CT_Acquisition",
        None,
        content(CONTAINS, "TEXT", "125203 DCM Acquisition_Protocol", "Thorax routine Qqobserver"),
        content(CONTAINS, "CODE", "123014 DCM Target_Region", "51185008 SCT Chest"),
        content(CONTAINS, "UIDREF", "113769 DCM Irradiation_Event_UID", f"{ROOT}.85"),
        content(CONTAINS, "UIDREF", "113853 DCM Irradiation_Event_UID", f"{ROOT}.85"),
        content(CONTAINS, "NUM", "113830 DCM Mean_CTDIvol", "7.13 mGy"),
        content(CONTAINS, "NUM", "113838 DCM DLP", "311.4 mGy.cm"),
        content(CONTAINS, "TEXT", "113605 DCM Irradiation_Event_Label", "ZZEVENT1"),
        content(
            CONTAINS,
            "PNAME",
            "113870 DCM Person_Name",
            "Qqoperator^Zz",
            content(PROPERTIES, "TEXT", "113871 DCM Person_ID", "ZZPERSON1"),
            content(PROPERTIES, "TEXT", "113873 DCM Organization_Name", "Zzclinic"),
        ),
    )
    return report(
        XRAY_DOSE,
        "113701 DCM X-Ray_Radiation_Dose_Report",
        content(MOD, "CODE", "121058 DCM Procedure_reported", "77477000 SCT CT"),
        *observers(),
        content(OBS, "DATETIME", "113809 DCM Start", "20240311101010.5"),
        content(OBS, "DATETIME", "113810 DCM End", "20240311101210"),
        content(
            CONTAINS,
            "CONTAINER",
            "113811 DCM Accumulated",
            None,
            content(CONTAINS, "NUM", "113813 DCM DLP", "311 mGy.cm"),
        ),
        event,
        content(CONTAINS, "COMPOSITE", "121342 DCM Dose_Image", 9),
    )


def echo(sop_class: str = COMPREHENSIVE) -> Dataset:
    """TID 5200."""
    wall = content(
        CONTAINS,
        "NUM",
        "29436-3 LN Left_Ventricle_Internal_End_Diastolic_Dimension",
        "47.25 mm",
        content(MOD, "CODE", "T5209-03 99ZZVENDOR Selected", "Y5 99ZZVENDOR Average"),
        content(INFERRED, "IMAGE", "", 4),
    )
    return report(
        sop_class,
        "125200 DCM Adult_Echocardiography_Procedure_Report",
        *observers(),
        content(
            CONTAINS,
            "CONTAINER",
            "121118 DCM Patient_Characteristics",
            None,
            content(CONTAINS, "NUM", "121033 DCM Subject_Age", "57 a"),
            content(CONTAINS, "CODE", "121032 DCM Subject_Sex", "F DCM Female"),
            content(CONTAINS, "NUM", "8302-2 LN Height", "171 cm"),
        ),
        content(
            CONTAINS,
            "CONTAINER",
            "125202 DCM LV",
            None,
            wall,
            content(CONTAINS, "TEXT", "121106 DCM Comment", NARRATIVE),
        ),
    )


def mammography_cad() -> Dataset:
    """TID 4000: findings are referred to by their position in the tree."""
    finding = content(
        CONTAINS,
        "CODE",
        "111059 DCM Single_Image_Finding",
        "129793001 SCT Mammographic_breast_density",
        content(PROPERTIES, "NUM", "111012 DCM Certainty", "83 %"),
    )
    library = content(
        CONTAINS,
        "CONTAINER",
        "111028 DCM Image_Library",
        None,
        content(CONTAINS, "IMAGE", "", 1, content(ACQ, "DATE", "111060 DCM Study_Date", "20240311")),
        content(CONTAINS, "IMAGE", "121080 DCM Best_illustration", 7),
        content(CONTAINS, "IMAGE", "", 2, content(ACQ, "CODE", "111031 DCM Image_View", "399162004 SCT CC")),
    )
    impression = content(
        CONTAINS,
        "CODE",
        "111017 DCM CAD_Processing_and_Findings_Summary",
        "111242 DCM All_algorithms_succeeded",
        content(PROPERTIES, "TEXT", "111033 DCM Impression_Description", NARRATIVE),
        content(
            INFERRED,
            "CODE",
            "111059 DCM Single_Image_Finding",
            "129793001 SCT Mammographic_breast_density",
            reference(INFERRED, 1, 4, 3),
            reference(INFERRED, 1, 4, 2),
            reference(INFERRED, 1, 5),
        ),
    )
    return report(
        MAMMOGRAPHY_CAD,
        "111036 DCM Mammography_CAD_Report",
        content(MOD, "CODE", "121049 DCM Language", "en RFC5646 English"),
        content(OBS, "TEXT", "121022 DCM Accession", "ZZACC240311"),
        content(OBS, "PNAME", "121036 DCM Mother", "Qqmother^Zz"),
        library,
        finding,
        impression,
        ContentTemplateSequence=[template("4000")],
    )


def procedure_log() -> Dataset:
    """TID 3001."""
    return report(
        PROCEDURE_LOG,
        "121145 DCM Procedure_Log",
        *observers(),
        content(CONTAINS, "TEXT", "121124 DCM Action_Item", "ZZITEM1"),
        content(
            CONTAINS,
            "TEXT",
            "121173 DCM Physician_Note",
            NARRATIVE,
            content(OBS, "DATETIME", "121125 DCM Recorded", "20240311101010"),
            content(OBS, "PNAME", "121152 DCM Person_administering", "Qqnurse^Zz"),
            content(OBS, "TEXT", "121121 DCM Room", "Zzroom 3"),
            content(OBS, "UIDREF", "121126 DCM PPS", f"{ROOT}.61"),
        ),
        content(CONTAINS, "NUM", "122130 DCM Dose", "50 ml"),
        **SYNCHRONISED,
    )


def imaging_agent() -> Dataset:
    """TID 11020."""
    return report(
        IMAGING_AGENT_PERFORMED,
        "128213 DCM Performed_Imaging_Agent_Administration",
        *observers(),
        content(
            CONTAINS,
            "CONTAINER",
            "130193 DCM Imaging_Agent",
            None,
            content(CONTAINS, "TEXT", "113512 DCM Lot_Identifier", "ZZLOT1"),
            content(CONTAINS, "TEXT", "111516 DCM Medication_Type", "iodine given by Qqnurse"),
            content(CONTAINS, "NUM", "130195 DCM Volume", "80 ml"),
        ),
        ContentTemplateSequence=[template("11020")],
        **SYNCHRONISED,
    )


def key_objects() -> Dataset:
    """TID 2010."""
    return report(
        KEY_OBJECTS,
        "113000 DCM Of_Interest",
        *observers()[:2],
        content(CONTAINS, "TEXT", "113012 DCM Key_Object_Description", NARRATIVE),
        content(CONTAINS, "IMAGE", "", 1),
        content(CONTAINS, "IMAGE", "", 2),
        ContentTemplateSequence=[template("2010")],
    )


KINDS: dict[str, Callable[[], Dataset]] = {
    "basic-diagnostic": basic_diagnostic,
    "verified": verified,
    "measurements": measurements,
    "ct-dose": ct_dose,
    "echo": echo,
    "simplified-echo": lambda: echo(SIMPLIFIED_ECHO),
    "enhanced": lambda: echo(ENHANCED),
    "mammography-cad": mammography_cad,
    "procedure-log": procedure_log,
    "imaging-agent": imaging_agent,
    "key-objects": key_objects,
}

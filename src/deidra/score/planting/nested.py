"""Identifiers inside sequences: requests, other identifiers, original attributes, contributing equipment."""

from __future__ import annotations

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from deidra.score.planting.notes import Notes
from deidra.score.planting.sayings import Said, any_of, full_name, identifier, institution
from deidra.score.planting.table import plant_row
from deidra.score.synthetic.modules import code, item
from deidra.standard.dictionary import tag_of


def _path(*keywords: str) -> str:
    tags = [tag_of(keyword) or 0 for keyword in keywords]
    steps = [f"({tag >> 16:04X},{tag & 0xFFFF:04X})" for tag in tags]
    return "dcm:" + "[0]/".join(steps)


def plant_nested(ds: Dataset, notes: Notes, turn: int) -> None:
    """Some of the sequences that real objects carry, other ones each turn."""
    makers = (_request, _other_ids, _original, _equipment, _referring)
    for offset in range(3):
        makers[(turn + offset) % len(makers)](ds, notes)


def _request(ds: Dataset, notes: Notes) -> None:
    me = notes.speaker.persona
    parent = "RequestAttributesSequence"
    if parent in ds:
        return
    inner = Dataset()
    for keyword in ("RequestedProcedureID", "RequestedProcedureDescription", "ScheduledProcedureStepDescription",
                    "ReasonForTheRequestedProcedure"):  # fmt: skip
        plant_row(inner, notes, tag_of(keyword) or 0, _path(parent, keyword), "nested")
    inner.AccessionNumber = notes.said(
        identifier(me.accessions[notes.speaker.study], "accession"), "nested", _path(parent, "AccessionNumber"),
        hardness="nested")  # fmt: skip
    inner.ScheduledProcedureStepID = "SPS"
    if "RequestedProcedureID" not in inner:
        inner.RequestedProcedureID = "RP"
    known_code = code("24627-2", "LN", "CT Chest")
    notes.keep("24627-2", "code", "nested", _path(parent, "RequestedProcedureCodeSequence", "CodeValue"), "nested")
    inner.RequestedProcedureCodeSequence = Sequence([known_code])
    ds.add_new(tag_of(parent) or 0, "SQ", Sequence([inner]))


def _other_ids(ds: Dataset, notes: Notes) -> None:
    me, parent = notes.speaker.persona, "OtherPatientIDsSequence"
    if parent in ds:
        return
    value = notes.said(identifier(me.other_id), "nested", _path(parent, "PatientID"), hardness="nested")
    issuer = any_of(notes.speaker, "LO", ("institution",))
    inner = item(PatientID=value, TypeOfPatientID="TEXT")
    if issuer is not None:
        inner.IssuerOfPatientID = notes.said(issuer, "nested", _path(parent, "IssuerOfPatientID"), hardness="nested")
    ds.OtherPatientIDsSequence = Sequence([inner])


def _original(ds: Dataset, notes: Notes) -> None:
    me, parent = notes.speaker.persona, "OriginalAttributesSequence"
    inside = (parent, "ModifiedAttributesSequence")
    if parent in ds:
        return
    name, host = full_name(me.person, known=True), any_of(notes.speaker, "LO", ("device",))
    if host is None:
        return
    before = item(
        PatientName=notes.said(name, "nested", _path(*inside, "PatientName"), hardness="nested"),
        PatientID=notes.said(identifier(me.other_id), "nested", _path(*inside, "PatientID"), hardness="nested"),
    )
    moment = f"{notes.speaker.study_date:%Y%m%d}101112"
    notes.said(
        Said(moment, "date", False, moment=moment[:8]), "nested", _path(parent, "AttributeModificationDateTime"))
    ds.OriginalAttributesSequence = Sequence([item(
        SourceOfPreviousValues="", AttributeModificationDateTime=moment, ReasonForTheAttributeModification="COERCE",
        ModifyingSystem=notes.said(host, "nested", _path(parent, "ModifyingSystem"), hardness="nested"),
        ModifiedAttributesSequence=[before],
    )])  # fmt: skip


def _equipment(ds: Dataset, notes: Notes) -> None:
    me, parent = notes.speaker.persona, "ContributingEquipmentSequence"
    if parent in ds:
        return
    ds.ContributingEquipmentSequence = Sequence([item(
        PurposeOfReferenceCodeSequence=[code("109101", "DCM", "Acquisition Equipment")],
        Manufacturer=notes.keep("ACME Imaging", "vendor", "nested", _path(parent, "Manufacturer"), "nested"),
        InstitutionName=notes.said(
            institution(me.institution, known=True), "nested", _path(parent, "InstitutionName"), hardness="nested"),
        OperatorsName=notes.said(
            full_name(me.stranger, known=False, kind="physician"), "nested", _path(parent, "OperatorsName"),
            hardness="nested"),
    )])  # fmt: skip


def _referring(ds: Dataset, notes: Notes) -> None:
    parent = "ReferringPhysicianIdentificationSequence"
    if parent in ds:
        return
    phone, place = any_of(notes.speaker, "SH", ("phone",)), any_of(notes.speaker, "ST", ("address",))
    local = code("4711", "99SITE", "")
    me = notes.speaker.persona
    name = Said(f"{me.referring.given[0]} {me.referring.family[0]}", "physician", True, me.referring.core)
    local.CodeMeaning = notes.said(
        name, "nested", _path(parent, "PersonIdentificationCodeSequence", "CodeMeaning"), hardness="nested")
    inner = item(PersonIdentificationCodeSequence=[local], InstitutionName="")
    inner.InstitutionName = notes.said(
        institution(me.elsewhere, known=False), "nested", _path(parent, "InstitutionName"), hardness="nested")
    if phone is not None:
        inner.PersonTelephoneNumbers = notes.said(
            phone, "nested", _path(parent, "PersonTelephoneNumbers"), hardness="nested")
    if place is not None:
        inner.PersonAddress = notes.said(place, "nested", _path(parent, "PersonAddress"), hardness="nested")
    ds.ReferringPhysicianIdentificationSequence = Sequence([inner])

"""Identifiers in reports, presentation states, waveform annotations, structure sets and encapsulated documents."""

from __future__ import annotations

from datetime import timedelta

from pydicom.dataset import Dataset

from deidra.score.planting.notes import Notes
from deidra.score.planting.pdf import document
from deidra.score.planting.sayings import Said, any_of, fits, full_name, identifier
from deidra.score.planting.text import comment, plant_mixed
from deidra.score.synthetic.documents import content
from deidra.score.synthetic.modules import ROOT

_CONTENT = "dcm:(0040,A730)"
_TEXT, _NAME, _MOMENT, _UID = "(0040,A160)", "(0040,A123)", "(0040,A120)", "(0040,A124)"


def plant_documents(ds: Dataset, notes: Notes) -> None:
    """Whatever the object has of these: its own way of holding words."""
    if "ContentSequence" in ds:
        _report(ds, notes)
    if "GraphicAnnotationSequence" in ds:
        _graphics(ds, notes)
    if "WaveformAnnotationSequence" in ds:
        _into_item(ds, notes, "WaveformAnnotationSequence", 0x00700006, "ST", "waveform")
    if "StructureSetROISequence" in ds:
        _into_item(ds, notes, "StructureSetROISequence", 0x30060026, "LO", "nested")
    if "BeamSequence" in ds:
        _into_item(ds, notes, "BeamSequence", 0x300A00C3, "ST", "nested")
    if str(ds.get("MIMETypeOfEncapsulatedDocument", "")) == "application/pdf":
        _pdf(ds, notes)


def _into_item(ds: Dataset, notes: Notes, parent: str, tag: int, vr: str, carrier: str) -> None:
    items = ds[parent].value
    if items:
        outer = int(ds[parent].tag)
        locator = f"dcm:({outer >> 16:04X},{outer & 0xFFFF:04X})[0]/({tag >> 16:04X},{tag & 0xFFFF:04X})"
        plant_mixed(items[0], notes, tag, vr, locator, carrier)


def _report(ds: Dataset, notes: Notes) -> None:
    """Text items, observers, dates and UIDs after what the report says already, which must stay."""
    me, speaker, items = notes.speaker.persona, notes.speaker, ds.ContentSequence
    _keep_measurements(ds, notes)

    def add(made: Dataset) -> str:
        made_at = f"{_CONTENT}[{len(items)}]/"
        items.append(made)
        return made_at

    text = content("TEXT", ("121071", "DCM", "Finding"))
    text.TextValue = comment(notes, "report", add(text) + _TEXT)
    if ds.Modality != "SR":
        return
    mixed = content("TEXT", ("121106", "DCM", "Comment"))
    plant_mixed(mixed, notes, 0x0040A160, "UT", add(mixed) + _TEXT, "report")
    for person, concept in ((me.referring, ("121008", "DCM", "Person Observer Name")),
                            (me.person, ("121029", "DCM", "Subject Name"))):  # fmt: skip
        named = content("PNAME", concept, "HAS OBS CONTEXT")
        place = add(named) + _NAME
        kind = "name" if person is me.person else "physician"
        named.PersonName = notes.said(full_name(person, known=True, kind=kind), "report", place)
    subject = content("TEXT", ("121030", "DCM", "Subject ID"), "HAS OBS CONTEXT")
    subject.TextValue = notes.said(identifier(me.patient_id), "report", add(subject) + _TEXT)
    observed = content("DATETIME", ("111526", "DCM", "DateTime Started"))
    day = f"{speaker.study_date + timedelta(days=1):%Y%m%d}"
    observed.DateTime = notes.said(
        Said(f"{day}093000", "date", False, moment=day), "report", add(observed) + _MOMENT, must="shift")  # fmt: skip
    tracked = content("UIDREF", ("112040", "DCM", "Tracking Unique Identifier"))
    uid = f"{ROOT}.5.{speaker.rng.randrange(10**12)}"
    tracked.UID = notes.said(Said(uid, "uid", False, (uid,)), "report", add(tracked) + _UID, must="map")


def _keep_measurements(ds: Dataset, notes: Notes) -> None:
    for number, outer in enumerate(ds.ContentSequence):
        for index, inner in enumerate(outer.get("ContentSequence") or []):
            place = f"{_CONTENT}[{number}]/(0040,A730)[{index}]/"
            if inner.ValueType == "NUM":
                value = str(inner.MeasuredValueSequence[0]["NumericValue"].value)
                notes.keep(value, "number", "report", f"{place}(0040,A300)[0]/(0040,A30A)")
            if inner.ValueType == "CODE":
                coded = inner.ConceptCodeSequence[0].CodeValue
                notes.keep(coded, "code", "report", f"{place}(0040,A168)[0]/(0008,0100)")


def _graphics(ds: Dataset, notes: Notes) -> None:
    annotation = ds.GraphicAnnotationSequence[0]
    if annotation.get("TextObjectSequence"):
        place = "dcm:(0070,0001)[0]/(0070,0008)[0]/(0070,0006)"
        plant_mixed(annotation.TextObjectSequence[0], notes, 0x00700006, "ST", place, "graphics")
    if annotation.get("GraphicObjectSequence"):
        graphic = annotation.GraphicObjectSequence[0]
        notes.keep(str(graphic.GraphicType), "code", "graphics", "dcm:(0070,0001)[0]/(0070,0009)[0]/(0070,0023)")
    creator = full_name(notes.speaker.persona.stranger, known=False, kind="physician")
    ds.ContentCreatorName = notes.said(creator, "graphics", "dcm:(0070,0084)")


def _pdf(ds: Dataset, notes: Notes) -> None:
    """A page of text and a document information dictionary, in Latin-1; other scripts name themselves by number."""
    me = notes.speaker.persona
    latin = fits(me.person.family[0], ("ISO_IR 100",), "LT")
    author = (any_of(notes.speaker, "LT", ("physician",)) if latin else None) or identifier(me.patient_id)
    lines = [f"Report for {me.patient_id}"]
    notes.said(identifier(me.patient_id), "document", "doc:page")
    if latin:
        lines += comment(notes, "document", "doc:page").split(". ")
    else:
        lines += [notes.keep("No focal lesion.", "sentence", "document", "doc:page", "embedded")]
    title = notes.said(identifier(me.accessions[notes.speaker.study], "accession"), "document", "doc:info")
    notes.said(author, "document", "doc:info")
    made = document(lines, title=title, author=author.surface)
    ds.EncapsulatedDocument = made + b"\0" * (len(made) % 2)
    if "EncapsulatedDocumentLength" in ds:
        ds.EncapsulatedDocumentLength = len(made)

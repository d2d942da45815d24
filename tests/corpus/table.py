"""Every attribute of Table E.1-1 and of the second layer that can hold a marker: at top level and nested."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydicom.datadict import keyword_for_tag, tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from corpus.images import CT, image
from corpus.modules import DAY, MOMENT, NAME, TEXT, TIME, identified, new_uid
from corpus.plant import plant
from corpus.verdicts import TAKEN_AWAY, categories, listed, vr_of
from corpus.yard import part10

if TYPE_CHECKING:
    from corpus.needles import Mint
    from corpus.yard import Yard

CHARACTERS = frozenset({"PN", "LO", "SH", "ST", "LT", "UT", "UC", "UR", "CS", "AE", "DA", "TM", "DT", "UI"})
BINARY = frozenset({"OB", "OW", "UN", "OB or OW"})
# Left out because the object could not be read as what it is, or because other files carry them.
NOT_HERE = {
    "PixelData",
    "SpecificCharacterSet",
    "TimezoneOffsetFromUTC",
    "PatientSex",
    "EncapsulatedDocument",
}
# Sequences of many modules that Table E.1-1 does not list and that must be entered.
PARENTS = (
    "ContributingEquipmentSequence", "ReferencedSeriesSequence", "ProcedureCodeSequence",
    "PerformedProtocolCodeSequence",
    "SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence", "SegmentSequence", "BeamSequence",
    "DerivationImageSequence", "SourceImageEvidenceSequence", "ChannelDefinitionSequence",
    "OpticalPathSequence",
    "ScheduledProcedureStepSequence", "ContrastBolusAgentSequence", "RadiopharmaceuticalInformationSequence",
    "ReferencedRealWorldValueMappingInstanceSequence", "AnatomicRegionSequence", "StructureSetROISequence",
)  # fmt: skip


def placeholder(tag: int, vr: str) -> object:
    """A value of the VR for the planter to replace."""
    return {
        "PN": NAME, "DA": DAY, "TM": TIME, "DT": MOMENT, "UI": new_uid("table", f"{tag:08X}"),
        "UR": "https://x", "CS": "PLACEHOLDER",
    }.get(vr, b"placeholder!" if vr in BINARY else TEXT)  # fmt: skip


def fill(ds: Dataset, tags: tuple[int, ...]) -> None:
    """Add each attribute that is not there yet, with a placeholder."""
    for tag in tags:
        if tag not in ds and keyword_for_tag(tag) not in NOT_HERE:
            vr = vr_of(tag)
            ds.add_new(tag, {"OB or OW": "OB"}.get(vr, vr), placeholder(tag, vr))


def gap_tags() -> tuple[int, ...]:
    """The attributes that the table leaves out and the second layer takes away or maps."""
    wanted = TAKEN_AWAY | {"uid-instance", "date-subject"}
    chosen = [t for t, c in categories().items() if c in wanted and vr_of(t) in CHARACTERS | BINARY]
    retired = map(tag_for_keyword, ("PlacerOrderNumberProcedure", "FillerOrderNumberProcedure", "PrintJobID",
                                    "DocumentAuthorTrial", "Reference",
                                    "ReportStatusCommentTrial"))  # fmt: skip
    return tuple(sorted([*chosen, *(t for t in retired if t is not None)]))


def listed_sequences() -> tuple[int, ...]:
    """Sequences of Table E.1-1."""
    return listed(frozenset({"SQ"}))


def _carrier(subject: str) -> Dataset:
    return identified(image(CT), subject, "CT")


def _write(yard: Yard, file: str, ds: Dataset) -> None:
    yard.mint.file = file
    plant(ds, yard.mint, codes_too=True)
    yard.bytes_out(file, part10(ds))


def whole_table(yard: Yard) -> None:
    """Four CT images: listed attributes at top, the same nested, listed sequences, gaps."""
    texts = listed(CHARACTERS | BINARY)
    top = _carrier("table top")
    fill(top, texts)
    _write(yard, "table/listed.dcm", top)

    nested = _carrier("table nested")
    undated = tuple(t for t in texts if vr_of(t) not in {"DA", "UI"})
    for number, keyword in enumerate(PARENTS):
        child, grandchild = Dataset(), Dataset()
        fill(child, undated[number :: len(PARENTS)])
        fill(grandchild, undated[(number + 7) % len(PARENTS) :: len(PARENTS)])
        child.RequestAttributesSequence = Sequence([])
        child.add_new(tag_for_keyword("ReferencedInstanceSequence"), "SQ", Sequence([grandchild]))
        setattr(nested, keyword, Sequence([child, _witness(yard.mint)]))
    _write(yard, "table/nested.dcm", nested)

    sequences = _carrier("table sequences")
    for tag in listed_sequences():
        inner = Dataset()
        inner.PersonName, inner.TextValue, inner.CodeMeaning = NAME, TEXT, TEXT
        inner.CodingSchemeDesignator, inner.CodeValue = "99SITE", TEXT
        inner.ReferencedSOPInstanceUID = new_uid("in sequence", f"{tag:08X}")
        sequences.add_new(tag, "SQ", Sequence([inner]))
    _write(yard, "table/sequences.dcm", sequences)

    gaps = _carrier("table gaps")
    fill(gaps, gap_tags())
    _write(yard, "table/gaps.dcm", gaps)


def _witness(mint: Mint) -> Dataset:
    """An item that only holds a number."""
    item = Dataset()
    item.SliceThickness = "2"
    return item

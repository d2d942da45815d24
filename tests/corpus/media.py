"""A disc: one patient's linked study with a DICOMDIR that repeats what the images say, and more."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from pydicom import dcmread
from pydicom.fileset import FileSet
from pydicom.sequence import Sequence

from corpus.documents import ko, pr, sr
from corpus.images import CT, ct, image
from corpus.modules import new_uid
from corpus.plant import Shared, plant
from corpus.radiotherapy import rtdose, rtplan, rtstruct, seg
from corpus.yard import Yard, part10

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from corpus.needles import Mint

SUBJECT = "linked"
LINKED = (ct, rtstruct, rtplan, rtdose, seg, sr, ko, pr)


def disc(yard: Yard) -> None:
    """CT, RTSTRUCT, RTPLAN, RTDOSE, SEG, SR, KO and PR of one study, all referring to it, on a file-set."""
    mint, file_set = yard.mint, FileSet()
    shared: Shared = {}
    homes: dict[str, str] = {}
    for make in LINKED:
        mint.file = f"disc:{make.__name__}"
        ds = make(SUBJECT, mint)
        _distinct_instance(ds, make.__name__)
        plant(ds, mint, shared)
        homes[str(ds.SOPInstanceUID)] = mint.file
        file_set.add(dcmread(BytesIO(part10(ds))))
    mint.file = "disc/DICOMDIR"
    file_set.UID = mint.uid("dcm:(0002,0003) of the DICOMDIR", "map", ())
    file_set.ID = mint.text("dcm:(0004,1130)")
    _enrich_records(file_set, mint)
    file_set.write(yard.folder / "disc")
    _move_needles(yard, homes)


def _distinct_instance(ds: Dataset, name: str) -> None:
    """Each object its own SOP Instance UID; the CT's is the one that the others refer to."""
    if name != "ct":
        ds.SOPInstanceUID = new_uid(SUBJECT, name)


def _enrich_records(file_set: FileSet, mint: Mint) -> None:
    """Put what a directory may also hold into its records: comments, institution, icon, private elements."""
    for node in file_set._tree:
        record: Dataset = node._record
        kind = str(record.DirectoryRecordType)
        if kind == "PATIENT":
            record.PatientComments = mint.text("dcm:(0004,1220)[0]/(0010,4000)")
        if kind == "SERIES" and "InstitutionName" not in record:
            record.InstitutionName = mint.text("dcm:(0004,1220)/(0008,0080), series record")
        if kind == "IMAGE":
            icon = image(CT, bits=8)
            icon.PixelData = mint.text("dcm:(0004,1220)/(0088,0200)[0]/(7FE0,0010)").encode() * 8
            record.IconImageSequence = Sequence([icon])
            block = record.private_block(0x0009, "UNKNOWN VENDOR", create=True)
            block.add_new(0x01, "LO", mint.text('dcm:(0004,1220)/(0009,"UNKNOWN VENDOR",01)'))


def _move_needles(yard: Yard, homes: dict[str, str]) -> None:
    """Needles of an object get the name that the file-set gave its file."""
    names = {}
    for path in sorted((yard.folder / "disc").rglob("*")):
        if path.is_file() and path.name != "DICOMDIR":
            uid = str(dcmread(path, specific_tags=["SOPInstanceUID"]).SOPInstanceUID)
            names[homes[uid]] = Path(path).relative_to(yard.folder).as_posix()

    yard.mint.needles = [
        msgspec.structs.replace(n, file=names.get(n.file, n.file)) for n in yard.mint.needles
    ]

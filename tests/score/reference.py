"""Tools that need no skill, since they are given the truth: a perfect one, and one that removes everything."""

from __future__ import annotations

import hashlib
import re
import warnings
from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pydicom import config, dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from deidra.score import font, locate
from deidra.score.planting.pdf import document
from deidra.standard.uids import is_registered

if TYPE_CHECKING:
    from pathlib import Path

    from pydicom.dataelem import DataElement

    from deidra.score.truth import Key, Truth

SHIFT_DAYS = 1234


def new_uid(uid: str) -> str:
    return f"2.25.{int.from_bytes(hashlib.sha256(uid.encode()).digest()[:12], 'big')}"


def read(path: Path) -> Dataset:
    with warnings.catch_warnings(), config.disable_value_validation():
        warnings.simplefilter("ignore")
        ds = dcmread(path)
        ds.walk(lambda *_: None)
    return ds


def write(ds: Dataset, path: Path) -> None:
    """With a new file meta and preamble, and without what stood outside the data set."""
    syntax = ds.file_meta.TransferSyntaxUID
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    ds.preamble = b"\0" * 128
    for tag in [tag for tag in ds.keys() if tag.group == 0x0000 or tag == 0xFFFCFFFC]:  # noqa: SIM118
        del ds[tag]
    path.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings(), config.disable_value_validation():
        warnings.simplefilter("ignore")
        ds.save_as(path, enforce_file_format=True)


def reference_answer(folder: Path, key: Key, out: Path) -> None:
    """Every object without what had to go and with all that had to stay, under names that tell nothing."""
    truths = defaultdict(list)
    for truth in key.truths:
        truths[truth.object].append(truth)
    for planted in key.objects:
        ds = read(folder / planted.file)
        perfect(ds, truths[planted.id], f"P{planted.subject}")
        write(ds, out / f"{new_uid(planted.instance)}.dcm")


def perfect(ds: Dataset, truths: list[Truth], pseudonym: str) -> None:
    """Carry out in place what the truths ask for."""
    drawn = [t for t in truths if t.glyphs is not None and t.must == "remove" and t.carrier.endswith("pixels")]
    if drawn:
        _paint(ds, drawn)
    for tag in [tag for tag in ds.keys() if 0x6000 <= tag.group <= 0x601E]:  # noqa: SIM118
        del ds[tag]
    kept = [t.surface for t in truths if t.locator == "doc:page" and t.must == "keep"]
    if "EncapsulatedDocument" in ds:
        made = document(kept, title="", author="")
        ds.EncapsulatedDocument = made + b"\0" * (len(made) % 2)
    for truth in truths:
        if truth.carrier == "private" and truth.must == "remove":
            _without_private(ds, locate.parsed(truth.locator)[0])
        elif locate.at(truth.locator) and truth.must in {"remove", "shift"}:
            for element in locate.found(ds, locate.parsed(truth.locator))[:1]:
                _treat(element, truth)
    for _, element, _ in locate.walked(ds):
        if element.VR == "UI" and element.value:
            values = [str(v) for v in element.value] if element.VM > 1 else [str(element.value)]
            mapped = [value if is_registered(value) else new_uid(value) for value in values]
            element.value = mapped if len(mapped) > 1 else mapped[0]
    ds.PatientID = pseudonym


def _without_private(ds: Dataset, step: locate.Step) -> None:
    for element in locate.found(ds, (step,)):
        del ds[element.tag]


def _treat(element: DataElement, truth: Truth) -> None:
    if truth.must == "shift":
        moment = truth.moment
        day = date(int(moment[:4]), int(moment[4:6]), int(moment[6:])) - timedelta(days=SHIFT_DAYS)
        element.value = str(element.value).replace(moment, f"{day:%Y%m%d}")
    elif isinstance(element.value, bytes):
        element.value = b"\0" * len(element.value)
    elif element.VR == "UI":
        element.value = "2.25.1"
    else:
        text = str(element.value)
        rest = text.replace(truth.surface, "")
        element.value = rest if rest != text and re.search(r"\w", rest) else ""


def _paint(ds: Dataset, drawn: list[Truth]) -> None:
    pixels = ds.pixel_array.copy()
    frames = pixels if int(ds.get("NumberOfFrames", 1) or 1) > 1 else pixels[None]
    for truth in drawn:
        assert truth.glyphs is not None
        height, width = font.size(truth.glyphs.text, truth.glyphs.scale)
        row, column = truth.glyphs.row, truth.glyphs.column
        frames[:, row : row + height, column : column + width] = 0
    encapsulated = ds["PixelData"].is_undefined_length
    ds.PixelData = pixels.tobytes()
    ds["PixelData"].is_undefined_length = False
    if encapsulated:
        ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        ds.PhotometricInterpretation = "RGB"


def remove_everything(folder: Path, key: Key, out: Path) -> None:
    """Every object with empty text, new UIDs, black pixels, no sequences, no private elements."""
    for planted in key.objects:
        ds = read(folder / planted.file)
        bare = Dataset()
        bare.SOPClassUID, bare.SOPInstanceUID = ds.SOPClassUID, new_uid(planted.instance)
        bare.file_meta = FileMetaDataset()
        bare.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        for keyword in ("Rows", "Columns", "BitsAllocated", "SamplesPerPixel"):
            if keyword in ds:
                setattr(bare, keyword, ds[keyword].value)
        for keyword in ("PatientName", "PatientID", "StudyDate", "StudyDescription", "Manufacturer"):
            setattr(bare, keyword, "")
        write(bare, out / f"{planted.id}.dcm")

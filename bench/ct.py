"""2,000 CT instances of 500 KB in 20 series: about 300 elements each, a third to a half of them private.

A series is one template made with pydicom; an instance is that template with the values patched that differ
from slice to slice, so that a gigabyte is written about as fast as the disk takes it.
"""

from __future__ import annotations

import io
import random
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import CTImageStorage

from bench.ct_attributes import ACQUISITION, IDENTIFYING, nested_sequences
from bench.vendors import CSA_IMAGE_BYTES, CSA_MAGIC, CSA_SERIES_BYTES, VENDORS, Vendor, undefined_lengths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SERIES = 20
SLICES = 100
SIDE = 512  # pixels
UID_ROOT = "1.2.840.99999.1"

# Values no other element has: what stands at these places in the template is replaced in each instance.
SOP_MARK = 99999
INSTANCE_MARK = "990017"
TIME_MARKS = ("235957.876501", "235957.876502")
POSITION_MARK = "-8765.4321"
LOCATION_MARK = "-8765.4322"
CURRENT_MARK = "990018"


class Patch(NamedTuple):
    """A value that differs in every instance: where it stands in the template, and its bytes for a slice."""

    offsets: tuple[int, ...]
    value: Callable[[int], bytes]


def write_corpus(
    folder: Path, seed: int, series_count: int = SERIES, slices: int = SLICES, side: int = SIDE
) -> None:
    """Write `series_count` folders of `slices` instances, vendors in turn; the seed decides every byte.

    `side`: rows and columns of a slice.
    """
    for series in range(series_count):
        target = folder / f"series{series + 1:02d}"
        target.mkdir(parents=True)
        for number, content in enumerate(instances(series, slices, seed, side), start=1):
            (target / f"IM{number:04d}.dcm").write_bytes(content)


def instances(series: int, slices: int, seed: int, side: int = SIDE) -> Iterator[bytearray]:
    """The encoded instances of one series."""
    vendor = VENDORS[series % len(VENDORS)]
    template = _encode(dataset(vendor, series, seed, side), vendor.transfer_syntax_uid)
    patches = _patches(template, series)
    pixel_offset = len(template) - side * side * 2
    blobs = _blob_spans(template)
    noise = np.random.default_rng((seed, series))
    for slice_index in range(slices):
        content = bytearray(template)
        for patch in patches:
            value = patch.value(slice_index)
            for offset in patch.offsets:
                content[offset : offset + len(value)] = value
        for start, length in blobs:
            content[start : start + length] = noise.bytes(length)
        content[pixel_offset:] = _pixels(noise, slice_index, side)
        yield content


def dataset(vendor: Vendor, series: int, seed: int, side: int = SIDE) -> Dataset:
    """One CT object of a vendor; the values that vary by slice hold their marks."""
    rng = random.Random(seed * 1000 + series)
    ds = Dataset()
    for keyword, value in (IDENTIFYING | ACQUISITION).items():
        setattr(ds, keyword, value)
    ds.Manufacturer, ds.ManufacturerModelName = vendor.manufacturer, vendor.model
    ds.SOPClassUID = CTImageStorage
    ds.SOPInstanceUID = f"{UID_ROOT}.{series + 1}.{SOP_MARK}"
    ds.StudyInstanceUID = f"{UID_ROOT}.{series // 2 + 1}.2"
    ds.SeriesInstanceUID = f"{UID_ROOT}.{series + 1}.3"
    ds.FrameOfReferenceUID = f"{UID_ROOT}.{series // 2 + 1}.4"
    ds.PatientID = f"MRN-{4711 + series // 2:07d}"
    ds.PatientName = f"Testmann{series // 2}^Erika^Maria^^Dr."
    ds.SeriesNumber = str(series + 1)
    ds.InstanceNumber = INSTANCE_MARK
    ds.ContentTime, ds.AcquisitionTime = TIME_MARKS
    ds.ImagePositionPatient = ["-249.5117", "-401.5117", POSITION_MARK]
    ds.SliceLocation = LOCATION_MARK
    ds.XRayTubeCurrent = CURRENT_MARK
    nested_sequences(ds, UID_ROOT)
    vendor.add_private(ds, rng)
    ds.Rows = ds.Columns = side
    ds.PixelData = bytes(side * side * 2)
    ds["PixelData"].VR = "OW"
    if vendor.manufacturer == "Philips":
        undefined_lengths(ds)
    return ds


def _encode(ds: Dataset, transfer_syntax_uid: str) -> bytes:
    ds.file_meta = FileMetaDataset()
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.file_meta.TransferSyntaxUID = transfer_syntax_uid
    ds.file_meta.SourceApplicationEntityTitle = "CT99_SCANNER"
    buffer = io.BytesIO()
    dcmwrite(buffer, ds, enforce_file_format=True)
    return buffer.getvalue()


def _patches(template: bytes, series: int) -> list[Patch]:
    def at(mark: str, occurrences: int = 1) -> tuple[int, ...]:
        found = tuple(_all(template, mark.encode()))
        assert len(found) == occurrences, f"a mark stands {len(found)} times in the template"
        return found

    def clock(seconds: float) -> Callable[[int], bytes]:
        return lambda i: f"1015{int(seconds + i * 0.25) % 60:02d}.{(i * 250_000) % 1_000_000:06d}".encode()

    uid = f"{UID_ROOT}.{series + 1}."
    return [
        Patch(at(f"{uid}{SOP_MARK}", 2), lambda i: f"{uid}{10001 + i}".encode()),
        Patch(at(INSTANCE_MARK), lambda i: f"{i + 1:<6d}".encode()),
        Patch(at(TIME_MARKS[0]), clock(2.5)),
        Patch(at(TIME_MARKS[1]), clock(2.0)),
        Patch(at(POSITION_MARK), lambda i: f"{-300 + i * 1.25:<10.3f}".encode()),
        Patch(at(LOCATION_MARK), lambda i: f"{-300 + i * 1.25:<10.3f}".encode()),
        Patch(at(CURRENT_MARK), lambda i: f"{150 + (i * 37) % 220:<6d}".encode()),
    ]


def _all(content: bytes, mark: bytes) -> Iterator[int]:
    offset = content.find(mark)
    while offset >= 0:
        yield offset
        offset = content.find(mark, offset + 1)


def _blob_spans(template: bytes) -> list[tuple[int, int]]:
    starts = [offset + len(CSA_MAGIC) for offset in _all(template, CSA_MAGIC)]
    lengths = [size - len(CSA_MAGIC) for size in (CSA_IMAGE_BYTES, CSA_SERIES_BYTES)]
    return list(zip(starts, lengths, strict=False))


def _pixels(noise: np.random.Generator, slice_index: int, side: int) -> bytes:
    """A bright disc on a gradient with 6 bits of noise: 12 bits stored, little endian."""
    column = np.arange(side, dtype=np.uint16)
    row = column[:, None]
    disc = ((row - side // 2) ** 2 + (column - side // 2) ** 2) < (180 + slice_index % 20) ** 2
    grain = np.frombuffer(noise.bytes(side * side), dtype=np.uint8).reshape(side, side) >> 2
    return (row + column + grain + disc * np.uint16(1000)).astype("<u2").tobytes()

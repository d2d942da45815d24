"""Where objects are built: the folder, the mint, and writing one object."""

from __future__ import annotations

import warnings
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset, write_file_meta_info
from pydicom.uid import ExplicitVRLittleEndian

from corpus.plant import Shared, plant

if TYPE_CHECKING:
    from corpus.needles import Mint


class Yard(msgspec.Struct, frozen=True):
    """A folder that fills up, and the mint that remembers what was put where."""

    folder: Path
    mint: Mint

    def bytes_out(self, file: str, data: bytes) -> Path:
        """Write raw bytes under a relative name."""
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def object_out(
        self, file: str, ds: Dataset, syntax: str = ExplicitVRLittleEndian, shared: Shared | None = None
    ) -> Path:
        """Plant markers in the object and write it as a Part 10 file."""
        self.mint.file = file
        plant(ds, self.mint, shared)
        return self.bytes_out(file, part10(ds, syntax))


def encoded(ds: Dataset, syntax: str = ExplicitVRLittleEndian) -> bytes:
    """The bytes of the data set alone, in an implicit or explicit little endian transfer syntax."""
    out = DicomBytesIO()
    out.is_little_endian = True
    out.is_implicit_VR = syntax == "1.2.840.10008.1.2"
    write_dataset(out, ds)
    return out.getvalue()


def part10(ds: Dataset, syntax: str = ExplicitVRLittleEndian) -> bytes:
    """The bytes of a whole file with preamble and meta information."""
    ds.file_meta = ds.file_meta if hasattr(ds, "file_meta") else FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    out = BytesIO()
    ds.save_as(out, enforce_file_format=True)
    return out.getvalue()


def meta(ds: Dataset, syntax: str = ExplicitVRLittleEndian, **more: object) -> bytes:
    """Encoded file meta information (group 0002) for the object."""
    info = FileMetaDataset()
    info.MediaStorageSOPClassUID = ds.SOPClassUID
    info.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    info.TransferSyntaxUID = syntax
    for keyword, value in more.items():
        setattr(info, keyword, value)
    out = DicomBytesIO()
    out.is_little_endian, out.is_implicit_VR = True, False
    write_file_meta_info(out, info, enforce_standard=True)
    return out.getvalue()


@cache
def _sample_bytes(name: str) -> bytes:
    path = get_testdata_file(name, download=False)
    assert isinstance(path, str), name
    return Path(path).read_bytes()


def sample(name: str) -> Dataset:
    """A fresh copy of a file that comes with pydicom, in memory."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ds = dcmread(BytesIO(_sample_bytes(name)), force=True)
        ds.walk(lambda *_: None)  # read every element now, while warnings are off
    return ds

"""The coded frames of the public DICOM files that come with pydicom."""

from __future__ import annotations

import warnings
from functools import cache
from typing import NamedTuple

import pydicom
from pydicom.encaps import generate_frames

from conformance.collection import public_files
from deidra.bitstream import StreamKind, kind_of

_RLE = "1.2.840.10008.1.2.5"
_MOST_FRAMES = 3
# A frame that is cut short on purpose
DAMAGED = frozenset(("emri_small_jpeg_2k_lossless_too_short.dcm",))


class Frame(NamedTuple):
    """A coded frame with what its DICOM object tells of it."""

    kind: StreamKind
    data: bytes
    pixels: int


@cache
def frames() -> dict[str, list[Frame]]:
    """The first frames of each file that has coded ones."""
    found = {}
    for name, path in public_files().items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                data_set = pydicom.dcmread(path, force=True)
                syntax = data_set.file_meta.TransferSyntaxUID
                if not syntax.is_encapsulated or path.name in DAMAGED:
                    continue
                count = int(data_set.get("NumberOfFrames", 1) or 1)
                coded = list(generate_frames(data_set.PixelData, number_of_frames=count))[:_MOST_FRAMES]
            except (AttributeError, ValueError, NotImplementedError):
                continue
        pixels = data_set.Rows * data_set.Columns
        kinds = [StreamKind.RLE if syntax == _RLE else kind_of(data) for data in coded]
        found[name] = [Frame(kind, data, pixels) for kind, data in zip(kinds, coded, strict=True) if kind is not None]
    return found

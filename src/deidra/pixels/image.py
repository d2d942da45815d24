"""What is known of one object's pixel data before a frame is read, and what is found in it.

The caller fills `Layout` and `Device` from the data set; nothing here knows of DICOM files.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol

import msgspec

Box = tuple[int, int, int, int]  # top, left, bottom, right in pixels; bottom and right exclusive

FindingKind = Literal["text", "barcode", "device", "overlay-bits"]


class Palette(msgspec.Struct, frozen=True):
    """Palette Color Lookup Tables, PS3.3 C.7.6.3.1.5-6.

    `descriptor`: number of entries (0 means 65536), first stored value mapped, bits per entry (8 or 16).
    Tables hold the bytes of one channel as stored, little endian; segmented tables are expanded by the caller.
    """

    descriptor: tuple[int, int, int]
    red: bytes
    green: bytes
    blue: bytes

    def __repr__(self) -> str:
        return f"Palette({self.descriptor})"


class Layout(msgspec.Struct, frozen=True):
    """Image Pixel Module, PS3.3 C.7.6.3. `windows`: centre and width in stored values, the rescale already undone.

    `bits_allocated` 32 or 64 with `is_float` is Float or Double Float Pixel Data.
    """

    transfer_syntax_uid: str
    rows: int
    columns: int
    frames: int
    samples_per_pixel: int
    photometric_interpretation: str
    planar_configuration: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    is_signed: bool
    palette: Palette | None = None
    windows: tuple[tuple[float, float], ...] = ()
    padding_value: int | None = None
    is_float: bool = False


class UltrasoundRegion(msgspec.Struct, frozen=True):
    """One item of Sequence of Ultrasound Regions (0018,6011), PS3.3 C.8.5.5. `box` in pixels, exclusive end."""

    box: Box
    spatial_format: int
    data_type: int


class Device(msgspec.Struct, frozen=True):
    """Who made the image, as device rules ask for it.

    `attributes`: further values, by tag as eight hexadecimal digits ("00181020"); the values of one element are
    joined by a backslash. Rules that were imported say which they need (`devices.needed_tags`).
    """

    manufacturer: str = ""
    model: str = ""
    software_versions: tuple[str, ...] = ()
    modality: str = ""
    sop_class_uid: str = ""
    image_type: tuple[str, ...] = ()
    us_regions: tuple[UltrasoundRegion, ...] = ()
    attributes: Mapping[str, str] = {}

    def __repr__(self) -> str:
        # Imported rules may ask for any attribute: its values belong in no message
        return f"Device(modality={self.modality!r}, sop_class_uid={self.sop_class_uid!r})"


class Image(Protocol):
    """One object's pixel data. Frames are read when asked for; nothing is kept."""

    @property
    def layout(self) -> Layout: ...

    @property
    def series_group(self) -> str:
        """Images with the same group may share projections."""
        ...

    @property
    def device(self) -> Device: ...

    def coded(self, frame: int) -> bytes:
        """The bytes of frame `frame`, from 0.

        Native: exactly one frame's bytes; bit-packed for bits_allocated 1, in whole bytes, the frame's first pixel in
        lowest bit of the first byte. Encapsulated: the frame's bitstream. Raises Held or Rejected when it has none.
        """
        ...


class Region(msgspec.Struct, frozen=True):
    """Where something was found that must not leave. Frames from 0, the last included; the margin is included."""

    box: Box
    first_frame: int
    last_frame: int
    kind: FindingKind
    confidence: float
    finder: str  # name and version of what found it

"""Text drawn into pixels and overlay planes, and text inside coded streams."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import JPEGBaseline8Bit

from deidra.score import font
from deidra.score.planting import jpeg
from deidra.score.planting.notes import Notes
from deidra.score.planting.sayings import Said, fits, identifier
from deidra.score.truth import Glyphs
from deidra.standard.uids import transfer_syntax

_DRAWN_MODALITIES = {"US", "OT", "CR", "XC"}
_MARGIN = 3
_LEAST_BITS = 3


def plant_pixels(ds: Dataset, notes: Notes, turn: int) -> None:
    """Draw into the object what its kind may show; photographs become JPEG.

    Objects without text in their pixels are noted: their pixels must stay as they are.
    """
    if "PixelData" not in ds or int(ds.get("BitsAllocated", 0)) not in {8, 16}:
        return
    if not _plain(ds):
        notes.keep("", "pixels", "pixels", "px:all")
        return
    drawn = ds.Modality in _DRAWN_MODALITIES or (ds.Modality == "CT" and str(ds.get("InstanceNumber")) == "3")
    coded = ds.Modality == "XC" and ds.SamplesPerPixel == 3 and ds.Rows % 8 == 0 and ds.Columns % 8 == 0
    texts = list(_texts(ds, notes)) if drawn else []
    if not texts:
        notes.keep("", "pixels", "pixels", "px:all")
    else:
        _draw(ds, notes, texts, "coded-pixels" if coded else "pixels")
        if not coded:
            notes.keep("", "pixels-outside", "pixels", "px:outside")
    if turn % 3 == 0 and ds.Modality in {"MR", "DX", "MG"}:
        _overlay(ds, notes)
    if coded:
        _coded(ds, notes)


def _plain(ds: Dataset) -> bool:
    """Whether the pixels are native, little endian, one sample beside the other, and as many as they should be."""
    syntax = transfer_syntax(str(ds.file_meta.TransferSyntaxUID))
    if syntax is None or syntax.encapsulated or syntax.big_endian or ds.get("PlanarConfiguration"):
        return False
    bits = ds.Rows * ds.Columns * ds.SamplesPerPixel * int(ds.get("NumberOfFrames", 1) or 1) * ds.BitsAllocated
    return len(ds.PixelData) - bits // 8 in {0, 1} and ds.BitsStored > _LEAST_BITS


def _texts(ds: Dataset, notes: Notes) -> Iterator[tuple[Said, str, int, int, int]]:
    """(what, as drawn, row, column, scale) of the identifiers that have room, one line each."""
    me = notes.speaker.persona
    name = me.person.family[0]
    lines = [identifier(me.patient_id)]
    if fits(name, ("",), "LT") and not me.person.trap:
        lines.insert(0, Said(f"{name}, {me.person.given[0][0]}", "name", True, me.person.core))
    day = f"{me.birth:%d.%m.%Y}"
    lines.append(Said(day, "birth-date", True, moment=f"{me.birth:%Y%m%d}"))
    row = _MARGIN
    for said in lines:
        text = font.drawable(said.surface)
        scale = 2 if font.size(text, 2)[1] <= ds.Columns - 2 * _MARGIN else 1
        height, width = font.size(text, scale)
        if row + height + _MARGIN > ds.Rows * 2 // 3 or width > ds.Columns - 2 * _MARGIN:
            return
        yield said, text, row, _MARGIN, scale
        row += height + _MARGIN


def _draw(ds: Dataset, notes: Notes, texts: list[tuple[Said, str, int, int, int]], carrier: str) -> None:
    frames = int(ds.get("NumberOfFrames", 1) or 1)
    wide = ds.BitsAllocated == 16
    values = array("B" if not wide else "h" if ds.PixelRepresentation else "H", ds.PixelData)
    top = (1 << (ds.BitsStored - (1 if ds.PixelRepresentation else 0))) - 1
    white = min(top, 2000) if ds.PixelRepresentation else top
    for said, text, row, column, scale in texts:
        for frame in range(frames):
            _ink(values, ds, text, row, column, scale, frame, white)
        notes.drawn(said, carrier, f"px:row={row},column={column}", Glyphs(text, row, column, scale))
    side, scale = notes.speaker.rng.choice(["R", "L"]), 2
    row, column = ds.Rows - 7 * scale - 2, ds.Columns - 5 * scale - 2
    for frame in range(frames):
        _ink(values, ds, side, row, column, scale, frame, white)
    marker = Said(side, "laterality", False)
    notes.drawn(marker, carrier, f"px:row={row},column={column}", Glyphs(side, row, column, scale), must="keep")
    ds.PixelData = values.tobytes()


def _ink(values: array[int], ds: Dataset, text: str, row: int, column: int, scale: int, frame: int, white: int) -> None:
    samples = int(ds.SamplesPerPixel)
    for down, right in font.text_ink(text, scale):
        at = ((frame * ds.Rows + row + down) * ds.Columns + column + right) * samples
        for sample in range(samples):
            values[at + sample] = white


def _overlay(ds: Dataset, notes: Notes) -> None:
    """A name or number as the dots of an overlay plane (PS3.3 C.9.2), and in the plane's own text."""
    me = notes.speaker.persona
    text = font.drawable(me.patient_id)
    bits = bytearray((ds.Rows * ds.Columns + 7) // 8)
    for down, right in font.text_ink(text, 1):
        at = (down + _MARGIN) * ds.Columns + right + _MARGIN
        bits[at // 8] |= 1 << at % 8
    ds.add_new(0x60000010, "US", ds.Rows)
    ds.add_new(0x60000011, "US", ds.Columns)
    described = Said(me.patient_id, "id", True, (me.patient_id,))
    ds.add_new(0x60000022, "LO", notes.said(described, "overlay", "dcm:(6000,0022)"))
    ds.add_new(0x60000040, "CS", "G")
    ds.add_new(0x60000050, "SS", [1, 1])
    ds.add_new(0x60000100, "US", 1)
    ds.add_new(0x60000102, "US", 0)
    ds.add_new(0x60003000, "OW", bytes(bits) + b"\0" * (len(bits) % 2))
    notes.drawn(described, "overlay", "dcm:(6000,3000)", Glyphs(text, _MARGIN, _MARGIN, 1))


def _coded(ds: Dataset, notes: Notes) -> None:
    """The object as JPEG baseline, with a comment and an application segment that say who it is."""
    me = notes.speaker.persona
    number = Said(me.patient_id, "id", True, (me.patient_id,))
    place = Said(me.host, "device", False, (me.host,))
    comment = notes.said(number, "stream", "stream:COM", hardness="hidden")
    packet = notes.said(place, "stream", "stream:APP1", hardness="hidden")
    segments = [
        (0xFE, f"Scanned for {comment}".encode("ascii")),
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + f"<x>{packet}</x>".encode("ascii")),
    ]
    data = bytes(ds.PixelData)
    planes = _luma_chroma([data[number::3] for number in range(3)])
    stream = jpeg.encode(planes, ds.Rows, ds.Columns, segments)
    ds.PixelData = encapsulate([stream + b"\0" * (len(stream) % 2)])
    ds["PixelData"].is_undefined_length = True
    ds.PhotometricInterpretation = "YBR_FULL_422"  # as PS3.5 8.2.1 has it for JPEG, whatever the sampling
    ds.LossyImageCompression = "01"
    ds.LossyImageCompressionRatio = f"{len(data) / len(stream):.3f}"
    ds.LossyImageCompressionMethod = "ISO_10918_1"
    ds.file_meta.TransferSyntaxUID = JPEGBaseline8Bit


def _luma_chroma(planes: list[bytes]) -> list[bytes]:
    """RGB to YCbCr of full range (JFIF)."""
    luma, blue, red = bytearray(), bytearray(), bytearray()
    for r, g, b in zip(*planes, strict=True):
        y = 0.299 * r + 0.587 * g + 0.114 * b
        luma.append(round(y))
        blue.append(min(255, max(0, round(128 + (b - y) / 1.772))))
        red.append(min(255, max(0, round(128 + (r - y) / 1.402))))
    return [bytes(luma), bytes(blue), bytes(red)]

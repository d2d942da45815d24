"""How many bytes the pixels of an image take (PS3.3 C.7.6.3), and what stands behind them."""

from __future__ import annotations

from deidra.dicom.header import NUMBER_OF_FRAMES, Header
from deidra.dicom.reader import Piece
from deidra.dicom.stream import FRAGMENTS
from deidra.errors import Held
from deidra.model import Action, Edit

_SAMPLES, _PHOTOMETRIC, _ROWS, _COLUMNS, _BITS_ALLOCATED = 0x00280002, 0x00280004, 0x00280010, 0x00280011, 0x00280100
# Every element that says how many bytes there should be
DEPENDS_ON = frozenset((_SAMPLES, _PHOTOMETRIC, NUMBER_OF_FRAMES, _ROWS, _COLUMNS, _BITS_ALLOCATED))
# Chrominance is sampled half as often in one direction or in both (PS3.3 C.7.6.3.1.2)
_SHARE = {"YBR_FULL_422": (2, 3), "YBR_PARTIAL_422": (2, 3), "YBR_PARTIAL_420": (1, 2)}
_LENGTH_BYTES = 4
_LOCATOR = "dcm:(0028,0004)"


def frame_count(header: Header) -> int:
    """Number of Frames, 1 where it is absent. Raises Held when it is no number."""
    raw = header.raw(NUMBER_OF_FRAMES).strip(b" \0")
    if raw and not (raw.isdigit() and len(raw) <= 9):
        raise Held("frames-unclear", "the number of frames cannot be read", "dcm:(0028,0008)")
    return int(raw or b"1")


def plane_pixels(header: Header) -> int | None:
    """Rows times columns, None where they are not told."""
    return us(header, _ROWS) * us(header, _COLUMNS) or None


def frame_bits(header: Header) -> int | None:
    """Bits of one frame that is not compressed, None where the image does not tell."""
    samples = plane_pixels(header)
    bits = us(header, _BITS_ALLOCATED)
    if not samples or not bits:
        return None
    whole, parts = _SHARE.get(header.text(_PHOTOMETRIC), (1, 1))
    return samples * max(us(header, _SAMPLES), 1) * bits * whole // parts


def check_subsampling(header: Header, value_bytes: int) -> None:
    """Raises Held where native pixels are as many as without the subsampling that the image claims (C.7.6.3.1.2)."""
    whole, parts = _SHARE.get(header.text(_PHOTOMETRIC), (1, 1))
    bits = frame_bits(header) or 0
    if whole != parts and value_bytes * 8 >= bits * parts // whole * frame_count(header):
        raise Held("pixel-layout", "there are more pixels than their photometric interpretation says", _LOCATOR)


def us(header: Header, tag: int) -> int:
    """A value of VR US; 0 where it is absent or no single number."""
    raw = header.raw(tag)
    return int.from_bytes(raw, "little") if len(raw) == 2 else 0


def without_surplus(header: Header) -> tuple[list[Piece], Edit] | None:
    """Native pixel data, element header included, up to the last pixel; None where nothing stands behind it.

    Raises Held where there are as many bytes as without the subsampling that the image claims: they may be pixels.
    """
    found = header.pixels
    bits = frame_bits(header)
    if found is None or found[1][5] is FRAGMENTS or bits is None:
        return None
    section, (tag, _, at, value, stop, _) = found
    needed = (bits * frame_count(header) + 7) >> 3
    needed += needed & 1
    if stop - value <= needed:
        return None
    check_subsampling(header, stop - value)
    head = section.buf[at : value - _LENGTH_BYTES] + needed.to_bytes(_LENGTH_BYTES, "little")
    cited = "PS3.5 8.1.1: nothing stands behind the last pixel"
    locator = f"dcm:(7FE0,{tag & 0xFFFF:04X})/bytes behind the pixels"
    edit = Edit(locator, Action.REMOVE, "container", cited)
    return [head, (section.base + value, needed)], edit

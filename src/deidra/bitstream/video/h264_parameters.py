"""Parameter sets of H.264: read to their last bit, so that nothing in them goes unseen (H.264 7.3.2, Annex E, Annex H).

They are kept as they are. One that says more than is understood is held.
"""

from __future__ import annotations

from typing import NamedTuple

from deidra.bitstream.video.bits import BitReader
from deidra.bitstream.work import unsupported

_HIGH_PROFILES = frozenset((44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244))
_MULTIVIEW_PROFILES = frozenset((118, 128))
_EXTENDED_ASPECT = 255
_MOST_SETS, _MOST_CPBS, _MOST_FRAMES_IN_CYCLE, _MOST_VIEWS, _MOST_REFERENCES = 256, 32, 256, 1024, 16


class Timing(NamedTuple):
    """What SEI messages about time depend on: sizes in bits, zero where there is none (H.264 E.1.2)."""

    nal_cpbs: int = 0
    vcl_cpbs: int = 0
    initial_delay_bits: int = 24
    removal_delay_bits: int = 24
    output_delay_bits: int = 24
    offset_bits: int = 24
    pictures_told: bool = False  # pic_struct_present_flag


class SequenceSet(NamedTuple):
    """What other units depend on."""

    identifier: int
    chroma_format: int
    timing: Timing


def read_sequence_set(rbsp: bytes, position: int, *, subset: bool = False) -> SequenceSet:
    """An SPS, or with `subset` a subset SPS with its multiview extension. Raises Held."""
    bits = BitReader(rbsp, position)
    profile = bits.u(8)
    flags = bits.u(8)
    if flags & 3:
        raise unsupported("reserved bits of a parameter set", position)
    bits.u(8)
    identifier = bits.below(_MOST_SETS)
    chroma_format = _high_profile(bits) if profile in _HIGH_PROFILES else 1
    bits.ue()
    _picture_order(bits)
    bits.ue()
    bits.u(1)
    bits.ues(2)
    if not bits.flag():
        bits.u(1)
    bits.u(1)
    if bits.flag():
        bits.ues(4)
    timing = _usability(bits) if bits.flag() else Timing()
    if subset:
        if profile not in _MULTIVIEW_PROFILES:
            raise unsupported("a scalable or three-dimensional video", position)
        _multiview(bits, position)
    bits.require_end("a sequence parameter set")
    return SequenceSet(identifier, chroma_format, timing)


def _high_profile(bits: BitReader) -> int:
    chroma_format = bits.below(4)
    if chroma_format == 3:
        bits.u(1)
    bits.ues(2)
    bits.u(1)
    if bits.flag():
        _scaling_lists(bits, 12 if chroma_format == 3 else 8)
    return chroma_format


def _scaling_lists(bits: BitReader, lists: int) -> None:
    for number in range(lists):
        if bits.flag():
            last = following = 8
            for _ in range(16 if number < 6 else 64):
                if following:
                    code = bits.ue()
                    delta = (code + 1) // 2 if code & 1 else -(code // 2)
                    following = (last + delta) % 256
                last = following or last


def _picture_order(bits: BitReader) -> None:
    kind = bits.below(3)
    if kind == 0:
        bits.ue()
    elif kind == 1:
        bits.u(1)
        bits.ues(2)
        bits.ues(bits.below(_MOST_FRAMES_IN_CYCLE))


def _usability(bits: BitReader) -> Timing:
    """Video usability information (H.264 E.1.1)."""
    if bits.flag() and bits.u(8) == _EXTENDED_ASPECT:
        bits.u(32)
    if bits.flag():
        bits.u(1)
    if bits.flag():
        bits.u(4)
        if bits.flag():
            bits.u(24)
    if bits.flag():
        bits.ues(2)
    if bits.flag():
        bits.u(65)
    timing = Timing()
    nal = vcl = 0
    if bits.flag():
        timing = _buffers(bits)
        nal = timing.nal_cpbs
    if bits.flag():
        timing = _buffers(bits)
        vcl = timing.nal_cpbs
    if nal or vcl:
        bits.u(1)
    timing = timing._replace(nal_cpbs=nal, vcl_cpbs=vcl, pictures_told=bits.flag())
    if bits.flag():
        bits.u(1)
        bits.ues(6)
    return timing


def _buffers(bits: BitReader) -> Timing:
    """hrd_parameters()."""
    cpbs = 1 + bits.below(_MOST_CPBS)
    bits.u(8)
    for _ in range(cpbs):
        bits.ues(2)
        bits.u(1)
    initial, removal, output, offset = (bits.u(5) for _ in range(4))
    return Timing(cpbs, 0, initial + 1, removal + 1, output + 1, offset)


def _multiview(bits: BitReader, position: int) -> None:
    """seq_parameter_set_mvc_extension() (H.264 H.7.3.2.1.4)."""
    if not bits.flag():
        raise unsupported("a subset parameter set without its extension", position)
    views = 1 + bits.below(_MOST_VIEWS)
    bits.ues(views)
    for _ in range(2 * (views - 1)):
        for _ in range(2):
            bits.ues(bits.below(_MOST_REFERENCES))
    for _ in range(1 + bits.below(64)):
        bits.u(8)
        for _ in range(1 + bits.below(_MOST_VIEWS)):
            bits.u(3)
            bits.ues(1 + bits.below(_MOST_VIEWS))
            bits.ue()
    if bits.flag() or bits.flag():
        raise unsupported("more multiview information than is understood", position)


def read_picture_set(rbsp: bytes, chroma_formats: dict[int, int], position: int) -> None:
    """A PPS (H.264 7.3.2.2). `chroma_formats` are those of the sequence sets by identifier. Raises Held."""
    bits = BitReader(rbsp, position)
    bits.below(_MOST_SETS)
    sequence = bits.below(_MOST_SETS)
    bits.u(2)
    groups = 1 + bits.below(8)
    if groups > 1:
        _slice_groups(bits, groups)
    bits.ues(2)
    bits.u(3)
    bits.ues(3)
    bits.u(3)
    if bits.more_data():
        large = bits.flag()
        if bits.flag():
            lists = 6 if chroma_formats.get(sequence) == 3 else 2
            _scaling_lists(bits, 6 + (lists if large else 0))
        bits.ue()
    bits.require_end("a picture parameter set")


def _slice_groups(bits: BitReader, groups: int) -> None:
    kind = bits.below(7)
    if kind == 0:
        bits.ues(groups)
    elif kind == 2:
        bits.ues(2 * (groups - 1))
    elif kind in (3, 4, 5):
        bits.u(1)
        bits.ue()
    elif kind == 6:
        units = 1 + bits.below(1 << 20)
        bits.u(units * (groups - 1).bit_length())

"""Parameter sets of H.265: read to their last bit, so that nothing in them goes unseen (H.265 7.3.2, Annex E).

They are kept as they are. One that says more than is understood is held.
"""

from __future__ import annotations

from typing import NamedTuple

from deidra.bitstream.video.bits import BitReader
from deidra.bitstream.video.hevc_syntax import (
    Timing,
    read_buffers,
    read_profiles,
    read_reference_sets,
    read_scaling_lists,
)
from deidra.bitstream.work import unsupported

_EXTENDED_ASPECT = 255
_MOST_VIDEO_SETS_BUFFERS, _MOST_SEQUENCES, _MOST_PICTURE_SETS = 1024, 16, 64
_MOST_REFERENCE_SETS, _MOST_LONG_TERM, _MOST_PALETTE = 65, 33, 256


class SequenceSet(NamedTuple):
    """What other units depend on."""

    identifier: int
    timing: Timing


def read_video_set(rbsp: bytes, position: int) -> None:
    """A VPS of one layer. Raises Held."""
    bits = BitReader(rbsp, position)
    bits.u(6)
    bits.u(6)
    sub_layers = bits.u(3)
    bits.u(1 + 16)
    read_profiles(bits, sub_layers, position)
    _ordering(bits, sub_layers)
    layers = bits.u(6)
    for _ in range(bits.below(1024)):
        bits.u(layers + 1)
    if bits.flag():
        _clock(bits)
        for number in range(bits.below(_MOST_VIDEO_SETS_BUFFERS)):
            bits.ue()
            read_buffers(bits, sub_layers, common=number == 0 or bits.flag())
    if bits.flag():
        raise unsupported("a video of more than one layer", position)
    bits.require_end("a video parameter set")


def _ordering(bits: BitReader, sub_layers: int) -> None:
    bits.ues(3 * (sub_layers + 1) if bits.flag() else 3)


def _clock(bits: BitReader) -> None:
    bits.u(64)
    if bits.flag():
        bits.ue()


def read_sequence_set(rbsp: bytes, position: int) -> SequenceSet:
    """An SPS (H.265 7.3.2.2). Raises Held."""
    bits = BitReader(rbsp, position)
    bits.u(4)
    sub_layers = bits.u(3)
    bits.u(1)
    read_profiles(bits, sub_layers, position)
    identifier = bits.below(_MOST_SEQUENCES)
    chroma_format = bits.below(4)
    if chroma_format == 3:
        bits.u(1)
    bits.ues(2)
    if bits.flag():
        bits.ues(4)
    luma, chroma = 8 + bits.below(9), 8 + bits.below(9)
    sample_bits = luma + (2 * chroma if chroma_format else 0)
    order_bits = 4 + bits.below(13)
    _ordering(bits, sub_layers)
    bits.ues(6)
    if bits.flag() and bits.flag():
        read_scaling_lists(bits)
    bits.u(2)
    if bits.flag():
        bits.u(8)
        bits.ues(2)
        bits.u(1)
    read_reference_sets(bits, bits.below(_MOST_REFERENCE_SETS), position)
    if bits.flag():
        for _ in range(bits.below(_MOST_LONG_TERM)):
            bits.u(order_bits + 1)
    bits.u(2)
    timing = _usability(bits, sub_layers) if bits.flag() else Timing()
    if bits.flag():
        _sequence_extensions(bits, sample_bits, position)
    bits.require_end("a sequence parameter set")
    return SequenceSet(identifier, timing)


def _usability(bits: BitReader, sub_layers: int) -> Timing:
    """Video usability information (H.265 E.2.1)."""
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
    bits.u(2)
    pictures_told = bits.flag()
    if bits.flag():
        bits.ues(4)
    timing = Timing()
    if bits.flag():
        _clock(bits)
        if bits.flag():
            timing = read_buffers(bits, sub_layers)
    if bits.flag():
        bits.u(3)
        bits.ues(5)
    return timing._replace(pictures_told=pictures_told)


def _sequence_extensions(bits: BitReader, sample_bits: int, position: int) -> None:
    """Range and screen content extensions; those for more layers or dimensions are not understood."""
    range_told, layers, dimensions, screen, others = bits.u(1), bits.u(1), bits.u(1), bits.u(1), bits.u(4)
    if layers or dimensions or others:
        raise unsupported("an extension of a sequence parameter set", position)
    if range_told:
        bits.u(9)
    if screen:
        bits.u(1)
        if bits.flag():
            bits.ues(2)
            if bits.flag():
                bits.u(sample_bits * (1 + bits.below(_MOST_PALETTE)))
        bits.u(3)


def read_picture_set(rbsp: bytes, position: int) -> None:
    """A PPS (H.265 7.3.2.3). Raises Held."""
    bits = BitReader(rbsp, position)
    bits.below(_MOST_PICTURE_SETS)
    bits.below(_MOST_SEQUENCES)
    bits.u(7)
    bits.ues(3)
    bits.u(1)
    skips_transform = bits.flag()
    if bits.flag():
        bits.ue()
    bits.ues(2)
    bits.u(4)
    tiles, _ = bits.flag(), bits.flag()
    if tiles:
        columns, rows = bits.below(256), bits.below(256)
        if not bits.flag():
            bits.ues(columns + rows)
        bits.u(1)
    bits.u(1)
    if bits.flag():
        bits.u(1)
        if not bits.flag():
            bits.ues(2)
    if bits.flag():
        read_scaling_lists(bits)
    bits.u(1)
    bits.ue()
    if bits.flag():
        raise unsupported("slice headers with an extension", position)
    if bits.flag():
        _picture_extensions(bits, position, skips_transform=skips_transform)
    bits.require_end("a picture parameter set")


def _picture_extensions(bits: BitReader, position: int, *, skips_transform: bool) -> None:
    range_told, layers, dimensions, screen, others = bits.u(1), bits.u(1), bits.u(1), bits.u(1), bits.u(4)
    if layers or dimensions or others:
        raise unsupported("an extension of a picture parameter set", position)
    if range_told:
        if skips_transform:
            bits.ue()
        bits.u(1)
        if bits.flag():
            bits.ue()
            bits.ues(2 * (1 + bits.below(6)))
        bits.ues(2)
    if screen:
        bits.u(1)
        if bits.flag():
            bits.u(1)
            bits.ues(3)
        if bits.flag():
            entries = bits.below(_MOST_PALETTE)
            if entries:
                monochrome = bits.flag()
                luma = 8 + bits.below(9)
                bits.u(entries * (luma + (0 if monochrome else 2 * (8 + bits.below(9)))))

"""Parts that parameter sets of H.265 share: profiles, buffers, scaling lists, reference pictures (H.265 7.3, E.2)."""

from __future__ import annotations

from typing import NamedTuple

from deidra.bitstream.video.bits import BitReader
from deidra.bitstream.work import malformed, unsupported

_MOST_CPBS, _MOST_PICTURES = 32, 17


class Timing(NamedTuple):
    """What SEI messages about time depend on: numbers of buffers and sizes in bits (H.265 E.3.2)."""

    nal_cpbs: int = 0
    vcl_cpbs: int = 0
    initial_delay_bits: int = 24
    removal_delay_bits: int = 24
    output_delay_bits: int = 24
    sub_pictures: bool = False
    pictures_told: bool = False  # frame_field_info_present_flag


def read_profiles(bits: BitReader, sub_layers: int, position: int) -> None:
    """profile_tier_level(): `sub_layers` is max_sub_layers_minus1. Raises Held."""
    _profile(bits, position)
    bits.u(8)
    present = [(bits.flag(), bits.flag()) for _ in range(sub_layers)]
    if sub_layers:
        bits.u(2 * (8 - sub_layers))
    for profile, level in present:
        if profile:
            _profile(bits, position)
        if level:
            bits.u(8)


def _profile(bits: BitReader, position: int) -> None:
    """Profile, 32 flags of compatibility, four of the source; ten of constraints; the rest is reserved."""
    bits.u(8 + 32 + 4 + 10)
    if bits.u(33) or bits.u(1):
        raise unsupported("reserved bits of a profile", position)


def read_buffers(bits: BitReader, sub_layers: int, *, common: bool = True) -> Timing:
    """hrd_parameters(): the timing of the highest sub-layer. Raises Held."""
    nal = vcl = sub_pictures = False
    sizes = (24, 24, 24)
    if common:
        nal, vcl = bits.flag(), bits.flag()
        if nal or vcl:
            sub_pictures = bits.flag()
            if sub_pictures:
                bits.u(19)
            bits.u(8)
            if sub_pictures:
                bits.u(4)
            sizes = (1 + bits.u(5), 1 + bits.u(5), 1 + bits.u(5))
    cpbs = 1
    for _ in range(sub_layers + 1):
        fixed = bits.flag() or bits.flag()
        low_delay = False
        if fixed:
            bits.ue()
        else:
            low_delay = bits.flag()
        cpbs = 1 if low_delay else 1 + bits.below(_MOST_CPBS)
        for _ in range(cpbs * (nal + vcl)):
            bits.ues(4 if sub_pictures else 2)
            bits.u(1)
    return Timing(cpbs * nal, cpbs * vcl, *sizes, sub_pictures)


def read_scaling_lists(bits: BitReader) -> None:
    """scaling_list_data()."""
    for size in range(4):
        for _ in range(0, 6, 3 if size == 3 else 1):
            if bits.flag():
                bits.ues(min(64, 1 << (4 + 2 * size)) + (size > 1))
            else:
                bits.ue()


def read_reference_sets(bits: BitReader, count: int, position: int) -> None:
    """All st_ref_pic_set() of a sequence set. Raises Held."""
    pictures: list[int] = []
    for number in range(count):
        if number and bits.flag():
            bits.u(1)
            bits.ue()
            kept = 0
            for _ in range(pictures[-1] + 1):
                kept += bits.flag() or bits.flag()
            pictures.append(kept)
        else:
            before, behind = bits.below(_MOST_PICTURES), bits.below(_MOST_PICTURES)
            for _ in range(before + behind):
                bits.ue()
                bits.u(1)
            pictures.append(before + behind)
        if pictures[-1] > _MOST_PICTURES:
            raise malformed("more reference pictures than H.265 has", position)

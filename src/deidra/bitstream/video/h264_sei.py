"""SEI messages of H.264 that may stay. None is needed to decode samples (Annex D); these help to show them in time.

Kept where they hold nothing but what they are for: buffering period (0), picture timing (1) without its clock times,
recovery point (6), display orientation (47). All others go: user data, registered or not, above all.
"""

from __future__ import annotations

from deidra.bitstream.video.bits import BitReader, BitWriter
from deidra.bitstream.video.h264_parameters import SequenceSet, Timing
from deidra.bitstream.video.nal import is_filler
from deidra.errors import Held

BUFFERING_PERIOD, PICTURE_TIMING, RECOVERY_POINT, DISPLAY_ORIENTATION = 0, 1, 6, 47
# Table D-1: clock times of each picture structure
_CLOCK_TIMES = (1, 1, 1, 2, 2, 3, 3, 2, 3)


def kept_message(kind: int, content: bytes, sequences: dict[int, SequenceSet]) -> bytes | None:
    """What stays of a message, None for nothing."""
    if is_filler(kind, content):
        return content
    try:
        if kind == RECOVERY_POINT:
            bits = BitReader(content)
            bits.ue()
            bits.u(4)
            return _exactly(bits, content)
        if kind == DISPLAY_ORIENTATION:
            return _orientation(content)
        if kind == BUFFERING_PERIOD:
            return _buffering(content, sequences)
        if kind == PICTURE_TIMING:
            return _timing(content, sequences)
    except Held:
        # A message that is not as it must be is not needed
        return None
    return None


def _exactly(bits: BitReader, content: bytes) -> bytes | None:
    """The content, if nothing is left of it but the bits that fill up its last byte (H.264 7.3.2.3.1)."""
    left = bits.left
    if left and (left > 7 or bits.u(left) != 1 << (left - 1)):
        return None
    return content


def _orientation(content: bytes) -> bytes | None:
    """H.264 D.1.27."""
    bits = BitReader(content)
    if not bits.flag():
        bits.u(18)
        bits.ue()
        if bits.flag():
            return None
    return _exactly(bits, content)


def _buffering(content: bytes, sequences: dict[int, SequenceSet]) -> bytes | None:
    """H.264 D.1.2."""
    bits = BitReader(content)
    sequence = sequences.get(bits.ue())
    if sequence is None:
        return None
    timing = sequence.timing
    bits.u(2 * timing.initial_delay_bits * (timing.nal_cpbs + timing.vcl_cpbs))
    return _exactly(bits, content)


def _timing(content: bytes, sequences: dict[int, SequenceSet]) -> bytes | None:
    """H.264 D.1.3. Which sequence set applies is told behind: if they differ, the message goes."""
    timings = {sequence.timing for sequence in sequences.values()}
    if len(timings) != 1:
        return None
    timing = timings.pop()
    bits, out = BitReader(content), BitWriter()
    if timing.nal_cpbs or timing.vcl_cpbs:
        out.copy(bits, timing.removal_delay_bits)
        out.copy(bits, timing.output_delay_bits)
    if timing.pictures_told:
        structure = out.copy(bits, 4)
        if structure >= len(_CLOCK_TIMES):
            return None
        for _ in range(_CLOCK_TIMES[structure]):
            if bits.flag():
                _skip_clock_time(bits, timing)
            out.u(0, 1)
    if _exactly(bits, content) is None:
        return None
    return out.aligned(stop_bit=True)


def _skip_clock_time(bits: BitReader, timing: Timing) -> None:
    bits.u(8)
    full = bits.flag()
    bits.u(10)
    if full:
        bits.u(17)
    elif bits.flag():
        bits.u(6)
        if bits.flag():
            bits.u(6)
            if bits.flag():
                bits.u(5)
    bits.u(timing.offset_bits)

"""SEI messages of H.265 that may stay. None is needed to decode samples (Annex D); these help to show them in time.

Kept where they hold nothing but what they are for: buffering period (0), picture timing (1), recovery point (6),
display orientation (47), active parameter sets (129). All others go: user data, time codes, hashes, mastering displays.
"""

from __future__ import annotations

from deidra.bitstream.video.bits import BitReader
from deidra.bitstream.video.hevc_parameters import SequenceSet
from deidra.bitstream.video.nal import is_filler
from deidra.errors import Held

BUFFERING_PERIOD, PICTURE_TIMING, RECOVERY_POINT, DISPLAY_ORIENTATION, ACTIVE_SETS = 0, 1, 6, 47, 129
_MOST_SETS = 16


def kept_message(kind: int, content: bytes, sequences: dict[int, SequenceSet]) -> bytes | None:
    """What stays of a message, None for nothing."""
    if is_filler(kind, content):
        return content
    bits = BitReader(content)
    try:
        if kind == RECOVERY_POINT:
            bits.ue()
            bits.u(2)
        elif kind == DISPLAY_ORIENTATION:
            if not bits.flag():
                bits.u(19)
        elif kind == ACTIVE_SETS:
            bits.u(6)
            bits.ues(1 + bits.below(_MOST_SETS))
        elif kind == BUFFERING_PERIOD:
            _buffering(bits, sequences)
        elif kind == PICTURE_TIMING:
            _timing(bits, sequences)
        else:
            return None
    except (Held, KeyError):
        # A message that is not as it must be, or of which the sets are not known, is not needed
        return None
    left = bits.left
    if left and (left > 7 or bits.u(left) != 1 << (left - 1)):
        return None
    return content


def _buffering(bits: BitReader, sequences: dict[int, SequenceSet]) -> None:
    """H.265 D.2.2, for buffers of whole pictures."""
    timing = sequences[bits.below(_MOST_SETS)].timing
    if timing.sub_pictures:
        raise KeyError
    alternatives = bits.flag()
    if alternatives:
        bits.u(timing.removal_delay_bits + timing.output_delay_bits)
    bits.u(1 + timing.removal_delay_bits)
    bits.u(2 * timing.initial_delay_bits * (timing.nal_cpbs + timing.vcl_cpbs) * (2 if alternatives else 1))


def _timing(bits: BitReader, sequences: dict[int, SequenceSet]) -> None:
    """H.265 D.2.3. Which sequence set applies is told behind: if they differ, the message goes."""
    timings = {sequence.timing for sequence in sequences.values()}
    if len(timings) != 1:
        raise KeyError
    timing = timings.pop()
    if timing.sub_pictures:
        raise KeyError
    if timing.pictures_told:
        bits.u(7)
    if timing.nal_cpbs or timing.vcl_cpbs:
        bits.u(timing.removal_delay_bits + timing.output_delay_bits)

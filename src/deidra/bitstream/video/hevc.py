"""H.265: which NAL units stay (ITU-T H.265 Table 7-1).

Kept, of the base layer: slices, parameter sets (read to their last bit), access unit delimiters, ends of sequence and
stream; of SEI units some messages. Everything else goes: user data, filler, further layers, units of unspecified or
reserved types, which decoders ignore.
"""

from __future__ import annotations

from deidra.bitstream.video.hevc_parameters import SequenceSet, read_picture_set, read_sequence_set, read_video_set
from deidra.bitstream.video.hevc_sei import kept_message
from deidra.bitstream.video.nal import clean_messages, is_filler_data, unescaped
from deidra.bitstream.work import Tally, malformed

_SLICES = frozenset((*range(10), *range(16, 22)))
_VIDEO_SET, _SEQUENCE_SET, _PICTURE_SET, _DELIMITER, _END_OF_SEQUENCE, _END_OF_STREAM, _FILLER = range(32, 39)
_MESSAGES = frozenset((39, 40))
_HEADER_BYTES = 2


class Hevc:
    """The decisions for one video; it remembers the sequence sets."""

    look_bytes = _HEADER_BYTES
    ends_in_zero = False

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._sequences: dict[int, SequenceSet] = {}

    def passes(self, unit: bytes, position: int) -> bool:
        """Whether a unit that starts like this is coded samples, to be copied. Raises Held."""
        if unit[0] & 0x80:
            raise malformed("the first bit of a NAL unit is set", position)
        return unit[0] >> 1 in _SLICES and _layer(unit) == 0

    def clean(self, unit: bytes, position: int) -> bytes:
        """A whole unit that is not passed, without its start code: what stays of it, b"" for nothing. Raises Held."""
        kind = unit[0] >> 1
        new = self._kept(kind, unit, position) if _layer(unit) == 0 else b""
        if new != unit:
            filler = "filler data" if kind == _FILLER else "NAL unit that decoders ignore"
            self._tally.drop("SEI messages" if kind in _MESSAGES else filler, position, len(unit) - len(new) or 1)
        return new

    def _kept(self, kind: int, unit: bytes, position: int) -> bytes:
        header, rbsp = unit[:_HEADER_BYTES], unescaped(unit[_HEADER_BYTES:]).rstrip(b"\0")
        if kind in _MESSAGES:
            return clean_messages(
                header,
                unit[_HEADER_BYTES:],
                lambda what, content: kept_message(what, content, self._sequences),
                position,
            )
        if kind == _VIDEO_SET:
            read_video_set(rbsp, position)
        elif kind == _SEQUENCE_SET:
            sequence = read_sequence_set(rbsp, position)
            self._sequences[sequence.identifier] = sequence
        elif kind == _PICTURE_SET:
            read_picture_set(rbsp, position)
        elif kind == _DELIMITER:
            # pic_type and the stop bit
            return header + bytes((rbsp[0] & 0xE0 | 0x10,)) if rbsp else b""
        elif kind in (_END_OF_SEQUENCE, _END_OF_STREAM):
            return header
        elif kind != _FILLER or not is_filler_data(unit[_HEADER_BYTES:]):
            return b""
        return unit


def _layer(unit: bytes) -> int:
    """nuh_layer_id, zero for the base layer (H.265 7.3.1.2)."""
    return (unit[0] & 1) << 5 | unit[1] >> 3 if len(unit) > 1 else 0

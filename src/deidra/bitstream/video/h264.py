"""H.264: which NAL units stay (ITU-T H.264 Table 7-1).

Kept: slices, parameter sets (read to their last bit), access unit delimiters, ends of sequence and stream, the second
view of stereo video; of SEI units some messages. Everything else goes: user data, filler, auxiliary pictures, units of
unspecified or reserved types, which decoders ignore.
"""

from __future__ import annotations

from deidra.bitstream.video.h264_parameters import SequenceSet, read_picture_set, read_sequence_set
from deidra.bitstream.video.h264_sei import kept_message
from deidra.bitstream.video.nal import clean_messages, is_filler_data, unescaped
from deidra.bitstream.work import Tally, malformed, unsupported

_SLICES = frozenset((1, 2, 3, 4, 5))
_SEI, _SEQUENCE_SET, _PICTURE_SET, _DELIMITER, _END_OF_SEQUENCE, _END_OF_STREAM, _FILLER = range(6, 13)
_PREFIX, _SUBSET, _SLICE_EXTENSION, _THREE_D_SLICE = 14, 15, 20, 21
_NAMES = {_FILLER: "filler data", 13: "alpha parameters", 19: "auxiliary picture"}


class H264:
    """The decisions for one video; it remembers the parameter sets."""

    look_bytes = 2
    ends_in_zero = False

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._sequences: dict[int, SequenceSet] = {}

    def passes(self, unit: bytes, position: int) -> bool:
        """Whether a unit that starts like this is coded samples, to be copied. Raises Held."""
        kind = unit[0] & 31
        if unit[0] & 0x80:
            raise malformed("the first bit of a NAL unit is set", position)
        if kind == _THREE_D_SLICE or (kind in (_PREFIX, _SLICE_EXTENSION) and len(unit) > 1 and unit[1] & 0x80):
            raise unsupported("a scalable or three-dimensional video", position)
        return kind in _SLICES or kind == _SLICE_EXTENSION

    def clean(self, unit: bytes, position: int) -> bytes:
        """A whole unit that is not passed, without its start code: what stays of it, b"" for nothing. Raises Held."""
        kind = unit[0] & 31
        new = self._kept(kind, unit, position)
        if new != unit:
            what = "SEI messages" if kind == _SEI else _NAMES.get(kind, "NAL unit that decoders ignore")
            self._tally.drop(what, position, len(unit) - len(new) or 1)
        return new

    def _kept(self, kind: int, unit: bytes, position: int) -> bytes:
        rbsp = unescaped(unit[1:]).rstrip(b"\0")
        if kind == _SEI:
            return clean_messages(
                unit[:1], unit[1:], lambda what, content: kept_message(what, content, self._sequences), position
            )
        if kind == _SEQUENCE_SET:
            sequence = read_sequence_set(rbsp, position)
            self._sequences[sequence.identifier] = sequence
        elif kind == _SUBSET:
            read_sequence_set(rbsp, position, subset=True)
        elif kind == _PICTURE_SET:
            read_picture_set(rbsp, {key: one.chroma_format for key, one in self._sequences.items()}, position)
        elif kind == _DELIMITER:
            # primary_pic_type and the stop bit
            return unit[:1] + bytes((unit[1] & 0xE0 | 0x10,)) if len(unit) > 1 else b""
        elif kind in (_END_OF_SEQUENCE, _END_OF_STREAM):
            return unit[:1]
        elif kind == _PREFIX:
            return unit[:4]
        elif kind != _FILLER or not is_filler_data(unit[1:]):
            return b""
        return unit

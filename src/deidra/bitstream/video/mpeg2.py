"""MPEG-2 and MPEG-1 video: which parts of an elementary stream stay (ITU-T H.262 6.2, ISO/IEC 11172-2 2.4.2).

Kept: headers of sequence, group and picture, their extensions that decoding and display need, slices. User data go, and
extra information of pictures, copyright and camera extensions; the time code of a group becomes zero.
"""

from __future__ import annotations

from deidra.bitstream.video.bits import BitReader, BitWriter
from deidra.bitstream.work import Tally, unsupported

_PICTURE, _USER_DATA, _SEQUENCE, _EXTENSION, _END, _GROUP = 0x00, 0xB2, 0xB3, 0xB5, 0xB7, 0xB8
_LAST_SLICE, _FIRST_OF_SYSTEM = 0xAF, 0xB9
_SEQUENCE_EXTENSION, _DISPLAY, _MATRICES, _PAN, _CODING = 1, 2, 3, 7, 8
_COPYRIGHT, _CAMERA, _ITU = 4, 11, 12
_TALL_ROWS = 2800
_NAMES = {_USER_DATA: "user data", _EXTENSION: "extension", _GROUP: "time code", _PICTURE: "extra information"}


class Mpeg2:
    """The decisions for one video; it remembers whether it is MPEG-2 and how tall its pictures are."""

    look_bytes = 5
    ends_in_zero = True

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._extended = False
        self._rows = 0

    def passes(self, unit: bytes, position: int) -> bool:
        """Whether a unit that starts like this is a slice, to be copied. Raises Held."""
        if unit[0] >= _FIRST_OF_SYSTEM:
            raise unsupported("a system stream inside a video", position)
        is_slice = 0 < unit[0] <= _LAST_SLICE
        if is_slice:
            self._require_plain(BitReader(unit[1:].ljust(self.look_bytes, b"\0"), position), position)
        return is_slice

    def _require_plain(self, bits: BitReader, position: int) -> None:
        """The header of a slice holds no extra information (H.262 6.2.4). Raises Held."""
        if self._extended and self._rows > _TALL_ROWS:
            bits.u(3)
        bits.u(5)
        # MPEG-2: intra_slice_flag, then intra_slice and seven reserved bits; then, as in MPEG-1, extra_bit_slice
        extra = bits.flag()
        if extra and self._extended:
            bits.u(1)
            extra = bits.u(8) != 0
        if extra:
            raise unsupported("a slice with extra information", position)

    def clean(self, unit: bytes, position: int) -> bytes:
        """A whole unit that is no slice, without its start code prefix: what stays of it. Raises Held."""
        new = self._kept(unit, position)
        if unit.startswith(new) and not any(unit[len(new) :]) and new:
            return unit
        self._tally.drop(_NAMES.get(unit[0], "bytes behind a header"), position, len(unit) - len(new) or 1)
        return new

    def _kept(self, unit: bytes, position: int) -> bytes:
        code, bits, out = unit[0], BitReader(unit[1:], position), BitWriter()
        if code == _SEQUENCE:
            out.copy(bits, 12)
            self._rows = out.copy(bits, 12)
            out.copy(bits, 38)
            _matrices(bits, out, 2)
        elif code == _GROUP:
            # drop_frame, hours, minutes, marker, seconds, pictures
            bits.u(25)
            out.u(1 << 12, 25)
            out.copy(bits, 2)
        elif code == _PICTURE:
            _picture(bits, out)
        elif code == _EXTENSION:
            if not self._extension(bits, out, position):
                return b""
        elif code != _END:
            return b""
        return unit[:1] + out.aligned(stop_bit=False)

    def _extension(self, bits: BitReader, out: BitWriter, position: int) -> bool:
        """Whether the extension stays. Raises Held for scalable video."""
        kind = out.copy(bits, 4)
        if kind == _SEQUENCE_EXTENSION:
            self._extended = True
            out.copy(bits, 44)
        elif kind == _DISPLAY:
            out.copy(bits, 3)
            if out.copy(bits, 1):
                out.copy(bits, 24)
            out.copy(bits, 29)
        elif kind == _MATRICES:
            _matrices(bits, out, 4)
        elif kind == _PAN:
            # Offsets of one to three frame centres, each 34 bits
            out.copy(bits, 34 * min(3, bits.left // 34))
        elif kind == _CODING:
            out.copy(bits, 29)
            if out.copy(bits, 1):
                out.copy(bits, 20)
        elif kind in (_COPYRIGHT, _CAMERA, _ITU):
            return False
        else:
            raise unsupported("an extension for scalable video", position)
        return True


def _matrices(bits: BitReader, out: BitWriter, count: int) -> None:
    """Quantiser matrices, each if its flag is set."""
    for _ in range(count):
        if out.copy(bits, 1):
            out.copy(bits, 512)


def _picture(bits: BitReader, out: BitWriter) -> None:
    """A picture header without extra information (H.262 6.2.3)."""
    out.copy(bits, 10)
    kind = out.copy(bits, 3)
    out.copy(bits, 16)
    if kind in (2, 3):
        out.copy(bits, 4)
    if kind == 3:
        out.copy(bits, 4)
    out.u(0, 1)

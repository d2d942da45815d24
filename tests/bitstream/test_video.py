"""Videos: what helps to show them stays, sound and text do not, in any size of pieces and in little memory."""

from __future__ import annotations

import io
import tracemalloc

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitstream.videos import every, video, written
from deidra.bitstream import BytesSource, StreamKind, clean_stream, clean_video
from deidra.bitstream.video.bits import BitReader, BitWriter
from deidra.bitstream.video.codecs import codec_for
from deidra.bitstream.video.nal import escaped, filled, messages_of, unescaped
from deidra.bitstream.video.start_codes import StartCodes
from deidra.bitstream.work import Tally
from deidra.errors import Held

_ELEMENTARY = [one for one in every() if one[0] in (StreamKind.MPEG_2, StreamKind.H264, StreamKind.HEVC)]
_CONTAINERS = [one for one in every() if one not in _ELEMENTARY]
_BUFFERING, _TIMING, _RECOVERY = 0, 1, 6
# Brands and numbers, and four zero bytes where QuickTime has a maker
_FORMAL = {"major_brand", "minor_version", "compatible_brands", "language", "variant_bitrate", "vendor_id"}


def _messages(data: bytes, header: bytes) -> list[int]:
    """The types of all SEI messages of a byte stream, in order."""
    found = []
    for unit in data.split(b"\0\0\1"):
        if unit.startswith(header):
            found += [kind for kind, _ in messages_of(unescaped(unit[len(header) :].rstrip(b"\0")), 0)]
    return found


def test_h264_keeps_the_messages_about_time_and_no_other() -> None:
    original = video(StreamKind.H264, "buffers")
    before = _messages(original, b"\x06")
    after = _messages(clean_stream(original, StreamKind.H264).data, b"\x06")
    assert after == [kind for kind in before if kind in (_BUFFERING, _TIMING, _RECOVERY)]
    assert {_BUFFERING, _TIMING} <= set(after)
    assert len(before) > len(after)


def test_hevc_keeps_the_messages_about_time_and_no_other() -> None:
    original = video(StreamKind.HEVC, "buffers")
    before = _messages(original, b"\x4e\x01")
    after = _messages(clean_stream(original, StreamKind.HEVC).data, b"\x4e\x01")
    assert after == [kind for kind in before if kind in (_BUFFERING, _TIMING, _RECOVERY, 129)]
    assert {_BUFFERING, _TIMING} <= set(after)
    assert not _messages(clean_stream(original, StreamKind.HEVC).data, b"\x50\x01")


def test_the_clock_time_of_a_picture_goes_and_its_structure_stays() -> None:
    original = video(StreamKind.H264, "interlaced")
    codec = codec_for(StreamKind.H264, Tally())
    for unit in original.split(b"\0\0\1"):
        if unit[:1] in (b"\x67", b"\x68"):
            codec.clean(unit.rstrip(b"\0"), 0)
    message = BitWriter()
    for value, width in ((3, 4), (1, 1), (0, 2), (0, 1), (4, 5), (1, 1), (0, 1), (0, 1), (17, 8)):
        message.u(value, width)
    for value, width in ((59, 6), (58, 6), (23, 5), (0, 24), (0, 1)):  # 23:58:59, and no time for the second field
        message.u(value, width)
    content = message.aligned(stop_bit=True)
    unit = b"\x06" + bytes((_TIMING, len(content))) + escaped(content) + b"\x80"
    cleaned = codec.clean(unit, 0)
    ((kind, left),) = messages_of(cleaned[1:], 0)
    bits = BitReader(left)
    assert (kind, bits.u(4), bits.u(2)) == (_TIMING, 3, 0)
    assert len(left) == 1


@pytest.mark.parametrize(("kind", "name"), _ELEMENTARY)
def test_the_size_of_pieces_does_not_matter(kind: StreamKind, name: str) -> None:
    data = video(kind, name)
    whole = clean_stream(data, kind).data
    for size in (1, 2, 3, 7, 100, 4_096):
        codes = StartCodes(codec_for(kind, Tally()), Tally(), same_size=False)
        pieces = [codes.push(data[at : at + size]) for at in range(0, len(data), size)]
        assert b"".join((*pieces, codes.finish())) == whole


@pytest.mark.parametrize(("kind", "name"), _ELEMENTARY)
def test_what_must_keep_its_size_keeps_it_at_every_place(kind: StreamKind, name: str) -> None:
    data = video(kind, name)
    codes = StartCodes(codec_for(kind, Tally()), Tally(), same_size=True)
    new = codes.push(data) + codes.finish()
    assert len(new) == len(data)
    shorter = clean_stream(data, kind).data
    assert [unit.rstrip(b"\0") for unit in new.split(b"\0\0\1") if unit.strip(b"\0")] == [
        unit.rstrip(b"\0") for unit in shorter.split(b"\0\0\1") if unit.strip(b"\0")
    ]


@pytest.mark.parametrize(("kind", "name"), _CONTAINERS)
def test_a_container_is_left_with_one_video_and_no_words(kind: StreamKind, name: str) -> None:
    cleaned = clean_stream(video(kind, name), kind).data
    with av.open(io.BytesIO(cleaned)) as container:
        assert [stream.type for stream in container.streams] == ["video"]
        words = dict(container.metadata)
        for stream in container.streams:
            words |= dict(stream.metadata)
        assert set(words) <= _FORMAL
        packets = [packet for packet in container.demux(video=0) if packet.size]
        assert len(packets) >= 10


class _Endless:
    """A transport stream again and again, with what a reader has asked for counted."""

    def __init__(self, data: bytes, copies: int) -> None:
        self._data = data
        self.size = len(data) * copies
        self.largest = 0

    def read_at(self, offset: int, length: int) -> bytes:
        self.largest = max(self.largest, length)
        length = min(length, self.size - offset)
        start = offset % len(self._data)
        copies = 1 + (start + length) // len(self._data)
        return (self._data * copies)[start : start + length]


_LARGE = {
    StreamKind.H264: ("h264", "libx264"),
    StreamKind.HEVC: ("hevc", "libx265"),
    StreamKind.MPEG_2: ("mpeg2video", "mpeg2video"),
    StreamKind.MPEG_TS: ("mpegts", "libx264"),
    StreamKind.MPEG_PS: ("vob", "mpeg2video"),
}


@pytest.mark.parametrize("kind", _LARGE)
def test_memory_does_not_grow_with_a_video(kind: StreamKind) -> None:
    options = {"x265-params": "log-level=none:pools=none:frame-threads=1", "preset": "ultrafast", "b": "12M"}
    data = written(*_LARGE[kind], options, frames=4, size=(640, 352), noise=40)
    peaks = []
    for size_bytes in (2 << 20, 8 << 20):
        source = _Endless(data, 1 + size_bytes // len(data))
        total = 0

        def write(piece: bytes) -> None:
            nonlocal total
            total += len(piece)

        tracemalloc.start()
        cleaned = clean_video(source, kind, write)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert cleaned.size_bytes == total > source.size // 2
    assert peaks[1] < 1.2 * peaks[0] + (1 << 19)


@given(st.binary(max_size=60))
def test_escaping_is_undone_and_leaves_no_start_code(rbsp: bytes) -> None:
    payload = escaped(rbsp + b"\x80")
    assert unescaped(payload) == rbsp + b"\x80"
    assert not any(payload[at : at + 3] in (b"\0\0\0", b"\0\0\1", b"\0\0\2") for at in range(len(payload)))


@given(st.integers(min_value=3, max_value=1_200))
def test_filler_takes_any_room_there_is(size: int) -> None:
    unit = filled(b"\x06", b"", size + 1, 0)
    assert len(unit) == size + 1
    assert {kind for kind, _ in messages_of(unit[1:], 0)} == {3}


def test_a_video_that_ends_in_text_is_held() -> None:
    data = video(StreamKind.H264, "plain")
    with pytest.raises(Held, match="stream-hidden-text"):
        clean_video(BytesSource(data + b"PATIENT SMITH JOHN"), StreamKind.H264, lambda _: None)

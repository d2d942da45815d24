"""Videos with a text planted where no decoder looks: one stream per carrier."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from bitstream.layers import NEEDLE
from bitstream.videos import muxed, video, written
from deidra.bitstream import StreamKind
from deidra.bitstream.boxes import box, boxes_of
from deidra.bitstream.video.psi import checksum

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT = NEEDLE.encode()
_CODE, _LONG_CODE = b"\0\0\1", b"\0\0\0\1"
_PACKET = 188
_TABLES = (b"trak", b"mdia", b"minf", b"stbl")


def message(kind: int, content: bytes) -> bytes:
    """An SEI message with its type and size."""
    return bytes((kind, len(content))) + content


def _at_code(data: bytes, code: int, new: bytes, number: int = 0) -> bytes:
    """New bytes before the start code of a kind."""
    at = -1
    for _ in range(number + 1):
        at = data.index(_CODE + bytes((code,)), at + 1)
    return data[:at] + new + data[at:]


def _mpeg_2() -> Iterator[tuple[str, bytes]]:
    plain = video(StreamKind.MPEG_2, "MPEG-2")
    user = _CODE + b"\xb2" + TEXT
    yield "user data of a sequence", _at_code(plain, 0xB8, user)
    yield "user data of a group", _at_code(plain, 0x00, user)
    yield "user data of a picture", _at_code(plain, 0x01, user, 2)
    yield "copyright extension", _at_code(plain, 0xB8, _CODE + b"\xb5\x4f" + TEXT)
    yield "camera extension", _at_code(plain, 0xB8, _CODE + b"\xb5\xbf" + TEXT)
    yield "before the first code", TEXT + plain
    yield "behind the end", plain + _CODE + b"\xb2" + TEXT
    yield "behind a header", _at_code(plain, 0x00, TEXT)
    at = plain.index(_CODE + b"\xb8") + 8
    yield "behind a group's header", plain[:at] + TEXT + plain[at:]
    # temporal reference, type I, delay: 29 bits; then extra bytes, each behind a bit that is set
    bits = f"{0:010b}{1:03b}{0xFFFF:016b}" + "".join(f"1{byte:08b}" for byte in TEXT) + "0"
    header = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8))
    start = plain.index(_CODE + b"\0")
    shown = plain[:start] + _CODE + b"\0" + header + plain[plain.index(_CODE + b"\xb5", start) :]
    yield "extra information of a picture", shown + user
    yield "MPEG-1 user data", _at_code(video(StreamKind.MPEG_2, "MPEG-1"), 0xB8, user)


def _h264() -> Iterator[tuple[str, bytes]]:
    plain = video(StreamKind.H264, "plain")
    user = message(5, bytes(range(1, 17)) + TEXT)
    for name, unit in (
        ("user data", b"\x06" + user + b"\x80"),
        ("registered user data", b"\x06" + message(4, b"\xb5\0\x31GA94\3" + TEXT) + b"\x80"),
        ("pan and scan", b"\x06" + message(2, TEXT) + b"\x80"),
        ("reserved message", b"\x06" + message(200, TEXT) + b"\x80"),
        ("recovery point that is too long", b"\x06" + message(6, TEXT) + b"\x80"),
        ("picture timing that is too long", b"\x06" + message(1, TEXT) + b"\x80"),
        ("filler payload that is none", b"\x06" + message(3, TEXT) + b"\x80"),
        ("two messages", b"\x06" + message(6, b"\xc4") + user + b"\x80"),
        ("filler data", b"\x0c" + TEXT + b"\x80"),
        ("unspecified unit", b"\x18" + TEXT + b"\x80"),
        ("reserved unit", b"\x11" + TEXT + b"\x80"),
        ("auxiliary picture", b"\x13" + TEXT + b"\x80"),
        ("long delimiter", b"\x09\x10" + TEXT),
        ("long end of stream", b"\x0b" + TEXT),
    ):
        yield name, _LONG_CODE + unit + plain
        at = plain.index(_CODE, len(plain) // 2)
        yield f"{name} in the middle", plain[:at] + _CODE + unit + plain[at:]
    yield "before the first code", TEXT + plain
    yield "user data at the end", plain + _CODE + b"\x06" + user + b"\x80"


def _hevc() -> Iterator[tuple[str, bytes]]:
    plain = video(StreamKind.HEVC, "plain")
    for name, unit in (
        ("user data", b"\x4e\x01" + message(5, bytes(range(1, 17)) + TEXT) + b"\x80"),
        ("registered user data", b"\x4e\x01" + message(4, b"\xb5\0\x31" + TEXT) + b"\x80"),
        ("time code", b"\x4e\x01" + message(136, TEXT) + b"\x80"),
        ("filler data", b"\x4c\x01" + TEXT + b"\x80"),
        ("reserved unit", b"\x52\x01" + TEXT + b"\x80"),
        ("unspecified unit", b"\x60\x01" + TEXT + b"\x80"),
        ("second layer", b"\x02\x09" + TEXT + b"\x80"),
        ("long delimiter", b"\x46\x01\x50" + TEXT),
    ):
        yield name, _LONG_CODE + unit + plain
    yield "user data behind a picture", plain + _CODE + b"\x50\x01" + message(5, bytes(range(1, 17)) + TEXT) + b"\x80"
    yield "before the first code", TEXT + plain


def packet(pid: int, payload: bytes, *, starts: bool = True, count: int = 0) -> bytes:
    """A transport packet; what is left of it is stuffing in the payload."""
    head = b"\x47" + ((0x4000 if starts else 0) | pid).to_bytes(2) + bytes((0x10 | count,))
    return (head + payload).ljust(_PACKET, b"\xff")


def _section(table: int, body: bytes) -> bytes:
    section = bytes((table,)) + (0xB000 | (len(body) + 4)).to_bytes(2) + body
    return b"\0" + section + checksum(section).to_bytes(4)


def _video_packets(data: bytes) -> list[int]:
    """Where packets of the video are that have an adaptation field with room."""
    return [
        at
        for at in range(0, len(data), _PACKET)
        if data[at + 1 : at + 3] in (b"\x01\x00", b"\x41\x00") and data[at + 3] & 0x20
    ]


def _mpeg_ts() -> Iterator[tuple[str, bytes]]:
    plain = video(StreamKind.MPEG_TS, "H.264")
    yield "service name", written("mpegts", "libx264", metadata={"service_name": NEEDLE, "service_provider": NEEDLE})
    yield "private packets", plain + packet(0x300, b"\0\0\1\xbf\0\x20" + TEXT)
    yield "null packet", plain + packet(0x1FFF, TEXT)
    yield "events", plain + packet(0x12, _section(0x4E, bytes(9) + TEXT))
    yield "before the first packet", TEXT + plain
    yield "behind the last packet", plain + TEXT
    body = b"\0\1\xc1\0\0\xe1\0\xf0" + bytes((len(TEXT) + 2, 5, len(TEXT))) + TEXT + b"\x1b\xe1\0\xf0\0"
    yield "descriptor of the program", _with_map(plain, body)
    body = b"\0\1\xc1\0\0\xe1\0\xf0\0\x1b\xe1\0\xf0" + bytes((len(TEXT) + 2, 5, len(TEXT))) + TEXT
    yield "descriptor of the video", _with_map(plain, body)
    table = next(at for at in range(0, len(plain), _PACKET) if plain[at + 1 : at + 3] == b"\x40\0")
    yield "behind a table", plain[: table + 100] + TEXT + plain[table + 100 + len(TEXT) :]
    stuffed = next(at for at in _video_packets(plain) if plain[at + 4] > 40)
    room = stuffed + 5 + plain[stuffed + 4] - len(TEXT)
    yield "stuffing of a packet", plain[:room] + TEXT + plain[room + len(TEXT) :]
    private = bytes((plain[stuffed + 5] & 0xF0 | 2,))
    at = stuffed + 6 + (6 if plain[stuffed + 5] & 0x10 else 0)
    field = bytes((len(TEXT),)) + TEXT
    yield (
        "private data of a packet",
        plain[: stuffed + 5] + private + plain[stuffed + 6 : at] + field + plain[at + len(field) :],
    )
    baseline = video(StreamKind.H264, "baseline")
    at = baseline.index(_CODE, len(baseline) // 2)
    user = _CODE + b"\x06" + message(5, bytes(range(1, 17)) + TEXT) + b"\x80"
    yield "user data of the video", muxed("mpegts", "h264", baseline[:at] + user + baseline[at:])
    starts = next(at for at in _video_packets(plain) if plain[at + 1] & 0x40 and plain[at + 4] > 40)
    field, pes = plain[starts + 4], starts + 5 + plain[starts + 4]
    extension = b"\x8e" + (TEXT + b"Z")[:16].ljust(23, b"\xff")
    behind = pes + 9 + plain[pes + 8]
    head = plain[pes : pes + 7] + bytes((plain[pes + 7] | 1, plain[pes + 8] + 24)) + plain[pes + 9 : behind]
    shorter = bytes((field - 24,)) + plain[starts + 5 : pes - 24]
    yield "private data of a PES packet", plain[: starts + 4] + shorter + head + extension + plain[behind:]


def _with_map(data: bytes, body: bytes) -> bytes:
    """A transport stream with another program map in place of each."""
    pieces = []
    for at in range(0, len(data), _PACKET):
        one = data[at : at + _PACKET]
        is_map = one[1:3] == b"\x50\0"
        pieces.append(packet(0x1000, _section(2, body), count=one[3] & 15) if is_map else one)
    return b"".join(pieces)


def _pes(stream: int, content: bytes) -> bytes:
    return b"\0\0\1" + bytes((stream,)) + len(content).to_bytes(2) + content


def _mpeg_ps() -> Iterator[tuple[str, bytes]]:
    plain = video(StreamKind.MPEG_PS, "MPEG-2")
    at = plain.index(b"\0\0\1\xe0")
    for name, stream in (
        ("private stream", 0xBF),
        ("subtitles", 0xBD),
        ("padding", 0xBE),
        ("sound", 0xC0),
        ("map", 0xBC),
    ):
        yield name, plain + _pes(stream, b"\x80\0\0" + TEXT)
    extension = b"\x80\x01\x11\x80" + (TEXT + b"Z")[:16] + _CODE + b"\xb2" + TEXT
    yield (
        "private data and user data of a packet",
        plain[:at] + _pes(0xE0, b"\x80\0\0" + _video_start(plain, at)) + _pes(0xE0, extension) + plain[at:],
    )
    yield "behind the end", plain + TEXT


def _video_start(data: bytes, at: int) -> bytes:
    """The first bytes that a packet of video carries: its sequence header."""
    start = at + 9 + data[at + 8]
    return data[start : start + 12]


def _moov(data: bytes, change: object) -> bytes:
    """A file with its movie box, which stands last, rewritten by a function of its content."""
    movie = next(one for one in boxes_of(data, 0, len(data)) if one.kind == b"moov")
    content = change(data[movie.body : movie.end])  # type: ignore[operator]
    return data[: movie.start] + box(b"moov", content) + data[movie.end :]


def _inside(content: bytes, path: tuple[bytes, ...], more: bytes) -> bytes:
    """Content with `more` at the end of the first box at `path`."""
    if not path:
        return content + more
    out, done = [], False
    for one in boxes_of(content, 0, len(content)):
        inner = content[one.body : one.end]
        if one.kind == path[0] and not done:
            inner, done = _inside(inner, path[1:], more), True
        out.append(box(one.kind, inner))
    return b"".join(out)


def _mp4() -> Iterator[tuple[str, bytes]]:
    plain = video(StreamKind.MP4, "H.264")
    named = {"title": NEEDLE, "artist": NEEDLE, "comment": NEEDLE, "location": "+12.3456+065.4321/"}
    yield "user data", written("mp4", "libx264", metadata=named)
    yield "QuickTime's user data", written("mov", "libx264", metadata=named)
    for name, one in (
        ("UUID", box(b"uuid", bytes(16), TEXT)),
        ("free space", box(b"free", TEXT)),
        ("XMP", box(b"XMP_", TEXT)),
        ("metadata", box(b"meta", bytes(4), TEXT)),
        ("unused media data", box(b"mdat", TEXT)),
        ("unknown", box(b"zzzz", TEXT)),
    ):
        yield f"{name} at the end", plain + one
        yield f"{name} of the movie", _moov(plain, lambda content, one=one: content + one)
        yield f"{name} of a track", _moov(plain, lambda content, one=one: _inside(content, (b"trak",), one))
        yield f"{name} of the media", _moov(plain, lambda content, one=one: _inside(content, (b"trak", b"mdia"), one))
        yield f"{name} of the tables", _moov(plain, lambda content, one=one: _inside(content, _TABLES, one))
    yield "name of the handler", plain.replace(b"VideoHandler\0", TEXT[:12] + b"\0")
    yield "name of the compressor", _compressor(plain)
    yield "bit rates", _moov(plain, _with_in_entry(box(b"btrt", TEXT[:12])))
    yield "profile's text", _moov(plain, _with_in_entry(box(b"colr", b"prof", _profile())))
    yield "behind everything", plain + box(b"free", b"") + TEXT[:7]
    yield "sound", _with_text_as_sound()
    yield "brand", plain.replace(b"isomiso2avc1mp41", b"isomZZNEZZNEEDLE", 1) + box(b"free", TEXT)
    parameters = plain.index(b"x264 - core")
    yield "user data of the video", plain[:parameters] + TEXT + plain[parameters + len(TEXT) :]
    hevc = video(StreamKind.MP4, "HEVC")
    parameters = hevc.index(b"x265 (build")
    yield "user data of H.265", hevc[:parameters] + TEXT + hevc[parameters + len(TEXT) :]


def _profile() -> bytes:
    from bitstream.planted import text_profile

    return text_profile()


def _compressor(data: bytes) -> bytes:
    at = data.index(b"avc1", data.index(b"stsd")) + 4 + 42
    return data[:at] + bytes((len(TEXT),)) + TEXT.ljust(31, b"\0") + data[at + 32 :]


def _with_in_entry(more: bytes) -> object:
    """A change of the movie that puts a box behind those of the video's sample entry."""

    def change(content: bytes) -> bytes:
        start = content.index(b"avc1", content.index(b"stsd")) - 4
        size = int.from_bytes(content[start : start + 4])
        grown = (size + len(more)).to_bytes(4) + content[start + 4 : start + size] + more
        return _grown(content, start, size, grown)

    return change


def _grown(content: bytes, start: int, size: int, new: bytes) -> bytes:
    """Content with new bytes in a box, and the lengths of all boxes around it."""
    out = []
    for one in boxes_of(content, 0, len(content)):
        if one.start <= start < one.end and one.start != start:
            head = 16 if one.kind == b"stsd" else 8
            inner = content[one.start + head : one.end]
            changed = _grown(inner, start - one.start - head, size, new)
            out.append(box(one.kind, content[one.start + 8 : one.start + head], changed))
        else:
            out.append(new if one.start == start else content[one.start : one.end])
    return b"".join(out)


def _with_text_as_sound() -> bytes:
    """The first sample of the sound overwritten."""
    plain = video(StreamKind.MP4, "QuickTime")
    movie = next(one for one in boxes_of(plain, 0, len(plain)) if one.kind == b"moov")
    sound = plain.index(b"soun", movie.start)
    at = int.from_bytes(plain[(place := plain.index(b"stco", sound) + 12) : place + 4])
    return plain[:at] + TEXT + plain[at + len(TEXT) :]


_MAKERS = {
    StreamKind.MPEG_2: _mpeg_2,
    StreamKind.H264: _h264,
    StreamKind.HEVC: _hevc,
    StreamKind.MPEG_TS: _mpeg_ts,
    StreamKind.MPEG_PS: _mpeg_ps,
    StreamKind.MP4: _mp4,
}


@cache
def carriers(kind: StreamKind) -> dict[str, bytes]:
    """The streams of a kind with a needle, by where it is."""
    return dict(_MAKERS[kind]())


def every() -> list[tuple[StreamKind, str]]:
    """All kinds and carriers, for the tests to go through."""
    return [(kind, name) for kind in _MAKERS for name in carriers(kind)]

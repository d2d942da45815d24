"""Where coded data end is told exactly: decoding everything there is stops at the byte where the encoder stopped."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from bitstream import pictures
from bitstream.public import frames
from deidra.bitstream import StreamKind
from deidra.bitstream.jpeg.markers import DHT, DRI, FRAMES, LSE, SOS, frame_of, scan_of, segments_of
from deidra.bitstream.jpeg.scan import CodedScan, decoded_end, intervals_of
from deidra.bitstream.jpeg.tables import definitions
from deidra.bitstream.jpeg2000.codestream import parse_codestream
from deidra.bitstream.jpeg2000.ends import coded_ends

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deidra.bitstream.jpeg.markers import Frame

_MOST_BYTES = 200_000


def _streams(*kinds: StreamKind) -> dict[str, bytes]:
    found = {f"{kind}: {name}": data for kind in kinds for name, data in pictures.coded(kind).items()}
    for name, public in frames().items():
        first = public[0]
        if first.kind in kinds and len(first.data) < _MOST_BYTES:
            found[name] = first.data
    return found


def _scans(data: bytes) -> Iterator[tuple[Frame, list[CodedScan]]]:
    """After each scan of an image, all scans so far."""
    segments, _ = segments_of(data, 0)
    frame = next(frame_of(data, one) for one in segments if one.marker in FRAMES)
    scans: list[CodedScan] = []
    interval, tables, preset = 0, {}, b""
    for one in segments:
        if one.marker == DHT:
            tables = tables | {found.key: found for found in definitions(data, one)}
        elif one.marker == DRI:
            interval = int.from_bytes(data[one.body : one.end])
        elif one.marker == LSE and data[one.body] == 1:
            preset = data[one.body : one.end]
        elif one.marker == SOS:
            scans.append(CodedScan(scan_of(data, one), one.coded, one.end, interval, tables, preset))
            yield frame, list(scans)


JPEGS, CODESTREAMS = _streams(StreamKind.JPEG, StreamKind.JPEG_LS), _streams(StreamKind.JPEG_2000, StreamKind.JP2)


@pytest.mark.parametrize("name", sorted(JPEGS))
def test_decoding_a_scan_ends_at_its_last_byte(name: str) -> None:
    data = JPEGS[name]
    looked_at = 0
    for frame, scans in _scans(data):
        for interval in intervals_of(data, frame, scans[-1]):
            assert decoded_end(data, frame, scans, interval) == interval.end
            looked_at += 1
    assert looked_at


@pytest.mark.parametrize("name", sorted(CODESTREAMS))
def test_reading_all_packets_ends_at_the_last_byte_of_each_tile_part(name: str) -> None:
    data = CODESTREAMS[name]
    parsed = parse_codestream(data, data.index(b"\xff\x4f\xff\x51"))
    tiles = defaultdict(list)
    for part in parsed.tile_parts:
        tiles[part.tile].append(part)
    for parts in tiles.values():
        assert coded_ends(data, parsed.main, parts) == [part.end for part in parts]

"""Nothing that is planted where no decoder looks survives, in any layer, and the samples stay as they were."""

from __future__ import annotations

import pytest

from bitstream import planted, planted_video
from bitstream.decoders import DECODERS, decodings
from bitstream.layers import NEEDLE, found_in
from deidra.bitstream import StreamKind, clean_stream

PICTURES, VIDEOS = planted.every(), planted_video.every()
# FFmpeg guesses the times of an elementary stream from what stands behind a picture
_WITHOUT_TIMES = frozenset((StreamKind.MPEG_2, StreamKind.H264, StreamKind.HEVC))


def test_there_are_more_than_three_hundred_carriers() -> None:
    assert len(PICTURES) + len(VIDEOS) > 300


@pytest.mark.parametrize(("kind", "name"), PICTURES)
def test_no_needle_in_a_picture_survives_and_it_decodes_alike(kind: StreamKind, name: str) -> None:
    original = planted.carriers(kind)[name]
    assert found_in(original)
    cleaned = clean_stream(original, kind, frame_pixels=planted.PIXELS)
    assert not found_in(cleaned.data)
    assert cleaned.dropped
    assert not any(NEEDLE[at : at + 5] in repr(cleaned.dropped) for at in range(len(NEEDLE) - 4))
    again = clean_stream(cleaned.data, kind, frame_pixels=planted.PIXELS)
    assert (again.data, again.dropped) == (cleaned.data, ())
    if kind in DECODERS:
        before, after = decodings(original, kind), decodings(cleaned.data, kind)
        assert after
        assert {decoder: after.get(decoder) == seen for decoder, seen in before.items()} == dict.fromkeys(before, True)


@pytest.mark.parametrize(("kind", "name"), VIDEOS)
def test_no_needle_in_a_video_survives_and_it_decodes_alike(kind: StreamKind, name: str) -> None:
    original = planted_video.carriers(kind)[name]
    assert found_in(original)
    cleaned = clean_stream(original, kind)
    assert not found_in(cleaned.data)
    assert cleaned.dropped
    assert not any(NEEDLE[at : at + 5] in repr(cleaned.dropped) for at in range(len(NEEDLE) - 4))
    again = clean_stream(cleaned.data, kind)
    assert (again.data, again.dropped) == (cleaned.data, ())
    before, after = decodings(original, kind)["ffmpeg"], decodings(cleaned.data, kind)["ffmpeg"]
    assert after
    if before is not None and kind in _WITHOUT_TIMES:
        before, after = ([(*frame[:3], frame[5]) for frame in found] for found in (before, after))
    assert before is None or after == before

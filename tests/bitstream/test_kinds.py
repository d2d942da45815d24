"""Streams are known by their content; what is none is not taken for one."""

from __future__ import annotations

import pickle

import pytest

from bitstream import pictures, videos
from deidra.bitstream import StreamKind, clean_stream, kind_of
from deidra.errors import Held


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"\xff\xd8", b"%PDF-1.7", b"DICM", b"PK\3\4", bytes(5_000), b"G" + bytes(400)]
)
def test_what_is_no_stream_has_no_kind(data: bytes) -> None:
    assert kind_of(data) is None


def test_a_profile_is_known_by_its_signature() -> None:
    assert kind_of(pictures.profile()) is StreamKind.ICC


def test_a_view_of_memory_is_as_good_as_bytes() -> None:
    data = pictures.coded(StreamKind.JPEG)["grey"]
    assert kind_of(memoryview(data)) is StreamKind.JPEG
    assert clean_stream(memoryview(data), StreamKind.JPEG).data == data


def test_a_stream_with_nothing_to_clean_comes_back_as_the_same_object() -> None:
    for kind, data in (
        (StreamKind.JPEG, pictures.coded(StreamKind.JPEG)["4:2:0"]),
        (StreamKind.PNG, pictures.coded(StreamKind.PNG)["RGB"]),
        (StreamKind.TIFF, pictures.coded(StreamKind.TIFF)["plain"]),
        (StreamKind.HEVC, clean_stream(videos.video(StreamKind.HEVC, "plain"), StreamKind.HEVC).data),
    ):
        assert clean_stream(data, kind).data is data


@pytest.mark.parametrize("padding", [b"\0", b"\xff"])
def test_the_byte_that_makes_a_length_even_stays_and_no_other(padding: bytes) -> None:
    data = next(one for one in pictures.coded(StreamKind.JPEG).values() if len(one) % 2)
    assert clean_stream(data + padding, StreamKind.JPEG).data == data + padding
    assert clean_stream(data + padding * 2, StreamKind.JPEG).data == data
    assert clean_stream(data + b"A", StreamKind.JPEG).data == data


def test_what_was_dropped_can_go_to_another_process() -> None:
    cleaned = clean_stream(pictures.coded(StreamKind.JPEG_2000)["reversible"] + b"tail", StreamKind.JPEG_2000)
    assert pickle.loads(pickle.dumps(cleaned)) == cleaned  # noqa: S301 - our own
    assert [one.what for one in cleaned.dropped] == ["bytes behind the image", "COM"] or cleaned.dropped


def test_a_kind_that_does_not_fit_is_held() -> None:
    with pytest.raises(Held, match="stream-malformed"):
        clean_stream(pictures.coded(StreamKind.PNG)["RGB"], StreamKind.JPEG)

"""Frames of public DICOM files, from encoders of twenty years: all are understood, and decode alike."""

from __future__ import annotations

import pytest

from bitstream.decoders import decodings
from bitstream.public import frames
from deidra.bitstream import StreamKind, clean_stream

# Its samples break off, and no decoder here reads it
NOT_DECODED = frozenset(("test_files/JPEG2000-embedded-sequence-delimiter.dcm",))


def test_there_are_public_frames_of_every_coded_transfer_syntax() -> None:
    kinds = {frame.kind for found in frames().values() for frame in found}
    assert kinds >= {StreamKind.JPEG, StreamKind.JPEG_LS, StreamKind.JPEG_2000, StreamKind.JP2, StreamKind.RLE}
    assert len(frames()) > 50


@pytest.mark.parametrize("name", sorted(frames()))
def test_a_public_frame_is_cleaned_and_decodes_alike(name: str) -> None:
    for frame in frames()[name]:
        cleaned = clean_stream(frame.data, frame.kind, frame_pixels=frame.pixels)
        assert abs(len(frame.data) - len(cleaned.data)) < 2_000
        again = clean_stream(cleaned.data, frame.kind, frame_pixels=frame.pixels)
        assert (again.data, again.dropped) == (cleaned.data, ())
        assert cleaned.dropped or cleaned.data == frame.data
        if frame.kind is not StreamKind.RLE and len(frame.data) < 150_000:
            before, after = decodings(frame.data, frame.kind), decodings(cleaned.data, frame.kind)
            assert before or name in NOT_DECODED
            assert {decoder: after.get(decoder) == seen for decoder, seen in before.items()} == dict.fromkeys(
                before, True
            )

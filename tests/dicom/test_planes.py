"""Overlay planes as pictures: drawing and blanking agree with numpy, bit for bit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from deidra.dicom.planes import Plane, drawn, remembering, without_text
from dicom.overlay_objects import packed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deidra.dicom.planes import Box

SIDES = st.integers(1, 40)


@st.composite
def pictures(draw: st.DrawFn) -> np.ndarray:
    """Frames by rows by columns."""
    shape = draw(st.integers(1, 3)), draw(SIDES), draw(SIDES)
    return (np.random.default_rng(draw(st.integers(0, 1 << 16))).random(shape) < 0.125).astype(np.uint8)


def plane(frames: np.ndarray, surplus: bytes = b"") -> Plane:
    return Plane(frames.shape[1], frames.shape[2], frames.shape[0], packed(list(frames)) + surplus)


def bits_of(data: bytes, shape: tuple[int, ...]) -> np.ndarray:
    return np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")[: np.prod(shape)].reshape(shape)


@given(pictures())
def test_a_frame_is_drawn_as_it_is_packed(frames: np.ndarray) -> None:
    for number, frame in enumerate(frames):
        assert np.array_equal(np.frombuffer(drawn(plane(frames), number), np.uint8), frame.ravel() * 255)


@given(pictures(), st.tuples(*[st.integers(-5, 45)] * 4))
def test_a_box_is_blanked_and_nothing_beside_it(frames: np.ndarray, box: Box) -> None:
    top, left, bottom, right = (max(edge, 0) for edge in box)
    expected = frames.copy()
    expected[:, top:bottom, left:right] = 0
    after = without_text(plane(frames), lambda _: [box])
    assert after is not None
    assert np.array_equal(bits_of(after, frames.shape), expected)


@given(pictures(), st.binary(max_size=8))
def test_what_lies_behind_the_last_pixel_is_cleared(frames: np.ndarray, surplus: bytes) -> None:
    whole = np.packbits(np.append(frames.ravel(), np.ones(-frames.size % 8, np.uint8)), bitorder="little").tobytes()
    after = without_text(plane(frames)._replace(bits=whole + surplus), lambda _: ())
    assert after == np.packbits(frames.ravel(), bitorder="little").tobytes()


def test_a_plane_that_shows_text_however_often_it_is_blanked_does_not_stay() -> None:
    frames = np.ones((1, 8, 8), dtype=np.uint8)
    looks = []

    def one_row_each_time(picture: memoryview) -> Sequence[Box]:
        looks.append(np.asarray(picture).shape)
        return [(len(looks), 0, len(looks) + 1, 8)]

    assert without_text(plane(frames), one_row_each_time) is None
    assert looks == [(8, 8)] * 3


def test_an_empty_frame_needs_no_look_and_equal_frames_need_one() -> None:
    frames = np.zeros((4, 6, 7), dtype=np.uint8)
    frames[1:3, 2, 3] = 1
    looks = []

    def find(picture: memoryview) -> Sequence[Box]:
        looks.append(bytes(picture))
        return ()

    assert without_text(plane(frames), remembering(find)) == packed(list(frames))[:21]
    assert len(looks) == 1


def test_characters_written_as_bits_are_no_drawing() -> None:
    for bits in (b"DOE^JANE", bytes(40) + b"19641203" + bytes(16)):
        assert without_text(Plane(8, len(bits), 1, bits), lambda _: ()) is None


def test_patterns_of_dots_stay() -> None:
    for bits in (b"UUUUUUUU" * 8, b"\xff\x00" * 32, b"fff" + bytes(61)):
        assert without_text(Plane(8, len(bits), 1, bits), lambda _: ()) == bits

"""ICC profiles: cleaned ones make the same colours, to the bit, by lcms."""

from __future__ import annotations

import io
import struct
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pydicom
import pytest
from PIL import Image, ImageCms

from bitstream import pictures, planted
from deidra.bitstream import StreamKind, clean_stream
from deidra.errors import Held

if TYPE_CHECKING:
    from collections.abc import Iterator

_MODES = {b"RGB ": "RGB", b"GRAY": "L", b"CMYK": "CMYK", b"Lab ": "LAB"}


@cache
def profiles() -> dict[str, bytes]:
    """Profiles that come with packages: matrix and table ones, versions 2 and 4, four colour spaces."""
    folders = (
        Path(str(files("highdicom"))) / "_icc_profiles",
        Path(pydicom.data.get_testdata_file("crayons.icc") or "").parent,
        Path(str(files("pikepdf"))) / "pdfa" / "data",
        Path("/usr/share/color/icc/ghostscript"),
    )
    found = {path.name: path.read_bytes() for folder in folders for path in sorted(folder.glob("*.icc"))}
    return found | {"lcms": pictures.profile(), "with a maker": planted.text_profile()}


def _transforms(profile: bytes) -> Iterator[bytes | str]:
    """What comes of random pixels, to and from sRGB, with each rendering intent."""
    mode = _MODES[profile[16:20]]
    rng = np.random.default_rng(7)
    size = (32, 32)
    bands = len(Image.new(mode, (1, 1)).getbands())
    here = Image.frombytes(mode, size, rng.bytes(32 * 32 * bands))
    there = Image.frombytes("RGB", size, rng.bytes(32 * 32 * 3))
    opened, srgb = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
    for intent in ImageCms.Intent:
        for source, target, image, into in ((opened, srgb, here, "RGB"), (srgb, opened, there, mode)):
            try:
                transform = ImageCms.buildTransform(source, target, image.mode, into, intent)
                done = ImageCms.applyTransform(image, transform)
            except (ImageCms.PyCMSError, OSError):
                yield "no transform"
                continue
            yield done.tobytes() if done is not None else b""


@pytest.mark.parametrize("name", sorted(profiles()))
def test_a_cleaned_profile_makes_the_same_colours_and_says_nothing(name: str) -> None:
    original = profiles()[name]
    cleaned = clean_stream(original, StreamKind.ICC)
    before = list(_transforms(original))
    assert any(one != "no transform" for one in before)
    assert list(_transforms(cleaned.data)) == before
    assert struct.unpack_from(">L", cleaned.data)[0] == len(cleaned.data)
    opened = ImageCms.ImageCmsProfile(io.BytesIO(cleaned.data)).profile
    assert (opened.profile_description, opened.copyright) == ("profile", "none")
    assert not opened.manufacturer
    assert opened.header_manufacturer in ("", "\0\0\0\0")
    assert opened.creation_date is None or opened.creation_date.year == 2000
    again = clean_stream(cleaned.data, StreamKind.ICC)
    assert (again.data, again.dropped) == (cleaned.data, ())


def test_the_even_length_that_dicom_asks_for_stays() -> None:
    cleaned = clean_stream(pictures.profile(), StreamKind.ICC).data
    padded = cleaned + b"\0"
    assert clean_stream(padded, StreamKind.ICC).data == padded


_NOT_UNDERSTOOD = {
    "empty": b"",
    "zeros": bytes(200),
    "cut short": pictures.profile()[:100],
    "version 5": pictures.profile()[:8] + b"\5" + pictures.profile()[9:],
    "device link": pictures.profile()[:12] + b"link" + pictures.profile()[16:],
    "floating transform": planted.profile_with(b"D2B0", b"mpet" + bytes(40)),
    "colour tag of another type": planted.profile_with(b"bkpt", b"text" + bytes(20)),
}


@pytest.mark.parametrize("name", sorted(_NOT_UNDERSTOOD))
def test_a_profile_that_is_none_or_not_understood_is_held(name: str) -> None:
    with pytest.raises(Held):
        clean_stream(_NOT_UNDERSTOOD[name], StreamKind.ICC)

"""The table of character sets gives what pydicom gives, without pydicom."""

from __future__ import annotations

import subprocess
import sys
import warnings

import pytest
from pydicom import charset

from deidra.dicom import charsets
from deidra.standard import character_sets

SETS = sorted(charset.python_encoding)
DELIMITERS = {0x5C, 0x5E, 0x3D, 0x0A, 0x0C, 0x0D, 0x09}
TEXTS = ("Müller^Jörg", "Čapek", "Достоевский", "Ελληνικά", "山田^太郎", "김^희중", "王^小东", "ﾔﾏﾀﾞ", "a\\b\nc ~ \\")


def test_every_character_set_of_pydicom_has_its_codec() -> None:
    assert dict(character_sets.codecs()) == charset.python_encoding
    assert {codec for codec in charset.python_encoding.values() if character_sets.needs_own_encoder(codec)} == set(
        charset.custom_encoders
    )


@pytest.mark.parametrize("name", SETS)
def test_bytes_without_escape_sequences_are_read_as_pydicom_reads_them(name: str) -> None:
    codec = charset.python_encoding[name]
    raws = [bytes([one, other]) for one in range(0x80, 0x100) for other in (0x41, 0x80, 0xA4, 0xE9, 0xFF)]
    raws += [text.encode(codec, "ignore") for text in TEXTS]
    for raw in (raw for raw in raws if name and b"\x1b" not in raw):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                expected: str | None = charset.decode_bytes(raw, [codec], DELIMITERS)
            except (UnicodeError, UserWarning):
                expected = None
        assert charsets.decode(raw, name.encode()) == expected


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("text", TEXTS)
def test_what_can_be_written_reads_as_before_and_is_what_pydicom_writes(name: str, text: str) -> None:
    codec = charset.python_encoding[name]
    written = charsets.encode(text.split("\\"), name.encode())
    if written is None or not name or codec in charset.custom_encoders:
        return
    assert charsets.decode(written, name.encode()) == text
    assert written == b"\\".join(charset.encode_string(value, [codec]) for value in text.split("\\"))


def test_common_text_is_read_and_written_without_loading_pydicom() -> None:
    code = (
        "import sys; from deidra.dicom import charsets; "
        "assert charsets.decode(b'J\\xf6rg', b'ISO_IR 100') == 'J\\xf6rg'; "
        "assert charsets.encode(['J\\xf6rg'], b'ISO_IR 192') == b'J\\xc3\\xb6rg'; "
        "sys.exit('pydicom' in sys.modules)"
    )
    subprocess.run((sys.executable, "-c", code), check=True)

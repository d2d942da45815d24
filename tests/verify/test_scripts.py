"""Names of many cultures, in every character set and spelling in which they may have been left behind."""

from __future__ import annotations

import base64
import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from verify import clinic
from verify.clinic import HEAD, IVAN, JOERG, KIM, TARO, Person
from verify.damage import change, found, look

Copy = Callable[[], Path]


def of(folder: Path, person: Person) -> Path:
    """The released file of one of the other people."""
    name = f"other{clinic.OTHERS.index(person) + 3}.dcm"
    with contextlib.closing(sqlite3.connect(folder / "out.deidra" / "ledger.sqlite")) as ledger:
        outputs = "SELECT name, output FROM objects JOIN outcomes ON object_id = id"
        released: str = next(output for path, output in ledger.execute(outputs) if path.endswith(name.encode()))
    return folder / "out" / released


NAMES = (
    (JOERG, "ISO_IR 100", "Akerstrom"),
    (JOERG, "ISO_IR 100", "AAKERSTROEM"),
    (JOERG, "ISO_IR 100", "Jörg Åkerström"),
    (JOERG, "ISO_IR 192", "Jörg Åkerström"),
    (JOERG, "ISO_IR 192", "A\u030akerstro\u0308m"),
    (JOERG, "ISO_IR 6", "J. Akerstrom"),
    (TARO, "ISO_IR 192", "山田 太郎"),
    (TARO, "ISO_IR 192", "山田太郎"),
    (TARO, "ISO 2022 IR 87", "山田"),
    (TARO, "GB18030", "山田"),
    (TARO, "ISO_IR 192", "やまだ"),
    (TARO, "ISO_IR 6", "YAMADA TAROU"),
    (IVAN, "ISO_IR 144", "Иван Люксов"),
    (IVAN, "ISO_IR 192", "ЛЮКСОВ"),
    (KIM, "ISO_IR 6", "Lee Kim"),
    (KIM, "ISO_IR 6", "LEE^KIM"),
    (HEAD, "ISO_IR 6", "Rose Head"),
)
CODECS = {
    "ISO_IR 100": "latin-1", "ISO_IR 192": "utf-8", "ISO_IR 6": "ascii", "ISO 2022 IR 87": "iso2022_jp",
    "GB18030": "gb18030", "ISO_IR 144": "iso8859_5",
}  # fmt: skip


@pytest.mark.parametrize(("person", "charset", "text"), NAMES)
def test_a_name_is_found_in_text_and_in_bytes_that_tell_no_character_set(
    copy: Copy, person: Person, charset: str, text: str
) -> None:
    folder = copy()
    data = b"\x07\x01" + text.encode(CODECS[charset]) + b"\x01\x00\x05"

    def edit(ds: Dataset) -> None:
        ds.SpecificCharacterSet, ds.ImageComments = charset, text
        ds.private_block(0x0019, "ACME 1.0", create=True).add_new(0x01, "OB", data)

    change(of(folder, person), edit)
    assert look(folder).exit_code == 4
    named = {entry["locator"] for entry in found(folder, "leak", "suspect") if entry["code"] == "known-name"}
    assert named == {"dcm:(0020,4000)", 'dcm:(0019,"?",01)'}


def test_a_name_is_found_in_encoded_text(copy: Copy) -> None:
    folder = copy()
    plain = ["Åkerström, Jörg".encode(codec) for codec in ("utf-8", "utf-16-le", "utf-16-be", "latin-1")]
    wrapped = [wrap(data) for data in plain for wrap in (base64.b64encode, lambda data: data.hex().encode())]

    def edit(ds: Dataset) -> None:
        block = ds.private_block(0x0019, "ACME 1.0", create=True)
        for number, text in enumerate(wrapped):
            block.add_new(number, "LO", f"x={text.decode()}")

    change(of(folder, JOERG), edit)
    assert look(folder).exit_code == 4
    named = {entry["locator"] for entry in found(folder, "leak") if entry["code"] == "known-name"}
    assert named == {f'dcm:(0019,"?",{number:02X})' for number in range(len(wrapped))}


# Words that contain, resemble or are the names of Lee and of Rose Head, and say nothing of them
HARMLESS = (
    (KIM, "FLEECE PAD, sleeve"), (KIM, "Kimura bias"), (HEAD, "HEAD W/O CONTRAST"), (HEAD, "head first"),
    (HEAD, "HEAD 5.0 H30s"), (JOERG, "Ackermann"), (TARO, "山"),
)  # fmt: skip


@pytest.mark.parametrize(("person", "text"), HARMLESS)
def test_words_that_only_look_like_a_name_accuse_nobody(copy: Copy, person: Person, text: str) -> None:
    folder = copy()

    def edit(ds: Dataset) -> None:
        ds.SpecificCharacterSet, ds.ImageComments = "ISO_IR 100" if text.isascii() else "ISO_IR 192", text

    change(of(folder, person), edit)
    look(folder)
    assert found(folder, "leak", "suspect") == []

"""Series whose slices differ in every way that scanners and archives bring about."""

from __future__ import annotations

from struct import pack
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from dicom.by_hand import (
    CT_VALUES,
    EXPLICIT,
    IMPLICIT,
    INSTANCE,
    PIXEL_BYTES,
    PIXEL_DATA,
    element,
    file_of,
    item,
    sequence,
    size_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

BULK = 70_000


class Slice:
    """One object in the making: its elements by tag, and what is around them."""

    def __init__(self, number: int, *, explicit: bool, pixel_bytes: int) -> None:
        self.explicit = explicit
        self.number = number
        self.elements: dict[int, bytes] = {}
        self.preamble = bytes(128)
        self.tail = b""
        for tag, (vr, value) in CT_VALUES.items():
            self.put(tag, vr, value)
        self.put(0x00080018, "UI", f"{INSTANCE}.{number + 100}".encode())
        self.put(0x00200013, "IS", b"%d" % (number + 100))
        self.put(0x00200032, "DS", b"-1.5\\2.25\\%d.125" % (1000 + number))
        self.put_pixels(pixel_bytes)

    def put(self, tag: int, vr: str, value: bytes) -> None:
        self.elements[tag] = element(tag, vr if self.explicit else "", value)

    def put_pixels(self, length: int) -> None:
        """Pixels of as many bytes, and the size that they have."""
        if length > PIXEL_BYTES:
            for tag, (vr, value) in size_of(length).items():
                self.put(tag, vr, value)
        self.put(PIXEL_DATA, "OW", bytes([self.number]) * length)

    def put_items(self, tag: int, contents: list[bytes], vr: str = "SQ", *, undefined: bool = False) -> None:
        items = [item(content, undefined=undefined) for content in contents]
        self.elements[tag] = sequence(tag, items, vr if self.explicit else "", undefined=undefined)

    def inner(self, tag: int, vr: str, value: bytes) -> bytes:
        return element(tag, vr if self.explicit else "", value)

    def content(self) -> bytes:
        data_set = b"".join(self.elements[tag] for tag in sorted(self.elements))
        return file_of(data_set, EXPLICIT if self.explicit else IMPLICIT, self.preamble) + self.tail


def _uid(slice_: Slice) -> bytes:
    return f"1.2.826.0.1.3680043.99.7.{slice_.number}.1".encode()


def drop(tag: int) -> Callable[[Slice], None]:
    return lambda slice_: slice_.elements.pop(tag, None) and None


def value(tag: int, vr: str, raw: bytes) -> Callable[[Slice], None]:
    return lambda slice_: slice_.put(tag, vr, raw)


def numbered(tag: int, vr: str, form: bytes) -> Callable[[Slice], None]:
    return lambda slice_: slice_.put(tag, vr, form % slice_.number)


def references(tag: int, *, undefined: bool) -> Callable[[Slice], None]:
    def change(slice_: Slice) -> None:
        reference = slice_.inner(0x00081150, "UI", b"1.2.840.10008.5.1.4.1.1.2")
        reference += slice_.inner(0x00081155, "UI", _uid(slice_))
        slice_.put_items(tag, [reference] * (1 + slice_.number % 2), undefined=undefined)

    return change


def named_step(slice_: Slice) -> None:
    inside = slice_.inner(0x00081050, "PN", b"Zzneedlename^%d" % slice_.number) + slice_.inner(
        0x00080104, "LO", b"Head"
    )
    slice_.put_items(0x00180026, [inside, inside])


def private(creator: bytes, *, high: int = 0x10, last: bytes = b"1.5\\2.5") -> Callable[[Slice], None]:
    def change(slice_: Slice) -> None:
        slice_.put(0x00430000 | high, "LO", creator)
        slice_.put(0x00430026 | high << 8, "US", pack("<6H", 1, 2, 3, 4, 5, slice_.number))
        slice_.put(0x00430031 | high << 8, "DS", last)
        slice_.put(0x004300F0 | high << 8, "LO", b"Zzneedlename")

    return change


def private_numbered(slice_: Slice) -> None:
    private(b"GEMS_PARM_01", last=b"%d.5\\2.5" % slice_.number)(slice_)


def big_private_blob(slice_: Slice) -> None:
    slice_.put(0x00290010, "LO", b"SIEMENS CSA HEADER")
    slice_.put(0x00291010, "OB", bytes([slice_.number]) * BULK)
    slice_.put(0x00291018, "CS", b"MR")


def big_unknown_sequence(slice_: Slice) -> None:
    """A kept sequence written as UN, longer than a window, the same length in every slice."""
    inside = element(0x00081155, "", _uid(slice_)) + element(0x00080104, "", b"x" * 900)
    slice_.put_items(0x00180026, [inside] * 80, "UN")


def big_unknown_names(slice_: Slice) -> None:
    inside = element(0x00081050, "", b"Zzneedlename^%d" % slice_.number) + element(0x00080104, "", b"x" * 900)
    slice_.put_items(0x00180026, [inside] * 80, "UN")


def names_in_one_big_unknown_sequence(slice_: Slice) -> None:
    """The same length in every slice, a name in some."""
    person = b"Zzneedlename^1  " if slice_.number % 2 else b" " * 16
    inside = element(0x00081050, "", person) + element(0x00080104, "", b"x" * 900)
    slice_.put_items(0x00180026, [inside] * 80, "UN")


def bulk_numbers(slice_: Slice) -> None:
    slice_.put(0x00281201, "OW", bytes([slice_.number]) * BULK)


def reorder(slice_: Slice) -> None:
    if 0x00080018 in slice_.elements:
        slice_.elements[0x00080016] = slice_.elements.pop(0x00080018) + slice_.elements[0x00080016]


def double(slice_: Slice) -> None:
    slice_.elements[0x00080060] += slice_.elements[0x00080060]


def tail(raw: bytes) -> Callable[[Slice], None]:
    def change(slice_: Slice) -> None:
        slice_.tail = raw

    return change


def preamble(slice_: Slice) -> None:
    slice_.preamble = b"II*\0" + bytes(124)


def pixels(length: int) -> Callable[[Slice], None]:
    return lambda slice_: slice_.put_pixels(length)


def behind_pixels(slice_: Slice) -> None:
    slice_.put(0xFFFCFFFC, "OB", bytes(20))


def instance_uid_of_unknown_vr(slice_: Slice) -> None:
    slice_.put(0x00080018, "UN", f"{INSTANCE}.{slice_.number + 100}".encode())


# What can differ from slice to slice, by name
CHANGES: dict[str, Callable[[Slice], None]] = {
    "a position of another length": numbered(0x00200032, "DS", b"1\\2\\%d.123456"),
    "a number of another length": value(0x00200013, "IS", b"7"),
    "an empty number": value(0x00200013, "IS", b""),
    "a number that is none": value(0x00200013, "IS", b"Zzneedle"),
    "another time": numbered(0x00080032, "TM", b"1011%02d.5"),
    "another date": numbered(0x00080023, "DA", b"202402%02d"),
    "a date that is none": value(0x00080023, "DA", b"Zzneedle"),
    "an empty date": value(0x00080023, "DA", b""),
    "another study date": value(0x00080020, "DA", b"20250301"),
    "a date and time": numbered(0x0008002A, "DT", b"202402%02d101112.5"),
    "no birth date": drop(0x00100030),
    "an age": numbered(0x00101010, "AS", b"%03dY"),
    "an old age": value(0x00101010, "AS", b"095Y"),
    "no accession number": drop(0x00080050),
    "another accession number": numbered(0x00080050, "SH", b"A-%d"),
    "an empty accession number": value(0x00080050, "SH", b""),
    "another sex": value(0x00100040, "CS", b"M"),
    "a number more": numbered(0x00180088, "DS", b"%d.5"),
    "no thickness": drop(0x00180050),
    "text to be removed": numbered(0x00081030, "LO", b"Zzneedlename %d"),
    "text that names the patient": value(0x00181020, "LO", b"for Zzneedlename"),
    "text": numbered(0x00181020, "LO", b"VB%d"),
    "text with a UID": numbered(0x00181020, "LO", b"see 1.2.826.0.1.3680043.99.8.%d"),
    "umlauts": value(0x00181020, "LO", "Gerät".encode("latin-1")),
    "a character set": value(0x00080005, "CS", b"ISO_IR 100"),
    "another modality": value(0x00080060, "CS", b"MR"),
    "burned in": value(0x00280301, "CS", b"YES"),
    "references": references(0x00081140, undefined=False),
    "open references": references(0x00082112, undefined=True),
    "a named step": named_step,
    "a safe private block": private(b"GEMS_PARM_01"),
    "a safe private block that varies": private_numbered,
    "a safe private block elsewhere": private(b"GEMS_PARM_01", high=0x20),
    "an unknown private block": private(b"Zzneedle"),
    "a bulk private blob": big_private_blob,
    "a bulk sequence of unknown VR": big_unknown_sequence,
    "a bulk sequence of names": big_unknown_names,
    "a bulk sequence with some names": names_in_one_big_unknown_sequence,
    "bulk numbers": bulk_numbers,
    "another order": reorder,
    "an element twice": double,
    "padding": tail(bytes(64)),
    "trailing text": tail(b"Zzneedle"),
    "a preamble": preamble,
    "small pixels": pixels(32),
    "large pixels": pixels(BULK),
    "odd pixels": pixels(BULK + 2),
    "elements behind pixels": behind_pixels,
    "no pixels": drop(PIXEL_DATA),
    "an instance UID of unknown VR": instance_uid_of_unknown_vr,
    "another series UID": numbered(0x0020000E, "UI", b"1.2.826.0.1.3680043.99.9.%d"),
    "deidentified before": value(0x00120062, "CS", b"YES"),
    "an earlier method": numbered(0x00120063, "LO", b"method %d"),
    "numbers": numbered(0x00280106, "US", b"%02d"),
    "numbers of text": value(0x00280106, "US", b"Zzneedlename"),
    "another temporal flag": value(0x00280303, "CS", b"UNMODIFIED"),
}


@st.composite
def series(draw: st.DrawFn, names: tuple[str, ...] = tuple(CHANGES)) -> tuple[list[bytes], list[str]]:
    """The contents of a series, and what was done to which slices."""
    explicit = draw(st.booleans())
    pixel_bytes = draw(st.sampled_from((32, BULK)))
    slices = [Slice(number, explicit=explicit, pixel_bytes=pixel_bytes) for number in range(draw(st.integers(3, 7)))]
    done = []
    for _ in range(draw(st.integers(1, 5))):
        name = draw(st.sampled_from(names))
        touched = draw(st.one_of(st.just(range(len(slices))), st.sets(st.sampled_from(range(len(slices))))))
        for number in sorted(touched):
            CHANGES[name](slices[number])
        done.append(f"{name}: {sorted(touched)}")
    return [slice_.content() for slice_ in slices], done

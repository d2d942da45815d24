"""Damaged objects for the engine, and what must hold whatever they are.

`check(content, folder)` returns what is wrong, an empty list when all is well. Seeds are small real files with known
names planted in them; no mutation copies a name, so a name in a released file came through the rules.
"""

from __future__ import annotations

import random
import struct
import warnings
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset

from conformance.collection import public_files
from deidra.dicom.deidentify import SeriesRules, deidentify_source, open_normalised
from deidra.dicom.reader import BytesReader
from deidra.dicom.stream import EXPLICIT_LITTLE, VR_FORMS, items_of
from deidra.dicom.survey import read_facts
from deidra.engine import deidentify, series_rules
from deidra.errors import ObjectError
from dicom.by_hand import IMPLICIT, PIXEL_DATA, ct_file, element, item, sequence
from dicom.release import batch, context, sections
from dicom.walks import our_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deidra.dicom.rules import Rules
    from deidra.dicom.work import Deidentified

NAME, ID, OTHER = "Zzneedlename^Qqfirst", "ZZNEEDLEID77", "Xxneedleother^Jjsecond"
NEEDLES = (b"Zzneedlename", b"Qqfirst", b"ZZNEEDLEID77", b"Xxneedleother", b"Jjsecond")

_FILES = (
    "CT_small.dcm MR_small.dcm MR_small_implicit.dcm MR_small_bigendian.dcm MR_small_RLE.dcm image_dfl.dcm "
    "rtplan.dcm rtdose_1frame.dcm test-SR.dcm reportsi.dcm JPEG2000-embedded-sequence-delimiter.dcm 693_J2KI.dcm "
    "SC_rgb_small_odd.dcm SC_rgb_small_odd_jpeg.dcm SC_rgb_rle_2frame.dcm rtstruct.dcm MR_small_padded.dcm "
    "dicomdirtests/98892001/CT5N/2062"
).split()
_CHARSETS = "chrH31.dcm chrKoreanMulti.dcm chrX2.dcm chrSQEncoding.dcm".split()


@cache
def seeds() -> dict[str, bytes]:
    """Small files, each with the names planted."""
    found = {name: _planted(f"test_files/{name}") for name in _FILES}
    found |= {name: _planted(f"charset_files/{name}") for name in _CHARSETS}
    found["plain"] = ct_file()
    found["implicit"] = ct_file(transfer_syntax_uid=IMPLICIT)
    found["sequences"] = _with_sequences()
    return found


def _planted(name: str) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data_set = pydicom.dcmread(public_files()[name], force=True)
        data_set.PatientName, data_set.PatientID, data_set.OtherPatientNames = NAME, ID, OTHER
        for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
            if not data_set.get(keyword):
                setattr(data_set, keyword, "1.2.826.0.1.3680043.99.1.2.3")
        if not data_set.get("SOPClassUID"):
            data_set.SOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
        if not hasattr(data_set, "file_meta"):
            data_set.file_meta = FileMetaDataset()
        if "TransferSyntaxUID" not in data_set.file_meta:
            data_set.file_meta.TransferSyntaxUID = IMPLICIT if data_set.original_encoding[0] else "1.2.840.10008.1.2.1"
        if "PixelData" in data_set and not data_set.file_meta.TransferSyntaxUID.is_compressed:
            data_set.PixelData = data_set.PixelData[:512]
        out = BytesIO()
        data_set.save_as(out, enforce_file_format=True)
        return out.getvalue()


def _with_sequences() -> bytes:
    person = element(0x00081050, "PN", NAME) + element(0x00080104, "LO", "Head")
    plain = element(0x00081050, "", NAME) + element(0x00080104, "", "Head")
    private = element(0x00430010, "LO", "GEMS_PARM_01") + element(
        0x00431026, "US", struct.pack("<6H", 1, 2, 3, 4, 5, 6)
    )
    return ct_file(
        more={
            0x00180026: sequence(0x00180026, [item(person, undefined=True), item(person)], undefined=True),
            0x00180036: sequence(0x00180036, [item(plain)] * 2, "UN"),
            0x00189346: sequence(0x00189346, [item(plain)], "UN", undefined=True),
            0x00430010: private + element(0x00431031, "DS", "1.5\\2.5"),
            0x7FE10010: element(0x7FE10010, "LO", "ACME") + element(0x7FE11001, "PN", NAME),
        }
    )


# Mutations: one of these, or a few, change a seed


class Seed:
    """A seed with the places that a mutation aims at: headers of elements, and stretches without a name."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.headers = sorted(set(_headers(content)))
        at = [content.find(needle) for needle in NEEDLES]
        self.named = [(start, start + 24) for start in at if start >= 0]

    def stretch(self, rng: random.Random, longest: int = 400) -> bytes:
        """Some bytes of the file that hold no part of a name."""
        for _ in range(20):
            start = rng.randrange(len(self.content))
            stop = min(len(self.content), start + rng.randrange(1, longest))
            piece = self.content[start:stop]
            if not any(word[:5] in piece or word[-5:] in piece for word in NEEDLES):
                return piece
        return b"\0"


def _headers(content: bytes) -> Iterator[int]:
    """Offsets of all element headers, at every depth, where the file is not deflated."""
    try:
        for section in sections(content):
            for one in section.elements:
                yield from _below(section.buf, section.base, one, 0)
    except ObjectError:
        return


def _below(buf: bytes, base: int, one: tuple[int, str, int, int, int, object], depth: int) -> Iterator[int]:
    yield base + one[2]
    if one[4] <= len(buf) and (one[5] or one[1] in ("SQ", "UN")) and one[0] != PIXEL_DATA:
        try:
            found = items_of(buf, one, EXPLICIT_LITTLE, depth)
        except ObjectError:
            return
        for start, _, _, elements, _ in found:
            yield base + start
            for inner in elements:
                yield from _below(buf, base, inner, depth + 1)


_LENGTHS = (0, 1, 2, 4, 8, 0xFF, 0x100, 0x8000, 0xFFFE, 0xFFFF, 0x10000, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF)
_TAGS = (
    0x00020010, 0x00041220, 0x00080005, 0x00080016, 0x00080018, 0x00080060, 0x00080300, 0x00100040, 0x00120063,
    0x00120064, 0x0018A001, 0x00181020, 0x0020000D, 0x00280010, 0x00281201, 0x0040A730, 0x00420011, 0x00700060,
    0x50003000, 0x60003000, 0x7FE00010, 0xFFFAFFFA, 0xFFFCFFFC, 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD, 0x00290010,
    0x00291010, 0x00000000, 0xFFFFFFFF,
)  # fmt: skip
_BINARY = frozenset((0x00281201, 0x00420011, 0x50003000, 0x60003000, PIXEL_DATA))
_VRS = tuple(VR_FORMS)


def mutated(seed: Seed, rng: random.Random) -> bytes:
    """One to six changes of a seed."""
    content = bytearray(seed.content)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        rng.choice(_OPERATIONS)(content, seed, rng)
        if not content:
            content += b"\0"
    return bytes(content)


def _place(content: bytearray, seed: Seed, rng: random.Random, margin: int = 12) -> int:
    """The header of an element, or any byte."""
    if seed.headers and rng.random() < 0.8:
        return min(rng.choice(seed.headers), max(0, len(content) - margin))
    return rng.randrange(max(1, len(content) - margin))


def _flip(content: bytearray, seed: Seed, rng: random.Random) -> None:
    at = min(_place(content, seed, rng) + rng.randrange(12), len(content) - 1)
    content[at] ^= 1 << rng.randrange(8)


def _flip_anywhere(content: bytearray, _: Seed, rng: random.Random) -> None:
    for _ in range(rng.randrange(1, 20)):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)


def _length(content: bytearray, seed: Seed, rng: random.Random) -> None:
    at = _place(content, seed, rng)
    offset, form = rng.choice(((4, "<L"), (6, "<H"), (8, "<L")))
    if at + offset + 4 > len(content):
        return
    (old,) = struct.unpack_from(form, content, at + offset)
    new = rng.choice((*_LENGTHS, old + rng.choice((-2, -1, 1, 2, 8, 64)), len(content) - at))
    struct.pack_into(form, content, at + offset, new & (0xFFFF if form == "<H" else 0xFFFFFFFF))


def _vr(content: bytearray, seed: Seed, rng: random.Random) -> None:
    at = _place(content, seed, rng) + 4
    content[at : at + 2] = rng.choice(_VRS)


def _tag(content: bytearray, seed: Seed, rng: random.Random) -> None:
    at, tag = _place(content, seed, rng), rng.choice(_TAGS)
    # Binary values are kept unseen: a name called pixels is one
    if tag in _BINARY and any(content.find(needle, at, at + 600) >= 0 for needle in NEEDLES):
        return
    content[at : at + 4] = struct.pack("<HH", tag >> 16, tag & 0xFFFF)


def _splice(content: bytearray, seed: Seed, rng: random.Random) -> None:
    at = _place(content, seed, rng)
    content[at:at] = seed.stretch(rng)


def _overwrite(content: bytearray, seed: Seed, rng: random.Random) -> None:
    at, piece = _place(content, seed, rng), seed.stretch(rng, 60)
    content[at : at + len(piece)] = piece


def _delete(content: bytearray, seed: Seed, rng: random.Random) -> None:
    at = _place(content, seed, rng)
    del content[at : at + rng.choice((1, 2, 4, 8, 12, rng.randrange(1, 400)))]


def _delete_element(content: bytearray, seed: Seed, rng: random.Random) -> None:
    if len(seed.headers) > 1:
        number = rng.randrange(len(seed.headers) - 1)
        del content[seed.headers[number] : seed.headers[number + 1]]


def _swap(content: bytearray, seed: Seed, rng: random.Random) -> None:
    if len(seed.headers) > 3 and len(content) == len(seed.content):
        number = rng.randrange(len(seed.headers) - 2)
        a, b, c = seed.headers[number : number + 3]
        content[a:c] = content[b:c] + content[a:b]


def _cut(content: bytearray, seed: Seed, rng: random.Random) -> None:
    del content[_place(content, seed, rng) :]


def _grow(content: bytearray, seed: Seed, rng: random.Random) -> None:
    """A value longer than a window, in place of a length."""
    at = _place(content, seed, rng)
    length = rng.choice((0x8000, 0x10000, 0x12000))
    if at + 12 <= len(content):
        content[at + 4 : at + 12] = rng.choice((b"UN", b"OB", b"SQ", b"UT")) + b"\0\0" + struct.pack("<L", length)
        content[at + 12 : at + 12] = seed.stretch(rng, 40) * (length // 8 + 1)


def _append(content: bytearray, seed: Seed, rng: random.Random) -> None:
    content += rng.choice((bytes(rng.randrange(200)), seed.stretch(rng), rng.randbytes(40)))


_OPERATIONS: tuple[Callable[[bytearray, Seed, random.Random], None], ...] = (
    _flip, _flip, _flip, _flip_anywhere, _length, _length, _length, _vr, _vr, _tag, _tag, _splice, _overwrite,
    _delete, _delete_element, _swap, _cut, _grow, _append,
)  # fmt: skip


# What must hold


def check(content: bytes, folder: Path, policy: str = "public-research") -> list[str]:
    """De-identify one object; everything that is wrong about what came of it."""
    path = folder / "object.dcm"
    path.write_bytes(content)
    found = _survey(path, len(content))
    try:
        outcomes = deidentify(batch([path], (NAME, ID, OTHER)), context(folder / "out", policy))
    except Exception as error:  # noqa: BLE001 - that nothing is raised is what is checked
        return [*found, f"the engine raised {type(error).__name__}: {error}"]
    if len(outcomes) != 1:
        return [*found, f"{len(outcomes)} outcomes"]
    outcome = outcomes[0]
    if outcome.status == "released":
        released = folder / "out" / outcome.output
        if folder / "out" not in released.resolve().parents:
            return [*found, "written outside the output folder"]
        result = released.read_bytes()
        released.unlink()
        return found + _released(result, content)
    if outcome.status not in ("held", "rejected") or not outcome.reasons:
        found.append("no verdict")
    for reason in outcome.reasons:
        if reason.code == "internal-error":
            found.append(f"an internal error: {reason.message}")
        if any(needle.decode() in repr(reason) for needle in NEEDLES):
            found.append("a name in a reason")
    return found


def _survey(path: Path, size: int) -> list[str]:
    try:
        read_facts(str(path), size)
    except ObjectError as error:
        return [] if error.code != "internal-error" else [f"an internal error: {error.message}"]
    except Exception as error:  # noqa: BLE001
        return [f"the survey raised {type(error).__name__}: {error}"]
    return []


def _released(content: bytes, original: bytes) -> list[str]:
    found = [f"released: {needle.decode()}" for needle in NEEDLES if needle in content]
    try:
        our_tree(BytesReader(content))
    except Exception as error:  # noqa: BLE001
        found.append(f"our reader refuses what was released: {error}")
    trouble = _trouble(content)
    # What pydicom cannot make sense of in the original, such as US or SS undecided, it need not here
    if trouble and (trouble.startswith("out of order") or not _trouble(original)):
        found.append(f"pydicom refuses what was released: {trouble}")
    return found


def _trouble(content: bytes) -> str:
    """Why pydicom does not read every element of a file, "" when it does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            data_set = pydicom.dcmread(BytesIO(content), force=True)
            if not hasattr(data_set.file_meta, "TransferSyntaxUID"):
                return "no file meta information"
            tags = [int(tag) for tag in data_set._dict]
            _iterate(data_set)
        except Exception as error:  # noqa: BLE001
            return f"{type(error).__name__}: {error}"
    return "" if tags == sorted(tags) else "out of order"


# Seeds whose elements stand in the file as they are, so that slices can be made of them
SERIES_SEEDS = ("plain", "implicit", "sequences", "CT_small.dcm", "MR_small_RLE.dcm", "test-SR.dcm")


def _iterate(data_set: Dataset) -> None:
    for one in data_set:
        if one.VR == "SQ":
            for inner in one.value:
                _iterate(inner)


def numbered(content: bytes, number: int) -> bytes:
    """A seed as one of several slices: the last digit of its SOP Instance UID differs, wherever that stands."""
    start = content.index(b"\x08\0\x18\0") + 8
    length = content[start - 2 : start] if content[start - 4 : start - 2] == b"UI" else content[start - 4 : start - 2]
    uid = content[start : start + int.from_bytes(length, "little")].rstrip(b"\0 ")
    return content.replace(uid, uid[:-1] + b"%d" % number)


@cache
def _rules(policy: str) -> Rules:
    return series_rules(batch([], (NAME, ID, OTHER)), context(Path(), policy)).rules


def check_series(contents: list[bytes], policy: str = "public-research") -> list[str]:
    """The same objects with and without templates: any difference, and any name released."""
    found = []
    shortcut, full = SeriesRules(_rules(policy)), SeriesRules(_rules(policy), use_templates=False)
    for content in contents:
        results = [_one(content, series) for series in (shortcut, full)]
        if results[0] != results[1]:
            found.append("the template changes what is released")
        if isinstance(results[0], tuple):
            found += [f"released by template: {needle.decode()}" for needle in NEEDLES if needle in results[0][0]]
    return found


def _one(content: bytes, series: SeriesRules) -> tuple[object, ...] | str:
    try:
        done = deidentify_source(open_normalised(BytesReader(content)), series)
    except ObjectError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001
        return f"internal {type(error).__name__}"
    return _bytes_of(done), done.edits, done.facts, done.study_uid, done.series_uid, done.sop_instance_uid


def _bytes_of(done: Deidentified) -> bytes:
    return b"".join(done.reader.read_at(*piece) if isinstance(piece, tuple) else piece for piece in done.pieces)

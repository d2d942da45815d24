"""Write the truth about a planted corpus as an answer database of MIDI-B, as far as that can express it."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from pydicom.dataset import Dataset

from deidra.errors import UsageError
from deidra.score import font, locate
from deidra.score.midi_b.actions import compared, verdict
from deidra.score.midi_b.answers import REMOVING, Check
from deidra.score.midi_b.index import Indexed, indexed, printed
from deidra.score.quiet import quiet
from deidra.score.truth import Glyphs, Key, PlantedObject, Truth
from deidra.score.unpack import read_dataset
from deidra.standard.iods import iod

# 45 CFR 164.514(b)(2)(i), the letters of Safe Harbor
_HIPAA = {
    "name": "A", "physician": "A", "address": "B", "date": "C", "birth-date": "C", "phone": "D", "email": "F",
    "id": "H", "accession": "H", "device": "M", "url": "N", "uid": "R", "institution": "R",
}  # fmt: skip
_SCHEMA = """CREATE TABLE answer_data ("index" INTEGER, "group" INTEGER, Modality TEXT, SOPClassUID TEXT,
 PatientID TEXT, StudyInstanceUID TEXT, SeriesInstanceUID TEXT, SOPInstanceUID TEXT, Digest TEXT, AnswerData TEXT)"""
_TOP_LEVEL_TYPES = {"1": "text_notnull", "2": "tag_retained"}


class _Element(msgspec.Struct, frozen=True):
    """An element as the database names it."""

    place: str
    name: str
    value: str


def write_answers(path: Path, key: Key, out: Path) -> list[tuple[int, str]]:
    """Write the database; gives remarks: how much of the truth it cannot express.

    Raises UsageError key-unwritable.
    """
    of_object: dict[int, list[Truth]] = defaultdict(list)
    for truth in key.truths:
        of_object[truth.object].append(truth)
    left_out: Counter[str] = Counter()
    try:
        path.unlink(missing_ok=True)
        connection = sqlite3.connect(path)
        with connection, quiet():
            connection.execute(_SCHEMA)
            for planted in key.objects:
                row = _row(planted, of_object[planted.id], out, left_out)
                connection.execute(f"INSERT INTO answer_data VALUES ({','.join('?' * len(row))})", row)  # noqa: S608
        connection.close()
    except (OSError, sqlite3.Error):
        raise UsageError("key-unwritable", "cannot write the answer database") from None
    return [(count, f"planted things that MIDI-B has no check for: {what}") for what, count in sorted(left_out.items())]


def _row(planted: PlantedObject, truths: list[Truth], out: Path, left_out: Counter[str]) -> tuple[Any, ...]:
    path = out / planted.file
    ds, file = read_dataset(path.read_bytes()), indexed(path)
    if ds is None or file is None:
        raise UsageError("out-changed", "a planted file is no longer what was written")
    elements = dict(_elements(ds, "dcm:", ""))
    stays = defaultdict(list)
    for truth in truths:
        if truth.must == "keep":
            stays[truth.locator].append(truth.surface)
    told = [truth for truth in truths if not _is_trap(truth, " ".join(stays[truth.locator]))]
    left_out["words of it are parts of words that must stay"] += len(truths) - len(told)
    rows = [row for truth in told for row in _checks_of(truth, elements, file, left_out)]
    rows += _structural(ds, elements)
    held = [row for row in rows if _holds(row, file)]
    left_out["cannot be told from what must stay"] += len(rows) - len(held)
    data = json.dumps({str(number): row for number, row in enumerate(held)}, ensure_ascii=False)
    return (
        planted.id, int(planted.subject[1:]), planted.modality, planted.sop_class, planted.patient_id, planted.study,
        planted.series, planted.instance, file.digest, data,
    )  # fmt: skip


def _is_trap(truth: Truth, stays: str) -> bool:
    """Whether the script would find words of what must go in what must stay: the "de" of a hospital in "node"."""
    return truth.must == "remove" and bool(stays) and compared(stays, truth.surface, retained=False) is not True


def _elements(ds: Dataset, path: str, above: str) -> Iterator[tuple[str, _Element]]:
    for tag in sorted(ds.keys()):
        element = ds[tag]
        place = f"{above}<{printed(ds, int(tag))}>"
        yield path + locate.step(ds, element), _Element(place, element.name, str(element.value).strip())
        if element.VR == "SQ":
            for number, item in enumerate(element.value or ()):
                yield from _elements(item, f"{path}{locate.step(ds, element, number)}/", f"{place}[<{number:04d}>]")


def _checks_of(
    truth: Truth, elements: dict[str, _Element], file: Indexed, left_out: Counter[str]
) -> Iterator[dict[str, Any]]:
    """The checks that one truth becomes."""
    if truth.glyphs is not None:
        if truth.must == "remove" and truth.carrier in {"pixels", "coded-pixels"}:
            yield _pixels_hidden(truth.glyphs)
        else:
            left_out[f"{truth.must}, {truth.carrier}"] += 1
        return
    if truth.kind == "pixels":
        yield _check("pixels_retained", None, None, file.digest, tcia="TCIA-P15-PIX-K")
        return
    element = elements.get(truth.locator)
    if element is None:
        left_out[f"{truth.must}, {truth.carrier}"] += 1
        return
    if truth.must == "remove":
        yield _check("text_removed", element, element.value, truth.surface, hipaa=f"HIPAA-{_HIPAA[truth.kind]}")
        if truth.locator == "dcm:(0010,0020)":
            yield _check("patid_consistent", element, element.value, None, p15="DICOM-P15-BASIC-C")
    elif truth.must == "shift":
        yield _check("date_shifted", element, element.value, None, hipaa="HIPAA-C")
    elif truth.must == "map":
        yield _check("uid_changed", element, element.value, None, hipaa="HIPAA-R")
        yield _check("uid_consistent", element, element.value, None, p15="DICOM-P15-BASIC-U")
    else:
        text = element.value if truth.kind in {"number", "private-number"} else truth.surface
        codes = {"ptkb": "TCIA-PTKB-K"} if truth.carrier == "private" else {"tcia": "TCIA-P15-DESC-C"}
        yield _check("text_retained", element, element.value, text, **codes)


def _structural(ds: Dataset, elements: dict[str, _Element]) -> Iterator[dict[str, Any]]:
    """What the IOD needs at top level: Type 1 with a value, Type 2 present (PS3.3)."""
    node = iod(str(ds.get("SOPClassUID", "")))
    for tag, kind in sorted(node.items()) if node is not None else ():
        element = elements.get(f"dcm:({tag >> 16:04X},{tag & 0xFFFF:04X})")
        if element is not None and kind in _TOP_LEVEL_TYPES:
            yield _check(_TOP_LEVEL_TYPES[kind], element, element.value, None, iod_=f"DICOM-IOD-{kind}")


def _pixels_hidden(glyphs: Glyphs) -> dict[str, Any]:
    height, width = font.size(glyphs.text, glyphs.scale)
    text = {
        "text": glyphs.text, "top_left": [glyphs.column, glyphs.row],
        "bottom_right": [glyphs.column + width, glyphs.row + height],
    }  # fmt: skip
    return _check("pixels_hidden", None, None, json.dumps(text), hipaa="HIPAA-A")


def _check(
    action: str, element: _Element | None, value: str | None, text: str | None, *, hipaa: str | None = None,
    p15: str | None = None, iod_: str | None = None, tcia: str | None = None, ptkb: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    place = element.place if element else None
    return {
        "scope": "<Instance>",
        "tag": place,
        "tag_ds": place,
        "tag_name": f"<{element.name}>" if element else "<Pixel Data>",
        "value": None if value is None else f"<{value}>",
        "action": f"<{action}>",
        "action_text": None if text is None else f"<{text}>",
        "answer_category": [],
        "answer_category_v2": {
            "prev_cat": "", "hipaa": {"z": None, "m": hipaa}, "dicom": {"p15": p15, "iod": iod_, "safe": None},
            "tcia": {"ptkb": ptkb, "p15": tcia, "rev": None},
        },
    }  # fmt: skip


def _holds(row: dict[str, Any], file: Indexed) -> bool:
    """Whether the untouched file gets the verdict that an identical copy must get."""
    action = row["action"].strip("<>")
    if action in {"uid_consistent", "patid_consistent", "pixels_hidden"}:
        return True
    found = verdict(Check(action, row["tag_ds"], row["value"], row["action_text"], None), file, {}, {})
    return found is (action not in REMOVING)

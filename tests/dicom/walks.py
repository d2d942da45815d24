"""The same object walked by our reader and by pydicom, in one form that can be compared."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pydicom
from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.dataelem import RawDataElement

from deidra.dicom.source import open_source, read_sections
from deidra.dicom.stream import FRAGMENTS, IMPLICIT_LITTLE, items_of

if TYPE_CHECKING:
    from io import BytesIO
    from pathlib import Path

    from pydicom.dataset import Dataset

    from deidra.dicom.reader import Reader
    from deidra.dicom.stream import Element, Encoding

# (tag, VR or "" in implicit VR, value bytes) or (tag, VR, list of items), items being lists of the same
Tree = list[tuple[int, str, Any]]
_DELIMITER_BYTES = 8
CHARACTER_SET = 0x00080005


def is_sequence(tag: int, vr: str) -> bool:
    """Sequences by their VR, or by the dictionary in implicit VR."""
    return vr == "SQ" or (not vr and dictionary_has_tag(tag) and dictionary_VR(tag) == "SQ")


def our_tree(reader: Reader) -> Tree:
    """The data set as our reader sees it. Raises Held or Rejected."""
    source = open_source(reader)
    tree: Tree = []
    for section in read_sections(source):
        for element in section.elements:
            if element[4] <= len(section.buf):
                tree.append(_ours(section.buf, element, source.encoding, 0))
            else:
                tag, vr, at, value, stop, items = element
                loaded = source.reader.read_at(section.base + at, stop - at)
                tree.append(_ours(loaded, (tag, vr, 0, value - at, stop - at, items), source.encoding, 0))
    return tree


def _ours(buf: bytes, element: Element, encoding: Encoding, depth: int) -> tuple[int, str, Any]:
    tag, vr, _, value, stop, items = element
    if items is FRAGMENTS:
        return tag, vr, buf[value : stop - _DELIMITER_BYTES]
    if items is None and not is_sequence(tag, vr):
        return tag, vr, buf[value:stop]
    inner = IMPLICIT_LITTLE if vr == "UN" else encoding
    found = items_of(buf, element, encoding, depth)
    return tag, vr, [[_ours(buf, child, inner, depth + 1) for child in item[3]] for item in found]


def pydicom_tree(path: Path | BytesIO) -> Tree:
    """The data set as pydicom sees it, from raw elements; values are not converted."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _theirs(pydicom.dcmread(path, force=True))


def _theirs(data_set: Dataset) -> Tree:
    tree: Tree = []
    for tag in data_set._dict:
        raw = data_set.get_item(tag)
        if isinstance(raw, RawDataElement) and not is_sequence(tag, raw.VR or ""):
            tree.append((int(tag), raw.VR or "", raw.value or b""))
            continue
        element = data_set[tag]
        if element.VR == "SQ":  # of undefined length in any VR, or written as a sequence
            tree.append((int(tag), "SQ", [_theirs(item) for item in element.value]))
        else:
            little = data_set.original_encoding[1]
            vr = "" if data_set.original_encoding[0] else element.VR
            tree.append((int(tag), vr, _decoded_early(element.value, little_endian=little is not False)))
    return tree


def _decoded_early(value: Any, *, little_endian: bool) -> bytes:
    """The bytes of Specific Character Set and Pixel Representation, which pydicom decodes while it reads."""
    if isinstance(value, int):
        return value.to_bytes(2, "little" if little_endian else "big")
    if value is None or isinstance(value, str):
        return (value or "").encode()
    return "\\".join(part or "" for part in value).encode()


def differences(ours: Tree, theirs: Tree, path: str = "") -> list[str]:
    """Where two trees are not the same. Every sequence counts as SQ, and pydicom may know better what UN is."""
    found = []
    if [entry[0] for entry in ours] != [entry[0] for entry in theirs]:
        return [f"{path}: other elements"]
    for (tag, vr, value), (_, their_vr, their_value) in zip(ours, theirs, strict=True):
        where = f"{path}({tag >> 16:04X},{tag & 0xFFFF:04X})"
        if isinstance(value, list) != isinstance(their_value, list):
            found.append(f"{where}: a sequence for one only")
        elif isinstance(value, list):
            if len(value) != len(their_value):
                found.append(f"{where}: {len(value)} and {len(their_value)} items")
            for index, (item, their_item) in enumerate(zip(value, their_value, strict=False)):
                found += differences(item, their_item, f"{where}[{index}]/")
        elif vr not in (their_vr, "UN"):
            found.append(f"{where}: VR {vr} and {their_vr}")
        elif value != their_value and (tag != CHARACTER_SET or value.rstrip(b" \0") != their_value):
            found.append(f"{where}: other bytes")
    return found

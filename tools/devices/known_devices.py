"""Write src/deidra/pixels/data/known_devices.json: where known devices write identifiers, from two published lists.

    python tools/devices/known_devices.py CTP_SCRIPT DEID_RECIPE [--check]

CTP_SCRIPT is source/files/scripts/DicomPixelAnonymizer.script of johnperry/CTP, DEID_RECIPE is deid/data/deid.dicom of
pydicom/deid, at the pinned commits. What is taken from them are facts: which device, which size of picture, which
places. Rules that name no device precisely are left out: they would fill parts of whole classes of images. Exit codes:
0 done; 1 the file differs (--check); 2 a source is not what was pinned.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from deidra.errors import PolicyError
from deidra.pixels.device_scripts import from_ctp, from_deid
from deidra.pixels.devices import Catalogue, Condition, Rule

OUTPUT = Path(__file__).resolve().parents[2] / "src" / "deidra" / "pixels" / "data" / "known_devices.json"


class Source(NamedTuple):
    """A list: its name in the catalogue, what it is, its SHA-256, and how many entries it has, are read, and stay."""

    name: str
    origin: str
    sha256: str
    entries: int
    read: int
    kept: int


CTP: Final = Source(
    "CTP",
    "https://github.com/johnperry/CTP commit 361e90f8032fbb343000f3397159ae24a001229a, "
    "source/files/scripts/DicomPixelAnonymizer.script",
    "553a86e6717ff373310313df280898b7056c508ca1ac15d95d8496b77ffb0d60",
    52,
    52,
    43,
)
DEID: Final = Source(
    "pydicom/deid",
    "https://github.com/pydicom/deid commit 8d26fca2ea09793932877f285ad76e196f205b27, deid/data/deid.dicom",
    "5cbb875d5db37d5f61d04ecb8afdf2dc87ef49c0219b86d915a2036ff589aacd",
    105,
    101,
    87,
)
# What both lists together give, without those that say the same
RULES: Final = 127

_MANUFACTURER, _MODEL, _SOFTWARE = "00080070", "00081090", "00181020"
_SIZES = frozenset(("00280010", "00280011"))
_POSITIVE = frozenset(("contains", "equals", "starts", "ends", "matches"))
_LEAST_LETTERS = 4


def main() -> int:
    """Write the file or check it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ctp", type=Path)
    parser.add_argument("deid", type=Path)
    parser.add_argument("--check", action="store_true", help="only compare")
    arguments = parser.parse_args()
    try:
        content = catalogue(arguments.ctp.read_bytes(), arguments.deid.read_bytes())
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    if arguments.check:
        return 0 if OUTPUT.is_file() and OUTPUT.read_bytes() == content else 1
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_bytes(content)
    return 0


def catalogue(ctp: bytes, deid: bytes) -> bytes:
    """The file, one rule a line. Raises ValueError where a source or a count is not the pinned one."""
    lists = (
        (CTP, ctp, ctp_entries, from_ctp),
        (DEID, deid, deid_entries, from_deid),
    )
    rules: dict[str, str] = {}
    for source, data, entries, reader in lists:
        if hashlib.sha256(data).hexdigest() != source.sha256:
            raise ValueError(f"{source.name}: SHA-256 {hashlib.sha256(data).hexdigest()} is not the pinned one")
        for rule in _kept(source, data.decode("utf-8"), entries, reader):
            plain = _plain(msgspec.to_builtins(rule))
            said = json.dumps({key: value for key, value in plain.items() if key != "name"}, sort_keys=True)
            rules.setdefault(said, json.dumps(plain))
    if len(rules) != RULES:
        raise ValueError(f"{len(rules)} rules are not the pinned {RULES}")
    sources = [{"name": one.name, "origin": one.origin, "sha256": one.sha256} for one in (CTP, DEID)]
    head = f'{{"sources": {json.dumps(sources)},\n"rules": [\n'
    return (head + ",\n".join(rules.values()) + "\n]}\n").encode()


def _kept(
    source: Source, text: str, entries: Callable[[str], Iterator[tuple[int, str]]], reader: Callable[..., Catalogue]
) -> Iterator[Rule]:
    """The rules of one list that name a device. Raises ValueError where counts are not the pinned ones."""
    counts = [0, 0, 0]
    for line, entry in entries(text):
        counts[0] += 1
        try:
            found = reader(entry, "").rules
        except PolicyError:
            continue  # attributes that are misspelt: the rule never applied where it comes from either
        counts[1] += 1
        for rule in found:
            if not rule.whole and not rule.only and names_a_device(rule.condition):
                counts[2] += 1
                yield msgspec.structs.replace(rule, name=f"{source.name} line {line}")
    if tuple(counts) != (source.entries, source.read, source.kept):
        raise ValueError(f"{source.name}: {counts} entries, read, kept are not the pinned numbers")


def ctp_entries(text: str) -> Iterator[tuple[int, str]]:
    """Line and text of each signature with the regions behind it."""
    for match in re.finditer(r"\{[^}]*\}[^{]*", text):
        yield text.count("\n", 0, match.start()) + 1, match[0]


def deid_entries(text: str) -> Iterator[tuple[int, str]]:
    """Line and text of each LABEL of the filters that has coordinates, as a recipe of its own."""
    filters = text.partition("%header")[0]
    for match in re.finditer(r"^LABEL.*\n((?!LABEL|%).*\n)*", filters, re.MULTILINE):
        if "coordinates" in match[0]:
            yield filters.count("\n", 0, match.start()) + 1, f"%filter graylist\n{match[0]}"


def names_a_device(condition: Condition) -> bool:
    """Whether each way to fulfil a condition names a model, or a manufacturer and a size of the picture."""
    return all(_is_precise(way) for way in _ways(condition))


def _is_precise(tests: tuple[Condition, ...]) -> bool:
    named = {test.tag for test in tests if test.kind in _POSITIVE and _is_a_name(test)}
    return _MODEL in named or _SOFTWARE in named or (_MANUFACTURER in named and bool(_SIZES & named))


def _is_a_name(test: Condition) -> bool:
    """Two or three letters, as GE, stand in many names."""
    if test.tag not in (_MANUFACTURER, _MODEL, _SOFTWARE):
        return bool(test.value)
    return all(len(one) >= _LEAST_LETTERS or re.search(r"\d", one) for one in test.value.split("|"))


def _ways(condition: Condition) -> Iterator[tuple[Condition, ...]]:
    """The disjunctive normal form: sets of tests of which one must hold as a whole. What is negated names nothing."""
    if condition.kind == "any":
        for part in condition.parts:
            yield from _ways(part)
    elif condition.kind == "all":
        for ways in itertools.product(*(tuple(_ways(part)) for part in condition.parts)):
            yield tuple(itertools.chain.from_iterable(ways))
    else:
        yield (condition,)


def _plain(value: Any) -> Any:
    """Without what a reader takes as read: empty and false fields."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items() if one not in ("", False, [], ())}
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value


if __name__ == "__main__":
    sys.exit(main())

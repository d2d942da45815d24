"""A released object beside its source: what was kept, changed and lost, what had to change and did not."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from deidra.standard.confidentiality import OPTIONS, edition
from deidra.standard.iods import Node, iod
from deidra.standard.second_layer import category
from deidra.verify.attributes import Nature, may_stay, nature
from deidra.verify.content import is_kept_content, is_local_code, kept_items, local_codes
from deidra.verify.facts import Facts, uids_of
from deidra.verify.findings import Check, Finding, Severity
from deidra.verify.fold import mask
from deidra.verify.forms import DUMMY_DATES, calendar_day, is_placeholder
from deidra.verify.places import Place, key, locator, pattern
from deidra.verify.texts import text_of

Address = tuple[tuple[tuple[int, str], int], ...]  # ((tag and creator of a sequence), item), outermost first
_CHARACTER_SET = 0x00080005
# What de-identifiers write themselves: (0012,0062-0064), (0028,0301-0303), Contributing Equipment
_MARKERS = frozenset({0x00120062, 0x00120063, 0x00120064, 0x00280301, 0x00280302, 0x00280303, 0x0018A001})
_SWAPPED = {
    "US": "H",
    "SS": "h",
    "OW": "H",
    "UL": "I",
    "SL": "i",
    "OL": "I",
    "FL": "I",
    "OF": "I",
    "FD": "Q",
    "OD": "Q",
}
_PROSE_WORDS = 5
_GRAVE = frozenset(Nature) - {Nature.TIME, Nature.TEXT, Nature.CHARACTERISTIC, Nature.TECHNICAL}
_WORDS = {"1": "type-1-lost", "1C": "type-1-lost", "2": "type-2-lost", "2C": "type-2-lost"}


class Compared(NamedTuple):
    """`fates` counts (kind of value, fate); `costs` counts (option or "profile", fate) of what did not stay.

    Fates: kept, changed, emptied, lost, added. `lost` holds the attributes that could have stayed, with how many.
    `uids` are (original, new), `shifts` counts (days, place), `paired` pairs of identity at one entity level.
    """

    findings: list[Finding]
    fates: Counter[tuple[str, str]]
    costs: Counter[tuple[str, str]]
    beyond: Counter[tuple[str, str]]
    uids: set[tuple[str, str]]
    shifts: Counter[tuple[int, str]]


def compare(
    source: list[Place], output: list[Place], facts: Facts, options: frozenset[str], *, stated: bool
) -> Compared:
    """Put the values of two objects side by side, by address; private ones by creator, wherever their block stands.

    `stated`: the options are known. Else only what identifies by itself is more than a note.
    """
    before, after = _by_address(source), _by_address(output)
    uneven = _uneven(before, after)
    items, local = kept_items(source, options), local_codes(source)
    result = Compared([], Counter(), Counter(), Counter(), set(), Counter())
    for address, place in before.items():
        if (
            place.tag in _MARKERS
            or place.tag == _CHARACTER_SET
            or any(address[:n] in uneven for n in range(1, len(address)))
        ):
            continue
        stays = _stays(place, options) and not (is_local_code(place, local) and "clean-descriptors" not in options)
        stays |= is_kept_content(place, items)
        fate = _one(place, after.get(address), options, stays, result)
        if fate == "kept" and not (stays or place.private or _is_trivial(place, _kind(place))):
            result.findings.append(_unchanged(place, _kind(place), stated=stated))
    result.fates.update(
        (_kind(place).value, "added") for address, place in after.items() if address not in before and place.value
    )
    result.findings.extend(_types(before, after, uneven, iod(facts.sop_class)))
    return result


def _stays(place: Place, options: frozenset[str]) -> bool:
    return not place.private and may_stay(place.tag, place.vr, options, place.inside)


def _by_address(places: Iterable[Place]) -> dict[Address, Place]:
    return {_address(place): place for place in places if not _is_structural(place)}


def _is_structural(place: Place) -> bool:
    """Group lengths and private creators say nothing of their own."""
    low = place.tag & 0xFFFF
    return low == 0 or bool(place.tag >> 16 & 1 and low < 0x100)


def _address(place: Place) -> Address:
    return (*((key(step.tag, step.creator), step.item) for step in place.path), (key(place.tag, place.creator), -1))


def _uneven(before: dict[Address, Place], after: dict[Address, Place]) -> set[Address]:
    """Sequences whose number of items changed, given by the addresses of their items: nothing tells which is which."""
    counts = [_items(side) for side in (before, after)]
    uneven = {sequence for sequence in counts[0] if counts[1].get(sequence, counts[0][sequence]) != counts[0][sequence]}
    return {(*sequence[:-1], (sequence[-1][0], item)) for sequence in uneven for item in range(counts[0][sequence])}


def _items(side: dict[Address, Place]) -> dict[Address, int]:
    found: dict[Address, int] = {}
    for address in side:
        for depth, (name, item) in enumerate(address[:-1]):
            sequence = (*address[:depth], (name, -1))
            found[sequence] = max(found.get(sequence, 0), item + 1)
    return found


def _one(place: Place, released: Place | None, options: frozenset[str], stays: bool, result: Compared) -> str:
    """Count what became of a value; gives its fate."""
    fate = _fate(place, released)
    if not fate:
        return fate
    kind = _kind(place)
    result.fates[kind.value, fate] += 1
    if fate != "kept":
        result.costs[_keeper(place, options), fate] += 1
        if stays and kind is not Nature.DATE:
            result.beyond[pattern(place), fate] += 1
    if released is None or not released.value or not place.value:
        return fate
    if kind is Nature.UID:
        old, new = uids_of(place.value), uids_of(released.value)
        result.uids.update(zip(old, new, strict=False) if len(old) == len(new) else ())
    if kind in (Nature.DATE, Nature.BIRTH_DATE) and not _is_fixed(place):
        result.shifts.update((days, pattern(place)) for days in _shift(place, released))
    return fate


def _fate(place: Place, released: Place | None) -> str:
    if place.value == b"":
        return ""  # an attribute without a value cannot lose it
    if released is None:
        return "lost"
    if released.value == b"":
        return "emptied"
    return "kept" if same(place, released) else "changed"


def same(first: Place, second: Place) -> bool:
    """Whether two values are equal whatever their padding, byte order and character set. Of bulk values the length."""
    if first.value is None or second.value is None:
        return first.value is second.value and first.stop - first.start == second.stop - second.start
    a, b = first.value.rstrip(b"\0 "), second.value.rstrip(b"\0 ")
    if a == b:
        return True
    if first.little_endian != second.little_endian and first.vr in _SWAPPED and len(first.value) == len(second.value):
        swapped = array(_SWAPPED[first.vr], first.value)
        swapped.byteswap()
        return swapped.tobytes() == second.value
    if a.isascii() and b.isascii() and b"\x1b" not in a + b:
        return False
    return text_of(first.value, first.vr, first.encodings) == text_of(second.value, second.vr, second.encodings)


def _kind(place: Place) -> Nature:
    if place.private:
        return {"PN": Nature.NAME, "UI": Nature.UID, "DA": Nature.DATE, "DT": Nature.DATE}.get(
            place.vr, Nature.TECHNICAL
        )
    return nature(place.tag, place.vr, place.inside)


def _keeper(place: Place, options: frozenset[str]) -> str:
    """The option that would have let the value stay, or what else took it."""
    if place.private:
        return "safe-private"
    if may_stay(place.tag, place.vr, options, place.inside):
        return "policy"
    row = edition().row(place.tag)
    keepers = [o for o in OPTIONS if row is not None and row.options.get(o) in ("K", "C") and o not in options]
    return keepers[0] if keepers else "profile"


def _is_fixed(place: Place) -> bool:
    """Days of devices and vocabularies: they must not move with the subject, a fixed dummy is right."""
    row = edition().row(place.tag)
    if row is None:
        return place.private or category(place.tag) != "date-subject"
    return "device-identity" in row.options or row.name.startswith("Context Group")


def _shift(place: Place, released: Place) -> Iterator[int]:
    old, new = (_days(side) for side in (place, released))
    if len(old) == len(new):
        # A day replaced by a dummy did not move
        moved = ((b, a) for b, a in zip(old, new, strict=True) if b and a and f"{a:%Y%m%d}" not in DUMMY_DATES)
        yield from ((after - before).days for before, after in moved)


def _days(place: Place) -> list[date | None]:
    return [calendar_day(part) for part in text_of(place.value or b"", place.vr, ()).split("\\")]


def _is_trivial(place: Place, kind: Nature) -> bool:
    """Values that say nothing: what a dummy may be by chance."""
    text = text_of(place.value or b"", place.vr, place.encodings)
    if len(text) < 3 or set(text) <= set("0.:+- ") or is_placeholder(text):
        return True
    return kind is Nature.UID and not uids_of(place.value or b"")


def _unchanged(place: Place, kind: Nature, *, stated: bool) -> Finding:
    text = text_of(place.value or b"", place.vr, place.encodings)
    severity = Severity.LEAK if kind in _GRAVE else Severity.SUSPECT
    if (
        not stated
        and (kind not in _GRAVE or (kind is Nature.DEVICE and not place.path))
        and len(text.split()) < _PROSE_WORDS
    ):
        severity = Severity.NOTE  # a description, a code, a weight, a device: nobody said that it had to go
    shape = mask(text)
    message = f"{kind.value.replace('-', ' ')} is what it was in the source; the options do not let it stay"
    return Finding(Check.UNCHANGED, severity, f"unchanged-{kind.value}", locator(place), message, "", shape)


def _types(
    before: dict[Address, Place], after: dict[Address, Place], uneven: set[Address], root: Node | None
) -> Iterator[Finding]:
    """Attributes of Type 1 and 2 that the source had and the output has not (PS3.5 7.4, PS3.3)."""
    if root is None:
        return
    present = {address[:depth] for address in after for depth in range(1, len(address) + 1)}
    present |= {(*address[:-1], (address[-1][0], -1)) for address in present}
    groups = {place.tag >> 16 for place in after.values() if not place.path and place.tag not in _MARKERS}
    seen = set()
    for address, place in before.items():
        if place.private or any(address[:n] in uneven for n in range(1, len(address))):
            continue
        missing = _first_missing(address, present)
        if missing is None:
            released = after.get(address)
            missing = address if place.value and released is not None and released.value == b"" else None
        if missing is None or missing in seen:
            continue
        seen.add(missing)
        kind = _type_at(root, missing)
        emptied = missing in present or (*missing[:-1], (missing[-1][0], -1)) in present
        lost = kind in ("1", "1C") and bool(place.value or len(missing) < len(address))
        if (lost or (kind in ("2", "2C") and not emptied)) and not _module_gone(missing, groups):
            yield _type_finding(place, missing, kind, emptied)


def _first_missing(address: Address, present: set[Address]) -> Address | None:
    """The outermost element of an address that is not there. An item that is gone counts for its sequence."""
    for depth in range(1, len(address) + 1):
        if address[:depth] not in present:
            return (*address[: depth - 1], (address[depth - 1][0], -1))
    return None


def _type_at(root: Node, address: Address) -> str:
    node: Node | None = root
    for (tag, _), _item in address[:-1]:
        node = node.child(tag) if node else None
    return (node.type_of(address[-1][0][0]) if node else None) or "3"


def _module_gone(address: Address, groups: set[int]) -> bool:
    """Whether nothing of an outermost attribute's group is left: then an optional module is gone as a whole."""
    return len(address) == 1 and address[0][0][0] >> 16 not in groups


def _type_finding(place: Place, missing: Address, kind: str, emptied: bool) -> Finding:
    outer = (
        place
        if len(missing) > len(place.path)
        else place._replace(tag=place.path[len(missing) - 1].tag, creator="", path=place.path[: len(missing) - 1])
    )
    what = "is empty" if emptied else "is gone"
    message = f"Type {kind} attribute {what}; the source had it"
    severity = Severity.NOTE if kind.endswith("C") else Severity.ERROR  # nothing here evaluates the conditions of PS3.3
    return Finding(Check.CONFORMANCE, severity, _WORDS[kind], pattern(outer), message)

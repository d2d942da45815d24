"""Private elements of one data set, judged by their creator (PS3.5 Section 7.8, PS3.15 E.3.10)."""

from __future__ import annotations

from collections.abc import Iterator

from deidra.dicom.header import Header
from deidra.dicom.rules import Decision, Place, no_creator_decision
from deidra.dicom.stream import Element
from deidra.model import Action, Edit

# (group, creator) -> low bytes declared non-identifying, None for the whole block
DeclaredSafe = dict[tuple[int, str], frozenset[int] | None]

_CHARACTERISTICS = 0x00080300
_GROUP, _CREATOR, _BLOCK_STATUS, _SAFE_ELEMENTS, _ACTIONS = (
    0x00080301,
    0x00080302,
    0x00080303,
    0x00080304,
    0x00080305,
)
_LONGEST_CREATOR_BYTES = 256


def declared_safe(header: Header) -> DeclaredSafe:
    """What Private Data Element Characteristics Sequence (0008,0300) declares safe (PS3.3 C.12.1.1.7)."""
    found = header.sequence(_CHARACTERISTICS)
    if found is None:
        return {}
    buf, _, items = found
    declared: DeclaredSafe = {}
    for _, _, _, elements, _ in items:
        values = {tag: buf[value:stop] for tag, _, _, value, stop, _ in elements}
        key = (int.from_bytes(values.get(_GROUP, b""), "little"), _plain(values.get(_CREATOR, b"")))
        if _ACTIONS not in values and _plain(values.get(_BLOCK_STATUS, b"")) == "SAFE":
            declared[key] = None
        elif _SAFE_ELEMENTS in values:  # also beside elements that have an action of their own (0008,0307)
            raw = values[_SAFE_ELEMENTS]
            lows = (int.from_bytes(raw[at : at + 2], "little") & 0xFF for at in range(0, len(raw), 2))
            declared[key] = frozenset(lows)
    return declared


def _plain(raw: bytes) -> str:
    return raw.strip(b" \0").decode("latin-1")


class PrivateBlocks:
    """The blocks that private creators reserve; a creator stays only if an element of its block does."""

    __slots__ = ("_blocks", "_declared_safe", "_place", "_used", "section")

    def __init__(self, place: Place, declared_safe: DeclaredSafe) -> None:
        self._place = place
        self._declared_safe = declared_safe
        self._blocks: dict[int, tuple[str, int, int, int]] = {}
        self.section = 0  # of the elements that come next, where a data set is walked in sections
        self._used: set[int] = set()

    def decide(self, buf: bytes, element: Element) -> Decision | None:
        """The decision for a private element, or None when it is a creator, decided with its block."""
        tag, vr, at, value, stop, _ = element
        block = self._blocks.get(tag & 0xFFFFFF00)
        if block is not None:
            creator = block[0]
            decision = self._place.private.get((creator, tag & 0xFFFF00FF, vr))
            if decision is None:
                decision = self._place.decide_private(creator, tag, vr, self._is_declared_safe(tag, creator))
            return decision
        number = tag & 0xFFFF
        legal_group = tag > 0x0008FFFF and tag >> 16 != 0xFFFF
        if 0x10 <= number <= 0xFF and legal_group and stop - value <= _LONGEST_CREATOR_BYTES:
            creator = _plain(buf[value:stop])
            if self._place.names_someone(creator):
                return no_creator_decision(tag)
            self._blocks[(tag & 0xFFFF0000) | number << 8] = (creator, at, stop, self.section)
            return None
        return no_creator_decision(tag)

    def _is_declared_safe(self, tag: int, creator: str) -> bool:
        safe = self._declared_safe.get((tag >> 16, creator), frozenset())
        return safe is None or tag & 0xFF in safe

    def use(self, tag: int) -> None:
        """Note that the element stays, so that its creator must."""
        self._used.add(tag & 0xFFFFFF00)

    def unused(self, prefix: str) -> Iterator[tuple[int, tuple[int, int, bytes], Edit]]:
        """Section, cut and record for each creator of whose block nothing stays."""
        for block, (_, at, stop, section) in self._blocks.items():
            if block not in self._used:
                label = f"{prefix}({block >> 16:04X},{block >> 8 & 0xFF:04X})"
                source = "PS3.15 E.3.10: a creator stays only with an element of its block"
                yield section, (at, stop, b""), Edit(label, Action.REMOVE, "private:creator", source)

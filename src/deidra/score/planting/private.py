"""Private elements: of vendors whose numbers are safe, and of creators that nobody vouches for."""

from __future__ import annotations

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from deidra.score.locate import parsed
from deidra.score.planting.notes import Notes
from deidra.score.planting.sayings import Said, any_of, full_name
from deidra.score.synthetic.modules import ROOT, item
from deidra.standard.dictionary import private_vr
from deidra.standard.private_elements import safe_private

_NUMBERS = {"DS", "IS", "FD", "FL", "SL", "SS", "UL", "US"}
_UNSAFE = ("ACME ADMIN 1.0", "XYZ REPORTING", "SITE LOCAL HEADER", "PACS EXPORT 7")


def safe_numbers() -> list[tuple[str, int, int, str]]:
    """(creator, group, low byte, VR) of the numeric elements of Table E.3.10-1, in order."""
    found = []
    for key in safe_private("standard").rows:
        steps = parsed("dcm:" + key)
        creator, group, low = steps[0].creator, steps[0].group, steps[0].element
        kind = private_vr(creator, group, low)
        if len(steps) == 1 and kind in _NUMBERS:
            found.append((creator, group, low, kind))
    return sorted(found)


def plant_private(ds: Dataset, notes: Notes, turn: int) -> None:
    """Two safe numbers, and a block of an unknown creator with text, a name, a date, bytes and a sequence."""
    _safe(ds, notes, turn)
    _unsafe(ds, notes, _UNSAFE[turn % len(_UNSAFE)], turn)


def _safe(ds: Dataset, notes: Notes, turn: int) -> None:
    rows, rng = safe_numbers(), notes.speaker.rng
    creators = sorted({row[0] for row in rows})
    creator = creators[turn % len(creators)]
    for name, group, low, kind in [row for row in rows if row[0] == creator][turn % 3 :][:2]:
        number: object = f"{rng.uniform(1, 900):.4f}" if kind in {"DS", "FD", "FL"} else rng.randint(1, 30000)
        if kind in {"FD", "FL"}:
            number = round(rng.uniform(1, 900) * 1024) / 1024
        block = ds.private_block(group, name, create=True)
        block.add_new(low, kind, str(number) if kind in {"DS", "IS"} else number)
        place = f'dcm:({group:04X},"{name}",{low:02X})'
        notes.keep(str(ds[block.get_tag(low)].value), "private-number", "private", place)


def _unsafe(ds: Dataset, notes: Notes, creator: str, turn: int) -> None:
    me, rng = notes.speaker.persona, notes.speaker.rng
    group = 0x0009 + 2 * (turn % 4)
    block = ds.private_block(group, creator, create=True)

    def place(low: int) -> str:
        return f'dcm:({group:04X},"{creator}",{low:02X})'

    block.add_new(0x01, "PN", notes.said(full_name(me.person, known=True), "private", place(0x01)))
    for low, kind, kinds in ((0x02, "LO", ("name", "id")), (0x03, "UT", ("institution", "email")),
                             (0x04, "SH", ("id", "phone"))):  # fmt: skip
        said = any_of(notes.speaker, kind, kinds)
        if said is not None:
            block.add_new(low, kind, notes.said(said, "private", place(low)))
    day = f"{me.birth:%Y%m%d}"
    block.add_new(0x05, "DA", notes.said(Said(day, "birth-date", True, moment=day), "private", place(0x05)))
    number = Said(me.patient_id, "id", True, (me.patient_id,))
    hidden = (any_of(notes.speaker, "AE", ("ae",)) if turn % 2 else None) or number
    data = notes.said(hidden, "private", place(0x06), hardness="hidden").encode("utf-16-le" if turn % 3 else "ascii")
    block.add_new(0x06, "OB", data + b"\0" * (len(data) % 2))
    uid = f"{ROOT}.9.{rng.randrange(10**12)}"
    block.add_new(0x07, "UI", notes.said(Said(uid, "uid", False, (uid,)), "private", place(0x07)))
    inner = item(PatientName=notes.said(
        full_name(me.person, known=True), "private", f"{place(0x08)}[0]/(0010,0010)", hardness="nested"))  # fmt: skip
    block.add_new(0x08, "SQ", Sequence([inner]))

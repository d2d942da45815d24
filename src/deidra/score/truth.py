"""What was planted, and what must become of it: the truth records that a key holds."""

from __future__ import annotations

from typing import Literal

import msgspec

Must = Literal["remove", "keep", "map", "shift"]
Half = Literal["tune", "held-out"]


class Glyphs(msgspec.Struct, frozen=True):
    """Where text was drawn into pixels or an overlay plane: one frame, top left corner, dots per font dot."""

    text: str
    row: int
    column: int
    scale: int
    frame: int = 0


class Truth(msgspec.Struct, frozen=True, omit_defaults=True):
    """One planted thing.

    `surface` is what stands there; `core` lists the pieces of it whose survival alone discloses it (the family name
    of a name, the street of an address). `moment` is the day that a date says, as YYYYMMDD. `known`: the headers of
    the subject's own objects hold it, so that a de-identifier can know it. `locator` is as everywhere in Deidra.
    """

    id: int
    object: int
    subject: str
    carrier: str
    kind: str
    must: Must
    surface: str
    hardness: str
    locator: str
    known: bool = False
    core: tuple[str, ...] = ()
    moment: str = ""
    glyphs: Glyphs | None = None


class PlantedObject(msgspec.Struct, frozen=True, omit_defaults=True):
    """One planted file: how to recognise what became of it, whatever a tool called the output.

    `pixels` is the SHA-256 of the Pixel Data value; `features` are hashes of numbers and codes at their places;
    `tiles` are hashes of native pixels in tiles of 16 by 16; UIDs are as planted.
    """

    id: int
    file: str
    subject: str
    sop_class: str
    modality: str
    study: str
    series: str
    instance: str
    patient_id: str
    pixels: str = ""
    features: tuple[str, ...] = ()
    tiles: tuple[str, ...] = ()


class Key(msgspec.Struct, frozen=True):
    """The truth about one planted corpus."""

    seed: int
    half: Half
    objects: tuple[PlantedObject, ...]
    truths: tuple[Truth, ...]

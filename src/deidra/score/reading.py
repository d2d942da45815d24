"""One output object, read once for all its truths. Heavy parts are made when first asked for."""

from __future__ import annotations

from functools import cached_property

from pydicom.dataset import Dataset

from deidra.score.glyphs import Frames, frames_of
from deidra.score.unpack import Unpacked


class Reading:
    """What an output says. `dated`: date attributes whose original values are known: those are judged by place."""

    def __init__(self, unpacked: Unpacked, dated: frozenset[str]) -> None:
        self.unpacked = unpacked
        self.dated = dated

    @property
    def dataset(self) -> Dataset:
        """The object; an empty one when the file cannot be read as any."""
        return Dataset() if self.unpacked.dataset is None else self.unpacked.dataset

    @cached_property
    def words(self) -> str:
        """All decoded text, one value a line."""
        return "\n".join(text for _, text in self.unpacked.texts)

    @cached_property
    def undated(self) -> str:
        """The same without `dated`."""
        return "\n".join(text for place, text in self.unpacked.texts if place not in self.dated)

    @cached_property
    def squeezed(self) -> list[str]:
        """The letters and digits of each text."""
        return ["".join(filter(str.isalnum, text)) for _, text in self.unpacked.texts]

    @cached_property
    def letters(self) -> str:
        """The letters and digits of all text; values do not run into each other."""
        return "\n".join(self.squeezed)

    @cached_property
    def frames(self) -> Frames | None:
        """Decoded pixels."""
        return frames_of(self.dataset)

"""The notebook of the planter: what was put into the object at hand."""

from __future__ import annotations

from deidra.score.planting.sayings import Said, Speaker
from deidra.score.truth import Glyphs, Must, Truth

_HARDER = {"unlisted", "nested", "hidden", "drawn", "number", "look-alike"}


class Notes:
    """Collects the truths of one object. `speaker` is of whom and in which words the object speaks."""

    def __init__(self, speaker: Speaker, object_id: int, first: int) -> None:
        self.speaker = speaker
        self.truths: list[Truth] = []
        self._object = object_id
        self._next = first

    def said(self, said: Said, carrier: str, locator: str, *, must: Must = "remove", hardness: str = "") -> str:
        """Note an identifier and give its surface, to be written. The harder of both hardnesses counts."""
        harder = hardness if hardness in _HARDER or (said.hardness == "plain" and hardness) else said.hardness
        self._note(Truth(
            self._next, self._object, self.speaker.persona.subject, carrier, said.kind, must, said.surface, harder,
            locator, said.known, said.core, said.moment,
        ))  # fmt: skip
        return said.surface

    def keep(self, surface: str, kind: str, carrier: str, locator: str, hardness: str = "plain") -> str:
        """Note something that must survive and give it."""
        self._note(Truth(
            self._next, self._object, self.speaker.persona.subject, carrier, kind, "keep", surface, hardness, locator,
        ))  # fmt: skip
        return surface

    def drawn(self, said: Said, carrier: str, locator: str, glyphs: Glyphs, must: Must = "remove") -> None:
        """Note text that was drawn."""
        self._note(Truth(
            self._next, self._object, self.speaker.persona.subject, carrier, said.kind, must, glyphs.text, "drawn",
            locator, said.known, said.core, said.moment, glyphs,
        ))  # fmt: skip

    def _note(self, truth: Truth) -> None:
        self.truths.append(truth)
        self._next += 1

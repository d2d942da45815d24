"""What has to go from one text: forms, recognisers and words, with what is known of the subject already found.

Most texts say the same whoever they are about: what has to go from them is remembered for all subjects.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from deidra.text.folding import level
from deidra.text.formats import blanked, find_formats
from deidra.text.formats_contact import find_uids, holds_uid
from deidra.text.judge import judge
from deidra.text.recognisers import Recogniser, recognised
from deidra.text.spans import Span, resolved
from deidra.text.vocabulary import Vocabulary

_MOST_REMEMBERED = 30_000
_LONGEST_REMEMBERED = 256  # characters


def read(
    text: str,
    known: Sequence[Span],
    vocabulary: Vocabulary,
    uid_of: Callable[[str], str],
    recognisers: Sequence[Recogniser] = (),
    *,
    strict: bool = False,
) -> list[Span]:
    """What has to go from `text`, given the `known` terms in it, in order and without overlap."""
    flat = level(text)
    kept = find_uids(flat, uid_of)[1]
    formats = find_formats(flat, uid_of=uid_of, safe=vocabulary.is_known)
    known = [span for span in known if not any(start <= span.start and span.end <= end for start, end in kept)]
    layers: list[Sequence[Span]] = [known, formats]
    if known and (uids := [span for span in formats if span.kind == "uid"]):
        # A UID is mapped whole, whatever digits of the subject it holds
        layers.insert(0, uids)
    if recognisers:
        layers.append(recognised(text, recognisers))
    spans = resolved(layers)
    judged = judge(blanked(flat, kept), spans, vocabulary, strict=strict)
    return resolved([spans, judged]) if judged else spans


class Readings:
    """What has to go from texts in which nothing is known, remembered. Sensitive: holds texts of originals."""

    def __init__(self, vocabulary: Vocabulary, *, strict: bool) -> None:
        self._vocabulary = vocabulary
        self._strict = strict
        self._seen: dict[str, list[Span]] = {}

    def __repr__(self) -> str:
        return f"Readings(texts={len(self._seen)})"

    def of(self, text: str, uid_of: Callable[[str], str]) -> list[Span]:
        """What has to go from `text`; UIDs become what `uid_of` says, so texts with UIDs are not remembered."""
        if (seen := self._seen.get(text)) is not None:
            return seen
        spans = read(text, (), self._vocabulary, uid_of, strict=self._strict)
        if len(text) <= _LONGEST_REMEMBERED and not holds_uid(text):
            if len(self._seen) >= _MOST_REMEMBERED:
                self._seen.clear()
            self._seen[text] = spans
        return spans


@lru_cache(maxsize=4)
def readings(vocabulary: Vocabulary, *, strict: bool) -> Readings:
    """What all cleaners with this `vocabulary` have read."""
    return Readings(vocabulary, strict=strict)

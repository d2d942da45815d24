"""What retained text may not contain: identifiers known of its subject, and unmapped instance UIDs.

Word-level cleaning of free text is another examination; this one only makes sure that nothing already known
of the person slips through in a value that a rule keeps.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from deidra.standard import uids
from deidra.standard.vocabulary import vocabulary
from deidra.text.folding import folded, words

_MIN_NAME_LETTERS = 3
_MIN_NUMBER_DIGITS = 5
# Six components and more: shorter dotted numbers are versions, not instances
_UID = re.compile(rb"(?<![\d.])[0-2](?:\.\d+){5,}(?![\d.])")


def compile_terms(terms: Sequence[str], excluded: frozenset[str] = frozenset()) -> Callable[[str], object] | None:
    """A search for any of the subject's `terms` as whole words; None when there is nothing to search.

    Words are bounded by letters and digits alone, because an underscore joins words in descriptors. Words in
    `excluded` are not searched for.
    """
    wanted: set[str] = set()
    for term in terms:
        for word in re.split(r"[\s^=_,;/\\]+", folded(term)):
            if word.isdigit():
                if len(word) >= _MIN_NUMBER_DIGITS:
                    wanted.add(word)
            elif len(word) >= _MIN_NAME_LETTERS or (word and not word.isascii()):
                wanted.add(word)
    wanted -= excluded
    if not wanted:
        return None
    alternatives = "|".join(re.escape(word) for word in sorted(wanted, key=lambda word: (-len(word), word)))
    return re.compile(rf"(?<![^\W_])(?:{alternatives})(?![^\W_])").search


def map_uids_in_text(raw: bytes, uid_of: Callable[[str], str]) -> bytes:
    """Replace every unregistered UID inside `raw` by its pseudonym."""

    def replacement(match: re.Match[bytes]) -> bytes:
        original = match[0].decode("ascii")
        return match[0] if uids.is_registered(original) else uid_of(original).encode()

    return _UID.sub(replacement, raw)


def is_terminology(text: str) -> bool:
    """True when every word of `text` belongs to DICOM's own terminology and no number is long enough to be an id."""
    if any(len(digits) >= _MIN_NUMBER_DIGITS for digits in re.findall(r"\d+", text)):
        return False
    known = vocabulary()
    return all(len(word) == 1 or word in known for word in words(text))

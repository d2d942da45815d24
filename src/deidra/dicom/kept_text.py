"""What retained text may not contain: identifiers known of its subject, and unmapped instance UIDs.

Word-level cleaning of free text is another examination; this one only makes sure that nothing already known
of the person slips through in a value that a rule keeps.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from deidra.standard import uids
from deidra.standard.vocabulary import vocabulary
from deidra.text.folding import folded, words

Search = Callable[[str], object]

_MIN_NAME_LETTERS = 3
_MIN_NUMBER_DIGITS = 5
# Six components and more, or derived from a UUID: shorter dotted numbers are versions, not instances
_UID = re.compile(rb"(?<![\d.])(?:2\.25\.\d{6,39}|[0-2](?:\.\d+){5,})(?!\d|\.\d)")
_SEPARATED_DIGITS = re.compile(r"(?<=\d)[-. /](?=\d)")
_DATE = re.compile(r"((?:18|19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
# Letters that writers without them spell with two
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa", "æ": "ae", "œ": "oe"})


def compile_terms(terms: Sequence[str]) -> Search | None:
    """A search for any of the subject's `terms` in folded text; None when there is nothing to search.

    Words are bounded by letters and digits alone, because an underscore joins words in descriptors. Scripts that
    write no spaces are searched everywhere, numbers also without separators and leading zeros, dates in the
    common spellings.
    """
    patterns = {pattern for term in terms for pattern in _patterns(term)}
    return _search(patterns)


def compile_code_terms(terms: Sequence[str]) -> Search | None:
    """The same for coded strings, where a single word of DICOM is no name, even where somebody is called so."""
    coded = vocabulary()
    patterns = {pattern for term in terms for pattern in _patterns(term)}
    names = {pattern for pattern in patterns if pattern not in coded}
    one, all_of_them = _search(names), _finder(patterns)
    if all_of_them is None:
        return None

    def search(text: str) -> object:
        return (one is not None and one(text)) or len(set(all_of_them(text))) > 1 or None

    return search


def _search(patterns: set[str]) -> Search | None:
    find = _finder(patterns)
    return None if find is None else lambda text: find(text) or None


def _finder(patterns: set[str]) -> Callable[[str], list[str]] | None:
    if not patterns:
        return None
    spaced = sorted((p for p in patterns if _is_spaced(p)), key=lambda p: (-len(p), p))
    everywhere = sorted((p for p in patterns if not _is_spaced(p)), key=lambda p: (-len(p), p))
    parts = []
    if spaced:
        parts.append(rf"(?<![^\W_])(?:{'|'.join(spaced)})(?![^\W_])")
    parts += [re.escape(term) for term in everywhere]
    find = re.compile("|".join(parts)).findall

    def findall(text: str) -> list[str]:
        found: list[str] = find(text)
        return found or find(_SEPARATED_DIGITS.sub("", text))

    return findall


def _is_spaced(term: str) -> bool:
    """Whether the script of `term` writes spaces between words: not Chinese, Japanese or Korean (folded to jamo)."""
    return all(ord(letter) < 0x1100 or 0x1200 <= ord(letter) < 0x2E80 for letter in term)


def _patterns(term: str) -> Iterator[str]:
    """Regular expressions, in folded letters, for the parts and spellings of one name, number or date."""
    date = _DATE.fullmatch(term.strip())
    if date:
        year, month, day = date.groups()
        yield f"{year}[-./]?{month}[-./]?{day}"
        yield f"{day}[-./]{month}[-./]{year}"
        yield f"{month}[-./]{day}[-./]{year}"
        return
    for spelling in {term, term.lower().translate(_SPELT_OUT)}:
        for group in folded(spelling).split("="):
            yield from _group_patterns(group)


def _group_patterns(group: str) -> Iterator[str]:
    components = [component for component in re.split(r"[\^,;\\]+", group) if component.strip()]
    joined = ["".join(re.findall(r"[^\W_]+", component)) for component in components]
    for component, whole in zip(components, joined, strict=True):
        parts = re.findall(r"[^\W_]+", component)
        for word in {*parts, whole}:
            yield from _word_patterns(word)
    if len(joined) > 1 and all(part.isalpha() and part.isascii() for part in joined[:2]):
        family, given = joined[:2]
        if len(family) >= _MIN_NAME_LETTERS:
            yield from (family + given, given + family, family + given[0], given[0] + family, given + family[0])
    elif len(joined) > 1 and not _is_spaced(joined[0]):
        yield joined[0] + joined[1]


def _word_patterns(word: str) -> Iterator[str]:
    digits = "".join(re.findall(r"\d", word))
    if len(digits) >= _MIN_NUMBER_DIGITS:
        yield "0*" + digits.lstrip("0") if digits.lstrip("0") else digits
    if word.isdigit():
        return
    if not word.isascii() or len(word) >= _MIN_NAME_LETTERS:
        yield word


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

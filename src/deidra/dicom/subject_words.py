"""What may not be read in the texts of one subject: the bridge between DICOM values and the cleaner of free text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, cached_property
from typing import Literal

from deidra.model import RetainedText, Term
from deidra.standard.code_strings import defined_terms
from deidra.standard.vocabulary import vocabulary as words_of_dicom
from deidra.text.clean import Cleaner, Mode
from deidra.text.folding import words
from deidra.text.known import Known, compile_known
from deidra.text.recognisers import Recogniser
from deidra.text.spans import Span
from deidra.text.vocabulary import Standing, Vocabulary

_DUMMY = "REMOVED"
_ABBREVIATION_LETTERS = 3
_LONG_NUMBER = re.compile(r"\d{5}")
_NAMES = frozenset((Standing.UNKNOWN, Standing.EPONYM, Standing.PLACE, Standing.TITLE))


@cache
def words_of_codes() -> frozenset[str]:
    """Folded words of DICOM's terminology and of the defined terms of its coded strings."""
    return words_of_dicom() | {word for term in defined_terms() for word in words(term)}


class SubjectWords:
    """The known terms of one subject and the cleaner of its texts; remembers which texts stay. Sensitive."""

    def __init__(
        self,
        terms: Iterable[Term],
        vocabulary: Vocabulary,
        *,
        mode: Mode,
        uid_of: Callable[[str], str],
        recognisers: Sequence[Recogniser] = (),
    ) -> None:
        self._terms = tuple(terms)
        self._vocabulary = vocabulary
        self._mode = mode
        self._uid_of = uid_of
        self._recognisers = recognisers
        self._retained: dict[RetainedText, None] = {}

    def __repr__(self) -> str:
        return f"SubjectWords(<redacted>, terms={len(self._terms)})"

    @cached_property
    def _known(self) -> Known:
        return compile_known(self._terms)

    @cached_property
    def cleaner(self) -> Cleaner:
        """The cleaner of this subject's texts."""
        return Cleaner(
            self._known, self._vocabulary, mode=self._mode, uid_of=self._uid_of, recognisers=self._recognisers
        )

    def cleaner_knowing(self, terms: Sequence[Term]) -> Cleaner:
        """A cleaner that knows these terms as well, which one document tells of."""
        if set(terms) <= set(self._terms):
            return self.cleaner
        known = compile_known((*self._terms, *terms))
        return Cleaner(known, self._vocabulary, mode=self._mode, uid_of=self._uid_of, recognisers=self._recognisers)

    def names(self, text: str) -> bool:
        """Whether a known term of the subject stands in `text`."""
        return bool(self._terms) and bool(self._find(text))

    def _find(self, text: str) -> list[Span]:
        return self._known.find(text, self._vocabulary.is_safe, term=self._vocabulary.is_term)

    def names_in_code(self, text: str) -> bool:
        """The same for coded strings, where one word of DICOM is no name, even where somebody is called so."""
        if not self._terms:
            return False
        found = [text[span.start : span.end] for span in self._find(text)]
        named = {word for part in found for word in words(part)}
        return len(named) > 1 or not named <= words_of_dicom() or any(map(str.isdigit, "".join(found)))

    def are_known(self, code: str) -> bool:
        """Whether a coded string is one that PS3.3 defines, or made of words that vocabularies know.

        Vendors abbreviate: parts of up to three letters are passed. Long numbers are not.
        """
        if code.strip(" ") in defined_terms():
            return True
        standing = self._vocabulary.standing
        return _LONG_NUMBER.search(code) is None and all(
            len(word) <= _ABBREVIATION_LETTERS or word in words_of_codes() or standing(word) not in _NAMES
            for word in words(code)
        )

    def retain(self, attribute: str, value: str, why: Literal["clean", "cleaned", "kept"]) -> None:
        """Note a text that stays, for people to look at."""
        if any(map(str.isalpha, value)) and value != _DUMMY:
            self._retained[RetainedText(attribute, value, why)] = None

    def take_retained(self) -> tuple[RetainedText, ...]:
        """The texts noted since this was last asked."""
        retained = tuple(self._retained)
        self._retained.clear()
        return retained

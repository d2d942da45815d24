"""The parts that know DICOM, named once. A run is handed them, so every test of it can bring its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from deidra.dicom.survey import Facts
    from deidra.formats.document import DocumentFacts
    from deidra.model import Outcome


class Mechanisms(msgspec.Struct, frozen=True):
    """`deidentify` takes a batch and the context of the run and never raises for one bad object. It may be given
    `tell`, to call with how many objects of the batch are done with.

    `read_document` tells documents by their content; None where no file is one. `unknown_words` gives the words of a
    text that no vocabulary knows; None where words are not learnt.
    """

    facts_reader: Callable[[], Callable[[str, int], Facts]]  # one for each run of neighbouring files
    looks_like_dicom: Callable[[bytes], bool]
    subject_key: Callable[[str, str, str, str, str], str]
    deidentify: Callable[..., list[Outcome]]
    unknown_words: Callable[[str], frozenset[str]] | None = None
    read_document: Callable[[str, int], DocumentFacts | None] | None = None


def mechanisms(unknown_words: Callable[[str], frozenset[str]] | None = None) -> Mechanisms:
    """The real ones."""
    from deidra.dicom.survey import facts_reader, looks_like_dicom
    from deidra.engine import deidentify
    from deidra.formats.document import read_document
    from deidra.identity.pseudonyms import subject_key

    return Mechanisms(facts_reader, looks_like_dicom, subject_key, deidentify, unknown_words, read_document)

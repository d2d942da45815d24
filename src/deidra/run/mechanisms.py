"""The parts that know DICOM, named once. A run is handed them, so every test of it can bring its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from deidra.dicom.survey import Facts
    from deidra.model import Batch, Outcome


class Mechanisms(msgspec.Struct, frozen=True):
    """`deidentify` takes a batch and the context of the run and never raises for one bad object."""

    read_facts: Callable[[str, int], Facts]
    looks_like_dicom: Callable[[bytes], bool]
    subject_key: Callable[[str, str, str, str, str], str]
    deidentify: Callable[[Batch, Any], list[Outcome]]


def mechanisms() -> Mechanisms:
    """The real ones."""
    from deidra.dicom.survey import looks_like_dicom, read_facts
    from deidra.engine import deidentify
    from deidra.identity.pseudonyms import subject_key

    return Mechanisms(read_facts, looks_like_dicom, subject_key, deidentify)

"""How subjects come by their pseudonyms. A scheme is told every subject key of a collection before anything is
written, and gives the pseudonyms, or None where they derive from the key alone.

    keyed        derived: nothing to keep, nothing to agree on; the default
    sequential   numbers given in turn by the vault of the project
    listed       the user's own list, complete and one to one
    recorded     a list imported into the vault; who comes later is added to it by another import
    random       derived from a key that is discarded at the end (`vault.destroy.discard_key`)

UIDs and date shifts derive from the key whatever the scheme.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from deidra.errors import SubjectListError
from deidra.identity.pseudonyms import patient_id_of
from deidra.identity.subject_list import assign
from deidra.identity.vault import crosswalk

if TYPE_CHECKING:
    from deidra.identity.subject_list import SubjectList
    from deidra.identity.vault.opening import Opened

Scheme: TypeAlias = Callable[[Sequence[str]], Mapping[str, str] | None]

DEFAULT_SEQUENCE_PREFIX = "SUBJ"
_DIGITS = 6
_NUMBERED_AT_ONCE = 1000


def keyed(_: Sequence[str]) -> None:
    """Pseudonyms derived from the key of the project; with a key that is discarded, random ones without trace."""


def listed(subjects: SubjectList) -> Scheme:
    """The user's own list. The scheme raises SubjectListError when a subject of the collection is not in it."""
    return lambda keys: assign(subjects, keys)


def sequential(vault: Opened, prefix: str = "") -> Scheme:
    """Numbers in turn, those of earlier runs first: ``SUBJ000001``. Any number of processes may ask at once.

    Within one run their order says nothing of the order of the Patient IDs; which run came first, it does say.
    The scheme raises SubjectListError when a Patient ID of the collection is spelled like these pseudonyms.
    """
    begin = prefix or DEFAULT_SEQUENCE_PREFIX

    def scheme(keys: Sequence[str]) -> Mapping[str, str]:
        refuse_look_alikes(keys, begin)
        given: dict[str, str] = {}
        shuffled = crosswalk.without_order(vault.project, keys)
        for start in range(0, len(shuffled), _NUMBERED_AT_ONCE):
            some = shuffled[start : start + _NUMBERED_AT_ONCE]
            with vault.store.transaction():
                given |= crosswalk.number(vault.store, vault.project, some, functools.partial(_spell, begin))
        return given

    return scheme


def recorded(vault: Opened) -> Scheme:
    """The list that was imported into the vault, which may grow.

    Subjects that came later and are not in it yet are left out, and their objects held one by one. The scheme raises
    SubjectListError when it has none of the subjects of a collection: then it is another collection's list.
    """

    def scheme(keys: Sequence[str]) -> Mapping[str, str]:
        found = crosswalk.subjects_of(vault.store, vault.project, keys)
        if keys and not found:
            raise SubjectListError(
                "subject-list-incomplete",
                "no subject of this collection is in the list of the vault; import it: deidra vault import --subjects",
            )
        return found

    return scheme


def refuse_look_alikes(keys: Sequence[str], prefix: str) -> None:
    """Raises SubjectListError when a Patient ID could be taken for a number with this prefix."""
    alike = re.compile(re.escape(prefix) + r"\d+", re.IGNORECASE)
    if any(patient and alike.fullmatch(patient[0]) for patient in map(patient_id_of, keys)):
        raise SubjectListError(
            "sequence-collides", "Patient IDs of this collection look like the pseudonyms; set another subjects.prefix"
        )


def _spell(prefix: str, number: int) -> str:
    return f"{prefix}{number:0{_DIGITS}d}"

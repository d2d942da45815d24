"""The crosswalk of a project: original and new identifiers, each pair a sealed record found by blind indexes.

Original and new stand one to one. A pair that is there already is left alone (the date shift of a subject is the one
last used), one that contradicts it is refused together with everything given with it.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Literal

import msgspec

from deidra.errors import VaultError
from deidra.identity.vault.projects import Tally, set_tally, tally
from deidra.identity.vault.seal import blind, place, seal, unseal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from deidra.identity.vault.projects import Project
    from deidra.identity.vault.store import Store

Kind = Literal["subject", "study", "series", "instance", "frame-of-reference", "uid", "accession", "document"]

_AT_ONCE = 500
# UIDs are one name space, whatever they name.
_DOMAINS: Mapping[Kind, str] = {
    "subject": "subject",
    "study": "uid",
    "series": "uid",
    "instance": "uid",
    "frame-of-reference": "uid",
    "uid": "uid",
    "accession": "accession",
    "document": "document",
}


class Pair(msgspec.Struct, frozen=True, array_like=True):
    """One original identifier and what it became. Sensitive: its repr hides it.

    `old` of a subject is its subject key (`pseudonyms.subject_key`); `subject` is the pseudonym of whom anything
    else belongs to; `shift_days` is a subject's date shift, 0 while it is not known.
    """

    kind: Kind
    old: str
    new: str
    subject: str = ""
    shift_days: int = 0

    def __repr__(self) -> str:
        return f"Pair(kind={self.kind!r}, <redacted>)"


class _Indexed(msgspec.Struct, frozen=True):
    pair: Pair
    by_new: bytes
    by_old: bytes


def record(store: Store, project: Project, pairs: Iterable[Pair]) -> int:
    """Record pairs; gives how many were not there yet. Inside a transaction, to be undone when this raises.

    Raises VaultError when one contradicts another or what is on record, or when a record was altered.
    """
    counted, added = tally(store, project), 0
    rest = iter(pairs)
    while chunk := [_indexed(project, pair) for pair in itertools.islice(rest, _AT_ONCE)]:
        added += _record_some(store, project, chunk)
    if added:
        set_tally(store, project, msgspec.structs.replace(counted, records=counted.records + added))
    return added


def find(store: Store, project: Project, new: str) -> Pair | None:
    """The pair of a new identifier, or None; raises VaultError when it, or the number of records, was altered."""
    indexes = [blind(project.index_key, domain, "new:" + new) for domain in sorted(set(_DOMAINS.values()))]
    found = _pairs_at(store, project, "by_new", indexes)
    if found:
        return found[0].pair
    check_count(store, project)  # a record taken away must not pass for one that never was
    return None


def subjects_of(store: Store, project: Project, keys: Iterable[str]) -> dict[str, str]:
    """Subject key -> pseudonym of those that are on record."""
    found: dict[str, str] = {}
    rest = iter(keys)
    while chunk := list(itertools.islice(rest, _AT_ONCE)):
        indexes = [_by_old(project, "subject", key) for key in chunk]
        found.update((one.pair.old, one.pair.new) for one in _pairs_at(store, project, "by_old", indexes))
    return found


def without_order(project: Project, keys: Iterable[str]) -> list[str]:
    """Subject keys, each once, in an order that says nothing of theirs: that of a keyed hash."""
    return sorted(set(keys), key=lambda key: _by_old(project, "subject", key))


def number(store: Store, project: Project, keys: Sequence[str], spell: Callable[[int], str]) -> dict[str, str]:
    """Pseudonyms of subjects, those not yet on record given the next numbers in their order. In a transaction."""
    known = subjects_of(store, project, keys)
    new = [key for key in dict.fromkeys(keys) if key not in known]
    counted = tally(store, project)
    fresh = {key: spell(counted.last_number + place) for place, key in enumerate(new, start=1)}
    if fresh:
        record(store, project, [Pair("subject", key, pseudonym) for key, pseudonym in fresh.items()])
        after = tally(store, project)
        set_tally(store, project, Tally(after.records, counted.last_number + len(fresh)))
    return known | fresh


def pairs(store: Store, project: Project) -> Iterator[Pair]:
    """Every pair of a project, opened and checked; raises VaultError when one was altered or is missing."""
    last, count = b"", 0
    while rows := store.rows(
        "SELECT by_new, by_old, sealed FROM crosswalk WHERE project = ? AND by_new > ? ORDER BY by_new LIMIT 1000",
        project.id,
        last,
    ):
        for row in rows:
            count += 1
            yield _opened(project, *row).pair
        last = bytes(rows[-1][0])
    if count != tally(store, project).records:
        raise _missing()


def check_count(store: Store, project: Project) -> None:
    """Raises VaultError when records of a project are missing."""
    ((count,),) = store.rows("SELECT count(*) FROM crosswalk WHERE project = ?", project.id)
    if count != tally(store, project).records:
        raise _missing()


def _record_some(store: Store, project: Project, chunk: Sequence[_Indexed]) -> int:
    known_new = {one.by_new: one for one in _pairs_at(store, project, "by_new", [one.by_new for one in chunk])}
    known_old = {one.by_old: one for one in _pairs_at(store, project, "by_old", [one.by_old for one in chunk])}
    fresh: dict[bytes, _Indexed] = {}
    changed: list[_Indexed] = []
    for one in chunk:
        before, rival = known_new.get(one.by_new), known_old.get(one.by_old)
        if before is None and rival is None:
            fresh[one.by_new] = known_new[one.by_new] = known_old[one.by_old] = one
        elif before is None or rival is None or before.by_old != one.by_old:
            message = f"a {one.pair.kind} has another identifier on record; nothing was recorded"
            raise VaultError("vault-conflict", message)
        elif one.pair.shift_days and one.pair.shift_days != before.pair.shift_days:
            if one.by_new in fresh:
                fresh[one.by_new] = one
            else:
                changed.append(one)
    store.write_many(
        "INSERT INTO crosswalk (project, by_new, by_old, sealed) VALUES (?, ?, ?, ?)",
        [(project.id, one.by_new, one.by_old, _sealed(project, one)) for one in fresh.values()],
    )
    store.write_many(
        "UPDATE crosswalk SET sealed = ? WHERE project = ? AND by_new = ?",
        [(_sealed(project, one), project.id, one.by_new) for one in changed],
    )
    return len(fresh)


def _indexed(project: Project, pair: Pair) -> _Indexed:
    if not pair.old or not pair.new:
        raise VaultError("vault-conflict", f"a {pair.kind} lacks its original or its new identifier")
    domain = _DOMAINS[pair.kind]
    return _Indexed(pair, blind(project.index_key, domain, "new:" + pair.new), _by_old(project, domain, pair.old))


def _by_old(project: Project, domain: str, old: str) -> bytes:
    return blind(project.index_key, domain, "old:" + old)


def _pairs_at(store: Store, project: Project, column: str, indexes: Sequence[bytes]) -> list[_Indexed]:
    marks = ", ".join("?" * len(indexes))
    rows = store.rows(
        f"SELECT by_new, by_old, sealed FROM crosswalk WHERE project = ? AND {column} IN ({marks})",  # noqa: S608
        project.id,
        *indexes,
    )
    return [_opened(project, *row) for row in rows]


def _sealed(project: Project, one: _Indexed) -> bytes:
    return seal(project.settings.record_key, _where(project, one.by_new, one.by_old), msgspec.msgpack.encode(one.pair))


def _opened(project: Project, by_new: bytes, by_old: bytes, sealed: bytes) -> _Indexed:
    by_new, by_old = bytes(by_new), bytes(by_old)
    plain = unseal(project.settings.record_key, _where(project, by_new, by_old), bytes(sealed))
    return _Indexed(msgspec.msgpack.decode(plain, type=Pair), by_new, by_old)


def _where(project: Project, by_new: bytes, by_old: bytes) -> bytes:
    return place("crosswalk", project.vault_id, project.id, project.name, by_new.hex(), by_old.hex())


def _missing() -> VaultError:
    return VaultError("vault-tampered", "records of the vault are missing or were added; restore it from a copy")

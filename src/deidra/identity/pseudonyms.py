"""Pseudonyms, date shifts and UIDs, derived from the key alone: every worker gives the same answer.

Nothing is stored and nothing is counted, so order, number of workers and repeated runs do not matter.
"""

from __future__ import annotations

import functools
import hashlib
import unicodedata
from typing import TYPE_CHECKING

import msgspec

from deidra.errors import Held
from deidra.identity.keys import derive

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# 2 to 9 and the consonants without L, S and Y: nothing to misread (0/O, 1/I/L, 5/S), no word or name by
# chance (a scan for known names must not find one here), no two ids that differ by case only.
ALPHABET = "23456789BCDFGHJKMNPQRTVWXZ"
PSEUDONYM_LETTERS = 13  # 26**13 is 61 bits: a million subjects collide with a chance of 2 in 10 million

_SEPARATOR = "\x1f"
_PADDING = "\0 \t\r\n"
_KEYS_PREPARED = 64
# RFC 9562 version 8 (custom) and variant 10: the rest of the 128 bits is HMAC output.
_UUID_CLEAR = ((1 << 128) - 1) ^ (0xF << 76) ^ (0x3 << 62)
_UUID_SET = (0x8 << 76) | (0x2 << 62)


class Subject(msgspec.Struct, frozen=True):
    """What one person becomes. `shift_days` is whole days, negative (to the past), never 0."""

    pseudonym: str
    shift_days: int


class Identity(msgspec.Struct, frozen=True):
    """Derives everything that stands for a person or an object. Built by `identity()`; holds keys."""

    uid_key: bytes
    subject_key: bytes
    shift_key: bytes
    shift_range_days: tuple[int, int]
    prefix: str
    subjects: Mapping[str, str] | None

    def uid(self, original: str) -> str:
        """The new UID of an instance-like UID: ``2.25.`` and a UUID in decimal (PS3.5 B.2), <= 44 characters.

        Trailing NUL and spaces do not count. Registered UIDs are the caller's business.
        """
        digest = _mac(self.uid_key)(original.strip(_PADDING).encode())
        return f"2.25.{int.from_bytes(digest[:16]) & _UUID_CLEAR | _UUID_SET}"

    def subject(self, key: str) -> Subject:
        """The pseudonym and date shift of a subject key; raises Held when a user's list does not have it."""
        message = key.encode()
        low, high = self.shift_range_days
        shift = _number(self.shift_key, message) % (high - low + 1) + low
        if self.subjects is None:
            return Subject(self.prefix + _letters(_number(self.subject_key, message)), -shift)
        pseudonym = self.subjects.get(key)
        if pseudonym is None:
            raise Held("subject-not-listed", "this subject is not in the list of pseudonyms given")
        return Subject(pseudonym, -shift)

    def __repr__(self) -> str:
        return "Identity(<redacted>)"


def identity(
    master: bytes,
    *,
    shift_range_days: tuple[int, int],
    prefix: str = "",
    subjects: Mapping[str, str] | None = None,
) -> Identity:
    """Build the Identity of a workspace key.

    `shift_range_days` is the smallest and largest magnitude of the date shift, both inclusive, at least 1;
    `subjects` maps subject keys to the user's own pseudonyms (see `subject_list.assign`).
    """
    low, high = shift_range_days
    if not 1 <= low <= high:
        raise ValueError("a date shift needs 1 <= smallest <= largest")
    return Identity(
        uid_key=derive(master, "uid"),
        subject_key=derive(master, "subject"),
        shift_key=derive(master, "date-shift"),
        shift_range_days=(low, high),
        prefix=prefix,
        subjects=subjects,
    )


def subject_key(patient_id: str, issuer: str, birth_date: str, name: str, study_uid: str) -> str:
    """The canonical key of the person an object belongs to. Sensitive: it holds the original values.

    1. Patient ID (0010,0020) with Issuer of Patient ID (0010,0021). Padding (spaces, NUL) is stripped and
       Unicode composed (NFC); case is kept, because an ID that differs by case may be another person.
       The same ID under two issuers, or under an issuer and under none, is two subjects.
    2. Without a Patient ID: Patient's Name with Birth Date and Issuer; case, empty components and runs of
       spaces do not count.
    3. Without those: the Study Instance UID, so that each study is a subject of its own.

    Raises Held when nothing of this is present: objects of different people must never share a pseudonym.
    """
    patient, issuer = _tidy(patient_id), _tidy(issuer)
    if patient:
        return _SEPARATOR.join(("id", patient, issuer))
    person, born = _tidy_name(name), _tidy(birth_date)
    if person and born:
        return _SEPARATOR.join(("name", person, born, issuer))
    study = _tidy(study_uid)
    if study:
        return _SEPARATOR.join(("study", study))
    raise Held(
        "no-subject", "no Patient ID, no name with birth date, no Study Instance UID", "dcm:(0010,0020)"
    )


def patient_id_of(key: str) -> tuple[str, str] | None:
    """(Patient ID, issuer) of a subject key, or None when the key is one of the fall-backs."""
    kind, *parts = key.split(_SEPARATOR)
    return (parts[0], parts[1]) if kind == "id" else None


def _tidy(value: str) -> str:
    # A control character has no place in these values (PS3.5 6.2); escaped, it cannot make two keys meet.
    return unicodedata.normalize("NFC", value.strip(_PADDING)).replace(_SEPARATOR, "\\x1f")


def _tidy_name(value: str) -> str:
    groups = []
    for group in _tidy(value).casefold().split("="):
        components = [" ".join(part.split()) for part in group.split("^")]
        groups.append("^".join(components).rstrip("^"))
    return "=".join(groups).rstrip("=")


def _number(key: bytes, message: bytes) -> int:
    """256 bits of HMAC; taking it modulo a small number is uniform to within 2**-190."""
    return int.from_bytes(_mac(key)(message))


@functools.lru_cache(_KEYS_PREPARED)
def _mac(key: bytes) -> Callable[[bytes], bytes]:
    """HMAC-SHA256 (RFC 2104) under one key of at most a block, which is hashed in once: three times as fast."""
    block = key.ljust(hashlib.sha256().block_size, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block))
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

    def mac(message: bytes) -> bytes:
        first, second = inner.copy(), outer.copy()
        first.update(message)
        second.update(first.digest())
        return second.digest()

    return mac


def _letters(number: int) -> str:
    letters = []
    for _ in range(PSEUDONYM_LETTERS):
        number, rest = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[rest])
    return "".join(letters)

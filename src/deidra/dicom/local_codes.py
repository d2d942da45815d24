"""Codes of schemes that nobody publishes: whole where they are plainly safe, another code for the same code where not.

Half a code would be the code of something else, and one dummy for all would make different measurements one. So a code
that may not stay is replaced by one derived from it, the same wherever it occurs in a collection (PS3.16 8.2: schemes
beginning with 99 are private).
"""

from __future__ import annotations

from deidra.dicom import charsets
from deidra.dicom.transforms import Context, Step, Subject
from deidra.identity.pseudonyms import ALPHABET

_DERIVED_CHARACTERS = 10


def local_code_step(method: str, subject: Subject) -> Step:
    """The step for the value ("code-value") or the designator ("coding-scheme") of a local code in legal text."""
    prefix = "99" if method == "coding-scheme" else "L"

    def step(raw: bytes, context: Context) -> bytes | None:
        decoded = charsets.decode(raw, context.character_set)
        if decoded is None:
            return None
        code = decoded.strip(" \0")
        if subject.words.cleaner.clean(code).text == code:
            return raw
        return (prefix + _characters(subject.uid_of(f"{method} {code}"))).encode()

    return step


def _characters(uid: str) -> str:
    """Characters for a derived UID, whose last component is a number of 128 bits; they spell no word by chance."""
    number = int(uid.rpartition(".")[2])
    found = []
    for _ in range(_DERIVED_CHARACTERS):
        number, rest = divmod(number, len(ALPHABET))
        found.append(ALPHABET[rest])
    return "".join(found)

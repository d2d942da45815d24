"""What verification says: one finding per place, with how grave it is, and never a value."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """`leak` and `suspect` end in exit code 4, `error` in 5, `unread` in 1, `unclear` in 3, `note` in none."""

    LEAK = "leak"  # a known identifier, or a value that had to change and did not
    SUSPECT = "suspect"  # looks like an identifier; a person has to decide
    ERROR = "error"  # conformance or integrity that the source had and the output has not
    UNREAD = "unread"  # a file that cannot be read to its end
    UNCLEAR = "unclear"  # something missing, foreign or not understood: nothing is known of it
    NOTE = "note"  # worth knowing, accuses nobody


class Check(StrEnum):
    """Which look found it."""

    KNOWN = "known-identifiers"
    UNCHANGED = "unchanged-values"
    SHAPE = "shapes"
    INTEGRITY = "integrity"
    CONFORMANCE = "conformance"
    FILES = "files"


class Finding(msgspec.Struct, frozen=True):
    """One thing found. `code` is stable; `locator` says where, ``dcm:(0008,1030)``, ``name:`` for the file's own name.

    `form` is how it was written (``plain``, ``UTF-16``, ``base64`` ...), `shape` the masked look of it;
    `identifier` numbers the known identifiers of this verification, 0 when none is meant.
    """

    check: Check
    severity: Severity
    code: str
    locator: str
    message: str
    form: str = ""
    shape: str = ""
    identifier: int = 0


# The gravest wins: 4, 5, 3, 1 (see the command line contract)
_EXIT_CODES = (
    (4, (Severity.LEAK, Severity.SUSPECT)),
    (5, (Severity.ERROR,)),
    (3, (Severity.UNCLEAR,)),
    (1, (Severity.UNREAD,)),
)


def exit_code(counts: dict[str, int]) -> int:
    """The exit code for findings counted by severity."""
    for code, severities in _EXIT_CODES:
        if any(counts.get(severity) for severity in severities):
            return code
    return 0

"""One tree of errors. Every error has a stable code; no message ever holds an original value.

DeidraError
├── UsageError            the caller asked for something that cannot be done (exit code 2)
│   ├── PolicyError       one or more mistakes in a policy file, all of them reported at once
│   ├── SubjectListError  the user's list of pseudonyms is incomplete or not one to one
│   ├── SelectionError    the selection of what to export cannot be used
│   ├── WorkspaceError    the workspace or output folder cannot be used
│   └── VaultError        the vault cannot be opened, used or trusted
└── ObjectError           one object cannot be released; the run goes on
    ├── Rejected          it could not be read (exit code 1)
    └── Held              it was read, but not understood well enough to release (exit code 3)
"""

from __future__ import annotations


class DeidraError(Exception):
    """Base of every error that Deidra raises on purpose."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class UsageError(DeidraError):
    """The command, the policy or the folders given cannot be used."""


class PolicyError(UsageError):
    """A policy has mistakes.

    `problems` lists every one as ``file:line: what is wrong``.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("policy-invalid", "\n".join(problems))
        self.problems = problems


class SubjectListError(UsageError):
    """The list of pseudonyms given with --subjects cannot be used."""


class SelectionError(UsageError):
    """The selection given with --selection cannot be used."""


class WorkspaceError(UsageError):
    """The workspace or the output folder cannot be used."""


class VaultError(UsageError):
    """The vault cannot be opened, used or trusted."""


class ObjectError(DeidraError):
    """One object cannot be released. `locator` says where, never what."""

    def __init__(self, code: str, message: str, locator: str = "") -> None:
        super().__init__(code, message)
        self.locator = locator

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.code, self.message, self.locator)


class Rejected(ObjectError):  # noqa: N818 - an outcome, named as in the design
    """The object could not be read: truncated, damaged, not what it claims."""


class Held(ObjectError):  # noqa: N818
    """The object was read but must not leave: something in it was not understood or not examined."""

"""An intruder with a list of candidate patients and everything that two projects released cannot link anything.

DEIDRA_GUESSES=1000000 makes the list as long as the register of a large hospital (``make guess``).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import uuid
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from deidra.identity.pseudonyms import ALPHABET, PSEUDONYM_LETTERS, identity, subject_key
from deidra.identity.schemes import sequential
from deidra.identity.vault import opening, projects

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CANDIDATES = int(os.environ.get("DEIDRA_GUESSES", "100000"))
SUBJECTS = min(CANDIDATES // 5, 100_000)
SHIFT_DAYS = (30, 3650)
# Two-sided, one in 150,000 by chance for each test
SIGMAS = 4.5


class Released(NamedTuple):
    """What everybody can see of one project, in the order of the register."""

    pseudonyms: list[str]
    uids: list[int]
    shifts: np.ndarray
    numbers: np.ndarray


def patient_id(place: int) -> str:
    return f"MRN{place:09d}"


@pytest.fixture(scope="module")
def register() -> list[str]:
    """Every fifth candidate is a patient; the intruder does not know which."""
    return [patient_id(place) for place in range(0, SUBJECTS * 5, 5)]


@pytest.fixture(scope="module")
def released(register: list[str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Released]:
    """The same patients in two projects of one vault."""
    folder = tmp_path_factory.mktemp("guessing")
    return {name: _released(folder, name, register) for name in ("alpha", "beta")}


def _released(folder: Path, project: str, register: list[str]) -> Released:
    workspace = folder / project
    workspace.mkdir()
    opening.create(
        workspace,
        vault=str(folder / "vault.sqlite"),
        project=project,
        settings=projects.new_settings("sequential", crosswalk=False),
        unlock=f"file:{folder / 'key'}",
    )
    keys = [subject_key(one, "", "", "", "") for one in register]
    with opening.opened(workspace) as vault:
        who = identity(vault.project.master, shift_range_days=SHIFT_DAYS)
        some = sequential(vault)(keys[:5000])
    assert some is not None
    subjects = [who.subject(key) for key in keys]
    return Released(
        [one.pseudonym for one in subjects],
        [int(who.uid(f"1.2.840.99.{one[3:]}").removeprefix("2.25.")) for one in register],
        np.array([one.shift_days for one in subjects]),
        np.array([int(some[key].removeprefix("SUBJ")) for key in keys[:5000]]),
    )


def guesses() -> dict[str, Callable[[bytes], bytes]]:
    """What others derive pseudonyms with, and what somebody who knows this program but no key would try."""
    empty = identity(bytes(32), shift_range_days=SHIFT_DAYS)
    return {
        "md5": lambda text: hashlib.md5(text).digest(),  # noqa: S324
        "sha1": lambda text: hashlib.sha1(text).digest(),  # noqa: S324
        "sha256": lambda text: hashlib.sha256(text).digest(),
        "sha512": lambda text: hashlib.sha512(text).digest(),
        "uuid5": lambda text: uuid.uuid5(uuid.NAMESPACE_OID, text.decode()).bytes,
        "hmac, name of the project": lambda text: hmac.digest(b"alpha", text, "sha256"),
        "hmac, no key": lambda text: hmac.digest(bytes(32), text, "sha256"),
        "deidra, no key": lambda text: hmac.digest(empty.subject_key, text, "sha256"),
    }


def as_uid(digest: bytes) -> int:
    """128 bits spelled as the UUID of a UID: version 8, variant 10 (RFC 9562)."""
    return int.from_bytes(digest[:16]) & ~(0xF << 76) & ~(0x3 << 62) | (0x8 << 76) | (0x2 << 62)


def as_pseudonym(digest: bytes) -> str:
    number, letters = int.from_bytes(digest), []
    for _ in range(PSEUDONYM_LETTERS):
        number, rest = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[rest])
    return "".join(letters)


@pytest.mark.parametrize("name", guesses())
def test_no_guess_without_the_key_meets_anything_released(name: str, released: dict[str, Released]) -> None:
    guess = guesses()[name]
    seen = {value for project in released.values() for value in (*project.pseudonyms, *project.uids)}
    for place in range(CANDIDATES):
        digest = guess(patient_id(place).encode())
        assert as_uid(digest) not in seen
        assert as_pseudonym(digest) not in seen
    for place in range(0, CANDIDATES, 100):
        whole = guess(subject_key(patient_id(place), "", "", "", "").encode())
        assert as_pseudonym(whole) not in seen


def test_with_the_key_the_same_guess_meets(register: list[str]) -> None:
    who = identity(bytes(range(32)), shift_range_days=SHIFT_DAYS)
    key = subject_key(register[0], "", "", "", "")
    assert as_pseudonym(hmac.digest(who.subject_key, key.encode(), "sha256")) == who.subject(key).pseudonym
    assert f"2.25.{as_uid(hmac.digest(who.uid_key, b'1.2.3', 'sha256'))}" == who.uid("1.2.3")


def test_two_projects_share_no_value(released: dict[str, Released]) -> None:
    alpha, beta = released["alpha"], released["beta"]
    assert len(set(alpha.pseudonyms) | set(beta.pseudonyms)) == 2 * SUBJECTS
    assert len(set(alpha.uids) | set(beta.uids)) == 2 * SUBJECTS


def test_two_projects_share_no_offset(released: dict[str, Released]) -> None:
    alpha, beta = released["alpha"], released["beta"]
    pairs = list(zip(alpha.uids, beta.uids, strict=True))
    assert len({first - second for first, second in pairs}) == SUBJECTS
    assert len({first ^ second for first, second in pairs}) == SUBJECTS
    differences = alpha.shifts - beta.shifts
    most = np.bincount(differences - differences.min()).max()
    # The commonest difference of two uniform shifts is 0, one in 3621
    expected = SUBJECTS / (SHIFT_DAYS[1] - SHIFT_DAYS[0] + 1)
    assert most < expected + SIGMAS * np.sqrt(expected) + SIGMAS * np.sqrt(np.log(7241) * expected)
    assert abs(np.corrcoef(alpha.shifts, beta.shifts)[0, 1]) < SIGMAS / np.sqrt(SUBJECTS)


def test_shifts_are_uniform_over_their_range(released: dict[str, Released]) -> None:
    for project in released.values():
        counts, _ = np.histogram(-project.shifts, bins=71, range=(SHIFT_DAYS[0], SHIFT_DAYS[1] + 1))
        expected = SUBJECTS / 71
        chi_squared = ((counts - expected) ** 2 / expected).sum()
        assert abs(chi_squared - 70) < SIGMAS * np.sqrt(2 * 70)


def test_no_order_survives_and_none_is_shared(released: dict[str, Released]) -> None:
    series = {
        f"{name} {field}": ranks(values)
        for name, project in released.items()
        for field, values in (
            ("pseudonyms", project.pseudonyms),
            ("uids", project.uids),
            ("shifts", list(project.shifts)),
        )
    } | {"register": np.arange(SUBJECTS)}
    names = sorted(series)
    for place, first in enumerate(names):
        for second in names[:place]:
            rho = np.corrcoef(series[first], series[second])[0, 1]
            assert abs(rho) < SIGMAS / np.sqrt(SUBJECTS - 1), (first, second)
    for first, second in (("alpha", "beta"), ("alpha", "alpha"), ("beta", "beta")):
        one, other = released[first].numbers, released[second].numbers
        if first == second:
            other = np.arange(len(one))
        assert abs(np.corrcoef(one, other)[0, 1]) < SIGMAS / np.sqrt(len(one) - 1)


def ranks(values: list[object]) -> np.ndarray:
    order = sorted(range(len(values)), key=lambda place: values[place])  # type: ignore[arg-type, return-value]
    found = np.empty(len(values))
    found[order] = np.arange(len(values))
    return found


def test_neighbours_in_the_register_differ_in_half_of_all_bits(released: dict[str, Released]) -> None:
    for project in released.values():
        pairs = zip(project.uids, project.uids[1:], strict=False)
        flipped = np.array([(first ^ second).bit_count() for first, second in pairs])
        assert abs(flipped.mean() - 61) < SIGMAS * np.sqrt(122 / 4 / len(flipped))

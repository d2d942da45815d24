"""Pseudonyms, shifts and UIDs derived from the key."""

from __future__ import annotations

import itertools
import pickle
import uuid
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.uid import UID

from deidra.errors import Held
from deidra.identity.pseudonyms import ALPHABET, identity, patient_id_of, subject_key

MASTER = bytes(range(32))
RANGE = (365, 3650)
WHO = identity(MASTER, shift_range_days=RANGE)
VALUES = st.text(max_size=20)


@given(st.text(min_size=1, max_size=80))
def test_every_derived_uid_is_valid_and_a_uuid_of_version_8(original: str) -> None:
    new = WHO.uid(original)
    assert UID(new).is_valid
    assert len(new) <= 64
    number = uuid.UUID(int=int(new.removeprefix("2.25.")))
    assert number.version == 8
    assert number.variant == uuid.RFC_4122


def test_a_hundred_thousand_uids_are_all_different() -> None:
    assert len({WHO.uid(f"1.2.840.{number}") for number in range(100_000)}) == 100_000


@given(
    st.from_regex(r"1\.2(\.[1-9][0-9]{0,5}){1,6}", fullmatch=True),
    st.sampled_from(["\0", " ", " \0", "\0\0"]),
)
def test_padding_does_not_change_a_uid(original: str, padding: str) -> None:
    assert WHO.uid(original + padding) == WHO.uid(original)


def test_derivation_is_the_same_for_ever() -> None:
    # Longitudinal additions years later depend on these very values.
    assert WHO.uid("1.2.840.113619.2.1") == "2.25.47522638689702765115756967996944935059"
    subject = WHO.subject(subject_key("PAT001", "", "", "", ""))
    assert (subject.pseudonym, subject.shift_days) == ("BTTQGPBK3VT8C", -2389)


def test_another_key_links_nothing() -> None:
    other = identity(bytes(32), shift_range_days=RANGE)
    keys = [subject_key(f"P{number}", "", "", "", "") for number in range(2000)]
    pairs = [(WHO.subject(key), other.subject(key)) for key in keys]
    assert not {one.pseudonym for one, _ in pairs} & {two.pseudonym for _, two in pairs}
    same_shift = sum(one.shift_days == two.shift_days for one, two in pairs)
    assert same_shift <= 6  # expected 2000 / 3286
    assert other.uid("1.2.3") != WHO.uid("1.2.3")


@given(VALUES.filter(str.strip), st.integers(1, 5000), st.integers(0, 5000))
def test_the_shift_is_to_the_past_within_its_range_and_never_zero(
    patient_id: str, low: int, width: int
) -> None:
    who = identity(MASTER, shift_range_days=(low, low + width))
    shift = who.subject(f"id\x1f{patient_id}\x1f").shift_days
    assert low <= -shift <= low + width


@pytest.mark.parametrize("given_range", [(0, 10), (-5, 5), (10, 9)])
def test_a_range_that_could_give_zero_is_refused(given_range: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="date shift"):
        identity(MASTER, shift_range_days=given_range)


def test_pseudonyms_and_shifts_are_spread_evenly() -> None:
    subjects = [WHO.subject(f"id\x1f{number}\x1f") for number in range(20_000)]
    assert len({subject.pseudonym for subject in subjects}) == 20_000
    letters = Counter("".join(subject.pseudonym for subject in subjects))
    assert set(letters) == set(ALPHABET)
    expected = 20_000 * 13 / len(ALPHABET)
    assert all(abs(count - expected) < 0.05 * expected for count in letters.values())
    tenths = Counter(
        (-subject.shift_days - RANGE[0]) * 10 // (RANGE[1] - RANGE[0] + 1) for subject in subjects
    )
    assert all(abs(count - 2000) < 200 for count in tenths.values())
    # The order of the originals cannot be read from the pseudonyms.
    rising = sum(one.pseudonym < two.pseudonym for one, two in itertools.pairwise(subjects))
    assert abs(rising - 10_000) < 300


def test_the_prefix_comes_first_and_changes_nothing_else() -> None:
    plain, prefixed = WHO, identity(MASTER, shift_range_days=RANGE, prefix="STUDY-")
    one, two = plain.subject("id\x1fA\x1f"), prefixed.subject("id\x1fA\x1f")
    assert two.pseudonym == "STUDY-" + one.pseudonym
    assert two.shift_days == one.shift_days


def test_a_subject_that_the_users_list_lacks_is_held() -> None:
    who = identity(MASTER, shift_range_days=RANGE, subjects={"id\x1fA\x1f": "S-1"})
    assert who.subject("id\x1fA\x1f").pseudonym == "S-1"
    assert who.subject("id\x1fA\x1f").shift_days == WHO.subject("id\x1fA\x1f").shift_days
    with pytest.raises(Held, match="subject-not-listed") as error:
        who.subject("id\x1fSECRET\x1f")
    assert "SECRET" not in str(error.value)


def test_an_identity_travels_to_workers_and_never_prints_its_keys() -> None:
    copy = pickle.loads(pickle.dumps(WHO))  # noqa: S301 - our own bytes
    assert copy == WHO
    assert repr(WHO) == "Identity(<redacted>)"


@given(VALUES, VALUES, VALUES, VALUES)
def test_different_issuers_never_share_a_subject(one: str, two: str, first: str, second: str) -> None:
    def key(patient_id: str, issuer: str) -> str:
        return subject_key(patient_id, issuer, "", "", "1.2.3")

    found = key(one, first), key(two, second)
    parts = [patient_id_of(item) for item in found]
    assert (found[0] == found[1]) == (parts[0] == parts[1])
    if parts[0] is not None and parts[1] is not None and parts[0][1] != parts[1][1]:
        assert found[0] != found[1]


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        (("P1 ", "", "", "", ""), ("P1\0", "", "19700101", "Roe^Jane", "1.2"), True),
        (("P1", "", "", "", ""), ("p1", "", "", "", ""), False),
        (("P1", "H1", "", "", ""), ("P1", "H2", "", "", ""), False),
        (("P1", "H1", "", "", ""), ("P1", "", "", "", ""), False),
        (("A\u030angstrom", "", "", "", ""), ("\u00c5ngstrom", "", "", "", ""), True),
        ((" ", "", "19700101", "Roe^Jane^^", "1.2"), ("", "", "19700101 ", "ROE^JANE", "1.3"), True),
        (("", "", "19700101", "Roe^Jane", "1.2"), ("", "", "19700102", "Roe^Jane", "1.2"), False),
        (("", "", "19700101", "Roe^Jane", "1.2"), ("", "H2", "19700101", "Roe^Jane", "1.2"), False),
        (("", "", "", "Roe^Jane", "1.2"), ("", "", "", "Roe^Jane", "1.3"), False),
        (("", "", "", "", "1.2"), ("", "", "", "", "1.2\0"), True),
        (("1.2", "", "", "", ""), ("", "", "", "", "1.2"), False),
    ],
)
def test_who_counts_as_the_same_subject(one: tuple[str, ...], two: tuple[str, ...], same: bool) -> None:
    assert (subject_key(*one) == subject_key(*two)) is same


def test_an_object_that_says_nothing_of_its_patient_is_held() -> None:
    with pytest.raises(Held, match="no-subject"):
        subject_key("", "HOSPITAL", "19700101", "^^", " ")

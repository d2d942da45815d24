"""Every scheme gives one pseudonym for one subject, the same again later, and nothing that tells who it was."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING

import pytest

from deidra.errors import Held, SubjectListError
from deidra.identity.pseudonyms import identity, subject_key
from deidra.identity.schemes import keyed, listed, recorded, sequential
from deidra.identity.subject_list import SubjectList
from deidra.identity.vault import opening
from deidra.identity.vault.crosswalk import Pair
from deidra.run.keeper import record
from identity.vaults import make

if TYPE_CHECKING:
    from pathlib import Path


def key(patient_id: str) -> str:
    return subject_key(patient_id, "", "", "", "")


def test_derived_pseudonyms_need_no_telling() -> None:
    assert keyed([key("1")]) is None


def test_numbers_go_on_where_they_ended_and_earlier_subjects_keep_theirs(tmp_path: Path, address: str) -> None:
    make(tmp_path, address, "sequential")
    with opening.opened(tmp_path) as vault:
        first = sequential(vault)([key(name) for name in "abc"])
    with opening.opened(tmp_path) as vault:
        later = sequential(vault)([key(name) for name in "dab"])
    assert first is not None
    assert later is not None
    assert sorted(first.values()) == ["SUBJ000001", "SUBJ000002", "SUBJ000003"]
    assert later == {key("a"): first[key("a")], key("b"): first[key("b")], key("d"): "SUBJ000004"}


def test_numbers_say_nothing_of_the_order_of_the_patient_ids(tmp_path: Path) -> None:
    make(tmp_path, scheme="sequential")
    with opening.opened(tmp_path) as vault:
        given = sequential(vault)([key(f"{number:06d}") for number in range(2000)])
    assert given is not None
    ranks = [int(given[key(f"{number:06d}")][4:]) for number in range(2000)]
    steps_up = sum(after > before for before, after in itertools.pairwise(ranks))
    assert abs(steps_up - 1000) < 100  # a random order has 1000, standard deviation 13


def test_numbers_that_look_like_patient_ids_of_the_collection_are_refused(tmp_path: Path) -> None:
    make(tmp_path, scheme="sequential")
    with opening.opened(tmp_path) as vault:
        with pytest.raises(SubjectListError, match="sequence-collides"):
            sequential(vault, "trial")([key("TRIAL12")])
        assert sequential(vault, "T7-")([key("TRIAL12")]) == {key("TRIAL12"): "T7-000001"}


def test_a_list_in_the_vault_grows_and_who_is_not_in_it_yet_is_held(tmp_path: Path) -> None:
    make(tmp_path, scheme="list")
    with opening.opened(tmp_path) as vault:
        with pytest.raises(SubjectListError, match="subject-list-incomplete"):
            recorded(vault)([key("a"), key("b")])
        record(vault, iter((Pair("subject", key("a"), "T1"),)))
        known = recorded(vault)([key("a"), key("b")])
        who = identity(vault.project.master, shift_range_days=(1, 9), subjects=known)
        assert who.subject(key("a")).pseudonym == "T1"
        with pytest.raises(Held, match="subject-not-listed"):
            who.subject(key("b"))
        record(vault, iter((Pair("subject", key("b"), "T2"),)))
        assert recorded(vault)([key("a"), key("b")]) == {key("a"): "T1", key("b"): "T2"}


def test_a_list_from_a_file_must_be_complete() -> None:
    scheme = listed(SubjectList({("a", None): "T1"}))
    assert scheme([key("a")]) == {key("a"): "T1"}
    with pytest.raises(SubjectListError, match="subject-list-incomplete"):
        scheme([key("a"), key("b")])


def test_the_order_and_number_of_askings_change_nothing(tmp_path: Path) -> None:
    make(tmp_path, scheme="sequential")
    keys = [key(str(number)) for number in range(300)]
    with opening.opened(tmp_path) as vault:
        first = dict(sequential(vault)(keys) or {})
        random.Random(1).shuffle(keys)
        again: dict[str, str] = {}
        for start in range(0, 300, 7):
            again |= sequential(vault)(keys[start : start + 7]) or {}
    assert first == again

"""No release of a public file introduces an error that the reviewed list does not explain."""

from __future__ import annotations

from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import pytest

from conformance import allowed
from conformance.findings import Verdict, entity_verdict, object_verdict
from peers import peer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.collection import Collection, Pair

pytestmark = pytest.mark.peer

# The public files on which dciodvfy dies by an assertion of its own, before or after: no verdict on them.
CRASHES = {
    "SC_rgb_32bit.dcm",
    "SC_rgb_32bit_2frame.dcm",
    "SC_rgb_expb_32bit.dcm",
    "SC_rgb_expb_32bit_2frame.dcm",
    "test_files/rtdose.dcm",
    "test_files/rtdose_1frame.dcm",
    "test_files/rtdose_expb.dcm",
    "test_files/rtdose_expb_1frame.dcm",
}
# The public files that dciodvfy cannot read to their end: what it finds afterwards was there before, unseen.
UNREAD = {"color-pl.dcm", "color-px.dcm", "test_files/image_dfl.dcm"}


class Change(NamedTuple):
    before: Verdict
    after: Verdict


@pytest.fixture(scope="session")
def changes(collection: Collection) -> dict[Pair, Change]:
    """dciodvfy's verdict on every released file and its source."""
    look = partial(object_verdict, peer("dciodvfy"))
    with ThreadPoolExecutor(max_workers=2) as pool:
        before = pool.map(look, [pair.source for pair in collection.pairs])
        after = pool.map(look, [pair.released for pair in collection.pairs])
        return dict(zip(collection.pairs, map(Change, before, after), strict=True))


def unexplained(changes: Mapping[str, Change]) -> str:
    """The errors that were introduced and that no entry explains, a line each, with files that have them."""
    entries = allowed.load()
    found: dict[str, set[str]] = defaultdict(set)
    for name, (before, after) in changes.items():
        for finding in after.findings - before.findings:
            if finding.severity == "Error" and allowed.explanation(finding, entries) is None:
                found[str(finding)].add(name)
    return "\n".join(f"{text} -- in {', '.join(sorted(names)[:3])}" for text, names in sorted(found.items()))


def test_no_object_has_an_error_that_its_source_had_not(changes: dict[Pair, Change]):
    judged = {
        pair.name: change for pair, change in changes.items() if not change.before.gave_up and not crashed(change)
    }
    introduced = unexplained(judged)
    assert not introduced, introduced
    assert len(judged) > 200


def crashed(change: Change) -> bool:
    return change.before.crashed or change.after.crashed


def test_the_validator_dies_only_on_the_files_it_is_known_to_die_on(changes: dict[Pair, Change]):
    assert {pair.name for pair, change in changes.items() if crashed(change)} == CRASHES


def test_the_validator_gives_up_only_on_the_sources_it_is_known_to_give_up_on(changes: dict[Pair, Change]):
    assert {pair.name for pair, change in changes.items() if change.before.gave_up} == UNREAD


def test_every_release_can_be_read_to_its_end(changes: dict[Pair, Change]):
    unread = {pair.name for pair, change in changes.items() if change.after.gave_up and not change.before.gave_up}
    assert unread == set()


def test_an_object_stays_the_kind_of_object_that_it_was(changes: dict[Pair, Change]):
    kinds = {
        pair.name: (change.before.kind, change.after.kind)
        for pair, change in changes.items()
        if not change.before.gave_up and change.before.kind != change.after.kind
    }
    assert kinds == {}


def test_the_objects_of_a_study_agree_on_it_as_before(collection: Collection):
    studies: dict[str, list[Pair]] = defaultdict(list)
    for pair in collection.pairs:
        studies[pair.study].append(pair)
    dcentvfy = peer("dcentvfy")
    changes = {}
    for pairs in studies.values():
        before = entity_verdict(dcentvfy, [pair.source for pair in pairs])
        after = entity_verdict(dcentvfy, [pair.released for pair in pairs])
        if not before.crashed:
            assert not after.crashed
            changes[pairs[0].name] = Change(before, after)
    introduced = unexplained(changes)
    assert not introduced, introduced
    assert max(Counter(pair.study for pair in collection.pairs).values()) > 10


def test_every_allowed_error_says_why_and_still_happens(changes: dict[Pair, Change]):
    introduced = {
        str(finding)
        for before, after in changes.values()
        for finding in after.findings - before.findings
        if finding.severity == "Error"
    }
    for entry in allowed.load():
        assert entry.category in allowed.CATEGORIES
        assert len(entry.reason) > 20
        assert any(entry.pattern.fullmatch(text) for text in introduced), f"{entry.pattern.pattern} is not needed"

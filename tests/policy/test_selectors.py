"""Selectors: every accepted spelling, one printed form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deidra.policy.selectors import VRS, Private, Selector, SelectorError, Tag, Vr, parse, spell
from deidra.standard import dictionary

SEQUENCES = sorted(
    tag for tag, vr in dictionary.vr_table().items() if vr == "SQ" and 0x0008 <= tag >> 16 < 0xFFFC
)
TAGS = st.builds(
    lambda group, element: Tag(group << 17 | element), st.integers(4, 0x7FFD), st.integers(1, 0xFFFF)
)
CREATORS = st.text(st.characters(blacklist_characters='"\\', blacklist_categories=["Cs", "Cc"]), min_size=1)
PRIVATES = st.builds(
    lambda group, creator, low: Private(group * 2 + 1, creator, low),
    st.integers(4, 0x7FFE),
    CREATORS.map(str.strip).filter(bool),
    st.integers(0, 0xFF),
)
PATHS = st.lists(st.sampled_from(SEQUENCES), max_size=3).map(tuple)
SELECTORS = st.one_of(
    st.builds(Selector, st.one_of(TAGS, PRIVATES), PATHS),
    st.builds(Selector, st.sampled_from(sorted(VRS)).map(Vr)),
)


@given(SELECTORS)
def test_what_is_printed_is_read_back_the_same(selector: Selector) -> None:
    assert parse(str(selector)) == selector
    assert parse(spell(selector)) == selector


@pytest.mark.parametrize(
    "text",
    ["StudyDescription", "(0008,1030)", "0008,1030", "00081030", "(0x0008,0x1030)", "( 0008 , 1030 )"],
)
def test_every_spelling_of_an_attribute_means_the_same(text: str) -> None:
    assert parse(text) == Selector(Tag(0x00081030))


@pytest.mark.parametrize(
    "text",
    [
        '(0029,"SIEMENS CSA",10)',
        '0029,"SIEMENS CSA",10',
        '(0029,xx10,"SIEMENS CSA")',
        '(0029,10,"SIEMENS CSA")',
    ],
)
def test_every_spelling_of_a_private_element_means_the_same(text: str) -> None:
    assert parse(text) == Selector(Private(0x0029, "SIEMENS CSA", 0x10))


@pytest.mark.parametrize(
    "text",
    [
        "RequestAttributesSequence/RequestedProcedureID",
        "RequestAttributesSequence[*]/RequestedProcedureID",
        "(0040,0275)[*]/(0040,1001)",
        "0040,0275/RequestedProcedureID",
    ],
)
def test_every_spelling_of_a_path_means_the_same(text: str) -> None:
    assert parse(text) == Selector(Tag(0x00401001), (0x00400275,))


def test_a_creator_may_hold_a_slash() -> None:
    assert parse('(0029,"A/B",10)').target == Private(0x0029, "A/B", 0x10)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is not a keyword"),
        ("/StudyDescription", "is not a keyword"),
        ("StudyDescription/", "is not a keyword"),
        ('(0029,"ACME,10)', "is not a keyword"),
        ("StudyDescripton", "did you mean 'StudyDescription'"),
        ("(0029,1010)", "group 0029 is private"),
        ('(0028,"ACME",10)', "group 0028 is even"),
        ('(0029," ",10)', "name of its creator"),
        ("(0002,0016)", "file container"),
        ("(0010,0000)", "file container"),
        ("(FFFC,FFFC)", "file container"),
        ("(0010,xxxx)", "masks"),
        ("RequestAttributesSequence[0]/StudyID", "item numbers"),
        ("StudyID/StudyDate", "not a sequence"),
        ('(0029,"ACME",10)/StudyDate', "only standard sequences"),
        ("RequestAttributesSequence/LO", "inside a path"),
        ("RequestAttributesSequence[*]", "ends in an item"),
    ],
)
def test_what_cannot_be_selected_says_why(text: str, reason: str) -> None:
    with pytest.raises(SelectorError, match=reason):
        parse(text)


@given(st.text(max_size=40))
def test_any_text_is_either_read_or_refused(text: str) -> None:
    try:
        selector = parse(text)
    except SelectorError:
        return
    assert parse(str(selector)) == selector

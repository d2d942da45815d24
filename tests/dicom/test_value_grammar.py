"""A value follows the grammar of its VR, or it may hold anything (PS3.5 Table 6.2-1)."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydicom.config import RAISE
from pydicom.valuerep import validate_value

from deidra.dicom.grammar import NUMERIC_VRS, WIDTHS, follows_grammar, is_number

PRINTABLE = st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters="\\")
LETTERS = st.characters(min_codepoint=0xA0, max_codepoint=0x2FFF, exclude_categories=("Cc", "Cs", "Cn"))
WIDE = st.one_of(PRINTABLE, LETTERS)
LINES = st.one_of(WIDE, st.sampled_from("\t\n\r\f"))


def upto(alphabet: st.SearchStrategy[str], longest: int) -> st.SearchStrategy[str]:
    return st.text(alphabet, max_size=longest)


def of(pattern: str) -> st.SearchStrategy[str]:
    return st.from_regex(rf"\A(?:{pattern})\Z")


HOURS = "(?:[01][0-9]|2[0-3])"
UID = st.lists(st.integers(0, 10**9), min_size=1, max_size=5).map(lambda parts: "1.2." + ".".join(map(str, parts)))
NAMES = st.lists(upto(st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters="\\^="), 10), max_size=5)

# Legal values, one at a time
LEGAL: dict[str, st.SearchStrategy[str]] = {
    "AE": upto(PRINTABLE, 16).filter(str.strip),
    "AS": of("[0-9]{3}[DWMY]"),
    "CS": of("[A-Z0-9_][A-Z0-9 _]{0,15}"),
    "DA": of("(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|1[0-9]|2[0-8])"),
    "DS": of(r"[+-]?[0-9]{1,6}(?:\.[0-9]{1,4})?(?:[eE][+-]?[0-9]{1,2})?"),
    "DT": of(
        rf"20[0-9]{{2}}(?:(?:0[1-9]|1[0-2])(?:(?:0[1-9]|1[0-9]|2[0-8])"
        rf"(?:{HOURS}(?:[0-5][0-9](?:[0-5][0-9](?:\.[0-9]{{1,6}})?)?)?)?)?)?(?:[+-](?:0[0-9]|1[0-3])[0-5][0-9])?"
    ),
    "IS": st.integers(-(2**31), 2**31 - 1).map(str),
    "LO": upto(WIDE, 64),
    "LT": upto(LINES, 300),
    "PN": NAMES.map("^".join),
    "SH": upto(WIDE, 16),
    "ST": upto(LINES, 300),
    "TM": of(rf"{HOURS}(?:[0-5][0-9](?:[0-5][0-9](?:\.[0-9]{{1,6}})?)?)?"),
    "UC": upto(WIDE, 100),
    "UI": UID,
    "UR": of("https?://[a-z.]{1,20}(?:/[A-Za-z0-9%?=&._-]{0,20})?"),
    "UT": upto(LINES, 300),
}
MULTI_VALUED = ("AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "PN", "SH", "TM", "UC", "UI")
PADDED = sorted(set(LEGAL) - {"UR"})


def follows(vr: str, text: str) -> bool:
    return follows_grammar(vr, text.encode(), text)


@settings(max_examples=25)
@pytest.mark.parametrize("vr", sorted(LEGAL))
@given(data=st.data())
def test_a_legal_value_is_accepted_as_pydicom_accepts_it(vr: str, data: st.DataObject) -> None:
    value = data.draw(LEGAL[vr])
    validate_value(vr, value, RAISE)
    assert follows(vr, value)
    padding = data.draw(st.sampled_from((" ", "\0", "  ", "\0\0", " \0")))
    assert follows(vr, value + padding)


@settings(max_examples=25)
@pytest.mark.parametrize("vr", MULTI_VALUED)
@given(data=st.data())
def test_several_legal_values_are_accepted(vr: str, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.one_of(LEGAL[vr], st.just("")), min_size=1, max_size=6))
    assert follows(vr, "\\".join(values))


@settings(max_examples=25)
@pytest.mark.parametrize("vr", sorted(LEGAL))
@given(data=st.data())
def test_text_behind_a_nul_is_refused(vr: str, data: st.DataObject) -> None:
    value = data.draw(LEGAL[vr].filter(str.strip))
    assert not follows(vr, value + "\0SMITH^JOHN")
    assert not follows(vr, value + "\0" * 5 + "S")


@settings(max_examples=25)
@pytest.mark.parametrize("vr", sorted(LEGAL))
@given(data=st.data())
def test_control_characters_are_refused(vr: str, data: st.DataObject) -> None:
    value = data.draw(LEGAL[vr].filter(str.strip))
    allowed = "\t\n\f\r" if vr in {"LT", "ST", "UT"} else ""
    # ESC is legal in what ISO 2022 writes, and decoding consumes it
    control = data.draw(
        st.one_of(st.characters(max_codepoint=0x1F), st.characters(min_codepoint=0x7F, max_codepoint=0x9F)).filter(
            lambda mark: mark not in allowed + "\x1b"
        )
    )
    at = data.draw(st.integers(0, len(value) - 1))
    assert not follows(vr, value[:at] + control + value[at:] + "x")


OVER_LONG = {
    "AE": "A" * 17,
    "AS": "0001Y",
    "CS": "A" * 17,
    "DA": "202401011",
    "DT": "20240101000000.1234567",
    "IS": "1" * 13,
    "LO": "x" * 65,
    "LT": "x" * 10241,
    "PN": "x" * 325,
    "SH": "x" * 17,
    "ST": "x" * 1025,
    "TM": "120000.1234567",
    "UI": "1.2." + "3" * 61,
}


@pytest.mark.parametrize("vr", sorted(OVER_LONG))
def test_a_value_longer_than_its_vr_allows_is_refused(vr: str) -> None:
    assert not follows(vr, OVER_LONG[vr])
    if vr in MULTI_VALUED:
        assert not follows(vr, "\\" + OVER_LONG[vr])


@pytest.mark.parametrize(
    ("vr", "value"),
    [
        ("AS", "45Y"),
        ("AS", "045y"),
        ("AS", "Smith"),
        ("CS", "Smith"),
        ("CS", "SMITH^JOHN"),
        ("CS", "A.B"),
        ("DA", "2024-01-01"),
        ("DA", "2024.0101"),
        ("DA", "20240101Smith"),
        ("DA", "20240101-20250101"),
        ("DS", "1,5"),
        ("DS", "1.5mm"),
        ("DS", "NaN"),
        ("DS", "."),
        ("DS", "0x10"),
        ("IS", "1.5"),
        ("IS", "1 2"),
        ("IS", "12Smith"),
        ("TM", "25"),
        ("TM", "1261"),
        ("TM", "12:"),
        ("TM", "12.5"),
        ("UI", "1.2.Smith"),
        ("UI", "1.2 3"),
        ("UI", "１.２.３"),
        ("AS", "٠٤٥Y"),
        ("IS", "١٢٣"),
    ],
)
def test_a_value_outside_its_grammar_is_refused(vr: str, value: str) -> None:
    assert not follows(vr, value)


@given(
    st.sampled_from(("DS", "IS")),
    st.integers(257, 400),
    st.text("ABCDFGXYZ^= ", min_size=1, max_size=8).filter(str.strip),
)
@example("DS", 300, "SMITH^J")
def test_words_between_many_numbers_are_refused(vr: str, count: int, word: str) -> None:
    numbers = "\\".join(["1"] * count)
    assert follows(vr, numbers)
    assert not follows(vr, numbers + "\\" + word + "\\1")


def test_text_that_could_not_be_decoded_is_refused() -> None:
    for vr in ("AE", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"):
        assert not follows_grammar(vr, b"\xff\xfe", None)


NUMERIC = sorted(NUMERIC_VRS)


@pytest.mark.parametrize("vr", NUMERIC)
@given(count=st.integers(0, 5))
def test_numbers_are_whole(vr: str, count: int) -> None:
    assert is_number(vr, bytes(range(WIDTHS[vr])) * count)
    if WIDTHS[vr] > 1:
        assert not is_number(vr, bytes(WIDTHS[vr] * count + 1))


@pytest.mark.parametrize(
    "text",
    [b"Smith^John^Henry", b"Zzneedlename^Qqf", b"Dr. Maria Joenes", b"SMITH^JOHN\0\0\0\0\0\0", b"SMITH^JOHN 12345"],
)
def test_words_are_no_numbers(text: bytes) -> None:
    assert len(text) == 16
    assert [vr for vr in NUMERIC if is_number(vr, text)] == []

"""What retained text may not contain: names and numbers of its subject, UIDs of real objects."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from deidra.dicom.kept_text import is_terminology, map_uids_in_text
from deidra.dicom.subject_words import SubjectWords
from deidra.model import Term
from deidra.standard.vocabulary import vocabulary
from deidra.text.folding import folded
from deidra.text.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary(extra=vocabulary())

LETTER = st.characters(categories=("Lu", "Ll"), max_codepoint=0x24F)
WORD = st.text(LETTER, min_size=3, max_size=12)
# Between words, in the descriptors that people and machines write
SEPARATOR = st.sampled_from((" ", "^", "=", "_", ",", ";", "/", "\\", "-", ".", ": ", "(", ")", "\r\n", "'s ", ""))


def words_of(terms: list[str]) -> SubjectWords:
    known = [Term("", term) for term in terms]
    return SubjectWords(known, VOCABULARY, mode="balanced", uid_of=str)


def finds(terms: list[str], text: str) -> bool:
    return words_of(terms).names(text)


@given(st.lists(WORD, min_size=1, max_size=4), st.data())
def test_every_word_of_a_name_is_found_between_separators(name: list[str], data: st.DataObject) -> None:
    term = data.draw(st.sampled_from("^= _,")).join(name)
    word = data.draw(st.sampled_from(name))
    before, after = data.draw(SEPARATOR), data.draw(SEPARATOR)
    left = "scan" + before if before else ""
    right = after + "head" if after else ""
    cased = data.draw(st.sampled_from((word, word.upper(), word.lower(), word.title())))
    assume(folded(cased) == folded(word))
    assert finds([term], left + cased + right)


def test_a_word_of_medicine_that_holds_a_name_stays() -> None:
    assert not finds(["Ches^Ann"], "chest routine")
    assert finds(["Ches^Ann"], "Ches routine")


def test_one_word_of_dicom_is_no_name_in_a_code() -> None:
    assert not words_of(["Bone^Hand"]).names_in_code("BONE")
    assert words_of(["Bone^Hand"]).names_in_code("BONE_HAND")
    assert words_of(["Qqfrobnix^Hand"]).names_in_code("QQFROBNIX")
    assert words_of(["MRN0012345"]).names_in_code("0012345")


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("Müller^Jürgen", "Kopf MULLER nativ"),
        ("Müller^Jürgen", "Kopf MÜLLER nativ"),
        ("Mu\u0308ller", "müller"),
        ("Groß^Anna", "GROSS ANNA"),
        ("Ｙａｍａｄａ^Ｔａｒｏｕ", "yamada"),
        ("Łukasz", "ŁUKASZ"),
        ("O'Brien^Mary", "for O'BRIEN"),
        ("Smith-Jones^Ann", "SMITH-JONES"),
        ("Иванов^Иван", "ИВАНОВ"),
        ("Παπαδόπουλος", "ΠΑΠΑΔΟΠΟΥΛΟΣ"),
        ("이순신", "환자 이순신 머리"),
        ("12345678", "id 12345678"),
        ("MRN-0012345", "for MRN-0012345."),
        ("ABC12345", "abc12345_head"),
    ],
)
def test_a_name_or_number_is_found_however_it_is_spelt(term: str, text: str) -> None:
    assert finds([term], text)


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", "山田太郎 頭部"),
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", "山田太郎様"),
        ("Wang^XiaoDong=王^小东", "王小东 头部"),
        ("Hong^Gildong=洪^吉洞=홍^길동", "홍길동 환자"),
    ],
)
def test_a_name_is_found_in_scripts_that_write_no_spaces(term: str, text: str) -> None:
    assert finds([term], text)


@pytest.mark.parametrize(("term", "text"), [("Smith-Jones^Ann", "Dr Jones"), ("MRN-0012345", "head 0012345")])
def test_a_part_of_a_compound_name_or_number_is_found(term: str, text: str) -> None:
    assert finds([term], text)


@pytest.mark.parametrize("terms", [[], [""], ["^"], ["A^B"], ["  "]])
def test_what_is_too_short_to_be_known_is_not_searched_for(terms: list[str]) -> None:
    assert not finds(terms, "A^B 1234 1 2 head")


@given(st.lists(st.text(max_size=20), max_size=5), st.text(max_size=40))
def test_any_terms_and_any_text_can_be_searched(terms: list[str], text: str) -> None:
    assert finds(terms, text) in (True, False)


# UIDs in text

UID = st.lists(st.integers(0, 10**10), min_size=5, max_size=6).map(lambda parts: "1.3." + ".".join(map(str, parts)))
REGISTERED = "1.2.840.10008.5.1.4.1.1.2"


def uid_of(original: str) -> str:
    return f"2.25.{sum(map(ord, original))}"


@given(
    UID, st.sampled_from(("", " ", "see ", "UID=", "(", "_", "a")), st.sampled_from(("", " ", ")", ", then", "_1", "a"))
)
def test_a_uid_in_text_is_replaced_and_nothing_else(uid: str, before: str, after: str) -> None:
    assert map_uids_in_text(f"{before}{uid}{after}".encode(), uid_of).decode() == f"{before}{uid_of(uid)}{after}"


@given(UID, st.sampled_from((".", ". ", ".\r\n", "...", ".x")))
@example("1.2.840.113619.2.55.3.12345", ".")
def test_a_uid_at_the_end_of_a_sentence_is_replaced(uid: str, after: str) -> None:
    assert uid not in map_uids_in_text(f"derived from {uid}{after}".encode(), uid_of).decode()


@given(st.lists(UID, min_size=1, max_size=4))
def test_every_uid_of_a_list_is_replaced(uids: list[str]) -> None:
    for separator in (" ", ", ", "\\", "/", "\r\n"):
        text = separator.join(uids).encode()
        assert map_uids_in_text(text, uid_of).decode() == separator.join(map(uid_of, uids))


def test_a_registered_uid_and_a_version_number_stay() -> None:
    for text in (f"class {REGISTERED} used", "version 5.1.2", "10.0.0.1", "v1.2.3.4", "1.5 mm"):
        assert map_uids_in_text(text.encode(), uid_of) == text.encode()


@given(st.binary(max_size=60))
def test_text_without_digits_and_dots_is_never_touched(raw: bytes) -> None:
    assume(b"." not in raw)
    assert map_uids_in_text(raw, uid_of) == raw


@given(st.text(max_size=30))
def test_any_text_is_terminology_or_not(text: str) -> None:
    assert is_terminology(text) in (True, False)


@pytest.mark.parametrize("text", ["Head 12345", "Zzneedlename", "Patient Smithson", "头部 12345"])
def test_names_and_long_numbers_are_no_terminology(text: str) -> None:
    assert not is_terminology(text)

"""Plain text and RTF."""

from __future__ import annotations

import pytest

from deidra.documents.clean import kind_of
from deidra.documents.work import Settings
from deidra.errors import Held, Rejected

from .subject import TERMS, clean, found_in, markers

M = markers(40)


def test_plain_text_keeps_its_lines_and_loses_the_person() -> None:
    data = "Findings for Wilhelmina\r\nVandersloot:\r\n  liver normal, größe 12.5 mm\r\n".encode()
    cleaned = clean(data, "text/plain; charset=utf-8").data.decode()
    assert cleaned == "Findings for \r\n:\r\n  liver normal, größe 12.5 mm\r\n"


def test_control_characters_do_not_hide_a_name() -> None:
    assert clean(b"Seen: Vander\x01sloot\x7f", "text/plain").data.startswith(b"Seen: ")
    assert b"sloot" not in clean(b"Seen: Vander\x01sloot", "text/plain").data


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_text_with_a_byte_order_mark_is_read_by_it(encoding: str) -> None:
    assert clean("Größe, Wilhelmina".encode(encoding), "text/plain").data == "Größe, ".encode()


def test_a_declared_character_set_is_used() -> None:
    assert clean("Größe, Wilhelmina".encode("latin-1"), "text/plain;charset=ISO-8859-1").data == "Größe, ".encode()


def test_ten_megabytes_of_text_are_cleaned_or_held() -> None:
    data = b"Liver normal. Seen by Quackenbush.\n" * 290_000
    assert len(data) > 10_000_000
    assert found_in(clean(data, "text/plain", Settings(max_characters=1 << 24)).data, TERMS) == []
    for settings in (Settings(), Settings(max_text_bytes=1 << 20)):
        with pytest.raises(Held, match="document-too-large"):
            clean(data, "text/plain", settings)


RTF = (
    r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fnil\fcharset0 Arial;}{\f1\fswiss " + M[0] + r";}}"
    r"{\colortbl ;\red255\green0\blue0;}{\stylesheet{\s1 " + M[1] + r";}}"
    r"{\info{\author " + M[2] + r"}{\title " + M[3] + r"}{\*\company " + M[4] + r"}}{\*\generator " + M[5] + r";}"
    r"{\*\userprops{\propname " + M[6] + r"}}{\header Ward of {\b Vander}sloot}{\*\bkmkstart " + M[7] + r"}"
    r"\viewkind4\uc1\pard\f0\fs20 Patient: Wil\'68elmina {\b Quack}{\i enbush}\par"
    "\r\n"
    r"Gr\u246?\'dfe 12.5 mm, \{normal\}\par Tel \u87?ilhelmina\tab ok\line"
    r"{\v hidden Vandersloot}{\object\objemb{\*\objdata " + M[8].encode().hex() + r"}{\result " + M[9] + r"}}"
    r"{\pict\pngblip " + M[10].encode().hex() + r"}{\field{\*\fldinst HYPERLINK " + M[11] + r"}{\fldrslt link text}}"
    r"{\*\annotation " + M[12] + r"}{\footnote note by Quackenbush}\unknownword42 \bin5 abcde" + r"\par}"
).encode("latin-1")


def test_no_needle_of_any_group_is_left_in_rtf() -> None:
    cleaned = clean(RTF, "application/rtf").data
    hexed = tuple(mark.encode().hex() for mark in M)
    assert found_in(cleaned, (*M, *TERMS, *hexed, "Vander", "enbush", "abcde")) == []


def test_text_and_formatting_stay_in_rtf() -> None:
    cleaned = clean(RTF, "text/rtf").data.decode("ascii")
    assert r"Gr\u246?\u223?e 12.5 mm, \{normal\}" in cleaned
    assert "link text" in cleaned
    assert r"\red255 " in cleaned
    assert cleaned.count("{") - cleaned.count("\\{") == cleaned.count("}") - cleaned.count("\\}")
    assert clean(cleaned.encode(), "text/rtf").data.decode("ascii") == cleaned


@pytest.mark.parametrize(
    ("data", "mime_type", "code"),
    [
        (RTF[:-1], "text/rtf", "document-damaged"),
        (RTF + b"}", "text/rtf", "document-damaged"),
        (RTF + b"tail", "text/rtf", "document-damaged"),
        (b"{\\rtf1" + b"{" * 10_000 + b"}" * 10_001, "text/rtf", "document-too-deep"),
        (b"{\\rtf1\\ansicpg9999 x}", "text/rtf", "text-undecodable"),
        (b"{\\rtf1\\ansicpg932 \\'81}", "text/rtf", "text-undecodable"),
        (b"hello", "text/rtf", "document-mismatch"),
        (b"Gr\xf6\xdfe", "text/plain", "text-undecodable"),
        (b"a\0b", "text/plain", "text-undecodable"),
        (b"", "text/plain", "document-empty"),
        (b"\0\0", "text/plain", "document-empty"),
        (b"%PDF-1.4 ...", "text/plain", "document-mismatch"),
        (b"x", "text/plain; charset=unheard-of", "text-undecodable"),
        (b"x", "application/msword", "unknown-format"),
        (b"x", "", "unknown-format"),
    ],
)
def test_bad_text_is_refused_with_the_reason(data: bytes, mime_type: str, code: str) -> None:
    with pytest.raises((Held, Rejected)) as refused:
        clean(data, mime_type)
    assert refused.value.code == code


def test_mime_types_are_known_whatever_their_case_and_parameters() -> None:
    assert kind_of("text/XML; charset=utf-8") == "xml"
    assert kind_of("image/png") == ""

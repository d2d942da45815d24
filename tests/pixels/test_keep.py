"""Which text in pictures is about the picture: the grammar, and that nothing known of the subject passes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deidra.pixels.keep import harmless, keeper

HARMLESS = (
    "R|L|AP|A|RCC|LMLO|10 cm|Depth 16 cm|Depth:16.0cm|Gain 42 dB|WW 400 WL 40|W:400 L:40|Zoom 120%|Im: 12/300|Se 4 Im 2"
    "|FR 32Hz|120 kV|kVp 110|Thk 5.0 mm|MI 0.9|TE 90 ms|D 12.4 mm|T2 TSE|Mean 34.2 HU|+10.2 cm/s|Area 3.2 cm²|5|120"
    "|Pre contrast|TIs 0.4|Frame 7 of 30|Dist 42.1 mm|mGy*cm|DLP 312 mGy*cm|SUPINE HEAD|80 mA|-12.5 HU|Axial"
).split("|")
PERSONAL = (
    "HAVERSHAM^ANN|Doe, Jane|12/03/1956|03.04.1956|1956-03-12|10:42:13|067Y|F 45|M 67|45 Y|ID 123456|1234567|1956|Jane"
    "|Dr. Klouter|St. Mary Hospital|Im 12/03/1956|R 12345678|mm 12/03/1956|R Doe|Depth 16 cm Doe|12 Mar|Bed 4|12/300"
    "|A1234|Depth 1234567 cm|x|||Im 12/300/1956|DOB 1956|Age 45|Sex F|Acc 123"
).split("|")


@pytest.mark.parametrize("text", HARMLESS)
def test_what_scanners_write_about_the_picture_is_harmless(text: str) -> None:
    assert harmless(text)
    assert harmless(text.upper())
    assert keeper(lambda _: False)(text)
    assert not keeper(lambda _: True)(text)


@pytest.mark.parametrize("text", PERSONAL)
def test_what_may_tell_of_a_person_is_not(text: str) -> None:
    assert not harmless(text)
    assert not keeper(lambda _: False)(text)


@given(st.text(max_size=80))
def test_any_text_gets_an_answer(text: str) -> None:
    assert harmless(text) in (True, False)


@given(st.dates())
def test_no_date_is_harmless(day: object) -> None:
    for form in ("%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d", "%d %b %Y", "%Y%m%d", "%d.%m.%y", "Im %d/%m/%Y", "%d/%m/%y"):
        assert not harmless(day.strftime(form))  # type: ignore[attr-defined]


def test_lines_that_the_user_knows_stay() -> None:
    keep = keeper(lambda _: False, frozenset(("acme scanner 3000",)))
    assert keep("ACME  Scanner 3000")
    assert not keep("ACME Scanner 4000")

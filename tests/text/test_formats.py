"""Identifiers that their form gives away, and shapes of technique that look like them."""

from __future__ import annotations

import pytest

from deidra.standard.vocabulary import vocabulary
from deidra.text.formats import find_formats
from deidra.text.vocabulary import load_vocabulary

SAFE = load_vocabulary(extra=vocabulary()).is_known


def left(text: str) -> str:
    spans = find_formats(text, uid_of=lambda uid: uid, safe=SAFE)
    return "".join(letter for at, letter in enumerate(text) if not any(span.start <= at < span.end for span in spans))


FOUND = """20190512|2019-05-12|2019/5/12|12.05.2019|12. 5. 2019|12/05/19|05-12-2019|12May2019|12-MAY-19|May 12, 2019|12th of May 2019|12. Mai 2019|3 de mayo de 2010
1er août 1999|7 giugno 1988|23 września 2004|5. července 2015|14 Mart 2011|2 de setembro de 1990|9. toukokuuta 1977|11 maj 2003|22 februari 2009|3. desember 2001
2019年5月12日|2019-05-12T10:11:12|20190512101112|12.05.2019 14:30|05/2019|2019-05|mai 2001|14:22:11|12 мая 2019
92yo|92 y/o|M092Y|092Y|F95|95M|94-jährig|94 Jahre|91 ans|93 años|97 lat|age 91|Alter: 95|aged 101 years
+49 30 1234567|(408) 771-2010|408-771-2010|408 771 2010|030/1234567|01 23 45 67 89|tel. 123456|555-1234|0170-1234567|+44 20 7946 0958
john.doe@x-ray.org|https://x.org/a?b=1|www.clinic.de|portal.hospital.org|192.168.1.10|fe80::1ff:fe23:4567:890a|00:1B:44:11:3A:B7|550e8400-e29b-41d4-a716-446655440000
123-45-6789|943 476 5919|131052-308T|12345678Z|850730/1234|44051401359|RSSMRA85M01H501Q|756.1234.5678.97|010190-1234|1 85 05 78 006 084 36|111.222.333-96
MRN 123|ID: A-77|acc no. A1234|Fallnr. 4711|PAT123456|S19-12345|12-34567|1234567|AB-12-34567|dossier n° 123
12 Mill Road|12 Old Mill Lane Apt 3|Hauptstraße 12a|Lange Gasse 7|rue de la Paix 12|12 rue Tournesol|Calle Mayor 3|Via Roma 10|ul. Długa 5/7|Kerkstraat 12|Storgatan 5|Mannerheimintie 5
PO Box 123|Postfach 1234|IL 62704|SW1A 1AA|K1A 0B1|00-950|8001-970|D-10115|52.5200, 13.4050|40°26'46"N 79°58'56"W|B-MW 1234|AB12 CDE|plate ABC 123""".replace("\n", "|").split("|")  # fmt: skip  # noqa: E501


@pytest.mark.parametrize("glue", [" ", "_", "; "])
@pytest.mark.parametrize("text", FOUND)
def test_an_identifier_is_found_between_all_separators(text: str, glue: str) -> None:
    after = " " if "@" in text or "://" in text or "www." in text else glue  # an underscore may belong to those
    before = " " if "@" in text else glue
    rest = left(f"axial{before}{text}{after}knee")
    assert not any(letter.isdigit() for letter in rest)
    assert rest.startswith("axial")
    assert rest.endswith("knee")


TECHNICAL = """T1|T2|3mm|5x5x3|1.25|b1000|L4-L5|C1/2|120kV|2/3|phase 30-40 %|B31f|Br40d|TR 5000 TE 90|0.75 1.25 3.00|512 x 512|FA 150|F18-FDG|60min|3 plane|2 point dixon|64 slice
512 512 30|P101|I0|S1|1.5T|3D|2D|4D|100 ml|35 s|0.5mm|t2_tse_tra_p2_320|80-120 kV|SUB 1|set 3|f 100|120 keV|95 %|1.2.3|C3-C7|12 leads|10 min delay|8 ch head coil|via 2""".replace("\n", "|").split("|")  # fmt: skip  # noqa: E501


@pytest.mark.parametrize("text", TECHNICAL)
def test_technical_numbers_are_left_alone(text: str) -> None:
    assert left(text) == text


def test_a_uid_is_mapped_unless_it_stays_the_same() -> None:
    spans = find_formats("a 1.2.826.0.1.3680043.8.498.7 b", uid_of=lambda _uid: "2.25.1")
    assert [(span.kind, span.replacement) for span in spans] == [("uid", "2.25.1")]
    assert find_formats("1.2.840.10008.1.2.1", uid_of=lambda uid: uid) == []


def test_an_age_over_89_is_replaced_by_what_it_may_say() -> None:
    spans = find_formats("94 years", uid_of=str)
    assert [span.replacement for span in spans] == ["90+"]
    assert find_formats("89 years 45yo M045Y", uid_of=str) == []


def test_digits_of_other_scripts_are_digits() -> None:
    assert left("x ١٢٣٤٥٦٧ y") == "x  y"

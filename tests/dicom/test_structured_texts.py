"""Narratives in several languages and character sets: the person goes in every script, the numbers stay."""

from __future__ import annotations

import pytest

from dicom.report_kinds import basic_diagnostic
from dicom.reports import CLEAN, COMPREHENSIVE, CONTAINS, content, encoded, items, read, released, report

CODECS = ("utf-8", "gb18030", "iso2022_jp", "euc_kr")
NARRATIVES = {
    "de": (
        "ISO_IR 100",
        "Müller^Jörg",
        "Röntgen des Thorax: Kein Pneumothorax. Herr Müller wurde am 11. März 2024 untersucht. 12 mm Rundherd.",
    ),
    "fr": (
        "ISO_IR 100",
        "Lefèvre^Hélène",
        "Scanner thoracique : nodule de 12 mm du lobe supérieur droit. Madame Lefèvre, née le 4 juillet 1931.",
    ),
    "pl": ("ISO_IR 101", "Żółkiewski^Łukasz", "TK klatki piersiowej: guzek 12 mm. Pan Żółkiewski, ur. 4 lipca 1931."),
    "tr": ("ISO_IR 148", "Çavuşoğlu^Şükrü", "Toraks BT: sağ üst lobda 12 mm nodül. Hasta Çavuşoğlu Şükrü."),
    "ru": ("ISO_IR 144", "Иванов^Пётр", "КТ органов грудной клетки. Пациент Иванов Пётр, очаг 12 mm."),
    "el": ("ISO_IR 126", "Παπαδόπουλος^Γιώργος", "Ο Παπαδόπουλος Γιώργος έχει όζο 12 mm."),
    "ar": ("ISO_IR 127", "قباني^لنزار", "صورة مقطعية للصدر. المريض قباني لنزار 12 mm"),
    "he": ("ISO_IR 138", "שרון^דבורה", "המטופלת שרון דבורה, קשרית 12 mm"),
    "ja": (
        ["", "ISO 2022 IR 87"],
        "Yamada^Tarou=山田^太郎=やまだ^たろう",
        "胸部CT。山田太郎さん、結節 12 mm。",
    ),
    "ko": (["", "ISO 2022 IR 149"], "Hong^Gildong=洪^吉洞=홍^길동", "흉부 CT. 환자 홍길동, 우상엽 12 mm 결절."),
    "zh": ("GB18030", "Wang^XiaoDong=王^小东", "胸部CT:患者王小东,右上肺 12 mm 结节。"),
    "utf8": (
        "ISO_IR 192",
        "Nguyễn^Thị=阮^氏=",
        "Chest CT of Nguyễn Thị (阮氏): nodule of 12 mm.",
    ),
}


@pytest.mark.parametrize("name", NARRATIVES)
def test_the_patient_goes_from_a_narrative_in_any_script_and_measures_stay(name):
    character_set, patient, narrative = NARRATIVES[name]
    ds = basic_diagnostic(narrative, character_set)
    ds.PatientName = patient
    data = released(encoded(ds)).data
    after = read(data)
    texts = " ".join(item.value for item in items(after))
    parts = [part for group in patient.split("=") for part in group.split("^") if part]
    assert [part for part in parts if part in texts] == []
    encodings = [part.encode(codec, "ignore") for part in parts for codec in CODECS]
    assert [raw for raw in encodings if len(raw) > 3 and raw in data] == []
    assert after.SpecificCharacterSet == ds.SpecificCharacterSet
    conclusion = [item.value for item in items(after) if item.concept[0] == "121077"]
    assert name in ("ar", "he", "ru", "el", "ja") or "12 mm" in conclusion[0]


def test_a_narrative_that_cannot_be_decoded_becomes_a_dummy() -> None:
    ds = report(COMPREHENSIVE, "126000 DCM Report", content(CONTAINS, "TEXT", "121077 DCM Conclusion", "X" * 40))
    data = encoded(ds).replace(b"X" * 40, b"Zzneedlename \xff\xfe" + b"X" * 25)
    after = released(data).data
    assert [item.value for item in items(read(after))] == ["REMOVED"]
    assert b"Zzneedlename" not in after


@pytest.mark.parametrize(
    ("mode", "expected"), [("balanced", "Liver normal,"), ("strict", "REMOVED"), ("remove", "REMOVED")]
)
def test_the_mode_of_the_policy_holds_for_narratives(mode, expected):
    ds = report(COMPREHENSIVE, "126000 DCM Report", content(CONTAINS, "TEXT", "121077 DCM X", "Liver normal, Qqperson"))
    assert items(read(released(ds, CLEAN, f"text.mode={mode}").data))[0].value.rstrip(" ,") == expected.rstrip(" ,")


def test_long_narratives_keep_their_lines() -> None:
    text = "Liver: normal.\r\n\r\nSpleen: normal.\r\nSeen by Dr. Qqperson.\r\n" * 40
    ds = report(COMPREHENSIVE, "126000 DCM Report", content(CONTAINS, "TEXT", "121077 DCM X", text))
    value = items(read(released(ds).data))[0].value
    assert value.count("Spleen: normal.") == 40
    assert value.count("\r\n\r\n") == 40
    assert "Qqperson" not in value

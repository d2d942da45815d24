from __future__ import annotations

import base64

import pytest

from deidra.errors import Held, Rejected

from .subject import PSEUDONYM, TERMS, clean, found_in, markers, new_uid

M = markers(60)
STUDY = "1.2.826.0.1.3680043.8.498.11223344556677"
PDFLESS = base64.b64encode(b"Report by Quackenbush. Normal.").decode()
ORU = "\r".join(
    [
        rf"MSH|^~\&|{M[0]}|{M[1]}|{M[2]}|{M[3]}|20240229120000||ORU^R01^ORU_R01|{M[4]}|P|2.5.1",
        f"EVN|R01|20240229120000|||{M[5]}^Op^Er",
        f"PID|1|{M[6]}|MRN-4711-0815^^^{M[7]}&1.9.8.7.6&ISO^MR|{M[8]}|{M[9]}^{M[10]}|{M[11]}|19310203|F||2106-3^White^CDCREC"
        f"|{M[12]}^^{M[13]}||{M[14]}|||M||{M[15]}|{M[16]}",
        f"NK1|1|{M[17]}^{M[18]}|SPO|{M[19]}",
        f"PV1|1|I|{M[20]}^{M[21]}||||{M[22]}^{M[23]}|||RAD||||||||||{M[24]}^^^{M[25]}|||||||||||||||||||||||||20240228",
        f"GT1|1||{M[26]}^X",
        f"IN1|1|{M[27]}|{M[28]}|{M[29]}||||||||||||{M[30]}|||||||||||||||||||||{M[31]}",
        f"ORC|RE|{M[32]}^{M[33]}|{M[34]}|||||||{M[35]}|||{M[36]}",
        f"OBR|1|{M[32]}|{M[34]}|24627-2^CT Chest^LN^{M[37]} Vandersloot^for Quackenbush^L|||20240229113000||||||"
        f"by Wilhelmina|||{M[38]}^{M[39]}"
        f"||{M[40]}|{M[41]}|{M[42]}|{M[43]}|20240229||RAD|F|||||||{M[44]}&{M[45]}^x",
        r"OBX|1|TX|18782-3^Findings^LN||Liver \T\ spleen normal, seen by Vander\.br\sloot"
        r" and Quackenbush\.br\Second line",
        "OBX|2|NM|246120007^Nodule size^SCT||12.50|mm^millimeter^UCUM|||||F|||20240229",
        f"OBX|3|XPN|1^x^L||{M[46]}^{M[47]}",
        f"OBX|4|ED|PDF^Report^L||{M[48]}^TEXT^PLAIN^Base64^{PDFLESS}",
        "OBX|5|TX|18782-3^Findings^LN||Patient known as Wilhelmina",
        "OBX|6|TX|18782-3^Findings^LN||Vandersloot has no nodules",
        f"OBX|7|{M[49][:3].upper()}|1^x^L||{M[50]}",
        "NTE|1||Call +31 20 123 4567 about Zumwalt Clinic",
        f"IPC|{M[51]}|RP1^x|{STUDY}|SPS1^x",
        f"ZPD|1|{M[52]}|Vandersloot",
        "",
    ]
)


def cleaned_lines() -> list[list[str]]:
    text = clean(ORU.encode(), "application/hl7-v2").data.decode()
    return [line.split("|") for line in text.split("\r") if line]


def segment(name: str, number: int = 0) -> list[str]:
    return [line for line in cleaned_lines() if line[0] == name][number]


def test_no_needle_of_any_field_is_left() -> None:
    planted = [mark for mark in M if mark in ORU]
    assert len(planted) >= 50
    cleaned = clean(ORU.encode(), "application/hl7-v2")
    needles = (*planted, *TERMS, "19310203", "20240229", "1.9.8.7.6", STUDY, "123 4567")
    assert found_in(cleaned.data, needles) == []
    assert found_in(repr(cleaned.edits).encode(), needles) == []


def test_segments_of_relatives_guarantors_insurers_and_vendors_go() -> None:
    assert [line[0] for line in cleaned_lines()] == [
        "MSH", "EVN", "PID", "PV1", "ORC", "OBR", *["OBX"] * 7, "NTE", "IPC",
    ]  # fmt: skip


def test_codes_numbers_and_findings_stay() -> None:
    assert segment("OBX", 1)[3:7] == ["246120007^Nodule size^SCT", "", "12.50", "mm^millimeter^UCUM"]
    assert segment("OBR")[4] == "24627-2^CT Chest^LN^^for ^L"
    assert segment("OBX", 0)[5].startswith(r"Liver \T\ spleen normal, seen by")
    assert segment("OBX", 0)[5].endswith(r"\.br\Second line")
    assert segment("OBX", 5)[5] == " has no nodules"
    assert segment("PID")[8] == "F"
    assert segment("MSH")[8:9] == ["ORU^R01^ORU_R01"]


def test_the_patient_becomes_the_pseudonym_and_uids_map_as_elsewhere() -> None:
    assert segment("PID")[3] == PSEUDONYM
    assert segment("IPC")[3] == new_uid(STUDY)


def test_dates_move_together_and_orders_stay_linked() -> None:
    assert segment("MSH")[6] == "20231121120000"
    assert segment("OBR")[7] == "20231121113000"
    assert segment("ORC")[2] == segment("OBR")[2] != ""
    assert segment("PID")[7] == ""


def test_a_document_inside_is_cleaned_as_what_it_is() -> None:
    assert base64.b64decode(segment("OBX", 3)[5].split("^")[4]) == b"Report by . Normal."


def test_other_encoding_characters_are_honoured() -> None:
    odd = ORU.replace("|", "!").replace("^", "*").replace("~", "%").replace("&", "$").encode()
    cleaned = clean(odd, "application/hl7-v2").data.decode()
    assert cleaned.startswith("MSH!*%\\$!")
    assert f"!{PSEUDONYM}!" in cleaned
    assert found_in(cleaned.encode(), (*M, *TERMS)) == []


def test_a_declared_character_set_is_read_and_utf_8_written() -> None:
    message = "MSH|^~\\&|A|B|||20240229||ORU^R01|1|P|2.5.1||||||8859/1\rOBX|1|TX|1^x^L||Größe normal\r"
    cleaned = clean(message.encode("latin-1"), "application/hl7-v2").data
    assert "Größe normal".encode() in cleaned
    assert b"|UNICODE UTF-8" in cleaned


def test_escapes_do_not_hide_words() -> None:
    hidden = "MSH|^~\\&|A|B|||20240229||ORU^R01|1|P|2.5.1\rOBX|1|TX|1^x^L||Seen: "
    hidden += "\\X57\\ilhel\\X6D696E61\\ \\H\\Quacken\\N\\bush\r"
    assert clean(hidden.encode(), "application/hl7-v2").data.endswith(b"||Seen:  \r")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PID|1|2|3", "document-mismatch"),
        (b"MSH|", "document-damaged"),
        (b"MSH|^^^^|x|y|z", "document-damaged"),
        (b"MSHa^~|b|c|d", "document-mismatch"),
        (b"", "document-empty"),
        ("MSH|^~\\&|A|B|||2024||ORU|1|P|2.5\rOBX|1|TX|||Größe\r".encode("latin-1"), "text-undecodable"),
        (b"MSH|^~\\&|A|B|||2024||ORU|1|P|2.5||||||ISO IR87\r", "text-undecodable"),
        (b"MSH|^~\\&|A|B|||2024||ORU|1|P|2.5\rOBX|1|TX|||\\C2842\\x\r", "text-undecodable"),
        (b"MSH|^~\\&|A|B|||2024||ORU|1|P|2.5\rPID|||1^^^A\rPID|||2^^^A\r", "several-subjects"),
        (b"MSH|^~\\&|A|B|||2024||ORU|1|P|2.5\rOBX|1|ED|||^TEXT^PDF^Base64^%%%\r", "document-damaged"),
    ],
)
def test_bad_messages_are_refused_with_the_reason(data: bytes, code: str) -> None:
    with pytest.raises((Held, Rejected)) as refused:
        clean(data, "application/hl7-v2")
    assert refused.value.code == code

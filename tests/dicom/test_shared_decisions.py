"""What one element or object taught never decides about another that is not the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from dicom.by_hand import ct_file, element, item, sequence
from dicom.release import release

ANATOMIC_REGION = 0x00082218


def coded(value: str, scheme: str) -> bytes:
    meaning = element(0x00080104, "LO", "Head")
    return item(element(0x00080100, "SH", value) + element(0x00080102, "SH", scheme) + meaning)


def test_a_local_code_is_not_taken_for_a_public_one_whose_value_and_scheme_spell_the_same(tmp_path: Path) -> None:
    # "T1" of SRT and "T1SR" of T: the same letters when written in a row
    both = sequence(ANATOMIC_REGION, [coded("T1", "SRT"), coded("T1SR", "T")])
    ((outcome, released),) = release(
        tmp_path, ct_file(more={ANATOMIC_REGION: both}), settings=("options=-clean-descriptors",)
    )
    assert outcome.status == "released"
    assert element(0x00080100, "SH", "T1") in released
    assert element(0x00080100, "SH", "T1SR") not in released


@pytest.mark.parametrize("screens", [[3], [2, 4]])
def test_a_saved_screen_is_held_also_when_the_series_has_a_template(screens: list[int], tmp_path: Path) -> None:
    def image(number: int) -> bytes:
        third = "SCREEN SAVE" if number in screens else ("AXIAL", "LOCALIZER")[number % 2]
        kind = ("CS", f"ORIGINAL\\PRIMARY\\{third}".encode())
        uid = ("UI", f"1.2.826.0.1.3680043.10.9137.{number}1".encode())
        return ct_file({0x00080008: kind, 0x00080018: uid})

    outcomes = [
        outcome.status
        for outcome, _ in release(tmp_path, *map(image, range(6)), settings=["pixels.unexamined=hold"])
    ]
    assert [number for number, status in enumerate(outcomes) if status == "held"] == screens


def test_a_doubtful_instance_uid_is_held_for_the_same_reason_with_and_without_a_template(tmp_path: Path) -> None:
    def image(uid: str) -> bytes:
        return ct_file({0x00080018: ("UI", uid.encode())})

    root = "1.2.826.0.1.3680043.10.9137"
    series = [image(f"{root}.{number}1") for number in range(3)] + [image(f"{root}.91\\{root}.92")]
    outcome, _ = release(tmp_path, *series)[3]
    assert [(reason.code, reason.locator) for reason in outcome.reasons] == [("uid-invalid", "dcm:(0008,0018)")]

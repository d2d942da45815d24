"""What is broken in a release, and nothing else, is said, with the exit code of its kind."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from verify.clinic import reference
from verify.damage import change, codes, found, look, released

Copy = Callable[[], Path]


def test_a_clean_release_is_clean_by_its_ledger_and_beside_its_sources(copy: Copy) -> None:
    folder = copy()
    for source in (False, True):
        summary = look(folder, source=source, with_validators=source)
        assert (summary.exit_code, found(folder, "leak", "suspect", "error", "unclear", "unread")) == (0, [])


def removed(keyword: str) -> Callable[[Dataset], object]:
    return lambda ds: delattr(ds, keyword)


def put(keyword: str, value: object) -> Callable[[Dataset], object]:
    return lambda ds: setattr(ds, keyword, value)


def moved(ds: Dataset) -> None:
    ds.ContentDate = str(int(ds.StudyDate[:4]) - 3) + ds.StudyDate[4:]


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (removed("SOPInstanceUID"), "type-1-lost"),
        (put("ImageOrientationPatient", None), "type-1-lost"),
        (removed("SeriesNumber"), "type-2-lost"),
        (removed("PixelData"), "pixels-removed"),
        (put("StudyInstanceUID", "2.25.77"), "series-of-two-studies"),
        (put("PatientID", "SOMEBODY"), "study-of-two-patients"),
        (put("PatientSex", "M"), "patient-of-two-sexes"),
        (put("StudyDate", "19991231"), "study-of-two-days"),
        (put("Modality", "MR"), "series-of-two-modalities"),
        (put("FrameOfReferenceUID", "2.25.78"), "uid-map-not-one-to-one"),
        (put("ReferencedImageSequence", [reference("2.25.80")]), "reference-broken"),
        (moved, "shift-differs"),
    ],
)
def test_what_was_whole_and_is_broken_ends_in_5(copy: Copy, edit: Callable[[Dataset], object], code: str) -> None:
    folder = copy()
    change(released(folder)[1], edit)
    summary = look(folder, source=True)
    assert code in codes(folder, "error")
    assert (summary.exit_code, codes(folder, "leak", "suspect")) == (5, set())


def test_an_instance_released_twice_ends_in_5(copy: Copy) -> None:
    folder = copy()
    first, second, *_ = released(folder)
    shutil.copy(first, second)
    assert look(folder, source=True, workspace=None).exit_code == 5
    assert "instance-twice" in codes(folder, "error")


def test_a_new_error_of_the_validator_ends_in_5(copy: Copy) -> None:
    if not shutil.which("dciodvfy"):
        pytest.skip("dciodvfy is not installed")
    folder = copy()
    change(released(folder)[0], put("PhotometricInterpretation", "NONSENSE"))
    summary = look(folder, source=True, with_validators=True)
    assert (summary.exit_code, "validator-error" in codes(folder, "error")) == (5, True)


def test_two_patients_under_one_pseudonym_end_in_5(copy: Copy) -> None:
    folder = copy()
    first, *rest = released(folder)
    pseudonym = first.parents[2].name
    other = next(path for path in rest if path.parents[2].name != pseudonym)
    change(other, lambda ds: setattr(ds, "PatientID", pseudonym))
    assert look(folder, source=True).exit_code == 5
    assert "id-of-two-subjects" in codes(folder, "error")


def a_year_later(ds: Dataset) -> None:
    for element in ds.iterall():
        if element.VR == "DA":
            element.value = f"{int(element.value[:4]) + 1}{element.value[4:]}"


def test_a_file_meta_of_another_instance_ends_in_5(copy: Copy) -> None:
    folder = copy()
    path = released(folder)[1]
    data = bytearray(path.read_bytes())
    at = data.index(b"\x02\x00\x03\x00UI")
    data[at + 12] = ord("7") if data[at + 12] != ord("7") else ord("8")
    path.write_bytes(data)
    assert (look(folder).exit_code, codes(folder, "error")) == (5, {"meta-of-another"})


def test_intervals_that_were_kept_by_shifting_all_subjects_alike_are_suspicious(copy: Copy) -> None:
    folder = copy()
    shutil.rmtree(folder / "out")
    shutil.copytree(folder / "in", folder / "out")
    for path in (folder / "out").rglob("*.dcm"):
        change(path, a_year_later)
    look(folder, source=True, workspace=None)
    assert "one-shift-for-all" in codes(folder, "suspect")


@pytest.mark.parametrize(
    ("damage", "code", "exit_code"),
    [
        (lambda path: path.unlink(), "missing", 3),
        (lambda path: path.with_name("readme.txt").write_text("hello"), "foreign", 3),
        (lambda path: path.with_name("0.dcm").write_bytes(path.read_bytes()), "foreign", 5),  # the same instance again
        (lambda path: path.write_bytes(path.read_bytes() + b"more than there was"), "size-differs", 3),
        (lambda path: os.mkfifo(path.with_name("pipe")), "no-file", 3),
        (lambda path: path.with_name("link").symlink_to("/etc/hostname"), "no-file", 3),
        (lambda path: path.with_name("loop").symlink_to(path.parent), "no-file", 3),
        (lambda path: path.write_bytes(b""), "empty-file", 3),
        (lambda path: path.write_bytes(path.read_bytes()[:-300]), "truncated", 3),
    ],
)
def test_what_is_missing_foreign_or_cut_ends_in_3(
    copy: Copy, damage: Callable[[Path], object], code: str, exit_code: int
) -> None:
    folder = copy()
    damage(released(folder)[1])
    assert look(folder).exit_code == exit_code
    assert code in codes(folder, "unclear", "unread")


@pytest.mark.parametrize("data", [b"", b"\0" * 128 + b"DICM", b"\0" * 128 + b"DICM\x02\0\0\0UL\x04\0\xff\xff\0\0"])
def test_what_cannot_be_read_ends_in_1_where_no_ledger_tells_more(copy: Copy, data: bytes) -> None:
    folder = copy()
    shutil.rmtree(folder / "out.deidra")
    released(folder)[1].write_bytes(data)
    assert look(folder).exit_code == 1
    assert len(found(folder, "unread")) == 1


def test_cut_anywhere_no_file_brings_the_verification_down(copy: Copy) -> None:
    folder = copy()
    path = released(folder)[0]
    data = path.read_bytes()
    shutil.rmtree(folder / "out")
    (folder / "out").mkdir()
    for length in range(0, len(data), 61):
        (folder / "out" / f"{length}.dcm").write_bytes(data[:length])
    summary = look(folder, workspace=None, source=True)
    assert summary.exit_code in (1, 3, 5)
    assert "internal-error" not in codes(folder, "unclear")


def test_bytes_turned_at_random_bring_no_verification_down(copy: Copy) -> None:
    import random

    folder, chance = copy(), random.Random(5)
    data = released(folder)[0].read_bytes()
    for number in range(60):
        turned = bytearray(data)
        for _ in range(chance.randint(1, 12)):
            turned[chance.randrange(132, 1500)] = chance.randrange(256)
        (folder / "out" / f"turned{number}.dcm").write_bytes(turned)
    look(folder, source=True)
    assert "internal-error" not in codes(folder, "unclear")


def test_where_nobody_says_which_options_were_applied_a_description_is_a_note(copy: Copy) -> None:
    folder = copy()
    for made in ("out", "out.deidra"):
        shutil.rmtree(folder / made)
    shutil.copytree(folder / "in", folder / "out")
    described = {"check": "unchanged-values", "locator": "dcm:(0008,1030)"}
    for options, severity in (((), "note"), (("modified-dates",), "suspect")):
        assert look(folder, source=True, options=options).exit_code == 4  # the names are still there
        assert any(described.items() <= entry.items() for entry in found(folder, severity))

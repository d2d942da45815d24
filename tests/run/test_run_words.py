"""What a collection's texts become: cleaned by what is known anywhere, by words that many share, listed for review."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

import deidra
from dicom.hard_objects import image, item
from dicom.release import WITHOUT_PIXELS

if TYPE_CHECKING:
    from collections.abc import Iterable


def written(folder: Path, objects: Iterable[Dataset]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number, ds in enumerate(objects):
        ds.save_as(folder / f"{number}.dcm", enforce_file_format=True)
    return folder


def one(number: int, patient: str = "1", **attributes: object) -> Dataset:
    """An image of its own series."""
    ds = image(PatientID=f"PAT-{patient}", PatientName=f"Quuxfamily{patient}^Zzgiven", **attributes)
    ds.StudyInstanceUID = f"1.2.3.{patient}"
    ds.SeriesInstanceUID = f"1.2.3.{patient}.{number}"
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{patient}.{number}.1"
    return ds


def released(out: Path) -> list[Dataset]:
    return [dcmread(path) for path in sorted(out.rglob("*.dcm"))]


def texts(workspace: Path) -> list[dict[str, str]]:
    with (workspace / "retained-text.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_name_that_one_object_hides_in_a_sequence_goes_from_the_texts_of_all_others(tmp_path: Path) -> None:
    hides = one(1)
    order = item(RequestingPhysician="Chestnut^Rowan", AccessionNumber="ACC-90817263")
    hides.RequestAttributesSequence = Sequence([order])
    others = [
        one(2, SeriesDescription="Chest for Chestnut, axial"),
        one(3, StudyDescription="Abdomen 90817263 routine"),
        one(4, patient="2", SeriesDescription="Chestnut axial"),
    ]
    deidra.run([written(tmp_path / "in", [hides, *others])], tmp_path / "out", jobs=1, settings=WITHOUT_PIXELS)
    series = {ds.get("SeriesDescription", ds.get("StudyDescription")) for ds in released(tmp_path / "out")}
    assert "Chest for, axial" in series
    assert "Abdomen routine" in series
    assert not any("90817263" in text["text"] or "Chestnut" in text["text"] for text in texts(tmp_path / "out.deidra"))


@pytest.mark.parametrize(("subjects", "sites", "stays"), [(4, 2, True), (4, 1, False), (2, 2, False)])
def test_an_unknown_word_stays_when_enough_subjects_at_two_sites_share_it(
    subjects: int, sites: int, stays: bool, tmp_path: Path
) -> None:
    objects = [
        one(1, patient=str(number), SeriesDescription="FROBNIXQ axial", InstitutionName=f"Site {number % sites}")
        for number in range(subjects)
    ]
    deidra.run(
        [written(tmp_path / "in", objects)], tmp_path / "out", jobs=1, settings=[*WITHOUT_PIXELS, "text.shared_words=3"]
    )
    assert {ds.SeriesDescription for ds in released(tmp_path / "out")} == {"FROBNIXQ axial" if stays else "axial"}


def test_a_name_that_many_share_is_never_learnt(tmp_path: Path) -> None:
    objects = [
        one(1, patient=str(number), OperatorsName="Frobnixq^Anna", SeriesDescription="FROBNIXQ axial",
            InstitutionName=f"Site {number % 2}")
        for number in range(6)
    ]  # fmt: skip
    settings = [*WITHOUT_PIXELS, "text.shared_words=3"]
    deidra.run([written(tmp_path / "in", objects)], tmp_path / "out", jobs=1, settings=settings)
    assert {ds.SeriesDescription for ds in released(tmp_path / "out")} == {"axial"}


def test_every_distinct_text_that_stays_is_listed_once_with_what_happened_to_it(tmp_path: Path) -> None:
    objects = [
        one(1, SeriesDescription="Chest routine", Manufacturer="ACME"),
        one(2, SeriesDescription="Chest routine", Manufacturer="ACME"),
        one(3, SeriesDescription="Chest axial Xylowitz", Manufacturer="ACME"),
    ]
    summary = deidra.run([written(tmp_path / "in", objects)], tmp_path / "out", jobs=2, settings=WITHOUT_PIXELS)
    rows = {(row["attribute"], row["text"]): row for row in texts(summary.workspace)}
    assert len(rows) == len(texts(summary.workspace))
    clean = rows["(0008,103E)", "Chest routine"]
    assert (clean["why"], clean["series"], clean["name"]) == ("clean", "2", "Series Description")
    assert rows["(0008,103E)", "Chest axial"]["why"] == "cleaned"
    assert (rows["(0008,0070)", "ACME"]["why"], rows["(0008,0070)", "ACME"]["series"]) == ("kept", "3")
    assert (summary.workspace / "retained-text.csv").stat().st_mode & 0o077 == 0
    assert "Xylowitz" not in (summary.workspace / "retained-text.csv").read_text("utf-8")
    assert '"retained_texts":' in summary.report.read_text("utf-8")
    assert "Chest routine" not in summary.report.read_text("utf-8")


@pytest.mark.parametrize(("mode", "expected"), [("balanced", "Chest axial"), ("strict", None), ("remove", None)])
def test_the_mode_of_the_policy_decides_about_texts_with_unknown_words(
    mode: str, expected: str | None, tmp_path: Path
) -> None:
    described = one(1, SeriesDescription="Chest axial Xylowitz", StudyDescription="Chest routine")
    source = written(tmp_path / "in", [described])
    deidra.run([source], tmp_path / "out", jobs=1, settings=[*WITHOUT_PIXELS, f"text.mode={mode}"])
    (ds,) = released(tmp_path / "out")
    assert ds.get("SeriesDescription") == expected
    assert ds.get("StudyDescription") == (None if mode == "remove" else "Chest routine")


def test_texts_are_written_back_in_the_character_set_of_the_object(tmp_path: Path) -> None:
    japanese = one(1, SpecificCharacterSet=["", "ISO 2022 IR 87"])
    japanese.PatientName = "Yamada^Tarou=山田^太郎"
    japanese.SeriesDescription = "頭部 山田 CT"
    german = one(2, SpecificCharacterSet="ISO_IR 100", SeriesDescription="Schädel für Müller-Xylowitz, übersicht")
    deidra.run([written(tmp_path / "in", [japanese, german])], tmp_path / "out", jobs=1, settings=WITHOUT_PIXELS)
    found = {ds.SeriesDescription for ds in released(tmp_path / "out")}
    assert not any("山田" in text or "ller" in text for text in found)
    assert any("Schädel" in text for text in found)

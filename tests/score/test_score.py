"""The scorer on outputs whose score is known beforehand."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from deidra.errors import UsageError
from deidra.score.corpus import score_output
from deidra.score.intervals import clopper_pearson
from deidra.score.score import score
from score.reference import new_uid, read, remove_everything, write

if TYPE_CHECKING:
    from pathlib import Path

    from score.conftest import Corpus


def test_an_identical_copy_leaks_everything_and_keeps_everything(corpus: Corpus) -> None:
    found = score_output(corpus.folder, corpus.key_file)
    assert found.leak.rate == found.known_leak.rate == found.utility.rate == 1.0
    assert found.baselines["identity-copy"].leak == found.leak
    assert found.baselines["identity-copy"].utility == found.utility
    assert found.unscored == 0
    assert found.checks == len(corpus.key.truths)


def test_the_reference_answer_leaks_nothing_and_loses_nothing(corpus: Corpus, answer: Path) -> None:
    found = score(answer, corpus.key)
    assert found.leak_places == {}
    assert found.leak.count == found.known_leak.count == found.unscored == 0
    assert found.utility.rate == 1.0
    assert found.structure.intervals.rate == found.structure.references.rate == found.structure.bijectivity.rate == 1.0
    assert found.objects == {"planted": 26, "released": 26, "missing": 0, "foreign": 0, "no_dicom": 0}


def test_a_tool_that_removes_everything_leaks_nothing_and_is_of_no_use(corpus: Corpus, tmp_path: Path) -> None:
    remove_everything(corpus.folder, corpus.key, tmp_path)
    found = score(tmp_path, corpus.key, {o.instance: new_uid(o.instance) for o in corpus.key.objects})
    assert found.leak.count == 0
    assert found.leak.total == found.baselines["remove-everything"].leak.total
    assert found.utility.rate < 0.15
    assert found.structure.intervals.count == 0


def test_every_rate_is_bounded_and_sums_over_its_groups(corpus: Corpus, answer: Path) -> None:
    found = score(answer, corpus.key)
    for groups in (found.carriers, found.kinds, found.hardness):
        for name in ("leak", "known_leak", "utility"):
            assert sum(getattr(rates, name).total for rates in groups.values()) == getattr(found, name).total
        for rates in groups.values():
            for rate in (rates.leak, rates.known_leak, rates.utility):
                assert rate.ci_low <= rate.rate <= rate.ci_high
                assert (rate.ci_low, rate.ci_high) == clopper_pearson(rate.count, rate.total)


def test_withheld_objects_are_lost_but_do_not_lower_the_leak_rate(corpus: Corpus, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(corpus.folder, out)
    for planted in corpus.key.objects[:13]:
        (out / planted.file).unlink()
    found = score(out, corpus.key)
    assert found.leak.rate == 1.0
    assert found.utility.rate < 0.8
    assert found.objects["missing"] == 13
    assert found.unscored == found.unscored_why["the object is not in the output"] > 0
    assert found.checks + found.unscored == len(corpus.key.truths)


def test_an_empty_output_scores_no_use(corpus: Corpus, tmp_path: Path) -> None:
    found = score(tmp_path, corpus.key)
    assert found.leak.total == found.utility.count == 0
    assert found.objects["missing"] == 26


def test_the_name_of_a_patient_in_a_foreign_object_is_a_leak(corpus: Corpus, answer: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(answer, out)
    ds = read(next(iter(sorted(out.glob("*.dcm")))))
    name = next(t.surface for t in corpus.key.truths if t.locator == "dcm:(0010,0010)")
    ds.SOPInstanceUID, ds.PatientComments = "2.25.77", f"see also {name}"
    ds.pop("PixelData", None)
    write(ds, out / "stranger.dcm")
    found = score(out, corpus.key)
    assert found.leak.count == 1
    assert found.objects["foreign"] == 1
    assert next(iter(found.leak_places)).startswith("another object")


def test_files_that_are_no_objects_are_counted_and_searched(corpus: Corpus, answer: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(answer, out)
    name = next(t.surface for t in corpus.key.truths if t.locator == "dcm:(0010,0010)")
    (out / "notes.txt").write_text(f"exported for {name}\n", "utf-8")
    (out / "damaged.dcm").write_bytes(b"\0" * 128 + b"DICM" + b"\xff" * 50)
    found = score(out, corpus.key)
    assert found.objects["no_dicom"] == 2
    assert found.leak.count == 1


def test_a_damaged_object_is_missing_not_clean(corpus: Corpus, answer: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(answer, out)
    victim = max(out.glob("*.dcm"), key=lambda path: path.stat().st_size)
    victim.write_bytes(victim.read_bytes()[:200])
    found = score(out, corpus.key)
    assert found.objects["missing"] == 1
    assert found.utility.count < found.utility.total


def test_a_key_of_another_corpus_is_refused(corpus: Corpus, tmp_path: Path) -> None:
    ds = read(corpus.folder / corpus.key.objects[0].file)
    for number in range(3):
        ds.SOPInstanceUID, ds.StudyInstanceUID, ds.SeriesInstanceUID = f"2.25.{number}", "2.25.8", "2.25.9"
        ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.481.9"
        ds.pop("PixelData", None)
        write(ds, tmp_path / f"{number}.dcm")
    with pytest.raises(UsageError) as refused:
        score(tmp_path, corpus.key)
    assert refused.value.code == "key-mismatch"


@pytest.mark.parametrize("content", [b"", b"no DICOM at all"])
def test_an_output_without_objects_is_refused(corpus: Corpus, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(UsageError) as refused:
        score(tmp_path, corpus.key)
    assert refused.value.code == "key-mismatch"


def test_a_missing_output_is_refused(corpus: Corpus, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        score(tmp_path / "nowhere", corpus.key)
    assert refused.value.code == "output-missing"


def test_outputs_are_recognised_without_names_and_uids(corpus: Corpus, answer: Path) -> None:
    blind = score(answer, corpus.key)
    told = score(answer, corpus.key, {o.instance: new_uid(o.instance) for o in corpus.key.objects})
    assert "same-uid" not in blind.matching
    assert set(blind.matching) == {"pixels", "numbers"}
    assert told.matching == {"uid-map": 26}
    assert blind.utility == told.utility

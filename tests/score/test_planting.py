"""What is planted: reproducible, true, of every kind, and in objects that stay valid."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import FileMetaDataset

from conformance.findings import object_verdict
from deidra.errors import UsageError
from deidra.score.corpus import plant_corpus
from deidra.score.judge import value_text
from deidra.score.key import read_key
from deidra.score.locate import at, found, parsed
from deidra.score.planting.persona import persona, phrases
from deidra.score.synthetic.collection import OBJECTS_PER_SUBJECT, clean_objects
from deidra.score.unpack import read_dataset
from peers import peer

if TYPE_CHECKING:
    from score.conftest import Corpus


def _plant(root: Path, *, seed: int = 3, half: str = "tune", sources: tuple[Path, ...] = ()) -> dict[str, bytes]:
    plant_corpus(sources, root / "in", root / "key", seed=seed, half=half, format_="deidra", subjects=1)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_the_same_seed_gives_the_same_bytes(corpus: Corpus, tmp_path: Path) -> None:
    again = _plant(tmp_path / "again")
    assert again["key"] == corpus.key_file.read_bytes()
    for planted in corpus.key.objects:
        assert again[f"in/{planted.file}"] == (corpus.folder / planted.file).read_bytes()
    other = _plant(tmp_path / "other", seed=4)
    assert other["key"] != again["key"]


def test_the_two_halves_share_no_name_and_no_phrase() -> None:
    tune, held_out = phrases("tune"), phrases("held-out")
    for field in ("words", "findings", "lookalikes", "mixed", "comments", "prefix"):
        assert not set(getattr(tune, field)) & set(getattr(held_out, field)), field
    for field in ("family", "given", "streets", "cities", "institutions", "phone"):
        first = {value for culture in tune.cultures for value in getattr(culture, field)}
        second = {value for culture in held_out.cultures for value in getattr(culture, field)}
        if field == "phone":
            first, second = ({culture.phone for culture in half.cultures} for half in (tune, held_out))
        assert not first & second, field


@pytest.mark.parametrize("half", ["tune", "held-out"])
def test_people_of_many_cultures_write_in_many_character_sets(half: str) -> None:
    people = [persona(number, half, 1, 2) for number in range(13)]  # type: ignore[arg-type]
    sets = {name for person in people for name in person.culture.charset}
    assert {"ISO_IR 100", "ISO_IR 192", "ISO 2022 IR 87", "ISO 2022 IR 149", "GB18030"} <= sets
    assert any(len(person.person.family) > 1 for person in people)
    assert any(person.culture.trap for person in people)
    assert len({person.patient_id for person in people}) == len(people)


def test_a_planted_thing_is_found_at_its_place(corpus: Corpus) -> None:
    checked = 0
    for planted in corpus.key.objects:
        ds = read_dataset((corpus.folder / planted.file).read_bytes())
        assert ds is not None
        for truth in corpus.key.truths:
            if truth.object != planted.id or not at(truth.locator) or truth.glyphs:
                continue
            group = parsed(truth.locator)[0].group
            if group == 0x0002 or (group & 1 and ds.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2"):
                continue  # private elements in implicit encoding have no type
            values = [element.value for element in found(ds, parsed(truth.locator))]
            texts = [value_text(element) for element in found(ds, parsed(truth.locator))]
            texts += [value.decode("utf-16-le", "ignore") for value in values if isinstance(value, bytes)]
            shown = "\\".join(texts)
            assert truth.surface.strip() in shown, (truth.locator, truth.surface, shown)
            checked += 1
    assert checked > 2000


def test_every_kind_and_carrier_is_planted(corpus: Corpus) -> None:
    kinds = {truth.kind for truth in corpus.key.truths}
    assert kinds >= {
        "name", "physician", "id", "accession", "address", "phone", "email", "birth-date", "date", "institution",
        "device", "uid", "word", "sentence", "look-alike", "vendor", "number", "code", "private-number",
        "characteristic", "device-characteristic", "well-known-uid", "pixels", "pixels-outside", "laterality",
    }  # fmt: skip
    assert {truth.must for truth in corpus.key.truths} == {"remove", "keep", "map", "shift"}
    assert len({truth.hardness for truth in corpus.key.truths}) >= 7
    assert len(corpus.key.truths) / len(corpus.key.objects) > 60
    assert len({planted.sop_class for planted in corpus.key.objects}) == 19


def test_no_planted_thing_is_also_something_that_must_stay(corpus: Corpus) -> None:
    from deidra.score.forms import folded, found_in_text, squeezed

    for planted in corpus.key.objects:
        mine = [truth for truth in corpus.key.truths if truth.object == planted.id]
        stays = [truth.surface for truth in mine if truth.must == "keep"]
        words, letters = "\n".join(map(folded, stays)), "\n".join(map(squeezed, stays))
        for truth in mine:
            if truth.must != "keep" and truth.glyphs is None:
                assert not found_in_text(truth, words, letters), truth


@pytest.mark.peer
def test_planting_adds_no_conformance_error(corpus: Corpus, tmp_path: Path) -> None:
    validator = peer("dciodvfy")
    new: Counter[str] = Counter()
    judged = 0
    for ds, planted in zip(clean_objects(1, 3), corpus.key.objects, strict=True):
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
        ds.save_as(tmp_path / "clean.dcm", enforce_file_format=True)
        before = object_verdict(validator, tmp_path / "clean.dcm")
        after = object_verdict(validator, corpus.folder / planted.file)
        if after.gave_up:
            continue
        judged += 1
        assert not [finding for finding in before.findings if finding.severity == "Error"]
        new += Counter(str(f) for f in (after.findings - before.findings) if f.severity == "Error")
    assert not new
    assert judged >= OBJECTS_PER_SUBJECT - 2  # it reads no deflated object, and none with bytes after its end


def test_public_files_are_planted_and_others_left_out(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in ("CT_small.dcm", "MR_small.dcm", "rtplan.dcm", "JPEG2000.dcm", "reportsi.dcm"):
        path = get_testdata_file(name, download=False)
        assert isinstance(path, str)
        (source / name).write_bytes(Path(path).read_bytes())
    (source / "notes.txt").write_text("no DICOM")
    before = {path: path.read_bytes() for path in source.iterdir()}
    _plant(tmp_path / "planted", sources=(source,))
    assert {path: path.read_bytes() for path in source.iterdir()} == before
    key = read_key(tmp_path / "planted" / "key")
    assert len(key.objects) == 5
    assert len(key.truths) > 250
    planted = b"".join(path.read_bytes() for path in (tmp_path / "planted" / "in").rglob("*.dcm"))
    assert not re.search(rb"CompressedSamples|JFK IMAGING", planted)


@pytest.mark.parametrize(
    ("code", "sources", "key"),
    [("source-missing", ["nowhere"], "key"), ("source-empty", ["empty"], "key"), ("key-in-output", [], "in/key")],
)
def test_what_cannot_be_planted_is_refused(tmp_path: Path, code: str, sources: list[str], key: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError) as refused:
        plant_corpus(
            [tmp_path / name for name in sources], tmp_path / "in", tmp_path / key, seed=1, half="tune",
            format_="deidra", subjects=1,
        )  # fmt: skip
    assert refused.value.code == code


def test_a_folder_that_holds_something_is_not_planted_into(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "mine").write_text("precious")
    with pytest.raises(UsageError) as refused:
        _plant(tmp_path)
    assert refused.value.code == "out-not-empty"

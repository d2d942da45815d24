"""The mutation test of the scorer: a perfect output with one thing left in it, in each carrier, is caught."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deidra.score import locate
from deidra.score.planting.pdf import document
from deidra.score.score import score
from score.reference import new_uid, perfect, read, write

if TYPE_CHECKING:
    from pathlib import Path

    from pydicom.dataset import Dataset

    from deidra.score.truth import Key, Truth
    from score.conftest import Corpus

CARRIERS = (
    "standard", "nested", "private", "descriptor", "comment", "report", "graphics", "waveform", "unlisted", "uid",
    "file-meta", "file-name", "preamble", "padding", "trailing", "document", "overlay", "pixels", "coded-pixels",
    "stream",
)  # fmt: skip


def test_every_carrier_of_the_corpus_is_tested(corpus: Corpus) -> None:
    assert {truth.carrier for truth in corpus.key.truths} == set(CARRIERS)


@pytest.mark.parametrize("carrier", CARRIERS)
def test_one_thing_left_in_a_carrier_is_a_leak_there(corpus: Corpus, tmp_path: Path, carrier: str) -> None:
    left = [t for t in corpus.key.truths if t.carrier == carrier and t.must != "keep"]
    if carrier == "overlay":
        left = [t for t in left if t.glyphs is not None]
    truth = left[len(left) // 2]
    key, planted = _of_object(corpus.key, truth)
    _leave(corpus.folder / planted, key, truth, tmp_path)
    found = score(tmp_path, key, {o.instance: new_uid(o.instance) for o in key.objects})
    assert found.carriers[carrier].leak.count >= 1
    clean = tmp_path / "clean"
    ds = read(corpus.folder / planted)
    perfect(ds, list(key.truths), "P")
    write(ds, clean / "0.dcm")
    assert score(clean, key, {o.instance: new_uid(o.instance) for o in key.objects}).leak.count == 0


def _of_object(key: Key, truth: Truth) -> tuple[Key, str]:
    """The key of one object alone."""
    source = next(o for o in key.objects if o.id == truth.object)
    truths = tuple(t for t in key.truths if t.object == truth.object)
    return type(key)(key.seed, key.half, (source,), truths), source.file


def _leave(path: Path, key: Key, truth: Truth, out: Path) -> None:
    """Write the object with everything right but one thing."""
    ds = read(path)
    pixels = ds["PixelData"].value if "PixelData" in ds else b""
    plane = {tag: ds[tag] for tag in ds.keys() if 0x6000 <= tag.group <= 0x601E}  # noqa: SIM118
    coded = ds.file_meta.TransferSyntaxUID
    perfect(ds, [t for t in key.truths if t is not truth], "P")
    name = "0.dcm"
    if truth.carrier == "document":
        ds.EncapsulatedDocument = document([f"About {truth.surface}"], title="", author="")
    elif truth.carrier == "overlay":
        for tag, element in plane.items():
            ds[tag] = element
        ds[0x60000022].value = ""
    elif truth.carrier == "stream":
        ds.PixelData, ds.file_meta.TransferSyntaxUID = pixels, coded
        ds["PixelData"].is_undefined_length = True
    elif truth.carrier == "file-name":
        name = f"{truth.surface}/0.dcm"
    elif locate.at(truth.locator) and truth.must == "map":
        locate.found(ds, locate.parsed(truth.locator))[0].value = truth.surface
    write(ds, out / name)
    _around(out / name, ds, truth)


def _around(path: Path, ds: Dataset, truth: Truth) -> None:
    """What stands outside the data set."""
    data = path.read_bytes()
    said = truth.surface.encode()
    if truth.carrier == "preamble":
        data = said.ljust(128, b"\0") + data[128:]
    elif truth.carrier == "trailing":
        data += b"\0\0" + said
    elif truth.carrier == "padding":
        data += b"\xfc\xff\xfc\xffOB\0\0" + len(said).to_bytes(4, "little") + said
    elif truth.carrier == "file-meta":
        ds.file_meta.SourceApplicationEntityTitle = truth.surface
        ds.save_as(path, enforce_file_format=True)
        return
    path.write_bytes(data)

"""The corpus is what the canary test believes it to be: built, readable, unique, and findable."""

from __future__ import annotations

import warnings
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import pytest
from pydicom import dcmread

from corpus.build import build
from corpus.needles import MOMENT, Needle, expected, gone
from corpus.search import Hit, find, unpacked_layers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Files that a reader may refuse: bytes that are no element follow the data set.
MAY_BE_REFUSED = {"container/trailing.dcm"}
MODALITIES = {
    "CT", "MR", "US", "CR", "DX", "PT", "RTSTRUCT", "RTPLAN", "RTDOSE", "SEG", "SR", "KO", "PR", "DOC",
    "ECG", "OT",
}  # fmt: skip


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Needle]]:
    folder = tmp_path_factory.mktemp("corpus")
    return folder, build(folder)


@pytest.fixture(scope="module")
def hits(corpus: tuple[Path, list[Needle]]) -> list[Hit]:
    folder, needles = corpus
    return find([n.marker for n in needles], folder)


def files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path


def test_every_marker_is_found_in_the_file_it_was_planted_in(
    corpus: tuple[Path, list[Needle]], hits: list[Hit]
) -> None:
    found = {(h.marker, h.file) for h in hits}
    assert [n for n in corpus[1] if n.file and (n.marker, n.file) not in found] == []
    anywhere = {h.marker for h in hits}
    assert [n for n in corpus[1] if n.marker not in anywhere] == []


def test_markers_are_unique(corpus: tuple[Path, list[Needle]]) -> None:
    counts = Counter(n.marker for n in corpus[1])
    assert [marker for marker, count in counts.items() if count > 1] == []


def test_no_marker_is_a_part_of_another(corpus: tuple[Path, list[Needle]]) -> None:
    by_kind = [n.marker for n in corpus[1] if not n.marker.isascii() or len(n.marker) < 8]
    everything = "\n".join(n.marker for n in corpus[1])
    assert [m for m in by_kind if everything.count(m) > 1] == []


def test_building_twice_gives_the_same_bytes_and_another_seed_other_markers(
    corpus: tuple[Path, list[Needle]], tmp_path: Path
) -> None:
    folder, needles = corpus
    assert build(tmp_path / "again") == needles
    assert [(f, p.read_bytes()) for f, p in files(tmp_path / "again")] == [
        (f, p.read_bytes()) for f, p in files(folder)
    ]
    other = {n.marker for n in build(tmp_path / "other", seed=1) if n.marker.startswith("QZ")}
    assert other
    assert not other <= {n.marker for n in needles}


def test_pydicom_reads_every_file_to_its_end(corpus: tuple[Path, list[Needle]]) -> None:
    modalities = set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, path in files(corpus[0]):
            if name in MAY_BE_REFUSED:
                continue
            ds = dcmread(path, force=True)
            assert len(ds) > 4, name
            modalities.add(str(ds.get("Modality", "")).partition("\0")[0])
    assert modalities >= MODALITIES


def test_every_kind_of_fate_is_present_and_most_needles_must_go(corpus: tuple[Path, list[Needle]]) -> None:
    fates = Counter(n.fate for n in corpus[1])
    assert set(fates) == {"remove", "map", "shift", "keep"}
    assert min(fates.values()) > 100
    assert len(gone(corpus[1])) > 5000


def test_an_option_that_keeps_an_attribute_keeps_its_needle() -> None:
    station = Needle("A", "dcm:(0008,1010)", "f", "remove", ("device-identity",))
    calibrated = Needle("B", "dcm:(0018,1200)", "f", "shift", ("device-identity", "full-dates"))
    assert expected(station) == "remove"
    assert expected(station, ("device-identity",)) == "keep"
    assert expected(calibrated, ("device-identity",)) == "keep"
    assert expected(calibrated, ("device-identity", "modified-dates")) == "shift"


def test_the_search_looks_into_deflated_data_sets_and_compressed_documents(
    corpus: tuple[Path, list[Needle]], hits: list[Hit]
) -> None:
    folder, needles = corpus
    deflated = folder / "syntaxes" / "deflated.dcm"
    layers = dict(unpacked_layers(deflated, folder))
    name = next(
        n.marker for n in needles if n.file == "syntaxes/deflated.dcm" and n.carrier == "dcm:(0010,0010)"
    )
    assert name.encode() not in layers["raw"]
    assert name.encode() in layers["inflated 0"]
    page = next(n.marker for n in needles if n.carrier.endswith("page text, Flate"))
    assert {h.layer for h in hits if h.marker == page} == {"inflated 0"}


def test_the_search_decodes_character_sets_and_ignores_case(
    corpus: tuple[Path, list[Needle]], tmp_path: Path
) -> None:
    kanji = [n.marker for n in corpus[1] if n.file == "charsets/japanese.dcm" and not n.marker.isascii()]
    assert kanji
    (tmp_path / "note.txt").write_text("found " + " ".join(kanji), encoding="utf-8")
    (tmp_path / "qzbbbbbk.txt").write_bytes("qzCCCCCk".encode("utf-16-le"))
    found = find([*kanji, "QZBBBBBK", "QZCCCCCK"], tmp_path)
    assert {h.marker for h in found} == {*kanji, "QZBBBBBK", "QZCCCCCK"}


def test_a_date_inside_a_longer_number_is_no_hit(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"2.25.3319450101")
    assert find(["19450101"], tmp_path) == []
    (tmp_path / "a").write_bytes(b"DT 19450101120000")
    assert [h.marker for h in find(["19450101"], tmp_path)] == ["19450101"]


def test_no_marker_date_becomes_another_by_a_shift_of_one_to_ten_years(
    corpus: tuple[Path, list[Needle]],
) -> None:
    days = {date.fromisoformat(n.marker) for n in corpus[1] if len(n.marker) == 8 and n.marker.isdigit()}
    assert MOMENT not in days
    apart = {abs((a - b).days) for a in {*days, MOMENT} for b in days}
    assert [n for n in apart if 365 <= n <= 3650] == []

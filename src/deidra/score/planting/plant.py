"""Plant synthetic identifiers into clean objects and write down the truth about each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

from pydicom import dcmread
from pydicom.dataset import Dataset

from deidra.errors import UsageError
from deidra.score.planting.container import file_bytes, file_name, fresh_meta
from deidra.score.planting.documents import plant_documents
from deidra.score.planting.header import Uids, keep_technical, plant_dates, plant_identity, plant_uids
from deidra.score.planting.nested import plant_nested
from deidra.score.planting.notes import Notes
from deidra.score.planting.persona import Persona, persona, phrases
from deidra.score.planting.pixels import plant_pixels
from deidra.score.planting.private import plant_private
from deidra.score.planting.sayings import Speaker
from deidra.score.planting.table import plant_rows, plant_trial, plant_unlisted
from deidra.score.planting.text import plant_descriptors
from deidra.score.quiet import quiet
from deidra.score.recognise import features, pixel_digest, tiles
from deidra.score.truth import Half, Key, PlantedObject, Truth
from deidra.standard.uids import is_storage_sop_class

_STUDIES = 8  # visits that a persona has dates for


def plant(objects: Iterable[Dataset], out: Path, *, seed: int, half: Half, skipped: list[str]) -> Key:
    """Plant into each object and write it below `out`; the same arguments give the same bytes.

    Objects of one Patient ID (0010,0020) get one invented person, their studies successive days. `skipped` grows by
    the modality of what has another shape than it should have. Raises UsageError when `out` cannot be written.
    """
    planted: list[PlantedObject] = []
    truths: list[Truth] = []
    people: dict[str, Persona] = {}
    studies: dict[str, dict[str, int]] = {}
    turns: dict[str, int] = {}
    with quiet():
        for number, ds in enumerate(objects):
            who = str(ds.get("PatientID") or ds.get("StudyInstanceUID") or number)
            me = people.setdefault(who, persona(len(people), half, seed, _STUDIES))
            visits = studies.setdefault(who, {})
            study = visits.setdefault(str(ds.get("StudyInstanceUID", "")), len(visits)) % _STUDIES
            turn = turns[who] = turns.get(who, -1) + 1
            rng = Random(f"plant {half} {seed} {number}")  # noqa: S311 - reproducible, nothing secret
            series = str(ds.get("SeriesInstanceUID", ""))
            notes = Notes(Speaker(me, phrases(half), study, rng, series, seed), number, len(truths))
            try:
                file, data = plant_object(ds, notes, turn + len(people) - 1, seed)
                described = _described(number, file, me.subject, ds)
            except Exception:  # noqa: BLE001 - a source may hold anything; what cannot be planted is counted
                skipped.append(str(ds.get("Modality", "")))
                continue
            _write(out / file, data)
            planted.append(described)
            truths += notes.truths
    return Key(seed, half, tuple(planted), tuple(truths))


def plant_object(ds: Dataset, notes: Notes, turn: int, seed: int) -> tuple[str, bytes]:
    """Plant into one object, in place; gives its file name and bytes. `turn` varies what is planted where."""
    fresh_meta(ds, turn)
    plant_identity(ds, notes)
    plant_dates(ds, notes)
    plant_descriptors(ds, notes, turn)
    plant_documents(ds, notes)
    plant_rows(ds, notes, turn)
    if turn % 6 == 0:
        plant_trial(ds, notes)
    plant_nested(ds, notes, turn)
    plant_unlisted(ds, notes, turn)
    keep_technical(ds, notes)
    plant_private(ds, notes, turn)
    plant_pixels(ds, notes, turn)
    plant_uids(ds, notes, Uids(seed, f"{notes.speaker.study_date:%Y%m%d}"))
    name = file_name(notes, turn)
    return name, file_bytes(ds, notes, turn)


def _described(number: int, file: str, subject: str, ds: Dataset) -> PlantedObject:
    drawn: tuple[str, ...] = ()
    if "PixelData" in ds and not ds["PixelData"].is_undefined_length and int(ds.get("BitsAllocated", 0)) in {8, 16}:
        drawn = tiles(ds.PixelData, ds.Rows, ds.Columns, ds.SamplesPerPixel * ds.BitsAllocated // 8)
    return PlantedObject(
        number, file, subject, str(ds.get("SOPClassUID", "")), str(ds.get("Modality", "")),
        str(ds.get("StudyInstanceUID", "")), str(ds.get("SeriesInstanceUID", "")), str(ds.SOPInstanceUID),
        str(ds.PatientID), pixel_digest(ds), features(ds), drawn,
    )  # fmt: skip


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise UsageError("out-unwritable", f"cannot write the planted files: {error.strerror}") from None


def clean_files(sources: Iterable[Path], skipped: list[str]) -> Iterator[Dataset]:
    """The objects below `sources` in order of their paths; `skipped` grows by what cannot be planted."""
    for source in sources:
        if not source.exists():
            raise UsageError("source-missing", "one of the sources does not exist")
        paths = sorted(path for path in source.rglob("*") if path.is_file()) if source.is_dir() else [source]
        for path in paths:
            ds = _readable(path)
            if ds is None:
                skipped.append(re.sub(r"\s+", " ", path.name))
            else:
                yield ds


def _readable(path: Path) -> Dataset | None:
    """The object with every element decoded; None unless it is a whole storage object with a file meta."""
    with quiet():
        try:
            ds = dcmread(path)
            ds.walk(lambda *_: None)
            ds.is_decompressed  # noqa: B018 - reads the transfer syntax
        except Exception:  # noqa: BLE001 - whatever cannot be read cannot be planted
            return None
    usable = is_storage_sop_class(str(ds.get("SOPClassUID", ""))) and "SOPInstanceUID" in ds and "Modality" in ds
    return ds if usable else None

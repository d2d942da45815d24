"""One picture of each series instead of the series: which object it is taken of, and how it is released."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from deidra.errors import Held, ObjectError
from deidra.model import Action, Batch, Edit, Outcome, Reason, SourceObject
from deidra.run.pool import Failed, each
from deidra.standard.iods import iod
from deidra.workspace import inputs
from deidra.workspace.paths import write_output

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from deidra.engine import Context
    from deidra.policy.schema import Slices
    from deidra.run.left_out import Fate

STAGING = "slices"  # below the spool, which is erased when a run ends
ENDINGS = {"png": ".png", "jpeg": ".jpg"}
LEAST_SHARE = 10  # of so many slices of a series at most one leaves
_SAME_MOMENT = 315_532_800  # 1 January 1980, the earliest that archives can hold
_DERIVED = frozenset({"SEG", "RTDOSE"})  # have pixels and show no anatomy
_PIXEL_DATA, _ROWS = 0x7FE00010, 0x00280010
_NOT_TAKEN = Reason("not-selected", "", "another slice of the series stands for it")
_NO_IMAGE = Reason("not-selected", "", "no image of which a picture could be taken")
_CRITERION = "University of Malta 2024, criterion 2"
_AS_PICTURE = (
    Edit("file:header", Action.REMOVE, "slices:no-metadata", _CRITERION),
    Edit("file:pixels", Action.REWRITE, "slices:eight-bit-picture", _CRITERION),
)


def picked(count: int, per_series: int) -> list[int]:
    """Which of `count` slices in order leave: evenly spaced, none at an end, at most one in `LEAST_SHARE`."""
    most = min(per_series, max(1, count // LEAST_SHARE)) if count else 0
    return [(place + 1) * count // (most + 1) for place in range(most)]


def not_taken(ledger: sqlite3.Connection, run: int, per_series: int, jobs: int) -> Iterator[Fate]:
    """What is left out so that so many pictures of each series remain."""
    for item, is_image in _inputs(ledger, run, "kind != 'dicom' OR object_id IS NULL OR status = 'released'"):
        if not is_image:
            yield item, "not-selected", _NO_IMAGE
    for images, answer in each(_in_order, _series(ledger, run), jobs, inline=False):
        order = list(images) if isinstance(answer, Failed) else [images[place] for place in answer]
        places = set(picked(len(order), per_series))
        for place, item in enumerate(order):
            if place not in places:
                yield item, "not-selected", _NOT_TAKEN


def _series(ledger: sqlite3.Connection, run: int) -> Iterator[tuple[SourceObject, ...]]:
    """The images of each series that nothing has held back."""
    homes = ledger.execute("SELECT DISTINCT series_id FROM objects WHERE kind = 'dicom' AND seen = ?", (run,))
    for (home,) in homes.fetchall():
        condition = f"series_id = {home:d} AND kind = 'dicom' AND (object_id IS NULL OR status = 'released')"
        if images := tuple(item for item, is_image in _inputs(ledger, run, condition) if is_image):
            yield images


def _inputs(ledger: sqlite3.Connection, run: int, condition: str) -> Iterator[tuple[SourceObject, bool]]:
    """Inputs of a run, and whether a picture can be taken of them."""
    rows = ledger.execute(
        "SELECT objects.id, path, name, size, mtime_ns, kind, objects.modality, objects.sop_class_uid FROM objects "  # noqa: S608
        "LEFT JOIN outcomes ON object_id = objects.id "
        f"WHERE kind IN ('dicom', 'document', 'dicomdir') AND seen = ? AND ({condition}) ORDER BY objects.id",
        (run,),
    )
    for *source, kind, modality, sop_class in rows:
        is_image = kind == "dicom" and modality not in _DERIVED and _is_image(sop_class)
        yield inputs.source_object(*source), is_image


def _is_image(sop_class_uid: str) -> bool:
    node = iod(sop_class_uid)
    return node is not None and node.type_of(_ROWS) is not None and node.type_of(_PIXEL_DATA) is not None


def _in_order(images: tuple[SourceObject, ...]) -> list[int]:
    """The images of a series by where their slices lie, else by Instance Number: their places in `images`."""
    return sorted(range(len(images)), key=lambda place: (_place(images[place].path), place))


def _place(path: str) -> tuple[float, int]:
    from pydicom import dcmread
    from pydicom.config import disable_value_validation

    try:
        with disable_value_validation():
            wanted = ["ImagePositionPatient", "ImageOrientationPatient", "InstanceNumber"]
            header = dcmread(path, stop_before_pixels=True, specific_tags=wanted)
            instance = int(header.get("InstanceNumber") or 0)
            position, axes = header.get("ImagePositionPatient"), header.get("ImageOrientationPatient")
            if not position or not axes:
                return 0.0, instance
            (a, b, c), (d, e, f) = map(float, axes[:3]), map(float, axes[3:])
            normal = (b * f - c * e, c * d - a * f, a * e - b * d)
            return sum(n * float(p) for n, p in zip(normal, position, strict=True)), instance
    except Exception:  # noqa: BLE001 - whatever is wrong with it, the engine will say
        return 0.0, 0


def release_slices(slices: Slices, staging: str, batch: Batch, context: Context) -> list[Outcome]:
    """In a worker: de-identify the objects of a batch into `staging`, and release a picture of each instead."""
    from deidra.engine import deidentify, refused

    staged = msgspec.structs.replace(context, out=Path(staging))
    sources = {source.id: source for source in batch.objects}
    outcomes = []
    for outcome in deidentify(batch, staged):
        if outcome.status != "released" or context.dry_run:
            outcomes.append(outcome)
            continue
        path = Path(staging, outcome.output)
        try:
            outcomes.append(_as_picture(outcome, path, slices, context))
        except ObjectError as error:
            outcomes.append(refused(sources[outcome.object_id], error))
        finally:
            path.unlink(missing_ok=True)
    return outcomes


def _as_picture(outcome: Outcome, path: Path, slices: Slices, context: Context) -> Outcome:
    from deidra.formats.slices import picture_of

    if not any(look.kind == "pixel-text" and look.made for look in outcome.examinations):
        raise Held("pixels-unexamined", "a picture leaves only when its pixels were searched for text")
    content = picture_of(str(path), slices.format)
    # A name that follows from nothing but the key, and groups nothing
    name = f"{int(context.identity.uid(f'slice {outcome.output}').removeprefix('2.25.')):032x}{ENDINGS[slices.format]}"
    output = f"{Path(outcome.output).parts[0]}/{name}" if slices.folders == "subject" else name
    # When a picture was made would tell which were made one after the other
    write_output(context.out / output, content, _SAME_MOMENT)
    painted = tuple(edit for edit in outcome.edits if edit.action == Action.PAINT)
    facts = msgspec.structs.replace(outcome.facts, size_out=len(content), transfer_syntax_uid="")
    return msgspec.structs.replace(
        outcome, output=output, edits=(*_AS_PICTURE, *painted), facts=facts, retained=(), mapped_uids=()
    )

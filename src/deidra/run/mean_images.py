"""``deidra aggregate``: mean images across subjects, and nothing of any one of them.

University of Malta, anonymisation of medical images, 2024, criterion 1: aggregates with a minimum count.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from deidra.errors import ObjectError, UsageError
from deidra.formats.mean_images import Geometry, Series, series_of, write_mean
from deidra.run.collection import run_job
from deidra.run.job import prepare
from deidra.run.pool import Failed, default_jobs, each
from deidra.workspace.lock import locked
from deidra.workspace.paths import PARTIAL_SUFFIX, Folders, open_output, open_workspace, settle_folders

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deidra.run.progress import Progress

DEFAULT_MINIMUM, LEAST_MINIMUM = 10, 5
INDEX = "aggregates.json"
_STAGING = "aggregates"
# Every object goes the way of those that pictures are taken of; keyed, because no name ever leaves
_POLICY, _SETTINGS = "slices", ("slices.per_series=0", "subjects.scheme=keyed")


class Aggregate(msgspec.Struct, frozen=True):
    """One mean image: what it shows, of how many subjects, each counted once."""

    file: str
    picture: str
    geometry: Geometry
    subjects: int


class AggregateSummary(msgspec.Struct, frozen=True):
    """What was made. `too_few`: groups of series that too few subjects share; `unreadable`: groups with a bad image.

    `objects`, `held`, `rejected` count inputs.
    """

    made: tuple[Aggregate, ...]
    too_few: int
    unreadable: int
    objects: int
    held: int
    rejected: int
    minimum: int
    out: Path
    seconds: float

    @property
    def exit_code(self) -> int:
        """0 when there is at least one mean image, 3 when there is none."""
        return 0 if self.made else 3


def aggregate(
    sources: Sequence[str | os.PathLike[str]],
    out: str | os.PathLike[str],
    *,
    minimum: int = DEFAULT_MINIMUM,
    settings: Sequence[str] = (),
    workspace: str | os.PathLike[str] | None = None,
    jobs: int | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> AggregateSummary:
    """Write the mean image of all series under `sources` that at least `minimum` subjects have in one geometry.

    Objects are de-identified into the workspace first, and what cannot be is not averaged; of each subject one series
    of a geometry counts. OUT gets NIfTI-1 files, a PNG of the middle slice of each, and ``aggregates.json``.
    Raises UsageError.
    """
    began = time.monotonic()
    if minimum < LEAST_MINIMUM:
        raise UsageError("minimum-too-small", f"a mean of fewer than {LEAST_MINIMUM} subjects hides nobody")
    folders = settle_folders(sources, Path(out), Path(workspace) if workspace else None)
    if folders.out.is_dir() and any(folders.out.iterdir()):
        raise UsageError("output-not-empty", "the output folder must be new or empty")
    job_of = prepare(_POLICY, (*_SETTINGS, *settings))
    open_workspace(folders.workspace)
    staging = folders.workspace / _STAGING
    workers = jobs or default_jobs()
    with locked(folders.workspace):
        try:
            staged = Folders(folders.sources, staging, folders.workspace)
            ran = run_job(job_of(folders.workspace), staged, workers, progress)
            _require_search(ran.examinations)
            groups = _groups(staging, workers)
            enough = {key: group for key, group in groups.items() if len(group) >= minimum}
            open_output(folders.out)
            made = _written(enough, folders.out, workers)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        summary = AggregateSummary(
            made=made,
            too_few=len(groups) - len(enough),
            unreadable=len(enough) - len(made),
            objects=ran.released + ran.held + ran.rejected,
            held=ran.held,
            rejected=ran.rejected,
            minimum=minimum,
            out=folders.out,
            seconds=time.monotonic() - began,
        )
        (folders.out / INDEX).write_text(json.dumps(_index(summary), indent=1) + "\n", "utf-8")
    return summary


def _require_search(examinations: Sequence[Any]) -> None:
    if any(row.kind == "pixel-text" and row.not_made for row in examinations):
        raise UsageError("pixels-unexamined", "images can be averaged only when their pixels were searched for text")


def _groups(staging: Path, jobs: int) -> dict[Geometry, list[Series]]:
    """One series of each subject for each geometry."""
    folders = sorted({path.parent for path in staging.rglob("*.dcm")})
    tasks = ([str(path) for path in sorted(folder.glob("*.dcm"))] for folder in folders)
    found: dict[Geometry, dict[str, Series]] = {}
    for paths, series in each(series_of, tasks, jobs, inline=False):
        if series is None or isinstance(series, Failed):
            continue
        subject = Path(paths[0]).relative_to(staging).parts[0]
        mine = found.setdefault(series.geometry, {})
        # Answers come in any order; which series counts must not depend on it
        mine[subject] = min(mine.get(subject, series), series, key=lambda one: one.paths)
    return {key: [series for _, series in sorted(mine.items())] for key, mine in sorted(found.items())}


class _Task(msgspec.Struct, frozen=True):
    group: tuple[Series, ...]
    target: str


def _written(groups: dict[Geometry, list[Series]], out: Path, jobs: int) -> tuple[Aggregate, ...]:
    tasks = [_Task(tuple(group), str(out / f"mean-{n:03}.nii")) for n, group in enumerate(groups.values(), start=1)]
    made = []
    for task, done in each(_mean, tasks, jobs, inline=False):
        if done is True:
            target = Path(task.target)
            picture = target.with_suffix(".png").name
            made.append(Aggregate(target.name, picture, task.group[0].geometry, len(task.group)))
    return tuple(sorted(made, key=lambda one: one.file))


def _mean(task: _Task) -> bool:
    """In a worker: whether the mean image of a group could be made."""
    target = Path(task.target)
    partial = target.with_name(target.name + PARTIAL_SUFFIX)
    try:
        picture = write_mean(task.group, partial)
    except (ObjectError, ValueError):
        partial.unlink(missing_ok=True)
        return False
    target.with_suffix(".png").write_bytes(picture)
    partial.replace(target)
    return True


def _index(summary: AggregateSummary) -> dict[str, Any]:
    """What lies beside the images: figures, and nothing of any one subject."""
    return {
        "schema": "deidra-aggregates-1",
        "criterion": "University of Malta 2024, criterion 1: aggregates with a minimum count",
        "minimum_subjects": summary.minimum,
        "method": "mean of each pixel without its lowest and highest value; each subject counted once",
        "aggregates": msgspec.to_builtins(summary.made),
        "groups_of_too_few_subjects": summary.too_few,
        "groups_with_an_unreadable_image": summary.unreadable,
    }

"""Progress moves within a long series, from workers too, and costs nothing where nobody looks."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import deidra
from deidra.cli.progress import line, of_run
from deidra.model import Batch, SubjectKnowledge
from deidra.pixels.text_regions import Settings, finders
from deidra.run.pool import Failed, each
from deidra.run.progress import Meter, Progress
from dicom.hard_objects import image

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def batch(number: int) -> Batch:
    return Batch(number, "dicom", SubjectKnowledge("", ()), ())


@pytest.mark.skipif(not finders(Settings()), reason="what looks for text in pixels is not installed")
def test_the_bar_moves_while_frames_of_one_object_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deidra.pixels.watched._EVERY_SECONDS", 0.0)
    ds = image("1.2.840.10008.5.1.4.1.1.7.2", Modality="OT")
    ds.Rows = ds.Columns = 32
    ds.NumberOfFrames, ds.BitsAllocated, ds.BitsStored, ds.HighBit = 40, 8, 8, 7
    ds.PixelData = np.zeros((40, 32, 32), np.uint8).tobytes()
    (tmp_path / "in").mkdir()
    ds.save_as(tmp_path / "in" / "1.dcm", enforce_file_format=True)
    steps: list[Progress] = []
    assert deidra.run([tmp_path / "in"], tmp_path / "out", jobs=1, progress=steps.append).released == 1
    within = [step.under_way for step in steps if step.phase == "execute" and not step.done]
    assert len(set(within)) >= 40
    assert within == sorted(within)
    assert 0 < within[-1] < 1
    assert [step.under_way for step in steps if step.done][-1] == 0


def said(task: int, tell: Callable[[float], None] | None = None) -> int:
    if tell is not None:
        for part in range(3):
            tell(task + part / 10)
    if task == 5:
        raise SystemExit(1)
    return task


@pytest.mark.parametrize("inline", [True, False])
def test_what_workers_say_arrives_before_their_answer(inline: bool) -> None:
    heard: list[tuple[int, Any]] = []
    answers = []
    tasks = [1, 2, 3] if inline else [1, 2, 5, 3]
    for task, answer in each(said, tasks, 1, inline=inline, noted=lambda task, note: heard.append((task, note))):
        assert (task, task + 0.2) in heard
        answers.append(answer)
    assert len(heard) == 3 * len(tasks)
    assert [answer for answer in answers if not isinstance(answer, Failed)] == [1, 2, 3]


def test_a_batch_that_is_done_is_no_longer_under_way() -> None:
    steps: list[Progress] = []
    meter = Meter(steps.append)
    meter.start_execution(20, {})
    meter.under_way(batch(1), 4.5)
    meter.under_way(batch(2), 2.25)
    meter.executed(batch(1), Counter(released=9))
    meter.executed(batch(2), Counter())
    assert [step.under_way for step in steps] == [0, 4.5, 6.75, 2.25, 0]
    assert [step.done for step in steps] == [0, 0, 0, 9, 9]
    assert of_run().completed(steps[3]) == 11.25
    assert line(steps[2]) == "de-identifying: 6 of 20 (0 released, 0 held, 0 rejected)"


def test_nobody_is_told_where_nobody_asks() -> None:
    assert not Meter(None).tells
    assert Meter(print).tells

"""The trial of a policy: read, shown, layered, and every mistake at its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deidra.errors import PolicyError
from deidra.policy.compile import compile_policy
from deidra.policy.describe import as_yaml
from deidra.policy.load import load_policy
from deidra.policy.schema import TimePoint

if TYPE_CHECKING:
    from pathlib import Path

TRIAL = """\
name: lung
extends: clinical-trial
trial:
  protocol_id: LUNG-7
  time_points:
    W12: {days: 70..98}
    BL: {description: Baseline, days: -28 .. 0}
  arms:
    blinded: {PatientSex: empty, PatientAge: remove}
    open: {}
"""


def written(folder: Path, text: str) -> str:
    path = folder / "policy.yaml"
    path.write_text(text, "utf-8")
    return str(path)


def problems_of(folder: Path, text: str, *settings: str) -> list[str]:
    with pytest.raises(PolicyError) as error:
        load_policy(written(folder, text), settings)
    return [line.removeprefix(f"{folder}/") for line in error.value.problems]


def test_a_trial_is_read_in_the_order_of_its_visits_and_shown_so_that_it_loads_again(tmp_path: Path) -> None:
    policy = load_policy(written(tmp_path, TRIAL), ("trial.site_id=S1", "trial.time_points.W12.days=80..90"))
    assert policy.trial is not None
    assert policy.trial.time_points == (TimePoint("BL", "Baseline", -28, 0), TimePoint("W12", "", 80, 90))
    assert (policy.trial.sponsor, policy.trial.protocol_id, policy.trial.site_id) == ("NOT STATED", "LUNG-7", "S1")
    assert [arm.name for arm in policy.trial.arms] == ["blinded", "open"]
    again = load_policy(written(tmp_path, as_yaml(policy)))
    assert compile_policy(again).digest == compile_policy(policy).digest


def test_an_arm_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    policy = load_policy(written(tmp_path, TRIAL))
    whole, blinded, plain = (compile_policy(policy, arm) for arm in ("", "blinded", "open"))
    assert [book.standard(0x00100040, "CS").code for book in (whole, blinded, plain)] == ["K", "Z", "K"]
    assert [book.standard(0x00101020, "DS").code for book in (whole, blinded, plain)] == ["K", "K", "K"]
    assert whole.digest == blinded.digest == plain.digest


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        ("protocol: X", "unknown key 'protocol'; did you mean"),
        ("protocol_id: Möwe", "trial.protocol_id: 1 to 64 printable ASCII"),
        ("time_points: {A: {days: 5}}", "time point A: days from baseline"),
        ("time_points: {A: {days: 5..4}}", "time point A: days from baseline"),
        ("time_points: {A: {days: 0..9}, B: {days: 9..12}}", "time points A and B have days in common"),
        ("arms: {A: {PatientName: keep}}", "PatientName: keep is refused: it names a person"),
        ("arms: {A: {PatientSex: erase}}", "PatientSex: unknown action 'erase'"),
        ("arms: A", "trial.arms: expected keys below it"),
    ],
)
def test_a_mistake_in_a_trial_is_named_with_its_line(tmp_path: Path, part: str, problem: str) -> None:
    (line,) = problems_of(tmp_path, f"name: x\nextends: basic\ntrial:\n  {part}\n")
    assert line.startswith("policy.yaml:4: ")
    assert problem in line


def test_random_pseudonyms_have_no_crosswalk(tmp_path: Path) -> None:
    text = "name: x\nextends: basic\nsubjects: {scheme: random, crosswalk: record}\n"
    assert problems_of(tmp_path, text) == [
        "policy.yaml:3: subjects: random pseudonyms leave no trace, so no crosswalk"
    ]
    (line,) = problems_of(tmp_path, "name: x\nextends: basic\n", "subjects.scheme=sequence")
    assert "unknown choice 'sequence'; known: keyed" in line

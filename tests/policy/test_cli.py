"""deidra policy on the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from deidra.cli.policy import policy
from deidra.policy.load import load_policy, presets

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(policy, list(arguments))


def test_the_presets_are_listed_with_the_default() -> None:
    result = run("list")
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.output.splitlines()] == list(presets())
    listed = json.loads(run("list", "--json").output)
    assert [item["name"] for item in listed if item["default"]] == ["public-research"]


def test_what_show_prints_is_a_policy_file(tmp_path: Path) -> None:
    result = run("show", "public-research", "--rows", "--set", "subjects.prefix=A-")
    assert result.exit_code == 0
    path = tmp_path / "shown.yaml"
    path.write_text(result.output, "utf-8")
    assert load_policy(str(path)) == load_policy("public-research", ["subjects.prefix=A-"])
    assert (
        "# (0008,0020)  C shift        Study Date: PS3.15 2026c Table E.1-1 (0008,0020) Z; Modified Dates C"
        in result.output
    )


def test_show_gives_every_row_as_json() -> None:
    document = json.loads(run("show", "basic", "--rows", "--json").output)
    assert len(document["rows"]) == 652 + 3
    assert document["longitudinal_temporal_information_modified"] == "REMOVED"
    assert document["method_codes"] == [
        {"value": "113100", "meaning": "Basic Application Confidentiality Profile"}
    ]


def test_check_accepts_a_good_file_and_says_what_is_claimed(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("name: mine\nextends: basic\nattributes: {StudyDescription: keep}\n")
    result = run("check", str(path))
    assert result.exit_code == 0
    assert "ok, policy mine" in result.output
    assert "113100 is not claimed: kept against the profile: (0008,1030)" in result.output


def test_check_prints_every_mistake_and_exits_with_2(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("name: bad\noptions: [uid]\npixels: {unexamined: maybe}\n")
    result = run("check", str(path))
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    assert lines[0] == f"{path}:2: unknown option 'uid'; did you mean 'uids'?"
    assert lines[1].startswith(f"{path}:3: ")
    assert lines[2] == "2 mistakes"


def test_diff_names_the_settings_and_attributes_that_differ() -> None:
    result = run("diff", "basic", "public-research")
    assert result.exit_code == 0
    assert "(0008,0020) Study Date" in result.output
    document = json.loads(run("diff", "basic", "public-research", "--json").output)
    assert {item["where"] for item in document["settings"]} >= {
        "options",
        "conflicts.device-identity/modified-dates",
    }
    assert {"where": "(0010,1010) Patient's Age", "first": "X", "second": "K age"} in document["attributes"]


def test_diff_of_a_policy_with_itself_finds_nothing() -> None:
    assert run("diff", "basic", "basic").output == "no difference\n"


@pytest.mark.parametrize("command", ["list", "show", "check", "diff"])
def test_every_command_explains_itself(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert command == "list" or "Examples:" in result.output

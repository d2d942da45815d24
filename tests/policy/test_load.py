"""Reading policies: layers, settings, and every mistake at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deidra.errors import PolicyError
from deidra.policy.describe import as_yaml
from deidra.policy.load import load_policy, presets
from deidra.policy.schema import PRIVATE_SOURCES, Policy
from deidra.standard.confidentiality import OPTIONS

DATA = Path(__file__).parent / "data"


def written(folder: Path, text: str, name: str = "policy.yaml") -> str:
    (folder / name).write_text(text, "utf-8")
    return str(folder / name)


def problems_of(name: str, *settings: str) -> list[str]:
    with pytest.raises(PolicyError) as error:
        load_policy(name, settings)
    return error.value.problems


def problems_if_any(name: str, *settings: str) -> list[str]:
    try:
        load_policy(name, settings)
    except PolicyError as error:
        return error.problems
    return []


def said(policy: Policy) -> dict[str, str]:
    return {str(item.selector): item.value or item.action for item in policy.overrides}


@pytest.mark.parametrize("name", ["mistakes", "refused"])
def test_all_mistakes_are_reported_at_once_with_their_lines(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(DATA)
    assert problems_of(f"{name}.yaml") == (DATA / f"{name}.txt").read_text("utf-8").splitlines()


def test_the_presets_are_what_they_promise() -> None:
    basic, benchmark, research = (load_policy(name) for name in ("basic", "midi-b", "public-research"))
    assert benchmark.options == research.options
    assert basic.options == ()
    assert set(research.options) == {
        "clean-pixel-data",
        "modified-dates", "patient-characteristics", "device-identity", "safe-private",
        "clean-descriptors", "clean-structured-content", "clean-graphics",
    }  # fmt: skip
    assert research.winner("device-identity/modified-dates") == "fixed-dummy"
    assert research.private.sources == PRIVATE_SOURCES
    for policy in (basic, research):
        assert policy.edition == "2026c"
        assert policy.pixels.unexamined == "hold"


@pytest.mark.parametrize("name", presets())
def test_a_shown_policy_is_a_file_that_loads_to_the_same_policy(name: str, tmp_path: Path) -> None:
    settings = [
        "attributes.PatientComments.replace=no: #1",
        'attributes.(0029,"A=B",10)=remove',
        "attributes.LT=empty",
    ]
    policy = load_policy(name, settings)
    again = load_policy(written(tmp_path, as_yaml(policy)))
    assert as_yaml(again) == as_yaml(policy)
    assert said(again) == said(policy)


def test_scalars_stay_text(tmp_path: Path) -> None:
    text = "name: no\nsubjects: {prefix: 0010}\n"
    text += "attributes:\n  0008,1030: keep\n  PatientComments: {replace: 1.0}\n"
    policy = load_policy(written(tmp_path, text))
    assert (policy.name, policy.subjects.prefix) == ("no", "0010")
    assert said(policy) == {"(0008,1030)": "keep", "(0010,4000)": "1.0"}


def test_a_file_extends_another_and_changes_only_what_it_says(tmp_path: Path) -> None:
    written(
        tmp_path,
        "name: site\nextends: public-research\nsubjects: {prefix: SITE-}\n"
        "attributes: {StudyDescription: keep, SeriesDescription: keep}\n",
        "site.yaml",
    )
    text = (
        "name: trial\nextends: site.yaml\noptions: [+institution-identity, -safe-private]\n"
        "dates: {shift_days_max: 1000}\nattributes: {'(0008,1030)': remove}\n"
    )
    policy = load_policy(written(tmp_path, text))
    assert policy.name == "trial"
    assert policy.title == ""
    assert set(policy.options) == {
        "clean-pixel-data",
        "modified-dates", "patient-characteristics", "device-identity", "institution-identity",
        "clean-descriptors", "clean-structured-content", "clean-graphics",
    }  # fmt: skip
    assert (policy.dates.shift_days_min, policy.dates.shift_days_max) == (365, 1000)
    assert policy.subjects.prefix == "SITE-"
    assert said(policy) == {"(0008,1030)": "remove", "(0008,103E)": "keep"}
    assert [item.where for item in policy.overrides] == [
        f"{tmp_path}/policy.yaml:5",
        f"{tmp_path}/site.yaml:4",
    ]


def test_extending_in_a_circle_is_a_mistake(tmp_path: Path) -> None:
    written(tmp_path, "name: a\nextends: b.yaml\n", "a.yaml")
    written(tmp_path, "name: b\nextends: ./a.yaml\n", "b.yaml")
    assert problems_of(f"{tmp_path}/a.yaml") == [
        f"{tmp_path}/b.yaml:2: extends goes in a circle: './a.yaml' is already part of this policy"
    ]


def test_an_unknown_policy_suggests_a_preset() -> None:
    assert problems_of("public-reseach") == [
        "public-reseach: no preset and no file 'public-reseach'; did you mean 'public-research'?"
    ]


def test_a_name_is_never_inherited(tmp_path: Path) -> None:
    path = written(tmp_path, "extends: public-research\n")
    assert problems_of(path) == [f"{path}:1: a policy needs a name"]


def test_both_sides_of_the_conflict_need_a_winner(tmp_path: Path) -> None:
    text = "name: x\noptions: [device-identity, modified-dates]\n"
    (problem,) = problems_of(written(tmp_path, text))
    assert problem.count("(0018,") == 8
    assert "Beam Hold Transition DateTime (300C,0127)" in problem
    for winner in ("keep", "fixed-dummy"):
        stated = f"{text}conflicts: {{device-identity/modified-dates: {winner}}}\n"
        assert load_policy(written(tmp_path, stated)).winner("device-identity/modified-dates") == winner


@pytest.mark.parametrize(
    ("setting", "read"),
    [
        ("pixels.unexamined=release", lambda policy: policy.pixels.unexamined == "release"),
        ("options=+institution-identity", lambda policy: "institution-identity" in policy.options),
        ("options=-safe-private,-device-identity", lambda policy: len(policy.options) == 6),
        ("options=[full-dates, uids]", lambda policy: policy.options == ("uids", "full-dates")),
        ("options=", lambda policy: policy.options == ()),
        ("edition=2025e", lambda policy: policy.edition == "2025e"),
        ("subjects.prefix=ABC", lambda policy: policy.subjects.prefix == "ABC"),
        ("dates.shift_days_max=5000", lambda policy: policy.dates.shift_days_max == 5000),
("private.sources=standard,declared", lambda policy: len(policy.private.sources) == 2),
        ("conflicts.device-identity/modified-dates=keep", lambda policy: policy.conflicts[0][1] == "keep"),
        ("attributes.StudyDescription=keep", lambda policy: said(policy) == {"(0008,1030)": "keep"}),
        ('attributes.(0029,"1.2=3",10)=keep', lambda policy: said(policy) == {'(0029,"1.2=3",10)': "keep"}),
        ("attributes.PatientComments.replace=a=b", lambda policy: policy.overrides[0].value == "a=b"),
    ],
)  # fmt: skip
def test_a_setting_addresses_a_key_of_the_file(setting: str, read: object) -> None:
    assert callable(read)
    assert read(load_policy("public-research", [setting]))


def test_a_later_setting_wins() -> None:
    settings = ["attributes.StudyDescription=keep", "attributes.(0008,1030)=remove"]
    assert said(load_policy("basic", settings)) == {"(0008,1030)": "remove"}


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("pixels.unexamined=relase", "pixels.unexamined: unknown choice 'relase'; did you mean 'release'?"),
        ("pixel.unexamined=hold", "unknown key 'pixel'; did you mean 'pixels'?"),
        ("pixels=hold", "pixels: expected keys below it, not a single value"),
        ("options=+institution", "unknown option 'institution'; did you mean 'institution-identity'?"),
        ("release", "'release' is not KEY=VALUE, such as pixels.unexamined=release"),
        ("extends=basic", "extends is for policy files; choose another policy instead"),
        ("attributes.PatientName=keep", "PatientName: keep is refused: it names a person"),
        ("name.x=1", "name: expected one value, not a mapping"),
    ],
)  # fmt: skip
def test_a_wrong_setting_says_what_is_wrong(setting: str, problem: str) -> None:
    where = f"--set {setting.split('=')[0]}" if "=" in setting else "--set"
    assert problems_of("basic", setting) == [f"{where}: {problem}"]


@given(st.sets(st.sampled_from(OPTIONS[:6])))
def test_options_can_be_given_whole_or_as_changes_in_any_order(options: set[str]) -> None:
    whole = load_policy("basic", [f"options={','.join(options)}"])
    changes = load_policy("basic", [f"options=+{option}" for option in sorted(options, reverse=True)])
    assert whole == changes
    assert whole.options == tuple(option for option in OPTIONS if option in options)


@given(st.text(max_size=60))
def test_any_setting_is_either_read_or_refused(setting: str) -> None:
    assert all(problem.startswith("--set") for problem in problems_if_any("basic", setting))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the file is empty"),
        ("- a\n- b\n", "a policy is a mapping"),
        ("name: [a\n", "not YAML"),
        ("name: a\n---\nname: b\n", "not YAML"),
        ("name: a\x07\n", "not YAML"),
        ("name: &x a\ntitle: *x\n", "anchors and aliases"),
        ("name: !!python/name:os.system a\n", "YAML tags"),
        ("title: " + "[" * 5000 + "\n", "nested too deeply"),
        ("? [a]\n: b\nname: x\n", "a key must be plain text"),
    ],
)
def test_what_is_no_policy_file_is_refused(text: str, reason: str, tmp_path: Path) -> None:
    assert any(reason in problem for problem in problems_of(written(tmp_path, text)))


@given(st.binary(max_size=200))
def test_any_bytes_are_either_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(content)
    assert all(problem.startswith(str(path)) for problem in problems_if_any(str(path)))

"""docs/policies.md says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deidra.policy.claims import OPTION_CODES
from deidra.policy.load import load_policy, presets
from deidra.policy.schema import ACTIONS, PRIVATE_SOURCES
from deidra.standard.confidentiality import EDITIONS, OPTIONS

TEXT = (Path(__file__).parents[2] / "docs" / "policies.md").read_text("utf-8")
PAGES = Path(__file__).parents[2] / "docs" / "presets"
TEXTS = (TEXT, *(page.read_text("utf-8") for page in sorted(PAGES.glob("*.md"))))
EXAMPLES = [example for text in TEXTS for example in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_every_example_is_a_policy_that_loads(example: str, tmp_path: Path) -> None:
    path = tmp_path / "example.yaml"
    path.write_text(example, "utf-8")
    assert load_policy(str(path)).options


def test_every_preset_option_action_source_and_edition_is_explained() -> None:
    for word in (*presets(), *OPTIONS, *ACTIONS, *PRIVATE_SOURCES, *EDITIONS):
        assert word in TEXT, word
    for option, (code, _) in OPTION_CODES.items():
        assert re.search(rf"\| `{option}` \|.*\| {code} \|", TEXT), option


@pytest.mark.parametrize("name", sorted(set(presets()) - {"basic", "midi-b", "public-research"}))
def test_every_preset_has_a_page_for_whom_it_is_what_it_does_and_what_people_still_do(name: str) -> None:
    page = (PAGES / f"{name}.md").read_text("utf-8")
    assert page.startswith(f"# {name}\n")
    assert f"--policy {name}" in page
    for part in ("For whom.", "Keeps", "Drops", "In law", "What people still do."):
        assert f"**{part}**" in page, part
    assert f"presets/{name}.md" in TEXT

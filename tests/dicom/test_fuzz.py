"""Damaged objects never stop the engine, never leave unread, and never carry a name out."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import pytest

from dicom.fuzzing import NEEDLES, SERIES_SEEDS, Seed, check, check_series, mutated, numbered, seeds

if TYPE_CHECKING:
    from pathlib import Path

# A fixed number, so that every machine sees the same objects; the time limit is for slow ones
MUTANTS = 80
SECONDS = 2.0


@pytest.fixture(scope="module")
def prepared() -> dict[str, Seed]:
    return {name: Seed(content) for name, content in seeds().items()}


NAMES = sorted(seeds())


@pytest.mark.parametrize("name", NAMES)
def test_a_seed_itself_is_well_treated_and_holds_the_names(name: str, tmp_path: Path) -> None:
    content = seeds()[name]
    assert check(content, tmp_path) == []
    assert check(content, tmp_path, "basic") == []
    if name != "image_dfl.dcm":  # deflated: the names do not show
        assert all(needle in content for needle in NEEDLES)


@pytest.mark.parametrize("name", NAMES)
def test_no_damage_to_an_object_stops_the_engine_or_carries_a_name_out(
    name: str, prepared: dict[str, Seed], tmp_path: Path
) -> None:
    rng = random.Random(f"damage {name}")
    ends = time.monotonic() + SECONDS
    for number in range(MUTANTS):
        content = mutated(prepared[name], rng)
        assert check(content, tmp_path, rng.choice(("public-research", "basic"))) == [], f"mutant {number}"
        if time.monotonic() > ends:
            break


@pytest.mark.parametrize("name", SERIES_SEEDS)
def test_damage_in_a_series_gives_the_same_with_and_without_templates(name: str, prepared: dict[str, Seed]) -> None:
    rng = random.Random(f"series {name}")
    for _ in range(25):
        contents = [numbered(prepared[name].content, number) for number in range(4)]
        for number in rng.sample(range(4), 2):
            contents[number] = mutated(Seed(contents[number]), rng)
        assert check_series(contents) == []

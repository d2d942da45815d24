"""What was found in pixels and could not be filled leaves under no policy."""

from __future__ import annotations

from pathlib import Path

import pytest

from deidra.dicom.deidentify import SeriesRules, deidentify_source
from deidra.engine import series_rules
from deidra.errors import Held
from deidra.pixels.image import Region
from deidra.pixels.text_regions import Examined
from dicom.by_hand import ct_file
from dicom.release import batch, context, opened

REGION = Region((0, 0, 2, 2), 0, 0, "text", 0.9, "somebody")
REFUSED = Held("text-remains", "text seems to be left after it was filled")


def attempt(findings: Examined | None, *settings: str) -> str:
    """The code of the refusal, "" where the object may leave."""
    rules = series_rules(batch([]), context(Path(), "public-research", *settings)).rules
    try:
        deidentify_source(opened(ct_file()), SeriesRules(rules), findings)
    except Held as error:
        return error.code
    return ""


@pytest.mark.parametrize("unexamined", ["hold", "release"])
def test_text_that_was_found_and_not_filled_is_held_under_any_policy(unexamined: str) -> None:
    findings = Examined((REGION,), 1, 0.0, (), refused=REFUSED)
    assert attempt(findings, f"pixels.unexamined={unexamined}") == "text-remains"


@pytest.mark.parametrize(("unexamined", "code"), [("hold", "text-remains"), ("release", "")])
def test_of_pixels_that_could_not_be_searched_the_policy_decides(unexamined: str, code: str) -> None:
    assert attempt(Examined((), 0, 0.0, (), refused=REFUSED), f"pixels.unexamined={unexamined}") == code

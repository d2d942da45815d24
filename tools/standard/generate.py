"""Write src/deidra/standard/data/ from the sources of the standard, or check that it is what they give.

    python tools/standard/generate.py [FOLDER] [--check]

FOLDER holds the PS3.15 DocBook files and the lists of private elements (default: ../shared/standard,
relative to the project). Exit codes: 0 done; 1 a file differs, is missing or is one too many; 2 a source
is missing or not what was pinned.
"""

from __future__ import annotations

import argparse
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import character_sets
import code_strings
import concepts
import dictionary
import iods
import private_elements
import second_layer
import uids
import vocabulary
from output import GeneratorError, render, require
from part15 import confidentiality_file, read_part15, structured_content_file
from pins import NEWEST, PACKAGES, PART15

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).resolve().parents[2]
DATA = PROJECT / "src" / "deidra" / "standard" / "data"
SECOND_LAYER = Path(__file__).resolve().parent / "second_layer.yaml"


def generated(folder: Path) -> Iterator[tuple[str, bytes]]:
    """(file name, content) of every generated file. Raises GeneratorError."""
    for package, pinned in PACKAGES.items():
        require(version(package) == pinned, f"{package} {version(package)} is installed, {pinned} is pinned")
    parts = {edition: read_part15(folder, edition) for edition in PART15}
    newest = parts[NEWEST]
    for edition, part in parts.items():
        require(part.private == newest.private, f"Table E.3.10-1 of {edition} differs from {NEWEST}")
        yield f"confidentiality_{edition}.json", render(confidentiality_file(part))
        yield f"structured_content_{edition}.json", render(structured_content_file(part))
    yield "concept_synonyms.json", render(concepts.synonyms_file(newest.meanings))
    yield "dictionary.json", render(dictionary.dictionary_file(newest))
    yield "private_dictionary.json", render(dictionary.private_dictionary_file(newest))
    yield "character_sets.json", render(character_sets.character_sets_file())
    yield "vocabulary.json", render(vocabulary.vocabulary_file())
    if code_strings.is_available():
        yield "code_strings.json", render(code_strings.code_strings_file())
    else:
        yield "code_strings.json", (DATA / "code_strings.json").read_bytes()
    yield "uids.json", render(uids.uids_file())
    yield "iods.json", render(iods.iods_file())
    yield "private_standard.json", render(private_elements.standard_file(newest))
    yield "private_tcia_kb.json", render(private_elements.tcia_kb_file(folder))
    yield "private_tcia_observed.json", render(private_elements.tcia_observed_file(folder))
    # Last, so that a mistake in the reviewed file spoils nothing else
    yield "second_layer.json", render(second_layer.second_layer_file(SECOND_LAYER, newest))


def check(folder: Path) -> int:
    """Compare without writing; print what differs. Returns the exit code."""
    expected = dict(generated(folder))
    present = {path.name: path.read_bytes() for path in DATA.glob("*.json")}
    differing = sorted(name for name in expected | present if expected.get(name) != present.get(name))
    for name in differing:
        print(f"differs: {name}")
    return 1 if differing else 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Generate the tables of the standard.")
    parser.add_argument("folder", nargs="?", type=Path, default=PROJECT.parent / "shared" / "standard")
    parser.add_argument(
        "--check", action="store_true", help="compare with the committed files, write nothing"
    )
    arguments = parser.parse_args()
    try:
        if arguments.check:
            return check(arguments.folder)
        DATA.mkdir(parents=True, exist_ok=True)
        for name, content in generated(arguments.folder):
            (DATA / name).write_bytes(content)
            print(f"{name}: {len(content)} bytes")
    except GeneratorError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Write src/deidra/text/data/<language>.json from tools/vocabulary/<language>.yaml, or check them.

    python tools/vocabulary/generate.py [--check]

The form of the YAML files is described in README.md beside this file. Exit codes: 0 done; 1 a file differs,
is missing or is one too many; 2 a YAML file breaks the rules (all problems are listed).
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from deidra.text.folding import folded, words
from deidra.text.vocabulary import BEGINNING

PROJECT = Path(__file__).resolve().parents[2]
SOURCES = Path(__file__).resolve().parent
DATA = PROJECT / "src" / "deidra" / "text" / "data"
STOPWORDS = SOURCES / "stopwords.json"
DICTIONARY = SOURCES / "dictionary.json"
GENERATED_BY = "tools/vocabulary/generate.py"
_STOPWORDS_FROM = ("spaCy, MIT", "stopwords-iso, MIT")
_DICTIONARY_FROM = ("SCOWL, copyright 2000-2018 Kevin Atkinson, used with permission",)

# Order of the keys in the JSON files. No word stands in two of the lists.
LISTS = ("words", "common", "ambiguous", "eponyms", "titles", "place_markers")
PACKED = ("words", "common", "dictionary")  # long ones
# What these hold may stand in one of the others, too
EPONYMIC = ("bearers", "heads", "leads", "defining")
RULES = frozenset({"spellings", "inflect", "compounds"})
KEYS = RULES | {*LISTS, *EPONYMIC, "language", "sources", "phrases", "disarmed", "reviewed"}
NO_ENDING = "-"
_SHORTEST_LETTERS = 2
_LONGEST_LETTERS = 48


class VocabularyError(Exception):
    """A YAML file breaks the rules; the message lists every problem."""


def entries(block: Any) -> list[str]:
    """The words of a block of text, or of all blocks of a mapping; "#" begins a comment."""
    if block is None:
        return []
    if isinstance(block, dict):
        return [entry for part in block.values() for entry in entries(part)]
    if not isinstance(block, str):
        # A plain YAML list reads "no" and "on" as truth values
        raise VocabularyError(f"a list of words has to be a block of text, not {type(block).__name__}")
    return [entry for line in block.splitlines() for entry in line.split("#")[0].split()]


def spelled(word: str, spellings: dict[str, list[str]]) -> set[str]:
    """`word` folded, in every spelling: ä is folded to a, and written ae where umlauts are missing."""
    letters = [letter for letter in spellings if letter in word.lower()]
    forms = set()
    for choice in itertools.product(*([letter, *spellings[letter]] for letter in letters)):
        form = word.lower()
        for letter, written in zip(letters, choice, strict=True):
            form = form.replace(letter, written)
        forms.add(folded(form))
    return forms


def inflected(rules: list[dict[str, str]] | None) -> list[str]:
    """Every stem with every ending of its rule; "-" is the bare stem."""
    return [
        stem + ending.replace(NO_ENDING, "")
        for rule in rules or []
        for stem in entries(rule["stems"])
        for ending in entries(rule["endings"])
    ]


def compounded(rules: list[dict[str, str]] | None) -> list[str]:
    """Every first part with every second part of its rule."""
    return [
        first + second
        for rule in rules or []
        for first in entries(rule["first"])
        for second in entries(rule["second"])
    ]


def phrases(block: str | None) -> list[str]:
    """The phrases of a block, one a line, as folded words joined by single spaces."""
    lines = (line.split("#")[0] for line in (block or "").splitlines())
    return sorted({" ".join(words(line)) for line in lines if line.strip()})


def _is_one_word(entry: str) -> bool:
    return words(entry) == [folded(entry)] and _SHORTEST_LETTERS <= len(entry) <= _LONGEST_LETTERS


def _form_problems(lists: dict[str, list[str]]) -> list[str]:
    return [
        f"{name}: {entry!r} is not one word of {_SHORTEST_LETTERS} letters or more"
        for name, listed in lists.items()
        for entry in listed
        if not _is_one_word(entry)
    ]


def _overlap_problems(lists: dict[str, set[str]]) -> list[str]:
    problems = []
    for one, other in itertools.combinations(LISTS, 2):
        shared = sorted(lists[one] & lists[other])
        if shared:
            problems.append(f"in {one} and in {other}: {' '.join(shared)}")
    return problems


def read(path: Path) -> dict[str, Any]:
    """The YAML file `path`. Raises VocabularyError for keys that are unknown or missing."""
    source = yaml.safe_load(path.read_text(encoding="utf-8"))
    unknown = sorted(set(source) - KEYS)
    missing = sorted({"language", "sources", "words"} - set(source))
    if unknown or missing:
        raise VocabularyError(f"{path.name}: unknown keys {unknown}, missing keys {missing}")
    return dict(source)


def vocabulary(path: Path) -> dict[str, Any]:
    """Contents of the JSON file that belongs to `path`. Raises VocabularyError.

    The forms that rules make give way to the other lists; a word listed by hand in two lists is an error.
    """
    source = read(path)
    spellings = source.get("spellings") or {}
    listed = {name: entries(source.get(name)) for name in LISTS}
    made = inflected(source.get("inflect")) + compounded(source.get("compounds"))
    eponymic = {name: entries(source.get(name)) for name in EPONYMIC}
    problems = _form_problems({**listed, **eponymic, "inflect and compounds": made})
    lists = {name: {form for word in listed[name] for form in spelled(word, spellings)} for name in LISTS}
    frequent = {form for word in stopwords().get(path.stem, []) for form in spelled(word, spellings)}
    lists["common"] |= frequent.difference(*(lists[name] for name in LISTS[2:]))
    disarmed = {form for word in entries(source.get("disarmed")) for form in spelled(word, spellings)}
    # A term that is also a word of the language is a term
    lists["common"] -= lists["words"]
    problems += _overlap_problems(lists)
    problems += [f"disarmed but not ambiguous: {word}" for word in sorted(disarmed - lists["ambiguous"])]
    if problems:
        raise VocabularyError("\n".join(f"{path.name}: {problem}" for problem in problems))
    lists["words"] |= {form for word in made for form in spelled(word, spellings)}.difference(
        *(lists[name] for name in LISTS[1:])
    )
    lists["dictionary"] = set(dictionary().get(path.stem, [])).difference(*(lists[name] for name in LISTS))
    return {
        "header": {
            "language": source["language"],
            "source": " ".join(source["sources"].split()),
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "rows": sum(len(lists[name]) for name in PACKED),
            "generated_by": GENERATED_BY,
            "attribution": "; ".join(["Deidra, Apache-2.0", *_further_sources(path.stem)]),
        },
        **{name: sorted(lists[name]) for name in (*LISTS, "dictionary") if lists[name] or name in LISTS},
        "disarmed": sorted(disarmed),
        "phrases": phrases(source.get("phrases")),
        **{name: sorted(set(map(folded, listed))) for name, listed in eponymic.items() if listed},
    }


def _further_sources(name: str) -> tuple[str, ...]:
    return (_STOPWORDS_FROM if name in stopwords() else ()) + (_DICTIONARY_FROM if name in dictionary() else ())


@cache
def stopwords() -> dict[str, list[str]]:
    """Language -> function words that stopwords.py has gathered."""
    found = json.loads(STOPWORDS.read_text(encoding="utf-8"))
    return {language: listed.split() for language, listed in found.items() if language != "header"}


@cache
def dictionary() -> dict[str, list[str]]:
    """Language -> words of a dictionary that are no names, which dictionary.py has gathered."""
    found = json.loads(DICTIONARY.read_text(encoding="utf-8"))
    return {language: listed.split() for language, listed in found.items() if language != "header"}


def by_beginning(listed: list[str]) -> dict[str, str]:
    """The sorted words of a long list by their first letters: the vocabulary splits what it needs."""
    grouped = itertools.groupby(listed, key=lambda word: word[:BEGINNING])
    return {beginning: " ".join(group) for beginning, group in grouped}


def render(payload: dict[str, Any]) -> bytes:
    """`payload` as UTF-8 JSON in short lines, so that a change reads as a diff."""
    packed = {**payload, **{name: by_beginning(payload[name]) for name in PACKED if name in payload}}
    return (json.dumps(packed, ensure_ascii=False, indent=0) + "\n").encode()


def generated() -> dict[str, bytes]:
    """File name -> content of every generated file. Raises VocabularyError with the problems of all files."""
    files: dict[str, bytes] = {}
    problems = []
    for path in sorted(SOURCES.glob("*.yaml")):
        try:
            files[f"{path.stem}.json"] = render(vocabulary(path))
        except VocabularyError as error:
            problems.append(str(error))
    if problems:
        raise VocabularyError("\n".join(problems))
    return files


def present() -> dict[str, bytes]:
    """File name -> content of the files that this generator has written; the folder may hold others."""
    found = {path.name: path.read_bytes() for path in DATA.glob("*.json")}
    return {name: content for name, content in found.items() if GENERATED_BY.encode() in content}


def main() -> int:
    parser = argparse.ArgumentParser(description="Generate the lists of safe words.")
    parser.add_argument(
        "--check", action="store_true", help="compare with the committed files, write nothing"
    )
    arguments = parser.parse_args()
    try:
        expected = generated()
    except VocabularyError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if arguments.check:
        there = present()
        differing = sorted(name for name in expected | there if expected.get(name) != there.get(name))
        for name in differing:
            print(f"differs: {name}")
        return 1 if differing else 0
    DATA.mkdir(parents=True, exist_ok=True)
    for name, content in expected.items():
        (DATA / name).write_bytes(content)
        print(f"{name}: {json.loads(content)['header']['rows']} words")
    return 0


if __name__ == "__main__":
    sys.exit(main())

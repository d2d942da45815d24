"""Write tools/vocabulary/stopwords.json: function words by language, from spaCy and stopwords-iso (both MIT).

    python tools/vocabulary/stopwords.py

Words that are also frequent names (US Census, Faker) are left out; generate.py takes the others for words of the
language. Run it before generate.py.
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import stopwordsiso
from doubtful import census, people

from deidra.text.folding import folded, words

LANGUAGES = "cs da de en es fi fr it nl no pl pt sv tr".split()
OWN_NAME = {"no": "nb"}
TARGET = Path(__file__).resolve().parent / "stopwords.json"
# The English list of stopwords-iso holds the vocabulary of the web, too
ONLY_SPACY = {"en"}


def function_words(language: str) -> set[str]:
    """The function words of `language` in both collections, in lower case, of two letters and more."""
    module = importlib.import_module(f"spacy.lang.{OWN_NAME.get(language, language)}.stop_words")
    listed = set(module.STOP_WORDS) | (set() if language in ONLY_SPACY else stopwordsiso.stopwords(language))
    return {word.lower() for word in listed if words(word) == [folded(word)] and len(word) > 1}


def main() -> None:
    names = census(5000) | people()
    found = {
        language: sorted(word for word in function_words(language) if folded(word) not in names)
        for language in LANGUAGES
    }
    header = {
        "source": "spaCy (MIT) and stopwords-iso (MIT), without frequent names",
        "rows": {language: len(listed) for language, listed in found.items()},
        "generated_by": "tools/vocabulary/stopwords.py",
    }
    payload = {"header": header, **{language: " ".join(listed) for language, listed in found.items()}}
    TARGET.write_text(json.dumps(payload, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print(header["rows"])


if __name__ == "__main__":
    main()

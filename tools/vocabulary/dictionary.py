"""Write tools/vocabulary/dictionary.json: words of English from SCOWL, without names.

    python tools/vocabulary/dictionary.py american-english-small british-english-small

The arguments are lists of SCOWL, a word a line, as Debian packages them (wamerican-small, wbritish-small). Words with
a capital, and words that are names of persons or towns too (US Census, Faker, GeoNames), are left out; generate.py
takes the others for words of the language, which stay but vouch for nothing. Run it before generate.py.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from doubtful import MOST_FREQUENT_SURNAMES, census, people, towns

TARGET = Path(__file__).resolve().parent / "dictionary.json"
_WORD = re.compile(r"[a-z]{3,32}")


def main() -> None:
    lists = [Path(argument).read_text(encoding="utf-8").split() for argument in sys.argv[1:]]
    listed = {word for words in lists for word in words if _WORD.fullmatch(word)}
    found = sorted(listed - census(MOST_FREQUENT_SURNAMES) - people(parts=True) - towns(0))
    header = {
        "source": "SCOWL (Spell Checker Oriented Word Lists), size 35, American and British; without names",
        "attribution": "Copyright 2000-2018 Kevin Atkinson; free to use, copy, modify and distribute with this notice",
        "rows": len(found),
        "generated_by": "tools/vocabulary/dictionary.py",
    }
    payload = {"header": header, "en": " ".join(found)}
    TARGET.write_text(json.dumps(payload, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print(f"{len(found)} of {len(listed)} words")


if __name__ == "__main__":
    main()

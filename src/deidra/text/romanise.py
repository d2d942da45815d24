"""Cyrillic, Greek and Arabic letters in Latin ones, in the ways that people and passports write them."""
# ruff: noqa: E501 - a table reads better with a line for each entry

from __future__ import annotations

from deidra.text.folding import folded

_CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўђјљњћџѓќѕ"


def _scheme(spellings: str) -> dict[str, str]:
    written = ["" if spelling == "-" else spelling for spelling in spellings.split()]
    return dict(zip(_CYRILLIC, written, strict=True))


# BGN/PCGN without diacritics comes first: it is also the form in which a text is searched
_CYRILLIC_SCHEMES = (
    _scheme("a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya i yi ye g u dj j lj nj c dz gj kj dz"),
    _scheme("a b v g d e e z z i j k l m n o p r s t u f h c c s s - y - e u a i i e g u d j lj nj c d g k z"),
    _scheme("a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch ie y - e iu ia i i ie g u d j lj nj c d g k dz"),
    _scheme("a b w g d e jo sch s i j k l m n o p r s t u f ch z tsch sch schtsch - y - e ju ja i ji je g u d j lj nj c d g k dz"),
    _scheme("a b v g d e yo j z i i k l m n o p r s t ou f kh ts tch ch chtch - y - e iou ia i i ie g ou d j li ni c d g k dz"),
    _scheme("a b v h d e io zh z y i k l m n o p r s t u f kh ts ch sh shch - y - e iu ia i i ie g u d j lj nj c d g k dz"),
    _scheme("a b v g d e jo zh z i j k l m n o p r s t u f x c ch sh shh - y - e ju ja i ji je g u dj j lj nj c dz g k dz"),
)  # fmt: skip

_GREEK = "αβγδεζηθικλμνξοπρσςτυφχψω"
_GREEK_SCHEMES = tuple(
    dict(zip(_GREEK, spellings.split(), strict=True))
    for spellings in (
        "a v g d e z i th i k l m n x o p r s s t y f ch ps o",
        "a b g d e z e th i k l m n x o p r s s t y ph ch ps o",
        "a v g d e z i th i k l m n ks o p r s s t i f h ps o",
        "a v g d e z h th i k l m n x o p r s s t u f x ps w",
    )
)
_GREEK_PAIRS: tuple[dict[str, str], ...] = (
    {},
    {"ου": "ou", "αυ": "av", "ευ": "ev", "μπ": "b", "ντ": "d", "γγ": "ng", "γκ": "gk"},
    {"ου": "ou", "αυ": "af", "ευ": "ef", "μπ": "mp", "ντ": "nt", "γγ": "ng", "γκ": "g"},
    {"ου": "u", "αυ": "au", "ευ": "eu", "μπ": "b", "ντ": "d", "γγ": "ng", "γκ": "g"},
)

# Letters of one sound that keyboards and countries write differently, and the stretching mark
_ARABIC = {"ة": "ه", "ى": "ي", "ی": "ي", "ک": "ك", "ۀ": "ه", "ـ": ""}

SEARCHED: dict[str, str] = _CYRILLIC_SCHEMES[0] | _GREEK_SCHEMES[0] | _ARABIC


def searched(letters: str) -> str:
    """`letters` (folded) in the one form in which terms and texts are compared."""
    if letters.isascii():
        return letters
    return "".join(SEARCHED.get(letter, letter) for letter in letters)


def spellings(word: str) -> set[str]:
    """How the folded `word` may be written: as it is searched, romanised, and with umlauts written out."""
    forms = {searched(word)}
    if word.isascii():
        return forms
    for scheme in _CYRILLIC_SCHEMES:
        forms.add("".join(scheme.get(letter, letter) for letter in word))
    for scheme in _GREEK_SCHEMES:
        for pairs in _GREEK_PAIRS:
            written = word
            for pair, latin in pairs.items():
                written = written.replace(pair, latin)
            forms.add("".join(scheme.get(letter, letter) for letter in written))
    return {searched(form) for form in forms}


_WRITTEN_OUT = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "ő": "oe", "ű": "ue", "ñ": "ny"}
_WRITTEN_IN = (("ae", "a"), ("oe", "o"), ("ue", "u"), ("aa", "a"))


def umlauts(word: str) -> set[str]:
    """The folded spellings of `word` (any case): with marks dropped, written out, and written in."""
    lower = word.lower()
    out = "".join(_WRITTEN_OUT.get(letter, letter) for letter in lower)
    plain = folded(word)
    forms = {plain, folded(out)}
    into = plain
    for long, short in _WRITTEN_IN:
        into = into.replace(long, short)
    return forms | {into}

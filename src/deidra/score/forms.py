"""In which forms an identifier can be recognised: other case, separators, order, date formats, encodings."""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote

from deidra.score.truth import Truth

_SURE_LETTERS = 7  # a name of so many letters is no part of another word by chance
_SHORTEST = 4
_NAMES = {"name", "physician"}
_PLACES = {"address", "institution"}
_DATES = {"date", "birth-date"}
_UNDECOMPOSED = str.maketrans("łøđðħıŋ", "loddhin") | {ord("æ"): "ae", ord("œ"): "oe", ord("þ"): "th"}
_DICOM = "%Y%m%d"
_DATE_FORMATS = (
    _DICOM, "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y %m %d", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%d %m %Y",
    "%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y", "%d %b %Y", "%d%b%Y", "%d-%b-%Y", "%b %d, %Y", "%b %d %Y", "%d %B %Y",
    "%B %d, %Y", "%d.%m.%y", "%m/%d/%y", "%d/%m/%y", "%Y_%m_%d", "%d_%m_%Y",
)  # fmt: skip
CODECS = (
    "utf-8", "latin-1", "iso8859_2", "iso8859_5", "iso8859_6", "iso8859_7", "iso8859_8", "iso8859_9", "gb18030",
    "euc_kr", "shift_jis", "iso2022_jp", "iso2022_jp_2", "utf-16-le", "utf-16-be",
)  # fmt: skip


def folded(text: str) -> str:
    """`text` without case, diacritics and width."""
    if text.isascii():
        return text.lower()
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return bare.casefold().translate(_UNDECOMPOSED)


def squeezed(text: str) -> str:
    """The letters and digits of `text`, folded."""
    return "".join(filter(str.isalnum, folded(text)))


def found_in_text(truth: Truth, words: str, letters: str) -> bool:
    """Whether folded text (`words`), of which `letters` are the letters and digits alone, still says it."""
    if truth.kind in _DATES:
        return date_form(truth.moment).search(words) is not None
    if truth.kind in _NAMES:
        return _name_found(truth, words, letters)
    if truth.kind in _PLACES:
        return any(_word_found(piece, words, letters) for piece in (*truth.core, truth.surface))
    return any(_number_found(piece, words, letters) for piece in {truth.surface, *truth.core})


def _name_found(truth: Truth, words: str, letters: str) -> bool:
    if any(_word_found(piece, words, letters) for piece in truth.core):
        return True
    return any(whole in letters and _adjacent(parts, words) for whole, parts in _orders(truth.surface))


@lru_cache(maxsize=16384)
def _orders(surface: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(squeezed, parts) of each alphabetic group of a name in both orders; a name alone counts only as a core."""
    found = []
    for group in surface.split("="):
        parts = tuple(part for part in re.split(r"[\s^,._]+", folded(group)) if part)
        if len(parts) >= 2:
            orders = (parts, parts[::-1], (parts[-1], *parts[:-1]), (*parts[1:], parts[0]))
            found += [("".join(filter(str.isalnum, "".join(order))), order) for order in orders]
    return tuple(dict.fromkeys(found))


def _adjacent(parts: tuple[str, ...], words: str) -> bool:
    joined = r"[\W_]*".join(map(re.escape, parts))
    return re.search(rf"(?<![^\W\d_]){joined}(?![^\W\d_])", words) is not None


def _word_found(piece: str, words: str, letters: str) -> bool:
    """A name or place: as a word of its own or, when it is long, also inside one."""
    bare = squeezed(piece)
    if not bare or bare not in letters:
        return False
    if len(bare) >= _SURE_LETTERS or not bare.isascii():
        return True
    return _bounded(piece).search(words) is not None


@lru_cache(maxsize=16384)
def _bounded(piece: str) -> re.Pattern[str]:
    parts = [re.escape(part) for part in re.split(r"[\W_]+", folded(piece)) if part]
    joined = r"[\W_]*".join(parts)
    return re.compile(rf"(?<![^\W\d_]){joined}(?![^\W\d_])")


def _number_found(piece: str, words: str, letters: str) -> bool:
    """An identifier: its letters and digits in order, whatever stands between them, not inside a longer number."""
    bare = squeezed(piece)
    return len(bare) >= _SHORTEST and bare in letters and _spaced(bare).search(words) is not None


@lru_cache(maxsize=16384)
def _spaced(bare: str) -> re.Pattern[str]:
    before = r"(?<!\d)" if bare[0].isdigit() else ""
    after = r"(?!\d)" if bare[-1].isdigit() else ""
    return re.compile(before + r"[\W_]{0,3}".join(map(re.escape, bare)) + after)


@lru_cache(maxsize=16384)
def date_form(moment: str) -> re.Pattern[str]:
    """A day in every usual format, in folded text. A time may follow, a digit must not stand before."""
    day = datetime.strptime(moment, "%Y%m%d")  # noqa: DTZ007 - a day has no zone
    found = []
    for form in _DATE_FORMATS:
        text = folded(day.strftime(form))
        found.append(re.escape(text) + ("" if form == _DICOM else r"(?!\d)"))
        loose = re.sub(r"(?<!\d)0(?=\d)", "", text)
        if loose != text and form != _DICOM:
            found.append(re.escape(loose) + r"(?!\d)")
    return re.compile(rf"(?<!\d)(?:{'|'.join(found)})")


@lru_cache(maxsize=16384)
def byte_forms(piece: str) -> tuple[bytes, ...]:
    """Spellings of a piece in raw bytes: character sets, base64 at any offset, hexadecimal, percent-encoding.

    All in lower case where the spelling has a case; the bytes searched must be lowered the same way.
    """
    found: dict[bytes, None] = {}
    for encoded in _encoded(piece):
        found[encoded.lower()] = None
    plain = piece.encode()
    if len(plain) >= _SHORTEST + 1:
        found[plain.hex().encode()] = None
        if not piece.isascii():
            found[quote(piece).lower().encode()] = None
    return tuple(form for form in found if len(form) >= _SHORTEST + (1 if form.isascii() else 0))


@lru_cache(maxsize=16384)
def base64_forms(piece: str) -> tuple[bytes, ...]:
    """The piece inside base64, at each of the three offsets. Their case counts."""
    plain = piece.encode()
    if len(plain) < _SURE_LETTERS:
        return ()
    forms = []
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + plain)
        start = (offset * 8 + 5) // 6
        forms.append(encoded[start : (offset + len(plain)) * 8 // 6])
    return tuple(forms)


def _encoded(piece: str) -> Iterator[bytes]:
    for codec in ("ascii", "utf-16-le", "utf-16-be") if piece.isascii() else CODECS:
        try:
            yield piece.encode(codec)
        except UnicodeEncodeError:
            continue


def pieces(truth: Truth) -> Iterable[str]:
    """What to search raw bytes for: the pieces that disclose, and the surface when it is no bare word."""
    if truth.kind in _DATES:
        return ()
    if truth.kind in _NAMES and not truth.core:
        return (truth.surface,)
    return truth.core or (truth.surface,)

"""One invented person, and a small honest cleaner that knows them: their terms, dates and telephone numbers."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import date, timedelta

import msgspec

from deidra.documents.clean import clean_document
from deidra.documents.work import CleanedDocument, Settings, TextCleaner

TERMS = ("Vandersloot", "Wilhelmina", "Quackenbush", "MRN-4711-0815", "90210123", "Zumwalt Clinic")
PSEUDONYM = "SUBJ-0001"
SHIFT_DAYS = -100
_DATE = re.compile(r"(?<!\d)(\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{4})(?!\d)")
_PHONE = re.compile(r"\+\d[\d ()-]{7,}\d")
_KNOWN = re.compile("|".join(r"\s+".join(map(re.escape, term.split())) for term in TERMS), re.IGNORECASE)


class Span(msgspec.Struct, frozen=True):
    start: int
    end: int
    rule: str
    replacement: str = ""


class Cleaned(msgspec.Struct, frozen=True):
    text: str
    spans: tuple[Span, ...]


class SmallCleaner:
    def clean(self, text: str, *, max_characters: int | None = None, multi_line: bool = True) -> Cleaned:
        del max_characters, multi_line  # what the small cleaner leaves is never longer
        spans = []
        for rule, pattern in (("known:name", _KNOWN), ("format:date", _DATE), ("format:phone", _PHONE)):
            spans += [Span(match.start(), match.end(), rule) for match in pattern.finditer(text)]
        spans.sort(key=lambda span: span.start)
        cleaned, position = [], 0
        for span in spans:
            if span.start >= position:
                cleaned.append(text[position : span.start])
                position = span.end
        cleaned.append(text[position:])
        return Cleaned("".join(cleaned), tuple(spans))


def new_uid(value: str) -> str:
    return f"2.25.{int.from_bytes(hashlib.sha256(value.encode()).digest()[:16])}"


def shifted(day: date) -> date:
    return day + timedelta(days=SHIFT_DAYS)


def clean(
    data: bytes, mime_type: str, settings: Settings | None = None, cleaner: TextCleaner | None = None, **more: object
) -> CleanedDocument:
    return clean_document(
        data,
        mime_type,
        cleaner or SmallCleaner(),
        shift_date=shifted,
        uid_of=new_uid,
        pseudonym=PSEUDONYM,
        settings=settings,
        **more,  # type: ignore[arg-type]
    )


def found_in(data: bytes, needles: tuple[str, ...]) -> list[str]:
    """The needles in any reading of `data`: as it is, in UTF-16, and in base 64 at each of its three offsets."""
    lowered = data.lower()
    found = []
    for needle in needles:
        raw = needle.encode()
        readings = [raw, raw.lower(), needle.encode("utf-16-le"), needle.encode("utf-16-be"), raw.hex().encode()]
        for pad in range(3):
            encoded = base64.b64encode(b"\0" * pad + raw + b"\0\0\0")
            readings.append(encoded[(0, 2, 3)[pad] : len(raw) // 3 * 4 - 1])
        if any(reading in data or reading.lower() in lowered for reading in readings if len(reading) > 5):
            found.append(needle)
    return found


def markers(count: int) -> tuple[str, ...]:
    """Words that no cleaner knows: they stand where a format's own rules must remove them."""
    return tuple(f"qzx{hashlib.sha256(b'%d' % number).hexdigest()[:8]}" for number in range(count))

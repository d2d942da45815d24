"""The words of the report and of the command line: what a verification means to somebody who answers for the data."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deidra.verify.report import VerifySummary

SEVERITIES = {
    "leak": ("Leaks", "known identifiers, or values that had to change and did not"),
    "suspect": ("Suspicions", "look like identifiers; a person has to decide"),
    "error": ("Errors", "conformance or connections that the source had"),
    "unclear": ("Unclear", "missing, foreign or not understood"),
    "unread": ("Unread", "files that cannot be read to their end"),
    "note": ("Notes", "worth knowing, accuse nobody"),
}
CHECKS = {
    "known-identifiers": "Known identifiers",
    "unchanged-values": "Values that had to change",
    "shapes": "Shapes of identifiers",
    "integrity": "Connections between objects",
    "conformance": "Conformance",
    "files": "Files",
}
EXAMINATIONS = {
    "known-identifiers": (
        "Known identifiers",
        "Every byte and every value was searched for names, numbers and UIDs of the originals.",
    ),
    "days-and-short-names": ("Days and short names", "Searched for in the objects of the subject that bears them."),
    "shapes": ("Shapes", "Kept text was judged by its look: names, days, numbers, addresses."),
    "integrity": ("Connections", "Identities one to one, references closed, entities consistent."),
    "unchanged-values": (
        "Comparison with the source",
        "Attribute by attribute: what stayed, what changed, what had to change.",
    ),
    "validators": ("Validators", "dciodvfy before and after; only new errors count."),
    "pixel-text": ("Text in pixels", "Rendered frames were read by an OCR engine and searched."),
    "packed-content": ("Packed content", "Parts inside files that need an extra to be read."),
    "sources": ("Sources", "The originals themselves were read."),
}
NATURES = {
    "subject": "subjects",
    "name": "names",
    "id": "identification numbers",
    "contact": "telephone numbers and mail addresses",
    "address": "addresses",
    "institution": "institutions",
    "device": "devices",
    "network": "network names",
    "birth-date": "days of birth",
    "date": "days",
    "uid": "UIDs",
}
FATES = {
    "kept": "kept",
    "changed": "changed",
    "emptied": "emptied",
    "lost": "removed",
    "added": "added",
}


def counted(count: int, noun: str, many: str = "") -> str:
    """``1 file``, ``2 files``; `many` where it is no s."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {many or noun + 's'}"


def verdict(summary: VerifySummary) -> str:
    """The verification in one sentence."""
    counts = summary.counts
    what = counted(summary.files, "file")
    if counts["leak"] or counts["suspect"]:
        parts = [
            counted(counts[kind], noun) for kind, noun in (("leak", "leak"), ("suspect", "suspicion")) if counts[kind]
        ]
        rest = "this must not leave the house" if counts["leak"] else "somebody must look before this leaves the house"
        return f"{' and '.join(parts)} in {what}: {rest}"
    if counts["error"]:
        return f"No identifier found in {what}, but {counted(counts['error'], 'new error')}"
    if counts["unclear"] or counts["unread"]:
        left = counts["unclear"] + counts["unread"]
        return f"No identifier found, but {counted(left, 'thing')} in {what} could not be judged"
    if not any(row.kind == "known-identifiers" and row.made for row in summary.examinations):
        return f"Nothing that looks like an identifier in {what}; nothing is known of the originals"
    return f"No identifier found in {what}"


def moment(started: str) -> str:
    """A UTC time stamp for people."""
    return datetime.fromisoformat(started).strftime("%d %B %Y, %H:%M UTC")


def duration(seconds: float) -> str:
    """``0.8 seconds``, ``3 min 20 s``, ``2 h 5 min``."""
    if seconds < 60:
        return f"{seconds:.1f} seconds"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def volume(count: int) -> str:
    """Bytes in the unit that fits (powers of 1000)."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:,.1f} TB"

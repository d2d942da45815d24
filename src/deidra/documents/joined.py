"""Text that lies in pieces (runs, table cells, lines) is cleaned as a whole, so that no seam hides a name."""

from __future__ import annotations

from collections.abc import Sequence

from deidra.documents.work import TEXT_SOURCE, FoundSpan, Work
from deidra.model import Action


def clean_pieces(pieces: Sequence[tuple[str, str]], work: Work, locator: str) -> list[str]:
    """Clean the joined text of `pieces`, each a text and what separates it from the next; one text a piece back.

    A replacement lands in the first piece that its span touches.
    """
    if len(pieces) == 1:
        return [work.text(pieces[0][0], locator, multi_line=True)]
    starts, whole = [], []
    position = 0
    for text, separator in pieces:
        starts.append(position)
        whole += [text, separator]
        position += len(text) + len(separator)
    joined = "".join(whole)
    if not joined.strip():
        return [text for text, _ in pieces]
    cleaned = work.clean(joined)
    if cleaned.text == joined or (not cleaned.spans and cleaned.text.split() == joined.split()):
        work.keep(joined, changed=False)
        return [text for text, _ in pieces]
    work.keep(cleaned.text, changed=True)
    work.edit(locator, Action.CLEAN, "document:text", TEXT_SOURCE)
    if not cleaned.text.strip() or not cleaned.spans:
        return ["" for _ in pieces]
    return _cut([text for text, _ in pieces], starts, sorted(cleaned.spans, key=lambda span: (span.start, -span.end)))


def _cut(texts: list[str], starts: list[int], spans: list[FoundSpan]) -> list[str]:
    results = []
    first_span = 0
    for text, start in zip(texts, starts, strict=True):
        end = start + len(text)
        while first_span < len(spans) and spans[first_span].end <= start:
            first_span += 1
        kept, position, index = [], start, first_span
        while index < len(spans) and spans[index].start < end:
            span = spans[index]
            index += 1
            if span.end <= position:
                continue
            kept.append(text[position - start : max(span.start, position) - start])
            if span.start >= start and span.start >= position:
                kept.append(span.replacement)
            position = max(position, span.end)
        kept.append(text[max(position, start) - start :] if position < end else "")
        results.append(_tidy("".join(kept)) if index > first_span else text)
    return results


def _tidy(text: str) -> str:
    """One blank where a removed word left two."""
    while "  " in text:
        text = text.replace("  ", " ")
    return text

"""Identifiers that their form gives away, whoever they belong to.

Every pattern looks around itself for letters and digits, never for a "word boundary": an underscore joins words in
descriptors and is a word character to regular expressions.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from deidra.text.folding import level, same_length
from deidra.text.formats_contact import find_network, find_phones, find_uids
from deidra.text.formats_dates import find_ages, find_dates
from deidra.text.formats_ids import find_national_ids, find_personal_numbers, find_record_numbers
from deidra.text.formats_places import find_places
from deidra.text.spans import Span, resolved

_DIGIT = re.compile(r"\d", re.ASCII)
_PHONE_DIGITS = 4
_NATIONAL_DIGITS = 8


def _nothing_safe(_word: str) -> bool:
    return False


def find_formats(text: str, *, uid_of: Callable[[str], str], safe: Callable[[str], bool] = _nothing_safe) -> list[Span]:
    """Dates, times beside them, old ages, numbers of persons, addresses and the like in `text`, without overlap.

    UIDs are replaced by what `uid_of` makes of them, and stay where it returns them unchanged. `safe` says of a
    folded word that it is vocabulary: it spares shapes that technique uses too.
    """
    flat = level(text)
    digits = len(_DIGIT.findall(flat))
    network = find_network(flat)
    if not digits:
        return resolved([network])
    uids, kept = find_uids(flat, uid_of)
    if kept:
        flat = blanked(flat, kept)
        network = find_network(flat)
    low = same_length(flat)
    layers = [uids, network, find_personal_numbers(flat), find_ages(low), find_dates(low) if digits >= 2 else []]
    if digits >= _PHONE_DIGITS:
        layers.append(find_phones(flat))
    layers.append(find_record_numbers(flat, safe))
    layers.append(find_places(flat, low, safe))
    found = resolved(layers)
    if digits >= _NATIONAL_DIGITS:
        # Check digits cost most, and only what no form has given away is left to them
        rest = blanked(flat, [(span.start, span.end) for span in found])
        if len(_DIGIT.findall(rest)) >= _NATIONAL_DIGITS:
            found = resolved([found, find_national_ids(rest)])
    return found


def blanked(flat: str, kept: list[tuple[int, int]]) -> str:
    """`flat` with what is settled out of the sight of the patterns that come next."""
    for start, end in kept:
        flat = flat[:start] + "|" * (end - start) + flat[end:]
    return flat

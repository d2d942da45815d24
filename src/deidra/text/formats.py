"""Identifiers that their form gives away, whoever they belong to.

Every pattern looks around itself for letters and digits, never for a "word boundary": an underscore joins words in
descriptors and is a word character to regular expressions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from deidra.text.folding import level, same_length
from deidra.text.formats_contact import PHONE_LABELS, PHONES, find_network, find_uids, phones
from deidra.text.formats_dates import AGES, CLOCKS, DATES, ages, clocks, date_cues, dates
from deidra.text.formats_ids import (
    LABELLED_NUMBERS,
    PERSONAL_NUMBERS,
    SHAPES,
    find_national_ids,
    id_cues,
    labelled_numbers,
    personal_numbers,
    shapes,
)
from deidra.text.formats_places import (
    ADDRESSES,
    CODES,
    DOUBTFUL,
    LABELLED_PLATES,
    addresses,
    coordinates,
    doubtful_shapes,
    labelled_plates,
    place_cues,
)
from deidra.text.outline import Cue, Family, Found, Outline, Patterns
from deidra.text.spans import Span, resolved

_SHORT, _FEW_CAPITALS = 5, 3  # letters
_NATIONAL_DIGITS = 8


def _nothing_safe(_word: str) -> bool:
    return False


def find_formats(text: str, *, uid_of: Callable[[str], str], safe: Callable[[str], bool] = _nothing_safe) -> list[Span]:
    """Dates, times beside them, old ages, numbers of persons, addresses and the like in `text`, without overlap.

    UIDs are replaced by what `uid_of` makes of them, and stay where it returns them unchanged. `safe` says of a
    folded word that it is vocabulary: it spares shapes that technique uses too.
    """
    flat = level(text)
    network = find_network(flat)
    outline = Outline(flat, cues_of)
    if not outline.digits:
        return resolved([network])
    uids, kept = find_uids(flat, uid_of)
    if kept:
        flat = blanked(flat, kept)
        network = find_network(flat)
        outline = Outline(flat, cues_of)
    low = same_length(flat)
    matches = _PATTERNS.matches(flat, low, outline)
    found = resolved([uids, network, *_layers(flat, low, outline.digits, matches, safe)])
    if outline.digits >= _NATIONAL_DIGITS:
        # Check digits cost most, and only what no form has given away is left to them
        rest = blanked(flat, [(span.start, span.end) for span in found])
        if sum(map(rest.count, "0123456789")) >= _NATIONAL_DIGITS:
            found = resolved([found, find_national_ids(rest)])
    return found


def _layers(
    flat: str, low: str, digits: int, matches: Mapping[str, Sequence[Found]], safe: Callable[[str], bool]
) -> Iterator[list[Span]]:
    """What the families find, in the order of their authority."""
    none: tuple[Found, ...] = ()
    yield personal_numbers(matches.get("personal", none))
    yield ages(matches.get("ages", none))
    days = dates(low, matches.get("dates", none)) + clocks(matches.get("clocks", none))
    yield days
    yield list(_beside(flat, days, phones(flat, digits, matches.get("phones", none))))
    numbers = _beside(flat, days, shapes(flat, matches.get("shapes", none), safe))
    yield [*labelled_numbers(flat, matches.get("labelled", none)), *numbers]
    yield [
        *_beside(flat, days, addresses(flat, low, matches.get("addresses", none), safe)),
        *addresses(flat, low, matches.get("codes", none), safe),
        *doubtful_shapes(matches.get("doubtful", none), safe),
        *labelled_plates(matches.get("plates", none)),
        *coordinates(flat, digits),
    ]


def _beside(flat: str, days: list[Span], found: list[Span]) -> Iterator[Span]:
    """What of `found` has no day behind a blank: "ring 2017-03-24" is no street, and "320 2017-03-24" no number."""
    parted = [day for day in days if day.start and flat[day.start - 1] == " "]
    for span in found:
        if not any(span.start < day.start < span.end for day in parted):
            yield span


_PATTERNS = Patterns(
    {
        "personal": Family(PERSONAL_NUMBERS),
        "ages": Family(AGES, folded=True),
        "dates": Family(DATES, folded=True),
        "clocks": Family(CLOCKS, folded=True),
        "phones": Family(PHONES),
        "labelled": Family(LABELLED_NUMBERS),
        "shapes": Family(SHAPES),
        "addresses": Family(ADDRESSES, folded=True),
        "codes": Family(CODES),
        "doubtful": Family(DOUBTFUL),
        "plates": Family(LABELLED_PLATES, folded=True),
    }
)


@lru_cache(maxsize=65_536)
def cues_of(word: str) -> int:
    """What `word` may begin, or be part of."""
    plain = same_length(word)
    cues = date_cues(plain) | id_cues(plain) | place_cues(word, plain)
    if plain.startswith(PHONE_LABELS):
        cues |= Cue.PHONE
    if word.isascii() and len(word) <= _SHORT:
        cues |= Cue.SHORT
    if word.isupper() and len(word) <= _FEW_CAPITALS:
        cues |= Cue.CAPITALS
    if "A" <= word[0] <= "Z":
        cues |= Cue.CAPITAL
    return cues


def blanked(flat: str, kept: list[tuple[int, int]]) -> str:
    """`flat` with what is settled out of the sight of the patterns that come next."""
    if not kept:
        return flat
    pieces = []
    at = 0
    for start, end in kept:
        pieces += [flat[at:start], "|" * (end - start)]
        at = end
    return "".join([*pieces, flat[at:]])

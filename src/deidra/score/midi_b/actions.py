"""The ten checks of MIDI-B, verdict by verdict as its script gives them, its quirks included.

True passes, False fails, None is blank: the script could not tell, and counts the check all the same.
"""

from __future__ import annotations

from collections.abc import Mapping

from deidra.score.midi_b.answers import Check
from deidra.score.midi_b.index import Indexed
from deidra.score.midi_b.tokens import content_words

Verdict = bool | None


def verdict(check: Check, file: Indexed, uids: Mapping[str, str], patients: Mapping[str, str]) -> Verdict:
    """The verdict on one check but pixels_hidden, which needs eyes. Maps are original -> new, without brackets."""
    here = file.values.get(check.place or "")
    match check.action:
        case "tag_retained":
            return here is not None
        case "text_notnull":
            return here is not None and here != "<>"
        case "text_retained":
            return False if here is None else _text_verdict(here, check.text, retained=True)
        case "text_removed":
            if here is None:
                return True
            return _text_verdict("<>" if here == "<REMOVED>" else here, check.text, retained=False)
        case "date_shifted" | "uid_changed":
            return True if here is None else _changed(here, check.value)
        case "uid_consistent":
            return True if here is None else here == _mapped(uids, check.value)
        case "patid_consistent":
            return True if here is None else here == _mapped(patients, check.value)
        case "pixels_retained":
            return None if check.text is None else (file.digest or "None") == check.text.strip("<>")
    raise ValueError(check.action)


def missing_verdict(action: str) -> bool:
    """The verdict when the file is not in the output: what had to go went."""
    return action in {"text_removed", "date_shifted", "uid_changed", "pixels_hidden"}


def _mapped(table: Mapping[str, str], value: str | None) -> str:
    original = (value or "").removeprefix("<").removesuffix(">")
    return f"<{table[original]}>" if value is not None and original in table else ""


def _changed(here: str, value: str | None) -> Verdict:
    if value is None:
        return None
    return _bare(value).replace("\\", "") not in here.replace("\\", "")


def _text_verdict(here: str, expected: str | None, *, retained: bool) -> Verdict:
    if expected is None:
        return None
    return compared(_bare(here), _bare(expected), retained=retained)


def _bare(text: str) -> str:
    return text.replace("<", "").replace(">", "")


def compared(here: str, expected: str, *, retained: bool) -> Verdict:
    """Whether a text passes: as numbers where both are, as one string, or else word by word in any order."""
    here, expected = here.lower(), expected.lower()
    if here.replace(".", "", 1).isdigit() and expected.replace(".", "", 1).isdigit():
        try:
            return (float(here) == float(expected)) is retained
        except ValueError:  # digits of other scripts, superscripts
            return None
    if expected in here:
        return retained
    words = content_words(expected)
    if not words:
        return None
    found = sum(word in here for word in words)
    return found == len(words) if retained else found == 0

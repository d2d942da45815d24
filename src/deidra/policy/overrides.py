"""Which overrides are refused, and why. An override may loosen the profile only where no person shows."""

from __future__ import annotations

import calendar
import re
from typing import TYPE_CHECKING

from deidra.policy import protected, temporal
from deidra.policy.rules import TEXT_VRS
from deidra.policy.selectors import Private, Tag, Vr
from deidra.standard import confidentiality, dictionary, second_layer

if TYPE_CHECKING:
    from deidra.policy.schema import Override, Policy

# Longest value of each VR that a replacement text may have, in characters (PS3.5 Table 6.2-1).
_LONGEST = {
    "AE": 16, "AS": 4, "CS": 16, "DA": 8, "DS": 16, "DT": 26, "IS": 12, "LO": 64, "LT": 10240, "PN": 64,
    "SH": 16, "ST": 1024, "TM": 14, "UC": 10240, "UT": 10240,
}  # fmt: skip
_GRAMMAR = {
    "AS": re.compile(r"[0-9]{3}[DWMY]"),
    "CS": re.compile(r"[A-Z0-9_ ]*"),
    "DA": re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"),
    "DS": re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"),
    "DT": re.compile(
        r"(?:19|20)[0-9]{2}(?:(?:0[1-9]|1[0-2])(?:[0-3][0-9](?:[01][0-9]|2[0-3])?(?:[0-5][0-9]){0,2})?)?"
    ),
    "IS": re.compile(r"[+-]?[0-9]+"),
    "TM": re.compile(r"(?:[01][0-9]|2[0-3])(?:[0-5][0-9](?:[0-5][0-9](?:\.[0-9]{1,6})?)?)?"),
}
_PRINTABLE = re.compile(r"[ -\[\]-~]*")  # ASCII without the backslash, which separates values
_PSEUDONYM_VRS = frozenset({"LO", "LT", "PN", "ST", "UC", "UT"})
_VR_ACTIONS = frozenset({"remove", "empty", "dummy"})
_VR_STRUCTURE = frozenset({"CS", "SQ", "UI"})
_PRIVATE_ACTIONS = frozenset({"keep", "clean", "remove", "empty", "uid", "date"})


def refusal(policy: Policy, override: Override) -> str | None:
    """Why a policy cannot have this override, or None when it can."""
    target = override.selector.target
    if isinstance(target, Vr):
        return _vr(target, override.action)
    if isinstance(target, Private):
        return _private(policy, target, override.action)
    return _standard(policy, target, override)


def _vr(target: Vr, action: str) -> str | None:
    if action not in _VR_ACTIONS:
        return "a rule for a whole VR can only remove, empty or dummy; name the attributes it is meant for"
    if target.name in _VR_STRUCTURE:
        return (
            f"objects of every kind depend on {target.name} attributes; name the attributes it is meant for"
        )
    return None


def _private(policy: Policy, target: Private, action: str) -> str | None:
    if action not in _PRIVATE_ACTIONS:
        return f"private elements can be {', '.join(sorted(_PRIVATE_ACTIONS))}"
    vr = dictionary.private_vr(target.creator, target.group, target.low)
    if action == "keep" and vr == "PN":
        return "it names a person"
    if action == "keep" and vr in temporal.DATE_VRS and "full-dates" not in policy.options:
        return (
            "a date kept as it is would disclose the shift or what was removed; select the full-dates option"
        )
    if action == "clean" and vr is not None and vr not in TEXT_VRS:
        return f"its VR is {vr}; only text can be cleaned"
    if action == "date" and (vr is None or vr not in temporal.DATE_VRS):
        return "the private dictionary does not know it as a date"
    if action == "date" and "modified-dates" not in policy.options:
        return "it needs the modified-dates option"
    if action == "uid" and vr not in (None, "UI"):
        return f"its VR is {vr}, not UI"
    return None


def _standard(policy: Policy, target: Tag, override: Override) -> str | None:
    tag, action = target.number, override.action
    vr, keyword = dictionary.vr(tag), dictionary.keyword(tag)
    why = protected.reason(keyword, protected.STRUCTURAL)
    if why is None and tag >> 16 == 0x7FE0:
        why = "pixel data are governed by the pixels section"
    if why is None and keyword in protected.OWN_UIDS and action not in ("uid", "keep"):
        why = "the UIDs of an object can only be mapped"
    if why is not None:
        return why
    if action == "keep":
        return _keep(policy, tag, vr, keyword)
    if action == "clean":
        return _clean(vr, keyword)
    if action == "date":
        return _date(policy, tag, vr)
    if action == "uid" and vr != "UI":
        return f"its VR is {vr}, not UI"
    if action == "pseudonym" and vr not in _PSEUDONYM_VRS:
        return f"a pseudonym does not fit VR {vr}"
    return _literal(vr, override.value) if action == "replace" else None


def _keep(policy: Policy, tag: int, vr: str | None, keyword: str) -> str | None:
    row = confidentiality.edition(policy.edition).row(tag)
    category = second_layer.category(tag)
    if vr is None and row is None:
        return "the dictionary does not know it, so nothing says what it holds"
    if vr == "PN" or category == "person":
        return "it names a person"
    why = protected.reason(keyword, protected.DIRECT_IDENTIFIERS)
    if why is not None:
        return why
    if 0x5000 <= tag >> 16 <= 0x501E or 0x6000 <= tag >> 16 <= 0x601E:
        return "curves and overlays may show text; the clean-graphics option keeps what shows none"
    maps = row.basic == "U" if row is not None else category == "uid-instance"
    if maps and "uids" not in policy.options and (row is None or row.options.get("device-identity") != "K"):
        return "kept alone it would break references or find the original; the uids option keeps them all"
    dated = temporal.is_temporal(tag, vr or "") and not temporal.is_fixed(policy.edition, tag)
    if dated and "full-dates" not in policy.options:
        return (
            "a date kept as it is would disclose the shift or what was removed; select the full-dates option"
        )
    return None


def _clean(vr: str | None, keyword: str) -> str | None:
    if vr not in TEXT_VRS:
        return f"its VR is {vr or 'unknown'}; only text can be cleaned"
    return protected.reason(keyword, protected.DIRECT_IDENTIFIERS)


def _date(policy: Policy, tag: int, vr: str | None) -> str | None:
    if "modified-dates" not in policy.options:
        return "it needs the modified-dates option"
    if protected.reason(dictionary.keyword(tag), protected.DIRECT_IDENTIFIERS):
        return "no option of the standard retains dates of birth"
    if vr not in temporal.DATE_VRS:
        return f"its VR is {vr}, not a date or time"
    if temporal.is_fixed(policy.edition, tag):
        return "it is not a date of the subject: shifted, it would disclose the shift"
    return None


def _literal(vr: str | None, text: str) -> str | None:
    """Why a text cannot be a single value of a VR."""
    if vr == "UI":
        return "UIDs can only be mapped, or references would break"
    longest = _LONGEST.get(vr or "")
    if longest is None:
        return f"a text cannot stand for VR {vr or 'unknown'}"
    if not text or text != text.strip():
        return "the text must not be empty nor start or end with a space"
    if not _PRINTABLE.fullmatch(text):
        return "the text must be printable ASCII without a backslash, to fit every character set"
    if len(text) > longest:
        return f"the text has {len(text)} characters; VR {vr} allows {longest}"
    grammar = _GRAMMAR.get(vr or "")
    if (grammar and not grammar.fullmatch(text)) or (vr in ("DA", "DT") and not _is_day(text)):
        return f"the text is not a valid value of VR {vr}"
    return None


def _is_day(text: str) -> bool:
    if len(text) < len("YYYYMMDD"):
        return True
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:8])
    return 1 <= day <= calendar.monthrange(year, month)[1]

"""Graphics under Clean Graphics (PS3.15 E.3.3): what the table removes whole is cleaned part by part.

Without the option the rows of Table E.1-1 hold: a dummy annotation, no overlays (60xx), no curves (50xx). With it the
words in graphics are cleaned like any other, names of layers stay alike wherever they are written, numbers stay, and
the planes and curves themselves stay only when they were looked at (`deidra.dicom.graphic_groups`). Unformatted Text
Value (0070,0006) has a row of its own: a dummy, cleaned under Clean Descriptors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deidra.policy.rules import TEXT_VRS, Rule
from deidra.standard import dictionary

if TYPE_CHECKING:
    from deidra.policy.schema import Policy
    from deidra.standard.confidentiality import Edition

OVERLAYS, CURVES = 0x6000, 0x5000
DATA = 0x3000
_LAST_OF_FAMILY = 0x1E
_OVERLAY_COMMENTS = 0x4000
_ACTIVATION_LAYER = 0x1001
# Recorded speech (PS3.3-1998 C.10.1, retired), and what ties a curve to an overlay that may go
_CURVE_AUDIO, _CURVE_REFERENCES = range(0x2000, 0x2010), range(0x2600, 0x2611)
_GRAPHIC_LAYER = 0x00700002
# Words that no row speaks of: names of layers and groups, ticks of axes (PS3.3 C.10.5, C.10.7, C.10.11)
_WORDS = frozenset((0x00700068, 0x00700207, 0x00700208, 0x00700289))


def rule(policy: Policy, edition: Edition, tag: int) -> Rule | None:
    """The rule of an attribute of graphics under the option, None for all others and without it."""
    if "clean-graphics" not in policy.options:
        return None
    if tag == _GRAPHIC_LAYER:
        return Rule("C", "graphic-layer", "clean-graphics:layer", _cited(policy, "a name that graphics refer to"))
    if tag in _WORDS:
        return Rule("C", "text", "clean-graphics:text", _cited(policy, "words in graphics"))
    family = family_of(tag)
    return _of_family(edition, tag, family) if family else None


def family_of(tag: int) -> int:
    """OVERLAYS or CURVES for an element of their groups, 6000-601E and 5000-501E even (PS3.5 7.6), else 0."""
    group = tag >> 16
    family = group & 0xFF00
    return family if family in (OVERLAYS, CURVES) and group & 0xFF <= _LAST_OF_FAMILY and not group & 1 else 0


def _of_family(edition: Edition, tag: int, family: int) -> Rule:
    element, vr = tag & 0xFFFF, dictionary.vr(tag) or ""
    row = edition.families["60xx,3000" if family == OVERLAYS else "50xx,xxxx"]
    rule_id, source = f"E.1-1:{row.tag}", f"PS3.15 {edition.name} Table E.1-1 {row.tag} {row.basic}; Clean Graphics C"
    if not _is_understood(tag, element, family, vr):
        return Rule("X", "", rule_id, f"{source}: a part that nothing is known to need")
    if element == DATA:
        return Rule("C", "overlay" if family == OVERLAYS else "curve", rule_id, source)
    if element == _ACTIVATION_LAYER:
        return Rule("C", "graphic-layer", rule_id, source)
    # Code strings of these groups are enumerated or defined terms, no words that anybody types
    words = vr in TEXT_VRS - {"CS"}
    return Rule("C" if words else "K", "text" if words else "", rule_id, source)


def _is_understood(tag: int, element: int, family: int, vr: str) -> bool:
    """Whether an element can stay beside what it describes: all of a curve is retired, but few parts of an overlay."""
    if not vr or element in _CURVE_AUDIO or element in _CURVE_REFERENCES:
        return False
    return family == CURVES or element == _OVERLAY_COMMENTS or not dictionary.is_retired(tag)


def _cited(policy: Policy, what: str) -> str:
    return f"PS3.15 {policy.edition} E.3.3 Clean Graphics: {what}"

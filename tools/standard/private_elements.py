"""Private elements with a known disposition: PS3.15 Table E.3.10-1 and two lists of TCIA's curators.

Dispositions written: keep, uid, date, remove. Elements without a row are not known to be safe.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from output import Payload, header, require, verified
from pins import NEMA, TCIA_KB, TCIA_OBSERVED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from part15 import Part15

_POSDA = "PosdaTools (UAMS-DBMI), Apache-2.0"

# What a source writes -> what it means here. Absent letters mean: no usable disposition.
# Z (empty, one row) and oi (an integer holding a date, three rows) have no safe equivalent: removed.
_KB_CODES = {"K": "keep", "R": "remove", "X": "remove", "Z": "remove"}
_OBSERVED_CODES = {"k": "keep", "K": "keep", "d": "remove", "h": "uid", "o": "date", "oi": "remove"}

# A kept value still follows its VR: UIDs are mapped and dates are dates, whoever owns the element
_BY_VR = {"UI": "uid", "DA": "date", "DT": "date", "TM": "date"}
# Free text, names and addresses were safe in what the curators saw; nothing says that they are elsewhere
_FREE_VRS = frozenset({"LT", "ST", "UT", "UC", "PN", "AE", "UR"})
# VRs that say nothing of the content, as read from implicit VR files
_OPAQUE_VRS = frozenset({"", "UN", "OB", "OW"})
_TEXT_VRS = frozenset({"LO", "SH", "CS"}) | _OPAQUE_VRS
# The same holds for short text whose name says that a person or a site fills it in
_FILLED_IN = re.compile(
    r"(?i)comment|department|user$|file ?names?\b|(site|trial|project|protocol|preset) ?name|operator"
    r"|physician|institution|hospital|identificationlabel|serial ?n|patient ?(name|id)\b|_(date|time)$"
    r"|_datetime$"
)
# Creators that are not a device: the tool that read the file named them, or a de-identifier writes them
_NOT_A_DEVICE = re.compile(r"|CTP|Unnamed Private Block.*")

_STANDARD_STEP = r"\(([0-9a-f]{4}),([0-9a-f]{4})\)"
_PRIVATE_STEP = r'\(([0-9a-f]{4}),"([^"]*)",([0-9a-f]{2})\)'
_STEP = re.compile(f"(?:{_PRIVATE_STEP}|{_STANDARD_STEP})" + r"(?:\[<\d+>\])?")

Rows = dict[str, list[tuple[str, str]]]  # key -> (disposition, VR) of every row of the source


def private_key(group: int, creator: str, low: int) -> str:
    """Canonical form of one private element or sequence, e.g. (0019,"SIEMENS MR HEADER",0C)."""
    return f'({group:04X},"{creator}",{low:02X})'


def _judged(disposition: str, vr: str, name: str) -> str:
    if disposition != "keep":
        return disposition
    if vr in _FREE_VRS or (vr in _TEXT_VRS and _FILLED_IN.search(name)):
        return "remove"
    return _BY_VR.get(vr, "keep")


def _settled(rows: Iterable[tuple[str, str]]) -> str:
    """One disposition of several rows: what they agree on, and removal where they do not."""
    rows = list(rows)
    typed = {disposition for disposition, vr in rows if vr not in _OPAQUE_VRS}
    opaque = {disposition for disposition, vr in rows if vr in _OPAQUE_VRS}
    # An untyped 'keep' beside a typed 'uid' or 'date' is the same element read without its VR
    agreed = typed | (opaque - {"keep"} if typed else opaque)
    return agreed.pop() if len(agreed) == 1 else "remove"


def _kb_rows(path: Path) -> Iterator[tuple[str, str, str]]:
    """(key, disposition, VR) of the knowledge base; elements of even groups are not private."""
    with path.open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            group, low = int(row["group"], 16), int(row["element"], 16)
            disposition = _KB_CODES.get(row["disposition"])
            if disposition and group % 2 and not _NOT_A_DEVICE.fullmatch(row["creator"]):
                yield (
                    private_key(group, row["creator"], low),
                    _judged(disposition, row["vr"], row["name"]),
                    row["vr"],
                )


def _path_key(path: str) -> str | None:
    """Canonical key of an observed path; None if it ends in a standard attribute (judged by the standard)."""
    steps, position = [], 0
    for match in _STEP.finditer(path):
        require(match.start() == position, f"observed path not understood: {path}")
        position = match.end()
        group, creator, low, standard_group, element = match.groups()
        if group is None:
            steps.append(f"({standard_group.upper()},{element.upper()})")
        elif _NOT_A_DEVICE.fullmatch(creator):
            return None
        else:
            steps.append(private_key(int(group, 16), creator, int(low, 16)))
    require(position == len(path) and bool(steps), f"observed path not understood: {path}")
    return "/".join(steps) if '"' in steps[-1] else None


def _observed_rows(path: Path) -> Iterator[tuple[str, str, str]]:
    with path.open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            disposition = _OBSERVED_CODES.get(row["disposition"])
            key = _path_key(row["path"])
            if disposition and key:
                name = row["name"].rpartition(":")[2]
                yield key, _judged(disposition, row["vr"], name), row["vr"]


def _listed(part: Part15) -> Iterator[tuple[str, str, str]]:
    """Table E.3.10-1 says safe; only UIDs and dates still follow their VR."""
    for group, low, creator, vr, _ in part.private:
        yield private_key(group, creator, low), _BY_VR.get(vr, "keep"), vr


def _file(
    source: str, edition: str, sha256: str, attribution: str, rows: Iterable[tuple[str, str, str]]
) -> Payload:
    by_key: Rows = defaultdict(list)
    for key, disposition, vr in rows:
        by_key[key].append((disposition, vr))
    settled = {key: _settled(entries) for key, entries in sorted(by_key.items())}
    return {
        "header": header(
            source=source, edition=edition, sha256=sha256, rows=len(settled), attribution=attribution
        ),
        "rows": settled,
    }


def standard_file(newest: Part15) -> Payload:
    """Contents of private_standard.json."""
    source = "PS3.15 Table E.3.10-1"
    return _file(source, newest.edition, newest.sha256, NEMA, _listed(newest))


def tcia_kb_file(folder: Path) -> Payload:
    """Contents of private_tcia_kb.json."""
    path = verified(folder / TCIA_KB[0], TCIA_KB[1])
    return _file("TCIA private tag knowledge base", "2018-19", TCIA_KB[1], _POSDA, _kb_rows(path))


def tcia_observed_file(folder: Path) -> Payload:
    """Contents of private_tcia_observed.json."""
    path = verified(folder / TCIA_OBSERVED[0], TCIA_OBSERVED[1])
    return _file(
        "Private elements seen in TCIA curation", "2018-19", TCIA_OBSERVED[1], _POSDA, _observed_rows(path)
    )

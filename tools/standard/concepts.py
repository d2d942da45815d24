"""Other codes of the concepts that Table E.3.4-1 lists: those of SNOMED-RT, and those that have the same meaning.

A de-identifier is expected to know retired codes (PS3.15 E.3.4). Which code replaced which is not in PS3.15; pydicom
carries the mapping of SNOMED-RT to SNOMED CT (PS3.16 Annex O) and the coded concepts with their meanings.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from output import Payload, header, require
from pins import CONCEPT_SYNONYMS, PACKAGES, SNOMED_RT
from pydicom.sr._concepts_dict import concepts
from pydicom.sr._snomed_dict import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Code = tuple[str, str]  # code value, coding scheme designator

# CID 29, 32 and 33: acronyms of modalities are no concept names
_MODALITIES = frozenset((29, 32, 33))
_QUALIFIER = re.compile(r"\s*\([^()]*\)$")


def synonyms_file(meanings: Mapping[Code, str]) -> Payload:
    """{header, rows}: each row a code, and the code of the table that it stands for."""
    alike = dict(_same_meaning(meanings))
    older = {
        (mapping["SCT"][current[0]], scheme): listed
        for current, listed in {**{code: code for code in meanings}, **alike}.items()
        if current[1] == "SCT"
        for scheme in SNOMED_RT
    }
    require((len(alike), len(older)) == CONCEPT_SYNONYMS, f"concept synonyms: {len(alike)} and {len(older)}")
    rows = sorted((*code, *listed) for code, listed in {**older, **alike}.items())
    return {
        "header": header(
            source="pydicom's mapping of SNOMED-RT to SNOMED CT and its coded concepts, for Table E.3.4-1",
            edition=f"pydicom {PACKAGES['pydicom']}",
            sha256="",
            rows=len(rows),
            attribution="pydicom (MIT); DICOM is published by NEMA",
        ),
        "rows": rows,
    }


def _same_meaning(meanings: Mapping[Code, str]) -> Iterator[tuple[Code, Code]]:
    """Codes that pydicom knows under the very meaning of a listed one, such as (121060, DCM) for (11329-0, LN)."""
    by_meaning: dict[str, list[Code]] = defaultdict(list)
    for scheme, keywords in concepts.items():
        for codes in keywords.values():
            for code, (meaning, groups) in codes.items():
                if (code, scheme) not in meanings and _MODALITIES.isdisjoint(groups):
                    by_meaning[_plain(meaning)].append((code, scheme))
    for listed, meaning in meanings.items():
        for code in by_meaning.get(_plain(meaning), ()):
            yield code, listed


def _plain(meaning: str) -> str:
    """A meaning without case and the kind of concept that SNOMED CT appends in brackets."""
    return _QUALIFIER.sub("", meaning).strip().casefold()

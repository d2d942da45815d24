"""FHIR in JSON: read with bounds, numbers kept digit for digit."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from deidra.documents.decoding import decode_text, require_content
from deidra.documents.fhir import CleanInner, FhirCleaner, Number
from deidra.documents.narrative import clean_narrative
from deidra.documents.work import Work
from deidra.errors import Held, Rejected


def clean_fhir_json(data: bytes, work: Work, clean_inner: CleanInner) -> bytes:
    """A FHIR resource in JSON, cleaned. Raises Held for what is no FHIR resource."""
    require_content(data)
    work.require_text_size(len(data))
    text = decode_text(data)
    require_shallow(text, work.settings.max_depth)
    try:
        source = json.loads(text, parse_int=Number, parse_float=Number, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Rejected("document-damaged", "the JSON is not well-formed") from None
    return written(clean_root(source, work, clean_inner)).encode("utf-8")


def clean_root(source: Any, work: Work, clean_inner: CleanInner) -> dict[str, Any]:
    """The outermost resource, cleaned. Raises Held when it is of no known kind or about several patients."""
    if len({str(patient.get("id", number)) for number, patient in enumerate(_patients(source))}) > 1:
        raise Held("several-subjects", "the document is about more than one patient")
    cleaned = FhirCleaner(work, clean_inner, clean_narrative).resource(source, "json:")
    if cleaned is None:
        raise Held("unknown-structure", "the JSON or XML is no resource of FHIR R4")
    return cleaned


def _patients(source: Any) -> list[dict[str, Any]]:
    found = []
    waiting = [source]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if value.get("resourceType") == "Patient":
                found.append(value)
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return found


def require_shallow(text: str, max_depth: int) -> None:
    """Raises Held for JSON nested too deeply; brackets inside strings do not count."""
    depth = 0
    for number, part in enumerate(_outside_strings(text)):
        if number % 2 == 0:
            for character in part:
                if character in "[{":
                    depth += 1
                    if depth > max_depth:
                        raise Held("document-too-deep", f"JSON nested deeper than {max_depth} levels")
                elif character in "]}":
                    depth -= 1


def _outside_strings(text: str) -> list[str]:
    return text.replace("\\\\", "").replace('\\"', "").split('"')


def _refuse(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


def written(value: Any) -> str:
    """JSON without blanks; numbers as they stood."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{written(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(written, value)) + "]"
    return json.dumps(value, ensure_ascii=False)

"""Writes src/deidra/documents/data: which field of HL7 v2 and FHIR has which data type.

Run by hand, in an environment of its own, when an edition changes:
    pip install hl7apy==1.3.5 fhir.resources==8.3.0 && python tools/documents/generate_tables.py
hl7apy is MIT, fhir.resources is BSD; only field names, order, types and required codes are taken.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[2] / "src/deidra/documents/data"
VERSIONS = ("v2_3_1", "v2_5_1", "v2_8_2")
# Where the versions differ, the type that is treated more strictly counts
STRICTEST_FIRST = (
    ("XPN", "PPN", "PN", "XAD", "AD", "XTN", "TN", "XON", "PL", "NDL", "HD", "DLN", "FC", "JCC", "RP", "ED"),
    ("XCN", "CN"),
    ("CX", "EI", "EIP", "PRL"),
    ("TS", "DTM", "DT", "TM", "DR"),
    ("CE", "CWE", "CNE", "CF", "IS", "ID"),
)


def _rank(name: str) -> int:
    return next((rank for rank, names in enumerate(STRICTEST_FIRST) if name in names), len(STRICTEST_FIRST))


def hl7() -> dict[str, str]:
    seen: dict[str, dict[int, list[str]]] = {}
    for version in VERSIONS:
        segments = importlib.import_module(f"hl7apy.{version}.segments").SEGMENTS
        fields = importlib.import_module(f"hl7apy.{version}.fields").FIELDS
        for segment, (_, members) in segments.items():
            for name, *_ in members:
                kind = fields[name][2] if name in fields else None
                if kind and kind != "WD":
                    seen.setdefault(segment, {}).setdefault(int(name.split("_")[1]), []).append(kind)
    table = {}
    for segment, numbers in sorted(seen.items()):
        if not re.fullmatch(r"[A-Y][A-Z0-9]{2}", segment):
            continue
        row = [min(numbers.get(number, ["-"]), key=_rank) for number in range(1, max(numbers) + 1)]
        table[segment] = " ".join(row)
    return table


_PRIMITIVES = {
    "Id": "id", "Uri": "uri", "Url": "uri", "Canonical": "canonical", "Code": "code", "String": "string",
    "Markdown": "string", "DateTime": "date", "Date": "date", "Instant": "date", "Time": "time", "Boolean": "bool",
    "Integer": "number", "PositiveInt": "number", "UnsignedInt": "number", "Decimal": "number", "Integer64": "number",
    "Base64Binary": "base64", "Oid": "oid", "Uuid": "uuid", "Xhtml": "xhtml",
}  # fmt: skip


def _kind(field: Any) -> str:
    text = str(field.annotation)
    many = "*" if "List[" in text else ""
    if (model := re.search(r"abc\.(\w+?)Type\b", text)) is not None:
        return many + model[1]
    if "bool" in text:
        return many + "bool"
    text += " ".join(map(str, field.metadata))
    found = [name for name in re.findall(r"(\w+)\(", text) if name in _PRIMITIVES]
    if not found:
        return many + ("uuid" if "uuid" in text else "xhtml")
    primitive = found[0]
    extra = field.json_schema_extra or {}
    codes = "|".join(extra.get("enum_values", ())) if primitive == "Code" else ""
    codes = "" if "+" in codes else codes  # "and more": the list is not whole
    return many + _PRIMITIVES[primitive] + (":" + codes if codes else "")


def fhir() -> tuple[dict[str, dict[str, str]], list[str]]:
    package = importlib.import_module("fhir.resources.R4B")
    base = importlib.import_module("fhir.resources.R4B.element").Element
    resource_base = importlib.import_module("fhir.resources.R4B.resource").Resource
    models = {}
    for found in sorted(pkgutil.iter_modules(package.__path__), key=lambda module: module.name):
        if found.name.startswith(("fhirtypes", "tests")) or found.ispkg:
            continue
        module = importlib.import_module(f"fhir.resources.R4B.{found.name}")
        models |= {
            name: model
            for name, model in vars(module).items()
            if isinstance(model, type) and issubclass(model, (base, resource_base))
        }
    types, resources = {}, []
    for name, model in sorted(models.items()):
        by_alias = {field.alias or key: field for key, field in model.model_fields.items()}
        rows = {}
        for element in model.elements_sequence():
            if element in by_alias:
                rows[element] = _kind(by_alias[element])
        types[name] = rows
        if issubclass(model, resource_base) and name not in ("Resource", "DomainResource"):
            resources.append(name)
    return types, resources


def main() -> None:
    DATA.mkdir(parents=True, exist_ok=True)
    header = {
        "generated": "tools/documents/generate_tables.py",
        "source": "hl7apy 1.3.5 (MIT): HL7 v2.3.1, 2.5.1, 2.8.2",
    }
    hl7_table = {"header": header, "segments": hl7()}
    (DATA / "hl7v2.json").write_text(json.dumps(hl7_table, indent=1) + "\n")
    header = {**header, "source": "fhir.resources 8.3.0 (BSD): FHIR R4B"}
    types, resources = fhir()
    fhir_table = {"header": header, "resources": resources, "types": types}
    (DATA / "fhir_r4.json").write_text(json.dumps(fhir_table, separators=(",", ":")).replace('},"', '},\n"') + "\n")


if __name__ == "__main__":
    main()

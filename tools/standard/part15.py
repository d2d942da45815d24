"""PS3.15 Annex E: Tables E.1-1, E.1-1a, E.3.4-1 and E.3.10-1, read from the DocBook by xml:id."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lxml import etree
from output import Payload, header, require, verified
from pins import KNOWN_DUPLICATES, NEMA, OPTION_LABELS, PART15

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DOCBOOK = "{http://docbook.org/ns/docbook}"
_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"

_E_1_1 = (
    "Attribute Name",
    "Tag",
    "Retd. (from )",
    "In Std. Comp. IOD (from )",
    "Basic Prof.",
    *OPTION_LABELS,
)
_E_3_4_1 = (
    "Code Meaning",
    "Code Value",
    "Coding Scheme Designator",
    "Value Type",
    "Retd. (from )",
    "In Std. Tpl. (from )",
    "Basic Prof.",
    "Rtn. UIDs Opt.",
    "Rtn. Dev. Id. Opt.",
    "Rtn. Inst. Id. Opt.",
    "Rtn. Pat. Chars. Opt.",
    "Rtn. Long. Full Dates Opt.",
    "Rtn. Long. Modif. Dates Opt.",
    "Clean Desc. Opt.",
)
_E_3_10_1 = ("Data Element", "Private Creator", "VR", "VM", "Meaning")

_TAG = re.compile(r"\(([0-9A-F]{4}),([0-9A-F]{4})\)")
_PRIVATE_TAG = re.compile(r"\(([0-9A-F]{4}),xx([0-9A-F]{2})\)")
_FAMILIES = {
    "(50xx,xxxx)": "50xx,xxxx",
    "(60xx,3000)": "60xx,3000",
    "(60xx,4000)": "60xx,4000",
    "(gggg,eeee) where gggg is odd": "odd",
}
_NOTE = re.compile(r"\s*\(see Note \d+\)$")

# Of two codes printed for one tag, the one that lets less through
_STRICTNESS = ("", "K", "C", "Z", "D", "U", "X")


@dataclass(frozen=True)
class Part15:
    """One edition, parsed and checked. `rows` and `content` are ready to be written."""

    edition: str
    sha256: str
    rows: dict[int, Payload]
    families: dict[str, Payload]
    content: list[Payload]
    meanings: dict[tuple[str, str], str]  # (code, scheme) of Table E.3.4-1 -> Code Meaning, not to be shipped
    private: list[tuple[int, int, str, str, str]]  # group, low byte, creator, VR, meaning
    printed_rows: int


def _text(cell: Any) -> str:
    """Cell text with white space collapsed; U+200B only helps the printed line to break."""
    return " ".join("".join(cell.itertext()).replace("\u200b", "").split())


def _cells(row: Any) -> list[str]:
    return [_text(cell) for cell in row if cell.tag in (_DOCBOOK + "td", _DOCBOOK + "th")]


def _table(root: Any, table_id: str, labels: tuple[str, ...]) -> list[dict[str, str]]:
    """The rows of a table as label -> text; the labels must be exactly the expected ones."""
    found = [t for t in root.iter(_DOCBOOK + "table") if t.get(_XML_ID) == table_id]
    require(len(found) == 1, f"{table_id}: {len(found)} tables with this xml:id")
    heads = [_cells(row) for row in found[0].iter(_DOCBOOK + "tr") if row.getparent().tag.endswith("thead")]
    if table_id != "table_E.1-1a":  # the legend has no header row
        require(heads == [list(labels)], f"{table_id}: unexpected header labels {heads}")
    rows = [_cells(row) for row in found[0].iter(_DOCBOOK + "tr") if row.getparent().tag.endswith("tbody")]
    wrong = [number for number, row in enumerate(rows) if len(row) != len(labels)]
    require(not wrong, f"{table_id}: rows {wrong} do not have {len(labels)} cells")
    spans = [c for c in found[0].iter(_DOCBOOK + "td") if {c.get("colspan"), c.get("rowspan")} - {None, "1"}]
    require(not spans, f"{table_id}: cells that span rows or columns")
    return [dict(zip(labels, row, strict=True)) for row in rows]


def _yes(text: str) -> bool:
    require(text in ("Y", "N"), f"neither Y nor N: {text!r}")
    return text == "Y"


def _codes(row: dict[str, str], legend: frozenset[str], place: str) -> tuple[str, dict[str, str]]:
    """The Basic Profile code and the code per option that has one."""
    options = {option: row[label] for label, option in OPTION_LABELS.items() if row.get(label)}
    unknown = {row["Basic Prof."], *options.values()} - legend
    require(not unknown, f"{place}: codes {unknown} are not in Table E.1-1a")
    return row["Basic Prof."], options


def _stricter(one: Payload, other: Payload) -> Payload:
    """Two printings of one tag that differ only in option codes, as one row."""
    same = {key: one[key] for key in ("tag", "name", "retired", "in_iod", "basic")}
    require(same == {key: other[key] for key in same}, f"{one['tag']}: printed twice, differently")
    options = {
        option: max(one["options"].get(option, ""), other["options"].get(option, ""), key=_STRICTNESS.index)
        for option in OPTION_LABELS.values()
        if option in one["options"] and option in other["options"]
    }
    return {**same, "options": options}


def _confidentiality(
    table: list[dict[str, str]], legend: frozenset[str], edition: str
) -> tuple[dict[int, Payload], dict[str, Payload]]:
    """Table E.1-1: concrete tags and families."""
    rows: dict[int, Payload] = {}
    families: dict[str, Payload] = {}
    duplicates = set()
    for cells in table:
        printed = cells["Tag"]
        basic, options = _codes(cells, legend, f"E.1-1 {printed}")
        family = _FAMILIES.get(printed)
        row = {
            "tag": printed.partition(" where ")[0],
            "name": _NOTE.sub("", cells["Attribute Name"]),
            "retired": _yes(cells["Retd. (from )"]),
            "in_iod": _yes(cells["In Std. Comp. IOD (from )"]),
            "basic": basic,
            "options": options,
        }
        if family:
            require(family not in families, f"E.1-1: family {family} printed twice")
            families[family] = row
            continue
        match = _TAG.fullmatch(printed)
        require(match is not None, f"E.1-1: not a tag: {printed!r}")
        tag = int(match[1] + match[2], 16) if match else 0
        if tag in rows:
            duplicates.add(tag)
            row = _stricter(rows[tag], row)
        rows[tag] = row
    require(
        duplicates == KNOWN_DUPLICATES.get(edition, set()), f"E.1-1 {edition}: other duplicates than known"
    )
    require(set(families) == set(_FAMILIES.values()), f"E.1-1 {edition}: families {sorted(families)}")
    return dict(sorted(rows.items())), families


def _structured_content(table: list[dict[str, str]], legend: frozenset[str]) -> list[Payload]:
    """Table E.3.4-1 without the meanings, which belong to the terminologies' owners."""
    content = []
    for cells in table:
        basic, options = _codes(cells, legend, f"E.3.4-1 {cells['Code Value']}")
        content.append(
            {
                "code": cells["Code Value"],
                "scheme": cells["Coding Scheme Designator"],
                "value_type": cells["Value Type"],
                "retired": _yes(cells["Retd. (from )"]),
                "in_template": _yes(cells["In Std. Tpl. (from )"]),
                "basic": basic,
                "options": options,
            }
        )
    keys = [(row["scheme"], row["code"], row["value_type"]) for row in content]
    require(len(set(keys)) == len(keys), "E.3.4-1: a code is printed twice for one value type")
    return sorted(content, key=lambda row: (row["scheme"], row["code"], row["value_type"]))


def _private(table: list[dict[str, str]]) -> Iterator[tuple[int, int, str, str, str]]:
    """Table E.3.10-1. Hexadecimal digits are printed in either case."""
    for cells in table:
        printed = cells["Data Element"]
        match = _PRIVATE_TAG.fullmatch(printed.upper().replace("XX", "xx"))
        require(match is not None, f"E.3.10-1: not a private element: {printed!r}")
        if match:
            group, low = int(match[1], 16), int(match[2], 16)
            require(group % 2 == 1, f"E.3.10-1: {printed} is not private")
            yield group, low, cells["Private Creator"], cells["VR"], cells["Meaning"]


def read_part15(folder: Path, edition: str) -> Part15:
    """Parse one edition and check it against the pinned shape."""
    file_name, sha256, (n_rows, n_distinct, n_content, n_private) = PART15[edition]
    root = etree.parse(verified(folder / file_name, sha256)).getroot()
    legend = frozenset(row["code"] for row in _table(root, "table_E.1-1a", ("code", "meaning")))
    table = _table(root, "table_E.1-1", _E_1_1)
    rows, families = _confidentiality(table, legend, edition)
    printed = _table(root, "table_E.3.4-1", _E_3_4_1)
    content = _structured_content(printed, legend)
    meanings = {(row["Code Value"], row["Coding Scheme Designator"]): row["Code Meaning"] for row in printed}
    private = sorted(_private(_table(root, "table_E.3.10-1", _E_3_10_1)), key=lambda r: (r[2], r[0], r[1]))
    require(len({row[:3] for row in private}) == len(private), "E.3.10-1: an element is printed twice")
    counts = (len(table), len(rows) + len(families), len(content), len(private))
    require(counts == (n_rows, n_distinct, n_content, n_private), f"{edition}: row counts {counts}")
    return Part15(edition, sha256, rows, families, content, meanings, private, len(table))


def confidentiality_file(part: Part15) -> Payload:
    """Contents of confidentiality_<edition>.json."""
    return {
        "header": header(
            source="PS3.15 Table E.1-1",
            edition=part.edition,
            sha256=part.sha256,
            rows=part.printed_rows,
            attribution=NEMA,
        ),
        "rows": list(part.rows.values()),
        "families": part.families,
    }


def structured_content_file(part: Part15) -> Payload:
    """Contents of structured_content_<edition>.json."""
    return {
        "header": header(
            source="PS3.15 Table E.3.4-1, codes and schemes without meanings",
            edition=part.edition,
            sha256=part.sha256,
            rows=len(part.content),
            attribution=NEMA,
        ),
        "rows": part.content,
    }

"""Meshes: STL, OBJ and MTL. The geometry stays to the bit or digit; everything a program or person named goes."""

from __future__ import annotations

import re
import struct
from collections.abc import Set as AbstractSet

from deidra.documents.decoding import decode_text, require_content
from deidra.documents.work import Work
from deidra.errors import Held, Rejected
from deidra.model import Action, Examination

SOURCE = "PS3.15 Table E.1-1 (0042,0011): names inside a mesh"
_HEADER_BYTES, _TRIANGLE_BYTES, _ATTRIBUTE_AT = 80, 50, 48
_NUMBER = r"[+-]?(?:\d{1,20}\.?\d{0,20}|\.\d{1,20})(?:[eE][+-]?\d{1,3})?"
_FACET = re.compile(rf"facet normal( {_NUMBER}){{3}}")
_VERTEX = re.compile(rf"vertex( {_NUMBER}){{3}}")
_NUMBERS = re.compile(rf"{_NUMBER}( {_NUMBER})*")
_FACE = re.compile(r"-?\d{1,10}(/(-?\d{1,10})?(/(-?\d{1,10})?)?)?( -?\d{1,10}(/(-?\d{1,10})?(/(-?\d{1,10})?)?)?)*")
_SHAPES = {
    **dict.fromkeys(("v", "vt", "vn", "vp"), _NUMBERS),
    **dict.fromkeys(("f", "l", "p"), _FACE),
    "s": re.compile(r"off|\d{1,6}"),
}
_MATERIAL = {
    **dict.fromkeys(("Ka", "Kd", "Ks", "Ke", "Tf", "Ns", "Ni", "d", "Tr", "sharpness", "Pr", "Pm", "Ps"), _NUMBERS),
    "illum": re.compile(r"\d{1,2}"),
}
_TEXTURES = frozenset("map_Ka map_Kd map_Ks map_Ke map_Ns map_d map_bump bump disp decal norm".split())
_FACES = Examination("faces", False, "", "meshes are not compared with a face")


def clean_stl(data: bytes, work: Work) -> bytes:
    """STL, binary or ASCII. Raises Rejected when it is cut short or neither."""
    require_content(data)
    work.examined(_FACES)
    if len(data) >= _HEADER_BYTES + 4:
        count = struct.unpack_from("<L", data, _HEADER_BYTES)[0]
        expected = _HEADER_BYTES + 4 + count * _TRIANGLE_BYTES
        # Programs write "solid" into binary headers too: the length tells
        if len(data) - expected in (0, 1):
            return _binary(data[:expected], count, work)
    if data.lstrip()[:5].lower() == b"solid":
        return _ascii(data, work)
    raise Rejected("document-damaged", "the STL is cut short, has bytes to spare, or is none")


def _binary(data: bytes, count: int, work: Work) -> bytes:
    cleaned = bytearray(data)
    if any(data[:_HEADER_BYTES]):
        work.edit("stl:header", Action.EMPTY, "document:mesh-name", SOURCE)
    cleaned[:_HEADER_BYTES] = bytes(_HEADER_BYTES)
    first = _HEADER_BYTES + 4 + _ATTRIBUTE_AT
    for offset in (first, first + 1):
        if any(cleaned[offset::_TRIANGLE_BYTES]):
            work.edit("stl:attributes", Action.EMPTY, "document:mesh-attribute", SOURCE)
        cleaned[offset::_TRIANGLE_BYTES] = bytes(count)
    return bytes(cleaned)


def _ascii(data: bytes, work: Work) -> bytes:
    work.require_text_size(len(data) // 8)
    lines = []
    order = {"solid": ("facet", "endsolid"), "facet": ("outer",), "outer": ("vertex",), "endloop": ("endfacet",)}
    order["endfacet"], order["endsolid"] = ("facet", "endsolid"), ("solid",)
    vertices = 0
    expected: tuple[str, ...] = ("solid",)
    for line in decode_text(data, "latin-1").lower().split("\n"):
        words = line.split()
        if not words:
            continue
        keyword, text = words[0], " ".join(words)
        vertices = vertices + 1 if keyword == "vertex" else 0
        if keyword not in expected or not _fits(keyword, text):
            raise Rejected("document-damaged", "the STL has a line that ASCII STL does not know")
        lines.append(keyword if keyword in ("solid", "endsolid") else text)
        if lines[-1] != text:
            work.edit("stl:solid", Action.REMOVE, "document:mesh-name", SOURCE)
        expected = order.get(keyword) or (("endloop",) if vertices == 3 else ("vertex",))
    if expected != ("solid",):
        raise Rejected("document-damaged", "the STL is cut short")
    return "\n".join([*lines, ""]).encode("ascii")


def _fits(keyword: str, text: str) -> bool:
    if keyword == "facet":
        return _FACET.fullmatch(text) is not None
    if keyword == "vertex":
        return _VERTEX.fullmatch(text) is not None
    return keyword in ("solid", "endsolid") or text in ("outer loop", "endloop", "endfacet")


def clean_obj(data: bytes, work: Work) -> bytes:
    """Wavefront OBJ: vertices and faces; groups, objects and materials under new names."""
    work.examined(_FACES)
    return _lines(data, work, _SHAPES, {"o": "object", "g": "group", "usemtl": "material"}, {"mtllib"}, "obj")


def clean_mtl(data: bytes, work: Work) -> bytes:
    """Wavefront MTL: colours; materials under the names that clean_obj gives them; textures that `links` names."""
    return _lines(data, work, _MATERIAL, {"newmtl": "material"}, _TEXTURES, "mtl")


def _lines(
    data: bytes,
    work: Work,
    shapes: dict[str, re.Pattern[str]],
    named: dict[str, str],
    linking: AbstractSet[str],
    locator: str,
) -> bytes:
    require_content(data)
    work.require_text_size(len(data) // 8)
    names: dict[tuple[str, str], str] = {}
    kept = []
    text = decode_text(data, "latin-1").replace("\r\n", "\n").replace("\\\n", " ")
    for line in text.split("\n"):
        keyword, _, rest = line.strip().partition(" ")
        rest = " ".join(rest.split())
        if keyword in named:
            kind = named[keyword]
            if kind == "material":
                # The same in both files, which are cleaned apart
                new = names.setdefault((kind, rest), f"material_{work.new_id('material:' + rest)}")
            else:
                new = names.setdefault((kind, rest), f"{kind}_{len(names) + 1}")
            kept.append(f"{keyword} {new}")
            work.edit(f"{locator}:{keyword}", Action.DUMMY, "document:mesh-name", SOURCE)
        elif keyword in linking and rest in work.settings.links:
            kept.append(f"{keyword} {work.settings.links[rest]}")
            work.edit(f"{locator}:{keyword}", Action.ID, "document:mesh-link", SOURCE)
        elif keyword in shapes and shapes[keyword].fullmatch(rest):
            kept.append(f"{keyword} {rest}")
        elif keyword:
            work.edit(f"{locator}:other", Action.REMOVE, "document:mesh-line", SOURCE)
    if not kept:
        raise Held("unknown-structure", "no line of the mesh is one that is known")
    return "\n".join([*kept, ""]).encode("ascii")

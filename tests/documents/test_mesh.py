from __future__ import annotations

import struct

import pytest

from deidra.errors import Held, Rejected

from .subject import TERMS, clean, found_in, markers

M = markers(12)
TRIANGLE = struct.pack("<12f", 0, 0, 1, 0, 0, 0, 1.25, 0, 0, 0, 1, 0)


def binary(header: bytes, attribute: bytes, count: int = 3) -> bytes:
    return header.ljust(80, b" ") + struct.pack("<L", count) + (TRIANGLE + attribute) * count


def test_a_binary_stl_keeps_its_triangles_and_nothing_else() -> None:
    data = binary(b"solid Vandersloot " + M[0].encode(), b"QZ")
    cleaned = clean(data, "model/stl")
    assert cleaned.data[:80] == bytes(80)
    assert cleaned.data[80:] == binary(b"", b"\0\0")[80:]
    assert {edit.locator for edit in cleaned.edits} == {"stl:header", "stl:attributes"}
    assert [each.made for each in cleaned.examinations if each.kind == "faces"] == [False]


ASCII = f"""solid Vandersloot {M[1]}
  facet normal 0 0 1e0
    outer loop
      vertex 0.0 0.0 0.0
      vertex 1.25 0 0
      vertex 0 1 0
    endloop
  endfacet
endsolid {M[2]}
""".encode()


def test_an_ascii_stl_keeps_its_numbers_and_no_name() -> None:
    cleaned = clean(ASCII, "model/stl").data
    assert found_in(cleaned, (*M, *TERMS)) == []
    assert b"facet normal 0 0 1e0\nouter loop\nvertex 0.0 0.0 0.0\nvertex 1.25 0 0\n" in cleaned
    assert cleaned.startswith(b"solid\n")
    assert cleaned.endswith(b"endsolid\n")


OBJ = f"""# {M[3]}
mtllib {M[4]}.mtl
o {M[5]}
v 0.0 0.0 0.50
v 1 0 0
v 0 1 0
vn 0 0 1
g {M[6]}
usemtl {M[7]}
f 1//1 2//1 3//1
l 1 2
cstype {M[8]}
v {M[9]} 1 2
""".encode()
MTL = f"# {M[3]}\nnewmtl {M[7]}\nKd 0.8 0.1 0.10\nillum 2\nmap_Kd C:\\{M[10]}\\Vandersloot.png\n".encode()


def test_obj_and_mtl_keep_geometry_and_colours_and_their_link() -> None:
    obj, mtl = clean(OBJ, "model/obj").data, clean(MTL, "model/mtl").data
    assert found_in(obj + mtl, (*M, *TERMS)) == []
    material = mtl.splitlines()[0].split()[1]
    assert b"usemtl " + material in obj
    assert b"v 0.0 0.0 0.50\nv 1 0 0\nv 0 1 0\nvn 0 0 1\n" in obj
    assert b"f 1//1 2//1 3//1\nl 1 2\n" in obj
    assert mtl.splitlines()[1:] == [b"Kd 0.8 0.1 0.10", b"illum 2"]


@pytest.mark.parametrize(
    ("data", "mime_type", "code"),
    [
        (binary(b"", b"\0\0")[:-7], "model/stl", "document-damaged"),
        (binary(b"", b"\0\0") + M[11].encode(), "model/stl", "document-damaged"),
        (ASCII[:-40], "model/stl", "document-damaged"),
        (ASCII.replace(b"outer", M[11].encode()), "model/stl", "document-damaged"),
        (b"", "model/stl", "document-empty"),
        (b"hello", "model/obj", "unknown-structure"),
        (b"<html/>", "model/obj", "document-mismatch"),
        (b"%PDF-1.4", "model/stl", "document-mismatch"),
    ],
)
def test_bad_meshes_are_refused_with_the_reason(data: bytes, mime_type: str, code: str) -> None:
    with pytest.raises((Held, Rejected)) as refused:
        clean(data, mime_type)
    assert refused.value.code == code

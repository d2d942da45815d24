"""The smallest PDF that readers accept: one page of text, Flate compressed, with a document information dictionary."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

_SPECIAL = re.compile(rb"([\\()])")


def document(lines: Sequence[str], *, title: str, author: str) -> bytes:
    """A page with one line of text each. Letters must be those of Latin-1."""
    shown = b"\n".join(b"(%s) Tj T*" % _literal(line) for line in lines)
    content = zlib.compress(b"BT /F1 11 Tf 14 TL 40 780 Td\n" + shown + b"\nET", 9)
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</Title(%s)/Author(%s)/Producer(deidra plant)>>" % (_literal(title), _literal(author)),
    ]
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<</Size %d/Root 1 0 R/Info 6 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, start)
    return bytes(out)


def _literal(text: str) -> bytes:
    return _SPECIAL.sub(rb"\\\1", text.encode("latin-1", "replace"))

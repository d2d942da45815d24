"""HL7 v2 messages taken apart by their own encoding characters (HL7 v2.8.2 2.5)."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import msgspec

from deidra.documents.decoding import decode_text
from deidra.errors import Held, Rejected

_MLLP_START, _MLLP_END = b"\x0b", b"\x1c"
_CHARSETS = {
    "": "utf-8",
    "ASCII": "ascii",
    "UNICODE": "utf-8",
    "UNICODE UTF-8": "utf-8",
    "UNICODE UTF-16": "utf-16",
    "GB 18030-2000": "gb18030",
    "BIG-5": "big5",
    "KS X 1001": "euc_kr",
    **{f"8859/{part}": f"iso8859_{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 15)},
}
_HEADERS = ("MSH", "FHS", "BHS")


class Encoding(msgspec.Struct, frozen=True):
    """The separators that a message declares, and its character set as a Python codec."""

    field: str
    component: str
    repetition: str
    escape: str
    subcomponent: str
    charset: str

    @property
    def declared(self) -> str:
        """MSH-2."""
        return self.component + self.repetition + self.escape + self.subcomponent


class _Segments(msgspec.Struct):
    segments: dict[str, str]


@cache
def field_types(segment: str) -> tuple[str, ...]:
    """The data types of a segment's fields, the first for field 1; empty for an unknown segment."""
    raw = files("deidra.documents").joinpath("data/hl7v2.json").read_bytes()
    return tuple(msgspec.json.decode(raw, type=_Segments).segments.get(segment, "").split())


def open_message(data: bytes) -> tuple[Encoding, list[str]]:
    """The encoding and the segments. Raises Rejected for what is no message, Held for an unknown character set."""
    data = data.strip(b"\r\n\0 ").removeprefix(_MLLP_START).rstrip(b"\r\n").removesuffix(_MLLP_END)
    if data[:3] not in (b"MSH", b"FHS", b"BHS") or len(data) < 8:
        raise Rejected("document-damaged", "no message header stands at the beginning of the HL7 message")
    raw = data[3:8].decode("latin-1")
    separator, rest = raw[0], raw[1:].partition(raw[0])[0]
    marks = (rest + "^~\\&"[len(rest) :])[:4]
    if len({separator, *marks}) != 5 or any(mark.isalnum() or mark.isspace() for mark in separator + marks):
        raise Rejected("document-damaged", "the message declares separators that cannot be told apart")
    charset = _charset(data, separator, marks[1])
    text = decode_text(data, charset)
    segments = [line for line in re.split(r"[\r\n]+", text) if line.strip("\x0b\x1c ")]
    return Encoding(separator, marks[0], marks[1], marks[2], marks[3], charset), segments


def _charset(data: bytes, separator: str, repetition: str) -> str:
    at = data.find(b"MSH")
    line = re.split(rb"[\r\n]", data[at:], maxsplit=1)[0].decode("latin-1") if at >= 0 else ""
    fields = line.split(separator)
    names = fields[17].split(repetition) if len(fields) > 17 else [""]
    if len(names) > 1 or names[0].strip().upper() not in _CHARSETS:
        raise Held("text-undecodable", "the message names a character set that is not supported (MSH-18)")
    return _CHARSETS[names[0].strip().upper()]


def unescape(text: str, encoding: Encoding) -> str:
    """Text as it is read. Raises Held for a switch of character set inside it (HL7 v2.8.2 2.7)."""
    if encoding.escape not in text:
        return text
    plain = {
        "F": encoding.field,
        "S": encoding.component,
        "T": encoding.subcomponent,
        "R": encoding.repetition,
        "E": encoding.escape,
        ".br": "\n",
        ".sp": "\n",
    }

    def one(match: re.Match[str]) -> str:
        code = match[1]
        if code in plain:
            return plain[code]
        if code[:1] == "X" and re.fullmatch(r"([0-9A-Fa-f]{2})+", code[1:]):
            return decode_text(bytes.fromhex(code[1:]), encoding.charset)
        if code[:1] in ("C", "M"):
            raise Held("text-undecodable", "the message switches its character set inside a text")
        return ""

    escape = re.escape(encoding.escape)
    return re.sub(f"{escape}([^{escape}]{{0,2000}}){escape}", one, text)


def escaped(text: str, encoding: Encoding) -> str:
    """Text as it is written."""
    codes = {
        encoding.escape: "E",
        encoding.field: "F",
        encoding.component: "S",
        encoding.subcomponent: "T",
        encoding.repetition: "R",
        "\n": ".br",
    }
    return "".join(
        f"{encoding.escape}{codes[character]}{encoding.escape}" if character in codes else character
        for character in text.replace("\r", "\n")
    )


def is_header(segment: str) -> bool:
    """Whether a segment declares its separators."""
    return segment[:3] in _HEADERS

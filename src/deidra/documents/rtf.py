"""RTF reports written anew: text, fonts, colours and paragraph formatting; nothing else of the file comes along.

Groups that hold metadata, pictures, objects, fields' instructions, revisions, styles or anything ignorable are
dropped. The text of the whole document is cleaned at once, for a name may change its font in the middle.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator

import msgspec

from deidra.documents.decoding import require_content
from deidra.documents.joined import clean_pieces
from deidra.documents.naming import raw_names
from deidra.documents.rtf_tokens import Token, tokens
from deidra.documents.work import Work
from deidra.errors import Held, Rejected
from deidra.model import Action

SOURCE = "Rich Text Format 1.9.1"
_DROPPED_GROUPS = raw_names(
    b"""info pict object stylesheet fldinst filetbl listtable listoverridetable revtbl rsidtbl xe tc bkmkstart
    bkmkend shp shpinst do annotation atnid atnauthor atndate atnref atnicn userprops xmlnstbl datastore themedata
    colorschememapping latentstyles generator mailmerge template title author company operator comment private
    nonesttables pntext pntxta pntxtb falt panose fname fontemb fontfile objdata objclass objname result
    nextfile private1 passwordhash datafield formfield ffname ffdeftext ffstattext ffhelptext docvar"""
)
# Formatting that is numbers only; \v (hidden) is not among it, so that what was hidden shows for review
_KEPT_WORDS = raw_names(
    b"""deff f fs b i ul ulnone ulw uld strike sub super nosupersub up dn scaps caps cf cb highlight plain
    pard par line tab sect page sectd cell row trowd cellx intbl trgaph trleft trrh trql trqc trqr clvertalt clvertalc
    clvertalb clbrdrt clbrdrl clbrdrb clbrdrr brdrs brdrw brdrnone brdrt brdrb brdrl brdrr trautofit clmgf clmrg clvmgf
    clvmrg qc ql qr qj li ri fi sa sb sl slmult keep keepn tx tqr tqc tqdec paperw paperh margl margr margt margb
    landscape viewkind widowctrl ltrpar rtlpar ltrch rtlch red green blue fcharset fnil froman fswiss fmodern
    fscript fdecor ftech fbidi fprq nestcell nestrow itap cols colsx sectdefaultcl headery footery titlepg
    header headerl headerr headerf footer footerl footerr footerf footnote"""
)
_SEPARATORS = {b"par": "\n", b"line": "\n", b"sect": "\n", b"page": "\n", b"row": "\n", b"tab": "\t", b"cell": "\t",
               b"nestcell": "\t", b"nestrow": "\n"}  # fmt: skip
_CHARACTERS = {b"emdash": "\u2014", b"endash": "\u2013", b"lquote": "\u2018", b"rquote": "\u2019",
               b"ldblquote": "\u201c", b"rdblquote": "\u201d", b"bullet": "\u2022", b"emspace": "\u2003",
               b"enspace": "\u2002"}  # fmt: skip
_SYMBOLS = {b"~": "\u00a0", b"_": "\u2011", b"-": "\u00ad", b"\\": "\\", b"{": "{", b"}": "}"}
_CHARSETS = {0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 134: "cp936", 136: "cp950", 161: "cp1253",
             162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
             222: "cp874", 238: "cp1250"}  # fmt: skip
_FAMILIES = ("Arial", "Times New Roman", "Courier New", "Helvetica", "Calibri", "Cambria", "Verdana", "Tahoma",
             "Symbol", "Georgia", "Segoe UI", "MS Sans Serif", "Wingdings")  # fmt: skip


class _Group(msgspec.Struct):
    """What a group inherits from the one around it."""

    destination: str = "text"
    fallback_characters: int = 1
    codec: str = ""
    font: int = 0


def clean_rtf(data: bytes, work: Work) -> bytes:
    """An RTF report without the person. Raises Rejected when braces do not match, Held when nested too deeply."""
    require_content(data)
    work.require_text_size(len(data))
    data = data.rstrip(b"\0 \r\n")
    if not data.startswith(b"{\\rtf"):
        raise Rejected("document-damaged", "the RTF does not begin like RTF")
    return _Writer(work).document(tokens(data))


class _Writer:
    """Writes one document: bytes, and numbers that stand for texts cleaned at the end."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._parts: list[bytes | int] = []
        self._pieces: list[tuple[str, str]] = []
        self._codec = "cp1252"
        self._fonts: dict[int, str] = {}
        self._font_name = ""
        self._skip = 0
        self._bytes = b""
        self._surrogate = 0

    def document(self, source: Iterator[Token]) -> bytes:
        stack: list[_Group] = []
        group = _Group()
        opened = False
        ended = False
        for token in source:
            if ended:
                raise Rejected("document-damaged", "the RTF goes on behind its end")
            if token.kind == "open":
                self._flush(group)
                stack.append(group)
                if len(stack) > self._work.settings.max_depth:
                    raise Held("document-too-deep", f"RTF nested deeper than {self._work.settings.max_depth} levels")
                group = _Group(group.destination, group.fallback_characters, group.codec, group.font)
                opened = True
                self._emit(group, b"{")
                continue
            if token.kind == "close":
                self._flush(group)
                self._close(group)
                if not stack:
                    raise Rejected("document-damaged", "the RTF closes more groups than it opens")
                group = stack.pop()
                ended = not stack
            elif token.kind == "word":
                self._word(token, group, first=opened)
            elif token.kind == "symbol" and token.value == b"*" and opened:
                self._drop(group)
            else:
                self._character(token, group)
            opened = False
        if not ended:
            raise Rejected("document-damaged", "the RTF is cut short")
        return self._written()

    def _written(self) -> bytes:
        texts = clean_pieces(self._pieces, self._work, "rtf:text") if self._pieces else []
        return b"".join(part if isinstance(part, bytes) else _escaped(texts[part]) for part in self._parts)

    def _emit(self, group: _Group, data: bytes) -> None:
        if group.destination != "dropped":
            self._parts.append(data)

    def _drop(self, group: _Group) -> None:
        """Drop the group that was just opened, brace and all."""
        if group.destination != "dropped":
            group.destination = "dropped"
            self._parts.pop()
            self._work.edit("rtf:group", Action.REMOVE, "document:rtf-group", SOURCE)

    def _close(self, group: _Group) -> None:
        if group.destination == "fonts" and self._font_name:
            self._font_end(group)
        self._emit(group, b"}")

    def _word(self, token: Token, group: _Group, *, first: bool) -> None:
        word, number = token.value, token.number
        if first and word in _DROPPED_GROUPS:
            self._drop(group)
            return
        if word == b"bin" or group.destination == "dropped":
            return
        if word == b"u" and number is not None:
            self._unicode(number, group)
            return
        self._flush(group)
        if word in _CHARACTERS:
            self._text(_CHARACTERS[word], group)
            return
        if word == b"uc":
            group.fallback_characters = min(max(number or 0, 0), 16)
            return
        self._skip = 0
        if word == b"ansicpg":
            self._codec = _known_codec(f"cp{number}")
        elif word in (b"mac", b"pc", b"pca"):
            self._codec = {b"mac": "mac_roman", b"pc": "cp437", b"pca": "cp850"}[word]
        if word == b"rtf":
            self._parts.append(b"\\rtf1\\ansi\\uc1 ")
        elif word in (b"fonttbl", b"colortbl") and first:
            group.destination = "fonts" if word == b"fonttbl" else "colours"
            self._emit(group, b"\\" + word)
        elif word in _KEPT_WORDS:
            self._kept_word(word, number, group)

    def _kept_word(self, word: bytes, number: int | None, group: _Group) -> None:
        if word == b"f":
            group.font = number or 0
            group.codec = self._fonts.get(group.font, "")
        elif word == b"fcharset" and group.destination == "fonts" and number in _CHARSETS and number:
            self._fonts[group.font] = _CHARSETS[number]
        self._emit(group, b"\\" + word + (b"%d" % number if number is not None else b"") + b" ")
        if word in _SEPARATORS and self._pieces:
            text, separator = self._pieces[-1]
            self._pieces[-1] = (text, (separator + _SEPARATORS[word])[:4])

    def _unicode(self, number: int, group: _Group) -> None:
        self._flush(group)
        self._skip = group.fallback_characters
        code = number & 0xFFFF
        if 0xD800 <= code < 0xDC00:
            self._surrogate = code
            return
        if 0xDC00 <= code < 0xE000:
            if not self._surrogate:
                raise Held("text-undecodable", "the RTF holds half a character")
            code = 0x10000 + ((self._surrogate - 0xD800) << 10) + code - 0xDC00
        self._surrogate = 0
        self._text(chr(code), group)

    def _character(self, token: Token, group: _Group) -> None:
        if group.destination == "dropped":
            return
        value = token.value
        if self._skip and token.kind in ("text", "byte", "symbol"):
            dropped = min(self._skip, len(value))
            self._skip -= dropped
            value = value[dropped:]
            if not value:
                return
        if token.kind == "symbol" and value in (b"\n", b"\r"):
            self._kept_word(b"par", None, group)
        elif token.kind == "symbol":
            self._flush(group)
            self._text(_SYMBOLS.get(value, ""), group)
        elif token.kind == "byte" or not value.isascii():
            # The bytes of one character may come one by one
            self._bytes += value
        else:
            self._bytes += value

    def _flush(self, group: _Group) -> None:
        if not self._bytes:
            return
        raw, self._bytes = self._bytes, b""
        try:
            text = raw.decode(group.codec or self._codec)
        except UnicodeDecodeError:
            raise Held("text-undecodable", "the RTF holds bytes that its code page does not know") from None
        self._text(text, group)

    def _text(self, text: str, group: _Group) -> None:
        if group.destination == "fonts":
            self._font_name += text
            if text.endswith(";"):
                self._font_end(group)
        elif group.destination == "colours":
            self._emit(group, b";" * text.count(";"))
        elif group.destination == "text" and text:
            self._parts.append(len(self._pieces))
            self._pieces.append((text, ""))

    def _font_end(self, group: _Group) -> None:
        name = self._font_name.strip().rstrip(";")
        self._font_name = ""
        known = name if name in _FAMILIES else _FAMILIES[0]
        if known != name:
            self._work.edit("rtf:fonttbl", Action.DUMMY, "document:rtf-font", SOURCE)
        self._emit(group, known.encode() + b";")


def _known_codec(name: str) -> str:
    name = {"cp65001": "utf-8", "cp10000": "mac_roman"}.get(name, name)
    try:
        codecs.lookup(name)
    except LookupError:
        raise Held("text-undecodable", "the RTF names a code page that is not supported") from None
    return name


def _escaped(text: str) -> bytes:
    written = []
    for character in text:
        code = ord(character)
        if character in "\\{}":
            written.append("\\" + character)
        elif character == "\t":
            written.append("\\tab ")
        elif character in "\r\n":
            written.append("\\line ")
        elif code < 128:
            written.append(character)
        else:
            units = character.encode("utf-16-le")
            for low, high in zip(units[::2], units[1::2], strict=True):
                unit = low | high << 8
                written.append(f"\\u{unit - 0x10000 if unit >= 0x8000 else unit}?")
    return "".join(written).encode("ascii")

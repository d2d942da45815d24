"""One page written anew: its content stream and what that uses, without tags, scripts, thumbnails or private data.

What cannot be taken apart is copied whole and named in `reasons`: such a page may only leave as a picture of itself.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from deidra.documents.pdf import operators
from deidra.documents.pdf.facts import PageFacts, PageFont
from deidra.documents.pdf.fonts import NotUnderstood, blank_codes, clean_font, numbers
from deidra.documents.pdf.source import stream_bytes
from deidra.documents.work import Settings
from deidra.errors import Held, Rejected

if TYPE_CHECKING:
    import pikepdf

_MAX_FORM_DEPTH = 8
# Each takes about a kilobyte while its page is written
_PAGE_INSTRUCTIONS = 500_000
_DOCUMENT_INSTRUCTIONS = 5_000_000
# A box with round corners has four curves; a letter or a signature has many more
_FEW_CURVES = 16
_DEVICE = {1: "/DeviceGray", 3: "/DeviceRGB", 4: "/DeviceCMYK"}
_CALIBRATED = {"/CalGray": "/DeviceGray", "/CalRGB": "/DeviceRGB", "/DefaultRGB": "/DeviceRGB"}
_STATE_NUMBERS = ("/LW", "/LC", "/LJ", "/ML", "/CA", "/ca")
_BLEND_MODES = ("/Normal", "/Compatible", "/Multiply", "/Darken", "/Lighten", "/Screen")


class PageFilter:
    """Writes the pages of one document into another; fonts and forms that pages share are written once."""

    def __init__(self, source: pikepdf.Pdf, target: pikepdf.Pdf, settings: Settings) -> None:
        self._source = source
        self._target = target
        self._settings = settings
        self._fonts: dict[tuple[int, int], PageFont] = {}
        self._left = _DOCUMENT_INSTRUCTIONS
        self._left_of_page = _PAGE_INSTRUCTIONS

    def page(self, page: Any) -> PageFacts:
        """Append `page` to the target, cleaned. Raises Held or Rejected."""
        import pikepdf

        self._left_of_page = _PAGE_INSTRUCTIONS
        facts = PageFacts(set())
        resources = page.get("/Resources", pikepdf.Dictionary())
        content, new_resources = _Content(self, facts, 0).write(self._content_of(page), resources)
        new = pikepdf.Dictionary(Type=pikepdf.Name.Page)
        for key in ("/MediaBox", "/CropBox"):
            if key in page:
                new[key] = _box(page[key])
        new["/Rotate"] = int(page.get("/Rotate", 0)) % 360 // 90 * 90
        new["/Resources"] = new_resources
        new["/Contents"] = self._target.make_stream(content)
        self._target.pages.append(pikepdf.Page(self._target.make_indirect(new)))
        if facts.curves > _FEW_CURVES and self._settings.pictures != "remove":
            facts.pictures = True
        return facts

    def _content_of(self, page: Any) -> bytes:
        import pikepdf

        contents = page.get("/Contents")
        if contents is None:
            return b""
        parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
        data = []
        left = self._settings.max_content_bytes
        for part in parts:
            if isinstance(part, pikepdf.Stream):
                data.append(stream_bytes(part, left))
                left -= len(data[-1])
        return b"\n".join(data)

    def instructions(self, content: bytes) -> list[tuple[Any, str]]:
        """The parsed instructions of a content stream."""
        import pikepdf

        try:
            with warnings.catch_warnings():
                # It warns where a stream ends in the middle of something
                warnings.simplefilter("error", UserWarning)
                parsed = pikepdf.parse_content_stream(pikepdf.Stream(self._source, content))
        except (pikepdf.PdfError, ValueError, RuntimeError, TypeError, UserWarning):
            raise Rejected("document-damaged", "the content of a page is damaged") from None
        self._left -= len(parsed)
        self._left_of_page -= len(parsed)
        if min(self._left, self._left_of_page) < 0:
            raise Held("document-too-large", "a page is drawn with more instructions than are looked at")
        return [(each.operands, str(each.operator)) for each in parsed]

    def font(self, source: Any, facts: PageFacts) -> PageFont:
        """A font in the target. Raises Rejected for a damaged one."""
        key = source.objgen
        if key not in self._fonts or key == (0, 0):
            kind = str(source.get("/Subtype", ""))
            blanks = blank_codes(source) if kind == "/Type0" else frozenset((b" ",))
            try:
                made = PageFont(clean_font(source, self._target, len(self._fonts)), kind, blanks, understood=True)
            except NotUnderstood:
                made = PageFont(self.copied(source), kind, blanks, understood=False)
            except (KeyError, TypeError, ValueError, AttributeError):
                raise Rejected("document-damaged", "a font of the PDF is damaged") from None
            self._fonts[key] = made
        if not self._fonts[key].understood:
            facts.reasons.add("font")
        return self._fonts[key]

    def copied(self, source: Any) -> Any:
        """Something copied whole, which binds the page to become a picture."""
        import pikepdf

        if isinstance(source, pikepdf.Name):
            return source
        return self._target.copy_foreign(source if source.is_indirect else self._source.make_indirect(source))

    def form(self, source: Any, resources: Any, facts: PageFacts, depth: int) -> Any:
        """A form XObject in the target (ISO 32000-2 8.10)."""
        import pikepdf

        if depth > _MAX_FORM_DEPTH:
            raise Held("document-too-deep", "forms inside forms of a page")
        content = stream_bytes(source, self._settings.max_content_bytes)
        own = source.get("/Resources", resources)
        written, new_resources = _Content(self, facts, depth).write(content, own)
        form = self._target.make_stream(written)
        form["/Type"], form["/Subtype"] = pikepdf.Name.XObject, pikepdf.Name.Form
        form["/BBox"] = _box(source["/BBox"])
        if "/Matrix" in source:
            form["/Matrix"] = numbers(source["/Matrix"])
        if "/Group" in source:
            form["/Group"] = pikepdf.Dictionary(S=pikepdf.Name.Transparency)
        form["/Resources"] = new_resources
        return form

    @property
    def removes_pictures(self) -> bool:
        return self._settings.pictures == "remove"


class _Content:
    """Writes one content stream. The names of resources are new: the old ones may tell."""

    def __init__(self, pages: PageFilter, facts: PageFacts, depth: int) -> None:
        import pikepdf

        self._pages = pages
        self._facts = facts
        self._depth = depth
        self._written: list[Any] = []
        self._path: list[Any] = []
        self._path_is_drawing = False
        self._point: tuple[float, float] = (0.0, 0.0)
        self._shown_in: PageFont | None = None
        self._old = pikepdf.Dictionary()
        self._new: Any = pikepdf.Dictionary()
        self._names: dict[tuple[str, str], Any] = {}
        self._saved: list[PageFont | None] = []

    def write(self, content: bytes, resources: Any) -> tuple[bytes, Any]:
        import pikepdf

        self._old = resources
        for operands, operator in self._pages.instructions(content):
            self._one(operands, operator)
        return pikepdf.unparse_content_stream(self._written), self._new

    def _emit(self, operands: Any, operator: str) -> None:
        import pikepdf

        self._written.append((operands, pikepdf.Operator(operator)))

    def _one(self, operands: Any, operator: str) -> None:
        if operator in operators.PATHS:
            self._segment(operands, operator)
        elif operator in operators.PAINTS:
            self._paint(operator)
        elif operator in operators.SHOWS_TEXT:
            self._show(operands, operator)
        elif operator in ("W", "W*"):
            self._path.append(([], operator))
        elif operator in operators.KEPT:
            self._remember(operator)
            self._emit([number_of(each) for each in operands], operator)
        elif operator not in operators.DROPPED:
            self._with_resource(operands, operator)

    def _with_resource(self, operands: Any, operator: str) -> None:
        if operator == "Tf":
            self._font(operands)
        elif operator in operators.COLOUR_SPACES:
            self._colour_space(operands[0], operator)
        elif operator in operators.COLOURS:
            self._colour(operands, operator)
        elif operator == "gs":
            self._state(operands[0])
        elif operator == "Do":
            self._object(operands[0])
        elif operator in ("INLINE IMAGE", "sh"):
            self._picture(operands, operator)
        else:
            self._facts.reasons.add("operator")

    def _remember(self, operator: str) -> None:
        if operator == "q":
            self._saved.append(self._shown_in)
        elif operator == "Q" and self._saved:
            self._shown_in = self._saved.pop()

    def _segment(self, operands: Any, operator: str) -> None:
        values = [float(each) for each in operands]
        if operator in operators.CURVES:
            self._facts.curves += 1
            self._path_is_drawing = True
        elif operator == "l" and min(abs(now - then) for now, then in zip(values, self._point, strict=True)) > 0.5:
            # Rules of tables run along the axes, strokes of letters do not
            self._facts.curves += 1
            self._path_is_drawing = True
        if len(values) >= 2 and operator != "re":
            self._point = (values[-2], values[-1])
        self._path.append((list(operands), operator))

    def _paint(self, operator: str) -> None:
        removed = self._pages.removes_pictures and self._path_is_drawing and operator != "n"
        if removed:
            self._facts.pictures_removed = True
        for operands, each in self._path:
            self._emit(operands, each)
        self._emit([], "n" if removed else operator)
        self._path, self._path_is_drawing = [], False

    def _show(self, operands: Any, operator: str) -> None:
        import pikepdf

        if self._shown_in is not None and self._shown_in.kind == "/Type3" and self._pages.removes_pictures:
            self._facts.pictures_removed = True
            return
        *before, shown = operands
        items = list(shown) if operator == "TJ" else [shown]
        written = [item if isinstance(item, pikepdf.String) else number_of(item) for item in items]
        for item in written:
            if isinstance(item, pikepdf.String):
                self._count(bytes(item))
        if operator != "TJ" and not isinstance(shown, pikepdf.String):
            raise Rejected("document-damaged", "an instruction of a page has the wrong operands")
        shown = pikepdf.Array(written) if operator == "TJ" else shown
        self._emit([*(number_of(each) for each in before), shown], operator)

    def _count(self, raw: bytes) -> None:
        font = self._shown_in
        if font is not None and font.kind == "/Type0":
            pairs = [raw[at : at + 2] for at in range(0, len(raw), 2)]
            self._facts.shown_codes += sum(pair not in font.blanks for pair in pairs)
        else:
            self._facts.shown_codes += len(raw) - raw.count(b" ")
            self._facts.raw_text.append(raw.decode("latin-1"))

    def _resource(self, group: str, name: Any) -> Any:
        found = self._old.get(group)
        value = None if found is None else found.get(str(name))
        if value is None:
            raise Rejected("document-damaged", "a page uses what it does not have")
        return value

    def _named(self, group: str, old: Any, make: Any) -> Any:
        import pikepdf

        key = (group, str(old))
        if key not in self._names:
            name = pikepdf.Name(f"/{group[1]}{len(self._names) + 1}")
            if group not in self._new:
                self._new[group] = pikepdf.Dictionary()
            self._new[group][name] = make()
            self._names[key] = name
        return self._names[key]

    def _font(self, operands: Any) -> None:
        import pikepdf

        font = self._pages.font(self._resource("/Font", operands[0]), self._facts)
        self._shown_in = font
        if font.kind == "/Type3" and not self._pages.removes_pictures:
            self._facts.pictures = True
        name = self._named("/Font", operands[0], lambda: font.font)
        self._emit([pikepdf.Name(str(name)), number_of(operands[1])], "Tf")

    def _colour_space(self, name: Any, operator: str) -> None:
        import pikepdf

        if str(name) in _DEVICE.values() or str(name) == "/Pattern":
            self._emit([name], operator)
            return
        source = self._resource("/ColorSpace", name)
        kind = str(source if isinstance(source, pikepdf.Name) else source[0])
        if kind == "/ICCBased":
            kind = _DEVICE.get(int(source[1].get("/N", 0)), kind)
        kind = _CALIBRATED.get(kind, kind)
        if kind in _DEVICE.values():
            self._emit([pikepdf.Name(kind)], operator)
            return
        self._facts.reasons.add("colour")
        self._emit([self._named("/ColorSpace", name, lambda: self._pages.copied(source))], operator)

    def _colour(self, operands: Any, operator: str) -> None:
        import pikepdf

        values = list(operands)
        if any(isinstance(each, pikepdf.Name) for each in values[:-1]):
            raise Rejected("document-damaged", "an instruction of a page has the wrong operands")
        if values and isinstance(values[-1], pikepdf.Name):
            if self._pages.removes_pictures:
                self._facts.pictures_removed = True
                return
            self._facts.pictures = True
            self._facts.reasons.add("pattern")
            source = self._resource("/Pattern", values[-1])
            values[-1] = self._named("/Pattern", values[-1], lambda: self._pages.copied(source))
        self._emit([*(each if isinstance(each, pikepdf.Name) else number_of(each) for each in values)], operator)

    def _state(self, name: Any) -> None:
        import pikepdf

        source = self._resource("/ExtGState", name)
        state: Any = pikepdf.Dictionary(Type=pikepdf.Name.ExtGState)
        for key in _STATE_NUMBERS:
            if key in source:
                state[key] = number_of(source[key])
        if str(source.get("/BM", "")) in _BLEND_MODES:
            state["/BM"] = source["/BM"]
        mask = source.get("/SMask")
        if mask is not None and not isinstance(mask, pikepdf.Name):
            if self._pages.removes_pictures:
                self._facts.pictures_removed = True
            else:
                self._facts.pictures = True
                self._facts.reasons.add("mask")
                state = self._pages.copied(source)
        self._emit([self._named("/ExtGState", name, lambda: state)], "gs")

    def _object(self, name: Any) -> None:
        source = self._resource("/XObject", name)
        if str(source.get("/Subtype", "")) == "/Form":
            form = self._named(
                "/XObject", name, lambda: self._pages.form(source, self._old, self._facts, self._depth + 1)
            )
            self._emit([form], "Do")
        elif self._pages.removes_pictures:
            self._facts.pictures_removed = True
        else:
            self._facts.pictures = True
            self._facts.reasons.add("picture")
            self._emit([self._named("/XObject", name, lambda: self._pages.copied(source))], "Do")

    def _picture(self, operands: Any, operator: str) -> None:
        if self._pages.removes_pictures:
            self._facts.pictures_removed = True
            return
        self._facts.pictures = True
        self._facts.reasons.add("picture")
        if operator == "sh":
            source = self._resource("/Shading", operands[0])
            self._emit([self._named("/Shading", operands[0], lambda: self._pages.copied(source))], "sh")
        else:
            self._emit(operands, operator)


def number_of(value: Any) -> Any:
    """An operand that is a number or array of numbers. Raises Rejected for another."""
    try:
        return numbers(value)
    except NotUnderstood:
        raise Rejected("document-damaged", "an instruction of a page has the wrong operands") from None


def _box(value: Any) -> Any:
    import pikepdf

    values = [float(each) for each in value]
    if len(values) != 4 or not all(abs(each) < 1e6 for each in values):
        raise Rejected("document-damaged", "a page has no proper size")
    return pikepdf.Array([round(each, 4) for each in values])

"""What cleaning one document needs and gathers: the subject's functions, the limits and the edits made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Literal, Protocol

import msgspec

from deidra.errors import Held
from deidra.model import Action, Edit, Examination

ShiftDate = Callable[[date], date | None]
UidOf = Callable[[str], str]


class FoundSpan(Protocol):
    """Where something identifying stands in a text, in characters, and what takes its place."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def replacement(self) -> str: ...
    @property
    def rule(self) -> str: ...


class CleanText(Protocol):
    """A cleaned text, with the spans of the original that went."""

    @property
    def text(self) -> str: ...
    @property
    def spans(self) -> Sequence[FoundSpan]: ...


class TextCleaner(Protocol):
    """Whatever takes the person out of words."""

    def clean(self, text: str, *, max_characters: int | None = None, multi_line: bool = True) -> CleanText: ...


class ReadWord(msgspec.Struct, frozen=True):
    """A word read in a picture: its text (sensitive) and its box in pixels from the upper left."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


# Reads the text of a picture: (width, height, RGB bytes) -> words in reading order
PictureReader = Callable[[int, int, bytes], Sequence[ReadWord]]


class Settings(msgspec.Struct, frozen=True):
    """What the policy decides about documents, and the limits against hostile ones.

    `pictures` says what becomes of pictures that nothing has read: the document is held, they are taken out, or
    they stay. `birth_dates` and `patient_characteristics` follow the like attributes of DICOM.
    """

    pictures: Literal["hold", "remove", "release"] = "hold"
    birth_dates: Literal["remove", "shift"] = "remove"
    patient_characteristics: bool = True
    raster_dots_per_inch: int = 150
    max_bytes: int = 1 << 30
    max_text_bytes: int = 32 << 20
    max_pages: int = 10_000
    max_page_pixels: int = 16_000_000
    max_stream_bytes: int = 256 << 20
    max_content_bytes: int = 32 << 20
    max_depth: int = 200
    max_elements: int = 2_000_000
    max_nested_documents: int = 2


class CleanedDocument(msgspec.Struct, frozen=True):
    """A document that may leave, what was changed, and what was looked at."""

    data: bytes
    edits: tuple[Edit, ...]
    examinations: tuple[Examination, ...]


class Work:
    """One document being cleaned. Mutable: it gathers edits and examinations, each place and rule once."""

    def __init__(
        self,
        cleaner: TextCleaner,
        *,
        shift_date: ShiftDate,
        uid_of: UidOf,
        pseudonym: str,
        settings: Settings,
        read_picture: PictureReader | None = None,
        nesting: int = 0,
    ) -> None:
        self.cleaner = cleaner
        self.shift_date = shift_date
        self.uid_of = uid_of
        self.pseudonym = pseudonym
        self.settings = settings
        self.read_picture = read_picture
        self.nesting = nesting
        self._edits: dict[tuple[str, Action, str], Edit] = {}
        self._examinations: dict[str, Examination] = {}

    def edit(self, locator: str, action: Action, rule: str, source: str) -> None:
        """Record a change. `locator` must never hold a value of the document."""
        self._edits.setdefault((locator, action, rule), Edit(locator, action, rule, source))

    def examined(self, examination: Examination) -> None:
        """Record a look made or not made; one not made outweighs."""
        before = self._examinations.get(examination.kind)
        if before is None or before.made:
            self._examinations[examination.kind] = examination

    def text(self, value: str, locator: str, *, multi_line: bool = False) -> str:
        """`value` without the person."""
        if not value.strip():
            return value
        cleaned = self.cleaner.clean(value, multi_line=multi_line).text
        if cleaned != value:
            self.edit(locator, Action.CLEAN, "document:text", TEXT_SOURCE)
        return cleaned

    def is_clean(self, value: str) -> bool:
        """Whether the cleaner has nothing against `value`."""
        return not value.strip() or self.cleaner.clean(value, multi_line=True).text == value

    def names_subject(self, value: str) -> bool:
        """Whether `value` holds a known name or identifier of the subject, whatever else is thought of it."""
        return any(span.rule.startswith("known") for span in self.cleaner.clean(value, multi_line=True).spans)

    def new_id(self, value: str) -> str:
        """The identifier that stands for `value` everywhere: 16 letters and digits."""
        number = int(self.uid_of(value.strip()).rpartition(".")[2] or "0")
        letters = []
        for _ in range(16):
            number, digit = divmod(number, 32)
            letters.append(_DIGITS[digit])
        return "".join(letters)

    def finished(self, data: bytes) -> CleanedDocument:
        return CleanedDocument(data, tuple(self._edits.values()), tuple(self._examinations.values()))

    def adopt(self, inner: CleanedDocument, locator: str) -> None:
        """Take over what was done to a document inside this one."""
        for edit in inner.edits:
            self.edit(f"{locator}/{edit.locator}", edit.action, edit.rule, edit.source)
        for examination in inner.examinations:
            self.examined(examination)

    def require_text_size(self, size_bytes: int) -> None:
        """Raises Held when there is more text than is looked at in one piece."""
        if size_bytes > self.settings.max_text_bytes:
            limit = self.settings.max_text_bytes >> 20
            raise Held("document-too-large", f"more than {limit} MiB of text")


# 32 digits without letters that are taken for others
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TEXT_SOURCE = "PS3.15 E.3.5 Clean Descriptors"
IDENTIFIER_SOURCE = "PS3.15 Table E.1-1 (0042,0011): identifiers inside an encapsulated document"


def missing(package: str) -> Held:
    """What is raised when a package of the extra `documents` is not there."""
    return Held("examination-not-possible", f"{package} is not installed; pip install 'deidra[documents]'")

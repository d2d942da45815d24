"""What cleaning one document needs and gathers: the subject's functions, the limits and the edits made."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Literal, Protocol

import msgspec

from deidra.errors import Held
from deidra.model import Action, Edit, Examination, Term

ShiftDate = Callable[[date], date | None]
UidOf = Callable[[str], str]
# A cleaner of the subject that also knows what is told of people in one document
CleanerKnowing = Callable[[Sequence[Term]], "TextCleaner"]


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
    """A word read in a picture: its text (sensitive) and its box in pixels from the upper left.

    "" where there is text that cannot be read: it always goes.
    """

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
    they stay. `birth_dates`, `patient_characteristics` and `keep_uids` follow the like attributes of DICOM. `links`
    are the names of other files that the document may point to, with their new names.
    """

    pictures: Literal["hold", "remove", "release"] = "hold"
    birth_dates: Literal["remove", "shift"] = "remove"
    patient_characteristics: bool = True
    keep_uids: bool = False
    links: Mapping[str, str] = {}
    raster_dots_per_inch: int = 150
    max_bytes: int = 256 << 20
    max_text_bytes: int = 16 << 20
    # Reading a million takes some ten seconds
    max_characters: int = 8_000_000
    max_pages: int = 2_000
    max_picture_pages: int = 500
    max_page_pixels: int = 16_000_000
    max_stream_bytes: int = 256 << 20
    max_content_bytes: int = 32 << 20
    max_depth: int = 200
    max_elements: int = 2_000_000
    max_nested_documents: int = 2


class KeptLine(msgspec.Struct, frozen=True):
    """A line of words that stays, for people to look at; `changed` when something was taken out around it."""

    text: str
    changed: bool


class CleanedDocument(msgspec.Struct, frozen=True):
    """A document that may leave, what was changed, what was looked at, and the words that stay, each line once.

    `identifier` is the new instance identifier of a CDA, ``root`` or ``root^extension``; `inner_mime_types` are those
    of the documents inside that stay.
    """

    data: bytes
    edits: tuple[Edit, ...]
    examinations: tuple[Examination, ...]
    kept: tuple[KeptLine, ...] = ()
    identifier: str = ""
    inner_mime_types: tuple[str, ...] = ()


class _Read(msgspec.Struct):
    """How much the cleaner has read of a document and of those inside it."""

    characters: int = 0


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
        cleaner_knowing: CleanerKnowing | None = None,
    ) -> None:
        self.cleaner = cleaner
        self.shift_date = shift_date
        self.uid_of = uid_of
        self.pseudonym = pseudonym
        self.settings = settings
        self.read_picture = read_picture
        self.nesting = nesting
        self.cleaner_knowing = cleaner_knowing
        self._terms: tuple[Term, ...] = ()
        self._read = _Read()
        self._edits: dict[tuple[str, Action, str], Edit] = {}
        self._examinations: dict[str, Examination] = {}
        self._kept: dict[KeptLine, None] = {}
        self._inner_mime_types: dict[str, None] = {}
        self.identifier = ""

    def edit(self, locator: str, action: Action, rule: str, source: str) -> None:
        """Record a change. `locator` must never hold a value of the document.

        Long documents have more places than anybody reads: the later ones are told by the kind of document alone.
        """
        if len(self._edits) >= _MOST_EDITS:
            locator = locator.partition(":")[0] + ":*"
        self._edits.setdefault((locator, action, rule), Edit(locator, action, rule, source))

    def know(self, terms: Sequence[Term]) -> None:
        """Clean with what the document itself tells of people, besides what is known of its subject."""
        if self.cleaner_knowing is not None and terms:
            self._terms = (*self._terms, *terms)
            self.cleaner = self.cleaner_knowing(self._terms)

    def inside(self) -> Work:
        """The work on a document inside this one."""
        work = Work(
            self.cleaner,
            shift_date=self.shift_date,
            uid_of=self.uid_of,
            pseudonym=self.pseudonym,
            settings=self.settings,
            read_picture=self.read_picture,
            nesting=self.nesting + 1,
            cleaner_knowing=self.cleaner_knowing,
        )
        work._terms, work._read = self._terms, self._read
        return work

    def keep(self, text: str, *, changed: bool) -> None:
        """Note words that stay in the document."""
        for line in text.splitlines():
            if any(map(str.isalpha, line)):
                self._kept[KeptLine(line.strip(), changed)] = None

    def examined(self, examination: Examination) -> None:
        """Record a look made or not made; one not made outweighs."""
        before = self._examinations.get(examination.kind)
        if before is None or before.made:
            self._examinations[examination.kind] = examination

    def clean(self, text: str, *, multi_line: bool = True) -> CleanText:
        """What the subject's cleaner makes of `text`. Raises Held when the document has more words than are read."""
        self._read.characters += len(text)
        if self._read.characters > self.settings.max_characters:
            raise Held("document-too-large", f"more than {self.settings.max_characters} characters to read")
        return self.cleaner.clean(text, multi_line=multi_line)

    def text(self, value: str, locator: str, *, multi_line: bool = False) -> str:
        """`value` without the person."""
        if not value.strip():
            return value
        cleaned = self.clean(value, multi_line=multi_line).text
        if cleaned != value:
            self.edit(locator, Action.CLEAN, "document:text", TEXT_SOURCE)
        self.keep(cleaned, changed=cleaned != value)
        return cleaned

    def is_clean(self, value: str) -> bool:
        """Whether the cleaner has nothing against `value`."""
        return not value.strip() or self.clean(value).text == value

    def names_subject(self, value: str) -> bool:
        """Whether `value` holds a known name or identifier of the subject, whatever else is thought of it."""
        return any(span.rule.startswith("known") for span in self.clean(value).spans)

    def instance_uid(self, value: str) -> str:
        """The UID that stands for that of a study, a series, an instance or a document: where those stay, the same."""
        return value if self.settings.keep_uids else self.uid_of(value)

    def new_id(self, value: str) -> str:
        """The identifier that stands for `value` everywhere: 16 letters and digits."""
        return new_id(value, self.uid_of)

    def finished(self, data: bytes) -> CleanedDocument:
        return CleanedDocument(
            data,
            tuple(self._edits.values()),
            tuple(self._examinations.values()),
            tuple(self._kept),
            self.identifier,
            tuple(self._inner_mime_types),
        )

    def adopt(self, inner: CleanedDocument, mime_type: str, locator: str) -> None:
        """Take over what was done to a document inside this one."""
        self._inner_mime_types.update(dict.fromkeys((mime_type, *inner.inner_mime_types)))
        for edit in inner.edits:
            self.edit(f"{locator}/{edit.locator}", edit.action, edit.rule, edit.source)
        for examination in inner.examinations:
            self.examined(examination)
        self._kept.update(dict.fromkeys(inner.kept))

    def require_text_size(self, size_bytes: int) -> None:
        """Raises Held when there is more text than is looked at in one piece."""
        if size_bytes > self.settings.max_text_bytes:
            limit = self.settings.max_text_bytes >> 20
            raise Held("document-too-large", f"more than {limit} MiB of text")


def new_id(value: str, uid_of: UidOf) -> str:
    """16 letters and digits made of the UID that stands for `value`."""
    number = int(uid_of(value.strip()).rpartition(".")[2] or "0")
    letters = []
    for _ in range(16):
        number, digit = divmod(number, 32)
        letters.append(_DIGITS[digit])
    return "".join(letters)


def linked_name(name: str, uid_of: UidOf) -> str:
    """The new name of a file that a document points to; what kind of file it is can still be told."""
    ending = _ENDING.search(name)
    return new_id(f"link:{name}", uid_of) + (ending[0].lower() if ending else "")


_ENDING = re.compile(r"\.(mtl|obj|stl|png|jpe?g|tiff?|bmp|tga)\Z", re.IGNORECASE)
_MOST_EDITS = 1_000
# 32 digits without letters that are taken for others
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TEXT_SOURCE = "PS3.15 E.3.5 Clean Descriptors"
IDENTIFIER_SOURCE = "PS3.15 Table E.1-1 (0042,0011): identifiers inside an encapsulated document"


def missing(package: str) -> Held:
    """What is raised when a package that reads documents is not there."""
    return Held("examination-not-possible", f"a package is missing that reads such documents: {package}")

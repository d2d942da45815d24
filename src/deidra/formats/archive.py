"""Zip and tar archives, opened as if somebody hostile had made them.

Members are unpacked under numeric names into a folder of the workspace (files 0600), so that no name of
an archive ever becomes a path. What is refused is told member by member.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import shutil
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec

from deidra.errors import Rejected

Kind = Literal["", "zip", "tar", "tar.gz", "tar.bz2", "tar.xz"]

SNIFF_BYTES = 512
_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
_ZIP_FIRST_NAME = 30
_DOCUMENT_STARTS = (b"[Content_Types].xml", b"_rels/", b"mimetype")
_TAR_MAGIC = slice(257, 262)
_DIRECTORY_ENTRY_BYTES = 256  # generous: 46 and the name
_COPY_BYTES = 1 << 20
# A tar reader asks for a member's extended header in one piece; honest ones are a few kilobytes.
_LONGEST_READ = 4 << 20
_ENCRYPTED = 0x1
_MEMBER_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    ValueError,
    RuntimeError,
    struct.error,
)
# Whatever the libraries raise on hostile input; a full disk (OSError) is not among it.
_DAMAGE = (*_MEMBER_DAMAGE, tarfile.TarError, OverflowError, LookupError)


class Limits(msgspec.Struct, frozen=True):
    """What one archive may unfold to. Empty images shrink 1000 to 1, so a ratio counts only beyond `free_bytes`."""

    members: int = 1_000_000
    expanded_bytes: int = 1 << 42
    ratio: int = 100
    ratio_free_bytes: int = 2 << 30
    spare_disk_bytes: int = 1 << 30


class Member(msgspec.Struct, frozen=True):
    """A member, unpacked to `path`; or, with a `code`, refused or damaged and not unpacked."""

    name: str
    path: str = ""
    size: int = 0
    code: str = ""
    message: str = ""


def kind_of(path: str) -> Kind:
    """Which archive a file is, judged by its content; ``""`` for none. Raises OSError."""
    with Path(path).open("rb") as file:
        first = file.read(SNIFF_BYTES)
    if first.startswith(_ZIP_STARTS):
        # Office files are zips too, but documents to whoever made them: one input, not a hundred.
        return "" if first[_ZIP_FIRST_NAME:].startswith(_DOCUMENT_STARTS) else "zip"
    if first[_TAR_MAGIC] == b"ustar":
        return "tar"
    compressed: dict[Kind, tuple[bytes, Any]] = {
        "tar.gz": (b"\x1f\x8b", gzip.open),
        "tar.bz2": (b"BZh", bz2.open),
        "tar.xz": (b"\xfd7zXZ\x00", lzma.open),
    }
    for kind, (magic, opener) in compressed.items():
        if first.startswith(magic):
            try:
                with opener(path) as inside:
                    return kind if inside.read(SNIFF_BYTES)[_TAR_MAGIC] == b"ustar" else ""
            except (*_DAMAGE, OSError):
                return ""
    return ""


def unpack(path: str, kind: Kind, folder: Path, limits: Limits | None = None) -> Iterator[Member]:
    """Unpack an archive into `folder` (made 0700), telling of each member that is not a folder.

    A damaged archive gives the members before the damage and then raises Rejected, as does one that is
    too large. Raises OSError when the disk is full.
    """
    limits = limits or Limits()
    folder.mkdir(mode=0o700, parents=True)
    meter = _Meter(Path(path).stat().st_size, limits, _room(folder, limits))
    names: dict[str, int] = {}
    count = 0
    try:
        members = _zip_members(path, limits) if kind == "zip" else _tar_members(path, kind, meter)
        for name, refusal, opener in members:
            count += 1
            if count > limits.members:
                raise Rejected("archive-too-large", f"more than {limits.members} members")
            shown = _unique(name, names)
            if refusal:
                yield Member(shown, code=refusal[0], message=refusal[1])
            else:
                yield _copy(shown, opener, folder / str(count), meter)
    except _DAMAGE as error:
        raise Rejected("archive-damaged", f"the archive cannot be read to its end ({type(error).__name__})") from None
    if count == 0:
        raise Rejected("archive-empty", "the archive has no members")


class _Meter:
    """Counts what was unfolded; raises Rejected at the limit. Mutable, because it meters."""

    def __init__(self, packed_bytes: int, limits: Limits, room_bytes: int) -> None:
        self.unfolded_bytes = 0
        self._room_bytes = min(limits.expanded_bytes, room_bytes)
        self._ratio_bytes = max(limits.ratio_free_bytes, limits.ratio * packed_bytes)

    def add(self, count: int) -> None:
        self.unfolded_bytes += count
        if self.unfolded_bytes > self._ratio_bytes:
            raise Rejected("archive-bomb", "the archive unfolds to far more than its size can honestly hold")
        if self.unfolded_bytes > self._room_bytes:
            raise Rejected("archive-too-large", "the archive unfolds to more than there is room for in the workspace")


def _room(folder: Path, limits: Limits) -> int:
    return max(0, shutil.disk_usage(folder).free - limits.spare_disk_bytes)


_Entry = tuple[str, tuple[str, str] | None, Callable[[], Any]]


def _copy(name: str, opener: Callable[[], Any], target: Path, meter: _Meter) -> Member:
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    size = 0
    try:
        with os.fdopen(descriptor, "wb") as sink, opener() as source:
            while block := source.read(_COPY_BYTES):
                size += len(block)
                meter.add(len(block))
                sink.write(block)
    except NotImplementedError:
        target.unlink()
        return Member(name, code="member-unsupported", message="packed by a method that is not supported")
    except _MEMBER_DAMAGE:
        target.unlink()
        return Member(name, code="member-damaged", message="the member cannot be unpacked; it is damaged")
    except BaseException:
        target.unlink()
        raise
    return Member(name, str(target), size)


def _zip_members(path: str, limits: Limits) -> Iterator[_Entry]:
    _require_honest_directory(path, limits)
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            mode = info.external_attr >> 16
            refusal = _unsafe_name(info.filename)
            if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
                refusal = ("member-not-a-file", "a link or device inside an archive is never followed")
            elif info.flag_bits & _ENCRYPTED:
                refusal = ("member-encrypted", "the member is encrypted")

            def opener(info: zipfile.ZipInfo = info) -> Any:
                return archive.open(info)

            yield info.filename, refusal, opener


def _require_honest_directory(path: str, limits: Limits) -> None:
    """Refuse a zip whose directory alone would fill the memory, or is not this zip's own.

    The library loads all of the directory at once, and it takes whatever stands before a directory for a
    prefix: of a zip that is cut behind an inner zip it would silently show the inner one. PKWARE APPNOTE 4.3.
    """
    with Path(path).open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        tail_at = max(0, size - (1 << 16) - 22)
        file.seek(tail_at)
        tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) - end < 22:
        raise Rejected("archive-damaged", "the zip has no directory at its end; it is truncated")
    directory_bytes, directory_at = struct.unpack_from("<LL", tail, end + 12)
    if tail[max(0, end - 20) : end].startswith(b"PK\x06\x07"):  # a zip64 says the same in larger numbers
        end = tail.rfind(b"PK\x06\x06", 0, end)
        if end < 0 or len(tail) - end < 56:
            raise Rejected("archive-damaged", "the zip has no directory at its end; it is damaged")
        directory_bytes, directory_at = struct.unpack_from("<QQ", tail, end + 40)
    if directory_bytes > limits.members * _DIRECTORY_ENTRY_BYTES:
        raise Rejected("archive-too-large", f"more than {limits.members} members")
    if directory_at + directory_bytes != tail_at + end:
        raise Rejected("archive-damaged", "the zip's directory does not fit the file; it is truncated")


def _tar_members(path: str, kind: Kind, meter: _Meter) -> Iterator[_Entry]:
    openers: dict[str, Any] = {"tar.gz": gzip.open, "tar.bz2": bz2.open, "tar.xz": lzma.open, "tar": open}
    with openers[kind](path, "rb") as inside:
        guarded = _Guarded(inside, meter if kind != "tar" else None)
        with tarfile.open(fileobj=guarded, mode="r:") as archive:  # type: ignore[call-overload]
            while (info := archive.next()) is not None:
                # The library remembers every member; a million of them would be a gigabyte.
                archive.members.clear()
                if info.isdir():
                    continue
                refusal = _unsafe_name(info.name)
                if not info.isreg() or info.issparse():
                    refusal = ("member-not-a-file", "a link or device inside an archive is never followed")

                def opener(info: tarfile.TarInfo = info) -> Any:
                    return archive.extractfile(info)

                yield info.name, refusal, opener
        # The library takes a broken header for the end; the real end is a block of zeros (POSIX ustar).
        if guarded.last != bytes(tarfile.BLOCKSIZE):
            raise Rejected("archive-damaged", "the archive ends without its end mark; it is truncated")
        guarded.drain()  # the checksum of the compressed stream stands at its end


class _Guarded:
    """A file for the tar reader: refuses huge single reads; skips compressed data in metered steps."""

    def __init__(self, inside: Any, meter: _Meter | None) -> None:
        self._inside = inside
        self._meter = meter
        self.last = b""

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= _LONGEST_READ:
            raise Rejected("archive-damaged", "the archive declares an absurdly long header")
        self.last = self._inside.read(size)
        return self.last

    def drain(self) -> None:
        """Read to the end of a compressed stream."""
        while self._meter is not None and (block := self._inside.read(_COPY_BYTES)):
            self._meter.add(len(block))

    def tell(self) -> int:
        position: int = self._inside.tell()
        return position

    def seek(self, position: int, whence: int = os.SEEK_SET) -> int:
        here = self.tell()
        if position == here and whence == os.SEEK_SET:
            return here
        if self._meter is None or whence != os.SEEK_SET or position < here:
            reached: int = self._inside.seek(position, whence)
            return reached
        while here < position:
            block = self._inside.read(min(position - here, _COPY_BYTES))
            if not block:
                break
            self._meter.add(len(block))
            here += len(block)
        return here


def _unsafe_name(name: str) -> tuple[str, str] | None:
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or parts[0].endswith(":"):
        return "member-unsafe-path", "the name of the member points outside of the archive"
    return None


def _unique(name: str, seen: dict[str, int]) -> str:
    """The same name may stand in an archive twice; each is an input of its own."""
    count = seen[name] = seen.get(name, 0) + 1
    return name if count == 1 else f"{name}#{count}"

"""Files below a folder, and the members of archives among sources, unpacked under numbers into a private folder."""

from __future__ import annotations

import itertools
import os
import shutil
import stat
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from deidra.workspace.inputs import MEMBER_MARK

_ARCHIVE_DEPTH = 2
_MOST_MEMBER_BYTES = 64 << 30
_MOST_RATIO = 200
_PRIVATE = ".verify-"
_ODD_KINDS = ((stat.S_ISLNK, "a link"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))


class Entry(NamedTuple):
    """A file. `name` is its path as bytes read with surrogate escapes; `odd` says what it is when it is no file."""

    name: str
    path: str
    size: int
    odd: str = ""


def files_below(folder: Path) -> Iterator[Entry]:
    """Everything below a folder that is no folder, by name; links are never followed. `name` is relative."""
    pending = [""]
    while pending:
        below = pending.pop()
        try:
            with os.scandir(folder / below) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            yield Entry(below, str(folder / below), 0, "a folder that cannot be read")
            continue
        folders = []
        for entry in found:
            name = f"{below}/{entry.name}" if below else entry.name
            if entry.is_dir(follow_symlinks=False):
                folders.append(name)
                continue
            yield _entry(name, entry.path, entry.stat(follow_symlinks=False))
        pending += reversed(folders)


def _entry(name: str, path: str, about: os.stat_result) -> Entry:
    if stat.S_ISREG(about.st_mode):
        return Entry(name, path, about.st_size)
    odd = next((word for test, word in _ODD_KINDS if test(about.st_mode)), "a device")
    return Entry(name, path, 0, odd)


def sources_below(source: Path, spool: Path) -> Iterator[Entry]:
    """Files of a source, archives unpacked. Named as a run names its inputs: real path, a member behind NUL."""
    root = os.path.realpath(source)
    if os.path.isfile(root):  # noqa: PTH113 - names are bytes
        entries: Iterator[Entry] = iter([_entry(root, root, os.stat(root))])  # noqa: PTH116
    else:
        entries = (entry._replace(name=f"{root}/{entry.name}") for entry in files_below(Path(root)))
    numbers = itertools.count()
    for entry in entries:
        yield from _opened(entry, spool, numbers, 0)


def _opened(entry: Entry, spool: Path, numbers: Iterator[int], depth: int) -> Iterator[Entry]:
    if entry.odd or depth >= _ARCHIVE_DEPTH or not _is_archive(entry.path):
        yield entry
        return
    try:
        for member, file, size in _members(entry.path):
            target = spool / str(next(numbers))
            with file, target.open("xb") as copy:
                written = _copy(file, copy, size)
            inner = Entry(f"{entry.name}{MEMBER_MARK}{member}", str(target), written)
            yield from _opened(inner, spool, numbers, depth + 1)
    except (zipfile.BadZipFile, tarfile.TarError, OSError, EOFError, RuntimeError, NotImplementedError, ValueError):
        yield entry._replace(odd="an archive that cannot be read to its end")


def _is_archive(path: str) -> bool:
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            if file.read(132)[128:] == b"DICM":
                return False
        return zipfile.is_zipfile(path) or tarfile.is_tarfile(path)
    except (OSError, tarfile.TarError, EOFError):
        return False


def _members(path: str) -> Iterator[tuple[str, IO[bytes], int]]:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    yield (
                        info.filename,
                        archive.open(info),
                        min(info.file_size, info.compress_size * _MOST_RATIO + (1 << 31)),
                    )
        return
    with tarfile.open(path) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.isreg() else None
            if file is not None:
                yield member.name, file, member.size


def _copy(file: IO[bytes], copy: IO[bytes], size: int) -> int:
    """Copy no more than what the archive announced."""
    left = min(size, _MOST_MEMBER_BYTES)
    while left > 0 and (data := file.read(min(left, 1 << 20))):
        copy.write(data)
        left -= len(data)
    return copy.tell()


def private_folder(parent: Path) -> Path:
    """A new folder that only its owner can read. What verifications that were killed left behind is removed."""
    for old in parent.glob(f"{_PRIVATE}*"):
        number = old.name.removeprefix(_PRIVATE).partition("-")[0]
        if not number.isdigit() or not _lives(int(number)):
            shutil.rmtree(old, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{_PRIVATE}{os.getpid()}-", dir=parent))


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True

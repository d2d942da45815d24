"""dcmtk reads every released file whose source it could read."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydicom.filereader import read_file_meta_info
from pydicom.fileset import FileSet

from peers import peer

if TYPE_CHECKING:
    from conformance.collection import Collection

pytestmark = pytest.mark.peer

SR_SOP_CLASSES = "1.2.840.10008.5.1.4.1.1.88."


def accepts(command: tuple[str, ...], path: Path) -> bool:
    return subprocess.run((*command, path), capture_output=True, timeout=60).returncode == 0


def broken(command: tuple[str, ...], collection: Collection) -> set[str]:
    """The files whose source a tool accepts and whose release it does not."""
    look = partial(accepts, command)
    with ThreadPoolExecutor(max_workers=2) as pool:
        released = pool.map(look, [pair.released for pair in collection.pairs])
        refused = [pair for pair, well in zip(collection.pairs, released, strict=True) if not well]
    return {pair.name for pair in refused if look(pair.source)}


def test_dcmdump_parses_every_release_whose_source_it_parsed(collection: Collection):
    assert broken((peer("dcmdump"), "--quiet"), collection) == set()


def test_every_release_is_a_part_10_file(collection: Collection):
    look = partial(accepts, (peer("dcmftest"),))
    assert {pair.name for pair in collection.pairs if not look(pair.released)} == set()


def test_dcmtk_and_pydicom_read_every_directory_that_was_written_anew(collection: Collection):
    # dcmdump 3.6.7 aborts while it shortens File IDs of more than 64 characters for printing; the parser is fine
    assert collection.directories
    for path in collection.directories:
        assert accepts((peer("dcm2json"),), path)
        instances = list(FileSet(path))
        assert instances
        assert all(Path(instance.path).is_file() for instance in instances)


def test_dsrdump_accepts_every_report_whose_source_it_accepted(collection: Collection):
    reports = tuple(pair for pair in collection.pairs if is_report(pair.released))
    assert len(reports) >= 3
    assert broken((peer("dsrdump"),), collection._replace(pairs=reports)) == set()


def is_report(path: Path) -> bool:
    return str(read_file_meta_info(path).MediaStorageSOPClassUID).startswith(SR_SOP_CLASSES)

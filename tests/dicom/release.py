"""The engine on a handful of bytes: what becomes of them, and the released bytes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from deidra.dicom.reader import BytesReader
from deidra.dicom.source import open_source, read_sections
from deidra.engine import Context, deidentify
from deidra.identity.pseudonyms import identity
from deidra.model import Batch, Outcome, SourceObject, SubjectKnowledge, Term
from deidra.policy.compile import Rulebook, compile_policy
from deidra.policy.load import load_policy
from deidra.standard.vocabulary import vocabulary
from deidra.text.vocabulary import load_vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from deidra.dicom.source import Section, Source

RELEASE_PIXELS = "pixels.unexamined=release"
KEEP_STREAMS = "pixels.streams=keep"
# Searching pixels takes a second for each object: tests of other things do without
WITHOUT_PIXELS = ("options=-clean-pixel-data",)
MASTER_KEY = bytes(range(32))
SUBJECT = "id\x1fZZNEEDLEID77\x1f"
TERMS = ("Zzneedlename^Qqfirst", "ZZNEEDLEID77", "Xxneedleother^Jjsecond")


@cache
def rulebook(policy: str, *settings: str) -> Rulebook:
    """A preset compiled once for all tests."""
    return compile_policy(load_policy(policy, settings))


def context(out: Path, policy: str = "public-research", *settings: str, dry_run: bool = False) -> Context:
    """What a run decides once; pixels are released without having been examined."""
    return Context(
        rulebook(policy, RELEASE_PIXELS, *settings),
        identity(MASTER_KEY, shift_range_days=(365, 3650)),
        load_vocabulary(extra=vocabulary()),
        out,
        dry_run=dry_run,
    )


def batch(paths: Sequence[Path], terms: Sequence[str] = TERMS) -> Batch:
    """Files as one batch of one subject."""
    objects = tuple(
        SourceObject(number, str(path), path.name, path.stat().st_size, 0) for number, path in enumerate(paths)
    )
    return Batch(1, "dicom", SubjectKnowledge(SUBJECT, tuple(Term("", term) for term in terms)), objects)


def release(
    folder: Path,
    *contents: bytes,
    policy: str = "public-research",
    settings: Sequence[str] = (),
    terms: Sequence[str] = TERMS,
) -> list[tuple[Outcome, bytes]]:
    """De-identify `contents` as the files of one series: outcomes with the bytes written (b"" when none)."""
    out = folder / "out"
    outcomes = deidentify(batch(written(folder / "in", contents), terms), context(out, policy, *settings))
    return [(outcome, (out / outcome.output).read_bytes() if outcome.output else b"") for outcome in outcomes]


def written(folder: Path, contents: Sequence[bytes]) -> list[Path]:
    """`contents` as files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, content in enumerate(contents):
        paths.append(folder / f"{number}.dcm")
        paths[-1].write_bytes(content)
    return paths


def verdicts(
    folder: Path, contents: Sequence[bytes], policy: str = "public-research", settings: Sequence[str] = ()
) -> list[Outcome]:
    """What would become of `contents`; nothing is written below the output folder."""
    return deidentify(batch(written(folder / "in", contents)), context(folder / "out", policy, *settings, dry_run=True))


def release_one(folder: Path, content: bytes, **options: object) -> bytes:
    """The released bytes of one object that must be released."""
    ((outcome, released),) = release(folder, content, **options)  # type: ignore[arg-type]
    assert outcome.status == "released", outcome.reasons
    return released


def opened(content: bytes) -> Source:
    """The object opened from memory."""
    return open_source(BytesReader(content))


def sections(content: bytes) -> list[Section]:
    """All sections of the object."""
    return list(read_sections(opened(content)))

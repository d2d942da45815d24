"""One object at a time, for those who call Deidra from Python."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from deidra.dicom.deidentify import deidentify_source, open_normalised
from deidra.dicom.reader import BytesReader, FileReader, Made, Reader
from deidra.dicom.survey import HeaderReader
from deidra.engine import Context, examinations, series_rules
from deidra.formats.series_pixels import examine_reader, pixel_settings
from deidra.identity.pseudonyms import identity, subject_key
from deidra.model import Batch, Edit, Examination, SubjectKnowledge
from deidra.pixels.picture_reader import picture_reader
from deidra.pixels.text_finder import text_finder
from deidra.policy.compile import compile_policy
from deidra.policy.load import load_policy
from deidra.standard.vocabulary import vocabulary
from deidra.text.recognisers import load_recognisers
from deidra.text.vocabulary import load_vocabulary

if TYPE_CHECKING:
    from pydicom import Dataset

    from deidra.dicom.work import Deidentified

KEY_BYTES = 32


class DeidentifiedObject(msgspec.Struct, frozen=True):
    """A released object: a whole DICOM file in `data`, and what was done to it."""

    data: bytes
    edits: tuple[Edit, ...]
    examinations: tuple[Examination, ...]

    def dataset(self) -> Dataset:
        """The object read by pydicom."""
        from pydicom import dcmread

        return dcmread(BytesIO(self.data))


def deidentify(
    source: Dataset | bytes | str | os.PathLike[str],
    *,
    policy: str = "public-research",
    settings: Sequence[str] = (),
    key: bytes | None = None,
) -> DeidentifiedObject:
    """De-identify one DICOM object: a path, the bytes of a file, or a pydicom data set (which is not changed).

    `policy` is a preset or a policy file, `settings` are KEY=VALUE as for ``deidra run --set``. Objects that
    belong together must share `key`, 32 secret bytes; without it each call draws its own and nothing links its
    results. Raises Held or Rejected when the object may not leave, PolicyError for a faulty policy, OSError.
    """
    rulebook = compile_policy(load_policy(policy, settings))
    rules = rulebook.policy
    who = identity(
        key or secrets.token_bytes(KEY_BYTES),
        shift_range_days=(rules.dates.shift_days_min, rules.dates.shift_days_max),
        prefix=rules.subjects.prefix,
    )
    recognisers = load_recognisers(rules.text.recognisers)
    words = load_vocabulary(extra=vocabulary())
    context = Context(
        rulebook,
        who,
        words,
        Path(),
        recognisers,
        find_text=text_finder(),
        read_picture=picture_reader(),
        pixels=pixel_settings(rules),
    )
    if isinstance(source, bytes):
        return _deidentified(BytesReader(source), context)
    if isinstance(source, (str, os.PathLike)):
        descriptor = os.open(source, os.O_RDONLY | os.O_CLOEXEC)
        try:
            return _deidentified(FileReader(descriptor, os.fstat(descriptor).st_size), context)
        finally:
            os.close(descriptor)
    buffer = BytesIO()
    source.save_as(buffer)
    return _deidentified(BytesReader(buffer.getvalue()), context)


def _deidentified(reader: Reader, context: Context) -> DeidentifiedObject:
    facts = HeaderReader().facts_of(reader)
    key = subject_key(facts.patient_id, facts.issuer, facts.birth_date, facts.patient_name, facts.study_uid)
    batch = Batch(0, "dicom", SubjectKnowledge(key, facts.terms), ())
    series = series_rules(batch, context)
    findings = None
    if context.pixels is not None:
        findings = examine_reader(reader, context.pixels, series.rules.subject.words.names)
    released = deidentify_source(open_normalised(reader), series, findings)
    return DeidentifiedObject(_content(released), released.edits, examinations(released, context.rulebook, findings))


def _content(released: Deidentified) -> bytes:
    parts: list[bytes | memoryview] = []
    for piece in released.pieces:
        if isinstance(piece, tuple):
            parts.append(released.reader.read_at(*piece))
        elif isinstance(piece, Made):
            piece.make(parts.append)
        else:
            parts.append(piece)
    return b"".join(parts)

"""READ THIS FIRST. One batch in, outcomes out: the only path by which anything is de-identified.

    batch      the objects that are judged together, with what is known of their subject
    context    the rulebook (policy + standard, compiled), the identity (pseudonyms) and the output folder

For each object: open it, check that it may leave at all, let every element meet its rule, write what is left
under a temporary name. When the whole batch is written it is flushed and renamed. Whatever goes wrong with one
object becomes its outcome, held or rejected with a reason, and never stops the others.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from deidra._version import __version__
from deidra.dicom.deidentify import SeriesRules, deidentify_source, open_normalised
from deidra.dicom.planes import FindText
from deidra.dicom.reader import BytesReader, FileReader
from deidra.dicom.rules import Rules
from deidra.dicom.subject_words import SubjectWords
from deidra.dicom.transforms import SOP_INSTANCE_UID, Subject
from deidra.dicom.work import Deidentified
from deidra.documents.work import PictureReader
from deidra.errors import Held, ObjectError
from deidra.formats.document import deidentify_document
from deidra.formats.sink import Sink
from deidra.identity.mapped_uids import MappedUids
from deidra.identity.pseudonyms import Identity
from deidra.identity.subject_list import TrialSubject
from deidra.model import DOCUMENTS_FOLDER, Batch, Edit, Examination, ObjectFacts, Outcome, Reason, SourceObject
from deidra.policy.compile import Rulebook, compile_policy
from deidra.text.recognisers import Recogniser
from deidra.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from deidra.pixels.text_regions import Examined
    from deidra.pixels.text_regions import Settings as PixelSettings
    from deidra.pixels.watched import Tell


class Context(msgspec.Struct, frozen=True):
    """What a run decides once. `dry_run` writes nothing; `record_keeps` also records what is kept, for a plan.

    `find_text` looks at overlays (see `deidra.dicom.planes`); without it they are removed.
    `read_picture` reads pictures in documents; without it the policy decides about them.
    `pixels`: what is looked for in pixels and how closely; None: nothing looks at them.
    `trial_subjects`: what the list of a trial says of a subject, by subject key; its arm may have rules of its own.
    `numbers_items`: whether records name the item of a sequence; without, what is done to all items is recorded once.
    """

    rulebook: Rulebook
    identity: Identity
    vocabulary: Vocabulary
    out: Path
    recognisers: tuple[Recogniser, ...] = ()
    dry_run: bool = False
    record_keeps: bool = False
    find_text: FindText | None = None
    read_picture: PictureReader | None = None
    numbers_items: bool = True
    pixels: PixelSettings | None = None
    trial_subjects: Mapping[str, TrialSubject] = {}


def deidentify(batch: Batch, context: Context, tell: Tell | None = None) -> list[Outcome]:
    """De-identify the objects of one batch and write them below `context.out`.

    Returns one outcome per object, in the order of the batch; never raises for one bad object. Raises OSError
    when the output itself fails: no space left, read-only, or what was written cannot be flushed or renamed.
    """
    try:
        series = series_rules(batch, context)
    except ObjectError as error:
        return [refused(source, error) for source in batch.objects]
    findings = _findings(batch, series, context, tell)
    sink = Sink(context.out)
    edit_lists: dict[tuple[int, ...], tuple[Edit, ...]] = {}
    outcomes = []
    for source in batch.objects:
        try:
            if batch.kind == "document":
                outcomes.append(_document(source, series, context, sink))
            else:
                outcomes.append(_one(source, series, context, sink, edit_lists, findings.get(source.id)))
        except ObjectError as error:
            outcomes.append(refused(source, error))
        except OSError as error:
            if error.errno in _OUTPUT_FAILS:
                raise
            why = f"the operating system refused: {os.strerror(error.errno or 0)}"
            outcomes.append(refused(source, Held("io-error", why)))
        except Exception as error:  # noqa: BLE001
            # A defect of ours must not release anything, nor stop the run, nor print what it met
            outcomes.append(refused(source, Held("internal-error", f"{type(error).__name__} while de-identifying")))
    sink.commit()
    return outcomes


# What no other object can escape either
_OUTPUT_FAILS = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EROFS))


def series_rules(batch: Batch, context: Context) -> SeriesRules:
    """The rulebook applied to the subject of the batch."""
    trial, identity = context.trial_subjects.get(batch.subject.key), context.identity.subject(batch.subject.key)
    rulebook = compile_policy(context.rulebook.policy, trial.arm) if trial and trial.arm else context.rulebook
    maps_uids = rulebook.standard(SOP_INSTANCE_UID, "UI", ()).code == "U"
    keeps_places = "institution-identity" in rulebook.policy.options
    uids = MappedUids(context.identity.uid)
    words = SubjectWords(
        [term for term in batch.subject.terms if not (keeps_places and term.kind == "institution")],
        context.vocabulary,
        mode=rulebook.policy.text.mode,
        uid_of=uids if maps_uids else str,
        recognisers=context.recognisers,
    )
    subject = Subject(identity.pseudonym.encode("ascii"), identity.shift_days, uids, words, trial)
    rules = Rules(rulebook, subject, context.find_text, context.read_picture)
    return SeriesRules(rules, context.record_keeps, numbers_items=context.numbers_items)


def _findings(batch: Batch, series: SeriesRules, context: Context, tell: Tell | None) -> dict[int, Examined]:
    """What the pixels of a series show, by object; nothing where nothing is to look at them."""
    if context.pixels is None or batch.kind == "document":
        return {}
    from deidra.formats.series_pixels import examine_series

    return examine_series(batch.objects, context.pixels, series.rules.subject.words.names, tell)


def _one(
    source: SourceObject,
    series: SeriesRules,
    context: Context,
    sink: Sink,
    edit_lists: dict[tuple[int, ...], tuple[Edit, ...]],
    findings: Examined | None,
) -> Outcome:
    descriptor = os.open(source.path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        size = os.fstat(descriptor).st_size
        released = deidentify_source(open_normalised(FileReader(descriptor, size)), series, findings)
        output = output_path(series.rules.subject.pseudonym.decode(), released)
        if not context.dry_run:
            sink.write(output, released.reader, released.pieces)
    finally:
        os.close(descriptor)
    # The files of a series are changed alike: they share one list of edits
    edits = edit_lists.setdefault(tuple(map(id, released.edits)), released.edits)
    made = examinations(released, series.rules.rulebook, findings)
    retained = series.rules.subject.words.take_retained()
    facts = released.facts
    if findings is not None:
        facts = msgspec.structs.replace(facts, pixel_cpu_ms=round(1000 * findings.cpu_seconds))
    own = (released.study_uid, released.series_uid, released.sop_instance_uid)
    return Outcome(source.id, "released", (), edits, made, facts, output, retained, _mapped(series, own))


def _document(source: SourceObject, series: SeriesRules, context: Context, sink: Sink) -> Outcome:
    """A document that stands free, among those of its subject."""
    released = deidentify_document(source.path, source.size, series.rules)
    output = f"{series.rules.subject.pseudonym.decode()}/{DOCUMENTS_FOLDER}/{released.name}"
    if not context.dry_run:
        sink.write(output, BytesReader(released.data), [(0, len(released.data))])
    facts = ObjectFacts(size_in=source.size, size_out=len(released.data))
    retained = series.rules.subject.words.take_retained()
    mapped = _mapped(series, ())
    return Outcome(source.id, "released", (), released.edits, released.examinations, facts, output, retained, mapped)


def _mapped(series: SeriesRules, own: tuple[str, ...]) -> tuple[str, ...]:
    uids = series.rules.subject.uid_of
    return uids.take(own) if isinstance(uids, MappedUids) else ()


def output_path(pseudonym: str, released: Deidentified) -> str:
    """Where an object goes below OUT, in new identifiers only. Raises Held when one of them is no UID."""
    names = (released.study_uid, released.series_uid, released.sop_instance_uid)
    if not all(_UID.fullmatch(name) for name in names):
        raise Held("uid-invalid", "a UID that names the output is not legal")
    return f"{pseudonym}/{'/'.join(names)}.dcm"


_UID = re.compile(r"\d+(?:\.\d+)*")


def refused(source: SourceObject, error: ObjectError) -> Outcome:
    """The outcome of an object that is not released."""
    status = "held" if isinstance(error, Held) else "rejected"
    return Outcome(source.id, status, (Reason(error.code, error.locator, error.message),))  # type: ignore[arg-type]


_BY = f"deidra {__version__}"
_ALWAYS: Sequence[Examination] = (
    Examination("metadata", True, _BY),
    Examination("container", True, _BY),
    Examination("known-identifiers", True, _BY, "retained text only"),
)
_TEXT_CLEANED = Examination("free-text", True, _BY)
_TEXT_REMOVED = Examination("free-text", False, "", "free text is removed, not cleaned")
_PIXELS_NOT_SEARCHED = Examination("pixel-text", False, "", "pixels are not searched for burned-in text")
_FACES = Examination("faces", False, "", "images are not searched for faces")
_OVERLAYS = Examination("overlay-text", True, _BY)
_OVERLAYS_REMOVED = Examination("overlay-text", False, "", "overlays are removed, not searched for text")
_STREAMS = Examination("streams", True, _BY)
_STREAMS_KEPT = Examination("streams", False, "", "coded frames are kept as they are, with what they carry")


def examinations(
    released: Deidentified, rulebook: Rulebook, findings: Examined | None = None
) -> tuple[Examination, ...]:
    """What was looked at in a released object, and what was not."""
    cleans = "clean-descriptors" in rulebook.policy.options
    made = [*_ALWAYS, _TEXT_CLEANED if cleans else _TEXT_REMOVED]
    if released.has_pixels:
        made += [_pixel_text(findings), _FACES]
    if released.overlays_examined is not None and "clean-graphics" in rulebook.policy.options:
        made.append(_OVERLAYS if released.overlays_examined else _OVERLAYS_REMOVED)
    if released.streams_examined is not None:
        made.append(_STREAMS if released.streams_examined else _STREAMS_KEPT)
    return merged((*made, *released.document))


def _pixel_text(findings: Examined | None) -> Examination:
    if findings is None:
        return _PIXELS_NOT_SEARCHED
    if findings.refused is not None:
        return Examination("pixel-text", False, "", f"pixels could not be searched: {findings.refused.message}")
    return Examination("pixel-text", True, f"{_BY}, {', '.join(findings.finders)}")


def merged(looks: Iterable[Examination]) -> tuple[Examination, ...]:
    """One examination of each kind; what was not made in one part was not made."""
    found: dict[str, Examination] = {}
    for look in looks:
        before = found.setdefault(look.kind, look)
        found[look.kind] = before if look.made else look
    return tuple(found.values())

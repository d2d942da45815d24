"""Manifests of an export, one Key Object Selection for each case, renewed over what was released like a DICOMDIR.

What is told of a case is cleaned like every text of its subject before it stands in one.
"""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from deidra.dicom.content_items import Instance
from deidra.dicom.export_codes import CHOICES, Purpose
from deidra.dicom.key_objects import KEY_OBJECT_SELECTION
from deidra.dicom.manifest import BASIC_TEXT_SR, head_of, key_object_selection, teaching_file_information
from deidra.errors import ObjectError
from deidra.model import Batch
from deidra.run.resume import withdraw_file
from deidra.run.select import Case
from deidra.workspace import inputs, outcomes, written
from deidra.workspace.ledger import transaction
from deidra.workspace.paths import write_output

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence

    from deidra.engine import Context

_TEXT_VALUE = "(0040,A160)"
_TITLE = "title"


class Maker(msgspec.Struct, frozen=True):
    """How manifests are made. `uid` maps anything to a UID; `clean` takes the person out of a text about a subject."""

    purpose: Purpose
    uid: Callable[[str], str]
    clean: Callable[[int, str], str]


class _Wanted(msgspec.Struct, frozen=True):
    """One case as it may be shown: released instances by their place, the title, and further cleaned information.

    `state` names all of it: the same gives the same documents.
    """

    subject: int
    instances: tuple[tuple[str, Instance], ...]
    title: str
    told: tuple[tuple[str, str], ...]
    state: bytes


def maker(purpose: str, ledger: sqlite3.Connection, context: Context) -> Maker | None:
    """What a policy's `manifest` asks for; None when it asks for none.

    Where the policy does not clean texts, nothing that is told of a case is written.
    """
    from deidra.engine import series_rules

    if purpose == "none":
        return None
    cleans = "clean-descriptors" in context.rulebook.policy.options

    def clean(subject: int, text: str) -> str:
        if not cleans:
            return ""
        rules = series_rules(Batch(0, "dicom", inputs.subject_knowledge(ledger, subject), ()), context).rules
        try:
            return rules.subject.words.cleaner.clean(text, multi_line=True).text
        except ObjectError:  # what cannot be cleaned is not told
            return ""

    return Maker(msgspec.convert(purpose, Purpose), context.identity.uid, clean)


def renew_manifests(
    ledger: sqlite3.Connection, job: int, out: Path, cases: Sequence[Case] | None, maker: Maker | None
) -> None:
    """Write the manifests that are missing and take back those that no longer hold.

    `cases` None: every subject is one. `maker` None: there are to be none.
    """
    standing: dict[bytes, list[tuple[str, int]]] = {}
    for output, state, size in written.written(ledger):
        standing.setdefault(state, []).append((output, size))
    for one in _wanted(ledger, job, cases, maker) if maker is not None else ():
        before = standing.pop(one.state, [])
        if maker is not None and not _stands(out, before):
            _take_back(ledger, out, before)
            _write(ledger, out, one, maker)
    for files in standing.values():
        _take_back(ledger, out, files)


def _take_back(ledger: sqlite3.Connection, out: Path, files: Sequence[tuple[str, int]]) -> None:
    for output, _ in files:
        withdraw_file(out, output)
        with transaction(ledger):
            written.forget(ledger, output)


def _wanted(ledger: sqlite3.Connection, job: int, cases: Sequence[Case] | None, maker: Maker) -> Iterator[_Wanted]:
    named: dict[int, list[Case]] = {}
    for case in cases or ():
        named.setdefault(case.subject, []).append(case)
    for subject, released in outcomes.released_by_subject(ledger):
        for case in named.get(subject, ()) if cases is not None else [Case(subject, "", None)]:
            instances = tuple(
                (output, _instance(output, sop_class))
                for number, output, sop_class in released
                if case.objects is None or number in case.objects
            )
            if not instances or case.is_delayed:
                continue
            title = "\n".join(maker.clean(subject, text) for column, text in case.told if column == _TITLE).strip()
            told = tuple(_told(case, maker))
            says = [job, maker.purpose, case.label, instances, title, told]
            yield _Wanted(subject, instances, title, told, hashlib.sha256(msgspec.json.encode(says)).digest())


def _told(case: Case, maker: Maker) -> Iterator[tuple[str, str]]:
    """Coded information is one of a few words; what is written freely is cleaned, and left out when nothing stays."""
    for column, text in case.told:
        if column in CHOICES:
            yield column, text
        elif column != _TITLE and (cleaned := maker.clean(case.subject, text).strip()):
            yield column, cleaned


def _instance(output: str, sop_class: str) -> Instance:
    _, study, series, name = PurePosixPath(output).parts
    return Instance(study, series, name.removesuffix(".dcm"), sop_class)


def _stands(out: Path, files: Sequence[tuple[str, int]]) -> bool:
    try:
        return bool(files) and all((out / output).stat().st_size == size for output, size in files)
    except OSError:
        return False


def _write(ledger: sqlite3.Connection, out: Path, one: _Wanted, maker: Maker) -> None:
    """The documents of a case: information in its first study, the manifest in each (PS3.3 C.17.6.2.1)."""
    places = {instance.study_uid: output for output, instance in reversed(one.instances)}
    studies = sorted(places)
    folder = PurePosixPath(one.instances[0][0]).parts[0]

    def new(study: str, sop_class: str) -> Instance:
        series, uid = (maker.uid(f"{what} {sop_class} {study} {one.state.hex()}") for what in ("series", "instance"))
        return Instance(study, series, uid, sop_class)

    listed = [instance for _, instance in one.instances]
    files = []
    if one.told:
        information = new(studies[0], BASIC_TEXT_SR)
        head = head_of(out / places[studies[0]])
        files.append((information, teaching_file_information(head, information, one.told)))
        listed.append(information)
    manifests = [new(study, KEY_OBJECT_SELECTION) for study in studies]
    for document in manifests:
        copies = [other for other in manifests if other != document]
        head = head_of(out / places[document.study_uid])
        files.append((document, key_object_selection(head, document, listed, maker.purpose, one.title, copies)))
    for document, content in files:
        output = f"{folder}/{document.study_uid}/{document.series_uid}/{document.uid}.dcm"
        write_output(out / output, content)
        free = [text for column, text in one.told if column not in CHOICES]
        texts = free if document.sop_class_uid == BASIC_TEXT_SR else [one.title]
        with transaction(ledger):
            shown = [(_TEXT_VALUE, text) for text in texts if any(map(str.isalpha, text))]
            written.note(ledger, output, one.subject, one.state, len(content), shown)

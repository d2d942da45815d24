"""What is known before anything is examined: originals from the ledger and the sources, and which output is whose."""

from __future__ import annotations

import contextlib
import functools
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from deidra.errors import WorkspaceError
from deidra.standard.confidentiality import OPTIONS
from deidra.verify import from_ledger, knowledge
from deidra.verify.attributes import options_of_codes
from deidra.verify.execute import each
from deidra.verify.folders import Entry, sources_below
from deidra.verify.harvest import NOTHING, Harvest, harvest
from deidra.verify.knowledge import Knowledge
from deidra.verify.pairing import add_source, pair_by_content, pair_by_ledger
from deidra.workspace.inputs import to_name
from deidra.workspace.ledger import open_ledger
from deidra.workspace.lock import locked
from deidra.workspace.paths import LEDGER, REPORT_JSON

_NEEDLES_OF_ONE = 4  # on average, for the estimate of chance


class Learnt(msgspec.Struct, frozen=True):
    """`options` None: they are read in each object. `stated` tells whether anybody said which options were applied:
    the caller, the run, or every object. `known` counts identifiers by kind, `problems` sources by trouble.

    `missing` counts released files of the ledger that are not there.
    """

    store: Path
    options: frozenset[str] | None
    stated: bool
    known: dict[str, int]
    from_ledger: bool
    sources: int
    problems: dict[str, int]
    missing: int

    @property
    def informed(self) -> bool:
        """Whether anything is known of the originals."""
        return bool(self.known)

    @property
    def needles(self) -> int:
        """About how many needles there are."""
        return _NEEDLES_OF_ONE * sum(self.known.values())


class Request(msgspec.Struct, frozen=True):
    """Where to learn from. `options` are those that the caller names, None when the caller names none."""

    out: Path
    source: Path | None
    workspace: Path | None
    options: frozenset[str] | None
    jobs: int


def learn(collection: sqlite3.Connection, folder: Path, request: Request, tell: Callable[[int, int], None]) -> Learnt:
    """Fill the private store of the originals, and pair outputs with sources and subjects."""
    path = folder / "known.sqlite"
    store = knowledge.create(path)
    with contextlib.closing(store), _ledger(request.workspace) as ledger:
        options = request.options if request.options is not None else _options(request.workspace)
        stated = options is not None
        if ledger is None and request.source is not None:
            declared = _fingerprint(collection, request, tell)
            stated = stated or declared is not None
            options = (declared or frozenset()) if options is None else options
        held = options or frozenset()
        numbers = from_ledger.learn(ledger, store, held) if ledger is not None else {}
        sources, problems = _sources(collection, store, folder, request, held, tell)
        missing = pair_by_ledger(collection, from_ledger.releases(ledger, numbers)) if ledger is not None else 0
        if request.source is not None:
            if ledger is not None:
                _fingerprint(collection, request, tell)  # what the ledger does not know
            pair_by_content(collection)
    return Learnt(path, options, stated, Knowledge(path).counts(), ledger is not None, sources, problems, missing)


@contextlib.contextmanager
def _ledger(workspace: Path | None) -> Iterator[sqlite3.Connection | None]:
    if workspace is None:
        yield None
        return
    if not (workspace / LEDGER).stat().st_size:
        raise WorkspaceError("ledger-unusable", "the ledger is empty")
    with locked(workspace), contextlib.closing(open_ledger(workspace / LEDGER)) as ledger:
        try:
            yield ledger
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", "") or type(error).__name__
            raise WorkspaceError("ledger-unusable", f"the ledger cannot be read ({name})") from None


def _options(workspace: Path | None) -> frozenset[str] | None:
    """The options of PS3.15 E.3 that the run's report names."""
    if workspace is None:
        return None
    try:
        report = msgspec.json.decode((workspace / REPORT_JSON).read_bytes())
        named = report["policy"]["options"]
    except (OSError, msgspec.DecodeError, KeyError, TypeError):
        return None
    return frozenset(named) & frozenset(OPTIONS)


def _fingerprint(
    collection: sqlite3.Connection, request: Request, tell: Callable[[int, int], None]
) -> frozenset[str] | None:
    """Digests of outputs of unknown origin, to find their sources by; gives the options that all declare, if all do."""
    rows = collection.execute("SELECT id, path FROM object WHERE kind != 'odd' AND expected IS NULL").fetchall()
    paths = [(number, os.fspath(request.out / to_name(path))) for number, path in rows]
    declared, silent = frozenset(OPTIONS), not paths
    for done, ((number, _), found) in enumerate(each(_read_output, paths, request.jobs), start=1):
        tell(done, 0)
        if found is None or found.problem:
            continue
        facts = found.facts
        collection.execute(
            "UPDATE object SET sop_class = ?, sop = ?, patient_id = ?, instance_number = ?, pixels = ?, geometry = ? "
            "WHERE id = ?",
            (facts.sop_class, facts.sop, facts.patient_id, facts.instance_number, found.pixels, found.geometry, number),
        )
        if found.is_directory:
            continue  # says nothing of how it was made
        declared &= options_of_codes(facts.method_codes)
        silent |= not facts.method_codes
    return None if silent else declared


def _read_output(chunk: list[tuple[int, str]]) -> list[Harvest]:
    return [harvest(path, frozenset()) for _, path in chunk]


def _sources(
    collection: sqlite3.Connection,
    store: sqlite3.Connection,
    folder: Path,
    request: Request,
    options: frozenset[str],
    tell: Callable[[int, int], None],
) -> tuple[int, dict[str, int]]:
    """Read all sources; gives how many objects they hold, and files by trouble."""
    if request.source is None:
        return 0, {}
    spool = folder / "spool"
    spool.mkdir(mode=0o700)
    read, problems = 0, dict[str, int]()
    answers = each(functools.partial(_read_sources, options), sources_below(request.source, spool), request.jobs)
    for number, (entry, found) in enumerate(answers, start=1):
        tell(number, 0)
        problem = "not-read" if found is None else found.problem or ("directory" if found.is_directory else "")
        subject = None
        if found is not None and not found.problem:
            subject = _subject(store, found)
            _store(store, subject, found)
        if problem:
            problems[problem] = problems.get(problem, 0) + 1
            continue
        read += 1
        assert found is not None  # noqa: S101 - otherwise there is a problem
        add_source(collection, number, entry.name, entry.path, found, subject)
    return read, problems


def _read_sources(options: frozenset[str], chunk: list[Entry]) -> list[Harvest]:
    return [harvest(entry.path, options) if not entry.odd else NOTHING._replace(problem="not-read") for entry in chunk]


def _subject(store: sqlite3.Connection, found: Harvest) -> int:
    """Patients are told apart by Patient ID and issuer; without an ID by name and birth, at last by study."""
    facts = found.facts
    if facts.patient_id:
        return knowledge.subject_number(store, facts.patient_id, facts.issuer)
    fallback = (
        f"\0{facts.patient_name}\0{facts.birth_date}" if facts.patient_name and facts.birth_date else f"\0{facts.study}"
    )
    return knowledge.subject_number(store, fallback, facts.issuer)


def _store(store: sqlite3.Connection, subject: int, found: Harvest) -> None:
    store.execute("BEGIN")
    knowledge.add(store, subject, found.known)
    knowledge.add_uids(store, found.uids)
    knowledge.add_kept(store, found.kept)
    knowledge.add_technical(store, subject, found.technical)
    store.execute("COMMIT")

"""What a run is asked to do: policy and key read and checked before anything else happens."""

from __future__ import annotations

import functools
import hashlib
import platform
from typing import TYPE_CHECKING, Any

import msgspec

from deidra._version import __version__
from deidra.policy.schema import Slices
from deidra.run.mechanisms import Mechanisms, mechanisms
from deidra.run.select import Asked
from deidra.workspace.paths import SPOOL

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from deidra.identity.subject_list import SubjectList
    from deidra.policy.compile import Rulebook
    from deidra.policy.schema import Trial
    from deidra.run.manifest import Maker
    from deidra.run.selection import Selection
    from deidra.text.recognisers import Recogniser


class About(msgspec.Struct, frozen=True):
    """What reports say of the rules that were applied."""

    policy: str
    policy_title: str
    policy_digest: str
    edition: str
    options: tuple[str, ...]
    methods: tuple[str, ...]  # the texts of De-identification Method (0012,0063)
    unexamined: str  # "hold" or "release": what the policy does with likely burned-in text that nobody examined
    versions: dict[str, str]


class Job(msgspec.Struct, frozen=True):
    """`digest` names everything that outcomes depend on besides the objects themselves.

    `learn` gives the words that the surveyed texts share. `context` builds what the engine needs from the subject
    keys of the collection, those words and the output folder; it raises SubjectListError when the user's pseudonyms
    do not fit the collection. `uid` maps a UID. `finish` lets the vault, if there is one, record what was released.
    `asked` says which objects are exported, `manifests` gives what makes the manifest of each case from the context.
    `slices`: how many pictures leave in place of each series.
    """

    mechanisms: Mechanisms
    about: About
    digest: str
    learn: Callable[[sqlite3.Connection], frozenset[str]]
    context: Callable[[list[str], frozenset[str], Path], Any]
    uid: Callable[[str], str]
    identity_settings: dict[str, str]
    finish: Callable[[sqlite3.Connection], None] = lambda _: None
    asked: Asked = Asked(None, None)
    manifests: Callable[[sqlite3.Connection, Any], Maker | None] = lambda *_: None
    slices: Slices = Slices()


def prepare(
    policy: str,
    settings: Sequence[str],
    subjects: Path | None = None,
    selection: Path | None = None,
    *,
    dry_run: bool = False,
) -> Callable[[Path], Job]:
    """Read the policy, the list of pseudonyms and the selection; raises UsageError before anything is written.

    Gives what makes the job of a workspace, whose key is made on first use.
    """
    from deidra.identity.subject_list import read_subject_list
    from deidra.policy.compile import compile_policy
    from deidra.policy.load import load_policy
    from deidra.run.selection import read_selection
    from deidra.text.recognisers import load_recognisers

    rulebook = compile_policy(load_policy(policy, settings))
    listed = read_subject_list(subjects) if subjects else None
    if listed:
        _check_trial(listed, rulebook.policy.trial)
    recognisers = load_recognisers(rulebook.policy.text.recognisers)
    selected = read_selection(selection) if selection else None
    return lambda workspace: _job(rulebook, recognisers, listed, selected, workspace, dry_run=dry_run)


def _check_trial(listed: SubjectList, trial: Trial | None) -> None:
    """Raises SubjectListError when the list speaks of a trial, or of an arm, that the policy does not know."""
    from deidra.errors import SubjectListError

    if listed.trial and trial is None:
        raise SubjectListError("subject-list-trial", "the list has columns of a trial, and the policy names none")
    arms = {arm.name for arm in trial.arms} if trial else set()
    unknown = sum(1 for subject in listed.trial.values() if subject.arm and subject.arm not in arms)
    if unknown:
        known = f"it knows {', '.join(sorted(arms))}" if arms else "it has none"
        raise SubjectListError("subject-list-arm", f"{unknown} subjects are in arms that the policy lacks; {known}")


def _job(
    rulebook: Rulebook,
    recognisers: tuple[Recogniser, ...],
    listed: SubjectList | None,
    selected: Selection | None,
    workspace: Path,
    *,
    dry_run: bool,
) -> Job:
    from deidra.engine import Context
    from deidra.errors import UsageError
    from deidra.formats.series_pixels import pixel_settings
    from deidra.identity.pseudonyms import identity
    from deidra.identity.schemes import listed as scheme_of
    from deidra.identity.subject_list import trial_subjects
    from deidra.pixels.picture_reader import picture_reader
    from deidra.pixels.text_finder import finder_version, text_finder
    from deidra.pixels.text_regions import finders
    from deidra.run.keeper import keeper
    from deidra.run.manifest import maker
    from deidra.run.slices import STAGING, release_slices
    from deidra.run.words import shared_words
    from deidra.standard.vocabulary import vocabulary
    from deidra.text.collection import unknown_words
    from deidra.text.vocabulary import load_vocabulary

    rules = rulebook.policy
    shift_range = (rules.dates.shift_days_min, rules.dates.shift_days_max)
    kept_by = keeper(
        workspace,
        rules.subjects.prefix,
        scheme=rules.subjects.scheme,
        records=rules.subjects.crosswalk == "record",
        dry_run=dry_run,
    )
    gives = listed is not None and bool(listed.pseudonyms)
    if gives and kept_by.gives_pseudonyms:
        raise UsageError("subjects-scheme", "the vault of this workspace gives the pseudonyms; leave out --subjects")
    scheme = scheme_of(listed) if listed and gives else kept_by.scheme
    who = identity(kept_by.master, shift_range_days=shift_range, prefix=rules.subjects.prefix)

    # Loaded before the first worker is made, so that all of them share it
    words = load_vocabulary(extra=vocabulary())
    fewest = rules.text.shared_words if "clean-descriptors" in rules.options else 0

    pixels = pixel_settings(rules)

    def context(keys: list[str], shared: frozenset[str], out: Path) -> Any:
        chosen = msgspec.structs.replace(who, subjects=scheme(keys))
        learnt = msgspec.structs.replace(words, extra=words.extra | shared)
        return Context(
            rulebook,
            chosen,
            learnt,
            out,
            recognisers,
            dry_run=dry_run,
            record_keeps=dry_run,
            find_text=text_finder(),
            read_picture=picture_reader(),
            numbers_items=False,
            pixels=pixels,
            trial_subjects=trial_subjects(listed, keys) if listed and listed.trial else {},
        )

    about = About(
        policy=rules.name,
        policy_title=rules.title,
        policy_digest=rulebook.digest,
        edition=rules.edition,
        options=rules.options,
        methods=tuple(rulebook.method_texts),
        unexamined=rules.pixels.unexamined,
        versions=_versions(),
    )
    pseudonyms = _digested(listed) if listed else []
    looks = [finder_version(), pixels and finders(pixels)]
    decides = [__version__, rulebook.digest, pseudonyms, bool(listed), selected and selected.digest, *looks]
    digest = hashlib.sha256(msgspec.json.encode(decides)).hexdigest()
    kept = "yes" if "uids" in rules.options else ""
    looked = mechanisms(functools.partial(unknown_words, vocabulary=words) if fewest else None)
    learn = functools.partial(shared_words, vocabulary=words, fewest_subjects=fewest)
    finish = functools.partial(kept_by.finish, who)
    asked = Asked(selected, None if rules.manifest == "none" else rules.manifest)
    manifests = functools.partial(maker, rules.manifest)
    if rules.slices.per_series:
        release = functools.partial(release_slices, rules.slices, str(workspace / SPOOL / STAGING))
        looked = msgspec.structs.replace(looked, deidentify=release)
    shifts = " ".join(map(str, shift_range)) if "modified-dates" in rules.options else ""
    identities = {"uids_kept": kept, "shift_range_days": shifts}
    return Job(
        looked, about, digest, learn, context, who.uid, identities, finish, asked, manifests, rules.slices
    )


def _digested(listed: SubjectList) -> list[tuple[str, ...]]:
    keys = sorted({*listed.pseudonyms, *listed.trial}, key=str)
    of_trial = {key: msgspec.structs.astuple(subject) for key, subject in listed.trial.items()}
    return [(str(key), listed.pseudonyms.get(key, ""), *map(str, of_trial.get(key, ()))) for key in keys]


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    return {
        "deidra": __version__,
        "pydicom": version("pydicom"),
        "python": platform.python_version(),
    }

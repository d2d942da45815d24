"""What a run is asked to do: policy and key read and checked before anything else happens."""

from __future__ import annotations

import functools
import hashlib
import platform
from typing import TYPE_CHECKING, Any

import msgspec

from deidra._version import __version__
from deidra.run.mechanisms import Mechanisms, mechanisms

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from deidra.identity.subject_list import SubjectList
    from deidra.policy.compile import Rulebook
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
    """

    mechanisms: Mechanisms
    about: About
    digest: str
    learn: Callable[[sqlite3.Connection], frozenset[str]]
    context: Callable[[list[str], frozenset[str], Path], Any]
    uid: Callable[[str], str]
    identity_settings: dict[str, str]
    finish: Callable[[sqlite3.Connection], None] = lambda _: None


def prepare(
    policy: str, settings: Sequence[str], subjects: Path | None = None, *, dry_run: bool = False
) -> Callable[[Path], Job]:
    """Read the policy and the list of pseudonyms; raises UsageError before anything is written.

    Gives what makes the job of a workspace, whose key is made on first use.
    """
    from deidra.identity.subject_list import read_subject_list
    from deidra.policy.compile import compile_policy
    from deidra.policy.load import load_policy
    from deidra.text.recognisers import load_recognisers

    rulebook = compile_policy(load_policy(policy, settings))
    recognisers = load_recognisers(rulebook.policy.text.recognisers)
    listed = read_subject_list(subjects) if subjects else None
    return lambda workspace: _job(rulebook, recognisers, listed, workspace, dry_run=dry_run)


def _job(
    rulebook: Rulebook,
    recognisers: tuple[Recogniser, ...],
    listed: SubjectList | None,
    workspace: Path,
    *,
    dry_run: bool,
) -> Job:
    from deidra.engine import Context
    from deidra.errors import UsageError
    from deidra.formats.series_pixels import pixel_settings
    from deidra.identity.pseudonyms import identity
    from deidra.identity.schemes import listed as scheme_of
    from deidra.pixels.picture_reader import picture_reader
    from deidra.pixels.text_finder import finder_version, text_finder
    from deidra.pixels.text_regions import finders
    from deidra.run.keeper import keeper
    from deidra.run.words import shared_words
    from deidra.standard.vocabulary import vocabulary
    from deidra.text.collection import unknown_words
    from deidra.text.vocabulary import load_vocabulary

    rules = rulebook.policy
    shift_range = (rules.dates.shift_days_min, rules.dates.shift_days_max)
    kept_by = keeper(workspace, rules.subjects.prefix, dry_run=dry_run)
    if listed and kept_by.gives_pseudonyms:
        raise UsageError("subjects-scheme", "the vault of this workspace gives the pseudonyms; leave out --subjects")
    scheme = scheme_of(listed) if listed else kept_by.scheme
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
    pseudonyms = sorted((str(key), new) for key, new in listed.pseudonyms.items()) if listed else []
    looks = [finder_version(), pixels and finders(pixels)]
    decides = [__version__, rulebook.digest, pseudonyms, bool(listed), *looks]
    digest = hashlib.sha256(msgspec.json.encode(decides)).hexdigest()
    kept = "yes" if "uids" in rules.options else ""
    looked = mechanisms(functools.partial(unknown_words, vocabulary=words) if fewest else None)
    learn = functools.partial(shared_words, vocabulary=words, fewest_subjects=fewest)
    finish = functools.partial(kept_by.finish, who)
    return Job(looked, about, digest, learn, context, who.uid, {"uids_kept": kept}, finish)


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    return {
        "deidra": __version__,
        "pydicom": version("pydicom"),
        "python": platform.python_version(),
    }

"""What a run is asked to do: policy and key read and checked before anything else happens."""

from __future__ import annotations

import hashlib
import platform
from typing import TYPE_CHECKING, Any

import msgspec

from deidra._version import __version__
from deidra.run.mechanisms import Mechanisms, mechanisms

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from deidra.identity.subject_list import SubjectList
    from deidra.policy.compile import Rulebook


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

    `context` builds what the engine needs from the subject keys of the collection and the output folder;
    it raises SubjectListError when the user's pseudonyms do not fit the collection. `uid` maps a UID.
    """

    mechanisms: Mechanisms
    about: About
    digest: str
    context: Callable[[list[str], Path], Any]
    uid: Callable[[str], str]
    identity_settings: dict[str, str]


def prepare(
    policy: str, settings: Sequence[str], subjects: Path | None = None, *, dry_run: bool = False
) -> Callable[[Path], Job]:
    """Read the policy and the list of pseudonyms; raises UsageError before anything is written.

    Gives what makes the job of a workspace, whose key is made on first use.
    """
    from deidra.identity.subject_list import read_subject_list
    from deidra.policy.compile import compile_policy
    from deidra.policy.load import load_policy

    rulebook = compile_policy(load_policy(policy, settings))
    listed = read_subject_list(subjects) if subjects else None
    return lambda workspace: _job(rulebook, listed, workspace, dry_run=dry_run)


def _job(rulebook: Rulebook, listed: SubjectList | None, workspace: Path, *, dry_run: bool) -> Job:
    from deidra.engine import Context
    from deidra.identity.keys import load_or_create_key
    from deidra.identity.pseudonyms import identity
    from deidra.identity.subject_list import assign

    rules = rulebook.policy
    shift_range = (rules.dates.shift_days_min, rules.dates.shift_days_max)
    master = load_or_create_key(workspace)
    who = identity(master, shift_range_days=shift_range, prefix=rules.subjects.prefix)

    def context(keys: list[str], out: Path) -> Any:
        assigned = assign(listed, keys) if listed else None
        chosen = msgspec.structs.replace(who, subjects=assigned)
        return Context(rulebook, chosen, out, dry_run=dry_run, record_keeps=dry_run)

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
    digest = hashlib.sha256(msgspec.json.encode([__version__, rulebook.digest, pseudonyms, bool(listed)])).hexdigest()
    kept = "yes" if "uids" in rules.options else ""
    return Job(mechanisms(), about, digest, context, who.uid, {"uids_kept": kept})


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    return {
        "deidra": __version__,
        "pydicom": version("pydicom"),
        "python": platform.python_version(),
    }

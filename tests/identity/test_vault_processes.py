"""Many processes at once, and processes killed at any moment: nothing twice, nothing lost, nothing by halves."""

from __future__ import annotations

import multiprocessing
import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from deidra.errors import VaultError
from deidra.identity.pseudonyms import subject_key
from deidra.identity.schemes import sequential
from deidra.identity.vault import crosswalk, opening
from deidra.run.vault_admin import check, log_of
from identity.vaults import NEEDLE, fill, look, make

SUBJECTS = 1600
PROCESSES = 8


def key(number: int) -> str:
    return subject_key(f"MRN{number:08d}", "", "", "", "")


def number_some(workspace: Path, seed: int) -> dict[str, str]:
    """What one process does: numbers for half of all subjects, in an order of its own."""
    some = random.Random(seed).sample(range(SUBJECTS), SUBJECTS // 2)
    with opening.opened(workspace) as vault:
        return dict(sequential(vault)([key(number) for number in some]))


def test_processes_that_number_subjects_at_once_agree_with_no_number_twice_and_none_lost(
    tmp_path: Path, address: str
) -> None:
    make(tmp_path, address, "sequential")
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        answers = pool.starmap(number_some, [(tmp_path, seed) for seed in range(PROCESSES)], chunksize=1)
    agreed: dict[str, str] = {}
    for answer in answers:
        assert all(agreed.setdefault(subject, pseudonym) == pseudonym for subject, pseudonym in answer.items())
    assert sorted(agreed.values()) == [f"SUBJ{number:06d}" for number in range(1, len(agreed) + 1)]
    assert check(tmp_path).records == len(agreed)
    with opening.opened(tmp_path) as vault:
        assert {pair.old: pair.new for pair in crosswalk.pairs(vault.store, vault.project)} == agreed


def make_and_look(workspace: Path, address: str, unlock: str) -> str:
    """What a site does when many start at once."""
    try:
        make(workspace, address, unlock=unlock)
    except VaultError as error:
        return error.code
    with opening.opened(workspace) as vault:
        return vault.project.master.hex()


def test_workspaces_that_make_one_vault_at_once_have_one_key(tmp_path: Path) -> None:
    (tmp_path / "k").write_text("ab" * 32)
    (tmp_path / "k").chmod(0o600)
    tasks = [(tmp_path / f"w{n}", str(tmp_path / "v.sqlite"), f"file:{tmp_path / 'k'}") for n in range(PROCESSES)]
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        found = set(pool.starmap(make_and_look, tasks, chunksize=1))
    assert len(found - {"vault-exists"}) == 1


WORK = """
import sys, itertools
from pathlib import Path
from deidra.identity.vault import opening, crosswalk
from deidra.identity.vault.crosswalk import Pair
from deidra.identity.schemes import sequential
from deidra.run.keeper import record
workspace, begin = Path(sys.argv[1]), int(sys.argv[2])
print("ready", flush=True)
for turn in itertools.count(begin, 200):
    with opening.opened(workspace) as vault:
        numbers = range(turn, turn + 200)
        sequential(vault)([f"id\\x1fMRN{number}\\x1f" for number in numbers])
        record(vault, (Pair("instance", f"1.2.999.{number}", f"2.25.{number}") for number in numbers))
    print(turn, flush=True)
"""


def test_a_process_killed_while_it_writes_leaves_whole_transactions_only(tmp_path: Path, address: str) -> None:
    make(tmp_path, address, "sequential")
    moments = random.Random(4711)
    promised = 0
    for turn in range(4):
        command = [sys.executable, "-c", textwrap.dedent(WORK), str(tmp_path), str(turn * 1_000_000)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(moments.uniform(0.05, 0.5))
            process.send_signal(signal.SIGKILL)
            promised += len(process.stdout.read().splitlines())
        done = check(tmp_path)
        assert done.records % 200 == 0
        assert done.records >= promised * 400
        with opening.opened(tmp_path) as vault:
            subjects = [pair.new for pair in crosswalk.pairs(vault.store, vault.project) if pair.kind == "subject"]
        assert sorted(subjects) == [f"SUBJ{number:06d}" for number in range(1, len(subjects) + 1)]
    assert log_of(tmp_path)


STEPS = {
    "create": "make(workspace, sys.argv[2], unlock='')",
    "rotate": "[opening.rotate(workspace) for _ in range(50)]",
    "destroy": "destroy(workspace)",
}


@pytest.mark.parametrize("step", STEPS)
def test_a_process_killed_while_it_changes_the_vault_leaves_one_that_goes_on(step: str, tmp_path: Path) -> None:
    program = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent.parent)!r})
from identity.vaults import make
from deidra.identity.vault import opening
from deidra.identity.vault.destroy import destroy
import cryptography.hazmat.primitives.ciphers.aead, cryptography.hazmat.primitives.kdf.hkdf
workspace = Path(sys.argv[1])
print("ready", flush=True)
{STEPS[step]}
"""
    moments = random.Random(step)
    for turn in range(4):
        workspace = tmp_path / str(turn)
        workspace.mkdir()
        address = str(workspace / "vault.sqlite")
        if step != "create":
            make(workspace)
            fill(workspace)
        command = [sys.executable, "-c", program, str(workspace), address]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(moments.uniform(0, 0.06))
            process.send_signal(signal.SIGKILL)
        if step == "create":
            if not (workspace / "vault.json").exists():
                make(workspace)
            assert check(workspace).records == 0
        elif step == "rotate":
            assert look(workspace, "P7") is not None
        else:
            from deidra.identity.vault.destroy import destroy

            assert destroy(workspace).whole
            assert NEEDLE.encode() not in (workspace / "vault.sqlite").read_bytes()
            assert not (workspace / "identity" / "vault.key").exists()

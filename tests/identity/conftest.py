"""Vaults to test with: SQLite files, and a PostgreSQL server from Debian."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deidra.identity.vault.unlock import PASSPHRASE_VARIABLE, UNLOCK_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(autouse=True)
def _nothing_from_outside_unlocks(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (UNLOCK_VARIABLE, PASSPHRASE_VARIABLE):
        monkeypatch.delenv(name, raising=False)


def _programs() -> Path | None:
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    found = versions[-1] if versions else shutil.which("postgres")
    return Path(found).resolve().parent if found else None


def _as_its_user(*command: str | Path) -> list[str]:
    """PostgreSQL refuses to run as the superuser."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    return prefix + [str(part) for part in command]


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The folder of the socket of a server of our own; the test is skipped, or failed where peers are required."""
    programs = _programs()
    if programs is None:
        reason = "PostgreSQL is not installed (Debian package postgresql)"
        if os.environ.get("DEIDRA_REQUIRE_PEERS") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="deidra-pg-"))  # short: the name of a socket has 107 bytes
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    make = _as_its_user(programs / "initdb", "-D", data, "-A", "trust", "-U", "deidra", "-E", "UTF8", "--no-sync")
    subprocess.run(make, check=True, capture_output=True)
    settings = ("-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off")
    serve = _as_its_user(programs / "postgres", "-D", data, *settings)
    control = programs / "pg_ctl"
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(serve, stdout=log, stderr=log)
    try:
        ready = [str(programs / "pg_isready"), "-h", str(folder), "-t", "10"]
        for _ in range(100):
            if subprocess.run(ready, capture_output=True).returncode == 0:
                break
            subprocess.run(["sleep", "0.1"], check=True)
        yield str(folder)
    finally:
        subprocess.run(_as_its_user(control, "-D", data, "-m", "immediate", "stop"), capture_output=True)
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def new_database(postgresql_server: str) -> Callable[[str], str]:
    """Makes an empty database; gives its address."""
    import psycopg

    def make(name: str) -> str:
        base = f"host={postgresql_server}&user=deidra"
        with psycopg.connect(f"postgresql:///postgres?{base}", autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # a name of the tests' own
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql:///{name}?{base}"

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a vault may be made: a file, or an empty database."""
    if request.param == "sqlite":
        return str(tmp_path / "shared.sqlite")
    make: Callable[[str], str] = request.getfixturevalue("new_database")
    return make("vault")

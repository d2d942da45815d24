"""The de-identifiers that are compared: how each is installed and called."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
VENVS = HERE / "out" / "peers"
DRIVER = HERE / "peers_drivers.py"
# Of the index: package name and version that the published table was made with
INDEX = {"dicognito": "0.19.0", "dicom-anonymizer": "2.1.0", "deid": "0.4.13"}
# What users of dcmodify write who follow its manual page: empty the obvious, new UIDs
DCMODIFY = (
    "-ie", "-nb", "-imt", "-gst", "-gse", "-gin", "-ma", "PatientName=ANON", "-ma", "PatientID=ANON", "-ma",
    "PatientBirthDate=", "-ma", "AccessionNumber=", "-ma", "ReferringPhysicianName=", "-ea", "PatientAddress", "-ea",
    "PatientTelephoneNumbers",
    "-ea", "(0010,1000)", "-ea", "InstitutionName", "-ea", "InstitutionAddress", "-ea", "OperatorsName", "-ea",
    "PerformingPhysicianName", "-ea", "PatientComments", "-ea", "(0009,0010)",
)  # fmt: skip


class Tool(NamedTuple):
    """`commands` gives the commands that turn a source into an output; the time of all of them is taken."""

    name: str
    version: str
    setting: str
    commands: Callable[[Path, Path], list[list[str]]]


def deidra(command: str, policy: str, settings: tuple[str, ...]) -> Tool:
    """Deidra itself, one worker."""
    version = subprocess.run((command, "--version"), capture_output=True, text=True, check=True).stdout.split()[-1]
    extra = [word for setting in settings for word in ("--set", setting)]

    def commands(source: Path, out: Path) -> list[list[str]]:
        return [[command, "run", str(source), str(out), "--jobs", "1", "--quiet", "--policy", policy, *extra]]

    return Tool("Deidra", version, f"{policy} {' '.join(settings)}".strip(), commands)


def from_index(name: str) -> Tool | None:
    """A peer of the package index in a virtual environment of its own; None when it cannot be installed."""
    home = VENVS / name
    python = home / "bin" / "python"
    if not python.exists():
        subprocess.run((sys.executable, "-m", "venv", str(home)), check=True)
        pip = (str(python), "-m", "pip", "--quiet", "--disable-pip-version-check")
        if subprocess.run((*pip, "install", f"{name}=={INDEX[name]}"), check=False).returncode:
            shutil.rmtree(home)
            return None

    def commands(source: Path, out: Path) -> list[list[str]]:
        return [[str(python), str(DRIVER), name, str(source), str(out)]]

    return Tool(name, INDEX[name], "default rules", commands)


def gdcmanon() -> Tool | None:
    """GDCM's tool in the mode that follows PS3.15; it needs a certificate to encrypt the originals with."""
    if shutil.which("gdcmanon") is None or shutil.which("openssl") is None:
        return None
    certificate = VENVS / "gdcmanon.pem"
    if not certificate.exists():
        VENVS.mkdir(parents=True, exist_ok=True)
        subject = ("-subj", "/CN=bench", "-days", "2", "-nodes", "-keyout", str(VENVS / "gdcmanon.key"))
        words = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-out", str(certificate), *subject)
        subprocess.run(words, check=True, capture_output=True)
    shown = subprocess.run(("gdcmanon", "--version"), capture_output=True, text=True, check=False).stdout.split()

    def commands(source: Path, out: Path) -> list[list[str]]:
        return [["gdcmanon", "-e", "-r", "--continue", "-c", str(certificate), "-i", str(source), "-o", str(out)]]

    return Tool("gdcmanon", shown[2] if len(shown) > 2 else "?", "de-identify (-e)", commands)


def dcmodify() -> Tool | None:
    """DCMTK's editor with the list of attributes that people give it."""
    if shutil.which("dcmodify") is None:
        return None
    shown = subprocess.run(("dcmodify", "--version"), capture_output=True, text=True, check=False).stdout.split()

    def commands(source: Path, out: Path) -> list[list[str]]:
        files = sorted(str(out / path.relative_to(source)) for path in source.rglob("*") if path.is_file())
        return [["cp", "-r", str(source), str(out)], ["dcmodify", "-q", *DCMODIFY, *files]]

    version = next((word.removeprefix("v") for word in shown if word.startswith("v")), "?")
    return Tool("dcmodify", version, "new UIDs, 14 attributes", commands)


def installed() -> list[Tool]:
    """Every peer that can be had here."""
    found = [*map(from_index, INDEX), gdcmanon(), dcmodify()]
    return [tool for tool in found if tool is not None]

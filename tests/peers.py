"""Find the tools from outside that released objects are compared with.

A tool that is missing skips the test and says so; where DEIDRA_REQUIRE_PEERS=1 it fails the test instead.
"""

from __future__ import annotations

import os
import shutil
from typing import Literal

import pytest

Peer = Literal[
    "cjpeg",
    "dciodvfy",
    "dcentvfy",
    "dcm2json",
    "dcmdjpeg",
    "dcmdump",
    "dcmftest",
    "dcmp2pgm",
    "dcmpschk",
    "djpeg",
    "dsrdump",
]

DEBIAN_PACKAGES: dict[Peer, str] = {
    "cjpeg": "libjpeg-turbo-progs",
    "dciodvfy": "dicom3tools",
    "dcentvfy": "dicom3tools",
    "dcm2json": "dcmtk",
    "dcmdjpeg": "dcmtk",
    "dcmdump": "dcmtk",
    "dcmftest": "dcmtk",
    "dcmp2pgm": "dcmtk",
    "dcmpschk": "dcmtk",
    "djpeg": "libjpeg-turbo-progs",
    "dsrdump": "dcmtk",
}


def peer(name: Peer) -> str:
    """The path of an outside tool; the calling test is skipped, or failed where peers are required."""
    path = shutil.which(name)
    if path is not None:
        return path
    reason = f"{name} is not installed (Debian package {DEBIAN_PACKAGES[name]})"
    if os.environ.get("DEIDRA_REQUIRE_PEERS") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)

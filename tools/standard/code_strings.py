"""Defined terms and enumerated values of coded strings, as dicom3tools carries them for its checks of PS3.3."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from output import Payload, header, require
from pins import DEFINED_TERMS, DICOM3TOOLS

_STRINGS = re.compile(rb"(?<=\0)[A-Z0-9_][A-Z0-9_ ]{2,14}[A-Z0-9_](?=\0)")
_NEEDS_A_LIST = re.compile(r"(?:[^A-Z]*[A-Z]){4}|.*[A-Z].*\d{5}")


def is_available() -> bool:
    """Whether dicom3tools is installed here."""
    return shutil.which("dciodvfy") is not None


def code_strings_file() -> Payload:
    """{header, terms}: values with four letters, or with long numbers. Others need no list: they name nobody."""
    program = shutil.which("dciodvfy")
    require(program is not None, "dciodvfy is not installed")
    strings = {found.decode("ascii") for found in _STRINGS.findall(Path(str(program)).read_bytes())}
    terms = sorted(term for term in strings if _NEEDS_A_LIST.match(term))
    require(len(terms) == DEFINED_TERMS, f"{len(terms)} defined terms in dciodvfy, {DEFINED_TERMS} are pinned")
    return {
        "header": header(
            source="coded strings in dciodvfy of dicom3tools",
            edition=f"dicom3tools {DICOM3TOOLS}",
            sha256="",
            rows=len(terms),
            attribution="dicom3tools, David A. Clunie (BSD-3-Clause); DICOM is published by NEMA",
        ),
        "terms": terms,
    }

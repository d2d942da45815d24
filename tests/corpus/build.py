"""Build the whole canary corpus."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from pydicom import config

from corpus.charsets import charset_files
from corpus.container import container_files
from corpus.documents import pdf, waveform
from corpus.encodings import encoding_files
from corpus.enhanced import enhanced_mr
from corpus.images import cr, dx, mr, pt, sc, us
from corpus.media import disc
from corpus.needles import Mint, Needle
from corpus.private import private_files
from corpus.table import whole_table
from corpus.values import value_files
from corpus.yard import Yard

if TYPE_CHECKING:
    from pathlib import Path

SINGLE = {
    "mr": mr, "us": us, "cr": cr, "dx": dx, "pt": pt, "sc": sc, "enhanced_mr": enhanced_mr, "pdf": pdf,
    "waveform": waveform,
}  # fmt: skip


def build(folder: Path, seed: int = 0) -> list[Needle]:
    """Write the corpus into a folder and return its needles. The same seed gives the same bytes."""
    yard = Yard(folder, Mint(seed))
    with warnings.catch_warnings(), config.disable_value_validation():
        warnings.simplefilter("ignore")
        disc(yard)
        for name, make in SINGLE.items():
            yard.mint.file = f"objects/{name}.dcm"
            yard.object_out(yard.mint.file, make(name, yard.mint))
        whole_table(yard)
        private_files(yard)
        container_files(yard)
        value_files(yard)
        charset_files(yard)
        encoding_files(yard)
    return yard.mint.needles

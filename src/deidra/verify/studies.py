"""dcentvfy study by study: what is said of one patient, study or series must be the same in all its objects."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from deidra.verify import validators
from deidra.verify.tally import Tally
from deidra.workspace.inputs import to_name


def check_studies(collection: sqlite3.Connection, out: Path, tally: Tally) -> None:
    """Compare what dcentvfy says of each study and of its sources."""
    studies = collection.execute(
        "SELECT study, min(id) FROM object WHERE source_id IS NOT NULL AND study != '' GROUP BY study ORDER BY 2"
    ).fetchall()
    for study, number in studies:
        rows = collection.execute(
            "SELECT object.path, source.path FROM object JOIN source ON source.id = source_id WHERE object.study = ? "
            "ORDER BY object.id LIMIT 2000",
            (study,),
        ).fetchall()
        before = validators.study_verdict([path for _, path in rows])
        after = validators.study_verdict([os.fspath(out / to_name(path)) for path, _ in rows])
        tally.studies += 1
        tally.studies_without_verdict += not (before.made and after.made)
        for text, count in validators.introduced(before, after).items():
            tally.introduced[text] += count
            tally.introduced_in.setdefault(text, number)

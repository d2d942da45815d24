"""Build a small collection from real public files that come with pydicom, and de-identify it.

Writes demo/in, demo/out and demo/out.deidra; what an earlier demo left there is removed first.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from pydicom.data import data_manager

PUBLIC = Path(data_manager.DATA_ROOT)
DEMO = Path(__file__).parents[1] / "demo"
SOURCE, OUT, WORKSPACE = DEMO / "in", DEMO / "out", DEMO / "out.deidra"

# Where a file goes in the demo, as a hospital might have named it <- the public file
FILES = {
    "scanner1/CT_2004.dcm": "CT_small.dcm",
    "scanner2/compressed.dcm": "JPEG2000.dcm",
    "research/liver_segments.dcm": "liver_1frame.dcm",
    "radiotherapy/plan.dcm": "rtplan.dcm",
    "radiotherapy/structures.dcm": "rtstruct.dcm",
    "radiotherapy/dose.dcm": "rtdose.dcm",
    "cardiology/ecg.dcm": "waveform_ecg.dcm",
    "reports/report.dcm": "test-SR.dcm",
    "ultrasound/clip.dcm": "examples_ybr_color.dcm",
    "secondary/screenshot.dcm": "SC_rgb_small_odd.dcm",
    "broken/half_an_image.dcm": "MR_truncated.dcm",
    "names/arabic.dcm": "../charset_files/chrArab.dcm",
    "names/japanese.dcm": "../charset_files/chrH31.dcm",
    "names/korean.dcm": "../charset_files/chrKoreanMulti.dcm",
}
ARCHIVES = {"from_the_archive.zip": "dicomdirtests/77654033", "portable_media.zip": "dicomdirtests/98892003"}


def build() -> int:
    """Write demo/in afresh; returns how many DICOM files it holds, those inside archives included."""
    for folder in (SOURCE, OUT, WORKSPACE):
        shutil.rmtree(folder, ignore_errors=True)
    public = PUBLIC / "test_files"
    for name, origin in FILES.items():
        target = SOURCE / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(public / origin, target)
    members = 0
    for name, origin in ARCHIVES.items():
        with zipfile.ZipFile(SOURCE / name, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(p for p in (public / origin).rglob("*") if p.is_file()):
                archive.write(path, path.relative_to(public / origin))
                members += 1
    return len(FILES) + members


def main() -> int:
    count = build()
    print(f"demo/in holds {count} DICOM files, {len(ARCHIVES)} archives among them. Now running:\n")
    print("  .venv/bin/deidra run demo/in demo/out\n", flush=True)
    command = (Path(sys.executable).parent / "deidra", "run", SOURCE, OUT)
    exit_code = subprocess.run(command, check=False).returncode
    if exit_code not in {0, 1, 3} or not any(OUT.rglob("*.dcm")):
        return exit_code or 1
    print(f"\nThe de-identified files:  {OUT.relative_to(DEMO.parent)}")
    print(f"The report, in a browser: {(WORKSPACE / 'report.html').relative_to(DEMO.parent)}")
    if exit_code:
        print("Not everything was released, and that is right: what cannot be read or understood never is.")
        print("The report says why.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

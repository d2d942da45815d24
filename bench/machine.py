"""What the figures were measured on."""

from __future__ import annotations

import datetime
import os
import platform
from pathlib import Path


def machine() -> dict[str, str]:
    """Processor, memory, system, Python, date and the load before the measurement."""
    return {
        "processor": f"{os.cpu_count()} x {_field('/proc/cpuinfo', 'model name') or platform.processor()}",
        "memory": f"{_memory_gib()} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "date": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "load": f"{os.getloadavg()[0]:.1f}",
    }


def _memory_gib() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def _field(path: str, name: str) -> str:
    source = Path(path)
    if not source.exists():
        return ""
    for line in source.read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""

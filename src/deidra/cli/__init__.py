"""The command ``deidra``. Nothing is decided here: arguments in, calls to the rooms, words and exit codes out."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = 130  # as shells report it: 128 and SIGINT
USAGE = 2


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command and exit with its code. Every error is one line on standard error, never a traceback."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given == ["--version"]:  # answered before anything is imported
        from deidra._version import __version__

        sys.stdout.write(f"deidra {__version__}\n")
        sys.exit(0)
    code = _call(given)
    _leave(code)


def _call(arguments: list[str]) -> int:
    import click

    from deidra.cli.app import deidra
    from deidra.errors import DeidraError, PolicyError

    try:
        result = deidra.main(arguments, prog_name="deidra", standalone_mode=False)
    except PolicyError as error:
        for problem in error.problems:
            _complain(error.code, problem)
        return USAGE
    except DeidraError as error:
        for line in error.message.splitlines():
            _complain(error.code, line)
        return USAGE
    except click.UsageError as error:
        hint = f" (see {error.ctx.command_path} --help)" if error.ctx else ""
        _complain("usage", " ".join(error.format_message().split()) + hint)
        return USAGE
    except (KeyboardInterrupt, click.Abort):
        _complain("interrupted", "stopped; run the same command again to go on")
        return INTERRUPTED
    except BrokenPipeError:
        return USAGE
    except OSError as error:
        _complain("system-error", os.strerror(error.errno) if error.errno else type(error).__name__)
        return USAGE
    except Exception as error:  # noqa: BLE001 - a traceback could print a value
        from deidra.run.pool import where

        _complain("internal-error", f"{where(error)}; please report this line")
        return USAGE
    return result if isinstance(result, int) else 0


def _complain(code: str, message: str) -> None:
    sys.stderr.write(f"deidra: {code}: {message}\n")


def _leave(code: int) -> NoReturn:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has left; without this Python would complain once more while closing it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)

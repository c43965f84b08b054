"""The command line: verbs, what they print, and how they end (0 done, 1 cannot, 2 wrong input)."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence

from hepatica.errors import HepaticaError

NAMES = (errno.ENAMETOOLONG, errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP)
"""What is wrong with a path as it was given: wrong input, where the rest is what the machine cannot do."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code; no traceback reaches the user unless HEPATICA_DEBUG=1."""
    _ready_streams()
    try:
        from hepatica.cli.parser import parse

        arguments = parse(argv)
        code: int = arguments.run(arguments)
        sys.stdout.flush()
        return code
    except HepaticaError as error:
        _say(error.lines())
        return error.exit_code
    except BrokenPipeError:
        # The reader (head, less) has gone; keep the interpreter from flushing into the closed pipe at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        _say(["stopped"])
        return 130
    except Exception as error:
        if os.environ.get("HEPATICA_DEBUG", "") not in ("", "0"):
            raise
        if isinstance(error, OSError):
            _drop_what_cannot_be_written()
            return _refused(error)
        _say(
            [
                f"this is a fault of hepatica, not of your input: {type(error).__name__}: {_first_line(error)}",
                "  mend:  run again with HEPATICA_DEBUG=1 and report what it prints and hepatica --version",
            ]
        )
        return 1


def _ready_streams() -> None:
    """Write what the terminal's encoding lacks as "?"; write to nowhere where there is no stream at all (`>&-`)."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 (open to the end)
        if hasattr(getattr(sys, name), "reconfigure"):
            getattr(sys, name).reconfigure(errors="replace")


def _refused(error: OSError) -> int:
    rows = [f"the system refused: {error.strerror or error}"]
    rows += [f"  where: {error.filename}"] if error.filename else []
    _say([*rows, "  mend:  check the path, the rights and the space on the disk"])
    return 2 if error.errno in NAMES else 1


def _drop_what_cannot_be_written() -> None:
    """Keep the interpreter from failing once more at its end, on what is left of the output."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(lines: Sequence[str]) -> None:
    from hepatica.cli.show import complain

    rows = [row for line in lines for row in str(line).splitlines() if row.strip()]
    complain(f"hepatica: {rows[0]}", *rows[1:4])


def _first_line(error: Exception) -> str:
    rows = str(error).splitlines()
    return rows[0][:200] if rows else ""

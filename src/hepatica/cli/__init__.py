"""The command line: verbs, what they print, and how they end (0 done, 1 cannot, 2 wrong input)."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from hepatica.errors import HepaticaError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code; no traceback reaches the user unless HEPATICA_DEBUG=1."""
    from hepatica.cli.parser import parse
    from hepatica.cli.show import debugging

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
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
        if debugging():
            raise
        _say(
            [
                f"this is a fault of hepatica, not of your input: {type(error).__name__}: {_first_line(error)}",
                "  mend:  run again with HEPATICA_DEBUG=1 and report what it prints and hepatica --version",
            ]
        )
        return 1


def _say(lines: Sequence[str]) -> None:
    from hepatica.cli.show import complain

    rows = [row for line in lines for row in str(line).splitlines() if row.strip()]
    complain(f"hepatica: {rows[0]}", *rows[1:4])


def _first_line(error: Exception) -> str:
    rows = str(error).splitlines()
    return rows[0][:200] if rows else ""

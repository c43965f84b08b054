"""What leaves the program: files that are whole or not there, and text without what a terminal or a reader obeys."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

# Control characters but tab and line feed, separators of lines, overrides of direction (RLO and their kin, which make a
# text read as another one), tags, and halves of surrogate pairs. Marks that Arabic and Hebrew need are left.
_OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_BREAKS = re.compile(r"[\t\r\n\x0b\x0c]+")
HIDDEN = "\ufffd"


def visible(text: str) -> str:
    """Return a text in which every character that a terminal or a reader would obey stands as U+FFFD.

    >>> visible("a\\x1b[2Jb")
    'a�[2Jb'
    """
    return _OBEYED.sub(HIDDEN, text)


def one_line(text: str) -> str:
    """Return a text as one visible line, so that a record cannot write lines of its own.

    >>> one_line("ends\\nhepatica: all is well")
    'ends hepatica: all is well'
    """
    return visible(_BREAKS.sub(" ", text))


def put(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; a link of that name is replaced, not followed. Raises OSError."""
    partial = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
            file.write(content)
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise

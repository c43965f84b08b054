"""Characters that no font at hand can set: PDF/UA refuses a document that holds one, so each is shown as a box."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

BOX = "□"
_TRIED = 400
_ALONE = '#set document(title: "a")\n#set text(font: "Libertinus Serif")\n#sys.inputs.c'


def compiled(files: Mapping[str, bytes], when: datetime | None) -> bytes:
    """Return the tagged PDF of a typst document; what its own fonts lack is set in the system's, else boxed.

    Only a document with such characters depends on the system's fonts. stderr says how many are boxed.
    """
    import typst

    def pdf(parts: Mapping[str, bytes], alone: bool) -> bytes:
        made: bytes = typst.compile(dict(parts), ignore_system_fonts=alone, pdf_standards=["ua-1"], timestamp=when)
        return made

    for alone in (True, False):
        try:
            return pdf(files, alone)
        except typst.TypstError as error:
            if "could not be displayed" not in str(error):
                raise
    data = {name: text.decode() for name, text in files.items()}
    lacking = _lacking(typst, set("".join(data.values())))
    boxes = dict.fromkeys(map(ord, lacking), BOX)
    print(
        f"plan.pdf shows {BOX} for {len(lacking)} characters that no font here has; plan.html has them", file=sys.stderr
    )
    return pdf({name: text.translate(boxes).encode() for name, text in data.items()}, False)


def _lacking(typst: Any, characters: set[str]) -> set[str]:
    """Return the characters that cannot be set; beyond some hundred unusual ones, all others count as such."""
    unusual = sorted(c for c in characters if c > "\u024f")
    return {c for c in unusual[:_TRIED] if not _can_be_set(typst, c)} | set(unusual[_TRIED:])


def _can_be_set(typst: Any, character: str) -> bool:
    try:
        typst.compile({"main.typ": _ALONE.encode()}, sys_inputs={"c": character}, pdf_standards=["ua-1"])
    except typst.TypstError:
        return False
    return True

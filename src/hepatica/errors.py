"""The one family of errors: what is wrong, where, and how to mend it."""

from __future__ import annotations

LONGEST = 1000


class HepaticaError(Exception):
    """Say what is wrong, where it is, and how to mend it; `exit_code` is what the command line returns."""

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", mend: str = "") -> None:
        self.what, self.where, self.mend = what, where, mend
        super().__init__("\n".join(self.lines()))

    def lines(self) -> list[str]:
        """Return the message as one to three lines, none too long to read."""
        rows = [self.what]
        if self.where:
            rows.append(f"  where: {self.where}")
        if self.mend:
            rows.append(f"  mend:  {self.mend}")
        return [row if len(row) <= LONGEST else row[: LONGEST - 1] + "…" for row in rows]


class InputError(HepaticaError):
    """Input that cannot be used: a file, a field, a unit, a usage (exit code 2)."""

    exit_code = 2


class CannotAnswer(HepaticaError):
    """A sound question that has no answer here (exit code 1)."""

    exit_code = 1

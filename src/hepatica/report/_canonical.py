"""The plan as JSON text that is the same bytes for the same plan, and readable line by line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS


def plain_json(plan: Any) -> dict[str, Any]:
    """Return the plan as the dictionary that `canonical` writes; numbers that are not finite become null."""
    document = plan.to_json() if hasattr(plan, "to_json") else plan
    loaded: dict[str, Any] = orjson.loads(orjson.dumps(document, option=_OPTIONS))
    return loaded


def canonical(plan: Any) -> bytes:
    """Return the plan's canonical JSON: keys sorted, two spaces deep, innermost rows on one line, a final newline."""
    return (_write(plain_json(plan), 0) + "\n").encode()


def _write(value: Any, depth: int) -> str:
    if not _nested(value):
        return orjson.dumps(value, option=_OPTIONS).decode()
    inside, outside = "  " * (depth + 1), "  " * depth
    if isinstance(value, Mapping):
        rows = [f"{inside}{orjson.dumps(k).decode()}: {_write(v, depth + 1)}" for k, v in value.items()]
        return "{\n" + ",\n".join(rows) + f"\n{outside}}}"
    rows = [inside + _write(v, depth + 1) for v in value]
    return "[\n" + ",\n".join(rows) + f"\n{outside}]"


def _nested(value: Any) -> bool:
    children = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return any(isinstance(c, list | Mapping) for c in children)

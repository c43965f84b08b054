"""What "How the engine works" shows is so: its Python runs, and the C that it quotes is what is generated."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hepatica.engine import generate_c

PAGE = (Path(__file__).parents[3] / "docs" / "how-the-engine-works.md").read_text(encoding="utf-8")


def test_the_model_runs_and_the_c_is_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, "how-the-engine-works.md", "exec"), names)
    r = names["r"]
    assert r.ok.all() and capsys.readouterr().out
    # Without a dose: A(t) = P/k + (A0 - P/k) exp(-k t), P the production at this function.
    production = 12 * np.array([0.2, 0.6, 1.0]) ** 2 / (0.25 + np.array([0.2, 0.6, 1.0]) ** 2)
    steady = production / 0.05
    wanted = (steady + (120 - steady) * np.exp(-0.05 * 30)) / 3
    np.testing.assert_allclose(r["albumin_g_l"][1], wanted, rtol=1e-3)
    (c,) = re.findall(r"```c\n(.*?)```", PAGE, re.DOTALL)
    quoted = [re.sub(r"\s*/\*.*", "", line).strip() for line in c.splitlines()]
    written = generate_c(names["m"])
    assert len(quoted) == 5 and all(line in written for line in quoted)

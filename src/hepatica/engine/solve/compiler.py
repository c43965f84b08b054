"""From C to a loaded library: which compiler, which lanes, and a cache that any number of processes may share."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata, util
from pathlib import Path
from typing import Literal

from hepatica.errors import CannotAnswer, InputError

Precision = Literal["f32", "f64"]
METHOD = 5
"""Rosenbrock method of the build: 5 is Rodas5P, 4 Rodas4, 42 Rodas4P2 (kernel/tableau.h)."""
KERNEL = Path(__file__).parent / "kernel"
FLAGS = (
    "-std=gnu11", "-O3", "-fPIC", "-shared", "-fvisibility=hidden", "-fno-math-errno", "-fno-trapping-math",
    "-fno-signed-zeros", "-freciprocal-math", "-ffp-contract=fast", "-w",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Compiler:
    """A C compiler: how to call it, what it is, and the flags that only it needs."""

    command: tuple[str, ...]
    identity: str
    flags: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def cpu() -> tuple[str, frozenset[str]]:
    """Return the processor's name and its feature flags (empty where the system does not tell)."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return f"{platform.machine()} {platform.processor()}", frozenset()
    fields: dict[str, str] = {}
    for key, colon, value in (line.partition(":") for line in text.splitlines()):
        if colon:
            fields[key.strip()] = value.strip()
    flags = fields.get("flags") or fields.get("Features", "")
    return fields.get("model name", platform.machine()), frozenset(flags.split())


def lanes(precision: Precision) -> int:
    """Return how many patients advance together: what fills one vector register of this processor."""
    chosen = os.environ.get("HEPATICA_LANES")
    flags = cpu()[1]
    width = 64 if "avx512f" in flags else 32 if "avx2" in flags else 16
    if chosen:
        if chosen not in ("1", "2", "4", "8", "16", "32"):
            raise InputError(f"HEPATICA_LANES is {chosen!r}", mend="unset it, or choose 1, 2, 4, 8, 16 or 32")
        return int(chosen)
    return width // (4 if precision == "f32" else 8)


@lru_cache(maxsize=1)
def compilers() -> tuple[Compiler, ...]:
    """Return the compilers found here, the preferred first; HEPATICA_CC names another before them."""
    found: list[Compiler] = []
    chosen = os.environ.get("HEPATICA_CC")
    if chosen:
        found += [c for c in [_system(chosen)] if c]
    if util.find_spec("ziglang"):
        wide = ("-mprefer-vector-width=512",) if "avx512f" in cpu()[1] else ()
        # Without a C library of its own zig is ready at once; what is missing is found in the running process.
        bare = ("-nostdlib",) if sys.platform == "linux" else ()
        identity = f"ziglang {metadata.version('ziglang')}"
        found.append(Compiler((sys.executable, "-m", "ziglang", "cc"), identity, ("-fno-sanitize=all", *bare, *wide)))
    for name in ("clang", "cc", "gcc"):
        other = _system(name)
        if other and other.identity not in [c.identity for c in found]:
            found.append(other)
    return tuple(found)


def _system(name: str) -> Compiler | None:
    path = shutil.which(name)
    if path is None:
        return None
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    first = told.splitlines()[0] if told else name
    # "cc (Debian 12)" and "gcc (Debian 12)" are one compiler.
    return Compiler(
        (path,),
        first.split(" ", 1)[-1] if "clang" not in told else first,
        () if "clang" in told else ("-Wno-psabi", "-Wno-maybe-uninitialized"),
    )


def cache_folder() -> Path:
    """Return the folder for compiled models: HEPATICA_CACHE, the user's cache, or a private temporary one.

    A folder that is someone else's, or that others can write, is not used: what they put there would be run.
    """
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    user = os.getuid() if hasattr(os, "getuid") else 0
    private = Path(tempfile.gettempdir(), f"hepatica-{user}")
    for folder in (Path(os.environ.get("HEPATICA_CACHE") or Path(home, "hepatica")), private):
        with contextlib.suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if hasattr(os, "getuid") and not _is_own(folder.stat(), user):
                continue
            with tempfile.TemporaryFile(dir=folder):
                return folder
    raise CannotAnswer(
        "no folder can be written for compiled models that is yours alone",
        mend="set HEPATICA_CACHE to a folder that is yours and that nobody else can write (chmod go-w)",
    )


def _is_own(about: os.stat_result, user: int) -> bool:
    return about.st_uid == user and not about.st_mode & 0o022


@lru_cache(maxsize=64)
def library(source: str, precision: Precision, n_lanes: int, method: int = METHOD) -> ctypes.CDLL:
    """Return the compiled library of a generated model; compile it if the cache does not have it."""
    failures: list[str] = []
    for compiler in compilers():
        chosen = flags(compiler, precision, n_lanes, method)
        headers = "".join(p.read_text(encoding="utf-8") for p in sorted(KERNEL.glob("*.h")))
        key = hashlib.sha256("\0".join([source, headers, compiler.identity, *chosen, *_machine()]).encode()).hexdigest()
        folder = cache_folder()
        target = folder / f"{key[:32]}.so"
        if target.exists() and hasattr(os, "getuid") and not _is_own(target.stat(), os.getuid()):
            target.unlink()
        if not target.exists():
            told = build(compiler, chosen, source, target, folder)
            if told:
                failures.append(f"{compiler.identity}: {told}")
                continue
        try:
            return load(target)
        except OSError as error:
            target.unlink(missing_ok=True)
            failures.append(f"{compiler.identity}: {error}")
    raise CannotAnswer(
        "no C compiler could build the model" + "".join(f"\n  {f}" for f in failures[:2]),
        mend="pip install ziglang, or install gcc or clang; `hepatica doctor` tells more",
    )


def _machine() -> tuple[str, ...]:
    name, flags = cpu()
    return name, platform.machine(), sys.platform, " ".join(sorted(flags))


def flags(compiler: Compiler, precision: Precision, n_lanes: int, method: int = METHOD) -> tuple[str, ...]:
    """Return the flags for one precision and number of lanes on this machine."""
    single = ("-DSINGLE",) if precision == "f32" else ()
    return (*FLAGS, _native(compiler), *compiler.flags, f"-DLANES={n_lanes}", f"-DMETHOD={method}", *single)


def _native(compiler: Compiler) -> str:
    arm = platform.machine() in ("arm64", "aarch64")
    return "-mcpu=native" if arm and "ziglang" in compiler.identity else "-march=native"


def build(compiler: Compiler, options: tuple[str, ...], source: str, target: Path, folder: Path) -> str:
    """Compile into a private folder and move the result into place at once; return what went wrong, or ""."""
    environment = {"ZIG_GLOBAL_CACHE_DIR": str(folder / "zig"), "ZIG_LOCAL_CACHE_DIR": str(folder / "zig")} | os.environ
    with tempfile.TemporaryDirectory(dir=folder) as work:
        text, built = Path(work, "model.c"), Path(work, "model.so")
        text.write_text(source, encoding="utf-8")
        command = [*compiler.command, *options, "-I", str(KERNEL), "-o", str(built), str(text)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=600)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
        if done.returncode or not built.exists():
            lines = done.stderr.strip().splitlines() or ["it failed without a word"]
            return next((line for line in lines if "error" in line), lines[0])[:300]
        built.chmod(0o700)
        os.replace(built, target)
    _prune(folder)
    return ""


def _prune(folder: Path, days: float = 60) -> None:
    """Remove compiled models that nobody has loaded for two months."""
    oldest = time.time() - days * 86400
    for path in folder.glob("*.so"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < oldest:
                path.unlink()


def load(path: Path) -> ctypes.CDLL:
    loaded = ctypes.CDLL(str(path))
    with contextlib.suppress(OSError):
        os.utime(path)
    loaded.run.restype = loaded.about.restype = ctypes.c_int64
    loaded.run.argtypes = [ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64]
    loaded.about.argtypes = [ctypes.c_int]
    return loaded

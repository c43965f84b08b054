"""Peak memory and speed of reading cohorts: a folder of bundles, a bulk export (NDJSON by type), OMOP tables.

Run: python benchmarks/read_cohort.py FOLDER [--as folder|bulk|omop]. FOLDER is what `hepatica cohort N -o FOLDER`
wrote; `bulk` and `omop` are made from it once, beside it. Prints the peak resident memory of this process.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from pathlib import Path

import orjson


def bulk(source: Path, target: Path) -> None:
    """Write a bulk export: one NDJSON file a resource type, in the order of the folder."""
    target.mkdir()
    files: dict[str, object] = {}
    for path in sorted(source.glob("*.json")):
        for entry in orjson.loads(path.read_bytes())["entry"]:
            row = entry["resource"]
            if row["resourceType"] not in files:
                files[row["resourceType"]] = (target / f"{row['resourceType']}.ndjson").open("wb")
            files[row["resourceType"]].write(orjson.dumps(row) + b"\n")
    for file in files.values():
        file.close()


def omop(source: Path, target: Path) -> None:
    """Write OMOP tables."""
    from hepatica.patient import read_many, write_omop

    write_omop(read_many(source), target)


def main() -> None:
    """Read one cohort in this process, and say what it took."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("--as", dest="form", choices=("folder", "bulk", "omop"), default="folder")
    options.add_argument("--make", action="store_true", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    path = chosen.folder if chosen.form == "folder" else chosen.folder.with_name(f"{chosen.folder.name}-{chosen.form}")
    if chosen.make:
        return {"bulk": bulk, "omop": omop}[chosen.form](chosen.folder, path)
    if not path.exists():
        subprocess.run([sys.executable, __file__, str(chosen.folder), "--as", chosen.form, "--make"], check=True)  # noqa: S603
    from hepatica.patient import ReadFailure, read_many

    start, people, failures, values = time.perf_counter(), 0, 0, 0
    for found in read_many(path):
        if isinstance(found, ReadFailure):
            failures += 1
        else:
            people += 1
            values += len(found.observations)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{chosen.form}: {people} patients, {values} values, {failures} failures in {seconds:.1f} s"
        f" ({people / seconds:.0f} patients/s); peak memory {peak:.0f} MB"
    )


if __name__ == "__main__":
    main()

"""What the simulated filings file: real packages, built of the sample case and frozen."""

from __future__ import annotations

import hashlib
import json
import tempfile
from functools import cache
from pathlib import Path

from cybertip import sample
from cybertip.builder import build
from cybertip.filing.packages import Frozen, freeze
from cybertip.intake import make_record


@cache
def content(index: int) -> bytes:
    """The bytes of a file, by its place in the package."""
    return sample.picture((10 + index, 130, 180), size=4)


@cache
def package(files: int, revision: int) -> Frozen:
    """A frozen package.

    Args:
        files: how many files it has.
        revision: 1 for the record as it came in, 2 for a correction: the same files, another report.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        record = json.loads(sample.write_case(folder).read_text(encoding="utf-8"))
        like = record["evidence"][0]
        record["evidence"] = [
            {**like, "id": f"file-{index}", "location": f"{index}.png", "sha256": sha256(index)}
            for index in range(files)
        ]
        record["suspects"][0]["screen_name"] = f"plain_colours_{revision}"
        return freeze(build(make_record(record), sample.profile()), folder)


@cache
def sha256(index: int) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(content(index)).hexdigest()


@cache
def md5(index: int) -> str:
    """The MD5 of a file."""
    return hashlib.md5(content(index), usedforsecurity=False).hexdigest()

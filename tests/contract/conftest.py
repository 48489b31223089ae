"""Fixtures of the schema tests. ``CYBERTIP_TEST_SEED`` repeats a run; a failure prints its seed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cybertip.schema.structure import Structure, read
from tests.contract.judging import OURS, Judge, find_official


@pytest.fixture(scope="session")
def official() -> Path:
    """NCMEC's file. Where it is missing, what needs it is skipped, but fails where ``CI`` is ``true``."""
    path = find_official()
    if path is None:
        message = "NCMEC's schema of 2025-06 is not here; set CYBERTIP_OFFICIAL_XSD to compare ours with it"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return path


@pytest.fixture(scope="session")
def ours() -> Judge:
    return Judge(OURS)


@pytest.fixture(scope="session")
def structure() -> Structure:
    """What our schema file says."""
    return read(OURS.read_bytes())

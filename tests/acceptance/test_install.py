"""The schema is found however the package is installed."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.acceptance.conftest import ROOT, clean_environment

FIND = "import cybertip, cybertip.schema as s; print(cybertip.__file__);print(len(s.bundled_xsd()), s.Schema.bundled())"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of the project, built without reaching for anything outside."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


def test_a_wheel_carries_the_schema(wheel: Path, tmp_path: Path) -> None:
    """Unpacked far from the source tree, the package finds the schema inside itself."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", FIND],
        cwd=tmp_path,
        env={**clean_environment(), "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    where, found = done.stdout.splitlines()
    assert Path(where).is_relative_to(tmp_path)
    assert found.startswith(f"{(ROOT / 'schemas' / 'cybertip.xsd').stat().st_size} Schema('cybertip.xsd'")


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    """No tests, no tools and no foreign files; the typing marker and the licence are there."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"cybertip"}
    assert "cybertip/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_an_editable_install_finds_the_schema_in_the_source_tree(tmp_path: Path) -> None:
    """From any folder, an editable install reads the schema beside the package."""
    done = subprocess.run(
        [sys.executable, "-c", FIND], cwd=tmp_path, env=clean_environment(), capture_output=True, text=True, check=True
    )
    where, found = done.stdout.splitlines()
    assert Path(where).is_relative_to(ROOT)
    assert not (ROOT / "cybertip" / "schemas").exists()
    assert found.startswith(f"{(ROOT / 'schemas' / 'cybertip.xsd').stat().st_size} ")

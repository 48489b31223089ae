"""Everything that the README and ``examples/`` show works as written."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.conftest import ROOT, Cli, Run, clean_environment, start_mock, stop_mock
from tests.acceptance.programs import Program

PAGES = ["README.md", "docs/guide.md", "docs/filing.md", "docs/ledger.md", "docs/notices.md"]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


@pytest.fixture(scope="module")
def base_url() -> object:
    """A mock with its default account."""
    running = start_mock()
    yield running.base_url
    stop_mock(running)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_example_runs(path: Path, base_url: str, tmp_path: Path) -> None:
    """Each example ends without an error and tells of a finished report."""
    done = subprocess.run(
        [sys.executable, str(path)],
        env={**clean_environment(), "CYBERTIP_BASE_URL": base_url},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert re.search(r"is filed|<reportDoneResponse>", done.stdout)


@pytest.mark.parametrize("page", PAGES)
def test_the_code_on_the_pages_runs(page: str, base_url: str, tmp_path: Path) -> None:
    """The Python blocks of a page run one after the other, with nothing changed but the mock's address."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    program = re.sub(
        r'\("mock", "mock-password"', f'("mock", "mock-password", base_url="{base_url}"', "\n".join(blocks)
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=clean_environment(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES)
def test_the_code_on_the_pages_type_checks(page: str, tmp_path: Path) -> None:
    """What the pages show passes mypy --strict."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    program = tmp_path / "page.py"
    program.write_text("\n".join(blocks), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(program)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_importing_the_package_is_light() -> None:
    """`import cybertip` loads no database, no command line, no HTTP and no parser."""
    heavy = ("sqlalchemy", "alembic", "click", "rich", "httpx", "lxml", "pydantic", "starlette", "uvicorn")
    program = f"import sys, cybertip; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_overview_of_commands_is_light() -> None:
    """`cybertip --help` loads neither HTTP nor models."""
    program = (
        "import sys; from cybertip.cli._main import run; run(['--help']);"
        "print([name for name in ('httpx', 'lxml', 'pydantic', 'rich') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_every_public_name_exists() -> None:
    """Each name that the package offers can be imported from it, and belongs to it."""
    import cybertip

    assert sorted(cybertip.__all__) == cybertip.__dir__()
    for name in cybertip.__all__:
        assert getattr(cybertip, name) is not None


def test_the_names_that_load_late_are_those_that_type_checkers_see() -> None:
    """The table of homes and the imports for type checkers agree."""
    import cybertip

    source = (ROOT / "cybertip" / "__init__.py").read_text(encoding="utf-8")
    block = source.split("if TYPE_CHECKING:")[1].split("_HOMES")[0]
    seen = {}
    for home, names in re.findall(r"from (\S+) import (\([^)]*\)|[^\n]*)", block):
        for name in re.findall(r"\w+", names):
            seen[name] = home
    assert seen == cybertip._HOMES


def test_the_night_that_failed_can_be_mended(cli: Cli, start: Callable[..., Program], tmp_path: Path) -> None:
    """What notes.txt and the statuses say is enough: each of the three is mended with its command, and is filed."""
    server = start()
    address = {"CYBERTIP_BASE_URL": server.base_url}
    script = [sys.executable, str(ROOT / "examples" / "failed_overnight.py")]
    subprocess.run(script, env={**clean_environment(), **address}, cwd=tmp_path, check=True, timeout=120)
    night = tmp_path / "failed-overnight"

    def run(*arguments: str) -> Run:
        settings = ("--config", str(night / "cybertip.toml"), "--ledger", str(night / "cybertip-mock.sqlite3"))
        mock = {"CYBERTIP_BASE_URL": "", "CYBERTIP_USERNAME": "", "CYBERTIP_PASSWORD": ""}
        return cli(*arguments, *settings, **mock)

    assert run("health").status != 0
    waits = json.loads(run("list", "--needs-person", "--json").stdout)["filings"]
    assert {(one["record_ids"][0], one["situation"]) for one in waits} == {
        ("night-1", "refused by the server"),
        ("night-2", "evidence is missing"),
        ("night-3", "filed or not"),
    }
    notes = (night / "notes.txt").read_text(encoding="utf-8")
    reference = re.search(r"reference for that is ([\d-]+)", notes)
    assert reference is not None
    why = ("--reason", "see the notes", "--yes")
    assert run("correct", "night-1", str(night / "corrected" / "night-1.json"), *why).status == 0
    for picture in (night / "restored").glob("*.png"):
        picture.replace(night / "night-2" / picture.name)
    assert run("retry", "night-2").status == 0
    report = re.search(r"about report (\d+)", notes)
    assert report is not None
    said = ("--refile", "--report", report[1], "--reference", reference[1])
    assert run("resolve", "night-3", *said, *why).status == 0
    assert run("file", "--wait", "60").status == 0
    assert run("health").status == 0
    assert len(server.look("/reports?state=finished")["reports"]) == 4
    assert run("ledger", "verify").status == 0

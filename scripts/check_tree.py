"""Look through the tracked files for what must not be in them: secrets, hosts, addresses, paths of one machine.

Hosts are checked against a list of those that may be named, so that nothing else slips in with a copied line.
"""

from __future__ import annotations

import ipaddress
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

HOSTS = {
    # NCMEC's own, as constants and in docs.
    "report.cybertip.org",
    "exttest.cybertip.org",
    # Standards and licences that texts refer to.
    "keepachangelog.com",
    "semver.org",
    "www.w3.org",
    "www.apache.org",
    "json-schema.org",
    # This machine.
    "localhost",
}
# Public resolvers, where a rule on addresses of the public internet needs one.
PUBLIC_ADDRESSES = ("8.8.4.0", "8.8.4.4", "8.8.8.8")
RESERVED_SUFFIXES = (".example", ".example.com", ".example.org", ".example.net", ".test", ".invalid")
SECRETS = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "an access key": re.compile(r"\b(AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|xox[baprs]-[A-Za-z0-9-]{10,})\b"),
    "a setting of a package index": re.compile(r"(--|\b)(extra-)?index-url\b|\bregistry *= *[\"']?http", re.IGNORECASE),
    "a packaged download": re.compile(r"https?://\S+\.(whl|tar\.gz|tgz|deb)\b"),
}
URL = re.compile(r"\bhttps?://(?:[^\s/@\"'<>`]*@)?(\[[0-9a-fA-F:.]+\]|[\w.-]+)")
ADDRESS = re.compile(r"(?<![\w.])(\d{1,3}(?:\.\d{1,3}){3})(?![\w.]*\d)")
HOME = re.compile(r"(?<![\w./])/(?:root|home/\w+|Users/\w+)/")
MAX_BYTES = 512 * 1024


def tracked() -> list[Path]:
    """The files that git knows, or would add."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    names = [name for name in listing.stdout.decode().split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def allowed_host(host: str) -> bool:
    """Whether a host may be named."""
    name = host.strip("[]").lower().rstrip(".")
    return name in HOSTS or name in ("example.com", "example.org", "example.net") or name.endswith(RESERVED_SUFFIXES)


def allowed_address(text: str) -> bool:
    """Whether an address is loopback, for documentation, not a real host's, or one that tests may name."""
    try:
        address = ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return True
    return not address.is_global or str(address) in PUBLIC_ADDRESSES


def problems_in(path: Path, text: str) -> Iterator[str]:
    """What is wrong with one file."""
    machine = f"{ROOT.parent}/"
    for number, line in enumerate(text.splitlines(), start=1):
        place = f"{path.relative_to(ROOT)}:{number}"
        for what, pattern in SECRETS.items():
            if pattern.search(line):
                yield f"{place}: {what}"
        if HOME.search(line) or (len(ROOT.parent.parts) > 1 and machine in line):
            yield f"{place}: a path of one machine"
        if path.match("tests/unit/test_environments.py") or path.match("tests/unit/client/*.py"):
            continue  # these list hosts that must be refused; nothing there is ever contacted
        for host in URL.findall(line):
            literal = re.fullmatch(r"\[.*\]|[\d.]+", host)
            if not (allowed_address(host) if literal else allowed_host(host)):
                yield f"{place}: the host {host}"
        for address in ADDRESS.findall(line):
            if not allowed_address(address):
                yield f"{place}: the address {address}"


def main() -> int:
    """Print every problem; the exit status says whether there was one."""
    found = []
    for path in tracked():
        data = path.read_bytes()
        if len(data) > MAX_BYTES:
            found.append(f"{path.relative_to(ROOT)}: {len(data)} bytes; large files do not belong here")
        if path == Path(__file__).resolve() or b"\0" in data:
            continue
        found += problems_in(path, data.decode("utf-8", "replace"))
    print("\n".join(found) or "tree: nothing that must not be there")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

"""Files to upload: what they may be, that they can be read again, and that no changed file ever arrives."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest

from cybertip import sample as case
from cybertip.errors import EvidenceError
from cybertip.evidence import BLOCK, HashedReading, look_at, source
from cybertip.gates import Seen
from cybertip.intake import read_record
from tests.canaries import CONTENT

SIZES = [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 3 * BLOCK + 7]


def sample(size: int) -> bytes:
    """Bytes in which every block differs."""
    return b"".join(hashlib.sha256(b"%d" % number).digest() for number in range(size // 32 + 1))[:size]


def open_from(path: Path) -> Any:
    """The file as the caller's own open file."""
    return path.open("rb")


WAYS: list[Callable[[Path], Any]] = [lambda path: path, str, os.fspath, Path.read_bytes, open_from]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("way", WAYS, ids=["path", "text", "fspath", "bytes", "open file"])
def test_all_bytes_come_out_once_with_their_md5(tmp_path: Path, way: Callable[[Path], Any], size: int) -> None:
    """Whatever a file is given as, it comes out in blocks, byte for byte, with the right MD5, as often as needed."""
    data = sample(size)
    path = tmp_path / "a.bin"
    path.write_bytes(data)
    given = way(path)
    file = source(given, sha256=hashlib.sha256(data).hexdigest().upper())
    assert file.size == size
    for _ in range(2):
        reading = HashedReading(file)
        blocks = list(reading)
        assert b"".join(blocks) == data
        assert all(0 < len(block) <= BLOCK for block in blocks)
        assert reading.md5 == hashlib.md5(data, usedforsecurity=False).hexdigest()
    if isinstance(given, io.IOBase):
        assert not given.closed
        given.close()


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (b"abc", "file"),
        (io.BytesIO(b"abc"), "file"),
        (Path(__file__), Path(__file__).name),
        (__file__, "test_evidence.py"),
    ],
)
def test_names(given: Any, name: str) -> None:
    """A file is called by its own name where it has one, unless it is given another."""
    assert source(given).name == name
    assert source(given, name="other.png").name == "other.png"


def test_an_open_file_is_called_by_its_name(tmp_path: Path) -> None:
    """An open file has the last part of its path as name; one without a name has none to send."""
    path = tmp_path / "b.bin"
    path.write_bytes(b"abc")
    with path.open("rb") as file, os.fdopen(os.open(path, os.O_RDONLY), "rb") as by_number:
        assert source(file).name == "b.bin"
        assert source(by_number).name == "file"


def test_an_open_file_is_read_from_where_it_stood() -> None:
    """What the caller has already read of a file is not sent, also the second time."""
    given = io.BytesIO(b"0123456789")
    given.seek(4)
    file = source(given)
    assert file.size == 6
    assert [b"".join(HashedReading(file)) for _ in range(2)] == [b"456789"] * 2
    assert not given.closed


def test_a_spooled_file_can_be_sent() -> None:
    """A temporary file in memory, as web frameworks hand them over, is a binary file."""
    with tempfile.SpooledTemporaryFile(max_size=100) as given:
        given.write(b"abc")
        given.seek(0)
        assert b"".join(HashedReading(source(cast("BinaryIO", given)))) == b"abc"


def test_a_source_is_returned_as_it_is() -> None:
    """A source passes through; a name or a digest for it would be lost, so they are refused."""
    file = source(b"abc")
    assert source(file) is file
    with pytest.raises(TypeError):
        source(file, sha256="0" * 64)
    with pytest.raises(TypeError):
        source(file, name="other")


@pytest.mark.parametrize("name", ["missing.bin", "folder", "folder/missing.bin", "pipe", "nul\x00byte", "x" * 300])
def test_what_is_no_file(tmp_path: Path, name: str) -> None:
    """A missing file, a folder, a pipe and an impossible name are errors before anything is sent."""
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(EvidenceError):
        source(tmp_path / name)


def looked_at(folder: Path, location: str) -> Seen:
    """What is found of the first file of the sample record, were it there."""
    content = json.loads(case.write_case(folder).read_bytes())
    content["evidence"][0]["location"] = location
    seen = look_at(read_record(json.dumps(content).encode()), folder)
    assert set(seen) == {"file-1", "file-2"}
    assert seen["file-2"] == Seen(hashlib.sha256((folder / "evidence-2.png").read_bytes()).hexdigest())
    return seen["file-1"]


@pytest.mark.parametrize("absolute", [False, True])
def test_evidence_is_looked_at_where_it_is(tmp_path: Path, absolute: bool) -> None:
    """Relative locations start at the folder; the digest is that of what is there now, to its end."""
    (tmp_path / "deep").mkdir()
    now = sample(3 * BLOCK + 7)
    (tmp_path / "deep" / "now.bin").write_bytes(now)
    location = os.fspath(tmp_path / "deep" / "now.bin") if absolute else "deep/now.bin"
    assert looked_at(tmp_path, location) == Seen(hashlib.sha256(now).hexdigest())


@pytest.mark.parametrize(
    ("location", "problem"),
    [
        ("missing.bin", "there is no such file"),
        ("folder", "it is not a file"),
        ("pipe", "it is not a file"),
        ("evidence-2.png/inside", "there is no such file"),
        ("x" * 300, "File name too long"),
        ("https://example.com/1", "its location is a URL, and nothing is fetched; name a local copy"),
    ],
)
def test_evidence_that_cannot_be_looked_at(tmp_path: Path, location: str, problem: str) -> None:
    """It is told with a reason that has no path, and nothing waits for a pipe."""
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    assert looked_at(tmp_path, location) == Seen(problem=problem)


@contextmanager
def without_privileges() -> Iterator[None]:
    """Root may read everything, so it is nobody for a moment."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        if user == 0:
            os.seteuid(user)


def test_a_file_without_permission(tmp_path: Path) -> None:
    """A file that may not be read is an error of its own, in place of the system's."""
    path = tmp_path / "folder" / "a.bin"
    path.parent.mkdir()
    path.write_bytes(b"abc")
    file = source(path)
    path.parent.chmod(0)
    with without_privileges():
        with pytest.raises(EvidenceError, match="Permission denied"):
            list(HashedReading(file))
        with pytest.raises(EvidenceError):
            source(path)
    path.parent.chmod(0o700)


def test_a_file_that_is_gone_when_it_is_sent(tmp_path: Path) -> None:
    """A file may disappear between the call and the sending."""
    path = tmp_path / "a.bin"
    path.write_bytes(b"abc")
    file = source(path)
    path.unlink()
    with pytest.raises(EvidenceError, match="cannot be read"):
        list(HashedReading(file))


def test_a_pipe_cannot_be_sent_again() -> None:
    """A stream that cannot be rewound is refused at once, not at the first repetition."""
    reading, writing = os.pipe()
    os.close(writing)
    with os.fdopen(reading, "rb") as file, pytest.raises(EvidenceError, match="rewound"):
        source(file)


@pytest.mark.parametrize("mode", ["r", "r+"])
def test_a_file_open_as_text(tmp_path: Path, mode: str) -> None:
    """A file that is open as text would not give its bytes."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"abc")
    with path.open(mode, encoding="ascii") as file, pytest.raises(EvidenceError, match="'rb'"):
        source(cast("BinaryIO", file))
    with pytest.raises(EvidenceError, match="'rb'"):
        source(cast("BinaryIO", io.StringIO("abc")))


def test_a_file_that_is_not_open_for_reading(tmp_path: Path) -> None:
    """A file that is open for writing only is refused."""
    with (tmp_path / "a.bin").open("wb") as file, pytest.raises(EvidenceError, match="not open for reading"):
        source(file)


def test_a_file_that_is_closed() -> None:
    """A closed file is refused, and so is one that was closed before its bytes were sent."""
    file = io.BytesIO(b"abc")
    made = source(file)
    file.close()
    for attempt in (lambda: source(file), lambda: list(HashedReading(made))):
        with pytest.raises(EvidenceError, match="closed"):
            attempt()


@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("change", [-5, -BLOCK, -3 * BLOCK, 1, BLOCK])
def test_a_file_that_changes_its_length_never_arrives(tmp_path: Path, at: int, change: int) -> None:
    """A file that grows or shrinks while it is read is an error before all of it is handed out."""
    data = sample(3 * BLOCK + 7)
    path = tmp_path / "a.bin"
    path.write_bytes(data)
    taken = bytearray()

    def read() -> None:
        for number, block in enumerate(HashedReading(source(path))):
            taken.extend(block)
            if number == at:
                os.truncate(path, max(0, len(data) + change))

    with pytest.raises(EvidenceError, match=r"shorter|longer"):
        read()
    assert BLOCK <= len(taken) < len(data)


@pytest.mark.parametrize("size", [0, 1, BLOCK])
def test_a_file_that_has_grown_before_it_is_read(tmp_path: Path, size: int) -> None:
    """A file that grew after its length was looked at is an error, and nothing of it is handed out."""
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(size))
    file = source(path)
    os.truncate(path, size + 1)
    reading = iter(HashedReading(file))
    with pytest.raises(EvidenceError, match="longer"):
        next(reading)


@pytest.mark.parametrize("size", SIZES)
def test_a_file_that_was_not_reviewed_never_arrives(size: int) -> None:
    """Where the SHA-256 is another, the last block is never handed out."""
    data = sample(size)
    reading = HashedReading(source(data, sha256=hashlib.sha256(b"other").hexdigest()))
    taken = bytearray()
    with pytest.raises(EvidenceError, match="SHA-256"):
        taken.extend(block for piece in reading for block in piece)
    assert len(taken) <= max(0, size - 1)


@pytest.mark.parametrize("digest", ["", "0" * 64, "not a digest"])
def test_a_digest_that_is_none(digest: str) -> None:
    """A SHA-256 that no file can have stops every file, rather than none."""
    with pytest.raises(EvidenceError, match="SHA-256"):
        list(HashedReading(source(b"abc", sha256=digest)))


class Broken(io.BytesIO):
    """Fails in the middle."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() >= BLOCK:
            raise OSError(5, "Input/output error")
        return super().read(size)


def test_a_disk_that_fails() -> None:
    """A read error is an error of the file, in the system's words."""
    with pytest.raises(EvidenceError, match="Input/output error") as caught:
        list(HashedReading(source(Broken(bytes(3 * BLOCK)))))
    assert caught.value.__suppress_context__


class Short(io.BytesIO):
    """Gives fewer bytes than asked for, as raw files may."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(1000, size or 0))


def test_a_file_that_gives_few_bytes_at_a_time() -> None:
    """Short reads are no end of the file."""
    data = sample(5500)
    assert b"".join(HashedReading(source(Short(data)))) == data


def test_reading_that_stops_early_closes_the_file(tmp_path: Path) -> None:
    """A reading that is given up leaves no file open and no thread behind."""
    path = tmp_path / "a.bin"
    path.write_bytes(sample(3 * BLOCK))
    blocks = iter(HashedReading(source(path)))
    assert len(next(blocks)) == BLOCK
    cast("Any", blocks).close()
    assert not [name for name in os.listdir("/dev/fd") if _leads_to(name, path)]


def _leads_to(descriptor: str, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(int(descriptor)), path.stat())
    except OSError:
        return False


def test_a_source_shows_nothing_of_its_bytes() -> None:
    """The repr of a source has no content."""
    assert CONTENT not in repr(source(CONTENT.encode()))
    assert CONTENT not in repr(source(io.BytesIO(CONTENT.encode())))

"""Threads that write at the same time share a commit, and none goes on before it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event, text

from cybertip.ledger import _engine
from cybertip.ledger._group import Writers


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A database with a table of numbers."""
    path = tmp_path / "db.sqlite3"
    _engine.prepare_file(path)
    made = _engine.make_engine(_engine.url_of(path))
    with made.begin() as connection:
        connection.execute(text("CREATE TABLE numbers (number INTEGER PRIMARY KEY)"))
    yield made
    made.dispose()


def put(connection: Connection, number: int) -> None:
    """Write a number."""
    connection.execute(text("INSERT INTO numbers VALUES (:number)"), {"number": number})


def numbers(engine: Engine) -> list[int]:
    """What any other connection can read now."""
    with closing(engine.raw_connection()) as other:
        cursor = other.cursor()
        return [row[0] for row in cursor.execute("SELECT number FROM numbers ORDER BY number")]


def test_a_thread_alone_commits_at_once(engine: Engine) -> None:
    """Nothing is left open when the block has ended."""
    writers = Writers(engine)
    with writers.writing() as connection:
        put(connection, 1)
        assert numbers(engine) == []
    assert numbers(engine) == [1]


def _at_the_same_time(engine: Engine, fail: frozenset[int] = frozenset()) -> tuple[int, list[BaseException | None]]:
    """Eight threads, of which the first holds its turn until the others wait; how many commits, and how each ended."""
    writers, commits = Writers(engine), 0

    def count(_: Connection) -> None:
        nonlocal commits
        commits += 1

    event.listen(engine, "commit", count)
    all_wait = threading.Event()

    def write(number: int) -> BaseException | None:
        try:
            with writers.writing() as connection:
                put(connection, number)
                if number == 0:
                    all_wait.wait(30)
                if number in fail:
                    raise KeyError(number)
            assert number in numbers(engine), "it went on before the commit"
        except KeyError as problem:
            return problem
        return None

    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(write, 0)
        while writers._group is None and not first.done():
            pass
        others = [pool.submit(write, number) for number in range(1, 8)]
        while writers._waiting < 7:
            pass
        all_wait.set()
        ends = [future.result(timeout=30) for future in (first, *others)]
    event.remove(engine, "commit", count)
    return commits, ends


def test_threads_that_wait_share_a_commit(engine: Engine) -> None:
    """Eight transactions, one commit; each of them is there when its thread goes on."""
    commits, ends = _at_the_same_time(engine)
    assert commits == 1
    assert ends == [None] * 8
    assert numbers(engine) == list(range(8))


@pytest.mark.parametrize("fail", [{0}, {3}, {0, 1, 2, 3, 4, 5, 6, 7}])
def test_a_failure_takes_back_its_own_work_alone(engine: Engine, fail: set[int]) -> None:
    """What a transaction wrote before it failed is gone; what the others wrote is not."""
    _, ends = _at_the_same_time(engine, frozenset(fail))
    assert [number for number, end in enumerate(ends) if end is not None] == sorted(fail)
    assert numbers(engine) == [number for number in range(8) if number not in fail]


def test_a_commit_that_fails_fails_for_all(engine: Engine) -> None:
    """Nobody believes to be durable what is not."""

    def broken(_: Connection) -> None:
        raise OSError("the disk is full")

    writers = Writers(engine)
    event.listen(engine, "commit", broken)
    with pytest.raises(OSError, match="full"), writers.writing() as connection:
        put(connection, 1)
    event.remove(engine, "commit", broken)
    assert numbers(engine) == []
    with writers.writing() as connection:
        put(connection, 2)
    assert numbers(engine) == [2]

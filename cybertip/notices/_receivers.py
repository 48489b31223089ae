"""Who is told: a function, or a program that is started for each message. A webhook is in `_webhook`."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from typing import Any, Protocol

from cybertip.errors import ConfigurationError, CybertipError

PROGRAM_SECONDS = 30.0
"""How long a program may take for a message."""
_NAME = re.compile(r"[a-z0-9_-]{1,20}")
_SECRET = re.compile(r"CYBERTIP_\w*(PASSWORD|SECRET|KEY|WEBHOOK_URL)")
"""Many services have a secret in a webhook's address."""


class UndeliveredError(CybertipError):
    """A message did not arrive; it is sent again later. The words hold nothing of it, and no address."""


class Receiver(Protocol):
    """Who is told.

    Attributes:
        name: by which the ledger knows what it has not been told yet; up to 20 of a-z, 0-9, ``-`` and ``_``.
    """

    @property
    def name(self) -> str:
        """See the class."""

    def send(self, message_id: str, payload: str) -> None:
        """Have a message arrive. It must be known by its id if it comes twice.

        Args:
            message_id: the message's id.
            payload: the message, as JSON.

        Raises:
            UndeliveredError: it did not arrive.
        """


def checked(name: str) -> str:
    """A receiver's name.

    Raises:
        ConfigurationError: it cannot be one.
    """
    if not _NAME.fullmatch(name):
        raise ConfigurationError("the name of a receiver of notices must be 1 to 20 of a-z, 0-9, - and _")
    return name


class Call:
    """A function of your own that is given each message as plain data. What it raises counts as not arrived."""

    def __init__(self, function: Callable[[dict[str, Any]], object], name: str = "call") -> None:
        """Name the function.

        Args:
            function: takes the message; what it returns is passed over.
            name: the receiver's name.

        Raises:
            ConfigurationError: the name cannot be one.
        """
        self._function = function
        self.name = checked(name)

    def send(self, message_id: str, payload: str) -> None:
        """See `Receiver`."""
        try:
            self._function(json.loads(payload))
        except Exception as problem:  # noqa: BLE001  # it is somebody's own, and is tried again
            # Its own words could quote anything.
            raise UndeliveredError(f"the function raised {type(problem).__name__}") from None


class Program:
    """A program that is started for each message, with it as JSON on its standard input; status 0: it arrived.

    It is started without a shell, has 30 seconds, and sees none of this program's secrets in its environment.
    """

    def __init__(
        self,
        command: Sequence[str],
        name: str = "command",
        seconds: float = PROGRAM_SECONDS,
        *,
        hidden: Collection[str] = (),
    ) -> None:
        """Name the program.

        Args:
            command: the program and its arguments.
            name: the receiver's name.
            seconds: how long it may take.
            hidden: environment variables of your own that hold secrets, by their names, beside those of cybertip.

        Raises:
            ConfigurationError: there is no program, or the name cannot be one.
        """
        if isinstance(command, str) or not command:
            raise ConfigurationError("a program that is told notices must be a list: the program and its arguments")
        self._command = tuple(command)
        self._seconds = seconds
        self._hidden = frozenset(hidden)
        self.name = checked(name)

    def send(self, message_id: str, payload: str) -> None:
        """See `Receiver`."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not _SECRET.fullmatch(name) and name not in self._hidden
        }
        try:
            # In a group of its own, so that whatever it started ends with it.
            process = subprocess.Popen(  # noqa: S603  # the operator's own program, without a shell
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=kept,
                start_new_session=True,
            )
        except OSError as problem:
            raise UndeliveredError(f"the program could not be started: {problem.strerror}") from None
        ended = False
        try:
            process.communicate(payload.encode(), timeout=self._seconds)
            ended = True
        except subprocess.TimeoutExpired:
            raise UndeliveredError(f"the program did not end within {self._seconds:.0f} seconds") from None
        finally:
            if not ended:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if process.returncode:
            raise UndeliveredError(f"the program ended with status {process.returncode}")

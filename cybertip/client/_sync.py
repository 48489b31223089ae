"""The synchronous client."""

from __future__ import annotations

import ssl
import time
from types import TracebackType
from typing import Self, TypeVar

import httpx
import tenacity
from pydantic import SecretStr

from cybertip import calls
from cybertip.client._exchange import Exchange, Progress, keep_headers, veil
from cybertip.client._retry import options
from cybertip.client._settings import RetryPolicy, Timeouts, make_settings, veiled
from cybertip.environments import Endpoint
from cybertip.evidence import File, source
from cybertip.models import FileDetails, Report
from cybertip.schema import Schema

T = TypeVar("T")


class Client:
    """Talks to the CyberTipline Reporting API. Use it as a context manager, or call `close`.

    It may be shared by threads, and not by processes: make one after a fork. It makes single calls; filing a report
    exactly once, whatever breaks in between, takes more than calls.

    Example::

        with Client("mock", "mock-password") as client:
            report_id = client.submit(report).report_id
            upload = client.upload(report_id, "picture.png")
            client.file_info(FileDetails(report_id=report_id, file_id=upload.file_id))
            receipt = client.finish(report_id).receipt

    Every method raises CallError when the call does not succeed; `CallError.known` says what is known then.
    """

    def __init__(
        self,
        username: str | SecretStr,
        password: str | SecretStr,
        *,
        environment: str | None = None,
        base_url: str | None = None,
        schema: Schema | None = None,
        timeouts: Timeouts | None = None,
        retry: RetryPolicy | None = None,
        ssl_context: ssl.SSLContext | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Prepare a client. Nothing is sent yet.

        Args:
            username: as NCMEC assigned it, for this environment.
            password: likewise.
            environment: ``mock`` (the default), ``test`` or ``production``. Production is never reached without it.
            base_url: an address of one's own; see `cybertip.environments.resolve`.
            schema: what documents must satisfy before they are sent; the project's own by default.
            timeouts: how long to wait.
            retry: when to make a call again.
            ssl_context: for own certificate authorities or client certificates. It must check certificates.
            transport: an own httpx transport. It then answers for proxies, and a custom one for certificates as well.

        Raises:
            ConfigurationError: something is missing or makes no sense.
            EnvironmentRefusedError: environment, address and certificate checks do not belong together.
        """
        username, password = veiled(username), veiled(password)
        self._settings = make_settings(
            username, password, environment, base_url, ssl_context, timeouts, retry, transport
        )
        self._username = username
        self.schema = schema or Schema.bundled()
        arguments = self._settings.client_arguments(ssl_context)
        self._http = httpx.Client(transport=transport, event_hooks={"response": [keep_headers]}, **arguments)
        self._sleep = time.sleep

    @property
    def endpoint(self) -> Endpoint:
        """The server that is talked to."""
        return self._settings.endpoint

    @property
    def username(self) -> str:
        """The account's name. A ledger belongs to one account; it is not for showing."""
        return self._username.get_secret_value()

    def __repr__(self) -> str:
        # Tracebacks with variables show it even where its making failed.
        made = hasattr(self, "_settings")
        return f"Client({self.endpoint.environment}, {self.endpoint.base_url})" if made else "Client(not made)"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def send(self, call: calls.Call[T], progress: Progress | None = None) -> T:
        """Carry a call out, again where that is safe.

        Args:
            call: what to do.
            progress: is told how many bytes of the file the network has taken so far; from 0 again in a repetition.

        Raises:
            CallError: it did not succeed.
            EvidenceError: a file cannot be read, or is not what it must be.
            ConfigurationError: the process forked after the client was made.
        """
        self._settings.check()
        retrying = tenacity.Retrying(**options(call, self._settings.retry, self._sleep))
        result: T = retrying(self._once, call, progress)
        return result

    def send_once(self, call: calls.Call[T], progress: Progress | None = None) -> T:
        """Carry a call out exactly once, whatever comes of it: for whoever keeps a record of each request.

        Raises:
            CallError, EvidenceError, ConfigurationError: as `send`; `CallError.known` speaks of this one request.
        """
        self._settings.check()
        return self._once(call, progress)

    def _once(self, call: calls.Call[T], progress: Progress | None) -> T:
        exchange = Exchange(call, self._settings, progress)
        body = exchange.collector()
        response: httpx.Response | None = None
        problem: httpx.TransportError | None = None
        try:
            response = self._http.send(exchange.build(self._http), stream=True)
            body.complete = all(body.add(part) for part in response.iter_bytes())
        except httpx.DecodingError:
            # The body claims a compression that it does not have; it is judged as far as it came.
            pass
        except httpx.TransportError as caught:
            problem = caught
        except Exception as caught:
            veil(caught)
            raise
        finally:
            exchange.close()
            if response is not None:
                response.close()
        return exchange.result(response, body, problem)

    def status(self) -> calls.StatusResult:
        """Is the server there, and does it accept the credentials?"""
        return self.send(calls.Status())

    def xsd(self) -> calls.SchemaResult:
        """The server's schema."""
        return self.send(calls.Xsd())

    def submit(self, report: Report | bytes) -> calls.SubmitResult:
        """Open a report, from a model or from XML.

        Each accepted call opens another report, so it is made again only when it is known not to have been sent.

        Raises:
            DocumentError: the schema refuses the document; nothing was sent.
        """
        call = calls.submit(report, self.schema)
        del report  # No traceback of what may fail now shows it.
        return self.send(call)

    def upload(self, report_id: int, file: File, progress: Progress | None = None) -> calls.UploadResult:
        """Add a file to an open report.

        Args:
            report_id: the report.
            file: a path, the bytes themselves, a seekable file open for reading bytes, or what
                `cybertip.evidence.source` makes of one of these with a name or a SHA-256 of its own.
            progress: as for `send`.

        Raises:
            EvidenceError: the file cannot be read, or is not what it must be; the server cannot have stored it.
            HashMismatchError: it arrived damaged. It is part of the report all the same: retract the report.
        """
        call = calls.Upload(report_id, source(file))
        del file  # No traceback of what may fail now shows it.
        return self.send(call, progress)

    def file_info(self, details: FileDetails | bytes) -> calls.FileInfoResult:
        """Describe an uploaded file, once.

        Raises:
            DocumentError: the schema refuses the document; nothing was sent.
        """
        call = calls.file_info(details, self.schema)
        del details  # No traceback of what may fail now shows it.
        return self.send(call)

    def finish(self, report_id: int) -> calls.FinishResult:
        """File the report. Irreversible.

        Raises:
            TypeError, ValueError: `report_id` is none; nothing was sent.
            AlreadyFinishedError: it is filed; the receipt of the first time was lost on the way.
        """
        return self.send(calls.Finish(report_id))

    def retract(self, report_id: int) -> calls.RetractResult:
        """Cancel an open report."""
        return self.send(calls.Retract(report_id))

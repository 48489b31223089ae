"""The asynchronous client."""

from __future__ import annotations

import ssl
from types import TracebackType
from typing import Self, TypeVar

import anyio
import httpx
import tenacity
from pydantic import SecretStr

from cybertip import calls
from cybertip.client._exchange import Exchange, Progress, keep_headers_async, veil
from cybertip.client._retry import options
from cybertip.client._settings import RetryPolicy, Timeouts, make_settings, veiled
from cybertip.environments import Endpoint
from cybertip.evidence import File, source
from cybertip.models import FileDetails, Report
from cybertip.schema import Schema

T = TypeVar("T")


class AsyncClient:
    """Like `Client`, for asyncio. Use it as an asynchronous context manager, or call `aclose`.

    Files are read and hashed in worker threads, never on the event loop.

    Example::

        async with AsyncClient("mock", "mock-password") as client:
            report_id = (await client.submit(report)).report_id

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
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Prepare a client, with the same arguments and errors as `Client`. Nothing is sent yet."""
        username, password = veiled(username), veiled(password)
        self._settings = make_settings(
            username, password, environment, base_url, ssl_context, timeouts, retry, transport
        )
        self.schema = schema or Schema.bundled()
        arguments = self._settings.client_arguments(ssl_context)
        self._http = httpx.AsyncClient(transport=transport, event_hooks={"response": [keep_headers_async]}, **arguments)
        self._sleep = anyio.sleep

    @property
    def endpoint(self) -> Endpoint:
        """The server that is talked to."""
        return self._settings.endpoint

    def __repr__(self) -> str:
        # Tracebacks with variables show it even where its making failed.
        made = hasattr(self, "_settings")
        return (
            f"AsyncClient({self.endpoint.environment}, {self.endpoint.base_url})" if made else "AsyncClient(not made)"
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def send(self, call: calls.Call[T], progress: Progress | None = None) -> T:
        """Carry a call out, again where that is safe.

        Args:
            call: what to do.
            progress: is told, in a worker thread, how many bytes of the file the network has taken so far; from 0
                again in a repetition.

        Raises:
            CallError: it did not succeed.
            EvidenceError: a file cannot be read, or is not what it must be.
            ConfigurationError: the process forked after the client was made.
        """
        self._settings.check()
        retrying = tenacity.AsyncRetrying(**options(call, self._settings.retry, self._sleep))
        return await retrying(self._once, call, progress)

    async def _once(self, call: calls.Call[T], progress: Progress | None) -> T:
        exchange = Exchange(call, self._settings, progress)
        body = exchange.collector()
        response: httpx.Response | None = None
        problem: httpx.TransportError | None = None
        try:
            response = await self._http.send(exchange.build(self._http), stream=True)
            await body.fill(response.aiter_bytes())
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
                await response.aclose()
        return exchange.result(response, body, problem)

    async def status(self) -> calls.StatusResult:
        """Is the server there, and does it accept the credentials?"""
        return await self.send(calls.Status())

    async def xsd(self) -> calls.SchemaResult:
        """The server's schema."""
        return await self.send(calls.Xsd())

    async def submit(self, report: Report | bytes) -> calls.SubmitResult:
        """Open a report, from a model or from XML.

        Each accepted call opens another report, so it is made again only when it is known not to have been sent.

        Raises:
            DocumentError: the schema refuses the document; nothing was sent.
        """
        call = calls.submit(report, self.schema)
        del report  # No traceback of what may fail now shows it.
        return await self.send(call)

    async def upload(self, report_id: int, file: File, progress: Progress | None = None) -> calls.UploadResult:
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
        return await self.send(call, progress)

    async def file_info(self, details: FileDetails | bytes) -> calls.FileInfoResult:
        """Describe an uploaded file, once.

        Raises:
            DocumentError: the schema refuses the document; nothing was sent.
        """
        call = calls.file_info(details, self.schema)
        del details  # No traceback of what may fail now shows it.
        return await self.send(call)

    async def finish(self, report_id: int) -> calls.FinishResult:
        """File the report. Irreversible.

        Raises:
            AlreadyFinishedError: it is filed; the receipt of the first time was lost on the way.
        """
        return await self.send(calls.Finish(report_id))

    async def retract(self, report_id: int) -> calls.RetractResult:
        """Cancel an open report."""
        return await self.send(calls.Retract(report_id))

"""A certificate for a mock that has to speak HTTPS, because some clients insist on it."""

from __future__ import annotations

import ssl
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from cybertip.errors import ConfigurationError

if TYPE_CHECKING:
    import trustme

_AUTHORITY = "cybertip mock"


class Certificate:
    """A certificate of an authority of its own, both made for the occasion and never on disk but for `ca_file`.

    Attributes:
        context: what the server uses.
        ca_file: the authority's certificate, for clients to trust. It exists within a ``with`` block only.
    """

    def __init__(self, authority: trustme.CA, context: ssl.SSLContext, ca_file: Path | None) -> None:
        self._authority = authority
        self._named = ca_file
        self._folder = ExitStack()
        self.context = context
        self.ca_file: Path | None = ca_file

    def __enter__(self) -> Self:
        """Write the authority's certificate.

        Raises:
            ConfigurationError: its file cannot be written.
        """
        if self._named is None:
            folder = self._folder.enter_context(tempfile.TemporaryDirectory(prefix="cybertip-mock-"))
            self.ca_file = Path(folder) / "ca.pem"
        assert self.ca_file is not None
        try:
            if not _may_be_replaced(self.ca_file):
                cure = "choose another path, or remove the file"
                raise ConfigurationError(f"{self.ca_file} holds something else than a mock's certificate; {cure}")
            self.ca_file.write_bytes(self._authority.cert_pem.bytes())
        except OSError as problem:
            cure = "choose a path that you may write to"
            raise ConfigurationError(f"{self.ca_file} cannot be written: {problem.strerror}; {cure}") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.close()


def _may_be_replaced(path: Path) -> bool:
    """Whether nothing is lost with what lies there: an earlier certificate of a mock."""
    if not path.is_file():
        return True
    content = path.read_bytes()
    try:
        return not content or _AUTHORITY.encode() in ssl.PEM_cert_to_DER_cert(content.decode("ascii"))
    except ValueError:
        return False


def make_certificate(host: str, ca_file: Path | None = None) -> Certificate:
    """A new certificate for loopback, and for another host where one is given.

    Args:
        host: a name or an address that clients may use.
        ca_file: where to write the certificate to trust; a temporary file where None.

    Raises:
        ConfigurationError: the package that makes certificates is missing.
    """
    try:
        import trustme
    except ModuleNotFoundError as problem:
        raise ConfigurationError(f"HTTPS needs the package {problem.name}: pip install 'cybertip[mock]'") from None
    authority = trustme.CA(organization_name=_AUTHORITY)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    names = dict.fromkeys(["localhost", "127.0.0.1", "::1", host])
    try:
        authority.issue_cert(*names).configure_cert(context)
    except ValueError:
        cure = "choose an address of this machine, or its name"
        raise ConfigurationError(f"no certificate can be made for the host {host!r}; {cure}") from None
    return Certificate(authority, context, ca_file)

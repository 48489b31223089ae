"""The clients: the only part of the package that speaks HTTP."""

from cybertip.client._async import AsyncClient
from cybertip.client._settings import RetryPolicy, Timeouts
from cybertip.client._sync import Client

__all__ = ["AsyncClient", "Client", "RetryPolicy", "Timeouts"]

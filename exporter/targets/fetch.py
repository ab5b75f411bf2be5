"""Probes over HTTP, for whoever has something to ask: importing this costs nothing, the first question pays."""

from collections.abc import Mapping

from exporter.targets.answer import Script, Verdict
from exporter.targets.client import Client, Deferred


def transport(address: str | None = None, *, tls: bool = True) -> Deferred:
    """A client without cookies, redirects, proxies or memory of connections.

    With an `address`, every connection goes there, whatever the name in the URL. Without `tls` none can be had.
    """
    return Deferred(address, tls=tls)


async def run(script: Script, client: Client, credentials: Mapping[str, str], deadline: float) -> Verdict:
    """The verdict of a script, whose requests are all answered within `deadline` seconds or not at all."""
    from exporter.targets import exchange  # noqa: PLC0415 - only now is it needed

    return await exchange.run(script, client, credentials, deadline)

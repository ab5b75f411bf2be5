"""The one module that talks to targets: it runs a probe's script over HTTP, within limits.

One deadline covers name, connect, TLS, headers, body and parsing, of all requests of a script together. Every request
has its own connection, so that a probe also shows that the target still accepts them.
"""

import asyncio
from collections.abc import Mapping
from typing import Final

import httpx

from exporter.targets.answer import Answer, Failed, Reason, Request, Script, Unknown, Verdict
from exporter.targets.client import Client

_HEADERS: Final = {"Accept-Encoding": "identity", "Connection": "close", "User-Agent": "emberline-exporter"}
_PARSED_IN_PLACE: Final = 64 << 10
"""Larger bodies are read in a thread: our own page must not wait for a target's."""


async def run(script: Script, client: Client, credentials: Mapping[str, str], deadline: float) -> Verdict:
    """The verdict of a script, whose requests are all answered within `deadline` seconds or not at all."""
    try:
        async with asyncio.timeout(deadline):
            step: Request | Verdict = next(script)
            while isinstance(step, Request):
                step = await _advance(script, await _fetch(client, step, credentials))
            return step
    except TimeoutError:
        return Unknown(Failed(Reason.TIMEOUT, f"not answered within {deadline:g} s"))


async def _advance(script: Script, answer: Answer | Failed) -> Request | Verdict:
    if isinstance(answer, Answer) and len(answer.body) > _PARSED_IN_PLACE:
        return await asyncio.to_thread(_send, script, answer)
    return _send(script, answer)


def _send(script: Script, answer: Answer | Failed) -> Request | Verdict:
    try:
        return script.send(answer)
    except StopIteration as end:
        verdict: Verdict = end.value
        return verdict


async def _fetch(client: Client, request: Request, credentials: Mapping[str, str]) -> Answer | Failed:
    headers = _HEADERS | dict(request.headers) | (dict(credentials) if request.trusted else {})
    outgoing = httpx.Request(request.method, request.url, headers=headers, content=request.body or None)
    try:
        response = await client.handle_async_request(outgoing)
        try:
            return await _read(response, request.limit)
        finally:
            await response.aclose()
    except httpx.TransportError as error:
        return Failed(_reason(error), f"{type(error).__name__}: {str(error)[:160]}")


async def _read(response: httpx.Response, limit: int) -> Answer | Failed:
    encoding = response.headers.get("Content-Encoding", "identity")
    if encoding != "identity":
        return Failed(Reason.PROTOCOL, f"content encoding {encoding[:40]!r} was not asked for")
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > limit:
            return Failed(Reason.TOO_LARGE, f"more than {limit} bytes")
    return Answer(response.status_code, bytes(body))


def _reason(error: httpx.TransportError) -> Reason:
    return Reason.REFUSED if isinstance(error, httpx.ConnectError) else Reason.PROTOCOL

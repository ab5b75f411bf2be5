"""Basic authentication: bcrypt in a thread, its answers remembered, and nothing to be learnt from how long it takes."""

import asyncio
import base64
import binascii
import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import bcrypt

_REMEMBERED: Final = 128
_WAITING: Final = 16
"""So many unknown passwords may wait for their check; whoever comes then is told to come again."""
_BCRYPT_BYTES: Final = 72
_SCHEME: Final = "basic "
_NOBODY: Final = "QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi"
"""Salt and digest that an unknown user's password is checked against, so that it takes as long; never a success."""


class Busy(Exception):
    """Too many passwords wait for their check."""


class Gatekeeper:
    """Checks credentials, one bcrypt at a time as upstream does; successes and failures are remembered apart.

    What is remembered is a keyed digest, never a password, and an attacker's failures push out no success.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(1, "bcrypt")
        self._secret = secrets.token_bytes(32)
        self._known: Mapping[bool, OrderedDict[bytes, None]] = {True: OrderedDict(), False: OrderedDict()}
        self._waiting = 0

    async def admits(self, users: Mapping[str, str], authorization: str) -> bool:
        """Whether the header names one of the users with its password; Busy when too many others wait."""
        credentials = _credentials(authorization)
        if credentials is None:
            return False
        name, password = credentials
        found = users.get(name)
        hashed = _nobody(users) if found is None else found
        key = self._digest(name, hashed, password)
        for verdict, known in self._known.items():
            if key in known:
                known.move_to_end(key)
                return verdict
        verdict = await self._check(hashed, password) and found is not None
        self._remember(key, verdict)
        return verdict

    def close(self) -> None:
        """End the thread; a check under way is finished first."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def _check(self, hashed: str, password: bytes) -> bool:
        if self._waiting >= _WAITING:
            raise Busy
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, _matches, password[:_BCRYPT_BYTES], hashed.encode())
        finally:
            self._waiting -= 1

    def _digest(self, name: str, hashed: str, password: bytes) -> bytes:
        parts = (name.encode(), hashed.encode(), password)
        framed = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.digest(self._secret, framed, hashlib.sha256)

    def _remember(self, key: bytes, verdict: bool) -> None:  # noqa: FBT001 - a verdict is this word
        known = self._known[verdict]
        known[key] = None
        if len(known) > _REMEMBERED:
            known.popitem(last=False)


def _matches(password: bytes, hashed: bytes) -> bool:
    """As Go's bcrypt: what lies beyond 72 bytes does not count."""
    try:
        return bcrypt.checkpw(password, hashed)
    except ValueError:
        return False


def _nobody(users: Mapping[str, str]) -> str:
    """A hash that costs as much as the dearest of the users'."""
    cost = max((hashed.split("$")[2] for hashed in users.values()), default="10")
    return f"$2y${cost}${_NOBODY}"


def _credentials(header: str) -> tuple[str, bytes] | None:
    """User and password of an Authorization header (RFC 7617)."""
    if header[: len(_SCHEME)].lower() != _SCHEME:
        return None
    try:
        name, colon, password = base64.b64decode(header[len(_SCHEME) :].strip(), validate=True).partition(b":")
        return (name.decode(), password) if colon else None
    except (binascii.Error, ValueError):
        return None

"""Who may talk to the service: basic or bearer login, and only under the name of this machine."""

from __future__ import annotations

import base64
import binascii
import logging
import secrets
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

_LOG = logging.getLogger(__name__)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Auth:
    """Logins that are accepted; none at all leaves the service open to this machine."""

    user: str = ""
    password: str = ""
    token: str = ""

    def __repr__(self) -> str:
        return f"Auth(user={bool(self.user)}, token={bool(self.token)})"

    @property
    def is_open(self) -> bool:
        """Whether nobody needs to log in."""
        return not self.user and not self.token

    def accepts(self, header: str) -> bool:
        """Whether an Authorization header is right (RFC 7617, RFC 6750)."""
        if self.is_open:
            return True
        kind, _, value = header.strip().partition(" ")
        if kind.lower() == "bearer" and self.token:
            return _equal(value.strip(), self.token)
        if kind.lower() == "basic" and self.user:
            try:
                given = base64.b64decode(value.strip(), validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                return False
            return _equal(given, f"{self.user}:{self.password}")
        return False

    @property
    def challenge(self) -> str:
        """WWW-Authenticate."""
        kinds = ['Basic realm="Nocturne", charset="UTF-8"'] if self.user else []
        return ", ".join([*kinds, *(['Bearer realm="Nocturne"'] if self.token else [])])


def _equal(given: str, wanted: str) -> bool:
    return secrets.compare_digest(given.encode(), wanted.encode())


def _is_here(authority: str) -> bool:
    try:
        return urlsplit(f"//{authority}").hostname in _LOOPBACK
    except ValueError:
        return False


class Gate:
    """Before every request and every WebSocket handshake.

    A page of another site may resolve its own name to 127.0.0.1 (DNS rebinding): a Host that is
    not loopback is answered with 421, an Origin that is not with 403.
    """

    def __init__(self, app: ASGIApp, auth: Auth) -> None:
        self._app = app
        self._auth = auth

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        origin = headers.get("origin", "")
        if not _is_here(headers.get("host", "")):
            await _refuse(scope, send, 421, {})
        elif origin and not _is_here(urlsplit(origin).netloc):
            await _refuse(scope, send, 403, {})
        elif not self._auth.accepts(headers.get("authorization", "")):
            await _refuse(scope, send, 401, {"www-authenticate": self._auth.challenge})
        else:
            await self._answered(scope, receive, send)

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A defect is answered with 500 and logged by its kind and place: the message of an
        exception may quote the patient, so the server never gets to log it."""
        begun = False

        async def sending(message: MutableMapping[str, Any]) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:  # noqa: BLE001 - reported, and its message held back
            place = traceback.extract_tb(error.__traceback__)[-1]
            _LOG.error("%s in %s, line %s", type(error).__name__, place.name, place.lineno)
            if not begun:
                await _refuse(scope, send, 500, {})
            elif scope["type"] == "http":
                # Half an answer must not look whole: the connection ends without its last bytes.
                raise ConnectionAbortedError from None


async def _refuse(
    scope: Scope,
    send: Callable[[dict[str, Any]], Awaitable[None]],
    status: int,
    headers: dict[str, str],
) -> None:
    kind = "websocket.http.response" if scope["type"] == "websocket" else "http.response"
    written = [(name.encode(), value.encode()) for name, value in headers.items()]
    written.append((b"content-length", b"0"))
    await send({"type": f"{kind}.start", "status": status, "headers": written})
    await send({"type": f"{kind}.body", "body": b""})

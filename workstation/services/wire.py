"""HTTP to one service: keep-alive, idle time-outs, cancel at once, failures as sentences.

One thread runs an event loop with one `httpx.AsyncClient`; callers on any thread block in
`Wire.request` or `Wire.parts` and leave within `CANCEL_SECONDS` of being cancelled. There is no
time-out on a whole exchange: a large study over a slow link is not a failure. What is limited is
silence.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import json
import ssl
import threading
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import httpx

from workstation.domain.errors import (
    Cancelled,
    CertificateRefused,
    LoginRefused,
    NotFoundOnService,
    ReaderError,
    ServiceAnswerInvalid,
    ServiceUnreachable,
)
from workstation.services.endpoint import Endpoint
from workstation.services.multipart import MultipartParser, Part, media_type

T = TypeVar("T")

#: How long a cancelled caller may still wait.
CANCEL_SECONDS = 0.05
#: A JSON or error answer longer than this is no worklist.
MAX_DOCUMENT_BYTES = 256 * 1024 * 1024
#: The largest instance that is taken: whole-slide images and long cines reach gigabytes.
MAX_INSTANCE_BYTES = 4 * 1024 * 1024 * 1024


class Cancel(Protocol):
    """Asked while waiting; `workflow.jobs.CancelToken` is one."""

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked to stop."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """One whole answer of the service."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    service: str

    def document(self) -> list[dict[str, Any]]:
        """The body as DICOM JSON data sets; a single object counts as a list of one."""
        if self.status == 204 or not self.body.strip():
            return []
        try:
            held = json.loads(self.body)
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            looks = "a web page" if self.body.lstrip()[:1] == b"<" else "no DICOM"
            raise ServiceAnswerInvalid(
                f"{self.service} answered with {looks} where DICOM was asked for.",
                means="A gateway or a login page may stand in between.",
                remedy="Check the address of the service in the settings.",
            ) from error
        if isinstance(held, dict):
            held = [held]
        if not isinstance(held, list) or not all(isinstance(each, dict) for each in held):
            raise ServiceAnswerInvalid(
                f"{self.service} answered with JSON that is no DICOM.",
                remedy="Check the address of the service in the settings.",
            )
        return held


class Wire:
    """The connection to one endpoint; `close` ends its thread.

    `parallel` bounds the connections; `idle_seconds` is the longest silence in an exchange.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        parallel: int = 6,
        connect_seconds: float = 10.0,
        idle_seconds: float = 20.0,
    ) -> None:
        self.endpoint = endpoint
        self._limits = httpx.Limits(
            max_connections=parallel + 2,
            max_keepalive_connections=parallel + 2,
            keepalive_expiry=55.0,
        )
        self._timeout = httpx.Timeout(idle_seconds, connect=connect_seconds, pool=None)
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._client: httpx.AsyncClient | None = None
        self._closed = False

    # -- the thread ---------------------------------------------------------------------------

    def ssl_context(self) -> ssl.SSLContext | None:
        """What verifies the certificate; None where the address is plain http."""
        if not self.endpoint.url.startswith("https"):
            return None
        try:
            context = ssl.create_default_context(cafile=self.endpoint.certificate_authority or None)
        except (OSError, ssl.SSLError) as error:
            raise CertificateRefused(
                f"The certificate authority of {self.endpoint.name} cannot be read.",
                remedy="Check its file in the settings.",
            ) from error
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    def _started(self) -> tuple[asyncio.AbstractEventLoop, httpx.AsyncClient]:
        with self._lock:
            if self._closed:
                raise Cancelled("The connection is closed.")
            if self._loop is None or self._client is None:
                context = self.ssl_context()
                self._client = httpx.AsyncClient(
                    limits=self._limits,
                    timeout=self._timeout,
                    verify=context if context is not None else False,
                    trust_env=not self.endpoint.is_loopback,
                    follow_redirects=False,
                )
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=self._loop.run_forever,
                    name=f"wire-{self.endpoint.identifier}",
                    daemon=True,
                )
                self._thread.start()
            return self._loop, self._client

    def close(self) -> None:
        """Abort what runs, close the connections and end the thread."""
        with self._lock:
            self._closed = True
            loop, client, thread = self._loop, self._client, self._thread
            self._loop = self._client = self._thread = None
        if loop is None or client is None or thread is None:
            return

        async def end() -> None:
            own = asyncio.current_task()
            others = [task for task in asyncio.all_tasks() if task is not own]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await client.aclose()

        asyncio.run_coroutine_threadsafe(end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()

    def _await(self, work: Coroutine[Any, Any, T], cancel: Cancel | None) -> T:
        try:
            loop, _ = self._started()
        except BaseException:
            work.close()
            raise
        future = asyncio.run_coroutine_threadsafe(work, loop)
        pause = CANCEL_SECONDS if cancel is not None else None
        while not concurrent.futures.wait((future,), pause).done:
            if cancel is not None and cancel.cancelled:
                future.cancel()
                raise Cancelled("The exchange was cancelled.")
        try:
            return future.result()
        except concurrent.futures.CancelledError as error:
            raise Cancelled("The connection was closed.") from error

    # -- exchanges ----------------------------------------------------------------------------

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Iterable[tuple[str, str]] = (),
        accept: str = "application/dicom+json",
        content: bytes | Iterable[bytes] | None = None,
        content_type: str = "",
        cancel: Cancel | None = None,
        accepted: frozenset[int] = frozenset(),
    ) -> Answer:
        """One exchange, read whole. Statuses of `accepted` are returned, not raised.

        Raises the typed errors of `domain.errors` for everything else above 299.
        """
        body = (
            b"".join(content) if content is not None and not isinstance(content, bytes) else content
        )
        asked = list(query)

        def once(login: dict[str, str]) -> Answer:
            headers = {"Accept": accept, **login}
            if content_type:
                headers["Content-Type"] = content_type
            return self._await(self._request(method, path, asked, headers, body, accepted), cancel)

        return self._with_login(once)

    def parts(
        self,
        path: str,
        *,
        accept: str,
        cancel: Cancel | None = None,
        max_bytes: int = MAX_INSTANCE_BYTES,
    ) -> list[Part]:
        """GET a multipart/related answer, parsed as it arrives."""

        def once(login: dict[str, str]) -> list[Part]:
            return self._await(self._parts(path, {"Accept": accept, **login}, max_bytes), cancel)

        return self._with_login(once)

    def _with_login(self, once: Callable[[dict[str, str]], T]) -> T:
        """One exchange; a second one where the token was renewed while the first was refused."""
        login = self.endpoint.headers()
        try:
            return once(login)
        except LoginRefused:
            renewed = self.endpoint.headers()
            if renewed == login:
                raise
            return once(renewed)

    def _url(self, path: str, query: list[tuple[str, str]]) -> httpx.URL:
        url = httpx.URL(f"{self.endpoint.url}/{path.lstrip('/')}")
        return url.copy_merge_params(httpx.QueryParams(tuple(query))) if query else url

    async def _request(
        self,
        method: str,
        path: str,
        query: list[tuple[str, str]],
        headers: dict[str, str],
        body: bytes | None,
        accepted: frozenset[int],
    ) -> Answer:
        client = self._client
        if client is None:
            raise Cancelled("The connection is closed.")
        try:
            async with client.stream(
                method,
                self._url(path, query),
                headers=headers,
                content=body,
            ) as response:
                held = bytearray()
                async for chunk in response.aiter_bytes():
                    held += chunk
                    if len(held) > MAX_DOCUMENT_BYTES:
                        raise ServiceAnswerInvalid(
                            f"{self.endpoint.name} answered without end.", remedy="Tell the site."
                        )
        except httpx.HTTPError as error:
            raise self._failure(error) from error
        answer = Answer(response.status_code, response.headers, bytes(held), self.endpoint.name)
        if answer.status >= 300 and answer.status not in accepted:
            raise refusal(answer.status, answer.headers, self.endpoint)
        return answer

    async def _parts(self, path: str, headers: dict[str, str], max_bytes: int) -> list[Part]:
        client = self._client
        if client is None:
            raise Cancelled("The connection is closed.")
        parts: list[Part] = []
        try:
            async with client.stream("GET", self._url(path, []), headers=headers) as response:
                if response.status_code != 200:
                    raise refusal(response.status_code, response.headers, self.endpoint)
                kind, parameters = media_type(response.headers.get("content-type", ""))
                if kind == "application/dicom":
                    # Some gateways unwrap the only part.
                    single = bytearray()
                    async for chunk in response.aiter_bytes():
                        single += chunk
                        if len(single) > max_bytes:
                            raise ServiceAnswerInvalid("The service sent an image without end.")
                    return [Part({"content-type": kind}, bytes(single))]
                if kind != "multipart/related":
                    raise ServiceAnswerInvalid(
                        f"{self.endpoint.name} answered with {kind or 'something unnamed'} where"
                        " an image was asked for.",
                        means="A gateway or a login page may stand in between.",
                        remedy="Check the address of the service in the settings.",
                    )
                parser = MultipartParser(parameters.get("boundary", ""), max_bytes=max_bytes)
                async for chunk in response.aiter_bytes():
                    parts += parser.feed(chunk)
                parser.close()
        except httpx.HTTPError as error:
            raise self._failure(error) from error
        return parts

    # -- failures as sentences ----------------------------------------------------------------

    def _failure(self, error: httpx.HTTPError) -> ReaderError:
        name = self.endpoint.name
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ssl.SSLCertVerificationError):
                return CertificateRefused(
                    f"The certificate of {name} is not trusted: {cause.verify_message}.",
                    means="Nothing was sent: somebody could be listening in between.",
                    remedy="Ask the site for its certificate authority; do not go around it.",
                )
            cause = cause.__cause__ or cause.__context__
        if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
            happened = f"{name} does not answer."
        elif isinstance(error, httpx.TimeoutException):
            happened = f"{name} went silent in the middle of an exchange."
        elif isinstance(error, httpx.ConnectError):
            happened = f"{name} cannot be reached."
        elif isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
            return ServiceAnswerInvalid(
                f"The address of {name} cannot be used.", remedy="Correct it in the settings."
            )
        elif isinstance(error, httpx.DecodingError):
            return ServiceAnswerInvalid(
                f"The answer of {name} is damaged.", remedy="It is asked again by itself."
            )
        else:
            happened = f"The connection to {name} broke off."
        return ServiceUnreachable(
            happened,
            means="What is on this disk can be read; the rest waits for the link.",
            remedy="Check the network; it is tried again by itself.",
        )


def refusal(status: int, headers: Mapping[str, str], endpoint: Endpoint) -> ReaderError:
    """The typed error for a status above 299 (RFC 9110 15)."""
    name = endpoint.name
    if status in {401, 407}:
        return LoginRefused(
            f"{name} refused the login.",
            means="Its tasks and images cannot be asked for.",
            remedy="Correct the user name and password, or the token, in the settings.",
        )
    if status == 403:
        return LoginRefused(
            f"{name} does not allow this login to do that.",
            remedy="Ask the site for the right to read its tasks and images.",
        )
    if status in {404, 410}:
        return NotFoundOnService(
            f"{name} does not have what was asked for.",
            remedy="Refresh the worklist; the site may have removed it.",
        )
    if 300 <= status < 400:
        return ServiceAnswerInvalid(
            f"{name} points to another address.",
            means="The login is not sent to an address that was not configured.",
            remedy="Put the right address into the settings.",
        )
    if status in {429, 502, 503, 504}:
        return ServiceUnreachable(
            f"{name} is busy or being restarted (HTTP {status}).",
            means="What is on this disk can be read; the rest waits.",
            remedy="It is tried again by itself.",
        )
    if status >= 500:
        return ServiceAnswerInvalid(
            f"{name} failed at its side (HTTP {status}).",
            remedy="It is tried again by itself; tell the site when it stays.",
        )
    return ServiceAnswerInvalid(
        f"{name} refused the request (HTTP {status}).",
        remedy="Refresh the worklist; tell the site when it stays.",
    )

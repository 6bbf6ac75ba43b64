"""multipart/related, read as it arrives (RFC 2046 5.1, RFC 2387), bounded and tolerant.

Tolerant: a preamble, bare LF line ends, a missing Content-Type of a part, and a closing delimiter
that is not followed by a line end are all accepted. Not tolerated: a body that stops before its
closing delimiter, since half an instance must never look like a whole one.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.message import Message

from workstation.domain.errors import ServiceAnswerInvalid

MAX_HEADER_BYTES = 16 * 1024
MAX_PARTS = 100_000


@dataclass(frozen=True, slots=True)
class Part:
    """One part: header names in lower case, and its bytes."""

    headers: Mapping[str, str]
    content: bytes

    @property
    def media_type(self) -> str:
        """Without parameters, in lower case; empty where the part has none."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()


def media_type(header: str) -> tuple[str, dict[str, str]]:
    """A Content-Type header as (type in lower case, parameters)."""
    message = Message()
    message["Content-Type"] = header
    parameters = dict(message.get_params(failobj=[], header="content-type") or [])
    return header.split(";")[0].strip().lower(), {
        name.lower(): value for name, value in list(parameters.items())[1:]
    }


class MultipartParser:
    """Feed it chunks of any size; it gives back the parts that became whole.

    Raises `ServiceAnswerInvalid` for a body over `max_bytes`, headers without end, or an end that
    never came. Memory is bounded by the largest part plus one chunk.
    """

    def __init__(self, boundary: str, *, max_bytes: int) -> None:
        if not 0 < len(boundary) <= 200:
            raise ServiceAnswerInvalid(
                "The service sent an answer in parts without saying where they end.",
                remedy="Tell the site: the Content-Type lacks its boundary.",
            )
        self._delimiter = b"--" + boundary.encode("latin-1", "replace")
        self._buffer = bytearray(b"\n")  # so that a delimiter at the very start has its line end
        self._searched = 0
        self._taken = 0
        self._count = 0
        self._max_bytes = max_bytes
        self._headers: dict[str, str] | None = None
        self._inside = False
        self.finished = False

    def feed(self, chunk: bytes) -> list[Part]:
        """Take a chunk and return the parts that it completed."""
        if self.finished:
            return []  # the epilogue is ignored (RFC 2046 5.1.1)
        self._taken += len(chunk)
        if self._taken > self._max_bytes:
            raise ServiceAnswerInvalid(
                "The service sent more than an image can have.",
                means=f"It was stopped after {self._max_bytes // 1_000_000} MB.",
                remedy="Tell the site.",
            )
        self._buffer += chunk
        parts: list[Part] = []
        while not self.finished:
            if self._inside and self._headers is None:
                if not self._take_headers():
                    break
            else:
                part, more = self._take_body()
                if part is not None:
                    parts.append(part)
                if not more:
                    break
        return parts

    def close(self) -> None:
        """The body is over: raise `ServiceAnswerInvalid` unless its last part was closed."""
        if not self.finished:
            raise ServiceAnswerInvalid(
                "The answer of the service broke off in the middle of an object.",
                means="What had arrived of it was thrown away.",
                remedy="It is fetched again by itself.",
            )

    def _take_headers(self) -> bool:
        buffer = self._buffer
        if buffer.startswith(b"\r\n"):
            end, after = 0, 2
        elif buffer.startswith(b"\n"):
            end, after = 0, 1
        else:
            ends = [
                (at, at + len(mark))
                for mark in (b"\r\n\r\n", b"\n\n")
                if (at := buffer.find(mark, 0, MAX_HEADER_BYTES + 4)) >= 0
            ]
            if not ends:
                if len(buffer) > MAX_HEADER_BYTES:
                    raise ServiceAnswerInvalid(
                        "The service sent a part whose headers do not end.",
                        remedy="Tell the site.",
                    )
                return False
            end, after = min(ends)
        headers: dict[str, str] = {}
        for line in bytes(buffer[:end]).decode("latin-1").splitlines():
            name, colon, value = line.partition(":")
            if colon:
                headers[name.strip().lower()] = value.strip()
        self._headers = headers
        # One byte stays in front, so that an empty body still has a line end before its delimiter.
        del buffer[:after]
        buffer[:0] = b"\n"
        self._searched = 0
        return True

    def _take_body(self) -> tuple[Part | None, bool]:
        """(the part that ended here, whether to go on)."""
        buffer, delimiter = self._buffer, self._delimiter
        at = buffer.find(b"\n" + delimiter, self._searched)
        if at < 0:
            self._searched = max(0, len(buffer) - len(delimiter) - 1)
            if not self._inside:
                del buffer[: self._searched]  # the preamble is thrown away
                self._searched = 0
            return None, False
        after = at + 1 + len(delimiter)
        tail = bytes(buffer[after : after + 2])
        if len(tail) < 2 and tail not in {b"\n"}:
            self._searched = at
            return None, False
        padding = after
        while padding < len(buffer) and buffer[padding] in b" \t":
            padding += 1  # transport padding (RFC 2046 5.1.1)
        closing = tail == b"--"
        if not closing:
            if padding >= len(buffer) or buffer[padding] not in b"\r\n":
                if padding >= len(buffer):
                    self._searched = at
                    return None, False
                self._searched = at + 1  # the bytes only began like a delimiter
                return None, True
            line_end = buffer.find(b"\n", padding, padding + 2)
            if line_end < 0:
                if padding + 1 >= len(buffer):
                    self._searched = at
                    return None, False
                self._searched = at + 1
                return None, True
        part = None
        if self._inside:
            # The body began with one line end that was put there, and ends before its own.
            end = at - 1 if at > 0 and buffer[at - 1 : at] == b"\r" else at
            part = Part(self._headers or {}, bytes(buffer[1 : max(1, end)]))
            self._count += 1
            if self._count > MAX_PARTS:
                raise ServiceAnswerInvalid("The service sent parts without end.")
        self._headers = None
        self._inside = True
        self._searched = 0
        if closing:
            self.finished = True
            buffer.clear()
            return part, False
        del buffer[: line_end + 1]
        return part, True


def related(parts: Iterable[tuple[str, bytes]], *, root_type: str) -> tuple[str, list[bytes]]:
    """A multipart/related body from (media type, content): (Content-Type, chunks to send)."""
    boundary = f"nocturne-{secrets.token_hex(16)}"
    chunks: list[bytes] = []
    for kind, content in parts:
        chunks.append(f"--{boundary}\r\nContent-Type: {kind}\r\n\r\n".encode("ascii"))
        chunks.append(content)
        chunks.append(b"\r\n")
    chunks.append(f"--{boundary}--\r\n".encode("ascii"))
    return f'multipart/related; type="{root_type}"; boundary={boundary}', chunks

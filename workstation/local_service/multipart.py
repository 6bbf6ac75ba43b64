"""multipart/related in both directions (RFC 2387), never holding a whole part in memory."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import BinaryIO

from workstation.local_service.answers import bad_request

MAXIMUM_HEADERS = 16 * 1024
MAXIMUM_PARTS = 100_000
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]")


def parameters(header: str) -> tuple[str, dict[str, str]]:
    """A media type in lower case and its parameters."""
    message = Message()
    message["Content-Type"] = header
    found = message.get_params(failobj=[], header="content-type")
    kind = header.split(";")[0].strip().lower()
    return kind, {str(name).lower(): str(value) for name, value in list(found or [])[1:]}


@dataclass(frozen=True, slots=True)
class Arrived:
    """One part in its file. `whole` is false where the body ended within it or it was too large."""

    path: Path
    media_type: str
    whole: bool


class PartReader:
    """Fed with chunks of any size, it writes each part to a file of its own."""

    def __init__(self, boundary: str, new_file: Callable[[], Path], maximum: int) -> None:
        if not _BOUNDARY.fullmatch(boundary):
            raise bad_request("The Content-Type does not say where the parts end.")
        self._mark = b"\r\n--" + boundary.encode("ascii")
        self._new_file = new_file
        self._maximum = maximum
        # The first delimiter may stand at the very beginning, without a line end before it.
        self._buffer = bytearray(b"\r\n")
        self._file: BinaryIO | None = None
        self._path: Path | None = None
        self._kind = ""
        self._written = 0
        self._parts = 0
        self._step: Callable[[], Arrived | bool] = self._preamble
        self.ended = False

    def feed(self, chunk: bytes) -> list[Arrived]:
        """The parts that became whole with this chunk."""
        self._buffer += chunk
        done = []
        while True:
            made = self._step()
            if isinstance(made, Arrived):
                done.append(made)
            elif not made:
                return done

    def finish(self) -> list[Arrived]:
        """The part that the body's end has cut, if any."""
        if self._file is None:
            return []
        self._file.close()
        assert self._path is not None
        cut = Arrived(self._path, self._kind, whole=False)
        self._file = self._path = None
        return [cut]

    def abandon(self) -> None:
        """Remove what was begun: the client has gone."""
        for part in self.finish():
            part.path.unlink(missing_ok=True)

    def _preamble(self) -> bool:
        at = self._buffer.find(self._mark)
        if at < 0:
            del self._buffer[: max(0, len(self._buffer) - len(self._mark))]
            return False
        del self._buffer[: at + len(self._mark)]
        self._step = self._after_mark
        return True

    def _after_mark(self) -> bool:
        if len(self._buffer) < 2:
            return False
        if self._buffer.startswith(b"--"):
            self.ended = True
            self._step = self._epilogue
            return True
        end = self._buffer.find(b"\r\n")
        if end < 0:
            if len(self._buffer) > 1024:
                raise bad_request("A delimiter of the parts does not end.")
            return False
        del self._buffer[:end]
        self._parts += 1
        if self._parts > MAXIMUM_PARTS:
            raise bad_request("The body has too many parts.")
        self._step = self._headers
        return True

    def _epilogue(self) -> bool:
        self._buffer.clear()
        return False

    def _headers(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > MAXIMUM_HEADERS:
                raise bad_request("The headers of a part do not end.")
            return False
        lines = bytes(self._buffer[:end]).decode("latin-1").split("\r\n")
        self._kind = ""
        for line in lines:
            name, _, value = line.partition(":")
            if name.strip().lower() == "content-type":
                self._kind = value.strip()
        # The line end stays: an empty part is followed by its delimiter at once.
        del self._buffer[: end + 2]
        self._path = self._new_file()
        self._file = self._path.open("wb")
        self._written = -2
        self._step = self._content
        return True

    def _content(self) -> Arrived | bool:
        at = self._buffer.find(self._mark)
        ready = at if at >= 0 else max(0, len(self._buffer) - len(self._mark) + 1)
        self._write(ready)
        if at < 0:
            return False
        del self._buffer[: len(self._mark)]
        whole = self._written <= self._maximum
        (cut,) = self.finish()
        self._step = self._after_mark
        return Arrived(cut.path, cut.media_type, whole)

    def _write(self, count: int) -> None:
        assert self._file is not None
        skipped = 2 if self._written == -2 and count >= 2 else 0
        if self._written == -2:
            if not skipped:
                return
            self._written = 0
        if self._written + count - skipped <= self._maximum:
            self._file.write(memoryview(self._buffer)[skipped:count])
        self._written += count - skipped
        del self._buffer[:count]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One part of an answer: its headers, its length, and its bytes when they are wanted."""

    media_type: str
    length: int
    chunks: Callable[[], Iterator[bytes]]
    location: str = ""


@dataclass(frozen=True, slots=True)
class Related:
    """A multipart/related answer with a known length, made while it is sent."""

    content_type: str
    length: int
    chunks: Iterator[bytes]


def related(parts: Sequence[Outgoing], kind: str) -> Related:
    """`kind` is the media type of the parts."""
    boundary = secrets.token_hex(16)
    heads = []
    for part in parts:
        lines = [f"--{boundary}", f"Content-Type: {part.media_type}"]
        if part.location:
            lines.append(f"Content-Location: {part.location}")
        heads.append(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
    tail = f"--{boundary}--\r\n".encode("latin-1")

    def chunks() -> Iterator[bytes]:
        for head, part in zip(heads, parts, strict=True):
            yield head
            yield from part.chunks()
            yield b"\r\n"
        yield tail

    length = len(tail) + sum(
        len(head) + part.length + 2 for head, part in zip(heads, parts, strict=True)
    )
    return Related(f'multipart/related; type="{kind}"; boundary={boundary}', length, chunks())

"""A reading service of a few lines, for tests that need it to answer wrongly on purpose.

It keeps work items and instances in memory and logs every request. It follows PS3.18 as far as
the client is judged by it; what it cannot do is not judged here.
"""

from __future__ import annotations

import json
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

STUDY = "1.2.3.4"
WORKITEM = "1.2.3.900"

#: (status, headers, body)
Reply = tuple[int, dict[str, str], bytes]


def part10(sop_uid: str, payload: bytes = b"") -> bytes:
    """A file meta group that names an instance, and some bytes after it."""

    def element(tag: int, value: str) -> bytes:
        held = value.encode() + (b"\0" if len(value) % 2 else b"")
        return struct.pack("<HH2sH", 2, tag, b"UI", len(held)) + held

    group = element(0x0002, "1.2.840.10008.5.1.4.1.1.2") + element(0x0003, sop_uid)
    group += element(0x0010, "1.2.840.10008.1.2.1")
    length = struct.pack("<HH2sHI", 2, 0, b"UL", 4, len(group))
    return b"\0" * 128 + b"DICM" + length + group + payload


def multipart(*contents: bytes, boundary: str = "edge") -> tuple[dict[str, str], bytes]:
    """(headers, body) of a multipart/related answer."""
    body = b"".join(
        f"--{boundary}\r\nContent-Type: application/dicom\r\n\r\n".encode() + each + b"\r\n"
        for each in contents
    )
    kind = f'multipart/related; type="application/dicom"; boundary={boundary}'
    return {"Content-Type": kind}, body + f"--{boundary}--\r\n".encode()


def workitem(uid: str = WORKITEM, **changes: Any) -> dict[str, Any]:
    """A scheduled work item, by tag."""
    return {
        "00080018": {"vr": "UI", "Value": [uid]},
        "00741000": {"vr": "CS", "Value": ["SCHEDULED"]},
        "00404041": {"vr": "CS", "Value": ["READY"]},
        "00741200": {"vr": "CS", "Value": ["HIGH"]},
        "00404021": {"vr": "SQ", "Value": [{"0020000D": {"vr": "UI", "Value": [STUDY]}}]},
        **changes,
    }


@dataclass
class Scripted:
    """The state of the service. `override` sees a request first and may answer it."""

    workitems: dict[str, dict[str, Any]] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    #: series UID -> {SOP UID: file}
    series: dict[str, dict[str, bytes]] = field(default_factory=dict)
    stored: dict[str, bytes] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    override: Callable[[str, str, dict[str, str], bytes], Reply | None] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    url: str = ""

    def fetched(self) -> list[str]:
        """SOP UIDs of the instances that were asked for, in order."""
        return [
            line.split("?")[0].rsplit("/", 1)[1]
            for line in self.log
            if line.startswith("GET") and "/series/" in line and "/instances/" in line
        ]

    def answer(self, method: str, path: str, query: dict[str, str], body: bytes) -> Reply:
        if self.override is not None:
            reply = self.override(method, path, query, body)
            if reply is not None:
                return reply
        words = path.strip("/").split("/")[1:]
        with self.lock:
            if words[0] == "workitems":
                return self._workitems(method, words[1:], query, body)
            return self._studies(words[1:])

    def _workitems(
        self, method: str, words: list[str], query: dict[str, str], body: bytes
    ) -> Reply:
        if not words:
            wanted = query.get("00741000")
            return _json(
                [
                    each
                    for each in self.workitems.values()
                    if wanted is None or each["00741000"]["Value"] == [wanted]
                ]
            )
        held = self.workitems.get(words[0])
        if held is None:
            return 404, {}, b""
        if method == "GET":
            return _json([held])
        sent = json.loads(body)
        sent = sent[0] if isinstance(sent, list) else sent
        if words[-1] == "state":
            return self._change_state(words[0], held, sent)
        if self.owners.get(words[0]) != query.get("transaction-uid"):
            return 409, {}, b""
        held.update(sent)
        return 200, {}, b""

    def _change_state(self, uid: str, held: dict[str, Any], sent: dict[str, Any]) -> Reply:
        transaction, state = sent["00081195"]["Value"][0], sent["00741000"]["Value"][0]
        now = held["00741000"]["Value"][0]
        if state == "IN PROGRESS":
            if now != "SCHEDULED":
                return 409, {}, b""
            self.owners[uid] = transaction
        elif now != "IN PROGRESS" or self.owners.get(uid) != transaction:
            return 409, {}, b""
        held["00741000"] = {"vr": "CS", "Value": [state]}
        return 200, {}, b""

    def _studies(self, words: list[str]) -> Reply:
        if words[-1] == "series":
            return _json(
                [
                    {
                        "0020000E": {"vr": "UI", "Value": [uid]},
                        "00200011": {"vr": "IS", "Value": [number]},
                        "0008103E": {"vr": "LO", "Value": [f"series {number}"]},
                        "00201209": {"vr": "IS", "Value": [len(held)]},
                    }
                    for number, (uid, held) in enumerate(self.series.items(), 1)
                ]
            )
        if words[-1] == "instances":
            return _json(
                [
                    {
                        "0020000E": {"vr": "UI", "Value": [series]},
                        "00080018": {"vr": "UI", "Value": [uid]},
                        "00080016": {"vr": "UI", "Value": ["1.2.840.10008.5.1.4.1.1.2"]},
                        "00200013": {"vr": "IS", "Value": [number]},
                    }
                    for series, held in self.series.items()
                    for number, uid in enumerate(held, 1)
                ]
            )
        content = self.series.get(words[-3], {}).get(words[-1])
        if content is None:
            return 404, {}, b""
        headers, body = multipart(content)
        return 200, headers, body


def _json(held: list[dict[str, Any]]) -> Reply:
    if not held:
        return 204, {}, b""
    return 200, {"Content-Type": "application/dicom+json"}, json.dumps(held).encode()


@contextmanager
def running(service: Scripted) -> Iterator[Scripted]:
    """Serve on a free port of loopback; `service.url` is the DICOMweb root."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            parts = urlsplit(self.path)
            service.log.append(f"{self.command} {self.path}")
            service.headers.append({name.lower(): value for name, value in self.headers.items()})
            service.bodies.append(body)
            status, headers, content = service.answer(
                self.command, parts.path, dict(parse_qsl(parts.query)), body
            )
            try:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if "Content-Length" not in headers:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
                if headers.get("Connection") == "close":
                    self.close_connection = True
            except OSError:
                self.close_connection = True  # the client went away, which some tests want

        do_GET = do_POST = do_PUT = do_DELETE = _serve

        def log_message(self, format: str, *arguments: object) -> None:
            """The log is `service.log`."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_address[1]}/dicom-web"
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

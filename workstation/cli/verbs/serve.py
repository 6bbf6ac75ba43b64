"""`nocturne serve --data DIR`: the embedded reading service alone, until it is stopped."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from workstation.domain.errors import ReaderError

HELP = "serve a folder of studies as a reading service on this machine"


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError("a port is 0 to 65535")
    return port


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--data DIR [--port N] [--user U --password P] [--token T]."""
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="the studies")
    parser.add_argument(
        "--port", type=_port, default=0, metavar="N", help="a free one if not given"
    )
    parser.add_argument("--user", metavar="U", help="basic login")
    parser.add_argument("--password", metavar="P", help="with --user")
    parser.add_argument("--token", metavar="T", help="bearer login")


def _own_folder(data: Path, home: Path | None) -> Path:
    """Where the service keeps its database and what it is sent: below --home, or in DIR itself."""
    from workstation.local_service.ingest import OWN_FOLDER

    if home is not None:
        name = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:16]
        return home / "service" / name
    if not os.access(data, os.W_OK):
        raise ReaderError(
            f"{data} cannot be written.",
            means="The service keeps its worklist and the reports it is sent beside the studies.",
            remedy="Name another place with --home DIR.",
        )
    return data / OWN_FOLDER


def run(arguments: argparse.Namespace) -> tuple[dict[str, object], str]:
    """Serve until SIGTERM or SIGINT. The address is printed as soon as it answers."""
    from workstation.local_service.ingest import serve_studies
    from workstation.local_service.running import RunningService

    data: Path = arguments.data
    if (arguments.user is None) != (arguments.password is None):
        raise ReaderError("--user and --password belong together.")
    if not data.is_dir():
        raise ReaderError(f"{data} is no folder.", remedy="Name the folder that holds the studies.")
    stop = threading.Event()

    def end(_: int, __: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    service = RunningService(
        _own_folder(data, arguments.home),
        port=arguments.port,
        user=arguments.user,
        password=arguments.password,
        token=arguments.token,
    )
    try:
        ingested = serve_studies(service.store, data)
        if ingested.skipped:
            print(
                f"{ingested.skipped} files are no usable DICOM objects and are not served.",
                file=sys.stderr,
            )
        url = "" if stop.is_set() else service.start()
        workitems = service.store.workitems.count()
        if url:
            if arguments.json:
                print(json.dumps({"url": url, "workitems": workitems}), flush=True)
            else:
                print(f"{url}\n{workitems} tasks. Ctrl+C stops it.", flush=True)
        while not stop.wait(3600):
            pass
    finally:
        service.stop()
    # The one document was printed when the service began to answer.
    sys.stdout.flush()
    raise SystemExit(0)
